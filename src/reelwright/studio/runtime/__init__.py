"""The runtime: one for each process, and its view for each account. Begin with ``runtime`` and ``home``."""
