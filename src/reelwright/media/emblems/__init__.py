"""The emblems: drawings of things, such as a tooth. A film has one of what it is about; a screen may show another.

They are glyphs of the face ``emblems-500``. One more needs a row in ``emblems.yaml``, its glyph, which
``tools/fonts/build.py`` adds to the face, and a row of words in the planner's ``tables/emblems.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import define_row, load_yaml

FACE: Final = "emblems-500"
CALENDAR: Final = "calendar"
"""The emblem whose page shows the day that a line names."""
FIRST_PAGE: Final = "\uf100"
"""In ``FACE``, the page of a calendar with dots; then follow the pages of each day of a month."""
DAYS: Final = 31
"""Most days of a month."""

CLOCK: Final = "clock"
"""The emblem whose hands show the hour that a line names."""
FIRST_CLOCK: Final = "\uf130"
"""In ``FACE``, a clock at twelve; then follow those of each half hour."""
CLOCK_FACES: Final = 24


@define_row()
class Emblem:
    """A drawing of a subject. ``glyph``: its character in the face ``FACE``.

    ``kind``: what a film is about, as ``food``, of which it is the drawing where no word calls for a closer one.
    ``beside``: names of what stands with it, with blanks between.
    """

    glyph: str
    kind: str = ""
    beside: str = ""


def check_emblem(field: str, name: object) -> str:
    """Return the name of an emblem. Raises ``BadInput`` naming ``field`` for any other value."""
    if name not in load_emblems():
        raise BadInput(field, name, ", ".join(sorted(load_emblems())))
    return str(name)


def check_emblems(field: str, names: object) -> tuple[str, ...]:
    """Check that each name of a list is that of an emblem, or empty, and return them.

    Raises ``BadInput`` naming ``field`` for any other value.
    """
    if not isinstance(names, list | tuple):
        raise BadInput(field, names, "a list of names")
    return tuple(name and check_emblem(field, name) for name in names)


@cache
def load_emblems() -> Mapping[str, Emblem]:
    """Load all emblems by name."""
    return read_strictly(dict[str, Emblem], load_yaml(Path(__file__).parent / "emblems.yaml"), "emblems.yaml: ")
