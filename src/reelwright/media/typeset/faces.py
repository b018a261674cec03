"""The bundled faces by name: what each covers, and the outline of each glyph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import uharfbuzz as hb

from reelwright.errors import ToolMissing
from reelwright.media.letters.graphemes import can_cover
from reelwright.media.skia_loader import load_skia

skia = load_skia()

FONTS: Final = Path(__file__).parents[1] / "fonts"
EM: Final = 1000
"""All positions and outlines of a set line are in thousandths of an em, y downwards."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font file. ``cap``: in thousandths of an em. ``is_colour``: drawn as pictures, not outlines."""

    name: str
    units: int
    cap: float
    is_colour: bool
    characters: frozenset[int]
    font: Any = field(repr=False, compare=False, hash=False)
    typeface: Any = field(repr=False, compare=False, hash=False)

    def can_draw(self, text: str) -> bool:
        """Return whether every visible character has a glyph, by itself or from its parts."""
        return can_cover(self.characters, text)

    def choose_language(self, language: str) -> str:
        """Return the language in which text is shaped with this face: some have other letter forms for one language."""
        return _SPEAKS.get(self.name, {}).get(language.split("-")[0], _OTHERWISE.get(self.name, language))


_SPEAKS: Final[Mapping[str, Mapping[str, str]]] = {"sofia-extra-condensed-900": {"bg": "bg"}}
_OTHERWISE: Final[Mapping[str, str]] = {"sofia-extra-condensed-900": "ru"}
_COLOUR: Final = frozenset({"noto-emoji"})


def list_faces() -> tuple[str, ...]:
    """List every bundled face, sorted."""
    return tuple(sorted(path.stem for path in FONTS.glob("*.ttf")))


@lru_cache(maxsize=64)
def load_face(name: str) -> Face:
    """Load the bundled face of that name. Raises ``ToolMissing`` where its file is gone or is no font."""
    path = FONTS / f"{name}.ttf"
    if not path.is_file():
        raise ToolMissing(code="font_missing", file=path.name, folder=FONTS)
    font = hb.Font(hb.Face(hb.Blob.from_file_path(str(path))))
    # Not the default FontMgr: that one would look through the fonts of the system.
    typeface = skia.FontMgr.New_Custom_Empty().makeFromFile(str(path))
    if typeface is None or not font.face.unicodes:
        raise ToolMissing(code="font_broken", file=path)
    units = font.face.upem
    metrics = _skia_font(typeface, units).getMetrics()
    return Face(
        name=name,
        units=units,
        cap=abs(metrics.fCapHeight) * EM / units,
        is_colour=name in _COLOUR,
        characters=frozenset(font.face.unicodes),
        font=font,
        typeface=typeface,
    )


def load_stack(names: tuple[str, ...]) -> tuple[Face, ...]:
    """Load faces in order of preference."""
    return tuple(load_face(name) for name in names)


def _skia_font(typeface: Any, size: float) -> Any:
    font = skia.Font(typeface, size)
    font.setHinting(skia.FontHinting.kNone)
    font.setLinearMetrics(True)
    font.setSubpixel(True)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    return font


def make_sized_font(of: Face, size: float) -> Any:
    """Make a skia font of that size in pixels, unhinted, for glyphs that are drawn as pictures."""
    return _skia_font(of.typeface, size)


@lru_cache(maxsize=4096)
def get_outline(of: Face, glyph: int) -> Any:
    """Return the shared skia path of a glyph (copy it before a change), in thousandths of an em, y downwards.

    It is empty for a glyph without an outline, such as a space.
    """
    path = _skia_font(of.typeface, of.units).getPath(glyph)
    if path is None:
        return skia.Path()
    matrix = skia.Matrix()
    matrix.setScale(EM / of.units, EM / of.units)
    path.transform(matrix)
    return path


@lru_cache(maxsize=1024)
def measure_picture_bounds(of: Face, glyph: int) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom of a colour glyph in thousandths of an em."""
    found = _skia_font(of.typeface, EM).getBounds([glyph])[0]
    return (found.left(), found.top(), found.right(), found.bottom())
