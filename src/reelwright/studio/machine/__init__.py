"""Checks, backups and old settings of this machine, and a test of a provider with one's own key."""
