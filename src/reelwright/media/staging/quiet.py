"""Quiet parts of a photograph: the crop to the frame that leaves words a part of little detail beside its subject."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.treatments import MIPPED, Picture, find_cover_crop
from reelwright.media.staging.stage import Stage


class Crop(NamedTuple):
    """A crop of a photograph to the frame: where its focus comes to lie, and on which side words find it quiet.

    ``busy``: detail under the words. ``hidden_share``: part of the subject under them or outside the frame, 0 to 1.
    """

    aim: tuple[float, float]
    side: str
    busy: float
    hidden_share: float


_AIMS = ((0.5, 0.45), (0.72, 0.45), (0.28, 0.45), (0.5, 0.7), (0.5, 0.28))
_BUSY = 0.8
"""Most detail of a part of a photograph where words stand, as a share of what the whole has on average."""
_HIDDEN = 1.2
"""How much a crop loses by a subject that words hide whole; a head of dark hair is quiet, and no place for words."""
_MOST_HIDDEN = 0.4
_CUT = 0.9
"""How much a crop loses by a subject of which it cuts off a side, such as one of two people."""
_DISTINCT = 0.35
"""Difference to the sides of its row, as a part of the largest, from which a point belongs to the subject."""
_POINTS = 160


def can_cover(stage: Stage, picture: Picture, top: float, floor: float) -> bool:
    """Return whether a photograph fills the frame without losing half of itself or its subject under the words."""
    frame = stage.width / stage.height
    if picture.kind != "photo" or not 0.5 < picture.ratio / frame < 2.0:
        return False
    if not stage.request.words:
        return True
    crop = find_quiet_crop(stage, picture, top, floor)
    return crop.busy <= _BUSY and crop.hidden_share <= _MOST_HIDDEN


@lru_cache(8)
def measure_subject(picture: Picture) -> Any:
    """Measure what stands out from the sides of its row, on a coarse grid of the picture, 1 in all.

    A head, a roof or a rim is what a viewer looks for: the upper part of a subject weighs up to three times its foot.
    """
    wide, high = picture.image.width(), picture.image.height()
    size = [max(2, round(side * _POINTS / max(wide, high))) for side in (wide, high)]
    surface = skia.Surface.MakeRaster(skia.ImageInfo.MakeN32Premul(*size))
    surface.getCanvas().drawImageRect(picture.image, skia.Rect.MakeWH(*size), MIPPED)
    pixels = surface.makeImageSnapshot().toarray()[..., :3].astype(np.float32) / 255
    edge = max(1, size[0] // 20)
    across = np.linspace(0, 1, size[0], dtype=np.float32)[None, :, None]
    first, last = pixels[:, :edge].mean(1, keepdims=True), pixels[:, -edge:].mean(1, keepdims=True)
    apart = np.sqrt(((pixels - first * (1 - across) - last * across) ** 2).sum(-1))
    subject = np.sqrt(np.clip(apart - _DISTINCT * apart.max(), 0, None))
    mass = subject.sum(1)
    if float(mass.sum()) <= 0:
        return subject
    rows = np.cumsum(mass) / mass.sum()
    weighed = subject * (1.5 - rows)[:, None]
    return weighed / weighed.sum()


def find_quiet_crop(stage: Stage, picture: Picture, top: float, floor: float) -> Crop:
    """Find the crop and the side of it that are quietest under words and leave the subject to be seen."""
    wide, high = (round(side * _POINTS / max(stage.width, stage.height)) for side in (stage.width, stage.height))
    best, least = Crop(_AIMS[0], "", math.inf, 0.0), math.inf
    subject = Image.fromarray(measure_subject(picture))
    across, down = subject.width / picture.image.width(), subject.height / picture.image.height()
    for aim in _AIMS:
        surface = skia.Surface.MakeRaster(skia.ImageInfo.MakeN32Premul(wide, high))
        source = find_cover_crop(picture, wide, high, 1.0, aim)
        surface.getCanvas().drawImageRect(picture.image, source, skia.Rect.MakeWH(wide, high), MIPPED)
        light = measure_light(surface.makeImageSnapshot(), wide, high)
        detail = np.abs(np.gradient(light)[0]) + np.abs(np.gradient(light)[1]) + 0.3 * np.abs(light - np.median(light))
        foot, far = min(source.bottom() * down, subject.height), min(source.right() * across, subject.width)
        edges = (max(source.left() * across, 0.0), max(source.top() * down, 0.0), far, foot)
        seen = np.asarray(subject.resize((wide, high), Image.Resampling.BILINEAR, edges))
        inside = _sum_within(np.asarray(subject), edges)
        torn = _CUT * _measure_cut(seen)
        for side, box in list_sides(stage, top, floor).items():
            busy = float(cut_light(stage, detail, box).mean() / max(1e-6, detail.mean()))
            hidden = 1 - inside * (1 - float(cut_light(stage, seen, box).sum() / max(1e-9, seen.sum())))
            loss = busy + _HIDDEN * hidden + torn
            if loss < least - 0.01:
                best, least = Crop(aim, side, busy, hidden), loss
    return best


def _measure_cut(seen: Any) -> float:
    """Measure how much of a subject stands at the left and right edges of a crop, against where most of it stands."""
    columns = seen.sum(0)
    edge = max(1, len(columns) // 25)
    return float(max(columns[:edge].mean(), columns[-edge:].mean()) / max(1e-9, columns.max()))


def _sum_within(subject: Any, edges: tuple[float, float, float, float]) -> float:
    """Return the part of a subject inside the ``edges`` of a crop; 1 where the picture has none."""
    left, top, right, foot = (round(edge) for edge in edges)
    whole = float(subject.sum())
    return float(subject[top:foot, left:right].sum()) / whole if whole > 0 else 1.0


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
    step = max(1, max(wide, high) // _POINTS)
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
