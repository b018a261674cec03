"""Slam's own staging of each beat."""
