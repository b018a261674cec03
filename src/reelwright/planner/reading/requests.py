"""Marks as a direction what asks for the film itself, whatever the model made of it: length, shape, tone, audience.

And takes out of a request what the film is for: ``taller mecánico`` of "quiero un anuncio de mi taller mecánico".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.marks import Token as Word
from reelwright.planner.certain.values import CERTAIN
from reelwright.planner.reading.directions import CLAUSE, find_length
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token
from reelwright.units import ASPECTS

_MOST_BEFORE: Final = 3
"""Most words of a clause before a length that ask for the film: ``please produce a half-minute``."""
_MOST_TONE_WORDS: Final = 5
"""Most words of a clause that tells the maker the tone: ``keep it calm``."""
_AUDIENCE: Final = frozenset(
    ("audience", "zielgruppe", "zielpublikum", "doelgroep", "malgrupp", "malgruppen", "malgruppe", "аудитория")
)
"""Words with which a clause begins that says who watches the film, spelt as words are compared."""
_LINKS: Final = regex.compile(
    r"\s*(?:(?:for|about|of|on|für|über|von|pour|sur|de|para|sobre|per|su|voor|over|för|om|dla|o|за|для|о|про|için)\s+)?"
    r"(?:(?:the|a|an|our|my|die|der|das|den|eine?n?|unsere?n?|meine?n?|la|le|les|el|los|il|lo|un|une|una|het|een)\s+)*",
    regex.I,
)
"""What joins a request to what the film is about: ``for our``."""
OWNERS: Final = list_mark_words("alone") - list_mark_words("article") - list_mark_words("several") - {"mit"}
"""Words such as "our" and "mi" before what somebody has; German "mit" is another word."""
_NAMING: Final = list_mark_words("naming")
_LINKING: Final = _NAMING | list_mark_words("article") | list_mark_words("alone")
_QUOTES: Final = frozenset("\"“”„«»「『‘'")
_SENTENCE_ENDS: Final = frozenset(".!?…。！？\n")
_MOST_DESCRIBING_WORDS, _MOST_INTRODUCING_WORDS = 5, 7
_DESCRIBED_PROBABILITY: Final = 0.85
_AFTER_FILM_WORD: Final = ("what", "fact", "subject")
_NEVER_DESCRIBING: Final = frozenset(
    {"film", "maker", "tone", "look", "negated", "seconds", "minutes", "audience", "music", "sounds"}
)
"""Marks of words that tell the maker something."""


def settle_requests(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` without the words that ask for a length, a shape or a tone, or name the audience. Pure.

    Only a length beside a word for films counts: ``a 20-second ad for Tern``, not ``a 20-second timer``.
    """
    made = list(spans)
    starts = [token.start for token in tokens]
    for start, end in _list_requests(text, marks):
        first, stop = bisect_left(starts, start), bisect_left(starts, end)
        over = [one for one in made if one.first < stop and first < one.end]
        if first == stop or all(one.label not in (*SHOWN, "subject") or one.label == "line" for one in over):
            continue
        request = TaggedSpan(label="dir", first=first, end=stop, probability=CERTAIN)
        made = sorted(
            [*(part for one in made for part in cut_span(one, first, stop)), request], key=lambda one: one.first
        )
    return made


def find_described(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with what a film is for cut out of the request for it. Pure.

    That is one to five words behind a film word, where a word such as "our" or a name directly behind them says whose
    or what they describe: ``taller mecánico`` of "anuncio de mi taller mecánico", ``Kanzlei`` of "Video für die Kanzlei
    Vogel".
    """
    made: list[TaggedSpan] = []
    for n, one in enumerate(spans):
        span = _drop_film_word(tokens, made[-1], one, marks) if made else one
        behind = spans[n + 1] if n + 1 < len(spans) else None
        is_before_name = behind is not None and behind.label == "name" and _touches(tokens, span.end, behind.first)
        found = _locate_described(tokens, span, marks, is_before_name=is_before_name) if span.label == "dir" else None
        if found:
            what = TaggedSpan(label="what", first=found[0], end=found[1], probability=_DESCRIBED_PROBABILITY)
            is_quoted = found[1] < span.end and tokens[found[1]].text in _QUOTES  # the quotation is no direction
            rest = [one for one in cut_span(span, *found) if not (is_quoted and one.first == found[1])]
            made += sorted([*rest, what], key=lambda one: one.first)
        elif (
            span.label == "what" and fold(tokens[span.first].text) in OWNERS and made and made[-1].label == "dir"
            and made[-1].end == span.first and "film" in _list_marks(tokens, made[-1].first, made[-1].end, marks)
        ):  # fmt: skip
            made.append(replace(span, probability=max(span.probability, _DESCRIBED_PROBABILITY)))
        else:
            made.append(span)
    return made


def _drop_film_word(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan, marks: Marks) -> TaggedSpan:
    """Return a span behind a direction without the film word that it begins with: ``reklamę`` of "reklamę miodu"."""
    begins = last.label == "dir" and last.end == span.first and span.end - span.first > 1
    if (
        not begins
        or span.label not in _AFTER_FILM_WORD
        or "film" not in _list_marks(tokens, span.first, span.first + 1, marks)
    ):
        return span
    return replace(span, first=span.first + 1)


def find_introduced(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with what those are who want the film, where nothing of it was read: "We are a small law firm".

    One to seven words behind ``we are`` at the beginning of a sentence, to the end of their clause. Pure.
    """
    made = list(spans)
    starts = [token.start for token in tokens]
    for hit in marks.find_hits(0, tokens[-1].end if tokens else 0):
        before, first = bisect_left(starts, hit.start), bisect_left(starts, hit.end)
        if hit.mark != "introducing" or (before and tokens[before - 1].text not in _SENTENCE_ENDS):
            continue
        end = first
        while end < len(tokens) and tokens[end].kind == "word" and end - first <= _MOST_INTRODUCING_WORDS:
            end += 1
        over = [one for one in made if one.first < end and first < one.end]
        if over and over[0].first > first and over[0].label == "name":
            end, over = over[0].first, []
        if not 0 < end - first <= _MOST_INTRODUCING_WORDS or any(one.label != "dir" for one in over):
            continue
        if not _list_marks(tokens, first, end, marks) & _NEVER_DESCRIBING:
            made = [part for one in made for part in cut_span(one, first, end)]
            made.append(TaggedSpan(label="what", first=first, end=end, probability=_DESCRIBED_PROBABILITY))
    return sorted(made, key=lambda one: one.first)


def _touches(tokens: Sequence[Token], end: int, first: int) -> bool:
    return all(token.text in _QUOTES for token in tokens[end:first])


def _locate_described(
    tokens: Sequence[Token], span: TaggedSpan, marks: Marks, *, is_before_name: bool
) -> tuple[int, int] | None:
    """Return the tokens [first, end) of a request that say what it is for, or None."""
    films = [n for n in range(span.first, span.end) if "film" in _list_marks(tokens, n, n + 1, marks)]
    if not films:
        return None
    first, end = films[-1] + 1, span.end
    while end > first and (tokens[end - 1].text in _QUOTES or fold(tokens[end - 1].text) in _NAMING):
        end -= 1
    behind_film, is_owned = first, False
    while first < end and (fold(tokens[first].text) in _LINKING or fold(tokens[first].text) in OWNERS):
        is_owned |= fold(tokens[first].text) in OWNERS
        first += 1
    if is_owned and not is_before_name:
        end = next((n for n in range(first, end) if tokens[n].kind != "word"), end)
    words = tokens[first:end]
    is_linked = is_before_name and first > behind_film
    if not (is_owned or is_linked) or not 0 < len(words) <= _MOST_DESCRIBING_WORDS:
        return None
    if any(word.kind != "word" for word in words) or _list_marks(tokens, first, end, marks) & _NEVER_DESCRIBING:
        return None
    return first, end


def _list_marks(tokens: Sequence[Token], first: int, end: int, marks: Marks) -> set[str]:
    return marks.list_marks(tokens[first].start, tokens[end - 1].end)


def _list_requests(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    for clause in CLAUSE.finditer(text):
        start, end = clause.span()
        words = marks.list_tokens(start, end)
        if (
            any(word.word in _AUDIENCE for word in words[:3])
            or _asks_for_tone(marks, words)
            or clause[0].strip(" \"'()[]") in ASPECTS
        ):
            yield start, end
        elif words and (length := find_length(text, marks, start, end)):
            films = [hit for hit in marks.find_hits(start, end) if hit.mark == "film"]
            if films:
                beside = next((hit.end for hit in films if 0 <= hit.start - length[1] <= 1), length[1])
                links = _LINKS.match(text, beside)
                before = [word for word in words if word.start < length[0]]
                begins = before[0].start if 0 < len(before) <= _MOST_BEFORE else length[0]
                yield begins, links.end() if links and beside > length[1] else beside


def _asks_for_tone(marks: Marks, words: Sequence[Word]) -> bool:
    """Return whether a clause of these ``words`` is like ``keep it calm``: to the maker, about it, a tone."""
    if not 2 < len(words) <= _MOST_TONE_WORDS:
        return False
    first, second, *rest = (marks.list_marks(word.start, word.end) for word in words)
    return "maker" in first and "pointing" in second and any("tone" in found for found in rest)
