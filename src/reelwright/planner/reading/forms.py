"""Makes certain what the form of a brief confirms: quotations, clauses that are one thing, text that is given whole."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, list_mark_words
from reelwright.planner.certain.parts import Quotation, find_quotations
from reelwright.planner.reading.directions import list_silent_clauses
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token
from reelwright.reel.base.value import define_value

_NEVER_A_LINE: Final = regex.compile(r"[#@/\\{}]|https?:|\.(?:jpe?g|png|mp[34]|mov|wav|pdf)$")
_STOPS: Final = ".!?…。！？؟।"
_SENTENCE_ENDS: Final = f"{_STOPS};\n"
_SIGNS: Final = regex.compile(r"[,;:.…。、！？!?؟।\n]")
_MOST_NAME_WORDS, _MOST_NAME_LETTERS = 5, 40
_MOST_LINE_LETTERS: Final = 200
_SEVERAL: Final = 2
"""Most labels of the model in a quotation that is one thing."""
_NEAR, _FAR = 24, 400
"""Characters before or after a quotation in which a word tells what it is, and in which its sentence is looked for."""
_MUSIC: Final = list_mark_words("music")
_SURE_NAME: Final = 0.8
"""Least probability of a name that the model read, beside which a quotation needs more than its place to be a name."""
_DOUBTFUL: Final = 0.3
"""Probability of a quotation that nothing confirms: a note in the draft."""
_LEAST_CONFIRMED: Final = {
    **dict.fromkeys(("time", "price", "offer", "place", "what", "number", "contact"), 0.8),
    **dict.fromkeys(("fact", "terms", "call"), 0.9),
}
"""Least probability by label of a span that its form confirms. Chosen on the open test part, where 3 of 308
such spans were wrong (2026-11-25)."""
LEAST_CONFIRMED_NAME: Final = 0.9
"""The same of a name. Its form says that it is certain, not that it is surer than another."""
_CLAUSE_ENDS: Final = frozenset('.!?…。！？؟;,:،、।–—|/·()；，：\n•*"“”„«»「」『』')


def settle_by_form(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return the ``spans`` that the model marks in ``text``, with the probability 1 for what its form confirms. Pure.

    A quotation is a name or a line, unless the model reads it as a part of something else or as a direction. Beside one
    that is a name, names that the model is not sure of are half as likely.
    """
    around = BriefQuotations(text, marks)
    made = _settle_silence(around, tokens, [_confirm(text, tokens, one) for one in spans])
    quotations = around.read_all()
    lines = [(one.start, one.end) for one in quotations if one.is_line]
    names_one = any(
        one.label == "name" and one.probability >= _SURE_NAME
        and not any(start <= tokens[one.first].start < end for start, end in lines)
        for one in made
    )  # fmt: skip
    starts = [token.start for token in tokens]
    for quoted in quotations:
        first, end = bisect_left(starts, quoted.start), bisect_left(starts, quoted.end)
        low, high = bisect_right(made, first, key=_get_end), bisect_left(made, end, key=_get_first)
        over = made[low:high]
        labels = {one.label for one in over}
        places = [(one, tokens[one.first].start, tokens[one.end - 1].end) for one in over]
        if quoted.is_denied and first < end:
            directions = [one for one in over if one.label == "dir"] or [
                TaggedSpan(label="dir", first=first, end=end, probability=1.0)
            ]
            made[low:high] = [replace(one, probability=1.0) for one in directions]
            continue
        if (
            quoted.is_denied
            or first == end
            or len(labels) > _SEVERAL
            or any(_is_told(around, quoted, *place) for place in places)
        ):
            continue
        is_read = len(over) == 1 and labels == {"name"} and over[0].probability >= _SURE_NAME
        is_read = is_read and over[0].first <= first and end <= over[0].end
        is_name = is_read or (quoted.may_name and ("name" in labels or (quoted.is_named and not names_one)))
        if is_name and not names_one:
            made = [replace(one, probability=one.probability / 2) if one.label == "name" else one for one in made]
        names_one |= is_name
        shown = max((one.probability for one in over if one.label in SHOWN), default=_DOUBTFUL)
        sure = 1.0 if is_name or quoted.is_line or "line" in labels else shown
        span = TaggedSpan(label="name" if is_name else "line", first=first, end=end, probability=sure)
        made[low:high] = sorted([*(part for one in over for part in _cut(one, span)), span], key=_get_first)
    return made


def _get_first(span: TaggedSpan) -> int:
    return span.first


def _get_end(span: TaggedSpan) -> int:
    return span.end


def _settle_silence(around: BriefQuotations, tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return the ``spans`` with each clause that forbids all text as a direction, whatever the model made of it. One in
    quotation marks is a line.
    """
    made = list(spans)
    starts = [token.start for token in tokens]
    for start, end in list_silent_clauses(around.text, around.marks):
        if around.is_quoted(start):
            continue
        first, stop = bisect_left(starts, start), bisect_left(starts, end)
        silence = TaggedSpan(label="dir", first=first, end=stop, probability=1.0)
        if any(one.label == "dir" and one.first <= first and stop <= one.end for one in made):
            continue
        parts = (part for one in made for part in _cut(one, silence, keeps_rest=True))
        made = sorted([*parts, silence], key=lambda one: one.first)
    return made


def _is_told(around: BriefQuotations, quoted: QuotationContext, span: TaggedSpan, start: int, end: int) -> bool:
    """Return whether the ``span`` [start, end) over a quotation says what it is: a direction, or a thing that is more
    than it.
    """
    is_wider = around.has_other_words(start, end)
    if span.label == "dir":
        is_spoken = quoted.is_line and (is_wider or around.text[quoted.end - 1] in _STOPS)
        return not is_spoken and not (is_wider and quoted.may_name and quoted.is_named)
    if span.label == "line" or (quoted.may_name and quoted.is_called):
        return False
    return around.has_other_words(start, end, ("joining", "naming"))


def _cut(span: TaggedSpan, by: TaggedSpan, *, keeps_rest: bool = False) -> list[TaggedSpan]:
    """Return what is left of a direction beside ``by``; of any other span that touches it nothing is left, unless
    ``keeps_rest``.
    """
    touches = span.first < by.end and by.first < span.end
    return [] if touches and not keeps_rest and span.label != "dir" else cut_span(span, by.first, by.end)


def _confirm(text: str, tokens: Sequence[Token], span: TaggedSpan) -> TaggedSpan:
    """Return a span with the probability 1 if it is likely, of a kind with a form, and a clause of its own."""
    is_likely = span.probability >= _LEAST_CONFIRMED.get(span.label, 1)
    is_confirmed = is_likely and is_clause(text, tokens[span.first].start, tokens[span.end - 1].end)
    return replace(span, probability=1.0) if is_confirmed else span


def is_clause(text: str, start: int, end: int) -> bool:
    """Return whether the characters [start, end) are a clause of their own. Pure."""
    before, behind = text[:start].rstrip(" \t*•-")[-1:], text[end:].lstrip(" \t*")[:1]
    return (not before or before in _CLAUSE_ENDS) and (not behind or behind in _CLAUSE_ENDS)


@define_value
class QuotationContext:
    """A quotation: characters [start, end) between marks that are at ``outer_start`` and
    ``outer_end``. ``may_name``: its words can be a name. ``is_named``: the words around it say that it is one;
    ``is_called``: the word before it does.
    ``is_line``: it ends as a sentence does, or the words around it say that it is said or shown. ``is_denied``:
    they forbid it, compare with it, or call it music.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    may_name: bool = False
    is_named: bool = False
    is_called: bool = False
    is_line: bool = False
    is_denied: bool = False


class BriefQuotations:
    """The quotations of a text, and what the words around them say of each."""

    def __init__(self, text: str, marks: Marks) -> None:
        self.text, self.marks = text, marks
        self._quotes = find_quotations(text)
        self._is_quoted = bytearray(len(text))
        for one in self._quotes:
            self._is_quoted[one.outer_start : one.outer_end] = b"\1" * (one.outer_end - one.outer_start)
        self._stopped = {one.outer_end for one in self._quotes if text[one.outer_end - 2] in _STOPS}

    def read_all(self) -> list[QuotationContext]:
        """Return the quotations that can be shown at all, in order."""
        return [one for quote in self._quotes if (one := self._read(quote))]

    def is_quoted(self, at: int) -> bool:
        """Return whether the character ``at`` stands in quotation marks."""
        return bool(self._is_quoted[at])

    def has_other_words(self, start: int, end: int, passed_over: Collection[str] = ("joining",)) -> bool:
        """Return whether [start, end) holds other words than quotations and words with one of the marks
        ``passed_over``.
        """
        words = (w for w in self.marks.list_tokens(start, end) if w.end <= end and not self._is_quoted[w.start])
        return any(not self.marks.list_marks(w.start, w.end) & set(passed_over) for w in words)

    def _read(self, quote: Quotation) -> QuotationContext | None:
        words = self.text[quote.start : quote.end]
        end = quote.end - (words[-1] in ",،、")
        if _NEVER_A_LINE.search(words) or len(words) > _MOST_LINE_LETTERS or not any(c.isalnum() for c in words):
            return None
        start, stop = self._find_sentence(quote.outer_start, quote.outer_end)
        near = self._list_marks(max(start, quote.outer_start - _NEAR), quote.outer_start)
        behind = self._list_marks(quote.outer_end, min(stop, quote.outer_end + _NEAR))
        heard = {w.word for w in self.marks.list_tokens(start, stop) if not self._is_quoted[w.start]} & _MUSIC
        is_denied = "negated" in self._list_marks(start, quote.outer_start) or {"negated", "pointing"} <= behind
        if is_denied or "alike" in near or heard:
            return QuotationContext(
                start=quote.start, end=end, outer_start=quote.outer_start, outer_end=quote.outer_end, is_denied=True
            )
        ends = self.text[end - 1] in _STOPS
        is_spoken = "says" in near | behind or bool(regex.search(r"[:：]\s*$", self.text[start : quote.outer_start]))
        is_short = len(self.marks.list_tokens(quote.start, end)) <= _MOST_NAME_WORDS
        may_name = is_short and len(words) <= _MOST_NAME_LETTERS and not _SIGNS.search(words[: end - quote.start])
        return QuotationContext(
            start=quote.start, end=end, outer_start=quote.outer_start, outer_end=quote.outer_end,
            may_name=may_name and not is_spoken, is_line=ends or is_spoken,
            is_called=any(
                hit.mark == "naming" and not self.text[hit.end : quote.outer_start].strip()
                for hit in self.marks.find_hits(start, quote.outer_start)
            ),
            is_named=bool(self._list_marks(start, stop) & {"film", "naming"}) or quote.outer_start == 0,
        )  # fmt: skip

    def _find_sentence(self, start: int, end: int) -> tuple[int, int]:
        """Return the bounds of the sentence around the quotation [start, end), at most ``_FAR`` from it."""
        first, last = max(0, start - _FAR), min(len(self.text), end + _FAR)
        while start > first and not self._is_bound(start - 1) and start not in self._stopped:
            start -= 1
        while end < last and not self._is_bound(end) and end not in self._stopped:
            end += 1
        return start, end

    def _is_bound(self, at: int) -> bool:
        return not self._is_quoted[at] and self.text[at] in _SENTENCE_ENDS

    def _list_marks(self, start: int, end: int) -> set[str]:
        return {hit.mark for hit in self.marks.find_hits(start, end) if not self._is_quoted[hit.start]}
