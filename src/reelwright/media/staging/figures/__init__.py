"""Figures that stand together: a board on which they come in one after another, and charts of a table's numbers."""
