"""Finds the name where none was read: in the request for the film, or at its head.

Such as ``Salt Roads`` of "the documentary Salt Roads", ``바른숨 필라테스`` of "바른숨 필라테스 홍보 영상".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import LIKELY_NAME
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.names.described import OWNERS
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token
from reelwright.planner.tables import load_kinds, load_words

_LINKS: Final = list_mark_words("for_whom") | {"给", "为"}
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
_MOST_KIND_WORDS, _MOST_NAME_WORDS, _MOST_TOWN_WORDS, _MOST_TOKENS = 3, 6, 2, 16
_PROBABILITY: Final = 0.8
_FOR_WHAT: Final = ("what", "fact", "subject", "place")
_DEFINITE: Final = list_mark_words("definite")
_OF: Final = list_mark_words("of_whom")
_IN_TOWN: Final = list_mark_words("in_town")
_HOUSE_ENDS: Final = frozenset(word[-1] for word in list_mark_words("house_end"))
_ENDING: Final = ("line", "emoji", "sign")
_SURE: Final = 0.9
"""Least probability of a name that the head of the request is not asked beside."""
_NAME_FIRST: Final = ("ja", "ko", "hi", "tr")
_ASKING: Final = _NO_NAME | {"tall", "wide", "square", "art", "tall_place", "named_after", "self"}
_JOINED: Final = "の"
_DASHES: Final = frozenset("-–—")
_BEFORE_SIGNED: Final = _DASHES | {",", "."}
"""Signs before a name that ends a brief as a signature does."""
_BEFORE_HEAD: Final = SENTENCE_ENDS | set(",、，")
_NO_HEAD: Final = list_mark_words("no_head")
_DESCRIBING: Final = frozenset("은는한운인된할적いなた")
"""Ends of words that describe the film: ``짧은 홍보 영상``."""
_LEAST_HEAD_LETTERS, _MOST_HEAD_LETTERS, _MOST_BEFORE_FILM, _MOST_TITLE_WORDS, _LONGEST_SMALL_WORD = 4, 24, 5, 7, 3
_NO_TITLE: Final = frozenset({"film", "maker", "seconds", "minutes", "audience", "month", "weekday"})


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
    if surest >= LIKELY_NAME and not located:
        return list(spans)
    spans = [replace(one, label="what") if one.label == "name" and located else one for one in spans]
    located = located or _locate_behind_link(tokens, found, language)
    if located is None:
        return list(spans)
    kind, first, end = located
    over = [one for one in spans if one.first < end and first < one.end]
    if language in _NAME_FIRST:
        over = [one for one in over if one.first < first or end < one.end]
        spans = [one for one in spans if one.first < first or end < one.end]
    if any(one.label in SHOWN and (one.label != "place" or one.first <= first) for one in over):
        return list(spans)
    made = [TaggedSpan(label="name", first=first, end=end, probability=_PROBABILITY)]
    if kind < first and not any(one.label != "dir" and one.first < first and kind < one.end for one in spans):
        made.append(TaggedSpan(label="what", first=kind, end=first, probability=_PROBABILITY))
    rest = [one for one in spans if not (one in over and one.label == "place")]
    for new in made:
        rest = [part for one in rest for part in cut_span(one, new.first, new.end)]
    return sorted([*rest, *made], key=lambda one: one.first)


def find_asked_for(
    text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks, language: str
) -> list[TaggedSpan]:
    """Return ``spans`` with the name in what a film is asked for, without the town behind it: ``Mak`` of "filmik dla
    kwiaciarni Mak w Gdyni". Pure.

    Where no name was read, that are its capitals, ``Ginevra`` of "video per i 18 anni di Ginevra", or a known kind of
    house and what stands beside it, ``Bäckerei Sonntag`` of "ein Video für die Bäckerei Sonntag".
    """
    found = list_token_marks(tokens, marks)
    is_named = any(one.label == "name" and one.probability >= LIKELY_NAME for one in spans)
    before_towns = {fold(word) for word in load_words()["in_town"].get(language, "").split()}
    for n, span in enumerate(spans):
        at = n - 1 - (n > 1 and spans[n - 1].label == "what")
        asks = at >= 0 and any(found[k] & {"film", "seconds"} for k in range(spans[at].first, spans[at].end))
        gaps = [tokens[a.end : b.first] for a, b in pairwise(spans[max(0, at) : n + 1])]
        if not asks or spans[at].label != "dir" or any(one.kind != "line" for gap in gaps for one in gap):
            continue
        first = span.first
        while first < span.end - 1 and fold(tokens[first].text) in _BETWEEN:
            first += 1
        ends = (
            (tokens[k].kind in _ENDING and tokens[k].text not in "&+") or fold(tokens[k].text) in before_towns
            for k in range(first, span.end)
        )
        end = next((first + k for k, is_end in enumerate(ends) if is_end), span.end)
        goes_on = end < span.end - 1 and (tokens[end].text == "," or fold(tokens[end].text) in before_towns)
        if span.label == "name" and goes_on and span.first < end and _is_town(tokens, end + 1, span.end):
            return [*spans[:n], replace(span, end=end), replace(span, label="place", first=end), *spans[n + 1 :]]
        if is_named or span.label not in _FOR_WHAT:
            continue
        capital = next((k for k in range(first, end) if tokens[k].text[0].isupper()), end)
        is_tail = (
            language != _CAPITALISES_NOUNS and first < end == _find_name_end(tokens[:end], found, capital) > capital
        )
        before = capital - 1 - (capital > 1 and fold(tokens[capital - 1].text) in _DEFINITE)  # "in the Alps"
        is_behind_in = fold(tokens[before].text) in _IN_TOWN - (_OF if language == "it" else set())
        if is_tail and (capital == first or not is_behind_in):
            first = capital
        elif not _is_named_kind(text, tokens, first, end, language):
            continue
        name = TaggedSpan(label="name", first=first, end=end, probability=_PROBABILITY)
        is_part = first - span.first > 1 and fold(tokens[first - 1].text) not in _BETWEEN and span.end == end
        rest = [span] if is_part else cut_span(span, first, end)  # "i 18 anni di Ginevra" stays whole
        return sorted([*spans[:n], *rest, name, *spans[n + 1 :]], key=lambda one: one.first)
    return list(spans)


def _is_town(tokens: Sequence[Token], first: int, end: int) -> bool:
    """Return whether the tokens [first, end) can be a town that ends its clause: ``Gdyni``."""
    is_closed = end == len(tokens) or tokens[end].kind in _ENDING
    return is_closed and end - first <= _MOST_TOWN_WORDS and not any(one.text[0].islower() for one in tokens[first:end])


def _is_named_kind(text: str, tokens: Sequence[Token], first: int, end: int, language: str) -> bool:
    """Return whether a phrase is a house that has its article and one to three words more: ``la panadería lucero``.
    In Arabic the second word has it: ``مقهى الياسمين``.
    """
    words = tokens[first:end]
    if not 1 < len(words) <= _MOST_KIND_WORDS + 1 or any(one.kind != "word" for one in words):
        return False
    kinds = [bool(hits) for hits in (Marks(text, load_kinds).list_marks(one.start, one.end) for one in words)]
    known = language == "ar" and words[1].text.startswith("ال") and not words[0].text.startswith("ال")
    before = fold(tokens[first - 1].text) if first else ""
    known |= before in _DEFINITE or (before in _LINKS and all(one.text[0].isupper() for one in words))
    is_even = len({one.text[0].islower() for one in words}) == 1  # not "das Restaurant nebenan"
    return is_even and known and kinds[0] and not any(kinds[1:]) and not any(fold(one.text) in _OF for one in words)


def find_placed_name(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
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
        if span.label == "place" and _signs_off(text, tokens, span):
            return [*spans[:n], replace(span, label="name", probability=_PROBABILITY)]
    return list(spans)


def _signs_off(text: str, tokens: Sequence[Token], span: TaggedSpan) -> bool:
    """Return whether a brief ends with a name as with a signature: "- Leith Heating", or of a known kind of house."""
    before = tokens[span.first - 1].text if span.first else ""
    if span.end < len(tokens) or before not in _BEFORE_SIGNED or not _is_written_as_name(tokens[span.first :]):
        return False
    return before in _DASHES or bool(Marks(text, load_kinds).list_marks(tokens[span.first].start, len(text)))


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
    for last, span in pairwise([None, *spans]):
        if span is None or span.label != "dir" or "film" not in set().union(*found[span.first : span.end]):
            continue
        first = span.first
        is_unread = last is None or last.end < first
        before = [one.kind for one in tokens[max(0, first - 2) : first]]
        if last and last.label == "what" and not is_unread and "named_after" in found[first]:
            first = last.first  # "çınar kahvesi" and "için kısa bir video"
        elif language == "ko" and is_unread and before == ["word", "word"]:
            first -= 1  # "작은 책방 달빛책방" was not read, and "홍보 영상"
        elif first and tokens[first - 1].text not in _BEFORE_HEAD:
            continue
        end = first
        while end < span.end and tokens[end].kind == "word" and not found[end] & _ASKING:
            end += 1
        near = range(end - 1, max(first, end - _MOST_BEFORE_FILM), -1)
        joined = next((n for n in near if tokens[n].text in _JOINED), end)
        if joined == end and language != "ko" and "named_after" not in found[min(end, len(tokens) - 1)]:
            continue
        end = joined
        head = tokens[first:end]
        letters = sum(len(token.text) for token in head)
        is_plain = not any(fold(token.text) in OWNERS or fold(token.text) in _NO_HEAD for token in head)
        if _LEAST_HEAD_LETTERS <= letters <= _MOST_HEAD_LETTERS and is_plain and head[-1].text[-1] not in _DESCRIBING:
            return first, first, end
    return None


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
            if end > first and (language != "zh" or tokens[end - 1].text in _HOUSE_ENDS):
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
    return token.kind == "word" and not token.text[0].islower() and not marks & _NO_NAME


def _find_title_end(tokens: Sequence[Token], found: Sequence[set[str]], first: int) -> int:
    """Return where a sentence ends that a title ends, ``la exposición Agua que no has de ver``; else ``first``. English
    writes other words with a capital, too: "for the French students".
    """
    end = first
    while end < len(tokens) and tokens[end].kind == "word" and not found[end] & _NO_TITLE:
        end += 1
    is_title = first < end <= first + _MOST_TITLE_WORDS and tokens[first].text[0].isupper()
    return end if is_title and (end == len(tokens) or tokens[end].text in SENTENCE_ENDS) else first
