"""Single frames of a clip or film: its first or last, a contact sheet, and hashes of all that can be decoded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from reelwright.errors import BadInput, UnreadableMedia
from reelwright.media import ffmpeg
from reelwright.media.probe import probe

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashes:
    """SHA-256 of each decoded frame and of each block of decoded samples, in order."""

    frames: tuple[str, ...]
    samples: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Digest of all hashes: equal for films that play the same."""
        return hashlib.sha256("\n".join((*self.frames, "", *self.samples)).encode()).hexdigest()


def read_frame(path: Path, which: Literal["first", "last"]) -> Image.Image:
    """Read the first or the last frame of ``path``, upright. Raises ``UnreadableMedia``."""
    picture = next(decode_frames(path, Fraction(0)), None) if which == "first" else _last(path)
    if picture is None:
        raise UnreadableMedia(f"the {which} frame of {path.name} cannot be decoded")
    return _upright(picture)


def _last(path: Path) -> Any:
    """Return the last frame; None where nothing can be decoded. The next shot waits for it, so that speed matters.

    Of the frames before its last second only those are decoded that others refer to; some clips have only one key
    frame.
    """
    found = probe(path)
    start = max(Fraction(0), found.start + found.duration - 1)
    frame = None
    with _opened(path, start) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for packet in container.demux(stream):
            early = packet.pts is not None and packet.pts * stream.time_base < start
            stream.codec_context.skip_frame = "NONREF" if early else "DEFAULT"
            for frame in packet.decode():  # noqa: B007  the last one is meant
                pass
    return frame


def make_contact_sheet(path: Path, target: Path, *, columns: int = 4, rows: int = 2, width: int = 270) -> Path:
    """Write a PNG of ``columns`` by ``rows`` frames, evenly spaced from first to last, each ``width`` pixels wide."""
    if columns < 1 or rows < 1 or width < 16:
        raise BadInput("contact sheet", (columns, rows, width), "at least 1 by 1 pictures, 16 pixels wide")
    from PIL import Image

    found = probe(path)
    height = max(1, round(width * found.upright[1] / found.upright[0]))
    sheet = Image.new("RGB", (columns * width, rows * height))
    wanted = columns * rows
    for index in range(wanted):
        at = found.start + found.duration * (2 * index + 1) / (2 * wanted)
        frame = next((f for f in decode_frames(path, at) if Fraction(f.pts) * f.time_base >= at - 1 / found.fps), None)
        if frame is not None:
            small = _upright(frame).resize((width, height), Image.Resampling.LANCZOS)
            sheet.paste(small, (index % columns * width, index // columns * height))
    sheet.save(target, "PNG", compress_level=4)
    return target


def compute_hashes(path: Path, room: Path) -> Hashes:
    """Decode all of ``path`` and hash every frame and block of samples.

    "The same film" means equal hashes, whatever the bytes of the container are.
    """
    listing = room / "framehash.txt"
    args = [*ffmpeg.build_input(path, "-threads", "1"), "-map", "0:v:0", "-map", "0:a?", "-fps_mode", "passthrough"]
    ffmpeg.run([*args, "-f", "framehash", "-hash", "sha256", ffmpeg.build_output(listing)])
    by_stream: dict[str, list[str]] = {"0": [], "1": []}
    for line in listing.read_text("ascii").splitlines():
        if not line.startswith("#"):
            parts = [part.strip() for part in line.split(",")]
            by_stream[parts[0]].append(parts[-1])
    listing.unlink()
    return Hashes(frames=tuple(by_stream["0"]), samples=tuple(by_stream["1"]))


def decode_frames(path: Path, start: Fraction) -> Iterator[Any]:
    """Yield decoded frames from the key frame at or before ``start`` seconds."""
    with _opened(path, start) as container:
        yield from container.decode(video=0)


@contextmanager
def _opened(path: Path, start: Fraction) -> Iterator[Any]:
    """Open a file at the key frame at or before ``start`` seconds.

    Raises ``UnreadableMedia`` for every error inside.
    """
    import av

    try:
        with av.open(str(path.absolute()), options={"protocol_whitelist": "file"}) as container:
            if start > 0:
                container.seek(int(start * 1_000_000), backward=True)
            yield container
    except av.FFmpegError as cause:
        raise UnreadableMedia(f"{path.name} cannot be decoded", last_words=str(cause)) from cause


def _upright(frame: Any) -> Image.Image:
    picture: Image.Image = frame.to_image()
    return picture.rotate(int(frame.rotation), expand=True) if frame.rotation else picture
