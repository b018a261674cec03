"""How many purchases of some projects may be under way at one time, in this process: the next goes when one is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from reelwright.engine.errand import Errand


class AtOnce(Protocol):
    """Whose turn it is to be under way, among those that are counted together. Writes nothing."""

    slots: asyncio.Semaphore

    def began(self) -> None:
        """A turn has come."""


AtOnceOf = Callable[[str], AtOnce | None]
"""Project id to those it is counted with; None: with nobody."""


@asynccontextmanager
async def turn(counted: AtOnce | None, errand: Errand) -> AsyncIterator[None]:
    """While inside, the errand is under way. What is sent already is counted where there is room, and never waits; nor
    does what is not meant any more.
    """
    if counted is None:
        yield
        return
    counts = await _taken(counted.slots, errand)
    try:
        counted.began()
        yield
    finally:
        if counts:
            counted.slots.release()


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
