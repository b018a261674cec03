"""Health: whether the process lives, is ready for work, and what it was started with."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from reelwright.server.caller import find_caller
from reelwright.server.deployment import Deployment
from reelwright.server.routes.native import answer, get_studio
from reelwright.studio.results.result_model import OMIT_EMPTY, ResultModel

router = APIRouter(tags=["health"])


@router.get("/ping", response_class=PlainTextResponse)
async def answer_ping() -> str:
    """Return the text ``pong``, without reading anything."""
    return "pong"


@router.head("/livez", include_in_schema=False)
@router.get("/livez")
async def check_life() -> dict[str, str]:
    """Return 200 as long as the process handles requests. Reads nothing: a database that is away must not restart
    it.
    """
    return {"status": "ok"}


class Readiness(ResultModel):
    """Whether the server is ready; if not, why."""

    status: Literal["ok", "unavailable"] = "ok"
    message: Annotated[str, OMIT_EMPTY] = ""


@router.head("/readyz", include_in_schema=False)
@router.get(
    "/readyz",
    responses={
        200: {"model": Readiness},
        503: {
            "description": "The database is away, or the server is stopping.",
            "model": Readiness,
        },
    },
)
async def check_readiness(request: Request) -> JSONResponse:
    """Return 200 if the database answers and the server is not stopping, else 503."""
    deployment: Deployment = request.app.state.deployment
    obstacle = "the server is stopping" if deployment.is_stopping else await request.app.state.store.find_obstacle()
    if obstacle:
        unready = Readiness(status="unavailable", message=obstacle)
        return JSONResponse(unready.to_json(), 503, {"Retry-After": "2"})
    return answer(Readiness())


@router.get("/health")
async def describe_health(request: Request) -> dict[str, Any]:
    """Return the server's state, version, database, limits, and the providers that it has a key for (never a key).

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
