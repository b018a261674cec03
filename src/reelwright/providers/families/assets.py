"""Pictures that a request takes along: by digest in what is journaled, as base64 in what is sent."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from reelwright.errors import BadInput, NotFound
from reelwright.providers.protocol import Read
from reelwright.reel.noun import Digest, noun
from reelwright.reel.request import Input

ASSET: Final = "$asset"
"""Key of what stands for bytes in ``prepared``: ``{"$asset": digest}``."""
_HEAD: Final = 32


@noun
class Picture:
    """An input that was looked at: its role, its bytes by digest, and what they are."""

    role: str
    asset: Digest
    mime: str


async def looked_at(inputs: Sequence[tuple[Input, Digest]], read: Read, most_bytes: int) -> tuple[Picture, ...]:
    """The inputs with their types. Raises ``BadInput`` for what is no picture or has more than ``most_bytes``."""
    return tuple([await _picture(needed.role, digest, read, most_bytes) for needed, digest in inputs])


async def _picture(role: str, digest: Digest, read: Read, most_bytes: int) -> Picture:
    head, size = b"", 0
    async for chunk in read(digest):
        head = (head + chunk)[:_HEAD] if len(head) < _HEAD else head
        size += len(chunk)
        if size > most_bytes:
            raise BadInput(role, f"a picture of more than {most_bytes:,} bytes", f"at most {most_bytes:,} bytes")
    mime = mime_of(head)
    if mime is None:
        raise BadInput(role, f"{size} bytes that are no picture", "PNG, JPEG, WebP or GIF")
    return Picture(role=role, asset=digest, mime=mime)


def mime_of(head: bytes) -> str | None:
    """Type of a picture by its first bytes."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "image/gif" if head[:6] in (b"GIF87a", b"GIF89a") else None


def unread(digest: Digest) -> AsyncIterator[bytes]:
    """A ``Read`` for what was prepared by an adapter that is gone: requests without pictures need none."""
    raise NotFound("an input was prepared for another adapter")


async def filled(value: Any, read: Read) -> Any:
    """``value`` with every ``{"$asset": digest}`` replaced by the base64 text of its bytes."""
    if isinstance(value, Mapping):
        if set(value) == {ASSET}:
            return base64.b64encode(b"".join([chunk async for chunk in read(Digest(value[ASSET]))])).decode("ascii")
        return {key: await filled(part, read) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [await filled(part, read) for part in value]
    return value
