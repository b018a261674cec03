"""An edit as the next revision: what a person changes in a plan and in the choices, and its price both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from reelwright.errors import BadInput
from reelwright.reel.breakdown import breakdown, take_key
from reelwright.reel.brief import Material
from reelwright.reel.choices import Ask, Choices, Circle
from reelwright.reel.noun import Digest, ShotId
from reelwright.reel.operation import Standing
from reelwright.reel.plan import Beat, Line, Own, Plan, Shot, footage
from reelwright.reel.request import Input, Request, request_digest
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
_OF_A_SHOT: Final = ("words", "prompt", "length", "image", "clip", "move", "caption")
_OF_THE_FILM: Final = ("look", "accent", "mood")

Rematch = Callable[[Plan], Plan]
"""planner/match: every request normalised again for what the plan now says."""
EndsOn = Callable[[str], bool]
"""Whether a model can be told what a shot ends on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A checked edit. ``material``: the picture or clip that a shot is to show from now on."""

    changes: Changes
    material: Material | None
    rematch: Rematch
    ends_on: EndsOn

    def revised(self, standing: Standing, way: Literal["bridge", "reflow"] | None = None) -> tuple[Plan, Choices]:
        """The next revision where the project stands. Pure; raises ``BadInput`` where it cannot be."""
        assert standing.plan
        plan = self.rematch(changed(standing.plan, self.changes, self.material))
        touched = moved(standing.plan, plan)
        choices = replace(standing.choices, accepted=quality.still_accepted(standing.choices, touched))
        way = way or self.changes.get("way", "bridge")
        if way == "bridge" and (shot := self.changes.get("shot")) is not None:
            called = shot_called(plan, shot).id
            return bridged(standing, plan, choices, called, self.ends_on) or (plan, choices)
        return plan, choices

    def ways(self, standing: Standing) -> dict[str, tuple[Plan, Choices]]:
        """Both ways where a later shot continues the edited one and its take can be kept; else nothing."""
        made = {way: self.revised(standing, way) for way in ("bridge", "reflow")}
        return made if made["bridge"] != made["reflow"] else {}


def check(changes: Changes) -> None:
    """Raise ``BadInput`` for an edit that says nothing, or says what cannot be."""
    given = {name for name, value in changes.items() if value is not None}
    if unknown := given - {*_OF_A_SHOT, *_OF_THE_FILM, "shot", "way"}:
        raise BadInput("edit", min(unknown), ", ".join((*_OF_A_SHOT, *_OF_THE_FILM)))
    if not given & {*_OF_A_SHOT, *_OF_THE_FILM}:
        raise BadInput("edit", "nothing", f"a change: {', '.join((*_OF_A_SHOT, *_OF_THE_FILM))}")
    if "shot" not in given and (lost := given & set(_OF_A_SHOT)):
        raise BadInput("shot", None, f"the number of the shot whose {min(lost)} changes")
    if {"image", "clip"} <= given:
        raise BadInput("clip", str(changes.get("clip")), "an image or a clip, not both")
    if (move := changes.get("move")) is not None:
        checked.one_of("move", move, MOVES)
    checked.one_of("way", changes.get("way", "bridge"), WAYS)
    checked.accent(changes.get("accent"))


def changed(plan: Plan, changes: Changes, material: Material | None) -> Plan:
    """The plan with what a person said, before its requests are matched again."""
    check(changes)
    if (called := changes.get("shot")) is not None:
        plan = _with_shot(plan, shot_called(plan, called).id, changes, material)
    if (look := changes.get("look")) is not None:
        plan = replace(plan, look=checked.text("look", look, 60))
    if (accent := checked.accent(changes.get("accent"))) is not None:
        plan = _every_request(plan, {"accent": accent})
    if (mood := changes.get("mood")) is not None:
        plan = _with_mood(plan, checked.text("mood", mood, 60))
    return plan


def _with_shot(plan: Plan, called: ShotId, changes: Changes, material: Material | None) -> Plan:
    beats = []
    at = 0
    for beat in plan.beats:
        if any(shot.id == called for shot in beat.shots):
            beat = _with_beat(plan, beat, called, changes, material)
        beats.append(replace(beat, start=Frames(at)))
        at += beat.length
    return replace(plan, beats=tuple(beats))


def _with_beat(plan: Plan, beat: Beat, called: ShotId, changes: Changes, material: Material | None) -> Beat:
    shots = []
    for shot in beat.shots:
        if shot.id == called:
            if (words := changes.get("words")) is not None:
                beat, shot = _worded(beat, shot, words)
            if (caption := changes.get("caption")) is not None:
                shot = _captioned(beat, shot, checked.text("caption", caption, WORD_CHARS))
            if (prompt := changes.get("prompt")) is not None:
                shot = _prompted(shot, checked.text("prompt", prompt, 2000))
            if (length := changes.get("length")) is not None:
                shot = replace(shot, length=_length(plan, shot, length))
            if material is not None:
                shot = showing(plan, beat, shot, material)
            if (move := changes.get("move")) is not None:
                shot = _moved(shot, move)
        shots.append(shot)
    return replace(beat, shots=tuple(shots), length=Frames(sum(shot.length for shot in shots)))


def _worded(beat: Beat, shot: Shot, words: str | Mapping[str, str]) -> tuple[Beat, Shot]:
    """New words by role, on the shot and in the lines of its beat that said the old ones."""
    if isinstance(words, str):
        words = {_main_role(shot): words}
    accepted = dict.fromkeys((*shot.words, "line"))
    said = dict(shot.words)
    lines = beat.lines
    for role, text in words.items():
        if role not in accepted:
            raise BadInput("words", role, f"roles among {', '.join(accepted)}")
        said[role] = checked.text("words", text, WORD_CHARS)
        lines = _reworded(lines, shot, shot.words.get(role), said[role])
    return replace(beat, lines=lines), replace(shot, words=said)


def _main_role(shot: Shot) -> str:
    return "line" if "line" in shot.words or not shot.words else next(iter(shot.words))


def _reworded(lines: tuple[Line, ...], shot: Shot, old: str | None, new: str) -> tuple[Line, ...]:
    """The lines that said ``old`` say ``new``; where the shot's only line is its caption, that one does."""
    same = [line for line in lines if old is not None and _read(line.text) == _read(old)]
    if not same and shot.shows == "caption" and len(lines) == 1:
        same = list(lines)
    return tuple(replace(line, text=_read(new)) if line in same else line for line in lines)


def _read(text: str) -> str:
    """Words as a caption reads them: without the hard breaks of drawn type."""
    return " ".join(text.replace("|", " ").split())


def _captioned(beat: Beat, shot: Shot, text: str) -> Shot:
    if not beat.lines:
        raise BadInput("caption", text, "a shot whose beat has a line")
    return replace(shot, corrections={**shot.corrections, beat.lines[0].id: text})


def _prompted(shot: Shot, prompt: str) -> Shot:
    if isinstance(shot.source, Own):
        raise BadInput("prompt", prompt, "a shot that is made, not own footage")
    return replace(shot, prompt=prompt, source=replace(shot.source, prompt=prompt))


def _length(plan: Plan, shot: Shot, said: int | float | str) -> Frames:
    """The new length; long enough for its transitions, half of which may be a shot at most."""
    ms = checked.milliseconds("length", said, round(SHORTEST_S * 1000))
    assert ms is not None
    frames = ms_to_frames(ms, plan.fps)
    shots = plan.shots
    before = shots[index - 1].into.over if (index := [one.id for one in shots].index(shot.id)) else 0
    least = 2 * max(shot.into.over, before)
    if frames < least:
        raise BadInput("length", said, f"{least * plan.fps[1] / plan.fps[0]:g} seconds or more, for its transitions")
    return frames


def showing(plan: Plan, beat: Beat, shot: Shot, material: Material) -> Shot:
    """The shot showing one's own picture or clip from now on; a photo fills the frame and moves, the rest is staged."""
    from reelwright.planner.match import Picture, Place, clip_frames, house_of, match_shot, place_of

    if material.treatment == "clip":
        has = clip_frames(material.ms or 0, plan.fps)
        if has < footage(shot):
            raise BadInput(
                "clip", material.name, f"a clip of {footage(shot) * plan.fps[1] / plan.fps[0]:.2f} s or more"
            )
        sound: Literal["duck", "mute"] = "duck" if material.sound else "mute"
        return replace(shot, source=Own(asset=material.asset), shows="caption", sound=sound)
    place = place_of(shot.source) if isinstance(shot.source, Request) else Place(beat=beat.name)
    move = (place.picture.move if place.picture else "") or "push"
    picture = Picture(
        asset=material.asset, treatment=material.treatment, move=move if material.treatment == "photo" else ""
    )
    source = match_shot(shot.prompt, shot.words, footage(shot), replace(place, picture=picture), house_of(plan))
    return replace(shot, source=source, shows="caption" if picture.move else "drawn", sound="mute")


def _moved(shot: Shot, move: str) -> Shot:
    if not isinstance(shot.source, Request) or shot.source.mode != "picture":
        raise BadInput("move", move, "a shot that shows a picture")
    return replace(shot, source=replace(shot.source, extra={**shot.source.extra, "move": move}))


def _every_request(plan: Plan, extra: Mapping[str, str]) -> Plan:
    def told(shot: Shot) -> Shot:
        if isinstance(shot.source, Own):
            return shot
        return replace(shot, source=replace(shot.source, extra={**shot.source.extra, **extra}))

    return replace(
        plan, beats=tuple(replace(beat, shots=tuple(told(shot) for shot in beat.shots)) for beat in plan.beats)
    )


def _with_mood(plan: Plan, mood: str) -> Plan:
    if plan.bed is None:
        raise BadInput("mood", mood, "a film with music")
    return replace(plan, bed=replace(plan.bed, mood=mood, request=replace(plan.bed.request, prompt=mood)))


def moved(before: Plan, after: Plan) -> frozenset[ShotId]:
    """Shots that are not what they were."""
    old = {shot.id: shot for shot in before.shots}
    return frozenset(shot.id for shot in after.shots if old.get(shot.id) != shot)


# continuation, both ways


def bridged(
    standing: Standing, plan: Plan, choices: Choices, shot: ShotId, ends_on: EndsOn
) -> tuple[Plan, Choices] | None:
    """The shot bought to end on the first frame of the next one's kept take, which is circled.

    None where no shot continues this one, where the next has no take yet, or where the model takes no last frame.
    """
    after = _continued_by(plan, shot)
    if after is None or standing.plan is None or not isinstance(after.source, Request):
        return None
    found = known(breakdown(standing.plan, "takes"), standing.choices, standing.had, standing.gone)
    kept = found[take_key(after.id)].chosen if take_key(after.id) in found else None
    if kept is None or kept in standing.gone:
        return None
    circle = Circle(asset=kept, request=request_digest(after.source))
    ended = _ending_on(plan, shot, kept, ends_on)
    return (ended, replace(choices, circled={**choices.circled, after.id: circle})) if ended else None


def _continued_by(plan: Plan, shot: ShotId) -> Shot | None:
    for one in plan.shots:
        if isinstance(one.source, Request) and any(i.of == take_key(shot) for i in one.source.inputs):
            return one
    return None


def _ending_on(plan: Plan, shot: ShotId, kept: Digest, ends_on: EndsOn) -> Plan | None:
    def ended(one: Shot) -> Shot:
        if one.id != shot or not isinstance(one.source, Request):
            return one
        others = tuple(i for i in one.source.inputs if i.role != "last_frame")
        last = Input(role="last_frame", asset=kept, part="first_frame")
        return replace(one, source=replace(one.source, inputs=(*others, last)))

    source = next(one.source for one in plan.shots if one.id == shot)
    if not isinstance(source, Request) or not ends_on(source.model):
        return None
    beats = tuple(replace(beat, shots=tuple(ended(one) for one in beat.shots)) for beat in plan.beats)
    return replace(plan, beats=beats)


# choices


def retaken(standing: Standing, shot: Shot) -> tuple[Plan, Choices]:
    """Another of the very same thing: the next round of what the shot asks for."""
    assert standing.plan
    if isinstance(shot.source, Own):
        raise BadInput("shot", shot.id, "a shot that is made, not own footage")
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
