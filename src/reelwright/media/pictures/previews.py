"""Previews of a video: one frame as a thumbnail or poster, frames of all of it as a sprite sheet or in motion."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from reelwright import late_libraries as late
from reelwright.media.base.frame_reader import read_frames
from reelwright.media.base.probe import probe
from reelwright.media.pictures.contact_sheet import read_frame_at

PreviewKind = Literal["thumbnail", "spritesheet"]
PREVIEW_TYPES: Final[dict[str, str]] = {"thumbnail": "image/webp", "spritesheet": "image/jpeg"}
_THUMBNAIL_SIDE: Final = 640
_TILE_SIDE: Final = 320
_COLUMNS: Final = 5
_TILES: Final = 25
_QUALITY: Final = 82
_POSTER_QUALITY: Final = 92
_PREVIEW_SIDE: Final = 480
_PREVIEW_QUALITY: Final = 70
_PREVIEW_S: Final = Fraction(10)
_SHOWN_S: Final = Fraction(3, 2)
"""Seconds of one shot in a preview that moves, and of all, at most."""
_RATE: Final = 8
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


def draw_frame(path: Path, part: Fraction | None = None) -> bytes:
    """Draw the frame after two thirds of a take, by when what moves in has arrived, as WebP of at most 640 pixels.

    ``part``: of the take, from 0 to 1, after which its frame is drawn instead.

    The name of the file is its digest: the same one is decoded once. Raises ``UnreadableMedia``.
    """
    with _DRAWING:
        return _draw_frame(path, Fraction(2, 3) if part is None else part)


@lru_cache(maxsize=256)
def _draw_frame(path: Path, part: Fraction) -> bytes:
    found, file = probe(path), io.BytesIO()
    frame = read_frame_at(path, found.start + found.duration * part)
    _shrink(frame, _THUMBNAIL_SIDE).save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()


@lru_cache(maxsize=64)
def _draw(path: Path, kind: PreviewKind) -> bytes:
    found = probe(path)
    start, length = found.start, found.duration
    file = io.BytesIO()
    if kind == "thumbnail":
        times = [start + length * n / 8 for n in range(1, 8)]
        _shrink(_choose_frame(path, times), _THUMBNAIL_SIDE).save(file, "WEBP", quality=_QUALITY)
        return file.getvalue()
    tiles = [_shrink(read_frame_at(path, start + length * n / _TILES), _TILE_SIDE) for n in range(_TILES)]
    width, height = tiles[0].size
    sheet = late.Image.new("RGB", (width * _COLUMNS, height * (_TILES // _COLUMNS)))
    for n, tile in enumerate(tiles):
        sheet.paste(tile, (n % _COLUMNS * width, n // _COLUMNS * height))
    sheet.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()


def draw_poster(path: Path, times: Sequence[Fraction]) -> bytes:
    """Draw the frame that stands for a film, in its own size, as JPEG: of those at ``times``, the one with the most
    contrast. Raises ``UnreadableMedia``.
    """
    with _DRAWING:
        frame, file = _choose_frame(path, times), io.BytesIO()
    frame.convert("RGB").save(file, "JPEG", quality=_POSTER_QUALITY, optimize=True)
    return file.getvalue()


def draw_moving_preview(path: Path, shots: Sequence[tuple[Fraction, Fraction]]) -> bytes:
    """Draw a film in short, without sound, as a WebP that moves: the middle of each shot, ten seconds in all at most.

    ``shots``: start and length in seconds of each. 8 frames a second, 480 pixels wide at most. Raises
    ``UnreadableMedia``.
    """
    most = int(_PREVIEW_S * _RATE)
    shots = shots[:: -(-len(shots) // most)]
    each = min(_SHOWN_S, _PREVIEW_S / len(shots))
    frames: list[late.Image.Image] = []
    with _DRAWING:
        for start, length in shots:
            shown = min(length, each)
            times = [start + (length - shown) / 2 + Fraction(n, _RATE) for n in range(max(1, int(shown * _RATE)))]
            frames += (_shrink(frame, _PREVIEW_SIDE) for frame in read_frames(path, times))
    file = io.BytesIO()
    frames[0].save(
        file, "WEBP", save_all=True, append_images=frames[1:], duration=1000 // _RATE, loop=0, quality=_PREVIEW_QUALITY
    )
    return file.getvalue()


def draw_logo(path: Path) -> bytes:
    """Draw a logo as WebP on a ground on which it is seen: dark under a light one, else white."""
    with late.Image.open(path) as opened:
        logo = opened.convert("RGBA")
    logo.thumbnail((_TILE_SIDE, _TILE_SIDE), late.Image.Resampling.LANCZOS)
    opaque = logo.getchannel("A").point(lambda alpha: 255 * (alpha > 127))
    lightness = late.ImageStat.Stat(logo.convert("L"), opaque).mean[0] if opaque.getbbox() else 0
    size = (logo.width + 2 * _MARGIN, logo.height + 2 * _MARGIN)
    ground = late.Image.new("RGB", size, _DARK if lightness > _LIGHT_FROM else "white")
    ground.paste(logo, (_MARGIN, _MARGIN), logo.getchannel("A"))
    file = io.BytesIO()
    ground.save(file, "WEBP", quality=_QUALITY)
    return file.getvalue()


def _choose_frame(path: Path, times: Sequence[Fraction]) -> late.Image.Image:
    """Of the frames at ``times``, read the one with the most contrast: a film may be dark for a moment."""
    frames = (read_frame_at(path, at) for at in times)
    return max(frames, key=lambda frame: _measure_contrast(_shrink(frame, _THUMBNAIL_SIDE)))


def _measure_contrast(picture: late.Image.Image) -> float:
    return float(late.ImageStat.Stat(picture.convert("L")).stddev[0])


def _shrink(picture: late.Image.Image, side: int) -> late.Image.Image:
    small = picture.convert("RGB")
    small.thumbnail((side, side), late.Image.Resampling.LANCZOS)
    return small
