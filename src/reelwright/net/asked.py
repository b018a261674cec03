"""One request on its way out: where it goes, and its headers and body exactly as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

import httpx2

from reelwright.net.address import Place, is_plain


@dataclass(frozen=True, slots=True)
class Asked:
    """``target`` is path and query as they stand in the first line; ``headers`` begin with the host's."""

    method: str
    at: Place
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""

    @property
    def path(self) -> str:
        """Without the query: it may be a signature."""
        return unquote(self.target.partition(b"?")[0].decode())

    def alone(self) -> Asked:
        """The same, for a connection that ends with it."""
        return replace(self, headers=(*self.headers, (b"Connection", b"close")))


def asked(
    method: str,
    at: Place,
    headers: Mapping[str, str],
    *,
    params: Mapping[str, Any] | None = None,
    json: Any = None,
    form: Mapping[str, Any] | None = None,
    files: Any = None,
    content: bytes | None = None,
) -> Asked:
    """The request in full, its body in memory. Raises ``TypeError``, ``ValueError`` for what cannot be put into words.

    ``headers`` by lower-case names.
    """
    bare = params is None and json is None and form is None and files is None and content is None
    if bare and method == "GET" and is_plain(at.target):
        return Asked(method, at, at.target.encode(), _raw(at, headers))  # thousands of operations ask so all the time
    where = httpx2.URL(at.url)
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
    return Asked(method, at, made.url.raw_path, tuple(made.headers.raw), made.content)


def _raw(at: Place, headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    written = ((name.encode("ascii"), value.encode("ascii")) for name, value in headers.items())
    return ((b"Host", at.called.encode()), *written)
