"""HTTP requests: the endpoint, and headers and body exactly as they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

import httpx2

from reelwright.net.address import Endpoint, is_plain


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A complete request. ``target``: path and query as in its first line. ``headers`` begin with the host's."""

    method: str
    endpoint: Endpoint
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, percent-decoded, without the query, which may be a signature."""
        return unquote(self.target.partition(b"?")[0].decode())

    def add_connection_close(self) -> HttpRequest:
        """Return the same request with the header ``Connection: close``."""
        return replace(self, headers=(*self.headers, (b"Connection", b"close")))


def build_request(
    method: str,
    endpoint: Endpoint,
    headers: Mapping[str, str],
    *,
    params: Mapping[str, Any] | None = None,
    json: Any = None,
    form: Mapping[str, Any] | None = None,
    files: Any = None,
    content: bytes | None = None,
) -> HttpRequest:
    """Build a request with its whole body in memory. ``headers`` by lower-case names.

    Raises ``TypeError`` or ``ValueError`` for a value that cannot be encoded.
    """
    bare = params is None and json is None and form is None and files is None and content is None
    if bare and method == "GET" and is_plain(endpoint.target):
        # A shortcut for polls: thousands of operations send them all the time.
        return HttpRequest(method, endpoint, endpoint.target.encode(), _raw(endpoint, headers))
    where = httpx2.URL(endpoint.url)
    made = httpx2.Request(
        method,
        where.copy_merge_params(params) if params else where,
        headers=dict(headers),
        json=json,
        data=form,
        files=files,
        content=content,
    )
    made.read()
    return HttpRequest(method, endpoint, made.url.raw_path, tuple(made.headers.raw), made.content)


def _raw(at: Endpoint, headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    written = ((name.encode("ascii"), value.encode("ascii")) for name, value in headers.items())
    return ((b"Host", at.host_header.encode()), *written)
