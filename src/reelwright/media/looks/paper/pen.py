"""Lines as a hand draws them, as skia paths in pixels of the frame: underlines, strikes, rings, arrows and plants."""

from __future__ import annotations

import math
import random
from typing import Any, Literal

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box

Plant = Literal["olive", "berry", "daisy"]
PLANTS: tuple[Plant, ...] = ("olive", "daisy", "berry")


def make_underline(left: float, right: float, y: float, u: float, rng: random.Random) -> Any:
    """Draw a stroke from ``left`` to ``right`` under words, which bows and runs out upwards."""
    wide = right - left
    bow = min(9 * u, wide * 0.02 + 3 * u) * rng.uniform(0.8, 1.2)
    path = skia.Path()
    path.moveTo(left - 4 * u, y + 2 * u)
    path.cubicTo(left + wide * 0.3, y - bow, left + wide * 0.62, y + bow * 0.9, right + 8 * u, y - bow * 0.5)
    return path


def make_strike(left: float, right: float, y: float, u: float, rng: random.Random) -> Any:
    """Draw a stroke through words: there, and for long ones most of the way back."""
    tilt = min(14 * u, (right - left) * 0.035) * rng.uniform(0.7, 1.1)
    wide = right - left
    path = skia.Path()
    path.moveTo(left - 10 * u, y + tilt)
    path.cubicTo(left + wide * 0.35, y - tilt * 0.2, left + wide * 0.7, y - tilt * 0.3, right + 12 * u, y - tilt)
    return path


def make_ring(box: Box, u: float, rng: random.Random) -> Any:
    """Draw a ring around a box with more than one turn of the pen, its ends crossing."""
    x, y = box.centre
    rx, ry = box.width / 2, box.height / 2
    begin = math.radians(rng.uniform(196, 216))
    path = skia.Path()
    steps = 64
    for step in range(steps + 1):
        angle = begin + math.radians(398) * step / steps
        swell = 1.0 - 0.035 * step / steps + 0.012 * math.sin(3 * angle)
        point = (x + rx * swell * math.cos(angle), y + ry * (swell + 0.06 * step / steps) * math.sin(angle))
        (path.lineTo if step else path.moveTo)(*point)
    return path


def make_arrow(x: float, y: float, length: float, sign: int) -> Any:
    """Draw an arrow whose middle is at (x, y), pointing along the reading direction ``sign``."""
    half, head = sign * length / 2, length * 0.34
    path = skia.Path()
    path.moveTo(x - half, y)
    path.lineTo(x + half, y)
    path.moveTo(x + half - sign * head, y - head)
    path.lineTo(x + half, y)
    path.lineTo(x + half - sign * head, y + head)
    return path


def make_branch(
    x: float, y: float, length: float, angle: float, bend: float, plant: Plant, seed: int
) -> tuple[Any, list[Any]]:
    """Draw a branch from (x, y) towards ``angle`` (degrees, 0 right, 90 down), bending by ``bend`` degrees on its way.

    Returns the line of the stem with the leaves' edges in the order in which they grow, and each leaf's area.
    """
    rng = random.Random(f"branch {seed}")
    steps = 40
    points, heading = [(x, y)], math.radians(angle)
    for _ in range(steps):
        heading += math.radians(bend) / steps
        px, py = points[-1]
        points.append((px + math.cos(heading) * length / steps, py + math.sin(heading) * length / steps))
    line = skia.Path()
    line.moveTo(*points[0])
    for point in points[1:]:
        line.lineTo(*point)
    areas: list[Any] = []
    if plant == "daisy":
        _add_daisy(line, areas, points, heading, length, rng)
    else:
        _add_pairs(line, areas, points, length, plant, rng)
        areas.append(_add_leaf(line, points[-1], heading, length * 0.11, 0.18))
    return line, areas


def _find_place(points: list[tuple[float, float]], part: float) -> tuple[tuple[float, float], float]:
    """Return the point at a part of the stem and the direction in which the stem runs there."""
    at = min(len(points) - 1, max(1, round(part * (len(points) - 1))))
    (ax, ay), (bx, by) = points[at - 1], points[at]
    return (bx, by), math.atan2(by - ay, bx - ax)


def _add_pairs(
    line: Any, areas: list[Any], points: list[tuple[float, float]], length: float, plant: Plant, rng: random.Random
) -> None:
    """Add leaves in pairs along the stem, smaller towards its end; of a berry plant some are berries."""
    count = min(14, max(5, round(length / (66 if plant == "olive" else 80) * (900 / max(length, 300)) ** 0.45)))
    for index in range(count):
        part = 0.14 + 0.84 * index / (count - 1)
        at, along = _find_place(points, part)
        size = length * (0.15 if plant == "olive" else 0.12) * (1.12 - 0.62 * part)
        for side in (-1, 1):
            if rng.random() < 0.14 and index < count - 1:
                continue
            if plant == "berry" and (index + (side > 0)) % 2:
                areas.append(_add_berry(line, at, along + side * 0.95, size * 0.8))
                continue
            spread = (0.72 if plant == "olive" else 0.85) * rng.uniform(0.82, 1.18)
            long, thick = size * rng.uniform(0.86, 1.12), 0.15 if plant == "olive" else 0.26
            areas.append(_add_leaf(line, at, along + side * spread, long, thick))


def _add_daisy(
    line: Any, areas: list[Any], points: list[tuple[float, float]], heading: float, length: float, rng: random.Random
) -> None:
    """Add a flower to the end of the stem, seen a little from the side, and leaves below it."""
    for part, side in ((0.2, 1), (0.34, -1), (0.5, 1), (0.62, -1)):
        at, along = _find_place(points, part)
        areas.append(_add_leaf(line, at, along + side * 0.75, length * (0.2 - 0.12 * part), 0.2))
    centre = points[-1]
    petals = 11
    for index in range(petals):
        angle = heading + 2 * math.pi * (index + 0.5) / petals
        squash = 0.72 + 0.28 * abs(math.sin(angle - heading))
        begin = (centre[0] + length * 0.024 * math.cos(angle), centre[1] + length * 0.024 * math.sin(angle))
        areas.append(_add_leaf(line, begin, angle, length * 0.125 * squash * rng.uniform(0.94, 1.06), 0.24))
    eye = skia.Path()
    eye.addCircle(*centre, length * 0.036)
    line.addPath(eye)
    areas.append(eye)


def _add_leaf(line: Any, at: tuple[float, float], angle: float, long: float, thick: float) -> Any:
    """Add a leaf's edge and its middle to ``line``, and return its area."""
    cos, sin = math.cos(angle), math.sin(angle)

    def place(along: float, across: float) -> tuple[float, float]:
        return at[0] + long * (along * cos - across * sin), at[1] + long * (along * sin + across * cos)

    area = skia.Path()
    area.moveTo(*at)
    area.cubicTo(*place(0.25, -thick * 1.25), *place(0.72, -thick * 1.05), *place(1, 0))
    area.cubicTo(*place(0.70, thick * 0.95), *place(0.28, thick * 1.2), *at)
    line.addPath(area)
    line.moveTo(*place(0.05, 0))
    line.quadTo(*place(0.45, -0.03), *place(0.78, 0))
    return area


def _add_berry(line: Any, at: tuple[float, float], angle: float, long: float) -> Any:
    """Add a berry on its stalk to ``line``, and return its area."""
    end = (at[0] + long * 0.62 * math.cos(angle), at[1] + long * 0.62 * math.sin(angle))
    line.moveTo(*at)
    line.quadTo(at[0] + (end[0] - at[0]) * 0.6, at[1] + (end[1] - at[1]) * 0.3, *end)
    area = skia.Path()
    area.addCircle(end[0] + long * 0.2 * math.cos(angle), end[1] + long * 0.2 * math.sin(angle), long * 0.2)
    line.addPath(area)
    return area
