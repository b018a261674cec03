"""What drawn photographs are built from: soft masks, round bodies under a light, blur, grain, and small JPEGs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from reelwright.media.drawing.colour import to_rgb
from reelwright.media.drawing.drawables import skia
from tools.sample_masks import blurred, clouds, mask_of

Array = Any
Point = tuple[float, float]
MOST_BYTES = 60_000
LIGHT = np.array([-0.55, -0.6, 0.58], np.float32)


class Scene:
    """A picture in the making: light from 0 to 1 in three channels. Places are parts of its height."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self.width, self.height, self.seed = width, height, seed
        self.light: Array = np.zeros((height, width, 3), np.float32)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        self.x, self.y = x / height, y / height

    def wash(self, top: str, bottom: str, start: float = 0.0, end: float = 1.0) -> None:
        """Fill the scene with a gradient between two colours."""
        part = np.clip((self.y - start) / (end - start), 0, 1)[..., None]
        self.light = (tone(top) * (1 - part) + tone(bottom) * part).astype(np.float32)

    def lay(self, colour: str | Array, mask: Array, strength: float = 1.0) -> None:
        """Lay a colour, or another picture, over the scene where the mask is."""
        cover = (mask * strength)[..., None]
        laid = tone(colour) if isinstance(colour, str) else colour
        self.light = self.light * (1 - cover) + laid * cover

    def glow(self, colour: str, place: Point, size: float, strength: float) -> None:
        """Add light that falls off around a place."""
        away = ((self.x - place[0]) ** 2 + (self.y - place[1]) ** 2) / size**2
        self.light = self.light + tone(colour) * (np.exp(-away) * strength)[..., None]

    def noise(self, octaves: int = 5, base: int = 4) -> Array:
        """Draw clouds from 0 to 1; each call draws others."""
        self.seed += 1
        return clouds(self.height, self.width, self.seed, octaves, base)

    def polygon(self, points: Sequence[Point], soft: float = 0.0, *, is_round: bool = False) -> Array:
        """Draw the mask of a polygon; ``is_round`` joins its points by curves."""
        path = skia.Path()
        at = [(x * self.height, y * self.height) for x, y in points]
        if is_round:
            between = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(at, at[1:] + at[:1], strict=True)]
            path.moveTo(*between[-1])
            for corner, end in zip(at, between, strict=True):
                path.quadTo(*corner, *end)
        else:
            path.moveTo(*at[0])
            for one in at[1:]:
                path.lineTo(*one)
        path.close()
        return self.soften(mask_of(path, self.width, self.height), soft)

    def ellipse(self, centre: Point, rx: float, ry: float, soft: float = 0.0, turn: float = 0.0) -> Array:
        """Draw the mask of an ellipse, turned by degrees."""
        h = self.height
        path = skia.Path()
        path.addOval(skia.Rect.MakeLTRB(-rx * h, -ry * h, rx * h, ry * h))
        path.transform(skia.Matrix().preRotate(turn).postTranslate(centre[0] * h, centre[1] * h))
        return self.soften(mask_of(path, self.width, self.height), soft)

    def soften(self, mask: Array, soft: float) -> Array:
        """Blur a mask by a part of the height."""
        radius = round(soft * self.height)
        return blurred(mask, radius) if radius else mask

    def body(self, mask: Array, colour: str, roundness: float, rough: float = 0.0, gloss: float = 0.0) -> None:
        """Lay a round body under the light: its mask is read as a height, rough by noise."""
        height = np.sqrt(np.clip(self.soften(mask, roundness), 0, 1)) * mask
        height = height + rough * self.soften(self.noise(6, 12), 0.003) * mask
        down, right = np.gradient(height * roundness * self.height * 1.7)
        normal = np.dstack([-right, -down, np.ones_like(right)])
        normal /= np.linalg.norm(normal, axis=2, keepdims=True)
        lambert = np.clip(normal @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1)
        shaded = tone(colour) * (0.22 + 1.05 * lambert[..., None])
        shaded = shaded + gloss * np.clip(lambert - 0.86, 0, 1)[..., None] * 6
        self.lay(shaded, mask)

    def shadow(self, mask: Array, offset: Point, soft: float, strength: float) -> None:
        """Darken where a body's shadow falls."""
        moved = np.roll(mask, (round(offset[1] * self.height), round(offset[0] * self.height)), (0, 1))
        self.light = self.light * (1 - strength * self.soften(moved, soft))[..., None]

    def blur(self, soft: float, mask: Array | None = None) -> None:
        """Put the scene out of focus, everywhere or where the mask is."""
        out = np.dstack([self.soften(self.light[..., n], soft) for n in range(3)])
        self.light = out if mask is None else self.light * (1 - mask[..., None]) + out * mask[..., None]

    def develop(self, grain: float = 0.018, vignette: float = 0.35, contrast: float = 1.08) -> Image.Image:
        """Finish the picture: darker corners, contrast, grain."""
        middle = self.width / self.height / 2
        corner = ((self.x - middle) / middle) ** 2 + ((self.y - 0.5) / 0.5) ** 2
        light = self.light * (1 - vignette * np.clip(corner - 0.5, 0, 2) / 2)[..., None]
        light = (np.clip(light, 0, 1.3) - 0.45) * contrast + 0.45
        shoulder = np.where(light > 0.85, 0.85 + (light - 0.85) * 0.45, light)
        dust = np.random.default_rng(self.seed).normal(0, grain, (self.height, self.width)).astype(np.float32)
        shown = np.clip(shoulder + self.soften(dust, 0.0012)[..., None] * 1.8, 0, 1)
        return Image.fromarray((shown * 255 + 0.5).astype(np.uint8), "RGB")


@cache
def tone(colour: str) -> Array:
    """Return a colour as three values from 0 to 1."""
    return np.array(to_rgb(colour), np.float32)


def to_jpeg(picture: Image.Image, most: int = MOST_BYTES) -> bytes:
    """Encode as the best JPEG of at most ``most`` bytes."""
    for quality in range(90, 20, -4):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True, progressive=True)
        if file.tell() <= most:
            break
    return file.getvalue()
