"""Shows what stands between two things that are shown and says nothing of a film: it is for viewers, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.values import CERTAIN, LIKELY
from reelwright.planner.reading.bounds import split_sentences
from reelwright.planner.reading.clauses import list_clauses
from reelwright.planner.reading.directions import read_direction
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import COLONS, Token

OF_FILM: Final = frozenset(
    {"film", "look", "tone", "audience", "music", "sounds", "text_on_screen", "announcing", "placing", "art",
     "seconds", "minutes", "half_minute", "tall", "square", "wide", "tall_place", "wide_place", "goodbye", "closing",
     "self", "hushing", "unmentioned", "to_be_shown"}
)  # fmt: skip
"""Marks of words that speak of the film, or of the letter that asks for it."""
_LEAST_WORDS, _MOST_SIGNS, _MOST_RUN = 2, 2, 2
"""Fewest words of such a thing, most signs on either side of it, and most doubtful things in a row."""


def show_between(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each direction, each doubtful thing and each clause that was not read, between two likely
    things that are shown, as likely, if no word between the two speaks of the film or asks the maker. Pure.

    A word that may ask, "Do not use the lifts", leaves that open only where nothing else is asked, or right behind a
    name: "Tern is looking for two cooks". However unlikely they were, of 41 such directions of three parts of
    the corpus 35 were for viewers, and of 18 such clauses 15 (tools/reader/README.md, 2026-11-29).
    """
    is_only = sum(one.label == "dir" for one in spans) == 1
    made = list(spans)
    shown = [n for n, one in enumerate(spans) if _is_shown(one)]
    for a, b in pairwise(shown):
        run = range(a + 1, b)
        may_ask = is_only or (spans[a].label == "name" and spans[a].end == spans[a + 1].first)
        barred = OF_FILM if may_ask else OF_FILM | {"maker"}
        if len(run) <= _MOST_RUN and all(_may_be_shown(text, tokens, spans[n], marks, barred) for n in run):
            for one in (spans[n] for n in run):
                label = "fact" if one.label == "dir" else one.label
                made.remove(one)
                made += split_sentences(tokens, replace(one, label=label, probability=max(one.probability, LIKELY)))
    made.sort(key=lambda one: (one.first, one.end))
    clauses = list(list_clauses(text, tokens, made))
    for last, behind in pairwise(made):
        if not (_is_shown(last) and _is_shown(behind)):
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


def _is_shown(span: TaggedSpan) -> bool:
    return span.label in SHOWN and span.probability >= LIKELY


def _may_be_shown(text: str, tokens: Sequence[Token], span: TaggedSpan, marks: Marks, barred: frozenset[str]) -> bool:
    """Return whether a direction, or a doubtful thing that is no name, has no mark of ``barred`` and asks nothing."""
    start, end = tokens[span.first].start, tokens[span.end - 1].end
    is_doubtful = span.label in SHOWN and span.label != "name"
    if span.probability >= CERTAIN or not (is_doubtful or span.label == "dir") or marks.list_marks(start, end) & barred:
        return False
    words = sum(one.kind == "word" for one in tokens[span.first : span.end])
    return words >= _LEAST_WORDS and all(one.kind == "other" for one in read_direction(text, marks, start, end))
