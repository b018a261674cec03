"""All pages of the studio as one part of the server, and the addresses that lead to them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from reelwright.errors import NotFound
from reelwright.server.deployment import Deployment, Pages, ServeOptions
from reelwright.server.serving import serve
from reelwright.studio.results.options import Name
from reelwright.studio.studio import AsyncStudio
from reelwright.web import files, pictures
from reelwright.web.create import create_pages
from reelwright.web.forms import Studio
from reelwright.web.models import models_pages
from reelwright.web.outcomes import PageRoute
from reelwright.web.project import downloads, project_orders, project_pages, takes
from reelwright.web.queue import queue_pages
from reelwright.web.rendering import ErrorPage
from reelwright.web.settings import settings_pages
from reelwright.web.spend import spend_pages
from reelwright.web.voices import voices_pages

__all__ = ["ServeOptions", "build_pages", "serve_pages"]
_router = APIRouter()


@_router.get("/", include_in_schema=False)
async def open_pages(request: Request) -> Response:
    """Lead a browser to the pages; describe the server to a program."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("studio", 303, {"Cache-Control": "no-store"})
    return JSONResponse(
        {"name": "Reelwright", "version": version("reelwright"), "pages": "studio", "api": "api/v1", "docs": "docs",
         "openapi": "openapi.json"}
    )  # fmt: skip


@_router.get("/create", include_in_schema=False)
async def open_new_film() -> Response:
    """Lead from an address of the vertical shorts to the page on which a film begins."""
    return RedirectResponse("studio", 303, {"Cache-Control": "no-store"})


_last_router = APIRouter(route_class=PageRoute, include_in_schema=False)


@_last_router.get("/project/{project}")
async def open_project(studio: Studio, project: Name) -> Response:
    """Lead from an address of the older systems to the page of a project. Raises ``NotFound``."""
    await studio.read_plan(project)
    return RedirectResponse(f"../studio/projects/{quote(project, safe='')}", 303, {"Cache-Control": "no-store"})


@_last_router.get("/studio/{page:path}")
async def refuse_unknown_page(request: Request, page: str) -> Response:
    """Say in the person's language that there is no such page. Raises ``NotFound``."""
    raise NotFound(code="name_not_found", kind="page", name=repr(page[:60]))


def build_pages() -> Pages:
    """Build the pages of the studio for a server."""
    router = APIRouter()
    parts = (files, pictures, create_pages, queue_pages, project_pages, project_orders, takes, downloads,
             spend_pages, models_pages, settings_pages, voices_pages)  # fmt: skip
    for part in (_router, *(part.router for part in parts), _last_router):
        router.include_router(part)
    return Pages(router=router, build_error=ErrorPage)


async def serve_pages(studio: AsyncStudio, options: ServeOptions, announce: Callable[[str, Deployment], None]) -> None:
    """Run the HTTP server with the pages, see ``server.serving.serve``; jobs may spend what was approved."""
    await serve(studio, options, announce, build_pages())
