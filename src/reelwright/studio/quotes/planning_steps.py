"""The planning steps, before a plan exists: who writes it, the requests, and the plan in the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.document import to_plain
from reelwright.reel.base.value import Fingerprint, StepKey, define_value
from reelwright.reel.film.breakdown import RULES_MODEL
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.reel.records.operation import Standing
from reelwright.studio import late_modules as late

if TYPE_CHECKING:
    from reelwright.planner.writing.script import ScriptFaults

PLAN_STEP: Final = StepKey("words/plan")


@define_value
class PlanningSteps:
    """The graph of the steps that write a plan, and the plan itself if a language model's answer has brought one.

    ``faults``: what is wrong with the last answer, if all answers exist and none is a plan.
    """

    graph: Graph
    plan: Plan | None = None
    faults: tuple[str, ...] = ()


def build_planning_steps(brief: Brief, outcomes: Mapping[Fingerprint, Outcome] | None = None) -> PlanningSteps:
    """Build the steps that write a brief's plan: one for rules; for a language model a question and its corrections.

    Each correction is its own step: it reads the previous answer and says what is wrong with it. A correction that is
    not needed yet is a possible step, so that the price is a ceiling over all of them. Pure.
    """
    if not brief.planner:
        return PlanningSteps(
            graph=_build_one_step_graph(Step(key=PLAN_STEP, kind="words", request=build_rules_request(brief)))
        )

    steps: dict[StepKey, Step] = {}
    before: StepKey | None = None
    faults: ScriptFaults | None = None
    open_ = True  # the previous answers exist, so this one can be read
    for turn in range(late.writer.MAX_CORRECTIONS + 1):
        key = PLAN_STEP if turn == 0 else StepKey(f"words/correction-{turn}")
        steps[key] = Step(key=key, kind="words", request=_build_request(brief, turn, before, faults))
        if open_ and (text := _read_text(Graph(steps=dict(steps), goal=(key,)), key, outcomes or {})):
            found = _read_answer(brief, text, final=turn == late.writer.MAX_CORRECTIONS)
            if isinstance(found, Plan):
                return PlanningSteps(graph=Graph(steps=steps, goal=(key,)), plan=found)
            faults = found
        else:
            open_, faults = False, None
        before = key
    assert before
    return PlanningSteps(graph=Graph(steps=steps, goal=(before,)), faults=faults.messages if open_ and faults else ())


def build_project_planning_steps(standing: Standing) -> PlanningSteps:
    """Build the steps that write the project's plan; none for a project that only holds recovered purchases."""
    if standing.is_recovered:
        return PlanningSteps(graph=Graph(steps={}, goal=()))
    return build_planning_steps(standing.brief, standing.outcomes)


def count_finished_words(standing: Standing, graph: Graph) -> int:
    """Count a project's finished planning steps that ``graph``, that of the film, no longer contains."""
    if any(step.kind == "words" for step in graph.steps.values()):
        return 0
    return sum(name.startswith("words:") and bool(outcome.assets) for name, outcome in standing.outcomes.items())


def describe_planner(brief: Brief) -> tuple[str, ...]:
    """Return a sentence that a language model writes the plan and prices are estimates until then; empty for rules."""
    if not brief.planner:
        return ()

    row = late.writer.get_planner_model(brief)
    until = "until then prices and shots are those of a plan by rules."
    if row.resubmit == "free":
        return (
            f"{brief.planner} writes the plan, for nothing; on your own machine that may take many minutes; {until}",
        )
    return (f"{row.name} writes the plan once it is made; {until}",)


def explain_planning_failure(brief: Brief, faults: tuple[str, ...]) -> Reason:
    """Build the reason of a job that waits because no answer of the language model was a valid plan."""
    actions = [Action("make_again", {"planner": "rules"}), Action("choose_model")]
    return build_reason("planning_failed", planner=brief.planner, times=_times(), faults=faults[:3], actions=actions)


def build_rules_request(brief: Brief) -> Request:
    """Build the free request that has the rules plan the brief, which it contains without default values."""
    plain = to_plain(brief)
    bare = to_plain(Brief(text=""))
    fields = {key: value for key, value in plain.items() if key == "text" or value != bare[key]}
    return Request(model=RULES_MODEL, mode="plan", prompt=brief.text, extra={"brief": fields})


def _times() -> int:
    return late.writer.MAX_CORRECTIONS + 1


def _build_one_step_graph(step: Step) -> Graph:
    return Graph(steps={step.key: step}, goal=(step.key,))


def _build_request(brief: Brief, turn: int, before: StepKey | None, faults: ScriptFaults | None) -> Request:
    return (
        late.writer.build_question(brief)
        if before is None
        else late.writer.build_correction(brief, turn, before, faults)
    )


def _read_answer(brief: Brief, text: str, *, final: bool) -> Plan | ScriptFaults:
    found = late.writer.plan_answer(brief, text, final)
    return found.plan if isinstance(found, late.rules.PlanningResult) else found


def _read_text(graph: Graph, key: StepKey, had: Mapping[Fingerprint, Outcome]) -> str:
    """Return the text that a step answered, empty if it has not answered."""
    name = resolve_steps(graph, Choices(), had, frozenset())[key].fingerprint
    outcome = had.get(name) if name else None
    return str(outcome.facts.get("text", "")) if outcome and outcome.assets else ""
