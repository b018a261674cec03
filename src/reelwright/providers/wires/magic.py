"""Media types by magic bytes: the few formats that providers accept or return, and fonts."""

from __future__ import annotations

from typing import Final

_STARTS: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"), (0, b"\xff\xd8\xff", "image/jpeg"), (8, b"WEBP", "image/webp"),
    (0, b"GIF8", "image/gif"), (8, b"WAVE", "audio/wav"), (0, b"ID3", "audio/mpeg"), (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"), (0, b"fLaC", "audio/flac"), (0, b"OggS", "audio/ogg"), (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"), (0, b"\x00\x01\x00\x00", "font/ttf"), (0, b"OTTO", "font/otf"),
)  # fmt: skip
_ENDINGS: Final = {
    "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif", "audio/wav": "wav",
    "audio/mpeg": "mp3", "audio/flac": "flac", "audio/ogg": "ogg", "video/mp4": "mp4", "video/webm": "webm",
    "font/ttf": "ttf", "font/otf": "otf",
}  # fmt: skip


def detect_mime(data: bytes) -> str:
    """Return the MIME type of a media file by its first bytes; ``application/octet-stream`` if the format is
    unknown.
    """
    for at, start, mime in _STARTS:
        if data[at : at + len(start)] == start:
            return mime
    return "application/octet-stream"


def get_extension(mime: str) -> str:
    """Return the file extension, without a dot, of a MIME type; ``bin`` for an unknown one."""
    return _ENDINGS.get(mime, "bin")
