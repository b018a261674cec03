"""The demonstration photo: a station platform on a wet morning, built from light, planes and fog."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from reelwright.media.drawing.colour import to_rgb
from reelwright.media.drawing.drawables import skia
from tools.sample_masks import Array, blurred, clouds, mask_of

_S = 1800
_HORIZON, _VANISH = 0.46, 0.60
_DARK = 1e-7
"""Light below this changes no pixel."""


def draw_platform() -> Array:
    """A station platform on a wet morning: fog, canopy, lamps and their reflections, rails, a commuter walking away."""
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


def _tone(colour: str) -> Array:
    return np.array(to_rgb(colour), np.float32)


def _fog() -> Array:
    """Blue-grey air, brightest where the line vanishes, with slow banks in it."""
    x, y = _grid()
    far = np.exp(-(((x - _VANISH) / 0.36) ** 2) - ((y - _HORIZON + 0.03) / 0.24) ** 2)
    banks = clouds(_S, _S, 21, 5, 3)
    light = 0.10 + 0.62 * far + 0.10 * (banks - 0.5)
    cold, warm = _tone("#5F7C96"), _tone("#F2D9B8")
    mixed = cold + (warm - cold) * np.clip(far * 1.1 - 0.15, 0, 1)[..., None]
    return (light[..., None] * mixed * 1.25).astype(np.float32)


def _plane(points: list[tuple[float, float]], soft: int = 0) -> Array:
    path = skia.Path()
    for index, (x, y) in enumerate(points):
        (path.lineTo if index else path.moveTo)(x * _S, y * _S)
    path.close()
    mask = mask_of(path, _S, _S)
    if soft and (box := _box(mask, 2 * soft + 2)) is not None:
        mask[box] = blurred(mask[box], soft)
    return mask


def _box(mask: Array, margin: int = 0) -> tuple[slice, slice] | None:
    """Rows and columns of what ``mask`` shows, with a margin; None where it shows nothing.

    Most of what is drawn covers a small part of the picture; the rest stays as it is.
    """
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not rows.size:
        return None
    return (
        slice(max(0, rows[0] - margin), rows[-1] + 1 + margin),
        slice(max(0, columns[0] - margin), columns[-1] + 1 + margin),
    )


def _blend(scene: Array, mask: Array, colour: Array) -> Array:
    """``colour``, one or one a pixel, over ``scene`` where ``mask`` shows it."""
    if (box := _box(mask)) is None:
        return scene
    part = mask[box][..., None].astype(np.float32)
    over = np.broadcast_to(colour, scene.shape)[box].astype(np.float32)
    blended = scene.astype(np.float32)
    blended[box] = blended[box] * (1 - part) + over * part
    return blended


def _depth() -> Array:
    """0 at the vanishing line, 1 at the lower edge: fog thins as things come nearer."""
    _, y = _grid()
    return np.clip((y - _HORIZON) / (1 - _HORIZON), 0, 1)


def _tracks(scene: Array) -> Array:
    """The bed on the right with sleepers and two pairs of rails that catch the sky."""
    depth = _depth()
    bed = _plane([(_VANISH, _HORIZON), (1.7, 1.0), (0.80, 1.0)])
    gravel = (clouds(_S, _S, 33, 6, 48) - 0.5) * 0.12 * depth
    dark = _tone("#2A3036")[None, None] * (0.75 + gravel[..., None] * 2.2)
    air = scene
    scene = _blend(scene, bed * np.clip(0.25 + depth * 1.1, 0, 1), dark)
    sleepers = 0.5 + 0.5 * np.sin(36 / np.maximum(depth, 0.03))
    scene = _blend(scene, bed * np.clip(sleepers - 0.55, 0, 1) * depth * 0.8, _tone("#15181B")[None, None])
    for foot in (0.90, 1.08, 1.30, 1.52):
        rail = _plane([(_VANISH + 0.0006, _HORIZON), (foot + 0.011, 1.0), (foot - 0.011, 1.0)], 1)
        shine = _tone("#C9D6DF")[None, None] * np.clip(0.95 - depth * 0.35, 0, 1)[..., None]
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
    stone = _tone("#171B21")[None, None] * (0.7 + 0.6 * wet[..., None])
    joints = 0.5 + 0.5 * np.cos(2 * math.pi * 2.4 / np.maximum(depth, 0.03))
    stone = stone * (1 - 0.35 * np.clip(joints - 0.93, 0, 1)[..., None] * 12 * depth[..., None])
    gloss = np.clip(0.30 + 0.55 * (wet - 0.35), 0.08, 0.85) * np.clip(1.25 - depth, 0.25, 1)
    scene = _blend(scene, floor * np.clip(0.35 + depth * 2.2, 0, 1), stone + mirrored * gloss[..., None] * 0.9)
    edge = _plane([(_VANISH - 0.004, _HORIZON + 0.004), (0.765, 1.0), (0.690, 1.0)], 1)
    worn = np.clip(0.55 + 0.6 * (clouds(_S, _S, 55, 5, 30) - 0.4), 0, 1)
    return _blend(scene, edge * worn * np.clip(depth * 1.6, 0, 0.85), _tone("#E8C66A")[None, None] * 0.85)


def _canopy(scene: Array) -> Array:
    """The roof from the upper left towards the vanishing point, its ribs and the columns that carry it."""
    roof = _plane([(-0.2, -0.1), (0.93, -0.1), (_VANISH - 0.006, _HORIZON - 0.022), (-0.2, 0.18)])
    scene = _blend(scene, roof * 0.93, _tone("#0F1318")[None, None] + scene * 0.10)
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
        scene = _blend(scene, rib * roof * 0.5, _tone("#39424B")[None, None])
    for step in range(7):
        near = 0.66**step
        x = _VANISH - 0.50 * near
        top, foot = _HORIZON - 0.30 * near - 0.01, _HORIZON + 0.40 * near
        half = 0.017 * near
        column = _plane([(x - half, top), (x + half, top), (x + half, foot), (x - half, foot)], 1)
        seen = 0.35 + 0.62 * near
        tone = _tone("#12161B")[None, None] * (0.5 + 0.5 * near) + scene * (1 - seen)
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
        scene = _blend(scene, mirror * 0.45 * near, _tone("#0D1014")[None, None])
    return scene


def _glow(scene: Array, x: float, y: float, radius: float, colour: str, power: float, *, tall: float = 1.0) -> Array:
    spread = _glow_mask(x, y, radius, radius * tall)
    lit = scene.copy()
    if (box := _box(spread > _DARK)) is not None:
        lit[box] += (spread[box] * np.float32(power))[..., None] * _tone(colour)
    return lit


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
        scene = _blend(scene, disc * 0.34, _tone(colour)[None, None] * 1.1)
        scene = _glow(scene, x, y, radius * 2.2, colour, 0.10)
    return scene


def _train(scene: Array) -> Array:
    """Two headlights far down the line, blooming in the fog."""
    for dx, power in ((-0.008, 1.0), (0.010, 0.9)):
        scene = _glow(scene, _VANISH + 0.012 + dx, _HORIZON + 0.004, 0.006, "#FFFDF2", 2.2 * power)
        scene = _glow(scene, _VANISH + 0.012 + dx, _HORIZON + 0.004, 0.045, "#FFE7BE", 0.55 * power)
    return _glow(scene, _VANISH + 0.014, _HORIZON + 0.07, 0.010, "#FFE7BE", 0.5, tall=7.0)


def _person(scene: Array) -> Array:
    """A commuter under an umbrella, walking away in mid-step towards the light, on their own reflection."""
    foot, high, x = 0.872, 0.47, 0.425
    first, *others = _figure(x, foot, high)
    mask = mask_of(first, _S, _S, *others)
    mirror = np.roll(mask[::-1], round((2 * foot - 1) * _S), axis=0)
    below = _grid()[1] > foot - 0.012
    fall = np.clip(1 - (_grid()[1] - foot) / 0.30, 0, 1) * below
    scene = _blend(scene, blurred(mirror, 5) * fall * 0.66, _tone("#0A0C0F")[None, None])
    contact = _glow_mask(x + 0.012, foot - 0.004, 0.075, 0.010)
    scene = _blend(scene, contact * 0.6, _tone("#07090B")[None, None])
    coat = _tone("#101318")[None, None] * np.ones_like(scene) + scene * 0.05
    scene = _blend(scene, mask, coat)
    inner = blurred(mask, 3)
    rim = np.clip(mask - np.roll(np.roll(inner, -7, 1), 3, 0), 0, 1) * mask
    near_light = np.clip(1.25 - np.hypot(_grid()[0] - _VANISH, _grid()[1] - _HORIZON) * 2.2, 0.1, 1)
    return scene + (blurred(rim.astype(np.float32), 1) * near_light * 0.55)[..., None] * _tone("#FFDFB0")


def _glow_mask(x: float, y: float, rx: float, ry: float) -> Array:
    steps = np.arange(_S, dtype=np.float32) / _S
    across, down = np.exp(-(((steps - x) / rx) ** 2)), np.exp(-(((steps - y) / ry) ** 2))
    return down[:, None] * across[None, :]


def _figure(x: float, foot: float, high: float) -> list[Any]:
    """Seven and a half heads tall, from behind: head, coat with shoulders and a vent, legs mid-step, umbrella.

    Points in parts of the figure's height, up from the foot and right from its middle.
    """

    def at(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x + dx * high, foot - up * high) for dx, up in points]

    head = _oval(x + 0.004 * high, foot - 0.935 * high, 0.047 * high, 0.064 * high)
    neck = _plain_path(at([(-0.026, 0.90), (0.030, 0.90), (0.034, 0.835), (-0.032, 0.835)]))
    return [
        head,
        neck,
        *(_smooth_path(at(part)) for part in (_COAT, _COLLAR, _LEG, _STEP, _ARM, _BENT)),
        *_umbrella(at),
    ]


_COAT = [
    (-0.040, 0.868),
    (-0.075, 0.846),
    (-0.128, 0.822),
    (-0.142, 0.780),
    (-0.128, 0.690),
    (-0.108, 0.590),
    (-0.104, 0.540),
    (-0.116, 0.440),
    (-0.138, 0.300),
    (-0.142, 0.285),
    (-0.020, 0.272),
    (-0.006, 0.330),
    (0.006, 0.272),
    (0.120, 0.286),
    (0.130, 0.300),
    (0.114, 0.440),
    (0.100, 0.540),
    (0.106, 0.590),
    (0.126, 0.690),
    (0.140, 0.780),
    (0.126, 0.824),
    (0.075, 0.848),
    (0.040, 0.868),
]
_COLLAR = [(-0.052, 0.850), (-0.046, 0.892), (0.0, 0.902), (0.050, 0.892), (0.056, 0.850), (0.0, 0.830)]
_LEG = [
    (-0.098, 0.330),
    (-0.090, 0.170),
    (-0.080, 0.060),
    (-0.092, 0.022),
    (-0.108, 0.004),
    (-0.098, -0.006),
    (-0.040, -0.006),
    (-0.030, 0.012),
    (-0.034, 0.060),
    (-0.028, 0.170),
    (-0.012, 0.330),
]
_STEP = [
    (0.012, 0.330),
    (0.030, 0.200),
    (0.046, 0.118),
    (0.048, 0.082),
    (0.040, 0.052),
    (0.052, 0.040),
    (0.098, 0.048),
    (0.106, 0.066),
    (0.096, 0.094),
    (0.092, 0.130),
    (0.094, 0.210),
    (0.098, 0.330),
]
_ARM = [
    (-0.112, 0.812),
    (-0.146, 0.778),
    (-0.166, 0.640),
    (-0.168, 0.520),
    (-0.160, 0.430),
    (-0.146, 0.414),
    (-0.128, 0.430),
    (-0.124, 0.520),
    (-0.108, 0.660),
    (-0.096, 0.760),
]
_BENT = [
    (0.090, 0.826),
    (0.136, 0.806),
    (0.158, 0.730),
    (0.172, 0.650),
    (0.170, 0.600),
    (0.146, 0.586),
    (0.118, 0.622),
    (0.100, 0.700),
]


def _umbrella(at: Any) -> list[Any]:
    """A dome with five scallops over the head, a thin shaft down to the shoulder and a tip."""
    dome = skia.Path()
    left, right, rim, crown = -0.300, 0.400, 0.985, 1.205
    (x0, y0), (x1, y1), (mid, top) = at([(left, rim), (right, rim), ((left + right) / 2, crown)])
    dome.moveTo(x0 * _S, y0 * _S)
    dome.cubicTo(x0 * _S, top * _S, (mid - 0.05) * _S, (top - 0.004) * _S, mid * _S, (top - 0.004) * _S)
    dome.cubicTo((mid + 0.05) * _S, (top - 0.004) * _S, x1 * _S, top * _S, x1 * _S, y1 * _S)
    steps = 5
    for step in range(steps):
        a, b = x1 + (x0 - x1) * step / steps, x1 + (x0 - x1) * (step + 1) / steps
        dome.quadTo((a + b) / 2 * _S, (y0 - 0.020) * _S, b * _S, y0 * _S)
    dome.close()
    shaft = _plain_path(at([(0.046, crown + 0.03), (0.054, crown + 0.03), (0.112, 0.800), (0.102, 0.800)]))
    return [dome, shaft]


def _plain_path(points: list[tuple[float, float]]) -> Any:
    path = skia.Path()
    for index, (px, py) in enumerate(points):
        (path.lineTo if index else path.moveTo)(px * _S, py * _S)
    path.close()
    return path


def _oval(x: float, y: float, rx: float, ry: float) -> Any:
    path = skia.Path()
    path.addOval(skia.Rect((x - rx) * _S, (y - ry) * _S, (x + rx) * _S, (y + ry) * _S))
    return path


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
    return scene + (blurred(streaks, 1) * light)[..., None] * _tone("#DCE8F2")[None, None] * 0.55


def _finished(scene: Array) -> Array:
    """Filmic shoulder, vignette, a warm and cold grade and grain against banding."""
    x, y = _grid()
    vignette = 1 - 0.42 * np.clip(np.hypot(x - 0.52, y - 0.48) - 0.30, 0, 1) ** 1.3
    scene = np.clip(scene, 0, None) * vignette[..., None]
    scene = 1 - np.exp(-1.55 * scene)
    noise = np.random.default_rng(3).normal(0, 0.011, (_S, _S)).astype(np.float32)
    return np.clip(scene + noise[..., None], 0, 1)
