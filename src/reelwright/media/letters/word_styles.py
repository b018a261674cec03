"""Styles of words on their way to the typesetter:
private signs around them, which no face draws and no line breaks at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from reelwright.reel.film.markup import BREAK, Style, parse_pieces, to_screen_text

StyleSpans = tuple[tuple[int, int, Style], ...]
"""Start, end and style of each stretch of a text that has a style."""

_OPENS: Final[dict[str, str]] = {"strong": "\ue001", "struck": "\ue003"}
_CLOSES: Final[dict[str, str]] = {"strong": "\ue002", "struck": "\ue004"}
_STYLE_OF: Final[dict[str, Style]] = {"\ue001": "strong", "\ue002": "strong", "\ue003": "struck", "\ue004": "struck"}
_UPRIGHT: Final = "\ue005"
"""The sign ``|`` where it is shown and ends no line."""
_OWN: Final = re.compile("[\ue000-\uf8ff]")
_SIGNS: Final = re.compile("[\ue001-\ue004]")
_WORD: Final = re.compile(r"\S+")


def mark_styles(words: str) -> str:
    """Convert a plan's words to a typesetter's: private signs around each styled word, ``|`` only where lines end."""
    made = ""
    for text, style in parse_pieces(_OWN.sub("", words)):
        shown = text.replace(BREAK, _UPRIGHT).replace("\n", BREAK)
        if style != "plain":
            opens, closes = _OPENS[style], _CLOSES[style]
            shown = BREAK.join(_WORD.sub(rf"{opens}\g<0>{closes}", line) for line in shown.split(BREAK))
        made += shown
    return " ".join(made.split())


def mark_listing(words: str) -> str:
    """Prepare lines of code of a plan: their spaces stay, and no word has a style. Lines end at ``|``."""
    return to_screen_text(_OWN.sub("", words)).replace(BREAK, _UPRIGHT).replace("\n", BREAK)


def strip_styles(text: str) -> str:
    """Return the text as it reads: without the private signs that ``mark_styles`` put around styled words."""
    return _SIGNS.sub("", text).replace(_UPRIGHT, BREAK) if _OWN.search(text) else text


def split_beside_signs(text: str, phrases: Sequence[str]) -> list[str]:
    """Split a text with signs of styles where it reads as these phrases: a sign that opens a style goes with the phrase
    after it, one that closes a style with the phrase before it.
    """
    found, at = [], 0
    for phrase in phrases:
        start, shown = at, 0
        while shown < len(phrase) or text[at : at + 1] in _CLOSES.values():
            shown += text[at] not in _STYLE_OF
            at += 1
        found.append(text[start:at])
    return found


def mark_lead_strong(line: str, lead: str) -> str:
    """Make the ``lead`` of ``line`` strong, where the line begins with it."""
    bold = lead.strip()
    return f"{_OPENS['strong']}{bold}{_CLOSES['strong']}{line.removeprefix(bold)}" if line.startswith(lead) else line


def find_strong_words(text: str) -> str:
    """Return the strong words of ``text``; empty where there are none."""
    shown, styled = split_styles(text)
    return " ".join(shown[start:end] for start, end, style in styled if style == "strong")


def drop_struck_words(text: str) -> str:
    """Return ``text`` without its struck words; all of it where every word is struck."""
    lines = [" ".join(word for word in line.split() if _OPENS["struck"] not in word) for line in text.split(BREAK)]
    return BREAK.join(line for line in lines if line) or text


def is_struck(text: str) -> bool:
    """Return whether every word of ``text`` is struck."""
    words = text.replace(BREAK, " ").split()
    return bool(words) and all(_OPENS["struck"] in word for word in words)


def split_old_price(text: str) -> tuple[str, str]:
    """Split a text after the struck words that it begins with: an old price and a new one; the first may be empty."""
    words = [word for line in text.split(BREAK) for word in (*line.split(), BREAK)][:-1]
    count = next((n for n, word in enumerate(words) if word != BREAK and _OPENS["struck"] not in word), 0)
    old = " ".join(word for word in words[:count] if word != BREAK)
    new = " ".join(words[count:]).replace(f" {BREAK} ", BREAK)
    return (old, new) if old and new else ("", text)


def has_struck_words(text: str) -> bool:
    """Return whether a word of ``text`` is struck."""
    return _OPENS["struck"] in text


def split_styles(text: str) -> tuple[str, StyleSpans]:
    """Split a text into the bare text and its styled stretches; neighbours with only a space between are one stretch.

    Of a line that begins or ends within a styled stretch, the part that it holds is styled.
    """
    if not _OWN.search(text):
        return text, ()
    made = ""
    found: list[tuple[int, int, Style]] = []
    opened: int | None = None
    for char in text:
        if char not in _STYLE_OF:
            made += BREAK if char == _UPRIGHT else char
        elif char in _OPENS.values():
            opened = len(made)
        else:
            found.append((opened or 0, len(made), _STYLE_OF[char]))
            opened = None
    if opened is not None:
        last = max(char for char in text if char in _STYLE_OF)
        found.append((opened, len(made), _STYLE_OF[last]))
    joined: list[tuple[int, int, Style]] = []
    for start, end, style in found:
        if joined and joined[-1][2] == style and not made[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end, style)
        elif start < end:
            joined.append((start, end, style))
    return made, tuple(joined)
