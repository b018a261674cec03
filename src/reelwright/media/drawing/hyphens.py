"""Words that are too long for any frame get one hyphen near the middle, before a syllable."""

from __future__ import annotations

from reelwright.media.letters.word_styles import strip_styles

_LONGEST = 16  # letters that a line bears without becoming thin. Source: looks/README.md 8, read 2026-11-20
_VOWELS = frozenset("aeiouyäöüáéíóúàèìòùâêîôûåæøœãõýёаеиоуыэюяъіїєαεηιουω")
_TOGETHER = frozenset(("ch", "ck", "ph", "th", "sh", "sc", "qu"))


def hyphenate_words(text: str) -> str:
    """Set every word of ``text`` with more than 16 letters on two lines, with a hyphen; ``|`` is a line's end.

    The break lies before the last consonant between two vowels, the rule of thumb of most alphabets that have vowels;
    words of other scripts, addresses, words with a style and words without such a place stay whole.
    """
    return " ".join(_halved(word) for word in text.split(" "))


def _halved(word: str) -> str:
    if strip_styles(word) != word or len(word) <= _LONGEST or not word.rstrip(".,;:!?…").isalpha():
        return word
    places = [index for index in range(4, len(word) - 3) if _opens_a_syllable(word.casefold(), index)]
    if not places:
        return word
    middle = len(word) / 2
    at = min(places, key=lambda index: (abs(index - middle), index))
    return f"{word[:at]}-|{word[at:]}"


def _opens_a_syllable(word: str, index: int) -> bool:
    """Return whether a syllable can begin at ``index``:
    a consonant with a vowel after it and one somewhere near before it; pairs that are one sound stay together.
    """
    if len(word) <= index + 1 or word[index] in _VOWELS or word[index + 1] not in _VOWELS:
        return False
    if word[index - 1 : index + 1] in _TOGETHER:
        return False
    return any(letter in _VOWELS for letter in word[max(0, index - 3) : index])
