"""A fake's bill: one line of JSON for each thing it took on, synced to the disk before its answer leaves."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

from reelwright.reel.noun import noun


@noun
class Charge:
    """One line. ``micros``: what it costs, below 0 where something is given back. ``key``: who pays, as a fingerprint.

    ``facts`` is all that a fake must remember of it to go on after a restart. ``at``: seconds since 1970.
    """

    submission: str
    model: str
    micros: int
    at: float
    key: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Bill:
    """Appends to ``path``, or only remembers where there is none. Several fakes may share one file.

    A line that a killed process left half written is passed over: its answer never left.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._charges: list[Charge] = []
        self._read_to = 0
        self._file = _opened(path) if path else None

    def charged(
        self, submission: str, model: str, micros: int, key: str = "", facts: Mapping[str, Any] | None = None
    ) -> Charge:
        """Write one line and sync it."""
        made = Charge(submission=submission, model=model, micros=micros, at=time.time(), key=key, facts=facts or {})
        if self._file is None:
            self._charges.append(made)
        else:
            os.write(self._file, f"{json.dumps(asdict(made))}\n".encode())
            os.fsync(self._file)
        return made

    @property
    def charges(self) -> tuple[Charge, ...]:
        """Every line in order: those of earlier lives, and those of others who share the file."""
        self._catch_up()
        return tuple(self._charges)

    @property
    def submissions(self) -> tuple[str, ...]:
        """What was taken on, each once."""
        return tuple(dict.fromkeys(charge.submission for charge in self.charges))

    def total(self) -> int:
        """Micro-dollars of all lines."""
        return sum(charge.micros for charge in self.charges)

    def close(self) -> None:
        if self._file is not None:
            self._catch_up()
            os.close(self._file)
            self._file = None

    def _catch_up(self) -> None:
        """Read the whole lines that were appended since the last look."""
        if self._file is None:
            return
        size = os.fstat(self._file).st_size
        if size > self._read_to:
            new = os.pread(self._file, size - self._read_to, self._read_to)
            whole = new.rpartition(b"\n")[0]
            self._charges += _read(whole.decode("utf-8", "replace"))
            self._read_to += len(whole) + 1 if whole else 0


def read_bill(path: Path) -> tuple[Charge, ...]:
    """The lines of a bill, for a checker that trusts nobody's memory."""
    if not path.exists():
        return ()
    return tuple(_read(path.read_text(encoding="utf-8", errors="replace")))


def _read(text: str) -> list[Charge]:
    found = []
    for line in text.split("\n"):
        try:
            found.append(Charge(**json.loads(line)))
        except (ValueError, TypeError):
            continue  # half a line: whoever wrote it was killed before it answered
    return found


def _opened(path: Path) -> int:
    """Open for appending; half a line of an earlier life is ended first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        os.write(handle, b"\n")
    return handle
