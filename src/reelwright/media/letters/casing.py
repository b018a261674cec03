"""Capitals as each language writes them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_TONOS: Final = "\u0301"
_DIALYTIKA: Final = "\u0308"
_TURKIC: Final = frozenset({"tr", "az"})
_VOWELS: Final = "αεηιουω"
_HIATUS: Final = re.compile(f"([{_VOWELS}]){_TONOS}([ιυ])(?![{_TONOS}{_DIALYTIKA}])", re.IGNORECASE)
_ACCENT: Final = re.compile(f"([{_VOWELS}]{_DIALYTIKA}?){_TONOS}", re.IGNORECASE)
_DISJUNCTIVE: Final = re.compile(r"(?<!\w)[ήΉ](?!\w)")


def to_capitals(text: str, language: str) -> str:
    """Write a text in upper case: Turkish and Azeri i becomes İ, Greek loses its tonos, German ß becomes SS;
    others as Unicode says.

    Text of a script without case comes back as it is. Source: Unicode 16 SpecialCasing, craft.md 4.2, read 2026-11-20.
    """
    primary = language.split("-")[0].lower()
    if primary in _TURKIC:
        return unicodedata.normalize("NFC", text).replace("i", "İ").replace("ı", "I").upper()
    if primary == "el":
        return _greek(text)
    return text.upper()


def _greek(text: str) -> str:
    # The word "or" keeps its accent, to tell it from the article.
    parts = _DISJUNCTIVE.split(unicodedata.normalize("NFC", text))
    return "Ή".join(_without_tonos(part) for part in parts)


def _without_tonos(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    # A lost accent must not turn two sounds into one: μάιος is ΜΑΪΟΣ.
    apart = _HIATUS.sub(rf"\1\2{_DIALYTIKA}", apart)
    return unicodedata.normalize("NFC", _ACCENT.sub(r"\1", apart)).upper()
