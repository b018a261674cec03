"""Guards before every route: the Host and the Origin of a request, and the size and the pace of its body."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reelwright.server.problems import build_simple_problem

MAX_BODY: Final = 64 * 1024 * 1024
"""Most bytes of a request: four pictures of 10 MB with their form."""
BODY_PAUSE_S: Final = 10.0
"""Most seconds between two parts of a request's body."""
_OWN_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


class HostGuard:
    """Refuses requests by another name than the server's own, and changes that another site's page asks for.

    Without sign-in, whoever reaches the server is its owner: a page that resolves its own name to this machine, or
    posts here from a browser, must not be. ``hosts``: other names of the server; None: any name is accepted, because
    every request needs a key, which no page has.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None) -> None:
        self._app = app
        self._hosts = None if hosts is None else _OWN_NAMES | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if self._hosts is not None and _get_name(f"//{host}") not in self._hosts:
            answer = build_simple_problem(421, "unknown_host", f"this server is not called {host!r}")
            await answer(scope, receive, send)
            return
        is_safe = scope["type"] == "http" and scope["method"] in SAFE
        origin = headers.get(b"origin")
        is_foreign = origin is not None and _get_place(origin) != host.lower()
        if not is_safe and (is_foreign or headers.get(b"sec-fetch-site") == "cross-site"):
            answer = build_simple_problem(403, "foreign_origin", "this request comes from the page of another site")
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


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
    """Refuses a body that is too large or stands still, before a route has read it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MAX_BODY:
            answer = build_simple_problem(413, "body_too_large", f"a request has at most {MAX_BODY} bytes")
            await answer(scope, receive, send)
            return
        reading = _BodyReader(receive)
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
                answer = build_simple_problem(413, "body_too_large", f"a request has at most {MAX_BODY} bytes")
            else:
                answer = build_simple_problem(408, "body_too_slow", f"no part came for {BODY_PAUSE_S:g} s")
            await answer(scope, receive, send)


class _TooLarge(Exception):
    """The body is larger than a request may be."""


class _BodyReader:
    """Counts what is received of a body, and waits no longer than ``BODY_PAUSE_S`` for its next part."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._size, self._has_ended = receive, 0, False

    async def __call__(self) -> Message:
        if self._has_ended:  # what is awaited now is the end of the connection
            return await self._receive()
        async with asyncio.timeout(BODY_PAUSE_S):
            message = await self._receive()
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._has_ended = not message.get("more_body", False)
            if self._size > MAX_BODY:
                raise _TooLarge
        return message
