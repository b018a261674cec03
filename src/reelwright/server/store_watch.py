"""The watch over the database: whether it answers, and the answer to requests that wait for one that does not."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reelwright.errors import StoreUnavailable
from reelwright.server.guards import BuildRefusal
from reelwright.server.policy import (
    STORE_CHECK_LIFETIME_S,
    STORE_CHECK_LOOKS,
    STORE_CHECK_S,
    STORE_RETRY_S,
    UNANSWERED_REQUEST_S,
)

if TYPE_CHECKING:
    from reelwright.server.deployment import Deployment

_WITHOUT_STORE: Final = frozenset({"/ping", "/livez", "/readyz", "/health", "/docs", "/docs/send.js", "/openapi.json"})
"""Paths that answer without the database, or say that it is away."""
_PAGE_FILES: Final = "/studio/files/"
"""Where the style sheet and the scripts of the pages are, in which the page that says so is shown."""


class StoreCheck:
    """Asks the database whether it answers within a second; keeps the finding for two seconds."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment, self._at, self._message = deployment, 0.0, ""
        self._checking = asyncio.Lock()

    @property
    def is_away(self) -> bool:
        """Whether the database did not answer when it was last asked; asks nothing now."""
        return bool(self._message)

    async def find_obstacle(self) -> str:
        """Return why the database cannot be used now, as text; empty if it can."""
        async with self._checking:
            if time.monotonic() - self._at < STORE_CHECK_LIFETIME_S and self._at:
                return self._message
            self._message = await self._ask()
            self._at = time.monotonic()
            return self._message

    async def _ask(self) -> str:
        runtime = self._deployment.runtime
        answers = runtime.database.answers
        asking = asyncio.create_task(runtime.journal.list_jobs(runtime.settings.account, limit=1))
        for _ in range(STORE_CHECK_LOOKS):
            if (await asyncio.wait({asking}, timeout=STORE_CHECK_S / STORE_CHECK_LOOKS))[0]:
                try:
                    asking.result()
                except StoreUnavailable as error:
                    return error.message
                return ""
            if runtime.database.answers != answers:
                break  # it answers others: this process, or the machine, is busy
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)  # it may also have failed just now
        if runtime.database.answers != answers:
            return ""
        return f"the database does not answer within {STORE_CHECK_S:g} s"


class StoreGuard:
    """Middleware that answers 503 to requests while the database does not answer.

    A request that was begun goes on, and ends when the database is back, but its client was told. With an
    ``Idempotency-Key`` the same request again is the same order.
    """

    def __init__(self, app: ASGIApp, check: StoreCheck, build_refusal: BuildRefusal) -> None:
        self._app, self._check, self._build_refusal = app, check, build_refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _WITHOUT_STORE or scope["path"].startswith(_PAGE_FILES):
            await self._app(scope, receive, send)
            return
        if self._check.is_away and await self._check.find_obstacle():
            await self._refuse(scope, receive, send)
            return
        has_begun = is_refused = False
        watching: set[asyncio.Task[None]] = set()

        async def send_unless_refused(message: Message) -> None:
            nonlocal has_begun
            if is_refused:
                return
            has_begun = True
            await send(message)

        async def watch() -> None:
            nonlocal is_refused
            while not has_begun:
                if await self._check.find_obstacle() and not has_begun:
                    is_refused = True
                    await self._refuse(scope, receive, send)
                    return
                await asyncio.sleep(UNANSWERED_REQUEST_S)

        timer = asyncio.get_running_loop().call_later(
            UNANSWERED_REQUEST_S, lambda: watching.add(asyncio.create_task(watch()))
        )
        try:
            await self._app(scope, receive, send_unless_refused)
        finally:
            timer.cancel()
            for one in watching:
                if not is_refused:
                    one.cancel()

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        retry = {"Retry-After": str(STORE_RETRY_S)}
        answer = self._build_refusal(scope["path"], 503, "store_unavailable", "the database does not answer", **retry)
        await answer(scope, receive, send)
