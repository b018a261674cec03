"""Assets: the pictures, clips and fonts of the person's own, stored once and named by their digest."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import WithJsonSchema

from reelwright.errors import BadInput
from reelwright.reel.base.value import Digest
from reelwright.server.api_description import describe_body, describe_file
from reelwright.server.downloads import TYPES, build_download, sniff_type
from reelwright.server.order_bodies import is_digest
from reelwright.server.program_requests import read_body, save_upload
from reelwright.server.routes.native import build_download_redirect, describe, get_studio
from reelwright.studio.results.listings import MaterialSummary
from reelwright.studio.results.options import Name, Options
from reelwright.studio.runtime.scratch import open_scratch_folder

router = APIRouter(prefix="/api/v1", tags=["assets"])
_KINDS: Final = ("picture", "clip", "font")


class FileBody(Options):
    """A file of a form."""

    file: Annotated[Any, WithJsonSchema({"type": "string", "format": "binary"})] = None


_BODY: Final = describe_body(FileBody, "multipart/form-data")
_BODY["requestBody"]["content"] = {
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}, **_BODY["requestBody"]["content"]
}  # fmt: skip


@router.post(
    "/assets",
    summary="Send a picture, a clip or a font",
    status_code=201,
    openapi_extra=_BODY,
    responses=describe(MaterialSummary, 201),
)
async def create_asset(request: Request, kind: Name = "picture") -> JSONResponse:
    """Upload a picture, a clip or a font of your own; returns the id by which other requests name it.

    It is read, turned upright and stored; what it is not able to decode is refused. The same file again has the same
    id. ``kind``: ``picture``, ``clip`` or ``font`` (TTF, OTF or TTC).
    """
    if kind not in _KINDS:
        raise BadInput("kind", kind, " or ".join(_KINDS))
    if request.headers.get("content-type", "").startswith("multipart/"):
        files = (await read_body(request, FileBody.get_schema())).files.get("file", ())
        if len(files) != 1:
            raise BadInput("file", f"{len(files)} files", "one file")
        content = files[0]
    else:
        content = await request.body()
    if not content:
        raise BadInput("file", "empty", "a picture, a clip or a font")
    with open_scratch_folder() as folder:
        path = await asyncio.to_thread(save_upload, folder, "upload", content)
        if kind == "font":
            font = await get_studio(request).add_font(path)
            made = MaterialSummary(id=Digest(font.asset), material_kind="font", width=0, height=0, ms=None)
        else:
            (made,) = await get_studio(request).add_materials([path], "clip" if kind == "clip" else "picture")
    return JSONResponse(made.to_json(), 201)


@router.head("/assets/{asset}", include_in_schema=False)
@router.get(
    "/assets/{asset}", summary="Download an asset", response_class=FileResponse, responses=describe_file(*TYPES)
)
async def send_asset(request: Request, asset: Name) -> Response:
    """Download a picture, a clip or a font by its id, whole or by byte range."""
    studio = get_studio(request)
    if is_digest(asset) and (sent := await build_download_redirect(request, studio, Digest(asset), asset)):
        return sent
    path = await studio.locate_asset(asset)
    return build_download(request, path, Digest(asset), asset, sniff_type(path))
