"""Lives of the real program, ``make`` and ``resume``: started, killed, started again; and what must hold in the end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import NullPool, create_engine, make_url, text

from crash.lives import ROOT, had_in
from engine.processes import find_fork_servers
from studio.frames import pictures, sound

BRIEF = "“It never flickers.” For “Fenn”, a lamp. Order at fenn.example"
SIZE = ("--length", "3", "--aspect", "9:16", "--short-side", "180", "--look", "slam")
"""Two shots, 90 frames: the shortest film for which the rules make more than one."""
MAKE = ("make", BRIEF, *SIZE, "--yes", "--json")
RESUME = ("resume", "last", "--json")
REPEATED = ("lease.taken_over", "step.again", "job.queued")
"""After one of these a step that did not land may be sent, or made, once more."""
Film = Mapping[str, Any]


@dataclass
class Makes:
    """One home, over as many lives of the program as it takes. ``database``: empty for the home's own SQLite."""

    folder: Path
    database: str = ""
    before: tuple[str, ...] = ()
    started: list[subprocess.Popen[str]] = field(default_factory=list)
    ended_by: list[int] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def scratch(self) -> Path:
        return self.folder / "tmp"

    @property
    def url(self) -> str:
        return self.database or f"sqlite:///{self.home / 'journal.db'}"

    def start(self, *args: str, **environ: str) -> subprocess.Popen[str]:
        self.scratch.mkdir(parents=True, exist_ok=True)
        env = {name: value for name, value in os.environ.items() if not name.startswith("REELWRIGHT_")}
        env |= {
            "REELWRIGHT_HOME": str(self.home),
            "REELWRIGHT_FILMS_FOLDER": str(self.folder),
            "REELWRIGHT_HANDS": "2",
            "PYTHONPATH": str(ROOT / "src"),
        }
        env |= {"TMPDIR": str(self.scratch), **({"REELWRIGHT_DATABASE": self.database} if self.database else {})}
        process = subprocess.Popen(
            [*self.before, sys.executable, "-m", "reelwright.cli", *args],
            env={**env, **environ}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, start_new_session=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def wait(self, process: subprocess.Popen[str], seconds: float = 90) -> tuple[int, str, str]:
        """Its exit code and both outputs. No process of it is left."""
        out, err = process.communicate(timeout=seconds)
        self.ended_by.append(process.returncode)
        self.wait_for_no_orphan(process.pid)
        return process.returncode, out, err

    def live(self, *args: str, kill_after: float | None = None, **environ: str) -> dict[str, Any] | None:
        """Run to the end; None when it was killed on the way, at a label or after so many seconds."""
        process = self.start(*args, **environ)
        if kill_after is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(kill_after)
            process.kill()
        code, out, err = self.wait(process)
        if code == -signal.SIGKILL:
            return None
        assert code == 0, err
        return read(out)

    def had(self) -> dict[str, tuple[str, ...]]:
        """Digests by fingerprint of all that was obtained so far; looks only."""
        if not self.database and not (self.home / "journal.db").exists():
            return {}
        return {fp: tuple(assets) for fp, assets in asyncio.run(had_in(self.url)).items()}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        engine = create_engine(make_url(self.url), poolclass=NullPool)  # nothing stays open where the query fails
        with engine.connect() as conn:
            return [tuple(row) for row in conn.execute(text(query))]

    def wait_for_no_orphan(self, director: int, seconds: float = 2) -> None:
        """Within two seconds nothing that it started is left."""
        until = time.monotonic() + seconds
        while left := self.offspring(director):
            assert time.monotonic() < until, f"orphans of {director}: {left}"
            time.sleep(0.05)

    def offspring(self, director: int) -> list[str]:
        """Its hands and their fork server, and what works on files of this home for nobody that lives."""
        living = {p.pid for p in self.started if p.poll() is None}
        found = [f"hand {process.pid}" for process in find_fork_servers(director)]
        for process in psutil.process_iter(["cmdline", "ppid", "status"]):
            line = " ".join(process.info["cmdline"] or [])
            if str(self.home) in line and not living and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid}: {line}")
        return found

    def end(self) -> None:
        """No process outlives its test, whatever became of it."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.communicate()

    @property
    def litter(self) -> list[str]:
        """Workrooms, scratch folders, half-written files; and bytes in the vault that no outcome names."""
        left = [str(p) for p in (self.home / "workrooms").glob("*")] + [str(p) for p in self.scratch.glob("*")]
        left += [str(p) for p in self.home.rglob("*.part")]
        named = {digest for assets in self.had().values() for digest in assets}
        vault = [p for p in (self.home / "vault").rglob("*") if p.is_file() and p.parent.name != ".sends"]
        return left + [str(p) for p in vault if not re.fullmatch("[0-9a-f]{64}", p.name) or p.name not in named]

    def check(self, end: Film, whole: Film, before: Mapping[str, Any], stops: int = 0) -> None:
        """The film is the same and was made of the same; nothing was lost, repeated, left open or left lying about.

        ``stops``: how often a life was told to stop, which the journal does not tell of.
        """
        assert end["state"] == "done"
        assert seen(end) == whole["seen"], "another film"
        after = self.had()
        assert before.items() <= after.items(), "something that was had is lost"
        assert after == whole["had"]
        self.check_sent_once(stops)
        self.check_ledger()
        assert not (left := self.litter), left

    def check_sent_once(self, stops: int = 0) -> None:
        """Every step was sent to its maker once, or once more where a life ended over it; and landed once."""
        running: set[tuple[str, str]] = set()
        landed: list[str] = []
        for kind, body in self.rows("SELECT kind, body FROM events ORDER BY id"):
            told = json.loads(body)
            if kind in REPEATED:
                running.clear()
            elif kind == "step.landed":
                landed.append(told["step"])
            elif kind in ("purchase.posting", "step.started"):
                if (what := (kind, told["step"])) in running:
                    assert stops > 0, f"{what} twice in one life"
                    stops -= 1
                    running.clear()
                assert told["step"] not in landed, f"{what} after it had landed"
                running.add(what)
        assert len(landed) == len(set(landed))

    def check_ledger(self) -> None:
        """Every purchase has its end, and what was reserved is nowhere held any more."""
        states: dict[str, list[str]] = {}
        for fp, state in self.rows("SELECT fingerprint, state FROM purchases"):
            states.setdefault(fp, []).append(state)
        assert all(sorted(set(ends)) in (["settled"], ["released", "settled"]) for ends in states.values()), states
        assert all(ends.count("settled") == 1 for ends in states.values()), states
        assert self.rows("SELECT id FROM allowances WHERE closed_at IS NULL OR reserved_micros <> 0") == []
        assert self.rows("SELECT allowance FROM allowance_budgets WHERE reserved_micros <> 0") == []
        assert self.rows("SELECT id FROM budgets WHERE reserved_micros <> 0 OR settled_micros <> 0") == []


def read(out: str) -> dict[str, Any]:
    """The one object that a verb printed."""
    found: dict[str, Any] = json.loads(out)
    return found


def seen(made: Film) -> tuple[Any, ...]:
    """What a viewer gets: every decoded frame and sample, and the captions beside them."""
    film = made["film"]
    captions = {kind: Path(path).read_bytes() for kind, path in film["captions"].items()}
    return pictures(Path(film["path"])), sound(Path(film["path"])), captions


@contextmanager
def makes_in(folder: Path, database: str = "", before: tuple[str, ...] = ()) -> Iterator[Makes]:
    made = Makes(folder, database, before)
    try:
        yield made
    finally:
        made.end()
