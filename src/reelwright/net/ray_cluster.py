"""The connection to a Ray cluster: the extra ``ray``, the address, the version. Imported only where one is named."""

from __future__ import annotations

import socket
import sys
import threading
from typing import Any, Final
from urllib.parse import urlsplit

from reelwright.errors import BadInput, ToolMissing, Unreachable
from reelwright.net.policy import CLUSTER_PROBE_S, CLUSTER_TRIES
from reelwright.reason import Action

NAMESPACE: Final = "reelwright"
"""Where the names of our actors are known: not among those of other programs of the cluster."""
_REFUSALS: Final = ("Version mismatch", "authentication token", "UNAUTHENTICATED")
"""What errors say that waiting does not mend: Ray 2.60 has a class of its own for few of them."""
_connecting = threading.Lock()


def import_ray() -> Any:
    """Import and return the module ``ray``. Raises ``ToolMissing`` without the extra."""
    try:
        import ray
    except ImportError as cause:
        raise ToolMissing(code="extra_missing", extra="ray", actions=[Action("install", {"extra": "ray"})]) from cause
    return ray


def connect(address: str) -> Any:
    """Return the module ``ray``, connected to the cluster at ``address``. Blocks for seconds, the first time.

    Raises ``ToolMissing`` without the extra, ``BadInput`` for a cluster that this process cannot talk to (another
    version of Ray or Python, or another token), and ``Unreachable`` if nothing answers there as it should.
    """
    ray = import_ray()
    with _connecting:
        if ray.is_initialized():
            return ray
        _probe(address)
        try:
            ray.shutdown()  # lets go of a connection to a cluster that ended: Ray opens no second one beside it
            _open(ray, address)
        except (RuntimeError, OSError, ValueError, ray.exceptions.RayError) as cause:
            words = " ".join(str(cause).split())[-300:]
            if not _is_refusal(cause, ray):  # such as a busy head, or a node that starts
                raise Unreachable(code="cluster_unreachable", address=address, cause=words) from cause
            here = f"Ray {ray.__version__} and Python {sys.version_info.major}.{sys.version_info.minor}"
            raise BadInput(
                "ray_address", address, f"a Ray cluster with {here}, as here, and the token of this machine: {words}",
                hint="install one version of Ray on all nodes and here; the token is in RAY_AUTH_TOKEN_PATH",
            ) from cause  # fmt: skip
    return ray


def _is_refusal(error: Exception, ray: Any) -> bool:
    is_token = isinstance(error, ray.exceptions.AuthenticationError)
    return is_token or any(words in str(error) for words in _REFUSALS)


def _open(ray: Any, address: str) -> None:
    """Connect. Ray 2.60 often fails to start the process that serves a client, on a busy head: it is asked again."""
    for tries_left in reversed(range(CLUSTER_TRIES)):
        try:
            ray.init(address, namespace=NAMESPACE, log_to_driver=False)
            return
        except ConnectionAbortedError as error:
            if "proxier.py" not in str(error) or not tries_left:
                raise


def _probe(address: str) -> None:
    """Raise ``Unreachable`` unless something listens at ``address``: Ray itself would try for half a minute."""
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=CLUSTER_PROBE_S).close()
    except OSError as cause:
        raise Unreachable(code="cluster_unreachable", address=address, cause=str(cause)) from cause
