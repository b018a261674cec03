"""Edits: what changes a project, and what an edit cannot keep. Begin with ``editing``."""
