"""Scripts by a language model: what it is told, and how its answer is checked. Begin with ``writer``."""
