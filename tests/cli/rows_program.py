"""A program of somebody's: brings the rows of a file to their files. Killed at any moment, it is run again."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from reelwright.settings import Settings
from reelwright.studio.batches.entries import read_entries
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.studio import AsyncStudio


async def main(folder: Path, address: str, budget: str | None = None) -> None:
    agreed: dict[str, object] = {"budget": budget} if budget else {"yes": True}
    settings = Settings(home=folder / "home", base_urls={"openrouter": address})
    entries = read_entries((folder / "rows.yaml").read_text(), "rows.yaml")
    async with AsyncStudio(settings, tempo=Tempo(speed=3600)) as studio:
        made = await studio.batch(
            entries, model="openrouter-veo-3.1-lite", out=folder / "out", accept_unconfirmed=True, **agreed,
            concurrency=1,  # what another row was sending at the kill would rightly wait for a person
        )  # fmt: skip
    print(json.dumps(made.to_json()))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
