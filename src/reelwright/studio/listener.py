"""Who listens cannot stop what it hears of: one that raises is told nothing more, and the work goes on."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

T = TypeVar("T")
GONE: Final = (OSError, SystemExit)
"""What a bar on a terminal that is gone raises: the system's error, or rich's way to end at a closed pipe."""


def harmless(listen: Callable[[T], None] | None) -> Callable[[T], None]:
    """``listen`` until it raises, which is warned of once; None: nobody listens.

    A pipe that its reader closed, or a fault in a caller's own callback, is no reason to fail a film, and must never
    come between a send and its record.
    """
    deaf = False

    def heard(said: T) -> None:
        nonlocal deaf
        if listen is None or deaf:
            return
        try:
            listen(said)
        except (Exception, *GONE) as error:  # noqa: BLE001  whatever it is
            deaf = True
            with suppress(Exception):  # warnings may be errors here, or have nowhere to go
                warnings.warn(f"a listener raised {error!r}: it is told nothing more, the work goes on", stacklevel=2)

    return heard
