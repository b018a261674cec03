"""Words as a plan spells them: ``|`` ends a line, ``**strong**``, ``~~struck~~``, ``\\`` before a sign itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

Style = Literal["plain", "strong", "struck"]
BREAK: Final = "|"
_SIGNS: Final = {"strong": "**", "struck": "~~"}
_ESCAPED: Final = re.compile(r"\\([*~|\\])")
_SIGN: Final = re.compile(r"[*~|\\]")
_HELD: Final = 0xF0000
"""Where a sign that is shown stands while the others are read: in a plane that holds no characters."""
_PIECE: Final = re.compile(r"\*\*(?=\S)(?P<strong>(?:(?!\*\*).)*(?<=\S))\*\*|~~(?=\S)(?P<struck>(?:(?!~~).)*(?<=\S))~~")


class Piece(NamedTuple):
    """Words of one style. A line break is ``\\n``."""

    text: str
    style: Style = "plain"


def pieces(words: str) -> tuple[Piece, ...]:
    """What ``words`` say, by style. A sign without its pair is itself. Pure."""
    held = _ESCAPED.sub(lambda found: chr(_HELD + ord(found[1])), words)
    made: list[Piece] = []
    at = 0
    for found in _PIECE.finditer(held):
        style: Style = "strong" if found["strong"] else "struck"
        made += [Piece(_shown(held[at : found.start()])), Piece(_shown(found[style]), style)]
        at = found.end()
    made.append(Piece(_shown(held[at:])))
    return tuple(piece for piece in made if piece.text)


def shown(words: str) -> str:
    """The letters that are shown: without styles and escapes. A line break is ``\\n``."""
    return "".join(piece.text for piece in pieces(words))


def plain(words: str) -> str:
    """The words without their styles, on one line."""
    return " ".join(shown(words).split())


def spelled(parts: Iterable[tuple[str, Style]]) -> str:
    """Words of each style as a plan spells them: what ``pieces`` reads. A line break is ``\\n``."""
    lines = [""]
    for text, style in parts:
        for number, line in enumerate(text.split("\n")):
            if number:
                lines.append("")
            sign = _SIGNS.get(style, "") if line.strip() else ""
            before, after = (" " if line[:1].isspace() else ""), (" " if line[-1:].isspace() else "")
            lines[-1] += f"{before}{sign}{escaped(' '.join(line.split()))}{sign}{after}"
    return BREAK.join(made for line in lines if (made := " ".join(line.split())))


def escaped(text: str) -> str:
    """``text`` whose signs are shown as they are."""
    return _SIGN.sub(r"\\\g<0>", text)


def _shown(held: str) -> str:
    lines = held.replace(BREAK, "\n")
    return "".join(chr(ord(char) - _HELD) if _HELD <= ord(char) < _HELD + 128 else char for char in lines)
