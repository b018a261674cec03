"""Projects and jobs as they are shown: shots, takes, state, progress. Begin with ``project_details``."""
