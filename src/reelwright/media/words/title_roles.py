"""The place of each role of a beat's words in a title over footage; planners read it without drawing anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HEADS: Final = ("line", "name", "quote", "number", "deal", "after", "steps", "figures")
"""Roles of the headline: the first that has words is it, the others stand under it."""
KICKERS: Final = ("kicker", "label", "before")
UNDERS: Final = ("descriptor", "who", "unit", "terms", "source", "legal")
PLATES: Final = ("url", "code")
INSIDE: Final = {"prefix": "number", "role": "who"}
"""Roles that are set with another: a sign before its number, a person's role after the name."""
TITLE_ROLES: Final = (*HEADS, *KICKERS, *UNDERS, *PLATES, *INSIDE)
"""All roles that a title sets. The two bars of a comparison have no place over footage."""


def find_head_role(words: Mapping[str, str], beat: str) -> str | None:
    """Return the role whose text is the headline, on an end card the name first; None if there is none."""
    first = ("name", *HEADS) if beat == "end_card" else HEADS
    return next((role for role in first if role in words), None)


def merge_roles(words: Mapping[str, str]) -> dict[str, str]:
    """Return the words with ``prefix`` put before ``number``, and ``role`` after ``who`` or, alone, as ``who``."""
    made = dict(words)
    if "prefix" in made and "number" in made:
        made["number"] = made.pop("prefix") + made["number"]
    if "role" in made:
        role = made.pop("role")
        made["who"] = f"{made['who']}, {role}" if "who" in made else role
    return made
