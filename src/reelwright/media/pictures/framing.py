"""The work ``frame`` makes one picture for a provider, of a take or a picture, at the shot's aspect, as JPEG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from reelwright import late_libraries as late
from reelwright.errors import BadInput, UnreadableMedia
from reelwright.media.base.frame_reader import read_frame
from reelwright.media.base.sniff import MATROSKA, MOVIE, read_head, sniff
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult
from reelwright.media.pictures.pictures import read_picture, shrink_to_limit

MOST_BYTES: Final = 10_000_000
"""Largest picture that is sent. Source: systems.md S0-55, read 2026-11-20."""
_QUALITIES: Final = (95, 90, 82, 70)
_PAPER: Final = (244, 244, 244)
"""Colour under a transparent picture."""


def make_frame(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Write ``frame.jpg`` of the first source: its first or last frame where it is a clip and ``part`` says so.

    ``args``: ``part`` (whole, first_frame, last_frame) and ``aspect`` (``W:H``; left out: as it is), to which it is
    cropped about its middle; nothing is stretched. At most 10 MB. Facts: width, height, bytes. Raises ``BadInput``,
    ``UnreadableMedia``.
    """
    picture = _picture(sources[0].path, str(args.get("part", "whole")))
    if aspect := args.get("aspect"):
        picture = crop_to_aspect(picture, str(aspect))
    made = room / "frame.jpg"
    size = _save(picture, made)
    report(1.0)
    facts = {"width": picture.width, "height": picture.height, "bytes": size}
    return WorkResult(files=(ResultFile(path=made, mime="image/jpeg", name="frame"),), facts=facts)


def _picture(path: Path, part: str) -> late.Image.Image:
    kind = sniff(read_head(path))
    if kind in (MOVIE, MATROSKA):
        if part not in ("first_frame", "last_frame"):
            raise BadInput("inputs", kind.name, "a picture, or the first or last frame of a clip")
        return shrink_to_limit(read_frame(path, "first" if part == "first_frame" else "last"), "inputs")
    if kind.opener is None:
        raise BadInput("inputs", kind.name, "a picture", hint=kind.hint)
    picture, _ = read_picture(path.read_bytes(), kind.opener, "inputs")
    return lay_on_paper(picture)


def lay_on_paper(picture: late.Image.Image) -> late.Image.Image:
    """Lay a picture on light paper where it is transparent."""
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    under = late.Image.new("RGBA", picture.size, (*_PAPER, 255))
    under.alpha_composite(picture)
    return under.convert("RGB")


def crop_to_aspect(picture: late.Image.Image, aspect: str) -> late.Image.Image:
    """Crop a picture about its middle to ``aspect``, written ``W:H``; both sides come out even."""
    wide, high = (int(part) for part in aspect.split(":"))
    ratio = Fraction(wide, high)
    width, height = picture.width, picture.height
    if Fraction(width, height) > ratio:
        width = max(2, round(height * ratio))
    else:
        height = max(2, round(width / ratio))
    width, height = max(2, width - width % 2), max(2, height - height % 2)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def _save(picture: late.Image.Image, made: Path) -> int:
    """Save the best JPEG within the limit and return its bytes."""
    for quality in _QUALITIES:
        picture.save(made, "JPEG", quality=quality, subsampling=0 if quality > 90 else 2)
        if (size := made.stat().st_size) <= MOST_BYTES:
            return size
    width, height = picture.size
    raise UnreadableMedia(code="picture_not_compressible", width=width, height=height, most=MOST_BYTES)
