"""Wires that adapters speak, as pure functions: a request to a body, an answer to progress or to an error."""
