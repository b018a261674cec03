"""Where we may fetch from: a table of our own for addresses, and names resolved once to the address we connect to."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit

from reelwright.errors import BadInput
from reelwright.reel.noun import noun

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""(name, port) to its addresses."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_CLOSED_V4: Final = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # answers only from inside a cloud, although the block is public
    )
)  # fmt: skip
"""Source: IANA IPv4 Special-Purpose Address Registry, read 2026-11-20; ``is_global`` has changed between Pythons."""
_OPEN_V6: Final = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6: Final = tuple(
    ipaddress.IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
"""Inside ``2000::/3``, outside which nothing is open. Source: IANA IPv6 Special-Purpose Address Registry, same day."""
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAMES: Final = frozenset({"local", "localhost", "internal", "intranet", "lan", "home", "corp", "private", "arpa",
                                 "test", "invalid", "onion", "localdomain"})  # fmt: skip
_USUAL: Final = {"http": 80, "https": 443}
_SLASHES: Final = len("https://")
"""No path begins before here: a host has one character at least."""
_NUMBER: Final = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)")
_PART: Final = r"[A-Za-z0-9_~:@-][A-Za-z0-9_~:@.-]*"
_PLAIN: Final = re.compile(rf"/(?:{_PART}(?:/{_PART})*/?)?(?:\?[A-Za-z0-9_~:@.&=-]+)?")
"""What every reader of URLs leaves as it is: nothing encoded, no empty part of the path and none that begins with a
dot, no fragment."""
_NAME: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)


@noun
class Place:
    """Whom a URL means. ``host`` in lower case, without brackets and trailing dot; ``url`` as it is requested."""

    scheme: str
    host: str
    port: int
    url: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.scheme, self.host, self.port)

    @property
    def front(self) -> str:
        """The URL before its path."""
        return self.url[: self.url.index("/", _SLASHES)]

    @property
    def target(self) -> str:
        """Path and query."""
        return self.url[self.url.index("/", _SLASHES) :]

    @property
    def called(self) -> str:
        """The host as a request calls it: with its port, where that is not the usual one."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _USUAL[self.scheme] else f"{shown}:{self.port}"

    def at(self, target: str) -> Place | None:
        """The same host at a plain ``target``: nothing of it is looked at anew. None where it is not plain."""
        if not is_plain(target):
            return None
        return Place(scheme=self.scheme, host=self.host, port=self.port, url=self.front + target)

    @property
    def is_loopback(self) -> bool:
        """This machine, by its name or by an address."""
        address = literal(self.host)
        return self.host == "localhost" or (address is not None and address.is_loopback)


def place(url: str) -> Place:
    """Take ``url`` apart. Raises ``BadInput`` for anything that two readers might read differently."""
    accepted = "an http or https URL with a plain host name, without user, password or spaces"
    shown = url.split("?")[0][:120]
    if not url.isascii() or not url.isprintable() or any(c in url for c in ' \\"<>^`{|}'):
        raise BadInput("url", shown, accepted)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as cause:
        raise BadInput("url", shown, accepted) from cause
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or "%" in parts.netloc or port == 0:
        raise BadInput("url", shown, accepted)
    if "[" in parts.netloc:
        known = isinstance(literal(host), ipaddress.IPv6Address)
    else:
        host = host.removesuffix(".")
        known = literal(host) is not None or _is_name(host)
    if not known:
        raise BadInput("url", shown, accepted)
    number = port or _USUAL[parts.scheme]
    return Place(scheme=parts.scheme, host=host, port=number, url=_joined(parts.scheme, host, port, url))


def is_plain(target: str) -> bool:
    """Whether path and query mean the same to every reader of URLs, written as they are."""
    return _PLAIN.fullmatch(target) is not None


def literal(host: str) -> _Address | None:
    """The address that ``host`` is, where it is written as one in the usual way."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_open(address: _Address) -> bool:
    """Whether ``address``, and every address inside it, belongs to the public internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _CLOSED_V4)
    if address.scope_id is not None:
        return False
    if inner := _inside(address):
        return all(is_open(one) for one in inner)
    return address in _OPEN_V6 and not any(address in block for block in _CLOSED_V6)


async def open_addresses(at: Place, resolve: Resolve, *, loopback: bool) -> tuple[str, ...]:
    """The addresses to connect to, resolved once. ``loopback``: this machine counts as open, on any port.

    Raises ``BadInput`` when the name, the port or any of its addresses is not open; ``OSError`` when it has none.
    """
    if loopback and at.is_loopback:
        return (at.host,) if literal(at.host) else ("127.0.0.1",)
    if at.scheme != "https" or at.port not in (443, 80):
        raise BadInput("url", _shown(at), "https on port 443")
    address = literal(at.host)
    if address is None and (at.host.rpartition(".")[2] in _LOCAL_NAMES or "." not in at.host):
        raise BadInput("url", _shown(at), "a public host name")
    found = [str(address)] if address else list(dict.fromkeys(await resolve(at.host, at.port)))
    if not found:
        raise OSError(f"{at.host} has no address")
    for one in found:
        parsed = literal(one)
        if parsed is None or not is_open(parsed):
            raise BadInput("url", f"{_shown(at)} at {one}", "a host whose addresses are all public")
    return tuple(found)


async def resolve_here(name: str, port: int) -> Sequence[str]:
    """The addresses of ``name`` as this machine's resolver tells them. Raises ``OSError``.

    In threads of its own: a resolver that hangs must not hold up those in which the vault and the journal are written.
    """
    ask = functools.partial(socket.getaddrinfo, name, port, type=socket.SOCK_STREAM)
    rows = await asyncio.get_running_loop().run_in_executor(_resolvers(), ask)
    return [str(row[4][0]) for row in rows]


@functools.cache
def _resolvers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolver")


def _inside(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """IPv4 addresses that an IPv6 address stands for: mapped, 6to4, Teredo, NAT64."""
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def _is_name(host: str) -> bool:
    """A DNS name. What ends in a number is an address in disguise (127.1, 0x7f.1, 2130706433)."""
    return bool(_NAME.fullmatch(host)) and not _NUMBER.fullmatch(host.rpartition(".")[2])


def _joined(scheme: str, host: str, port: int | None, url: str) -> str:
    parts = urlsplit(url)
    shown = f"[{host}]" if ":" in host else host
    rest = parts.path or "/"
    return f"{scheme}://{shown}{f':{port}' if port else ''}{rest}{f'?{parts.query}' if parts.query else ''}"


def _shown(at: Place) -> str:
    return f"{at.scheme}://{at.host}:{at.port}"
