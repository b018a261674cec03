"""Trims what stands on screen: signs, pictographs and joining words at the ends of a span are left off."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.planner.extract.brief_text import is_pictograph

PREFIX: Final = "لـ"
"""Written for "for" to the word behind it."""
_OPENING: Final = ",;:.!?…、。，；：)]}»”’\"'–—-·|/*•→> \t\n"
_CLOSING: Final = ",;:、，；：([{«“„‘\"'–—-·|/*•→< \t\n"
_FULL_STOPS: Final = ".。।"
_DISCOUNT: Final = regex.compile(
    r"[-−–]\p{Nd}+(?:[.,]\p{Nd}+)?\s?(?:[%°]|(?:grad|degrees?|degrés?|grados|gradi|graus|graden|stopni|градус\p{L}*|derece)(?!\p{L}))",
    regex.I,
)
"""A number that its sign belongs to: ``-20 %``, ``-5 Grad``."""
_ABBREVIATED: Final = regex.compile(r"\.\.$|(?<!\p{L})(?:\p{L}{1,2}\.\s?){1,6}\p{L}{1,3}\.$")
"""Ends with a full stop that belongs to it: ``e.V.``."""
_LEADING_WORDS: Final = regex.compile(
    r"(?:including|darunter|incluido|incluindo|waaronder|deshalb|daher|therefore|hence|por eso|por isso|daarom|dlatego"
    r"|därför|поэтому|тому|proto|and|und|et|y|e|ve|и|en|i|oraz|och|og|및|및|と|و|和|及|plus|also|sowie|aussi|también|também|anche)\s+",
    regex.I,
)
_JOINING_IN: Final = {"en": ("nl",), "i": ("pl", "uk", "hr")}
"""Languages in which a short word joins; in others it begins a phrase."""


def _is_paired(text: str, start: int, end: int, mark: str) -> bool:
    """Return whether the quotation ``mark`` at one end of [start, end) has its partner inside, but not at the other
    end.
    """
    return any(
        mark in pair and text[start:end].count(pair[0]) == text[start:end].count(pair[1])
        and not (text[start] == pair[0] and text[end - 1] == pair[1])
        for pair in ("“”", "„“", "«»", '""') if pair[0] != pair[1] or text[start:end].count(mark) == 2
    )  # fmt: skip


def trim(text: str, start: int, end: int, *, is_line: bool = False, language: str = "") -> tuple[int, int]:
    """Return [start, end) without signs, pictographs and joining words at its ends. ``is_line``: a line keeps its
    full stop and its words. ``language``: in which some words join and others do not: "en az 10 metrekare".
    """
    before = None
    while before != (start, end) and start < end:
        before = (start, end)
        while start < end and (text[start] in _OPENING or is_pictograph(text[start])):
            if _DISCOUNT.match(text, start, end):
                break
            if _is_paired(text, start, end, text[start]):
                break
            start += 1
        start += len(PREFIX) * text.startswith(PREFIX, start, end)
        while end > start and (text[end - 1] in _CLOSING or is_pictograph(text[end - 1])):
            if _is_paired(text, start, end, text[end - 1]):
                break
            end -= 1
        while (
            end > start and text[end - 1] in _FULL_STOPS and not is_line and not _ABBREVIATED.search(text, start, end)
        ):
            end -= 1
        found = None if is_line else _LEADING_WORDS.match(text, start, end)
        if found and language and language not in _JOINING_IN.get(found[0].strip().casefold(), (language,)):
            found = None
        if found and not (text[start].isupper() and text[found.end() : found.end() + 1].isupper()):
            start = found.end()  # "Proto Labs" and "Plus Eins" are names; "Darunter zwei …" and "and Sons" begin so
        for openings, closed in (("(", ")"), ("[", "]"), ("“„", "”"), ("„", "“"), ("«", "»"), ('"', '"')):
            inner = text[start:end]
            opened = sum(inner.count(one) for one in openings)
            if inner.endswith(closed) and inner.count(closed) > opened * (1 + (openings == closed)):
                end -= 1
    return start, end
