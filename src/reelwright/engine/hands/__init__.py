"""Runners of works: ``here`` in processes of this machine, ``ray`` beyond it."""
