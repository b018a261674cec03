"""Reads the short form of a plan, as people write it: what is left out follows from what is there (see read.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.edit import ROLES, rescore, update_hits
from reelwright.planner.flavors import get_flavor
from reelwright.planner.ids import derive_id, derive_number
from reelwright.planner.match import FilmSettings, Picture, Place, clip_frames, match_bed, match_shot, match_still
from reelwright.planner.prompts import write_prompt
from reelwright.planner.tables import load_beats, load_moods, load_tones
from reelwright.reel.brief import Material
from reelwright.reel.canonical import compute_digest
from reelwright.reel.plan import MOVES, SCHEMA, Beat, Bed, Line, OwnFootage, Plan, Shot, Transition
from reelwright.reel.value import Digest, ShotId
from reelwright.units import ASPECTS, Frames, compute_size, convert_seconds_to_frames

_TOP: Final = ("title", "aspect", "short_side", "language", "tone", "look", "mood", "accent", "beats")
_BEAT: Final = ("beat", "shots")
_SHOT: Final = (
    "id",
    "seconds",
    "words",
    "say",
    "prompt",
    "picture",
    "clip",
    "start",
    "move",
    "sound",
    "transition",
    "transition_s",
)
_EARLIER_KEYS: Final = {"into": "transition", "over": "transition_s"}
"""How these keys of a shot were spelled before; read, never written."""
_SOUNDS: Final = ("keep", "duck", "mute")
_TRANSITIONS: Final = {"cut": 0, "dissolve": 14, "dip": 8, "push": 10, "wipe": 12}
"""Usual frames at 30 a second. Source: craft.md 3.5, read 2026-11-20."""


def read_short_form(value: Mapping[str, Any], name: str, materials: Sequence[Material]) -> Plan:
    """Read a plan in the short form. Raises ``BadInput`` naming the path that is wrong."""
    _check_keys(value, _TOP, name)
    usual = get_flavor("spot")
    tone = _get_one_of(value, "tone", tuple(load_tones()), "neutral", name)
    mood = _get_one_of(value, "mood", tuple(load_moods()), load_tones()[tone].mood, name)
    aspect = _get_one_of(value, "aspect", ASPECTS, "16:9", name)
    side = value.get("short_side", 1080)
    if type(side) is not int or not 90 <= side <= 4320:
        raise BadInput(f"{name}.short_side", side, "a whole number of pixels from 90 to 4320")
    settings = FilmSettings(
        fps=usual.fps,
        size=compute_size(aspect, side),  # type: ignore[arg-type]  # checked against ASPECTS just above
        look=_get_text(value, "look", usual.look, name),
        language=_get_text(value, "language", "en", name),
        accent=_get_text(value, "accent", "", name).upper(),
    )
    seed = compute_digest([_remove_floats(value), [m.asset for m in materials]])
    reader = _Reader(
        settings,
        tone,
        seed,
        _get_text(value, "title", "Untitled", name),
        {key: m for m in materials for key in (m.name, m.asset)},
    )
    rows = _get_list(value, "beats", name)
    names = [reader.read_beat_name(row, f"{name}.beats.{i}") for i, row in enumerate(rows)]
    made: list[Beat] = []
    at = 0
    for index, row in enumerate(rows):
        made.append(reader.read_beat(row, index, names, at, f"{name}.beats.{index}"))
        at += made[-1].length
    energies = {beat: rule.energy for beat, rule in load_beats().items()}
    request = match_bed(made, energies, mood, 120_000, derive_number(seed, "bed"), settings)
    whole = Plan(
        schema=SCHEMA, brief=Digest(seed), title=_get_text(value, "title", "Untitled", name),
        fps=settings.fps, size=settings.size,
        look=settings.look, tone=tone, language=settings.language, beats=tuple(made),
        bed=Bed(mood=mood, bpm_milli=120_000, request=request), caption_style=usual.captions, author="person",
    )  # fmt: skip
    return update_hits(rescore(whole))


class _Reader:
    """Reads beats and shots of one document."""

    def __init__(
        self, settings: FilmSettings, tone: str, seed: str, title: str, materials: Mapping[str, Material]
    ) -> None:
        self.settings, self.tone, self.seed, self.title, self.materials = settings, tone, seed, title, materials

    def read_beat_name(self, row: Any, where: str) -> str:
        _check_keys(row, _BEAT, where)
        return _get_one_of(row, "beat", tuple(load_beats()), "", where)

    def read_beat(self, row: Mapping[str, Any], index: int, names: Sequence[str], start: int, where: str) -> Beat:
        shots: list[Shot] = []
        lines: list[Line] = []
        rows = _get_list(row, "shots", where)
        for k, row in enumerate(rows):
            path = f"{where}.shots.{k}"
            shot = _rename_earlier_keys(row, path)
            _check_keys(shot, _SHOT, path)
            at = sum(s.length for s in shots)
            after = names[index] if k else names[index - 1] if index else ""
            last = k == len(rows) - 1
            before = names[index] if not last else names[index + 1] if index + 1 < len(names) else ""
            ends = last and index == len(names) - 1
            shots.append(self._read_shot(shot, names[index], after, before, f"{index}.{k}", path, ends=ends))
            if text := _get_text(shot, "say", "", path):
                line = derive_id("line", self.seed, f"{index}.{k}")
                lines.append(Line(id=line, text=text, start=Frames(at), room=shots[-1].length))
        length = Frames(sum(s.length for s in shots))
        beat = derive_id("beat", self.seed, str(index))
        return Beat(
            id=beat, name=names[index], start=Frames(start), length=length, shots=tuple(shots), lines=tuple(lines)
        )

    def _read_shot(
        self, row: Mapping[str, Any], beat: str, after: str, before: str, place: str, where: str, *, ends: bool
    ) -> Shot:
        fps = self.settings.fps
        length = _get_frames(row, "seconds", fps, where)
        into = _get_transition(row, fps, where, ends=ends)
        words = _get_words(row, where)
        size = load_beats()[beat].sizes[int(place.split(".")[1]) % len(load_beats()[beat].sizes)]
        tone = load_tones()[self.tone]
        usual = write_prompt(
            beat, size, ": ".join(one for one in (self.title, words.get("line", "")) if one), light=tone.light,
            camera=tone.camera[0], grade=tone.grade, sound="",
        )  # fmt: skip
        prompt = _get_text(row, "prompt", usual, where)
        shot = ShotId(_get_text(row, "id", derive_id("shot", self.seed, place), where))
        material = self._find_material(row, where)
        sound = _get_one_of(row, "sound", _SOUNDS, "mute", where)
        if material and material.treatment == "clip":
            start = _get_frames(row, "start", fps, where) if row.get("start") else Frames(0)
            if start + length + into.length > clip_frames(material.ms or 0, fps) + 1:
                raise BadInput(f"{where}.seconds", row["seconds"], f"at most what {material.name} has from there on")
            return Shot(
                id=shot,
                prompt=prompt,
                length=length,
                source=OwnFootage(asset=material.asset, start=start),
                words=words,
                text_mode="caption",
                sound=sound,  # type: ignore[arg-type]  # one of _SOUNDS
                transition=into,
            )
        picture = None
        if material:
            move = _get_one_of(row, "move", MOVES, "push", where) if material.treatment == "photo" else ""
            treatment = "photo" if material.treatment == "clip" else material.treatment
            picture = Picture(asset=material.asset, treatment=treatment, move=move)
        spot = Place(beat=beat, after=after, before=before, seed=derive_number(self.seed, place), picture=picture)
        request = match_shot(prompt, words, length + into.length, spot, self.settings)
        return Shot(
            id=shot, prompt=prompt, length=length, source=request, words=words, transition=into,
            still=match_still(request) if place.endswith(".0") else None,
            text_mode="caption" if picture and picture.move else "drawn",
        )  # fmt: skip

    def _find_material(self, row: Mapping[str, Any], where: str) -> Material | None:
        for key in ("picture", "clip"):
            if key not in row:
                continue
            named = _get_text(row, key, "", where)
            found = self.materials.get(named)
            if found is None or (found.treatment == "clip") != (key == "clip"):
                known = sorted({m.name for m in self.materials.values()})
                raise BadInput(f"{where}.{key}", named, f"a {key} given beside the plan: {', '.join(known) or 'none'}")
            return found
        return None


def _rename_earlier_keys(row: Any, where: str) -> Any:
    """Return the shot ``row`` with today's keys. Raises ``BadInput`` where both spellings of one key are given."""
    if not isinstance(row, dict):
        return row
    for earlier, key in _EARLIER_KEYS.items():
        if earlier in row and key in row:
            raise BadInput(f"{where}.{earlier}", row[earlier], f"nothing beside {key}, its newer name")
    return {_EARLIER_KEYS.get(key, key): value for key, value in row.items()}


def _remove_floats(value: Any) -> Any:
    """Return the document without floats, for its digest."""
    if isinstance(value, dict):
        return {key: _remove_floats(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_remove_floats(inner) for inner in value]
    return str(value) if isinstance(value, float) else value


def _check_keys(row: Any, known: Sequence[str], where: str) -> None:
    if not isinstance(row, dict):
        raise BadInput(where, row, f"a mapping with keys among {', '.join(known)}")
    for key in row:
        if key not in known:
            raise BadInput(f"{where}.{key}", row[key], f"keys among {', '.join(known)}")


def _get_list(row: Mapping[str, Any], key: str, where: str) -> list[Any]:
    found = row.get(key)
    if not isinstance(found, list) or not found:
        raise BadInput(f"{where}.{key}", found, f"a list of at least one {key.removesuffix('s')}")
    return found


def _get_text(row: Mapping[str, Any], key: str, default: str, where: str) -> str:
    found = row.get(key, default)
    if not isinstance(found, str) or (key in row and not found.strip()):
        raise BadInput(f"{where}.{key}", found, "text")
    return found


def _get_one_of(row: Mapping[str, Any], key: str, known: Sequence[str], default: str, where: str) -> str:
    found = row.get(key, default)
    if found not in known:
        raise BadInput(f"{where}.{key}", found, ", ".join(known))
    return str(found)


def _get_frames(row: Mapping[str, Any], key: str, fps: tuple[int, int], where: str) -> Frames:
    found = row.get(key)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found <= 600:
        raise BadInput(f"{where}.{key}", found, "seconds, more than 0 and at most 600")
    return Frames(max(1, convert_seconds_to_frames(Fraction(str(found)), fps)))


def _get_words(row: Mapping[str, Any], where: str) -> dict[str, str]:
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


def _get_transition(row: Mapping[str, Any], fps: tuple[int, int], where: str, *, ends: bool) -> Transition:
    kind = _get_one_of(row, "transition", tuple(_TRANSITIONS), "cut", where)
    if kind == "cut" or ends:
        return Transition()
    length = Frames(_TRANSITIONS[kind] * fps[0] // (fps[1] * 30))
    if "transition_s" in row:
        length = _get_frames(row, "transition_s", fps, where)
    return replace(Transition(), kind=kind, length=length)  # type: ignore[arg-type]  # one of _TRANSITIONS
