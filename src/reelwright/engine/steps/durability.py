"""Functions that keep a send together with its answer, and retry the write that records a purchase."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from reelwright.engine.policy import CANCELLED_SEND_WAIT_S, WRITE_RETRY_WAITS_S
from reelwright.errors import StoreUnavailable

T = TypeVar("T")


async def retry_write(write: Callable[[], Awaitable[T]]) -> T:
    """Await ``write()``; retry it up to four times, over about 14 s, while the journal is unavailable.

    Raises ``StoreUnavailable`` after that.
    """
    for wait in WRITE_RETRY_WAITS_S:
        try:
            return await write()
        except StoreUnavailable:
            await asyncio.sleep(wait)
    return await write()


async def finish_despite_cancel(coro: Coroutine[Any, Any, T]) -> T:
    """Await ``coro`` to its end even if the caller is cancelled, for up to ``CANCELLED_SEND_WAIT_S`` after that.

    The answer to a send is so recorded before the process stops.
    """
    task = asyncio.ensure_future(coro)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=CANCELLED_SEND_WAIT_S)
        if task.cancel():
            await asyncio.wait({task})
        elif not task.cancelled():
            task.exception()  # mark the exception as retrieved: the caller gets the CancelledError
        raise
