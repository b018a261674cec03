"""Finds what a brief tells about its own making: money, who decides, courtesies, fields for the maker, pasted pages."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token
from reelwright.planner.tables import load_background

_SENTENCE_END: Final = regex.compile(r"[.!?…;]+(?=\s|$)|[。！？؟।\n]+")
_LINE: Final = regex.compile(r"[^\n]*\S[^\n]*")
_HEAD: Final = regex.compile(
    r"(?m)^[^\S\n]*+(?:[\-–—*•·.)\]\p{Nd}][^\S\n]*+)*+"
    r"(?P<head>[^:：\n?]{1,40}?)[^\S\n]*+(?:[:：?]|[\-–—] )[^\S\n]*+(?=\S)"
)
_PIECE: Final = regex.compile(r"(?:(?!\s-\s)[^\n|·⋅>›•★✓])+")
"""A stretch of a line between the signs that part the links of a page."""
_GREETING: Final = regex.compile(r"\A\W*+(?P<greeting>\p{L}[^\n,!?.:;，！。،]{1,40}+)[,!，！،\n]")
_MOST_GREETING: Final = 4
"""Most words of a greeting with the name of who is greeted."""
_LEAST_PAGE: Final = 2
"""Fewest traces of a page: a single "reviews" is about the thing itself."""
_SHOT: Final = regex.compile(r"(?<=^|[\n.!?…;。！？]\s*)(?P<word>[\p{L}\p{M}]+)\s*\p{Nd}{1,2}\b[^\n.!?…;。！？]*+")
"""A sentence that begins with a word and a number: ``Scene 2: thief reads the lock``."""
_LEAST_SHOTS: Final = 2
"""Fewest of them: ``Plan 1`` alone is a name."""
_IN_SHOT: Final = ("fact", "what", "terms", "call", "who", "place", "number")
"""Labels under which what a shot shows is read."""
_LESS: Final = {"spending": 2.4, "approving": 2.1, "courtesy": 0.8}
"""By what a sentence tells of, how much less likely a line of it is, in log-odds: fitted to what the model marks in
hands bb, cc, ff, gg and hh (2026-11-27)."""
_MOST_BESIDE: Final = 14
"""Words of a sentence on each side of a line that are looked at: what is dictated has no full stops."""
_OWN: Final = ("name", "contact", "call", "line")
"""Labels that such a sentence leaves as they are."""
_LEAST_PROBABILITY: Final = 1e-4


def leave_background(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with those of fields for the maker, of a page's links and of a greeting as directions, and with
    those beside money or who decides less likely. Pure.
    """
    marks = Marks(text, load_background)
    starts = [token.start for token in tokens]
    made = list(spans)
    heads = list(_list_heads(text, marks))
    for start, end in (*_list_asides(heads), *_list_page(text, marks), *_find_greeting(text, marks)):
        first, stop = bisect_left(starts, start), bisect_left(starts, end)
        is_named = any(span.label == "name" and not first <= span.first < stop for span in made)
        made = [piece for span in made for piece in _silence(span, first, stop, is_named=is_named)]
    for start, end in _list_shots(text, marks):
        first, stop = bisect_left(starts, start), bisect_left(starts, end)
        made = [
            replace(span, label="dir") if first <= span.first and span.end <= stop and span.label in _IN_SHOT else span
            for span in made
        ]
    for start, _, value, mark in heads:
        if mark == "bare_head":
            first, stop = bisect_left(starts, start), bisect_left(starts, value)
            made = [
                replace(span, first=stop) if first <= span.first < stop < span.end and span.label in SHOWN else span
                for span in made
            ]
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    return [_weigh(span, tokens, ends, marks) for span in made]


def _list_heads(text: str, marks: Marks) -> Iterator[tuple[int, int, int, str]]:
    """Yield each line that begins with a heading of the table: its characters, where its value begins, and the mark."""
    for line in _LINE.finditer(text):
        found = _HEAD.match(text, line.start(), line.end())
        if not found:
            continue
        start, end = found.span("head")
        words = marks.list_tokens(start, end)
        hits = [hit for hit in marks.find_hits(start, end) if hit.mark in ("aside_head", "bare_head")]
        if words and (whole := [hit for hit in hits if hit.start <= words[0].start and hit.end >= words[-1].end]):
            yield line.start(), line.end(), found.end(), min(hit.mark for hit in whole)


def _list_asides(heads: Sequence[tuple[int, int, int, str]]) -> Iterator[tuple[int, int]]:
    return ((start, end) for start, end, _, mark in heads if mark == "aside_head")


def _list_page(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    """Yield what stands between the signs of a page's line and tells of the page."""
    hits = [hit for hit in marks.find_hits(0, len(text)) if hit.mark == "page"]
    if len(hits) < _LEAST_PAGE:
        return
    for piece in _PIECE.finditer(text):
        if any(piece.start() <= hit.start < piece.end() for hit in hits):
            yield piece.start(), piece.end()


def _list_shots(text: str, marks: Marks) -> list[tuple[int, int]]:
    """Return the sentences that say what a numbered shot of the film shows."""
    found = [
        one.span()
        for one in _SHOT.finditer(text)
        if any(hit.mark == "shot" and hit.start == one.start("word") for hit in marks.find_hits(*one.span("word")))
    ]
    return found if len(found) >= _LEAST_SHOTS else []


def _find_greeting(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    found = _GREETING.match(text)
    if not found or not text[found.end() :].strip():
        return
    start, end = found.span("greeting")
    words = marks.list_tokens(start, end)
    if (
        words
        and len(words) <= _MOST_GREETING
        and any(hit.mark == "greeting" and hit.start == words[0].start for hit in marks.find_hits(start, end))
    ):
        yield start, end


def _silence(span: TaggedSpan, first: int, stop: int, *, is_named: bool) -> list[TaggedSpan]:
    if span.end <= first or stop <= span.first or span.label not in (*SHOWN, "subject"):
        return [span]
    if span.label == "name" and not is_named:
        return [span]
    inner = replace(span, label="dir", first=max(span.first, first), end=min(span.end, stop))
    return sorted([*cut_span(span, first, stop), inner], key=lambda one: one.first)


def _weigh(span: TaggedSpan, tokens: Sequence[Token], ends: Sequence[int], marks: Marks) -> TaggedSpan:
    if span.label not in SHOWN or span.label in _OWN:
        return span
    start, end = tokens[span.first].start, tokens[span.end - 1].end
    before, behind = bisect_right(ends, start), bisect_left(ends, end)
    stop = tokens[-1].end
    sentence = (ends[before - 1] if before else 0, ends[behind] if behind < len(ends) else stop)
    left = marks.list_tokens(sentence[0], start)[-_MOST_BESIDE:]
    right = marks.list_tokens(end, sentence[1])[:_MOST_BESIDE]
    around = (left[0].start if left else start, right[-1].end if right else end)
    less = max((_LESS[mark] for mark in marks.list_marks(*around) if mark in _LESS), default=0.0)
    if not less:
        return span
    chance = min(1 - _LEAST_PROBABILITY, max(_LEAST_PROBABILITY, span.probability))
    return replace(span, probability=round(1 / (1 + math.exp(less - math.log(chance / (1 - chance)))), 4))
