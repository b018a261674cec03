"""The demonstration product: a matte black travel mug with an amber ring, drawn with soft relief lighting."""

from __future__ import annotations

import numpy as np

from reelwright.media.drawing.colour import to_rgb
from reelwright.media.drawing.drawables import skia
from tools.sample_masks import Array, blurred, clouds, mask_of

_W, _H = 900, 1500


def draw_mug() -> Array:
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
    return mask_of(path, _W, _H)


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
    return mask_of(path, _W, _H)


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
    shade = to_rgb(colour)
    channels = [
        np.clip(part * (diffuse + brushed) * 1.35 + key + edge * warm + upright, 0, 1)
        for part, warm in zip(shade, (1.0, 0.86, 0.66), strict=True)
    ]
    return np.dstack([*(channel * mask for channel in channels), mask])


def _edge_light(mask: Array) -> Array:
    """A thin light along upper edges and a shadow along lower ones."""
    soft = blurred(mask, 7)
    slope = np.gradient(soft, axis=0)
    return np.clip(slope * 3.2, 0, 0.34) - np.clip(-slope * 2.4, 0, 0.20)


def _ring(picture: Array) -> Array:
    """The amber light between wall and foot, and its glow on both."""
    path = skia.Path()
    path.addRRect(skia.RRect.MakeRectXY(skia.Rect(240, 1252, 660, 1272), 9, 9))
    line = mask_of(path, _W, _H)
    glow = blurred(line, 46) * 3.4 + blurred(line, 16) * 1.3
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
    cut = mask_of(path, _W, _H) * body
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
