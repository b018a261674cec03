"""Strikes: a zig-zag through what no longer holds."""

from __future__ import annotations

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Count
from reelwright.media.drawing.strokes import DONE, Pen
from reelwright.media.looks.riso.press import Press, Tone
from reelwright.media.staging.columns import FittedRow
from reelwright.media.staging.stage import Motion


def strike(press: Press, box: Box, cap: float, at: float, tint: str) -> None:
    """Draw a zig-zag through a line whose ink lies in ``box`` (frame pixels)."""
    stage = press.stage
    path = skia.Path()
    middle, high = box.bottom - cap * 0.5 if cap < box.height else box.centre[1], cap * 0.20
    begin, end = box.left - 0.14 * cap, box.right + 0.14 * cap
    count = max(4, round((end - begin) / (cap * 0.9)))
    for index in range(count + 1):
        x = begin + (end - begin) * index / count
        y = middle + (-high if index % 2 else high)
        path.lineTo(x, y) if index else path.moveTo(x, y)
    width = max(5 * press.u, cap * 0.18)
    area = Box(begin, middle - high, end, middle + high).grow(width)
    count_on = Count(at, stage.to_frames(12), stage.look.ease["even"], DONE)
    stage.add("shape", Pen(path, tint, width), area, Motion(moves=(count_on,), group="strike"))


def put_struck(
    press: Press, rows: list[FittedRow], left: float, top: float, at: float, *, tint: str = "", tone: Tone | None = None
) -> None:
    """Set rows of what no longer holds, and draw a zig-zag through each line."""
    boxes = press.put(rows, left, top, 0, tone=tone, group="before")
    lines = [line for one in rows for line in one.lines]
    for index, (line, box) in enumerate(zip(lines, boxes, strict=True)):
        if not line.ink.style_spans:
            strike(press, box, line.ink.cap * line.size, at + press.stage.to_frames(5) * index, tint or press.inks.hot)
