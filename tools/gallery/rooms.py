"""Drawn photographs of rooms: a tatami room with a garden, a sofa before a window on the lake."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tools.gallery.darkroom import Scene, tone


def draw_ryokan() -> Image.Image:
    """A tatami room, paper doors open on a garden, a low table with a cup."""
    scene = Scene(1000, 1300, 83)
    scene.wash("#8E7C62", "#7B6A52", 0.0, 0.6)
    garden = scene.polygon([(0.24, 0.16), (0.55, 0.16), (0.55, 0.6), (0.24, 0.6)])
    leaves = scene.noise(6, 9)
    scene.lay(tone("#6F8F5A") * (0.45 + 1.0 * leaves)[..., None], garden)
    scene.lay("#F3F0DA", garden * np.clip(0.42 - scene.y, 0, 1) * 2.4)
    scene.lay("#4A5A3C", garden * scene.polygon([(0.2, 0.52), (0.6, 0.5), (0.6, 0.62), (0.2, 0.62)], 0.02), 0.7)
    scene.body(garden * scene.ellipse((0.45, 0.5), 0.05, 0.035, 0.004), "#8A8D84", 0.02, 0.3)
    scene.blur(0.006)
    for left, right in ((0.0, 0.24), (0.55, 0.79)):
        _lay_paper_door(scene, left, right)
    beam = scene.polygon([(-0.1, 0.12), (0.9, 0.12), (0.9, 0.16), (-0.1, 0.16)])
    scene.body(beam, "#4A3524", 0.01)
    wall = scene.polygon([(-0.1, -0.1), (0.9, -0.1), (0.9, 0.12), (-0.1, 0.12)])
    scene.lay(tone("#C9B58F") * (0.75 + 0.2 * scene.noise(5, 6))[..., None], wall)
    floor = np.clip((scene.y - 0.6) * 200, 0, 1)
    depth = np.clip((scene.y - 0.6) / 0.4, 0.001, 1)
    fan = (scene.x - 0.395) / (0.35 + depth)
    weave = 0.92 + 0.08 * np.sin(depth**0.6 * 420) * np.clip(depth * 2, 0.2, 1)
    scene.lay(tone("#B7A66F") * (weave * (0.75 + 0.3 * depth))[..., None], floor)
    for seam in (-0.34, 0.0, 0.34):
        scene.lay("#33352A", floor * np.exp(-(((fan - seam) / 0.007) ** 2)), 0.85)
    scene.lay("#33352A", floor * np.exp(-(((depth - 0.36) / 0.016) ** 2)), 0.8)
    scene.lay("#FFF4D6", floor * np.exp(-((fan / 0.2) ** 2)) * np.clip(1 - depth * 1.1, 0, 1), 0.5)
    table = scene.polygon([(0.2, 0.77), (0.6, 0.77), (0.67, 0.86), (0.13, 0.86)], 0.001)
    scene.shadow(scene.polygon([(0.18, 0.84), (0.62, 0.84), (0.68, 0.94), (0.12, 0.94)]), (0.0, 0.0), 0.02, 0.7)
    scene.body(scene.polygon([(0.13, 0.858), (0.67, 0.858), (0.67, 0.878), (0.13, 0.878)]), "#2E1C12", 0.004)
    scene.lay(tone("#5B3823") * (0.8 + 0.4 * np.repeat(scene.noise(5, 30)[:, 99:100], 1000, 1))[..., None], table)
    scene.lay("#F4E6C4", table * np.exp(-(((scene.x - 0.4) / 0.13) ** 2)), 0.35)
    cup = scene.polygon([(0.365, 0.745), (0.435, 0.745), (0.428, 0.81), (0.372, 0.81)], 0.001)
    scene.shadow(cup, (0.03, 0.025), 0.012, 0.6)
    scene.body(cup, "#5F7F86", 0.02, 0.05, 0.05)
    scene.lay("#2B3A35", scene.ellipse((0.4, 0.747), 0.034, 0.009, 0.001))
    scene.glow("#FFF1CF", (0.4, 0.38), 0.26, 0.16)
    return scene.develop(0.014, 0.55)


def _lay_paper_door(scene: Scene, left: float, right: float) -> None:
    paper = scene.polygon([(left, 0.16), (right, 0.16), (right, 0.6), (left, 0.6)])
    near = 1 - np.abs(scene.x - 0.395) / 0.6
    scene.lay(tone("#F2E6C8") * (0.66 + 0.42 * near)[..., None], paper)
    for n in range(5):
        x = left + (right - left) * n / 4
        scene.lay(
            "#4A3524", scene.polygon([(x - 0.004, 0.16), (x + 0.004, 0.16), (x + 0.004, 0.6), (x - 0.004, 0.6)], 0.0008)
        )
    for n in range(8):
        y = 0.16 + 0.44 * n / 7
        scene.lay(
            "#4A3524",
            scene.polygon([(left, y - 0.003), (right, y - 0.003), (right, y + 0.003), (left, y + 0.003)], 0.0008),
        )


def draw_living_room() -> Image.Image:
    """A sofa before a window on the lake, boards, a fire on the right."""
    scene = Scene(1280, 800, 113)
    scene.wash("#CFC3B2", "#B8A68F", 0.0, 0.66)
    view = scene.polygon([(0.12, 0.1), (1.02, 0.1), (1.02, 0.56), (0.12, 0.56)])
    sky = np.clip((scene.y - 0.1) / 0.3, 0, 1)[..., None]
    scene.lay(tone("#C9DCE6") * (1 - sky) + tone("#F3EADB") * sky, view)
    hills = scene.polygon(
        [(0, 0.36), (0.3, 0.27), (0.55, 0.34), (0.8, 0.25), (1.1, 0.34), (1.1, 0.6), (0, 0.6)], 0.01, is_round=True
    )
    scene.lay("#7C95A0", hills * view, 0.9)
    scene.lay(tone("#9FB8C4") * (0.9 + 0.2 * scene.noise(4, 5))[..., None], view * np.clip((scene.y - 0.4) * 60, 0, 1))
    scene.blur(0.007)
    for x in (0.12, 0.42, 0.72, 1.02):
        scene.lay(
            "#2E2823",
            scene.polygon([(x - 0.008, 0.08), (x + 0.008, 0.08), (x + 0.008, 0.57), (x - 0.008, 0.57)], 0.001),
        )
    for y in (0.09, 0.56):
        scene.lay(
            "#2E2823",
            scene.polygon([(0.11, y - 0.008), (1.03, y - 0.008), (1.03, y + 0.008), (0.11, y + 0.008)], 0.001),
        )
    lay_boards(scene, 0.64, "#A5805A", 5)
    scene.lay(
        "#FFF3DC", scene.polygon([(0.2, 0.66), (0.9, 0.66), (1.15, 1.0), (0.3, 1.0)], 0.03) * (scene.y > 0.64), 0.32
    )
    chimney = scene.polygon([(1.16, -0.1), (1.5, -0.1), (1.5, 0.66), (1.16, 0.66)])
    scene.lay(tone("#8E867B") * (0.75 + 0.4 * scene.noise(6, 12))[..., None], chimney)
    hearth = scene.polygon([(1.22, 0.4), (1.44, 0.4), (1.44, 0.62), (1.22, 0.62)], 0.001)
    scene.lay("#14100E", hearth)
    for x, tall in ((1.28, 0.1), (1.33, 0.15), (1.38, 0.09)):
        flame = scene.polygon([(x - 0.03, 0.61), (x, 0.6 - tall), (x + 0.03, 0.61)], 0.008, is_round=True)
        scene.lay("#FF9A3C", flame * hearth, 0.95)
        scene.lay("#FFE39A", scene.soften(flame, 0.012) * hearth * (scene.y > 0.55), 0.5)
    rug = scene.polygon([(0.22, 0.8), (1.0, 0.8), (1.12, 0.95), (0.1, 0.95)], 0.003)
    scene.lay(tone("#D9D0C0") * (0.85 + 0.2 * scene.noise(6, 40))[..., None], rug)
    sofa = [
        ([(0.25, 0.5), (0.92, 0.5), (0.92, 0.68), (0.25, 0.68)], "#5F6F6B"),
        ([(0.22, 0.66), (0.95, 0.66), (0.97, 0.8), (0.2, 0.8)], "#6E7F7A"),
        ([(0.18, 0.57), (0.27, 0.57), (0.27, 0.82), (0.18, 0.82)], "#596965"),
        ([(0.9, 0.57), (0.99, 0.57), (0.99, 0.82), (0.9, 0.82)], "#596965"),
    ]
    scene.shadow(scene.polygon([(0.18, 0.78), (1.0, 0.78), (1.02, 0.87), (0.2, 0.87)]), (0.01, 0.0), 0.02, 0.6)
    for points, colour in sofa:
        (x0, y0), _, (x1, y1), _ = points
        corners = [(x0 + 0.015, y0), (x1 - 0.015, y0), (x1, y0 + 0.02), (x1, y1), (x0, y1), (x0, y0 + 0.02)]
        scene.body(scene.polygon(corners, 0.002), colour, 0.03, 0.03)
    for at, colour in (((0.36, 0.61), "#C98B4A"), ((0.8, 0.61), "#D8CDBB")):
        pillow = scene.polygon(
            [
                (at[0] - 0.065, at[1] - 0.06),
                (at[0] + 0.07, at[1] - 0.07),
                (at[0] + 0.065, at[1] + 0.06),
                (at[0] - 0.07, at[1] + 0.065),
            ],
            0.003,
            is_round=True,
        )
        scene.shadow(pillow, (0.01, 0.012), 0.012, 0.5)
        scene.body(pillow, colour, 0.03, 0.03)
    scene.glow("#FFB36B", (1.33, 0.55), 0.22, 0.22)
    return scene.develop(0.014, 0.4)


def lay_boards(scene: Scene, top: float, colour: str, count: int) -> None:
    """Lay a wooden table from ``top`` to the lower edge."""
    cover = np.clip((scene.y - top) * 60, 0, 1)
    fibre = np.repeat(scene.noise(6, 40)[:, :1], scene.width, 1) * 0.6 + scene.noise(5, 3) * 0.4
    depth = np.clip((scene.y - top) / (1 - top), 0, 1)
    rows = (depth**1.4 * count) % 1
    gap = np.clip(1 - np.minimum(rows, 1 - rows) * 28, 0, 1)
    wood = tone(colour) * (0.62 + 0.55 * fibre - 0.5 * gap)[..., None] * (1.25 - 0.45 * scene.x / 1.5)[..., None]
    scene.lay(wood.astype(np.float32), cover)
