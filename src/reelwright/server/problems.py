"""Errors as answers: the HTTP status of each error, and its problem document (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from reelwright.errors import (
    AccessDenied,
    BadInput,
    CancelAtWork,
    DamagedAsset,
    DecisionNeeded,
    MediaError,
    MoneyError,
    NotFound,
    ProviderError,
    ReelwrightError,
    StaleRevision,
    StoreUnavailable,
    TooManyRequests,
)
from reelwright.net.redact import redact_error, redact_shown
from reelwright.server.policy import STORE_RETRY_S
from reelwright.tracing import get_current_span

PROBLEM_TYPE: Final = "application/problem+json"
_STATUS: Final[tuple[tuple[type[ReelwrightError], int], ...]] = (
    (NotFound, 404),
    (BadInput, 422),
    (AccessDenied, 403),
    (TooManyRequests, 429),
    (MoneyError, 402),
    (StoreUnavailable, 503),
    (StaleRevision, 409),
    (DamagedAsset, 500),
    (DecisionNeeded, 409),
    (MediaError, 422),
    (ProviderError, 502),
)
_OWN_STATUS: Final = {
    "video_not_ready": 409, "video_is_deleted": 410, "video_has_expired": 410, "link_has_expired": 410,
    "linked_file_is_deleted": 410, "upload_is_elsewhere": 409, "upload_is_locked": 423, "upload_is_not_whole": 409,
    "too_many_uploads": 429, "no_room_for_upload": 507, "checksum_differs": 460, "request_in_progress": 409,
    "job_cannot_be_retried": 409, "cancel_at_work": 409, "account_has_no_room": 507,
    "key_needed": 401, "key_unknown": 401, "sign_in_needed": 401, "sign_in_unknown": 400, "issuer_unreachable": 503,
    "webhook_not_verified": 401, "picture_above_limit": 413,
}  # fmt: skip
"""Statuses by code, where the class of the error says too little."""


def get_status(error: ReelwrightError) -> int:
    """Return the HTTP status code for an error; 500 if none is known for its class or code."""
    if error.code in _OWN_STATUS:
        return _OWN_STATUS[error.code]
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def build_problem(error: ReelwrightError) -> dict[str, Any]:
    """Build the problem document (RFC 9457) of an error as a JSON object, with secrets redacted.

    ``field``, ``value`` and ``accepted`` say what is wrong with a request.
    """
    reason = redact_error(error).to_json()
    body: dict[str, Any] = {
        "type": "about:blank", "title": type(error).__name__, "status": get_status(error),
        "detail": redact_shown(error.message), "code": error.code, "params": reason["params"],
        "actions": reason["actions"], "retry": error.retry, "billed": error.was_billed,
    }  # fmt: skip
    if isinstance(error, BadInput):
        given = error.value
        value = redact_shown(given)[:200] if isinstance(given, str) else reason["params"]["value"]
        body |= {"field": error.field, "value": value, "accepted": error.accepted}
    return body


def build_headers(error: ReelwrightError) -> dict[str, str]:
    """Build the response headers of an error: ``Retry-After``, ``x-should-retry`` and ``WWW-Authenticate``, where they
    apply.
    """
    if isinstance(error, (StoreUnavailable, CancelAtWork)) or get_status(error) == 503:
        return {"Retry-After": str(STORE_RETRY_S)}
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.left_s), "x-should-retry": "true"}
    challenge = {"WWW-Authenticate": "Bearer"} if get_status(error) == 401 else {}
    return {"x-should-retry": "false", **challenge}


def build_problem_answer(error: ReelwrightError) -> JSONResponse:
    """Build the HTTP response for an error: its problem document, status and headers."""
    return JSONResponse(build_problem(error), get_status(error), build_headers(error), PROBLEM_TYPE)


def build_route_class(build_error: Callable[[Request, ReelwrightError], Response]) -> type[APIRoute]:
    """Return a FastAPI route class that answers every ``ReelwrightError`` of its routes with ``build_error``."""

    class ErrorRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_errors(request: Request) -> Response:
                try:
                    return await handle(request)
                except ReelwrightError as error:
                    get_current_span().note(error=error.code)
                    return build_error(request, error)

            return handle_errors

    return ErrorRoute


def build_simple_problem(status: int, code: str, detail: str, **headers: str) -> JSONResponse:
    """Build a problem document response from a status, a code and a text, for a request refused outside any route."""
    body = {"type": "about:blank", "title": code, "status": status, "detail": detail, "code": code}
    return JSONResponse(body, status, headers, PROBLEM_TYPE)
