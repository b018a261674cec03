"""Providers of three kinds, by how one learns what became of a lost answer, on loopback; their bill is a file."""

from __future__ import annotations

import asyncio
import hashlib
import struct
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from crash.keyed import FakeKeyed, Keyed
from crash.kinds import KINDS, SECRET
from reelwright.catalogue.price import compute_price
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.fakes.bill import Bill, Charge, read_bill
from reelwright.providers.fakes.media_spec import MediaSpec, from_stored_spec
from reelwright.providers.fakes.openrouter import FakeOpenRouter
from reelwright.providers.fakes.remote import Remote, Work
from reelwright.providers.fakes.replicate import FakeReplicate
from reelwright.providers.fakes.script import Behaviour, Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.fakes.wire import Call, Fake
from reelwright.providers.protocol import Provider
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price
from studio.shelf import drawn_clip

SOLD = "kling-v2.5-turbo-pro"
_SOLD_MS = 5000


class KeyedSeller(Keyed):
    """The adapter of the provider that finds by key, selling a model of the catalogue at its price."""

    def list_models(self) -> frozenset[str]:
        return frozenset({SOLD})

    def price(self, request: Request) -> Price:
        return compute_price(request)


class FakeKeyedSeller(FakeKeyed):
    """Bills what the catalogue says of ``SOLD``."""

    def _take_on(self, call: Call, name: str, met: tuple[Behaviour, ...]) -> Work:
        body = call.parse_json()
        asked = MediaSpec(
            provider=self.name, model=SOLD, kind="video", prompt=body["prompt"], ms=body["ms"], size=tuple(body["size"])
        )
        request = Request(model=SOLD, mode="text_to_video", prompt=body["prompt"], ms=body["ms"])
        return self.remote.accept(
            asked, compute_price(request).micros or 0, (0.0, 0.0), met, id_=name, payer=call.payer
        )  # fmt: skip

    def _told(self, work: Work, state: str) -> dict[str, Any]:
        """What a filter took has failed: this wire has no other word for it."""
        return super()._told(work, state if work.delivered_samples else "failed")


@dataclass(frozen=True)
class Seller:
    """``model``: what is bought of it. ``opens``: its adapter."""

    name: str
    model: str
    fake: type[Fake]
    opens: Callable[[HttpClient, Key], Provider]

    def provider(self, url: str) -> tuple[Provider, HttpClient]:
        """The adapter, talking to its fake at ``url``, and the connection to close after it."""
        key = Key(self.name, SECRET, "the tests of a person")
        http = HttpClient(self.name, url, auth={"Authorization": f"Bearer {key.secret}"})
        return self.opens(http, key), http


SELLERS: Mapping[str, Seller] = MappingProxyType(
    {
        "key": Seller("keyed", SOLD, FakeKeyedSeller, KeyedSeller),
        "list": Seller("replicate", KINDS["list"].model, FakeReplicate, KINDS["list"].opens),
        "none": Seller("openrouter", KINDS["none"].model, FakeOpenRouter, KINDS["none"].opens),
    }
)


class _PerWork(Remote):
    """Draws other bytes for each work, so that one can tell in the vault which of two alike was landed."""

    def _start_drawing(self, work: Work, sample: int) -> asyncio.Task[bytes]:
        return super()._start_drawing(replace(work, spec=replace(work.spec, voice=work.id)), sample)


async def footage(asked: MediaSpec) -> bytes:
    """A clip of the length and size that were sold, with the asked written behind it where players do not look."""
    body = await asyncio.to_thread(_drawn, asked.ms or _SOLD_MS, asked.size, asked.has_sound)
    mark = hashlib.sha256(repr(replace(asked, micros=0, sample=0)).encode()).hexdigest().encode()
    return body + struct.pack(">I4s", 8 + len(mark), b"free") + mark


@lru_cache(maxsize=16)
def _drawn(ms: int, size: tuple[int, int], has_sound: bool) -> bytes:
    return drawn_clip(size, ms, "a person", has_sound, "2")


def digest_of_work(charge: Charge) -> str:
    """sha256 of what the provider made for a line of its bill."""
    work = charge.facts["work"]
    return _compute_digest(replace(from_stored_spec(work["asked"]), voice=work["id"]))


@cache
def _compute_digest(spec: MediaSpec) -> str:
    async def compute() -> str:  # asyncio.run writes out what it returns, which would be megabytes
        return hashlib.sha256(await footage(spec)).hexdigest()

    return asyncio.run(compute())


class Shop:
    """One fake on loopback with a bill of its own, in a thread, whose behaviour may change at any time."""

    def __init__(self, seller: Seller, bill: Path) -> None:
        self.seller, self.bill = seller, bill
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="person-shop", daemon=True)
        self._thread.start()
        fake = seller.fake(Bill(bill), Script(latency_s=(0.0, 0.0)), footage)
        fake.remote = _PerWork(fake.bill, fake.script, fake.footage)
        self._server = FakeServer(fake)
        self._wait(self._server.__aenter__())

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def fake(self) -> Fake:
        return self._server.fake

    @property
    def submits(self) -> int:
        """How many submits arrived, whatever became of them."""
        return self._server.count("submit")

    @property
    def charges(self) -> tuple[Charge, ...]:
        """The bill as it lies on the disk."""
        return read_bill(self.bill)

    def meet_next(self, behaviour: Behaviour) -> None:
        """Let the next submit meet ``behaviour``."""
        self.fake.script = self.fake.script.add_rule("submit", behaviour, calls=(self.submits + 1,))

    def render_for(self, seconds: float) -> None:
        """Let what is taken on from now on take so long."""
        self.fake.remote._script = replace(self.fake.script, latency_s=(seconds, seconds))

    def bill_at(self, bills: tuple[float, ...]) -> None:
        """Let what is taken on from now on be billed at these multiples of its price."""
        self.fake.remote._script = replace(self.fake.remote._script, bills=bills)

    def finish_work(self, prompt: str) -> None:
        """Let what was taken on for ``prompt`` be ready now."""

        async def finish() -> None:
            works = self.fake.remote._works
            works |= {w.id: replace(w, ready_s=0.0) for w in works.values() if w.spec.prompt == prompt}

        self._wait(finish())

    def heal(self) -> None:
        """Behave as on a good day from now on."""
        self.fake.script = Script(latency_s=(0.0, 0.0))
        self.render_for(0.0)

    def close(self) -> None:
        self._wait(self._server.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(60)
