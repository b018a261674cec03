"""A made-up screenshot for tests: a bar, a list, a chart and a button, to judge a screen's treatment by."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

_INK, _QUIET, _PAPER, _LINE, _MAIN = "#17202A", "#8793A1", "#FFFFFF", "#E4E8ED", "#2F6BFF"


def draw_screen(path: Path, size: tuple[int, int]) -> None:
    """An invoice app of ``size`` pixels, lying or upright; no words, bars of text stand for them."""
    wide, high = size
    image = Image.new("RGB", size, "#F5F7FA")
    draw = ImageDraw.Draw(image)
    lying = wide > high
    bar = round(high * (0.09 if lying else 0.07))
    draw.rectangle((0, 0, wide, bar), fill=_PAPER)
    draw.line((0, bar, wide, bar), fill=_LINE, width=3)
    side = round(wide * 0.2) if lying else 0
    draw.rectangle((0, bar, side, high), fill=_INK)
    for row in range(6 if lying else 0):
        y = bar + 60 + row * 70
        draw.rounded_rectangle((40, y, side * (0.55 + 0.05 * (row % 3)), y + 18), 9, fill="#5B6B7C" if row else _MAIN)
    draw.rounded_rectangle((side + 40, bar * 0.35, side + 300, bar * 0.65), 12, fill=_INK)
    _cards(draw, side + 40, bar + 40, wide - 40, high)
    image.save(path)


def _cards(draw: ImageDraw.ImageDraw, left: float, top: float, right: float, bottom: float) -> None:
    """Three figures, a chart and a list, and the button that all of it is for."""
    third = (right - left - 40) / 3
    for index in range(3):
        x = left + index * (third + 20)
        draw.rounded_rectangle((x, top, x + third, top + 150), 22, fill=_PAPER, outline=_LINE, width=3)
        draw.rounded_rectangle((x + 24, top + 30, x + third * 0.6, top + 46), 8, fill=_QUIET)
        draw.rounded_rectangle((x + 24, top + 74, x + third * 0.8, top + 116), 10, fill=_INK if index else _MAIN)
    middle = top + 180 + (bottom - top) * 0.34
    draw.rounded_rectangle((left, top + 180, right, middle), 22, fill=_PAPER, outline=_LINE, width=3)
    step = (right - left - 80) / 12
    for index, part in enumerate((0.3, 0.42, 0.36, 0.55, 0.48, 0.62, 0.58, 0.7, 0.66, 0.82, 0.78, 0.94)):
        fill = _MAIN if index > 8 else _LINE
        x, high = left + 40 + index * step, (middle - top - 260) * part
        draw.rounded_rectangle((x, middle - 30 - high, x + step * 0.6, middle - 30), 8, fill=fill)
    y = middle + 30
    while y + 90 < bottom - 150:
        draw.rounded_rectangle((left, y, right, y + 78), 18, fill=_PAPER, outline=_LINE, width=3)
        draw.ellipse((left + 20, y + 19, left + 60, y + 59), fill=_LINE)
        draw.rounded_rectangle((left + 84, y + 30, left + 84 + (right - left) * 0.34, y + 48), 9, fill=_INK)
        draw.rounded_rectangle((right - 150, y + 28, right - 30, y + 50), 11, fill=_QUIET)
        y += 94
    draw.rounded_rectangle((right - 330, bottom - 130, right, bottom - 40), 45, fill=_MAIN)
    draw.rounded_rectangle((right - 260, bottom - 96, right - 70, bottom - 74), 11, fill=_PAPER)
