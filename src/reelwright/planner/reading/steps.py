"""Parts the steps of a numbered list, on one line or a line each: ``1 water it 2 loosen the roots 3 add soil``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.values import CERTAIN
from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token

_LEAST_STEPS, _MOST_WORDS = 3, 16
_PROBABILITY: Final = 0.95
_STEP_LABELS: Final = ("fact", "offer", "what", "call", "terms", "number")
_FILMED: Final = frozenset({"look", "film", "maker", "art", "placing", "music", "sounds"})
"""Marks of a line that says how the film is made: "2. Slow zoom on hands"."""
_COMMAS: Final = ",;،、，"
_BEFORE_LIST: Final = SENTENCE_ENDS | {":", "："}
_BEHIND_NUMBER: Final = ".):）．、-–"


def split_steps(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each step of a list that is numbered from 1 on and stands on one line as a fact. Pure."""
    made = _take_numbered_lines(tokens, spans, marks)
    for steps in _list_lists(tokens):
        before = 0 if tokens[steps[0][0]].kind == "number" else 1 + (tokens[steps[0][0] - 1].kind == "sign")
        listed = (steps[0][0] - before, steps[-1][1])  # with the number before it
        made = [part for one in made for part in cut_span(one, *listed)]
        for first, end in steps:
            made.append(TaggedSpan(label="fact", first=first, end=end, probability=_PROBABILITY))
    return sorted(made, key=lambda one: one.first)


def _take_numbered_lines(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each of at least three lines that are numbered from 1 on as a fact, if nothing but one
    thing or nothing was read of it, ``2. Leave overnight``, or it alone was taken for a direction: ``2. Dry it``.
    """
    made = list(spans)
    lines: list[tuple[int, int]] = []
    first = 0
    for n in range(len(tokens) + 1):
        if n < len(tokens) and tokens[n].kind != "line":
            continue
        if n - first > 2 and tokens[first].text == str(len(lines) + 1) and tokens[first + 1].text in _BEHIND_NUMBER:
            end = next((k for k in range(first + 4, n) if tokens[k].text in SENTENCE_ENDS and k + 1 < n), n)
            lines.append((first + 2, end))
        elif n > first and len(lines) < _LEAST_STEPS:
            lines = []
        first = n + 1
    if len(lines) < _LEAST_STEPS:
        return made
    directions = sum(
        any(one.label == "dir" and one.first < end and first < one.end for one in made) for first, end in lines
    )
    for first, end in lines:
        over = [one for one in made if one.first < end and first < one.end]
        is_misread = (
            2 * directions < len(lines)
            and {one.label for one in over} == {"dir"}
            and over[0].probability < CERTAIN
            and not _FILMED & marks.list_marks(tokens[first].start, tokens[end - 1].end)
        )
        labels = {one.label for one in over}
        is_one = (
            labels <= set(_STEP_LABELS) if len(over) <= 1 else labels <= {*_STEP_LABELS, "line"} and "line" in labels
        )
        if (is_one or is_misread) and sum(token.kind == "word" for token in tokens[first:end]) <= _MOST_WORDS:
            made = [one for one in made if one not in over]
            made.append(TaggedSpan(label="fact", first=first, end=end, probability=_PROBABILITY))
        else:  # a step is done by whoever watches; said as a call it would stand at the end of the film
            made = [replace(one, label="fact") if one in over and one.label == "call" else one for one in made]
    return sorted(made, key=lambda one: one.first)


def _list_lists(tokens: Sequence[Token]) -> Iterator[list[tuple[int, int]]]:
    """Yield the steps [first, end) of each list, at least ``_LEAST_STEPS``."""
    line: list[int] = []
    for n in range(len(tokens) + 1):
        if n < len(tokens) and tokens[n].kind != "line":
            line.append(n)
            continue
        if line and (steps := _read_line(tokens, line)):
            yield steps
        line = []


def _read_line(tokens: Sequence[Token], line: Sequence[int]) -> list[tuple[int, int]]:
    """Return the steps of one line: of numbers that a sign marks, without them; else of bare ones, with them.

    Of bare numbers the first begins the line or a sentence, or stands behind a colon; and they stay on screen, since
    they may count something: "1 kg flour 2 eggs 3 cups milk".
    """
    for is_marked in (True, False):
        heads: list[int] = []
        for n in line:
            if tokens[n].kind != "number":
                continue
            if not is_marked and tokens[n].text == "1" and (n == line[0] or tokens[n - 1].text in _BEFORE_LIST):
                heads = [n]
            elif tokens[n].text == str(len(heads) + 1) and (
                _has_sign(tokens, n, line[-1]) if is_marked else heads and tokens[n - 1].text not in _COMMAS
            ):
                heads.append(n)
        made = []
        for k, head in enumerate(heads):
            first = head + 1 + _has_sign(tokens, head, line[-1]) if is_marked else head
            end = heads[k + 1] if k + 1 < len(heads) else _find_end(tokens, first, line[-1] + 1)
            if 0 < sum(tokens[n].kind == "word" for n in range(first, end)) <= _MOST_WORDS:
                made.append((first, end))
        if len(made) == len(heads) >= _LEAST_STEPS:
            return made
    return []


def _has_sign(tokens: Sequence[Token], head: int, last: int) -> bool:
    return head < last and tokens[head + 1].text in _BEHIND_NUMBER


def _find_end(tokens: Sequence[Token], first: int, end: int) -> int:
    """Return the token that ends the last step: the end of its sentence."""
    return next((n for n in range(first, end) if tokens[n].text in SENTENCE_ENDS), end)
