"""Verbs of the panel Store and share: files, backups, keys, agents."""
