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
_SQUARE: Final = listed("square")
_TALL_FILM: Final = regex.compile(
    r"\b(?:tik\s?toks?\b|(?:instagram|insta|ig|facebook)\s+reels?\b|reels?\s*(?:[,:–—]|(?:for|about|on|for|für|über|para|pour"
    r"|sobre|per|за|для)\b)|youtube\s+shorts?\b)"
    r"|リール|ショート動画|릴스|쇼츠|竖屏|縦型|ريلز|рийлс|рилс",
    regex.I,
)
"""Where a film is shown that stands upright."""
_FOR: Final = frozenset(["for", "für", "para", "pour", "per", "за", "для", "format"])
_BY_ITSELF: Final = 2
"""Words of a clause that says nothing but a shape."""
_WIDE: Final = listed("wide")
_AT_ALL: Final = listed("at_all")
_LEAST_S, _MOST_S = 3, 180
_MINUTES: Final = regex.compile(
    r"(?<![\p{Nd}.,:])(?P<n>[1-3])[\s-]*(?:minutes?|mins?|minuten?|minutos?|minuti|минути|минута)\b", regex.I
)


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
        if sentence.is_for_maker:
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
    if valued := _valued(text, marks, facts, start, end, aside):
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


def _valued(
    text: str, marks: Marks, facts: Facts, start: int, end: int, aside: Sequence[tuple[int, int]] = ()
) -> list[Order]:
    """A length, and a shape. ``aside``: quotations, in which nothing is asked for."""
    made = []
    said = text[start:end]
    if ms := _length(text, marks, facts, start, end, aside):
        made.append(Order(kind="length", start=start, end=end, value=str(ms)))
    shape = _ASPECT.search(said)
    name = f"{shape[1]}:{shape[2]}" if shape else ""
    words = {word.word for word in marks.words(start, end)}
    for shapes, aspect in ((_TALL, "9:16"), (_WIDE, "16:9"), (_SQUARE, "1:1")):
        if not name and words & shapes and _is_shape(marks, start, end, shapes):
            name = aspect
    if not name and _TALL_FILM.search(said):
        name = "9:16"
    if name in ASPECTS:
        made.append(Order(kind="aspect", start=start, end=end, value=name))
    return made


def _is_shape(marks: Marks, start: int, end: int, shapes: frozenset[str]) -> bool:
    """Whether such a word is the film's: alone, beside a word for a film, or before what the film is for."""
    words = marks.words(start, end)
    films = [hit for hit in marks.hits(start, end) if hit.mark == "film"]
    for n, word in enumerate(words):
        if word.word not in shapes:
            continue
        beside = [one for one in words[max(0, n - 1) : n + 2] if any(f.start <= one.start < f.end for f in films)]
        after = words[n + 1].word if n + 1 < len(words) else ""
        if len(words) <= _BY_ITSELF or beside or after in _FOR:
            return True
    return False


def _length(text: str, marks: Marks, facts: Facts, start: int, end: int, aside: Sequence[tuple[int, int]]) -> int:
    """Milliseconds; of two numbers the greater. 0: none is asked for."""
    minutes = _MINUTES.search(text, start, end) if "film" in marks.within(start, end, aside) else None
    if minutes and not any(a <= minutes.start() < b for a, b in aside):
        return min(int(minutes["n"]) * 60, _MOST_S) * 1000
    for hit in marks.hits(start, end):
        if hit.mark != "seconds" or any(a <= hit.start < b for a, b in aside) or not facts.is_second(hit, start, end):
            continue
        numbers = regex.findall(r"\p{Nd}+", text[max(start, hit.start - 10) : hit.start])
        if numbers and facts.seconds_in(max(start, hit.start - 10), hit.end):
            seconds = int(numbers[-1])
            if _LEAST_S <= seconds <= _MOST_S:
                return seconds * 1000
    return 0
