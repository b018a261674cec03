"""Two pictures that we draw ourselves, for demonstrations: a travel mug without background and a rainy platform."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.media.animatic.colour import rgb
from reelwright.media.animatic.drawables import skia
from reelwright.media.animatic.textures import clouds

Array = Any


def draw_samples(folder: Path) -> list[Path]:
    """Writes ``mug.png`` (900x1500, transparent) and ``platform.png`` (1800x1800); the same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, pixels in (("mug.png", _mug()), ("platform.png", _platform())):
        path = folder / name
        _save(pixels, path)
        made.append(path)
    return made


def _save(pixels: Array, path: Path) -> None:
    """Straight RGBA from 0 to 1, height by width by 4."""
    from PIL import Image

    Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA").save(path)


# -- the mug ----------------------------------------------------------------------------------------------------------

_W, _H = 900, 1500


def _mug() -> Array:
    """A matte black steel travel mug with a lid and an amber ring, key light upper left, rim light right."""
    picture = np.zeros((_H, _W, 4), np.float32)
    body = _body_mask()
    picture = _over(picture, _cylinder(body, "#1B1C1F", gloss=0.30, rim=0.55))
    picture = _engraved(picture, body)
    picture = _over(picture, _cylinder(_quad(232, 1264, 668, 1396, 22, 40), "#121315", gloss=0.22, rim=0.45))
    picture = _ring(picture)
    picture = _over(picture, _cylinder(_quad(196, 330, 704, 430, 0, 34), "#26282C", gloss=0.42, rim=0.75))
    picture = _over(picture, _cylinder(_quad(230, 196, 670, 336, 10, 54), "#17181B", gloss=0.38, rim=0.6))
    picture = _over(picture, _cylinder(_quad(500, 150, 650, 214, 4, 24), "#2B2D32", gloss=0.5, rim=0.8))
    return _seams(picture)


def _body_mask() -> Array:
    """The tapered wall from under the lid to the foot."""
    path = skia.Path()
    path.moveTo(206, 420)
    path.lineTo(694, 420)
    path.lineTo(664, 1290)
    path.quadTo(660, 1330, 640, 1340)
    path.lineTo(260, 1340)
    path.quadTo(240, 1330, 236, 1290)
    path.close()
    return _mask(path)


def _quad(left: float, top: float, right: float, bottom: float, taper: float, corner: float) -> Array:
    """A band of the mug, narrower at its foot by ``taper`` on each side."""
    path = skia.Path()
    path.moveTo(left + corner * 0.6, top)
    path.lineTo(right - corner * 0.6, top)
    path.quadTo(right, top, right - taper * 0.1, top + corner)
    path.lineTo(right - taper, bottom - corner)
    path.quadTo(right - taper - 4, bottom, right - taper - corner, bottom)
    path.lineTo(left + taper + corner, bottom)
    path.quadTo(left + taper + 4, bottom, left + taper, bottom - corner)
    path.lineTo(left + taper * 0.1, top + corner)
    path.quadTo(left, top, left + corner * 0.6, top)
    path.close()
    return _mask(path)


def _mask(path: Any, width: int = _W, height: int = _H) -> Array:
    surface = skia.Surface.MakeRaster(skia.ImageInfo.MakeN32Premul(width, height))
    canvas = surface.getCanvas()
    canvas.clear(0)
    canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=0xFFFFFFFF))
    return surface.makeImageSnapshot().toarray()[..., 3].astype(np.float32) / 255


def _cylinder(mask: Array, colour: str, *, gloss: float, rim: float) -> Array:
    """A band lit as a turned body: row by row its own half width gives the surface its bend."""
    x = np.arange(_W, dtype=np.float32)[None, :]
    rows = mask > 0.5
    left = np.where(rows.any(1), rows.argmax(1), 0).astype(np.float32)[:, None]
    right = np.where(rows.any(1), _W - 1 - rows[:, ::-1].argmax(1), 1).astype(np.float32)[:, None]
    across = np.clip((x - left) / np.maximum(right - left, 1) * 2 - 1, -1, 1)
    facing = np.sqrt(np.clip(1 - across**2, 0, 1))
    diffuse = np.clip(0.30 + 0.62 * (0.80 * facing - 0.52 * across), 0, 1.2)
    key = np.exp(-(((across + 0.52) / 0.10) ** 2)) * gloss + np.exp(-(((across + 0.30) / 0.30) ** 2)) * gloss * 0.30
    edge = np.exp(-(((across - 0.93) / 0.055) ** 2)) * rim
    brushed = (clouds(_H, _W, 7, 4, 24) - 0.5) * 0.05
    upright = _edge_light(mask)
    shade = rgb(colour)
    channels = [
        np.clip(part * (diffuse + brushed) * 1.35 + key + edge * warm + upright, 0, 1)
        for part, warm in zip(shade, (1.0, 0.86, 0.66), strict=True)
    ]
    return np.dstack([*(channel * mask for channel in channels), mask])


def _edge_light(mask: Array) -> Array:
    """A thin light along upper edges and a shadow along lower ones."""
    soft = _blurred(mask, 7)
    slope = np.gradient(soft, axis=0)
    return np.clip(slope * 3.2, 0, 0.34) - np.clip(-slope * 2.4, 0, 0.20)


def _blurred(values: Array, radius: int) -> Array:
    out = values
    for _ in range(2):
        for axis in (0, 1):
            summed = np.cumsum(
                np.pad(out, [(radius + 1, radius) if a == axis else (0, 0) for a in (0, 1)], mode="edge"), axis=axis
            )
            high = np.take(summed, range(2 * radius + 1, summed.shape[axis]), axis=axis)
            low = np.take(summed, range(summed.shape[axis] - 2 * radius - 1), axis=axis)
            out = (high - low) / (2 * radius + 1)
    return out.astype(np.float32)


def _ring(picture: Array) -> Array:
    """The amber light between wall and foot, and its glow on both."""
    path = skia.Path()
    path.addRRect(skia.RRect.MakeRectXY(skia.Rect(240, 1252, 660, 1272), 9, 9))
    line = _mask(path)
    glow = _blurred(line, 46) * 3.4 + _blurred(line, 16) * 1.3
    x = np.arange(_W, dtype=np.float32)[None, :] / _W * 2 - 1
    fall = np.clip(1.1 - np.abs(x) * 0.9, 0, 1)
    alpha = picture[..., 3]
    for channel, part in enumerate((1.0, 0.62, 0.16)):
        picture[..., channel] += glow * part * fall * 0.62 * alpha
    hot = line * (0.75 + 0.25 * fall)
    for channel, part in enumerate((1.0, 0.80, 0.42)):
        picture[..., channel] = picture[..., channel] * (1 - line) + part * hot * np.maximum(alpha, line)
    picture[..., 3] = np.maximum(alpha, line)
    return np.clip(picture, 0, 1)


def _engraved(picture: Array, body: Array) -> Array:
    """A heat mark: three rising strokes, pressed into the wall."""
    path = skia.Path()
    for index, (x, high) in enumerate(((398, 120), (450, 170), (502, 120))):
        y = 860 + (170 - high) / 2
        path.addRRect(skia.RRect.MakeRectXY(skia.Rect(x - 9, y, x + 9, y + high), 9, 9))
        del index
    cut = _mask(path) * body
    lit = np.clip(np.roll(cut, 3, 0) - cut, 0, 1) * 0.25
    for channel, part in enumerate((1.0, 0.66, 0.20)):
        picture[..., channel] = (
            picture[..., channel] * (1 - cut * 0.9) + cut * part * 0.86 * picture[..., 3] + lit * picture[..., 3]
        )
    return np.clip(picture, 0, 1)


def _seams(picture: Array) -> Array:
    """Dark joints under the lid and above the foot, a little bounce of the ground on the lowest rows."""
    y = np.arange(_H, dtype=np.float32)[:, None]
    joint = np.exp(-(((y - 432) / 5) ** 2)) * 0.75 + np.exp(-(((y - 338) / 4) ** 2)) * 0.55
    picture[..., :3] *= (1 - joint)[..., None]
    bounce = np.clip((y - 1340) / 60, 0, 1) * 0.05
    picture[..., :3] += (bounce * picture[..., 3])[..., None]
    return _straight(np.clip(picture, 0, 1))


def _over(below: Array, above: Array) -> Array:
    return above + below * (1 - above[..., 3:4])


def _straight(premultiplied: Array) -> Array:
    alpha = np.maximum(premultiplied[..., 3:4], 1e-4)
    return np.dstack([np.clip(premultiplied[..., :3] / alpha, 0, 1), premultiplied[..., 3]])


# -- the platform -----------------------------------------------------------------------------------------------------

_S = 1800
_HORIZON, _VANISH = 0.46, 0.60


def _platform() -> Array:
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
    mask = _mask(path, _S, _S)
    return _blurred(mask, soft) if soft else mask


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
        mask = np.maximum(mask, _mask(part, _S, _S))
    mirror = np.roll(mask[::-1], round((2 * foot - 1) * _S), axis=0)
    fall = np.clip(1 - (_grid()[1] - foot) / 0.22, 0, 1) * (_grid()[1] > foot)
    scene = _blend(scene, _blurred(mirror, 6) * fall * 0.62, np.array(rgb("#0B0D10"))[None, None])
    coat = np.array(rgb("#15181D"))[None, None] * np.ones_like(scene) + scene * 0.04
    scene = _blend(scene, mask, coat)
    rim = np.clip(mask - np.roll(mask, -5, 1), 0, 1) + 0.6 * np.clip(mask - np.roll(mask, 4, 0), 0, 1)
    rim = _blurred(rim.astype(np.float32), 2) * mask
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
    return scene + (_blurred(streaks, 1) * light)[..., None] * np.array(rgb("#DCE8F2"))[None, None] * 0.55


def _finished(scene: Array) -> Array:
    """Filmic shoulder, vignette, a warm and cold grade and grain against banding."""
    x, y = _grid()
    vignette = 1 - 0.42 * np.clip(np.hypot(x - 0.52, y - 0.48) - 0.30, 0, 1) ** 1.3
    scene = np.clip(scene, 0, None) * vignette[..., None]
    scene = 1 - np.exp(-1.55 * scene)
    noise = np.random.default_rng(3).normal(0, 0.011, (_S, _S)).astype(np.float32)
    return np.clip(scene + noise[..., None], 0, 1)
