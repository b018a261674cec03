"""What the client's retries are worth: clips that fail with and without them where 20 % of all calls meet a fault."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from bench.fakes import fake
from bench.floor import load
from bench.scale import choose
from bench.verdict import verdict
from reelwright.client.generator import VeoVideoGenerator
from reelwright.providers.fakes.script import Script, answer_status, drop
from reelwright.settings import Settings

SHARE = 0.2
GOAL = 1 / 3
"""Of the failures without retries: "three times more reliable". Source: systems.md S4-49, read 2026-11-20."""
TRIES = 3


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=int, default=choose(100, 10))
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the faults; printed")
    asked = parser.parse_args()
    script = Script(latency_s=(0.2, 0.2), seed=asked.seed).add_rule("submit", answer_status(429), chance=SHARE)
    script = script.add_rule(("poll", "fetch"), drop(), chance=SHARE / 2).add_rule(
        ("poll", "fetch"), answer_status(502), chance=SHARE / 2
    )
    failed, bought = {}, {}
    for tries in (1, TRIES):
        with tempfile.TemporaryDirectory() as folder, fake("gemini_longrunning", Path(folder), script) as address:
            failed[tries] = asyncio.run(_failed(Path(folder), address, asked.clips, tries))
            bought[tries] = len((Path(folder) / "bill").read_text().splitlines())
    print(f"seed {asked.seed}: {asked.clips} clips, {SHARE:.0%} of submits, polls and fetches meet a fault; {load()}")
    print(f"{'one try':<18}{failed[1] / asked.clips:7.1%} fail   yardstick")
    print(f"{f'{TRIES} tries':<18}{failed[TRIES] / asked.clips:7.1%} fail")
    rest = failed[TRIES] / max(1, failed[1])
    twice = sum(bought[tries] - (asked.clips - failed[tries]) for tries in bought)
    figures = {
        "seed": asked.seed, "failed_1": failed[1], f"failed_{TRIES}": failed[TRIES], "of": rest, "bought_twice": twice,
    }  # fmt: skip
    return verdict("retries", rest <= GOAL and failed[1] > 0 and not twice, figures, "of<=0.333,bought_twice=0")


async def _failed(folder: Path, address: str, clips: int, tries: int) -> int:
    """How many of them came to nothing. Every other wait is as short as it may be: only the failures are counted."""
    generator = VeoVideoGenerator(
        f"{address}/gemini/v1beta", "sk-bench", max_retries=tries, poll_initial_delay=0.1, poll_max_delay=0.1,
        settings=Settings(home=folder / "home"), output_dir=folder / "videos", show_progress=False,
    )  # fmt: skip
    async with generator:
        return (await generator.generate_batch([f"clip {n}" for n in range(clips)], 10)).failed


if __name__ == "__main__":
    sys.exit(main())
