"""A check that a fetched output is a media file: an HTML page with status 200 is not taken for a film."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from reelwright.errors import Unreachable
from reelwright.net.closing import ensure_closed

_HEAD: Final = 64


def is_media_head(kind: str, head: bytes) -> bool:
    """Whether ``head``, the first 16 bytes or more, may begin a ``video``, an ``image`` or an ``audio`` file."""
    if kind == "video":
        return head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide") or head[:4] == b"\x1aE\xdf\xa3"
    if kind == "image":
        return head[:8] == b"\x89PNG\r\n\x1a\n" or head[:3] == b"\xff\xd8\xff" or _is_riff(head, b"WEBP")
    framed = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0  # MPEG audio, or AAC in ADTS
    return (
        head[:3] == b"ID3"
        or framed
        or _is_riff(head, b"WAVE")
        or head[:4] in (b"OggS", b"fLaC")
        or head[4:8] == b"ftyp"
    )


def _is_riff(head: bytes, form: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == form


async def require_media(parts: AsyncIterator[bytes], kind: str, provider: str) -> AsyncIterator[bytes]:
    """Yield the bytes of ``parts`` unchanged, once their beginning is known to be of ``kind`` (video, image or audio).
    Raises ``Unreachable`` if it is not.
    """
    head, is_checked = b"", False
    async with ensure_closed(parts):
        async for part in parts:
            if is_checked:
                yield part
                continue
            head += part
            if len(head) >= _HEAD:
                is_checked = True
                yield _check_head(head, kind, provider)
    if not is_checked:
        yield _check_head(head, kind, provider)


def _check_head(head: bytes, kind: str, provider: str) -> bytes:
    if not is_media_head(kind, head):
        begins = repr(head[:16].decode("latin-1"))
        raise Unreachable(code="output_not_media", provider=provider, kind=kind, head=begins)
    return head
