"""The voice of this machine: a line becomes sound with the time of each of its words. Begin with ``line``."""
