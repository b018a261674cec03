"""Draws the pictures of examples/voltcup, which a test compares with those that are committed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tools.sample_mug import draw_mug
from tools.sample_platform import draw_platform

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "voltcup"


def drawn(folder: Path) -> list[Path]:
    """Write ``mug.png`` (600x1000, transparent) and ``platform.jpg`` (1200x1200) to ``folder``."""
    mug = _image(draw_mug()).resize((600, 1000), Image.Resampling.LANCZOS)
    mug.save(folder / "mug.png", optimize=True)
    platform = _image(draw_platform()).convert("RGB").resize((1200, 1200), Image.Resampling.LANCZOS)
    platform.save(folder / "platform.jpg", quality=82)
    return [folder / "mug.png", folder / "platform.jpg"]


def _image(pixels: Any) -> Image.Image:
    """``pixels``: straight RGBA from 0 to 1, height by width by 4."""
    return Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA")


if __name__ == "__main__":
    for path in drawn(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(path)
