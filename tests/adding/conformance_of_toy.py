"""The tests of every adapter over the provider of docs/adding/provider.md, which ``test_provider.py`` installs."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

from providers.conformance import Remote
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.reel.graph.request import Request


class TestToy(Remote):
    name = "toy"
    request = Request(
        model="toy-clips-1", mode="text_to_video", prompt="A red fox", ms=4000, aspect="16:9", resolution="720p"
    )
    bad = (replace(request, ms=5000), replace(request, aspect="1:1"), replace(request, mode="image_to_video"))

    @asynccontextmanager
    async def adapter(self, url, secret):
        from reelwright_toy.adapter import Toy

        async with HttpClient("toy", url, auth={"Authorization": f"Bearer {secret}"}) as http:
            yield Toy(http, Key("toy", secret, "a test"))
