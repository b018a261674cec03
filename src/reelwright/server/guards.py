"""Guards before every route: the Host and the Origin of a request, and the size and the pace of its body."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Collection, Mapping
from typing import Final, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reelwright.errors import BadInput
from reelwright.input_limits import BODY_BYTES
from reelwright.server.caller import SCOPE_KEY
from reelwright.server.policy import BODY_PAUSE_S, MIN_BODY_BYTES_PER_S
from reelwright.server.problems import build_simple_problem
from reelwright.tracing import NO_SPAN, TRACEPARENT, Span, trace_span

BODY_LIMIT: Final = "reelwright.body_limit"
"""Name in the scope of a request for the most bytes that its route reads; ``BODY_BYTES`` where there is none."""
_ORIGIN: Final = re.compile(r"(https?)://([a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
EXPOSED: Final = (
    "Content-Disposition", "ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "Tus-Resumable",
    "Upload-Expires", "Upload-Length", "Upload-Offset", "X-Request-Id",
)  # fmt: skip
"""Headers of answers that the page of an allowed origin may read, beside those that every page may."""
_CROSS: Final = "cross-site"
_OWN_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_JSON: Final = re.compile(r"application/(?:[a-z.-]+\+)?json\b")
PAGES: Final = ("/docs", "/auth/", "/studio")
"""How the paths of pages begin, which a browser shows by themselves; the address ``/`` leads to them."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
WATCHED: Final = frozenset({"/ping", "/livez", "/readyz"})
"""Paths that are asked again and again by what watches a process. They are not counted."""
_UNTRACED: Final = WATCHED | {"/metrics"}


class BuildRefusal(Protocol):
    """Type of a function that builds the error response to a refused request, in the shape that clients of its path
    read.
    """

    def __call__(self, path: str, status: int, code: str, detail: str, /, **headers: str) -> Response: ...


def build_problem_refusal(path: str, status: int, code: str, detail: str, /, **headers: str) -> Response:
    """Build the error response to a refused request as a problem document, whatever its path."""
    return build_simple_problem(status, code, detail, **headers)


class AnswerGuard:
    """Middleware around everything else: it traces each request, adds the headers that every answer has, and refuses a
    request that two programs may read differently.

    Each answer has an id of its own (``X-Request-Id``), which clients name in their errors.
    No browser guesses what an answer is (``nosniff``), and JSON is stored nowhere unless its route says otherwise.
    """

    def __init__(self, app: ASGIApp, build_refusal: BuildRefusal = build_problem_refusal) -> None:
        self._app, self._build_refusal = app, build_refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        parent = dict(scope["headers"]).get(TRACEPARENT.encode(), b"").decode("latin-1")
        with NO_SPAN if scope["path"] in _UNTRACED else trace_span("http.request", parent=parent) as span:
            try:
                await self._answer(scope, receive, send, span)
            finally:
                note_request(scope, span)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("X-Request-Id", f"req_{uuid4().hex}")
                if _JSON.match(headers.get("content-type", "")):
                    headers.setdefault("Cache-Control", "no-store")
                span.note(status=message["status"], request=headers["X-Request-Id"])
                if message["status"] >= 500:
                    span.note_error()
            await send(message)

        names = {name for name, _ in scope["headers"]}
        if {b"content-length", b"transfer-encoding"} <= names:  # RFC 9112, 6.3: a proxy may have read the other one
            detail = "a request has a Content-Length or a Transfer-Encoding, never both"
            answer = self._build_refusal(scope["path"], 400, "two_lengths", detail, Connection="close")
            await answer(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def note_request(scope: Scope, span: Span) -> None:
    """Note in the span of a request what is known once it was answered: its route, never its path, and the account."""
    route, caller = getattr(scope.get("route"), "path", None), scope.get(SCOPE_KEY)
    span.note(method=scope["method"], route=route, account=caller.account if caller else None)
    span.rename(f"{scope['method']} {route}" if route else scope["method"])


class HostGuard:
    """Middleware that refuses requests whose ``Host`` is no name of this server, and changes sent by pages of other
    sites.

    Without sign-in, whoever reaches the server is its owner: a page that resolves its own name to this machine, or
    posts here from a browser, must not be. ``hosts``: other names of the server; None: any name is accepted, because
    every request needs a key, which no page has. ``origins``: of other sites whose pages may change things.
    ``links``: names that may stand in links, and ``public_url`` the address that stands there for any other name; where
    it is empty, the address of this machine.
    ``open_to_all``: beginnings of the paths that pages of other sites may also load where no key is needed, beside the
    pages to which they lead; None: any, because every request needs a key.
    """

    def __init__(
        self, app: ASGIApp, hosts: Collection[str] | None, build_refusal: BuildRefusal = build_problem_refusal,
        origins: Collection[str] = (), links: Collection[str] = (), public_url: str = "",
        open_to_all: tuple[str, ...] | None = None,
    ) -> None:  # fmt: skip
        self._open_to_all = open_to_all
        self._app, self._build_refusal, self._origins = app, build_refusal, frozenset(origins)
        self._hosts = None if hosts is None else _OWN_NAMES | {host.lower() for host in hosts}
        self._links, self._public = _OWN_NAMES | {name.lower() for name in links}, urlsplit(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if self._hosts is not None and _get_name(f"//{host}") not in self._hosts:
            answer = self._build_refusal(scope["path"], 421, "unknown_host", f"this server is not called {host!r}")
            await answer(scope, receive, send)
            return
        is_safe = scope["type"] == "http" and scope["method"] in SAFE
        if self._may_not_load(scope, headers) if is_safe else self._may_not_change(headers, host):
            detail = "this request comes from the page of another site"
            answer = self._build_refusal(scope["path"], 403, "foreign_origin", detail)
            await answer(scope, receive, send)
            return
        if _get_name(f"//{host}") not in self._links:
            self._replace_host(scope)
        await self._app(scope, receive, send)

    def _replace_host(self, scope: Scope) -> None:
        """Replace the host of a request by an address of ours: links and redirects are built from it."""
        host = self._public.netloc
        if host:
            scope["scheme"] = self._public.scheme
        else:
            port = (scope.get("server") or ("", None))[1]
            host = f"127.0.0.1:{port}" if port else "127.0.0.1"
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope["headers"].append((b"host", host.encode("ascii")))

    def _may_not_change(self, headers: Mapping[bytes, str], host: str) -> bool:
        """Whether a change or a socket is wanted by the page of another site that is not allowed."""
        origin = headers.get(b"origin")
        is_foreign = origin is not None and _get_place(origin) != host.lower()
        return (is_foreign or headers.get(b"sec-fetch-site") == _CROSS) and origin not in self._origins

    def _may_not_load(self, scope: Scope, headers: Mapping[bytes, str]) -> bool:
        """Whether the page of another site that is not allowed loads what only lacks a key because it is this machine.

        It leads to pages of ours, and to what anybody may load.
        """
        if self._open_to_all is None or headers.get(b"sec-fetch-site") != _CROSS:
            return False
        path: str = scope["path"]
        is_navigation = headers.get(b"sec-fetch-mode") == "navigate" and headers.get(b"sec-fetch-dest") == "document"
        if path.startswith(self._open_to_all) or (is_navigation and (path == "/" or path.startswith(PAGES))):
            return False
        origin = headers.get(b"origin") or _find_origin(headers.get(b"referer", ""))  # a picture has no Origin
        return origin not in self._origins


def parse_origin(value: str) -> str:
    """Return a web origin in the form that browsers send, such as ``https://studio.example``. Raises ``BadInput`` for
    anything else, and for ``*``.
    """
    found = _ORIGIN.fullmatch(value.strip().lower())
    if found is None or int(found[3] or 0) > 65_535:
        accepted = "an origin such as https://studio.example or http://localhost:3000: no path, and no *"
        raise BadInput("allow_origin", value, accepted)
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" + (f":{int(port)}" if port and port != _DEFAULT_PORTS[scheme] else "")


def _find_origin(url: str) -> str:
    try:
        found = urlsplit(url)
    except ValueError:
        return ""
    return f"{found.scheme}://{found.netloc}".lower()


def _get_place(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _get_name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


class BodyGuard:
    """Middleware that refuses a request body that is too large (413) or comes too slowly (408)."""

    def __init__(self, app: ASGIApp, build_refusal: BuildRefusal = build_problem_refusal) -> None:
        self._app, self._build_refusal = app, build_refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > BODY_BYTES:
            await self._refuse_size(scope, receive, send)
            return
        reading = _BodyReader(scope, receive, int(length))
        has_begun = False

        async def note_begin(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, reading, note_begin)
        except (_TooLarge, TimeoutError) as fault:
            if has_begun:
                raise
            if isinstance(fault, _TooLarge):
                await self._refuse_size(scope, receive, send)
            else:
                detail = (
                    f"a part of a body comes every {BODY_PAUSE_S:g} s, and {MIN_BODY_BYTES_PER_S} bytes each second"
                )
                answer = self._build_refusal(scope["path"], 408, "body_too_slow", detail, Connection="close")
                await answer(scope, receive, send)

    async def _refuse_size(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"a request has at most {_find_limit(scope)} bytes here"
        answer = self._build_refusal(scope["path"], 413, "body_too_large", detail)
        await answer(scope, receive, send)


def _find_limit(scope: Scope) -> int:
    own: int = scope.get(BODY_LIMIT, BODY_BYTES)
    return min(own, BODY_BYTES)


class _TooLarge(Exception):
    """The body is larger than a request may be."""


class _BodyReader:
    """Counts what is received of a body, and gives up on one that stands still or comes too slowly."""

    def __init__(self, scope: Scope, receive: Receive, length: int) -> None:
        self._scope, self._receive, self._length, self._size, self._has_ended = scope, receive, length, 0, False
        self._waited = 0.0
        """Seconds that were spent in waiting for parts. What the server does between them is no fault of the client."""

    async def __call__(self) -> Message:
        if self._has_ended:  # what is awaited now is the end of the connection
            return await self._receive()
        limit = _find_limit(self._scope)
        if self._length > limit:
            raise _TooLarge
        began = time.monotonic()
        async with asyncio.timeout(BODY_PAUSE_S):
            message = await self._receive()
        self._waited += time.monotonic() - began
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._has_ended = not message.get("more_body", False)
            if self._size > limit:
                raise _TooLarge
            if not self._has_ended and self._waited > BODY_PAUSE_S + self._size / MIN_BODY_BYTES_PER_S:
                raise TimeoutError
        return message
