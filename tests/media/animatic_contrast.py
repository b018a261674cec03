"""The contrast of words to the pixels that are really behind them."""

from __future__ import annotations

import numpy as np

from media.animatic_lint import WORDS
from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.layers import Layer, Scene
from reelwright.media.drawing.painter import Painter


def list_words(scene: Scene) -> list[Layer]:
    return [layer for layer in scene.layers if layer.role in WORDS]


def measure_worst_contrast(scene: Scene, frame_number: int | None = None) -> dict[str, float]:
    """Measure the contrast of each line's darkest colour to the brightest twentieth of what is really behind it: on the
    poster, or in one frame, of what stands there.
    """
    at = scene.poster_frame if frame_number is None else frame_number
    bare = Scene(
        size=scene.size, frames=scene.frames, ground=scene.ground, shake=scene.shake, live=scene.live, poster_frame=0,
        layers=tuple(layer for layer in scene.layers if layer.role not in WORDS and layer.group != "strike"),
    )  # fmt: skip
    frame = np.frombuffer(bytes(Painter(bare, grain_strength=0).render_frame(at)), np.uint8)
    frame = frame.reshape(scene.size[1], scene.size[0], 4)
    found = {}
    for layer in list_words(scene):
        if layer.role == "button" or (frame_number is not None and layer.find_pose(at) is None):
            continue
        left, top, right, bottom = (max(0, round(edge)) for edge in layer.box)
        behind = frame[top:bottom, left:right, 2::-1].reshape(-1, 3).astype(float)
        worst = behind[np.argsort(behind @ (0.2126, 0.7152, 0.0722))[int(len(behind) * 0.95)]]
        colour = "#" + "".join(f"{round(part):02X}" for part in worst)
        found[layer.text] = compute_contrast(layer.colour, colour)
    return found
