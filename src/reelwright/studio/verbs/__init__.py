"""The verbs of the studio, by what a person does: each a part of ``AsyncStudio``."""
