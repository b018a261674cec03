"""The whole crash matrix over many seeds, and a sweep of kills at system calls; writes what came of it.

    python -m crash.soak [--runs 2160] [--seconds S] [--sweep most-of-each | --no-sweep] [--out FILE] [--workers N]
                         [--rows FILE]
    python -m crash.soak --row C04-sqlite-none-3        one run again; or --row fsync:3-postgres-list

``make soak`` runs it. Nothing else writes ``docs/crash-matrix.md``. Stopped by Ctrl-C or by its time it writes what it
has; the next one of the same code goes on from there. Exit 1 when anything did not hold.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import make_url

from crash import matrix, sweep
from crash.forked import Forks
from crash.kinds import KINDS, ROOT, USUAL, environment
from crash.lives import Lives
from crash.rows import Row, Rows
from postgres import Cluster, administer, copy_database, named, programs
from reelwright.store.database.migrate import upgrade

SEEDS = 20
ALL = 108 * SEEDS
_NEWEST = "rw_newest"
OUT = ROOT / "docs" / "crash-matrix.md"
ROWS = ROOT / ".bench" / "soak.jsonl"


_NONE = Row("", 0.0)


@dataclass
class Soak:
    """Homes in ``folder``, databases on ``server``; where something did not hold, the home is kept."""

    folder: Path
    server: str
    forks: Forks
    films: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @contextmanager
    def lives(
        self, name: str, database: str, kind: str, script: Any = USUAL, *, upgrades: bool = False
    ) -> Iterator[Lives]:
        """``upgrades``: its journal is empty, else at the newest schema."""
        home = self.folder / name.replace(":", "-")
        home.mkdir(parents=True)
        own = f"rw_{uuid4().hex[:12]}"
        url = f"sqlite:///{home / 'journal.db'}"
        if database == "postgres":
            copy_database(self.server, own, "template1" if upgrades else _NEWEST)
            url = named(self.server, own)
        elif not upgrades:
            shutil.copy(self.folder / f"{_NEWEST}.db", home / "journal.db")
        made = Lives(home, url, kind, script, forks=self.forks)
        try:
            yield made
        finally:
            made.end()
            if database == "postgres":
                administer(self.server, f"DROP DATABASE {own} WITH (FORCE)")

    def undisturbed(self) -> None:
        """Journals at the newest schema, and the films that everything is compared with."""
        administer(self.server, f"CREATE DATABASE {_NEWEST}")
        upgrade(make_url(named(self.server, _NEWEST)))
        upgrade(make_url(f"sqlite:///{self.folder / _NEWEST}.db"))
        for kind in KINDS:
            with self.lives(f"whole-{kind}", "sqlite", kind, upgrades=True) as lives:
                end = lives.live()
                assert end
                lives.check(end, end, {})
                self.films[kind] = end

    def run(self, run: matrix.Run) -> Row | None:
        def play(lives: Lives) -> dict[str, Any]:
            played = matrix.play(run, lives, self.films)
            return {"words": played.words, "submissions": played.checked.submissions}

        return self._row(str(run), play, run.database, run.seller, run.script, upgrades=run.upgrades)

    def cut(self, cut: sweep.Cut) -> Row | None:
        def play(lives: Lives) -> dict[str, Any]:
            checked, died = sweep.play(cut, lives, self.films, lives.folder / "strace")
            return {"submissions": checked.submissions, "died": died}

        return self._row(str(cut), play, cut.database, cut.kind)

    def count(self, database: str, kind: str) -> Mapping[str, int]:
        with self.lives(f"counted-{database}-{kind}", database, kind) as lives:
            return sweep.counted(lives, lives.folder / "strace")

    def _row(self, name: str, play: Callable[[Lives], dict[str, Any]], *way: Any, upgrades: bool = False) -> Row | None:
        began = time.monotonic()
        with self.lives(name, *way, upgrades=upgrades) as lives:
            try:
                played = play(lives)
                row = Row(name, time.monotonic() - began, **played)
            except matrix.NotReached:
                return None
            except Exception as error:  # noqa: BLE001  whatever it was, it is a row that did not hold
                row = self._fault(name, lives, error)
        if not row.fault:
            shutil.rmtree(lives.folder, ignore_errors=True)
        return row

    def _fault(self, name: str, lives: Lives, error: Exception) -> Row:
        said = f"{type(error).__name__}: {error}".replace("\n", " ")[:400]
        try:
            found = lives.checked()
        except Exception as why:  # noqa: BLE001  there may be nothing yet that could be checked
            return Row(name, 0, f"{said} (and the checker could not read: {type(why).__name__})")
        counts = {"double_buys": found.count("double buy"), "losses": found.count("silent loss")}
        return Row(name, 0, said, 0, found.submissions, **counts, difference=found.billed - found.ledger)


def planned(count: int) -> list[matrix.Run]:
    """The first so many, seed after seed; a seed that is cut short has its labels and ways dealt out evenly."""
    found: list[matrix.Run] = []
    for seed in range(1, SEEDS + 1):
        found += [matrix.Run(r.point, r.database, r.kind, seed) for r in matrix.sampled(108, seed)]
    return found[:count]


class Pool:
    """So many at once, and none is begun after ``until``, nor after Ctrl-C; what ``rows`` has is not run again."""

    def __init__(self, workers: int, until: float, rows: Rows) -> None:
        self._workers, self._until, self._rows, self._lock = workers, until, rows, threading.Lock()
        self.stopped = False

    def rows(self, things: Sequence[Any], play: Callable[[Any], Row | None]) -> list[Row]:
        done = [self._rows.had[str(thing)] for thing in things if str(thing) in self._rows.had]
        left = [thing for thing in things if str(thing) not in self._rows.had]
        with ThreadPoolExecutor(self._workers) as threads:
            begun: list[Future[Row | None]] = [threads.submit(self._begin, thing, play) for thing in left]
            try:
                for future in as_completed(begun):
                    if row := future.result():
                        done.append(row)
                        self._tell(row, len(done), len(things))
            except KeyboardInterrupt:
                self._until, self.stopped = 0.0, True
                threads.shutdown(cancel_futures=True)  # what runs ends first, so that no process is left behind
        return done

    def _begin(self, thing: Any, play: Callable[[Any], Row | None]) -> Row | None:
        row = None if time.monotonic() > self._until else play(thing)
        return self._rows.keep(row) if row else None

    def _tell(self, row: Row, number: int, of: int) -> None:
        with self._lock:
            if row.fault:
                print(f"{row.name} DID NOT HOLD: {row.fault}; again: make soak ROW={row.name}", flush=True)
            elif number % 20 == 0:
                print(f"{number} of {of}", flush=True)


# ---- what is written
def table(heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> str:
    rows = [heads, ["---"] * len(heads), *lines]
    return "".join(f"| {' | '.join(str(cell) for cell in row)} |\n" for row in rows)


def written(rows: Sequence[Row], cuts: Sequence[Row], asked: Sequence[sweep.Cut], said: Mapping[str, Any]) -> str:
    """The document: what was run of what, what it came to, and what was not run."""
    every = [*rows, *cuts]
    sums = {name: sum(abs(getattr(row, name)) for row in every) for name in ("double_buys", "losses", "difference")}
    faults = [row for row in every if row.fault]
    parts = [
        "# The crash matrix\n\n`make soak` writes this page; do not edit it. Each run kills Reelwright with SIGKILL, "
        "at a labelled point of its code (`src/reelwright/reel/base/crashpoints.py`) or at a system call, and then "
        "lets it go on to the end. A checker (`tests/crash/checker.py`) compares the journal, the vault and the bill "
        "of the simulated provider: nothing may be bought twice, nothing may be lost, and the ledger must equal the "
        "bill. [Promises](promises.md) P1 to P3 say more.\n\n",
        table(
            ("what", "figure"),
            [
                ("commit", ", ".join(f"`{one}`" for one in dict.fromkeys(row.commit for row in every))),
                ("when, where", f"{said['when']}, {said['where']}"),
                ("runs of the matrix", f"**{len(rows)} of {ALL}**"),
                ("hours of all runs together", f"{sum(row.seconds for row in every) / 3600:.1f}"),
                ("median seconds of one run", f"{statistics.median(row.seconds for row in every or (_NONE,)):.1f}"),
                ("kills at system calls", said["sweep"]),
                ("what did not hold", len(faults)),
                ("double buys", sums["double_buys"]),
                ("silent losses", sums["losses"]),
                ("ledger against bills, micro-dollars apart", sums["difference"]),
            ],
        ),
        "\nTo repeat one run, use `make soak ROW=C04-sqlite-none-3` (label, database, kind of provider, seed), or "
        "`make soak ROW=fsync:3-sqlite-none` (the third fsync). The seed decides three things: at which visit of the "
        "label the process is killed, whether the next process is killed too, and whether a person says what became of "
        "an unknown purchase or writes it off. With an odd seed the provider also has a bad day: it throttles submits "
        "and leaves polls and fetches without an answer. The page may show runs of several commits. A run stays valid "
        "while no byte has changed of the code that decides what is sent, bought, kept and told "
        "(`tests/crash/rows.py`).\n",
        _faults(faults),
        _ways(rows),
        _seeds(rows),
        _cuts(cuts, asked),
        _missing(rows),
    ]
    return "".join(parts)


def _faults(faults: Sequence[Row]) -> str:
    if not faults:
        return ""
    lines = [(f"`{row.name}`", row.fault.replace("|", "/")) for row in faults]
    return "\n## What did not hold\n\n" + table(("row", "what"), lines)


def _ways(rows: Sequence[Row]) -> str:
    """By label, and by database and kind: how many were run."""
    ways = [f"{database}-{kind}" for database in matrix.DATABASES for kind in matrix.WAYS]
    counts: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        run = matrix.read(row.name)
        counts[run.point, f"{run.database}-{run.kind}"].append(row)
    lines = [(point, *(_held(counts[point, way]) for way in ways)) for point in matrix.POINTS]
    heads = ("label", *(way.replace("-", ", ") for way in ways))
    return f"\n## Runs by label\n\nHow many runs ended without a fault, of {SEEDS} each.\n\n" + table(heads, lines)


def _held(rows: Sequence[Row]) -> str:
    held = sum(1 for row in rows if not row.fault)
    return f"{held}" if held == len(rows) else f"{held} of {len(rows)}"


def _seeds(rows: Sequence[Row]) -> str:
    by: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in rows:
        run = matrix.read(row.name)
        by[run.seed, run.point].append(row)
    lines = [
        (
            seed, point, len(some), sum(r.submissions for r in some), sum(r.words for r in some),
            sum(r.double_buys for r in some), sum(r.losses for r in some), sum(r.difference for r in some),
        )
        for (seed, point), some in sorted(by.items())
    ]  # fmt: skip
    heads = ("seed", "label", "runs", "bought", "asked a person", "double buys", "losses", "apart")
    said = "Bought: requests that the provider accepted. Asked a person: decisions that a person had to make. "
    said += "Apart: micro-dollars between ledger and bill."
    return f"\n## Runs by seed and label\n\n{said}\n\n" + table(heads, lines)


def _cuts(cuts: Sequence[Row], asked: Sequence[sweep.Cut]) -> str:
    if not asked:
        return ""
    ways: dict[tuple[str, str, str], list[sweep.Cut]] = defaultdict(list)
    for cut in asked:
        ways[cut.call, cut.database, cut.kind].append(cut)
    found = {row.name: row for row in cuts}
    lines = []
    for (call, database, kind), some in sorted(ways.items()):
        played = [found[str(cut)] for cut in some if str(cut) in found]
        died = sum(1 for row in played if row.died)
        lines.append((call, database, kind, len(some), len(played), died, _held(played)))
    heads = ("call", "database", "kind", "planned", "run", "killed", "held")
    said = "Killed: the process reached the call and died there. Held: the run ended without a fault."
    return f"\n## Kills at system calls\n\n{said}\n\n" + table(heads, lines)


def _missing(rows: Sequence[Row]) -> str:
    """Not begun, or gone by without being killed."""
    played = {row.name for row in rows}
    left: dict[int, list[str]] = defaultdict(list)
    for run in planned(ALL):
        if str(run) not in played:
            left[run.seed].append(str(run))
    if not left:
        return "\n## Not run\n\nNothing.\n"
    whole = [seed for seed, names in left.items() if len(names) == 108]
    said = f"\n## Not run\n\n{sum(map(len, left.values()))} of {ALL}."
    if whole:
        said += f" All of the seeds {', '.join(map(str, whole))}."
    for seed, names in left.items():
        if seed not in whole:
            said += f" Of seed {seed}: {', '.join(sorted(names))}."
    return said + "\n"


# ---- the program
def arguments(args: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The crash matrix over many seeds, and a sweep of system calls.")
    parser.add_argument("--runs", type=int, default=ALL)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin nothing after so many")
    parser.add_argument("--sweep", type=int, default=0, help="kills at each system call at most; 0: at every one")
    parser.add_argument("--no-sweep", action="store_true")
    parser.add_argument("--workers", type=int, default=max(1, os.cpu_count() or 1))
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--rows", type=Path, default=ROWS, help="where rows are kept")
    parser.add_argument("--row", default="")
    return parser.parse_args(args)


def soaked(said: argparse.Namespace, soak: Soak) -> int:
    began = time.monotonic()
    when = datetime.now(UTC)
    said.rows.parent.mkdir(parents=True, exist_ok=True)
    kept = Rows(said.rows)
    soak.undisturbed()
    share = 1.0 if said.no_sweep else 0.75
    pool = Pool(said.workers, began + said.seconds * share, kept)
    rows = pool.rows(planned(said.runs), soak.run)
    asked: list[sweep.Cut] = []
    if not (said.no_sweep or pool.stopped) and sweep.possible():
        for database in matrix.DATABASES:
            for kind in matrix.WAYS:
                asked += sweep.cuts(soak.count(database, kind), database, kind, said.sweep)
    cuts = Pool(said.workers, began + said.seconds, kept).rows(_dealt(asked), soak.cut)
    few = f"; planned were {said.sweep} of each call and way, not all" if said.sweep else ""
    swept = (
        f"{len(cuts)} of {len(asked)} planned{few}"
        if asked
        else "**not run**: stopped before, not asked for, or no strace here"
    )
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    told = {"when": f"{when:%Y-%m-%d %H:%M} UTC", "where": where}
    said.out.write_text(written(rows, cuts, asked, {**told, "sweep": swept}))
    faults = [row for row in (*rows, *cuts) if row.fault]
    print(f"{len(rows)} of {ALL} runs, {swept} kills at system calls, {len(faults)} did not hold: {said.out}")
    return 1 if faults else 0


def _dealt(cuts: Sequence[sweep.Cut]) -> list[sweep.Cut]:
    """The first ones of all before the last ones of any, so that one that is cut short has seen a little of each."""
    ways: dict[tuple[str, str, str], list[sweep.Cut]] = defaultdict(list)
    for cut in cuts:
        ways[cut.call, cut.database, cut.kind].append(cut)
    longest = max(map(len, ways.values()), default=0)
    return [some[at] for at in range(longest) for some in ways.values() if at < len(some)]


def repeated(name: str, soak: Soak) -> int:
    soak.undisturbed()
    row = soak.cut(sweep.read(name)) if ":" in name else soak.run(matrix.read(name))
    if row is None:
        print(f"{name}: not reached, so nothing was killed")
        return 1
    print(f"{row.name}: {row.fault or 'held'}; {row.submissions} bought, {row.words} words of a person")
    return 1 if row.fault else 0


def main() -> int:
    said = arguments()
    for stop in (signal.SIGINT, signal.SIGTERM):  # in the background of a script the first of them would be ignored
        signal.signal(stop, signal.default_int_handler)
    found = programs()
    if found is None:
        print("A Postgres server is needed: apt-get install postgresql")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="reelwright-soak-"))
    cluster = Cluster(found)
    forks = Forks(folder, environment())
    ended = 0
    try:
        soak = Soak(folder, cluster.url, forks)
        ended = repeated(said.row, soak) if said.row else soaked(said, soak)
    finally:
        forks.end()
        cluster.stop()
        if ended:
            print(f"what did not hold lies in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return ended


if __name__ == "__main__":
    sys.exit(main())
