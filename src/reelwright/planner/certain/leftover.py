"""Finds what is left of a brief: clauses, or parts of clauses, that are neither shown nor read as directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reelwright.planner.certain.facts import FactFinder
from reelwright.planner.certain.parts import Sentence

_MARKS: Final = '"“”„‟«»「」『』 \n\u00a0\u3000'
_LEAST_WORDS: Final = 3
"""Fewest words of a partly used clause that count as left over; fewer are a joint, such as ``says`` beside a quotation.
"""


def find_unused(
    sentences: Sequence[Sentence], facts: FactFinder, used_spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Find the unused stretches of the text, in order. ``used_spans``: those that are shown or told, in any order.
    Pure.
    """
    rest = sorted(used_spans)
    at = 0
    for sentence in sentences:
        for clause in sentence.clauses:
            start, end = facts.trim(clause.start, clause.end)
            while at < len(rest) and rest[at][1] <= start:
                at += 1
            inside = [(a, b) for a, b in rest[at : at + 8] if a < end and start < b]
            for first, last in _find_gaps(inside, start, end):
                first, last = _trim_quotation_marks(facts, first, last)
                if first < last and (not inside or len(facts.marks.list_tokens(first, last)) >= _LEAST_WORDS):
                    yield first, last


def _find_gaps(taken: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of [start, end) that no span of ``taken`` holds. ``taken`` is sorted."""
    for first, last in taken:
        if start < first:
            yield start, first
        start = max(start, last)
    if start < end:
        yield start, end


def _trim_quotation_marks(facts: FactFinder, start: int, end: int) -> tuple[int, int]:
    """Trim blanks and quotation marks from the ends: they belong to what stands beside the text."""
    start, end = facts.trim(start, end)
    text = facts.text[start:end]
    return end - len(text.lstrip(_MARKS)), start + len(text.rstrip(_MARKS))
