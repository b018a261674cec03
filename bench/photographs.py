"""How much of the gallery's films with photographs their photographs are: part of the frame, over the whole time.

Each photograph is given twice, once a little bluer and once a little yellower, of the same brightness: what differs
between the two films is photograph. A pixel counts where it keeps at least 70 % of that difference.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tools.gallery.drafts import list_pictures, plan_films
from tools.gallery.films import SCRIPTS

from bench.scale import choose
from bench.verdict import verdict
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.looks.registry import load_look

PHOTOGRAPHS = ("01-bakery", "03-wedding", "08-photographer", "09-ryokan", "13-french-restaurant", "14-lake-house")
SHIFT = 24
"""Steps of 256 by which the blue of the two differs from the photograph's."""
KEPT = 0.7
EVERY = 6
"""Frames from one that is looked at to the next."""
GOAL = 0.6


def main() -> int:
    scripts = [script for script in SCRIPTS if script.stem in choose(PHOTOGRAPHS, PHOTOGRAPHS[1:2])]
    parts: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        twins = [[_tint(script, Path(folder, name), by) for script in scripts] for name, by in _TWINS.items()]
        for (script, plan, bluer), (_, _, yellower) in zip(plan_films(twins[0]), plan_films(twins[1]), strict=True):
            parts[script.stem] = _measure(bluer, yellower, plan.look)
            print(f"{script.stem:24}{plan.look:8}{parts[script.stem]:6.0%} of its frames is photograph")
    photographer = parts.get("08-photographer", min(parts.values()))
    figures = {name.partition("-")[2].replace("-", "_"): part for name, part in parts.items()}
    return verdict("photographs", photographer >= GOAL, figures, f"photographer>={GOAL:g}")


_TWINS = {"bluer": SHIFT, "yellower": -SHIFT}


def _tint(script: Path, folder: Path, by: int) -> Path:
    """Copy a script and its pictures, with the same brightness and another blue."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    for path in list_pictures(script):
        with Image.open(path) as picture:
            bright, blue, red = picture.convert("YCbCr").split()
        moved = blue.point([min(255, max(0, value + by)) for value in range(256)])
        tinted = Image.merge("YCbCr", (bright, moved, red))
        options: dict[str, Any] = {"quality": 98, "subsampling": 0} if path.suffix == ".jpg" else {}
        tinted.save(folder / "pictures" / path.name, **options)
    copy = folder / script.name
    copy.write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
    return copy


def _measure(bluer: Sequence[Scene], yellower: Sequence[Scene], look: str) -> float:
    shown = total = 0.0
    for one, other in zip(bluer, yellower, strict=True):
        numbers = range(0, one.frames, EVERY)
        pictures = [Painter(scene, grain_strength=load_look(look).grain) for scene in (one, other)]
        for number in numbers:
            blues = [
                _read_blue(painter, scene.size, number) for painter, scene in zip(pictures, (one, other), strict=True)
            ]
            part = float((blues[0] - blues[1] >= KEPT * 2 * SHIFT).mean())
            shown, total = shown + part * one.frames / len(numbers), total + one.frames / len(numbers)
    return shown / total


def _read_blue(painter: Painter, size: tuple[int, int], number: int) -> np.ndarray:
    frame = Image.frombuffer("RGB", size, bytes(painter.render_frame(number)), "raw", "BGRX", 0, 1)
    return np.asarray(frame.convert("YCbCr"), np.int16)[:, :, 1]


if __name__ == "__main__":
    sys.exit(main())
