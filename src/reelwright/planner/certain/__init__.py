"""Finds what a brief says with certainty, without a language model, and makes a script of those spans alone."""
