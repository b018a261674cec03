"""Streams of bytes that are read in part: closed where they are read, in the same task, at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def closing(parts: AsyncIterator[bytes]) -> AsyncIterator[AsyncIterator[bytes]]:
    """Close ``parts`` when the block is left, also by an error such as a full disk.

    A generator that is left open is closed by the garbage collector, in another task and context, in which what it
    holds (a connection, a note of who asked) cannot be let go of: that ends in a traceback on standard error.
    """
    try:
        yield parts
    finally:
        close = getattr(parts, "aclose", None)
        if close is not None:
            await close()
