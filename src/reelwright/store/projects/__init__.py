"""Projects: revisions, the outcomes of steps, which assets are in use, uploads. Begin with ``projects``."""
