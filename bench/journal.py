"""Three-step jobs per second on SQLite and PostgreSQL; commits and SQL statements of a bought take."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from bench.floor import Floor, load
from bench.postgres import postgres
from bench.scale import choose
from bench.verdict import verdict
from reelwright.engine.purchases.operations import Pace

GOALS = {"sqlite": 500.0, "postgresql": 300.0}
COMMITS, STATEMENTS = 12.0, 40.0
SHOTS = 20


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=choose(1000, 20))
    parser.add_argument("--films", type=int, default=choose(5, 1), help=f"of {SHOTS} takes, for commits and statements")
    asked = parser.parse_args()
    figures: dict[str, object] = {}
    passed = True
    with tempfile.TemporaryDirectory() as folder, postgres() as server:
        bare = _bare_commits(Path(folder) / "bare.db")
        urls = {"sqlite": f"sqlite:///{Path(folder) / 'journal.db'}"} | ({"postgresql": server} if server else {})
        print(f"{'bare SQLite':<14}{bare:8.0f} synced commits/s   yardstick; {load()}")
        for kind, url in urls.items():
            found = asyncio.run(_measure(url, Path(folder) / kind, asked.jobs, asked.films))
            print(
                f"{kind:<14}{found['jobs']:8.1f} three-step jobs/s, {found['ms']:.1f} ms of CPU each;"
                f" a bought take: {found['commits']:.2f} commits, {found['statements']:.1f} statements,"
                f" {found['clip_statements']:.0f} for one alone"
            )
            figures |= {f"{kind}_{name}": value for name, value in found.items()}
            passed = passed and found["jobs"] >= GOALS[kind]
            passed = passed and found["commits"] <= COMMITS and found["statements"] <= STATEMENTS
    if server is None:
        print("postgresql      not measured: there is no server here to start")
    goal = f"jobs>={GOALS['sqlite']:g}/{GOALS['postgresql']:g},commits<={COMMITS:g},statements<={STATEMENTS:g}"
    return verdict("journal", passed and server is not None, {**figures, "bare_per_s": bare}, goal)


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


async def _measure(url: str, folder: Path, jobs: int, films: int) -> dict[str, float]:
    begin = Floor(url, folder, steps=3)
    await begin.orders(jobs)
    clock, cpu = time.perf_counter(), time.process_time()
    await begin.director.run()
    per_s, ms = jobs / (time.perf_counter() - clock), (time.process_time() - cpu) * 1000 / jobs
    assert await begin.done() == jobs
    begin.database.close()
    many, alone = await _takes(url, folder, films, SHOTS), await _takes(url, folder, SHOTS, 1)
    return {"jobs": per_s, "ms": ms, **many, "clip_statements": alone["statements"]}


async def _takes(url: str, folder: Path, projects: int, shots: int) -> dict[str, float]:
    """Commits and statements of a take, in projects of so many."""
    floor = Floor(url, folder, pace=Pace(least_s=0.05, most_s=0.05))
    before = await floor.done()
    for n in range(projects):
        await floor.order(f"film {n} of {shots}", shots)
    floor.count_statements()
    commits = floor.database.commits
    await floor.director.run()
    assert await floor.done() == before + projects
    takes = projects * shots
    found = {"commits": (floor.database.commits - commits) / takes, "statements": floor.statements / takes}
    floor.database.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
