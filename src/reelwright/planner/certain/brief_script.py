"""Builds the script of a film from what is certain in its brief, and the texts of pictures for a video model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.documents.script import BlockSettings, Picture, Screen, Script, SpokenLine
from reelwright.planner.certain.values import LIKELY, CertainFacts
from reelwright.planner.extract.brief_text import BriefText, tidy
from reelwright.planner.extract.exclusions import find_exclusions
from reelwright.planner.reading.draft import Draft
from reelwright.planner.screens.beat_takes import BeatTake

PLACEHOLDER_SHOT_MS: Final = 2_000
"""Length of each shot of a language model's film, as a guess that is not below its price."""
_MANNER_WORDS: Final = 3
"""Most words of a direction that says how all of the film looks."""
_UNPICTURABLE: Final = regex.compile(r"[@#]\S|\p{Sc}|\p{Nd}{3,}|://|\b(?:EUR|USD|GBP|лв)\b")
"""Matches what no picture shows: an address, a price, a telephone number."""
_PLACEHOLDER_WORDS: Final = 8
_PLACEHOLDER_LINE: Final = "Said here"
_MAX_PICTURE_LETTERS: Final = 600
"""Most letters of the brief that a model is shown for one picture."""
_DRAWN_FORMS: Final = ("proof", "item", "call", "code")
"""Forms whose words are the picture: no model makes one for them."""


def build_brief_script(
    certain: CertainFacts, draft: Draft, *, is_filmed: bool, is_voiced: bool, takes: Sequence[BeatTake] = ()
) -> Script:
    """Build the script that ``make`` films: the lines of the ``draft``, which has none if the brief says nothing.

    Each screen says what would be seen in it, for whoever films it. ``is_filmed``: a video model makes pictures;
    without anything certain they stand alone, one for each of ``takes``. ``is_voiced``: somebody speaks, so what is
    read over their pictures is also said; ``add_narration`` does it for drawn screens. Pure.
    """
    screens = list(draft.screens)
    if screens:
        screens = _add_pictures(certain, screens)
    elif is_filmed:
        screens = _make_silent_screens(certain, takes)
    return Script(screens=tuple(screens), spoken_lines=tuple(_list_spoken(screens, is_voiced=is_voiced and is_filmed)))


def build_placeholder_script(certain: CertainFacts, ms: int, *, is_filmed: bool, is_voiced: bool) -> Script:
    """Build a placeholder for the script of a language model in ``ms``, for its price alone: with as many pictures as
    it may want.
    """
    scenes = (
        [" ".join(scene.split()[:_PLACEHOLDER_WORDS]) for scene in list_picture_texts(certain)]
        if is_filmed
        else ["Line"]
    )
    count = max(1, round(ms / PLACEHOLDER_SHOT_MS))
    screens = tuple(
        Screen(
            form="picture", line=0, beat=k, picture=Picture(description=f"{scenes[k % len(scenes)]}, {k + 1}"),
            settings=BlockSettings(length=ms * (k + 1) // count - ms * k // count, beat="hook" if not k else "benefit"),
        )
        for k in range(count)
    )  # fmt: skip
    lines = (SpokenLine(text=f"{_PLACEHOLDER_LINE} {k + 1}", line=0, first=k, end=k + 1) for k in range(count))
    return Script(screens=screens, spoken_lines=tuple(lines) if is_voiced else ())


def list_picture_texts(certain: CertainFacts) -> list[str]:
    """List what there is to see, in the brief's own words: the pictures that it asks for, or else whom the film is for,
    then each thing it tells; and how it looks.
    """
    manner = ", ".join(
        [part.text for part in certain.list_pictures("setting", "light", "style")]
        + [
            one.text
            for one in certain.directions
            if one.kind in ("look", "tone")
            and len(one.text.split()) <= _MANNER_WORDS
            and not find_exclusions(BriefText(one.text))
        ]
    )
    subject = _describe_subject(certain)
    shots = [part.text for part in certain.list_pictures("shot")]
    if shots:
        return [tidy(f"{part}, {manner}" if manner else part)[:_MAX_PICTURE_LETTERS].rstrip() for part in shots]
    parts = [part.text for part in certain.list_pictures("subject")] or _list_told_things(certain)
    parts = parts or ([] if subject else list_visible_parts(certain))
    texts = [part if not subject or subject in part else f"{subject}: {part}" for part in parts] or [subject]
    texts = [part for part in texts if part] or [certain.brief]
    return [tidy(f"{part}, {manner}" if manner else part)[:_MAX_PICTURE_LETTERS].rstrip() for part in texts]


def _list_told_things(certain: CertainFacts) -> list[str]:
    """List the facts that are surely shown and can be seen: none that counts something or says who speaks."""
    return [
        piece.says if piece.label else piece.text
        for piece in certain.list_pieces("fact")
        if piece.probability >= LIKELY
        and not _UNPICTURABLE.search(piece.says)
        and (piece.label or len(piece.text.split()) > 1)
    ]


def list_visible_parts(certain: CertainFacts) -> list[str]:
    """List the parts that are neither shown nor a direction, and that can be seen."""
    return [
        part.text
        for part in certain.unused_parts
        if (len(part.text.split()) > 1 or not part.text.isascii())
        and not find_exclusions(BriefText(part.text))
        and not _UNPICTURABLE.search(part.text)
    ]


def _make_silent_screens(certain: CertainFacts, takes: Sequence[BeatTake]) -> list[Screen]:
    scenes = list_picture_texts(certain)
    beats = list(dict.fromkeys(take.beat for take in takes))
    return [
        Screen(
            form="picture", line=0, beat=beats.index(take.beat),
            picture=Picture(description=scenes[k * len(scenes) // len(takes)]),
            settings=BlockSettings(length=take.ms, beat=take.beat),
        )
        for k, take in enumerate(takes)
    ]  # fmt: skip


def _add_pictures(certain: CertainFacts, screens: Sequence[Screen]) -> list[Screen]:
    scenes = list_picture_texts(certain)
    made: list[Screen] = []
    at = 0
    for n, screen in enumerate(screens):
        is_beside_name = screen.form == "descriptor" and n > 0 and made[-1].form == "reveal"
        if screen.form in _DRAWN_FORMS or is_beside_name or screen.settings.is_legal:
            made.append(screen)  # the descriptor stands on the screen of the name, small print on that before it
            continue
        own = next((scene for scene in scenes if screen.text and screen.text in scene), None)
        made.append(replace(screen, picture=Picture(description=own or scenes[at % len(scenes)])))
        at += own is None
    return made


def _describe_subject(certain: CertainFacts) -> str:
    name = certain.name.text if certain.name else ""
    what = next((piece.text for piece in certain.list_pieces("descriptor")), "")
    return ", ".join(part for part in (name, what) if part)


def _list_spoken(screens: Sequence[Screen], *, is_voiced: bool) -> list[SpokenLine]:
    made = []
    for n, one in enumerate(screens):
        if one.form == "quote" or (
            is_voiced and not one.settings.is_legal and one.text and one.form not in ("descriptor", "call")
        ):
            made.append(SpokenLine(text=" ".join(one.text.split()), line=0, first=n, end=n + 1))
    return made
