"""A provider's remote work: polled until it is over, asked to cancel, and what it brought fetched into the vault."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any, Final

from reelwright.engine.errand import Errand
from reelwright.engine.waist import Vault
from reelwright.errors import NotAccepted, NotFound, ProviderError
from reelwright.providers.protocol import Output, Progress, Provider
from reelwright.reel.crashpoints import reach
from reelwright.reel.document import to_plain
from reelwright.reel.noun import Digest, noun
from reelwright.reel.operation import Operation, Purchase
from reelwright.reel.outcome import Missing, Outcome

CAP_BYTES: Final = 2 * 1024**3
"""Largest output that is taken from a provider. Source: PROMISES.md 5."""
_FETCHES: Final = 3
_GROWTH: Final = 1.5
_JITTER: Final = 0.2
_REASONS: Final = {"refused": "filtered", "expired": "expired", "lost": "lost"}


@noun
class Pace:
    """Seconds between polls. Source: DESIGN.md 3.6."""

    least_s: float = 10.0
    most_s: float = 30.0


async def follow(provider: Provider, operation: Operation, errand: Errand, pace: Pace) -> Progress:
    """Poll until it is over. Writes nothing. A poll that fails is one that told nothing: the next one comes."""
    asked = False
    wait = pace.least_s
    while True:
        if errand.stop and not asked:
            asked = True
            await provider.cancel(operation)
        progress = await _poll(provider, operation)
        if progress and progress.state not in ("queued", "running"):
            return progress
        if progress and progress.done is not None:
            errand.report(progress.done)
        told = progress.again_in if progress else 0.0
        seconds = min(max(told, wait), pace.most_s)
        await errand.rest(seconds * random.uniform(1 - _JITTER, 1 + _JITTER))
        wait = min(wait * _GROWTH, pace.most_s)
        reach("C07")


async def _poll(provider: Provider, operation: Operation) -> Progress | None:
    try:
        return await provider.poll(operation)
    except (ProviderError, OSError):
        return None


async def collect(
    vault: Vault, account: str, provider: Provider, operation: Operation | None, progress: Progress
) -> tuple[dict[int, list[Digest]], tuple[Missing, ...]]:
    """Digests by sample, fetched in the order in which they expire; what is not there any more is missing."""
    got: dict[int, list[Digest]] = {}
    missing = list(progress.missing)
    never = datetime.max.replace(tzinfo=UTC)
    for output in sorted(progress.outputs, key=lambda o: o.expires or never):
        try:
            digest = output.asset or await _fetched(vault, account, provider, operation, output)
        except NotFound as error:
            missing.append(Missing(sample=output.sample, reason="expired", said=str(error)))
        else:
            got.setdefault(output.sample, []).append(digest)
    return got, tuple(missing)


async def _fetched(
    vault: Vault, account: str, provider: Provider, operation: Operation | None, output: Output
) -> Digest:
    assert operation, "an answer without an operation has kept its bytes"
    for _ in range(_FETCHES - 1):
        try:
            return await vault.put(account, provider.fetch(operation, output), output.mime, CAP_BYTES)
        except (NotAccepted, OSError):
            continue
    return await vault.put(account, provider.fetch(operation, output), output.mime, CAP_BYTES)


def landed(
    purchase: Purchase, progress: Progress, got: dict[int, list[Digest]], missing: tuple[Missing, ...]
) -> Outcome:
    """What is recorded of an answer, in the order of samples. The only asset of a round needs no choice."""
    assets = tuple(digest for sample in sorted(got) for digest in got[sample])
    if not assets and not missing:
        missing = (Missing(sample=0, reason=_reason(progress), said=progress.said),)
    facts: dict[str, Any] = dict(_first(progress.outputs).facts) if progress.outputs else {}
    if progress.bill and progress.bill.micros:
        facts["bill"] = to_plain(progress.bill)
    return Outcome(
        fingerprint=purchase.fingerprint,
        assets=assets,
        missing=missing,
        chosen=assets[0] if len(got) == 1 else None,
        facts=facts,
    )


def _first(outputs: tuple[Output, ...]) -> Output:
    return min(outputs, key=lambda o: o.sample)


def _reason(progress: Progress) -> Any:
    return _REASONS.get(progress.state, "failed")
