"""What must not be torn apart: a send and its answer, and the write that records what was bought."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

from reelwright.errors import StoreUnavailable

T = TypeVar("T")

ANSWER_S: Final = 20.0
"""How long a director that was stopped still waits for the answer to what it has sent."""
_WRITE_AGAIN_S: Final = (0.2, 1.0, 3.0, 10.0)


async def surely(write: Callable[[], Awaitable[T]]) -> T:
    """Try a write again for as long as the journal may be back in a moment. Raises ``StoreUnavailable`` after that."""
    for wait in _WRITE_AGAIN_S:
        try:
            return await write()
        except StoreUnavailable:
            await asyncio.sleep(wait)
    return await write()


async def whole(sending: Coroutine[Any, Any, T]) -> T:
    """Run to the end, also when cancelled: the answer is recorded first, if it comes within ``ANSWER_S``."""
    task = asyncio.ensure_future(sending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=ANSWER_S)
        if task.cancel():
            await asyncio.wait({task})
        elif not task.cancelled():
            task.exception()  # seen: the stop is what its caller hears of
        raise
