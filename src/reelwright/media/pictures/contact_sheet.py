"""Contact sheets: frames of a film side by side, each with its label, as one small picture."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from reelwright import late_libraries as late
from reelwright.errors import UnreadableMedia
from reelwright.media.base.frame_reader import decode_frames

_WIDTH: Final = 1200
_GAP: Final = 8
_LABEL: Final = 24
_QUALITY: Final = 82
_BACKGROUND: Final = (24, 24, 26)
_INK: Final = (235, 235, 235)


def read_frame_at(path: Path, seconds: Fraction) -> late.Image.Image:
    """Read the frame of a film that is on screen at ``seconds``; after the end, the last one. Every pixel is kept.

    Raises ``UnreadableMedia``.
    """
    found: Any = None
    for frame in decode_frames(path, seconds):
        if found is not None and frame.pts is not None and frame.pts * frame.time_base > seconds:
            break
        found = frame
    if found is None:
        raise UnreadableMedia(code="file_unreadable", file=path.name, last_words="no frame can be decoded")
    picture: late.Image.Image = found.to_image()
    return picture


def to_png(picture: late.Image.Image) -> bytes:
    """Encode a picture as PNG, without loss."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=6)
    return file.getvalue()


def build_contact_sheet(pictures: Sequence[tuple[str, late.Image.Image]], *, width: int = _WIDTH) -> bytes:
    """Lay labelled pictures out in rows, each shrunk with its label under it, and return the JPEG's bytes.

    ``width``: of the sheet in pixels.
    """
    widest = max(picture.width / picture.height for _, picture in pictures)
    columns = _count_columns(len(pictures), widest)
    tile = (width - _GAP * (columns + 1)) // columns
    height = min(round(tile / widest), round(0.35 * width))
    rows = math.ceil(len(pictures) / columns)
    sheet = late.Image.new("RGB", (width, rows * (height + _LABEL + _GAP) + _GAP), _BACKGROUND)
    draw, font = late.ImageDraw.Draw(sheet), late.ImageFont.load_default(15)
    for (label, picture), (x, y) in zip(pictures, _list_places(columns, tile, height), strict=False):
        small = picture.convert("RGB")
        small.thumbnail((tile, height), late.Image.Resampling.LANCZOS)
        sheet.paste(small, (x + (tile - small.width) // 2, y + (height - small.height) // 2))
        draw.text((x + tile // 2, y + height + _LABEL // 2), label, fill=_INK, font=font, anchor="mm")
    file = io.BytesIO()
    sheet.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def _count_columns(count: int, widest: float) -> int:
    """Return how many columns keep the sheet closest to a square screen."""
    if widest < 1:
        return min(count, 6 if count > 4 else 4)
    return min(count, 4 if count > 6 else 3 if count > 2 else 2)


def _list_places(columns: int, tile: int, height: int) -> Iterator[tuple[int, int]]:
    n = 0
    while True:
        row, column = divmod(n, columns)
        yield _GAP + column * (tile + _GAP), _GAP + row * (height + _LABEL + _GAP)
        n += 1
