"""Cuts from the ends of what is shown the words beside it that tell the maker something: ``… komisch, 20 sec``."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import CERTAIN
from reelwright.planner.reading.directions import find_length
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import QUOTES, SENTENCE_ENDS, Token

_TOLD: Final = frozenset({"film", "maker", "says", "announcing", "placing"})
"""Marks of phrases that are told to the maker, and of which no half is shown."""
_BEFORE: Final = frozenset({"announcing", "placing"})
_LABELS: Final = frozenset({"label_call", "label_quote", "label_told"})
_PLACED: Final = ("line", "subject")
"""Labels of what a brief may ask to have first or last; ``begin with the brush`` is something else."""
_BEHIND: Final = frozenset({"art"})
_SAYS_NOTHING: Final = frozenset({"film", "announcing", "placing", "pointing", "meant"})
"""Marks of words of which no line consists alone."""
_ASIDES: Final = list_mark_words("aside")
_BEING: Final = list_mark_words("being")
_NEEDS_MORE: Final = _BEING.union(*map(list_mark_words, ("article", "joining", "or", "naming", "intensive")))
"""Words that a word behind them belongs to: ``being funny`` is no request."""
_MOST_TITLE_TOKENS: Final = 4
"""Of a brief that is nothing but a title: ``Wärmepumpe einfach erklärt``."""
_ARTICLES: Final = list_mark_words("article")
_LEFT_OVER: Final = list_mark_words("left_over")
_CLOSERS: Final = frozenset(",;:)，、،；：") | SENTENCE_ENDS
_MOST_BEHIND_LINE: Final = 3
_OVER: Final = frozenset(["on", "over", "auf", "uber", "sur", "sobre", "su", "op", "pa", "na"])
"""Words before the ground that a line is to stand on: ``Ever scared? on black``."""
_DOUBTED, _MOST_DOUBTED_WORDS = 0.35, 8
_LENGTHS: Final = frozenset({"seconds", "minutes"})
_DIRECTING: Final = frozenset(
    {"film", "maker", "look", "tone", "audience", "music", "sounds", "text_on_screen", "announcing", "placing", "art",
     "negated", "pointing", "seconds", "minutes", "tall", "square", "wide", "goodbye", "self"}
)  # fmt: skip


def cut_edges(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` without the words at their ends that are told to the maker; what is nothing else is a direction.

    A phrase that is told to the maker is never cut in two, ``giới thiệu`` and the like. Pure.
    """
    if not tokens:
        return list(spans)
    hits = _TokenHits(tokens, marks)
    made: list[TaggedSpan] = []
    settled: list[TaggedSpan] = []
    for span in _finish_subjects(tokens, spans):
        settled.append(_doubt_direction(text, tokens, span, settled[-1] if settled else None, marks))
    parts = [part for span in settled for part in _split_at_asides(tokens, span)]
    for n, span in enumerate(parts):
        if span.label not in (*SHOWN, "subject"):
            made.append(span)
            continue
        behind = parts[n + 1] if n + 1 < len(parts) else None
        first, end = _keep_phrases(hits, span.first, span.end)
        if span.label != "name":
            first = _cut_beginning(tokens, hits, first, end, may_be_step=span.label not in _PLACED)
        if span.label == "subject":
            end = _cut_end(tokens, hits, first, end, behind)
        if span.label in ("line", "call", "what", "subject"):
            end = _end_line(tokens, first, end)
        if (
            _is_label(tokens, hits, first, end)
            or (span.label not in ("line", "name") and _is_about_film(tokens, hits, first, end))
            or first >= end
            or (span.label != "name" and _says_nothing(tokens, hits, first, end))
        ):
            made.append(replace(span, label="dir"))
        else:
            made.append(replace(span, first=first, end=end))
    return made


def _finish_subjects(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the word that a subject needs to end in it: ``who wants to be`` and ``funny, 20 sec``."""
    made: list[TaggedSpan] = []
    for span in spans:
        last = made[-1] if made else None
        if (
            last and last.label == "subject" and span.label == "dir" and last.end == span.first
            and tokens[span.first].kind == "word"
            and (fold(tokens[last.end - 1].text) in _BEING or span.end == len(tokens) <= _MOST_TITLE_TOKENS)
        ):  # fmt: skip
            made[-1] = replace(last, end=span.first + 1)
            made += [replace(span, first=span.first + 1)] if span.end > span.first + 1 else []
        else:
            made.append(span)
    return made


def _doubt_direction(
    text: str, tokens: Sequence[Token], span: TaggedSpan, last: TaggedSpan | None, marks: Marks
) -> TaggedSpan:
    """Return a direction that is a clause of its own, tells the maker nothing by its words and may well be shown as a
    fact, ``Open daily.``; as a subject if it goes on with one: "A bike light shines. A commuter smiles".
    """
    if span.label != "dir" or span.probability >= CERTAIN or span.end - span.first > _MOST_DOUBTED_WORDS:
        return span
    goes_on = last is not None and last.label == "subject" and span.first - last.end == 1
    goes_on = goes_on and fold(tokens[span.first].text) in _ARTICLES
    if span.probability < _DOUBTED and not goes_on:
        return span
    begins = span.first == 0 or tokens[span.first - 1].text in _CLOSERS or tokens[span.first - 1].kind == "line"
    ends = span.end == len(tokens) or tokens[span.end].text in _CLOSERS or tokens[span.end].kind == "line"
    found = marks.list_marks(tokens[span.first].start, tokens[span.end - 1].end)
    if find_length(text, marks, tokens[span.first].start, tokens[span.end - 1].end) is None:
        found = found - _LENGTHS  # "Over 65s, carers"
    label = "subject" if goes_on else "fact"
    return replace(span, label=label) if begins and ends and not found & _DIRECTING else span


def _split_at_asides(tokens: Sequence[Token], span: TaggedSpan) -> list[TaggedSpan]:
    """Return the parts of a span between words such as ``lol``, which say nothing."""
    if span.label in ("name", "line") or span.label not in (*SHOWN, "subject"):
        return [span]
    made: list[TaggedSpan] = []
    first = span.first
    for n in range(span.first, span.end + 1):
        if n == span.end or fold(tokens[n].text) in _ASIDES:
            made += [replace(span, first=first, end=n)] if first < n else []
            first = n + 1
    return made


class _TokenHits:
    """The words of the table in a brief by the tokens that they begin and end at: [first, end) and mark."""

    def __init__(self, tokens: Sequence[Token], marks: Marks) -> None:
        starts = [token.start for token in tokens]
        self.beginning: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.ending: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self.phrases: list[tuple[int, int]] = []
        for hit in marks.find_hits(0, tokens[-1].end):
            first, end = bisect_left(starts, hit.start), bisect_left(starts, hit.end)
            if first >= end or starts[first] != hit.start or tokens[end - 1].end != hit.end:
                continue  # a part of a word: "l'animation"
            self.beginning[first].append((end, hit.mark))
            self.ending[end].append((first, hit.mark))
            if end - first > 1 and hit.mark in _TOLD:
                self.phrases.append((first, end))


def _keep_phrases(hits: _TokenHits, first: int, end: int) -> tuple[int, int]:
    for start, stop in hits.phrases:
        if start < first < stop:
            first = stop
        if start < end < stop:
            end = start
    return first, end


def _cut_beginning(tokens: Sequence[Token], hits: _TokenHits, first: int, end: int, *, may_be_step: bool) -> int:
    """Return where [first, end) begins behind the words that ask for it to be told, and the signs behind them: at
    ``end`` if a quotation that follows is what is told. ``may_be_step``: it may be what somebody does, "begin with the
    brush", unless a line begins behind it: with a capital, or in a script that has none.
    """
    asking = first
    while asking < end and (stops := [stop for stop, mark in hits.beginning.get(asking, ()) if mark == "maker"]):
        asking = max(stops)
    if any(mark == "announcing" for _, mark in hits.beginning.get(asking, ())):
        first = asking  # "queria divulgar a minha aula"
    if first < asking < end - 1 and tokens[asking].text in (":", "："):
        first = asking + 1  # "include: the goose"
    if first < asking == end - 1 and tokens[asking].kind == "address":
        first = asking  # "End on tern.example"
    while found := [(stop, mark) for stop, mark in hits.beginning.get(first, ()) if mark in _BEFORE]:
        stop, mark = max(found)
        if mark == "announcing" and not _asks_for_film(tokens, hits, first):
            break
        if mark == "placing" and end < len(tokens) and tokens[end].text in (*QUOTES, ":"):
            return end
        if stop >= end or (mark == "placing" and may_be_step and _goes_on(tokens, hits, stop)):
            break
        first = stop
        while first < end and tokens[first].kind == "sign":
            first += 1
    return first


def _asks_for_film(tokens: Sequence[Token], hits: _TokenHits, first: int) -> bool:
    """Return whether words before ``first`` in its sentence ask for a film: else "Promote your gig" is for viewers."""
    n = first
    while n > 0 and tokens[n - 1].text not in SENTENCE_ENDS:
        n -= 1
        if any(mark in ("film", "maker") for _, mark in hits.beginning.get(n, ())):
            return True
    return False


def _goes_on(tokens: Sequence[Token], hits: _TokenHits, at: int) -> bool:
    """Return whether a sentence goes on at a token: in small letters, or with a number or a day."""
    is_day = any(mark in ("weekday", "month") for _, mark in hits.beginning.get(at, ()))
    return tokens[at].kind == "number" or tokens[at].text[:1].islower() or is_day


def _cut_end(tokens: Sequence[Token], hits: _TokenHits, first: int, end: int, behind: TaggedSpan | None) -> int:
    """Return where a subject ends before the words that say how it is made, where a sign or a direction follows."""
    is_closed = end == len(tokens) or tokens[end].kind in ("line", "emoji") or tokens[end].text in _CLOSERS
    if not is_closed and not (behind and behind.label == "dir" and behind.first == end):
        return end
    while heads := [start for start, mark in hits.ending.get(end, ()) if start > first + 1 and mark in _BEHIND]:
        if fold(tokens[min(heads) - 1].text) in _NEEDS_MORE:
            break
        end = min(heads)
        while end > first + 1 and tokens[end - 1].text in (",", "،", "、", "，"):
            end -= 1
    while end > first + 1 and tokens[end - 1].kind == "word" and fold(tokens[end - 1].text) in _LEFT_OVER:
        end -= 1
    return end


def _end_line(tokens: Sequence[Token], first: int, end: int) -> int:
    """Return where a line ends that is a question or a call with at most three words of a direction behind it."""
    for n in range(end - 2, max(first, end - 2 - _MOST_BEHIND_LINE), -1):
        if tokens[n].text in ("?", "!", "？", "！", "؟"):
            behind = tokens[n + 1 : end]
            if fold(behind[0].text) in _OVER and all(one.kind == "word" and one.text.islower() for one in behind):
                return n + 1
    return end


def _is_label(tokens: Sequence[Token], hits: _TokenHits, first: int, end: int) -> bool:
    """Return whether [first, end) only labels what stands behind its colon: ``Call to action:``."""
    is_headed = end < len(tokens) and tokens[end].text in (":", "：")
    return is_headed and any(stop == end and mark in _LABELS for stop, mark in hits.beginning.get(first, ()))


def _is_about_film(tokens: Sequence[Token], hits: _TokenHits, first: int, end: int) -> bool:
    """Return whether [first, end) says how the film is to be, or not to be: "no jokes about fish", "to be shown"."""
    is_whole = end == len(tokens) or tokens[end].kind == "line" or tokens[end].text in ".!?…"
    found = {mark for n in range(first, end) for stop, mark in hits.beginning.get(n, ()) if stop <= end}
    opening = {mark for _, mark in hits.beginning.get(first, ())}
    return "to_be_shown" in found or (is_whole and "negated" in opening and "manner" in found)


def _says_nothing(tokens: Sequence[Token], hits: _TokenHits, first: int, end: int) -> bool:
    """Return whether the words of [first, end) are all told to the maker, or say nothing by themselves."""
    if end - first > _MOST_DOUBTED_WORDS:
        return False
    idle = [(n, stop) for n in range(first, end) for stop, mark in hits.beginning.get(n, ()) if mark in _SAYS_NOTHING]
    covered = {n for start, stop in idle for n in range(start, stop)}
    words = [n for n in range(first, end) if tokens[n].kind not in ("sign", "emoji", "line")]
    hit_words = [n for n in words if n in covered]
    is_told = not all(mark == "meant" for n in hit_words for _, mark in hits.beginning.get(n, ()))
    return bool(hit_words) and is_told and all(n in covered or fold(tokens[n].text) in _NEEDS_MORE for n in words)
