"""The short form of a plan, as people write it: what is left out follows from what is there (see read.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.edit import ROLES, rehit, rescore
from reelwright.planner.flavors import flavor
from reelwright.planner.ids import derived, number
from reelwright.planner.match import House, Picture, Place, clip_frames, match_bed, match_shot, match_still
from reelwright.planner.prompts import written_prompt
from reelwright.planner.tables import beats, moods, tones
from reelwright.reel.brief import Material
from reelwright.reel.canonical import digest_of
from reelwright.reel.noun import Digest, ShotId
from reelwright.reel.plan import SCHEMA, Beat, Bed, Line, Own, Plan, Shot, Transition
from reelwright.units import ASPECTS, Frames, seconds_to_frames, size_of

_TOP: Final = ("title", "aspect", "short_side", "language", "tone", "look", "mood", "accent", "beats")
_BEAT: Final = ("beat", "shots")
_SHOT: Final = ("id", "seconds", "words", "say", "prompt", "picture", "clip", "start", "move", "sound", "into", "over")
_MOVES: Final = ("push", "pull", "left", "right", "up", "down")
_SOUNDS: Final = ("keep", "duck", "mute")
_INTO: Final = {"cut": 0, "dissolve": 14, "dip": 8, "push": 10, "wipe": 12}
"""Usual frames at 30 a second. Source: craft.md 3.5, read 2026-11-20."""


def from_short(value: Mapping[str, Any], name: str, materials: Sequence[Material]) -> Plan:
    """A plan from the short form. Raises ``BadInput`` naming the path that is wrong."""
    _keys(value, _TOP, name)
    usual = flavor("spot")
    tone = _one_of(value, "tone", tuple(tones()), "neutral", name)
    mood = _one_of(value, "mood", tuple(moods()), tones()[tone].mood, name)
    aspect = _one_of(value, "aspect", ASPECTS, "16:9", name)
    side = value.get("short_side", 1080)
    if type(side) is not int or not 90 <= side <= 4320:
        raise BadInput(f"{name}.short_side", side, "a whole number of pixels from 90 to 4320")
    house = House(
        fps=usual.fps,
        size=size_of(aspect, side),  # type: ignore[arg-type]  # checked against ASPECTS just above
        look=_text(value, "look", usual.look, name),
        language=_text(value, "language", "en", name),
        accent=_text(value, "accent", "", name).upper(),
    )
    seed = digest_of([_hashable(value), [m.asset for m in materials]])
    reader = _Reader(
        house,
        tone,
        seed,
        _text(value, "title", "Untitled", name),
        {key: m for m in materials for key in (m.name, m.asset)},
    )
    rows = _list(value, "beats", name)
    names = [reader.beat_name(row, f"{name}.beats.{i}") for i, row in enumerate(rows)]
    made: list[Beat] = []
    at = 0
    for index, row in enumerate(rows):
        made.append(reader.beat(row, index, names, at, f"{name}.beats.{index}"))
        at += made[-1].length
    energies = {beat: rule.energy for beat, rule in beats().items()}
    request = match_bed(made, energies, mood, 120_000, number(seed, "bed"), house)
    whole = Plan(
        schema=SCHEMA, brief=Digest(seed), title=_text(value, "title", "Untitled", name),
        fps=house.fps, size=house.size,
        look=house.look, tone=tone, language=house.language, beats=tuple(made),
        bed=Bed(mood=mood, bpm_milli=120_000, request=request), caption_style=usual.captions, author="person",
    )  # fmt: skip
    return rehit(rescore(whole))


class _Reader:
    """Reads beats and shots of one document."""

    def __init__(self, house: House, tone: str, seed: str, title: str, materials: Mapping[str, Material]) -> None:
        self.house, self.tone, self.seed, self.title, self.materials = house, tone, seed, title, materials

    def beat_name(self, row: Any, where: str) -> str:
        _keys(row, _BEAT, where)
        return _one_of(row, "beat", tuple(beats()), "", where)

    def beat(self, row: Mapping[str, Any], index: int, names: Sequence[str], start: int, where: str) -> Beat:
        shots: list[Shot] = []
        lines: list[Line] = []
        rows = _list(row, "shots", where)
        for k, shot in enumerate(rows):
            path = f"{where}.shots.{k}"
            _keys(shot, _SHOT, path)
            at = sum(s.length for s in shots)
            after = names[index] if k else names[index - 1] if index else ""
            last = k == len(rows) - 1
            before = names[index] if not last else names[index + 1] if index + 1 < len(names) else ""
            ends = last and index == len(names) - 1
            shots.append(self._shot(shot, names[index], after, before, f"{index}.{k}", path, ends=ends))
            if said := _text(shot, "say", "", path):
                line = derived("line", self.seed, f"{index}.{k}")
                lines.append(Line(id=line, text=said, start=Frames(at), room=shots[-1].length))
        length = Frames(sum(s.length for s in shots))
        beat = derived("beat", self.seed, str(index))
        return Beat(
            id=beat, name=names[index], start=Frames(start), length=length, shots=tuple(shots), lines=tuple(lines)
        )

    def _shot(
        self, row: Mapping[str, Any], beat: str, after: str, before: str, place: str, where: str, *, ends: bool
    ) -> Shot:
        fps = self.house.fps
        length = _frames(row, "seconds", fps, where)
        into = _transition(row, fps, where, ends=ends)
        words = _words(row, where)
        size = beats()[beat].sizes[int(place.split(".")[1]) % len(beats()[beat].sizes)]
        tone = tones()[self.tone]
        usual = written_prompt(
            beat, size, ": ".join(one for one in (self.title, words.get("line", "")) if one), light=tone.light,
            camera=tone.camera[0], grade=tone.grade, sound="",
        )  # fmt: skip
        prompt = _text(row, "prompt", usual, where)
        shot = ShotId(_text(row, "id", derived("shot", self.seed, place), where))
        material = self._material(row, where)
        sound = _one_of(row, "sound", _SOUNDS, "mute", where)
        if material and material.treatment == "clip":
            start = _frames(row, "start", fps, where) if row.get("start") else Frames(0)
            if start + length + into.over > clip_frames(material.ms or 0, fps) + 1:
                raise BadInput(f"{where}.seconds", row["seconds"], f"at most what {material.name} has from there on")
            return Shot(
                id=shot, prompt=prompt, length=length, source=Own(asset=material.asset, start=start), words=words,
                shows="caption", sound=sound, into=into,  # type: ignore[arg-type]  # one of _SOUNDS
            )  # fmt: skip
        picture = None
        if material:
            move = _one_of(row, "move", _MOVES, "push", where) if material.treatment == "photo" else ""
            treatment = "photo" if material.treatment == "clip" else material.treatment
            picture = Picture(asset=material.asset, treatment=treatment, move=move)
        spot = Place(beat=beat, after=after, before=before, seed=number(self.seed, place), picture=picture)
        request = match_shot(prompt, words, length + into.over, spot, self.house)
        return Shot(
            id=shot, prompt=prompt, length=length, source=request, words=words, into=into,
            still=match_still(request) if place.endswith(".0") else None,
            shows="caption" if picture and picture.move else "drawn",
        )  # fmt: skip

    def _material(self, row: Mapping[str, Any], where: str) -> Material | None:
        for key in ("picture", "clip"):
            if key not in row:
                continue
            named = _text(row, key, "", where)
            found = self.materials.get(named)
            if found is None or (found.treatment == "clip") != (key == "clip"):
                known = sorted({m.name for m in self.materials.values()})
                raise BadInput(f"{where}.{key}", named, f"a {key} given beside the plan: {', '.join(known) or 'none'}")
            return found
        return None


def _hashable(value: Any) -> Any:
    """The document without floats, for its digest."""
    if isinstance(value, dict):
        return {key: _hashable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hashable(inner) for inner in value]
    return str(value) if isinstance(value, float) else value


def _keys(row: Any, known: Sequence[str], where: str) -> None:
    if not isinstance(row, dict):
        raise BadInput(where, row, f"a mapping with keys among {', '.join(known)}")
    for key in row:
        if key not in known:
            raise BadInput(f"{where}.{key}", row[key], f"keys among {', '.join(known)}")


def _list(row: Mapping[str, Any], key: str, where: str) -> list[Any]:
    found = row.get(key)
    if not isinstance(found, list) or not found:
        raise BadInput(f"{where}.{key}", found, f"a list of at least one {key.removesuffix('s')}")
    return found


def _text(row: Mapping[str, Any], key: str, default: str, where: str) -> str:
    found = row.get(key, default)
    if not isinstance(found, str) or (key in row and not found.strip()):
        raise BadInput(f"{where}.{key}", found, "text")
    return found


def _one_of(row: Mapping[str, Any], key: str, known: Sequence[str], default: str, where: str) -> str:
    found = row.get(key, default)
    if found not in known:
        raise BadInput(f"{where}.{key}", found, ", ".join(known))
    return str(found)


def _frames(row: Mapping[str, Any], key: str, fps: tuple[int, int], where: str) -> Frames:
    found = row.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found <= 600:
        raise BadInput(f"{where}.{key}", found, "seconds, more than 0 and at most 600")
    return Frames(max(1, seconds_to_frames(Fraction(str(found)), fps)))


def _words(row: Mapping[str, Any], where: str) -> dict[str, str]:
    found = row.get("words", {})
    if isinstance(found, str):
        found = {"line": found}
    if not isinstance(found, dict):
        raise BadInput(f"{where}.words", found, "text, or a mapping of role to text")
    for role, text in found.items():
        if role not in ROLES:
            raise BadInput(f"{where}.words.{role}", text, f"roles among {', '.join(sorted(ROLES))}")
        if not isinstance(text, str) or not text.strip():
            raise BadInput(f"{where}.words.{role}", text, "text")
    return found


def _transition(row: Mapping[str, Any], fps: tuple[int, int], where: str, *, ends: bool) -> Transition:
    kind = _one_of(row, "into", tuple(_INTO), "cut", where)
    if kind == "cut" or ends:
        return Transition()
    over = _frames(row, "over", fps, where) if "over" in row else Frames(_INTO[kind] * fps[0] // (fps[1] * 30))
    return replace(Transition(), kind=kind, over=over)  # type: ignore[arg-type]  # one of _INTO
