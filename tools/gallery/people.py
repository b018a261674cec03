"""Drawn photographs of people from behind: a couple at a low sun, a woman by a window."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tools.gallery.darkroom import Array, Point, Scene


def draw_couple() -> Image.Image:
    """Two people from behind at a low sun, lamps out of focus."""
    scene = Scene(1000, 1200, 23)
    scene.wash("#D98A5B", "#5B3A3E", 0.1, 0.95)
    scene.glow("#FFE2A6", (0.46, 0.36), 0.26, 0.85)
    scene.glow("#FFB870", (0.46, 0.4), 0.5, 0.35)
    random = np.random.default_rng(4)
    hills = scene.polygon(
        [(-0.1, 0.56), (0.15, 0.5), (0.4, 0.55), (0.62, 0.49), (0.95, 0.56), (0.95, 1.1), (-0.1, 1.1)], 0.02
    )
    scene.lay("#6B4541", hills, 0.8)
    field = np.clip((scene.y - 0.62) * 3, 0, 1)
    scene.lay("#3C2A2C", field * (0.6 + 0.4 * scene.noise(6, 14)), 0.8)
    scene.blur(0.014)
    for _ in range(34):
        place = (random.uniform(0, 0.84), random.uniform(0.06, 0.6))
        size = random.uniform(0.012, 0.034)
        scene.lay("#FFE3B0", scene.ellipse(place, size, size, 0.003), random.uniform(0.1, 0.42))
    _lay_person(scene, 0.335, 0.40, "#2A2023", 1.0, has_long_hair=True)
    _lay_person(scene, 0.515, 0.355, "#1D1A1F", 1.1, has_long_hair=False)
    scene.glow("#FFC98A", (0.44, 0.42), 0.18, 0.22)
    return scene.develop(vignette=0.5)


def _lay_person(scene: Scene, x: float, head: float, coat: str, size: float, *, has_long_hair: bool) -> None:
    shoulder, hip = head + 0.14 * size, 1.1
    wide = 0.125 * size
    trunk = scene.polygon(
        [
            (x - 0.03, head + 0.05),
            (x - wide * 0.8, shoulder - 0.02),
            (x - wide, shoulder + 0.05),
            (x - wide * 0.92, hip),
            (x + wide * 0.92, hip),
            (x + wide, shoulder + 0.05),
            (x + wide * 0.8, shoulder - 0.02),
            (x + 0.03, head + 0.05),
        ],
        0.003,
        is_round=True,
    )
    skull = scene.ellipse((x, head), 0.05 * size, 0.064 * size, 0.002)
    neck = scene.polygon([(x - 0.024, head), (x + 0.024, head), (x + 0.032, shoulder), (x - 0.032, shoulder)], 0.004)
    rim = scene.soften(np.maximum(trunk, skull), 0.007)
    scene.lay("#FFCF93", np.clip(rim - np.maximum(trunk, skull) * 0.2, 0, 1), 0.55)
    scene.body(trunk, coat if not has_long_hair else "#D9C7B5", 0.06, 0.02)
    scene.lay("#1A1416", trunk * np.clip((scene.y - head - 0.1) * 1.3, 0, 0.75))
    scene.body(neck, "#8A5A44", 0.02)
    scene.body(skull, "#3A241B" if has_long_hair else "#221917", 0.03, 0.08)
    if has_long_hair:
        hair = scene.polygon(
            [
                (x - 0.052, head),
                (x - 0.06, head + 0.1),
                (x - 0.05, head + 0.19),
                (x, head + 0.22),
                (x + 0.05, head + 0.19),
                (x + 0.058, head + 0.1),
                (x + 0.052, head),
            ],
            0.003,
            is_round=True,
        )
        scene.body(hair, "#4A2C1E", 0.03, 0.12, 0.02)


def draw_portrait() -> Image.Image:
    """A woman from behind, her hair in a knot, window light on neck and shoulder."""
    scene = Scene(1000, 1200, 71)
    scene.wash("#57504A", "#2B2725", 0.0, 1.0)
    scene.glow("#C9B79C", (0.08, 0.25), 0.4, 0.35)
    scene.lay("#6C655D", scene.noise(4, 2), 0.25)
    scene.blur(0.02)
    cloth = scene.polygon(
        [
            (0.36, 0.6),
            (0.22, 0.68),
            (0.08, 0.74),
            (0.02, 0.95),
            (0.0, 1.15),
            (0.86, 1.15),
            (0.82, 0.92),
            (0.76, 0.74),
            (0.6, 0.67),
            (0.5, 0.61),
        ],
        0.003,
        is_round=True,
    )
    neck = scene.polygon(
        [
            (0.345, 0.44),
            (0.35, 0.58),
            (0.25, 0.66),
            (0.3, 0.75),
            (0.43, 0.79),
            (0.56, 0.75),
            (0.6, 0.66),
            (0.505, 0.58),
            (0.51, 0.44),
        ],
        0.004,
        is_round=True,
    )
    scene.body(neck, "#C98F6E", 0.06, 0.01)
    scene.lay("#2A1712", scene.soften(neck, 0.0) * np.clip((scene.x - 0.42) * 5, 0, 0.8))
    collar = scene.polygon(
        [
            (0.2, 0.68),
            (0.32, 0.74),
            (0.43, 0.77),
            (0.55, 0.745),
            (0.64, 0.68),
            (0.9, 0.8),
            (0.9, 1.2),
            (-0.1, 1.2),
            (-0.1, 0.8),
        ],
        0.003,
        is_round=True,
    )
    scene.shadow(collar * cloth, (0.0, -0.012), 0.012, 0.35)
    folds = 0.8 + 0.35 * np.sin(scene.x * 26 + 6 * scene.noise(3, 3))
    scene.body(collar * np.maximum(cloth, collar * (scene.y > 0.72)), "#7D3B2E", 0.1, 0.03)
    scene.lay(scene.light * folds[..., None], collar * cloth, 0.35)
    ear = scene.ellipse((0.292, 0.4), 0.016, 0.034, 0.002, -8)
    scene.body(ear, "#C98F6E", 0.012)
    hair = scene.polygon(
        [
            (0.43, 0.16),
            (0.33, 0.19),
            (0.285, 0.28),
            (0.29, 0.4),
            (0.33, 0.49),
            (0.43, 0.52),
            (0.53, 0.49),
            (0.57, 0.4),
            (0.575, 0.28),
            (0.53, 0.19),
        ],
        0.002,
        is_round=True,
    )
    _lay_hair(scene, hair, (0.43, 0.18), 0.06)
    knot = scene.ellipse((0.43, 0.19), 0.088, 0.075, 0.002)
    scene.shadow(knot, (0.02, 0.03), 0.02, 0.55)
    _lay_hair(scene, knot, (0.43, 0.19), 0.05)
    return scene.develop(0.022, 0.5, 1.15)


def _lay_hair(scene: Scene, mask: Array, centre: Point, roundness: float) -> None:
    scene.body(mask, "#5B3B28", roundness, 0.0, 0.03)
    angle = np.arctan2(scene.y - centre[1], scene.x - centre[0])
    away = np.hypot(scene.x - centre[0], scene.y - centre[1])
    strand = np.sin(angle * 60 + 14 * scene.noise(4, 3) + away * 30) * 0.5 + 0.5
    scene.lay("#20120C", strand * mask, 0.45)
    scene.lay("#B58560", np.clip(strand - 0.7, 0, 1) * mask * np.clip(0.5 - scene.x, 0, 1) * 4, 0.5)
