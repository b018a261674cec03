"""Edits of a plan: words, pictures, lengths, aspects. Begin with ``edit``."""
