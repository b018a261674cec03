"""Cuts the heading of a field from what a filled form says in it: ``evening sorters`` of "Role: evening sorters"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import Token

_LEAST_FIELDS: Final = 3
"""Fewest lines with a heading that make a brief a form: in one, 97 of 100 headings of the corpus are no part of what
is shown; elsewhere "POV: …" and "For sale: …" are."""
_MOST_HEAD: Final = 5
_COLONS: Final = (":", "：")
_BULLETS: Final = frozenset("-–—*•·")
_PRICED: Final = ("price", "offer", "old", "number")
_KEPT_HEADS: Final = frozenset({"weekday", "day_label", "month"})
"""Marks of headings that a value needs: "Mo: Linseneintopf 6,50 €"."""


def cut_field_heads(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` without the headings of a form, which are directions. A value that says nothing alone, one word
    or an amount, keeps the heading that says what it is. Pure.
    """
    fields = list(_list_fields(tokens))
    if len(fields) < _LEAST_FIELDS:
        return list(spans)
    made: list[TaggedSpan] = []
    for span in spans:
        field = next((one for one in fields if one[0] <= span.first < one[1]), None)
        if field is None or span.label not in SHOWN:
            made.append(span)
            continue
        value = field[1]
        if span.end <= value:
            made.append(replace(span, label="dir"))
        elif _may_stand_alone(tokens, span, field, marks):
            made += [replace(span, label="dir", end=value), replace(span, first=value)]
        else:
            made.append(span)
    return made


def _list_fields(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield for each line with a heading where that begins, and where its value does."""
    first = 0
    for n in range(len(tokens) + 1):
        if n < len(tokens) and tokens[n].kind != "line":
            continue
        while first < n and tokens[first].text in _BULLETS:
            first += 1
        colon = next((k for k in range(first, min(n, first + _MOST_HEAD + 1)) if tokens[k].text in _COLONS), n)
        if first < colon < n - 1 and all(token.kind == "word" for token in tokens[first:colon]):
            yield first, colon + 1
        first = n + 1


_OF_HEAD: Final = ("offer", "price", "old", "number", "date", "terms", "fact")
"""Labels that say something of their heading: "Kids: half price on Mondays" without it is an offer to everybody."""


def _may_stand_alone(tokens: Sequence[Token], span: TaggedSpan, field: tuple[int, int], marks: Marks) -> bool:
    head, value = field
    found = marks.list_marks(tokens[head].start, tokens[value - 2].end)
    if any(mark.startswith("label") or mark == "bare_label" for mark in found):
        return True
    words = sum(token.kind == "word" for token in tokens[value : span.end])
    least = 3 if span.label in _PRICED else 2
    is_contact = any(token.kind not in ("word", "number", "sign", "emoji") for token in tokens[value : span.end])
    if span.label in _OF_HEAD:
        return False
    return not found & _KEPT_HEADS and (words >= least or is_contact or span.label in ("name", "place", "what"))
