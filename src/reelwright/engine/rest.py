"""How a job comes to rest: done, failed, cancelled, or waiting for a person, and what it says then."""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass, field
from typing import Final, Literal

from reelwright.engine.waist import Production
from reelwright.errors import (
    DecisionNeeded,
    NeedsConsent,
    NotAccepted,
    OutcomeUnknown,
    OverBudget,
    ReelwrightError,
    Refused,
)
from reelwright.net.redact import redact
from reelwright.reel.graph import Graph, Step
from reelwright.reel.noun import Digest, Fingerprint, StepKey, noun
from reelwright.reel.operation import Standing, WaitReason
from reelwright.reel.wanted import Wanted, known

_HELD: Final = (Refused, NotAccepted, OutcomeUnknown, DecisionNeeded)
_OBTAINED_MOST: Final = 3
"""A step that landed so often and is still wanted will not be had by landing it once more."""


@noun
class Rest:
    """What becomes of a job when nothing of it runs any more."""

    state: Literal["done", "failed", "waiting"]
    said: str = ""
    why: WaitReason = "decision"
    step: StepKey | None = None
    film: Digest | None = None


@dataclass(slots=True)
class Troubles:
    """What went wrong in one advance. Steps that failed or are held are not started again in it.

    ``refused``: what was said no to. ``blocked``: nothing may be bought at all, until somebody agrees to more.
    """

    failed: list[str] = field(default_factory=list)
    held: dict[Fingerprint, Rest] = field(default_factory=dict)
    blocked: Rest | None = None
    obtained: dict[Fingerprint, int] = field(default_factory=dict)
    refused: dict[Fingerprint, StepKey] = field(default_factory=dict)

    def take(self, step: StepKey, fp: Fingerprint, error: BaseException) -> None:
        """Sort an error by what it means for the job."""
        said = told(step, error)
        why = _why(error)
        if isinstance(error, Refused):
            self.refused[fp] = step
        if why:
            self.held[fp] = Rest(state="waiting", why=why, step=step, said=said)
        else:
            self.failed.append(said)

    def refused_of(self, wanted: Collection[Fingerprint]) -> set[StepKey]:
        """Steps among those still wanted to which somebody said no, for good and without a bill."""
        return {step for fp, step in self.refused.items() if fp in wanted}

    def landed(self, step: StepKey, fp: Fingerprint) -> None:
        """Count it; raise the alarm where landing does not help."""
        self.obtained[fp] = self.obtained.get(fp, 0) + 1
        if self.obtained[fp] >= _OBTAINED_MOST:
            self.failed.append(f"{step}: was made {_OBTAINED_MOST} times, and is wanted all the same")


def _why(error: BaseException) -> WaitReason | None:
    """What a person is asked for, where one can help."""
    if isinstance(error, NeedsConsent):
        return "approval"
    if isinstance(error, OverBudget):
        return "budget"
    return "decision" if isinstance(error, _HELD) else None


def told(step: StepKey | None, error: BaseException) -> str:
    """One sentence that names the step, says what happened, and what to do next."""
    said = redact(str(error) if isinstance(error, ReelwrightError) else f"{type(error).__name__}: {error}")
    hint = error.hint if isinstance(error, ReelwrightError) else ""
    named = said if step is None or said.startswith(f"{step}") else f"{step}: {said}"
    return f"{named} ({hint})" if hint else named


def conclude(
    production: Production,
    standing: Standing,
    graph: Graph,
    want: Wanted,
    todo: Collection[Fingerprint],
    troubles: Troubles,
) -> Rest:
    """Asked when nothing runs and nothing more can be started. Failures first, then what a person must see to."""
    if troubles.failed:
        return Rest(state="failed", said=troubles.failed[0])
    if troubles.blocked:
        return troubles.blocked
    meant = {*todo, *(takes_meant(standing, graph) - troubles.refused.keys())}
    if held := [rest for fp, rest in troubles.held.items() if fp in meant or standing.recovered]:
        return held[0]
    if want.stuck:
        return _stuck(standing, graph, want.stuck[0])
    if left := (*want.certain, *want.possible):
        return Rest(state="failed", said=f"{left[0].key}: is wanted, and nothing can obtain it")
    verdict = production.verdict(standing, graph)
    return Rest(state=verdict.state, said=verdict.said, step=verdict.step, film=verdict.film)


def takes_meant(standing: Standing, graph: Graph) -> Set[Fingerprint]:
    """First rounds where takes are the goal: each counts, also where another round of the same shot has landed."""
    if standing.job is None or standing.job.goal != "takes":
        return set()
    found = known(graph, standing.choices, standing.had, standing.gone)
    asked = {ask.of for ask in standing.choices.asks}
    return {one.fingerprint for one in found.values() if one.fingerprint in asked}


def _stuck(standing: Standing, graph: Graph, step: Step) -> Rest:
    fp = known(graph, standing.choices, standing.had, standing.gone)[step.key].fingerprint
    outcome = standing.had.get(fp) if fp else None
    missing = outcome.missing if outcome else ()
    reasons = [f"{lost.reason}: {lost.said}" if lost.said else lost.reason for lost in missing]
    said = f"{step.key}: {'; '.join(reasons) or 'the circled take was deleted'}"
    return Rest(state="waiting", why="decision", step=step.key, said=said)
