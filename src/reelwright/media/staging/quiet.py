"""Quiet parts of a photograph: the crop to the frame that leaves words the part with the least detail."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.treatments import MIPPED, Picture, find_cover_crop
from reelwright.media.staging.stage import Stage


class Crop(NamedTuple):
    """A crop of a photograph to the frame: where its focus comes to lie, and on which side words find it quiet."""

    aim: tuple[float, float]
    side: str
    busy: float


_AIMS = ((0.5, 0.45), (0.72, 0.45), (0.28, 0.45), (0.5, 0.7), (0.5, 0.28))
_BUSY = 0.8
"""Most detail of a part of a photograph where words stand, as a share of what the whole has on average."""


def can_cover(stage: Stage, picture: Picture, top: float, floor: float) -> bool:
    """Return whether a photograph fills the frame without losing half of itself, and is quiet under words."""
    frame = stage.width / stage.height
    if picture.kind != "photo" or not 0.5 < picture.ratio / frame < 2.0:
        return False
    return not stage.request.words or find_quiet_crop(stage, picture, top, floor).busy <= _BUSY


def find_quiet_crop(stage: Stage, picture: Picture, top: float, floor: float) -> Crop:
    """Find the crop and the side of it that are quietest under words."""
    wide, high = (round(side * 160 / max(stage.width, stage.height)) for side in (stage.width, stage.height))
    best = Crop(_AIMS[0], "", math.inf)
    for aim in _AIMS:
        surface = skia.Surface.MakeRaster(skia.ImageInfo.MakeN32Premul(wide, high))
        source = find_cover_crop(picture, wide, high, 1.0, aim)
        surface.getCanvas().drawImageRect(picture.image, source, skia.Rect.MakeWH(wide, high), MIPPED)
        light = measure_light(surface.makeImageSnapshot(), wide, high)
        detail = np.abs(np.gradient(light)[0]) + np.abs(np.gradient(light)[1]) + 0.3 * np.abs(light - np.median(light))
        for side, box in list_sides(stage, top, floor).items():
            part = cut_light(stage, detail, box)
            busy = float(part.mean() / max(1e-6, detail.mean()))
            if busy < best.busy - 0.01:
                best = Crop(aim, side, busy)
    return best


def list_sides(stage: Stage, top: float, floor: float) -> dict[str, Box]:
    """List the parts of the frame between ``top`` and ``floor`` where words can stand, in logical pixels."""
    live = stage.live
    if stage.shape == "wide":
        half = stage.width * 0.46
        return {
            "start": Box(live.left, top, half, floor),
            "end": Box(stage.width - half, top, live.right, floor),
        }
    reach = live.height * (0.52 if stage.shape == "tall" else 0.48)
    return {
        "top": Box(live.left, top, live.right, top + reach),
        "foot": Box(live.left, floor - reach, live.right, floor),
    }


def measure_light(image: Any, wide: int, high: int) -> Any:
    """Return the photograph's light (0..1) as the frame shows it, on a grid of about 160 points across."""
    step = max(1, max(wide, high) // 160)
    pixels = image.toarray()[::step, ::step].astype(np.float32) / 255
    return pixels[..., 0] * 0.0722 + pixels[..., 1] * 0.7152 + pixels[..., 2] * 0.2126


def cut_light(stage: Stage, light: Any, box: Box) -> Any:
    """Cut what lies in a logical ``box`` out of a grid of values over the frame."""
    wide, high = stage.width, stage.height
    left, right = sorted((stage.to_frame_x(box.left), stage.to_frame_x(box.right)))
    rows, columns = light.shape
    return light[
        round(box.top / high * rows) : max(1, round(box.bottom / high * rows)),
        round(left / wide * columns) : max(1, round(right / wide * columns)),
    ]
