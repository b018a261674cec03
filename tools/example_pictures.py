"""Draws the pictures of examples/voltcup, which a test compares with those that are committed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

from reelwright.media.animatic.samples import draw_samples

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "voltcup"


def drawn(folder: Path) -> list[Path]:
    """Write ``mug.png`` (600x1000, transparent) and ``platform.jpg`` (1200x1200) to ``folder``."""
    with tempfile.TemporaryDirectory() as scratch:
        mug, platform = draw_samples(Path(scratch))
        with Image.open(mug) as one:
            one.resize((600, 1000), Image.Resampling.LANCZOS).save(folder / "mug.png", optimize=True)
        with Image.open(platform) as one:
            whole = one.convert("RGB").resize((1200, 1200), Image.Resampling.LANCZOS)
            whole.save(folder / "platform.jpg", quality=82)
    return [folder / "mug.png", folder / "platform.jpg"]


if __name__ == "__main__":
    for path in drawn(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(path)
