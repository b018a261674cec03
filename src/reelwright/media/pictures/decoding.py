"""A file that was fetched is decoded from its first frame to its last before it counts as a take."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from reelwright.errors import BadInput, MediaError, StoreUnavailable, ToolMissing, UnreadableMedia
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import probe
from reelwright.media.base.sniff import MATROSKA, MOVIE, read_head, sniff
from reelwright.media.pictures.intake import MAX_PIXELS
from reelwright.media.pictures.pictures import decode_picture
from reelwright.reel.graph.outcome import TakeMeasures

Medium = Literal["video", "image", "audio"]

_SOUNDS: Final = ((b"ID3", "mp3"), (b"OggS", "ogg"), (b"fLaC", "flac"))
_PICTURE_BYTES: Final = 256 * 1024**2


def find_medium(mime: str) -> Medium | None:
    """Return the medium that a MIME type names; None for text and everything else that is not decoded."""
    kind = mime.partition("/")[0]
    return kind if kind in ("video", "image", "audio") else None  # type: ignore[return-value]


def find_wrong_kind(path: Path, medium: Medium) -> str | None:
    """Return what a file is by its first bytes if that is not the ``medium`` that was ordered; None if it may be.

    Only a picture is known to be no video: what nobody knows may be one.
    """
    kind = sniff(read_head(path))
    is_video = kind in (MOVIE, MATROSKA)
    is_picture = kind.opener is not None and not is_video
    return kind.name if (medium == "video" and is_picture) or (medium == "image" and not is_picture) else None


def check_decodes(path: Path, medium: Medium) -> None:
    """Decode all of ``path`` under the limits for files from outside. Raises ``UnreadableMedia``.

    Blocks for as long as decoding takes: never call it on the event loop.
    """
    try:
        if medium == "image":
            _check_picture(path)
        else:
            _check_stream(path, medium)
    except (ToolMissing, UnreadableMedia):
        raise
    except (MediaError, BadInput) as cause:
        words = cause.last_words if isinstance(cause, MediaError) else str(cause)
        raise UnreadableMedia(code="medium_undecodable", medium=medium, last_words=_last_line(words)) from cause
    except OSError as cause:
        raise StoreUnavailable(code="folder_unreadable", folder=path.parent, cause=cause.strerror) from cause


def measure_take(path: Path) -> TakeMeasures | None:
    """Measure a video that decodes; None if it cannot be measured. Blocks, as ``check_decodes`` does."""
    try:
        found = probe(path, demuxer=_demuxer(path, "video"))
    except UnreadableMedia:
        return None
    width, height = found.upright
    return TakeMeasures(ms=round(found.duration * 1000), width=width, height=height, has_sound=found.audio is not None)


def _check_stream(path: Path, medium: Literal["video", "audio"]) -> None:
    written = 0.0

    def note(share: float) -> None:
        nonlocal written
        written = share

    demuxer = _demuxer(path, medium)
    wanted = ("-map", "0:v:0", "-map", "0:a:0?") if medium == "video" else ("-map", "0:a:0")
    args = ffmpeg.build_input(path, "-max_pixels", str(MAX_PIXELS), demuxer=demuxer)
    ffmpeg.run([*args, *wanted, "-f", "null", "-"], is_untrusted=True, frames=1, report=note)
    if medium == "video" and not written:
        raise UnreadableMedia(code="medium_without_frames")


def _demuxer(path: Path, medium: Medium) -> str:
    """Return the one demuxer that may open the file.

    Raises ``UnreadableMedia`` where its first bytes name none of the medium.
    """
    head = read_head(path)
    kind = sniff(head)
    if kind in (MOVIE, MATROSKA) and kind.opener:
        return kind.opener
    if medium == "audio":
        if found := next((demuxer for magic, demuxer in _SOUNDS if head.startswith(magic)), None):
            return found
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            return "wav"
        if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
            return "aac" if head[1] & 0x06 == 0 else "mp3"  # layer 0 is ADTS
    raise UnreadableMedia(code="medium_wrong", found=kind.name, medium=medium)


def _check_picture(path: Path) -> None:
    kind = sniff(read_head(path))
    if kind.opener is None or kind in (MOVIE, MATROSKA):
        raise UnreadableMedia(code="medium_wrong", found=kind.name, medium="image")
    if path.stat().st_size > _PICTURE_BYTES:
        raise UnreadableMedia(code="picture_too_large")
    decode_picture(path.read_bytes(), kind.opener, "the picture")


def _last_line(words: str) -> str:
    """Return the tool's last words without the name of a temporary file of ours."""
    lines = [line for line in words.splitlines() if line.strip() and "file:" not in line]
    return lines[-1].rpartition("] ")[2] if lines else ""
