"""A proxy on paper: it sells what the catalogue says a LiteLLM proxy sells; a prompt may name its own fate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.paper import Paper
from reelwright.catalogue.models import list_sold_models
from reelwright.catalogue.price import compute_price
from reelwright.errors import Refused, Unreachable
from reelwright.providers.fakes.media_spec import MediaSpec, get_pixel_size, make_tiny_file
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Keep, Make, Output, Progress, Read
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation


async def film(prompt: str, ms: int = 4000, size: tuple[int, int] = (1280, 720), *, has_sound: bool = True) -> bytes:
    """The bytes that the proxy brings for ``prompt``."""
    spec = MediaSpec(provider=Proxy.name, model="veo", kind="video", prompt=prompt, ms=ms, size=size)
    return await make_tiny_file(replace(spec, has_sound=has_sound))


class Proxy(Paper):
    """Prompts with ``refuse`` are refused, with ``lose`` forgotten, with ``cut`` cut while they are fetched.
    What prompts with ``short`` bring lasts 1 s, with ``small`` has 320 x 180 pixels, with ``mute`` has no sound.

    ``seconds``: how long an operation lasts; a prompt may say otherwise (``0.2s …``). ``most``: the most that was
    under way at once. ``together``: none ends before so many were under way at once.
    """

    name = "gemini_longrunning"

    def __init__(self, folder: Path, *, seconds: float = 0.0, together: int = 0, **more: Any) -> None:
        super().__init__(folder, polls=0, **more)
        self.seconds, self.together, self.ready = seconds, together, dict[str, float]()
        self.under_way, self.most = 0, 0
        self.cuts, self.loses = 2, True

    def list_models(self) -> frozenset[str]:
        return frozenset(row.id for row in list_sold_models(self.name) if row.profile == "litellm")

    def price(self, request: Request) -> Price:
        return compute_price(request)

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        width, height = get_pixel_size(request.aspect or "16:9", request.resolution or "720p")
        sold = {"ms": request.ms or 4000, "width": width, "height": height}
        return {**await super().prepare(request, inputs, purchase, read), "sold": sold}

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        if "refuse" in prepared["prompt"]:
            raise Refused("the proxy says no")
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        operation = await super().submit(prepared, keep, make)
        assert isinstance(operation, Operation)
        first = prepared["prompt"].split()[0]
        seconds = float(first[:-1]) if first[:1].isdigit() and first.endswith("s") else self.seconds
        self.ready[operation.id] = asyncio.get_running_loop().time() + seconds
        return operation

    async def find(
        self, prepared: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """It is asked within the process that buys: nothing of one that was killed arrives any more."""
        answer = await super().find(prepared, purchase, own)
        return Absent(listed_after_s=-86_400.0) if isinstance(answer, Absent) else answer

    async def poll(self, operation: Operation) -> Progress:
        if self.most < self.together or asyncio.get_running_loop().time() < self.ready.get(operation.id, 0.0):
            return Progress(state="running", fraction_done=0.5, poll_in_s=0.01)
        accepted = self._accepted().get(operation.id)
        if accepted is None:  # as a person names one who is wrong
            return Progress(state="lost", message="the proxy does not know it")
        self.under_way -= 1
        if self.loses and "lose" in accepted["prompt"]:
            return Progress(state="lost", message="the proxy does not know it")
        outputs = (Output(sample=0, mime="video/mp4", url=operation.id),)
        return Progress(state="succeeded", outputs=outputs, bill=self._bill(operation) if self.bills else None)

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        prompt = self._accepted()[operation.id]["prompt"]
        if "cut" in prompt and (self.cuts > 0 or "ever" in prompt):
            self.cuts -= 1
            yield b"x" * 1000
            raise Unreachable("cut off after 1,000 bytes")
        sold = self._accepted()[operation.id]["sold"]
        ms = 1000 if "short" in prompt else sold["ms"]
        size = (320, 180) if "small" in prompt else (sold["width"], sold["height"])
        yield await film(prompt, ms, size, has_sound="mute" not in prompt)
