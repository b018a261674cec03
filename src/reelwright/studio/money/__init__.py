"""Money: what was spent, budgets, and how the ledger is brought in line with a provider's bill."""
