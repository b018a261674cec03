"""No test reaches the network: loaded by every Python that the tests start, and by the tests themselves."""

from __future__ import annotations

import ipaddress
import socket
import sys
from functools import cache
from typing import Any

OWN_NAMES = ("localhost", "", None)


def refuse(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: connecting or resolving beyond this machine is an error, not a warning."""
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if not _own(host):
        raise RuntimeError(f"a test reached for the network: {event} {host!r}")


def _own(host: Any) -> bool:
    if host in OWN_NAMES:
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return False
    return address.is_loopback or _is_of_this_machine(str(address))


@cache
def _is_of_this_machine(address: str) -> bool:
    """Whether a socket can be bound to the address, as Ray's nodes do: it stays within this machine then."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as tried:
            tried.bind((address, 0))
    except OSError:
        return False
    return True


sys.addaudithook(refuse)
