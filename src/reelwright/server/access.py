"""Access: finds the caller of every request by its API key, and refuses what the caller may not do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from reelwright.errors import AccessDenied, ReelwrightError, StoreUnavailable
from reelwright.known_providers import WEBHOOK_PATH, WEBHOOK_PROVIDERS
from reelwright.reel.api_key import Role, may_act_as
from reelwright.server.guards import SAFE
from reelwright.store.api_keys import SECRET_PREFIX
from reelwright.units import Micros

if TYPE_CHECKING:
    from reelwright.server.deployment import Deployment

KEY_REFUSED: Final = 4401
"""The code with which a WebSocket is closed that has no living key."""
_OPEN: Final = frozenset({"/ping", "/livez", "/readyz", *(f"{WEBHOOK_PATH}{name}" for name in WEBHOOK_PROVIDERS)})
"""Paths that answer without a key: what watches a process has none, and providers sign what they send instead. They
tell nothing of any account.
"""
_STATUS_ONLY: Final = "/health"
"""The path that answers its status without a key, and the rest to callers."""
_KEY_HEADERS: Final = frozenset({b"x-api-key", b"x-goog-api-key"})
_KEY_PARAMETER: Final = "key"
"""The query parameter in which clients of Google send their key. It is taken out before anything is logged."""
_SCOPE: Final = "reelwright.caller"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The caller of a request. ``account``: whose data it sees. ``key``: the id of its API key, whose budgets pay.

    ``key`` None: the owner of this machine. ``auto_approve``: the most that a job may cost without anybody's consent.
    """

    account: str
    role: Role
    key: str | None
    auto_approve: Micros | None


def get_caller(connection: HTTPConnection) -> Caller:
    """Return the caller of a request. Raises ``AccessDenied`` where nobody was identified."""
    caller = find_caller(connection)
    if caller is None:
        raise AccessDenied(code="key_needed")
    return caller


def find_caller(connection: HTTPConnection) -> Caller | None:
    """Return the caller of a request; None on a path that needs no key."""
    found: Caller | None = connection.scope[_SCOPE]
    return found


def require_owner(connection: HTTPConnection) -> None:
    """Raise ``AccessDenied`` unless the caller is an owner."""
    _require_role(get_caller(connection), "owner")


def _require_role(caller: Caller, needed: Role) -> None:
    if not may_act_as(caller.role, needed):
        raise AccessDenied(code="role_too_low", role=caller.role, needed=needed)


class AccessGuard:
    """Finds the caller of every request before any route does, and lets viewers only read.

    ``build_refusal``: builds the answer to a refused request, in the shape that clients of its path read.
    """

    def __init__(
        self, app: ASGIApp, deployment: Deployment, build_refusal: Callable[[str, ReelwrightError], Response]
    ) -> None:
        self._app, self._deployment, self._build_refusal = app, deployment, build_refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        tokens = [*_take_tokens(scope)]
        try:
            scope[_SCOPE] = await self._admit(scope, tokens)
        except ReelwrightError as error:
            if scope["type"] == "websocket":
                socket = WebSocket(scope, receive, send)
                await socket.accept()  # a browser sees the code only of a socket that was open
                await socket.close(KEY_REFUSED)
            else:
                await self._build_refusal(scope["path"], error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope, tokens: list[str]) -> Caller | None:
        """Return the caller; None on a path that needs none. Raises ``AccessDenied``, and ``StoreUnavailable``."""
        path = scope["path"]
        if path in _OPEN:
            return None
        caller = await self._identify(tokens)
        if caller is None and path != _STATUS_ONLY:
            raise AccessDenied(code="key_needed")
        if caller and scope["type"] == "http" and scope["method"] not in SAFE:
            _require_role(caller, "producer")
        return caller

    async def _identify(self, tokens: list[str]) -> Caller | None:
        """Find whom the tokens of a request name. A token of our own shape must be a living key, also on loopback."""
        deployment = self._deployment
        ours = {token for token in tokens if token.startswith(SECRET_PREFIX)}
        if not ours:
            return None if deployment.options.is_key_required else deployment.build_owner()
        journal = deployment.runtime.journal
        key = await journal.find_api_key(ours.pop())
        if key is None or ours:  # of two keys, nobody can say which one is meant
            raise AccessDenied(code="key_unknown")
        with suppress(StoreUnavailable):  # what only reads goes on while the disk is full
            if deployment.is_use_due(key):
                await journal.record_api_key_use(key.id)
        return Caller(account=key.account, role=key.role, key=key.id, auto_approve=key.auto_approve)


def _take_tokens(scope: Scope) -> Iterator[str]:
    """Yield the keys that a request came with; one in the query is taken out of it, so that no log has it."""
    for name, value in scope["headers"]:
        text = value.decode("latin-1").strip()
        if name == b"authorization":
            scheme, _, token = text.partition(" ")
            yield token.strip() if scheme.lower() == "bearer" else text
        elif name in _KEY_HEADERS:
            yield text
    pairs = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name != _KEY_PARAMETER]
    if len(kept) < len(pairs):
        yield from (value for name, value in pairs if name == _KEY_PARAMETER)
        scope["query_string"] = urlencode(kept).encode("latin-1")
