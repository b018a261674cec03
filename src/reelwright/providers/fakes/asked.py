"""What a fake was asked to bring, in our own words, and who draws it: a callable that the door or the test gives."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
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

_TINY = {
    kind: zlib.decompress(base64.b64decode(packed))
    for kind, packed in {
        "video": "eNqNUr1Lw0AUf0n8KFohxQ4KQSJ0KghVKk4Vxw6COOggDqa5iw3NNSF3DSgIHRx08H8RRGeHOoibm5Or/0V9l6QkrVV85O59"
        "/d7HvRcAMBxxEbjcZwAqSI5niwX1TQBtkfl+BAAei9oExkj7wqsKCsgvI2UcNanvwZ+k4nciQquD8qnoxDW1KdmqPyL/U1dP"
        "D0CFEsGRG9TjIhdRzWKVd0ZcCwWTkcm31+JWjwaxstEmXjjyRC6heeQx6n7T6hKPSoxyxdyug0I5YnHSfJsVkvgMElIn11Sx"
        "F3pmIisNLloeyh9ccJLDvOLCol9GIR+tQxN5c4RY2Lci22QBPa9PX8TKcIj3AeWEx8vu9/u7mHgGec0sxaYlnGnxeRYta5jx"
        "Xnb3eLuclFdMGNzdwAtcq2V7DiGKKtsILB6kDcpTbokwmX6aTBbmIt4MZDgZCgY+2B63Z3nQd5n6SpnN9jO8toO80SNCbnSb"
        "0ZhLWs9vDzceWkHg5SdRcJNfpOCEVK52lRELdeUB9HlkT/rZ4Zv/+Q0t9mg1",
        "image": "eNrrDPBz5+WS4mJgYOD19HAJAtICIMzBBCQnTMwwA1KcBR6RxUCaEYz9VY9cAzIkPV0cQyrmJOdkZCQosG6YsKQq5PCKNsWl"
        "jAzfbRj3lfKutgcqYvB09XNZ55TQBAD5qhiR",
        "sound": "eNr7/1jiCAMDA7MHkGDwcfR1NdEzVNBIzCnISFQw0AwlGvwHmmMNMyeUfAAyp4xK5mykgjkAG25atw==",
    }.items()
}
"""The smallest files that play: one grey frame, one grey picture, a tenth of a second of silence."""
MIMES = {
    "video": "video/mp4",
    "image": "image/png",
    "speech": "audio/mpeg",
    "music": "audio/mpeg",
    "sound_effect": "audio/mpeg",
    "text": "text/plain",
}


async def bare(asked: Asked) -> bytes:
    """The smallest file of its kind that decodes, with a note in it that differs for every ``Asked``."""
    digest = hashlib.sha256(repr(sorted(asdict(replace(asked, micros=0)).items())).encode())
    note = digest.hexdigest().encode() * 8
    if asked.kind == "text":
        return note
    if asked.kind == "video":
        return _TINY["video"] + struct.pack(">I4s", 8 + len(note), b"free") + note
    if asked.kind == "image":
        said = b"tEXtComment\0" + note
        chunk = struct.pack(">I", len(said) - 4) + said + struct.pack(">I", zlib.crc32(said))
        return _TINY["image"][:-12] + chunk + _TINY["image"][-12:]
    frame = b"PRIV" + _syncsafe(len(note)) + b"\0\0" + note
    return b"ID3\4\0\0" + _syncsafe(len(frame)) + frame + _TINY["sound"]


def _syncsafe(number: int) -> bytes:
    """Seven bits in each of four bytes, as ID3 counts."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


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
