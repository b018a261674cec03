"""Rows of a soak, kept on disk as they come: one that was stopped goes on where it was, while the code is the same."""

from __future__ import annotations

import hashlib
import json
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from crash.kinds import ROOT

_LIVED = ("ageing", "checker", "clips", "driver", "forked", "keyed", "kinds", "lives", "matrix", "sweep", "videos")
ROOMS = (
    *(f"src/reelwright/{room}" for room in ("engine", "store", "net", "providers", "catalogue", "reel")),
    *(f"src/reelwright/{name}.py" for name in ("settings", "units", "errors")),
    *(f"tests/crash/{name}.py" for name in _LIVED),
    *(f"tests/engine/{name}.py" for name in ("rig", "production", "works")),
)
"""What decides in a run of the matrix what is sent, bought, kept and told. While no byte of it changed, a row is a row,
whatever the commit.
"""


@dataclass(frozen=True)
class Row:
    """What one run came to. ``fault`` is empty where everything held. Money in micro-dollars."""

    name: str
    seconds: float
    fault: str = ""
    words: int = 0
    submissions: int = 0
    double_buys: int = 0
    losses: int = 0
    difference: int = 0
    died: bool = True
    commit: str = ""


class Rows:
    """Those of this code by name, also of earlier soaks; a row that did not hold stays one. None of other code."""

    def __init__(self, file: Path, code: str | None = None) -> None:
        self._file, self._code, self._commit = file, code_of() if code is None else code, commit()
        self._lock = threading.Lock()
        self.had: Mapping[str, Row] = {}
        if self._code and file.is_file():
            told = [json.loads(line) for line in file.read_text().splitlines()]
            self.had = {one["row"]["name"]: Row(**one["row"]) for one in told if one["code"] == self._code}

    def keep(self, row: Row) -> Row:
        """``row`` with its commit; on disk unless what was run is not what any commit holds."""
        row = Row(**{**asdict(row), "commit": self._commit})
        if self._code:
            with self._lock, self._file.open("a") as file:
                file.write(json.dumps({"code": self._code, "row": asdict(row)}) + "\n")
        return row


def commit() -> str:
    """The commit, and whether something of the rooms is not in it."""
    said = _git("rev-parse", "HEAD").strip()
    return said if code_of() else f"{said} and changes that are not committed"


def code_of() -> str:
    """A digest of every file of the rooms as committed; empty where something there is changed."""
    if _git("status", "--porcelain", "--", *ROOMS).strip():
        return ""
    return hashlib.sha256(_git("ls-files", "--stage", "--", *ROOMS).encode()).hexdigest()


def _git(*args: str) -> str:
    return subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True, check=True).stdout
