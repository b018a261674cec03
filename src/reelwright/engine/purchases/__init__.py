"""Purchases: the gate, which alone sends what can cost money, and what becomes of each send. Begin with ``gate``."""
