"""Parts the steps of a numbered list, on one line or a line each: ``1 water it 2 loosen the roots 3 add soil``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from reelwright.planner.certain.marks import Marks, fold
from reelwright.planner.certain.values import CERTAIN
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import BULLETS, SENTENCE_ENDS, Token

_LEAST_STEPS, _MOST_WORDS = 3, 16
_PROBABILITY: Final = 0.95
_STEP_LABELS: Final = ("fact", "offer", "what", "call", "terms", "number")
_MOST_FIELD_TOKENS: Final = 3
_FILMED: Final = frozenset({"look", "film", "maker", "art", "placing", "music", "sounds"})
"""Marks of a line that says how the film is made: "2. Slow zoom on hands"."""
_COMMAS: Final = ",;،、，"
_MOST_BULLET_WORDS: Final = 9
_PARTING: Final = frozenset("*•·|★✦")
"""Signs that part the things of a row."""
_ROW_LABELS: Final = frozenset({"fact", "what", "number", "price", "offer", "terms", "time"})
_MOST_ROW_WORDS, _LEAST_ROW, _ROW_PROBABILITY = 8, 0.8, 0.9
_BEFORE_LIST: Final = SENTENCE_ENDS | {":", "："}
_AFTER_FIELD: Final = frozenset(":：–-")
_BEHIND_NUMBER: Final = ".):）．、-–"
STEP_WORDS: Final = frozenset(  # a row
    "step schritt etape paso passo passaggio stap krok adim шаг steg trin tip tipp conseil consejo dica consiglio rule"  # noqa: SIM905
    " regel regle regla".split()
)
"""Words before the numbers of a list that say nothing beside them: ``Step 1``, and not ``Day 1``."""


def split_steps(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each step of a list that is numbered from 1 on and stands on one line as a fact. Pure."""
    made = _take_rows(tokens, _take_numbered_lines(tokens, spans, marks), marks)
    made = _take_bullets(tokens, made, marks)
    for start, steps in _list_lists(tokens):
        listed = (start, steps[-1][1])
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
        first += first < n and fold(tokens[first].text) in STEP_WORDS
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
        is_filmed = bool(_FILMED & marks.list_marks(tokens[first].start, tokens[end - 1].end))
        is_misread = (
            2 * directions < len(lines)
            and {one.label for one in over} == {"dir"}
            and over[0].probability < CERTAIN
            and not is_filmed
        )
        labels = {one.label for one in over}
        if directions and is_filmed and labels <= {"call"}:
            made = [replace(one, label="dir") if one in over else one for one in made]
            continue
        allowed = _STEP_LABELS if _is_field(tokens, first, end) else {*_STEP_LABELS, "time", "place"}
        is_one = labels <= set(allowed) if len(over) <= 1 else labels <= {*_STEP_LABELS, "line"} and "line" in labels
        if (is_one or is_misread) and sum(token.kind == "word" for token in tokens[first:end]) <= _MOST_WORDS:
            made = [one for one in made if one not in over]
            made.append(TaggedSpan(label="fact", first=first, end=end, probability=_PROBABILITY))
        else:  # a step is done by whoever watches; said as a call it would stand at the end of the film
            made = [replace(one, label="fact") if one in over and one.label == "call" else one for one in made]
    return sorted(made, key=lambda one: one.first)


def _is_field(tokens: Sequence[Token], first: int, end: int) -> bool:
    """Return whether a numbered line begins with the name of a field, ``When: …``; "Deadline to register to vote: …"
    says something itself.
    """
    return any(token.text in _AFTER_FIELD for token in tokens[first : min(first + _MOST_FIELD_TOKENS, end)])


def _take_rows(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each thing of a row on one line as a fact, if the same sign parts them and one of them was
    read: ``* Tombola * Plant stall * Coconut shy``. Pure.
    """
    made = list(spans)
    first = 0
    for n in range(len(tokens) + 1):
        if n < len(tokens) and tokens[n].kind != "line":
            continue
        signs = [k for k in range(first, n) if tokens[k].text in _PARTING]
        things = [(a + 1, b) for a, b in pairwise([first - 1, *signs, n]) if a + 1 < b]
        over = [one for one in made if one.first < n and first < one.end]
        crossing = [one for one in over if any(one.first <= k < one.end for k in signs)]
        first = n + 1
        is_row = len({tokens[k].text for k in signs}) == 1 and len(things) > _LEAST_STEPS
        is_read = any(one.label in SHOWN and one.probability >= _LEAST_ROW for one in over)
        may_be_cut = all(one.label in _ROW_LABELS or (one.label == "call" and one in crossing) for one in over)
        for begin, end in things if is_row and is_read and may_be_cut else ():
            words = sum(token.kind == "word" for token in tokens[begin:end])
            inside = [one for one in over if one.first < end and begin < one.end]
            is_whole = any(one.first <= begin and end <= one.end and one not in crossing for one in inside)
            is_filmed = _FILMED & marks.list_marks(tokens[begin].start, tokens[end - 1].end)
            if 0 < words <= _MOST_ROW_WORDS and not is_whole and not is_filmed:
                label = next((one.label for one in inside if one.label in ("price", "offer")), "fact")
                made = [part for one in made for part in cut_span(one, begin, end)]
                made.append(TaggedSpan(label=label, first=begin, end=end, probability=_ROW_PROBABILITY))
    return sorted(made, key=lambda one: one.first)


def _take_bullets(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each short line of a list with bullets as a fact, if words of it were left out: ``• Fr: nur
    mit Termin``, of which the end was read. Pure.
    """
    heads = [n + 1 for n in range(-1, len(tokens) - 2) if n < 0 or tokens[n].kind == "line"]
    bullets = [n for n in heads if tokens[n].text in BULLETS]
    made = list(spans)
    for n in bullets if len(bullets) >= _LEAST_STEPS else ():
        first, end = n + 1, next((k for k in range(n, len(tokens)) if tokens[k].kind == "line"), len(tokens))
        over = [one for one in made if one.first < end and first < one.end]
        inside = {k for one in over for k in range(one.first, one.end)}
        written = [k for k in range(first, end) if tokens[k].kind in ("word", "number")]
        is_torn = any(k not in inside for k in written) and len(written) <= _MOST_BULLET_WORDS
        is_read = any(one.probability >= _LEAST_ROW for one in over)
        is_told = bool(written) and bool(_FILMED & marks.list_marks(tokens[first].start, tokens[end - 1].end))
        is_told = is_told or (bool(written) and _has_label(tokens, first, marks))
        if is_torn and is_read and not is_told and {one.label for one in over} <= _ROW_LABELS | {"place"}:
            made = [one for one in made if one not in over]
            made.append(TaggedSpan(label="fact", first=first, end=end, probability=_ROW_PROBABILITY))
    return sorted(made, key=lambda one: one.first)


def _has_label(tokens: Sequence[Token], first: int, marks: Marks) -> bool:
    """Return whether a line begins with a label that says nothing to viewers: ``where: …``."""
    head = tokens[first : first + 2]
    found = marks.list_marks(head[0].start, head[0].end)
    return head[-1].text in (":", "：") and any(mark.startswith("label") or mark == "bare_label" for mark in found)


def _list_lists(tokens: Sequence[Token]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield where each list begins, and its steps [first, end), at least ``_LEAST_STEPS``."""
    line: list[int] = []
    for n in range(len(tokens) + 1):
        if n < len(tokens) and tokens[n].kind != "line":
            line.append(n)
            continue
        if line and (found := _read_line(tokens, line)):
            yield found
        line = []


def _read_line(tokens: Sequence[Token], line: Sequence[int]) -> tuple[int, list[tuple[int, int]]] | None:
    """Return where the list of one line begins, and its steps: of numbers that a sign marks, without them and without
    the word before each, ``Step 1:``; else of bare ones, with them.

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
        words = {fold(tokens[head - 1].text) if head > line[0] else "" for head in heads}
        is_named = len(words) == 1 and all(tokens[head - 1].kind == "word" for head in heads if head > line[0])
        is_named &= words != {""}
        made = []
        for k, head in enumerate(heads):
            first = head + 1 + _has_sign(tokens, head, line[-1]) if is_marked else head
            first = head - 1 if is_named and not words <= STEP_WORDS else first
            end = heads[k + 1] - is_named if k + 1 < len(heads) else _find_end(tokens, first, line[-1] + 1)
            if 0 < sum(tokens[n].kind == "word" for n in range(first, end)) <= _MOST_WORDS:
                made.append((first, end))
        if len(made) == len(heads) >= _LEAST_STEPS:
            return heads[0] - is_named, made
    return None


def _has_sign(tokens: Sequence[Token], head: int, last: int) -> bool:
    return head < last and tokens[head + 1].text in _BEHIND_NUMBER


def _find_end(tokens: Sequence[Token], first: int, end: int) -> int:
    """Return the token that ends the last step: the end of its sentence."""
    return next((n for n in range(first, end) if tokens[n].text in SENTENCE_ENDS), end)
