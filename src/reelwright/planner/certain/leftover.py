"""What is left of a brief: clauses that are neither shown nor read as directions, and the rest of those that are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reelwright.planner.certain.facts import Facts
from reelwright.planner.certain.parts import Sentence

_MARKS: Final = '"“”„‟«»「」『』 \n\u00a0\u3000'
_LEAST_WORDS: Final = 3
"""Of what is left of a clause in part; less is a joint, such as ``says`` beside a quotation."""


def left_of(sentences: Sequence[Sentence], facts: Facts, taken: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches of the text, in order. ``taken``: those that are shown or told, in any order. Pure."""
    rest = sorted(taken)
    at = 0
    for sentence in sentences:
        for clause in sentence.clauses:
            start, end = facts.trimmed(clause.start, clause.end)
            while at < len(rest) and rest[at][1] <= start:
                at += 1
            inside = [(a, b) for a, b in rest[at : at + 8] if a < end and start < b]
            for first, last in _between(inside, start, end):
                first, last = _bare(facts, first, last)
                if first < last and (not inside or len(facts.marks.words(first, last)) >= _LEAST_WORDS):
                    yield first, last


def _between(taken: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """What of [start, end) none of ``taken``, in their order, holds."""
    for first, last in taken:
        if start < first:
            yield start, first
        start = max(start, last)
    if start < end:
        yield start, end


def _bare(facts: Facts, start: int, end: int) -> tuple[int, int]:
    """Without blanks and quotation marks at its ends that belong to what stands beside it."""
    start, end = facts.trimmed(start, end)
    said = facts.text[start:end]
    return end - len(said.lstrip(_MARKS)), start + len(said.rstrip(_MARKS))
