"""Lives of the driver: started, killed, started again; and the checker that compares what they left behind."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from engine.rig import ACCOUNT
from reelwright.reel.noun import Digest, Fingerprint
from reelwright.store.database import Database
from reelwright.store.journal import SqlJournal
from reelwright.store.migrate import version_of

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Lives:
    """One project's home and database, over as many lives of the driver as it takes."""

    home: Path
    database: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *flags: str, **environ: str) -> subprocess.Popen[str]:
        env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests"))), **environ}
        command = [sys.executable, "-m", "crash.driver", str(self.home), self.database, *flags]
        process = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """No process outlives its test, whatever became of it."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def live(self, *flags: str, **environ: str) -> dict[str, Any] | None:
        """Run to the end; None when it was killed on the way. No process of it is left."""
        process = self.start(*flags, **environ)
        out, err = process.communicate(timeout=60)
        wait_for_no_orphan(process.pid)
        if process.returncode == -9:
            return None
        assert process.returncode == 0, err
        found: dict[str, Any] = json.loads(out)
        return found

    def had(self) -> Mapping[Fingerprint, tuple[Digest, ...]]:
        """What was landed when the driver died."""
        return asyncio.run(had_in(self.database))

    @property
    def journal(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        return Path(self.database.removeprefix("sqlite:///")) if self.database.startswith("sqlite") else None

    @property
    def submissions(self) -> list[str]:
        log = self.home / "paper" / "submissions"
        return [json.loads(line)["prompt"] for line in log.read_text().splitlines()] if log.exists() else []

    @property
    def litter(self) -> list[str]:
        """Workrooms, and files in the vault that are no asset."""
        rooms = self.home / "workrooms"
        left = [str(p) for p in rooms.rglob("*")] if rooms.is_dir() else []
        files = [p for p in (self.home / "vault").rglob("*") if p.is_file()]
        return left + [str(p) for p in files if not re.fullmatch(r"[0-9a-f]{64}", p.name)]

    def check(
        self, end: Mapping[str, Any], whole: Mapping[str, Any], before: Mapping[Any, Any], *, litter: bool = True
    ) -> None:
        """The film is the same, what was had is kept, nothing was bought twice or left open, nothing lies about."""
        assert end["state"] == "done", end["said"]
        assert (end["film"], end["text"]) == (whole["film"], whole["text"])
        after = self.had()
        assert {fp: after.get(fp) for fp in before} == dict(before)
        assert sorted(self.submissions) == sorted(set(self.submissions)) == ["a", "b", "c"]
        assert {state for state, _ in end["purchases"].values()} == {"settled"}
        assert not litter or self.litter == []


async def had_in(url: str) -> Mapping[Fingerprint, tuple[Digest, ...]]:
    """Assets by fingerprint of the newest project. Only looks: a journal that is not set up yet stays so."""
    database = Database(url, upgrade=False)
    try:
        if await database.read(version_of) is None:
            return {}
        journal = SqlJournal(database)
        projects = await journal.projects(ACCOUNT)
        if not projects:
            return {}
        had = (await journal.standing(ACCOUNT, projects[0].id)).had
        return {fp: outcome.assets for fp, outcome in had.items()}
    finally:
        database.close()


def wait_for_no_orphan(director: int) -> None:
    """Hands name their director in their command line; within two seconds none of a dead one's is left."""
    until = time.monotonic() + 2
    while left := hands_of(director):
        assert time.monotonic() < until, f"orphans of {director}: {left}"
        time.sleep(0.02)


def put_to_sleep(pid: int, journal: Path | None) -> None:
    """SIGSTOP, but not inside a transaction on SQLite's ``journal``: then nobody could write until it goes on."""
    os.kill(pid, signal.SIGSTOP)
    while journal and _is_locked(journal):
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.01)
        os.kill(pid, signal.SIGSTOP)


def _is_locked(journal: Path) -> bool:
    with closing(sqlite3.connect(journal, timeout=0.2, isolation_level=None)) as conn:
        try:
            conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False


def hands_of(director: int) -> list[int]:
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = process.info["cmdline"] or []
        if "reelwright.engine.hands.process" in line and line[-1] == str(director):
            found.append(process.pid)
    return found
