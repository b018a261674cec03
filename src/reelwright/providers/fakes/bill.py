"""Bill of a fake: a line of JSON for each accepted work, synced to disk before the answer leaves."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

from reelwright.reel.base.value import define_value


@define_value
class Charge:
    """Line of a fake's bill: the charge, or the refund, for an accepted submission.

    ``micros``: the cost, below 0 if money is given back. ``key``: fingerprint of the credential that pays. ``facts``:
    all that a fake must remember to go on after a restart. ``at``: seconds since 1970.
    """

    submission: str
    model: str
    micros: int
    at: float
    key: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Bill:
    """The record of what a fake has charged, appended to the file ``path``, or kept in memory without one. Several
    fakes may share one file.

    A line that a killed process left half written is skipped: its answer never left.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._charges: list[Charge] = []
        self._read_to = 0
        self._file = _open_for_append(path) if path else None

    def add_charge(
        self, submission: str, model: str, micros: int, key: str = "", facts: Mapping[str, Any] | None = None
    ) -> Charge:
        """Append one charge of ``micros`` micro-dollars and sync it to disk; return it."""
        made = Charge(submission=submission, model=model, micros=micros, at=time.time(), key=key, facts=facts or {})
        if self._file is None:
            self._charges.append(made)
        else:
            os.write(self._file, f"{json.dumps(asdict(made))}\n".encode())
            os.fsync(self._file)
        return made

    @property
    def charges(self) -> tuple[Charge, ...]:
        """Every charge in order, including those of earlier processes and of others that share the file."""
        self._catch_up()
        return tuple(self._charges)

    @property
    def submissions(self) -> tuple[str, ...]:
        """The ids of all submissions that the fake accepted, each once."""
        return tuple(dict.fromkeys(charge.submission for charge in self.charges))

    def sum_micros(self) -> int:
        """Return the sum of all charges in micro-dollars, less refunds."""
        return sum(charge.micros for charge in self.charges)

    def close(self) -> None:
        """Close the file, after reading the rest of it: the charges can still be read."""
        if self._file is not None:
            self._catch_up()
            os.close(self._file)
            self._file = None

    def _catch_up(self) -> None:
        """Read the complete lines that were appended since the last read."""
        if self._file is None:
            return
        size = os.fstat(self._file).st_size
        if size > self._read_to:
            new = os.pread(self._file, size - self._read_to, self._read_to)
            whole = new.rpartition(b"\n")[0]
            self._charges += _parse_lines(whole.decode("utf-8", "replace"))
            self._read_to += len(whole) + 1 if whole else 0


def read_bill(path: Path) -> tuple[Charge, ...]:
    """Read all charges from the file of a bill; none if it does not exist."""
    if not path.exists():
        return ()
    return tuple(_parse_lines(path.read_text(encoding="utf-8", errors="replace")))


def _parse_lines(text: str) -> list[Charge]:
    found = []
    for line in text.split("\n"):
        try:
            found.append(Charge(**json.loads(line)))
        except (ValueError, TypeError):
            continue  # half a line: its process was killed before it answered
    return found


def _open_for_append(path: Path) -> int:
    """Open a file for appending. Half a line that an earlier process left is ended first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        os.write(handle, b"\n")
    return handle
