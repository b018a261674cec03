"""Pictures of a request: by digest in what is journaled, as base64 in what is sent."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from reelwright.errors import BadInput, NotFound
from reelwright.providers.protocol import Read
from reelwright.reel.base.value import Digest, define_value
from reelwright.reel.graph.request import Input

ASSET: Final = "$asset"
"""Key of the placeholder for bytes in a prepared request: ``{"$asset": digest}``."""
_HEAD: Final = 32


@define_value
class Picture:
    """Picture of a request: its role, the digest of its bytes, and its MIME type."""

    role: str
    asset: Digest
    mime: str


async def inspect_pictures(inputs: Sequence[tuple[Input, Digest]], read: Read, most_bytes: int) -> tuple[Picture, ...]:
    """Read each input from the vault and return its role, digest and MIME type. Raises ``BadInput`` for an input that
    is no picture or exceeds ``most_bytes``.
    """
    return tuple([await _inspect_picture(input_.role, digest, read, most_bytes) for input_, digest in inputs])


async def _inspect_picture(role: str, digest: Digest, read: Read, most_bytes: int) -> Picture:
    head, size = b"", 0
    async for chunk in read(digest):
        head = (head + chunk)[:_HEAD] if len(head) < _HEAD else head
        size += len(chunk)
        if size > most_bytes:
            raise BadInput(role, f"a picture of more than {most_bytes:,} bytes", f"at most {most_bytes:,} bytes")
    mime = detect_picture_mime(head)
    if mime is None:
        raise BadInput(role, f"{size} bytes that are no picture", "PNG, JPEG, WebP or GIF")
    return Picture(role=role, asset=digest, mime=mime)


def detect_picture_mime(head: bytes) -> str | None:
    """Return the MIME type of a picture by its first bytes; None if it is no PNG, JPEG, WebP or GIF."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "image/gif" if head[:6] in (b"GIF87a", b"GIF89a") else None


def refuse_read(digest: Digest) -> AsyncIterator[bytes]:
    """Raise ``NotFound``; stands in for ``Read`` when the process that prepared a request is gone.

    A request without pictures never calls it.
    """
    raise NotFound(code="inputs_of_another_process")


async def embed_base64(value: Any, read: Read) -> Any:
    """Return ``value`` with every ``{"$asset": digest}`` replaced by the base64 text of its bytes."""
    if isinstance(value, Mapping):
        if set(value) == {ASSET}:
            return base64.b64encode(b"".join([chunk async for chunk in read(Digest(value[ASSET]))])).decode("ascii")
        return {key: await embed_base64(part, read) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [await embed_base64(part, read) for part in value]
    return value
