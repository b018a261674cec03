"""Finds directions: what a brief tells the maker, by sentence and clause, with the length and shape that it wants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

from reelwright.planner.certain.facts import FactFinder
from reelwright.planner.certain.marks import Marks, list_mark_words
from reelwright.planner.certain.parts import Clause, Sentence
from reelwright.planner.certain.values import DirectionKind
from reelwright.reel.value import define_value
from reelwright.units import ASPECTS

_ASPECT: Final = regex.compile(r"(?<![\p{Nd}:.])(16|9|4|1)\s?[:x×]\s?(16|9|5|1)(?![\p{Nd}:])")
_TALL: Final = list_mark_words("tall")
_SQUARE: Final = list_mark_words("square")
_TALL_FILM: Final = regex.compile(
    r"\b(?:tik\s?toks?\b|(?:instagram|insta|ig|facebook)\s+reels?\b|reels?\s*(?:[,:–—]|(?:for|about|on|for|für|über|para|pour"
    r"|sobre|per|за|для)\b)|youtube\s+shorts?\b)"
    r"|リール|ショート動画|릴스|쇼츠|竖屏|縦型|ريلز|рийлс|рилс",
    regex.I,
)
"""Names of places that show upright films."""
_FOR_WORDS: Final = frozenset(["for", "für", "para", "pour", "per", "за", "для", "format"])
_MAX_BARE_SHAPE_WORDS: Final = 2
"""Most words of a clause that says nothing but a shape."""
_WIDE: Final = list_mark_words("wide")
_AT_ALL: Final = list_mark_words("at_all")
_LEAST_S, _MOST_S = 3, 180
_MINUTES: Final = regex.compile(
    r"(?<![\p{Nd}.,:])(?P<n>[1-3])[\s-]*(?:minutes?|mins?|minuten?|minutos?|minuti|минути|минута)\b", regex.I
)


@define_value
class DirectionSpan:
    """A direction in the matched text."""

    kind: DirectionKind
    start: int
    end: int
    value: str = ""


def find_directions(text: str, sentences: Sequence[Sentence], marks: Marks) -> list[DirectionSpan]:
    """Find all directions to the maker, in the order of the brief."""
    facts = FactFinder(text, marks)
    made: list[DirectionSpan] = []
    for sentence in sentences:
        if sentence.is_for_maker:
            start, end = facts.trim(sentence.whole_start, sentence.end)
            if start < end:
                made += _find_length_and_shape(text, marks, facts, start, end) or [
                    DirectionSpan(kind="other", start=start, end=end)
                ]
            continue
        for clause in sentence.clauses:
            made += _find_in_clause(text, marks, facts, sentence, clause)
    return made


def _find_in_clause(
    text: str, marks: Marks, facts: FactFinder, sentence: Sentence, clause: Clause
) -> Iterator[DirectionSpan]:
    start, end = facts.trim(clause.start, clause.end)
    if start >= end:
        return
    aside = [(q.outer_start, q.outer_end) for q in sentence.quotes]
    found = marks.list_marks(start, end, aside)
    if valued := _find_length_and_shape(text, marks, facts, start, end, aside):
        yield from valued
        return
    negated = facts.is_negated(start, end)
    if negated and "prices" in found:
        yield DirectionSpan(kind="no_prices", start=start, end=end)
    elif negated and "dates" in found:
        yield DirectionSpan(kind="no_dates", start=start, end=end)
    elif negated and "names" in found:
        yield DirectionSpan(kind="no_names", start=start, end=end)
    elif negated and "hidden" in found:
        yield DirectionSpan(kind="no_places", start=start, end=end)
    elif negated and "text_on_screen" in found and _is_no_text(marks, start, end):
        yield DirectionSpan(kind="no_text", start=start, end=end)
    elif "film" in found:
        yield DirectionSpan(kind="request", start=start, end=end)
    elif "audience" in found:
        yield DirectionSpan(kind="audience", start=start, end=end)
    elif "look" in found:
        yield DirectionSpan(kind="look", start=start, end=end)
    elif "tone" in found and len(marks.list_tokens(start, end)) <= 4:
        yield DirectionSpan(kind="tone", start=start, end=end)
    elif "maker" in found:
        yield DirectionSpan(kind="other", start=start, end=end)


def _is_no_text(marks: Marks, start: int, end: int) -> bool:
    """Return whether the clause denies text and says nothing else: ``no text at all``."""
    hits = [hit for hit in marks.find_hits(start, end) if hit.mark in ("negated", "text_on_screen")]
    words = marks.list_tokens(start, end)
    return all(any(h.start <= w.start < h.end for h in hits) or w.word in _AT_ALL for w in words)


def _find_length_and_shape(
    text: str, marks: Marks, facts: FactFinder, start: int, end: int, aside: Sequence[tuple[int, int]] = ()
) -> list[DirectionSpan]:
    """Find a length and a shape. ``aside``: quotations, in which nothing is asked for."""
    made = []
    passage = text[start:end]
    if ms := _find_length_ms(text, marks, facts, start, end, aside):
        made.append(DirectionSpan(kind="length", start=start, end=end, value=str(ms)))
    shape = _ASPECT.search(passage)
    name = f"{shape[1]}:{shape[2]}" if shape else ""
    words = {word.word for word in marks.list_tokens(start, end)}
    for shapes, aspect in ((_TALL, "9:16"), (_WIDE, "16:9"), (_SQUARE, "1:1")):
        if not name and words & shapes and _is_shape(marks, start, end, shapes):
            name = aspect
    if not name and _TALL_FILM.search(passage):
        name = "9:16"
    if name in ASPECTS:
        made.append(DirectionSpan(kind="aspect", start=start, end=end, value=name))
    return made


def _is_shape(marks: Marks, start: int, end: int, shapes: frozenset[str]) -> bool:
    """Return whether the word describes the film: alone, beside a word for a film, or before the film's purpose."""
    words = marks.list_tokens(start, end)
    films = [hit for hit in marks.find_hits(start, end) if hit.mark == "film"]
    for n, word in enumerate(words):
        if word.word not in shapes:
            continue
        beside = [one for one in words[max(0, n - 1) : n + 2] if any(f.start <= one.start < f.end for f in films)]
        after = words[n + 1].word if n + 1 < len(words) else ""
        if len(words) <= _MAX_BARE_SHAPE_WORDS or beside or after in _FOR_WORDS:
            return True
    return False


def _find_length_ms(
    text: str, marks: Marks, facts: FactFinder, start: int, end: int, aside: Sequence[tuple[int, int]]
) -> int:
    """Return the requested length in milliseconds; 0: none is requested. Of two numbers the last counts."""
    minutes = _MINUTES.search(text, start, end) if "film" in marks.list_marks(start, end, aside) else None
    if minutes and not any(a <= minutes.start() < b for a, b in aside):
        return min(int(minutes["n"]) * 60, _MOST_S) * 1000
    for hit in marks.find_hits(start, end):
        if hit.mark != "seconds" or any(a <= hit.start < b for a, b in aside) or not facts.is_second(hit, start, end):
            continue
        numbers = regex.findall(r"\p{Nd}+", text[max(start, hit.start - 10) : hit.start])
        if numbers and facts.has_film_units(max(start, hit.start - 10), hit.end):
            seconds = int(numbers[-1])
            if _LEAST_S <= seconds <= _MOST_S:
                return seconds * 1000
    return 0
