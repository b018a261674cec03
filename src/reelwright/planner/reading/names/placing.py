"""Gives the chosen name its place among what was read: cut from what it is no part of, whole lines left whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.certain.marks import fold, list_mark_words
from reelwright.planner.certain.values import LIKELY
from reelwright.planner.reading.names.ranking import NamedRun
from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token

_CUT: Final = ("dir", "subject", "setting", "light", "style")
"""Labels of what a name is always cut from."""
_CUT_AT_EDGE: Final = ("what", "place")
"""The same where it begins or ends the span."""
_EMPTY: Final = list_mark_words("alone", "alone_too", "article", "joining")
_LEAST_REST: Final = 2
"""Fewest words beside a name that was read too long which say what it is."""


def place_name(tokens: Sequence[Token], spans: Sequence[TaggedSpan], name: NamedRun) -> list[TaggedSpan]:
    """Return ``spans`` with the name among them, unless a line that stays whole holds it. What was read as a longer
    name says beside it what it is. Pure.
    """
    made: list[TaggedSpan] = []
    is_held = False
    for span in spans:
        is_over = span.first < name.end and name.first < span.end
        is_same = (span.first, span.end) == (name.first, name.end)
        if not is_over:
            made.append(span)
        elif span.label == "name":
            rest = cut_span(span, name.first, name.end)
            made += [replace(one, label="what") for one in rest if _count_words(tokens, one) >= _LEAST_REST]
        elif span.label in _CUT:
            made += [one for one in cut_span(span, name.first, name.end) if _count_words(tokens, one)]
        elif span.label in _CUT_AT_EDGE and _is_at_edge(span, name) and name.probability >= LIKELY:
            rest = cut_span(span, name.first, name.end)
            made += [one for one in rest if _count_words(tokens, one) >= 1 + (not _is_kind(spans, one, name))]
        elif not is_same:
            made.append(span)
            is_held = True
    if not is_held:
        made.append(TaggedSpan(label="name", first=name.first, end=name.end, probability=name.probability))
    return sorted(made, key=lambda one: (one.first, one.end))


def _is_kind(spans: Sequence[TaggedSpan], rest: TaggedSpan, name: NamedRun) -> bool:
    """Return whether one word is what is named, ``Bäckerei`` of "Bäckerei Sonntag", and no verb behind another name."""
    return rest.end == name.first and not any(one.label == "name" and one.end == rest.first for one in spans)


def _is_at_edge(span: TaggedSpan, name: NamedRun) -> bool:
    return name.first <= span.first or span.end <= name.end


def _count_words(tokens: Sequence[Token], span: TaggedSpan) -> int:
    """Count the words and numbers of a span, those that say nothing alone left out: "unsern"."""
    inside = [one for one in tokens[span.first : span.end] if one.kind in ("word", "number")]
    return 0 if all(fold(one.text) in _EMPTY for one in inside) else len(inside)
