"""Batches of clips through the client, over HTTP, at 3, 5 and 10 at once, beside one at a time; memory and CPU.

Also the figures that S4 claims for its own client (systems.md S4-44 to S4-48), as floors and ceilings.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil

from bench.fakes import fake
from bench.floor import load
from bench.scale import choose
from bench.verdict import verdict
from reelwright.providers.fakes.media_spec import MediaSpec, make_tiny_file
from reelwright.providers.fakes.script import Script

GOALS = {3: 2.9, 5: 4.9, 10: 9.7}
S4_TIMES = {1: 1.0, 3: 2.5, 5: 4.0, 10: 7.0}
S4_MB = {1: 50, 3: 150, 5: 250, 10: 500}
S4_CORE = {1: 0.2, 3: 0.4, 5: 0.6, 10: 0.8}
"""Throughput, megabytes and CPU at so many at once. Source: systems.md S4-45 to S4-47, read 2026-11-20."""
GOAL_MB, GOAL_GROWTH_MB, GOAL_ADDED_S = 120, 5, 0.15
POLL_S = 0.1
CLIP_BYTES = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=int, default=choose(100, 6))
    parser.add_argument("--seconds", type=float, default=choose(3.0, 0.3), help="how long the provider takes for one")
    parser.add_argument("--serial", type=int, default=choose(10, 2), help="clips that are made one at a time")
    parser.add_argument("--one", type=json.loads, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(asyncio.run(_one(**asked.one))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        script = Script(latency_s=(asked.seconds, asked.seconds))
        playable = asyncio.run(make_tiny_file(MediaSpec(provider="bench", model="veo", kind="video", prompt="clip")))
        footage = playable + struct.pack(">I4s", 8 + CLIP_BYTES, b"free") + os.urandom(CLIP_BYTES)
        with fake("gemini_longrunning", Path(folder), script, footage) as address:
            found = {n: _run(folder, address, count, n) for n, count in _runs(asked.clips, asked.serial)}
    return _told(asked, found)


def _told(asked: argparse.Namespace, found: dict[int, dict[str, float]]) -> int:
    alone = found[1]["wall_s"] / asked.serial
    added = found[1]["median_s"] - asked.seconds
    print(
        f"{asked.clips} clips of {asked.seconds:g} s, {CLIP_BYTES / 1e6:g} MB each, polled every {POLL_S:g} s; {load()}"
    )
    print(f"{'one at a time':<18}{alone:8.2f} s a clip   yardstick: {asked.serial} of them; {added:.3f} s added to one")
    figures: dict[str, object] = {"serial_s": alone, "added_s": added}
    passed = added <= GOAL_ADDED_S
    for n, run in found.items():
        times = alone * run["clips"] / run["wall_s"]
        grown = run["late_mb"] - run["early_mb"] if n in GOALS else 0.0
        mb, more, cpu = run["mb"], run["mb"] - run["start_mb"], run["cpu_s"] / run["wall_s"]
        print(
            f"{n:>2} at once{times:17.2f} x one at a time, {mb:.0f} MB at most ({more:+.0f} MB by the batch),"
            f" {grown:+.1f} MB since clip 10 %, {cpu:.2f} core"
            f"   S4's: {S4_TIMES[n]:g} x, {S4_MB[n]} MB, {S4_CORE[n]:g} core"
        )
        figures |= {f"times_{n}": times, f"mb_{n}": mb, f"more_mb_{n}": more, f"grown_mb_{n}": grown, f"core_{n}": cpu}
        as_s4 = times >= S4_TIMES[n] and more <= S4_MB[n] and cpu <= S4_CORE[n]
        passed = passed and as_s4 and times >= GOALS.get(n, 1.0) and mb <= GOAL_MB and grown <= GOAL_GROWTH_MB
    times_said = ",".join(f"times_{n}>={goal}" for n, goal in GOALS.items())
    goal_said = f"{times_said},mb<={GOAL_MB},grown<={GOAL_GROWTH_MB},added<={GOAL_ADDED_S},more_mb+core<=S4's"
    return verdict("batch", passed, figures, goal_said)


def _runs(clips: int, serial: int) -> list[tuple[int, int]]:
    return [(1, serial), (3, max(30, clips // 3)), (5, clips), (10, clips)]


def _run(folder: str, address: str, clips: int, concurrency: int) -> dict[str, float]:
    """One batch in a fresh process, so that its memory is its own."""
    told = {"folder": folder, "address": address, "clips": clips, "concurrency": concurrency}
    command = [sys.executable, "-m", "bench.batch", "--one", json.dumps(told)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


async def _one(folder: str, address: str, clips: int, concurrency: int) -> dict[str, float]:
    from reelwright.client.generator import VeoVideoGenerator
    from reelwright.settings import Settings
    from reelwright.studio.batches.batch_runner import BatchRunner

    process, held, ended = psutil.Process(), [0.0], 0
    bring = BatchRunner.run_row

    async def watched(self: BatchRunner, *args: object, **more: object) -> object:
        nonlocal ended
        made = await bring(self, *args, **more)  # type: ignore[arg-type]
        ended += 1
        held.append(process.memory_info().rss / 1e6)
        return made

    BatchRunner.run_row = watched  # type: ignore[assignment,method-assign]
    home = Path(folder) / f"home-{concurrency}"
    generator = VeoVideoGenerator(
        base_url=f"{address}/gemini/v1beta",
        api_key="sk-bench",
        settings=Settings(home=home),
        output_dir=home / "videos",
        poll_initial_delay=POLL_S,
        poll_max_delay=POLL_S,
        show_progress=False,
    )
    async with generator:
        begin, cpu, start = time.perf_counter(), time.process_time(), process.memory_info().rss / 1e6
        batch = await generator.generate_batch([f"clip {n}" for n in range(clips)], concurrency)
        wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
    assert batch.successful == clips, next(one.error for one in batch.results if not one.is_success)
    early, late = held[max(1, clips // 10)], held[max(1, clips * 9 // 10)]
    taken = [one.generation_time or 0.0 for one in batch.results]
    return {
        "clips": clips, "wall_s": wall, "cpu_s": cpu, "start_mb": start, "mb": max(held), "early_mb": early,
        "late_mb": late, "median_s": median(taken),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
