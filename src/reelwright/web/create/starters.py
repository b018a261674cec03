"""Examples to begin from: their words, and a drawn cover of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from reelwright.web.pictures import draw_card


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """An example. ``text``: its brief or script; ``fields``: other fields of the form; the rest is its cover, in the
    ``look`` that its film has.
    """

    name: str
    title: str
    about: str
    text: str
    look: str
    staging: str
    cover: Mapping[str, str]
    variant: int
    fields: Mapping[str, str] = field(default_factory=dict)


STARTERS: Final = (
    Starter(
        name="bakery", title="First loaf at six", about="a brief, 15 s, 16:9",
        text="A 15-second film for Fold, a bakery in Leith that opens at six. “First loaf at six.” Sourdough, rye and "
        "warm rolls, baked by hand every night. Playful.",
        look="riso", staging="reveal", cover={"name": "First loaf at six"}, variant=3, fields={"aspect": "16:9"},
    ),
    Starter(
        name="lamp", title="It never flickers", about="a script, 9:16",
        text="# Fenn\n## A desk lamp for long nights\n\nIt never flickers.\n\n**40 hours** on one charge\n\n"
        "> The last lamp I will buy.\n> — Ines, architect\n\n[Order yours](https://fenn.example)\n",
        look="noir", staging="hook", cover={"line": "It never flickers"}, variant=5, fields={"aspect": "9:16"},
    ),
    Starter(
        name="market", title="48 hours only", about="a brief, square",
        text="Night market at the old ferry dock, this Friday and Saturday from 7 pm. 40 stalls, three stages, free "
        "entry. “48 hours only.” Loud and fast, for social media.",
        look="slam", staging="urgency", cover={"line": "48 hours only"}, variant=2, fields={"aspect": "1:1"},
    ),
)  # fmt: skip


@cache
def draw_covers() -> dict[str, str]:
    """Draw the cover of each example, by its name, as a ``data:`` URL."""
    covers = {one.name: draw_card(one.look, one.staging, dict(one.cover), one.variant) for one in STARTERS}
    return {**covers, "example": draw_card("slam", "reveal", {"name": "VoltCup"}, 1)}
