"""Casting: which AI model makes which shot of a plan, from which words and pictures, and how long it is bought."""
