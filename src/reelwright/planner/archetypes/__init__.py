"""Loads archetypes: named dramatic shapes, each in a strict YAML file beside this module."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.grammar import REQUIRES, list_followers
from reelwright.planner.tables import BeatName
from reelwright.planner.yaml_text import parse_text
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import define_row

HERE: Final = Path(__file__).parent
_LONG_FILM_S: Final = Fraction(60)


@define_row(beat_notes="how")
class Archetype:
    """A named dramatic shape. ``beats`` in the order in which it tells them; ``core``: those that it cannot do without.

    ``beat_notes``: by beat, what makes the beat fit this shape, for whoever writes the words.
    """

    name: str
    about: str
    beats: tuple[BeatName, ...]
    core: tuple[str, ...]
    beat_notes: Mapping[str, str]


@cache
def load_archetypes() -> Mapping[str, Archetype]:
    """Load all archetypes by name. Raises ``BadInput`` naming file and key of a wrong one."""
    rows = {path.stem: parse_text(path.read_text(encoding="utf-8"), path.name) for path in sorted(HERE.glob("*.yaml"))}
    return {name: read_archetype(name, row, f"{name}.yaml") for name, row in rows.items()}


def get_archetype(name: str) -> Archetype:
    """Return the archetype of that name. Raises ``BadInput`` that lists the known names."""
    if name not in load_archetypes():
        raise BadInput("archetype", name, ", ".join(load_archetypes()))
    return load_archetypes()[name]


def read_archetype(name: str, row: Mapping[str, Any], where: str) -> Archetype:
    """Read an archetype from its file's mapping. Its beats must exist, and may follow each other in this order."""
    shape = read_strictly(Archetype, {"name": name, **row}, f"{where}: ")
    order = shape.beats
    for key, names in (("core", shape.core), ("how", shape.beat_notes)):
        if wrong := [one for one in names if one not in order]:
            raise BadInput(f"{where}: {key}", wrong[0], f"beats among {', '.join(order)}")
    for here, after in itertools.pairwise(order):
        if after not in list_followers(here, _LONG_FILM_S):
            raise BadInput(
                f"{where}: beats", after, f"after {here} one of {', '.join(list_followers(here, _LONG_FILM_S))}"
            )
    for index, one in enumerate(order):
        if one in REQUIRES and REQUIRES[one] not in order[:index]:
            raise BadInput(f"{where}: beats", one, f"{REQUIRES[one]} before it")
    if not order or order[0] not in ("hook", "cold_open") or order[-1] != "end_card" or len(set(order)) < len(order):
        raise BadInput(f"{where}: beats", list(order), "beats from hook or cold_open to end_card, each once")
    return shape
