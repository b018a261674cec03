"""A limit on concurrent purchases of some projects, in this process: the next one starts when one ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from reelwright.engine.step_run import StepRun


class ConcurrencyLimit(Protocol):
    """A limit that the purchases of several projects share. Writes nothing."""

    slots: asyncio.Semaphore

    def record_start(self) -> None:
        """Record that a purchase got a slot."""


FindConcurrencyLimit = Callable[[str], ConcurrencyLimit | None]
"""Returns the limit of a project id, or None if the project has none."""


class ConcurrencySlot:
    """Holds a slot of a concurrency limit for the length of the block, and waits for one if the limit is full.

    A run that was sent already takes a free slot if there is one, and never waits; a run that is no longer wanted does
    not wait either. A class, because a generator would be four objects, and thousands wait in it.
    """

    __slots__ = ("_errand", "_has_slot", "_limit")

    def __init__(self, limit: ConcurrencyLimit | None, run: StepRun) -> None:
        self._limit, self._errand, self._has_slot = limit, run, False

    async def __aenter__(self) -> None:
        if self._limit:
            self._has_slot = await _acquire_slot(self._limit.slots, self._errand)
            self._limit.record_start()

    async def __aexit__(self, *_: object) -> None:
        if self._limit and self._has_slot:
            self._limit.slots.release()


async def _acquire_slot(slots: asyncio.Semaphore, run: StepRun) -> bool:
    """Take a slot, waiting for it if need be. Return whether the run holds one now."""
    if not slots.locked():
        return await slots.acquire()  # does not wait
    if run.is_sent:
        return False
    taking: asyncio.Future[Any] = asyncio.ensure_future(slots.acquire())
    stopped = True
    try:
        while run.is_wanted and not taking.done():
            await _wait_for_either(taking, run)
        stopped = False
    finally:
        if stopped and not taking.cancel():
            slots.release()
    return not taking.cancel()


async def _wait_for_either(taking: asyncio.Future[Any], run: StepRun) -> None:
    """Wait until the slot is acquired, or until something about the run has changed."""
    changed: asyncio.Future[Any] = asyncio.ensure_future(run.wake_event.wait())
    try:
        await asyncio.wait({taking, changed}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        changed.cancel()
