"""Finds the colour that a brief asks for: its code, or its name in what is said to the maker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import regex

from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.tables import load_colours

_CODES: Final = MappingProxyType({
    "red": "#D7263D", "orange": "#F26A1B", "yellow": "#FFD400", "gold": "#C9A24A", "green": "#2E8B57",
    "mint": "#5BC8A4", "teal": "#0E8C8C", "blue": "#2062D6", "navy": "#1F3A7A", "purple": "#7B3FB5",
    "pink": "#EC4F97", "brown": "#8A5A35",
})  # fmt: skip
"""The accent for each colour of colours.yaml; a look makes it legible on its own grounds."""


def find_accent(facts: CertainFacts) -> str:
    """Find the accent colour ``#RRGGBB`` that a brief asks for; empty: none.

    A code counts anywhere. A name counts only in a direction or the manner of the pictures, since "red wine" is no
    wish; what is denied there ("no pink") does not count. Of several, the one named most, then first.
    """
    if code := regex.search(r"#[0-9a-fA-F]{6}\b", facts.brief):
        return str(code[0]).upper()
    names = Counter[str]()
    directions = [(one.start, one.text) for one in facts.directions]
    seen = [(one.start, one.text) for one in facts.list_pictures("style")]
    for _, text in sorted(directions + seen):
        if "negated" not in Marks(text).list_marks(0, len(text)):
            hits = Marks(text, load_colours).find_hits(0, len(text))
            wholes = [(hit.start, hit.end) for hit in hits]
            names.update(hit.mark for hit in hits if not _is_part((hit.start, hit.end), wholes))
    return _CODES[names.most_common(1)[0][0]] if names else ""


def _is_part(span: tuple[int, int], wholes: Sequence[tuple[int, int]]) -> bool:
    """Return whether a word is part of a longer one, as "bleu" is of "bleu marine"."""
    return any(span != whole and whole[0] <= span[0] and span[1] <= whole[1] for whole in wholes)
