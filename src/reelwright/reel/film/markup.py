"""The markup of words in a plan: ``|`` breaks a line, ``**strong**``, ``~~struck~~``, ``\\`` escapes a sign."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal, NamedTuple

Style = Literal["plain", "strong", "struck"]
BREAK: Final = "|"
LABEL_ENDS: Final = (":", "：")
"""How strong words end that are the label of a row, ``**Friday:** Alma Reyes``, and no number with what it counts."""
_SIGNS: Final = {"strong": "**", "struck": "~~"}
_ESCAPED: Final = re.compile(r"\\([*~|\\])")
_SIGN: Final = re.compile(r"[*~|\\]")
_HELD: Final = 0xF0000
"""Escaped signs are moved here, into a private plane of Unicode, while the others are parsed."""
_PIECE: Final = re.compile(r"\*\*(?=\S)(?P<strong>(?:(?!\*\*).)*(?<=\S))\*\*|~~(?=\S)(?P<struck>(?:(?!~~).)*(?<=\S))~~")


class Piece(NamedTuple):
    """Words of one style. A line break is ``\\n``."""

    text: str
    style: Style = "plain"


def parse_pieces(words: str) -> tuple[Piece, ...]:
    """Parse marked-up words (``**strong**``, ``~~struck~~``, ``|`` for a line break) into pieces of one style.

    A sign without its pair stands for itself. Pure.
    """
    held = _ESCAPED.sub(lambda found: chr(_HELD + ord(found[1])), words)
    made: list[Piece] = []
    at = 0
    for found in _PIECE.finditer(held):
        style: Style = "strong" if found["strong"] else "struck"
        made += [Piece(_restore_signs(held[at : found.start()])), Piece(_restore_signs(found[style]), style)]
        at = found.end()
    made.append(Piece(_restore_signs(held[at:])))
    return tuple(piece for piece in made if piece.text)


def to_screen_text(words: str) -> str:
    """Return marked-up ``words`` as they are drawn: without signs of styles, ``\\n`` for a line break."""
    return "".join(piece.text for piece in parse_pieces(words))


@lru_cache(4096)  # a page asks for the words of each shot several times
def to_plain_text(words: str) -> str:
    """Return marked-up ``words`` on one line, without signs of styles and escapes."""
    return " ".join(to_screen_text(words).split())


def format_pieces(parts: Iterable[tuple[str, Style]]) -> str:
    """Join texts with their styles into the markup that ``parse_pieces`` reads.

    A line break in them is ``\\n``.
    """
    lines = [""]
    for text, style in parts:
        for number, line in enumerate(text.split("\n")):
            if number:
                lines.append("")
            sign = _SIGNS.get(style, "") if line.strip() else ""
            before, after = (" " if line[:1].isspace() else ""), (" " if line[-1:].isspace() else "")
            lines[-1] += f"{before}{sign}{escape_marks(' '.join(line.split()))}{sign}{after}"
    return BREAK.join(made for line in lines if (made := " ".join(line.split())))


def escape_marks(text: str) -> str:
    """Escape every sign of the markup in ``text``, so that it is shown as it is."""
    return _SIGN.sub(r"\\\g<0>", text)


def _restore_signs(held: str) -> str:
    lines = held.replace(BREAK, "\n")
    return "".join(chr(ord(char) - _HELD) if _HELD <= ord(char) < _HELD + 128 else char for char in lines)
