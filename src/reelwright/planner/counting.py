"""How many words a text has and how long they take to read or to say, in any language."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from reelwright.planner.tables import Rate, rates
from reelwright.reel.marked import plain
from reelwright.units import Frames

UNSPACED: Final = frozenset({"ja", "zh", "th", "lo", "km", "my"})
"""Languages written without spaces between words."""
_CHARS_PER_WORD: Final = 3
READ_WORDS_PER_S: Final = 3
SETTLE_S: Final = Fraction(45, 100)
LEAST_S: Final = Fraction(12, 10)
"""Constraint 4. Source: craft.md 1.1, read 2026-11-20."""
SIGN: Final = 2
"""Most letters of a unit that is read as one with its number (``60 °C``)."""
UNREAD_ROLES: Final = frozenset({"ratio_milli", "a", "b", "source", "legal", "terms", "kicker"})
"""Roles that are small print, data or ornament: they do not count as words to be read at once."""


def count_words(text: str, language: str) -> int:
    """Words as a reader meets them; where a script has no spaces, three letters count as one."""
    letters = [c for c in text if unicodedata.category(c)[0] in "LN"]
    if language.split("-")[0] in UNSPACED and any(ord(c) > 0x0E00 for c in letters):
        wide = sum(1 for c in letters if ord(c) > 0x0E00)
        narrow = "".join(" " if ord(c) > 0x0E00 else c for c in text)
        return -(-wide // _CHARS_PER_WORD) + len(narrow.split())
    return sum(1 for word in plain(text).split() if any(unicodedata.category(c)[0] in "LN" for c in word))


def reading_seconds(words: int) -> Fraction:
    """Seconds for which so many words must stay up."""
    return max(LEAST_S, SETTLE_S + Fraction(words, READ_WORDS_PER_S)) if words else Fraction(0)


def read_words(words: Mapping[str, str], language: str) -> int:
    """Words that a shot's on-screen words ask to be read."""
    unread = {*UNREAD_ROLES, "unit"} if len(words.get("unit", "")) <= SIGN else UNREAD_ROLES
    return sum(count_words(text, language) for role, text in words.items() if role not in unread)


def reading_frames(words: Mapping[str, str], language: str, fps: tuple[int, int]) -> Frames:
    """Frames that a shot with these words must last, rounded up."""
    exact = reading_seconds(read_words(words, language)) * fps[0] / fps[1]
    return Frames(-(-exact.numerator // exact.denominator))


def rate_of(language: str) -> Rate:
    """How fast the language is spoken; the rate of letters where it is not in the table."""
    found = rates().get(language.split("-")[0])
    return found or Rate(unit="char", centi=1350, most=1700)


def said_seconds(text: str, language: str, pace: int) -> Fraction:
    """Seconds that a voice would need for ``text``. ``pace`` in per cent. Source: craft.md 3.1."""
    rate = rate_of(language)
    units = count_words(text, "en") if rate.unit == "word" else sum(1 for c in text if c.isalnum())
    pauses = Fraction(12 * sum(text.count(c) for c in ",،、"), 100) + Fraction(
        30 * sum(text.count(c) for c in ".!?。！？।؟"), 100
    )
    digits = Fraction(8 * sum(c.isdigit() for c in text), 100)
    return Fraction(units * 100 * 100, rate.centi * pace) + pauses + digits
