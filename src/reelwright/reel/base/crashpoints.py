"""Labelled crash points: places where a test may kill this process as if its power were cut.

    C01 before the intent's commit            C12 renamed, take row not committed
    C02 after intent and reservation          C13 take landed, charge not written
    C03 request half written                  C14 charge written, event not sent
    C04 accepted there, reply unread          C15 in the middle of our own work
    C05 reply read, operation not committed   C16 film renamed, row not committed
    C06 operation committed                   C17 webhook received, not committed
    C07 between polls                         C18 webhook committed, no answer sent
    C08 ready seen, not committed             C19 cancel asked for during submit
    C09 in the middle of a download           C20 in the middle of a migration
    C10 written, not synced                   C21 in the middle of a backup
    C11 synced, not renamed

``REELWRIGHT_CRASH_AT=C05:3`` kills on the third visit of C05 in this process. ``REELWRIGHT_CRASH_LOG`` names a file
to which every visited label is appended. Without either, a visit is one look at a variable.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput

LABELS: Final[frozenset[str]] = frozenset(f"C{number:02}" for number in range(1, 22))


@dataclass(slots=True)
class _Trap:
    """The settings of crash points from the environment of this process, and the visits of each label."""

    label: str
    visit: int
    log: Path | None
    parent: int | None = None
    visits: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_idle(self) -> bool:
        return not self.label and self.log is None


_trap: _Trap | None = None


def reach(label: str) -> None:
    """Visit the crash point ``label``: kill this process where the environment asks for that, else return at once."""
    trap = _get_trap()
    if trap.is_idle:
        return
    assert label in LABELS, label
    with trap.lock:
        trap.visits[label] += 1
        if trap.log:
            _append(trap.log, label)
        if label == trap.label and trap.visits[label] == trap.visit:
            _die(trap.parent)


def arm() -> None:
    """Read from the environment, also if it was read before, at which crash point to kill this process.

    A process that changes its environment for its children reads its own settings first; a forked process, whose
    environment may differ, reads them again.
    """
    global _trap
    _trap = _from_environment()


def set_parent(parent: int) -> None:
    """Set the id of the process to kill first when this process, a hand, reaches its crash point.

    Called once in each hand.
    """
    _get_trap().parent = parent


def _get_trap() -> _Trap:
    global _trap
    if _trap is None:
        _trap = _from_environment()
    return _trap


def _from_environment() -> _Trap:
    crash_at = os.environ.get("REELWRIGHT_CRASH_AT", "")
    label, _, visit = crash_at.partition(":")
    count = visit or "1"
    if crash_at and (label not in LABELS or not count.isascii() or not count.isdigit() or int(count) < 1):
        raise BadInput("REELWRIGHT_CRASH_AT", crash_at, "a label from C01 to C21 and a visit, such as C05:3")
    log = os.environ.get("REELWRIGHT_CRASH_LOG", "")
    return _Trap(label=label, visit=int(count), log=Path(log) if log else None)


def _append(log: Path, label: str) -> None:
    # One short write to a file opened for appending stays whole, also between processes.
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{label}\n".encode())
    finally:
        os.close(handle)


def _die(parent: int | None) -> None:
    if parent is not None:
        os.kill(parent, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
