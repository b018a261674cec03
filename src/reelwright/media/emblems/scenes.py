"""The surroundings of an emblem that stands large: waves, a road, a meadow, a table, with steam or clouds over it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import define_row, load_yaml

USUAL: Final = "table"


@define_row()
class Surroundings:
    """The lines around the emblems of a row, whose names have blanks between. ``ground``: below, ``air``: above."""

    emblems: str
    ground: str = ""
    air: str = ""


def list_rows() -> Mapping[str, Surroundings]:
    """List the rows by name."""
    return read_strictly(dict[str, Surroundings], load_yaml(Path(__file__).parent / "scenes.yaml"), "scenes.yaml: ")


def make_surroundings(emblem: str, box: Box) -> tuple[list[Any], list[Any]]:
    """Make the lines under an emblem that stands in a box of the frame, and those over it, as paths to be stroked."""
    row = _load_rows().get(emblem)
    ground, air = (row.ground, row.air) if row else (USUAL, "")
    return _LINES[ground](box), _LINES[air](box)


@cache
def _load_rows() -> Mapping[str, Surroundings]:
    return {name: row for row in list_rows().values() for name in row.emblems.split()}


def _make_line(*points: tuple[float, float]) -> Any:
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    return path


def _draw_waves(box: Box) -> list[Any]:
    waves = []
    for row, reach in ((0, 1.0), (1, 0.66)):
        long = box.width * (0.5 + 0.14) * reach
        y, x, part = box.bottom + (0.05 + 0.07 * row) * box.height, box.centre[0] - long, 2 * long / 7
        path = skia.Path()
        path.moveTo(x, y)
        for crest in range(7):
            path.quadTo(x + (crest + 0.5) * part, y + (0.05 if crest % 2 else -0.05) * box.height,
                        x + (crest + 1) * part, y)  # fmt: skip
        waves.append(path)
    return waves


def _draw_road(box: Box) -> list[Any]:
    y, dashes = box.bottom + 0.03 * box.height, skia.Path()
    for part in range(5):
        x = box.left + (part - 0.1) / 4.6 * box.width
        dashes.addPath(_make_line((x, y + 0.07 * box.height), (x + 0.11 * box.width, y + 0.07 * box.height)))
    return [_make_line((box.left - 0.14 * box.width, y), (box.right + 0.14 * box.width, y)), dashes]


def _draw_meadow(box: Box) -> list[Any]:
    y, tufts = box.bottom + 0.02 * box.height, skia.Path()
    for at, size in ((-0.1, 0.07), (0.02, 0.045), (0.97, 0.05), (1.09, 0.08)):
        x, high = box.left + at * box.width, size * box.height
        for lean in (-0.5, 0.0, 0.5):
            tufts.addPath(_make_line((x + 0.3 * lean * high, y), (x + lean * high, y - high * (1 - 0.3 * abs(lean)))))
    return [_make_line((box.left - 0.16 * box.width, y), (box.right + 0.16 * box.width, y)), tufts]


def _draw_table(box: Box) -> list[Any]:
    y = box.bottom + 0.025 * box.height
    return [
        _make_line((box.left - 0.12 * box.width, y), (box.right + 0.12 * box.width, y)),
        _make_line((box.left + 0.06 * box.width, y + 0.05 * box.height),
                   (box.right - 0.06 * box.width, y + 0.05 * box.height)),
    ]  # fmt: skip


def _draw_steam(box: Box) -> list[Any]:
    wisps = []
    for at, size in ((0.34, 0.13), (0.5, 0.17), (0.66, 0.13)):
        x, high = box.left + at * box.width, size * box.height
        y, sway = box.top - 0.02 * box.height, 0.3 * high
        path = skia.Path()
        path.moveTo(x, y)
        path.cubicTo(x - sway, y - 0.3 * high, x - sway, y - 0.4 * high, x, y - 0.55 * high)
        path.cubicTo(x + sway, y - 0.7 * high, x + sway, y - 0.8 * high, x, y - high)
        wisps.append(path)
    return wisps


def _draw_clouds(box: Box) -> list[Any]:
    clouds = []
    for at, down, size in ((-0.06, 0.3, 0.17), (1.06, 0.82, 0.2)):
        x, y, radius = box.left + at * box.width, box.top + down * box.height, size * min(box.width, box.height) / 2
        path = skia.Path()
        for side, part in ((-1.0, 0.62), (0.0, 1.0), (1.0, 0.7)):
            start = math.pi + (0.12 if side else 0.3)
            arc = skia.Rect.MakeLTRB(x + side * radius - part * radius, y - part * radius,
                                     x + side * radius + part * radius, y + part * radius)  # fmt: skip
            path.addArc(arc, math.degrees(start), 180 - math.degrees(2 * (start - math.pi)))
        path.addPath(_make_line((x - 1.7 * radius, y), (x + 1.8 * radius, y)))
        clouds.append(path)
    return clouds


_LINES: Final[dict[str, Callable[[Box], list[Any]]]] = {
    "": lambda _: [],
    "waves": _draw_waves,
    "road": _draw_road,
    "meadow": _draw_meadow,
    "table": _draw_table,
    "steam": _draw_steam,
    "clouds": _draw_clouds,
}
