"""Steps and requests, and which of them are wanted. Begin with ``graph``."""
