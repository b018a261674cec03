"""The dialect of the vertical shorts: ``/api/mv/scenes``, and the events of a project by WebSocket."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, WebSocket
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.websockets import WebSocketDisconnect

from reelwright.errors import BadInput, NothingToShow, ReelwrightError, StoreUnavailable
from reelwright.input_limits import measure_body
from reelwright.server.access import KEY_REFUSED
from reelwright.server.api_description import IDEMPOTENT, describe_body
from reelwright.server.caller import get_caller
from reelwright.server.deployment import Deployment
from reelwright.server.policy import SOCKET_LOOK_S
from reelwright.server.problems import build_problem
from reelwright.server.program_requests import (
    DialectBody,
    build_create_request,
    choose_single,
    name_fields,
    read_body,
    read_bytes,
    read_price_cap,
    read_successor,
    refuse_unknown_fields,
)
from reelwright.server.routes.native import answer, describe, get_approval, get_deployment, get_studio
from reelwright.studio.results.options import Archetype, BriefText, Name
from reelwright.studio.results.result_model import Number, ResultModel

router = APIRouter(tags=["vertical shorts"])
FLAVOR: Final = "default"
_REFUSED: Final = 4404
_TRY_AGAIN: Final = 1013


class ShortBody(DialectBody):
    """A short. Its idea may be given under any of four names."""

    idea: Annotated[BriefText | None, Field(description="what it is about")] = None
    concept: Annotated[BriefText | None, Field(description="the same as idea")] = None
    prompt: Annotated[BriefText | None, Field(description="the same as idea")] = None
    brief: Annotated[BriefText | None, Field(description="the same as idea")] = None
    config_flavor: Annotated[str | None, Field(description="a flavor of /api/v1/flavors")] = None
    archetype: Archetype = None
    planner: Annotated[str | None, Field(description="a language model that writes the plan; default rules")] = None


class ShortScene(ResultModel):
    """A planned scene of a short. ``words``: by their role."""

    index: int
    start_s: Number
    duration_s: Number
    prompt: str | None
    words: dict[str, str]


class ShortScenes(ResultModel):
    """The project and the job of a short, and its planned scenes."""

    project_id: str
    job_id: str
    status: str = "queued"
    config_flavor: str
    scenes: tuple[ShortScene, ...]


_CREATE: Final = {**IDEMPOTENT, **describe_body(ShortBody)}


@router.post("/api/mv/scenes", summary="Create a short", openapi_extra=_CREATE, responses=describe(ShortScenes))
async def create_scenes(request: Request, config_flavor: Name | None = None) -> JSONResponse:
    """Queue the job of a short from ``{"idea": "…"}`` with the flavor ``config_flavor``; may spend, as ``POST
    /v1/videos``.

    Answers the project, its job, and the scenes that are planned. Follow it at ``/api/ws/{project_id}``.
    """
    studio, deployment = get_studio(request), get_deployment(request)
    if not await read_bytes(request, measure_body(ShortBody.get_schema())):
        raise NothingToShow("idea", "")
    body = await read_body(request, ShortBody.get_schema())
    refuse_unknown_fields(request, body, ShortBody.get_schema(), query=("config_flavor",))
    given = ShortBody.parse(body.fields)
    idea = choose_single("idea", given.idea, given.concept, given.prompt, given.brief)
    if not idea:
        raise NothingToShow("idea", "")
    flavor = choose_single("config_flavor", config_flavor, given.config_flavor) or FLAVOR
    shape: dict[str, Any] = given.get_given(("archetype", "planner"))
    with name_fields({"flavor": "config_flavor"}):
        queued = await studio.enqueue_make(
            idea, flavor=flavor, **shape, request=await build_create_request(request, body),
            confirm=get_approval(request, given.max_usd), approved_micros=read_price_cap(request, given.max_usd),
            successor=read_successor(request, given.successor),
            accept_unconfirmed=deployment.options.may_buy_unconfirmed, labels={"dialect": "shorts"}, may_use_twin=True,
        )  # fmt: skip
    shown = await studio.show(queued.project)
    scenes = tuple(
        ShortScene(
            index=shot.n - 1, start_s=shot.start_s, duration_s=shot.duration_s, prompt=shot.prompt,
            words=dict(shot.words),
        )
        for shot in shown.shots
    )  # fmt: skip
    return answer(ShortScenes(project_id=queued.project, job_id=queued.job, config_flavor=flavor, scenes=scenes))


@router.websocket("/api/ws/{project_id}")
@router.websocket("/ws/{project_id}")
async def stream_project(socket: WebSocket, project_id: Name, after: int | None = None) -> None:
    """Send the events of a project over a WebSocket as JSON texts, each with the ``progress`` of its job in percent,
    beginning after the event id ``after``, or that of the header ``Last-Event-ID``.

    Without one, all events of the project come first.
    """
    deployment: Deployment = socket.app.state.deployment
    await socket.accept()
    try:
        last = socket.headers.get("last-event-id", "")
        after = int(last) if after is None and last.isascii() and last.isdecimal() else after
        if after is not None and not 0 <= after < 2**63:
            raise BadInput("after", after, "the id of an event")
        caller = get_caller(socket)
        project = (await get_studio(socket).show(project_id)).project
    except ReelwrightError as error:
        await socket.send_text(json.dumps({"error": build_problem(error)}, ensure_ascii=False))
        await socket.close(_REFUSED)
        return
    leaving = asyncio.ensure_future(_wait_for_end(socket))
    try:
        async with aclosing(deployment.get_feed(caller.account).follow(after or 0)) as events:
            coming: asyncio.Future[Any] = asyncio.ensure_future(anext(events))
            try:
                while not deployment.is_stopping:
                    done, _ = await asyncio.wait(
                        {coming, leaving}, timeout=SOCKET_LOOK_S, return_when="FIRST_COMPLETED"
                    )
                    if leaving in done:
                        return
                    if not await deployment.is_admitted(caller):
                        await socket.close(KEY_REFUSED)
                        return
                    if coming in done:
                        found = coming.result()
                        coming = asyncio.ensure_future(anext(events))
                        percent: dict[str, int] = {}
                        for event in found:
                            if event.project == project:
                                await socket.send_text(await _add_progress(socket, event.text, percent))
                await socket.close(1001)
            except StoreUnavailable:
                await socket.close(_TRY_AGAIN)
            finally:
                coming.cancel()
                await asyncio.wait({coming})
    finally:
        leaving.cancel()
        await asyncio.wait({leaving})


async def _add_progress(socket: WebSocket, text: str, percent: dict[str, int]) -> str:
    """Return the text of an event with the progress of its job. ``percent``: of the jobs that were read already."""
    event = json.loads(text)
    if job := event.get("job"):
        if job not in percent:
            percent[job] = (await get_studio(socket).read_video_job(job)).progress
        event["progress"] = percent[job]
    return json.dumps(event, ensure_ascii=False)


async def _wait_for_end(socket: WebSocket) -> None:
    """Read until the client leaves; what it sends means nothing."""
    try:
        while True:
            await socket.receive_text()
    except (WebSocketDisconnect, KeyError):
        return
