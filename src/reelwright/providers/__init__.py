"""Providers of AI work: one adapter module per provider, behind one protocol."""
