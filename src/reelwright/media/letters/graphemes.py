"""Text as it is set: cleaned, in graphemes, and in the pieces that one face has to draw whole."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterator
from typing import Final

import regex

_GRAPHEME: Final = regex.compile(r"\X")
_PICTURE: Final = regex.compile(r"\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Regional_Indicator}|[0-9#*]\uFE0F?\u20E3")
_SKIN: Final = regex.compile(r"[\U0001F3FB-\U0001F3FF]")
_CONTROL: Final = regex.compile(r"[\p{Cc}\p{Cs}\p{Cn}\uFEFF]")
_JOINED: Final = r"\p{Arabic}\p{Syriac}\p{Devanagari}\p{Bengali}\p{Mongolian}\p{Nko}"
_PIECE: Final = regex.compile(rf"[{_JOINED}][{_JOINED}\p{{M}}\u200C\u200D]*|\X")
_UNSEEN: Final = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{White_Space}]")
JOINED: Final = regex.compile(rf"[{_JOINED}]")


def clean_text(text: str) -> str:
    """Clean a text for setting: composed, white space as one space, no control characters, no skin tones.

    The bundled emoji have one skin only (fonts/README.md), so that the modifier is left out rather than shown beside.
    """
    spaced = regex.sub(r"[\t\n\v\f\r\u0085\u2028\u2029]+", " ", text)
    return unicodedata.normalize("NFC", _SKIN.sub("", _CONTROL.sub("", spaced)))


def split_graphemes(text: str) -> list[str]:
    """Split a text into user-perceived characters; an emoji family is one."""
    return list(_GRAPHEME.findall(text))


def is_picture(grapheme: str) -> bool:
    """Return whether a grapheme asks to be drawn as an emoji."""
    return bool(_PICTURE.match(grapheme)) and "\ufe0e" not in grapheme


def split_by_kind(text: str) -> list[tuple[int, int, bool]]:
    """Split a text into stretches of emoji and of everything else; white space belongs to what is before it."""
    found: list[tuple[int, int, bool]] = []
    at = 0
    for grapheme in split_graphemes(text):
        picture = is_picture(grapheme)
        if found and found[-1][2] == picture:
            found[-1] = (found[-1][0], at + len(grapheme), picture)
        else:
            found.append((at, at + len(grapheme), picture))
        at += len(grapheme)
    return found


def split_pieces(word: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each part of ``word`` that cannot be shared between faces:
    a joined stretch, a grapheme.
    """
    return ((found.start(), found.end()) for found in _PIECE.finditer(word))


def can_cover(characters: Container[int], text: str) -> bool:
    """Return whether every visible character has a glyph,
    by itself or from its parts (``é`` from ``e`` and an accent).
    """
    return all(_covers(characters, character) for character in text)


def _covers(characters: Container[int], character: str) -> bool:
    if ord(character) in characters or _UNSEEN.match(character):
        return True
    parts = unicodedata.normalize("NFD", character)
    return parts != character and all(ord(part) in characters for part in parts)


def measure_width(text: str) -> int:
    """Measure how wide a text is in letters; those of the scripts of East Asia count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
