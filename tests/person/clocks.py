"""Shifts the wall clock of one process, as whoever sets a machine's clock does: its own times, and SQLite's.

Monotonic clocks stay as they are. For a process of its own only: nothing is put back.
"""

from __future__ import annotations

import ctypes
import gc
import sqlite3
import time
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

_REAL = time.time
_shift_s = 0.0


def set_clock(seconds: float) -> None:
    """Let the wall clock of this process be ``seconds`` ahead of the real one from now on, or behind it."""
    global _shift_s
    _shift_s = seconds
    if time.time is _REAL:
        _take_over()


def _take_over() -> None:
    real_ns = time.time_ns
    time.time = lambda: _REAL() + _shift_s
    time.time_ns = lambda: real_ns() + round(_shift_s * 1_000_000_000)
    # datetime is a type of C's: its own dictionary is changed, so that every module that imported it sees the change.
    names: dict[str, Any] = gc.get_referents(datetime.__dict__)[0]
    names["now"] = classmethod(_now)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime))
    event.listen(Engine, "connect", _shift_sqlite)


def _now(cls: type[datetime], tz: tzinfo | None = None) -> datetime:
    return cls.fromtimestamp(time.time(), tz)


def _shift_sqlite(connection: Any, _record: Any) -> None:
    """Replace SQLite's ``julianday('now')`` by the shifted time."""
    if isinstance(connection, sqlite3.Connection):
        real = sqlite3.connect(":memory:", check_same_thread=False)

        def julianday(said: str) -> float:
            if said != "now":
                return float(real.execute("SELECT julianday(?)", (said,)).fetchone()[0])
            return time.time() / 86400 + 2440587.5

        connection.create_function("julianday", 1, julianday)
