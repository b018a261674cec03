"""A plan in the words of ``film.yaml``: seconds for frames, defaults and derived values left out; and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from fractions import Fraction
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.reel.document import to_plain
from reelwright.reel.plan import Beat, Line, Overlay, Own, Plan, Shot, Transition
from reelwright.reel.request import Request
from reelwright.units import frames_to_ms, ms_to_frames

_LONGEST_S: Final = 36_000
_FRAMES: Final = frozenset({"start", "length", "room", "spoken", "over"})
_WORD: Final = re.compile(r"([0-9]{1,9}) ([0-9]{1,9}) (.*)", re.DOTALL)


def bare(noun: Any, plain: Mapping[str, Any]) -> dict[str, Any]:
    """``plain`` without the fields of ``noun`` that have their default."""
    kept = {}
    for field in fields(noun):
        value = getattr(noun, field.name)
        if field.default is not MISSING and value == field.default:
            continue
        if field.default_factory is not MISSING and value == field.default_factory():
            continue
        kept[field.name] = plain[field.name]
    return kept


def plan_out(plan: Plan) -> dict[str, Any]:
    """The plan as plain values for a person: seconds, no defaults, nothing that follows from something else."""

    def seconds(frames: int) -> float | int:
        ms = frames_to_ms(frames, plan.fps)
        return ms // 1000 if ms % 1000 == 0 else ms / 1000

    said = bare(plan, to_plain(plan))
    said["beats"] = [_beat_out(beat, seconds) for beat in plan.beats]
    if plan.bed:
        said["bed"] = {**bare(plan.bed, to_plain(plan.bed)), "request": _request_out(plan.bed.request, "")}
    return said


def _beat_out(beat: Beat, seconds: Callable[[int], Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"id": beat.id, "name": beat.name}
    said["shots"] = [_shot_out(shot, seconds) for shot in beat.shots]
    if beat.lines:
        said["lines"] = [_line_out(line, seconds) for line in beat.lines]
    return said


def _timed(noun: Line | Overlay | Own | Shot | Transition, seconds: Callable[[int], Any]) -> dict[str, Any]:
    said = bare(noun, to_plain(noun))
    return {key: seconds(value) if key in _FRAMES and value is not None else value for key, value in said.items()}


def _shot_out(shot: Shot, seconds: Callable[[int], Any]) -> dict[str, Any]:
    said = _timed(shot, seconds)
    own = isinstance(shot.source, Own)
    said["source"] = _timed(shot.source, seconds) if isinstance(shot.source, Own) else None
    if not own and isinstance(shot.source, Request):
        said["source"] = _request_out(shot.source, shot.prompt)
    if shot.still:
        said["still"] = _request_out(shot.still, shot.prompt)
    if "into" in said:
        said["into"] = _timed(shot.into, seconds)
    if "overlays" in said:
        said["overlays"] = [_timed(overlay, seconds) for overlay in shot.overlays]
    if "opening" in said:
        said["opening"] = bare(shot.opening, to_plain(shot.opening))
    return said


def _line_out(line: Line, seconds: Callable[[int], Any]) -> dict[str, Any]:
    said = _timed(line, seconds)
    if line.timed:
        said["timed"] = [f"{first} {last} {word}" for word, first, last in line.timed]
    if line.request:
        said["request"] = _request_out(line.request, line.text)
    return said


def _request_out(request: Request, same: str) -> dict[str, Any]:
    """A request without its defaults, and without its prompt where that is ``same``."""
    said = bare(request, to_plain(request))
    if request.inputs:
        said["inputs"] = [bare(i, to_plain(i)) for i in request.inputs]
    if same and said.get("prompt") == same:
        del said["prompt"]
    return said


def plan_in(said: Mapping[str, Any], where: str) -> dict[str, Any]:
    """What ``plan_out`` wrote, as plain values of a ``Plan``. Raises ``BadInput`` naming the path."""
    fps = said.get("fps")
    if not isinstance(fps, list) or len(fps) != 2 or any(type(n) is not int or n <= 0 for n in fps):
        raise BadInput(f"{where}.fps", fps, "a rate such as [30, 1]")

    from reelwright.planner.read import few_enough

    def frames(value: Any, at: str) -> Any:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not 0 <= value <= _LONGEST_S:
            raise BadInput(at, value, "seconds from 0")
        return int(ms_to_frames(round(Fraction(value) * 1000), (fps[0], fps[1])))

    few_enough(said.get("beats"), f"{where}.beats")
    beats: list[dict[str, Any]] = []
    at = 0
    for n, beat in enumerate(_listed(said, "beats", where)):
        made = _beat_in(beat, f"{where}.beats.{n}", frames)
        made["start"], made["length"] = at, sum(shot["length"] for shot in made["shots"])
        at += made["length"]
        beats.append(made)
    if not beats:
        raise BadInput(f"{where}.beats", [], "at least one beat")
    return {**said, "beats": beats}


def _listed(said: Mapping[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    rows = said.get(key, [])
    if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
        raise BadInput(f"{where}.{key}", rows, "a list of mappings")
    return rows


def _beat_in(beat: Mapping[str, Any], where: str, frames: Callable[[Any, str], Any]) -> dict[str, Any]:
    for derived in ("start", "length"):
        if derived in beat:
            raise BadInput(f"{where}.{derived}", beat[derived], "nothing: a beat is as long as its shots")
    shots = [_shot_in(row, f"{where}.shots.{n}", frames) for n, row in enumerate(_listed(beat, "shots", where))]
    made = {**beat, "shots": shots}
    if "lines" in beat:
        made["lines"] = [
            _line_in(row, f"{where}.lines.{n}", frames) for n, row in enumerate(_listed(beat, "lines", where))
        ]
    return made


def _shot_in(row: Mapping[str, Any], where: str, frames: Callable[[Any, str], Any]) -> dict[str, Any]:
    if "length" not in row:
        raise BadInput(f"{where}.length", None, "the shot's seconds")
    if "id" not in row:
        raise BadInput(f"{where}.id", None, "an id of its own, such as shot_hands")
    if "source" not in row:
        raise BadInput(f"{where}.source", None, "what makes the shot: copy it from another shot, it is matched again")
    if row["length"] == 0:
        raise BadInput(f"{where}.length", 0, "more than 0 seconds")
    prompt = row.get("prompt")
    made = _timed_in(_prompted(_prompted(row, "source", prompt), "still", prompt), where, frames)
    for part in ("source", "into"):
        if isinstance(made.get(part), dict):
            made[part] = _timed_in(made[part], f"{where}.{part}", frames)
    if "overlays" in made:
        overlays = _listed(made, "overlays", where)
        made["overlays"] = [_timed_in(o, f"{where}.overlays.{n}", _signed(frames)) for n, o in enumerate(overlays)]
    return made


def _line_in(row: Mapping[str, Any], where: str, frames: Callable[[Any, str], Any]) -> dict[str, Any]:
    made = _timed_in(_prompted(row, "request", row.get("text")), where, frames)
    if "timed" in made:
        rows = made["timed"] if isinstance(made["timed"], list) else [made["timed"]]
        made["timed"] = [_word_in(word, f"{where}.timed.{n}") for n, word in enumerate(rows)]
    return made


def _word_in(said: Any, where: str) -> tuple[str, int, int]:
    found = _WORD.fullmatch(said) if isinstance(said, str) else None
    if found is None:
        raise BadInput(where, said, "a word after its first and last millisecond, such as `0 240 Meet`")
    return found[3], int(found[1]), int(found[2])


def _prompted(row: Mapping[str, Any], part: str, prompt: Any) -> dict[str, Any]:
    """``row`` whose request under ``part`` has the prompt that was left out because the row says it."""
    request = row.get(part)
    if isinstance(request, dict) and "model" in request and "prompt" not in request:
        return {**row, part: {**request, "prompt": prompt}}
    return dict(row)


def _signed(frames: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """As ``frames``, below 0 too: a title may have begun in the shot before."""

    def signed(value: Any, at: str) -> Any:
        below = isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0
        return -frames(-value, at) if below else frames(value, at)

    return signed


def _timed_in(row: Mapping[str, Any], where: str, frames: Callable[[Any, str], Any]) -> dict[str, Any]:
    return {
        key: frames(value, f"{where}.{key}") if key in _FRAMES and value is not None else value
        for key, value in row.items()
    }
