"""What the person does not want to see."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import lexicon

_BARRED: Final = regex.compile(
    r"(?:^|[.!?;,\n][^\S\n]*|\b(?:please|but)\s+)(?P<no>no(?! more\b| matter\b| one\b|\s?\.)"
    r"|don['’]t (?:show|use|include|mention)|do not (?:show|use|include|mention)"
    r"|avoid|without (?:showing|any)|never show)\s+(?P<what>[^.;!?\n]{2,80}?)(?=[.;!?\n]|,\s|$)",
    regex.I,
)


def barred_of(seen: Seen) -> tuple[Found, ...]:
    """Things to leave out of every picture, as written. At most six."""
    found = [
        seen.found(match.span("what"), 75)
        for match in _BARRED.finditer(seen.text)
        if match["no"].casefold() != "no" or _of_a_film(match["what"])
    ]
    return tuple(found)[:6]


def _of_a_film(what: str) -> bool:
    """Is it something that a picture or a sound track has, and not something that the thing itself spares people?"""
    words = frozenset(str(lexicon()["leave_out"]).split())
    return any(word in words for word in regex.findall(r"[\p{L}-]+", what.casefold()))
