"""The script of a film from what is certain in its brief, and what a video model is asked for, in its own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.documents.script import Picture, Said, Screen, Script, Spoken
from reelwright.planner.certain.nouns import Certain
from reelwright.planner.certain.skeleton import screens_of
from reelwright.planner.extract.barred import barred_of
from reelwright.planner.extract.seen import Seen, tidy

SILENT_MS: Final = 8_000
"""How long a film of pictures without words is where nobody says: what most video models make at once."""
_MOST_SILENT, _LEAST_MS = 4, 2_000
"""Pictures of such a film, where the brief tells so many, and the least length of one."""
PICTURE_MS: Final = 4_000
"""How long one of its pictures stands."""
STAND_IN_MS: Final = 2_000
"""How long the shots of a language model's film are, at a guess that is not below its price."""
_MANNER_WORDS: Final = 3
"""Words of a direction that says how all of it looks."""
_UNSEEN: Final = regex.compile(r"[@#]\S|\p{Sc}|\p{Nd}{3,}|://|\b(?:EUR|USD|GBP|лв)\b")
"""What no picture shows: an address, a price, a telephone."""
_GREETING: Final = regex.compile(
    r"(?:hi|hey|hello|dear|thanks?|best|cheers|hallo|liebe|danke|bonjour|merci|hola|gracias|olá|obrigad|ciao|grazie"
    r"|здравей|благодар)\b",
    regex.I,
)
_STAND_IN_WORDS: Final = 8
_STAND_IN_LINE: Final = "Said here"
_SEEN: Final = 600
"""Letters of the brief that a model is shown for one picture."""
_DRAWN: Final = ("proof", "call", "code")
"""Forms whose words are the picture: no model makes one for them."""


def script_of_brief(certain: Certain, *, filmed: bool, voiced: bool, ms: int | None) -> Script:
    """What ``make`` films of a brief: nothing but spans of it, in its order. No screen at all where nothing is certain.

    Each screen says what would be seen in it, for whoever films it. ``filmed``: a video model makes pictures: where
    nothing is certain they stand alone, for ``ms``. ``voiced``: somebody speaks: then what is read is said. Pure.
    """
    screens = screens_of(certain)
    if screens:
        screens = _seen(certain, screens)
    elif filmed:
        screens = _silent(certain, ms)
    return Script(screens=tuple(screens), spoken=tuple(_spoken(screens, voiced=voiced)))


def stand_in(certain: Certain, ms: int, *, filmed: bool, voiced: bool) -> Script:
    """What a language model might make of a brief in ``ms``, for its price alone: as many pictures as it may want."""
    scenes = [" ".join(scene.split()[:_STAND_IN_WORDS]) for scene in scenes_of(certain)] if filmed else ["Line"]
    count = max(1, round(ms / STAND_IN_MS))
    screens = tuple(
        Screen(
            form="picture", line=0, beat=k, picture=Picture(seen=f"{scenes[k % len(scenes)]}, {k + 1}"),
            said=Said(length=ms * (k + 1) // count - ms * k // count, beat="hook" if not k else "benefit"),
        )
        for k in range(count)
    )  # fmt: skip
    said = (Spoken(text=f"{_STAND_IN_LINE} {k + 1}", line=0, first=k, end=k + 1) for k in range(count))
    return Script(screens=screens, spoken=tuple(said) if voiced else ())


def scenes_of(certain: Certain) -> list[str]:
    """What there is to see, in the brief's own words: whom the film is for, then each thing it tells, and how."""
    subject = _subject(certain)
    manner = ", ".join(
        one.text for one in certain.directions
        if one.kind in ("look", "tone") and len(one.text.split()) <= _MANNER_WORDS and not barred_of(Seen(one.text))
    )  # fmt: skip
    parts = _told(certain)
    told = [part if not subject or subject in part else f"{subject}: {part}" for part in parts] or [subject]
    told = [part for part in told if part] or [" ".join(certain.brief.split())]
    return [" ".join(tidy(f"{part}, {manner}" if manner else part)[:_SEEN].split()) for part in told]


def _told(certain: Certain) -> list[str]:
    """What is neither shown nor a direction, and can be seen."""
    return [
        part.text
        for part in certain.unused
        if (len(part.text.split()) > 1 or not part.text.isascii())
        and not barred_of(Seen(part.text))
        and not _UNSEEN.search(part.text)
    ]


def _silent(certain: Certain, ms: int | None) -> list[Screen]:
    asked = [
        one.text
        for one in certain.directions
        if one.kind in ("request", "other") and len(one.text.split()) > _MANNER_WORDS and not barred_of(Seen(one.text))
    ]
    scenes = [*asked, *(part for part in _told(certain) if not _GREETING.match(part))] or scenes_of(certain)
    count = max(1, round((ms or SILENT_MS) / PICTURE_MS), 0 if ms else min(len(scenes), _MOST_SILENT))
    each = Said() if ms else Said(length=max(_LEAST_MS, SILENT_MS // count))
    return [
        Screen(form="picture", line=0, beat=0, picture=Picture(seen=scenes[k * len(scenes) // count]), said=each)
        for k in range(count)
    ]


def _seen(certain: Certain, screens: Sequence[Screen]) -> list[Screen]:
    scenes = scenes_of(certain)
    made: list[Screen] = []
    at = 0
    for n, screen in enumerate(screens):
        if screen.form in _DRAWN or (screen.form == "descriptor" and n and made[-1].form == "reveal"):
            made.append(screen)  # the descriptor stands on the screen of the name
            continue
        made.append(replace(screen, picture=Picture(seen=scenes[at % len(scenes)])))
        at += 1
    return made


def _subject(certain: Certain) -> str:
    name = certain.name.text if certain.name else ""
    what = next((piece.text for piece in certain.of("descriptor")), "")
    return ", ".join(part for part in (name, what) if part)


def _spoken(screens: Sequence[Screen], *, voiced: bool) -> list[Spoken]:
    made = []
    for n, one in enumerate(screens):
        if one.form == "quote" or (voiced and one.text and one.form not in ("descriptor", "call")):
            made.append(Spoken(text=" ".join(one.text.split()), line=0, first=n, end=n + 1))
    return made
