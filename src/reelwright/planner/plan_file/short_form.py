"""Reads the short form of a plan, as people write it: what is left out follows from what is there (see read.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from reelwright.errors import BadInput
from reelwright.media.emblems import check_emblem
from reelwright.media.looks.own_look import get_look_name, get_own_text
from reelwright.planner.edits.edit import ROLES, rescore, update_hits
from reelwright.planner.flavors import get_flavor
from reelwright.planner.ids import derive_id, derive_number
from reelwright.planner.look_choice import choose_look, list_look_uses
from reelwright.planner.match import FilmSettings, Picture, Place, clip_frames, match_bed, match_shot, match_still
from reelwright.planner.presets import choose_fps, parse_presets, set_presets
from reelwright.planner.prompts import write_prompt
from reelwright.planner.screens.end_card import find_end_slot
from reelwright.planner.tables import BeatName, MoodName, ToneName, accept_names, load_beats, load_tones
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.value import Digest, ShotId, define_value
from reelwright.reel.base.yaml_rows import ReadAs, accept_if
from reelwright.reel.film.brief import Material
from reelwright.reel.film.plan import (
    SCHEMA,
    Beat,
    Bed,
    Line,
    OwnFootage,
    Plan,
    Shot,
    Transition,
    TransitionKind,
)
from reelwright.reel.film.transition_lengths import TRANSITION_FRAMES
from reelwright.units import Aspect, Frames, compute_size, convert_seconds_to_frames

_EARLIER_KEYS: Final = {"into": "transition", "over": "transition_s"}
"""How these keys of a shot were spelled before; read, never written."""


def _is_length(seconds: Any) -> bool:
    return not isinstance(seconds, bool) and isinstance(seconds, int | float) and 0 < seconds <= 600


_LENGTH: Final = "seconds, more than 0 and at most 600"
Text = Annotated[str, ReadAs(str, accept_if(str.strip, "text"))]
Seconds = Annotated[float, ReadAs(Any, accept_if(_is_length, _LENGTH))]
Start = Annotated[float, ReadAs(Any, accept_if(lambda start: start in (0, None) or _is_length(start), _LENGTH))]
Pixels = Annotated[int, ReadAs(int, accept_if(lambda n: 90 <= n <= 4320, "a whole number of pixels from 90 to 4320"))]
Role = Annotated[str, accept_names(lambda: sorted(ROLES))]


@define_value
class _ShortShot:
    seconds: Seconds
    id: Text = ""
    words: Text | Mapping[Role, Text] = ""
    say: Text = ""
    prompt: Text = ""
    picture: Text = ""
    clip: Text = ""
    start: Start = 0
    move: Literal["push", "pull", "left", "right", "up", "down"] = "push"
    sound: Literal["keep", "duck", "mute"] = "mute"
    transition: TransitionKind = "cut"
    transition_s: Seconds = 0


@define_value
class _ShortBeat:
    beat: BeatName
    shots: Annotated[tuple[_ShortShot, ...], ReadAs(tuple[_ShortShot, ...], accept_if(len, "at least one shot"))]


@define_value
class _ShortPlan:
    beats: Annotated[tuple[_ShortBeat, ...], ReadAs(tuple[_ShortBeat, ...], accept_if(len, "at least one beat"))]
    title: Text = "Untitled"
    aspect: Aspect = "16:9"
    short_side: Pixels = 1080
    language: Text = "en"
    tone: ToneName = "neutral"
    look: Text = ""
    mood: MoodName = ""
    accent: Text = ""
    emblem: Text = ""
    logo: Text = ""
    end_card: Text = ""
    presets: Text = ""


def read_short_form(
    value: Mapping[str, Any], name: str, materials: Sequence[Material], find_look: Callable[[str], str] = str
) -> Plan:
    """Build a plan from a parsed document in the short form; ``name``: of the file, for errors. ``find_look``: see
    ``read_plan``.

    Raises ``BadInput`` naming the path that is wrong.
    """
    document = read_strictly(_ShortPlan, _rename_earlier_keys(value, name), name)
    document = _add_end_card(document, name)
    given = {key: m for m in materials for key in (m.name, m.asset)}
    if document.logo and (document.logo not in given or given[document.logo].treatment == "clip"):
        known = ", ".join(sorted(m.name for m in materials)) or "none"
        raise BadInput(f"{name}.logo", document.logo, f"a picture given beside the plan: {known}")
    usual, presets = get_flavor("spot"), parse_presets(document.presets) if document.presets else ()
    settings = FilmSettings(
        fps=choose_fps(presets, usual.fps),
        size=compute_size(document.aspect, document.short_side),
        look=find_look(choose_look(document.look, usual.look, document.tone, list_look_uses())[0]),
        language=document.language,
        accent=document.accent.upper(),
        emblem=check_emblem(f"{name}.emblem", document.emblem) if document.emblem else "",
        logo=given[document.logo].asset if document.logo else None,
    )
    seed = compute_digest([_remove_floats(value), [m.asset for m in materials]])
    builder = _Builder(document, settings, seed, given)
    beats = builder.build_beats(name)
    mood = document.mood or load_tones()[document.tone].mood
    request = match_bed(beats, mood, 120_000, derive_number(seed, "bed"), settings)
    whole = Plan(
        schema=SCHEMA, brief=Digest(seed), title=document.title, fps=settings.fps, size=settings.size,
        look=get_look_name(settings.look), own_look=get_own_text(settings.look),
        tone=document.tone, language=settings.language, beats=tuple(beats),
        bed=Bed(mood=mood, bpm_milli=120_000, request=request), caption_style=usual.captions, author="person",
        end_card=document.end_card,
    )  # fmt: skip
    return set_presets(update_hits(rescore(whole)), presets)


def _add_end_card(document: _ShortPlan, name: str) -> _ShortPlan:
    """Return the document with its end card among the words of the last shot. Raises ``BadInput`` without room."""
    if not document.end_card:
        return document
    *beats, last = document.beats
    *shots, shot = last.shots
    words = {"line": shot.words} if isinstance(shot.words, str) and shot.words else dict(shot.words or {})
    slot = find_end_slot(last.beat, words, document.end_card)
    if slot is None:
        where = "a film whose last shot is an end_card or a cta with room for it"
        raise BadInput(f"{name}.end_card", document.end_card, where)
    if not slot:
        stands = next(one for one in words.values() if one.casefold() == document.end_card.casefold())
        return replace(document, end_card=stands)
    shot = replace(shot, words={**words, slot: document.end_card})
    return replace(document, beats=(*beats, replace(last, shots=(*shots, shot))))


class _Builder:
    """Builds the beats and shots of one document."""

    def __init__(
        self, document: _ShortPlan, settings: FilmSettings, seed: str, materials: Mapping[str, Material]
    ) -> None:
        self.document, self.settings, self.seed, self.materials = document, settings, seed, materials

    def build_beats(self, where: str) -> list[Beat]:
        names = ["", *(beat.beat for beat in self.document.beats for _ in beat.shots), ""]
        beats: list[Beat] = []
        start = count = 0
        for index, row in enumerate(self.document.beats):
            shots: list[Shot] = []
            lines: list[Line] = []
            length = 0
            for k, shot in enumerate(row.shots):
                spot = Place(
                    beat=row.beat, after=names[count], before=names[count + 2],
                    seed=derive_number(self.seed, f"{index}.{k}"),
                )  # fmt: skip
                shots.append(self._build_shot(shot, spot, f"{index}.{k}", k, f"{where}.beats.{index}.shots.{k}"))
                if shot.say:
                    line = derive_id("line", self.seed, f"{index}.{k}")
                    lines.append(Line(id=line, text=shot.say, start=Frames(length), room=shots[-1].length))
                length += shots[-1].length
                count += 1
            beat = Beat(
                id=derive_id("beat", self.seed, str(index)), name=row.beat, start=Frames(start),
                length=Frames(length), shots=tuple(shots), lines=tuple(lines),
            )  # fmt: skip
            beats.append(beat)
            start += length
        return beats

    def _build_shot(self, row: _ShortShot, spot: Place, place: str, index: int, where: str) -> Shot:
        fps = self.settings.fps
        length = _to_frames(row.seconds, fps)
        into = _build_transition(row, fps, is_last=not spot.before)
        words = {"line": row.words} if isinstance(row.words, str) and row.words else dict(row.words or {})
        sizes, tone = load_beats()[spot.beat].sizes, load_tones()[self.document.tone]
        prompt = row.prompt or write_prompt(
            spot.beat, sizes[index % len(sizes)],
            ": ".join(one for one in (self.document.title, words.get("line", "")) if one), light=tone.light,
            camera=tone.camera[0], grade=tone.grade, sound="",
        )  # fmt: skip
        shot = ShotId(row.id or derive_id("shot", self.seed, place))
        material = self._find_material(row, where)
        if material and material.treatment == "clip":
            start = _to_frames(row.start, fps) if row.start else Frames(0)
            if start + length + into.length > clip_frames(material.ms or 0, fps) + 1:
                raise BadInput(f"{where}.seconds", row.seconds, f"at most what {material.name} has from there on")
            return Shot(
                id=shot, prompt=prompt, length=length, source=OwnFootage(asset=material.asset, start=start),
                words=words, text_mode="caption", sound=row.sound, transition=into,
            )  # fmt: skip
        picture = None
        if material and material.treatment != "clip":
            move = row.move if material.treatment == "photo" else ""
            picture = Picture(asset=material.asset, treatment=material.treatment, move=move)
        request = match_shot(prompt, words, length + into.length, replace(spot, picture=picture), self.settings)
        return Shot(
            id=shot, prompt=prompt, length=length, source=request, words=words, transition=into,
            still=None if index else match_still(request),
            text_mode="caption" if picture and picture.move else "drawn",
        )  # fmt: skip

    def _find_material(self, row: _ShortShot, where: str) -> Material | None:
        for key, named in (("picture", row.picture), ("clip", row.clip)):
            if not named:
                continue
            found = self.materials.get(named)
            if found is None or (found.treatment == "clip") != (key == "clip"):
                known = sorted({m.name for m in self.materials.values()})
                raise BadInput(f"{where}.{key}", named, f"a {key} given beside the plan: {', '.join(known) or 'none'}")
            return found
        return None


def _rename_earlier_keys(value: Any, where: str) -> Any:
    """Return the document with today's keys. Raises ``BadInput`` where both spellings of one key are given."""
    if isinstance(value, list):
        return [_rename_earlier_keys(item, f"{where}.{index}") for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    for earlier, key in _EARLIER_KEYS.items():
        if earlier in value and key in value:
            raise BadInput(f"{where}.{earlier}", value[earlier], f"nothing beside {key}, its newer name")
    return {_EARLIER_KEYS.get(key, key): _rename_earlier_keys(item, f"{where}.{key}") for key, item in value.items()}


def _remove_floats(value: Any) -> Any:
    """Return the document without floats, for its digest."""
    if isinstance(value, dict):
        return {key: _remove_floats(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_remove_floats(inner) for inner in value]
    return str(value) if isinstance(value, float) else value


def _to_frames(seconds: float, fps: tuple[int, int]) -> Frames:
    return Frames(max(1, convert_seconds_to_frames(Fraction(str(seconds)), fps)))


def _build_transition(row: _ShortShot, fps: tuple[int, int], *, is_last: bool) -> Transition:
    if row.transition == "cut" or is_last:
        return Transition()
    usual = Frames(TRANSITION_FRAMES[row.transition] * fps[0] // (fps[1] * 30))
    return Transition(kind=row.transition, length=_to_frames(row.transition_s, fps) if row.transition_s else usual)
