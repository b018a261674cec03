"""Prepares a brief for matching, and leads matches back to what the person wrote."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from typing import Final

from reelwright.reel.base.value import define_value

_UNSEEN: Final = frozenset(
    [*range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x200B, 0x200E, 0x200F, 0xFEFF, 0x00AD, 0x061C]
)
"""Direction controls and invisible marks: they would reorder or hide words. ZWJ and ZWNJ stay: scripts need them."""


@define_value
class Span:
    """A span of the brief that was read: the person's own characters [start, end)."""

    text: str
    start: int
    end: int


@define_value
class TextMatch:
    """A thing that was understood, and where."""

    text: str
    span: Span


class BriefText:
    """The brief prepared for matching. ``text``: NFKC without invisible controls. Offsets lead back to the original."""

    def __init__(self, original: str) -> None:
        self.original = original
        parts: list[str] = []
        self._at: list[int] = []
        self._from: list[int] = []
        length = 0
        for start, end in _split_clusters(original):
            shown = "".join(c for c in original[start:end] if _is_visible(c))
            piece = unicodedata.normalize("NFKC", shown).replace("\t", " ")
            if piece:
                self._at.append(length)
                self._from.append(start)
                parts.append(piece)
                length += len(piece)
        self.text = "".join(parts)

    def locate_span(self, start: int, end: int) -> Span:
        """Map [start, end) of the prepared ``text`` to the person's own characters, without blanks at either end."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        first = self._find_original(start)
        last = self._find_original_end(end)
        return Span(text=self.original[first:last], start=first, end=last)

    def match_span(self, start: int, end: int, text: str = "") -> TextMatch:
        """Build a match of [start, end) of the prepared text; its value is ``text``, or else the tidied characters."""
        span = self.locate_span(start, end)
        return TextMatch(text=text or tidy(span.text), span=span)

    def _find_original(self, index: int) -> int:
        if not self._at:
            return 0
        return self._from[max(0, bisect_right(self._at, index) - 1)]

    def _find_original_end(self, index: int) -> int:
        """Return the original offset after the cluster that holds matched character ``index - 1``."""
        if not self._at or index <= 0:
            return 0
        place = bisect_right(self._at, index - 1)
        return self._from[place] if place < len(self._from) else len(self.original)


def _split_clusters(text: str) -> list[tuple[int, int]]:
    """Split the text into each starter with the marks that follow it: what NFKC may compose."""
    starts = [i for i, c in enumerate(text) if i == 0 or not unicodedata.combining(c)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True)) if text else []


def _is_visible(char: str) -> bool:
    if char in "\n\t":
        return True
    return ord(char) not in _UNSEEN and unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn")


def tidy(text: str) -> str:
    """Make text fit to be shown: no controls, no emoji, no piled-up marks, single blanks, NFC."""
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or (_is_visible(c) and not is_pictograph(c)))
    return _drop_piled_marks(unicodedata.normalize("NFC", " ".join(kept.split())))


_MARKS: Final = frozenset([*range(0x300, 0x305), *range(0x306, 0x30D), 0x323, 0x327, 0x328, 0x331])
"""Combining marks that writing systems put on Latin, Greek and Cyrillic letters where no composed letter exists."""


def _drop_piled_marks(text: str) -> str:
    """Remove marks that no writing system needs (``Z̴̛̺``): no font can draw them."""
    if not any(0x300 <= ord(c) <= 0x36F for c in text):
        return text
    kept = ""
    for char in text:
        if not 0x300 <= ord(char) <= 0x36F or (ord(char) in _MARKS and not 0x300 <= ord(kept[-1:] or " ") <= 0x36F):
            kept += char
    return kept


def is_pictograph(char: str) -> bool:
    """Return whether ``char`` is an emoji or another picture: nobody can say or set it, so it is left out of words on
    screen.
    """
    code = ord(char)
    if code < 0x2190 or code in (0x2605, 0x2606):
        return False
    return unicodedata.category(char) in ("So", "Sk") or 0xFE00 <= code <= 0xFE0F or 0xE0000 <= code <= 0xE007F
