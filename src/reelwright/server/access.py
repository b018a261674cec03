"""Access: finds the caller of every request by its API key or its session, and refuses what the caller may not do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from reelwright.errors import AccessDenied, ReelwrightError, StoreUnavailable, TooManyRequests
from reelwright.known_providers import WEBHOOK_PATH, WEBHOOK_PROVIDERS
from reelwright.server.caller import SCOPE_KEY, Caller, require_role
from reelwright.server.guards import SAFE, WATCHED
from reelwright.server.links import PATH as LINKS
from reelwright.server.rates import find_address
from reelwright.server.sign_in import cookies
from reelwright.store.accounts.api_keys import SECRET_PREFIX

if TYPE_CHECKING:
    from reelwright.server.deployment import Deployment
    from reelwright.server.sign_in.sign_in_options import SignInOptions

logger = logging.getLogger("reelwright.server")
KEY_REFUSED: Final = 4401
"""The code with which a WebSocket is closed that has no living key or session."""
TOO_MANY: Final = 4429
"""The code with which a WebSocket is closed that is one too many."""
_OPEN: Final = frozenset({*WATCHED, *(f"{WEBHOOK_PATH}{name}" for name in WEBHOOK_PROVIDERS)})
"""Paths that answer without a key: what watches a process has none, and providers sign what they send instead. They
tell nothing of any account.
"""
SIGN_IN_PATH: Final = "/auth/sign-in"
SIGN_OUT_PATH: Final = "/auth/sign-out"
_SIGN_IN_PATHS: Final = frozenset({SIGN_IN_PATH, SIGN_OUT_PATH, "/auth/callback", "/auth/signed-out"})
"""Paths by which people come in and go out."""
_STATUS_ONLY: Final = "/health"
"""The path that answers its status without a key, and the rest to callers."""
_KEY_HEADERS: Final = frozenset({b"x-api-key", b"x-goog-api-key"})
_KEY_PARAMETER: Final = "key"
"""The query parameter in which clients of Google send their key. It is taken out before anything is logged."""


class AccessGuard:
    """Middleware that identifies the caller of each request by its API key or session, and refuses unknown callers and
    changes by viewers.

    Too many requests of a key or an address are refused before their body is read. The owner of this machine, who has
    no key, is not limited. ``build_refusal``: builds the answer to a refused request, in the shape that clients of its
    path read.
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
        limits, counted = self._deployment.limits, ("address", find_address(scope))
        with ExitStack() as open_streams:
            try:
                caller = scope[SCOPE_KEY] = await self._admit(scope, tokens)
                if caller is None or caller.key is not None:
                    counted = ("key", caller.key) if caller and caller.key else counted
                    if scope["path"] not in WATCHED:
                        await limits.count_request(*counted)
                    open_streams.enter_context(limits.hold_stream(scope["path"], counted[1]))
            except ReelwrightError as error:
                await self._refuse(error, scope, receive, send)
                return

            async def send_with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    await limits.add_headers(message, *counted)
                await send(message)

            is_counted = caller is not None and caller.key is not None and scope["type"] == "http"
            await self._app(scope, receive, send_with_headers if is_counted else send)

    async def _refuse(self, error: ReelwrightError, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            socket = WebSocket(scope, receive, send)
            await socket.accept()  # a browser sees the code only of a socket that was open
            await socket.close(TOO_MANY if isinstance(error, TooManyRequests) else KEY_REFUSED)
        elif error.code == "sign_in_needed" and _is_navigation(scope):
            await _build_redirect(scope)(scope, receive, send)
        else:
            await self._build_refusal(scope["path"], error)(scope, receive, send)

    async def _admit(self, scope: Scope, tokens: list[str]) -> Caller | None:
        """Return the caller; None on a path that needs none. Raises ``AccessDenied``, and ``StoreUnavailable``."""
        path, issuer = scope["path"], self._deployment.issuer
        is_sign_in = issuer is not None and path in _SIGN_IN_PATHS
        if path in _OPEN or (is_sign_in and path != SIGN_OUT_PATH):
            return None
        if path.startswith(LINKS) and scope.get("method") in ("GET", "HEAD"):
            return None  # the signature of a link says who may open it
        caller = await self._identify(scope, tokens)
        if is_sign_in:
            return caller
        if caller is None and path != _STATUS_ONLY:
            await self._deployment.limits.count_request("address", find_address(scope))
            if tokens:
                raise AccessDenied(code="key_unknown")
            if issuer is not None:
                raise AccessDenied(code="sign_in_needed", path=SIGN_IN_PATH)
            raise AccessDenied(code="key_needed")
        if caller and scope["type"] == "http" and scope["method"] not in SAFE:
            require_role(caller, "producer")
        return caller

    async def _identify(self, scope: Scope, tokens: list[str]) -> Caller | None:
        """Find whom the tokens of a request name. A token of our own shape must be a living key, also on loopback.

        A key counts before a session: a page of another site has none, so that its origin does not matter.
        """
        deployment = self._deployment
        ours = {token for token in tokens if token.startswith(SECRET_PREFIX)}
        if not ours:
            if deployment.issuer is not None:
                return await self._find_member(scope, deployment.issuer.options)
            return None if deployment.options.is_key_required else deployment.build_owner()
        journal, token, address = deployment.runtime.journal, ours.pop(), find_address(scope)
        await deployment.limits.refuse_guesses(address, token)
        key = await journal.find_api_key(token)
        if key is None or ours:  # of two keys, nobody can say which one is meant
            await deployment.limits.record_failure(address)
            _log_refused_key(address)
            raise AccessDenied(code="key_unknown")
        deployment.limits.record_success(token)
        with suppress(StoreUnavailable):  # what only reads goes on while the disk is full
            if deployment.is_use_due(key.id):
                await journal.record_api_key_use(key.id)
        return Caller(account=key.account, role=key.role, key=key.id, auto_approve=key.auto_approve, name=key.name)

    async def _find_member(self, scope: Scope, options: SignInOptions) -> Caller | None:
        """Find the member whose session the browser has; None without one. Raises ``AccessDenied``, see below."""
        secret = HTTPConnection(scope).cookies.get(cookies.get_session_name(options))
        journal = self._deployment.runtime.journal
        session = await journal.find_session(secret) if secret else None
        if session is None:
            return None
        _require_own_page(scope, options)
        with suppress(StoreUnavailable):
            if self._deployment.is_use_due(session.digest):
                await journal.record_session_use(session)
        member = session.member
        return Caller(
            account=member.account, role=member.role, key=member.id, session=session.digest, name=member.name,
            email=member.email, auto_approve=self._deployment.options.auto_approve,
        )  # fmt: skip


def _require_own_page(scope: Scope, options: SignInOptions) -> None:
    """Raise ``AccessDenied`` for a change or a socket that may come from the page of another site.

    A browser adds the cookie of a session to whatever a page sends here. So the request must say that a page of this
    server sends it (``Origin``, ``Sec-Fetch-Site``), or have a header that only such a page can add.
    """
    if scope["type"] == "http" and scope["method"] in SAFE:
        return
    headers = HTTPConnection(scope).headers
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    is_own = origin == options.origin if origin is not None else site == "same-origin"
    is_foreign = origin is not None or site is not None
    if not is_own and (is_foreign or not headers.get("x-requested-with")):
        raise AccessDenied(code="origin_needed", origin=options.origin)


def _is_navigation(scope: Scope) -> bool:
    """Whether a browser wants to show the page of this address."""
    accepted = HTTPConnection(scope).headers.get("accept", "")
    return scope["type"] == "http" and scope["method"] == "GET" and "text/html" in accepted


def _build_redirect(scope: Scope) -> Response:
    query = scope.get("query_string", b"").decode("latin-1")
    wanted = quote(scope["path"]) + (f"?{query}" if query else "")
    return RedirectResponse(f"{SIGN_IN_PATH}?{urlencode({'next': wanted})}", 303, {"Cache-Control": "no-store"})


def _log_refused_key(address: str) -> None:
    fields = {"event": "key.refused", "address": address}
    logger.warning("an API key was refused from %s", address, extra={"fields": fields})


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
