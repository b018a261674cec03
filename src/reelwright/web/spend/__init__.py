"""The page of money: a month of the ledger, budgets, and purchases that a person decides."""
