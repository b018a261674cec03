"""How much of a brief the rules leave unused, by the places at which they read what they understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import regex

_WORD: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*"
    r"|[\p{L}\p{N}]\p{M}*(?:[\p{L}\p{N}\p{M}]|[’'.@/&+-](?=[\p{L}\p{N}]))*"
)
"""One word, an address or a number with its marks; a letter of the writing systems that put no blanks between words."""


def unused_share(text: str, understood: Mapping[str, Any]) -> float:
    """The share of the words of ``text``, from 0 to 1, of which no part stands in a span of what was understood.

    ``understood``: field to ``{"span": {"start", "end"}, "spans": […]}`` or None, as ``plan`` shows it; offsets are the
    brief's own characters. Pure. A brief without words has nothing unused.
    """
    words = [match.span() for match in _WORD.finditer(text)]
    used = list(_spans(understood))
    left = [1 for start, end in words if not any(start < to and begin < end for begin, to in used)]
    return len(left) / len(words) if words else 0.0


def _spans(understood: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    for row in understood.values():
        for span in (row or {}).get("spans") or [(row or {}).get("span")]:
            if span:
                yield span["start"], span["end"]
