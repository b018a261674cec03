"""Removal of files that lie at a provider for a purchase: inputs that were uploaded, and outputs that have landed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from reelwright.engine.steps.interfaces import Vault
from reelwright.errors import ProviderError, ReelwrightError
from reelwright.net.redact import redact_error
from reelwright.providers.protocol import Output, Provider
from reelwright.reason import Reason, build_reason
from reelwright.reel.base.value import Digest
from reelwright.reel.records.operation import Operation

_MOST_S: Final = 20.0


async def remove_staged(provider: Provider, staged_inputs: Sequence[Any]) -> bool:
    """Remove uploaded inputs from the provider; return whether they are gone.

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
) -> Reason | None:  # fmt: skip
    """Remove outputs from the provider's storage, if their operation asks for it and the vault has all of them. Return
    the reason why something is left there, None if nothing is. If an output is missing, all of them stay.

    Return the reason why something is left there, None if nothing is. If an output is missing, all of them stay.
    """
    if operation.facts.get("removes") is not True:
        return None
    digests = [digest for some in got.values() for digest in some]
    if len(digests) < len(outputs):
        return build_reason("outputs_left_incomplete", landed=len(digests), wanted=len(outputs))
    for digest in digests:
        if not await _is_whole(vault, account, digest):
            return Reason("outputs_left_unverified")
    try:
        async with asyncio.timeout(_MOST_S):
            await provider.remove_outputs(operation, outputs)
    except (ProviderError, OSError) as error:
        return build_reason("outputs_left_after_error", cause=redact_error(error))
    return None


async def _is_whole(vault: Vault, account: str, digest: Digest) -> bool:
    seen = hashlib.sha256()
    try:
        async for part in vault.read(account, digest):
            seen.update(part)
    except (OSError, ReelwrightError):
        return False
    return seen.hexdigest() == digest
