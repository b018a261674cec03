"""Flavors: named ways of making, one strict YAML file each beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.tables import read_yaml, tones
from reelwright.reel.noun import noun
from reelwright.units import ASPECTS, Aspect

HERE: Final = Path(__file__).parent


@noun
class Flavor:
    """A way of making. ``length_ms`` and ``aspect`` hold where neither flags nor the brief's words say otherwise.

    ``tone``: where the brief shows none. ``voice`` False: nobody speaks, lines are read as captions.
    ``animatic`` and ``composer``: ids of the models that draw and compose without a key.
    """

    name: str
    about: str
    aspect: Aspect
    length_ms: int
    look: str
    tone: str
    voice: bool
    fps: tuple[int, int]
    captions: str
    animatic: str
    composer: str


@cache
def flavors() -> Mapping[str, Flavor]:
    """All flavors by name. Raises ``BadInput`` naming file and key where one is wrong."""
    return {path.stem: read_flavor(path.stem, read_yaml(path), path.name) for path in sorted(HERE.glob("*.yaml"))}


def flavor(name: str) -> Flavor:
    """The flavor of that name. Raises ``BadInput`` with the names that there are."""
    if name not in flavors():
        raise BadInput("flavor", name, ", ".join(flavors()))
    return flavors()[name]


_KINDS: Final[Mapping[str, type]] = {
    "about": str, "aspect": str, "length_ms": int, "look": str, "tone": str, "voice": bool, "fps": list,
    "captions": str, "animatic": str, "composer": str,
}  # fmt: skip


def read_flavor(name: str, row: Mapping[str, Any], where: str) -> Flavor:
    """A flavor from its file's mapping. Raises ``BadInput`` on an unknown or missing key and a wrong value."""
    for key in row:
        if key not in _KINDS:
            raise BadInput(f"{where}: {key}", row[key], f"keys among {', '.join(_KINDS)}")
    for key, kind in _KINDS.items():
        if type(row.get(key)) is not kind:
            raise BadInput(f"{where}: {key}", row.get(key), kind.__name__)
    if row["aspect"] not in ASPECTS:
        raise BadInput(f"{where}: aspect", row["aspect"], ", ".join(ASPECTS))
    if row["tone"] not in tones():
        raise BadInput(f"{where}: tone", row["tone"], ", ".join(tones()))
    if not 1000 <= row["length_ms"] <= 600_000:
        raise BadInput(f"{where}: length_ms", row["length_ms"], "from 1000 to 600000")
    fps = row["fps"]
    if len(fps) != 2 or any(type(part) is not int or part < 1 for part in fps):
        raise BadInput(f"{where}: fps", fps, "numerator and denominator, such as [30, 1]")
    return Flavor(name=name, **{**row, "fps": (fps[0], fps[1])})
