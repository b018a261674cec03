"""For whom the film is: only heads that are people."""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from reelwright.planner.extract.seen import Found, Seen
from reelwright.planner.tables import lexicon

_FOR: Final = regex.compile(
    r"\b(?:for|aimed at|targeting|target(?:ed)?(?: audience| at)?:?|audience:?|für|за|для|para|pour|per)\s+"
    r"((?:[\p{L}\p{M}’'-]+\s){0,3}?[\p{L}\p{M}’'-]+)(?=[,.;:!?\n]|\s(?:who|that|in|which|with|on|and|to|at|of|keeps|tired)\b|\s*$|\s[—–-])",
    regex.I,
)


def audience_of(seen: Seen) -> Found | None:
    """``busy parents``: the phrase after ``for`` whose last word is a group of people."""
    for match in _FOR.finditer(seen.text, overlapped=True):
        words = match[1].split()
        if words[-1].casefold().replace("’", "'") in people() and words[0] not in ("the", "a"):
            return seen.found(match.span(1), 80)
    return None


@cache
def people() -> frozenset[str]:
    """Heads of groups of people."""
    return frozenset(str(lexicon()["people"]).split())
