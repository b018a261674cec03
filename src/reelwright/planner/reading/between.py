"""Shows what stands between two things that are shown and says nothing of a film: it is for viewers, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.values import CERTAIN, LIKELY
from reelwright.planner.reading.clauses import list_clauses
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import COLONS, Token

OF_FILM: Final = frozenset(
    {"film", "look", "tone", "audience", "music", "sounds", "text_on_screen", "announcing", "placing", "art",
     "seconds", "minutes", "half_minute", "tall", "square", "wide", "tall_place", "wide_place", "goodbye", "closing",
     "self", "hushing", "unmentioned", "to_be_shown"}
)  # fmt: skip
"""Marks of words that speak of the film, or of the letter that asks for it."""
_LEAST_WORDS, _MOST_SIGNS = 2, 2
"""Fewest words of a clause that was not read, and most signs on either side of it."""


def show_between(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each direction, and each clause that was not read, between two likely things that are shown
    as a fact, if no word of it speaks of the film or asks the maker. Pure.

    A word that may ask, "Do not use the lifts", leaves that open only where nothing else is asked, or right behind a
    name: "Tern is looking for two cooks". However unlikely they were, of 41 such directions of the open part and of
    hands ee and bb 35 were for viewers, and of 18 such clauses 15 (2026-11-29).
    """
    is_only = sum(one.label == "dir" for one in spans) == 1
    made = list(spans)
    for n in range(1, len(spans) - 1):
        last, span, behind = spans[n - 1 : n + 2]
        may_ask = is_only or (last.label == "name" and last.end == span.first)
        barred = OF_FILM if may_ask else OF_FILM | {"maker"}
        is_direction = span.label == "dir" and span.probability < CERTAIN and _are_shown(last, behind)
        if is_direction and not marks.list_marks(tokens[span.first].start, tokens[span.end - 1].end) & barred:
            made[n] = replace(span, label="fact", probability=max(span.probability, LIKELY))
    clauses = list(list_clauses(text, tokens, made))
    for last, behind in pairwise(made):
        if not _are_shown(last, behind):
            continue
        for first, end in (one for one in clauses if last.end < one[0] and one[1] < behind.first):
            beside = [*tokens[last.end : first], *tokens[end : behind.first]]
            are_signs = all(one.kind == "sign" and one.text not in "()" for one in beside)
            is_near = are_signs and max(first - last.end, behind.first - end) <= _MOST_SIGNS
            words = sum(one.kind == "word" for one in tokens[first:end])
            is_heading = tokens[end].text in COLONS
            found = marks.list_marks(tokens[first].start, tokens[end - 1].end)
            if is_near and words >= _LEAST_WORDS and not is_heading and not found & (OF_FILM | {"maker"}):
                made.append(TaggedSpan(label="fact", first=first, end=end, probability=LIKELY))
    return sorted(made, key=lambda one: (one.first, one.end))


def _are_shown(last: TaggedSpan, behind: TaggedSpan) -> bool:
    return all(one.label in SHOWN and one.probability >= LIKELY for one in (last, behind))
