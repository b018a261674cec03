"""Lives of the driver: started, killed, started again; a person's word in between; and what must hold in the end."""

from __future__ import annotations

import asyncio
import hashlib
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
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import text

from crash.checker import Checked, check
from crash.forked import Forked, Forks
from crash.kinds import KINDS, ROOT, USUAL, Serving, environment
from engine.processes import find_fork_servers, find_hands
from engine.rig import ACCOUNT
from reelwright.engine.purchases.decide import decide
from reelwright.providers.fakes.bill import Charge, read_bill
from reelwright.providers.fakes.media_spec import from_stored_spec, make_tiny_file
from reelwright.providers.fakes.script import Script
from reelwright.reel.base.value import Digest, Fingerprint
from reelwright.reel.records.ledger import LedgerEntry
from reelwright.store.database.database import Database
from reelwright.store.database.migrate import read_version
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.store.schema.schema import HEAD
from reelwright.store.vault.vault import FolderVault

__all__ = ["ROOT", "Lives", "had_in", "hands_of", "put_to_sleep", "wait_for_no_orphan"]

_STOOD_STILL = "stood still in the middle of a write"
_MOST_LIVES = 12
_LIFE_S = 150
"""Seconds for one life, which takes two on a machine that has nothing else to do."""
Word = Literal["told", "written off"]
"""What a person says of an unknown: as the provider's own list shows it; or that it is written off, whatever it was."""


@dataclass
class Lives:
    """One project's home and database, over as many lives of the driver as it takes; its provider outlives them all.

    ``before``: what the driver is started with, such as a tracer. ``forks``: where lives are forked from; else, and
    where something is started before them, each is a program of its own.
    """

    folder: Path
    database: str
    kind: str = "list"
    script: Script = USUAL
    before: tuple[str, ...] = ()
    forks: Forks | None = None
    started: list[subprocess.Popen[str] | Forked] = field(default_factory=list)
    serving: Serving = field(init=False)

    def __post_init__(self) -> None:
        self.serving = Serving(KINDS[self.kind], self.folder, self.script)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def start(self, *flags: str, **environ: str) -> subprocess.Popen[str] | Forked:
        args, env = [str(self.home), self.database, self.kind, self.serving.url, *flags], environment(**environ)
        if self.forks and not self.before:
            process: subprocess.Popen[str] | Forked = self.forks.start(args, env)
        else:
            process = subprocess.Popen(
                [*self.before, sys.executable, "-m", "crash.driver", *args], env=env, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        self.started.append(process)
        return process

    def end(self) -> None:
        """No process outlives its test, whatever became of it."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()
        self.serving.end()

    def live(self, *flags: str, **environ: str) -> dict[str, Any] | None:
        """Run to the end; None when it was killed on the way. No process of it is left.

        One that a busy machine held up in a write for so long that the server let go of it says so, ends, and is
        started again.
        """
        process = self.start(*flags, PYTHONFAULTHANDLER="1", **environ)
        try:
            out, err = process.communicate(timeout=_LIFE_S)
        except subprocess.TimeoutExpired:
            # Seen three times with another clock, on SQLite and on Postgres, with a list: print where it stands.
            os.kill(process.pid, signal.SIGABRT)
            raise AssertionError(f"it does not end; where it stood:\n{process.communicate()[1]}") from None
        wait_for_no_orphan(process.pid)
        if process.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL):
            return None
        if process.returncode and _STOOD_STILL in err and len(self.started) < _MOST_LIVES:
            return self.live(*flags, **environ)
        assert process.returncode == 0, err
        found: dict[str, Any] = json.loads(out)
        return found

    def to_rest(self, word: Word = "told", **environ: str) -> tuple[dict[str, Any], int]:
        """Lives until the job has ended, with a person's word where one is waited for; how many words were needed."""
        words = 0
        end: dict[str, Any] | None = None
        for _ in range(6):
            end = self.live(**environ)
            environ = {}
            if end and end["state"] != "waiting":
                return end, words
            words += self.go_on(word) if end else 0
        raise AssertionError(f"it does not come to rest: {end and end['reason']}")

    def go_on(self, word: Word = "told") -> int:
        """A person decides what is unknown, and has the job queued again; how much there was to decide."""
        return asyncio.run(self._say(word))

    def resume(self) -> None:
        """A person has the job queued again, and decides nothing."""
        asyncio.run(self._resume())

    async def _resume(self) -> None:
        database = Database(self.database, may_upgrade=False)
        try:
            journal = Journal(database)
            for project in await journal.list_projects(ACCOUNT):
                for job in (await journal.list_jobs(ACCOUNT, project.id))[:1]:
                    await journal.requeue(ACCOUNT, job.id)
        finally:
            database.close()

    async def _say(self, word: Word) -> int:
        database = Database(self.database, may_upgrade=False)
        try:
            journal, ledger = Journal(database), Ledger(database)
            vault = FolderVault.open(self.home / "vault")
            entries = await ledger.list_entries(ACCOUNT)
            unknown = [entry for entry in entries if entry.state == "unknown"]
            taken = {entry.operation.id for entry in entries if entry.operation}
            for entry in unknown:
                theirs = self._in_their_list(entry, taken)
                if word == "told" and theirs:
                    taken.add(theirs)
                    await decide(journal, ledger, vault, ACCOUNT, entry, "arrived", "a person", operation=theirs)
                elif word == "told":
                    await decide(journal, ledger, vault, ACCOUNT, entry, "never", "a person")
                else:
                    await decide(journal, ledger, vault, ACCOUNT, entry, "written_off", "a person")
                    if not theirs and entry.quote.micros:
                        because = "it is not on the bill"
                        await ledger.adjust(ACCOUNT, entry.id, -entry.quote.micros, because, "a person")
            for project in await journal.list_projects(ACCOUNT):
                for job in (await journal.list_jobs(ACCOUNT, project.id))[:1]:
                    await journal.requeue(ACCOUNT, job.id)
            return len(unknown)
        finally:
            database.close()

    def _in_their_list(self, entry: LedgerEntry, taken: set[str]) -> str | None:
        """What a person finds on the provider's own page: the work of that prompt which no other purchase names."""
        prompt = KINDS[self.kind].request(entry.step.partition("/")[2]).prompt
        for charge in read_bill(self.serving.bill):
            work = charge.facts.get("work")
            if work and work["asked"]["prompt"] == prompt and charge.submission not in taken:
                return charge.submission
        return None

    def had(self) -> Mapping[Fingerprint, tuple[Digest, ...]]:
        """What was landed when the driver died."""
        return asyncio.run(had_in(self.database))

    @property
    def journal(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        return Path(self.database.removeprefix("sqlite:///")) if self.database.startswith("sqlite") else None

    @property
    def submissions(self) -> list[str]:
        """Prompts of what the provider took on, in order, by its own bill."""
        works = (charge.facts.get("work") for charge in read_bill(self.serving.bill))
        return [work["asked"]["prompt"].rpartition(" ")[2] for work in works if work]

    @property
    def litter(self) -> list[str]:
        """Workrooms, and files in the vault that are neither assets nor its records of sends."""
        rooms = self.home / "workrooms"
        left = [str(p) for p in rooms.rglob("*")] if rooms.is_dir() else []
        files = [p for p in (self.home / "vault").rglob("*") if p.is_file() and p.parent.name != ".sends"]
        return left + [str(p) for p in files if not re.fullmatch(r"[0-9a-f]{64}", p.name)]

    def unmarked(self) -> set[str]:
        """Purchases that were sent for money, of which the vault has no record."""
        logs = (self.home / "vault").glob("*/.sends/*.jsonl")
        marked = {json.loads(line)["id"] for log in logs for line in log.read_text(encoding="utf-8").splitlines()}
        return asyncio.run(_sent_in(self.database)) - marked

    def checked(self, *, at_rest: bool = True) -> Checked:
        """The checker's word; it has never heard of what happened."""
        return check(self.home / "vault", self.database, [self.serving.bill], made_for, at_rest=at_rest)

    def check(
        self, end: Mapping[str, Any], whole: Mapping[str, Any], before: Mapping[Any, Any], *, litter: bool = True
    ) -> Checked:
        """The film is the same, what was had is kept, nothing was bought twice or left open, nothing lies about."""
        assert end["state"] == "done", end["reason"]
        assert (end["film"], end["text"]) == (whole["film"], whole["text"])
        after = self.had()
        assert {fp: after.get(fp) for fp in before} == dict(before)
        found = self.checked()
        assert not found.faults, "\n".join(map(str, found.faults))
        assert found.billed == found.ledger and not found.held
        assert not (unmarked := self.unmarked()), f"sent without a marker: {unmarked}"
        assert not litter or self.litter == []
        return found


def made_for(charge: Charge) -> str:
    """sha256 of what the fake drew: it draws the same for the same asked, in whatever process."""
    spec = from_stored_spec(charge.facts["work"]["asked"])
    return hashlib.sha256(asyncio.run(make_tiny_file(replace(spec, sample=0)))).hexdigest()


async def _sent_in(url: str) -> set[str]:
    """Purchases of which the provider was told, whatever became of them."""
    database = Database(url, may_upgrade=False)
    try:
        query = "SELECT id FROM purchases WHERE resubmit <> 'free' AND operation IS NOT NULL"
        return {row.id for row in await database.read(lambda conn: conn.execute(text(query)).all())}
    finally:
        database.close()


async def had_in(url: str) -> Mapping[Fingerprint, tuple[Digest, ...]]:
    """Assets by fingerprint of the newest project. Only looks: a journal that is not at the newest schema stays so."""
    database = Database(url, may_upgrade=False)
    try:
        if await database.read(read_version) != HEAD:
            return {}
        journal = Journal(database)
        projects = await journal.list_projects(ACCOUNT)
        if not projects:
            return {}
        had = (await journal.read_standing(ACCOUNT, projects[0].id)).outcomes
        return {fp: outcome.assets for fp, outcome in had.items()}
    finally:
        database.close()


def wait_for_no_orphan(director: int) -> None:
    """Within two seconds no hand of a dead director is left, and no fork server."""
    until = time.monotonic() + 2
    while left := [process.pid for process in find_fork_servers(director)]:
        assert time.monotonic() < until, f"orphans of {director}: {left}"
        time.sleep(0.02)


def put_to_sleep(pid: int, journal: Path | None) -> None:
    """SIGSTOP, but not inside a transaction on SQLite's ``journal``: then nobody could write until it goes on."""
    _stop(pid)
    while journal and _is_locked(journal):
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.01)
        _stop(pid)


def _stop(pid: int) -> None:
    """SIGSTOP, and wait until every thread stands still: one that is inside a system call ends that call first."""
    os.kill(pid, signal.SIGSTOP)
    until = time.monotonic() + 30
    while any(_state_of(thread) not in "TZX" for thread in Path(f"/proc/{pid}/task").iterdir()):
        assert time.monotonic() < until, f"{pid} does not stop"
        time.sleep(0.001)


def _state_of(thread: Path) -> str:
    """Its letter in /proc/PID/task/ID/stat, behind the name in brackets; X where it has ended."""
    try:
        return (thread / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def _is_locked(journal: Path) -> bool:
    with closing(sqlite3.connect(journal, timeout=0.2, isolation_level=None)) as conn:
        try:
            conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False


def hands_of(director: int) -> list[int]:
    return [process.pid for process in find_hands(director)]
