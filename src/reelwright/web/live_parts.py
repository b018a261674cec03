"""Renders the changing part of a page once for all open pages that ask for it at the same time.

A hundred people look at one film while it is made, and each of their pages asks again after an event. They get the same
part, each with tickets of its own. It is read after the last of them asked, so that it shows what they were told of.
"""

from __future__ import annotations

import asyncio
import hashlib
import html
import re
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from reelwright.server.caller import find_caller, get_caller
from reelwright.server.problems import build_route_class
from reelwright.web.forms import is_marked, mark_tickets, write_tickets
from reelwright.web.outcomes import render_trouble
from reelwright.web.rendering import FRAGMENT, build_page_answer
from reelwright.web.texts import choose_language

_LIVE: Final = "live"
"""Value of the header ``FRAGMENT`` of a page that was told of an event, and did not ask for its person."""
_REST: Final = 4
"""How many times as long as a part took to render it rests, so that its pages take about a fifth of a processor."""
_MOST_REST_S: Final = 2.0
"""Most seconds of that: nobody waits longer to see a change."""
_MOST_KEPT: Final = 1000
"""Parts that are remembered, with when they were rendered; beyond, those that nobody waits for are forgotten."""
_NAME_MARK: Final = f"name-{secrets.token_hex(8)}-"
"""Begins the mark of a name that is written in later, as ``_MARK`` of a ticket does."""
_NAME_MARKS: Final = re.compile(rb"%s([0-9a-f]*)-" % _NAME_MARK.encode())

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class _Part:
    """A part of a page for readers who see the same. ``next``: the rendering that has not begun, which all await."""

    def __init__(self) -> None:
        self.next: asyncio.Task[Response] | None = None
        self._turn = asyncio.Lock()
        self._rests_until = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for it, and it may be rendered at once."""
        return self.next is None and not self._turn.locked() and self._rests_until <= _read_clock()

    async def render(self, build: Callable[[], Awaitable[Response]]) -> Response:
        """Render it when the rendering in work has ended, and its rest is over."""
        async with self._turn:
            await asyncio.sleep(self._rests_until - _read_clock())
            self.next = None  # who asks from here on may have been told of more
            began = _read_clock()
            try:
                return await build()
            finally:
                now = _read_clock()
                self._rests_until = now + min(_MOST_REST_S, _REST * (now - began))


class LiveRoute(build_route_class(render_trouble)):  # type: ignore[misc]
    """A route of a page: an error is answered with a page, and its live part is rendered once for all who ask.

    Its pages show all readers of one role in an account the same, but for tickets and their own names.
    """

    def get_route_handler(self) -> Handle:
        """Return what answers a request."""
        handle: Handle = super().get_route_handler()
        parts: dict[tuple[str, ...], _Part] = {}

        async def answer(request: Request) -> Response:
            caller = find_caller(request)
            if caller is None or request.method != "GET" or request.headers.get(FRAGMENT) != _LIVE:
                return await handle(request)
            address = hashlib.sha256(str(request.url).encode()).hexdigest()
            key = (address, caller.account, caller.role, choose_language(request))
            if key not in parts and len(parts) >= _MOST_KEPT:
                for idle in [one for one, part in parts.items() if part.is_idle]:
                    del parts[idle]
            part = parts.setdefault(key, _Part())
            if part.next is None or part.next.done():
                part.next = asyncio.create_task(part.render(lambda: handle(mark_tickets(request))))
            shared = await asyncio.shield(part.next)
            headers = {k: v for k, v in shared.headers.items() if k != "content-length"}
            page = write_names(request, write_tickets(request, bytes(shared.body)))
            return build_page_answer(request, page, shared.status_code, headers)

        return answer


def mark_names(request: Request, payers: Iterable[str]) -> dict[str, str]:
    """Return a mark for the name of each member or API key, where several will read the page and each knows only the
    own name; nothing otherwise. ``payers``: their ids.
    """
    if not is_marked(request) or get_caller(request).role == "owner":
        return {}
    return {one: f"{_NAME_MARK}{one.encode().hex()}-" for one in payers}


def write_names(request: Request, page: bytes) -> bytes:
    """Return a page that was rendered for several readers with the name of the caller, and with the ids of others."""
    caller = get_caller(request)
    own = {caller.key: caller.name or caller.email} if caller.key else {}

    def write(found: re.Match[bytes]) -> bytes:
        payer = bytes.fromhex(found[1].decode()).decode()
        return html.escape(own.get(payer) or payer).encode()

    return _NAME_MARKS.sub(write, page)


def _read_clock() -> float:
    return asyncio.get_running_loop().time()
