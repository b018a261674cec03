"""Removal of files that lie at a provider for a purchase: inputs that were uploaded, and outputs that have landed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from reelwright.engine.policy import STAGED_INPUTS_REMOVAL_S
from reelwright.engine.steps.interfaces import Vault
from reelwright.errors import ReelwrightError
from reelwright.net.redact import redact_error
from reelwright.providers.protocol import Output, Provider
from reelwright.reason import Reason, build_reason
from reelwright.reel.base.value import Digest
from reelwright.reel.records.operation import Operation, Purchase


async def remove_staged(provider: Provider, staged_inputs: Sequence[Any]) -> bool:
    """Remove uploaded inputs from the provider; return whether they are gone.

    If the provider does not answer, the next rest of the project tries again.
    """
    if not staged_inputs:
        return True
    try:
        async with asyncio.timeout(STAGED_INPUTS_REMOVAL_S):
            await provider.unstage(staged_inputs)
    except (ReelwrightError, OSError):  # a timeout is an OSError; for want of a key, it is no ProviderError
        return False
    return True


async def remove_landed(
    vault: Vault, account: str, provider: Provider, operation: Operation, outputs: Sequence[Output],
    got: Mapping[int, Sequence[Digest]],
) -> Reason | None:  # fmt: skip
    """Remove outputs from the provider's storage, if their operation asks for it and the vault has all of them.

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
    return await _remove_outputs(provider, operation, outputs)


async def remove_copies(provider: Provider, purchase: Purchase) -> Reason | None:
    """Remove all that lies at the provider for a purchase whose results were deleted here.

    Return the reason why something may be left there, None if nothing is.
    """
    if not await remove_staged(provider, purchase.staged_inputs):
        return Reason("inputs_left")
    operation = purchase.operation
    return await _remove_outputs(provider, operation, None) if operation and _stays(operation) else None


def may_have_copies(purchase: Purchase) -> bool:
    """Whether anything lies at the provider for a purchase that has ended, until it is removed there."""
    return bool(purchase.staged_inputs) or (purchase.operation is not None and _stays(purchase.operation))


def _stays(operation: Operation) -> bool:
    return operation.facts.get("stays") is True


async def _remove_outputs(provider: Provider, operation: Operation, outputs: Sequence[Output] | None) -> Reason | None:
    try:
        async with asyncio.timeout(STAGED_INPUTS_REMOVAL_S):
            await provider.remove_outputs(operation, outputs)
    except (ReelwrightError, OSError) as error:  # also for want of a key
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
