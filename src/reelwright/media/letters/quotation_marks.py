"""Quotation marks and apostrophes as a language prints them, in place of the straight signs of a keyboard.

Slanted faces draw the straight sign like a closing mark, so that a quotation seemed to open with its end (issue 33).
"""

from __future__ import annotations

from typing import Final

import regex

_ENGLISH: Final = "“”"
_PAIRS: Final = {
    "ar": "«»", "bg": "„“", "cs": "„“", "da": "””", "de": "„“", "el": "«»", "es": "«»", "fa": "«»", "fi": "””",
    "fr": "«»", "hr": "„”", "hu": "„”", "it": "«»", "ja": "「」", "nb": "«»", "no": "«»", "pl": "„”", "pt": "«»",
    "ro": "„”", "ru": "«»", "sk": "„“", "sl": "„“", "sv": "””", "uk": "«»",
}  # fmt: skip
"""The opening and the closing mark by language; English has the others' (its two are known everywhere)."""
_STRAIGHT: Final = frozenset({"he", "yi"})
"""Languages that print the straight sign, which also stands inside words there."""
_QUOTED: Final = regex.compile(r'(?<![^\s(\[{/|*_~–—\ue000-\uf8ff])"(?=\S)([^"]+)(?<=\S)"(?![\p{L}\p{N}])')
_APOSTROPHE: Final = regex.compile(r"(?<=[\p{Latin}\p{Cyrillic}])'(?=[\p{Latin}\p{Cyrillic}])")


def find_marks(language: str) -> str:
    """Return the two marks around a quotation in ``language``, a tag such as ``de`` or ``pt-BR``."""
    return _PAIRS.get(language.split("-")[0].lower(), _ENGLISH)


def set_marks(text: str, language: str) -> str:
    """Put the marks of ``language`` in place of straight ones that stand in pairs, and of straight apostrophes.

    A single one stays: it may be inches or seconds.
    """
    if language.split("-")[0].lower() not in _STRAIGHT:
        marks = find_marks(language)
        opening, closing = marks[0], marks[1]
        if language.lower().startswith("fr"):
            opening, closing = f"{opening}\u00a0", f"\u00a0{closing}"
        text = str(_QUOTED.sub(rf"{opening}\1{closing}", text))
    return str(_APOSTROPHE.sub("’", text))
