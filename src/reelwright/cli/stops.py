"""The signals that stop a verb kindly: Ctrl-C, the end of the system, the end of the terminal."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from types import FrameType

CODE = 130
"""Exit code of a verb that was stopped."""


def stops() -> list[signal.Signals]:
    """Those that are not ignored on purpose, as SIGHUP is under ``nohup``."""
    known = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    return [name for name in known if signal.getsignal(name) is not signal.SIG_IGN]


def stop_at_once() -> None:
    """Until a verb takes over: nothing was begun yet that would have to be ended."""
    for name in stops():
        signal.signal(name, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    with suppress(OSError):  # nobody reads it
        os.write(2, b"reelwright: stopped before anything began\n")
    os._exit(CODE)
