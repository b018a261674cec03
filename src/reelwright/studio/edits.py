"""What a person changes in a plan and in the choices: each change as the next revision. Pure; nothing spends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from reelwright.errors import BadInput
from reelwright.reel.breakdown import breakdown, take_key
from reelwright.reel.brief import Material, Still
from reelwright.reel.choices import Ask, Choices, Circle, again
from reelwright.reel.fit import fit
from reelwright.reel.graph import order_fingerprint
from reelwright.reel.noun import Digest, Fingerprint, ShotId
from reelwright.reel.operation import Standing
from reelwright.reel.plan import Own, Plan, Shot, each_shot
from reelwright.reel.request import Request, request_digest
from reelwright.reel.wanted import known
from reelwright.studio import checked
from reelwright.studio.asked import Changes
from reelwright.studio.naming import shot_called
from reelwright.units import Frames, ms_to_frames

MOVES: Final = ("push", "pull", "left", "right", "up", "down")
WAYS: Final = ("bridge", "reflow")
SHORTEST_S: Final = 0.4
"""Shortest shot that an eye takes in. Source: craft.md 2, read 2026-11-20."""
WORD_CHARS: Final = 400
DRAWN: Final = "animatic/2026.1"
_OF_A_SHOT: Final = ("words", "prompt", "length", "image", "clip", "move", "caption", "model")
_OF_THE_FILM: Final = ("look", "accent", "mood", "aspect", "storyboard")


def check(changes: Changes) -> None:
    """Raise ``BadInput`` for an edit that says nothing, or says what cannot be."""
    given = {name for name, value in changes.items() if value is not None and value != ()}
    if unknown := given - {*_OF_A_SHOT, *_OF_THE_FILM, "shot", "way", "successor"}:
        raise BadInput("edit", min(unknown), ", ".join((*_OF_A_SHOT, *_OF_THE_FILM)))
    if not given & {*_OF_A_SHOT, *_OF_THE_FILM}:
        raise BadInput(
            "edit", None, f"a change: {', '.join((*_OF_A_SHOT, *_OF_THE_FILM)).replace('storyboard', 'still')}"
        )
    of_a_shot = given & set(_OF_A_SHOT)
    if "shot" not in given and (lost := of_a_shot - {"length"}):
        raise BadInput("shot", None, f"the number of the shot, for its {min(lost)}")
    if "length" in of_a_shot and "shot" not in given:
        checked.milliseconds("length", changes.get("length"))
    if "shot" in given and not of_a_shot:
        told = ", ".join(sorted(given & set(_OF_THE_FILM))).replace("storyboard", "still")
        raise BadInput("shot", changes.get("shot"), f"nothing beside {told}, which is of the whole film")
    if {"image", "clip"} <= given:
        raise BadInput("clip", str(changes.get("clip")), "an image or a clip, not both")
    if changes.get("successor") and "model" not in given:
        raise BadInput("successor", True, "a --model beside it, which may be retired")
    if "way" in given:
        checked.one_of("way", changes.get("way"), WAYS)
        if "shot" not in given and "storyboard" not in given:
            raise BadInput("way", changes.get("way"), "a shot that is edited, or a still")


def changed(plan: Plan, changes: Changes, material: Material | None, stills: Sequence[Still] = ()) -> Plan:
    """The plan with what a person said, its requests matched again. Raises ``BadInput``."""
    from reelwright.planner import edit

    check(changes)
    for shot in shots_named(plan, changes):
        plan = _with_shot(plan, shot, changes, material)
    if stills:
        from reelwright.planner.casting.own_stills import with_stills

        plan = with_stills(plan, stills)
    if (aspect := checked.aspect(changes.get("aspect"))) is not None:
        from reelwright.planner.resizing import resized

        plan = resized(plan, aspect)
    look, accent = changes.get("look"), changes.get("accent")
    if look is not None or accent is not None:
        plan = edit.relook(plan, look=_known_look(look), accent=checked.accent(accent))
    if (mood := changes.get("mood")) is not None:
        plan = edit.remood(plan, mood)
    return plan


def shots_named(plan: Plan, changes: Changes) -> tuple[ShotId, ...]:
    """The shots that an edit names, each once, in the order in which it does. Raises ``BadInput``."""
    called = changes.get("shot")
    if called is None:
        return ()
    each = [called] if isinstance(called, (int, str)) else list(called)
    return tuple(dict.fromkeys(shot_called(plan, one).id for one in each))


def _with_shot(plan: Plan, shot_id: ShotId, changes: Changes, material: Material | None) -> Plan:
    """The plan with one shot changed: what it shows first, then its words, which are laid where it shows them."""
    from reelwright.planner.edit import accented, rematch
    from reelwright.planner.rewording import with_words

    before, shot = plan, found(plan, shot_id)
    words = _checked_words(changes.get("words"), plan)
    prompt, length, by = changes.get("prompt"), changes.get("length"), changes.get("model")
    if prompt is not None:
        _refuse_unfilmed(shot, prompt, by, material)
    if words:
        plan = with_words(plan, shot_id, words)
    plan = rematch(
        plan,
        shot_id,
        prompt=checked.text("prompt", prompt, 2000) if prompt is not None else None,
        length=_length(plan, shot, length) if length is not None else None,
        material=material,
        sound=("duck" if material.sound else "mute") if material else None,
    )
    if length is not None:
        plan = _said_whole(plan, length)
    if material:
        plan = _let_go(plan, shot_id, before)
    if by is not None:
        plan = _made_by(plan, shot_id, checked.text("model", by, 200))
    if words == "":
        plan = with_words(plan, shot_id, words)  # of what it shows now: a picture may stand without
    if (move := changes.get("move")) is not None:
        plan = _moved(plan, shot_id, move)
    if (caption := changes.get("caption")) is not None:
        plan = rematch(plan, shot_id, corrections=_correction(plan, found(plan, shot_id), caption))
    return accented(plan)


def found(plan: Plan, shot_id: ShotId) -> Shot:
    """The shot of that id, which the plan has."""
    return next(shot for shot in plan.shots if shot.id == shot_id)


def _checked_words(said: object, plan: Plan) -> str | dict[str, str] | None:
    """Words to show: a line, or text by role; an empty one takes away what stands there. Raises ``BadInput``."""
    if said is None:
        return None
    if isinstance(said, str):
        return _text_or_none("words", said, plan)
    if not isinstance(said, Mapping) or not said:
        raise BadInput("words", said, "text, or a mapping of role to text")
    return {str(role): _text_or_none(f"words.{role}", text, plan) for role, text in said.items()}


def _text_or_none(field: str, said: object, plan: Plan) -> str:
    """Text that can be read and drawn, or nothing at all: what only looks like nothing is a slip."""
    from reelwright.planner.drawable import refuse_text

    if said == "":
        return ""
    text = checked.text(field, said, WORD_CHARS)
    refuse_text(field, text, plan.language)
    return text


def _refuse_unfilmed(shot: Shot, prompt: str, by: str | None, material: Material | None) -> None:
    """Raise ``BadInput`` for a prompt that no model would read: what is drawn follows from words and pictures."""
    from reelwright.planner.match import is_drawn

    if by is not None and by not in ("animatic", DRAWN):
        return
    if isinstance(shot.source, Own) and material is None:
        raise BadInput("prompt", prompt, "a shot that is made, not own footage")
    if isinstance(shot.source, Own) or material is not None or by is not None or is_drawn(shot.source):
        raise BadInput(
            "prompt", prompt, "a shot that a model films; this one is drawn from its words or its picture",
            hint="--words or --image changes what it shows; --model MODEL beside it has it filmed",
        )  # fmt: skip


def _made_by(plan: Plan, shot: ShotId, by: str) -> Plan:
    """The shot by another model, or drawn on this machine; what goes on from it is asked for anew by its own."""
    from reelwright.catalogue.models import model
    from reelwright.planner.casting.filmed import filmed
    from reelwright.planner.casting.recast import drawn_instead
    from reelwright.planner.match import is_drawn
    from reelwright.planner.roles import on_screen

    one = found(plan, shot)
    if isinstance(one.source, Own):
        raise BadInput("model", by, "a shot that is made, not own footage")
    if by in ("animatic", DRAWN):
        if is_drawn(one.source):
            return plan
        if not on_screen(plan, one):
            raise BadInput("model", by, "a shot with words to draw: --words beside it says some")
        drawn = drawn_instead(plan, one)
        return _let_go(each_shot(plan, lambda each: drawn if each.id == shot else each), shot, plan)
    row = model(by)
    if row.kind != "video":
        raise BadInput("model", by, f"a model that makes video; {row.name} makes {row.kind}")
    other = filmed(plan, one, row)
    return each_shot(plan, lambda each: other if each.id == shot else each)


def _let_go(plan: Plan, shot: ShotId, before: Plan) -> Plan:
    """Whatever goes on from the shot opens by itself, as in the film ``before``: no model makes that shot any more."""
    from reelwright.planner.casting.recast import unchained

    return each_shot(plan, lambda one: unchained(before, one, {shot}))


def _correction(plan: Plan, shot: Shot, text: str) -> dict[str, str]:
    """The caption of the shot's first line."""
    begin, end = plan.windows()[shot.id]
    said = _text_or_none("caption", text, plan)
    for start, line in plan.lines():
        if start < end and start + line.room > begin:
            return {line.id: said}
    raise BadInput("caption", text, "a shot that has a line to caption")


def _length(plan: Plan, shot: Shot, said: int | float | str) -> Frames:
    """The new length; long enough for its transitions, half of which may be a shot at most."""
    ms = checked.milliseconds("length", said, round(SHORTEST_S * 1000))
    assert ms is not None
    frames = ms_to_frames(ms, plan.fps)
    at = [one.id for one in plan.shots].index(shot.id)
    least = 2 * max(shot.into.over, plan.shots[at - 1].into.over if at else 0)
    if frames < least:
        raise BadInput("length", said, f"{least * plan.fps[1] / plan.fps[0]:g} seconds or more, for its transitions")
    return frames


def _said_whole(plan: Plan, said: int | float | str) -> Plan:
    """The plan where every line that was spoken still has its time. Raises ``BadInput``: no word is cut."""
    if not any(line.request for _, line in plan.lines()):
        return plan
    fitted = fit(plan, {})
    short = sum(beat.length for beat in fitted.beats) - sum(beat.length for beat in plan.beats)
    if short:
        more = f"{-(-short * plan.fps[1] * 100 // plan.fps[0]) / 100:g} seconds more"
        raise BadInput("length", said, f"{more}, for the words that are spoken over it", hint="--words shortens them")
    return fitted


def _moved(plan: Plan, shot: ShotId, move: str) -> Plan:
    from reelwright.planner.match import match_still

    checked.one_of("move", move, MOVES)

    def moves(one: Shot) -> Shot:
        if one.id != shot:
            return one
        if not isinstance(one.source, Request) or one.source.mode != "picture":
            raise BadInput("move", move, "a shot that a picture fills")
        source = replace(one.source, extra={**one.source.extra, "move": move})
        return replace(one, source=source, still=match_still(source) if one.still else None)

    return each_shot(plan, moves)


def _known_look(look: str | None) -> str | None:
    if look is not None:
        from reelwright.planner.flavors import flavors

        checked.one_of("look", look, tuple(sorted({flavor.look for flavor in flavors().values()})))
    return look


def moved(before: Plan, after: Plan) -> frozenset[ShotId]:
    """Shots that are not what they were."""
    old = {shot.id: shot for shot in before.shots}
    return frozenset(shot.id for shot in after.shots if old.get(shot.id) != shot)


# choices


def order_of(standing: Standing, shot: Shot) -> Fingerprint | None:
    """The order that the shot's takes are of; None for own footage, and while its inputs are missing."""
    if standing.plan is None or isinstance(shot.source, Own):
        return None
    graph = breakdown(standing.plan, "takes")
    step = graph.steps[take_key(shot.id)]
    there = known(graph, standing.choices, standing.had, standing.gone)
    digests = [i.asset or (there[i.of].chosen if i.of else None) for i in step.inputs]
    fp, given = there[step.key].fingerprint, tuple(digest for digest in digests if digest)
    return order_fingerprint(step, fp, given) if fp and len(given) == len(digests) else None


def _number(plan: Plan, shot: Shot) -> int:
    """As a person counts it, from 1."""
    return [one.id for one in plan.shots].index(shot.id) + 1


def retaken(standing: Standing, shot: Shot, highest: int = 0) -> tuple[Plan, Choices]:
    """Another of the very same thing: the next round of what the shot asks for.

    While one that was asked for has not landed, that one is meant. ``highest``: the number of the account's last order
    of it, whoever asked for that.
    """
    assert standing.plan
    if isinstance(shot.source, Own):
        raise BadInput("shot", _number(standing.plan, shot), "a shot that is made, not own footage")
    if shot.source.model == DRAWN and shot.source.mode == "picture":
        hint = "edit --move, --length or --image makes it another one"
        raise BadInput(
            "shot",
            _number(standing.plan, shot),
            "a shot that can come out differently; a picture's move is always the same",
            hint=hint,
        )
    there = known(breakdown(standing.plan, "takes"), standing.choices, standing.had, standing.gone)
    fp = there[take_key(shot.id)].fingerprint
    if fp is None or fp not in standing.had:
        raise BadInput("shot", _number(standing.plan, shot), "a shot that has a take already", hint="reelwright resume")
    asked = [ask for ask in standing.choices.asks if ask.of == fp]
    if any(again(ask) not in standing.had for ask in asked):
        return standing.plan, standing.choices
    last = max((highest, *(ask.round for ask in asked), 1))
    ask = Ask(of=fp, round=last + 1, samples=shot.source.samples)
    return standing.plan, replace(standing.choices, asks=(*standing.choices.asks, ask))


def circled(standing: Standing, shot: Shot, asset: Digest) -> tuple[Plan, Choices]:
    """The chosen take; it counts while the shot keeps its request."""
    assert standing.plan
    if isinstance(shot.source, Own):
        raise BadInput("shot", _number(standing.plan, shot), "a shot that is made, not own footage")
    circle = Circle(asset=asset, request=request_digest(shot.source))
    return standing.plan, replace(standing.choices, circled={**standing.choices.circled, shot.id: circle})


def accepting(standing: Standing, accepted: frozenset[str]) -> tuple[Plan, Choices]:
    """Findings overruled by a person."""
    assert standing.plan
    return standing.plan, replace(standing.choices, accepted=standing.choices.accepted | accepted)
