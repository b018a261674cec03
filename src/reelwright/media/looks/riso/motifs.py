"""Drawings of the plates: suns, waves, slices of fruit, flowers, cut paper, seals, huge letters."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.looks.riso.plates import Inks, Mark, Plate, hold, join, make_tint

Point = tuple[float, float]


def make_circle(x: float, y: float, radius: float) -> Any:
    """Make a circle."""
    path = skia.Path()
    path.addCircle(x, y, radius)
    return path


def make_box(box: Box, radius: float = 0.0) -> Any:
    """Make a rectangle, its corners rounded."""
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeLTRB(*box), radius, radius)
    return path


def make_scallop(x: float, y: float, radius: float, lobes: int, depth: float, turn: float = 0.0) -> Any:
    """Make the outline of a seal: a circle with so many lobes, each ``depth`` deep; ``turn`` in radians."""
    path = skia.Path()
    for index in range(lobes * 10):
        angle = index / (lobes * 10) * 2 * math.pi
        reach = radius + depth * math.cos(angle * lobes)
        point = (x + reach * math.cos(angle + turn), y + reach * math.sin(angle + turn))
        path.lineTo(*point) if index else path.moveTo(*point)
    path.close()
    return path


def make_rays(x: float, y: float, near: float, far: float, count: int, turn: float) -> Any:
    """Make wedges around a point."""
    path = skia.Path()
    half = math.pi / count * 0.5
    for index in range(count):
        angle = turn + index * 2 * math.pi / count
        path.moveTo(x + near * math.cos(angle - half), y + near * math.sin(angle - half))
        for reach, side in ((far, -half), (far, half), (near, half)):
            path.lineTo(x + reach * math.cos(angle + side), y + reach * math.sin(angle + side))
        path.close()
    return path


def _make_ring(x: float, y: float, near: float, far: float) -> Any:
    return skia.Op(make_circle(x, y, far), make_circle(x, y, near), skia.PathOp.kDifference_PathOp)


def make_wave(box: Box, pitch: float, height: float, phase: float, *, side: str = "top") -> Any:
    """Make a box with a wavy edge on one ``side``: top, bottom, left or right."""
    path = skia.Path()
    lying = side in ("top", "bottom")
    begin, end = (box.left, box.right) if lying else (box.top, box.bottom)
    base = {"top": box.top, "bottom": box.bottom, "left": box.left, "right": box.right}[side]
    at, first = begin - pitch * (1 + phase % 1), True
    while at < end + pitch:
        for step in range(8):
            along = at + pitch * step / 8
            off = base + height * math.sin(2 * math.pi * step / 8)
            point = (along, off) if lying else (off, along)
            path.moveTo(*point) if first else path.lineTo(*point)
            first = False
        at += pitch
    far = {"top": box.bottom, "bottom": box.top, "left": box.right, "right": box.left}[side]
    for point in ((at, far), (begin - 2 * pitch, far)) if lying else ((far, at), (far, begin - 2 * pitch)):
        path.lineTo(*point)
    path.close()
    return path


def make_cut(box: Box, rng: random.Random, u: float, lean: float = 9.0) -> Any:
    """Make a strip as scissors cut it: each corner a little off."""

    def off() -> float:
        return rng.uniform(-lean, lean) * u

    path = skia.Path()
    path.moveTo(box.left + off(), box.top + off())
    for x, y in ((box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)):
        path.lineTo(x + off(), y + off())
    path.close()
    return path


def add_tint(
    marks: list[Mark],
    plate: Plate,
    path: Any,
    inks: Inks,
    u: float,
    *,
    toward: str = "down",
    densest: float = 0.9,
    cell: float = 15.0,
) -> None:
    """Print dots that grow ``toward`` a side within a path."""
    bounds = path.computeTightBounds()
    left, top = math.floor(bounds.left()), math.floor(bounds.top())
    wide, high = math.ceil(bounds.right()) - left + 2, math.ceil(bounds.bottom()) - top + 2
    image = make_tint(
        max(2, wide),
        max(2, high),
        toward,
        inks.get(plate),
        max(4.0, cell * u),
        densest,
        {"sun": 15.0, "hot": 75.0, "warm": 75.0, "key": 45.0}.get(plate, 30.0),
    )
    marks.append(Mark(plate, hold(path), dots=(image, left, top)))


def draw_sun(
    marks: list[Mark],
    inks: Inks,
    x: float,
    y: float,
    radius: float,
    reach: float,
    u: float,
    *,
    rays: Plate = "sun",
    count: int = 26,
    free: bool = True,
    is_light: bool = False,
    has_rim: bool = True,
) -> None:
    """Print rays that turn step by step, and a disc with dots of another plate; ``is_light``: a disc of the first;
    ``has_rim``: short rays end in a circle of the ground.
    """
    marks.append(Mark(rays, lambda step: make_rays(x, y, radius + 46 * u, reach, count, step * 0.012), is_moving=True))
    if has_rim and reach < 3 * radius:
        marks.append(Mark("ground", lambda _: _make_ring(x, y, reach * 0.93, reach * 1.1)))
    disc = make_circle(x, y, radius)
    if free:
        marks.append(Mark("paper", hold(make_circle(x, y, radius + 44 * u))))
    if is_light:
        marks += [Mark("paper", hold(disc)), Mark("sun", hold(disc))]
        add_tint(marks, "warm", disc, inks, u, toward="down", densest=0.9, cell=17)
        return
    marks.append(Mark("warm", hold(disc)))
    add_tint(marks, "sun", disc, inks, u, toward="down", densest=1.0, cell=17)


def draw_waves(marks: list[Mark], box: Box, u: float, plates: tuple[Plate, ...] = ("sun", "hot", "key")) -> None:
    """Print bands of waves, one plate over the other, that flow against one another."""
    for index, plate in enumerate(plates):
        top = box.top + box.height * (0.16 + 0.27 * index)
        pitch, height = box.width / (2.5 + index), min(46 * u, box.height * 0.09)
        sign = -1 if index % 2 else 1

        def flow(step: int, top: float = top, pitch: float = pitch, height: float = height, sign: int = sign) -> Any:
            swell = 1 + 0.25 * math.sin(step * 0.45)
            return make_wave(
                Box(box.left - 40, top, box.right + 40, box.bottom + 40), pitch, height * swell, sign * step * 0.05 + 4
            )

        marks.append(Mark(plate, flow, is_moving=True))


def draw_slice(
    marks: list[Mark],
    inks: Inks,
    x: float,
    y: float,
    radius: float,
    u: float,
    *,
    rind: Plate = "sun",
    flesh: Plate = "hot",
    turn: float = 0.0,
    spin: float = 0.03,
) -> None:
    """Print a slice of a citrus fruit that turns step by step."""
    marks.append(Mark("paper", hold(make_circle(x, y, radius))))
    marks.append(Mark(rind, hold(make_circle(x, y, radius))))
    marks.append(Mark("paper", hold(make_circle(x, y, radius * 0.87))))

    def segments(step: int, inset: float = 1.0) -> Any:
        parts = []
        for index in range(9):
            angle = turn + step * spin + index * 2 * math.pi / 9
            path = skia.Path()
            begin, far = radius * 0.13, radius * 0.80
            half = math.pi / 9 * 0.80
            path.moveTo(x + begin * math.cos(angle), y + begin * math.sin(angle))
            path.lineTo(x + far * 0.94 * math.cos(angle - half), y + far * 0.94 * math.sin(angle - half))
            path.quadTo(
                x + far * 1.09 * math.cos(angle),
                y + far * 1.09 * math.sin(angle),
                x + far * 0.94 * math.cos(angle + half),
                y + far * 0.94 * math.sin(angle + half),
            )
            path.close()
            parts.append(path)
        return join(parts)

    marks.append(Mark(rind if rind != "key" else "sun", segments, is_moving=True))
    marks.append(Mark(flesh, segments, is_moving=True))


def draw_flower(
    marks: list[Mark],
    x: float,
    y: float,
    radius: float,
    *,
    petals: Plate = "hot",
    heart: Plate = "key",
    turn: float = 0.0,
    sway: float = 0.10,
) -> None:
    """Print a flower of petals in two plates that overlap; it sways."""

    def ring(step: int, shift: int) -> Any:
        base = turn + sway * math.sin(step * 0.5) + shift * math.pi / 8
        oval, parts = skia.Path(), []
        oval.addOval(skia.Rect.MakeLTRB(x + radius * 0.10, y - radius * 0.33, x + radius, y + radius * 0.33))
        for index in range(4):
            petal, matrix = skia.Path(oval), skia.Matrix()
            matrix.setRotate(math.degrees(base + index * math.pi / 2), x, y)
            petal.transform(matrix)
            parts.append(petal)
        return join(parts)

    other: Plate = "sun" if petals != "sun" else "hot"
    marks.append(Mark("paper", hold(make_circle(x, y, radius * 0.3))))
    marks.append(Mark(petals, lambda step: ring(step, 0), is_moving=True))
    marks.append(Mark(other, lambda step: ring(step, 2), is_moving=True))
    marks.append(Mark("paper", hold(make_circle(x, y, radius * 0.24))))
    marks.append(Mark(heart, hold(make_circle(x, y, radius * 0.24))))


def draw_leaf(marks: list[Mark], x: float, y: float, length: float, angle: float, plate: Plate = "key") -> None:
    """Print a leaf from its stem at (x, y)."""
    path = skia.Path()
    path.moveTo(x, y)
    path.quadTo(x + length * 0.45, y - length * 0.42, x + length, y)
    path.quadTo(x + length * 0.45, y + length * 0.42, x, y)
    matrix = skia.Matrix()
    matrix.setRotate(angle, x, y)
    path.transform(matrix)
    marks.append(Mark(plate, hold(path)))


def draw_confetti(
    marks: list[Mark],
    box: Box,
    rng: random.Random,
    u: float,
    *,
    count: int = 46,
    free: Box | None = None,
    plates: tuple[Plate, ...] = ("hot", "sun", "key"),
    large: float = 1.0,
) -> None:
    """Print cut paper that falls step by step and turns; none lies in ``free``."""
    bits: dict[Plate, list[Callable[[int], Any]]] = {plate: [] for plate in plates}
    spread = math.sqrt(box.width * box.height / max(1, count))
    columns = max(1, round(box.width / spread))
    rows = max(1, round(box.height / spread))
    for index in range(columns * rows):
        x = box.left + (index % columns + rng.uniform(0.15, 0.85)) * box.width / columns
        y = box.top + (index // columns + rng.uniform(0.1, 0.9)) * box.height / rows
        size = rng.uniform(20, 44) * u * large
        shape, angle = rng.randrange(4), rng.uniform(0, 360)
        spin, fall = rng.uniform(-7, 7), rng.uniform(1.2, 3.2) * u
        if free is not None and free.left - size < x < free.right + size and free.top - size < y < free.bottom + size:
            continue

        def bit(
            step: int,
            x: float = x,
            y: float = y,
            size: float = size,
            shape: int = shape,
            angle: float = angle,
            spin: float = spin,
            fall: float = fall,
        ) -> Any:
            path = skia.Path()
            if shape == 0:
                path.addCircle(0, 0, size * 0.5)
            elif shape == 1:
                path.addRect(skia.Rect.MakeLTRB(-size * 0.7, -size * 0.24, size * 0.7, size * 0.24))
            elif shape == 2:
                path.moveTo(-size * 0.6, size * 0.5)
                path.lineTo(size * 0.6, size * 0.5)
                path.lineTo(0, -size * 0.6)
                path.close()
            else:
                path.addArc(skia.Rect.MakeLTRB(-size * 0.7, -size * 0.7, size * 0.7, size * 0.7), 0, 180)
                path.close()
            matrix = skia.Matrix()
            matrix.setTranslate(x, y + fall * step if free is None else y)
            matrix.preRotate(angle + spin * step)
            path.transform(matrix)
            return path

        bits[plates[rng.randrange(len(plates))]].append(bit)
    for plate, makers in bits.items():
        marks.append(Mark(plate, _gather(makers), is_moving=True))


def _gather(makers: Sequence[Callable[[int], Any]]) -> Callable[[int], Any]:
    return lambda step: join([make(step) for make in makers])


def draw_glyph(marks: list[Mark], path: Any, inks: Inks, u: float, *, on: Plate | None = None) -> None:
    """Print a huge letter twice, far out of register, the second time in dots: what they share is a third colour."""

    def shift(dx: float, dy: float) -> Any:
        moved = skia.Path(path)
        moved.offset(dx, dy)
        return moved

    if on is not None:
        marks.append(Mark("paper", hold(join([path, shift(34 * u, 26 * u)]))))
    marks.append(Mark("sun", lambda step: shift(34 * u + 5 * u * math.sin(step * 0.6), 26 * u), is_moving=True))
    marks.append(Mark("hot", hold(path)))
    if on is None:
        add_tint(marks, "key", path, inks, u, toward="down", densest=0.42, cell=18)
