"""Converts a plan to its form in ``film.yaml`` and back: seconds for frames, without defaults and derived values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from fractions import Fraction
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.reel.base.document import to_public
from reelwright.reel.film.plan import Beat, Line, Overlay, OwnFootage, Plan, Shot, Transition
from reelwright.reel.graph.request import Request
from reelwright.studio import late_modules as late
from reelwright.studio.policy import MAX_PLAN_S
from reelwright.units import convert_frames_to_ms, convert_ms_to_frames

_FRAMES: Final = frozenset({"start", "length", "room", "spoken_length"})
_WORD: Final = re.compile(r"([0-9]{1,9}) ([0-9]{1,9}) (.*)", re.DOTALL)


def drop_defaults(noun: Any, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``plain``, the dataclass ``noun`` as plain values, without the fields that have their default value."""
    kept = {}
    for field in fields(noun):
        value = getattr(noun, field.name)
        if field.default is not MISSING and value == field.default:
            continue
        if field.default_factory is not MISSING and value == field.default_factory():
            continue
        kept[field.name] = plain[field.name]
    return kept


def encode_plan(plan: Plan) -> dict[str, Any]:
    """Convert a plan to plain values for ``film.yaml``: seconds for frames, no defaults, no derived values."""

    def seconds(frames: int) -> float | int:
        ms = convert_frames_to_ms(frames, plan.fps)
        return ms // 1000 if ms % 1000 == 0 else ms / 1000

    document = drop_defaults(plan, to_public(plan))
    document["beats"] = [_encode_beat(beat, seconds) for beat in plan.beats]
    if plan.bed:
        document["bed"] = {
            **drop_defaults(plan.bed, to_public(plan.bed)),
            "request": _encode_request(plan.bed.request, ""),
        }
    return document


def _encode_beat(beat: Beat, seconds: Callable[[int], Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": beat.id, "name": beat.name}
    row["shots"] = [_encode_shot(shot, seconds) for shot in beat.shots]
    if beat.lines:
        row["lines"] = [_encode_line(line, seconds) for line in beat.lines]
    return row


def _encode_times(
    noun: Line | Overlay | OwnFootage | Shot | Transition, seconds: Callable[[int], Any]
) -> dict[str, Any]:
    row = drop_defaults(noun, to_public(noun))
    return {key: seconds(value) if key in _FRAMES and value is not None else value for key, value in row.items()}


def _encode_shot(shot: Shot, seconds: Callable[[int], Any]) -> dict[str, Any]:
    row = _encode_times(shot, seconds)
    own = isinstance(shot.source, OwnFootage)
    row["source"] = _encode_times(shot.source, seconds) if isinstance(shot.source, OwnFootage) else None
    if not own and isinstance(shot.source, Request):
        row["source"] = _encode_request(shot.source, shot.prompt)
    if shot.still:
        row["still"] = _encode_request(shot.still, shot.prompt)
    if "transition" in row:
        row["transition"] = _encode_times(shot.transition, seconds)
    if "overlays" in row:
        row["overlays"] = [_encode_times(overlay, seconds) for overlay in shot.overlays]
    if "opening" in row:
        row["opening"] = drop_defaults(shot.opening, to_public(shot.opening))
    return row


def _encode_line(line: Line, seconds: Callable[[int], Any]) -> dict[str, Any]:
    row = _encode_times(line, seconds)
    if line.word_times:
        row["word_times"] = [f"{first} {last} {word}" for word, first, last in line.word_times]
    if line.request:
        row["request"] = _encode_request(line.request, line.text)
    return row


def _encode_request(request: Request, same: str) -> dict[str, Any]:
    """Return a request without its defaults, and without its prompt if that equals ``same``."""
    row = drop_defaults(request, to_public(request))
    if request.inputs:
        row["inputs"] = [drop_defaults(i, to_public(i)) for i in request.inputs]
    if same and row.get("prompt") == same:
        del row["prompt"]
    return row


def decode_plan(document: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Convert the plan of a ``film.yaml``, in seconds, back to the plain values of a ``Plan``, in frames.

    ``where``: put before the path that ``BadInput`` names.
    """
    fps = document.get("fps")
    if not isinstance(fps, list) or len(fps) != 2 or any(type(n) is not int or n <= 0 for n in fps):
        raise BadInput(f"{where}.fps", fps, "a rate such as [30, 1]")

    def frames(value: Any, at: str) -> Any:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not 0 <= value <= MAX_PLAN_S:
            raise BadInput(at, value, "seconds from 0")
        return int(convert_ms_to_frames(round(Fraction(value) * 1000), (fps[0], fps[1])))

    late.plan_reader.refuse_too_many_shots(document.get("beats"), f"{where}.beats")
    beats: list[dict[str, Any]] = []
    at = 0
    for n, beat in enumerate(_read_rows(document, "beats", where)):
        made = _decode_beat(beat, f"{where}.beats.{n}", frames)
        made["start"], made["length"] = at, sum(shot["length"] for shot in made["shots"])
        at += made["length"]
        beats.append(made)
    if not beats:
        raise BadInput(f"{where}.beats", [], "at least one beat")
    return {**document, "beats": beats}


def _read_rows(document: Mapping[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    rows = document.get(key, [])
    if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
        raise BadInput(f"{where}.{key}", rows, "a list of mappings")
    return rows


def _decode_beat(beat: Mapping[str, Any], where: str, frames: Callable[[Any, str], Any]) -> dict[str, Any]:
    for derived in ("start", "length"):
        if derived in beat:
            raise BadInput(f"{where}.{derived}", beat[derived], "nothing: a beat is as long as its shots")
    shots = [_decode_shot(row, f"{where}.shots.{n}", frames) for n, row in enumerate(_read_rows(beat, "shots", where))]
    made = {**beat, "shots": shots}
    if "lines" in beat:
        made["lines"] = [
            _decode_line(row, f"{where}.lines.{n}", frames) for n, row in enumerate(_read_rows(beat, "lines", where))
        ]
    return made


def _decode_shot(row: Mapping[str, Any], where: str, frames: Callable[[Any, str], Any]) -> dict[str, Any]:
    if "length" not in row:
        raise BadInput(f"{where}.length", None, "the shot's seconds")
    if "id" not in row:
        raise BadInput(f"{where}.id", None, "an id of its own, such as shot_hands")
    if "source" not in row:
        raise BadInput(f"{where}.source", None, "what makes the shot: copy it from another shot, it is matched again")
    if row["length"] == 0:
        raise BadInput(f"{where}.length", 0, "more than 0 seconds")
    prompt = row.get("prompt")
    made = _decode_times(_add_prompt(_add_prompt(row, "source", prompt), "still", prompt), where, frames)
    for part in ("source", "transition"):
        if isinstance(made.get(part), dict):
            made[part] = _decode_times(made[part], f"{where}.{part}", frames)
    if "overlays" in made:
        overlays = _read_rows(made, "overlays", where)
        made["overlays"] = [
            _decode_times(o, f"{where}.overlays.{n}", _allow_negative(frames)) for n, o in enumerate(overlays)
        ]
    return made


def _decode_line(row: Mapping[str, Any], where: str, frames: Callable[[Any, str], Any]) -> dict[str, Any]:
    made = _decode_times(_add_prompt(row, "request", row.get("text")), where, frames)
    if "word_times" in made:
        rows = made["word_times"] if isinstance(made["word_times"], list) else [made["word_times"]]
        made["word_times"] = [_decode_word(word, f"{where}.word_times.{n}") for n, word in enumerate(rows)]
    return made


def _decode_word(word: Any, where: str) -> tuple[str, int, int]:
    found = _WORD.fullmatch(word) if isinstance(word, str) else None
    if found is None:
        raise BadInput(where, word, "a word after its first and last millisecond, such as `0 240 Meet`")
    return found[3], int(found[1]), int(found[2])


def _add_prompt(row: Mapping[str, Any], part: str, prompt: Any) -> dict[str, Any]:
    """Return the row with ``prompt`` in its request under ``part``, if it was left out there."""
    request = row.get(part)
    if isinstance(request, dict) and "model" in request and "prompt" not in request:
        return {**row, part: {**request, "prompt": prompt}}
    return dict(row)


def _allow_negative(frames: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Extend ``frames`` to values below 0: a title may start in the shot before."""

    def signed(value: Any, at: str) -> Any:
        below = isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0
        return -frames(-value, at) if below else frames(value, at)

    return signed


def _decode_times(row: Mapping[str, Any], where: str, frames: Callable[[Any, str], Any]) -> dict[str, Any]:
    return {
        key: frames(value, f"{where}.{key}") if key in _FRAMES and value is not None else value
        for key, value in row.items()
    }
