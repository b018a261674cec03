"""Names in a brief: where one ends, whose it is, and where it is asked for or stated."""
