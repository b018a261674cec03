"""What ``--rehearse`` means at the command line, for every verb that buys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reelwright.errors import BadInput

if TYPE_CHECKING:
    from reelwright.studio.rehearsing import Rehearse
    from reelwright.studio.studio import AsyncStudio


def rehearsal_of(
    asked: bool, speed: float | None, faults: float | None, *, quote: bool = False
) -> Callable[[], Rehearse] | None:
    """How the providers are rehearsed; None where they are not, as for a quote, which asks nobody.

    Raises ``BadInput``, also where its options stand without ``--rehearse``: who wrote them meant to buy nothing.
    """
    for name, value in (("rehearse-speed", speed), ("rehearse-faults", faults)):
        if value is not None and not asked:
            raise BadInput(name, value, "only beside --rehearse: without it takes are bought")
    if not asked:
        return None
    from reelwright.studio.rehearsing import asked_for

    told = asked_for(speed, faults)
    return None if quote else lambda: told


def rehearsed(studio: AsyncStudio, speed: float | None) -> str:
    """What a person should know of what was rehearsed."""
    from reelwright.studio.rehearsing import SPEED

    home = studio.home
    where = f"; everything of it is in {home.settings.home}" if home else ""
    return (
        f"a rehearsal: nothing was bought, and providers were {speed or SPEED:g} times as fast as the real ones{where}"
    )
