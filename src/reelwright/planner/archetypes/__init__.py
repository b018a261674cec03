"""Archetypes: named dramatic shapes, one strict YAML file each beside this one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.grammar import REQUIRES, followers
from reelwright.planner.tables import beats, read_yaml
from reelwright.reel.noun import noun

HERE: Final = Path(__file__).parent
_LONG: Final = Fraction(60)


@noun
class Archetype:
    """``beats`` in the order in which it tells them; ``core``: those without which it is not that shape.

    ``how``: by beat, what makes it this shape, for whoever writes the words.
    """

    name: str
    about: str
    beats: tuple[str, ...]
    core: tuple[str, ...]
    how: Mapping[str, str]


@cache
def archetypes() -> Mapping[str, Archetype]:
    """All archetypes by name. Raises ``BadInput`` naming file and key where one is wrong."""
    return {path.stem: read_archetype(path.stem, read_yaml(path), path.name) for path in sorted(HERE.glob("*.yaml"))}


def archetype(name: str) -> Archetype:
    """The archetype of that name. Raises ``BadInput`` with the names that there are."""
    if name not in archetypes():
        raise BadInput("archetype", name, ", ".join(archetypes()))
    return archetypes()[name]


_KINDS: Final[Mapping[str, type]] = {"about": str, "beats": list, "core": list, "how": dict}


def read_archetype(name: str, row: Mapping[str, Any], where: str) -> Archetype:
    """An archetype from its file's mapping: beats that there are, in an order in which they may follow each other."""
    for key in row:
        if key not in _KINDS:
            raise BadInput(f"{where}: {key}", row[key], f"keys among {', '.join(_KINDS)}")
    for key, kind in _KINDS.items():
        if type(row.get(key)) is not kind:
            raise BadInput(f"{where}: {key}", row.get(key), kind.__name__)
    order = tuple(row["beats"])
    for key, names in (("beats", order), ("core", row["core"]), ("how", row["how"])):
        if wrong := [one for one in names if one not in beats() or one not in order]:
            raise BadInput(
                f"{where}: {key}", wrong[0], f"beats among {', '.join(beats() if key == 'beats' else order)}"
            )
    for here, after in itertools.pairwise(order):
        if after not in followers(here, _LONG):
            raise BadInput(f"{where}: beats", after, f"after {here} one of {', '.join(followers(here, _LONG))}")
    for index, one in enumerate(order):
        if one in REQUIRES and REQUIRES[one] not in order[:index]:
            raise BadInput(f"{where}: beats", one, f"{REQUIRES[one]} before it")
    if not order or order[0] not in ("hook", "cold_open") or order[-1] != "end_card" or len(set(order)) < len(order):
        raise BadInput(f"{where}: beats", list(order), "beats from hook or cold_open to end_card, each once")
    return Archetype(name=name, about=row["about"], beats=order, core=tuple(row["core"]), how=dict(row["how"]))
