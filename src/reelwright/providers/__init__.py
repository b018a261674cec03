"""Whom we buy from: one file per provider, behind one protocol."""
