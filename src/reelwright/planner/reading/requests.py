"""Marks as a direction what asks for the film itself, whatever the model made of it: length, shape, tone, audience."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
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
_TO: Final = frozenset(["to", "an", "al", "a", "till"])
_MUSIC: Final = list_mark_words("label_music")
"""Labels behind which a band may stand, which is for viewers."""
_LABEL: Final = regex.compile(
    r"(?:(?<=^|[\n.!?;]\s?))(?P<label>[\p{L}\p{M}][\p{L}\p{M} ]{1,20})\s?[:：][^\n.!?;]{1,80}", regex.M
)
"""A clause that begins with a label: ``Formaat: vierkant``."""
_LINKS: Final = regex.compile(
    r"\s*(?:(?:for|about|of|on|für|über|von|pour|sur|de|para|sobre|per|su|voor|over|för|om|dla|o|за|для|о|про|için)\s+)?"
    r"(?:(?:the|a|an|our|my|die|der|das|den|eine?n?|unsere?n?|meine?n?|la|le|les|el|los|il|lo|un|une|una|het|een)\s+)*",
    regex.I,
)
"""What joins a request to what the film is about: ``for our``."""


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


def _list_requests(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    for label in _LABEL.finditer(text):
        labels = [hit for hit in marks.find_hits(*label.span("label")) if hit.mark == "label_told"]
        if (
            fold(label["label"]) not in _MUSIC
            and labels
            and labels[0].start == label.start("label")
            and _ends_label(marks, labels[0].end, label.end("label"))
        ):
            yield label.span()
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


def _ends_label(marks: Marks, start: int, end: int) -> bool:
    """Return whether nothing but whom it is for stands behind the word of a label: ``Note to editor``."""
    rest = marks.list_tokens(start, end)
    return not rest or rest[0].word in _TO


def _asks_for_tone(marks: Marks, words: Sequence[Word]) -> bool:
    """Return whether a clause of these ``words`` is like ``keep it calm``: to the maker, about it, a tone."""
    if not 2 < len(words) <= _MOST_TONE_WORDS:
        return False
    first, second, *rest = (marks.list_marks(word.start, word.end) for word in words)
    return "maker" in first and "pointing" in second and any("tone" in found for found in rest)
