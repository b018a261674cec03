"""Counts the words of a text and computes how long they take to read or to say, in any language."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from reelwright.planner.tables import Rate, load_rates
from reelwright.reel.film.markup import to_plain_text
from reelwright.units import Frames

UNSPACED: Final = frozenset({"ja", "zh", "th", "lo", "km", "my"})
"""Languages written without spaces between words."""
_CHARS_PER_WORD: Final = 3
READ_WORDS_PER_S: Final = 3
SETTLE_S: Final = Fraction(45, 100)
MIN_READING_S: Final = Fraction(12, 10)
"""Constraint 4: the fewest seconds that words stay on screen. Source: craft.md 1.1, read 2026-11-20."""
MAX_SIGN_LETTERS: Final = 2
"""Longest unit, in letters, that is read as one with its number (``60 °C``)."""
UNREAD_ROLES: Final = frozenset({"ratio_milli", "chart", "a", "b", "source", "legal", "terms", "kicker", "role"})
"""Roles for small print, data, ornament, or what a speaker is. They do not count as words to be read at once."""


def count_words(text: str, language: str) -> int:
    """Count the words of ``text``. In writing systems without spaces, three letters count as one word."""
    letters = [c for c in text if unicodedata.category(c)[0] in "LN"]
    if language.split("-")[0] in UNSPACED and any(ord(c) > 0x0E00 for c in letters):
        wide = sum(1 for c in letters if ord(c) > 0x0E00)
        narrow = "".join(" " if ord(c) > 0x0E00 else c for c in text)
        return -(-wide // _CHARS_PER_WORD) + len(narrow.split())
    return sum(1 for word in to_plain_text(text).split() if any(unicodedata.category(c)[0] in "LN" for c in word))


def compute_reading_seconds(words: int) -> Fraction:
    """Return the seconds for which ``words`` words must stay on screen."""
    return max(MIN_READING_S, SETTLE_S + Fraction(words, READ_WORDS_PER_S)) if words else Fraction(0)


def count_read_words(words: Mapping[str, str], language: str) -> int:
    """Count the words that a viewer has to read on a shot. ``words``: on-screen text by role."""
    unread = {*UNREAD_ROLES, "unit"} if len(words.get("unit", "")) <= MAX_SIGN_LETTERS else UNREAD_ROLES
    return sum(count_words(text, language) for role, text in words.items() if role not in unread)


def compute_reading_frames(words: Mapping[str, str], language: str, fps: tuple[int, int]) -> Frames:
    """Return the frames that a shot with these words must last, rounded up."""
    exact = compute_reading_seconds(count_read_words(words, language)) * fps[0] / fps[1]
    return Frames(-(-exact.numerator // exact.denominator))


def get_rate(language: str) -> Rate:
    """Return the speaking rate of ``language``, or a rate in letters per second for a language that the table lacks."""
    found = load_rates().get(language.split("-")[0])
    return found or Rate(unit="char", centi=1350, most=1700)


def estimate_speech_seconds(text: str, language: str, pace: int) -> Fraction:
    """Estimate the seconds that a voice needs for ``text`` at ``pace`` per cent of the language's usual rate.

    Source: craft.md 3.1.
    """
    rate = get_rate(language)
    units = count_words(text, "en") if rate.unit == "word" else sum(1 for c in text if c.isalnum())
    pauses = Fraction(12 * sum(text.count(c) for c in ",،、"), 100) + Fraction(
        30 * sum(text.count(c) for c in ".!?。！？।؟"), 100
    )
    digits = Fraction(8 * sum(c.isdigit() for c in text), 100)
    return Fraction(units * 100 * 100, rate.centi * pace) + pauses + digits


_QUICK: Final = Fraction(5, 6)
"""Part of the usual time in which a voice without a key says a line. Source: measured, 106 lines, 2026-11-30."""
_ADDRESS_LETTERS_PER_S: Final = 10


def estimate_quick_speech(text: str, language: str) -> Fraction:
    """Estimate the seconds that a quick voice needs for ``text``, whose addresses it says letter for letter."""
    addresses = [word for word in text.split() if "." in word.strip(".") and any(map(str.isalpha, word))]
    rest = " ".join(word for word in text.split() if word not in addresses)
    letters = sum(map(len, addresses))
    return estimate_speech_seconds(rest, language, 100) * _QUICK + Fraction(letters, _ADDRESS_LETTERS_PER_S)
