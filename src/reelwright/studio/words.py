"""Before there is a plan: by whom it is written, what is asked for, and what of the answers is a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from reelwright.reel.brief import Brief
from reelwright.reel.choices import Choices
from reelwright.reel.document import to_plain
from reelwright.reel.graph import Graph, Step
from reelwright.reel.noun import Fingerprint, StepKey, noun
from reelwright.reel.operation import Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.plan import Plan
from reelwright.reel.request import Request
from reelwright.reel.wanted import known

if TYPE_CHECKING:
    from reelwright.planner.script import Faults

WORDS: Final = StepKey("words/plan")
RULES: Final = "rules/2026.2"
"""Who writes the first plan where the brief names nobody: rules, without a key."""


@noun
class Opening:
    """The graph before there is a plan, and the plan where a model's answer brought one already.

    ``spent``: every answer is there, and none of them is a plan; what is wrong with the last one.
    """

    graph: Graph
    plan: Plan | None = None
    spent: tuple[str, ...] = ()


def opening(brief: Brief, had: Mapping[Fingerprint, Outcome] | None = None) -> Opening:
    """What is wanted first. By rules one step; by a language model a question, and at most two corrections of it.

    Each correction is a step of its own: it reads the answer before it and says what is wrong with that. One that is
    not asked for yet is possible, so that the price is a ceiling over all of them. Pure.
    """
    if not brief.planner:
        return Opening(graph=_alone(Step(key=WORDS, kind="words", request=by_rules(brief))))
    from reelwright.planner.writer import REPAIRS

    steps: dict[StepKey, Step] = {}
    before: StepKey | None = None
    faults: Faults | None = None
    open_ = True  # what came before is there, so that this one can be read
    for turn in range(REPAIRS + 1):
        key = WORDS if turn == 0 else StepKey(f"words/correction-{turn}")
        steps[key] = Step(key=key, kind="words", request=_asked(brief, turn, before, faults))
        if open_ and (text := _text(Graph(steps=dict(steps), goal=(key,)), key, had or {})):
            found = _read(brief, text, final=turn == REPAIRS)
            if isinstance(found, Plan):
                return Opening(graph=Graph(steps=steps, goal=(key,)), plan=found)
            faults = found
        else:
            open_, faults = False, None
        before = key
    assert before
    return Opening(graph=Graph(steps=steps, goal=(before,)), spent=faults.said if open_ and faults else ())


def opening_of(standing: Standing) -> Opening:
    """The same, where a project stands; nothing is wanted of one that only holds what was recovered."""
    if standing.recovered:
        return Opening(graph=Graph(steps={}, goal=()))
    return opening(standing.brief, standing.had)


def words_had(standing: Standing, graph: Graph) -> int:
    """Count the answers that brought the plan which stands: steps of the film that ``graph`` does not show any more."""
    if any(step.kind == "words" for step in graph.steps.values()):
        return 0
    return sum(name.startswith("words:") and bool(outcome.assets) for name, outcome in standing.had.items())


def said_of(brief: Brief) -> tuple[str, ...]:
    """Who plans, where it is not the rules, and what the prices that are shown before are worth."""
    if not brief.planner:
        return ()
    from reelwright.planner.writer import model_of

    row = model_of(brief)
    until = "until then prices and shots are those of a plan by rules."
    if row.resubmit == "free":
        return (
            f"{brief.planner} writes the plan, for nothing; on your own machine that may take many minutes; {until}",
        )
    return (f"{row.name} writes the plan once it is made; {until}",)


def cannot_plan(brief: Brief, spent: tuple[str, ...]) -> str:
    """What a person is told when no answer was a plan."""
    return (
        f"{brief.planner} answered {_times()} times, and none of it is a plan that can be made "
        f"({'; '.join(spent[:3])}); make it again with --planner rules or another model"
    )


def by_rules(brief: Brief) -> Request:
    """The rules are asked with the whole brief, defaults left out. Costs nothing."""
    plain = to_plain(brief)
    bare = to_plain(Brief(text=""))
    asked = {key: value for key, value in plain.items() if key == "text" or value != bare[key]}
    return Request(model=RULES, mode="plan", prompt=brief.text, extra={"brief": asked})


def _times() -> int:
    from reelwright.planner.writer import REPAIRS

    return REPAIRS + 1


def _alone(step: Step) -> Graph:
    return Graph(steps={step.key: step}, goal=(step.key,))


def _asked(brief: Brief, turn: int, before: StepKey | None, faults: Faults | None) -> Request:
    from reelwright.planner.writer import correction, question

    return question(brief) if before is None else correction(brief, turn, before, faults)


def _read(brief: Brief, text: str, *, final: bool) -> Plan | Faults:
    from reelwright.planner.rules import Planned
    from reelwright.planner.writer import answered

    found = answered(brief, text, final)
    return found.plan if isinstance(found, Planned) else found


def _text(graph: Graph, key: StepKey, had: Mapping[Fingerprint, Outcome]) -> str:
    """What a step answered; empty while it has not."""
    name = known(graph, Choices(), had, frozenset())[key].fingerprint
    outcome = had.get(name) if name else None
    return str(outcome.facts.get("text", "")) if outcome and outcome.assets else ""
