"""Small words over a shot: a label on the look's plate, the line that names a source, the brand in a corner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.plates import make_slanted_path
from reelwright.media.pictures.placed_picture import PlacedPicture, draw
from reelwright.media.pictures.tints import Tint
from reelwright.media.typeset import (
    EM,
    Line,
    balance_lines,
    choose_stack,
    make_path,
    paint_pictures,
    set_line,
    to_capitals,
)
from reelwright.media.words.safe_area import SafeArea, compute_safe_area

skia = load_skia()

_LABEL, _BUG = 32, 34
_SOURCE: Final = {"tall": 28, "wide": 24}
"""Pixels to the em at a short side of 1080; a source line is never smaller. Source: craft.md 4.2, read 2026-11-20."""
_WHITE: Final = 0xFFFFFFFF

Painter = Callable[[Any], None]
Placed = tuple[Painter, tuple[float, float, float, float]]


def draw_overlay(
    kind: str, text: str, start: int, length: int, size: tuple[int, int], language: str, colours: Tint
) -> PlacedPicture:
    """Draw one overlay as a picture for frames [start, start + length) of the segment.

    Raises ``BadInput`` on its kind.
    """
    if kind not in _PAINTERS:
        raise BadInput("overlay kind", kind, " | ".join(_PAINTERS))
    rtl = set_line(text, choose_stack("label", language), language=language).is_rtl
    paint, bounds = _PAINTERS[kind](text, compute_safe_area(size, is_mirrored=rtl), size, language, colours)
    return draw(paint, bounds, size, start, length)


def _label(text: str, box: SafeArea, size: tuple[int, int], language: str, colours: Tint) -> Placed:
    """Draw capitals on a slanted plate of the accent, at the top of the side where reading starts."""
    em, stack = _LABEL * box.unit, choose_stack("label", language)
    upper = to_capitals(text, language)
    line = set_line(upper, stack, tracking=60, language=language)
    em = min(em, (box.width * 0.9) / max(1.0, line.advance + 1600) * EM)
    cap, pad = line.cap * em / EM, 0.62 * em
    width = line.ink.width * em / EM + 2 * pad + cap * colours.slope
    height = max(cap, line.ink.height * em / EM * 0.9) + 1.5 * pad
    left = box.right - width if line.is_rtl else box.left
    edges = (left, box.top, left + width, box.top + height)
    x = left + (width - line.ink.width * em / EM) / 2 - line.ink.left * em / EM
    y = box.top + (height + cap) / 2

    def paint(canvas: Any) -> None:
        canvas.drawPath(make_slanted_path(edges, colours.slope), skia.Paint(AntiAlias=True, Color=colours.accent))
        _paint(canvas, line, em, x, y, colours.on_accent)

    return paint, _around(edges, height)


def _source(text: str, box: SafeArea, size: tuple[int, int], language: str, colours: Tint) -> Placed:
    """Draw the source line at the foot of the box, under any caption, in at most two lines."""
    em = _SOURCE["wide" if size[0] > size[1] else "tall"] * box.unit
    stack = ("inter-500", *choose_stack("label", language))
    lines = balance_lines(text, stack, em, box.width, 2, language=language)
    if lines is None:
        raise BadInput("source line", text, "words that fit two lines of the frame")
    pad = 0.4 * em
    last = box.bottom - pad
    rows = []
    for index, line in enumerate(lines):
        y = last - (len(lines) - 1 - index) * 1.3 * em
        ink = line.ink
        x = box.right - ink.right * em / EM if line.is_rtl else box.left - ink.left * em / EM
        rows.append((line, x, y))

    scale = em / EM
    top = rows[0][2] - lines[0].cap * scale
    left = min(x + line.ink.left * scale for line, x, _ in rows)
    right = max(x + line.ink.right * scale for line, x, _ in rows)
    plate = _around((left, top, right, last), pad)

    def paint(canvas: Any) -> None:
        dark = skia.Paint(AntiAlias=True, Color=colours.plate)
        dark.setAlphaf(0.66)
        canvas.drawPath(make_slanted_path(plate, colours.slope), dark)
        for line, x, y in rows:
            _paint(canvas, line, em, x, y, _WHITE)

    return paint, _around(plate, em)


def _bug(text: str, box: SafeArea, size: tuple[int, int], language: str, colours: Tint) -> Placed:
    """Draw the brand's name in the corner where reading ends."""
    em, stack = _BUG * box.unit, choose_stack("display", language)
    line = set_line(text, stack, tracking=20, language=language)
    em = min(em, box.width * 0.6 / max(1.0, line.ink.width) * EM)
    ink = line.ink
    x = box.left - ink.left * em / EM if line.is_rtl else box.right - ink.right * em / EM
    y = box.top - ink.top * em / EM

    def paint(canvas: Any) -> None:
        _paint_shadow(canvas, line, em, x, y)
        _paint(canvas, line, em, x, y, _WHITE, 0.92)

    scale = em / EM
    edges = (x + ink.left * scale, y + ink.top * scale, x + ink.right * scale, y + ink.bottom * scale)
    return paint, _around(edges, em)


_PAINTERS: Final = {"label": _label, "source": _source, "bug": _bug}


def _around(edges: tuple[float, float, float, float], margin: float) -> tuple[float, float, float, float]:
    return (edges[0] - margin, edges[1] - margin, edges[2] + margin, edges[3] + margin)


def _paint(canvas: Any, line: Line, em: float, x: float, y: float, colour: int, opacity: float = 1.0) -> None:
    paint = skia.Paint(AntiAlias=True, Color=colour)
    paint.setAlphaf(opacity)
    canvas.drawPath(make_path(line, em, x, y), paint)
    paint_pictures(canvas, line, em, x, y)


def _paint_shadow(canvas: Any, line: Line, em: float, x: float, y: float) -> None:
    """Paint a shadow dark enough that the white words keep 4.5:1 on a white picture."""
    for spread, opacity in ((0.3, 0.5), (0.1, 0.6)):
        shadow = skia.Paint(AntiAlias=True, Color=skia.ColorBLACK)
        shadow.setAlphaf(opacity)
        shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, spread * em))
        shadow.setStyle(skia.Paint.kStrokeAndFill_Style)
        shadow.setStrokeWidth(0.16 * em)
        canvas.drawPath(make_path(line, em, x, y), shadow)
    edge = skia.Paint(AntiAlias=True, Color=skia.ColorBLACK)
    edge.setAlphaf(0.6)
    edge.setStyle(skia.Paint.kStroke_Style)
    edge.setStrokeWidth(0.12 * em)
    edge.setStrokeJoin(skia.Paint.kRound_Join)
    canvas.drawPath(make_path(line, em, x, y), edge)
