"""Files of a project and uploads, and how disk space is freed."""
