"""The studio and the approval of a request's caller, and answers in the shape of result models."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from pydantic import BeforeValidator, create_model
from starlette.requests import HTTPConnection

from reelwright.errors import BadInput, ReelwrightError
from reelwright.media.base.boxes import find_sound_tracks
from reelwright.reel.base.value import Digest
from reelwright.reel.records.api_key import may_act_as
from reelwright.server.archives import build_archive
from reelwright.server.caller import find_caller, get_caller
from reelwright.server.deployment import Deployment
from reelwright.server.downloads import build_download, build_silent_download
from reelwright.server.links import PATH as LINKS
from reelwright.server.order_bodies import describe_order
from reelwright.server.policy import BUCKET_ADDRESS_S, MAX_ROWS_PER_PAGE
from reelwright.server.program_requests import read_price_cap
from reelwright.studio.projects.queued_job import QueuedJob
from reelwright.studio.results.options import Options
from reelwright.studio.results.result_model import ResultModel
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.studio import AsyncStudio

logger = logging.getLogger("reelwright.server")
ACCEPTED: Final = 202
"""The status of an answer about a job that was queued."""
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,18}")


def _check_digits(value: object) -> object:
    """Let only the plain form of a whole number through: ``int`` also reads `` 0``, ``+0`` and ``0_0``."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("write a whole number, such as 12")
    return value


Whole = Annotated[int, BeforeValidator(_check_digits)]
"""A whole number of a path or a query, written in its one form."""


def get_deployment(connection: HTTPConnection) -> Deployment:
    """Return the deployment (the running server) that handles this request."""
    found: Deployment = connection.app.state.deployment
    return found


def get_studio(connection: HTTPConnection) -> AsyncStudio:
    """Return the studio of the caller's account, whose purchases count against the budgets of the caller's API key."""
    caller = get_caller(connection)
    return get_deployment(connection).get_studio(caller.account, caller.key)


def get_approval(request: Request, max_usd: object = None) -> Callable[[ProjectQuote], Awaitable[None]]:
    """Return a function that raises unless a quote is within what the request allows (``max_usd``, or its header), or
    without that within the caller's standing approval. Raises ``BadInput``.
    """
    return get_deployment(request).build_approval(get_caller(request), read_price_cap(request, max_usd))


async def answer_file(request: Request, studio: AsyncStudio, job: str, index: int = 0, name: str = "") -> Response:
    """Build the HTTP response with the video ``index`` of a job, or the byte range of it that was requested.

    ``name``: the name that the client saves the file under. A whole download of a job's only video counts for the
    retention policies.
    """
    path, digest = await studio.locate_video(job, index)
    note = _note_download(request, studio, job, index)
    return build_download(request, path, digest, name or f"{job}-{index}.mp4", on_sent=note)


async def build_download_redirect(
    request: Request,
    studio: AsyncStudio,
    digest: Digest,
    name: str,
    life_s: int = BUCKET_ADDRESS_S,
    *,
    job: str = "",
) -> Response | None:
    """Build the redirect to where a file lies, for at most ``life_s`` seconds; None if this server has to send it.

    That is so unless the setting ``downloads`` says otherwise; for a file of a ``job`` whose retention ends after its
    first complete download, which nobody else could report; and for a page of this server, which loads nothing from
    elsewhere.
    """
    redirects, path = get_deployment(request).redirects, request.url.path
    if redirects is None or (job and await studio.is_download_counted(job)):
        return None
    if request.headers.get("sec-fetch-site") == "same-origin" and not path.startswith(LINKS):
        return None
    return await redirects.build_redirect(request, studio.account, digest, name, life_s)


async def answer_picture(request: Request, path: Path, digest: str, name: str) -> Response:
    """Build the HTTP response with a film without its sound, or the byte range of it that was requested."""
    sound = await asyncio.to_thread(find_sound_tracks, path)
    return build_silent_download(request, path, sound, f"{digest}-picture", name)


async def answer_archive(request: Request, studio: AsyncStudio, job: str) -> Response:
    """Build the HTTP response with all files of a job as one ZIP, or the byte range of it that was requested. A whole
    download counts for the retention policies.
    """
    await studio.locate_video(job)
    found = await studio.read_video_job(job)
    home = (await studio.open_runtime()).get_home(studio.account)
    return await build_archive(request, home, found, f"{job}.zip", _note_download(request, studio, job, None))


def _note_download(
    request: Request, studio: AsyncStudio, job: str, index: int | None
) -> Callable[[], Awaitable[None]] | None:
    """Return what records the download of a job; None for a viewer, who changes nothing, not even when files end."""
    caller = find_caller(request)
    if caller is not None and not may_act_as(caller.role, "producer"):
        return None

    async def note() -> None:
        try:
            await studio.record_download(job, index)
        except ReelwrightError as error:  # the client has its bytes
            logger.warning("a download of %s was not recorded: %s", job, error.code)

    return note


def answer(result: ResultModel, status: int = 200) -> JSONResponse:
    """Build the JSON response with a result."""
    return JSONResponse(result.to_json(), status)


def answer_page(key: str, rows: Sequence[ResultModel], limit: int, cursor_field: str = "id") -> JSONResponse:
    """Build the JSON response with up to ``limit`` rows and the cursor of the next page; pass one row more if there is
    a next page.
    """
    shown = [row.to_json() for row in rows[:limit]]
    return JSONResponse({key: shown, "next": shown[-1][cursor_field] if len(rows) > limit else None})


def check_limit(limit: int) -> int:
    """Return ``limit``, the number of rows of a page, if it is from 1 to 200. Raises ``BadInput``."""
    if not 1 <= limit <= MAX_ROWS_PER_PAGE:
        raise BadInput("limit", limit, f"a whole number from 1 to {MAX_ROWS_PER_PAGE}")
    return limit


def describe(model: type[ResultModel], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI ``responses`` of a route that answers a result of this model."""
    return {status: {"model": model}}


def describe_queued(model: type[Options], *needed: str) -> dict[str, Any]:
    """Return the status, body and answer of a route that queues a job by the options ``model``, for its decorator.
    ``needed``: fields that must be there.
    """
    order = describe_order(model, *needed)
    return {"status_code": ACCEPTED, "openapi_extra": order, "responses": describe(QueuedJob, ACCEPTED)}


def describe_page(key: str, row: type[ResultModel]) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI ``responses`` of a route that answers with ``answer_page``."""
    fields: dict[str, Any] = {key: (tuple[row, ...], ...), "next": (str | None, ...)}  # type: ignore[valid-type]
    return describe(create_model(f"{row.__name__}Page", __base__=ResultModel, **fields))
