"""Findings of the checks in a film: which of them fail it, which shot each names, and which a person accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any, Final

from reelwright.catalogue.deliveries import SHORTFALL_CHECKS, find_shortfalls
from reelwright.catalogue.models import load_models
from reelwright.errors import BadInput
from reelwright.media.checks.failing import FAILING_CHECKS
from reelwright.media.video.normalise import HELD_FRAMES, MOST_EASING
from reelwright.messages import format_reason
from reelwright.planner.presets import list_outgrown
from reelwright.reason import LEGACY, Action, Reason, build_reason
from reelwright.reel.base.value import Digest, ShotId, StepKey
from reelwright.reel.film.breakdown import VIDEO_MODES, make_take_key
from reelwright.reel.film.formats import find_step_aspect
from reelwright.reel.film.plan import Plan, Shot, compute_take_length, find_source_start
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.outcome import TakeMeasures, read_measures
from reelwright.reel.graph.request import Request
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.reel.records.operation import Standing
from reelwright.studio.results.results import Finding, Shortfall
from reelwright.units import convert_frames_to_seconds, convert_ms_to_frames

_TAKE_CHECKS: Final = frozenset(SHORTFALL_CHECKS.values())
"""Checks of a take against its order. They fail a film, and are remarks on a clip, which is delivered as it came."""
_CAUSES: Final = {"frozen": "short", "silent": "mute"}
"""Checks of a film whose findings follow from a take that a person has accepted: its last frame is held."""


def read_findings(
    facts: Mapping[str, Any], plan: Plan | None, accepted_keys: Set[str] = frozenset(), *, is_clip: bool = False
) -> tuple[Finding, ...]:
    """Convert the findings in a film's stored ``facts`` to results, one for each check and shot, in film order.

    ``is_clip``: they are of a clip, which no finding fails.
    """
    numbers = {shot.id: n for n, shot in enumerate(plan.shots, 1)} if plan else {}
    found: dict[str, Finding] = {}
    for fact in facts.get("findings", ()):
        check, shot, aspect = str(fact["check"]), fact.get("shot"), str(fact.get("aspect", ""))
        reason = Reason.from_json(fact.get("reason") or fact.get("said"))
        name = _key(check, str(numbers.get(ShotId(shot), shot)) if shot else None, aspect)
        if name in found:
            continue
        found[name] = Finding(
            id=name,
            check=check,
            shot=shot,
            reason=reason,
            message=format_reason(reason),
            is_fault=not is_clip and check in FAILING_CHECKS | _TAKE_CHECKS,
            aspect=aspect,
            is_accepted=bool(
                {_key(check, shot, aspect), _key(_CAUSES.get(check, check), shot, aspect)} & accepted_keys
            ),
        )
    return tuple(found.values())


def list_take_measures(standing: Standing) -> dict[Digest, TakeMeasures]:
    """Return what the takes of a project really hold, by digest, of all that were measured when they landed."""
    return {digest: found for one in standing.outcomes.values() for digest, found in read_measures(one).items()}


def list_shortfalls(standing: Standing, graph: Graph) -> Iterator[tuple[ShotId, str, Reason]]:
    """Yield in what the takes that a project uses fall short of their orders: the shot, the aspect where a take was
    bought for a further one (else empty), and the shortfall.

    A take also is short if a film needs more of it than easing can make up for. ``graph``: of the project's plan.
    """
    measures = list_take_measures(standing)
    if not measures or standing.plan is None:
        return
    resolved = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    shots = {make_take_key(one.id): one for one in standing.plan.shots}
    for key, found in resolved.items():
        aspect, take, request = find_step_aspect(key), found.asset, graph.steps[key].request
        shot = shots.get(StepKey(key.removesuffix(f"/{aspect.replace(':', 'x')}")))
        if shot is None or take is None or take not in measures or request is None:
            continue
        shortfalls = find_shortfalls(request, load_models().get(request.model), measures[take])
        if not standing.is_clip and not any(reason.code == "take_short" for reason in shortfalls):
            shortfalls = (*_find_missing_frames(standing.plan, shot, measures[take]), *shortfalls)
        yield from ((shot.id, aspect, reason) for reason in shortfalls)


def _find_missing_frames(plan: Plan, shot: Shot, came: TakeMeasures) -> tuple[Reason, ...]:
    needed = compute_take_length(shot)
    lacks = find_source_start(plan, shot) + needed - convert_ms_to_frames(came.ms, plan.fps)
    if lacks <= max(float(HELD_FRAMES), float(needed * MOST_EASING)):
        return ()
    ordered_s = float(convert_frames_to_seconds(needed, plan.fps))
    return (build_reason("take_short", ordered_s=ordered_s, found_s=came.ms / 1000),)


def has_open_shortfalls(standing: Standing, graph: Graph) -> bool:
    """Whether a take of a film falls short of its order and no person has accepted it: nothing is made of it then."""
    if standing.is_clip:
        return False
    facts = list_take_facts(standing, graph)
    keys = {_key(fact["check"], fact["shot"], fact["aspect"]) for fact in facts}
    return not keys <= standing.choices.accepted_findings


def describe_shortfalls(source: object, *came: TakeMeasures) -> tuple[Shortfall, ...]:
    """Return in what takes of a clip fall short of its ``source``, its request; one for each check."""
    if not isinstance(source, Request):
        return ()
    row = load_models().get(source.model)
    found = {reason.code: reason for one in came for reason in find_shortfalls(source, row, one)}
    return tuple(
        Shortfall(check=SHORTFALL_CHECKS[code], reason=reason, message=format_reason(reason))
        for code, reason in found.items()
    )


def describe_take(standing: Standing, take: Digest) -> dict[str, Any]:
    """Return the real length, size and sound of a clip's take, and its shortfalls, by the names that results have.

    Empty for a take that was not measured.
    """
    came = list_take_measures(standing).get(take)
    if came is None or standing.plan is None:
        return {}
    return {**describe_measures(came), "shortfalls": describe_shortfalls(standing.plan.shots[0].source, came)}


def describe_measures(came: TakeMeasures) -> dict[str, Any]:
    """Return the measured length, size and sound of a take by the names that results have."""
    return {
        "duration_s": came.ms / 1000, "width": came.width, "height": came.height, "has_sound": came.has_sound
    }  # fmt: skip


def list_take_facts(standing: Standing, graph: Graph) -> list[Mapping[str, Any]]:
    """List in what the takes of a project fall short of their orders, as facts that ``read_findings`` takes."""
    return [
        {"check": SHORTFALL_CHECKS[reason.code], "shot": shot, "aspect": aspect, "reason": reason.to_json()}
        for shot, aspect, reason in list_shortfalls(standing, graph)
    ]


def list_plan_facts(standing: Standing) -> list[Mapping[str, Any]]:
    """List in what a film that a model makes differs from its brief, as facts that ``read_findings`` takes: no word
    stands on it though the brief has a name, or a prompt holds the instruction of the brief.
    """
    expected: Mapping[str, Any] = next(
        (made.facts["expected"] for made in standing.outcomes.values() if "expected" in made.facts), {}
    )
    plan = standing.plan
    if plan is None:
        return []
    seconds = float(plan.seconds)
    too_long: list[Mapping[str, Any]] = [
        {"check": "too_long", "shot": None, "reason": reason.to_json()}
        for one in list_outgrown(plan)[:1]
        if (reason := build_reason("too_long_for", seconds=seconds, preset=one.title, most_s=one.max_s))
    ]
    if not expected:
        return too_long
    filmed = [
        (shot, shot.source) for shot in plan.shots
        if isinstance(shot.source, Request) and shot.source.mode in VIDEO_MODES
    ]  # fmt: skip
    found: list[Mapping[str, Any]] = []
    has_words = any(shot.words or any(over.words for over in shot.overlays) for shot in plan.shots)
    if filmed and expected.get("name") and not has_words and not any(line.text for _, line in plan.list_lines()):
        found.append({"check": "wordless", "shot": None, "reason": build_reason("wordless", name=expected["name"])})
    for shot, request in filmed:
        prompt = " ".join(request.prompt.split()).casefold()
        if text := next((one for one in expected.get("instructions", ()) if one.casefold() in prompt), ""):
            found.append({"check": "instruction", "shot": shot.id, "reason": build_reason("instruction", text=text)})
    return [*too_long, *({**fact, "reason": fact["reason"].to_json()} for fact in found)]


def find_open_faults(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings that fail a film and that no person accepted; while there are any, its job waits."""
    return tuple(finding for finding in findings if finding.is_fault and not finding.is_accepted)


def explain_faults(open_faults: tuple[Finding, ...]) -> Reason:
    """Build the reason of a job that waits because of faults, such as ``shot 3: frozen for 1.2 s; the film: …``."""
    faults = []
    for fault in open_faults:
        shot = fault.id.split("/")[1] if fault.shot else None
        is_told = fault.reason is not None and fault.reason.code != LEGACY
        message = fault.reason if is_told else fault.message or fault.check
        faults.append(
            build_reason("shot_fault" if shot else "film_fault", check=fault.check, shot=shot, message=message)
        )
    numbers = [int(fault.params["shot"]) for fault in faults if fault.params["shot"]]
    edits = [Action("edit_shot", {"shot": numbers[0]})] if numbers else []
    # ``retake`` is about takes of the first aspect: for that of a further one there are the other ways.
    taken = [int(fault.id.split("/")[1]) for fault in open_faults if fault.check in _TAKE_CHECKS and not fault.aspect]
    edits = [Action("retake_shot", {"shot": taken[0]}), *edits] if taken else edits
    actions = [Action("show_project"), *edits, Action("accept_findings")]
    return build_reason("checks_failed", faults=faults, actions=actions)


def select_accepted_keys(findings: tuple[Finding, ...], names: tuple[str, ...]) -> frozenset[str]:
    """Convert ids of findings (none: all that fail the film) to the keys that ``Choices.accepted_findings`` stores.

    Raises ``BadInput`` for a name that is no finding.
    """
    if not names:
        return frozenset(_key(one.check, one.shot, one.aspect) for one in find_open_faults(findings))
    known = {one.id: _key(one.check, one.shot, one.aspect) for one in findings}
    if unknown := [name for name in names if name not in known]:
        raise BadInput("accept", unknown[0], ", ".join(known) or "no name: this film has no findings")
    return frozenset(known[name] for name in names)


def keep_accepted(choices: Choices, changed_shots: Set[ShotId]) -> frozenset[str]:
    """Return the keys of accepted findings that an edit keeps: all but those of the shots in ``changed_shots``."""
    return frozenset(key for key in choices.accepted_findings if ShotId(key.split("/")[1]) not in changed_shots)


def _key(check: str, shot: str | None, aspect: str) -> str:
    """Return the key of a finding. A take that was bought for a further aspect is judged by itself."""
    of_take = f"/{aspect.replace(':', 'x')}" if aspect and check in _TAKE_CHECKS else ""
    return f"{check}/{shot or 'film'}{of_take}"
