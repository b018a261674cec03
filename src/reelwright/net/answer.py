"""What came back from one exchange: status, headers, and a body that is whole and below a cap."""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import field
from typing import Any, Final

import httpcore2

from reelwright.net.kept import Reply
from reelwright.net.redact import MOST_SAID, plainly
from reelwright.reel.noun import noun

_WINDOW: Final = zlib.MAX_WBITS | 32
"""gzip or zlib, told by its first bytes."""


def json_of(body: bytes) -> Any:
    """JSON from outside. Raises ``ValueError`` when it is none, or nested too deeply for anybody to read."""
    try:
        return json.loads(body)
    except RecursionError as cause:
        raise ValueError("the JSON is nested too deeply") from cause


class TooLarge(Exception):
    """The body passes the cap."""


@noun
class Answer:
    """``headers`` by lower-case names. Its repr shows neither headers nor body: both may hold secrets."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON. Raises ``ValueError`` when it is none; what that means, the caller knows."""
        return json_of(self.body)

    def said(self, most: int = MOST_SAID) -> str:
        """The body as one line for a message: redacted, without control characters, at most ``most`` characters."""
        return plainly(self.body[: most * 20].decode("utf-8", "replace"), most)


@noun
class Incoming:
    """An answer that is read while it comes, of any status. ``parts`` can be read once."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    parts: AsyncIterator[bytes] = field(repr=False)

    async def short(self, most: int) -> bytes:
        """The first ``most`` bytes: enough of an error."""
        body = b""
        async for part in self.parts:
            body += part
            if len(body) >= most:
                break
        return body[:most]


def headers_of(response: httpcore2.Response | Reply) -> dict[str, str]:
    """By lower-case names; what was sent twice is joined by a comma."""
    found: dict[str, str] = {}
    for raw, value in response.headers:
        name = raw.decode("latin-1").lower()
        said = value.decode("latin-1")
        found[name] = f"{found[name]}, {said}" if name in found else said
    return found


async def whole(response: httpcore2.Response | Reply, headers: Mapping[str, str], cap: int) -> bytes:
    """All of the body, unpacked. Raises ``TooLarge``, and what the connection raises when it ends too early."""
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_stream():
        size += len(part)
        if size > cap:
            raise TooLarge(f"more than {cap} bytes")
        parts.append(part)
    body = b"".join(parts)
    packed = headers.get("content-encoding", "identity").lower()
    return body if packed in ("identity", "") else _unpacked(body, packed, cap)


def _unpacked(body: bytes, packed: str, cap: int) -> bytes:
    """Plain bytes were asked for; some answer in gzip all the same."""
    if packed not in ("gzip", "x-gzip", "deflate"):
        raise zlib.error(f"the answer is packed as {packed[:20]}")
    unpack = zlib.decompressobj(_WINDOW)
    plain = unpack.decompress(body, cap + 1)
    if len(plain) > cap:
        raise TooLarge(f"more than {cap} bytes when unpacked")
    if not unpack.eof:
        raise zlib.error("the packed answer ends too early")
    return plain
