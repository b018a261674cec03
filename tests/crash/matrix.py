"""One run of the crash matrix: a make that buys, killed at a label, goes on; a person decides what nobody can know."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crash.checker import Judged, judge, read_bills, read_journal
from crash.lives import ROOT, wait_for_no_orphan
from crash.sellers import SELLERS
from engine.rig import ACCOUNT
from reelwright.providers.fakes.script import Script, slow
from reelwright.reel.document import to_json
from reelwright.reel.operation import Operation
from reelwright.store.database import Database
from reelwright.store.journal import SqlJournal
from reelwright.store.ledger import SqlLedger

LABELS = tuple(f"C{number:02}" for number in (*range(1, 17), 19, 20))
KINDS = tuple(SELLERS)
DATABASES = ("sqlite", "postgres")
IN_HANDS = frozenset({"C09", "C10", "C11", "C15"})
_MOST_LIVES = 8
_LIFE_S = 90
_STOOD_STILL = "stood still in the middle of a write"


def environment() -> dict[str, str]:
    before = {name: value for name, value in os.environ.items() if not name.startswith("REELWRIGHT_")}
    return {**before, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))}


@dataclass
class Run:
    """One home, one database, one fake in a process of its own."""

    folder: Path
    database: str
    kind: str
    url: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    lives: int = 0
    decided: list[str] = field(default_factory=list)

    @property
    def bill(self) -> Path:
        return self.folder / "bill.jsonl"

    def live(self, *flags: str, before: Sequence[str] = (), **environ: str) -> dict[str, Any] | None:
        """Run to the end; None when it was killed on the way.

        One that stood still in a write for so long that the server let go of it says so, ends, and is started again.
        """
        self.lives += 1
        command = [*before, sys.executable, "-m", "crash.buying", str(self.folder / "home"), self.database]
        process = subprocess.Popen(
            [*command, "--kind", self.kind, "--url", self.url, *flags], env={**environment(), **environ},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.started.append(process)
        out, err = process.communicate(timeout=_LIFE_S)
        wait_for_no_orphan(process.pid)
        if process.returncode in (-9, 137):
            return None
        if process.returncode and _STOOD_STILL in err and self.lives < _MOST_LIVES:
            return self.live(*flags, before=before, **environ)
        assert process.returncode == 0, err
        told: dict[str, Any] = json.loads(out)
        return told

    def to_its_end(self) -> dict[str, Any]:
        """Go on until the job has ended; what nobody can know is decided as somebody who sees the bill would."""
        for _ in range(_MOST_LIVES):
            told = self.live()
            assert told is not None, "nobody killed it"
            if told["state"] != "waiting":
                return told
            assert told["why"] == "decision", told
            asyncio.run(self._decide())
        raise AssertionError(f"still waiting after {_MOST_LIVES} lives")

    async def _decide(self) -> None:
        rows, _, _ = read_journal(self.database)
        named = {row.operation for row in rows if row.operation}
        free = [one for one in read_bills([self.bill]) if one.id not in named]
        database = Database(self.database)
        try:
            ledger, journal = SqlLedger(database), SqlJournal(database)
            for row in rows:
                if row.state != "unknown":
                    continue
                arrived = next((one for one in free if one.prompt == row.prompt), None)
                self.decided.append("arrived" if arrived else "never")
                operation = Operation(id=arrived.id) if arrived else None
                await ledger.decide(ACCOUNT, row.id, "arrived" if arrived else "never", "a test", operation=operation)
            job = (await journal.jobs(ACCOUNT))[0]
            await journal.requeue(ACCOUNT, job.id)
        finally:
            database.close()

    def judged(self) -> Judged:
        return judge([self.bill], self.database, self.folder / "home" / "vault")

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()


@contextmanager
def run_in(folder: Path, database: str, kind: str, seed: int, *, slowly: bool = False) -> Iterator[Run]:
    """A run with its fake, which is ended with it. ``slowly``: a submit takes long enough to be cancelled."""
    folder.mkdir(parents=True, exist_ok=True)
    script = Script(seed=seed, latency_s=(0.1, 0.5))
    if slowly:
        script = script.on("submit", slow(0.5))
    (folder / "script.json").write_text(to_json(script))
    command = [sys.executable, "-m", "reelwright.providers.fakes", SELLERS[kind].fake, "--bill",
               str(folder / "bill.jsonl"), "--script", str(folder / "script.json")]  # fmt: skip
    fake = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)
    made = None
    try:
        assert fake.stdout
        made = Run(folder, database, kind, fake.stdout.readline().strip())
        yield made
    finally:
        if made:
            made.end()
        fake.kill()
        fake.communicate()


def visits_of(run: Run, label: str) -> int:
    """How often a life that nobody disturbs passes a label. For C19: once, when it is cancelled while it sends."""
    log = run.folder / "labels"
    flags = ("--cancel",) if label == "C19" else ()
    assert run.live(*flags, REELWRIGHT_CRASH_LOG=str(log))
    return Counter(log.read_text().split())[label]


def killed_at(run: Run, label: str, visit: int) -> Judged:
    """Kill it there, let it go on to its end, and judge what is left. Raises where it was not reached."""
    flags = ("--cancel",) if label == "C19" else ()
    assert run.live(*flags, REELWRIGHT_CRASH_AT=f"{label}:{visit}") is None, f"{label}:{visit} was not reached"
    told = run.to_its_end()
    assert told["state"] == ("cancelled" if label == "C19" else "done"), told
    return run.judged()
