"""Reelwright: from a brief to a finished film."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reelwright.errors import ReelwrightError
    from reelwright.reel.film.brief import Brief
    from reelwright.reel.film.plan import Plan
    from reelwright.settings import Settings
    from reelwright.studio.results.results import FilmResult, PlanResult, Progress, ProjectQuote
    from reelwright.studio.runtime.rehearsal import Rehearsal
    from reelwright.studio.studio import AsyncStudio
    from reelwright.studio.sync_studio import Studio

logging.getLogger(__name__).addHandler(logging.NullHandler())  # a program that uses the library sets up its own

_HOMES = {
    "AsyncStudio": "reelwright.studio.studio",
    "Brief": "reelwright.reel.film.brief",
    "FilmResult": "reelwright.studio.results.results",
    "Plan": "reelwright.reel.film.plan",
    "PlanResult": "reelwright.studio.results.results",
    "Progress": "reelwright.studio.results.results",
    "ProjectQuote": "reelwright.studio.results.results",
    "ReelwrightError": "reelwright.errors",
    "Rehearsal": "reelwright.studio.runtime.rehearsal",
    "Settings": "reelwright.settings",
    "Studio": "reelwright.studio.sync_studio",
}

__all__ = [
    "AsyncStudio",
    "Brief",
    "FilmResult",
    "Plan",
    "PlanResult",
    "Progress",
    "ProjectQuote",
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
