"""One step on its way: what the director knows of it and may change while it runs; and what listeners hear."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from reelwright.reel.noun import Fingerprint, StepKey, noun
from reelwright.reel.orders import Order

_LONG_S: Final = 1.0
_TOGETHER_S: Final = 0.05
"""What is due within so many seconds of each other, after a wait of ``_LONG_S`` or more, is woken at one moment."""


@noun
class Progressed:
    """Something moved, told to listeners in this process; never written.

    ``event``: ``read`` (the counts changed), ``started``, ``moving``, ``waiting`` (``said``: what for), ``landed``,
    ``again`` (tried again after an error, ``said`` says which), ``held`` (needs a person), ``failed``, ``dropped`` (no
    longer wanted) and ``ended`` (the job; ``kind`` is the state in which it rests). Else ``kind`` is the step's.
    ``done`` from 0 to 1 of a step; ``had`` and ``wanted`` count the steps of the job's graph.
    """

    project: str
    job: str
    event: Literal["read", "started", "moving", "waiting", "landed", "again", "held", "failed", "dropped", "ended"]
    step: StepKey | None = None
    kind: str = ""
    done: float | None = None
    said: str = ""
    had: int = 0
    wanted: int = 0


Listen = Callable[[Progressed], None]


class Changed:
    """Something that is told once: it wakes the one who waits, or who waits next. Thousands wait for hours."""

    __slots__ = ("_told", "_waits")

    def __init__(self) -> None:
        self._told = False
        self._waits: asyncio.Future[None] | None = None

    def set(self) -> None:
        self._told = True
        if self._waits:
            _wake(self._waits)

    async def wait(self, seconds: float | None = None) -> None:
        """Until it is told, or so many seconds are over."""
        if not self._told:
            loop = asyncio.get_running_loop()
            self._waits = waits = loop.create_future()
            timer = None if seconds is None else loop.call_at(_together(loop.time() + seconds, seconds), _wake, waits)
            try:
                await waits
            finally:
                if self._waits is waits:  # not that of another, who waits since this one was cancelled
                    self._waits = None
                if timer:
                    timer.cancel()
        self._told = False


def _together(at: float, seconds: float) -> float:
    """``at``, or a moment later: what waits for long wakes with others, and the process sleeps in between.

    One that wakes for each of thousands by itself runs with cold caches: every poll took nearly twice the time.
    """
    return at if seconds < _LONG_S else math.ceil(at / _TOGETHER_S) * _TOGETHER_S


def _wake(waits: asyncio.Future[None]) -> None:
    if not waits.done():
        waits.set_result(None)


@dataclass(slots=True, eq=False)
class Errand:
    """``meant`` turns False when the newest revision no longer wants it, or the job is cancelled.

    ``revision``: the newest that was seen to want it. ``key``: the name of its order in the account; empty where it is
    no other project's business. ``ours``: made by us for nothing, so it may simply be stopped. ``sent``: it has left
    this machine, so it lands whatever happens; what was not sent is simply dropped. ``stop``: the provider is asked to
    cancel what was sent. ``failed``: why what was obtained is nothing, once it has ended. ``tell`` hears why it waits,
    ``told`` is the last that it heard.
    """

    step: StepKey
    fingerprint: Fingerprint
    report: Callable[[float], None]
    order: Order | None = None
    revision: int | None = None
    key: str = ""
    ours: bool = False
    meant: bool = True
    sent: bool = False
    stop: bool = False
    failed: str = ""
    tell: Callable[[str], None] | None = None
    told: str = ""
    changed: Changed = field(default_factory=Changed)
    task: asyncio.Task[Any] | None = None

    def drop(self) -> None:
        """Nobody wants it any more: nothing is sent, what was sent lands."""
        self.meant = False
        self.changed.set()

    def waits(self, said: str) -> None:
        """Say why nothing is seen to happen, once: somebody looks at a screen, and takes silence for a fault."""
        if self.tell and said != self.told:
            self.told = said
            self.tell(said)

    def rest(self, seconds: float) -> Awaitable[None]:
        """Sleep, but wake when something about this errand changes, or has changed since the last rest."""
        return self.changed.wait(seconds if self.meant or self.sent else 0.0)


class Again(Exception):
    """Not an error: this try ended without anything, and another one may be bought."""


class Dropped(Exception):
    """Not an error: the errand was given up before anything was sent, or the provider cancelled it."""
