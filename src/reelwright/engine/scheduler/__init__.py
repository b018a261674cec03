"""The scheduler: the director leases projects and runs their steps in parallel. Begin with ``director``."""
