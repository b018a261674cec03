"""The run of one step: what the director knows of it and may change while it runs; and the events for listeners."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from reelwright.engine.policy import LONG_WAIT_S, WAITS_END_TOGETHER_S
from reelwright.reason import Reason
from reelwright.reel.base.value import Fingerprint, StepKey, define_value
from reelwright.reel.graph.orders import Order
from reelwright.reel.graph.request import Request


@define_value
class ProgressEvent:
    """Event about a job or a step for listeners in this process; never stored.

    ``event``: ``read`` (the counts changed), ``started``, ``moving``, ``waiting`` (``reason``: for what), ``landed``,
    ``again`` (retried after an error, named in ``reason``), ``held`` (needs a person), ``failed``, ``dropped`` (no
    longer wanted) and ``ended`` (the job; ``kind`` is the state in which it rests). Else ``kind`` is the step's.
    ``fraction``: how much of the step is done, from 0 to 1. ``finished_steps`` and ``wanted_steps`` count the steps of
    the job's graph.
    """

    project: str
    job: str
    event: Literal["read", "started", "moving", "waiting", "landed", "again", "held", "failed", "dropped", "ended"]
    step: StepKey | None = None
    kind: str = ""
    fraction: float | None = None
    reason: Reason | None = None
    finished_steps: int = 0
    wanted_steps: int = 0


Listen = Callable[[ProgressEvent], None]


class WakeEvent:
    """A one-shot event for a single waiter. Lighter than ``asyncio.Event``: thousands wait for hours."""

    __slots__ = ("_is_set", "_waiter")

    def __init__(self) -> None:
        self._is_set = False
        self._waiter: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Set the event, and wake the waiter if there is one."""
        self._is_set = True
        if self._waiter:
            _wake(self._waiter)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait until the event is set, or for ``seconds`` at most; then clear it."""
        if not self._is_set:
            loop = asyncio.get_running_loop()
            self._waiter = waiter = loop.create_future()
            timer = None if seconds is None else loop.call_at(_align(loop.time() + seconds, seconds), _wake, waiter)
            try:
                await waiter
            finally:
                if self._waiter is waiter:  # another may wait since this one was cancelled
                    self._waiter = None
                if timer:
                    timer.cancel()
        self._is_set = False


def _align(at: float, seconds: float) -> float:
    """Return ``at``, or up to ``WAITS_END_TOGETHER_S`` later for a long wait, so that many wake at one moment.

    Without that, a process with thousands of waiters ran with cold caches: each poll took nearly twice the time.
    """
    return at if seconds < LONG_WAIT_S else math.ceil(at / WAITS_END_TOGETHER_S) * WAITS_END_TOGETHER_S


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


@dataclass(slots=True, eq=False)
class StepRun:
    """The state of one step while a job runs it.

    ``is_wanted`` turns False when the newest revision no longer wants it, or on a cancel.

    ``revision``: the newest that wanted it. ``request``: what its purchase asked for, also of a run without an order.
    ``is_free``: it costs nothing, so it may simply be stopped. ``is_sent``: it has left this machine, so it lands
    whatever happens; a run that was not sent is simply dropped. ``must_cancel``: its job was stopped: the provider is
    asked to cancel it, unless another of the account waits for it. ``failure``: once it has ended, why it brought
    nothing. ``notify`` is called with the reason why it waits, ``last_reason`` is the last one. ``is_billed_above``:
    its provider billed more than the quote.
    """

    step: StepKey
    fingerprint: Fingerprint
    report: Callable[[float], None]
    order: Order | None = None
    request: Request | None = None
    revision: int | None = None
    is_free: bool = False
    is_wanted: bool = True
    is_sent: bool = False
    must_cancel: bool = False
    is_billed_above: bool = False
    failure: Reason | None = None
    notify: Callable[[Reason], None] | None = None
    last_reason: Reason | None = None
    wake_event: WakeEvent = field(default_factory=WakeEvent)
    task: asyncio.Task[Any] | None = None

    def drop(self) -> None:
        """Mark the step as no longer wanted: it sends nothing more, and what was sent still lands."""
        self.is_wanted = False
        self.wake_event.set()

    def report_wait(self, reason: Reason) -> None:
        """Tell listeners why the step waits, unless the reason is the last one that was told."""
        if self.notify and reason != self.last_reason:
            self.last_reason = reason
            self.notify(reason)

    def wait_for_change(self, seconds: float) -> Awaitable[None]:
        """Sleep for ``seconds``, but wake early when something about this run changes, or has changed since the last
        call.

        Does not sleep if the run is neither wanted nor sent.
        """
        return self.wake_event.wait(seconds if self.is_wanted or self.is_sent else 0.0)


class RetrySignal(Exception):
    """Raised when a purchase brought nothing and another one may be bought for the same order; no error."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


class DropSignal(Exception):
    """Raised when a step was given up before it was sent, or was cancelled at its provider; no error."""
