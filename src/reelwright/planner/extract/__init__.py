"""Reads from a brief what a machine needs to know: its letters, its language, its tone, and what must not be seen."""
