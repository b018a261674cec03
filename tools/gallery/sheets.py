"""Sheets of a film's frames side by side, without labels: small ones for the page, large ones to look closely."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from PIL import Image

from reelwright.media.base.frame_reader import decode_frames
from reelwright.studio.policy import SETTLED_BEFORE_END_S

MOST_BYTES = 60_000
_WIDTH = 1400
_GAP = 6
_GROUND = (128, 128, 128)


def read_frames(film: Path, times: Sequence[float]) -> list[Image.Image]:
    """Read the frames that are on screen at these times, which rise."""
    wanted = list(times)
    found: list[Image.Image] = []
    shown: Image.Image | None = None
    for frame in decode_frames(film, Fraction(0)):
        at = float((frame.pts or 0) * (frame.time_base or 0))
        while shown is not None and len(found) < len(wanted) and at > wanted[len(found)] + 1e-3:
            found.append(shown)
        if len(found) == len(wanted):
            return found
        shown = frame.to_image()
    assert shown is not None
    return found + [shown] * (len(wanted) - len(found))


def lay_out(frames: Sequence[Image.Image], columns: int, width: int) -> Image.Image:
    """Lay frames out in rows; ``width``: of a frame, in pixels."""
    height = round(width * frames[0].height / frames[0].width)
    rows = math.ceil(len(frames) / columns)
    size = (columns * (width + _GAP) - _GAP, rows * (height + _GAP) - _GAP)
    sheet = Image.new("RGB", size, _GROUND)
    for n, frame in enumerate(frames):
        small = frame.resize((width, height), Image.Resampling.LANCZOS)
        sheet.paste(small, (n % columns * (width + _GAP), n // columns * (height + _GAP)))
    return sheet


def write_contact_sheet(film: Path, screens: Sequence[tuple[float, float]], out: Path) -> None:
    """Write the first frame and one near the end of each screen, when its words stand, as a WebP of at most 60 kB."""
    settled = (start + length - min(length / 2, float(SETTLED_BEFORE_END_S)) for start, length in screens)
    frames = read_frames(film, [0.0, *settled])
    columns = _count_columns(len(frames), frames[0].width / frames[0].height)
    width = (_WIDTH + _GAP) // columns - _GAP
    for part, quality in [(part, quality) for part in (1.0, 0.8, 0.64, 0.5, 0.4) for quality in (86, 74, 62, 50, 38)]:
        file = io.BytesIO()
        lay_out(frames, columns, round(width * part)).save(file, "WEBP", quality=quality, method=5)
        if file.tell() <= MOST_BYTES:
            break
    out.write_bytes(file.getvalue())


def write_large_sheet(film: Path, seconds: float, out: Path) -> None:
    """Write a frame of every second, each 480 pixels wide, as a PNG."""
    frames = read_frames(film, [float(second) for second in range(math.ceil(seconds))])
    lay_out(frames, 5, 480).save(out, "PNG", compress_level=6)


def _count_columns(count: int, aspect: float) -> int:
    wide = 4 if aspect > 1.5 else 5 if aspect > 0.95 else 6 if aspect > 0.7 else 7
    rows = math.ceil(count / wide)
    return math.ceil(count / rows)
