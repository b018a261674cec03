"""Plans as a person writes them, read strictly. Begin with ``read``."""
