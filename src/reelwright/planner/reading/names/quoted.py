"""Keeps quotation marks and nicknames whole: ``Spółdzielnia „Zielony Stok"``, ``Harold "Harry" Penhallow``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import QUOTES, Token

_MOST_WORDS: Final = 2
"""Most words of a nickname, and of a name on either side of it."""
_PROBABILITY: Final = 0.9
"""Probability of a name with a nickname in it."""
_APOSTROPHES: Final = frozenset("'’‘")


def keep_quotations_whole(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the mark that closes what is quoted in one of them, and nicknames in their names. Pure."""
    made = [_close(tokens, one) for one in spans]
    for name in [one for one in made if one.label == "name"]:
        first, end = _find_around(tokens, name)
        over = [one for one in made if one is not name and one.first < end and first < one.end]
        is_person = any(one.label == "name" for one in over) and all(one.label in ("name", "line") for one in over)
        is_held = not is_person or any(one.first <= first and end <= one.end for one in over)  # 'Single "Shine" Friday'
        if (first, end) == (name.first, name.end) or is_held:
            continue
        rest = [part for one in made if one is not name for part in cut_span(one, first, end)]
        whole = replace(name, first=first, end=end, probability=max(name.probability, _PROBABILITY))
        made = sorted([*rest, whole], key=lambda one: (one.first, one.end))
    return made


def _close(tokens: Sequence[Token], span: TaggedSpan) -> TaggedSpan:
    """Return a span with the mark behind it, if it has one of an odd number of marks inside."""
    inside = [one.text for one in tokens[span.first : span.end] if one.text in QUOTES - _APOSTROPHES]
    is_closed = span.end == len(tokens) or tokens[span.end].text not in QUOTES - _APOSTROPHES
    if span.label not in SHOWN or len(inside) % 2 == 0 or is_closed or tokens[span.first].text in QUOTES:
        return span
    return replace(span, end=span.end + 1)


def _find_around(tokens: Sequence[Token], name: TaggedSpan) -> tuple[int, int]:
    """Find the name around a quoted nickname; the nickname's own place if there is no name on both sides."""
    own = (name.first, name.end)
    opened, closed = name.first - 1, name.end
    if name.end - name.first > _MOST_WORDS or opened < 1 or closed + 1 >= len(tokens):
        return own
    if not {tokens[opened].text, tokens[closed].text} <= QUOTES:
        return own
    first, end = opened, closed + 1
    while opened - first < _MOST_WORDS and first and _is_given(tokens[first - 1]):
        first -= 1
    while end - closed - 1 < _MOST_WORDS and end < len(tokens) and _is_given(tokens[end]):
        end += 1
    begins = first == 0 or tokens[first - 1].kind != "word" or tokens[first - 1].text.islower()
    return (first, end) if first < opened and end > closed + 1 and begins else own


def _is_given(token: Token) -> bool:
    return token.kind == "word" and token.text[0].isupper() and not token.text.isupper()
