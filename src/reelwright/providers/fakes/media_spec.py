"""Media that a fake is asked to make, in our own words, and the callable that makes it."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal, cast

import av
from PIL import Image, UnidentifiedImageError

from reelwright.catalogue.snapping import get_short_side
from reelwright.reel.base.value import define_value
from reelwright.units import Aspect, compute_size

MediaKind = Literal["video", "image", "speech", "music", "sound_effect", "text"]


@define_value
class MediaSpec:
    """Description of one sample that a fake has to make: its kind, prompt, length, size and sound.

    ``model``: the provider's name of it. ``ms``: length. ``size`` in pixels; ``fps`` as numerator and denominator.
    ``inputs``: how many pictures came with the request. ``repeat``: how often the same was ordered before.
    ``micros``: the cost of this sample.
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
    repeat: int = 0
    micros: int = 0


Footage = Callable[[MediaSpec], Awaitable[bytes]]
"""Make the media. The same ``MediaSpec`` always gives the same bytes: an output that is fetched twice is one output."""

_TINY = {
    kind: zlib.decompress(base64.b64decode(packed))
    for kind, packed in {
        "image": "eNrrDPBz5+WS4mJgYOD19HAJAtICIMzBBCQnTMwwA1KcBR6RxUCaEYz9VY9cAzIkPV0cQyrmJOdkZCQosG6YsKQq5PCKNsWl"
        "jAzfbRj3lfKutgcqYvB09XNZ55TQBAD5qhiR",
        "sound": "eNr7/1jiCAMDA7MHkGDwcfR1NdEzVNBIzCnISFQw0AwlGvwHmmMNMyeUfAAyp4xK5mykgjkAG25atw==",
    }.items()
}
"""The smallest files that play: one grey picture, a tenth of a second of silence."""
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
        "inputs": spec.inputs, "voice": spec.voice, "repeat": spec.repeat, "micros": spec.micros,
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
        repeat=plain.get("repeat", 0),
        micros=plain["micros"],
    )


async def make_tiny_file(spec: MediaSpec) -> bytes:
    """Return the bytes of the smallest file of the spec's kind that decodes, with a note in it that differs for every
    spec. A video has the length, the size and the sound of the spec, in a single frame.
    """
    facts = {**to_stored_spec(spec), "micros": 0}
    facts.pop("repeat")  # the same order gives the same file here, so that tests can tell it again
    digest = hashlib.sha256(repr(sorted(facts.items())).encode())
    note = digest.hexdigest().encode() * 8
    if spec.kind == "text":
        return note
    if spec.kind == "video":
        return (
            _encode_grey(spec.size, max(1, spec.ms), spec.has_sound)
            + struct.pack(">I4s", 8 + len(note), b"free")
            + note
        )
    if spec.kind == "image":
        data = b"tEXtComment\0" + note
        chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
        return _TINY["image"][:-12] + chunk + _TINY["image"][-12:]
    frame = b"PRIV" + _encode_syncsafe(len(note)) + b"\0\0" + note
    return b"ID3\4\0\0" + _encode_syncsafe(len(frame)) + frame + _TINY["sound"]


@lru_cache(maxsize=64)
def _encode_grey(size: tuple[int, int], ms: int, has_sound: bool) -> bytes:
    """Encode one grey frame that lasts ``ms`` milliseconds, and silence beside it."""
    file, tick = BytesIO(), Fraction(1, 1000)
    with av.open(file, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        coding = {"preset": "ultrafast", "threads": "1", "qp": "40", "flags": "+bitexact"}
        video = container.add_stream("libx264", rate=24, options=coding)
        (video.width, video.height), video.pix_fmt, video.codec_context.time_base = size, "yuv420p", tick
        audio = container.add_stream("aac", rate=48_000, layout="mono") if has_sound else None
        grey = av.VideoFrame(*size, "yuv420p")
        for plane in grey.planes:
            plane.update(b"\x80" * plane.buffer_size)
        grey.pts, grey.time_base = 0, tick
        for packet in (*video.encode(grey), *video.encode(None)):
            packet.duration = ms
            container.mux(packet)
        if audio:
            silence = av.AudioFrame(format="fltp", layout="mono", samples=48 * ms)
            silence.planes[0].update(bytes(silence.planes[0].buffer_size))
            silence.pts, silence.sample_rate = 0, 48_000
            container.mux([*audio.encode(silence), *audio.encode(None)])
    return file.getvalue()


def _encode_syncsafe(number: int) -> bytes:
    """Encode a number with seven bits in each of four bytes, as ID3 does."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def compute_picture_size(aspect: str, side: int = 720) -> tuple[int, int]:
    """Return width and height in pixels of a picture with the aspect ratio ``aspect`` and a short side of ``side``;
    16:9 if it is none.
    """
    parts = [int(part) for part in aspect.split(":") if part.isdigit()]
    wide, high = parts if len(parts) == 2 and min(parts) > 0 else (16, 9)
    return (side * wide // high // 2 * 2, side) if wide >= high else (side, side * high // wide // 2 * 2)


def measure_picture(picture: bytes, side: int = 720) -> tuple[int, int]:
    """Return width and height in pixels with the aspect ratio of a picture and a short side of ``side``; 16:9 if it
    cannot be read.
    """
    try:
        with Image.open(BytesIO(picture)) as opened:
            return compute_picture_size(f"{opened.width}:{opened.height}", side)
    except (UnidentifiedImageError, OSError):
        return compute_picture_size("16:9", side)


def get_pixel_size(aspect: str, resolution: str) -> tuple[int, int]:
    """Return width and height in pixels of an aspect ratio at a resolution, such as ``16:9`` at ``720p``."""
    return compute_size(cast(Aspect, aspect), get_short_side(resolution))
