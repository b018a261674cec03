"""Reelwright: from a brief to a finished film."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reelwright.errors import ReelwrightError
    from reelwright.reel.brief import Brief
    from reelwright.reel.plan import Plan
    from reelwright.settings import Settings
    from reelwright.studio.answers import FilmMade, Planned, Progress, Quoted
    from reelwright.studio.rehearsing import Rehearsal
    from reelwright.studio.studio import AsyncStudio
    from reelwright.studio.twin import Studio

_HOMES = {
    "AsyncStudio": "reelwright.studio.studio",
    "Brief": "reelwright.reel.brief",
    "FilmMade": "reelwright.studio.answers",
    "Plan": "reelwright.reel.plan",
    "Planned": "reelwright.studio.answers",
    "Progress": "reelwright.studio.answers",
    "Quoted": "reelwright.studio.answers",
    "ReelwrightError": "reelwright.errors",
    "Rehearsal": "reelwright.studio.rehearsing",
    "Settings": "reelwright.settings",
    "Studio": "reelwright.studio.twin",
}

__all__ = [
    "AsyncStudio",
    "Brief",
    "FilmMade",
    "Plan",
    "Planned",
    "Progress",
    "Quoted",
    "ReelwrightError",
    "Rehearsal",
    "Settings",
    "Studio",
]


def __getattr__(name: str) -> Any:
    """Resolve a public name on first use (PEP 562), so that ``import reelwright`` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
