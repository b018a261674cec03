"""Makes the requests for shots, stills and music that are drawn and composed on this machine, without an AI model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

import regex

from reelwright.media.emblems import load_emblems
from reelwright.media.letters.word_styles import mark_styles
from reelwright.media.staging.dates import find_day
from reelwright.media.staging.prices import is_price_cut, split_price
from reelwright.planner.emblem_choice import ANYWHERE, choose_row_emblems, find_named_emblem
from reelwright.planner.music import build_sections
from reelwright.planner.tables import load_pattern
from reelwright.reel.base.value import Digest, define_value
from reelwright.reel.film.breakdown import ANIMATIC_MODEL, COMPOSER_MODEL
from reelwright.reel.film.markup import BREAK, to_plain_text
from reelwright.reel.film.plan import Beat, OwnFootage, Plan
from reelwright.reel.graph.request import Input, Request
from reelwright.units import Frames, convert_frames_to_ms, find_nearest_aspect

_NAMING: Final = ("hook", "agitate", "benefit", "demo", "brand", "offer", "proof")
"""Beats whose screens show what their words name."""
_FILLED: Final = ("benefit", "demo", "brand")
"""Those of which every second composition, as every proof, else shows what stands with the film's own thing."""
_COUNTED_ELSEWHERE: Final = frozenset({"ticket"})
"""Things that a number seldom means: a help desk has tickets, too."""
_MOST_ROWS: Final = 6
"""Most rows of a list beside which a thing is drawn."""
_DEGREES: Final = regex.compile(
    r"\d\s?(?:(?:°|º)\s?[CF]?|degrees|grad|degrés|grados|gradi|graus|graden|grader|stopni)(?!\w)", regex.I
)
"""A number of degrees, of heat where it stands alone."""
_LONGEST_DESCRIPTOR: Final = 60
"""Most letters of what a name is that stand on the last card."""
_LONGEST_DATE: Final = 40
"""Most letters of a line with a day that stand there: more are a sentence."""
_LONGEST_OFFER: Final = 32
"""Most letters of a price with its condition that stand there."""
_SMALL_PRINT: Final = frozenset({"terms", "legal", "source"})
_HOUR: Final = regex.compile(r"(?<![\p{Nd}.,:])\p{Nd}{1,2}:\p{Nd}{2}(?![\p{Nd}:])")
_NAMED_BY: Final = ("line", "deal", "number", "prefix", "unit", "label")
_NUMBER_ROLES: Final = frozenset({"a", "b", "figures", "chart"})
"""Roles of proofs that have a drawing of their own: two values, a board, a chart."""
Treatment = Literal["cutout", "screen", "photo"]


@define_value
class FilmSettings:
    """The settings that all requests of a film share. ``accent``: ``#RRGGBB`` or empty. ``logo`` and ``font``: files of
    the brand. ``look``: its name, or the text of a person's own. ``emblem``: name of the drawing of what the film is
    about; empty: none. ``about``: see ``find_about``.
    """

    fps: tuple[int, int]
    size: tuple[int, int]
    look: str
    language: str
    accent: str = ""
    emblem: str = ""
    about: str = ""
    animatic: str = ANIMATIC_MODEL
    composer: str = COMPOSER_MODEL
    logo: Digest | None = None
    font: Digest | Literal[""] = ""


@define_value
class Picture:
    """A person's own picture in a shot. ``move`` empty: the picture stands beside words; else it fills the frame and
    moves so.
    """

    asset: Digest
    treatment: Treatment
    move: str = ""


@define_value
class Place:
    """The position of a shot: its beat, the beats of its neighbours, and the frames at which the music's beats land in
    it.
    """

    beat: str
    after: str = ""
    before: str = ""
    hits: tuple[int, ...] = ()
    variant: int = 0
    seed: int = 0
    picture: Picture | None = None


def match_shot(prompt: str, words: Mapping[str, str], frames: int, place: Place, settings: FilmSettings) -> Request:
    """Build the request that draws one shot on this machine, without an AI model.

    ``frames``: its footage, transition out included. Costs nothing. Defaults are left out, so that a later default
    moves no old fingerprint.
    """
    picture = place.picture
    extra: dict[str, Any] = {
        "look": settings.look,
        "staging": place.beat,
        "words": dict(words) if not (picture and picture.move) else {},
        "size": list(settings.size),
        "fps": list(settings.fps),
        "frames": int(frames),
        "language": settings.language,
        "accent": settings.accent,
        "emblem": settings.emblem if not (picture and picture.move) else "",
        "subject": _find_subject(place, words, settings),
        "things": _list_things(place, words, settings),
        "about": settings.about if place.beat == "end_card" and words.get("name") else "",
        "hits": list(place.hits),
        "variant": place.variant,
        "seed": place.seed,
        "treatment": picture.treatment if picture else "",
        "move": picture.move if picture else "",
        "after": place.after,
        "before": place.before,
    }
    always = ("words", "hits", "seed")
    fills = picture is not None and bool(picture.move)
    ends = place.beat == "end_card" or not place.before
    logo = (Input(role="logo", asset=settings.logo),) if settings.logo and ends and not fills else ()
    font = (Input(role="font", asset=settings.font),) if settings.font and not fills else ()
    return Request(
        model=settings.animatic,
        mode="picture" if picture and picture.move else "take",
        prompt=prompt,
        ms=convert_frames_to_ms(frames, settings.fps),
        aspect=find_nearest_aspect(settings.size),
        inputs=(*((Input(role="reference", asset=picture.asset),) if picture else ()), *logo, *font),
        extra={key: value for key, value in extra.items() if value or key in always},
    )


def find_about(screens: Iterable[tuple[str, Mapping[str, str]]]) -> str:
    """Find what stands under a film's name on its last card, in two lines at most: by beat and words of screens.

    The day of what it announces and its lowered price are reasons to act; what the name is fills the place of either.
    """
    says, day, offer = "", "", ""
    for beat, words in screens:
        if beat == "reveal" and not says and len(words.get("descriptor", "")) <= _LONGEST_DESCRIPTOR:
            says = to_plain_text(words.get("descriptor", ""))
        parts = [to_plain_text(one.strip()) for one in words.get("line", "").split(BREAK)]
        days = (one for one in parts if len(one) <= _LONGEST_DATE and not load_pattern("limits_offer").match(one))
        dated = next((one for one in days if find_day(one) is not None), "")
        if beat != "end_card" and dated and not day:
            hour = "" if _HOUR.search(dated) else next((found[0] for one in parts if (found := _HOUR.search(one))), "")
            day = f"{dated}, {hour}" if hour else dated
        offer = offer or _find_offer(words)
    return BREAK.join([one for one in (says, day, offer) if one][-2:])


def _find_offer(words: Mapping[str, str]) -> str:
    """Return the lowered price of a screen, without the old one; empty where small print belongs to it."""
    text = words.get("deal") or f"{words.get('before', '')} {words.get('after', '')}"
    price = split_price(mark_styles(text)) if is_price_cut(text) and not _SMALL_PRINT & words.keys() else None
    kept = " ".join(part for part in (price.before, price.new, price.after) if part) if price else ""
    return kept if len(kept) <= _LONGEST_OFFER else ""


def _find_subject(place: Place, words: Mapping[str, str], settings: FilmSettings) -> str:
    """Find the emblem that the words of a screen name, where nothing else stands beside them; the film's own only in
    the first beat, since its name and its last screen have it. A screen that names nothing shows what stands with it.
    """
    if place.beat == "testimonial" and place.picture is None:
        thing = choose_row_emblems((words.get("quote", ""),), settings.language)[0]
        return thing if thing not in ANYWHERE else ""
    if place.beat not in _NAMING or place.picture is not None or words.get("name") or _NUMBER_ROLES & words.keys():
        return ""
    text = " ".join(words[role] for role in _NAMED_BY if words.get(role))
    is_heat = place.beat == "proof" and _DEGREES.search(text)
    named = "thermometer" if is_heat else find_named_emblem(text, settings.language)
    if place.beat == "proof" and named in (*_COUNTED_ELSEWHERE, settings.emblem, ""):
        counted = choose_row_emblems((text,), settings.language)[0]
        named = counted if counted not in _COUNTED_ELSEWHERE or not named else ""  # a fare is no ticket of a help desk
    if (named and named != settings.emblem) or place.beat == "hook":
        return named
    is_filled = place.beat == "proof" or (place.beat in _FILLED and place.variant % 2 == 1)
    beside = load_emblems()[settings.emblem].beside.split() if settings.emblem else []
    if not beside or not is_filled or words.get("steps") or words.get("listing"):
        return ""
    done = choose_row_emblems((text,), settings.language)[0]
    if done and done != settings.emblem and done not in ANYWHERE:
        return done
    return beside[(place.variant + place.variant // 2 + (place.beat != "proof")) % len(beside)]


def _list_things(place: Place, words: Mapping[str, str], settings: FilmSettings) -> list[str]:
    """List an emblem for each row of a list, of steps or of figures that stands without a picture; empty: no row has
    one.
    """
    text = words.get("figures") or words.get("steps", "")
    if not text or words.get("chart") or place.picture is not None:
        return []
    rows = [to_plain_text(row) for row in text.split(BREAK) if row.strip()]
    found = choose_row_emblems(rows, settings.language, settings.emblem, fills="figures" in words)
    return list(found) if any(found) and len(rows) <= _MOST_ROWS else []


def match_still(take: Request) -> Request:
    """Build the request for the storyboard still of a shot: the same picture, at its first frame."""
    return replace(take, mode="still", ms=None)


def is_drawn(take: Request) -> bool:
    """Return whether we draw this take ourselves; otherwise an AI model makes it."""
    return take.model.startswith("animatic/")


def read_place(take: Request) -> Place:
    """Read the place of a shot back from the request that was made for it."""
    extra = take.extra
    picture = None
    if shown := next((one.asset for one in take.subject_inputs if one.asset), None):
        move = str(extra.get("move", ""))
        picture = Picture(asset=shown, treatment=extra.get("treatment", "photo"), move=move)
    return Place(
        beat=str(extra.get("staging", "")),
        after=str(extra.get("after", "")),
        before=str(extra.get("before", "")),
        hits=tuple(extra.get("hits", ())),
        variant=int(extra.get("variant", 0)),
        seed=int(extra.get("seed", 0)),
        picture=picture,
    )


def read_film_settings(plan: Plan) -> FilmSettings:
    """Return the settings with which this plan's shots and music are made on this machine; else their defaults."""
    takes = [s.source for s in plan.shots if not isinstance(s.source, OwnFootage) and is_drawn(s.source)]
    composed = plan.bed is not None and plan.bed.request.model.startswith("composer/")
    return FilmSettings(
        fps=plan.fps,
        size=plan.size,
        look=plan.drawn_look,
        language=plan.language,
        accent=str(takes[0].extra.get("accent", "")) if takes else plan.accent,
        about=find_about((beat.name, shot.words) for beat in plan.beats for shot in beat.shots),
        emblem=next((str(take.extra["emblem"]) for take in takes if "emblem" in take.extra), ""),
        animatic=takes[0].model if takes else ANIMATIC_MODEL,
        composer=plan.bed.request.model if plan.bed and composed else COMPOSER_MODEL,
        logo=next((one.asset for take in takes for one in take.inputs if one.role == "logo"), None),
        font=plan.font,
    )


def match_bed(beats: Sequence[Beat], mood: str, bpm_milli: int, seed: int, settings: FilmSettings) -> Request:
    """Build the request for the music under the whole film. Costs nothing.

    ``lift_ms``: the reveal's first frame (left out without one); ``button_ms``: the end card's first frame, 0 where the
    film is nothing but its end card. A hit's ``at_ms`` is where it lands on the picture: a riser ends there and a
    whoosh peaks there. Source: craft.md 3.4, 5.3 and 5.5, read 2026-11-20.
    """
    ms = [convert_frames_to_ms(beat.start, settings.fps) for beat in beats]
    ms.append(convert_frames_to_ms(sum(beat.length for beat in beats), settings.fps))
    lift = next((ms[i] for i, beat in enumerate(beats) if beat.name == "reveal"), None)
    button = ms[-2] if beats[-1].name == "end_card" else ms[-1]
    sections = build_sections(beats, settings.fps)
    extra: dict[str, Any] = {"bpm_milli": bpm_milli, "button_ms": button, "sections": sections, "seed": seed}
    if lift is not None:
        extra["lift_ms"] = lift
    extra["hits"] = _list_hits(beats, ms, settings)
    return Request(model=settings.composer, mode="music", prompt=mood, ms=ms[-1], extra=extra)


_HIT_KINDS: Final = {
    "hook": "hit",
    "proof": "hit",
    "offer": "drop",
    "urgency": "tick",
    "cta": "whoosh",
    "agitate": "tick",
}


def _list_hits(beats: Sequence[Beat], ms: list[int], house: FilmSettings) -> list[dict[str, Any]]:
    """List the accents of the music, where pictures change hardest. Every beat adds at most one, the reveal two."""
    found: list[dict[str, Any]] = []
    for index, beat in enumerate(beats):
        if beat.name == "reveal":
            if ms[index] >= 1500:
                found.append({"at_ms": ms[index], "kind": "riser"})
            found.append({"at_ms": ms[index], "kind": "drop"})
        elif beat.name == "end_card":
            found.append({"at_ms": ms[index], "kind": "hit"})
        elif beat.name in _HIT_KINDS:
            found.append({"at_ms": ms[index], "kind": _HIT_KINDS[beat.name]})
        elif len(beat.shots) > 1:
            at = convert_frames_to_ms(beat.start + beat.shots[0].length, house.fps)
            found.append({"at_ms": at, "kind": "whoosh"})
    return found


def clip_frames(ms: int, fps: tuple[int, int]) -> Frames:
    """Return the whole frames that a clip of ``ms`` is sure to have: its last one may be cut short."""
    return Frames(max(0, ms * fps[0] // (fps[1] * 1000) - 1))
