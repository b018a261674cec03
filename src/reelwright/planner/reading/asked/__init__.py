"""Finds what a brief asks to tell, to describe or to explain: that is for viewers, and the asking is not."""
