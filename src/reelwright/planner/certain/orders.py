"""Directions: what a brief tells the maker, by sentence and clause, with the length and the shape it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

from reelwright.planner.certain.facts import Facts
from reelwright.planner.certain.marks import Marks, listed
from reelwright.planner.certain.nouns import Told
from reelwright.planner.certain.parts import Clause, Sentence
from reelwright.reel.noun import noun
from reelwright.units import ASPECTS

_ASPECT: Final = regex.compile(r"(?<![\p{Nd}:.])(16|9|4|1)\s?[:x×]\s?(16|9|5|1)(?![\p{Nd}:])")
_TALL: Final = listed("tall")
_WIDE: Final = listed("wide")
_AT_ALL: Final = listed("at_all")
_LEAST_S, _MOST_S = 3, 180


@noun
class Order:
    """A direction in the matched text."""

    kind: Told
    start: int
    end: int
    value: str = ""


def directions_of(text: str, sentences: Sequence[Sentence], marks: Marks) -> list[Order]:
    """All that is told to the maker, in the order of the brief."""
    facts = Facts(text, marks)
    made: list[Order] = []
    for sentence in sentences:
        told = sentence.label == "told" or sentence.section == "told"
        if told:
            start, end = facts.trimmed(sentence.whole_start, sentence.end)
            if start < end:
                made += _valued(text, marks, facts, start, end) or [Order(kind="other", start=start, end=end)]
            continue
        for clause in sentence.clauses:
            made += _of_clause(text, marks, facts, sentence, clause)
    return made


def _of_clause(text: str, marks: Marks, facts: Facts, sentence: Sentence, clause: Clause) -> Iterator[Order]:
    start, end = facts.trimmed(clause.start, clause.end)
    if start >= end:
        return
    aside = [(q.outer_start, q.outer_end) for q in sentence.quotes]
    found = marks.within(start, end, aside)
    valued = _valued(text, marks, facts, start, end)
    if valued:
        yield from valued
        return
    negated = facts.is_negated(start, end)
    if negated and "prices" in found:
        yield Order(kind="no_prices", start=start, end=end)
    elif negated and "dates" in found:
        yield Order(kind="no_dates", start=start, end=end)
    elif negated and "names" in found:
        yield Order(kind="no_names", start=start, end=end)
    elif negated and "hidden" in found:
        yield Order(kind="no_places", start=start, end=end)
    elif negated and "text_on_screen" in found and _is_no_text(marks, start, end):
        yield Order(kind="no_text", start=start, end=end)
    elif "film" in found:
        yield Order(kind="request", start=start, end=end)
    elif "audience" in found:
        yield Order(kind="audience", start=start, end=end)
    elif "look" in found:
        yield Order(kind="look", start=start, end=end)
    elif "tone" in found and len(marks.words(start, end)) <= 4:
        yield Order(kind="tone", start=start, end=end)
    elif "maker" in found:
        yield Order(kind="other", start=start, end=end)


def _is_no_text(marks: Marks, start: int, end: int) -> bool:
    """``no text at all``: nothing but the denial and the word for text."""
    hits = [hit for hit in marks.hits(start, end) if hit.mark in ("negated", "text_on_screen")]
    words = marks.words(start, end)
    return all(any(h.start <= w.start < h.end for h in hits) or w.word in _AT_ALL for w in words)


def _valued(text: str, marks: Marks, facts: Facts, start: int, end: int) -> list[Order]:
    """A length in seconds, and a shape."""
    made = []
    said = text[start:end]
    if ms := _length(text, marks, facts, start, end):
        made.append(Order(kind="length", start=start, end=end, value=str(ms)))
    shape = _ASPECT.search(said)
    name = f"{shape[1]}:{shape[2]}" if shape else ""
    words = {word.word for word in marks.words(start, end)}
    if not name and words & _TALL:
        name = "9:16"
    if not name and words & _WIDE:
        name = "16:9"
    if name in ASPECTS:
        made.append(Order(kind="aspect", start=start, end=end, value=name))
    return made


def _length(text: str, marks: Marks, facts: Facts, start: int, end: int) -> int:
    """Milliseconds; of two numbers the greater. 0: none is asked for."""
    for hit in marks.hits(start, end):
        if hit.mark != "seconds":
            continue
        numbers = regex.findall(r"\p{Nd}+", text[max(start, hit.start - 10) : hit.start])
        if numbers and facts.seconds_in(max(start, hit.start - 10), hit.end):
            seconds = int(numbers[-1])
            if _LEAST_S <= seconds <= _MOST_S:
                return seconds * 1000
    return 0
