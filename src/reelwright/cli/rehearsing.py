"""What ``--rehearse`` means at the command line, for every verb that buys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.rehearsing import Rehearsal
    from reelwright.studio.studio import AsyncStudio


def rehearsal_of(
    asked: bool, speed: float | None, faults: float | None, *, quote: bool = False
) -> Callable[[], Rehearsal] | None:
    """How the providers are rehearsed; None where they are not, as for a quote, which asks nobody.

    Raises ``BadInput``, also where its options stand without ``--rehearse``: who wrote them meant to buy nothing.
    """
    for name, value in (("rehearse-speed", speed), ("rehearse-faults", faults)):
        if value is not None and not asked:
            raise BadInput(name, value, "only beside --rehearse: without it takes are bought")
    if not asked:
        return None
    from reelwright.studio.rehearsing import SPEED, Rehearsal

    told = Rehearsal(speed=SPEED if speed is None else speed, faults=faults or 0.0)
    return None if quote else lambda: told


def rehearsals(asked: bool) -> Callable[[], Rehearsal] | None:
    """For a verb that only lists: the rehearsals of the home that the settings name; None where they are not meant."""
    if not asked:
        return None
    from reelwright.settings import load
    from reelwright.studio.rehearsing import as_before

    return lambda: as_before(load().home)


def rehearsed(studio: AsyncStudio) -> str:
    """What a person should know of what was rehearsed."""
    assert studio.rehearsal
    where = f"; everything of it is in {studio.home.settings.home}" if studio.home else ""
    times = f"{studio.rehearsal.speed:g} times as fast as the real ones"
    return f"a rehearsal: nothing was bought, and providers were {times}{where}"
