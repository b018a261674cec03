"""Projects, their plans, scripts, shots and takes; and what makes or changes them."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from reelwright.errors import BadInput
from reelwright.server.api_description import describe_body
from reelwright.server.order_bodies import describe_order, open_order
from reelwright.server.policy import ROWS_PER_PAGE
from reelwright.server.program_requests import read_options
from reelwright.server.routes.native import (
    ACCEPTED,
    Whole,
    answer,
    answer_page,
    check_limit,
    describe,
    describe_page,
    describe_queued,
    get_studio,
)
from reelwright.studio.results.listings import ProjectDetails, ProjectSummary
from reelwright.studio.results.options import (
    ClipOptions,
    EditOptions,
    MakeOptions,
    Name,
    Options,
    QuoteOptions,
    ResumeOptions,
    RunOptions,
)
from reelwright.studio.results.results import CircleResult, PlanResult, ProjectQuote

router = APIRouter(prefix="/api/v1", tags=["projects"])


class TakeBody(Options):
    """The take that the film uses for a shot."""

    take: Annotated[int | str, Field(description="the number of a take, or its digest")]


@router.post(
    "/quotes", summary="Quote a film", openapi_extra=describe_order(QuoteOptions), responses=describe(ProjectQuote)
)
async def quote_film(request: Request) -> JSONResponse:
    """Quote a film from a brief or a script: its price, shot by shot, and how long it takes to make; spends nothing."""
    studio = get_studio(request)
    async with open_order(request, studio, QuoteOptions) as order:
        return answer(await studio.quote(order.options.pop("brief", None), **order.options))


@router.post("/projects", summary="Make a film", **describe_queued(MakeOptions))
async def create_film(request: Request) -> JSONResponse:
    """Queue the job of a film from a brief or a script, and return it at once; may spend up to ``max_usd``.

    ``max_usd`` raises the budget of a flavor. With an ``Idempotency-Key``, the same request again is the same job.
    Above what was approved, the answer is 402 with the price, and nothing is started.
    """
    studio = get_studio(request)
    async with open_order(request, studio, MakeOptions) as order:
        identity, confirm = await order.build_request(), order.build_approval()
        brief = order.options.pop("brief", None)
        queued = await studio.enqueue_make(
            brief, request=identity, confirm=confirm, approved_micros=order.max_usd, **order.options
        )
        return answer(queued, ACCEPTED)


@router.post("/clips", summary="Make a clip", **describe_queued(ClipOptions, "prompt"))
async def create_clip(request: Request) -> JSONResponse:
    """Queue the job of one shot by one AI model, and return it at once; may spend up to ``max_usd``."""
    studio = get_studio(request)
    async with open_order(request, studio, ClipOptions) as order:
        identity, confirm = await order.build_request(), order.build_approval()
        prompt = order.options.pop("prompt", None)
        if not isinstance(prompt, str):
            raise BadInput("prompt", prompt, "text")
        return answer(await studio.enqueue_clip(prompt, request=identity, confirm=confirm, **order.options), ACCEPTED)


@router.get("/projects", summary="List projects", responses=describe_page("projects", ProjectSummary))
async def list_projects(request: Request, limit: Whole = ROWS_PER_PAGE, after: Name | None = None) -> JSONResponse:
    """List the projects of the account, the newest first. ``after``: the ``next`` of the page before."""
    rows = await get_studio(request).list_projects(limit=check_limit(limit) + 1, before=after)
    return answer_page("projects", rows, limit)


@router.get("/projects/{project}", summary="Read a project", responses=describe(ProjectDetails))
async def read_project(request: Request, project: Name) -> JSONResponse:
    """Return a project with its shots, takes, film, findings, and a quote of the work that is left."""
    return answer(await get_studio(request).show(project))


@router.get("/projects/{project}/plan", summary="Read a plan", responses=describe(PlanResult))
async def read_plan(request: Request, project: Name) -> JSONResponse:
    """Return the plan of the project's newest revision. The header ``ETag`` is its revision, for ``If-Match`` of an
    edit.
    """
    found = await get_studio(request).read_plan(project)
    return JSONResponse(found.to_json(), headers={"ETag": f'"{found.revision}"'})


@router.get(
    "/projects/{project}/script",
    summary="Read a script",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
async def read_script(request: Request, project: Name) -> Response:
    """Return the script of a project as Markdown. The header ``ETag`` is its revision, for ``If-Match`` of the next."""
    studio = get_studio(request)
    revision = (await studio.read_plan(project)).revision
    found = await studio.read_script(project)
    headers = {"ETag": f'"{revision}"'}  # read first: a change in between is refused, not overwritten
    return Response(found.script, media_type="text/markdown; charset=utf-8", headers=headers)


@router.put("/projects/{project}/script", summary="Replace a script", **describe_queued(MakeOptions, "script"))
async def replace_script(request: Request, project: Name) -> JSONResponse:
    """Replace the script of a project and queue the job that makes again only what depends on the change; may spend up
    to ``max_usd``.

    What the script and the options leave out stays as it was. Another size, aspect, language or flavor is another film:
    make a new project of it. With ``If-Match``, a plan that somebody else changed meanwhile is not overwritten.
    """
    studio = get_studio(request)
    async with open_order(request, studio, MakeOptions) as order:
        quote = partial(studio.quote_script, project, **_drop_approval(order.options))
        enqueue = partial(studio.enqueue_script, project, if_revision=_read_revision(request))
        return answer(await order.enqueue(project, quote, enqueue), ACCEPTED)


@router.post(
    "/projects/{project}/script/quote",
    summary="Quote a script",
    openapi_extra=describe_order(QuoteOptions, "script"),
    responses=describe(ProjectQuote),
)
async def quote_script(request: Request, project: Name) -> JSONResponse:
    """Quote what replacing the script of a project would cost; spends nothing."""
    studio = get_studio(request)
    async with open_order(request, studio, QuoteOptions) as order:
        return answer(await studio.quote_script(project, **order.options))


@router.post("/projects/{project}/edits", summary="Edit a film", **describe_queued(EditOptions))
async def edit_film(request: Request, project: Name) -> JSONResponse:
    """Change a shot or the whole film, and queue the job that makes again what depends on it; may spend up to
    ``max_usd``.

    With ``If-Match`` and the revision that the change was made for, a plan that somebody else changed meanwhile is not
    overwritten: the answer is 409.
    """
    studio = get_studio(request)
    async with open_order(request, studio, EditOptions) as order:
        quote = partial(studio.quote_edit, project, **_drop_approval(order.options))
        enqueue = partial(studio.enqueue_edit, project, if_revision=_read_revision(request))
        return answer(await order.enqueue(project, quote, enqueue), ACCEPTED)


@router.post(
    "/projects/{project}/edits/quote",
    summary="Quote an edit",
    openapi_extra=describe_order(EditOptions),
    responses=describe(ProjectQuote),
)
async def quote_edit(request: Request, project: Name) -> JSONResponse:
    """Quote what an edit of a project would cost; spends nothing."""
    studio = get_studio(request)
    async with open_order(request, studio, EditOptions) as order:
        return answer(await studio.quote_edit(project, **_drop_approval(order.options)))


@router.post("/projects/{project}/shots/{shot}/retakes", summary="Retake a shot", **describe_queued(RunOptions))
async def retake_shot(request: Request, project: Name, shot: Name) -> JSONResponse:
    """Queue one more take of a shot beside those that exist; may spend up to ``max_usd``.

    While the take that was asked for has not arrived, the same request goes on with it and asks for no other.
    """
    studio = get_studio(request)
    async with open_order(request, studio, RunOptions) as order:
        quote, enqueue = partial(studio.quote_retake, project, shot), partial(studio.enqueue_retake, project, shot)
        return answer(await order.enqueue(project, quote, enqueue), ACCEPTED)


@router.post(
    "/projects/{project}/shots/{shot}/circle",
    summary="Choose a take",
    openapi_extra=describe_body(TakeBody),
    responses=describe(CircleResult),
)
async def circle_take(request: Request, project: Name, shot: Name) -> JSONResponse:
    """Choose the take that the film uses for a shot, such as ``{"take": 2}``; spends nothing. Resume the project to
    make the film.
    """
    given = await read_options(request, TakeBody)
    return answer(await get_studio(request).circle(project, shot, given.take))


@router.post("/projects/{project}/resume", summary="Resume a project", **describe_queued(ResumeOptions))
async def resume_project(request: Request, project: Name) -> JSONResponse:
    """Queue a job that continues a project up to its goal, or to another one; may spend up to ``max_usd``."""
    studio = get_studio(request)
    async with open_order(request, studio, ResumeOptions) as order:
        quote = partial(studio.quote_resume, project, goal=order.options.get("goal"))
        enqueue = partial(studio.enqueue_resume, project)
        return answer(await order.enqueue(project, quote, enqueue), ACCEPTED)


def _drop_approval(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in RunOptions.model_fields}


def _read_revision(request: Request) -> int | None:
    """Read the revision of ``If-Match``; None if any revision may be changed. Raises ``BadInput``."""
    value = request.headers.get("if-match")
    if value is None or value.strip() == "*":
        return None
    number = value.strip().removeprefix("W/").strip('"')  # a proxy that compresses makes an ETag weak
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadInput("If-Match", value[:40], "the ETag of a plan")
    return int(number)
