"""Health: whether the process lives, is ready for work, and what it was started with."""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import version
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from reelwright.errors import StoreUnavailable
from reelwright.server.access import find_caller
from reelwright.server.deployment import Deployment
from reelwright.server.routes.native import get_studio

router = APIRouter(tags=["health"])
_CHECK_S: Final = 1.0
_CACHE_S: Final = 2.0


@router.get("/ping", response_class=PlainTextResponse)
async def answer_ping() -> str:
    """Answer ``pong``. Reads nothing."""
    return "pong"


@router.get("/livez")
async def check_life() -> dict[str, str]:
    """Answer as long as the process handles requests. Reads nothing: a database that is away must not restart it."""
    return {"status": "ok"}


class StoreCheck:
    """Asks the database whether it is there, at most every two seconds, and waits at most one for its answer."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment, self._at, self._message = deployment, 0.0, ""
        self._checking = asyncio.Lock()

    async def find_obstacle(self) -> str:
        """Return why the database cannot be used now; an empty text if it can."""
        async with self._checking:
            if time.monotonic() - self._at < _CACHE_S and self._at:
                return self._message
            try:
                async with asyncio.timeout(_CHECK_S):
                    await self._deployment.runtime.journal.list_jobs(self._deployment.runtime.settings.account, limit=1)
                self._message = ""
            except StoreUnavailable as error:
                self._message = error.message
            except TimeoutError:
                self._message = f"the database does not answer within {_CHECK_S:g} s"
            self._at = time.monotonic()
            return self._message


@router.get("/readyz", responses={503: {"description": "The database is away, or the server is stopping."}})
async def check_readiness(request: Request) -> JSONResponse:
    """Answer 200 if requests can be served now: the database answers and the server is not stopping."""
    deployment: Deployment = request.app.state.deployment
    obstacle = "the server is stopping" if deployment.is_stopping else await request.app.state.store.find_obstacle()
    if obstacle:
        return JSONResponse({"status": "unavailable", "message": obstacle}, 503, {"Retry-After": "2"})
    return JSONResponse({"status": "ok"})


@router.get("/health")
async def describe_health(request: Request) -> dict[str, Any]:
    """Describe the server: version, database, providers whose key is there (never a key), and limits.

    Where a key is needed, a request without one gets the status alone.
    """
    deployment: Deployment = request.app.state.deployment
    runtime = deployment.runtime
    obstacle = await request.app.state.store.find_obstacle()
    status = {"status": "ok" if not obstacle else "unavailable"}
    if find_caller(request) is None:
        return status
    models = await get_studio(request).list_models(key=True)
    return {
        **status,
        "version": version("reelwright"),
        "database": runtime.settings.database_url.partition(":")[0],
        "providers": sorted({row.provider for row in models}),
        "is_rehearsal": deployment.is_rehearsal,
        "has_director": deployment.options.has_director,
        "jobs_at_once": runtime.settings.jobs_at_once,
    }
