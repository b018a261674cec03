"""The paint of a drawing: its palette by the names that stagings give, and its kinds of type."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from reelwright.media.drawing import colour
from reelwright.reel.base.yaml_rows import ReadAs, accept_if, define_row

_SHAPES, _TEXT = 3.0, 4.5  # WCAG 2.2: graphics and large type; body text

Colour = Annotated[str, ReadAs(str, colour.parse_colour)]
ColourName = Literal["bg", "surface", "text", "dim", "accent", "shade", "pale", "paper"]
"""The colours by the names that look files and stagings give them."""

PlateShape = Literal["slant", "round", "torn", "print"]
"""The forms of plates under words over footage."""


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
    """Settings for a kind of type. ``faces``: bundled faces in order of preference, the first that has all letters of a
    line sets it; those of ``role`` come after them, so that every script that we support can be set.

    ``tracking`` in 1/1000 em. ``features``: OpenType tags that a single line has, as ``tnum`` for figures of one width.
    """

    role: Role
    is_uppercase: Annotated[bool, ReadAs(Literal["upper", "keep"], lambda case: case == "upper")]
    tracking: Annotated[int, ReadAs(int, accept_if(lambda thousandths: -100 <= thousandths <= 300, "-100 to 300"))]
    faces: tuple[str, ...] = ()
    features: tuple[str, ...] = ()


def finish_palette(palette: Palette, brand: str | None = None) -> Palette:
    """Return the palette with its colours for words, in the accent ``brand`` (``#RRGGBB``) where one is given.

    A brand's colour is made lighter or darker until it can be told from ``bg``.
    """
    accent = palette.accent if brand is None else colour.make_legible(brand, palette.bg, _SHAPES)
    return replace(
        palette,
        accent=accent,
        accent_text=accent if brand is None else colour.make_legible(brand, palette.bg, _TEXT),
        on_accent=colour.choose_text_colour(accent),
    )


def pick_text_colour(palette: Palette, ground: str) -> str:
    """Return the colour in which words are set on ``ground``: of the palette's, one that is legible there."""
    if ground == palette.accent:
        return palette.on_accent
    first = palette.text if colour.choose_text_colour(ground) == colour.WHITE else palette.shade
    if colour.compute_contrast(first, ground) >= _TEXT:
        return first
    others = (palette.text, palette.shade, palette.paper, palette.bg, colour.choose_text_colour(ground))
    return max(others, key=lambda one: colour.compute_contrast(one, ground))
