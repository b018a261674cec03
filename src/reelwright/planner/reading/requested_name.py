"""Finds the name in a request for a film where no name was read: ``a trailer for the documentary Salt Roads``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token

_LINKS: Final = list_mark_words("for_whom")
_BETWEEN: Final = list_mark_words("article") | list_mark_words("alone")
_INSIDE: Final = list_mark_words("in_name")
"""Small words inside a name: ``Suds on Tarrow Lane``."""
_NO_NAME: Final = frozenset(
    {"occasion", "film", "maker", "tall_place", "wide_place", "month", "weekday", "audience", "look", "tone",
     "seconds", "minutes", "music", "sounds", "announcing", "negated"}
)  # fmt: skip
_CAPITALISES_NOUNS: Final = "de"
_NO_KIND: Final = _LINKS | list_mark_words("no_kind")
_MOST_KIND_WORDS, _MOST_NAME_WORDS, _MOST_TOKENS = 3, 6, 16
_PROBABILITY: Final = 0.8


def find_requested_name(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks, language: str
) -> list[TaggedSpan]:
    """Return ``spans`` with the name that a request for a film holds, if they hold none; the words of a kind before it
    ("documentary") say what it is. Pure.
    """
    if any(one.label == "name" for one in spans) or language == _CAPITALISES_NOUNS:
        return list(spans)
    found = list_token_marks(tokens, marks)
    located = _locate_behind_link(tokens, found)
    if located is None:
        return list(spans)
    kind, first, end = located
    over = [one for one in spans if one.first < end and first < one.end]
    if any(one.label in SHOWN and (one.label != "place" or one.first <= first) for one in over):
        return list(spans)
    made = [TaggedSpan(label="name", first=first, end=end, probability=_PROBABILITY)]
    if kind < first and not any(one.label != "dir" and one.first < first and kind < one.end for one in spans):
        made.append(TaggedSpan(label="what", first=kind, end=first, probability=_PROBABILITY))
    rest = [one for one in spans if not (one in over and one.label == "place")]
    for new in made:
        rest = [part for one in rest for part in cut_span(one, new.first, new.end)]
    return sorted([*rest, *made], key=lambda one: one.first)


def _locate_behind_link(tokens: Sequence[Token], found: Sequence[set[str]]) -> tuple[int, int, int] | None:
    """Return where the kind, the name and what follows begin, of ``film … for the documentary Salt Roads``."""
    films = [n for n, marks in enumerate(found) if "film" in marks]
    for film in films:
        for link in range(film + 1, min(len(tokens), film + _MOST_TOKENS)):
            if tokens[link].kind == "line" or tokens[link].text in ".!?:;":
                break
            if fold(tokens[link].text) not in _LINKS:
                continue
            kind = link + 1
            while kind < len(tokens) and fold(tokens[kind].text) in _BETWEEN:
                kind += 1
            first = kind
            while first < len(tokens) and first - kind < _MOST_KIND_WORDS and _is_kind(tokens[first], found[first]):
                first += 1
            end = _find_name_end(tokens, found, first)
            if end > first:
                return kind, first, end
    return None


def _is_kind(token: Token, marks: set[str]) -> bool:
    return token.kind == "word" and token.text.islower() and not marks & _NO_NAME and fold(token.text) not in _NO_KIND


def _find_name_end(tokens: Sequence[Token], found: Sequence[set[str]], first: int) -> int:
    """Return where the capitals end that begin at ``first``; ``first`` if none do."""
    end = first
    for n in range(first, min(len(tokens), first + _MOST_NAME_WORDS)):
        token = tokens[n]
        is_capital = token.kind == "word" and token.text[0].isupper() and not found[n] & _NO_NAME
        if is_capital:
            end = n + 1
        elif n == first or fold(token.text) not in _INSIDE:
            break
    is_whole = end == len(tokens) or tokens[end].kind in ("sign", "line", "emoji")
    return end if is_whole else first  # neither "for our Year 6" nor "of Japanese anime"
