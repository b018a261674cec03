"""A server that speaks ``/v1/videos`` and has a price: our adapter as it is, and the fake that ships, which bills.

What such a server costs its owner, nobody knows here; so that the ledger has something to be held against, this one
names a price of its own. Adapter and fake in one file:

    python -m crash.videos --bill FILE [--script FILE]
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crash.keyed import served
from reelwright.providers.fakes.asked import Asked
from reelwright.providers.fakes.openai_videos import FakeOpenaiVideos
from reelwright.providers.openai_videos import OpenaiVideos
from reelwright.reel.canonical import digest_of
from reelwright.reel.money import Price
from reelwright.reel.request import Request
from reelwright.units import Micros

MODEL = "local-video"
MICROS = 234_567
"""Of one clip: an odd price, so that a rounded one would show."""


class Videos(OpenaiVideos):
    """As it is sold, but for its price; an unknown of it is never sent again by itself."""

    def price(self, request: Request) -> Price:
        return Price(micros=Micros(MICROS), basis="a clip", catalogue=digest_of(MODEL))


class FakeVideos(FakeOpenaiVideos):
    def _understood(self, fields: Mapping[str, Any]) -> tuple[Asked, int, tuple[float, float]]:
        asked, _, usual_s = super()._understood(fields)
        return asked, MICROS, usual_s


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bill", type=Path, required=True)
    parser.add_argument("--script", type=Path)
    told = parser.parse_args()
    asyncio.run(served(FakeVideos, told.bill, told.script))
