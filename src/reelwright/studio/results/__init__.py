"""Results and options of all verbs, as data: what ``--json`` and HTTP print. Begin with ``results``."""
