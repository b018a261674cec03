"""Drawn photographs of food: loaves on a board, shoulder of lamb on a plate."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from tools.gallery.darkroom import Point, Scene, tone
from tools.gallery.rooms import lay_boards


def draw_bread() -> Image.Image:
    """Two loaves and rolls on a floured board, by a window on the left."""
    scene = Scene(1200, 800, 11)
    scene.wash("#3B332B", "#6A5138", 0.0, 0.6)
    scene.glow("#F3DDB8", (0.05, 0.12), 0.5, 0.75)
    for place, size in (((1.15, 0.16), 0.1), ((1.32, 0.26), 0.07), ((0.92, 0.1), 0.05)):
        scene.lay("#9A7C55", scene.ellipse(place, size, size, 0.03), 0.5)
    scene.blur(0.02)
    lay_boards(scene, 0.5, "#8A6440", 7)
    for centre, rx, ry, turn in (((0.95, 0.47), 0.34, 0.2, -6.0), ((0.52, 0.62), 0.33, 0.2, 5.0)):
        _lay_loaf(scene, centre, rx, ry, turn)
    for centre, size in (((1.12, 0.76), 0.105), ((1.31, 0.7), 0.1), ((0.93, 0.84), 0.09)):
        roll = scene.ellipse(centre, size * 1.1, size * 0.82)
        scene.shadow(roll, (0.05, 0.035), 0.025, 0.75)
        scene.body(roll, "#C98A44", size * 0.55, 0.05, 0.05)
        scene.lay(
            "#E9C88C", scene.ellipse((centre[0] - 0.01, centre[1] - 0.02), size * 0.6, size * 0.06, 0.008, -18), 0.6
        )
    flour = np.clip(scene.noise(6, 10) - 0.56, 0, 1) * 2.2 * np.clip((scene.y - 0.62) * 4, 0, 1)
    scene.lay("#F6EEDD", np.clip(flour, 0, 0.75))
    return scene.develop()


def _lay_loaf(scene: Scene, centre: Point, rx: float, ry: float, turn: float) -> None:
    mask = scene.ellipse(centre, rx, ry, 0.004, turn)
    scene.shadow(mask, (0.07, 0.06), 0.04, 0.85)
    scene.body(mask, "#B5712F", ry * 0.62, 0.09)
    crust = np.clip(scene.noise(6, 8) - 0.45, 0, 1) * 1.6 * mask
    scene.lay("#5E3214", crust, 0.75)
    lean = math.radians(turn)
    for n in range(-2, 3):
        across = n * rx * 0.3
        at = (centre[0] + across * math.cos(lean) - 0.01, centre[1] + across * math.sin(lean) - ry * 0.22)
        cut = scene.ellipse(at, ry * 0.62, ry * 0.1, 0.004, turn - 58)
        scene.lay("#5B3010", np.roll(cut, 5, 0) * mask, 0.7)
        scene.lay("#EBCB95", cut * mask, 0.85)
    dust = np.clip(scene.noise(6, 16) - 0.5, 0, 1) * 1.7 * mask * np.clip((centre[1] - scene.y) * 6 + 0.4, 0, 1)
    scene.lay("#FBF3E4", np.clip(dust, 0, 0.8), 0.8)


def draw_dish() -> Image.Image:
    """Shoulder of lamb with carrots on a plate, from above, on dark slate."""
    scene = Scene(1100, 1100, 97)
    scene.wash("#3A3A3B", "#242425")
    scene.lay("#5A5754", scene.noise(6, 8), 0.3)
    linen = scene.polygon([(-0.1, 0.62), (0.22, 0.55), (0.3, 1.1), (-0.1, 1.1)], 0.002)
    scene.lay(tone("#B9AE9A") * (0.8 + 0.16 * np.sin(scene.x * 420) + 0.16 * scene.noise(5, 4))[..., None], linen)
    plate = scene.ellipse((0.53, 0.5), 0.4, 0.4)
    scene.shadow(plate, (0.035, 0.04), 0.03, 0.8)
    scene.body(plate, "#DAD3C6", 0.06, 0.01)
    well = scene.ellipse((0.53, 0.5), 0.29, 0.29, 0.006)
    scene.lay("#E9E3D7", well, 0.9)
    scene.lay(
        "#A99F90",
        np.clip(
            scene.ellipse((0.53, 0.5), 0.295, 0.295, 0.008) - scene.ellipse((0.537, 0.507), 0.29, 0.29, 0.008), 0, 1
        ),
        0.9,
    )
    sauce = scene.polygon(
        [(0.33, 0.5), (0.42, 0.36), (0.6, 0.34), (0.73, 0.45), (0.7, 0.6), (0.55, 0.68), (0.4, 0.64)],
        0.006,
        is_round=True,
    )
    scene.body(sauce, "#7A3B1C", 0.012, 0.06, 0.25)
    for points in (
        [(0.44, 0.44), (0.55, 0.37), (0.67, 0.43), (0.66, 0.53), (0.55, 0.57), (0.45, 0.53)],
        [(0.47, 0.52), (0.58, 0.5), (0.66, 0.55), (0.6, 0.62), (0.5, 0.6)],
    ):
        meat = scene.polygon(points, 0.003, is_round=True)
        scene.shadow(meat, (0.014, 0.016), 0.012, 0.6)
        scene.body(meat, "#8A4A26", 0.035, 0.5, 0.12)
        scene.lay("#3B1A0C", meat * np.clip(scene.noise(6, 14) - 0.5, 0, 1) * 2, 0.6)
    for at, turn, long in (((0.4, 0.4), -40, 0.085), ((0.375, 0.47), -65, 0.075), ((0.44, 0.345), -18, 0.07)):
        carrot = scene.ellipse(at, long, 0.021, 0.002, turn)
        scene.shadow(carrot, (0.01, 0.012), 0.008, 0.5)
        scene.body(carrot, "#E0792B", 0.016, 0.1, 0.1)
    random = np.random.default_rng(12)
    for _ in range(26):
        at = (random.normal(0.65, 0.045), random.normal(0.62, 0.03))
        pea = scene.ellipse(at, 0.0125, 0.0125, 0.001)
        scene.shadow(pea, (0.006, 0.007), 0.004, 0.5)
        scene.body(pea, "#7E9B3C", 0.008, 0.0, 0.06)
    for n in range(16):
        at = (0.5 + n * 0.009, 0.43 - 0.006 * n + 0.006 * math.sin(n * 2.0))
        scene.body(scene.ellipse(at, 0.013, 0.0045, 0.001, 40 if n % 2 else -50), "#5E7A3A", 0.004)
    for x in (0.045, 0.068, 0.091):
        scene.body(scene.polygon([(x, 0.18), (x + 0.008, 0.18), (x + 0.008, 0.34), (x, 0.34)], 0.001), "#B9BBBD", 0.004)
    scene.body(
        scene.polygon([(0.04, 0.33), (0.104, 0.33), (0.082, 0.4), (0.08, 0.82), (0.064, 0.82), (0.062, 0.4)], 0.001),
        "#B9BBBD",
        0.008,
        0,
        0.1,
    )
    away = np.clip((np.hypot(scene.x - 0.54, scene.y - 0.5) - 0.3) * 3, 0, 1)
    scene.blur(0.004, away)
    return scene.develop(0.016, 0.45, 1.12)
