"""What a fake was asked to bring, in our own words, and who draws it: a callable that the door or the test gives."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from typing import Literal, cast

from reelwright.catalogue.snapping import short_side
from reelwright.reel.noun import noun
from reelwright.units import Aspect, size_of

Made = Literal["video", "image", "speech", "music", "sound_effect", "text"]


@noun
class Asked:
    """One sample, understood from the wire. ``model``: the provider's own name of it. ``ms``: footage length.

    ``size`` in pixels; ``fps`` as numerator and denominator. ``inputs``: how many pictures came with it.
    ``micros``: what this sample costs.
    """

    provider: str
    model: str
    kind: Made
    prompt: str
    ms: int = 0
    size: tuple[int, int] = (1280, 720)
    fps: tuple[int, int] = (24, 1)
    sound: bool = False
    sample: int = 0
    seed: int | None = None
    inputs: int = 0
    voice: str = ""
    micros: int = 0


Footage = Callable[[Asked], Awaitable[bytes]]
"""The same bytes for the same ``Asked``, always: an output that is fetched twice is one output."""

_HEADS = {
    "video": b"\0\0\0\x1cftypisom\0\0\2\0isomiso2mp41",
    "image": b"\x89PNG\r\n\x1a\n",
    "speech": b"ID3\4\0\0\0\0\0\0",
    "music": b"ID3\4\0\0\0\0\0\0",
    "sound_effect": b"ID3\4\0\0\0\0\0\0",
    "text": b"",
}
MIMES = {
    "video": "video/mp4",
    "image": "image/png",
    "speech": "audio/mpeg",
    "music": "audio/mpeg",
    "sound_effect": "audio/mpeg",
    "text": "text/plain",
}


async def bare(asked: Asked) -> bytes:
    """A few hundred bytes that begin as such a file does and differ for every ``Asked``; nothing can play them."""
    digest = hashlib.sha256(repr(sorted(asdict(replace(asked, micros=0)).items())).encode())
    return _HEADS[asked.kind] + digest.hexdigest().encode() * 8


def shaped(aspect: str) -> tuple[int, int]:
    """Width and height in pixels of any ``4:5``, its short side 720; wide where it is none."""
    parts = [int(part) for part in aspect.split(":") if part.isdigit()]
    wide, high = parts if len(parts) == 2 and min(parts) > 0 else (16, 9)
    return (720 * wide // high // 2 * 2, 720) if wide >= high else (720, 720 * high // wide // 2 * 2)


def shape_of(picture: bytes) -> tuple[int, int]:
    """The same in the shape of a picture; wide where it cannot be read."""
    from io import BytesIO

    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(picture)) as opened:
            return shaped(f"{opened.width}:{opened.height}")
    except (UnidentifiedImageError, OSError):
        return shaped("16:9")


def pixels(aspect: str, resolution: str) -> tuple[int, int]:
    """Width and height of a ``16:9`` at ``720p``."""
    return size_of(cast(Aspect, aspect), short_side(resolution))
