"""Options, questions and the run that all verbs share. Begin with ``runner``."""
