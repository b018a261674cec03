"""A look as data: palette, type, eases and sizes read from the look's own file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Annotated, Literal, TypeVar, get_args

from reelwright.errors import BadInput
from reelwright.media.animatic import colour
from reelwright.media.animatic.easing import Ease, make_bezier
from reelwright.reel.plan import BEATS
from reelwright.reel.strict_model import read_strictly
from reelwright.reel.yaml_rows import ReadAs, define_row, load_yaml

Row = TypeVar("Row", bound=Mapping[str, object])

_SHAPES, _TEXT = 3.0, 4.5  # WCAG 2.2: graphics and large type; body text


Colour = Annotated[str, ReadAs(str, colour.parse_colour)]
ColourName = Literal["bg", "surface", "text", "dim", "accent", "shade", "pale", "paper"]
"""The colours by the names that look files and stagings give them."""


@define_row()
class Palette:
    """Colours as ``#RRGGBB``. ``accent_text`` is the accent where words are set in it on ``bg``.

    ``dim`` is for quiet words, ``pale`` for a ground that has lost its colour.
    """

    bg: Colour
    surface: Colour
    text: Colour
    dim: Colour
    accent: Colour
    shade: Colour
    pale: Colour
    paper: Colour
    accent_text: str = ""
    on_accent: str = ""

    def get_colour(self, name: ColourName) -> str:
        """Return the colour of that name."""
        found: str = getattr(self, name)
        return found


Role = Literal["display", "label", "caption", "strong", "code"]


@define_row(is_uppercase="case")
class Lettering:
    """Settings for a kind of type: the typesetter's role, its case and its tracking in 1/1000 em."""

    role: Role
    is_uppercase: Annotated[bool, ReadAs(Literal["upper", "keep"], lambda case: case == "upper")]
    tracking: int


def _require(*names: str) -> Callable[[Row], Row]:
    def check(row: Row) -> Row:
        if set(row) != set(names):
            raise ValueError(f"a mapping with the keys {', '.join(names)}")
        return row

    return check


_Bezier = Annotated[Ease, ReadAs(tuple[float, float, float, float], lambda handles: make_bezier(*handles))]


@define_row()
class Look:
    """Everything that a staging takes from a look. Lengths in frames at 30 fps, sizes at a short side of 1080."""

    id: str
    palette: Palette
    type: Annotated[
        Mapping[str, Lettering],
        ReadAs(dict[str, Lettering], _require("display", "label", "address", "plain", "number", "code")),
    ]
    angle: float
    halftone: Annotated[Mapping[str, float], ReadAs(dict[str, float], _require("cell", "angle"))]
    grain: float
    ease: Annotated[Mapping[str, Ease], ReadAs(dict[str, _Bezier], _require("hit", "in", "out", "even", "count"))]
    frames: Annotated[
        Mapping[str, int],
        ReadAs(dict[str, int], _require("hit", "slab", "picture", "rise", "button", "count", "carry")),
    ]
    shake: int
    sizes: Annotated[
        Mapping[str, float],
        ReadAs(dict[str, float], _require("headline", "label", "label_tall", "legal", "legal_tall", "echo")),
    ]
    opens: Annotated[Mapping[str, ColourName], ReadAs(dict[str, ColourName], _require(*BEATS))]
    carries: Mapping[str, tuple[str, ...]]

    @property
    def slope(self) -> float:
        """The tangent of the look's angle."""
        return math.tan(math.radians(self.angle))


def load_look(name: str, accent: str | None = None) -> Look:
    """Return the look of that name, in a brand's ``accent`` where one is given.

    Raises ``BadInput`` on an unknown name.
    """
    look = _read(name)
    return look if accent is None else replace(look, palette=_branded(look.palette, colour.parse_colour(accent)))


def list_colours(look: Look) -> dict[str, str]:
    """Return the colours of a look by their names, as ``#RRGGBB``."""
    return {name: look.palette.get_colour(name) for name in get_args(ColourName)}


def list_look_names() -> tuple[str, ...]:
    """List the names of the looks that are installed, in alphabetical order."""
    folder = resources.files(__package__) / "looks"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


@cache
def _read(name: str) -> Look:
    if name not in list_look_names():
        raise BadInput("look", name, " | ".join(list_look_names()))
    file = resources.files(__package__) / "looks" / f"{name}.yaml"
    look = read_strictly(Look, load_yaml(file), f"{file.name}: ")
    accent = look.palette.accent
    return replace(look, palette=replace(look.palette, accent_text=accent, on_accent=colour.choose_text_colour(accent)))


def _branded(palette: Palette, brand: str) -> Palette:
    accent = colour.make_legible(brand, palette.bg, _SHAPES)
    return replace(
        palette,
        accent=accent,
        accent_text=colour.make_legible(brand, palette.bg, _TEXT),
        on_accent=colour.choose_text_colour(accent),
    )
