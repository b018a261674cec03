"""Closes streams of bytes in the task that reads them, at once, also if they were read in part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def ensure_closed(parts: AsyncIterator[bytes]) -> AsyncIterator[AsyncIterator[bytes]]:
    """Close ``parts`` at the end of the block, also after an error such as a full disk.

    A generator that is left open is closed by the garbage collector in another task and context. There it cannot
    release its connection or reset its context variables, which ends in a traceback on standard error.
    """
    try:
        yield parts
    finally:
        close = getattr(parts, "aclose", None)
        if close is not None:
            await close()
