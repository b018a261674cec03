"""No test reaches the network: loaded by every Python that the tests start, and by the tests themselves."""

from __future__ import annotations

import ipaddress
import sys
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
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False


sys.addaudithook(refuse)
