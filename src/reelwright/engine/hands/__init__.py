"""Runners of works: ``here`` in processes on this machine, ``ray`` on a cluster."""
