"""The pictures that we draw for demonstrations."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reelwright.media.animatic.samples import draw_samples


def test_samples_are_a_cut_out_and_a_full_scene(tmp_path: Path) -> None:
    from PIL import Image

    mug, platform = draw_samples(tmp_path)
    with Image.open(mug) as image:
        alpha = np.asarray(image)[..., 3]
    assert image.mode == "RGBA" and 0.3 < (alpha < 10).mean() < 0.8
    with Image.open(platform) as image:
        tones = np.asarray(image.convert("L"))
    assert tones.std() > 25 and tones.max() > 240
