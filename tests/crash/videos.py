"""A server that speaks ``/v1/videos`` and has a price: our adapter as it is, and the fake that ships, which bills.

What such a server costs its owner, nobody knows here; so that the ledger has something to be held against, this one
names a price of its own. Adapter and fake in one file:

    python -m crash.videos --bill FILE [--script FILE]
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from crash.keyed import served
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.media_spec import Footage, MediaSpec, make_tiny_file
from reelwright.providers.fakes.openai_videos import FakeOpenaiVideos
from reelwright.providers.fakes.script import Script
from reelwright.providers.families.videos_wire import Profile
from reelwright.providers.openai_videos import OpenaiVideos
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price
from reelwright.units import Micros

LISTED_AFTER = timedelta(seconds=0.1)
"""How soon the fake's list shows what it took on; the adapter's own 30 s would only be waited for."""
MODEL = "local-video"
MICROS = 234_567
"""Of one clip: an odd price, so that a rounded one would show."""


class Videos(OpenaiVideos):
    """As it is sold, but for its price; an unknown of it is never sent again by itself."""

    def __init__(self, http: HttpClient, key: Key | None = None) -> None:
        super().__init__(http, key, LISTED_AFTER)

    def price(self, request: Request) -> Price:
        return Price(micros=Micros(MICROS), basis="a clip", catalogue=compute_digest(MODEL))


class FakeVideos(FakeOpenaiVideos):
    """vLLM-Omni's habits: its list repeats the prompt."""

    def __init__(
        self,
        bill: Bill | None = None,
        script: Script | None = None,
        footage: Footage = make_tiny_file,
        secret: str | None = None,
        profile: Profile = "vllm_omni",
    ) -> None:
        super().__init__(bill, script, footage, secret, profile)

    def _parse_fields(self, fields: Mapping[str, Any]) -> tuple[MediaSpec, int, tuple[float, float]]:
        asked, _, usual_s = super()._parse_fields(fields)
        return asked, MICROS, usual_s


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bill", type=Path, required=True)
    parser.add_argument("--script", type=Path)
    told = parser.parse_args()
    asyncio.run(served(FakeVideos, told.bill, told.script))
