"""A fake in a process of its own for tests of ours: the smallest files that decode, or ``--footage``, for its outputs.

``reelwright fake`` serves the same with slates.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from reelwright.providers.fakes.asked import Asked, bare
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.choice import fake_called, fakes_known
from reelwright.providers.fakes.script import Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.fakes.wire import Fake
from reelwright.reel.document import from_json


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serves until it is killed; its first line is its address.")
    parser.add_argument("name", choices=fakes_known())
    parser.add_argument("--bill", type=Path, help="append charges here; what an earlier life took on goes on")
    parser.add_argument("--script", type=Path, help="a Script as JSON")
    parser.add_argument("--footage", type=Path, help="the bytes of every output")
    parser.add_argument("--port", type=int, default=0)
    return parser.parse_args()


def fake_of(said: argparse.Namespace) -> Fake:
    script = from_json(Script, said.script.read_bytes(), str(said.script)) if said.script else Script()
    footage = bare
    if said.footage:
        body = said.footage.read_bytes()

        async def footage(asked: Asked) -> bytes:
            return bytes(body)

    return fake_called(said.name)(Bill(said.bill), script, footage)


async def serve(said: argparse.Namespace) -> None:
    async with FakeServer(fake_of(said), said.port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
