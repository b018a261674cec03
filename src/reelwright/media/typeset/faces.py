"""The faces by name, bundled ones and those of a person's own: what each covers, and the outline of each glyph."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import uharfbuzz as hb

from reelwright.errors import ToolMissing
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.letters.graphemes import can_cover

skia = load_skia()

FONTS: Final = Path(__file__).parents[1] / "fonts"
EM: Final = 1000
"""All positions and outlines of a set line are in thousandths of an em, y downwards."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font file. ``cap``: in thousandths of an em. ``is_colour``: drawn as pictures, not outlines.

    ``scale``: thousandths of an em in a unit of the file. ``is_own``: a person gave it.
    """

    name: str
    units: int
    scale: float
    cap: float
    is_colour: bool
    characters: frozenset[int]
    font: Any = field(repr=False, compare=False, hash=False)
    typeface: Any = field(repr=False, compare=False, hash=False)
    is_own: bool = False

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


def load_face(name: str) -> Face:
    """Load the face of that name: a bundled one, or one that ``add_own_face`` named.

    Raises ``ToolMissing`` where its file is gone or is no font.
    """
    return _find_own(name) or _load_bundled(name)


_own_faces: Final[dict[str, Face]] = {}
_own_lock: Final = threading.Lock()
_MOST_OWN: Final = 24
"""Faces of a person's own that a process keeps, at one size each; the one that was not used for longest goes first."""
_MOST_FILES: Final = 8
_SHAPES: Final = "Hdgjpqy"
"""Letters that show how far a face reaches above and below the line."""
_MORE_REACH: Final = 1.15
"""How much further up and down a person's face may reach than the one in whose place it stands."""


def add_own_face(path: Path, usual: Face) -> str:
    """Add the face of a person's font file, at the size that makes its capitals as high as those of ``usual``.

    So that sizes and distances that were chosen for ``usual`` hold for it. A face whose strokes reach far up and down
    is made smaller than that. Returns the name of the face. Raises ``ToolMissing`` for a file that is no font.
    """
    found = path.stat()
    face = _load_unchanged(path, found.st_mtime_ns, found.st_size)
    cap, reach = _measure(face, "H"), _measure(face, _SHAPES)
    size = min(usual.cap / cap, _MORE_REACH * _measure(usual, _SHAPES) / reach) if cap and reach else 1.0
    name = f"{face.name}-{size:.4f}"
    if _find_own(name) is None:
        with _own_lock:
            while len(_own_faces) >= _MOST_OWN:
                _own_faces.pop(next(iter(_own_faces)))
            own_cap = (cap or face.cap) * size
            _own_faces[name] = replace(face, name=name, scale=face.scale * size, cap=own_cap)
    return name


def _find_own(name: str) -> Face | None:
    """Find a person's face and note that it is used; a thread that adds others does not take it from its drawing."""
    with _own_lock:
        face = _own_faces.pop(name, None)
        if face is not None:
            _own_faces[name] = face  # at the end of those that go
        return face


@lru_cache(maxsize=_MOST_FILES)
def _load_unchanged(path: Path, changed_ns: int, size: int) -> Face:
    """Load a person's face, once for all the kinds of type of all stills. The file's time and size tell it apart."""
    return load_own_face(path)


def load_own_face(path: Path) -> Face:
    """Load the face of a person's font file at its own size. Raises ``ToolMissing`` for a file that is no font."""
    data = path.read_bytes()
    name = f"own-{hashlib.sha256(data).hexdigest()}"
    return replace(_build_face(name, hb.Blob(data), skia.Data.MakeWithCopy(data), path), is_own=True)


def _measure(face: Face, letters: str) -> float:
    """Measure the height of the ink of the letters together, in thousandths of an em; 0 if the face lacks them all."""
    glyphs = [glyph for letter in letters if (glyph := face.font.get_nominal_glyph(ord(letter)))]
    inks = [get_outline(face, glyph).computeTightBounds() for glyph in glyphs]
    return max(ink.bottom() for ink in inks) - min(ink.top() for ink in inks) if inks else 0.0


@lru_cache(maxsize=64)
def _load_bundled(name: str) -> Face:
    path = FONTS / f"{name}.ttf"
    if not path.is_file():
        raise ToolMissing(code="font_missing", file=path.name, folder=FONTS)
    return _build_face(name, hb.Blob.from_file_path(str(path)), skia.Data.MakeFromFileName(str(path)), path)


def _build_face(name: str, blob: Any, data: Any, path: Path) -> Face:
    font = hb.Font(hb.Face(blob))
    # Not the default FontMgr: that one would look through the fonts of the system.
    typeface = skia.FontMgr.New_Custom_Empty().makeFromData(data)
    if typeface is None or not font.face.unicodes:
        raise ToolMissing(code="font_broken", file=path)
    units = font.face.upem
    metrics = _skia_font(typeface, units).getMetrics()
    return Face(
        name=name,
        units=units,
        scale=EM / units,
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
    matrix.setScale(of.scale, of.scale)
    path.transform(matrix)
    return path


@lru_cache(maxsize=1024)
def measure_picture_bounds(of: Face, glyph: int) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom of a colour glyph in thousandths of an em."""
    found = _skia_font(of.typeface, EM).getBounds([glyph])[0]
    return (found.left(), found.top(), found.right(), found.bottom())
