"""The application: every route and guard of the server, for one deployment."""

from __future__ import annotations

import logging
import re
from functools import cache, partial
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from reelwright.errors import BadInput, ReelwrightError, TooLong
from reelwright.net.redact import redact_shown
from reelwright.server.access import AccessGuard
from reelwright.server.api_description import extend_description, name_operation
from reelwright.server.deployment import Deployment, Pages, find_pages
from reelwright.server.dialects import ad_pipeline, cluster, generate, longrunning, openai_videos, scenes, veo_studio
from reelwright.server.guards import EXPOSED, AnswerGuard, BodyGuard, HostGuard, parse_origin
from reelwright.server.links import PATH as LINKS
from reelwright.server.links import redact_token
from reelwright.server.problems import build_problem_answer, build_simple_problem, get_status
from reelwright.server.routes import (
    api_keys,
    assets,
    auth,
    brand,
    catalogue,
    docs,
    events,
    health,
    jobs,
    links,
    members,
    money,
    projects,
    provider_webhooks,
    retention,
    uploads,
    webhooks,
)
from reelwright.server.store_watch import StoreCheck, StoreGuard
from reelwright.tracing import get_current_span

logger = logging.getLogger("reelwright.server")
_PARTS: Final = (
    openai_videos, docs, health, auth, projects, retention, jobs, links, assets, uploads, events, money, api_keys,
    brand, members, webhooks, provider_webhooks, catalogue, generate, veo_studio, ad_pipeline, scenes, cluster,
    longrunning,
)  # fmt: skip
"""Every file of routes: first the one that is polled most, last the one with the widest patterns."""
_NO_TELEMETRY: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own telemetry is off: its spans have paths and queries, in which tokens of links and signatures stand."""


class _Application(FastAPI):
    """The application, whose description has the errors of every route. Its outermost guard sees also the answer to a
    fault, which no middleware does.
    """

    def build_middleware_stack(self) -> ASGIApp:
        """Build the middleware, with the guard of all answers around it."""
        refuse = partial(build_plain_refusal, pages=self.state.deployment.pages)
        return AnswerGuard(super().build_middleware_stack(), refuse)

    def openapi(self) -> dict[str, Any]:
        """Return the description (OpenAPI)."""
        if not self.openapi_schema:
            deployment: Deployment = self.state.deployment
            settings = deployment.runtime.settings
            extend_description(super().openapi(), settings.public_url, is_key_needed=deployment.is_caller_required)
        assert self.openapi_schema
        return self.openapi_schema


def build_app(deployment: Deployment) -> FastAPI:
    """Build the FastAPI application of a deployment, with all routes and middleware. It opens and closes nothing."""
    app = _Application(
        title="Reelwright", description="From a brief to a finished film, price first.", version=version("reelwright"),
        docs_url=None, redoc_url=None, generate_unique_id_function=name_operation, telemetry=_NO_TELEMETRY,
    )  # fmt: skip
    app.state.deployment, app.state.store = deployment, StoreCheck(deployment)
    pages = deployment.pages
    refuse, refuse_plainly = partial(build_refusal, pages=pages), partial(build_plain_refusal, pages=pages)
    if pages:
        app.include_router(pages.router)
    for part in _PARTS:
        app.include_router(part.router)
    app.add_exception_handler(ReelwrightError, _answer_error)
    app.add_exception_handler(RequestValidationError, _answer_validation_error)
    app.add_exception_handler(HTTPException, _answer_http_error)
    app.add_exception_handler(Exception, _answer_fault)
    app.add_middleware(BodyGuard, build_refusal=refuse_plainly)
    app.add_middleware(AccessGuard, deployment=deployment, build_refusal=refuse)
    app.add_middleware(StoreGuard, check=app.state.store, build_refusal=refuse_plainly)
    origins = [parse_origin(origin) for origin in deployment.options.origins]
    if origins:  # never with credentials: a page of another site sends a key, and no session
        app.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["*"], allow_headers=["*"], expose_headers=EXPOSED
        )
    public_url = deployment.runtime.settings.public_url
    open_to_all = None if deployment.is_caller_required else (LINKS,)
    app.add_middleware(
        HostGuard, hosts=deployment.list_hosts(), build_refusal=refuse_plainly, origins=origins,
        links=deployment.list_link_hosts(), public_url=public_url, open_to_all=open_to_all,
    )  # fmt: skip
    if deployment.options.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=[*deployment.options.trusted_proxies])
    return app


def build_refusal(path: str, error: ReelwrightError, *, pages: Pages | None = None) -> Response:
    """Build the HTTP response for an error raised before any route, in the shape that clients of the path read: a page,
    OpenAI's, Google's or a problem document.
    """
    get_current_span().note(error=error.code)
    if pages and pages.has_path(path):
        return pages.build_error(path, get_status(error), error.code, redact_shown(error.message))
    if path.startswith(longrunning.PATHS):
        return longrunning.build_google_error(error)
    if path.startswith("/v1/"):
        return openai_videos.build_openai_error(error)
    return build_problem_answer(error)


def build_plain_refusal(
    path: str, status: int, code: str, detail: str, /, *, pages: Pages | None = None, **headers: str
) -> Response:
    """Build an error response from its status, code and text, in the shape that clients of the path read: a page,
    OpenAI's, Google's or a problem document.
    """
    if pages and pages.has_path(path):
        return pages.build_error(path, status, code, detail)
    if path.startswith(longrunning.PATHS):
        return longrunning.build_google_answer(status, detail, **headers)
    if path.startswith("/v1/"):
        return openai_videos.build_openai_answer(status, code, detail, **headers)
    return build_simple_problem(status, code, detail, **headers)


async def _answer_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ReelwrightError)
    get_current_span().note(error=error.code)
    if request.url.path.startswith(auth.PREFIX):
        logger.warning("a sign-in failed: %s", redact_shown(error.message), extra={"code": error.code})
        if auth.wants_page(request):
            return auth.build_error_page(request, error)
    return build_problem_answer(error)


async def _answer_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "string_too_long":
        too_long = TooLong(str(first["loc"][-1]), len(first["input"]), int(first["ctx"]["max_length"]))
        return build_refusal(request.url.path, too_long, pages=find_pages(request))
    wrong = BadInput(str(first["loc"][-1]), first.get("input"), str(first["msg"]))
    return build_refusal(request.url.path, wrong, pages=find_pages(request))


async def _answer_http_error(request: Request, error: Exception) -> Response:
    """Answer a path that there is not, or a method that it does not have."""
    assert isinstance(error, HTTPException)
    path, status = request.url.path, error.status_code
    if status == 405:
        # of all routes of the path: the framework names those of the first one only
        methods = sorted({method for regex, methods in _list_routes() if regex.match(path) for method in methods})
        error.headers = {**(error.headers or {}), "Allow": ", ".join(methods)}
    detail = f"there is no {path}; {request.base_url}docs lists what there is" if status == 404 else str(error.detail)
    code = {404: "path_not_found", 405: "method_not_allowed"}.get(status, "http_error")
    return build_plain_refusal(path, status, code, detail, pages=find_pages(request), **(error.headers or {}))


@cache
def _list_routes() -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
    found = list[tuple[re.Pattern[str], frozenset[str]]]()
    routers: list[Any] = [part.router for part in _PARTS]
    while routers:
        for route in routers.pop().routes:
            if inner := getattr(route, "original_router", None):
                routers.append(inner)
            elif methods := getattr(route, "methods", None):
                found.append((route.path_regex, frozenset(methods)))
    return tuple(found)


async def _answer_fault(request: Request, error: Exception) -> Response:
    """Answer a bug of ours without its text: that may hold anything. The log has it."""
    logger.error("a request failed: %s %s", request.method, redact_token(request.url.path), exc_info=error)
    why = "the server failed; its log says why"
    return build_plain_refusal(request.url.path, 500, "internal_error", why, pages=find_pages(request))
