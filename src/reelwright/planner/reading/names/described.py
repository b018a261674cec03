"""Finds what a film is for where a brief asks for the film with it: ``taller mecánico`` of "anuncio de mi taller …"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words, list_phrase_words
from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import QUOTES, Token

OWNERS: Final = list_mark_words("alone", "alone_too") - list_mark_words("article", "several") - {"mit"}
"""Words such as "our" and "mi" before what somebody has, and some articles; German "mit" is another word."""
_OWNING: Final = OWNERS - list_mark_words("owns_nothing")
_NAMING: Final = list_mark_words("naming")
_LINKING: Final = _NAMING | list_mark_words("article") | list_mark_words("alone")
_ARTICLES: Final = list_mark_words("article")
_MOST_TOLD_WORDS: Final = 10
_MOST_DESCRIBING_WORDS, _DESCRIBED_PROBABILITY = 5, 0.85
_NEVER_DESCRIBING: Final = frozenset(
    {"film", "maker", "tone", "look", "negated", "seconds", "minutes", "audience", "music", "sounds",
     "tall_place", "wide_place"}
)  # fmt: skip
"""Marks of words that tell the maker something."""

_AFTER_FILM_WORD: Final = ("what", "fact", "subject")
_ADJECTIVE: Final = r"\p{Lu}\p{L}+(?:isch|lich|ig|haft)e[rsn]?"
"""A German adjective with a capital: a part of the name behind it."""


def find_described(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with what a film is for cut out of the request for it. Pure.

    That is one to five words behind a film word, where a word such as "our" or a name directly behind them says whose
    or what they describe: ``taller mecánico`` of "anuncio de mi taller mecánico", ``Kanzlei`` of "Video für die Kanzlei
    Vogel".
    """
    spans = list(spans)
    made: list[TaggedSpan] = []
    for n, one in enumerate(spans):
        is_behind = bool(made) and made[-1].label == "dir" and made[-1].end == one.first < one.end - 1
        is_behind &= one.label in _AFTER_FILM_WORD and "film" in _list_marks(tokens, one.first, one.first + 1, marks)
        span = replace(one, first=one.first + 1) if is_behind else one  # "reklamę miodu"
        behind = spans[n + 1] if n + 1 < len(spans) else None
        is_before_name = behind is not None and behind.label == "name" and _touches(tokens, span.end, behind.first)
        found = _locate_described(tokens, span, marks, is_before_name=is_before_name) if span.label == "dir" else None
        if found and behind and is_before_name and regex.fullmatch(_ADJECTIVE, tokens[behind.first - 1].text):
            spans[n + 1] = replace(behind, first=behind.first - 1)  # "die Freiwillige Feuerwehr Oberkirchen"
            made += cut_span(span, behind.first - 1, behind.end)
            continue
        if found:
            what = TaggedSpan(label="what", first=found[0], end=found[1], probability=_DESCRIBED_PROBABILITY)
            is_quoted = found[1] < span.end and tokens[found[1]].text in QUOTES  # the quotation is no direction
            rest = [one for one in cut_span(span, *found) if not (is_quoted and one.first == found[1])]
            made += sorted([*rest, what], key=lambda one: one.first)
        elif (
            span.label == "what" and fold(tokens[span.first].text) in OWNERS and made and made[-1].label == "dir"
            and made[-1].end == span.first and "film" in _list_marks(tokens, made[-1].first, made[-1].end, marks)
        ):  # fmt: skip
            made.append(replace(span, probability=max(span.probability, _DESCRIBED_PROBABILITY)))
        else:
            made.append(span)
    return _add_told_kind(tokens, made, marks)


def _add_told_kind(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with what was not read before "called" and a name: "we're a salon in Bristol called Paws"."""
    for name in (one for one in spans if one.label == "name" and one.first > 2):
        end = name.first - (tokens[name.first - 1].text in QUOTES) - 1
        if fold(tokens[end].text) not in list_phrase_words("called"):
            continue
        least = max(0, end - _MOST_TOLD_WORDS)
        stop = next((n for n in range(end - 1, least - 1, -1) if tokens[n].kind != "word"), least - 1)
        first = next((n for n in range(stop + 1, end - 1) if fold(tokens[n].text) in _ARTICLES), end)
        is_free = not any(one.first < end and first < one.end for one in spans)
        if first < end and is_free and not _list_marks(tokens, first, end, marks) & _NEVER_DESCRIBING:
            what = TaggedSpan(label="what", first=first, end=end, probability=_DESCRIBED_PROBABILITY)
            return sorted([*spans, what], key=lambda one: one.first)
    return list(spans)


def _touches(tokens: Sequence[Token], end: int, first: int) -> bool:
    return all(token.text in QUOTES for token in tokens[end:first])


def _locate_described(
    tokens: Sequence[Token], span: TaggedSpan, marks: Marks, *, is_before_name: bool
) -> tuple[int, int] | None:
    """Return the tokens [first, end) of a request that say what it is for, or None."""
    films = [n for n in range(span.first, span.end) if "film" in _list_marks(tokens, n, n + 1, marks)]
    if not films:
        return None
    first, end = films[-1] + 1, span.end
    while end > first and (tokens[end - 1].text in QUOTES or fold(tokens[end - 1].text) in _NAMING):
        end -= 1
    behind_film, is_owned = first, False
    while first < end and fold(tokens[first].text) in _LINKING:
        is_owned |= fold(tokens[first].text) in _OWNING
        first += 1
    if is_owned and not is_before_name:
        end = next((n for n in range(first, end) if tokens[n].kind != "word"), end)
    words = tokens[first:end]
    is_linked = is_before_name and first > behind_film
    if not (is_owned or is_linked) or not 0 < len(words) <= _MOST_DESCRIBING_WORDS:
        return None
    if any(word.kind != "word" or fold(word.text) in _OWNING for word in words):
        return None  # "para despedir a mi hermano" says what is done
    return None if _list_marks(tokens, first, end, marks) & _NEVER_DESCRIBING else (first, end)


def _list_marks(tokens: Sequence[Token], first: int, end: int, marks: Marks) -> set[str]:
    return marks.list_marks(tokens[first].start, tokens[end - 1].end)
