"""The studio and the approval of a request's caller, and answers in the shape of result models."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection

from reelwright.errors import BadInput
from reelwright.server.access import get_caller
from reelwright.server.deployment import Deployment
from reelwright.studio.result_model import ResultModel
from reelwright.studio.results import ProjectQuote
from reelwright.studio.studio import AsyncStudio

MOST_ROWS = 200


def get_deployment(connection: HTTPConnection) -> Deployment:
    """Return the deployment that the request came to."""
    found: Deployment = connection.app.state.deployment
    return found


def get_studio(connection: HTTPConnection) -> AsyncStudio:
    """Return the studio of the caller's account, whose jobs the caller's key pays for."""
    caller = get_caller(connection)
    return get_deployment(connection).get_studio(caller.account, caller.key)


def get_approval(request: Request) -> Callable[[ProjectQuote], Awaitable[None]]:
    """Return the function that agrees to the price of a dialect's job, within the caller's standing approval."""
    return get_deployment(request).build_approval(get_caller(request))


def answer(result: ResultModel, status: int = 200) -> JSONResponse:
    """Answer a result as its schema says."""
    return JSONResponse(result.to_json(), status)


def answer_page(key: str, rows: Sequence[ResultModel], limit: int, cursor_field: str = "id") -> JSONResponse:
    """Answer up to ``limit`` of ``rows``, and where the next page begins: ``rows`` has one more if there is one."""
    shown = [row.to_json() for row in rows[:limit]]
    return JSONResponse({key: shown, "next": shown[-1][cursor_field] if len(rows) > limit else None})


def check_limit(limit: int) -> int:
    """Return a limit of rows. Raises ``BadInput``."""
    if not 1 <= limit <= MOST_ROWS:
        raise BadInput("limit", limit, f"a whole number from 1 to {MOST_ROWS}")
    return limit


def describe(model: type[ResultModel], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Describe the answer of a route for OpenAPI."""
    return {status: {"model": model}}
