"""Draws every emblem with its name into docs/guides/emblems.png: ``python -m tools.emblem_sheet``."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.lettering import typeset_in_face
from reelwright.media.emblems import FACE, load_emblems

OUT = Path(__file__).parents[1] / "docs" / "guides" / "emblems.png"
ACROSS, WIDE, HIGH, SIZE = 12, 104, 108, 56
INK, PAPER = 0xFF1A1A1A, 0xFFFFFFFF


def main() -> None:
    """Write the sheet."""
    skia = load_skia()
    emblems = sorted(load_emblems().items())
    down = -(-len(emblems) // ACROSS)
    surface = skia.Surface(ACROSS * WIDE, down * HIGH)
    canvas, paint = surface.getCanvas(), skia.Paint(AntiAlias=True, Color=INK)
    canvas.clear(PAPER)
    for index, (name, emblem) in enumerate(emblems):
        x, y = (index % ACROSS + 0.5) * WIDE, (index // ACROSS + 0.42) * HIGH
        for text, face, size, middle in ((emblem.glyph, FACE, SIZE, y), (name, "inter-500", 11.5, y + 50)):
            ink = typeset_in_face(text, face)
            size = min(size, (WIDE - 8) / ink.width)
            low = middle - (ink.top + ink.bottom) / 2 * size if face == FACE else middle
            canvas.drawPath(ink.make_path(size, x - (ink.left + ink.right) / 2 * size, low), paint)
    image = Image.open(io.BytesIO(bytes(surface.makeImageSnapshot().encodeToData())))
    image.convert("L").quantize(4).save(OUT, optimize=True)


if __name__ == "__main__":
    main()
