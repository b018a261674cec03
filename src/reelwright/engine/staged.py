"""Removal of files that lie at a provider for a purchase: inputs that were uploaded, and outputs that have landed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from reelwright.engine.interfaces import Vault
from reelwright.errors import ProviderError, ReelwrightError
from reelwright.net.redact import redact
from reelwright.providers.protocol import Output, Provider
from reelwright.reel.operation import Operation
from reelwright.reel.value import Digest

_MOST_S: Final = 20.0


async def remove_staged(provider: Provider, staged_inputs: Sequence[Any]) -> bool:
    """Remove uploaded inputs at the provider. Return whether they are removed.

    If the provider does not answer, the next rest of the project tries again.
    """
    if not staged_inputs:
        return True
    try:
        async with asyncio.timeout(_MOST_S):
            await provider.unstage(staged_inputs)
    except (ProviderError, OSError):  # a timeout is an OSError
        return False
    return True


async def remove_landed(
    vault: Vault, account: str, provider: Provider, operation: Operation, outputs: Sequence[Output],
    got: Mapping[int, Sequence[Digest]],
) -> str:  # fmt: skip
    """Remove outputs at the provider if their operation asks for that and all of them are in the vault, byte for byte.

    Return a text about what is left there, empty if nothing is. If an output is missing, all of them stay.
    """
    if operation.facts.get("removes") is not True:
        return ""
    digests = [digest for some in got.values() for digest in some]
    if len(digests) < len(outputs):
        return f"{len(digests)} of {len(outputs)} outputs landed: all of them stay where they lie"
    for digest in digests:
        if not await _is_whole(vault, account, digest):
            return "what landed does not read back as it came: all of it stays where it lies"
    try:
        async with asyncio.timeout(_MOST_S):
            await provider.remove_outputs(operation, outputs)
    except (ProviderError, OSError) as error:
        return redact(f"what landed may still lie there: {error}")
    return ""


async def _is_whole(vault: Vault, account: str, digest: Digest) -> bool:
    seen = hashlib.sha256()
    try:
        async for part in vault.read(account, digest):
            seen.update(part)
    except (OSError, ReelwrightError):
        return False
    return seen.hexdigest() == digest
