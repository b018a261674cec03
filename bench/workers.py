"""Many workers on one PostgreSQL: how much faster they are together, how a waiting queue is read, who takes over.

Each worker is a process with a director of its own. Providers are inside it and wait; nothing is drawn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from bench.floor import ACCOUNT, Floor, Idle, Remote, load
from bench.postgres import postgres
from bench.scale import choose
from bench.verdict import verdict
from reelwright.engine.purchases.operations import Pace
from reelwright.reel.base.value import Fingerprint

SLOTS = 10
FASTER, CLAIM_MS, TAKEOVER_S, OF_ONE = 3.8, 50.0, 5.0, 0.10
PACE = Pace(least_s=0.2, most_s=0.2)


class Counted(Idle):
    """Hands that do nothing, and note what they were asked to do."""

    def __init__(self) -> None:
        self.done: list[str] = []

    async def execute(
        self, account: str, work: str, args: Any, inputs: Any, fp: Fingerprint, report: Any = None
    ) -> Any:
        self.done.append(fp)
        return await super().execute(account, work, args, inputs, fp, report)


async def work(url: str, folder: Path, slots: int, steps: int, seconds: float) -> None:
    """Be a worker: say that it is ready, begin when told, run until nothing waits, and print what that took."""
    hands, room = Counted(), folder / str(os.getpid())
    floor = Floor(url, room, remote=Remote(seconds=seconds), steps=steps, pace=PACE, hands=hands, jobs_at_once=slots)
    floor.count_statements()
    print("ready", flush=True)
    sys.stdin.readline()
    cpu = time.process_time()
    await floor.director.run()
    while any(job.state in ("queued", "running") for job in await floor.journal.list_jobs(ACCOUNT)):
        await asyncio.sleep(0.1)
        await floor.director.run()
    print(
        json.dumps({"cpu_s": time.process_time() - cpu, "statements": floor.statements, "done": hands.done}), flush=True
    )
    floor.database.close()


def run_workers(url: str, folder: Path, count: int, *, steps: int = 0, seconds: float = 0.0) -> dict[str, Any]:
    """Run so many workers on what waits in the database; return the seconds of all, and what each one printed."""
    words = [
        sys.executable,
        "-m",
        "bench.workers",
        "--be",
        url,
        str(folder),
        str(SLOTS * count),
        str(steps),
        str(seconds),
    ]
    workers = [subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    for one in workers:
        assert one.stdout and one.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for one in workers:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    told = [json.loads(one.communicate()[0].splitlines()[-1]) for one in workers]
    return {"wall_s": time.perf_counter() - began, "told": told}


def order(url: str, folder: Path, names: Sequence[str], steps: int = 0) -> None:
    """Queue a job for each name."""

    async def all_of_them() -> None:
        floor = Floor(url, folder / "orders", steps=steps)
        for first in range(0, len(names), 100):
            await asyncio.gather(*(floor.order(name) for name in names[first : first + 100]))
        floor.database.close()

    asyncio.run(all_of_them())


def measure_speed(url: str, folder: Path, projects: int, seconds: float) -> dict[str, float]:
    """Seconds of projects of one bought take each, by one and by four workers."""
    walls = []
    for count in (1, 4):
        order(url, folder, [f"film {count} {n}" for n in range(projects)])
        walls.append(run_workers(url, folder, count, seconds=seconds)["wall_s"])
    return {"one_s": walls[0], "four_s": walls[1], "faster": walls[0] / walls[1]}


def measure_steps(url: str, folder: Path, jobs: int, steps: int) -> dict[str, float]:
    """CPU and statements of a free step, by one and by four workers; how many steps were run twice."""
    found: dict[str, float] = {"twice": 0}
    for count in (1, 4):
        order(url, folder, [f"steps {count} {n}" for n in range(jobs)], steps)
        ran = run_workers(url, folder, count, steps=steps)
        done = Counter(one for told in ran["told"] for one in told["done"])
        found["twice"] += sum(times - 1 for times in done.values())
        assert len(done) == jobs * steps, len(done)
        found[f"ms_{count}"] = sum(told["cpu_s"] for told in ran["told"]) * 1000 / len(done)
        found[f"statements_{count}"] = sum(told["statements"] for told in ran["told"]) / len(done)
        found[f"steps_s_{count}"] = ran["wall_s"]
    return found


def measure_claims(url: str, folder: Path, waiting: int, times: int) -> dict[str, float]:
    """95 % of the looks for a next job, in ms, while so many wait: with every slot taken, and with room."""
    order(url, folder, ["queue", "other"])
    with create_engine(url).begin() as conn:
        copy_jobs(conn, waiting)
        conn.execute(text("ANALYZE"))

    async def look(jobs_at_once: int) -> float:
        floor = Floor(url, folder / "looks", jobs_at_once=jobs_at_once or 1)
        journal, holder = floor.journal, floor.director.holder
        while not jobs_at_once and await journal.claim_project(holder):
            pass  # now the only slot is taken
        found = []
        for _ in range(times):
            began = time.perf_counter()
            lease = await journal.claim_project(holder)
            found.append((time.perf_counter() - began) * 1000)
            assert (lease is None) == (not jobs_at_once)
        floor.database.close()
        return statistics.quantiles(found, n=20)[-1]

    return {"full_ms": asyncio.run(look(0)), "free_ms": asyncio.run(look(1_000_000))}


def copy_jobs(conn: Any, count: int) -> None:
    """Copy a waiting job, its project and its lease so many times, of as many projects."""
    first = conn.execute(text("SELECT project FROM jobs WHERE state = 'queued' ORDER BY seq DESC LIMIT 1")).scalar_one()
    for table, keys in (("projects", ("id",)), ("leases", ("project",)), ("jobs", ("id", "project"))):
        named = text("SELECT column_name FROM information_schema.columns WHERE table_name = :t AND is_identity = 'NO' "
                     "AND column_default IS DISTINCT FROM 'nextval(''jobs_seq_seq''::regclass)'")  # fmt: skip
        columns = [row[0] for row in conn.execute(named, {"t": table})]
        values = ", ".join(f"{name} || '_' || n" if name in keys else _value(table, name) for name in columns)
        which = "id" if table == "projects" else "project"
        chosen = f"SELECT {values} FROM {table}, generate_series(1, :count) n WHERE {table}.{which} = :first"
        copy = text(f"INSERT INTO {table} ({', '.join(columns)}) {chosen}")
        conn.execute(copy, {"count": count, "first": first})


def _value(table: str, name: str) -> str:
    return "NULL" if (table, name) == ("jobs", "allowance") else name


def measure_takeover(url: str, folder: Path) -> float:
    """Seconds from ``kill -9`` of a worker to the lease of its project by another one on the same machine."""
    order(url, folder, ["taken over"])
    words = [sys.executable, "-m", "bench.workers", "--be", url, str(folder), "1", "0", "1e8"]
    first = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert first.stdin and first.stdout
    first.stdout.readline()
    first.stdin.write("\n")
    first.stdin.flush()

    async def take() -> float:
        floor = Floor(url, folder / "second")
        while not any(job.state == "running" for job in await floor.journal.list_jobs(ACCOUNT)):
            await asyncio.sleep(0.05)
        first.send_signal(signal.SIGKILL)
        first.wait()
        began = time.perf_counter()
        while await floor.journal.claim_project(floor.director.holder) is None:
            await asyncio.sleep(0.05)
        taken = time.perf_counter() - began
        floor.database.close()
        return taken

    return asyncio.run(take())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--be", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.be:
        url, folder, slots, steps, seconds = given.be
        asyncio.run(work(url, Path(folder), int(slots), int(steps), float(seconds)))
        return 0
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, postgres() as url:
        if url is None:
            return verdict("workers", False, {}, "a_server_of_PostgreSQL")
        room = Path(folder)
        figures |= measure_speed(url, room, *choose((400, 3.0), (8, 0.2)))
        figures |= measure_steps(url, room, *choose((1000, 20), (4, 3)))
        figures["takeover_s"] = measure_takeover(url, room)
        figures |= measure_claims(url, room, *choose((100_000, 60), (500, 20)))
    for name, value in figures.items():
        print(f"{name:<16}{value:10.3f}")
    print(load())
    passed = figures["faster"] >= FASTER and max(figures["full_ms"], figures["free_ms"]) <= CLAIM_MS
    passed = passed and figures["takeover_s"] <= TAKEOVER_S and not figures["twice"]
    passed = passed and figures["steps_s_4"] <= figures["steps_s_1"]
    for name in ("ms", "statements"):
        passed = passed and abs(figures[f"{name}_4"] / figures[f"{name}_1"] - 1) <= OF_ONE
    goal = f"faster>={FASTER},claim_ms<={CLAIM_MS:g},takeover_s<={TAKEOVER_S:g},twice=0,of_one<={OF_ONE}"
    return verdict("workers", passed, figures, goal)


if __name__ == "__main__":
    sys.exit(main())
