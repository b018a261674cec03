"""Purchases: rows of the ledger from the intent to the settled price, and who may send. Begin with ``purchases``."""
