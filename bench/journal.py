"""Three-step jobs per second on SQLite and PostgreSQL; commits and SQL statements of a bought take."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import event

from bench.floor import Floor, load
from reelwright.engine.operations import Pace

JOBS = 500
TAKES = 100


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'journal.db'}"
        print(asyncio.run(_jobs(url, Path(folder))), load())
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'journal.db'}"
        print(asyncio.run(_takes(url, Path(folder))))
    return 0


async def _jobs(url: str, folder: Path) -> float:
    floor = Floor(url, folder, steps=3)
    await floor.orders(JOBS)
    begin = time.perf_counter()
    await floor.director.run()
    taken = time.perf_counter() - begin
    assert await floor.done() == JOBS
    floor.database.close()
    return JOBS / taken


async def _takes(url: str, folder: Path) -> dict[str, float]:
    floor = Floor(url, folder, pace=Pace(least_s=0.05, most_s=0.05))
    await floor.orders(TAKES)
    said = 0

    def count(*args: object) -> None:
        nonlocal said
        said += 1

    for engine in (floor.database._writing, floor.database._reading):
        event.listen(engine, "before_cursor_execute", count)
    before, begin = floor.database.commits, time.perf_counter()
    await floor.director.run()
    taken = time.perf_counter() - begin
    assert await floor.done() == TAKES
    found = {
        "statements": said / TAKES,
        "commits": (floor.database.commits - before) / TAKES,
        "takes_per_s": TAKES / taken,
    }
    floor.database.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
