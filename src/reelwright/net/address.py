"""Decides which addresses may be contacted, by a table of our own. Names are resolved once, to the address used."""

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
from reelwright.net.policy import RESOLVER_THREADS
from reelwright.reel.base.value import define_value

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a (name, port)."""
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
_PRIVATE: Final = tuple(
    ipaddress.ip_network(block)
    for block in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
    )
)
"""Networks that a webhook may reach if the deployment allows it. Source: RFC 1918, 4193, 6598."""
_CLOUD: Final = tuple(
    ipaddress.ip_network(block)
    for block in ("fd00:ec2::/32", "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42", "100.100.100.200")
)
"""Addresses by which clouds' machines tell of themselves, inside private networks: of Amazon, Google, Oracle, Scaleway
and Alibaba."""
_LOCAL_NAMES: Final = frozenset({"local", "localhost", "internal", "intranet", "lan", "home", "corp", "private", "arpa",
                                 "test", "invalid", "onion", "localdomain"})  # fmt: skip
_USUAL: Final = {"http": 80, "https": 443}
_SLASHES: Final = len("https://")
"""The search for the path of a URL begins here, after ``http://h`` at least: a host has one character or more."""
_NUMBER: Final = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)")
_PART: Final = r"[A-Za-z0-9_~:@-][A-Za-z0-9_~:@.-]*"
_PLAIN: Final = re.compile(rf"/(?:{_PART}(?:/{_PART})*/?)?(?:\?[A-Za-z0-9_~:@.&=-]+)?")
"""Paths and queries that every parser of URLs leaves as they are: nothing encoded, no empty part of the path, no part
that begins with a dot, no fragment.
"""
_NAME: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)


@define_value
class Endpoint:
    """The host, port and path of a URL. ``host`` in lower case, without brackets and trailing dot.

    ``url``: the URL as it is requested.
    """

    scheme: str
    host: str
    port: int
    url: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port, as browsers define the origin of a URL."""
        return (self.scheme, self.host, self.port)

    @property
    def base_url(self) -> str:
        """The URL without path and query, and without a slash at its end."""
        return self.url[: self.url.index("/", _SLASHES)]

    @property
    def target(self) -> str:
        """Path and query of the URL, as the first line of a request has them."""
        return self.url[self.url.index("/", _SLASHES) :]

    @property
    def host_header(self) -> str:
        """The value of the ``Host`` header: the host, with its port if that is not the default one."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _USUAL[self.scheme] else f"{shown}:{self.port}"

    def replace_target(self, target: str) -> Endpoint | None:
        """Return this endpoint with another path and query; None if parsers might read ``target`` differently.

        It is checked by ``is_plain`` alone, without parsing a URL.
        """
        if not is_plain(target):
            return None
        return Endpoint(scheme=self.scheme, host=self.host, port=self.port, url=self.base_url + target)

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine, by its name or by an address."""
        address = parse_ip(self.host)
        return self.host == "localhost" or (address is not None and address.is_loopback)


def parse_url(url: str) -> Endpoint:
    """Parse an http or https URL strictly; raise ``BadInput`` for all that two parsers might read differently."""
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
        known = isinstance(parse_ip(host), ipaddress.IPv6Address)
    else:
        host = host.removesuffix(".")
        known = parse_ip(host) is not None or _is_name(host)
    if not known:
        raise BadInput("url", shown, accepted)
    number = port or _USUAL[parts.scheme]
    return Endpoint(scheme=parts.scheme, host=host, port=number, url=_format_url(parts.scheme, host, port, url))


def is_plain(target: str) -> bool:
    """Whether every parser of URLs leaves this path and query as they are."""
    return _PLAIN.fullmatch(target) is not None


def parse_ip(host: str) -> _Address | None:
    """Return ``host`` as an IP address if it is one in the usual notation, else None."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: _Address) -> bool:
    """Whether an address, or every IPv4 address embedded in it, belongs to the public internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in block for block in _CLOSED_V4)
    if address.scope_id is not None:
        return False
    if inner := _list_embedded_ipv4(address):
        return all(is_public(one) for one in inner)
    return address in _OPEN_V6 and not any(address in block for block in _CLOSED_V6)


def refuse_unreachable(endpoint: Endpoint, *, may_use_private: bool) -> None:
    """Raise ``BadInput`` for a host that ``resolve_reachable`` refuses whatever its name resolves to."""
    address = parse_ip(endpoint.host)
    if not may_use_private:
        _refuse_unpublic(endpoint)
        if address is not None and not is_public(address):
            raise BadInput("url", _format_endpoint(endpoint), "a host whose addresses are all public")
    elif not endpoint.is_loopback:
        if endpoint.scheme != "https":
            raise BadInput("url", _format_endpoint(endpoint), "https; plain http only to this machine")
        if address is not None and not (is_public(address) or _is_private(address)):
            raise BadInput("url", _format_endpoint(endpoint), "a public address or one of a private network")


def _refuse_unpublic(endpoint: Endpoint) -> None:
    if endpoint.scheme != "https" or endpoint.port not in (443, 80):
        raise BadInput("url", _format_endpoint(endpoint), "https on port 443")
    is_name = parse_ip(endpoint.host) is None
    if is_name and (endpoint.host.rpartition(".")[2] in _LOCAL_NAMES or "." not in endpoint.host):
        raise BadInput("url", _format_endpoint(endpoint), "a public host name")


async def resolve_public(endpoint: Endpoint, resolve: Resolver, *, may_use_loopback: bool) -> tuple[str, ...]:
    """Resolve a host once; raise ``BadInput`` unless it is https, on 443 or 80, and every address is public.

    Returns the addresses to connect to. ``may_use_loopback``: this machine counts as public, on any port and over http.
    Raises ``OSError`` if the host has no address.
    """
    if may_use_loopback and endpoint.is_loopback:
        return (endpoint.host,) if parse_ip(endpoint.host) else ("127.0.0.1",)
    _refuse_unpublic(endpoint)
    address = parse_ip(endpoint.host)
    found = [str(address)] if address else list(dict.fromkeys(await resolve(endpoint.host, endpoint.port)))
    if not found:
        raise OSError(f"{endpoint.host} has no address")
    for one in found:
        parsed = parse_ip(one)
        if parsed is None or not is_public(parsed):
            raise BadInput("url", f"{_format_endpoint(endpoint)} at {one}", "a host whose addresses are all public")
    return tuple(found)


async def resolve_reachable(endpoint: Endpoint, resolve: Resolver, *, may_use_private: bool) -> tuple[str, ...]:
    """Resolve a webhook's host once; raise ``BadInput`` if it has an address that no webhook may be sent to.

    Returns the addresses to connect to. ``may_use_private``: beside public ones, this machine on any port, also over
    http, and its private networks over https on any port. Raises ``OSError`` if the host has no address.
    """
    if not may_use_private:
        return await resolve_public(endpoint, resolve, may_use_loopback=False)
    if endpoint.is_loopback:
        return (endpoint.host,) if parse_ip(endpoint.host) else ("127.0.0.1",)
    refuse_unreachable(endpoint, may_use_private=True)
    literal = parse_ip(endpoint.host)
    found = [str(literal)] if literal else list(dict.fromkeys(await resolve(endpoint.host, endpoint.port)))
    if not found:
        raise OSError(f"{endpoint.host} has no address")
    for one in found:
        address = parse_ip(one)
        if address is None or not (is_public(address) or _is_private(address)):
            raise BadInput(
                "url", f"{_format_endpoint(endpoint)} at {one}", "a public address or one of a private network"
            )
    return tuple(found)


def _is_private(address: _Address) -> bool:
    """Whether an address belongs to a private network. The addresses by which clouds tell of themselves do not."""
    return not any(address in block for block in _CLOUD) and any(address in block for block in _PRIVATE)


async def resolve_name(name: str, port: int) -> Sequence[str]:
    """Return the addresses of ``name`` from this machine's resolver. Raises ``OSError``.

    It runs in threads of its own: a resolver that hangs must not block the threads that write the vault and journal.
    """
    ask = functools.partial(socket.getaddrinfo, name, port, type=socket.SOCK_STREAM)
    rows = await asyncio.get_running_loop().run_in_executor(_resolvers(), ask)
    return [str(row[4][0]) for row in rows]


@functools.cache
def _resolvers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=RESOLVER_THREADS, thread_name_prefix="resolver")


def _list_embedded_ipv4(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """Return the IPv4 addresses inside an IPv6 address: mapped, 6to4, Teredo, NAT64."""
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
    """Whether ``host`` is a DNS name. A name that ends in a number is a disguised address (127.1, 0x7f.1)."""
    return bool(_NAME.fullmatch(host)) and not _NUMBER.fullmatch(host.rpartition(".")[2])


def _format_url(scheme: str, host: str, port: int | None, url: str) -> str:
    parts = urlsplit(url)
    shown = f"[{host}]" if ":" in host else host
    rest = parts.path or "/"
    return f"{scheme}://{shown}{f':{port}' if port else ''}{rest}{f'?{parts.query}' if parts.query else ''}"


def _format_endpoint(at: Endpoint) -> str:
    return f"{at.scheme}://{at.host}:{at.port}"
