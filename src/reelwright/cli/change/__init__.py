"""Verbs of the panel Change: a shot, a take, or the whole film."""
