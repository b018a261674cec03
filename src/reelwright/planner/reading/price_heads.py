"""Takes whose price it is into its row: a label before a colon, a bracket cut in two, the sign of an amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token

_PRICED: Final = ("price", "offer", "old")
_SIGNS: Final = "-−–"
_TOLD: Final = frozenset({"film", "maker", "announcing", "placing"})
"""Marks of words before a colon that are told to the maker: "please show: €5 lunch"."""
_MOST_HEAD_TOKENS, _MOST_BRACKET_TOKENS = 3, 8


def take_heads_of_prices(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return the spans of prices with what belongs to them in their line: ``Enfants (moins de 10 ans) 15 €`` of "moins
    de 10 ans) 15 €", ``Étudiants : -20 %`` of "20 %". Pure.
    """
    made = list(spans)
    for span in spans:
        if span.label not in _PRICED:
            continue
        first = _find_first(tokens, span, marks)
        if first < span.first and not any(
            one.label != span.label and one.first < span.first and first < one.end for one in made
        ):
            rest = [part for one in made if one != span for part in cut_span(one, first, span.first)]
            made = sorted([*rest, replace(span, first=first)], key=lambda one: one.first)
    return made


def _find_first(tokens: Sequence[Token], span: TaggedSpan, marks: Marks) -> int:
    line = next((n + 1 for n in range(span.first - 1, -1, -1) if tokens[n].kind == "line"), 0)
    first = span.first
    inside = [token.text for token in tokens[first : span.end]]
    if ")" in inside and "(" not in inside[: inside.index(")")]:
        near = range(first - 1, max(line, first - _MOST_BRACKET_TOKENS) - 1, -1)
        opening = next((n for n in near if tokens[n].text == "("), None)
        if opening is not None:
            return line if opening - line <= _MOST_HEAD_TOKENS and _are_words(tokens[line:opening]) else opening
    is_signed = first > line and tokens[first - 1].text in _SIGNS and tokens[first - 1].end == tokens[first].start
    if is_signed and tokens[first].text[:1].isdigit() and not (first - 1 > line and tokens[first - 2].kind == "number"):
        first -= 1
    head = tokens[line : first - 1]
    if (
        first > line and tokens[first - 1].text == ":" and 0 < len(head) <= _MOST_HEAD_TOKENS and _are_words(head)
        and not any(mark.startswith("label") or mark in _TOLD for mark in marks.list_marks(head[0].start, head[-1].end))
    ):  # fmt: skip
        return line
    return first


def _are_words(tokens: Sequence[Token]) -> bool:
    return all(token.kind == "word" for token in tokens)
