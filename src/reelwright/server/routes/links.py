"""Links to files that need no API key: make one, open one, and end all."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from pydantic import Field

from reelwright.errors import NotFound
from reelwright.input_limits import LINE_CHARS, measure_body
from reelwright.reel.base.value import Digest
from reelwright.server import links
from reelwright.server.api_description import describe_body
from reelwright.server.caller import get_caller, require_owner
from reelwright.server.downloads import build_download, sniff_type
from reelwright.server.links import (
    PATH,
    Link,
    SignedLink,
    build_no_link_error,
    digest_files,
    ensure_link_secret,
    open_link,
    sign_link,
)
from reelwright.server.policy import LINK_LIFETIME_S, MAX_LINK_LIFETIME_S
from reelwright.server.program_requests import read_bytes, read_options
from reelwright.server.routes.native import (
    Whole,
    answer,
    answer_archive,
    answer_file,
    answer_picture,
    build_download_redirect,
    describe,
    get_deployment,
    get_studio,
)
from reelwright.studio.results.options import Name, Options
from reelwright.studio.results.result_model import ResultModel
from reelwright.studio.studio import AsyncStudio

router = APIRouter(tags=["links"])
_RELAYED: Final = frozenset({"video_is_deleted", "video_has_expired"})


class LinkBody(Options):
    """The body of a link: the time that it lasts."""

    expires_in: Annotated[
        int, Field(ge=1, le=MAX_LINK_LIFETIME_S, description=f"whole seconds from 1 to {MAX_LINK_LIFETIME_S}")
    ] = LINK_LIFETIME_S


class EndedLinks(ResultModel):
    """The answer to the end of all links."""

    are_ended: Annotated[bool, Field(alias="ended")] = True


_BODY: Final = describe_body(LinkBody, is_needed=False)


@router.post(
    "/api/v1/jobs/{job}/files/{index}/links", summary="Make a link to a file", status_code=201, openapi_extra=_BODY,
    responses=describe(SignedLink, 201),
)  # fmt: skip
async def link_file(request: Request, job: Name, index: Whole) -> JSONResponse:
    """Create a signed link by which anyone can download a file of a job without an API key, for an hour.

    ``expires_in``: seconds that it lasts instead, at most seven days. It ends sooner with the file, and with the API
    key that made it.
    """
    _, digest = await get_studio(request).locate_video(job, index)
    return await _answer_link(request, "file", job, index, digest, f"{job}-{index}.mp4")


@router.post(
    "/api/v1/jobs/{job}/archive/links", summary="Make a link to a ZIP", status_code=201, openapi_extra=_BODY,
    responses=describe(SignedLink, 201),
)  # fmt: skip
async def link_archive(request: Request, job: Name) -> JSONResponse:
    """Create a signed link by which anyone can download all files of a job as one ZIP without an API key. It lasts as
    that to one file.
    """
    studio = get_studio(request)
    await studio.locate_video(job)
    found = await studio.read_video_job(job)
    digest = digest_files((*found.files, *found.pictures))
    return await _answer_link(request, "archive", job, 0, digest, f"{job}.zip")


@router.post(
    "/api/v1/assets/{asset}/links", summary="Make a link to an asset", status_code=201, openapi_extra=_BODY,
    responses=describe(SignedLink, 201),
)  # fmt: skip
async def link_asset(request: Request, asset: Name) -> JSONResponse:
    """Create a signed link by which anyone can download a picture or a clip of yours without an API key. It lasts as
    that to a file of a job.
    """
    await get_studio(request).locate_asset(asset)
    return await _answer_link(request, "asset", asset, 0, Digest(asset), asset)


@router.delete(
    "/api/v1/links", summary="End all links", dependencies=[Depends(require_owner)], responses=describe(EndedLinks)
)
async def revoke_links(request: Request) -> JSONResponse:
    """Invalidate every link of the account, from the next request on. Downloads that have begun go on. For owners."""
    await links.revoke_links(get_deployment(request), get_caller(request).account)
    return answer(EndedLinks())


@router.head(PATH + "{token}/{name}", include_in_schema=False)
@router.get(PATH + "{token}/{name}", summary="Download by a link", response_class=FileResponse)
async def send_linked_file(
    request: Request, token: Annotated[str, Field(max_length=LINE_CHARS)], name: Name
) -> Response:
    """Download the file of a signed link, whole or by byte range, without an API key. 404 for a link that is not valid,
    410 after its end.

    ``name`` is for the person who saves the file; any will do.
    """
    deployment = get_deployment(request)
    link, key = await open_link(deployment, token)
    try:
        answer = await _send(request, deployment.get_studio(key.account), link)
    except NotFound as error:
        raise NotFound(code="linked_file_is_deleted") if error.code in _RELAYED else build_no_link_error() from None
    if isinstance(answer, RedirectResponse):
        return answer
    left = max(0, int(link.ends_at - time.time()))
    answer.headers.update(
        {"Cache-Control": f"private, max-age={left}", "Referrer-Policy": "no-referrer",
         "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex"}
    )  # fmt: skip
    return answer


async def _send(request: Request, studio: AsyncStudio, link: Link) -> Response:
    """Build the answer with the file of a link. Raises ``NotFound`` if it is no longer the one that was linked."""
    left = int(link.ends_at - time.time())
    if link.kind == "asset":
        if sent := await build_download_redirect(request, studio, Digest(link.name), link.name, left):
            return sent
        path = await studio.locate_asset(link.name)
        return build_download(request, path, Digest(link.name), link.name, sniff_type(path))
    if link.kind in ("file", "picture"):
        digest = await studio.find_video(link.name, link.index)
        if digest != link.digest:
            raise build_no_link_error()
        name = f"{link.name}-{link.index}.mp4"
        if link.kind == "file" and (
            sent := await build_download_redirect(request, studio, digest, name, left, job=link.name)
        ):
            return sent
        if link.kind == "picture":
            path, _ = await studio.locate_video(link.name, link.index)
            return await answer_picture(request, path, digest, f"{link.name}-{link.index}-picture.mp4")
        return await answer_file(request, studio, link.name, link.index)
    job = await studio.read_video_job(link.name)
    if job.files and digest_files((*job.files, *job.pictures)) != link.digest:
        raise build_no_link_error()
    return await answer_archive(request, studio, link.name)


async def _answer_link(request: Request, kind: Any, named: str, index: int, digest: str, name: str) -> JSONResponse:
    caller = get_caller(request)
    is_given = bool(await read_bytes(request, measure_body(LinkBody.get_schema())))
    given = await read_options(request, LinkBody) if is_given else LinkBody()
    ends_at = int(time.time()) + given.expires_in
    link = Link(k=kind, j=named, n=index, d=digest, m=caller.key, e=ends_at)
    key, secret = await ensure_link_secret(get_deployment(request), caller.account)
    path = f"{PATH}{sign_link(link, key, secret)}/{name}"
    public = get_deployment(request).runtime.settings.public_url or str(request.base_url)
    made = SignedLink(url=public.rstrip("/") + path, path=path,
                      expires_at=datetime.fromtimestamp(ends_at, UTC))  # fmt: skip
    return JSONResponse(made.to_json(), 201, {"Cache-Control": "no-store"})
