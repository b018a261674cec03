"""Protects jobs from callbacks that raise: such a callback is not called any more, and the job continues."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

T = TypeVar("T")
GONE: Final = (OSError, SystemExit)
"""Exceptions of a progress bar whose terminal or pipe is closed: the system's error, or ``SystemExit`` from rich."""


def guard_listener(listen: Callable[[T], None] | None) -> Callable[[T], None]:
    """Wrap a callback so that it never raises: after its first exception it is not called any more, with one warning.

    A closed pipe, or a fault in a caller's callback, must not fail a film, and must never interrupt the work between
    sending a purchase and recording it. ``listen`` None gives a callback that does nothing.
    """
    deaf = False

    def call(event: T) -> None:
        nonlocal deaf
        if listen is None or deaf:
            return
        try:
            listen(event)
        except (Exception, *GONE) as error:  # noqa: BLE001  whatever it is
            deaf = True
            with suppress(Exception):  # warnings may be errors here, or have nowhere to go
                warnings.warn(f"a listener raised {error!r}: it is told nothing more, the work goes on", stacklevel=2)

    return call
