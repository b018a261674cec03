"""A program of somebody's: makes three videos and prints where they are. Killed at any moment, it is run again."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from client.proxy import Proxy
from reelwright.client.generator import VeoVideoGenerator
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


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *map(float, sys.argv[2:])))
