"""Operations that wait at a provider, all in one process: memory, CPU, and writes of an idle poll, over real HTTP."""

from __future__ import annotations

import argparse
import asyncio
import gc
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from bench.fakes import fake
from bench.floor import Floor, Remote, load
from bench.scale import choose
from bench.verdict import verdict
from reelwright.engine.purchases.operations import Pace
from reelwright.net.http import HttpClient
from reelwright.providers.fakes.script import Script
from reelwright.providers.openrouter import OpenRouter
from reelwright.providers.protocol import Keep, Make, Progress
from reelwright.reel.records.operation import Operation

GOAL_MB, GOAL_CORE = 150, 0.15
MODEL = "openrouter-veo-3.1-fast"
NEVER_S = 1e8


class Counted(OpenRouter):
    """The adapter as it is, counted."""

    submits = polls = 0

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        answer = await super().submit(prepared, keep, make)
        self.submits += 1
        return answer

    async def poll(self, operation: Operation) -> Progress:
        self.polls += 1
        return await super().poll(operation)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--operations", type=int, default=choose(5000, 50))
    parser.add_argument("--every", type=float, default=15.0, help="seconds between two polls of one operation")
    parser.add_argument("--seconds", type=float, default=choose(60.0, 3.0), help="how long to look")
    parser.add_argument("--no-http", action="store_true", help="a provider inside this process: the engine alone")
    asked = parser.parse_args()
    bare = _bare(asked.operations, asked.every, min(asked.seconds, 15.0))
    with tempfile.TemporaryDirectory() as folder, _remote(Path(folder), not asked.no_http) as (remote, model):
        found = asyncio.run(_wait(Path(folder), remote, model, asked.operations, asked.every, asked.seconds))
    over = "inside this process" if asked.no_http else "over HTTP to another process on loopback"
    print(f"{asked.operations} operations, each polled every {asked.every:g} s, {over}; {load()}")
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


@contextmanager
def _remote(folder: Path, over_http: bool) -> Iterator[tuple[Any, str]]:
    """A provider whose operations never end, and the model that it sells."""
    if not over_http:
        yield Remote(seconds=NEVER_S), "remote/1"
        return
    with fake("openrouter", folder, Script(latency_s=(NEVER_S, NEVER_S))) as address:
        yield Counted(HttpClient("openrouter", address, auth={"authorization": "Bearer sk-bench"})), MODEL


async def _wait(folder: Path, remote: Any, model: str, count: int, every: float, seconds: float) -> dict[str, float]:
    pace = Pace(least_s=every, most_s=every, longest_s=NEVER_S)
    _opened_before(folder)
    floor = Floor(f"sqlite:///{folder / 'journal.db'}", folder, remote=remote, pace=pace, model=model)
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


def _opened_before(folder: Path) -> None:
    """The journal was made by another process: what migrates takes memory of its own, and is not what waits."""
    url = f"sqlite:///{folder / 'journal.db'}"
    making = f"from reelwright.store.database.database import Database; Database({url!r}).close()"
    subprocess.run([sys.executable, "-c", making], check=True)


class _Beats:
    """Counts the heartbeats from now on: writes of the director, not of a poll."""

    def __init__(self, floor: Floor) -> None:
        self.count = 0
        beat = floor.journal.record_heartbeat

        async def counted(holder: object) -> None:
            self.count += 1
            await beat(holder)  # type: ignore[arg-type]

        floor.journal.record_heartbeat = counted  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main())
