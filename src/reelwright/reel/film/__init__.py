"""A film as values: brief, plan, cut, cues and words, and the graph that a plan becomes. Begin with ``plan``."""
