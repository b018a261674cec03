"""Raster pictures are decoded safely: upright, in 8-bit RGB or RGBA, within limits, and sorted by what they show."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from reelwright import late_libraries as late
from reelwright.errors import BadInput, UnreadableMedia

ACCEPTED: Final = "a PNG, JPEG, WebP, GIF, AVIF, TIFF or BMP picture"
MAX_PIXELS: Final = 50_000_000
MAX_SIDE: Final = 65_000
MIN_SIDE: Final = 16
KEPT_SIDE: Final = 4096
"""Longer pictures are made smaller: no frame of ours shows more."""
_CLEAR_SHARE: Final = 0.001
_FLAT_SHARE: Final = 0.55
_ONE_COLOR_SHARE: Final = 0.7
_GROUND_SHARE: Final = 0.05
"""Least share of a screen that has one colour: its ground. A photo of few details, saved small, is flat without one."""


def read_picture(data: bytes, opener: str, field: str) -> tuple[late.Image.Image, list[str]]:
    """Decode ``data`` as RGB or RGBA, and list what was done to it. ``opener``: the one format that Pillow may try.

    Raises ``BadInput`` naming ``field`` beyond the limits, before anything is decoded; ``UnreadableMedia`` when broken.
    """
    notes: list[str] = []
    with _strict(field):
        picture: Any = late.Image.open(io.BytesIO(data), formats=[opener])
        _within_limits(picture.size, field)
        if getattr(picture, "n_frames", 1) > 1:
            notes.append(f"the first of its {picture.n_frames} frames is used")
        picture.load()
        turned = late.ImageOps.exif_transpose(picture)
        if turned.size != picture.size or picture.getexif().get(0x0112, 1) not in (0, 1):
            notes.append("turned upright")
        picture = _eight_bit(turned, notes)
    if picture.mode == "RGBA":
        picture = _without_margin(picture, field, notes)
    if max(picture.size) > KEPT_SIDE:
        notes.append(f"{picture.width}x{picture.height} made smaller")
    return shrink_to_limit(picture, field), notes


def decode_picture(data: bytes, opener: str, field: str) -> None:
    """Decode every pixel of ``data`` and keep none. Raises as ``read_picture`` does; a small picture passes."""
    with _strict(field):
        picture: Any = late.Image.open(io.BytesIO(data), formats=[opener])
        if picture.width * picture.height > MAX_PIXELS or max(picture.size) > MAX_SIDE:
            raise BadInput(field, f"{picture.width}x{picture.height}", "at most 50 megapixels")
        picture.load()


def shrink_to_limit(picture: late.Image.Image, field: str) -> late.Image.Image:
    """Shrink a picture in place if a side is longer than ``KEPT_SIDE``, and return it.

    Raises ``BadInput`` beyond the limits.
    """
    _within_limits(picture.size, field)
    if max(picture.size) > KEPT_SIDE:
        picture.thumbnail((KEPT_SIDE, KEPT_SIDE), late.Image.Resampling.LANCZOS)
    return picture


def detect_treatment(picture: late.Image.Image) -> Literal["cutout", "screen", "photo"]:
    """Detect how to treat a picture: a cutout has transparency; a screen is mostly flat areas of several colours;
    all else is a photo and fills its frame.
    """
    import numpy as np

    if picture.mode == "RGBA":
        return "cutout"
    pixels = np.asarray(picture)[:: max(1, picture.height // 400)]
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    flat = float(np.mean(packed[:, 1:] == packed[:, :-1]))
    _, counts = np.unique(packed, return_counts=True)
    commonest = float(counts.max()) / packed.size
    return "screen" if flat > _FLAT_SHARE and _GROUND_SHARE < commonest < _ONE_COLOR_SHARE else "photo"


def write_picture(picture: late.Image.Image, treatment: str, room: Path) -> tuple[Path, str]:
    """Write a photo as JPEG (quality 95, full chroma), everything else as PNG; no metadata.

    Returns the file and its type.
    """
    clean = picture.copy()
    clean.info = {}
    path = room / ("picture.jpg" if treatment == "photo" else "picture.png")
    try:
        if treatment == "photo":
            clean.save(path, "JPEG", quality=95, subsampling=0)
            return path, "image/jpeg"
        clean.save(path, "PNG", compress_level=4)
        return path, "image/png"
    except OSError as cause:
        path.unlink(missing_ok=True)
        raise UnreadableMedia(code="file_not_written", file=path.name, cause=cause) from cause


@contextmanager
def _strict(field: str) -> Iterator[None]:
    """Turn Pillow's warnings into errors, and its errors into ours."""
    known = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            yield
        except (late.Image.DecompressionBombError, late.Image.DecompressionBombWarning) as cause:
            raise BadInput(field, "a picture of too many pixels", "at most 50 megapixels") from cause
        except (*known, Warning) as cause:
            raise UnreadableMedia(code="file_broken", file=field, last_words=str(cause)) from cause


def _within_limits(size: tuple[int, int], field: str) -> None:
    shape = f"{size[0]}x{size[1]}"
    if size[0] * size[1] > MAX_PIXELS:
        raise BadInput(field, shape, "at most 50 megapixels")
    if max(size) > MAX_SIDE:
        raise BadInput(field, shape, f"at most {MAX_SIDE} pixels a side")
    if min(size) < MIN_SIDE:
        raise BadInput(field, shape, f"at least {MIN_SIDE} pixels a side")


def _eight_bit(picture: Any, notes: list[str]) -> late.Image.Image:
    """Convert a picture to RGB or RGBA of sRGB.

    Pillow clips 16-bit grey instead of scaling it, so that is done here.
    """
    mode = picture.mode
    if mode.startswith(("I", "F")):
        notes.append("16 bits brought to 8")
        picture = _from_deep(picture)
    elif mode in ("CMYK", "LAB", "YCbCr", "HSV"):
        notes.append(f"{mode} brought to RGB")
    picture = _to_srgb(picture, notes)
    clear = picture.mode in ("LA", "PA", "La", "RGBa", "RGBA") or "transparency" in picture.info
    result: late.Image.Image = picture.convert("RGBA" if clear else "RGB")
    return result


def _from_deep(picture: Any) -> late.Image.Image:
    import numpy as np

    values = np.asarray(picture).astype(np.float64)
    top = 65535.0 if picture.mode != "F" or values.max() > 1 else 1.0
    return late.Image.fromarray(np.clip(values * (255.0 / top), 0, 255).astype(np.uint8))


def _to_srgb(picture: Any, notes: list[str]) -> Any:
    profile = picture.info.get("icc_profile")
    if not profile or len(profile) > 4 * 1024 * 1024 or picture.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return picture
    try:
        given = late.ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in late.ImageCms.getProfileDescription(given).lower():
            return picture
        into = "RGBA" if picture.mode == "RGBA" else "RGB"
        changed = late.ImageCms.profileToProfile(picture, given, late.ImageCms.createProfile("sRGB"), outputMode=into)
    except (late.ImageCms.PyCMSError, OSError, ValueError):
        notes.append("its colour profile cannot be read and was left out")
        return picture
    notes.append("its colour profile was brought to sRGB")
    return changed


def _without_margin(picture: late.Image.Image, field: str, notes: list[str]) -> late.Image.Image:
    """Cut a picture to its visible part; a picture that hides nothing is no cutout."""
    import numpy as np

    alpha = np.asarray(picture.getchannel("A"))
    if float(np.mean(alpha < 250)) < _CLEAR_SHARE:
        return picture.convert("RGB")
    box = picture.getchannel("A").point(lambda value: 255 if value > 2 else 0).getbbox()
    if box is None:
        raise BadInput(field, "a wholly transparent picture", "a picture with something to see")
    if box != (0, 0, *picture.size):
        notes.append("its transparent margin was cut off")
    cut = picture.crop(box)
    _within_limits(cut.size, field)
    return cut
