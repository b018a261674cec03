"""Engines on one's own GPUs."""
