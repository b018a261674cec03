"""Tables, JSON and progress as they are printed. Begin with ``output``."""
