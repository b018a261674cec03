"""HTTP responses: status, headers, and a body that is complete and below a cap."""

from __future__ import annotations

import json
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpcore2

from reelwright.net.keepalive_pool import PooledResponse
from reelwright.net.policy import MAX_LINE_CHARS, MAX_RETRY_AFTER_S
from reelwright.net.redact import redact_line
from reelwright.reel.base.value import define_value

_WINDOW: Final = zlib.MAX_WBITS | 32
"""Tells zlib to recognise gzip or zlib by the first bytes."""


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds, at most a day, that the header ``retry-after`` asks to wait; None if it cannot be read.

    ``headers`` by lower-case names. A date is compared with the answer's own Date, if it has one.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_RETRY_AFTER_S)
    if text and (until := parse_http_date(text)):
        now = parse_http_date(headers.get("date", "")) or datetime.now(UTC)
        return min(max(0.0, (until - now).total_seconds()), MAX_RETRY_AFTER_S)
    return None


def parse_http_date(text: str) -> datetime | None:
    """Parse a date such as that of the header ``Date``, without a zone as UTC; None if it is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def parse_json(body: bytes) -> Any:
    """Parse JSON from another machine. Raises ``ValueError`` if it is none, or nested too deeply."""
    try:
        return json.loads(body)
    except RecursionError as cause:
        raise ValueError("the JSON is nested too deeply") from cause


class TooLarge(Exception):
    """The body is larger than the cap."""


@define_value
class HttpResponse:
    """A complete response. ``headers`` by lower-case names.

    Its repr shows neither headers nor body: both may hold secrets.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def parse_json(self) -> Any:
        """Parse the body as JSON. Raises ``ValueError`` if it is none; the caller knows what that means."""
        return parse_json(self.body)

    def parse_json_or_none(self) -> Any:
        """Parse the body as JSON; None if it is none."""
        try:
            return self.parse_json()
        except ValueError:
            return None

    def describe_body(self, max_chars: int = MAX_LINE_CHARS) -> str:
        """Return the body as one line for a message: redacted, no control characters, at most ``max_chars``."""
        return redact_line(self.body[: max_chars * 20].decode("utf-8", "replace"), max_chars)


@define_value
class StreamedResponse:
    """A response whose body is read while it arrives, of any status. ``parts`` can be read once."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    parts: AsyncIterator[bytes] = field(repr=False)

    async def read_start(self, max_bytes: int) -> bytes:
        """Read at most ``max_bytes`` from the start of the body, for an error message; the rest is then lost."""
        body = b""
        async for part in self.parts:
            body += part
            if len(body) >= max_bytes:
                break
        return body[:max_bytes]


def read_headers(response: httpcore2.Response | PooledResponse) -> dict[str, str]:
    """Return the headers of ``response`` by lower-case name; values of a repeated header are joined by a comma."""
    found: dict[str, str] = {}
    for raw, value in response.headers:
        name = raw.decode("latin-1").lower()
        text = value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


async def read_body(response: httpcore2.Response | PooledResponse, headers: Mapping[str, str], cap: int) -> bytes:
    """Read the whole body and unpack gzip or deflate; raise ``TooLarge`` above ``cap`` bytes, also unpacked.

    Raises ``zlib.error``, and the connection's error if it ends too early.
    """
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_stream():
        size += len(part)
        if size > cap:
            raise TooLarge(f"more than {cap} bytes")
        parts.append(part)
    body = b"".join(parts)
    packed = headers.get("content-encoding", "identity").lower()
    return body if packed in ("identity", "") else _unpack(body, packed, cap)


def _unpack(body: bytes, packed: str, cap: int) -> bytes:
    """Decompress ``body``. Requests ask for plain bytes, but some servers answer in gzip all the same."""
    if packed not in ("gzip", "x-gzip", "deflate"):
        raise zlib.error(f"the answer is packed as {packed[:20]}")
    unpack = zlib.decompressobj(_WINDOW)
    plain = unpack.decompress(body, cap + 1)
    if len(plain) > cap:
        raise TooLarge(f"more than {cap} bytes when unpacked")
    if not unpack.eof:
        raise zlib.error("the packed answer ends too early")
    return plain
