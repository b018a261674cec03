"""Cuts from the ends of what is shown the words beside it that tell the maker something: ``… komisch, 20 sec``."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reelwright.planner.certain.marks import Marks, fold, list_mark_words, list_phrase_words
from reelwright.planner.certain.values import CERTAIN, LIKELY
from reelwright.planner.reading.between import OF_FILM
from reelwright.planner.reading.directions import read_direction
from reelwright.planner.reading.names.described import OWNERS
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import COLONS, QUOTES, SENTENCE_ENDS, Token

_TOLD: Final = frozenset({"film", "maker", "says", "announcing", "placing"})
"""Marks of phrases that are told to the maker, and of which no half is shown."""
_LABELS: Final = frozenset({"label_call", "label_quote", "label_told"})
_PLACED: Final = ("line", "subject")
"""Labels of what a brief may ask to have first or last; ``begin with the brush`` is something else."""
_BEHIND: Final = frozenset({"art"})
_ASIDES: Final = list_mark_words("aside") | {"svp", "stp", "pls", "plz"}
_BEING: Final = list_mark_words("being")
_NEEDS_MORE: Final = _BEING.union(*map(list_mark_words, ("article", "joining", "or", "naming", "intensive")))
"""Words that a word behind them belongs to: ``being funny`` is no request."""
_ARTICLES: Final = list_mark_words("article")
_LEFT_OVER: Final = list_mark_words("left_over")
_CLOSERS: Final = frozenset(",;:)，、،；：") | SENTENCE_ENDS
_DOUBTED, _LEAST_LISTED, _MOST_DOUBTED_WORDS = 0.35, 0.15, 8
_LENGTHS: Final = frozenset({"seconds", "minutes"})
_OF_VIEWERS: Final = list_mark_words("pointing") | OWNERS - _ARTICLES
"""Words behind such a word that speak to viewers: "Mention this ad"."""
_DIRECTING: Final = OF_FILM | {"maker", "negated", "pointing"}


def cut_edges(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` without the words at their ends that are told to the maker; what is nothing else is a direction.

    A phrase that is told to the maker is never cut in two, ``giới thiệu`` and the like. Pure.
    """
    if not tokens:
        return list(spans)
    hits = _TokenHits(tokens, marks)
    made: list[TaggedSpan] = []
    settled: list[TaggedSpan] = []
    for span in spans:
        settled.append(_doubt_direction(text, tokens, span, settled[-1] if settled else None, marks))
    parts = [part for span in settled for part in _split_at_asides(tokens, span)]
    requests = (one for one in parts if one.label == "dir" and _list_marks(tokens, one, marks) & {"film", "seconds"})
    request_end = next((one.end for one in requests), len(tokens))
    parts = _cut_announcing(tokens, hits, parts)
    for n in range(request_end, len(tokens)):
        parts = _cut_telling(tokens, hits, parts, n)
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
        is_told = span.label not in ("line", "name") and _is_about_film(tokens, hits, first, end)
        if is_told or first >= end or _is_label(tokens, hits, first, end):
            made.append(replace(span, label="dir"))
        else:
            made.append(replace(span, first=first, end=end))
    return made


def _list_marks(tokens: Sequence[Token], span: TaggedSpan, marks: Marks) -> set[str]:
    return marks.list_marks(tokens[span.first].start, tokens[span.end - 1].end)


def _cut_announcing(tokens: Sequence[Token], hits: _TokenHits, spans: list[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the words as a direction with which a brief begins that asks to tell people something:
    "Let people know our ferry doesn't run on Sundays".
    """
    stop = max((stop for stop, mark in hits.beginning.get(0, ()) if mark == "to_announce"), default=len(tokens))
    is_over = stop >= len(tokens) or tokens[stop].kind not in ("word", "number")
    if is_over or fold(tokens[stop].text) in list_phrase_words("yours") or (spans and spans[0].label == "line"):
        return spans
    request = TaggedSpan(label="dir", first=0, end=stop, probability=CERTAIN)
    rest = [part for one in spans for part in cut_span(one, 0, stop)]
    end = next(
        (n for n in range(stop, len(tokens)) if tokens[n].kind == "line" or tokens[n].text in _CLOSERS), len(tokens)
    )
    parts = [one for one in rest if one.first < end]
    if len(parts) > 1 and parts[-1].end <= end and all(one.label in SHOWN and one.label != "name" for one in parts):
        whole = TaggedSpan(label="fact", first=stop, end=end, probability=min(one.probability for one in parts))
        rest = [whole, *rest[len(parts) :]]
    return [request, *rest]


def _cut_telling(tokens: Sequence[Token], hits: _TokenHits, spans: list[TaggedSpan], n: int) -> list[TaggedSpan]:
    """Return ``spans`` with the word at ``n`` as a direction if it asks to tell what stands behind it, ``Highlight`` of
    "Highlight the 14 m walls", or to show it. "Mention this ad" and "List your home" are for viewers.
    """
    stops = {mark: stop for stop, mark in sorted(hits.beginning.get(n, ())) if mark in ("to_tell", "to_picture")}
    stop = max(stops.values(), default=len(tokens))
    if stop == len(tokens) or tokens[n - 1].text not in _CLOSERS or fold(tokens[stop].text) in _OF_VIEWERS:
        return spans
    over = next((one for one in spans if one.first <= n < one.end), None)
    if over and (over.first < n or over.end <= stop or over.label not in SHOWN or over.label in ("line", "name")):
        return spans
    is_picture = over and "to_picture" in stops and all(one.kind != "number" for one in tokens[stop : over.end])
    request = TaggedSpan(label="dir", first=n, end=over.end if over and is_picture else stop, probability=CERTAIN)
    rest = [part for one in spans for part in cut_span(one, request.first, request.end)]
    return sorted([*rest, request], key=lambda one: one.first)


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
    is_listed = last is not None and last.label in SHOWN and last.end == span.first - 1 and tokens[last.end].text == ","
    least = _LEAST_LISTED if is_listed else _DOUBTED  # what ends a list that is shown: "four beers, a well"
    if span.probability < least and not goes_on:
        return span
    begins = span.first == 0 or tokens[span.first - 1].text in _CLOSERS or tokens[span.first - 1].kind == "line"
    ends = span.end == len(tokens) or tokens[span.end].text in _CLOSERS or tokens[span.end].kind == "line"
    start, end = tokens[span.first].start, tokens[span.end - 1].end
    asks = any(one.kind != "other" for one in read_direction(text, marks, start, end))
    is_told = asks or bool(marks.list_marks(start, end) & _DIRECTING - _LENGTHS)  # "Over 65s, carers" states no length
    if not begins or not ends or is_told:
        return span
    sure = max(span.probability, LIKELY) if is_listed else span.probability
    return replace(span, label="subject" if goes_on else "fact", probability=sure)


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
    """Return where [first, end) begins behind the words that ask to have it first or last, and the signs behind them:
    at ``end`` if a quotation follows. ``may_be_step``: it may be what somebody does, "begin with the brush".
    """
    asking = first
    while asking < end and (stops := [stop for stop, mark in hits.beginning.get(asking, ()) if mark == "maker"]):
        asking = max(stops)
    if first < asking < end - 1 and tokens[asking].text in COLONS:
        first = asking + 1  # "include: the goose"
    if first < asking == end - 1 and tokens[asking].kind == "address":
        first = asking  # "End on tern.example"
    while stops := [stop for stop, mark in hits.beginning.get(first, ()) if mark == "placing"]:
        if end < len(tokens) and tokens[end].text in (*QUOTES, ":"):
            return end
        if max(stops) >= end or may_be_step:
            break
        first = max(stops)
        while first < end and tokens[first].kind == "sign":
            first += 1
    return first


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
