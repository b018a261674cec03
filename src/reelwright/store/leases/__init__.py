"""Leases: which director drives which project, and which job is next. Begin with ``leases``."""
