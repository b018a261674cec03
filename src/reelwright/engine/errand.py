"""One step on its way: what the director knows of it and may change while it runs; and what listeners hear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from reelwright.reel.noun import Fingerprint, StepKey, noun
from reelwright.reel.orders import Order


@noun
class Progressed:
    """Something moved, told to listeners in this process; never written.

    ``event``: ``read`` (the counts changed), ``started``, ``moving``, ``landed``, ``again`` (tried again after an
    error, ``said`` says which), ``held`` (needs a person), ``failed``, ``dropped`` (no longer wanted) and ``ended``
    (the job; ``kind`` is the state in which it rests). Else ``kind`` is the step's.
    ``done`` from 0 to 1 of a step; ``had`` and ``wanted`` count the steps of the job's graph.
    """

    project: str
    job: str
    event: Literal["read", "started", "moving", "landed", "again", "held", "failed", "dropped", "ended"]
    step: StepKey | None = None
    kind: str = ""
    done: float | None = None
    said: str = ""
    had: int = 0
    wanted: int = 0


Listen = Callable[[Progressed], None]


@dataclass(slots=True, eq=False)
class Errand:
    """``meant`` turns False when the newest revision no longer wants it, or the job is cancelled.

    ``revision``: the newest that was seen to want it. ``ours``: made by us for nothing, so it may simply be stopped.
    ``sent``: it has left this machine, so it lands whatever happens; what was not sent is simply dropped. ``stop``:
    the provider is asked to cancel what was sent.
    """

    step: StepKey
    fingerprint: Fingerprint
    report: Callable[[float], None]
    order: Order | None = None
    revision: int | None = None
    ours: bool = False
    meant: bool = True
    sent: bool = False
    stop: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[Any] | None = None

    def drop(self) -> None:
        """Nobody wants it any more: nothing is sent, what was sent lands."""
        self.meant = False
        self.changed.set()

    async def rest(self, seconds: float) -> None:
        """Sleep, but wake when something about this errand changes, or has changed since the last rest."""
        if not self.meant and not self.sent:
            return
        try:
            async with asyncio.timeout(seconds):
                await self.changed.wait()
        except TimeoutError:
            return
        self.changed.clear()


class Again(Exception):
    """Not an error: this try ended without anything, and another one may be bought."""


class Dropped(Exception):
    """Not an error: the errand was given up before anything was sent, or the provider cancelled it."""
