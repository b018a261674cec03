"""What the person does not want to see."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen

_BARRED: Final = regex.compile(
    r"(?:^|[.!?;,\n][^\S\n]*|\b(?:please|but)\s+)(?:no(?! more\b| matter\b| one\b|\s?\.)"
    r"|don['’]t (?:show|use|include|mention)|do not (?:show|use|include|mention)"
    r"|avoid|without (?:showing|any)|never show)\s+([^.;!?\n]{2,80}?)(?=[.;!?\n]|,\s|$)",
    regex.I,
)


def barred_of(seen: Seen) -> tuple[Found, ...]:
    """Things to leave out of every picture, as written. At most six."""
    return tuple(seen.found(match.span(1), 75) for match in _BARRED.finditer(seen.text))[:6]
