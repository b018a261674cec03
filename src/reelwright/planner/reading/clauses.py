"""Joins the parts of a clause that the model read in part, and what stands in parentheses to what it explains."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import regex

from reelwright.media.staging.dates import find_month_number
from reelwright.planner.certain.marks import Marks, fold, list_mark_words, list_phrase_words
from reelwright.planner.certain.values import LIKELY
from reelwright.planner.reading.features import list_token_marks
from reelwright.planner.reading.names.described import OWNERS
from reelwright.planner.reading.tagger import MOST_SURE, TaggedSpan
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token, find_units, is_money_sign, locate_units
from reelwright.planner.screens.subject_phrase import list_prepositions

_ENDS: Final = SENTENCE_ENDS | set(",;:،؛、，；：")
_MOST_PARTS: Final = 5
"""Most parts of a clause: a brief without signs is no clause."""
_STROKES: Final = ("/", "./")
_NOT: Final = frozenset("not nicht niet non pas nie не inte ikke".split())  # noqa: SIM905  a row
"""Words behind a comma that go on with what stands before it: "a key, not a blanket"."""
_SIGNS: Final = frozenset("+&/%-−‑'’#")
"""Signs that stand inside a clause."""
_WHOLE: Final = ("line", "what", "fact", "number", "price", "offer", "place", "time", "terms")
"""Labels of what a clause says; calls, quotations and addresses are lines of their own."""
_TOLD: Final = frozenset(
    {"film", "maker", "look", "says", "announcing", "placing", "hushing", "unmentioned", "audience", "goodbye",
     "closing"}
)  # fmt: skip
"""Marks of words that tell the maker something, or that a clause is not for viewers."""
_ASIDES: Final = list_mark_words("aside")
_IDLE: Final = frozenset().union(
    *map(
        list_mark_words,
        ("article", "alone", "joining", "or", "in_name", "being", "being_now", "self", "pointing", "within", "naming"),
    )
)
"""Words that may be left out before and behind what is shown, but not between its parts."""
_OF: Final = list_mark_words("of_whom")
_AT: Final = list_mark_words("within")
_FOR: Final = list_mark_words("naming")
"""Words that whom the film is for stands behind: "for my shop Lowe's"."""
_PRICED: Final = frozenset({"price", "offer"})
_TURKISH: Final = regex.compile("[ığşİĞŞ]")
_WIDE: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_BEING: Final = list_mark_words("being") | list_mark_words("being_now")
_LEAST_BEHIND, _MOST_BEHIND, TELLS_PROBABILITY = 2, 8, 0.6
"""Words behind a name that tell something of it, and how likely such a line is."""
_MOST_LETTERS: Final = 140
_RUNNING: Final = frozenset({"what", "fact", "number", "offer", "place", "time", "terms"})
_COUNTED: Final = ("offer", "number")
_MOST_RUN: Final = 72
"""Most letters of a line of two parts that nothing parts."""
_AND_OR: Final = list_mark_words("joining", "or")
_THINGS: Final = ("what", "fact", "number")
"""Labels of what has a price: "Wash (18 €)" is a row of a price list."""
SELF_TOLD: Final = _TOLD | {"self"}
"""The same, and of words in which the writer speaks of himself."""
BESIDE: Final = _ENDS | set("()")
"""Signs that end a clause on either side."""
_CALLING: Final = frozenset(  # a row
    "called named heisst genannt namens appele appelee llamado llamada chiamato chiamata chamado chamada heter kallas "  # noqa: SIM905
    "kallar heet".split()
)
_BEFORE_CALLING: Final = frozenset({"its", "it", "s", "it's", "it’s", "is", "which", "das", "die", "der", "qui", "que"})
"""Words that only say that a name follows, and those that may stand before them."""
_MOST_INSIDE, _MOST_WHOLE = 12, 24
"""Most tokens in parentheses, and of a line with them."""
_WRITTEN: Final = ("word", "number")
_COUNTING_SIGNS: Final = frozenset(".):）．、")
_MOST_DIGITS: Final = 2
"""Most digits of the day of a month."""


def join_clauses(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with the parts of each clause as one, if words between or beside them were left out. Pure.

    Names stay beside it. What is told to the maker ends a clause.
    """
    if not tokens:
        return list(spans)
    found = list_token_marks(tokens, marks)
    made = list(spans)
    for first, end in list_clauses(text, tokens, spans):
        over = [one for one in made if one.first < end and first < one.end]
        if not over:
            continue
        if _tells_of_name(tokens, over, range(first, end), found):
            whole = TaggedSpan(label="fact", first=first, end=end, probability=TELLS_PROBABILITY)
            made = sorted([*made, whole], key=lambda one: (one.first, one.end))
            continue
        if any(found[n] & _TOLD for n in range(first, over[0].first)):
            first = over[0].first
        if any(found[n] & _TOLD for n in range(max(one.end for one in over), end)):
            end = max(one.end for one in over)
        parts = [one for one in made if first <= one.first and one.end <= end]
        facts = [one for one in parts if one.label != "name"]
        if any(one not in parts for one in made if one.first < end and first < one.end):
            continue
        are_likely = all(one.label in _WHOLE and one.probability >= LIKELY for one in facts)
        if not facts or len(parts) > _MOST_PARTS or not are_likely:
            continue
        is_torn = _is_torn(tokens, parts, range(first, end), found)
        if not is_torn or tokens[end - 1].end - tokens[first].start > _MOST_LETTERS:
            continue
        labels = {one.label for one in facts}
        label = labels.pop() if len(labels) == 1 else "offer" if labels & _PRICED else "fact"
        sure = min(MOST_SURE, *(one.probability for one in facts))
        whole = TaggedSpan(label=label, first=first, end=end, probability=sure)
        made = sorted([*(one for one in made if one not in facts), whole], key=lambda one: (one.first, one.end))
    return made


def _tells_of_name(
    tokens: Sequence[Token], over: Sequence[TaggedSpan], clause: range, found: Sequence[set[str]]
) -> bool:
    """Return whether nothing but the name was read of a clause that begins with it: "Riverbend needs drivers"."""
    if len(over) != 1 or over[0].label != "name" or over[0].first != clause.start or over[0].probability < LIKELY:
        return False
    behind = range(over[0].end, clause.stop)
    words = [tokens[n] for n in behind if tokens[n].kind in _WRITTEN]
    is_small = bool(words) and words[0].text.islower() and fold(words[0].text) not in _IDLE - _BEING
    tells_maker = any(
        found[n] & (_TOLD | {"maker", "self", "negated"} if n > behind.start else _TOLD - {"maker"}) for n in behind
    )
    tells_maker |= any(fold(tokens[n].text) in _CALLING for n in behind)
    tells_maker |= bool(words) and bool(found[behind.start] & {"naming", "for_whom"})
    return _LEAST_BEHIND <= len(words) <= _MOST_BEHIND and is_small and not tells_maker


def _is_torn(tokens: Sequence[Token], parts: Sequence[TaggedSpan], clause: range, found: Sequence[set[str]]) -> bool:
    """Return whether words of a clause that say something are in none of its ``parts``, and none tells the maker."""
    labels = [one.label for one in parts[:2]]
    if labels == ["what", "name"] and fold(tokens[parts[0].end].text) in list_phrase_words("called"):
        return False  # "we're a dog salon called Muddy Paws"
    inside = {n for one in parts for n in range(one.first, one.end)}
    names = [one.first for one in parts if one.label == "name" and one.first > clause.start]
    inside |= {n for name in names for n in range(_find_calling(tokens, clause.start, name), name)}
    left = [n for n in clause if n not in inside and tokens[n].kind in _WRITTEN]
    if any(_is_tied(tokens, one, other) for one, other in pairwise(parts)):
        return True
    inner = range(min(inside), max(inside))
    beside = {n for one in parts if one.label == "name" for n in (one.first - 1, one.end)}
    heads = {one.first - 1 for one, other in pairwise(parts) if one.label == "name" and one.end == other.first}
    if any(n in heads and fold(tokens[n].text) in _AT for n in left):
        return True  # "Bij Fietspomp krijg je een winterbeurt"
    idle = {n for n in left if fold(tokens[n].text) in _IDLE or _counts_list(tokens, n)}
    telling = [
        n for n in left
        if n not in idle or (n in inner and (n not in beside or fold(tokens[n].text) in _OF))
    ]  # fmt: skip
    opening = [fold(tokens[n].text) for n in left[:2] if n < inner.start]
    is_for = bool(opening) and (
        opening[0] in _FOR or (opening[-1] in OWNERS and opening[0] not in _IDLE)
    )  # "Sell my van"
    return bool(telling) and not is_for and not any(found[n] & _TOLD for n in left)


def _is_tied(tokens: Sequence[Token], one: TaggedSpan, other: TaggedSpan) -> bool:
    """Return whether nothing but a stroke parts two spans, ``un cuoco/una cuoca``, or the word between them joins
    them: ``Tênis de`` and ``R$ 249,90``, ``il mercato`` and ``del giovedì``.
    """
    last, next_ = tokens[one.end - 1], tokens[other.first]
    if one.end == other.first:
        is_of = last.kind == "word" and (fold(last.text) in _OF or _begins_with_of(tokens, other))
        return one.label != "name" != other.label and is_of
    between = "".join(token.text for token in tokens[one.end : other.first])
    return between in _STROKES and last.end + len(between) == next_.start


def _begins_with_of(tokens: Sequence[Token], span: TaggedSpan) -> bool:
    """Return whether a span begins with a word such as ``del``, and a word behind it: "du 13 au 24" are days. In
    Turkish, ``da`` is "too".
    """
    head = tokens[span.first : span.first + 2]
    is_of = fold(head[0].text) in _OF and [one.kind for one in head] == ["word", "word"]
    return is_of and not any(_TURKISH.search(one.text) for one in tokens)


def _counts_list(tokens: Sequence[Token], n: int) -> bool:
    """Return whether a number counts the lines of a list, ``2`` of "Pay 2) Sign", and tells nothing."""
    return tokens[n].kind == "number" and n + 1 < len(tokens) and tokens[n + 1].text in _COUNTING_SIGNS


def list_clauses(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> Iterator[tuple[int, int]]:
    """Yield the tokens [first, end) of each clause. No sign inside a span or a unit ends one, but a direction does; and
    so does a blank in Chinese and Japanese, which have none between words.
    """
    ends = {one.end - 1 for one in spans if tokens[one.end - 1].text in _ENDS}
    inside = {n for one in spans for n in range(one.first, one.end)} - ends
    inside |= {n for first, end, _ in locate_units(tokens, find_units(text)) for n in range(first, end)}
    directed = {n for one in spans if one.label == "dir" for n in range(one.first, one.end)}
    begun = {one.first for one in spans}
    first = 0
    for n in range(len(tokens) + 1):
        if first < n < len(tokens) and (n in begun or n not in inside) and _is_behind_blank(tokens, n):
            yield first, n
            first = n
        is_bound = n == len(tokens) or n in directed or fold(tokens[n].text) in _ASIDES
        behind = tokens[n + 1].text if n + 1 < len(tokens) else ""
        is_stroke = not is_bound and (tokens[n].text + behind in _STROKES or (tokens[n].text == "," and behind in _NOT))
        if not is_bound and (n in inside or is_stroke or tokens[n].kind in _WRITTEN or tokens[n].text in _SIGNS):
            continue
        if first < n:
            yield first, n
        first = n + 1


def _is_behind_blank(tokens: Sequence[Token], n: int) -> bool:
    """Return whether a blank stands before a word of Chinese or Japanese, as a comma does elsewhere."""
    return tokens[n - 1].end < tokens[n].start and _WIDE.match(tokens[n].text) is not None


def join_parentheses(tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` with each parenthesis that may be shown as a part of the line before it. Pure.

    If nothing of that line is to be shown, its words are added, unless they tell the maker something.
    """
    made = list(spans)
    found = list_token_marks(tokens, marks) if any(token.text == "(" for token in tokens) else []
    for opened, closed in _list_pairs(tokens):
        inside = [one for one in made if one.first <= closed and opened < one.end]
        if not inside or not all(one.label in (*_WHOLE, "old") and one.probability >= LIKELY for one in inside):
            continue
        host = next((one for one in made if one.first < opened <= one.end), None) or _find_host(
            tokens, made, opened, found
        )
        if host is None or host.label not in _WHOLE or (host.end > opened + 1 and host not in inside):
            continue
        is_priced = host.label in _THINGS and any(map(is_money_sign, tokens[opened:closed]))
        if is_priced or (host.label in _PRICED and any(one.label == "old" for one in inside)):
            continue
        first, end = min(host.first, opened), max(closed + 1, *(one.end for one in inside))
        if end - first > _MOST_WHOLE or tokens[end - 1].end - tokens[first].start > _MOST_LETTERS:
            continue
        parts = [host, *inside]
        whole = TaggedSpan(label=host.label, first=first, end=end, probability=min(one.probability for one in parts))
        made = sorted([*(one for one in made if one not in parts), whole], key=lambda one: one.first)
    return made


def _list_pairs(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the signs of each pair of parentheses with at most ``_MOST_INSIDE`` tokens in it, all on one line."""
    opened = -1
    for n, token in enumerate(tokens):
        if token.text == "(":
            opened = n
        elif token.kind == "line":
            opened = -1
        elif token.text == ")" and opened >= 0:
            if 1 < n - opened <= _MOST_INSIDE + 1:
                yield opened, n
            opened = -1


def _find_host(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], opened: int, found: Sequence[set[str]]
) -> TaggedSpan | None:
    """Return the words of the clause before a parenthesis as a span; None where they are another span's, or tell."""
    first = opened
    while first and tokens[first - 1].text not in BESIDE and not any(one.first < first <= one.end for one in spans):
        first -= 1
    if first == opened or any(found[n] & SELF_TOLD for n in range(first, opened)):
        return None
    return TaggedSpan(label="fact", first=first, end=opened, probability=LIKELY)


def _find_calling(tokens: Sequence[Token], first: int, end: int) -> int:
    """Return where the words from the token ``first`` on begin that only say that a name stands at ``end``: ``its
    called``; ``end`` if none do.
    """
    begins = end
    while begins > first and fold(tokens[begins - 1].text) in _CALLING | _BEFORE_CALLING:
        begins -= 1
    return begins if any(fold(one.text) in _CALLING for one in tokens[begins:end]) else end


def join_touching(
    tokens: Sequence[Token], spans: Sequence[TaggedSpan], others: Collection[TaggedSpan] = ()
) -> list[TaggedSpan]:
    """Return ``spans`` with those of one clause that nothing parts as one, unless the second begins a place or a day of
    its own: "Ogni venerdì" and "frittura a 18 euro", "off between" and "9am and 3pm each day". Pure.

    ``others``: names that are not that of the film, and belong to what touches them: "Bläserklasse" and "spielt um 12".
    """
    made: list[TaggedSpan] = []
    for one in spans:
        span, last = replace(one, label="fact") if one in others else one, made[-1] if made else None
        if last and last.end == span.first and _runs_on(tokens, last, span, is_named=span is not one or last in others):
            label = (
                last.label if last.label == span.label else "offer" if "offer" in (last.label, span.label) else "fact"
            )
            label = "fact" if label == "name" else label
            made[-1] = replace(last, label=label, end=span.end, probability=min(last.probability, span.probability))
        else:
            made.append(one)
    return made


def _is_date(tokens: Sequence[Token], n: int) -> bool:
    """Return whether the month ``n`` belongs to the day before it: "al 30" and "novembre", not "12" and "May 3"."""
    day, behind = tokens[n - 1].text, tokens[n + 1].text if n + 1 < len(tokens) else ""
    has_own_day = behind.isdigit() and len(behind) <= _MOST_DIGITS
    is_day = day.isdigit() and len(day) <= _MOST_DIGITS
    return is_day and not has_own_day and find_month_number(tokens[n].text.strip(".,")) is not None


def _runs_on(tokens: Sequence[Token], last: TaggedSpan, span: TaggedSpan, *, is_named: bool) -> bool:
    """Return whether a span goes on with the one that it touches. ``is_named``: one of the two is another name."""
    is_priced = last.label in ("time", "offer") and span.label == "price" and tokens[span.first].kind == "word"
    labels = {last.label, span.label} - ({"name"} if is_named else set()) - ({"price"} if is_priced else set())
    end, first = tokens[last.end - 1], tokens[span.first]
    is_date = _is_date(tokens, span.first)
    is_short = is_date or tokens[span.end - 1].end - tokens[last.first].start <= _MOST_RUN
    if labels - _RUNNING or min(last.probability, span.probability) < LIKELY or not is_short:
        return False
    if is_date:
        return True
    if end.kind not in _WRITTEN or first.kind not in _WRITTEN:
        return False
    before = list_prepositions() | _AND_OR
    if is_named or is_priced or fold(end.text) in before | _BEING:
        return True
    is_going_on = first.text[0].islower() and fold(first.text) not in before
    return is_going_on and (last.label in ("what", "time", *_COUNTED) or span.label in ("fact", *_COUNTED))
