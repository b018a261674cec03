"""A program of somebody's: makes three videos and prints where they are. Killed at any moment, it is run again.

Started by itself, or forked by ``crash.forked`` from a process that has imported what it needs.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

from client.proxy import Proxy
from reelwright.client.generator import VeoVideoGenerator
from reelwright.reel.base.crashpoints import arm
from reelwright.settings import Settings

PROMPTS = ["a cat", "a dog", "a cat"]


async def main(folder: Path, seconds: float = 0.0) -> None:
    generator = VeoVideoGenerator(
        provider=Proxy(folder / "proxy", seconds=seconds),
        settings=Settings(home=folder / "home"),
        output_dir=folder / "videos",
        poll_initial_delay=0.02,
        poll_max_delay=0.05,
    )
    async with generator:
        batch = await generator.generate_batch(PROMPTS, concurrent_limit=2)
    print(json.dumps([str(one.video_path) if one.video_path else one.error for one in batch.results]))


def warm_up() -> None:
    """Make the three videos once, so that whoever is forked has imported and compiled what that needs."""
    with TemporaryDirectory() as folder, redirect_stdout(sys.stderr):
        asyncio.run(main(Path(folder)))


def live() -> None:
    """Be the program, with a crash point of its own environment."""
    arm()
    asyncio.run(main(Path(sys.argv[1]), *map(float, sys.argv[2:])))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *map(float, sys.argv[2:])))
