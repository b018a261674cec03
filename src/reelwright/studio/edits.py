"""An edit as the next revision: what a person changes in a plan and in the choices, and its price both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from reelwright.errors import BadInput
from reelwright.reel.breakdown import breakdown, take_key
from reelwright.reel.brief import Material, Still
from reelwright.reel.choices import Ask, Choices, Circle
from reelwright.reel.fit import fit
from reelwright.reel.noun import Digest, ShotId
from reelwright.reel.operation import Standing
from reelwright.reel.plan import Beat, Line, Own, Plan, Shot
from reelwright.reel.request import Request, request_digest
from reelwright.reel.wanted import known
from reelwright.studio import checked, quality
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
_OF_THE_FILM: Final = ("look", "accent", "mood", "storyboard")

EndsOn = Callable[[str], bool]
"""Whether a model can be told what a shot ends on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A checked edit. ``material``: the picture or clip that a shot is to show from now on; ``stills``: what beats are
    to open on. ``said``: what was repaired in it or replaced. ``instead``: a retired model with the one taken in its
    place.
    """

    changes: Changes
    material: Material | None
    stills: tuple[Still, ...]
    ends_on: EndsOn
    said: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)

    def revised(self, standing: Standing, way: Literal["bridge", "reflow"] | None = None) -> tuple[Plan, Choices]:
        """The next revision where the project stands. Pure; raises ``BadInput`` where it cannot be."""
        assert standing.plan
        plan = changed(standing.plan, self.changes, self.material, self.stills)
        touched = moved(standing.plan, plan)
        choices = replace(
            standing.choices,
            accepted=quality.still_accepted(standing.choices, touched),
            instead={**standing.choices.instead, **self.instead},
        )
        way = way or self.changes.get("way") or "bridge"
        named = self._named(plan)
        for shot in self._at(standing.plan, plan):
            if way == "reflow":
                plan, choices = reflowed(standing, plan, choices, shot)
                continue
            choices = left_behind(standing, plan, choices, shot, named)
            plan, choices = bridged(standing, plan, choices, shot, self.ends_on) or (plan, choices)
        return plan, choices

    def _at(self, before: Plan, plan: Plan) -> tuple[ShotId, ...]:
        """The shots that it is about: the one that was named, and those that open on another still."""
        old = {shot.id: shot.opening for shot in before.shots}
        called = self._named(plan)
        opened = (one.id for one in plan.shots if self.stills and one.opening != old.get(one.id))
        return tuple(dict.fromkeys((*((called,) if called else ()), *opened)))

    def _named(self, plan: Plan) -> ShotId | None:
        called = self.changes.get("shot")
        return None if called is None else shot_called(plan, called).id

    def ways(self, standing: Standing) -> dict[str, tuple[Plan, Choices]]:
        """Both ways where a later shot continues the edited one and its take can be kept; else nothing."""
        made = {way: self.revised(standing, way) for way in ("bridge", "reflow")}
        return made if made["bridge"] != made["reflow"] else {}


def check(changes: Changes) -> None:
    """Raise ``BadInput`` for an edit that says nothing, or says what cannot be."""
    given = {name for name, value in changes.items() if value is not None}
    if unknown := given - {*_OF_A_SHOT, *_OF_THE_FILM, "shot", "way", "successor"}:
        raise BadInput("edit", min(unknown), ", ".join((*_OF_A_SHOT, *_OF_THE_FILM)))
    if not given & {*_OF_A_SHOT, *_OF_THE_FILM}:
        raise BadInput(
            "edit", None, f"a change: {', '.join((*_OF_A_SHOT, *_OF_THE_FILM)).replace('storyboard', 'still')}"
        )
    if "shot" not in given and (lost := given & set(_OF_A_SHOT)):
        raise BadInput("shot", None, f"the number of the shot, for its {min(lost)}")
    if {"image", "clip"} <= given:
        raise BadInput("clip", str(changes.get("clip")), "an image or a clip, not both")
    checked.one_of("way", changes.get("way") or "bridge", WAYS)


def changed(plan: Plan, changes: Changes, material: Material | None, stills: Sequence[Still] = ()) -> Plan:
    """The plan with what a person said, its requests matched again. Raises ``BadInput``."""
    from reelwright.planner import edit

    check(changes)
    if (called := changes.get("shot")) is not None:
        plan = _with_shot(plan, shot_called(plan, called), changes, material)
    if stills:
        from reelwright.planner.casting.own_stills import with_stills

        plan = with_stills(plan, stills)
    look, accent = changes.get("look"), changes.get("accent")
    if look is not None or accent is not None:
        plan = edit.relook(plan, look=_known_look(look), accent=checked.accent(accent))
    if (mood := changes.get("mood")) is not None:
        plan = edit.remood(plan, mood)
    return plan


def _with_shot(plan: Plan, shot: Shot, changes: Changes, material: Material | None) -> Plan:
    from reelwright.planner.edit import rematch

    before = plan
    words, caption = changes.get("words"), changes.get("caption")
    if isinstance(words, str):
        words = {_main_role(shot): words}
    if words is not None:
        if not isinstance(words, Mapping):
            raise BadInput("words", words, "text, or a mapping of role to text")
        words = {role: checked.text("words", text, WORD_CHARS) for role, text in words.items()}
    prompt, length = changes.get("prompt"), changes.get("length")
    if prompt is not None and isinstance(shot.source, Own) and material is None:
        raise BadInput("prompt", prompt, "a shot that is made, not own footage")
    plan = rematch(
        plan,
        shot.id,
        words=words,
        prompt=checked.text("prompt", prompt, 2000) if prompt is not None else None,
        length=_length(plan, shot, length) if length is not None else None,
        material=material,
        sound=("duck" if material.sound else "mute") if material else None,
        corrections=_correction(plan, shot, caption) if caption is not None else None,
    )
    plan = _reworded(plan, shot, words) if words else plan
    if length is not None:
        plan = _said_whole(plan, length)
    if material:
        plan = _let_go(plan, shot.id, before)
    if (by := changes.get("model")) is not None:
        plan = _made_by(plan, shot.id, checked.text("model", by, 200))
    return _moved(plan, shot.id, move) if (move := changes.get("move")) is not None else plan


def _made_by(plan: Plan, shot: ShotId, by: str) -> Plan:
    """The shot by another model, or drawn on this machine; what goes on from it is asked for anew by its own."""
    from reelwright.catalogue.models import model
    from reelwright.planner.casting.recast import by_another, drawn_instead

    found = next(one for one in plan.shots if one.id == shot)
    if isinstance(found.source, Own):
        raise BadInput("model", by, "a shot that is made, not own footage")
    if by in ("animatic", DRAWN):
        drawn = drawn_instead(plan, found)
        return _let_go(each_shot(plan, lambda one: drawn if one.id == shot else one), shot, plan)
    row = model(by)
    if row.kind != "video":
        raise BadInput("model", by, f"a model that makes video; {row.name} makes {row.kind}")
    other = by_another(plan, found, row)
    return each_shot(plan, lambda one: other if one.id == shot else one)


def _let_go(plan: Plan, shot: ShotId, before: Plan) -> Plan:
    """Whatever goes on from the shot opens by itself, as in the film ``before``: no model makes that shot any more."""
    from reelwright.planner.casting.recast import unchained

    return each_shot(plan, lambda one: unchained(before, one, {shot}))


def _main_role(shot: Shot) -> str:
    return "line" if "line" in shot.words or not shot.words else next(iter(shot.words))


def _reworded(plan: Plan, shot: Shot, words: Mapping[str, str]) -> Plan:
    """The lines of the shot's beat that said the old words say the new ones; so does the only line of a caption."""

    def line_now(beat: Beat, line: Line) -> Line:
        said = line.text
        for role, text in words.items():
            old = _read(shot.words.get(role, ""))
            if old:
                said = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", _read(text).replace("\\", r"\\"), said, count=1)
        alone = shot.shows == "caption" and len(beat.lines) == 1 and "line" in words
        return replace(line, text=_read(words["line"]) if alone and said == line.text else said)

    from reelwright.planner.casting.voices import said_anew

    after = replace(
        plan,
        beats=tuple(
            replace(beat, lines=tuple(line_now(beat, line) for line in beat.lines)) if _holds(beat, shot.id) else beat
            for beat in plan.beats
        ),
    )
    return said_anew(after, plan)


def _holds(beat: Beat, shot: ShotId) -> bool:
    return any(one.id == shot for one in beat.shots)


def _read(text: str) -> str:
    """Words as a caption reads them: without the hard breaks of drawn type."""
    return " ".join(text.replace("|", " ").split())


def _correction(plan: Plan, shot: Shot, text: str) -> dict[str, str]:
    """The caption of the shot's first line."""
    begin, end = plan.windows()[shot.id]
    for start, line in plan.lines():
        if start < end and start + line.room > begin:
            return {line.id: checked.text("caption", text, WORD_CHARS)}
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


def each_shot(plan: Plan, change: Callable[[Shot], Shot]) -> Plan:
    """The plan with every shot changed by ``change``; lengths stay."""
    return replace(plan, beats=tuple(replace(b, shots=tuple(change(shot) for shot in b.shots)) for b in plan.beats))


def _known_look(look: str | None) -> str | None:
    if look is not None:
        from reelwright.planner.flavors import flavors

        checked.one_of("look", look, tuple(sorted({flavor.look for flavor in flavors().values()})))
    return look


def moved(before: Plan, after: Plan) -> frozenset[ShotId]:
    """Shots that are not what they were."""
    old = {shot.id: shot for shot in before.shots}
    return frozenset(shot.id for shot in after.shots if old.get(shot.id) != shot)


# continuation, both ways


def bridged(
    standing: Standing, plan: Plan, choices: Choices, shot: ShotId, ends_on: EndsOn
) -> tuple[Plan, Choices] | None:
    """The shot bought to end on the first frame of the next one's kept take, which is circled.

    None where no shot continues this one, where the next has no take yet or is asked for anew by the same edit, or
    where the model takes no last frame.
    """
    after = _continued_by(plan, shot)
    if after is None or standing.plan is None or not isinstance(after.source, Request):
        return None
    if all(one.id != after.id or one.source != after.source for one in standing.plan.shots):
        return None
    found = known(breakdown(standing.plan, "takes"), standing.choices, standing.had, standing.gone)
    kept = found[take_key(after.id)].chosen if take_key(after.id) in found else None
    if kept is None or kept in standing.gone:
        return None
    circle = Circle(asset=kept, request=request_digest(after.source))
    ended = _ending_on(plan, shot, kept, ends_on)
    return (ended, replace(choices, circled={**choices.circled, after.id: circle})) if ended else None


def left_behind(standing: Standing, plan: Plan, choices: Choices, shot: ShotId, named: ShotId | None) -> Choices:
    """The take circled of a shot that went on from this one and now opens by itself: what was bought is kept.

    Not of the one that the edit ``named``, nor of one that goes on as before: that is another by the person's word.
    """
    if standing.plan is None or (before := _continued_by(standing.plan, shot)) is None or before.id == named:
        return choices
    after = next((one for one in plan.shots if one.id == before.id), None)
    if (
        after is None
        or after == _continued_by(plan, shot)
        or after.source == before.source
        or not isinstance(after.source, Request)
    ):
        return choices
    found = known(breakdown(standing.plan, "takes"), standing.choices, standing.had, standing.gone)
    kept = found[take_key(before.id)].chosen
    if kept is None or kept in standing.gone:
        return choices
    circle = Circle(asset=kept, request=request_digest(after.source))
    return replace(choices, circled={**choices.circled, before.id: circle})


def reflowed(standing: Standing, plan: Plan, choices: Choices, shot: ShotId) -> tuple[Plan, Choices]:
    """The shot free to end as it will, and every take that goes on from it let go of, which an earlier bridge kept."""
    from reelwright.planner.casting.recast import freed

    after: list[ShotId] = []
    at = _continued_by(plan, shot) or _kept_behind(standing, shot)
    while at:
        after.append(at.id)
        at = _continued_by(plan, at.id)
    if not after:
        return plan, choices
    loose = each_shot(plan, lambda one: freed(plan, one) if one.id == shot else one)
    return loose, replace(choices, circled={k: v for k, v in choices.circled.items() if k not in after})


def _kept_behind(standing: Standing, shot: ShotId) -> Shot | None:
    """The next shot of the beat, whose take went on from this one before an edit, and is kept by its circle alone: what
    it asks for now was never bought.
    """
    if standing.plan is None:
        return None
    beat = next(beat for beat in standing.plan.beats if _holds(beat, shot))
    at = [one.id for one in beat.shots].index(shot) + 1
    circle = standing.choices.circled.get(beat.shots[at].id) if at < len(beat.shots) else None
    if circle is None or not isinstance(beat.shots[at].source, Request):
        return None
    found = known(breakdown(standing.plan, "takes"), standing.choices, standing.had, standing.gone)
    fp = found[take_key(beat.shots[at].id)].fingerprint
    return beat.shots[at] if fp is None or fp not in standing.had else None


def _continued_by(plan: Plan, shot: ShotId) -> Shot | None:
    for one in plan.shots:
        if isinstance(one.source, Request) and any(i.of == take_key(shot) for i in one.source.inputs):
            return one
    return None


def _ending_on(plan: Plan, shot: ShotId, kept: Digest, ends_on: EndsOn) -> Plan | None:
    from reelwright.planner.casting.recast import ended_on

    source = next(one for one in plan.shots if one.id == shot)
    if not isinstance(source.source, Request) or not ends_on(source.source.model):
        return None
    ended = ended_on(plan, source, kept)
    return each_shot(plan, lambda one: ended if one.id == shot else one) if ended else None


# choices


def retaken(standing: Standing, shot: Shot) -> tuple[Plan, Choices]:
    """Another of the very same thing: the next round of what the shot asks for."""
    assert standing.plan
    if isinstance(shot.source, Own):
        raise BadInput("shot", shot.id, "a shot that is made, not own footage")
    if shot.source.model == DRAWN and shot.source.mode == "picture":
        hint = "edit --move, --length or --image makes it another one"
        raise BadInput(
            "shot", shot.id, "a shot that can come out differently; a picture's move is always the same", hint=hint
        )
    found = known(breakdown(standing.plan, "takes"), standing.choices, standing.had, standing.gone)
    fp = found[take_key(shot.id)].fingerprint
    if fp is None or fp not in standing.had:
        raise BadInput("shot", shot.id, "a shot that has a take already", hint="reelwright resume")
    last = max((ask.round for ask in standing.choices.asks if ask.of == fp), default=1)
    ask = Ask(of=fp, round=last + 1, samples=shot.source.samples)
    return standing.plan, replace(standing.choices, asks=(*standing.choices.asks, ask))


def circled(standing: Standing, shot: Shot, asset: Digest) -> tuple[Plan, Choices]:
    """The chosen take; it counts while the shot keeps its request."""
    assert standing.plan
    if isinstance(shot.source, Own):
        raise BadInput("shot", shot.id, "a shot that is made, not own footage")
    circle = Circle(asset=asset, request=request_digest(shot.source))
    return standing.plan, replace(standing.choices, circled={**standing.choices.circled, shot.id: circle})


def accepting(standing: Standing, accepted: frozenset[str]) -> tuple[Plan, Choices]:
    """Findings overruled by a person."""
    assert standing.plan
    return standing.plan, replace(standing.choices, accepted=standing.choices.accepted | accepted)
