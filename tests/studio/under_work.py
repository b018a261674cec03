"""A provider whose takes stay in work until a test says what became of them, and studios of one command each."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, Literal

from reelwright.catalogue.price import compute_price
from reelwright.providers.offline import Offline
from reelwright.providers.protocol import Keep, Make, Progress
from reelwright.reel.base.document import from_plain
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.studio import AsyncStudio
from studio.shelf import Shelf


class UnderWork(Shelf):
    """Takes on what it is sent, and says of each operation what ``state`` says: ``running``, ``cancelled``,
    ``succeeded``, or ``billed``: it failed for a reason that may pass, and its price is asked for all the same.

    ``stops``: whether it can stop what it has in work; else that is delivered once somebody asked. ``cancels``: False:
    a cancel changes nothing, and the test says what becomes of the take. ``first``: the state of what is sent, where
    the test does not change it. ``cancel_s``: how long the answer to a cancel takes. ``polled``: the operations that
    were asked about, so they are recorded.
    """

    def __init__(
        self, *, stops: bool = True, cancels: bool = True, first: str = "running", cancel_s: float = 0.0
    ) -> None:
        super().__init__()
        self.stops, self.cancels, self.first, self.cancel_s = stops, cancels, first, cancel_s
        self.state: dict[str, str] = {}
        self.polled = set[str]()
        self._done: dict[str, tuple[Request, Progress]] = {}

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation:
        made = await super().submit(prepared, keep, make)
        assert isinstance(made, Progress)
        name = f"operation-{len(self.state) + 1}"
        self._done[name] = from_plain(Request, prepared["request"], "request"), made
        self.state[name] = self.first
        return Operation(id=name)

    async def poll(self, operation: Operation) -> Progress:
        self.polled.add(operation.id)
        state, (request, made) = self.state[operation.id], self._done[operation.id]
        if state == "succeeded":
            return made
        if state == "billed":
            return Progress(state="failed", message="the GPU fell over", can_retry=True, bill=compute_price(request))
        return Progress(state=state, message=state)  # type: ignore[arg-type]

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        await asyncio.sleep(self.cancel_s)
        if not self.cancels:
            return "cannot"
        self.state[operation.id] = "cancelled" if self.stops else "succeeded"
        return "cancelled" if self.stops else "too_late"


def typed(shelf: Shelf, home: Path, database: str = "", **more: Any) -> AsyncStudio:
    """A studio for one command, as each command line is a process of its own."""
    settings = Settings(home=home, hands=1, database=database, **more)
    return AsyncStudio(settings, providers={"offline": Offline(), "shelf": shelf}, tempo=Tempo(speed=1000))


async def interrupted(doing: Coroutine[Any, Any, Any], shelf: UnderWork, sent: int = 1) -> None:
    """Begin it, and stop it as Ctrl-C does once so many takes are in work and recorded."""
    task = asyncio.create_task(doing)
    while len(shelf.polled) < sent and not task.done():
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled(), f"it ended by itself: {task.exception() or task.result()!r}"
