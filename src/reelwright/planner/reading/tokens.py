"""Splits a brief into tokens: words, numbers, contacts and single signs, each with the line and brackets it is in."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.planner.certain.parts import find_contacts
from reelwright.planner.extract.brief_text import is_pictograph
from reelwright.reel.base.value import define_value

_TOKEN: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}ー]"  # scripts without spaces: a letter each
    r"|(?:(?=\p{Thai})\X)"
    r"|\p{Nd}+(?:[.,:'’]\p{Nd}+)*"
    r"|\p{L}[\p{L}\p{M}]*(?:['’‑-](?=\p{L})[\p{L}\p{M}]+)*"
    r"|\n|\X"
)

SENTENCE_ENDS: Final = frozenset(".!?…。！？؟।\n")
"""Texts of the tokens that end a sentence."""
QUOTES: Final = frozenset("\"“”„«»「」『』‘’'")


@define_value
class Token:
    """Characters [start, end) of the brief. ``kind``: word, number, sign, emoji, line, or the kind of a contact."""

    text: str
    start: int
    end: int
    kind: str


def tokenise(text: str) -> list[Token]:
    """Split ``text`` into tokens in order; blanks between them belong to none. A contact is one token. Pure."""
    made: list[Token] = []
    at = 0
    for start, end, kind in [*((c.start, c.end, c.kind) for c in find_contacts(text)), (len(text), len(text), "")]:
        if start < at:
            continue
        for match in _TOKEN.finditer(text, at, start):
            if sort := _find_kind(match[0]):
                made.append(Token(text=match[0], start=match.start(), end=match.end(), kind=sort))
        if start < end:
            made.append(Token(text=text[start:end], start=start, end=end, kind=kind))
        at = end
    return made


def _find_kind(text: str) -> str:
    first = text[0]
    if first == "\n":
        return "line"
    if first.isspace():
        return ""
    if first.isalpha():
        return "word"
    if first.isdigit():
        return "number"
    return "emoji" if is_pictograph(first) else "sign"
