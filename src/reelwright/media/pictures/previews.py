"""Previews of a video: one frame as a thumbnail, and frames of all of it as a sprite sheet."""

from __future__ import annotations

import io
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from reelwright.media.base.probe import probe
from reelwright.media.pictures.contact_sheet import read_frame_at

if TYPE_CHECKING:
    from PIL import Image

PreviewKind = Literal["thumbnail", "spritesheet"]
PREVIEW_TYPES: Final[dict[str, str]] = {"thumbnail": "image/webp", "spritesheet": "image/jpeg"}
_THUMBNAIL_SIDE: Final = 640
_TILE_SIDE: Final = 320
_COLUMNS: Final = 5
_TILES: Final = 25
_QUALITY: Final = 82
_LIGHT_FROM: Final = 150
"""Mean lightness, from 0 to 255, from which a logo is seen better on a dark ground."""
_DARK: Final = "#16181C"
_MARGIN: Final = 20


_DRAWING: Final = threading.Lock()
"""One preview is drawn at a time: many requests for the same one must not decode it many times."""


def draw_preview(path: Path, kind: PreviewKind) -> bytes:
    """Draw the preview of a video whose name is its digest: the same file is decoded once. Raises ``UnreadableMedia``.

    ``thumbnail``: of seven frames the one with the most contrast (a film may be dark for a moment), as WebP, 640 pixels
    wide at most. ``spritesheet``: 25 frames at equal distances in rows of five, as JPEG.
    """
    with _DRAWING:
        return _draw(path, kind)


def draw_frame(path: Path) -> bytes:
    """Draw the frame after two thirds of a take, by when what moves in has arrived, as WebP of at most 640 pixels.

    The name of the file is its digest: the same one is decoded once. Raises ``UnreadableMedia``.
    """
    with _DRAWING:
        return _draw_frame(path)


@lru_cache(maxsize=256)
def _draw_frame(path: Path) -> bytes:
    found, file = probe(path), io.BytesIO()
    frame = read_frame_at(path, found.start + found.duration * 2 / 3)
    _shrink(frame, _THUMBNAIL_SIDE).save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()


@lru_cache(maxsize=64)
def _draw(path: Path, kind: PreviewKind) -> bytes:
    found = probe(path)
    start, length = found.start, found.duration
    file = io.BytesIO()
    if kind == "thumbnail":
        frames = [_shrink(read_frame_at(path, start + length * n / 8), _THUMBNAIL_SIDE) for n in range(1, 8)]
        max(frames, key=_measure_contrast).save(file, "WEBP", quality=_QUALITY)
        return file.getvalue()
    from PIL import Image

    tiles = [_shrink(read_frame_at(path, start + length * n / _TILES), _TILE_SIDE) for n in range(_TILES)]
    width, height = tiles[0].size
    sheet = Image.new("RGB", (width * _COLUMNS, height * (_TILES // _COLUMNS)))
    for n, tile in enumerate(tiles):
        sheet.paste(tile, (n % _COLUMNS * width, n // _COLUMNS * height))
    sheet.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def draw_logo(path: Path) -> bytes:
    """Draw a logo as WebP on a ground on which it is seen: dark under a light one, else white."""
    from PIL import Image, ImageStat

    with Image.open(path) as opened:
        logo = opened.convert("RGBA")
    logo.thumbnail((_TILE_SIDE, _TILE_SIDE), Image.Resampling.LANCZOS)
    opaque = logo.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
    lightness = ImageStat.Stat(logo.convert("L"), opaque).mean[0] if opaque.getbbox() else 0
    size = (logo.width + 2 * _MARGIN, logo.height + 2 * _MARGIN)
    ground = Image.new("RGB", size, _DARK if lightness > _LIGHT_FROM else "white")
    ground.paste(logo, (_MARGIN, _MARGIN), logo.getchannel("A"))
    file = io.BytesIO()
    ground.save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()


def _measure_contrast(picture: Image.Image) -> float:
    from PIL import ImageStat

    return float(ImageStat.Stat(picture.convert("L")).stddev[0])


def _shrink(picture: Image.Image, side: int) -> Image.Image:
    from PIL import Image

    small = picture.convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return small
