"""Where a title over footage sets each role of a beat's words; read by what plans, without drawing anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HEADS: Final = ("line", "name", "quote", "number", "deal", "after", "steps")
"""Roles that are the headline, the first that is there; the others stand under it."""
KICKERS: Final = ("kicker", "label", "before")
UNDERS: Final = ("descriptor", "who", "unit", "terms", "source", "legal")
PLATES: Final = ("url", "code")
INSIDE: Final = {"prefix": "number", "role": "who"}
"""Roles that are set with another: a sign before its number, what somebody is after who it is."""
TITLE_ROLES: Final = (*HEADS, *KICKERS, *UNDERS, *PLATES, *INSIDE)
"""All roles that a title sets. The two bars of a comparison have no place over footage."""


def head_of(words: Mapping[str, str], beat: str) -> str | None:
    """The role that is the headline: a last card's is its name."""
    first = ("name", *HEADS) if beat == "end_card" else HEADS
    return next((role for role in first if role in words), None)


def merged(words: Mapping[str, str]) -> dict[str, str]:
    """``words`` with every role that is set inside another put there; one that stands alone stays."""
    made = dict(words)
    if "prefix" in made and "number" in made:
        made["number"] = made.pop("prefix") + made["number"]
    if "role" in made:
        role = made.pop("role")
        made["who"] = f"{made['who']}, {role}" if "who" in made else role
    return made
