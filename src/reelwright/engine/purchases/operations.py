"""Remote work at a provider: polling it until it ends, asking it to cancel, and the outcome made of its result."""

from __future__ import annotations

import math
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from reelwright.catalogue.deliveries import find_shortfalls
from reelwright.catalogue.models import load_models
from reelwright.engine.policy import (
    DOWNLOAD_S,
    EMPTY_POLLS_BELIEVED,
    FIRST_POLL_WAIT_S,
    LONGEST_OPERATION_S,
    LONGEST_POLL_WAIT_S,
    MAX_REQUESTED_POLL_WAIT_S,
    POLL_WAIT_GROWTH,
    POLL_WAIT_JITTER,
    REFUSED_POLLS_REPORTED,
    RESUMED_POLLS_SPREAD_S,
    SOONEST_EXPIRY_POLL_S,
    UNKNOWN_OPERATION_PATIENCE_S,
)
from reelwright.engine.purchases.bills import choose_bill, to_quoted_price
from reelwright.engine.steps import clock
from reelwright.engine.steps.step_run import StepRun
from reelwright.errors import DecisionNeeded, NotFound, ProviderError, Refused, Unreachable
from reelwright.messages import format_reason
from reelwright.providers.protocol import Output, Progress, Provider
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.crashpoints import reach
from reelwright.reel.base.document import to_plain
from reelwright.reel.base.value import Digest, define_value
from reelwright.reel.graph.outcome import KEPT, MissingSample, Outcome, TakeMeasures
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Operation, Purchase
from reelwright.tracing import trace_span

_SILENT: Final = "the provider did not bring it and gave no reason"
_SAID: Final = {"succeeded": _SILENT, "cancelled": "the provider cancelled it"}
_REASONS: Final = {"refused": "filtered", "expired": "expired", "lost": "lost"}


MayCancel = Callable[[], Awaitable[bool]]
"""Returns whether the provider may be asked to cancel, before each time it is asked; may end the run by an error."""


@define_value
class Pace:
    """Times in seconds for polling an operation. Source: DESIGN.md 3.6.

    ``least_s`` to ``most_s``: between two polls. ``first_s``: before the first poll of a model that is never done
    sooner. ``longest_s``: an operation that is not over after this time is reported to a person, who may have it polled
    again. ``patience_s``: so is one that its provider does not know, or that cannot be fetched, for this long without a
    break. ``download_s``: the limit of one download.
    """

    least_s: float = FIRST_POLL_WAIT_S
    most_s: float = LONGEST_POLL_WAIT_S
    first_s: float = 0.0
    longest_s: float = LONGEST_OPERATION_S
    patience_s: float = UNKNOWN_OPERATION_PATIENCE_S
    download_s: float = DOWNLOAD_S


async def follow(
    provider: Provider, operation: Operation, run: StepRun, pace: Pace, may_cancel: MayCancel, *,
    is_resumed: bool = False,
) -> Progress:  # fmt: skip
    """Poll the operation until it is over and return its last progress; ask the provider to cancel it if the run must,
    and ``may_cancel`` allows it.

    Writes nothing. A poll that fails is followed by the next one. With ``is_resumed`` the first poll comes at a random
    moment, so that a director that comes back does not ask a provider about everything at once.

    Raises ``DecisionNeeded`` if the provider refuses several polls in a row, does not know the operation for
    ``pace.patience_s``, or has not finished it after ``pace.longest_s``. The purchase stays bought: none of these is a
    refusal of the request. The state ``lost`` is returned only for a server of the user's own, which costs nothing and
    forgets its work when it restarts.
    """
    until = clock.read_seconds() + pace.longest_s
    unknown_since: float | None = None
    cancel_requested = False
    refusals = empty_looks = 0
    wait = pace.least_s
    await run.wait_for_change(random.uniform(0, min(RESUMED_POLLS_SPREAD_S, wait)) if is_resumed else pace.first_s)
    while True:
        if run.must_cancel and not cancel_requested and await may_cancel():
            cancel_requested = await _request_cancel(provider, operation)
        held = 0.0
        try:
            progress = await _poll(provider, operation)
            refusals = 0
        except Refused as error:
            progress = None
            refusals += 1
            if refusals == REFUSED_POLLS_REPORTED:
                actions = [*(error.actions or [Action("fix_key", {"provider": provider.name})]), Action("resume_job")]
                raise DecisionNeeded(
                    code="poll_refused", provider=provider.name, cause=error, actions=actions
                ) from error
        except (ProviderError, OSError) as error:
            progress = None
            held = min(error.after_s, MAX_REQUESTED_POLL_WAIT_S) if isinstance(error, Unreachable) else 0.0
            run.report_wait(build_reason("poll_failed", provider=provider.name, cause=error))
        if progress and progress.state == "lost" and provider.resubmit != "free":
            unknown_since = clock.read_seconds() if unknown_since is None else unknown_since
            if run.must_cancel or clock.read_seconds() - unknown_since >= pace.patience_s:
                raise _build_decision_needed(provider, operation, progress)
            run.report_wait(build_reason("operation_missing_now", provider=provider.name, cause=progress.message))
        elif progress:
            unknown_since = None
            is_unbelieved = progress.is_empty and provider.resubmit != "free" and empty_looks < EMPTY_POLLS_BELIEVED
            if progress.state not in ("queued", "running") and not is_unbelieved:
                return progress
            if is_unbelieved:
                empty_looks += 1
                cause = Unreachable(code="answer_not_understood", provider=provider.name, fault=progress.message)
                run.report_wait(build_reason("poll_failed", provider=provider.name, cause=cause))
        if clock.read_seconds() > until:
            raise DecisionNeeded(
                code="operation_overdue", provider=provider.name, operation=operation.id,
                hours=pace.longest_s / 3600, actions=[Action("resume_job")],
            )  # fmt: skip
        if progress and progress.fraction_done is not None:
            run.report(progress.fraction_done)
        rest_s = max(_rest_s(progress, wait, pace), held)
        del progress  # free the answer: thousands wait here
        await run.wait_for_change(rest_s)
        wait = min(wait * POLL_WAIT_GROWTH, pace.most_s)
        reach("C07")


async def _poll(provider: Provider, operation: Operation) -> Progress:
    try:
        with trace_span("provider.poll", provider=provider.name, operation=operation.id) as span:
            progress = await provider.poll(operation)
            span.note(state=progress.state)
            return progress
    except NotFound as error:
        return Progress(state="lost", message=str(error))


def _build_decision_needed(provider: Provider, operation: Operation, progress: Progress) -> DecisionNeeded:
    return DecisionNeeded(
        code="operation_unknown", provider=provider.name, operation=operation.id, cause=progress.message,
        actions=[Action("resume_job"), Action("decide_purchase")],
    )  # fmt: skip


def _rest_s(progress: Progress | None, wait: float, pace: Pace) -> float:
    """Return the seconds to the next poll, with jitter, and never more than ``pace.most_s``."""
    retry_after_s = progress.poll_in_s if progress else 0.0
    seconds = min(max(retry_after_s, wait), pace.most_s, _compute_half_lifetime_s(progress))
    return seconds * random.uniform(1 - POLL_WAIT_JITTER, min(1 + POLL_WAIT_JITTER, pace.most_s / seconds))


def _compute_half_lifetime_s(progress: Progress | None) -> float:
    """Return half the time until the outputs expire: with a poll by then, they are never found too late."""
    if progress is None:
        return math.inf
    now = datetime.now(UTC)
    lives = [(output.expires - now).total_seconds() for output in progress.outputs if output.expires]
    lives += [progress.life_s] if progress.life_s is not None else []
    return max(SOONEST_EXPIRY_POLL_S, min(lives) / 2) if lives else math.inf


async def _request_cancel(provider: Provider, operation: Operation) -> bool:
    try:
        with trace_span("provider.cancel", provider=provider.name, operation=operation.id):
            await provider.cancel(operation)
    except (ProviderError, OSError):
        return False  # the next turn of the loop asks again
    return True


def build_outcome(
    purchase: Purchase,
    progress: Progress,
    got: dict[int, list[Digest]],
    missing: tuple[MissingSample, ...],
    samples: int,
) -> Outcome:
    """Build the outcome to record for a purchase: the assets in the order of samples, and what is missing. A single
    sample is chosen at once.

    ``samples``: how many were requested, 0 if that is no longer known. Samples that did not come are listed as missing.
    """
    assets = tuple(digest for sample in sorted(got) for digest in got[sample])
    if not assets and not missing:
        missing = (
            MissingSample(
                sample=0, reason=_reason(progress), message=progress.message or _SAID.get(progress.state, "")
            ),
        )
    reported = {*got, *(absent.sample for absent in missing)}
    if assets:
        missing += tuple(
            MissingSample(sample=n, reason="failed", message=_SILENT) for n in range(samples) if n not in reported
        )
    facts: dict[str, Any] = dict(_first(progress.outputs).facts) if progress.outputs else {}
    if progress.bill and purchase.resubmit != "free":
        facts["bill"] = to_plain(choose_bill(progress, purchase, to_quoted_price(purchase)))
    return Outcome(
        fingerprint=purchase.fingerprint,
        assets=assets,
        missing=missing,
        chosen_asset=assets[0] if len(got) == 1 else None,
        facts=facts,
    )


def set_aside(
    got: Mapping[int, Sequence[Digest]], missing: tuple[MissingSample, ...], wrong: Mapping[Digest, Reason]
) -> tuple[dict[int, list[Digest]], tuple[MissingSample, ...]]:
    """Return the files of each sample without those of a wrong kind, and what is missing then: nothing can be made from
    a file that is not what was ordered.
    """
    left = {sample: [one for one in digests if one not in wrong] for sample, digests in got.items()}
    lost = tuple(
        MissingSample(sample=sample, reason="failed", message=f"{format_reason(wrong[got[sample][0]])}; it is kept")
        for sample, digests in left.items()
        if not digests and got[sample]
    )
    return {sample: digests for sample, digests in left.items() if digests}, (*missing, *lost)


def note_wrong_kinds(outcome: Outcome, wrong: Mapping[Digest, Reason]) -> Outcome:
    """Return the outcome with the files of a wrong kind in its facts: they were paid for, so they are kept."""
    if not wrong:
        return outcome
    noted = [*outcome.facts.get("shortfalls", ()), *(reason.to_json() for reason in wrong.values())]
    return replace(outcome, facts={**outcome.facts, KEPT: list(wrong), "shortfalls": noted})


def note_measures(outcome: Outcome, request: Request | None, measures: Mapping[Digest, TakeMeasures]) -> Outcome:
    """Return the outcome with the measures of its takes in its facts, and with what they lack of their ``request``.

    ``request`` None: nobody knows any longer what was ordered.
    """
    if not measures:
        return outcome
    facts = {**outcome.facts, "measures": {digest: to_plain(found) for digest, found in measures.items()}}
    row = load_models().get(request.model) if request else None
    lacks = [find_shortfalls(request, row, found) for found in measures.values()] if request else []
    if shortfalls := [reason.to_json() for reasons in lacks for reason in reasons]:
        facts["shortfalls"] = shortfalls
    return replace(outcome, facts=facts)


def list_noted_shortfalls(outcome: Outcome | None) -> tuple[Reason, ...]:
    """List what the takes of an outcome lack of their order, as it was noted when they landed."""
    noted = outcome.facts.get("shortfalls", ()) if outcome else ()
    return tuple(reason for one in noted if (reason := Reason.from_json(one)))


def _first(outputs: tuple[Output, ...]) -> Output:
    return min(outputs, key=lambda o: o.sample)


def _reason(progress: Progress) -> Any:
    return _REASONS.get(progress.state, "failed")
