"""Shows all that a brief, or one paragraph of it, says if nothing in it is meant for the maker: clean copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, chain, pairwise
from typing import Final

from reelwright.planner.certain.marks import Marks, fold
from reelwright.planner.certain.values import CERTAIN, LIKELY, OTHER_NAME
from reelwright.planner.reading.clauses import BESIDE, SELF_TOLD, TELLS_PROBABILITY, list_clauses
from reelwright.planner.reading.directions import read_direction
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan
from reelwright.planner.reading.tokens import QUOTES, SENTENCE_ENDS, Token

_TO_MAKER: Final = ("dir", "subject", "setting", "light", "style")
"""Labels of what is not read on screen."""
_TAKING_LEAVE: Final = frozenset({"goodbye", "closing"})
_LEAST_DOUBT: Final = 0.25
"""How likely a direction is to be words for the screen from which on it is taken for them."""
_BEHIND_HEADING: Final = frozenset(":：?？؟")
_FOR_VIEWERS: Final = frozenset({"free", "included", "gain"})
"""Marks of a sentence by itself that is hardly meant for the maker."""
_OF_CONTACT: Final = frozenset({"telephone", "label_contact"})
"""Marks of words that only announce how somebody is reached: "tel."."""
_GREETINGS: Final = frozenset(
    ["dear", "hi", "hello", "hey", "hiya", "hallo", "liebe", "lieber", "guten", "hola", "buenas", "buenos", "bonjour",
     "salut", "chere", "cher", "ciao", "buongiorno", "ola", "oi", "bom", "hej", "hei", "moin", "czesc", "dzien",
     "привет", "здравствуите", "добрыи", "merhaba", "selam"]
)  # fmt: skip
_BEFORE_TOPIC: Final = frozenset("about über sur sobre su over o про об для".split())  # noqa: SIM905
"""Words at the end of a request, before what the film is about."""
_MOST_HEADING: Final = 2
"""Most words of a heading before a colon."""
_LEAST_IN_PARAGRAPH: Final = 2
"""Words up to which a clause of one of several paragraphs may be a heading or a link: "About us"."""
_MOST_LEFT: Final = 0.6
"""Most tokens, as a share of all, that nothing was read of in a brief of nothing but copy."""


def show_clean_copy(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each clause that nothing was read of as a likely fact, if a paragraph says nothing to the
    maker and is shown for the most part: then all of it is meant for viewers. Pure.

    So is a doubtful name that is a clause by itself, beside a surer one: ``Chopin``, in "Chopin, Satie and others".
    """
    paragraphs = list(_list_paragraphs(tokens))
    lines = [0, *(n for n, token in enumerate(tokens) if token.kind == "line"), len(tokens)]
    shown = [one.first for one in spans if one.label in SHOWN and one.probability >= LIKELY]
    free = next((range(*ends) for ends in pairwise(lines) if any(n in range(*ends) for n in shown)), range(0))
    free = range(free.start, max((n for n in shown if n in free), default=free.start))  # notes follow the last of it
    found = list_token_marks(tokens, marks) if tokens else []
    whole = _show_paragraph(text, tokens, spans, found, marks, free)
    if whole != spans:
        return whole
    made: list[TaggedSpan] = []
    for first, end in paragraphs:
        inside = [
            replace(one, first=one.first - first, end=one.end - first) for one in spans if first <= one.first < end
        ]
        mine = range(free.start - first, free.stop - first)
        added = _show_paragraph(text, tokens[first:end], inside, found[first:end], marks, mine, is_whole=False)
        made += [replace(one, first=one.first + first, end=one.end + first) for one in added]
    return made


def _list_paragraphs(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the tokens [first, end) of each paragraph: empty lines part them."""
    first = 0
    for n in range(1, len(tokens) + 1):
        if n == len(tokens) or (tokens[n].kind == "line" and tokens[n - 1].kind == "line"):
            yield first, n
            first = n


def _show_paragraph(
    text: str,
    tokens: Sequence[Token],
    spans: Sequence[TaggedSpan],
    found: Sequence[set[str]],
    marks: Marks,
    free: range,
    *,
    is_whole: bool = True,
) -> list[TaggedSpan]:
    """Show a paragraph as ``show_clean_copy`` does. ``found``: the marks of each token. ``free``: tokens of the clauses
    that need nothing shown in their sentence. ``is_whole``: it is the brief; else headings and links are left.
    """
    beside = _list_beside_shown(tokens, spans)
    doubted = [
        _show_doubted(text, tokens, one, found, marks) if is_beside else one
        for one, is_beside in zip(spans, beside, strict=True)
    ]
    shown = [one for one in spans if one.label in SHOWN and one.probability >= LIKELY]
    if not shown or any(one.label in _TO_MAKER for one in doubted):
        return list(spans)
    spans = doubted
    surest = max((one.probability for one in shown if one.label == "name"), default=0.0)
    weak = {one for one in spans if one.label == "name" and one.probability < min(OTHER_NAME, surest)}
    taken = {n for one in spans if one not in weak for n in range(one.first, one.end)}
    lines = list(accumulate(token.kind == "line" for token in tokens))
    shown_lines = {lines[one.first] for one in shown}
    ends = list(accumulate(token.kind == "line" or token.text in SENTENCE_ENDS for token in tokens))
    shown_sentences = {ends[one.first] for one in shown}
    left = [
        range(first, end)
        for first, end in list_clauses(text, tokens, spans)
        if not taken & {*range(first, end)} and lines[first] in shown_lines
    ]
    thanks = {one.stop for one in left if {*chain(*(found[n] & SELF_TOLD for n in one))} & _TAKING_LEAVE}
    signed = {n + 1 for n in thanks if n < len(tokens) and tokens[n].text not in SENTENCE_ENDS - {"\n"}}
    left = [one for one in left if one.stop not in thanks and one.start not in signed]
    if sum(map(len, left)) > len(tokens) * _MOST_LEFT:
        return spans
    added = [
        TaggedSpan(label="fact", first=one.start, end=one.stop, probability=TELLS_PROBABILITY)
        for one in left
        if sum(len(tokens[n].text) for n in one if tokens[n].kind == "word") > 1
        and not any(found[n] & SELF_TOLD or tokens[n].text in "()" for n in range(max(0, one.start - 1), one.stop))
        and (one.start in free or ends[one.start] in shown_sentences or any(found[n] & _FOR_VIEWERS for n in one))
        and fold(tokens[one.start].text) not in _GREETINGS
        and not all(found[n] & _OF_CONTACT for n in one)
        and len(one) > (not one.start if is_whole else _LEAST_IN_PARAGRAPH)
        and not (one.stop < len(tokens) and tokens[one.stop].text in QUOTES)  # it introduces what is quoted
        and not (
            one.stop < len(tokens)
            and tokens[one.stop].text in _BEHIND_HEADING
            and (len(one) <= _MOST_HEADING or not is_whole)
        )
    ]
    inside = {n for one in added for n in range(one.first, one.end)}
    kept = [
        _trust(tokens, one) if one.first in free or ends[one.first] in shown_sentences else one
        for one in spans if one not in weak or one.first not in inside
    ]  # fmt: skip
    return sorted([*kept, *added], key=lambda one: (one.first, one.end))


def _trust(tokens: Sequence[Token], span: TaggedSpan) -> TaggedSpan:
    """Return a doubted clause of a brief of nothing but copy as a likely one."""
    beside = [*tokens[max(0, span.first - 1) : span.first], *tokens[span.end : span.end + 1]]
    is_clause = span.label in SHOWN and span.label != "name" and all(one.text in BESIDE | QUOTES for one in beside)
    return replace(span, probability=max(span.probability, LIKELY)) if is_clause else span


def _list_beside_shown(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[bool]:
    """Tell of each span whether the one that is shown next before it or behind it stands in the same sentence."""
    beside = [False] * len(spans)
    ended = [0, *accumulate(token.kind == "line" or token.text in SENTENCE_ENDS for token in tokens)]
    for order in (range(len(spans)), range(len(spans) - 1, -1, -1)):
        last: TaggedSpan | None = None
        for n in order:
            one = spans[n]
            if last:
                beside[n] |= ended[max(one.first, last.first)] <= ended[min(one.end, last.end)]
            if one.label in SHOWN and one.probability >= LIKELY:
                last = one
    return beside


def _show_doubted(
    text: str, tokens: Sequence[Token], span: TaggedSpan, found: Sequence[set[str]], marks: Marks
) -> TaggedSpan:
    """Return a direction that may well stand on screen, has no word for the maker and says nothing of form, as a fact;
    no heading.
    """
    behind = tokens[span.end].text if span.end < len(tokens) else ""
    words = sum(token.kind == "word" for token in tokens[span.first : span.end])
    is_part = fold(tokens[span.end - 1].text) in _BEFORE_TOPIC  # "An explainer about"
    is_doubted = span.label == "dir" and _LEAST_DOUBT <= span.probability < CERTAIN and words > 1 and not is_part
    if not is_doubted or {behind, tokens[span.end - 1].text} & _BEHIND_HEADING:
        return span
    start, end = tokens[span.first].start, tokens[span.end - 1].end
    is_told = any(found[n] & SELF_TOLD for n in range(span.first, span.end))
    if is_told or any(one.kind != "other" for one in read_direction(text, marks, start, end)):
        return span
    return replace(span, label="fact", probability=TELLS_PROBABILITY)
