"""Can films be made on this machine: one line for each thing that must be right, with its fix."""

from __future__ import annotations

from reelwright.settings import Settings
from reelwright.studio.answers import Checkup


def examine(settings: Settings | None = None) -> Checkup:
    """Look at everything; never raises for what is wrong, writes only a probe file that it removes."""
    raise NotImplementedError
