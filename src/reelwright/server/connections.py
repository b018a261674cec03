"""The connections of the server: how many there may be, and how long one may send a head or read nothing."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import resource
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import h11
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from reelwright.server.guards import AnswerGuard
from reelwright.server.policy import BUSY_RETRY_S, MAX_REQUEST_HEAD_BYTES, REQUEST_HEAD_S, SPARE_FILES, UNREAD_ANSWER_S
from reelwright.server.problems import PROBLEM_TYPE, build_simple_problem
from reelwright.server.rates import find_network

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_HEAD_END: Final = re.compile(rb"\n\r?\n")


class _Reader(h11.Connection):
    """Parses requests. A head above ``MAX_REQUEST_HEAD_BYTES`` bytes is refused before it is parsed.

    h11 itself looks only at one that has not come whole, and one read brings up to 256 KB.
    """

    def next_event(self) -> Any:
        """Return what came next. Raises ``h11.RemoteProtocolError``."""
        if self.their_state is h11.IDLE:
            waiting, _ = self.trailing_data
            if len(waiting) > MAX_REQUEST_HEAD_BYTES and _HEAD_END.search(waiting, 0, MAX_REQUEST_HEAD_BYTES) is None:
                raise h11.RemoteProtocolError("Receive buffer too long", error_status_hint=431)
        return super().next_event()


class Connection(H11Protocol):
    """An HTTP connection that is closed if its client takes too long to send a request head or to read a response.

    Uvicorn has neither limit: a client that sends a byte now and then would hold its connection for ever. Above
    ``limit_concurrency`` connections, a request is answered 503; above twice as many, a connection is not accepted. So
    it is, earlier, above ``most_of_address`` connections of one address, with 429: one client leaves room for others.
    ``proxies``: networks that do not count as an address, since they connect for many clients.
    """

    most_of_address: int | None = None
    proxies: Sequence[_Network] = ()
    _head_timer: asyncio.TimerHandle | None = None
    _still_timer: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = _Reader(h11.SERVER, MAX_REQUEST_HEAD_BYTES)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time limit for the first request; refuse the connection, or its requests, if too many are open."""
        super().connection_made(transport)
        most, self.limit_concurrency = self.limit_concurrency, None
        own = self._count_own()
        if _is_above(len(self.connections), most, 2) or _is_above(own, self.most_of_address, 2):
            transport.abort()
            return
        is_greedy = _is_above(own, self.most_of_address)
        if is_greedy or _is_above(len(self.connections), most):
            self.app = AnswerGuard(_answer_greedy if is_greedy else _answer_busy)
            self.ws_protocol_class = None
        self._start_head_timer()

    def _count_own(self) -> int:
        """Count the open connections of this client's address, also its WebSockets. 0 for a proxy, and for a client
        without an address.
        """
        if not self.client or any(ipaddress.ip_address(self.client[0]) in network for network in self.proxies):
            return 0
        address = find_network(self.client[0])
        clients = (getattr(one, "client", None) for one in self.connections)
        return sum(1 for client in clients if client and find_network(client[0]) == address)

    def data_received(self, data: bytes) -> None:
        """Parse received bytes; start the time limit for a request head unless a request is being handled."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_head_timer()
        elif not self.transport.is_closing() and self.transport.get_protocol() is self:
            self._start_head_timer()

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hand the connection over to the WebSocket protocol, which has its own limits; a request that is no handshake
        (another method, or a body) is answered 400: nobody would answer it there.
        """
        bodies = [value for name, value in event.headers if name in (b"content-length", b"transfer-encoding")]
        if event.method != b"GET" or any(value.strip() != b"0" for value in bodies):
            self._refuse(400, "Bad Request", "bad_request", "a WebSocket begins with GET and has no body")
            return
        self._stop_head_timer()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timers of a connection that was closed."""
        self._stop_head_timer()
        self._stop_still_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Pause writing until the client has read; close the connection if that takes ``UNREAD_ANSWER_S`` seconds."""
        super().pause_writing()
        self._stop_still_timer()
        self._still_timer = self.loop.call_later(UNREAD_ANSWER_S, self.transport.abort)

    def resume_writing(self) -> None:
        """Resume writing to a client that reads again, and cancel its time limit."""
        self._stop_still_timer()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer 400 to bytes that are no HTTP, or to a head that is too large, and close the connection."""
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.abort()  # an answer is under way: nothing else can be said
            return
        self._refuse(400, "Bad Request", "bad_request", f"{msg} A head has at most {MAX_REQUEST_HEAD_BYTES} bytes.")

    def _start_head_timer(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(REQUEST_HEAD_S, self._end_slow_head)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_still_timer(self) -> None:
        if self._still_timer is not None:
            self._still_timer.cancel()
            self._still_timer = None

    def _end_slow_head(self) -> None:
        if not self.transport.is_closing():
            self._refuse(408, "Request Timeout", "head_too_slow", f"no whole request came within {REQUEST_HEAD_S:g} s")

    def _refuse(self, status: int, phrase: str, code: str, detail: str) -> None:
        """Write an answer past the parser, which may be in any state, and close the connection."""
        body = bytes(build_simple_problem(status, code, detail).body)
        head = (
            f"HTTP/1.1 {status} {phrase}\r\nContent-Type: {PROBLEM_TYPE}\r\nContent-Length: {len(body)}\r\n"
            f"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def limit_addresses(most: int, proxies: Sequence[str]) -> type[Connection]:
    """Build a connection class that lets one address have at most ``most`` open connections. Addresses in the networks
    ``proxies`` may have any number.
    """
    networks = tuple(ipaddress.ip_network(proxy) for proxy in proxies)
    return type("LimitedConnection", (Connection,), {"most_of_address": most, "proxies": networks})


def _is_above(count: int, most: int | None, times: int = 1) -> bool:
    return most is not None and count > times * most


async def _answer_greedy(scope: Scope, receive: Receive, send: Send) -> None:
    retry = {"Retry-After": str(BUSY_RETRY_S), "Connection": "close"}
    detail = "this address has too many connections open; close some, or use them again"
    await build_simple_problem(429, "too_many_connections_of_address", detail, **retry)(scope, receive, send)


async def _answer_busy(scope: Scope, receive: Receive, send: Send) -> None:
    retry = {"Retry-After": str(BUSY_RETRY_S), "Connection": "close"}
    answer = build_simple_problem(503, "too_many_connections", "too many clients are connected", **retry)
    await answer(scope, receive, send)


def raise_file_limit(connections: int) -> int:
    """Raise the process's limit of open files to fit twice ``connections``; return how many connections the system
    allows, at most ``connections``.
    """
    wanted = 2 * connections + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return connections
    return min(connections, max(8, (soft - SPARE_FILES) // 2))
