"""Makes two rivals one line, and neither the name of the film: ``Harriers vs. Old Town``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reelwright.planner.certain.marks import fold
from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token

_AGAINST: Final = frozenset("vs v versus gegen contra contre contro tegen kontra против przeciwko mot karşı".split())  # noqa: SIM905
_MOST_WORDS: Final = 4
_PROBABILITY: Final = 0.9


def join_rivals(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with both sides of "vs." as one fact, if one of them was read as a name. Pure."""
    made = list(spans)
    for against in (n for n, token in enumerate(tokens) if fold(token.text) in _AGAINST):
        first, end = against, against + 1
        end += end < len(tokens) and tokens[end].text == "."
        behind = end
        while first and against - first < _MOST_WORDS and _is_named(tokens[first - 1]):
            first -= 1
        while end < len(tokens) and end - behind < _MOST_WORDS and _is_named(tokens[end]):
            end += 1
        over = [one for one in made if one.first < end and first < one.end]
        if first == against or end == behind or {one.label for one in over} & {"dir", "call", "line"}:
            continue
        if any(one.label == "name" for one in over):
            made = [part for one in made for part in cut_span(one, first, end)]
            made.append(TaggedSpan(label="fact", first=first, end=end, probability=_PROBABILITY))
    return sorted(made, key=lambda one: one.first)


def _is_named(token: Token) -> bool:
    return token.kind == "word" and token.text[0].isupper()
