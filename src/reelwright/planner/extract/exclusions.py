"""Finds what the person does not want to see."""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.brief_text import BriefText, TextMatch
from reelwright.planner.tables import load_lexicon

_ENGLISH_EXCLUSION: Final = regex.compile(
    r"(?:^|[.!?;,\n][\"“”»’]?[^\S\n]*|\b(?:please|but)\s+)(?P<no>no(?! more\b| matter\b| one\b|\s?\.)"
    r"|(?:don['’]t|do not) (?P<use>use)|(?:don['’]t|do not) (?:show|include|mention)"
    r"|avoid|without (?:showing|any)|never show)\s+(?P<what>[^.;!?\n]{2,80}?)(?=[.;!?\n]|,\s|\sand\sno\s|$)",
    regex.I,
)


_EXCLUSION_TEMPLATE: Final = (
    r"(?:^|[.!?;,\n،।、。][^\S\n]*|\b(?:and|with|but|please|und|et|y|e|и)\s+)"
    r"(?:no|without|keine?n?|ohne|sans|pas\s+d(?:e(?=\s)|['’])|aucune?|sin|nada\s+de|senza|sem|без|geen|zonder|bez|بدون|بلا|बिना)"
    r"\s*(?P<what>{words})(?=[^\S\n]*(?:[.;!?,\n،।]|$|\b(?:and|or|und|oder|et|ou|y|o|e|и|или|و)\b))"
    r"|(?P<what>{words})(?:なし|無し|\s?없이|\s?없는|\s?नहीं)|(?:不要|没有|無|无)(?P<what>{words})"
)
"""``Keine Menschen``, ``with no people``: only before what a picture or its sound has; ``ohne Zucker`` is a claim."""


@cache
def _load_exclusion_pattern() -> tuple[regex.Pattern[str], dict[str, str]]:
    """Load the pattern of exclusions in all our languages, and the English word for each."""
    english = {word: name for name, words in load_lexicon().left_out.items() for word in words.split()}
    words = "|".join(sorted(map(regex.escape, english), key=len, reverse=True))
    return regex.compile(_EXCLUSION_TEMPLATE.format(words=f"(?:{words})"), regex.I), english


def find_exclusions(brief: BriefText) -> tuple[TextMatch, ...]:
    """Find the things to leave out of every picture: as written in English, or else the English word. At most six."""
    found = [
        brief.match_span(*match.span("what"))
        for match in _ENGLISH_EXCLUSION.finditer(brief.text)
        if not (match["use"] or match["no"].casefold() == "no") or _is_part_of_picture(match["what"])
    ]
    pattern, english = _load_exclusion_pattern()
    for match in pattern.finditer(brief.text):
        start, end = match.span("what")
        one = brief.match_span(start, end, english.get(match["what"].casefold(), match["what"]))
        if not any(o.span.start < one.span.end and one.span.start < o.span.end for o in found):
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.span.start))[:6]


def _is_part_of_picture(what: str) -> bool:
    """Return whether a picture or a sound track can have it; other exclusions are claims about the thing itself, or
    for viewers: "Do not use the lifts".
    """
    words = frozenset(load_lexicon().leave_out.split())
    return any(word in words for word in regex.findall(r"[\p{L}-]+", what.casefold()))
