"""Measures how much of a brief the rules leave unused, from the places at which they read what they understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import regex

_WORD: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*"
    r"|[\p{L}\p{N}]\p{M}*(?:[\p{L}\p{N}\p{M}]|[’'.@/&+-](?=[\p{L}\p{N}]))*"
)
"""Matches one word, an address or a number with its marks, or one letter of a writing system without spaces."""


def compute_unused_share(text: str, interpretation: Mapping[str, Any]) -> float:
    """Return the share of the words of ``text``, from 0 to 1, that stand in no span of what was understood.

    ``interpretation``: field to ``{"span": {"start", "end"}, "spans": […]}`` or None, as ``plan`` returns it; offsets
    are the brief's own characters. A brief without words has nothing unused. Pure.
    """
    words = [match.span() for match in _WORD.finditer(text)]
    used = list(_list_spans(interpretation))
    left = [1 for start, end in words if not any(start < to and begin < end for begin, to in used)]
    return len(left) / len(words) if words else 0.0


def _list_spans(understood: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    for row in understood.values():
        for span in (row or {}).get("spans") or [(row or {}).get("span")]:
            if span:
                yield span["start"], span["end"]
