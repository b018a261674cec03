"""The demonstration photo: a station platform on a wet morning, built from light, planes and fog."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from reelwright.media.animatic.colour import rgb
from reelwright.media.animatic.drawables import skia
from reelwright.media.animatic.masks import Array, blurred, mask_of
from reelwright.media.animatic.textures import clouds

_S = 1800
_HORIZON, _VANISH = 0.46, 0.60


def draw_platform() -> Array:
    """A station platform on a wet morning: fog, canopy, lamps and their reflections, rails, one person waiting."""
    scene = _fog()
    scene = _tracks(scene)
    scene = _wet_floor(scene)
    scene = _canopy(scene)
    scene = _lamps(scene)
    scene = _train(scene)
    scene = _person(scene)
    scene = _rain(scene)
    return np.dstack([_finished(scene), np.ones((_S, _S), np.float32)])


@cache
def _grid() -> tuple[Array, Array]:
    y, x = np.mgrid[0:_S, 0:_S].astype(np.float32) / _S
    return x, y


def _fog() -> Array:
    """Blue-grey air, brightest where the line vanishes, with slow banks in it."""
    x, y = _grid()
    far = np.exp(-(((x - _VANISH) / 0.36) ** 2) - ((y - _HORIZON + 0.03) / 0.24) ** 2)
    banks = clouds(_S, _S, 21, 5, 3)
    light = 0.10 + 0.62 * far + 0.10 * (banks - 0.5)
    cold, warm = np.array(rgb("#5F7C96")), np.array(rgb("#F2D9B8"))
    mixed = cold + (warm - cold) * np.clip(far * 1.1 - 0.15, 0, 1)[..., None]
    return light[..., None] * mixed * 1.25


def _plane(points: list[tuple[float, float]], soft: int = 0) -> Array:
    path = skia.Path()
    for index, (x, y) in enumerate(points):
        (path.lineTo if index else path.moveTo)(x * _S, y * _S)
    path.close()
    mask = mask_of(path, _S, _S)
    return blurred(mask, soft) if soft else mask


def _blend(scene: Array, mask: Array, colour: Array) -> Array:
    return scene * (1 - mask[..., None]) + colour * mask[..., None]


def _depth() -> Array:
    """0 at the vanishing line, 1 at the lower edge: fog thins as things come nearer."""
    _, y = _grid()
    return np.clip((y - _HORIZON) / (1 - _HORIZON), 0, 1)


def _tracks(scene: Array) -> Array:
    """The bed on the right with sleepers and two pairs of rails that catch the sky."""
    depth = _depth()
    bed = _plane([(_VANISH, _HORIZON), (1.7, 1.0), (0.80, 1.0)])
    gravel = (clouds(_S, _S, 33, 6, 48) - 0.5) * 0.12 * depth
    dark = np.array(rgb("#2A3036"))[None, None] * (0.75 + gravel[..., None] * 2.2)
    air = scene
    scene = _blend(scene, bed * np.clip(0.25 + depth * 1.1, 0, 1), dark)
    sleepers = 0.5 + 0.5 * np.sin(36 / np.maximum(depth, 0.03))
    scene = _blend(scene, bed * np.clip(sleepers - 0.55, 0, 1) * depth * 0.8, np.array(rgb("#15181B"))[None, None])
    for foot in (0.90, 1.08, 1.30, 1.52):
        rail = _plane([(_VANISH + 0.0006, _HORIZON), (foot + 0.011, 1.0), (foot - 0.011, 1.0)], 1)
        shine = np.array(rgb("#C9D6DF"))[None, None] * np.clip(0.95 - depth * 0.35, 0, 1)[..., None]
        scene = _blend(scene, rail, shine * 0.6 + air * 0.35)
    return scene


def _wet_floor(scene: Array) -> Array:
    """The platform: dark wet stone that mirrors what stands above it, with a pale safety line along its edge."""
    _x, _y = _grid()
    depth = _depth()
    floor = _plane(
        [(_VANISH - 0.004, _HORIZON + 0.004), (0.80, 1.0), (-0.9, 1.0), (-0.5, _HORIZON + 0.06), (0, _HORIZON + 0.03)]
    )
    mirrored = scene[np.clip((2 * _HORIZON * _S - np.arange(_S)).astype(int), 0, _S - 1)]
    wet = clouds(_S, _S, 44, 5, 7)
    stone = np.array(rgb("#171B21"))[None, None] * (0.7 + 0.6 * wet[..., None])
    joints = 0.5 + 0.5 * np.cos(2 * math.pi * 2.4 / np.maximum(depth, 0.03))
    stone = stone * (1 - 0.35 * np.clip(joints - 0.93, 0, 1)[..., None] * 12 * depth[..., None])
    gloss = np.clip(0.30 + 0.55 * (wet - 0.35), 0.08, 0.85) * np.clip(1.25 - depth, 0.25, 1)
    scene = _blend(scene, floor * np.clip(0.35 + depth * 2.2, 0, 1), stone + mirrored * gloss[..., None] * 0.9)
    edge = _plane([(_VANISH - 0.004, _HORIZON + 0.004), (0.765, 1.0), (0.690, 1.0)], 1)
    worn = np.clip(0.55 + 0.6 * (clouds(_S, _S, 55, 5, 30) - 0.4), 0, 1)
    return _blend(scene, edge * worn * np.clip(depth * 1.6, 0, 0.85), np.array(rgb("#E8C66A"))[None, None] * 0.85)


def _canopy(scene: Array) -> Array:
    """The roof from the upper left towards the vanishing point, its ribs and the columns that carry it."""
    roof = _plane([(-0.2, -0.1), (0.93, -0.1), (_VANISH - 0.006, _HORIZON - 0.022), (-0.2, 0.18)])
    scene = _blend(scene, roof * 0.93, np.array(rgb("#0F1318"))[None, None] + scene * 0.10)
    for step in range(9):
        near = 0.80**step
        y_top = _HORIZON - (_HORIZON + 0.06) * near
        x_right = _VANISH + 0.30 * near
        rib = _plane(
            [
                (-0.2, y_top + 0.30 * near),
                (x_right, y_top + 0.01 * near),
                (x_right, y_top + 0.024 * near),
                (-0.2, y_top + 0.33 * near),
            ],
            1,
        )
        scene = _blend(scene, rib * roof * 0.5, np.array(rgb("#39424B"))[None, None])
    for step in range(7):
        near = 0.66**step
        x = _VANISH - 0.50 * near
        top, foot = _HORIZON - 0.30 * near - 0.01, _HORIZON + 0.40 * near
        half = 0.017 * near
        column = _plane([(x - half, top), (x + half, top), (x + half, foot), (x - half, foot)], 1)
        seen = 0.35 + 0.62 * near
        tone = np.array(rgb("#12161B"))[None, None] * (0.5 + 0.5 * near) + scene * (1 - seen)
        scene = _blend(scene, column * seen, tone)
        mirror = _plane(
            [
                (x - half, foot),
                (x + half, foot),
                (x + half * 1.1, min(1.2, foot + 0.34 * near)),
                (x - half * 1.1, min(1.2, foot + 0.34 * near)),
            ],
            7,
        )
        scene = _blend(scene, mirror * 0.45 * near, np.array(rgb("#0D1014"))[None, None])
    return scene


def _glow(scene: Array, x: float, y: float, radius: float, colour: str, power: float, *, tall: float = 1.0) -> Array:
    gx, gy = _grid()
    spread = np.exp(-(((gx - x) / radius) ** 2) - ((gy - y) / (radius * tall)) ** 2)
    return scene + (spread * power)[..., None] * np.array(rgb(colour))[None, None]


def _lamps(scene: Array) -> Array:
    """Amber lamps under the roof, each with its halo and a long smear of light on the wet floor."""
    for step in range(7):
        near = 0.68**step
        x, y = _VANISH - 0.30 * near, _HORIZON - 0.36 * near
        scene = _glow(scene, x, y, 0.016 * near + 0.003, "#FFF0CC", 1.5)
        scene = _glow(scene, x, y, 0.085 * near + 0.012, "#FFB046", 0.42)
        scene = _glow(scene, x, _HORIZON + 0.42 * near, 0.020 * near + 0.003, "#FFB65A", 0.62, tall=5.0)
    for x, y, radius, colour in (
        (0.93, 0.37, 0.030, "#E2533A"),
        (0.86, 0.40, 0.020, "#FFC36A"),
        (0.985, 0.43, 0.026, "#8FC7E8"),
    ):
        disc = np.clip((radius - np.hypot(_grid()[0] - x, _grid()[1] - y)) * 260, 0, 1)
        scene = _blend(scene, disc * 0.34, np.array(rgb(colour))[None, None] * 1.1)
        scene = _glow(scene, x, y, radius * 2.2, colour, 0.10)
    return scene


def _train(scene: Array) -> Array:
    """Two headlights far down the line, blooming in the fog."""
    for dx, power in ((-0.008, 1.0), (0.010, 0.9)):
        scene = _glow(scene, _VANISH + 0.012 + dx, _HORIZON + 0.004, 0.006, "#FFFDF2", 2.2 * power)
        scene = _glow(scene, _VANISH + 0.012 + dx, _HORIZON + 0.004, 0.045, "#FFE7BE", 0.55 * power)
    return _glow(scene, _VANISH + 0.014, _HORIZON + 0.07, 0.010, "#FFE7BE", 0.5, tall=7.0)


def _person(scene: Array) -> Array:
    """Somebody in a long coat with a bag and a hood, seen from behind, rim-lit, standing on their own reflection."""
    foot, high, x = 0.845, 0.45, 0.435
    mask = np.zeros((_S, _S), np.float32)
    for part in _figure(x, foot, high):
        mask = np.maximum(mask, mask_of(part, _S, _S))
    mirror = np.roll(mask[::-1], round((2 * foot - 1) * _S), axis=0)
    fall = np.clip(1 - (_grid()[1] - foot) / 0.22, 0, 1) * (_grid()[1] > foot)
    scene = _blend(scene, blurred(mirror, 6) * fall * 0.62, np.array(rgb("#0B0D10"))[None, None])
    coat = np.array(rgb("#15181D"))[None, None] * np.ones_like(scene) + scene * 0.04
    scene = _blend(scene, mask, coat)
    rim = np.clip(mask - np.roll(mask, -5, 1), 0, 1) + 0.6 * np.clip(mask - np.roll(mask, 4, 0), 0, 1)
    rim = blurred(rim.astype(np.float32), 2) * mask
    return scene + (rim * 0.75)[..., None] * np.array(rgb("#FFD9A0"))[None, None]


def _oval(x: float, y: float, rx: float, ry: float) -> Any:
    path = skia.Path()
    path.addOval(skia.Rect((x - rx) * _S, (y - ry) * _S, (x + rx) * _S, (y + ry) * _S))
    return path


def _figure(x: float, foot: float, high: float) -> list[Any]:
    """Head, hood, coat, legs and bag as outlines that overlap."""
    top = foot - high * 0.86
    coat = _smooth_path(
        [
            (x - 0.030, top - 0.004),
            (x - 0.066, top + 0.028),
            (x - 0.078, top + 0.110),
            (x - 0.077, top + 0.200),
            (x - 0.090, foot - 0.075),
            (x - 0.040, foot - 0.064),
            (x + 0.040, foot - 0.064),
            (x + 0.088, foot - 0.074),
            (x + 0.075, top + 0.200),
            (x + 0.076, top + 0.108),
            (x + 0.062, top + 0.026),
            (x + 0.030, top - 0.004),
        ]
    )
    legs = [
        _smooth_path(
            [
                (x + dx - 0.019, foot - 0.09),
                (x + dx + 0.021, foot - 0.09),
                (x + dx + 0.022, foot + 0.003),
                (x + dx - 0.021, foot + 0.003),
            ]
        )
        for dx in (-0.031, 0.027)
    ]
    bag = skia.Path()
    bag.addRRect(
        skia.RRect.MakeRectXY(
            skia.Rect((x + 0.070) * _S, (foot - 0.205) * _S, (x + 0.132) * _S, (foot - 0.118) * _S), 20, 20
        )
    )
    arm = _smooth_path(
        [(x + 0.058, top + 0.05), (x + 0.082, top + 0.06), (x + 0.098, foot - 0.196), (x + 0.080, foot - 0.196)]
    )
    return [_oval(x, top - 0.018, 0.033, 0.042), _oval(x, top + 0.012, 0.046, 0.034), coat, *legs, arm, bag]


def _smooth_path(points: list[tuple[float, float]]) -> Any:
    """A closed outline whose corners are rounded off halfway."""
    path = skia.Path()
    first = points[0]
    path.moveTo(first[0] * _S, first[1] * _S)
    for (ax, ay), (bx, by) in zip(points, [*points[1:], first], strict=True):
        path.quadTo(ax * _S, ay * _S, (ax + bx) / 2 * _S, (ay + by) / 2 * _S)
    path.close()
    return path


def _rain(scene: Array) -> Array:
    """Fine streaks, brighter before the light, all falling at one angle."""
    random = np.random.default_rng(9)
    streaks = np.zeros((_S, _S), np.float32)
    for _ in range(1500):
        x, y = int(random.integers(0, _S)), int(random.integers(0, _S))
        length = int(random.integers(20, 74))
        steps = np.arange(length)
        rows, columns = (y + steps) % _S, (x - steps // 7) % _S
        streaks[rows, columns] += 0.10 + 0.28 * float(random.random())
    light = 0.25 + 0.9 * scene.mean(-1)
    return scene + (blurred(streaks, 1) * light)[..., None] * np.array(rgb("#DCE8F2"))[None, None] * 0.55


def _finished(scene: Array) -> Array:
    """Filmic shoulder, vignette, a warm and cold grade and grain against banding."""
    x, y = _grid()
    vignette = 1 - 0.42 * np.clip(np.hypot(x - 0.52, y - 0.48) - 0.30, 0, 1) ** 1.3
    scene = np.clip(scene, 0, None) * vignette[..., None]
    scene = 1 - np.exp(-1.55 * scene)
    noise = np.random.default_rng(3).normal(0, 0.011, (_S, _S)).astype(np.float32)
    return np.clip(scene + noise[..., None], 0, 1)
