"""A script as a plan: every screen a shot, with its words, its picture, what is spoken, and its time. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Final

from reelwright.documents.script import Script
from reelwright.errors import BadInput
from reelwright.planner.drawable import refuse_text
from reelwright.planner.flavors import Flavor, flavor_of
from reelwright.planner.ids import derived, number
from reelwright.planner.match import (
    House,
    Picture,
    Place,
    house_of,
    is_drawn,
    match_bed,
    match_shot,
    match_still,
    place_of,
)
from reelwright.planner.prompts import extra_of, written_prompt
from reelwright.planner.screens.keeping import Kept, kept
from reelwright.planner.screens.lengths import LONGEST_S, Manner, beat_frames, laid, line_seconds, refuse_length, rooms
from reelwright.planner.screens.parts import SHOWS_LINES, Part, parts_of
from reelwright.planner.tables import Tone, beats, moods, tones
from reelwright.reel.brief import Brief, Material
from reelwright.reel.canonical import digest_of
from reelwright.reel.noun import ShotId, noun
from reelwright.reel.plan import SCHEMA, Beat, Bed, Line, Overlay, Own, Plan, Shot
from reelwright.reel.request import Request
from reelwright.units import Aspect, Frames, ms_to_frames, seconds_to_frames, size_of

MOST_SHOTS: Final = 600
MOVES: Final = ("push", "pull", "right", "left")
_VARIANTS: Final = 3


@noun
class Filming:
    """How a script is filmed. ``title``: what the film is called; ``mood``: of the music; empty: the tone's.

    ``front``: its settings, in one spelling. ``is_draft``: a picture that is to be made is told in its words.
    ``barred``: what is not to be seen in any picture that is made. ``accent``: #RRGGBB; empty: the look's.
    ``files``: what intake found of the pictures and clips, by the name that the script gives each.
    """

    brief: Brief
    name: str
    title: str
    tone: str
    language: str
    look: str = ""
    mood: str = ""
    front: str = ""
    is_draft: bool = False
    barred: tuple[str, ...] = ()
    accent: str = ""
    files: Mapping[str, Material]


@noun
class Filmed:
    """``said``: what a person should know of it, in plain sentences.

    ``models``: of beats that a comment gives to a model, by the beat's id; ``voices``: of lines, by theirs.
    """

    plan: Plan
    said: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    voices: Mapping[str, str] = field(default_factory=dict)


def film_of(script: Script, asked: Filming, before: Plan | None = None) -> Filmed:
    """The plan of ``script``. ``before``: where the film of it stands, whose unchanged shots stay as they are.

    The same arguments give the same plan on every machine. Raises ``BadInput`` naming line or setting. Never spends.
    """
    filmed = film_of_parts(parts_of(script, asked.name, voiced=_is_voiced(asked)), asked, before)
    return replace(filmed, said=(*script.said, *filmed.said))


def film_of_parts(parts: Sequence[Part], asked: Filming, before: Plan | None = None) -> Filmed:
    """The plan of shots whose words, pictures and lines are settled; as ``film_of``."""
    film = _Film(parts, asked, before)
    plan = film.plan()
    return Filmed(plan=plan, said=tuple(film.said), models=film.models, voices=film.voices)


def rooms_of(parts: Sequence[Part], asked: Filming) -> list[tuple[Fraction, Fraction]]:
    """The least and the most seconds that each of ``parts`` can last in a film. Pure."""
    film = _Film(parts, asked, None)
    a_frame = Fraction(film.house.fps[1], film.house.fps[0])
    return [(one.least * a_frame, one.most * a_frame) for one in rooms(film.parts, asked.files, film.manner)]


def _is_voiced(asked: Filming) -> bool:
    """Whether somebody speaks what is spoken."""
    return bool(asked.brief.voice or _flavor(asked).voice_model) and not asked.is_draft


def _flavor(asked: Filming) -> Flavor:
    return flavor_of(asked.brief, "short" if asked.brief.aspect == "9:16" else "spot")


class _Film:
    def __init__(self, parts: Sequence[Part], asked: Filming, before: Plan | None) -> None:
        self.asked = asked
        brief = asked.brief
        self.flavor: Flavor = _flavor(asked)
        self.tone: Tone = tones()[asked.tone]
        as_before = before if before and before.written == asked.front else None  # what an edit of all of it did, stays
        self.mood = as_before.bed.mood if as_before and as_before.bed else asked.mood or self.tone.mood
        aspect: Aspect = brief.aspect or self.flavor.aspect
        self.house = House(
            fps=self.flavor.fps, size=size_of(aspect, brief.short_side),
            look=as_before.look if as_before else asked.look or self.flavor.look, language=asked.language,
            accent=house_of(as_before).accent if as_before else asked.accent, animatic=self.flavor.animatic,
            composer=self.flavor.composer,
        )  # fmt: skip
        self.beat, self.bpm_milli = beat_frames(self.mood, self.house.fps)
        self.manner = Manner(
            language=asked.language, fps=self.house.fps, pace=self.tone.pace, beat=self.beat, voiced=_is_voiced(asked)
        )
        self.parts = tuple(_told(part) for part in parts) if asked.is_draft else tuple(parts)
        self.kept: Kept = kept(self.parts, before)
        self.parts = tuple(self._as_before(k, part) for k, part in enumerate(self.parts))
        self.variants = self._variants()
        self.said: list[str] = []
        self.models: dict[str, str] = {}
        self.voices: dict[str, str] = {}

    def _as_before(self, k: int, part: Part) -> Part:
        """Plain words whose screen is unchanged are staged as they were, wherever they stand now."""
        was = self.kept.shots[k]
        if k not in self.kept.same or not was or isinstance(was.source, Own) or not is_drawn(was.source):
            return part
        staged = place_of(was.source).beat
        return replace(part, role=staged) if {staged, part.role} <= set(SHOWS_LINES) else part

    def plan(self) -> Plan:
        self._check()
        return self._assembled(self._lengths())

    def _check(self) -> None:
        if len(self.parts) > MOST_SHOTS:
            raise BadInput(self.asked.name, f"{len(self.parts)} screens", f"at most {MOST_SHOTS} screens")
        if self.mood not in moods():
            raise BadInput("music", self.mood, f"a mood ({', '.join(moods())}), or a model of music")
        films = bool(self.asked.brief.models) or bool(self.flavor.models)
        for part in self.parts:
            where = self._where(part)
            for text in (*part.words.values(), part.spoken):
                refuse_text(where, text, self.asked.language)
            if part.model and not _seen(part):
                raise BadInput(
                    where, f"model: {part.model}", "a model where the screen says what is seen: ![a street]()"
                )
            if part.voice and not part.spoken:
                raise BadInput(where, f"voice: {part.voice}", "a voice before what is spoken: > words")
            if not part.words and part.picture and not part.picture.file and not (films or part.model):
                raise BadInput(
                    where, f"![{part.picture.seen}]()",
                    "a file between the brackets, words with it, or a video model that makes the picture (model: …)",
                )  # fmt: skip

    def _where(self, part: Part) -> str:
        """What an error calls the screen: by its line, where a person wrote it."""
        return f"{self.asked.name} line {part.line}" if part.line else self.asked.name

    def _lengths(self) -> list[int]:
        wanted = rooms(self.parts, self.asked.files, self.manner)
        total = None
        if self.asked.brief.length_ms is not None:
            total = max(1, int(ms_to_frames(self.asked.brief.length_ms, self.house.fps)))
        had = [int(shot.length) if shot and len(shot.written) == 1 else None for shot in self.kept.shots]
        turns = [part.turn for part in self.parts]
        try:
            lengths = laid(wanted, total, had, self.kept.fresh, turns, self.beat)
        except ValueError:
            assert total is not None
            raise refuse_length(self.parts, wanted, total, self.house.fps) from None
        seconds = sum(lengths) * self.house.fps[1] / self.house.fps[0]
        if seconds > LONGEST_S:
            raise BadInput(self.asked.name, f"{seconds:.0f} s of film", f"at most {LONGEST_S} s")
        return lengths

    # ---- shots and beats
    def _assembled(self, lengths: Sequence[int]) -> Plan:
        starts = [sum(lengths[:k]) for k in range(len(lengths))]
        shots = [self._shot(k, lengths[k]) for k in range(len(lengths))]
        bounds = [*self._bounds(), len(self.parts)]
        made = []
        for first, end in pairwise(bounds):
            names = self.parts[first]
            if names.model:
                self.models[derived("beat", names.key, "0")] = names.model
            made.append(Beat(
                id=derived("beat", names.key, "0"), name=names.role, start=Frames(starts[first]),
                length=Frames(sum(lengths[first:end])), shots=tuple(shots[first:end]),
                lines=tuple(self._lines(first, end, lengths)),
            ))  # fmt: skip
        energies = {name: rule.energy for name, rule in beats().items()}
        seed = number(digest_of([self.mood, self.asked.title]), "bed")
        bed = match_bed(made, energies, self.mood, self.bpm_milli, seed, self.house)
        return Plan(
            schema=SCHEMA, brief=digest_of(self.asked.brief), title=self.asked.title, fps=self.house.fps,
            size=self.house.size, look=self.house.look, tone=self.asked.tone, language=self.house.language,
            beats=tuple(made), bed=Bed(mood=self.mood, bpm_milli=self.bpm_milli, request=bed),
            caption_style=self.flavor.captions, author="person", written=self.asked.front,
        )  # fmt: skip

    def _bounds(self) -> list[int]:
        """Where beats begin: with another role, another beat of the script, another picture that is to be made."""
        found = [0]
        under = 0  # the end of what is spoken over the shots so far
        for k, (before, here) in enumerate(pairwise(self.parts), 1):
            if before.spoken:
                under = max(under, k - 1 + before.spoken_over)
            other = (before.role, before.turn) != (here.role, here.turn)
            made_anew = _seen(before) != _seen(here) or here.model != before.model
            if made_anew or (other and k >= under) or here.role in ("reveal", "end_card"):
                found.append(k)
        return found

    def _lines(self, first: int, end: int, lengths: Sequence[int]) -> list[Line]:
        made = []
        for k in range(first, end):
            part = self.parts[k]
            if not part.spoken or ("quote" in part.words and not self._is_said(part)):
                continue
            begins = sum(lengths[first:k])
            room = sum(lengths[k : max(k + 1, min(end, k + part.spoken_over))])
            need = int(seconds_to_frames(line_seconds(part, self.manner), self.house.fps))
            if need > room + 1:  # another picture begins meanwhile, or a comment holds the screen short
                seconds = need * self.house.fps[1] / self.house.fps[0]
                raise BadInput(
                    self._where(part), f"> {part.spoken[:60]}",
                    f"words that are said in {room * self.house.fps[1] / self.house.fps[0]:.1f} s; these take "
                    f"{seconds:.1f} s",
                )  # fmt: skip
            if part.voice:
                self.voices[derived("line", part.key, "0")] = part.voice
            made.append(Line(
                id=derived("line", part.key, "0"), text=part.spoken, start=Frames(begins), room=Frames(room)
            ))  # fmt: skip
        return made

    def _is_said(self, part: Part) -> bool:
        return self.manner.voiced or bool(part.voice)

    def _shot(self, k: int, length: int) -> Shot:
        part, was = self.parts[k], self.kept.shots[k]
        shot = ShotId(was.id if was else derived("shot", part.key, "0"))
        prompt = self._prompt(part)
        material = self.asked.files.get(part.picture.file) if part.picture and part.picture.file else None
        captioned = part.spoken and not self._is_said(part) and "quote" not in part.words
        made = partial(
            Shot,
            id=shot,
            prompt=prompt,
            length=Frames(length),
            words=part.words,
            written=(part.written,) if part.written else (),
        )
        if material and material.treatment == "clip":
            title = Overlay(kind="title", text=part.role, words=part.words)
            return made(
                source=Own(asset=material.asset), shows="caption", sound="duck" if material.sound else "mute",
                overlays=(title,) if part.words else (),
            )  # fmt: skip
        place = Place(
            beat=part.role, after=self._role(k - 1), before=self._role(k + 1), hits=tuple(range(0, length, self.beat)),
            variant=self.variants[k], seed=self._seed(k), picture=self._picture(part, material),
        )  # fmt: skip
        request = match_shot(prompt, part.words, length, place, self.house)
        fills = place.picture is not None and bool(place.picture.move)
        return made(source=request, still=match_still(request), shows="caption" if fills or captioned else "drawn")

    def _picture(self, part: Part, material: Material | None) -> Picture | None:
        """Beside words it is staged with them; alone a photo fills the frame and moves."""
        if material is None:
            return None
        fills = material.treatment == "photo" and not part.words
        move = MOVES[number(part.key, "move") % len(MOVES)] if fills else ""
        return Picture(asset=material.asset, treatment=material.treatment, move=move)  # type: ignore[arg-type]  # no clip

    def _role(self, k: int) -> str:
        return self.parts[k].role if 0 <= k < len(self.parts) else ""

    def _seed(self, k: int) -> int:
        """What it is drawn by: that of the shot before which stood there, so that its words alone change."""
        was = self.kept.shots[k]
        drawn = was and isinstance(was.source, Request) and is_drawn(was.source)
        if was and drawn:
            return place_of(was.source).seed  # type: ignore[arg-type]
        another = self.asked.brief.variation
        return number(self.parts[k].key, f"seed {another}" if another else "seed")

    def _variants(self) -> list[int]:
        """Which composition each shot has: by its own words, but never that of the shot before in the same role."""
        made: list[int] = []
        for k, part in enumerate(self.parts):
            was = self.kept.shots[k]
            if was and isinstance(was.source, Request) and is_drawn(was.source):
                made.append(place_of(was.source).variant)
                continue
            variant = (number(part.key, "variant") + self.asked.brief.variation) % _VARIANTS
            if k and self._role(k - 1) == part.role and made[-1] == variant:
                variant = (variant + 1) % _VARIANTS
            made.append(variant)
        return made

    def _prompt(self, part: Part) -> str:
        """What an AI model is asked for: the script's words for the picture, with camera, light and grade by tone.

        Empty where the script says nothing of it: such a screen is drawn.
        """
        seen = part.picture.seen if part.picture and not (part.picture.file and part.words) else ""
        if not seen:
            return ""
        sizes, camera = beats()[part.role].sizes, self.tone.camera
        own = digest_of(["seen", seen, part.role])
        return written_prompt(
            part.role, sizes[number(own, "size") % len(sizes)], seen, light=part.light or self.tone.light,
            camera=part.camera or camera[number(own, "camera") % len(camera)], grade=self.tone.grade, sound=part.sound,
            barred=self.asked.barred, extra=extra_of(self.flavor),
        )  # fmt: skip


def _told(part: Part) -> Part:
    """A picture that is to be made, as words; and by nobody who is paid."""
    seen, part = _seen(part), replace(part, model="", voice="")
    return replace(part, role="brand", words={"line": seen}) if seen and not part.words else part


def _seen(part: Part) -> str:
    return part.picture.seen if part.picture and not part.picture.file else ""
