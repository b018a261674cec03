"""The lines of a draft, made of what was read."""
