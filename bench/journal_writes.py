"""What the journal writes: commits of a paid step, writes of an idle second; beside bare SQLite commits."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from bench.verdict import verdict
from reelwright.reel.base.canonical import compute_digest, compute_fingerprint
from reelwright.reel.base.value import ShotId, StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Holder, Lease
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.units import Micros

STEPS = 50
BURST = 2000
ACCOUNT = "bench"
PRICE = Price(micros=Micros(0), basis="drawn here", catalogue=compute_digest("none"))


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        bare = _bare_commits(Path(folder) / "bare.db")
        found = asyncio.run(_measure(Path(folder) / "journal.db"))
    print(f"{'bare SQLite':<22}{bare:8.0f} synced commits/s   yardstick")
    print(f"{'paid steps':<22}{found['steps_per_s']:8.0f} /s, {found['commits_per_step']:.2f} commits each")
    print(f"{'writes that wait':<22}{found['burst_per_s']:8.0f} /s together, {found['burst_commits']:.0f} commits")
    print(f"{'an idle director':<22}{found['idle_writes']:8.0f} writes in 2 s")
    passed = found["commits_per_step"] <= 4 and found["idle_writes"] == 0
    return verdict("journal_writes", passed, {**found, "bare_per_s": bare}, "commits_per_step<=4,idle_writes=0")


def _bare_commits(path: Path) -> float:
    """Commits per second of one row each, with the journal's own settings and none of its code."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute("CREATE TABLE t (x)")
    begin = time.perf_counter()
    for number in range(200):
        conn.execute("INSERT INTO t VALUES (?)", (number,))
    taken = time.perf_counter() - begin
    conn.close()
    return 200 / taken


async def _measure(path: Path) -> dict[str, float]:
    database = Database(f"sqlite:///{path}")
    journal, ledger = Journal(database), Ledger(database)
    holder = make_holder("director_bench")
    project = await journal.open_project(ACCOUNT, "bench", Brief(text="bench"))
    job = await journal.enqueue(ACCOUNT, project, "film", None, {})
    lease = await journal.claim_project(holder, project)
    assert lease is not None
    found = await _steps(database, ledger, lease, job)
    found |= await _burst(database, journal, lease)
    await journal.finish(lease, job, "done", None, None)
    await journal.release(lease)
    found["idle_writes"] = await _idle(path, journal, holder)
    database.close()
    return found


async def _steps(database: Database, ledger: Ledger, lease: Lease, job: str) -> dict[str, float]:
    allowance = await ledger.ensure_allowance(lease, job, Micros(0), "bench")
    before, begin = database.commits, time.perf_counter()
    for number in range(STEPS):
        step, fp = StepKey(f"take/{number}"), compute_fingerprint("take", [number])
        scope = f"project:{lease.project}"
        bought = await ledger.intend(lease, allowance, job, step, fp, scope, "offline", "animatic", PRICE, "free")
        await ledger.begin_posting(lease, bought.id, {"number": number})
        outcome = Outcome(fingerprint=fp, assets=(compute_digest(number),))
        await ledger.record_success(lease, bought.id, step, outcome, ShotId(f"shot_{number}"))
        await ledger.settle(bought.id, PRICE, "settled", None)
    taken = time.perf_counter() - begin
    return {"commits_per_step": (database.commits - before) / STEPS, "steps_per_s": STEPS / taken}


async def _burst(database: Database, journal: Journal, lease: Lease) -> dict[str, float]:
    before, begin = database.commits, time.perf_counter()
    await asyncio.gather(*(journal.record_event(lease, None, "bench", {"number": number}) for number in range(BURST)))
    taken = time.perf_counter() - begin
    return {"burst_per_s": BURST / taken, "burst_commits": database.commits - before}


async def _idle(path: Path, journal: Journal, holder: Holder) -> float:
    """How often the file changed, as another connection sees it, while a director looked for work and beat."""
    watcher = sqlite3.connect(path, isolation_level=None)

    def version() -> int:
        return int(watcher.execute("PRAGMA data_version").fetchone()[0])

    changes, last = 0, version()
    for _ in range(20):
        await journal.claim_project(holder)
        await journal.record_heartbeat(holder)
        await asyncio.sleep(0.1)
        changes, last = changes + (version() != last), version()
    watcher.close()
    return changes


if __name__ == "__main__":
    sys.exit(main())
