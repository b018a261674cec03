"""Drawn photographs of quiet places: dunes, a rock in the sea, a forest in fog, a house on a lake."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tools.gallery.darkroom import Scene, tone


def draw_dunes() -> Image.Image:
    """Dunes with a lit and a dark side, ripples in the sand."""
    scene = Scene(1200, 900, 31)
    scene.wash("#8FA9BD", "#EBD3B4", 0.0, 0.45)
    ridges = [
        ([(-0.1, 0.42), (0.3, 0.37), (0.7, 0.42), (1.1, 0.36), (1.5, 0.41)], "#D9B088", "#B98B66", 0.004),
        ([(-0.1, 0.52), (0.25, 0.5), (0.6, 0.42), (0.95, 0.52), (1.5, 0.47)], "#DDAE7C", "#9C6C4B", 0.002),
        ([(-0.1, 0.7), (0.3, 0.62), (0.72, 0.47), (1.05, 0.66), (1.5, 0.6)], "#E2AC72", "#7C4F38", 0.001),
        ([(-0.1, 0.72), (0.35, 0.86), (0.85, 0.78), (1.5, 0.95)], "#D79A60", "#6B412F", 0.001),
    ]
    for n, (line, lit, dark, soft) in enumerate(ridges):
        dune = scene.polygon([*line, (1.5, 1.2), (-0.1, 1.2)], soft)
        ripple = (
            np.sin((scene.y * 150 / (1 + n * 0.35)) + 5 * scene.noise(4, 4) + scene.x * (14 - 5 * n)) * 0.035 * (n > 0)
        )
        scene.lay(tone(lit) * (0.96 + ripple + 0.1 * (scene.noise(4, 3) - 0.5))[..., None], dune)
        crest = line[len(line) // 2]
        side = scene.polygon(
            [
                crest,
                (crest[0] + 0.08, crest[1] + 0.09),
                (crest[0] + 0.02, crest[1] + 0.22),
                (crest[0] + 0.2, 1.2),
                (1.6, 1.2),
                *reversed(line[len(line) // 2 + 1 :]),
            ],
            0.0015,
        )
        scene.lay(tone(dark) * (1 + 0.5 * ripple)[..., None], side * dune, 0.82)
    scene.glow("#FFE9C8", (0.1, 0.3), 0.5, 0.18)
    return scene.develop(0.014)


def draw_sea() -> Image.Image:
    """A rock in still water at a long exposure, the horizon in haze."""
    scene = Scene(1200, 900, 43)
    scene.wash("#B9C2C9", "#DDD8D0", 0.0, 0.48)
    scene.lay("#F4EDE2", np.clip(scene.noise(4, 2) - 0.4, 0, 1), 0.6)
    water = np.clip((scene.y - 0.5) * 40, 0, 1)
    streaks = scene.soften(
        np.repeat(scene.noise(6, 30)[:, 200:201], scene.width, 1) * 0.5 + scene.noise(4, 3) * 0.5, 0.01
    )
    scene.lay(tone("#8C9AA3") * (0.85 + 0.4 * streaks + 0.25 * np.exp(-((scene.y - 0.5) * 7)))[..., None], water)
    scene.lay("#DAD6CF", np.exp(-(((scene.y - 0.5) / 0.03) ** 2)), 0.75)
    points = [
        (0.78, 0.66),
        (0.8, 0.52),
        (0.86, 0.47),
        (0.9, 0.36),
        (0.96, 0.33),
        (1.0, 0.4),
        (1.06, 0.43),
        (1.1, 0.55),
        (1.14, 0.66),
    ]
    rock = scene.polygon([*points, (0.96, 0.69)], 0.001)
    mirrored = np.flipud(rock)
    scene.lay(
        "#3A4046", scene.soften(np.roll(mirrored, round((0.665 * 2 - 1) * 900), 0), 0.012) * (scene.y > 0.66), 0.6
    )
    scene.body(rock, "#4B4A49", 0.05, 0.55)
    scene.lay("#1E2124", rock * np.clip(scene.noise(6, 10) - 0.45, 0, 1) * 1.5, 0.8)
    scene.lay("#E6E6E2", scene.ellipse((0.96, 0.672), 0.24, 0.014, 0.012), 0.75)
    for place, size in (((0.6, 0.72), 0.03), ((1.24, 0.76), 0.022)):
        small = scene.ellipse(place, size * 1.6, size * 0.6)
        scene.body(small, "#4B4C4D", 0.012, 0.4)
        scene.lay("#E6E6E2", scene.ellipse((place[0], place[1] + size * 0.5), size * 2.4, 0.006, 0.005), 0.7)
    return scene.develop(0.016, 0.3)


def draw_forest() -> Image.Image:
    """Trunks in fog, paler the further they stand, a path between them."""
    scene = Scene(1000, 1200, 57)
    scene.wash("#C9D2CC", "#A9B4A6", 0.0, 0.9)
    random = np.random.default_rng(9)
    for layer, (colour, count, wide, ground) in enumerate(
        (
            ("#A7B3AC", 16, 0.008, 0.62),
            ("#83938C", 12, 0.013, 0.68),
            ("#586A62", 7, 0.022, 0.76),
            ("#2B3934", 4, 0.04, 0.9),
        )
    ):
        floor = np.clip((scene.y - ground - 0.05 * (scene.noise(4, 4) - 0.5)) * 12, 0, 1)
        scene.lay(tone(colour) * (0.85 + 0.4 * scene.noise(6, 20))[..., None], floor, 0.8)
        for n in range(count):
            x = (n + random.uniform(0.1, 0.9)) / count * 0.95 - 0.05
            if abs(x - 0.43) < 0.06 * (layer + 0.5):
                continue
            lean = random.uniform(-0.02, 0.02)
            trunk = scene.polygon(
                [
                    (x, -0.05),
                    (x + wide * 0.7, -0.05),
                    (x + lean + wide * 1.1, ground + 0.03),
                    (x + lean - wide * 0.3, ground + 0.03),
                ],
                0.0015 * (3 - layer) + 0.001,
            )
            scene.body(trunk, colour, wide * 0.4, 0.12)
            for _ in range(3 + layer * 2):
                y = random.uniform(0.0, 0.5)
                far = random.choice((-1, 1)) * random.uniform(0.03, 0.12)
                twig = scene.polygon(
                    [(x + wide * 0.4, y), (x + far, y + 0.04), (x + wide * 0.4, y + wide * 0.35)], 0.002
                )
                scene.lay(colour, twig, 0.85)
        scene.lay(
            "#D5DCD6", np.exp(-(((scene.y - ground) / 0.16) ** 2)) * (0.6 + 0.4 * scene.noise(4, 3)), 0.5 - 0.1 * layer
        )
    path = scene.polygon([(0.42, 0.62), (0.45, 0.62), (0.62, 1.05), (0.2, 1.05)], 0.02)
    scene.lay("#B4AE9C", path, 0.45)
    scene.glow("#FFF6E0", (0.43, 0.42), 0.22, 0.22)
    return scene.develop(0.02)


def draw_lake() -> Image.Image:
    """A low house with lit windows on a lake at dusk, mountains behind it, all of it mirrored."""
    scene = Scene(1280, 800, 101)
    scene.wash("#5F7692", "#E7B790", 0.0, 0.52)
    scene.lay("#F6D3B0", np.clip(scene.noise(5, 2) - 0.5, 0, 1) * np.clip(1 - scene.y * 2, 0, 1), 0.9)
    random = np.random.default_rng(3)
    for base, height, colour in ((0.46, 0.2, "#7F8799"), (0.49, 0.13, "#56637A"), (0.525, 0.07, "#2F3B48")):
        xs = np.linspace(-0.1, 1.7, 22)
        points = [(float(x), float(base - height * random.uniform(0.25, 1.0))) for x in xs]
        scene.lay(colour, scene.polygon([*points, (1.7, 0.6), (-0.1, 0.6)], 0.003, is_round=base < 0.5), 0.95)
    for n in range(60):
        x = n * 0.03 - 0.1 + random.uniform(0, 0.02)
        if 0.72 < x < 1.24:
            continue
        tall = random.uniform(0.06, 0.15)
        scene.lay("#1F2B2C", scene.polygon([(x, 0.54 - tall), (x + 0.02, 0.55), (x - 0.02, 0.55)], 0.002), 0.95)
    scene.lay(
        "#1D2426",
        scene.polygon([(-0.1, 0.535), (0.7, 0.53), (1.3, 0.53), (1.7, 0.54), (1.7, 0.57), (-0.1, 0.57)], 0.002),
    )
    scene.body(scene.polygon([(0.78, 0.42), (1.2, 0.42), (1.2, 0.54), (0.78, 0.54)]), "#3A2A20", 0.02, 0.04)
    scene.lay(
        "#191716", scene.polygon([(0.75, 0.42), (0.82, 0.385), (1.2, 0.385), (1.24, 0.42), (1.24, 0.43), (0.75, 0.43)])
    )
    for left in (0.8, 0.89, 0.98, 1.1):
        pane = scene.polygon([(left, 0.445), (left + 0.08, 0.445), (left + 0.08, 0.53), (left, 0.53)], 0.001)
        scene.lay(tone("#FFC872") * (0.9 + 0.3 * scene.noise(4, 8))[..., None], pane)
    water = np.clip((scene.y - 0.562) * 120, 0, 1)
    edge = round(0.565 * 800)
    mirror = np.roll(np.flipud(scene.light), 2 * edge - 800, 0)
    bend = (3 + 9 * (scene.y - 0.56)) * np.sin(scene.y * 800 / (2.5 + 12 * (scene.y - 0.56)) + 4 * scene.noise(3, 4))
    columns = np.clip(np.arange(1280)[None, :] + bend, 0, 1279).astype(int)
    mirror = mirror[np.arange(800)[:, None], columns]
    scene.lay(mirror * np.array([0.72, 0.78, 0.86], np.float32), water)
    scene.body(scene.polygon([(0.98, 0.56), (1.02, 0.56), (1.1, 0.8), (0.98, 0.8)], 0.001), "#4E3B2D", 0.01, 0.1)
    for n in range(9):
        y = 0.565 + 0.235 * (n / 9) ** 1.5
        scene.lay(
            "#1D1612",
            scene.polygon([(0.97, y), (1.1, y), (1.1, y + 0.003), (0.97, y + 0.003)])
            * scene.polygon([(0.98, 0.56), (1.02, 0.56), (1.1, 0.8), (0.98, 0.8)]),
        )
    scene.glow("#FFB45E", (0.98, 0.5), 0.16, 0.2)
    return scene.develop(0.014, 0.35)
