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
from reelwright.planner.tables import load_beats, read_yaml
from reelwright.reel.value import define_value

HERE: Final = Path(__file__).parent
_LONG_FILM_S: Final = Fraction(60)


@define_value
class Archetype:
    """A named dramatic shape. ``beats`` in the order in which it tells them; ``core``: those that it cannot do without.

    ``beat_notes``: by beat, what makes the beat fit this shape, for whoever writes the words.
    """

    name: str
    about: str
    beats: tuple[str, ...]
    core: tuple[str, ...]
    beat_notes: Mapping[str, str]


@cache
def load_archetypes() -> Mapping[str, Archetype]:
    """Load all archetypes by name. Raises ``BadInput`` naming file and key of a wrong one."""
    return {path.stem: read_archetype(path.stem, read_yaml(path), path.name) for path in sorted(HERE.glob("*.yaml"))}


def get_archetype(name: str) -> Archetype:
    """Return the archetype of that name. Raises ``BadInput`` that lists the known names."""
    if name not in load_archetypes():
        raise BadInput("archetype", name, ", ".join(load_archetypes()))
    return load_archetypes()[name]


_KINDS: Final[Mapping[str, type]] = {"about": str, "beats": list, "core": list, "how": dict}


def read_archetype(name: str, row: Mapping[str, Any], where: str) -> Archetype:
    """Read an archetype from its file's mapping. Its beats must exist, and may follow each other in this order."""
    for key in row:
        if key not in _KINDS:
            raise BadInput(f"{where}: {key}", row[key], f"keys among {', '.join(_KINDS)}")
    for key, kind in _KINDS.items():
        if type(row.get(key)) is not kind:
            raise BadInput(f"{where}: {key}", row.get(key), kind.__name__)
    order = tuple(row["beats"])
    for key, names in (("beats", order), ("core", row["core"]), ("how", row["how"])):
        if wrong := [one for one in names if one not in load_beats() or one not in order]:
            raise BadInput(
                f"{where}: {key}", wrong[0], f"beats among {', '.join(load_beats() if key == 'beats' else order)}"
            )
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
    return Archetype(name=name, about=row["about"], beats=order, core=tuple(row["core"]), beat_notes=dict(row["how"]))
