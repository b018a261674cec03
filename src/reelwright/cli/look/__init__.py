"""Verbs of the panel Look: what there is, what runs, and what was spent."""
