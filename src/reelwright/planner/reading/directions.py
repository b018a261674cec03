"""Reads what a direction to the maker asks for: a length, a shape, and what not to show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks, list_mark_words
from reelwright.planner.certain.values import DirectionKind
from reelwright.reel.value import define_value

_SHAPES: Final = (("tall_place", "9:16"), ("wide_place", "16:9"))
"""Keys of ``words.yaml`` that name places which show films of that shape."""
_LEAST_S, _MOST_S = 3, 180
_NUMBER_BEFORE: Final = regex.compile(r"(?<![\p{Nd}.,:])(\p{Nd}{1,3})(?:[.,]\p{Nd})?[\s.-]*$")
_MINUTE_S: Final = 60
_NO_KINDS: Final[tuple[tuple[str, DirectionKind], ...]] = (
    ("prices", "no_prices"), ("dates", "no_dates"), ("names", "no_names"), ("hidden", "no_places"),
)  # fmt: skip
_AT_ALL: Final = list_mark_words("at_all")
_MAX_TONE_WORDS: Final = 4


@define_value
class Reading:
    """A wish that a direction states. ``value``: milliseconds of a length, or an aspect; else empty."""

    kind: DirectionKind
    value: str = ""


def read_direction(text: str, marks: Marks, start: int, end: int) -> Iterator[Reading]:
    """Yield what the direction [start, end) of ``text`` asks for; at least one reading. Pure."""
    found = marks.list_marks(start, end)
    made = [*_read_length(text, marks, start, end), *_read_shape(marks, start, end)]
    yield from made
    negated = "negated" in found
    kind: DirectionKind | None = next((kind for mark, kind in _NO_KINDS if negated and mark in found), None)
    if not kind and negated and "text_on_screen" in found and _is_no_text(marks, start, end):
        kind = "no_text"
    if not kind and not made:
        if "film" in found:
            kind = "request"
        elif "audience" in found:
            kind = "audience"
        elif "look" in found:
            kind = "look"
        elif "tone" in found and len(marks.list_tokens(start, end)) <= _MAX_TONE_WORDS:
            kind = "tone"
        else:
            kind = "other"
    if kind:
        yield Reading(kind=kind)


def _read_length(text: str, marks: Marks, start: int, end: int) -> Iterator[Reading]:
    """Yield the length that is asked for; of two numbers (``15-20 s``) the last counts."""
    seconds = 0
    for hit in marks.find_hits(start, end):
        if hit.mark not in ("seconds", "minutes", "half_minute"):
            continue
        if hit.mark == "half_minute":
            seconds = _MINUTE_S // 2
            continue
        unit = _MINUTE_S if hit.mark == "minutes" else 1
        if number := _NUMBER_BEFORE.search(text[max(start, hit.start - 10) : hit.start]):
            seconds = int(number[1]) * unit
        elif word := next((w for w in reversed(marks.list_tokens(start, hit.start))), None):
            seconds = _COUNT_WORDS.get(word.word, 0) * unit or seconds
    if _LEAST_S <= seconds <= _MOST_S:
        yield Reading(kind="length", value=str(seconds * 1000))


_COUNT_WORDS: Final = {
    word: count
    for count, words in {
        1: "one a eine ein une un una uma bir една одна egy",
        10: "ten zehn dix diez dez dieci on десет десять tien",
        15: "fifteen fünfzehn funfzehn quinze quince quindici onbeş onbes петнадесет пятнадцать vijftien",
        20: "twenty zwanzig vingt veinte vinte venti yirmi двадесет двадцать twintig",
        30: "thirty dreißig dreissig trente treinta trinta trenta otuz тридесет тридцать dertig",
        45: "fortyfive",
        60: "sixty sechzig soixante sesenta sessenta sessanta altmış altmis шестдесет шестьдесят zestig",
    }.items()
    for word in words.split()
}
"""Numbers in words before seconds and minutes, spelt as tokens are."""


def _read_shape(marks: Marks, start: int, end: int) -> Iterator[Reading]:
    found = marks.list_marks(start, end)
    if name := next((aspect for mark, aspect in _SHAPES if mark in found), ""):
        yield Reading(kind="aspect", value=name)


def _is_no_text(marks: Marks, start: int, end: int) -> bool:
    """Return whether the direction denies text and says nothing else: ``no text at all``."""
    hits = [hit for hit in marks.find_hits(start, end) if hit.mark in ("negated", "text_on_screen")]
    words = marks.list_tokens(start, end)
    return all(any(h.start <= w.start < h.end for h in hits) or w.word in _AT_ALL for w in words)
