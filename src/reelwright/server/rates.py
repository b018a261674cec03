"""Limits of requests and of open streams, by API key and by address, in the memory of this process."""

from __future__ import annotations

import hashlib
import ipaddress
import math
import re
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.types import Message, Scope

from reelwright.errors import BadInput, TooManyRequests
from reelwright.server.policy import FAILED_KEYS_PER_MINUTE, MAX_GOOD_KEYS_REMEMBERED, STREAM_RETRY_S

FAILED_KEYS: Final = RateLimitItemPerSecond(FAILED_KEYS_PER_MINUTE, 60)
_STREAM_PATHS: Final = ("/api/v1/events", "/api/ws/", "/ws/")
_SECONDS: Final = {"s": 1, "min": 60, "h": 3600}
_RATE: Final = re.compile(r"([0-9]{1,7})/(s|min|h)")


def parse_rate(text: str) -> RateLimitItem | None:
    """Parse a rate limit such as ``600/min``; None for ``0``, which means no limit. Raises ``BadInput``."""
    if text == "0":
        return None
    found = _RATE.fullmatch(text)
    if found is None or not int(found[1]):
        raise BadInput("rate_limit", text, "a number with /s, /min or /h, such as 600/min; or 0 for no limit")
    return RateLimitItemPerSecond(int(found[1]), _SECONDS[found[2]])


def find_address(scope: Scope) -> str:
    """Return the client address that rate limits count a request by: an IPv4 address, or the /64 network of an IPv6
    one.
    """
    return find_network(scope["client"][0] if scope.get("client") else "")


@lru_cache(1024)
def find_network(host: str) -> str:
    """Return what one customer has of addresses: an IPv4 address, or the /64 network of an IPv6 one."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host or "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class RequestLimits:
    """Counts requests, wrong API keys and open streams of each key and address in this process, and refuses what is
    above the limits. Other processes count their own.

    ``rate``: most requests of a key, or of an address without one; None: any number. ``max_streams``: most streams that
    a key has open at once.
    """

    def __init__(self, rate: RateLimitItem | None, max_streams: int) -> None:
        self._rate, self._max_streams = rate, max_streams
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._streams: Counter[str] = Counter()
        self._good: OrderedDict[bytes, None] = OrderedDict()

    async def refuse_guesses(self, address: str, token: str) -> None:
        """Raise ``TooManyRequests`` if ``address`` sent too many wrong API keys. A key that was right still passes."""
        if _hash(token) not in self._good and not await self._limiter.test(FAILED_KEYS, "failed", address):
            left_s = await self._find_wait(FAILED_KEYS, "failed", address)
            raise TooManyRequests(code="too_many_failed_keys", left_s=left_s)

    async def record_failure(self, address: str) -> None:
        """Count one request from ``address`` with an API key that does not exist."""
        await self._limiter.hit(FAILED_KEYS, "failed", address)

    def record_success(self, token: str) -> None:
        """Remember a valid API key, so that wrong keys from the same address do not lock it out."""
        digest = _hash(token)
        self._good[digest] = None
        self._good.move_to_end(digest)
        if len(self._good) > MAX_GOOD_KEYS_REMEMBERED:
            self._good.popitem(last=False)

    async def count_request(self, kind: str, name: str) -> None:
        """Count a request of the key or the address ``name``; ``kind`` says which of the two it is. Raises
        ``TooManyRequests`` when there were too many.
        """
        if self._rate is not None and not await self._limiter.hit(self._rate, kind, name):
            left_s, period_s = await self._find_wait(self._rate, kind, name), int(self._rate.get_expiry())
            raise TooManyRequests(code="too_many_requests", limit=self._rate.amount, period_s=period_s, left_s=left_s)

    async def add_headers(self, message: Message, kind: str, name: str) -> None:
        """Add the ``RateLimit`` headers, with the requests left to the key or address ``name``, to a response message.
        Source: draft-ietf-httpapi-ratelimit-headers-10.
        """
        if self._rate is None:
            return
        left = await self._limiter.get_window_stats(self._rate, kind, name)
        seconds = max(0, math.ceil(left.reset_time - time.time()))
        policy = f'"requests";q={self._rate.amount};w={self._rate.get_expiry()}'
        message["headers"] = [
            *message["headers"],
            (b"ratelimit-policy", policy.encode()),
            (b"ratelimit", f'"requests";r={left.remaining};t={seconds}'.encode()),
        ]

    @contextmanager
    def hold_stream(self, path: str, name: str) -> Iterator[None]:
        """Count an open event stream of the key or address ``name`` until the block ends. Raises ``TooManyRequests``;
        does nothing for other paths.
        """
        if not path.startswith(_STREAM_PATHS):
            yield
            return
        if self._streams[name] >= self._max_streams:
            raise TooManyRequests(code="too_many_streams", limit=self._max_streams, left_s=STREAM_RETRY_S)
        self._streams[name] += 1
        try:
            yield
        finally:
            self._streams[name] -= 1
            if not self._streams[name]:
                del self._streams[name]

    async def _find_wait(self, rate: RateLimitItem, kind: str, name: str) -> int:
        """Return the seconds until there is room again."""
        window = await self._limiter.get_window_stats(rate, kind, name)
        return max(1, math.ceil(window.reset_time - time.time()))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
