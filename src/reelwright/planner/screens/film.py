"""Turns a script into a plan: every screen becomes a shot, with its words, picture, spoken line and length. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from reelwright.documents.script import Script
from reelwright.errors import BadInput
from reelwright.media.looks.own_look import drop_uses, follow_look, get_look_font, get_look_name, get_own_text
from reelwright.media.looks.registry import load_look
from reelwright.planner.brand_choice import choose_brand
from reelwright.planner.drawable import refuse_text
from reelwright.planner.emblem_choice import NO_EMBLEM, choose_emblem
from reelwright.planner.flavors import Flavor, choose_flavor
from reelwright.planner.ids import derive_id, derive_number
from reelwright.planner.look_choice import choose_accent, choose_look, find_kind, list_look_uses
from reelwright.planner.match import (
    FilmSettings,
    Picture,
    Place,
    find_about,
    is_drawn,
    match_bed,
    match_shot,
    match_still,
    read_film_settings,
    read_place,
)
from reelwright.planner.music import choose_mood, compute_music_seed, has_first_mood
from reelwright.planner.presets import choose_fps
from reelwright.planner.prompts import copy_framing, write_prompt
from reelwright.planner.screens.comparison import PartMatches, derive_shot_id, match_parts
from reelwright.planner.screens.end_card import add_end_card, find_end_card, is_place_or_time
from reelwright.planner.screens.end_card_edit import find_end_card_shown
from reelwright.planner.screens.figures import gather_figures
from reelwright.planner.screens.lengths import (
    MAX_FILM_S,
    Timing,
    compute_beat_frames,
    compute_length_ranges,
    compute_line_seconds,
    lay_out_lengths,
    make_length_error,
)
from reelwright.planner.screens.parts import MAX_SCREENS, PARAGRAPH_BEATS, ScriptPart, build_parts
from reelwright.planner.screens.subject_phrase import write_description
from reelwright.planner.screens.variants import Screen, choose_variants
from reelwright.planner.tables import Tone, load_beats, load_moods, load_tones
from reelwright.planner.writing.narration import add_narration
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import Digest, ShotId, define_value
from reelwright.reel.film.brief import Brief, Font, Material
from reelwright.reel.film.plan import SCHEMA, Beat, Bed, Line, Overlay, OwnFootage, Plan, Shot
from reelwright.reel.graph.request import Request
from reelwright.units import Aspect, Frames, compute_size, convert_ms_to_frames, convert_seconds_to_frames

MOVES: Final = ("push", "pull", "right", "left")


@define_value
class FilmingOptions:
    """Options for filming a script. ``title``: what the film is called; ``mood``: of the music; empty: the tone's.

    ``front_matter``: its settings, in one spelling. ``is_draft``: a picture that is to be made is shown as its words.
    ``exclusions``: what must not be seen in any picture that is made. ``accent``: #RRGGBB; empty: the look's.
    ``emblem``: name of the drawing of what the film is about, or ``none``; empty: by its words. ``end_card``: text of
    the last screen.
    ``files``: what intake found about the pictures and clips, by the name that the script gives each.
    ``is_tone_asked``: somebody names the tone, which may also be the flavor's.
    ``first_marks``: the logo and the font of the brief with which the film was first planned.
    ``has_same_settings``: the script has the settings of the film so far, as its own script says them.
    """

    brief: Brief
    name: str
    title: str
    tone: str
    language: str
    is_tone_asked: bool = False
    look: str = ""
    mood: str = ""
    front_matter: str = ""
    is_draft: bool = False
    exclusions: tuple[str, ...] = ()
    accent: str = ""
    emblem: str = ""
    end_card: str = ""
    files: Mapping[str, Material]
    first_marks: frozenset[Digest] = frozenset()
    has_same_settings: bool = False


@define_value
class FilmedScript:
    """The plan of a script. ``messages``: plain sentences for the person.

    ``models``: of beats that a comment gives to a model, by the beat's id; ``voices``: of lines, by the line's id.
    """

    plan: Plan
    messages: tuple[str, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    voices: Mapping[str, str] = field(default_factory=dict)


def plan_script(script: Script, options: FilmingOptions, before: Plan | None = None) -> FilmedScript:
    """Plan ``script``. ``before``: the film's current plan; its unchanged shots stay as they are.

    The same arguments give the same plan on every machine. Raises ``BadInput`` naming line or setting. Never spends.
    """
    parts = build_parts(script, options.name, is_voiced=_is_voiced(options))
    end_card = choose_brand(options.brief, options.accent, options.end_card).end_card
    if before and _has_settings_of(before, options) and not find_end_card_shown(before, end_card):
        end_card = ""  # an edit took it out of the film
    filmed = plan_parts(gather_figures(add_end_card(parts, end_card)), options, before)
    return replace(filmed, messages=(*script.notices, *filmed.messages))


def plan_parts(parts: Sequence[ScriptPart], options: FilmingOptions, before: Plan | None = None) -> FilmedScript:
    """Plan shots whose words and pictures are settled; where a voice speaks and nobody wrote what, it says the words of
    the screens. Otherwise like ``plan_script``.
    """
    film = _PlanBuilder(_add_narration(parts, options) if _is_voiced(options) else parts, options, before)
    plan = film.build()
    return FilmedScript(plan=plan, messages=tuple(film.said), models=film.models, voices=film.voices)


def compute_part_seconds(parts: Sequence[ScriptPart], options: FilmingOptions) -> list[tuple[Fraction, Fraction]]:
    """Compute the least and the most seconds that each of ``parts`` can last in a film. Pure."""
    film = _PlanBuilder(parts, replace(options, emblem=NO_EMBLEM), None)  # it takes no time, but choosing it does
    a_frame = Fraction(film.settings.fps[1], film.settings.fps[0])
    return [
        (one.least * a_frame, one.most * a_frame)
        for one in compute_length_ranges(film.parts, options.files, film.manner)
    ]


def _add_narration(parts: Sequence[ScriptPart], options: FilmingOptions) -> tuple[ScriptPart, ...]:
    """Return the parts with their words as what is spoken, as far as the film is long enough for them."""
    most_ms = options.brief.length_ms
    if most_ms is None:
        return add_narration(parts)
    return add_narration(
        parts, lambda some: sum(least for least, _ in compute_part_seconds(some, options)) * 1000 <= most_ms
    )


def _is_voiced(options: FilmingOptions) -> bool:
    """Return whether a voice speaks the spoken lines."""
    return bool(options.brief.voice or _choose_flavor(options).voice_model) and not options.is_draft


def _has_settings_of(before: Plan, options: FilmingOptions) -> bool:
    return options.has_same_settings or before.front_matter == options.front_matter


def _choose_flavor(options: FilmingOptions) -> Flavor:
    return choose_flavor(options.brief, "short" if options.brief.aspect == "9:16" else "spot")


def _join_words(brief: Brief, parts: Sequence[ScriptPart]) -> str:
    """Return all words of the film and of the brief that it is made from."""
    return "\n".join([brief.text, *(text for part in parts for text in (*part.words.values(), part.spoken_text))])


_OPENING: Final = 2
"""Screens that tell what a film is about."""
_SUBJECT: Final = (("reveal", "name", "name"), ("reveal", "descriptor", "descriptor"), ("end_card", "line", "call"))
"""Where the name stands, what it is, and what the film calls for: beat, role of the words, and what they are."""


def _find_subject_words(parts: Sequence[ScriptPart]) -> dict[str, str]:
    """Return the name, what it is (``descriptor``) and what the film calls for (``call``), as far as they are said."""
    found = {kind: [part.words.get(role, "") for part in parts if part.role == beat] for beat, role, kind in _SUBJECT}
    found["call"] = [text for text in found["call"] if not is_place_or_time(text)]
    return {kind: "\n".join(texts) for kind, texts in found.items()}


def _find_subject(parts: Sequence[ScriptPart]) -> str:
    return "\n".join(_find_subject_words(parts).values())


class _LineRoom(NamedTuple):
    """Frames that a spoken line needs, and those that its screens give it."""

    need: int
    room: int

    @property
    def is_said(self) -> bool:
        """Whether the line ends before its screens do, but for a frame."""
        return self.need <= self.room + 1


_AS_LINE: Final = {"deal": "line", "terms": "source"}
"""Roles of a line, by those of the same words in an offer."""


class _PlanBuilder:
    def __init__(self, parts: Sequence[ScriptPart], options: FilmingOptions, before: Plan | None) -> None:
        self.options = options
        brief = options.brief
        self.flavor: Flavor = _choose_flavor(options)
        self.tone: Tone = load_tones()[options.tone]
        is_tone_asked = options.is_tone_asked or options.tone != self.flavor.tone
        as_before = before if before and _has_settings_of(before, options) else None  # an edit of all of it stays
        aspect: Aspect = brief.aspect or self.flavor.aspect
        given = as_before.look if as_before else options.look
        was = read_film_settings(as_before) if as_before else None
        brand = choose_brand(brief, options.accent, options.end_card)
        look, reason = choose_look(
            given, self.flavor.look, options.tone, list_look_uses(brief.own_looks), text=_join_words(brief, parts),
            title=options.title, subject=_find_subject(parts),
            is_tone_asked=is_tone_asked,
        )  # fmt: skip
        kept = as_before.drawn_look if as_before else look
        look = drop_uses(brief.own_looks[look]) if look in brief.own_looks else kept
        emblem = choose_emblem(
            options.emblem, {"text": _join_words(brief, parts), **_find_subject_words(parts)},
            [part.words.get("line", "") for part in parts[:_OPENING]], options.language,
        )  # fmt: skip
        kind = find_kind(_join_words(brief, parts), _find_subject(parts))
        was_bed = as_before.bed if as_before else None
        first = was_bed.mood if was_bed and has_first_mood(was_bed, options.title) else ""
        self.mood = options.mood or first or choose_mood(options.tone, emblem, kind, is_tone_asked=is_tone_asked)
        accent = brand.accent or ("" if "accent" in brief.without else choose_accent(look, options.title, emblem, kind))
        self.settings = FilmSettings(
            fps=choose_fps(brief.presets, self.flavor.fps), size=compute_size(aspect, brief.short_side),
            look=look, language=options.language,
            accent=was.accent if was else accent, emblem=was.emblem if was else emblem,
            about=find_about((part.role, part.words) for part in parts),
            animatic=self.flavor.animatic, composer=self.flavor.composer,
            logo=was.logo if was and self._is_given_before(brief.logo) else brand.logo.asset if brand.logo else None,
            font=follow_look(was.font, was.look, look) if was and self._is_given_before(brief.font)
            else brand.font.asset if brand.font else "" if "font" in brief.without else get_look_font(look),
        )  # fmt: skip
        self.beat, self.bpm_milli = compute_beat_frames(self.mood, self.settings.fps)
        self.manner = Timing(
            language=options.language,
            fps=self.settings.fps,
            pace=self.tone.pace,
            beat=self.beat,
            is_voiced=_is_voiced(options),
            can_grow=brief.length_ms is None and not (brief.models or self.flavor.models),
        )
        self.parts = tuple(_make_draft_part(part) for part in parts) if options.is_draft else tuple(parts)
        self.kept: PartMatches = match_parts(self.parts, before)
        self.shot_ids = self._choose_shot_ids()
        self.earlier_roles = {shot.id: beat.name for beat in (before.beats if before else ()) for shot in beat.shots}
        self.parts = tuple(self._keep_role(k, part) for k, part in enumerate(self.parts))
        self.variants = self._choose_variants()
        self.end_card = brand.end_card
        self.said: list[str] = [*([reason] if reason else []), *(brand.notes if was is None else ())]
        self.models: dict[str, str] = {}
        self.voices: dict[str, str] = {}

    def _is_given_before(self, mark: Material | Font | None) -> bool:
        """Return whether a script gives no other logo or font than it did: what an edit made of that stays."""
        return mark is None or mark.asset in self.options.first_marks

    def _keep_role(self, k: int, part: ScriptPart) -> ScriptPart:
        """Return the part with its earlier role, if its screen is unchanged and both roles show plain words.

        A price that a film of an earlier release told as a line stays one.
        """
        was = self.kept.shots[k]
        if (
            k not in self.kept.unchanged_places
            or not was
            or isinstance(was.source, OwnFootage)
            or not is_drawn(was.source)
        ):
            return part
        staged = read_place(was.source).beat
        if part.role == "offer" and staged in PARAGRAPH_BEATS:
            return replace(
                part, role=staged, words={_AS_LINE.get(role, role): text for role, text in part.words.items()}
            )
        return replace(part, role=staged) if {staged, part.role} <= set(PARAGRAPH_BEATS) else part

    def build(self) -> Plan:
        self._check()
        return self._assemble(self._compute_lengths())

    def _check(self) -> None:
        if len(self.parts) > MAX_SCREENS:
            raise BadInput(self.options.name, f"{len(self.parts)} screens", f"at most {MAX_SCREENS} screens")
        if self.mood not in load_moods():
            raise BadInput("music", self.mood, f"a mood ({', '.join(load_moods())}), or a model of music")
        films = bool(self.options.brief.models) or bool(self.flavor.models)
        for part in self.parts:
            where = self._name_screen(part)
            for text in (*part.words.values(), part.spoken_text):
                refuse_text(where, text, self.options.language)
            if part.model and not _get_picture_text(part):
                raise BadInput(
                    where, f"model: {part.model}", "a model where the screen says what is seen: ![a street]()"
                )
            if part.voice and not part.spoken_text:
                raise BadInput(where, f"voice: {part.voice}", "a voice before what is spoken: > words")
            if not part.words and part.picture and not part.picture.file and not (films or part.model):
                raise BadInput(
                    where, f"![{part.picture.description}]()",
                    "a file between the brackets, words with it, or a video model that makes the picture (model: …)",
                )  # fmt: skip

    def _name_screen(self, part: ScriptPart) -> str:
        """Name the screen in an error: by its line, if a person wrote it."""
        return f"{self.options.name} line {part.line}" if part.line else self.options.name

    def _compute_lengths(self) -> list[int]:
        """Compute the frames of each shot. Where a line would outlast its beat, its screens wait for the voice."""
        lengths = self._lay_out(self.parts)
        bounds = [*self._find_bounds(), len(self.parts)]
        ends = [next(end for end in bounds if end > k) for k in range(len(self.parts))]
        if all(self._measure_line(k, ends[k], lengths).is_said for k in range(len(self.parts))):
            return lengths
        within = [replace(one, spoken_over=min(one.spoken_over, ends[k] - k)) for k, one in enumerate(self.parts)]
        return self._lay_out(within)

    def _measure_line(self, k: int, end: int, lengths: Sequence[int]) -> _LineRoom:
        """Measure what is spoken from part ``k`` on, in a beat that ends before part ``end``."""
        part = self.parts[k]
        room = sum(lengths[k : max(k + 1, min(end, k + part.spoken_over))])
        if not part.spoken_text or ("quote" in part.words and not self._is_spoken(part)):
            return _LineRoom(0, room)
        return _LineRoom(
            int(convert_seconds_to_frames(compute_line_seconds(part, self.manner), self.settings.fps)), room
        )

    def _lay_out(self, parts: Sequence[ScriptPart]) -> list[int]:
        total = None
        if self.options.brief.length_ms is not None:
            total = max(1, int(convert_ms_to_frames(self.options.brief.length_ms, self.settings.fps)))
        wanted = compute_length_ranges(parts, self.options.files, self.manner, is_free=total is None)
        had = [int(shot.length) if shot and len(shot.markdown) == 1 else None for shot in self.kept.shots]
        turns = [part.turn for part in parts]
        try:
            lengths = lay_out_lengths(wanted, total, had, self.kept.changed_places, turns, self.manner)
        except ValueError:
            assert total is not None
            raise make_length_error(parts, wanted, total, self.settings.fps) from None
        seconds = sum(lengths) * self.settings.fps[1] / self.settings.fps[0]
        if seconds > MAX_FILM_S:
            raise BadInput(self.options.name, f"{seconds:.0f} s of film", f"at most {MAX_FILM_S} s")
        return lengths

    # ---- shots and beats
    def _assemble(self, lengths: Sequence[int]) -> Plan:
        starts = [sum(lengths[:k]) for k in range(len(lengths))]
        shots = [self._build_shot(k, lengths[k]) for k in range(len(lengths))]
        bounds = [*self._find_bounds(), len(self.parts)]
        made = []
        for first, end in pairwise(bounds):
            names = self.parts[first]
            if names.model:
                self.models[derive_id("beat", names.key, "0")] = names.model
            made.append(Beat(
                id=derive_id("beat", names.key, "0"), name=names.role, start=Frames(starts[first]),
                length=Frames(sum(lengths[first:end])), shots=tuple(shots[first:end]),
                lines=tuple(self._build_lines(first, end, lengths)),
            ))  # fmt: skip
        seed = compute_music_seed(self.mood, self.options.title)
        bed = match_bed(made, self.mood, self.bpm_milli, seed, self.settings)
        return Plan(
            schema=SCHEMA, brief=compute_digest(self.options.brief), title=self.options.title, fps=self.settings.fps,
            size=self.settings.size, look=get_look_name(self.settings.look), tone=self.options.tone,
            own_look=get_own_text(self.settings.look), language=self.settings.language,
            beats=tuple(made), bed=Bed(mood=self.mood, bpm_milli=self.bpm_milli, request=bed),
            caption_style=self.flavor.captions, author="person", front_matter=self.options.front_matter,
            end_card=find_end_card(self.parts, self.end_card), font=self.settings.font,
            presets=self.options.brief.presets,
        )  # fmt: skip

    def _find_bounds(self) -> list[int]:
        """Return where beats begin: at another role, another beat of the script, or another picture to be made."""
        found = [0]
        under = 0  # the end of what is spoken over the shots so far
        for k, (before, here) in enumerate(pairwise(self.parts), 1):
            if before.spoken_text:
                under = max(under, k - 1 + before.spoken_over)
            other = (before.role, before.turn) != (here.role, here.turn)
            made_anew = _get_picture_text(before) != _get_picture_text(here) or here.model != before.model
            if made_anew or (other and k >= under) or here.role in ("reveal", "end_card") or here.is_narrated:
                found.append(k)
        return found

    def _build_lines(self, first: int, end: int, lengths: Sequence[int]) -> list[Line]:
        made = []
        for k in range(first, end):
            part = self.parts[k]
            if not part.spoken_text or ("quote" in part.words and not self._is_spoken(part)):
                continue
            begins = sum(lengths[first:k])
            need, room = line = self._measure_line(k, end, lengths)
            if not line.is_said:  # a comment holds the screen short
                seconds = need * self.settings.fps[1] / self.settings.fps[0]
                raise BadInput(
                    self._name_screen(part), f"> {part.spoken_text[:60]}",
                    f"words that are said in {room * self.settings.fps[1] / self.settings.fps[0]:.1f} s; these take "
                    f"{seconds:.1f} s",
                )  # fmt: skip
            if part.voice:
                self.voices[derive_id("line", part.key, "0")] = part.voice
            made.append(Line(
                id=derive_id("line", part.key, "0"), text=part.spoken_text, start=Frames(begins), room=Frames(room)
            ))  # fmt: skip
        return made

    def _is_spoken(self, part: ScriptPart) -> bool:
        return self.manner.is_voiced or bool(part.voice)

    def _build_shot(self, k: int, length: int) -> Shot:
        part, was = self.parts[k], self.kept.shots[k]
        shot = self.shot_ids[k]
        prompt = self._write_prompt(part, was, is_unchanged=k in self.kept.unchanged_places)
        material = self._find_material(part) or (self._find_closing_picture() if part.role == "end_card" else None)
        captioned = part.spoken_text and not self._is_spoken(part) and "quote" not in part.words
        written = (part.markdown,) if part.markdown else ()
        if material and material.treatment == "clip":
            title = Overlay(kind="title", text=part.role, words=part.words)
            return Shot(
                id=shot,
                prompt=prompt,
                length=Frames(length),
                words=part.words,
                markdown=written,
                source=OwnFootage(asset=material.asset),
                text_mode="caption",
                sound="duck" if material.has_sound else "mute",
                overlays=(title,) if part.words else (),
            )
        place = Place(
            beat=part.role,
            after=self._get_role(k - 1),
            before=self._get_role(k + 1),
            hits=tuple(range(0, length, self.beat)),
            variant=self.variants[k],
            seed=self._choose_seed(k),
            picture=self._build_picture(part, material),
        )
        request = match_shot(prompt, part.words, length, place, self.settings)
        fills = place.picture is not None and bool(place.picture.move)
        return Shot(
            id=shot, prompt=prompt, length=Frames(length), words=part.words, markdown=written,
            source=request, still=match_still(request), text_mode="caption" if fills or captioned else "drawn",
        )  # fmt: skip

    def _find_material(self, part: ScriptPart) -> Material | None:
        return self.options.files.get(part.picture.file) if part.picture and part.picture.file else None

    def _find_closing_picture(self) -> Material | None:
        """Find the picture that comes back on a last card without one: the product of the name's screen, else the
        photograph that opens the film; not the one of the screen right before that card.
        """
        named = [part for part in self.parts if part.role == "reveal"]
        before = self._find_material(self.parts[-2]) if len(self.parts) > 1 else None
        found = (self._find_material(part) for part in (*named[:1], *self.parts[:1]))
        return next((one for one in found if one and one != before and one.treatment in ("photo", "cutout")), None)

    def _build_picture(self, part: ScriptPart, material: Material | None) -> Picture | None:
        """Return the picture of a part: staged beside words; a photo without words fills the frame and moves."""
        if material is None:
            return None
        fills = material.treatment == "photo" and not part.words
        move = MOVES[derive_number(part.key, "move") % len(MOVES)] if fills else ""
        return Picture(asset=material.asset, treatment=material.treatment, move=move)  # type: ignore[arg-type]  # no clip

    def _get_role(self, k: int) -> str:
        return self.parts[k].role if 0 <= k < len(self.parts) else ""

    def _choose_seed(self, k: int) -> int:
        """Choose the seed for drawing: an earlier shot in this place keeps its seed, so only its words change."""
        was = self.kept.shots[k]
        drawn = was and isinstance(was.source, Request) and is_drawn(was.source)
        if was and drawn:
            return read_place(was.source).seed  # type: ignore[arg-type]
        another = self.options.brief.variation
        return derive_number(self.parts[k].key, f"seed {another}" if another else "seed")

    def _choose_shot_ids(self) -> list[ShotId]:
        """Choose the id of each shot: that of the earlier shot in its place, else its own, and never one twice."""
        kept = {was.id for was in self.kept.shots if was}
        chosen: list[ShotId] = []
        for part, was in zip(self.parts, self.kept.shots, strict=True):
            shot = was.id if was else derive_shot_id(part)
            while shot in chosen or (not was and shot in kept):
                shot = ShotId(derive_id("shot", shot, "again"))
            chosen.append(shot)
        return chosen

    def _choose_variants(self) -> list[int]:
        """Choose each shot's composition by its own words and by what the film shows before it."""
        screens = []
        for part, was in zip(self.parts, self.kept.shots, strict=True):
            drawn = was.source if was and isinstance(was.source, Request) and is_drawn(was.source) else None
            screens.append(
                Screen(
                    role=part.role,
                    start=derive_number(part.key, "variant") + self.options.brief.variation,
                    has_picture=bool(part.picture and part.picture.file),
                    earlier_variant=read_place(drawn).variant if drawn else None,
                )
            )
        words, subject = _join_words(self.options.brief, self.parts), _find_subject(self.parts)
        look, kind = load_look(self.settings.look), find_kind(words, subject)
        unfit = [motif for motif, kinds in look.themes.items() if kind not in kinds]
        return choose_variants(screens, look.motifs, unfit)

    def _write_prompt(self, part: ScriptPart, was: Shot | None, *, is_unchanged: bool) -> str:
        """Write the prompt for an AI model: the script's words for the picture, with camera, light and grade by tone.

        Empty if the script says nothing of a picture: such a screen is drawn. ``was``: the film's shot so far, which
        keeps a prompt that says the same in the grammar of an earlier release. If its screen ``is_unchanged``, it keeps
        the size and the camera that it had at another place, too: its take is not bought again.
        """
        seen = part.picture.description if part.picture and not (part.picture.file and part.words) else ""
        if not seen:
            return ""
        prompts = self._write_prompts(part, part.role, seen)
        if was is None:
            return prompts[0]
        if was.prompt in prompts:
            return was.prompt
        roles = (part.role, self.earlier_roles.get(was.id, "")) if is_unchanged else ()
        for role in filter(None, roles):
            for prompt in self._write_prompts(part, role, seen):
                if copy_framing(prompt, was.prompt, has_camera=not part.camera) == was.prompt:
                    return was.prompt
        return prompts[0]

    def _write_prompts(self, part: ScriptPart, role: str, seen: str) -> list[str]:
        """Write the prompt of a part in a beat, then as an earlier release wrote it, if that differs."""
        sizes, camera = load_beats()[role].sizes, self.tone.camera
        own = compute_digest(["seen", seen, role])
        size = part.size or sizes[(derive_number(own, "size") + part.nth) % len(sizes)]

        def write(size: str, action: str) -> str:
            return write_prompt(
                role, size, action, light=part.light or self.tone.light, grade=self.tone.grade, sound=part.sound,
                camera=part.camera or camera[(derive_number(own, "camera") + part.nth) % len(camera)],
                setting=part.setting, style=part.style, first_frame=part.first_frame,
                exclusions=self.options.exclusions, flavor=self.flavor,
            )  # fmt: skip

        plain = write(size, f"{seen}{part.action}")
        if part.action:
            return [plain]
        own_size, phrase = write_description(seen, self.settings.language)
        return [write(own_size or size, phrase), plain]


def _make_draft_part(part: ScriptPart) -> ScriptPart:
    """Return the part of a draft: a picture that is to be made becomes words, and nobody is paid."""
    seen, part = _get_picture_text(part), replace(part, model="", voice="")
    return replace(part, role="brand", words={"line": seen}) if seen and not part.words else part


def _get_picture_text(part: ScriptPart) -> str:
    return part.picture.description if part.picture and not part.picture.file else ""
