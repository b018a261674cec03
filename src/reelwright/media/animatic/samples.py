"""Two pictures that we draw ourselves, for demonstrations: a travel mug without background and a rainy platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from reelwright.media.animatic.sample_mug import draw_mug
from reelwright.media.animatic.sample_platform import draw_platform

Array = Any


def draw_samples(folder: Path) -> list[Path]:
    """Writes ``mug.png`` (900x1500, transparent) and ``platform.png`` (1800x1800); the same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, pixels in (("mug.png", draw_mug()), ("platform.png", draw_platform())):
        path = folder / name
        _save(pixels, path)
        made.append(path)
    return made


def _save(pixels: Array, path: Path) -> None:
    """Straight RGBA from 0 to 1, height by width by 4."""
    from PIL import Image

    Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA").save(path)
