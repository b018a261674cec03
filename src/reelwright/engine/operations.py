"""A provider's remote work: polled until it is over, asked to cancel, and what is recorded of what it brought."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from typing import Any, Final

from reelwright.engine import clock
from reelwright.engine.bills import is_bill
from reelwright.engine.errand import Errand
from reelwright.errors import DecisionNeeded, NotFound, ProviderError, Refused, Unreachable
from reelwright.providers.protocol import Output, Progress, Provider
from reelwright.reel.crashpoints import reach
from reelwright.reel.document import to_plain
from reelwright.reel.noun import Digest, noun
from reelwright.reel.operation import Operation, Purchase
from reelwright.reel.outcome import Missing, Outcome

_REFUSALS: Final = 3
"""Polls in a row that are refused before a person is told: a key may have been revoked."""
_SPREAD_S: Final = 4.0
"""Resumed operations are polled within so many seconds. Source: PROMISES.md P8."""
_SOONEST_S: Final = 0.5
_LONGEST_WAIT_S: Final = 600.0
"""The longest wait before a poll that a provider is believed: more is a mistake of theirs."""
_GROWTH: Final = 1.5
_JITTER: Final = 0.1
"""Enough to part in a few polls what began together. More of it, never above the longest wait, is only more polls."""
_SILENT: Final = "the provider did not bring it and gave no reason"
_SAID: Final = {"succeeded": _SILENT, "cancelled": "the provider cancelled it"}
_REASONS: Final = {"refused": "filtered", "expired": "expired", "lost": "lost"}


@noun
class Pace:
    """Seconds between polls, and before the first one of a model that is never sooner done. Source: DESIGN.md 3.6.

    ``longest_s``: what is not over after so long is told to a person, who may have it polled again. ``patience_s``:
    what was taken on, and is not known there or cannot be fetched for so long without a break, is told sooner.
    ``download_s``: one download at most.
    """

    least_s: float = 10.0
    most_s: float = 30.0
    first_s: float = 0.0
    longest_s: float = 86_400.0
    patience_s: float = 900.0
    download_s: float = 1_800.0


async def follow(
    provider: Provider, operation: Operation, errand: Errand, pace: Pace, *, resumed: bool = False
) -> Progress:
    """Poll until it is over. Writes nothing. A poll that fails is one that told nothing: the next one comes.

    Never sooner than the provider said. What is ``resumed`` begins at a moment of its own, so that a director that
    comes back asks no provider about everything at once. Raises ``DecisionNeeded`` when the provider refuses to tell,
    several times in a row, when it does not know the operation for long, and when it is not over for very long: it
    stays bought, and is no refusal of what was asked. What is not known now may be later: ``lost`` is returned of a
    server of one's own only, which costs nothing and forgets its work when it is restarted.
    """
    until = clock.seconds() + pace.longest_s
    unknown_since: float | None = None
    asked = False
    refusals = 0
    wait = pace.least_s
    await errand.rest(random.uniform(0, min(_SPREAD_S, wait)) if resumed else pace.first_s)
    while True:
        if errand.stop and not asked:
            asked = await _asked_to_cancel(provider, operation)
        held = 0.0
        try:
            progress = await _poll(provider, operation)
            refusals = 0
        except Refused as error:
            progress = None
            refusals += 1
            if refusals == _REFUSALS:
                raise DecisionNeeded(
                    f"it was taken on, and {provider.name} refuses to tell how far it is: {error}",
                    hint=f"{error.hint or 'look at the key'}; it stays bought; then `reelwright resume`",
                ) from error
        except (ProviderError, OSError) as error:
            progress = None
            held = min(error.after_s, _LONGEST_WAIT_S) if isinstance(error, Unreachable) else 0.0
            errand.waits(f"{provider.name} does not tell how far it is ({error}); it is asked again")
        if progress and progress.state == "lost" and provider.resubmit != "free":
            unknown_since = clock.seconds() if unknown_since is None else unknown_since
            if errand.stop or clock.seconds() - unknown_since >= pace.patience_s:
                raise _not_known_there(provider, operation, progress)
            errand.waits(f"{provider.name} does not know it now ({progress.said}); it is asked again")
        elif progress:
            unknown_since = None
            if progress.state not in ("queued", "running"):
                return progress
        if clock.seconds() > until:
            raise DecisionNeeded(
                f"{provider.name} took it on as {operation.id}; it is not over after {pace.longest_s / 3600:g} hours",
                hint="it stays bought; look for it there; `reelwright resume` waits for it again",
            )
        if progress and progress.done is not None:
            errand.report(progress.done)
        rest_s = max(_rest_s(progress, wait, pace), held)
        del progress  # nothing of an answer is kept while thousands wait
        await errand.rest(rest_s)
        wait = min(wait * _GROWTH, pace.most_s)
        reach("C07")


async def _poll(provider: Provider, operation: Operation) -> Progress:
    try:
        return await provider.poll(operation)
    except NotFound as error:
        return Progress(state="lost", said=str(error))


def _not_known_there(provider: Provider, operation: Operation, progress: Progress) -> DecisionNeeded:
    return DecisionNeeded(
        f"{provider.name} took it on as {operation.id} and says that it does not know it: {progress.said}",
        hint="it stays bought; `reelwright resume` asks again; where it is gone for good, or has another id there: "
        "`reelwright spend decide`",
    )


def _rest_s(progress: Progress | None, wait: float, pace: Pace) -> float:
    """Seconds to the next poll: a little more or less than is due, and never more than the longest."""
    told = progress.again_in if progress else 0.0
    seconds = min(max(told, wait), pace.most_s, _half_of_its_life(progress))
    return seconds * random.uniform(1 - _JITTER, min(1 + _JITTER, pace.most_s / seconds))


def _half_of_its_life(progress: Progress | None) -> float:
    """Seconds to the next poll at most, so that what is ready is never found too late."""
    if progress is None:
        return math.inf
    now = datetime.now(UTC)
    lives = [(output.expires - now).total_seconds() for output in progress.outputs if output.expires]
    lives += [progress.life_s] if progress.life_s is not None else []
    return max(_SOONEST_S, min(lives) / 2) if lives else math.inf


async def _asked_to_cancel(provider: Provider, operation: Operation) -> bool:
    try:
        await provider.cancel(operation)
    except (ProviderError, OSError):
        return False  # asked again before the next poll
    return True


def landed(
    purchase: Purchase,
    progress: Progress,
    got: dict[int, list[Digest]],
    missing: tuple[Missing, ...],
    samples: int,
) -> Outcome:
    """What is recorded of an answer, in the order of samples. The only asset of a round needs no choice.

    ``samples``: how many were asked for, 0 where nobody knows any more; those that did not come are missing.
    """
    assets = tuple(digest for sample in sorted(got) for digest in got[sample])
    if not assets and not missing:
        missing = (Missing(sample=0, reason=_reason(progress), said=progress.said or _SAID.get(progress.state, "")),)
    told = {*got, *(absent.sample for absent in missing)}
    if assets:
        missing += tuple(Missing(sample=n, reason="failed", said=_SILENT) for n in range(samples) if n not in told)
    facts: dict[str, Any] = dict(_first(progress.outputs).facts) if progress.outputs else {}
    if is_bill(progress.bill) and purchase.resubmit != "free":
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
