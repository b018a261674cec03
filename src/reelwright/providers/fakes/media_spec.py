"""Media that a fake is asked to make, in our own words, and the callable that makes it."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

from reelwright.catalogue.snapping import get_short_side
from reelwright.reel.value import define_value
from reelwright.units import Aspect, compute_size

MediaKind = Literal["video", "image", "speech", "music", "sound_effect", "text"]


@define_value
class MediaSpec:
    """Description of one sample that a fake has to make: its kind, prompt, length, size and sound.

    ``model``: the provider's name of it. ``ms``: length. ``size`` in pixels; ``fps`` as numerator and denominator.
    ``inputs``: how many pictures came with the request. ``micros``: the cost of this sample.
    """

    provider: str
    model: str
    kind: MediaKind
    prompt: str
    ms: int = 0
    size: tuple[int, int] = (1280, 720)
    fps: tuple[int, int] = (24, 1)
    has_sound: bool = False
    sample: int = 0
    seed: int | None = None
    inputs: int = 0
    voice: str = ""
    micros: int = 0


Footage = Callable[[MediaSpec], Awaitable[bytes]]
"""Make the media. The same ``MediaSpec`` always gives the same bytes: an output that is fetched twice is one output."""

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


def to_stored_spec(spec: MediaSpec) -> dict[str, Any]:
    """Convert a spec to the plain values in which a bill stores it. The keys stay when a field is renamed: bills
    outlive a release.
    """
    return {
        "provider": spec.provider, "model": spec.model, "kind": spec.kind, "prompt": spec.prompt, "ms": spec.ms,
        "size": spec.size, "fps": spec.fps, "sound": spec.has_sound, "sample": spec.sample, "seed": spec.seed,
        "inputs": spec.inputs, "voice": spec.voice, "micros": spec.micros,
    }  # fmt: skip


def from_stored_spec(plain: Mapping[str, Any]) -> MediaSpec:
    """Convert the plain values in which a bill stores a spec back to the spec."""
    width, height = plain["size"]
    numerator, denominator = plain["fps"]
    return MediaSpec(
        provider=plain["provider"],
        model=plain["model"],
        kind=plain["kind"],
        prompt=plain["prompt"],
        ms=plain["ms"],
        size=(width, height),
        fps=(numerator, denominator),
        has_sound=plain["sound"],
        sample=plain["sample"],
        seed=plain["seed"],
        inputs=plain["inputs"],
        voice=plain["voice"],
        micros=plain["micros"],
    )


async def make_tiny_file(spec: MediaSpec) -> bytes:
    """Return the bytes of the smallest file of the spec's kind that decodes, with a note in it that differs for every
    spec.
    """
    digest = hashlib.sha256(repr(sorted(to_stored_spec(replace(spec, micros=0)).items())).encode())
    note = digest.hexdigest().encode() * 8
    if spec.kind == "text":
        return note
    if spec.kind == "video":
        return _TINY["video"] + struct.pack(">I4s", 8 + len(note), b"free") + note
    if spec.kind == "image":
        data = b"tEXtComment\0" + note
        chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
        return _TINY["image"][:-12] + chunk + _TINY["image"][-12:]
    frame = b"PRIV" + _encode_syncsafe(len(note)) + b"\0\0" + note
    return b"ID3\4\0\0" + _encode_syncsafe(len(frame)) + frame + _TINY["sound"]


def _encode_syncsafe(number: int) -> bytes:
    """Encode a number with seven bits in each of four bytes, as ID3 does."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def compute_picture_size(aspect: str) -> tuple[int, int]:
    """Return width and height in pixels of a picture with the aspect ratio ``aspect`` and a short side of 720; 16:9 if
    it is none.
    """
    parts = [int(part) for part in aspect.split(":") if part.isdigit()]
    wide, high = parts if len(parts) == 2 and min(parts) > 0 else (16, 9)
    return (720 * wide // high // 2 * 2, 720) if wide >= high else (720, 720 * high // wide // 2 * 2)


def measure_picture(picture: bytes) -> tuple[int, int]:
    """Return width and height in pixels with the aspect ratio of a picture and a short side of 720; 16:9 if it cannot
    be read.
    """
    from io import BytesIO

    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(picture)) as opened:
            return compute_picture_size(f"{opened.width}:{opened.height}")
    except (UnidentifiedImageError, OSError):
        return compute_picture_size("16:9")


def get_pixel_size(aspect: str, resolution: str) -> tuple[int, int]:
    """Return width and height in pixels of an aspect ratio at a resolution, such as ``16:9`` at ``720p``."""
    return compute_size(cast(Aspect, aspect), get_short_side(resolution))
