"""The page on which a film begins: a brief or a script, what was understood of it, and its price."""
