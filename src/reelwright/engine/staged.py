"""Inputs that were put at a provider for a purchase, and are removed there once they are not needed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from reelwright.errors import ProviderError
from reelwright.providers.protocol import Provider

_MOST_S: Final = 20.0


async def remove_staged(provider: Provider, staged: Sequence[Any]) -> bool:
    """Whether they are removed. A provider that does not answer is asked again when the project rests next."""
    if not staged:
        return True
    try:
        async with asyncio.timeout(_MOST_S):
            await provider.unstage(staged)
    except (ProviderError, OSError):  # a timeout is an OSError
        return False
    return True
