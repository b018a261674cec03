"""Limits: budgets in money, numbers of purchases and jobs, and who pays."""
