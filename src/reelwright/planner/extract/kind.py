"""What sort of thing the film is about: the brief's own phrase, and one of our categories."""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.call import is_call
from reelwright.planner.extract.clauses import instruction
from reelwright.planner.extract.language import stopwords
from reelwright.planner.extract.name import Names
from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import scenes

_APPOSITION: Final = regex.compile(
    r"\s*[\"”»']?(?:,|\.(?=\s+an?\s)|\s[—–-]|:|\s(?:is|are)|\s?[\p{So}\p{Sk}\p{Cf}\uFE0F]+)\s+(?:an?|the|our|your)\s+((?:(?!that\b|which\b|who\b|for\b|with\b|so\b|to\b|by\b|in\b|from\b|of\b|run\b|made\b|built\b|led\b|owned\b|founded\b|designed\b)"
    r"[\p{L}\p{M}\d’'&-]+\s?){1,6})(?=\s*(?:that\b|which\b|who\b|for\b|with\b|so\b|to\b|by\b|in\b|from\b|of\b|run\b|made\b|built\b|led\b|owned\b|founded\b|designed\b|[,.;:!?—–]|$))",
    regex.I,
)
_CALLED: Final = regex.compile(
    r"\b(?:an?|the|our|my)\s+((?:[\p{Ll}\d’'-]+\s+){0,3}[\p{Ll}’'-]+)\s+(?:called|named)\s+[\"“«']?$", regex.I
)
_UNNAMED: Final = regex.compile(
    r"\b(?:for|about)\s+(?:an?|our|my)\s+((?:[\p{Ll}\d’'-]+\s+){0,2}[\p{Ll}’'-]+)(?=\s*(?:[,.;:!?—–]|$|\b(?:that|which|with|in|for)\b))"
)
LONGEST_KIND: Final = 80
_AFTER: Final = regex.compile(
    r"\s+((?:\p{Ll}[\p{L}’'-]*\s?){1,3}?)(?=\s*(?:[,.;:!?—–]|\b(?:in|for|with|so|that|which|and|by|at|from|on)\b|$))"
)
_BEHIND: Final = regex.compile(r"[\"”»“']?,?\s+((?:[\p{L}\p{M}]+\s?){1,5})(?=\s*(?:[,.;:!?।؟]|$))")


_SEVERAL: Final = regex.compile(
    r"\s*[\"”»']?(?:,|\s[—–-]|:)\s+((?:\p{Ll}[\p{L}’'-]*\s){0,3}\p{Ll}[\p{L}’'-]*)"
    r"(?=\s*(?:[,.;:!?—–]|\b(?:that|which|for|with|so|by|in|from|of|made)\b|$))"
)
"""``Nolabags, handmade leather bags``: several of a thing, or so much of it, without an article."""


def kind_of(seen: Seen, names: Names, language: str = "en") -> Found | None:
    """``a self-heating travel mug`` behind the name, or a noun right after it (``CrunchBay pickles``)."""
    spot = names.product
    if spot is None or spot.span is None:
        match = _UNNAMED.search(seen.text)
        return seen.found(match.span(1), 70) if match and match[1].split()[-1].casefold() in _named() else None
    at = _index(seen, spot)
    if at is None:
        return None
    if match := _APPOSITION.match(seen.text, at):
        return seen.found(match.span(1), 85)
    ends = at - len(spot.text)
    if match := _CALLED.search(seen.text, max(0, ends - LONGEST_KIND), ends):
        return seen.found(match.span(1), 85)
    if language != "en" and (match := _BEHIND.match(seen.text, at)):
        first = match[1].split()[0].casefold()
        if first not in stopwords(language) and not instruction(match[1]):
            return seen.found(match.span(1), 60)
    if match := _SEVERAL.match(seen.text, at):
        words = match[1].casefold().split()
        bare = not (set(words) & stopwords(language)) and not is_call(match[1], language)
        if bare and words[-1] in _named() and not instruction(match[1]):
            return seen.found(match.span(1), 75)
    if match := _AFTER.match(seen.text, at):
        words = match[1].strip().split()
        if words and words[-1].casefold() in _named():
            return seen.found(match.span(1), 65)
    return None


def _index(seen: Seen, found: Found) -> int | None:
    """Matched offset just behind a found name."""
    at = seen.text.find(found.text)
    return at + len(found.text) if at >= 0 else None


def category_of(seen: Seen, kind: Found | None) -> Found | None:
    """One of our categories: by the phrase's last words first, then by anything in the brief."""
    if kind:
        for word in reversed(kind.text.casefold().replace("’", "'").split()):
            if word in _named():
                return Found(value=_named()[word], confidence=85, span=kind.span)
    for match in regex.finditer(r"[\p{L}\p{M}\d'’-]+", seen.text):
        word = match[0].casefold()
        if word in _named():
            return seen.found(match.span(), 60, _named()[word])
    for word, category in _named().items():
        if not word.isascii() and len(word) > 1 and _unspaced(word) and (at := seen.text.find(word)) >= 0:
            return seen.found((at, at + len(word)), 60, category)
    return None


def _unspaced(word: str) -> bool:
    return all(ord(c) > 0x2E80 for c in word)


@cache
def _named() -> dict[str, str]:
    """Category by the words that name such a thing, singular and plural."""
    found: dict[str, str] = {}
    for category, scene in scenes().items():
        for word in scene.words:
            found.setdefault(word, category)
            if word.isascii():
                found.setdefault(word + ("es" if word.endswith(("s", "x", "ch")) else "s"), category)
    return found
