"""The conclusion of a job: done, failed, or waiting for a person, with the reason that it shows."""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass, field
from typing import Final, Literal

from reelwright.engine.policy import MAX_LANDINGS_OF_A_STEP
from reelwright.engine.steps.interfaces import Production
from reelwright.errors import (
    DecisionNeeded,
    NeedsConsent,
    NotAccepted,
    OutcomeUnknown,
    OverBudget,
    Refused,
)
from reelwright.net.redact import redact_error
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.value import Digest, Fingerprint, StepKey, define_value
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.outcome import PASSING_REASONS, RETRIED_REASONS
from reelwright.reel.graph.wanted_steps import WantedSteps, resolve_steps
from reelwright.reel.records.operation import Standing, WaitReason

_HELD: Final = (Refused, NotAccepted, OutcomeUnknown, DecisionNeeded)


@define_value
class JobConclusion:
    """The state of a job once nothing of it runs: done, failed or waiting, and the reason. ``film``: the digest of the
    finished film.
    """

    state: Literal["done", "failed", "waiting"]
    reason: Reason | None = None
    wait_reason: WaitReason = "decision"
    step: StepKey | None = None
    film: Digest | None = None


@dataclass(slots=True)
class Troubles:
    """The problems of one job run: failures, steps that wait for a person, and refusals. It does not start a failed or
    held step again.

    ``waits``: steps that wait for a person. ``refusals``: steps that a provider refused. ``purchase_block``: set while
    nothing may be bought until a person agrees to more. ``landing_counts``: how often each step landed.
    """

    failures: list[Reason] = field(default_factory=list)
    waits: dict[Fingerprint, JobConclusion] = field(default_factory=dict)
    purchase_block: JobConclusion | None = None
    landing_counts: dict[Fingerprint, int] = field(default_factory=dict)
    refusals: dict[Fingerprint, StepKey] = field(default_factory=dict)

    def record_error(self, step: StepKey, fp: Fingerprint, error: BaseException) -> None:
        """Record the error of a step, either as a wait for a person or as a failure of the job."""
        reason = redact_error(error, step)
        why = _find_wait_reason(error)
        if isinstance(error, Refused):
            self.refusals[fp] = step
        if why:
            self.waits[fp] = JobConclusion(state="waiting", wait_reason=why, step=step, reason=reason)
        else:
            self.failures.append(reason)

    def find_refused_steps(self, wanted_fingerprints: Collection[Fingerprint]) -> set[StepKey]:
        """Return the steps among ``wanted_fingerprints`` that their provider refused."""
        return {step for fp, step in self.refusals.items() if fp in wanted_fingerprints}

    def count_landing(self, step: StepKey, fp: Fingerprint) -> None:
        """Count that a step landed; at its third landing, record that the job fails, because another would not help."""
        self.landing_counts[fp] = self.landing_counts.get(fp, 0) + 1
        if self.landing_counts[fp] >= MAX_LANDINGS_OF_A_STEP:
            self.failures.append(build_reason("made_repeatedly", step=step, times=MAX_LANDINGS_OF_A_STEP))


def _find_wait_reason(error: BaseException) -> WaitReason | None:
    """Return what the job waits for if a person can help, else None."""
    if isinstance(error, NeedsConsent):
        return "approval"
    if isinstance(error, OverBudget):
        return "budget"
    return "decision" if isinstance(error, _HELD) else None


def conclude(
    production: Production,
    standing: Standing,
    graph: Graph,
    want: WantedSteps,
    todo: Collection[Fingerprint],
    troubles: Troubles,
) -> JobConclusion:
    """Return how a job ends or what it waits for, when nothing runs and nothing more can start."""
    if troubles.failures:
        return JobConclusion(state="failed", reason=troubles.failures[0])
    if troubles.purchase_block:
        return troubles.purchase_block
    meant = {*todo, *(find_wanted_takes(standing, graph) - troubles.refusals.keys())}
    if held := [rest for fp, rest in troubles.waits.items() if fp in meant or standing.is_recovered]:
        return held[0]
    if want.stuck:
        return _conclude_stuck(standing, graph, want.stuck[0])
    if left := (*want.certain, *want.possible):
        return JobConclusion(state="failed", reason=Reason("nothing_obtains", step=left[0].key))
    verdict = production.reach_verdict(standing, graph)
    return JobConclusion(state=verdict.state, reason=verdict.reason, step=verdict.step, film=verdict.film)


def find_wanted_takes(standing: Standing, graph: Graph) -> Set[Fingerprint]:
    """Return the fingerprints of first-round takes that were retaken, if the job's goal is takes; else none."""
    if standing.job is None or standing.job.goal != "takes":
        return set()
    found = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    retaken = {ask.fingerprint for ask in standing.choices.retakes}
    return {one.fingerprint for one in found.values() if one.fingerprint in retaken}


def _conclude_stuck(standing: Standing, graph: Graph, step: Step) -> JobConclusion:
    fp = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)[step.key].fingerprint
    outcome = standing.outcomes.get(fp) if fp else None
    missing = outcome.missing if outcome else ()
    causes = [build_reason("sample_missing", kind=lost.reason, message=lost.message) for lost in missing]
    reasons = {lost.reason for lost in missing}
    ways = [Action("edit_shot")]
    if reasons <= RETRIED_REASONS:
        ways.insert(0 if reasons <= PASSING_REASONS else 1, Action("retry_job"))
    reason = (
        build_reason("step_stuck", step=step.key, causes=causes, actions=ways)
        if causes
        else Reason("circled_take_deleted", step=step.key)
    )
    return JobConclusion(state="waiting", wait_reason="decision", step=step.key, reason=reason)
