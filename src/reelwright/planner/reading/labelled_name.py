"""Takes as the name what a brief itself labels so: ``Title: Our best quarter yet``, ``Name: "Juno"``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.values import CERTAIN
from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import QUOTES, SENTENCE_ENDS, Token

_COLONS: Final = ":："
_BEFORE_LABEL: Final = SENTENCE_ENDS | set(";；-–•*")
_NAME_ENDS: Final = SENTENCE_ENDS | QUOTES | set(";；,、，|")
_WISHES: Final = frozenset({"maker", "film", "negated", "tone", "look"})
"""Marks of words that say what a name is to be like, and are none."""
_MOST_LABEL_TOKENS, _MOST_WORDS = 3, 8


def add_labelled_name(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with what stands behind a label for names as the name, to the end of its sentence. Pure.

    The label begins a sentence or a line and has a colon; the first one counts. Other names are half as likely then.
    """
    labelled = next((one for one in _list_labelled(tokens, marks) if _may_be_name(tokens, spans, marks, *one)), None)
    if labelled is None:
        return list(spans)
    first, end = labelled
    rest = [part for one in spans for part in cut_span(one, first, end)]
    others = [replace(one, probability=one.probability / 2) if one.label == "name" else one for one in rest]
    name = TaggedSpan(label="name", first=first, end=end, probability=CERTAIN)
    return sorted([*others, name], key=lambda one: one.first)


def _list_labelled(tokens: Sequence[Token], marks: Marks) -> Iterator[tuple[int, int]]:
    for n in range(len(tokens)):
        begins = n == 0 or tokens[n - 1].kind == "emoji" or tokens[n - 1].text in _BEFORE_LABEL
        colon = next((at for at in range(n + 1, n + 1 + _MOST_LABEL_TOKENS) if _is_colon(tokens, at)), 0)
        if not begins or not colon:
            continue
        label = (tokens[n].start, tokens[colon - 1].end)
        if not any(hit.mark == "whole_name" and (hit.start, hit.end) == label for hit in marks.find_hits(*label)):
            continue
        first = colon + 1
        while first < len(tokens) and tokens[first].text in QUOTES:
            first += 1
        end = first
        while (
            end < len(tokens) and tokens[end].kind in ("word", "number", "sign") and tokens[end].text not in _NAME_ENDS
        ):
            end += 1
        if 0 < sum(one.kind == "word" for one in tokens[first:end]) <= _MOST_WORDS:
            yield first, end


def _may_be_name(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks, first: int, end: int) -> bool:
    """Return whether what stands behind a label can be a name: a quotation, or no wish such as "catchy, please"."""
    if tokens[first - 1].text in QUOTES:
        return True
    if marks.list_marks(tokens[first].start, tokens[end - 1].end) & _WISHES:
        return False
    if any(one.label == "dir" and one.first < end and first < one.end for one in spans):
        return False
    is_small = all(
        token.text.islower() for token in tokens if token.kind == "word" and token.text.lower() != token.text.upper()
    )
    return is_small or not tokens[first].text[:1].islower()


def _is_colon(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].text in _COLONS
