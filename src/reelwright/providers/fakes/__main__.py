"""Run a fake in a process of its own, for tests. Its outputs are the smallest files that decode, or ``--footage``.

``reelwright fake`` serves the same with slates.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.lookup import list_fakes, load_fake_class
from reelwright.providers.fakes.media_spec import Footage, MediaSpec, make_tiny_file
from reelwright.providers.fakes.script import Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.fakes.wire import Fake
from reelwright.reel.base.document import from_json


def parse_arguments() -> argparse.Namespace:
    """Parse the command line: which fake to run, and its bill, script, footage and port."""
    parser = argparse.ArgumentParser(description="Serves until it is killed; its first line is its address.")
    parser.add_argument("name", choices=list_fakes())
    parser.add_argument("--bill", type=Path, help="append charges here; what an earlier life took on goes on")
    parser.add_argument("--script", type=Path, help="a Script as JSON")
    parser.add_argument("--footage", type=Path, help="the bytes of every output")
    parser.add_argument("--port", type=int, default=0)
    return parser.parse_args()


def build_fake(options: argparse.Namespace) -> Fake:
    """Build the fake that the command line describes. Raises ``BadInput``."""
    script = from_json(Script, options.script.read_bytes(), str(options.script)) if options.script else Script()
    footage: Footage = make_tiny_file
    if options.footage:
        body = options.footage.read_bytes()

        async def given(spec: MediaSpec) -> bytes:
            return bytes(body)

        footage = given

    return load_fake_class(options.name)(Bill(options.bill), script, footage)


async def serve(options: argparse.Namespace) -> None:
    """Run a fake on loopback until the process is killed, and print its URL first."""
    async with FakeServer(build_fake(options), options.port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(parse_arguments()))
