"""Finds the name where none was read: in the request for the film, at its head, or behind "my husband".

Such as ``Salt Roads`` of "the documentary Salt Roads", ``바른숨 필라테스`` of "바른숨 필라테스 홍보 영상".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import LIKELY_NAME
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.names.described import OWNERS
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token

_LINKS: Final = list_mark_words("for_whom")
_WITHIN: Final = list_mark_words("within")
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
_SURE: Final = 0.9
"""Least probability of a name that the head of the request is not asked beside."""
_NAME_FIRST: Final = ("ja", "ko", "hi", "tr")
_ASKING: Final = _NO_NAME | {"tall", "wide", "square", "art", "tall_place", "named_after", "self"}
_JOINED: Final = "の"
_NO_HEAD: Final = list_mark_words("no_head")
_DESCRIBING: Final = frozenset("은는한운인된할적いなた")
"""Ends of words that describe the film: ``짧은 홍보 영상``."""
_LEAST_HEAD_LETTERS, _MOST_HEAD_LETTERS, _MOST_BEFORE_FILM = 4, 24, 5
_MOST_OWNED_WORDS, _MOST_TITLE_WORDS, _LONGEST_SMALL_WORD = 2, 7, 3
_BEFORE_SELF: Final = SENTENCE_ENDS | {",", "،"}
_BEING: Final = list_mark_words("being_now")
_NO_TITLE: Final = frozenset({"film", "maker", "seconds", "minutes", "audience", "month", "weekday"})
_SPEAKING: Final = frozenset({"maker", "says", "film"})
"""Marks of what people do who have a wish for the film: "my boss John wants"."""


def find_requested_name(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks, language: str
) -> list[TaggedSpan]:
    """Return ``spans`` with the name that a request for a film holds, if they hold none; the words of a kind before it
    ("documentary") say what it is. Pure.
    """
    surest = max((one.probability for one in spans if one.label == "name"), default=0.0)
    if surest >= _SURE or language == _CAPITALISES_NOUNS:
        return list(spans)
    found = list_token_marks(tokens, marks)
    located = _locate_head(tokens, spans, found, language) if language in _NAME_FIRST else None
    if surest >= LIKELY_NAME and located:
        spans = [replace(one, label="what") if one.label == "name" else one for one in spans]
    elif surest >= LIKELY_NAME:
        return list(spans)
    located = located or _locate_behind_link(tokens, found, language) or _locate_owned(tokens, found, language)
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


def find_placed_name(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the name before a place, where none was read: ``Spoke`` of "Spoke, 14 Tanner Lane". Pure.

    Of 12 such places in the briefs of five kept parts that nothing else names, 11 begin with the name (2026-11-29).
    """
    if any(one.label == "name" and one.probability >= LIKELY_NAME for one in spans):
        return list(spans)
    for n, span in enumerate(spans):
        begins = not span.first or tokens[span.first - 1].text in SENTENCE_ENDS
        comma = next((k for k in range(span.first + 1, span.end - 1) if tokens[k].text == ","), span.first)
        if span.label == "place" and begins and _is_written_as_name(tokens[span.first : comma]):
            name = TaggedSpan(label="name", first=span.first, end=comma, probability=_PROBABILITY)
            return [*spans[:n], name, replace(span, first=comma + 1), *spans[n + 1 :]]
    return list(spans)


def _is_written_as_name(words: Sequence[Token]) -> bool:
    """Return whether words have capitals, but for short ones between them, and begin with none such as "in"."""
    texts = [one.text for one in words if one.kind == "word"]
    is_plain = 0 < len(texts) <= _MOST_NAME_WORDS and all(one.kind == "word" or one.text == "&" for one in words)
    are_capital = all(text[0].isupper() or len(text) <= _LONGEST_SMALL_WORD for text in texts)
    return is_plain and are_capital and texts[0][0].isupper() and fold(texts[0]) not in _LINKS | _WITHIN


def _locate_head(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], found: Sequence[set[str]], language: str
) -> tuple[int, int, int] | None:
    """Return the name that begins the request for its film, in languages that write it so: ``喫茶つばめの紹介動画``."""
    for span in spans:
        begins = span.first == 0 or tokens[span.first - 1].text in SENTENCE_ENDS
        if span.label != "dir" or not begins or "film" not in set().union(*found[span.first : span.end]):
            continue
        end = span.first
        while end < span.end and tokens[end].kind == "word" and not found[end] & _ASKING:
            end += 1
        near = range(end - 1, max(span.first, end - _MOST_BEFORE_FILM), -1)
        joined = next((n for n in near if tokens[n].text in _JOINED), end)
        if joined == end and language != "ko" and "named_after" not in found[min(end, len(tokens) - 1)]:
            continue
        end = joined
        head = tokens[span.first : end]
        letters = sum(len(token.text) for token in head)
        is_plain = not any(fold(token.text) in OWNERS or fold(token.text) in _NO_HEAD for token in head)
        if _LEAST_HEAD_LETTERS <= letters <= _MOST_HEAD_LETTERS and is_plain and head[-1].text[-1] not in _DESCRIBING:
            return span.first, span.first, end
    return None


def _locate_owned(tokens: Sequence[Token], found: Sequence[set[str]], language: str) -> tuple[int, int, int] | None:
    """Return the name behind what the writer calls theirs, or themselves: ``my husband Alasdair Penrose``, ``vi är
    Lyckans Trädgård``. It ends at a sign or a word such as "in"; English has small letters behind names only.
    """
    for n, token in enumerate(tokens):
        is_owner = fold(token.text) in OWNERS and token.text[1:].islower()
        begins = n == 0 or "we_are" not in found[n - 1]
        is_self = "we_are" in found[n] and begins and (n == 0 or tokens[n - 1].text in _BEFORE_SELF)
        if not is_owner and not is_self:
            continue
        kind = n + 1
        while kind < len(tokens) and ("we_are" in found[kind] or fold(tokens[kind].text) in _BETWEEN):
            kind += 1
        first = kind
        while first < len(tokens) and first - kind < _MOST_OWNED_WORDS and _is_kind(tokens[first], found[first]):
            first += 1
        end = _find_owned_end(tokens, found, first, language)
        is_named = first < end and (is_self or kind < first)
        if is_named and not (end < len(tokens) and found[end] & _SPEAKING):
            return first, first, end  # "husband" alone says nothing
    return None


def _find_owned_end(tokens: Sequence[Token], found: Sequence[set[str]], first: int, language: str) -> int:
    """Return where the name ends that begins at ``first``, or ``first``. One that begins with a small word, such as "U
    Rezavého klíče", may go on with small letters.
    """
    end = first
    while end < len(tokens) and end - first < _MOST_NAME_WORDS and _is_capital(tokens[end], found[end]):
        end += 1
    if first < end < len(tokens) and len(tokens[first].text) <= _LONGEST_SMALL_WORD:
        while end < len(tokens) and tokens[end].kind == "word" and not _ends_owned(tokens, end):
            end += 1
    is_whole = end == len(tokens) or language == "en" or _ends_owned(tokens, end)
    return end if is_whole and end - first <= _MOST_NAME_WORDS else first


def _ends_owned(tokens: Sequence[Token], n: int) -> bool:
    return tokens[n].kind != "word" or fold(tokens[n].text) in _NO_KIND | _BEING


def _locate_behind_link(
    tokens: Sequence[Token], found: Sequence[set[str]], language: str
) -> tuple[int, int, int] | None:
    """Return where the kind, the name and what follows begin, of ``film … for the documentary Salt Roads``."""
    films = [n for n, marks in enumerate(found) if marks & {"film", "seconds"}]
    for film in films:
        for link in range(film + 1, min(len(tokens), film + _MOST_TOKENS)):
            if tokens[link].kind == "line" or tokens[link].text in ".!?:;":
                break
            if fold(tokens[link].text) not in _LINKS:
                continue
            kind = link + 1
            while kind < len(tokens) and (fold(tokens[kind].text) in _BETWEEN or "announcing" in found[kind]):
                kind += 1
            first = kind
            while first < len(tokens) and first - kind < _MOST_KIND_WORDS and _is_kind(tokens[first], found[first]):
                first += 1
            end = _find_name_end(tokens, found, first)
            if end == first > kind and language != "en":
                end = _find_title_end(tokens, found, first)
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
        if _is_capital(token, found[n]):
            end = n + 1
        elif n == first or fold(token.text) not in _INSIDE:
            break
    is_whole = end == len(tokens) or tokens[end].kind in ("sign", "line", "emoji")
    return end if is_whole else first  # neither "for our Year 6" nor "of Japanese anime"


def _is_capital(token: Token, marks: set[str]) -> bool:
    return token.kind == "word" and token.text[0].isupper() and not marks & _NO_NAME


def _find_title_end(tokens: Sequence[Token], found: Sequence[set[str]], first: int) -> int:
    """Return where a sentence ends that a title ends, ``la exposición Agua que no has de ver``; else ``first``. English
    writes other words with a capital, too: "for the French students".
    """
    end = first
    while end < len(tokens) and tokens[end].kind == "word" and not found[end] & _NO_TITLE:
        end += 1
    is_title = first < end <= first + _MOST_TITLE_WORDS and tokens[first].text[0].isupper()
    return end if is_title and (end == len(tokens) or tokens[end].text in SENTENCE_ENDS) else first
