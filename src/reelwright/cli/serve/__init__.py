"""Verbs of the panel Serve: the server and the studio, and who may use them."""
