"""The brief's own sentences, told apart: what may be said in the film, and what was said to us."""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import lexicon

_ENDS: Final = regex.compile(
    r"(?<=[!?。！？।؟…])\s*|(?<=\.)(?!\s(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))(?=\s|$)\s*|\n+|\s+[—–]\s+|;\s+"
)
_COMMAS: Final = regex.compile(r"(?<=[,،、，:])\s*")
LONGEST_SAID: Final = 180
MOST: Final = 80
"""Most clauses that are kept: more than any film can say."""


def content_of(seen: Seen, manner: frozenset[str] = frozenset()) -> tuple[Found, ...]:
    """Clauses that may stand in the film, in the brief's order; instructions to us and hostile text are left out.

    ``manner``: words that only say how to tell it; a clause of nothing else is an instruction.
    """
    found = []
    for start, end in _pieces(seen.text):
        text = seen.show(start, end).strip(" ,;:-–—،、，")
        if text and len(text) <= LONGEST_SAID and not instruction(text) and _sayable(text) and not _only(text, manner):
            found.append(seen.found((start, end), 60, text))
        if len(found) == MOST:
            break
    return tuple(found)


def _pieces(text: str) -> list[tuple[int, int]]:
    """Sentences; one that instructs us is looked at comma by comma, for what it also tells."""
    made: list[tuple[int, int]] = []
    for start, end in _split(text, 0, _ENDS):
        inner = text[start:end]
        if hostile(inner):
            continue
        made.extend(
            _split(inner, start, _COMMAS) if instruction(inner) or len(inner) > LONGEST_SAID else [(start, end)]
        )
    return made


def _split(text: str, offset: int, pattern: regex.Pattern[str]) -> list[tuple[int, int]]:
    made, at = [], 0
    for match in pattern.finditer(text):
        if match.start() > at:
            made.append((offset + at, offset + match.start()))
        at = max(at, match.end())
    if at < len(text):
        made.append((offset + at, offset + len(text)))
    return made


def hostile(text: str) -> bool:
    """Does the text try to command us, or carry code?"""
    low = text.casefold()
    return any(str(word) in low for word in lexicon()["hostile"])


def instruction(text: str) -> bool:
    """Does the clause speak of the film itself, or try to command?"""
    low = text.casefold()
    if hostile(text):
        return True
    words = regex.findall(r"[\p{L}\p{M}\d:]+", low)
    spaced, unspaced = _instructions()
    return (
        any(word in spaced for word in words)
        or any(word in low for word in unspaced)
        or bool(
            regex.match(
                r"(?:show|make|use|keep|no (?:\p{L}+\s)?(?:text|people|music|logo|voice)|don't|do not|avoid|please"
                r"|create|generate"
                r"|(?:(?:the|our|my|its) )?(?:app|product|brand|company|shop)(?:['’]s)? name\b"
                r"|explain|describe|tell (?:us|them|people|the)|we need|i need|i want|target"
                r"|\d+[\s-]*(?:s|secs?|seconds?|min|minutes?)\b)\b",
                low,
            )
        )
    )


@cache
def _instructions() -> tuple[frozenset[str], tuple[str, ...]]:
    words = str(lexicon()["instructions"]).casefold().split()
    wide = tuple(word for word in words if ord(word[0]) > 0x2E80)
    return frozenset(words) - frozenset(wide), wide


def _only(text: str, words: frozenset[str]) -> bool:
    found = regex.findall(r"[\p{L}\p{M}]+", text.casefold())
    return all(word in words or word in ("and", "but", "very", "tone") for word in found)


def _sayable(text: str) -> bool:
    """Mostly letters, and none of the marks of code."""
    if regex.search(r"[<>{}\[\]\\|`$^~]|::|://|==", text):
        return False
    letters = sum(c.isalpha() for c in text)
    marks = sum(1 for c in text if regex.match(r"\p{M}", c))
    return letters >= 2 and (letters + marks) * 2 >= len(text.replace(" ", "")) and marks <= letters
