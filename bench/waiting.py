"""Operations that wait at a provider, all in one process: memory, CPU, and writes of an idle poll."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
import tempfile
import time
from pathlib import Path

import psutil

from bench.floor import Floor, Remote, load
from bench.verdict import verdict
from reelwright.engine.operations import Pace

GOAL_MB, GOAL_CORE = 150, 0.15


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--operations", type=int, default=5000)
    parser.add_argument("--every", type=float, default=15.0, help="seconds between two polls of one operation")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to look")
    asked = parser.parse_args()
    bare = _bare(asked.operations, asked.every, min(asked.seconds, 15.0))
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(_wait(Path(folder), asked.operations, asked.every, asked.seconds))
    print(f"{asked.operations} operations, each polled every {asked.every:g} s; {load()}")
    print(f"{'as many bare asyncio sleeps':<30}{bare:8.3f} core   yardstick")
    print(f"{'waiting':<30}{found['core']:8.3f} core, {found['mb']:6.1f} MB, {found['polls_per_s']:.0f} polls/s")
    print(f"{'started':<30}{found['starts_per_s']:8.1f} /s")
    print(f"{'commits':<30}{found['commits_per_poll']:8.5f} per poll, beats left out")
    passed = found["mb"] <= GOAL_MB and found["core"] <= GOAL_CORE and found["commits_per_poll"] == 0
    figures = {"operations": asked.operations, **found, "bare_core": bare}
    return verdict("waiting", passed, figures, f"mb<={GOAL_MB},core<={GOAL_CORE},commits_per_poll=0")


def _bare(count: int, every: float, seconds: float) -> float:
    """Cores that as many coroutines take which only sleep and wake."""

    async def sleeper() -> None:
        while True:
            await asyncio.sleep(every)

    async def all_of_them() -> float:
        tasks = [asyncio.create_task(sleeper()) for _ in range(count)]
        await asyncio.sleep(0.5)
        begin, cpu = time.perf_counter(), time.process_time()
        await asyncio.sleep(seconds)
        core = (time.process_time() - cpu) / (time.perf_counter() - begin)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return core

    return asyncio.run(all_of_them())


async def _wait(folder: Path, count: int, every: float, seconds: float) -> dict[str, float]:
    remote = Remote(seconds=1e9)
    floor = Floor(f"sqlite:///{folder / 'journal.db'}", folder, remote=remote, pace=Pace(least_s=every, most_s=every))
    for first in range(0, count, 500):
        await asyncio.gather(*(floor.order(f"clip {n}") for n in range(first, min(count, first + 500))))
    begin = time.perf_counter()
    driving = asyncio.create_task(floor.director.run())
    while remote.submits < count:
        if driving.done():
            driving.result()
        await asyncio.sleep(0.2)
    starts = count / (time.perf_counter() - begin)
    await asyncio.sleep(3)  # what was written last is looked at once more
    gc.collect()
    beats = _Beats(floor)
    commits, polls = floor.database.commits, remote.polls
    begin, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    wall = time.perf_counter() - begin
    polled = remote.polls - polls
    found = {
        "mb": psutil.Process().memory_info().rss / 1e6,
        "core": (time.process_time() - cpu) / wall,
        "polls_per_s": polled / wall,
        # A beat may have been on its way when the counting began.
        "commits_per_poll": max(0, floor.database.commits - commits - beats.count - 1) / max(1, polled),
        "starts_per_s": starts,
    }
    driving.cancel()
    await asyncio.wait({driving})
    floor.database.close()
    return found


class _Beats:
    """Counts the heartbeats from now on: writes of the director, not of a poll."""

    def __init__(self, floor: Floor) -> None:
        self.count = 0
        beat = floor.journal.beat

        async def counted(holder: object) -> None:
            self.count += 1
            await beat(holder)  # type: ignore[arg-type]

        floor.journal.beat = counted  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main())
