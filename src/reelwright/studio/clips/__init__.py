"""Clips: one take of an AI model, from the request to the delivered file. Begin with ``clips``."""
