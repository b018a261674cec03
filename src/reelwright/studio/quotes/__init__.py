"""Quotes: prices, estimates of time, consent to a price, and progress against them. Begin with ``quote``."""
