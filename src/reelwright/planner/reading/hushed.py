"""Finds what a brief asks to leave unsaid, ``the owners are divorcing, don't write that``, and how a letter closes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, list_mark_words
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token

_CLAUSE: Final = regex.compile(r"(?:(?!\s-\s)[^,;:.!?、，；：。！？،؛؟।()（）\[\]\n–—]|(?<=\p{Nd})[.,:](?=\p{Nd}))++")
"""A stretch without signs, but those inside a number: ``€1,200 too much``."""
_CONDITIONS: Final = list_mark_words("condition")
_MEANT: Final = list_mark_words("meant")
_MOST_OTHER: Final = 2
"""Words of another kind in a clause that points to the one before: ``tego oczywiście nie piszcie``."""


_SIGNATURE: Final = regex.compile(r"(?:\p{Lu}[\p{L}\p{M}'’.-]*(?:\s+|$)){1,4}")
_SIGNED: Final = ("who", "place", "fact", "what", "subject")
"""Labels under which the signature of a letter is read."""


def leave_unsaid(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each clause that is to be left unsaid, and the one that asks for it, as a direction, which
    is not shown. Names stay. Pure.
    """
    made = list(spans)
    starts = [token.start for token in tokens]
    signature = _find_signature(text, marks)
    for start, end in (*_list_hushed(text, marks), *_list_closings(text, marks), *signature):
        first, stop = bisect_left(starts, start), bisect_left(starts, end)
        over = [one for one in made if one.first < stop and first < one.end and one.label in (*SHOWN, "subject")]
        for span in over:
            if span.label == "name" or ((start, end) in signature and span.label not in _SIGNED):
                continue
            made.remove(span)
            inner = replace(span, label="dir", first=max(span.first, first), end=min(span.end, stop))
            made += [*cut_span(span, first, stop), inner]
    return sorted(made, key=lambda one: one.first)


def _list_hushed(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    """Yield the characters [start, end) of each clause that is to be left unsaid, and of the one that says so."""
    before: tuple[int, int] | None = None
    for clause in _CLAUSE.finditer(text):
        if not clause[0].strip():
            continue
        if _hushes(marks, *clause.span()):
            if before and not _is_for_viewers(text, marks, before):
                yield before
            yield clause.span()
        else:
            if any(
                hit.mark == "unmentioned" and not text[clause.start() : hit.start].strip()
                for hit in marks.find_hits(*clause.span())
            ):
                yield clause.span()
            before = clause.span()


def _list_closings(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    """Yield the clauses with which a letter closes: "kind regards"."""
    for clause in _CLAUSE.finditer(text):
        start, end = clause.span()
        words = text[start:end].strip()
        if any(hit.mark == "closing" and text[hit.start : hit.end] == words for hit in marks.find_hits(start, end)):
            yield start, end


def _find_signature(text: str, marks: Marks) -> list[tuple[int, int]]:
    """Return the clause that ends the text behind the close of a letter, if it may be a name; else nothing."""
    closings = list(_list_closings(text, marks))
    clauses = [clause.span() for clause in _CLAUSE.finditer(text) if clause[0].strip()]
    if len(clauses) < 2 or clauses[-2] not in closings:
        return []
    return clauses[-1:] if _SIGNATURE.fullmatch(text[slice(*clauses[-1])].strip()) else []


def _is_for_viewers(text: str, marks: Marks, clause: tuple[int, int]) -> bool:
    """Return whether a clause asks viewers something, or says when they are not to do it: "If they ask, don't say"."""
    words = marks.list_tokens(*clause)
    return text[clause[1] : clause[1] + 1] in ("?", "？", "؟") or bool(words and words[0].word in _CONDITIONS)


def _hushes(marks: Marks, start: int, end: int) -> bool:
    """Return whether a clause asks to leave unsaid what was said before it, and names nothing else."""
    hits = [hit for hit in marks.find_hits(start, end) if hit.mark in ("hushing", "unmentioned")]
    if not hits:
        return False
    others = [
        word for word in marks.list_tokens(start, end) if not any(hit.start <= word.start < hit.end for hit in hits)
    ]
    unknown = [word for word in others if word.word not in _MEANT]
    return len(unknown) <= (_MOST_OTHER if len(unknown) < len(others) else 0)
