"""Tells how likely a span, a piece or a name of a brief is right, by weights that were learned from labelled briefs."""
