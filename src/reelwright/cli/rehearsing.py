"""What ``--rehearse`` means at the command line, for every verb that buys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelwright.studio.rehearsing import Rehearse
    from reelwright.studio.studio import AsyncStudio


def rehearsal_of(asked: bool, speed: float, faults: float) -> Callable[[], Rehearse] | None:
    """How the providers are rehearsed, checked when it is called; None where they are not."""

    def told() -> Rehearse:
        from reelwright.studio.rehearsing import asked_for

        return asked_for(speed, faults)

    return told if asked else None


def rehearsed(studio: AsyncStudio, speed: float) -> str:
    """What a person should know of what was rehearsed."""
    home = studio.home
    where = f"; everything of it is in {home.settings.home}" if home else ""
    return f"a rehearsal: nothing was bought, and providers were {speed:g} times as fast as the real ones{where}"
