"""Examples to begin from: their words, and a drawn cover of each. They stand in starters.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from reelwright.web.pictures import draw_card


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A row of starters.yaml, which says what its fields are."""

    name: str
    title: str
    about: str
    text: str
    look: str
    staging: str
    cover: Mapping[str, str]
    variant: int
    fields: Mapping[str, str]


_ROWS: Final = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
STARTERS: Final = tuple(Starter(**row) for row in _ROWS)


@cache
def draw_covers() -> dict[str, str]:
    """Draw the cover of each example, by its name, as a ``data:`` URL."""
    covers = {one.name: draw_card(one.look, one.staging, dict(one.cover), one.variant) for one in STARTERS}
    return {**covers, "example": draw_card("slam", "reveal", {"name": "VoltCup"}, 1)}
