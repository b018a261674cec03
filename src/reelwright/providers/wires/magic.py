"""What bytes are, by how they begin: the few formats that are given to providers or come back from them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from reelwright.errors import Unreachable

_STARTS: Final = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"), (0, b"\xff\xd8\xff", "image/jpeg"), (8, b"WEBP", "image/webp"),
    (0, b"GIF8", "image/gif"), (8, b"WAVE", "audio/wav"), (0, b"ID3", "audio/mpeg"), (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"), (0, b"fLaC", "audio/flac"), (0, b"OggS", "audio/ogg"), (4, b"ftyp", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
)  # fmt: skip
_HEAD: Final = 16
_ENDINGS: Final = {
    "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif", "audio/wav": "wav",
    "audio/mpeg": "mp3", "audio/flac": "flac", "audio/ogg": "ogg", "video/mp4": "mp4", "video/webm": "webm",
}  # fmt: skip


def mime_of_bytes(data: bytes) -> str:
    """A MIME type; ``application/octet-stream`` where the first bytes are of none that we know."""
    for at, start, mime in _STARTS:
        if data[at : at + len(start)] == start:
            return mime
    return "application/octet-stream"


def ending_of(mime: str) -> str:
    """The ending of a file's name."""
    return _ENDINGS.get(mime, "bin")


async def media(data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """``data`` as it comes. Raises ``Unreachable`` at once where it begins as a page or a document, not as media."""
    head = b""
    async for chunk in data:
        if head is not None:
            head += chunk
            if len(head) < _HEAD:
                continue
            chunk, head = _looked_at(head), None  # type: ignore[assignment]
        yield chunk
    if head:
        yield _looked_at(head)


def _looked_at(head: bytes) -> bytes:
    if head.lstrip()[:1] in (b"<", b"{") and mime_of_bytes(head) == "application/octet-stream":
        raise Unreachable("a page came in the place of the media; it may be asked for again")
    return head
