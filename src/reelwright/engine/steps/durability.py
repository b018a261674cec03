"""Functions that keep a send together with its answer, and retry the write that records a purchase."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

from reelwright.errors import StoreUnavailable

T = TypeVar("T")

ANSWER_S: Final = 20.0
"""How long a cancelled director still waits for the answer to a send."""
_WRITE_AGAIN_S: Final = (0.2, 1.0, 3.0, 10.0)


async def retry_write(write: Callable[[], Awaitable[T]]) -> T:
    """Await ``write()``; retry it up to four times, over about 14 s, while the journal is unavailable.

    Raises ``StoreUnavailable`` after that.
    """
    for wait in _WRITE_AGAIN_S:
        try:
            return await write()
        except StoreUnavailable:
            await asyncio.sleep(wait)
    return await write()


async def finish_despite_cancel(coro: Coroutine[Any, Any, T]) -> T:
    """Await ``coro`` to its end even if the caller is cancelled, for up to ``ANSWER_S`` seconds after that.

    The answer to a send is so recorded before the process stops.
    """
    task = asyncio.ensure_future(coro)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=ANSWER_S)
        if task.cancel():
            await asyncio.wait({task})
        elif not task.cancelled():
            task.exception()  # mark the exception as retrieved: the caller gets the CancelledError
        raise
