"""Handles ``--rehearse`` for every verb that buys or lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.runtime.rehearsal import Rehearsal
    from reelwright.studio.studio import AsyncStudio


def build_rehearsal(
    rehearse: bool, speed: float | None, faults: float | None, *, quote: bool = False
) -> Callable[[], Rehearsal] | None:
    """Return a function that returns the rehearsal that the options describe; None without ``--rehearse``, and for a
    quote.

    Raises ``BadInput``, also for the options of a rehearsal without ``--rehearse``: a person who types them means to
    buy nothing.
    """
    for name, value in (("rehearse_speed", speed), ("rehearse_faults", faults)):
        if value is not None and not rehearse:
            raise BadInput(name, value, "only together with --rehearse; otherwise takes are really bought")
    if not rehearse:
        return None
    from reelwright.studio.runtime.rehearsal import SPEED, Rehearsal

    rehearsal = Rehearsal(speed=SPEED if speed is None else speed, faults=faults or 0.0)
    return None if quote else lambda: rehearsal


def find_rehearsals(rehearse: bool) -> Callable[[], Rehearsal] | None:
    """Return a function that reads the home's last rehearsal, for a verb that lists; None without ``--rehearse``."""
    if not rehearse:
        return None
    from reelwright.settings import load_settings
    from reelwright.studio.runtime.rehearsal import read_last_rehearsal

    return lambda: read_last_rehearsal(load_settings().home)


def describe_rehearsal(studio: AsyncStudio) -> str:
    """Return in words that nothing was bought, how fast the rehearsal ran, and where its files are."""
    assert studio.rehearsal
    where = f"; its files are in {studio.home.settings.home}" if studio.home else ""
    speed = f"{studio.rehearsal.speed:g} times as fast as real ones"
    return f"a rehearsal: nothing was bought, and the providers were {speed}{where}"
