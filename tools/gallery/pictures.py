"""Write the pictures of the gallery's scripts: photographs as JPEG, screenshots as PNG, at most 60 kB each.

usage: python -m tools.gallery.pictures [FOLDER]
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from tools.gallery.darkroom import MOST_BYTES, to_jpeg
from tools.gallery.food import draw_bread, draw_dish
from tools.gallery.landscapes import draw_dunes, draw_forest, draw_lake, draw_sea
from tools.gallery.people import draw_couple, draw_portrait
from tools.gallery.rooms import draw_living_room, draw_ryokan
from tools.gallery.screenshots import draw_chat, draw_dashboard

SCREENSHOTS = {"dashboard": draw_dashboard, "chat": draw_chat}
PHOTOGRAPHS = {
    "bread": draw_bread,
    "couple": draw_couple,
    "dunes": draw_dunes,
    "sea": draw_sea,
    "forest": draw_forest,
    "portrait": draw_portrait,
    "ryokan": draw_ryokan,
    "dish": draw_dish,
    "lake": draw_lake,
    "living-room": draw_living_room,
}
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "gallery" / "scripts" / "pictures"


def write_pictures(folder: Path, *names: str) -> None:
    """Write all pictures, or those of these names, to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PHOTOGRAPHS.items():
        if not names or name in names:
            (folder / f"{name}.jpg").write_bytes(to_jpeg(draw()))
    for name, draw in SCREENSHOTS.items():
        if not names or name in names:
            file = io.BytesIO()
            draw().quantize(48, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
            assert file.tell() <= MOST_BYTES, f"{name} has {file.tell()} bytes"
            (folder / f"{name}.png").write_bytes(file.getvalue())


if __name__ == "__main__":
    write_pictures(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER, *sys.argv[2:])
