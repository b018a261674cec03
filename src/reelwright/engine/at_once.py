"""How many purchases of some projects may be under way at one time, in this process: the next goes when one is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from reelwright.engine.errand import Errand


class AtOnce(Protocol):
    """Whose turn it is to be under way, among those that are counted together. Writes nothing."""

    slots: asyncio.Semaphore

    def began(self) -> None:
        """A turn has come."""


AtOnceOf = Callable[[str], AtOnce | None]
"""Project id to those it is counted with; None: with nobody."""


class turn:  # noqa: N801  it reads as a verb, and is one object where a generator would be four: thousands wait in it
    """While inside, the errand is under way. What is sent already is counted where there is room, and never waits; nor
    does what is not meant any more.
    """

    __slots__ = ("_counted", "_counts", "_errand")

    def __init__(self, counted: AtOnce | None, errand: Errand) -> None:
        self._counted, self._errand, self._counts = counted, errand, False

    async def __aenter__(self) -> None:
        if self._counted:
            self._counts = await _taken(self._counted.slots, self._errand)
            self._counted.began()

    async def __aexit__(self, *_: object) -> None:
        if self._counted and self._counts:
            self._counted.slots.release()


async def _taken(slots: asyncio.Semaphore, errand: Errand) -> bool:
    """Whether it holds a slot now."""
    if not slots.locked():
        return await slots.acquire()  # at once
    if errand.sent:
        return False
    taking: asyncio.Future[Any] = asyncio.ensure_future(slots.acquire())
    stopped = True
    try:
        while errand.meant and not taking.done():
            await _either(taking, errand)
        stopped = False
    finally:
        if stopped and not taking.cancel():
            slots.release()
    return not taking.cancel()


async def _either(taking: asyncio.Future[Any], errand: Errand) -> None:
    """Until it has its turn, or something about the errand has changed."""
    changed: asyncio.Future[Any] = asyncio.ensure_future(errand.changed.wait())
    try:
        await asyncio.wait({taking, changed}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        changed.cancel()
