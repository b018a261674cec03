"""Reads plans that people write, strictly, in YAML or JSON, in a full or a short form.

There are two forms. The full form holds every request of a plan; it begins with ``schema``. The short form is for
people: beats with shots, words and seconds; all else follows.

    title: VoltCup
    aspect: "9:16"              # 16:9, 9:16, 1:1 or 4:5; default 16:9
    tone: energetic             # default neutral; also: language, look, mood, accent, emblem, logo, end_card,
                                # presets, short_side
    beats:
      - beat: hook              # one of the fifteen beats
        shots:
          - seconds: 2.5
            words: Tired of cold coffee?          # or by role: {name: VoltCup, descriptor: Travel mug}
            say: Tired of cold coffee?            # read as a caption; default: nothing
      - beat: demo
        shots:
          - seconds: 2
            picture: mug.jpg    # a picture or clip given beside the plan, by name or by its sha256
            move: push          # push, pull, left, right, up, down
            transition: push    # to the next shot: cut, dissolve, dip, push, wipe; transition_s: its seconds
          - seconds: 3
            clip: pour.mp4
            start: 1.5
            sound: duck         # keep, duck, mute
      - beat: end_card
        shots:
          - seconds: 3
            words: {name: VoltCup, url: voltcup.example}

The reader refuses, each with path, value and what is accepted: unknown keys, wrong types, missing or duplicate ids,
cycles, lengths that do not add up, beats that overlap, anchors and aliases, tags, and duplicate keys. Between two
beats there may be a gap: the shot before it stands on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.drawable import refuse_undrawable
from reelwright.planner.edits.edit import rebuild_requests
from reelwright.planner.edits.resizing import update_formats
from reelwright.planner.plan_file.plan_values import check_names_and_words
from reelwright.planner.plan_file.short_form import read_short_form
from reelwright.planner.yaml_text import parse_text
from reelwright.reel.base.stored_fields import to_public_names
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.brief import Material
from reelwright.reel.film.plan import SCHEMA, Beat, OwnFootage, Plan, Shot, compute_take_length, list_aspects
from reelwright.units import Frames

MAX_FILM_S: Final = 600
MAX_SHOTS: Final = 600


def read_plan(text: str, name: str, materials: Sequence[Material] = (), find_look: Callable[[str], str] = str) -> Plan:
    """Read the plan in ``text``, in the full or the short form. ``name``: of the file, for errors. ``materials``: what
    it may show. ``find_look``: finds the text of a person's own look by the name that the short form has.

    Raises ``BadInput`` naming the path inside the document. Pure; never spends.
    """
    value = parse_text(text, name)
    refuse_too_many_shots(value.get("beats"), f"{name}.beats")
    if "schema" not in value:
        return validate_plan(read_short_form(value, name, materials, find_look), name)
    if value["schema"] != SCHEMA:
        raise BadInput(f"{name}.schema", value["schema"], str(SCHEMA))
    return validate_plan(read_strictly(Plan, to_public_names(Plan, value), name, by_alias=False), name)


def refuse_too_many_shots(beats: Any, where: str) -> None:
    """Raise ``BadInput`` if there are more shots than a film can hold. This check comes before all others."""
    rows = [beat.get("shots") for beat in beats if isinstance(beat, dict)] if isinstance(beats, list) else []
    shots = sum(len(row) for row in rows if isinstance(row, list))
    if shots > MAX_SHOTS:
        raise BadInput(where, f"{shots} shots", f"at most {MAX_SHOTS} shots")


def validate_plan(plan: Plan, name: str) -> Plan:
    """Return ``plan`` if it is consistent; across a gap between two beats, the shot before it stands on, so that each
    beat begins where it says. Raises ``BadInput`` naming what is not consistent.
    """
    if not plan.beats:
        raise BadInput(f"{name}.beats", [], "at least one beat")
    _check_rate_and_size(plan, name)
    check_names_and_words(plan, name)
    refuse_undrawable(plan, name)
    _check_ids(plan, name)
    at, after = 0, dict(zip((shot.id for shot in plan.shots), plan.shots[1:], strict=False))
    for where, beat in _list_beats(plan, name):
        if beat.start < at or (beat.start and not at):
            raise BadInput(f"{where}.start", int(beat.start), f"{at}, where the beats before it end, or later in a gap")
        _check_beat(beat, after, where)
        at = beat.start + beat.length
    has_gaps = at > plan.length
    plan = _hold_over_gaps(plan) if has_gaps else plan
    if not 0 < plan.seconds <= MAX_FILM_S:
        raise BadInput(f"{name}: length", f"{float(plan.seconds):g} s", f"more than 0 and at most {MAX_FILM_S} s")
    plan = rebuild_requests(plan) if has_gaps else plan
    try:
        build_graph(plan, "film")
    except ValueError as cause:  # the graph's own words: a cycle, or a step that does not exist
        raise BadInput(f"{name}.beats", str(cause), "inputs that lead to shots without a circle") from cause
    return update_formats(plan)


def _hold_over_gaps(plan: Plan) -> Plan:
    """Return the plan whose last shot before a gap lasts until the next beat begins; its requests are not rebuilt."""
    made: list[Beat] = []
    for beat in plan.beats:
        if made and (gap := beat.start - made[-1].start - made[-1].length):
            *shots, last = made[-1].shots
            last = replace(last, length=Frames(last.length + gap))
            made[-1] = replace(made[-1], length=Frames(made[-1].length + gap), shots=(*shots, last))
        made.append(beat)
    return replace(plan, beats=tuple(made))


def _check_rate_and_size(plan: Plan, name: str) -> None:
    if min(plan.fps) < 1 or not 10 <= plan.fps[0] / plan.fps[1] <= 120:
        raise BadInput(f"{name}.fps", list(plan.fps), "numerator and denominator of 10 to 120 frames a second")
    if any(side < 16 or side > 7680 or side % 2 for side in plan.size):
        raise BadInput(f"{name}.size", list(plan.size), "even numbers of pixels from 16 to 7680")
    for k, one in enumerate(plan.formats):
        if any(side < 16 or side > 7680 or side % 2 for side in one.size):
            raise BadInput(f"{name}.formats.{k}.size", list(one.size), "even numbers of pixels from 16 to 7680")
    aspects = list_aspects(plan)
    if len(set(aspects)) < len(aspects):
        raise BadInput(f"{name}.formats", ", ".join(aspects), "each aspect once, that of the film's size included")


def _list_beats(plan: Plan, name: str) -> Iterator[tuple[str, Beat]]:
    for index, beat in enumerate(plan.beats):
        yield f"{name}.beats.{index}", beat


def _check_ids(plan: Plan, name: str) -> None:
    seen: set[str] = set()
    for where, beat in _list_beats(plan, name):
        ids = [(f"{where}.id", beat.id)]
        ids += [(f"{where}.shots.{k}.id", str(shot.id)) for k, shot in enumerate(beat.shots)]
        ids += [(f"{where}.lines.{k}.id", line.id) for k, line in enumerate(beat.lines)]
        for path, one in ids:
            if not one.strip():
                raise BadInput(path, one, "an id")
            if one in seen:
                raise BadInput(path, one, "an id that stands only once")
            seen.add(one)


def _check_beat(beat: Beat, after: Mapping[ShotId, Shot], where: str) -> None:
    total = sum(shot.length for shot in beat.shots)
    if not beat.shots:
        raise BadInput(f"{where}.shots", [], "at least one shot")
    if beat.length != total:
        raise BadInput(f"{where}.length", int(beat.length), f"{total}, the sum of its shots")
    for k, line in enumerate(beat.lines):
        if line.start < 0 or line.room < 1 or line.start + line.room > beat.length:
            raise BadInput(
                f"{where}.lines.{k}", f"{line.start} + {line.room} frames", f"inside the {total} of its beat"
            )
    for k, shot in enumerate(beat.shots):
        _check_shot(shot, after.get(shot.id), f"{where}.shots.{k}")


def _check_shot(shot: Shot, after: Shot | None, where: str) -> None:
    if shot.length < 1:
        raise BadInput(f"{where}.length", int(shot.length), "at least 1 frame")
    most = min(shot.length, after.length) // 2 if after else 0
    if not 0 <= shot.transition.length <= most:
        raise BadInput(
            f"{where}.transition.length", int(shot.transition.length), f"0 to {most}, half of the shorter neighbour"
        )
    if (shot.transition.kind == "cut") != (shot.transition.length == 0):
        raise BadInput(f"{where}.transition", shot.transition.kind, "cut over 0 frames, or another kind over some")
    if isinstance(shot.source, OwnFootage):
        if shot.source.start < 0:
            raise BadInput(f"{where}.source.start", int(shot.source.start), "0 or more")
        return
    frames = shot.source.extra.get("frames")
    if frames is not None and frames != compute_take_length(shot):
        raise BadInput(
            f"{where}.source.extra.frames", frames, f"{compute_take_length(shot)}, the shot and its transition"
        )
