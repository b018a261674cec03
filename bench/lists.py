"""Lists, look-ups and queue positions in an account of 10,000 projects, beside a bare SQLite read of one row."""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.scale import choose
from bench.verdict import verdict
from reelwright import AsyncStudio, Settings
from reelwright.reel.base.document import to_json
from reelwright.reel.base.ids import mint
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import find_claimable
from reelwright.store.schema.schema import events, jobs, leases, projects, revisions
from reelwright.store.vault.assets import ensure_account
from reelwright.studio.runtime.home import Home

PROJECTS = choose(10_000, 200)
EVENTS = 5
"""Of each project."""
PAGE = 50
RUNS = 200
MOST_MS = 50.0
BRIEF = (
    "“Your coffee is cold.” A film for “VoltCup”, a mug that heats itself. “From the first sip to the last.” "
    "Order at voltcup.example"
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--queued", type=int, default=choose(1000, 50), help="jobs in the queue; the other projects' jobs are done"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_measure(Path(folder) / "home", asked.queued))
    slowest = max(ms for name, ms in figures.items() if name != "bare")
    return verdict("lists", slowest <= MOST_MS, figures, f"p95<={MOST_MS:g} ms")


async def _measure(home: Path, queued: int) -> dict[str, float]:
    async with AsyncStudio(Settings(home=home, hands=1)) as studio:
        planned = await studio.make(BRIEF, goal="plan")
        opened = await studio._open_home()
        await fill(opened, home, planned.project, queued)
        (newest,) = await studio.list_jobs(limit=1)
        every = [project.id for project in await opened.journal.list_projects(opened.account)]
        middle, chance = every[PROJECTS // 2], random.Random(1)
        path, director = home / "journal.db", make_holder("director_bench")
        asked: dict[str, Callable[[], Awaitable[object]]] = {
            "bare": lambda: asyncio.to_thread(_read_one_row, path, middle),
            "project_by_end": lambda: opened.journal.resolve_project(opened.account, middle[-8:]),
            "last_project": lambda: opened.journal.resolve_project(opened.account, "last"),
            "job": lambda: opened.journal.read_job(opened.account, newest.id),
            "last_event": lambda: opened.journal.find_last_event(opened.account, middle),
            "position": lambda: opened.journal.list_positions(opened.account, {newest.project}),
            "claim": lambda: opened.journal._db.read(lambda conn: find_claimable(conn, director, 30, None, 2, 32)),
            "jobs_page": lambda: studio.list_jobs(limit=PAGE),
            "projects_page": lambda: studio.list_projects(limit=PAGE),
            "later_page": lambda: studio.list_projects(limit=PAGE, before=chance.choice(every)),
        }
        found: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(RUNS):  # in turns, so that all meet the same load of the machine
            for name, ask in asked.items():
                began = time.perf_counter()
                await ask()
                found[name].append((time.perf_counter() - began) * 1000)
    for name, each in found.items():
        print(f"{name:<16}{statistics.median(each):8.2f} ms   p95 {_p95(each):8.2f} ms")
    return {name: _p95(each) for name, each in found.items()}


async def fill(home: Home, path: Path, like: str, queued: int, count: int = PROJECTS) -> None:
    """Add ``count`` projects with the plan of the project ``like``; the newest have a queued job, the others one that
    is done.
    """
    standing = await home.journal.read_standing(home.account, like)
    brief, plan, choices = to_json(standing.brief), to_json(standing.plan), to_json(standing.choices)

    def write(unit: Unit) -> None:
        ensure_account(unit.conn, home.account)
        made = [(mint("project"), n) for n in range(count)]
        own = [{"account": home.account, "project": project} for project, _ in made]
        unit.conn.execute(
            projects.insert(),
            [
                {"id": p, "account": home.account, "name": "A film", "brief": brief, "created_at": 2**41 + n}
                for p, n in made
            ],
        )
        plans = [plan.replace("VoltCup", f"Cup{n:05}") for n in range(count)]  # read texts are kept in memory
        unit.conn.execute(leases.insert(), [{**of, "token": 1} for of in own])
        unit.conn.execute(
            revisions.insert(),
            [
                {**of, "number": 1, "plan": text, "choices": choices, "author": "rules", "made_at": 1}
                for of, text in zip(own, plans, strict=True)
            ],
        )
        rows = []
        for n, of in enumerate(own):
            is_done = n < count - queued
            rows.append(
                {
                    **of, "id": mint("job"), "goal": "plan", "state": "done" if is_done else "queued", "options": "{}",
                    "cancel_requested": False, "reason": "", "created_at": n, "finished_at": n if is_done else None,
                }
            )  # fmt: skip
        unit.conn.execute(jobs.insert(), rows)
        told = [{**of, "at": 1, "job": None, "kind": "step.started", "body": "{}"} for of in own]
        unit.conn.execute(events.insert(), told * EVENTS)

    database = Database(Settings(home=path).database_url)
    try:
        await database.write(write)
    finally:
        database.close()


def _read_one_row(path: Path, project: str) -> object:
    """Open the file and read one row by its key, with none of the journal's code."""
    conn = sqlite3.connect(path)
    try:
        return conn.execute("SELECT * FROM projects WHERE id = ?", (project,)).fetchone()
    finally:
        conn.close()


def _p95(each: list[float]) -> float:
    return statistics.quantiles(each, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
