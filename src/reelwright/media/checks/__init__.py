"""Checks of takes and films: frozen or black pictures, seams, flashes. Begin with ``measure``."""
