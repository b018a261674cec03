"""Verbs of the panel Make: a film or a clip, its price, its plan, and its job."""
