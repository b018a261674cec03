"""Times of leases and heartbeats: for how long a silent director keeps its projects, how often it says it lives."""

from __future__ import annotations

from typing import Final

DEFAULT_LEASE_S: Final = 30
"""Seconds without a heartbeat after which a director loses its projects: the default of the setting ``lease_s``."""
MIN_LEASE_S: Final = 2
"""The shortest ``lease_s`` of the settings."""
MAX_LEASE_S: Final = 3600
"""The longest ``lease_s`` of the settings."""
HEARTBEATS_PER_LEASE: Final = 6
"""How often a director's heartbeat is recorded in ``lease_s``: a database may miss some before the lease is lost."""
DIRECTOR_DEAD_AFTER_S: Final = 2 * MAX_LEASE_S // HEARTBEATS_PER_LEASE + 60
"""Seconds without a heartbeat after which a director counts as dead, whatever its settings: twice the longest time
between two heartbeats, and a minute for a slow database."""
