"""A look as data: palette, type, eases and sizes read from the look's own file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import Annotated, Literal, TypeVar

from reelwright.media.drawing.easing import Ease, make_bezier
from reelwright.media.drawing.style import Colour, ColourName, Lettering, Palette, PlateShape
from reelwright.reel.base.yaml_rows import ReadAs, accept_if, define_row

Row = TypeVar("Row", bound=Mapping[str, object])


def _between(least: float, most: float, kind: type = float) -> ReadAs:
    """Read a number in bounds beyond which no look can be drawn, or no film in it be read."""
    return ReadAs(kind, accept_if(lambda number: least <= number <= most, f"a number from {least:g} to {most:g}"))


def _read_bezier(handles: tuple[float, float, float, float]) -> Ease:
    x1, y1, x2, y2 = handles
    if not (0 <= x1 <= 1 and 0 <= x2 <= 1 and min(y1, y2) >= -2 and max(y1, y2) <= 3):
        raise ValueError("x1, y1, x2, y2 of a cubic Bézier: x from 0 to 1, y from -2 to 3")
    return make_bezier(*handles)


_Bezier = Annotated[Ease, ReadAs(tuple[float, float, float, float], _read_bezier)]
_Frames = Annotated[int, _between(1, 120, int)]
_Size = Annotated[float, _between(0.5, 400)]


def _require(*names: str, more: bool = False) -> Callable[[Row], Row]:
    """Make the check that a row has these keys; ``more``: it may have others, for the look's own stagings."""

    def check(row: Row) -> Row:
        if not set(names) <= set(row) or (set(row) > set(names) and not more):
            raise ValueError(f"a mapping with the keys {', '.join(names)}")
        return row

    return check


@define_row()
class TitleStyle:
    """Style of words over footage. ``plates``: under the line that counts (``loud``), under every line (``each``), one
    under all of them (``one``), or none. ``shape`` and ``ground``: form and colour of a plate; the line that counts has
    the accent.
    """

    plates: Literal["loud", "each", "one", "none"] = "loud"
    shape: PlateShape = "slant"
    ground: ColourName = "accent"


def _check_halftone(row: dict[str, float]) -> dict[str, float]:
    if row.keys() != {"cell", "angle"} or row["cell"] < 1:
        raise ValueError("a mapping with the keys cell (from 1 to 90) and angle (from 0 to 90)")
    return row


@define_row()
class Look:
    """Everything that a staging takes from a look. Lengths in frames at 30 fps, sizes at a short side of 1080.

    ``about``, ``use_when`` and ``avoid_when`` are read by people; ``tones`` are those that the look suits best, and
    ``kinds`` what films are about that it suits, such as food. ``accents`` may stand for the palette's accent, so that
    two films in one look need not have the same colour. ``subject_accents``: of these or others, the ones that belong
    to some emblems or ``kinds`` of film. ``grounds``: the colours of the palette, or of ``own``, that a film in one of
    these accents has instead.
    ``motifs``: for a beat, what its compositions draw beside the words, by variant; a film shows one again only once
    it has shown the others. ``themes``: motifs that belong to some ``kinds`` of film alone, such as fruit to food.
    ``headline_sizes``: the cap heights in which headlines stand, so that a film has few of them; empty, or where a
    headline fits in none: as large as it can be.
    ``angle``: degrees that slabs lean by. ``shake``: pixels of a kick. ``photo``: how a picture that fills the frame is
    graded (colour and contrast kept, 1 for all; lift of the blacks). ``titles``: how words stand over footage. ``own``:
    what the look's own stagings alone read.
    """

    id: str
    about: str
    use_when: str
    avoid_when: str
    tones: tuple[str, ...]
    palette: Palette
    type: Annotated[
        Mapping[str, Lettering],
        ReadAs(dict[str, Lettering], _require("display", "label", "address", "plain", "number", "code", more=True)),
    ]
    ease: Annotated[Mapping[str, Ease], ReadAs(dict[str, _Bezier], _require("hit", "in", "out", "even", "count"))]
    frames: Annotated[
        Mapping[str, int],
        ReadAs(dict[str, _Frames], _require("hit", "slab", "picture", "rise", "button", "count", "carry")),
    ]
    sizes: Annotated[
        Mapping[str, float],
        ReadAs(dict[str, _Size], _require("headline", "label", "label_tall", "legal", "legal_tall", "echo")),
    ]
    accents: tuple[Colour, ...] = ()
    subject_accents: Mapping[Colour, tuple[str, ...]] = field(default_factory=dict)
    grounds: Mapping[Colour, Mapping[str, Colour]] = field(default_factory=dict)
    angle: Annotated[float, _between(0, 20)] = 0
    halftone: Annotated[Mapping[str, float], ReadAs(dict[str, Annotated[float, _between(0, 90)]], _check_halftone)] = (
        field(default_factory=lambda: {"cell": 14, "angle": 22})
    )
    grain: Annotated[float, _between(0, 4)] = 0
    shake: Annotated[int, _between(0, 40, int)] = 0
    photo: Annotated[
        Mapping[str, float],
        ReadAs(dict[str, Annotated[float, _between(-0.5, 2)]], _require("colour", "contrast", "lift")),
    ] = field(default_factory=lambda: {"colour": 1, "contrast": 1, "lift": 0})
    titles: TitleStyle = field(default_factory=TitleStyle)
    headline_sizes: tuple[_Size, ...] = ()
    opens: Mapping[str, ColourName] = field(default_factory=dict)
    carries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own: Mapping[str, float | str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    motifs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    themes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def lay_ground(self, accent: str) -> Look:
        """Return the look on the ground that belongs to one of its accents; for any other accent, as it is."""
        given = self.grounds.get(accent, {})
        own = {name: tint for name, tint in given.items() if name in self.own}
        palette = {name: tint for name, tint in given.items() if name not in own}
        return replace(self, palette=replace(self.palette, **palette), own={**self.own, **own}) if given else self

    @property
    def slope(self) -> float:
        """The tangent of the look's angle."""
        return math.tan(math.radians(self.angle))
