"""The signals that stop a verb: Ctrl-C, a shutdown of the system, a terminal that is closed."""

from __future__ import annotations

import atexit
import os
import signal
from contextlib import suppress
from types import FrameType

STOPPED_CODE = 130
"""Exit code of a verb that was stopped."""


def list_stop_signals() -> list[signal.Signals]:
    """Return the signals that stop a verb, except those that are ignored, as SIGHUP is under ``nohup``."""
    known = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    return [name for name in known if signal.getsignal(name) is not signal.SIG_IGN]


def install_early_exit() -> None:
    """Have the process exit at once on a signal that arrives before a verb runs, and keep its exit code at its end.

    The interpreter puts the system's answers to signals back before it has cleared up: a signal that arrived then would
    end the process as if its work had not been done.
    """
    for name in list_stop_signals():
        signal.signal(name, _stop)
    atexit.register(_ignore_stop_signals)


def _ignore_stop_signals() -> None:
    for name in list_stop_signals():
        signal.signal(name, signal.SIG_IGN)


def _stop(number: int, frame: FrameType | None) -> None:
    with suppress(OSError):  # the reader of standard error is gone
        os.write(2, b"reelwright: stopped before anything began\n")
    os._exit(STOPPED_CODE)
