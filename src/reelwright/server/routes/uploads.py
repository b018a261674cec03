"""Uploads in parts, by tus 1.0: with creation, creation-with-upload, expiration, checksum and termination.

Source of the protocol: tus.io/protocols/resumable-upload, 1.0.0, read 2026-11-22. A part is at most as large as any
request (64 MiB). What was sent becomes an asset with one more request.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from reelwright.errors import BadInput
from reelwright.input_limits import MAX_FILE_BYTES
from reelwright.server.policy import MAX_METADATA_CHARS
from reelwright.server.problems import build_simple_problem
from reelwright.server.routes.native import answer, describe, get_studio
from reelwright.studio.files.uploads import CHECKSUMS, Checksum, UploadList, UploadSummary
from reelwright.studio.results.listings import MaterialSummary
from reelwright.studio.results.options import Name

router = APIRouter(prefix="/api/v1/uploads", tags=["uploads"])
_VERSION: Final = "1.0.0"
_TUS: Final = {"Tus-Resumable": _VERSION}
_PART: Final = "application/offset+octet-stream"
_ABILITIES: Final = {
    **_TUS, "Tus-Version": _VERSION, "Tus-Max-Size": str(MAX_FILE_BYTES),
    "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    "Tus-Extension": "creation,creation-with-upload,expiration,checksum,termination",
}  # fmt: skip
_BODY: Final = {"requestBody": {"content": {_PART: {"schema": {"type": "string", "format": "binary"}}}}}


@router.options("", summary="Read what uploads can do", status_code=204)
async def describe_uploads() -> Response:
    """Return the version, the extensions and the limits of tus (resumable upload) that this server supports, as
    headers.
    """
    return Response(status_code=204, headers=_ABILITIES)


@router.get("", summary="List uploads", responses=describe(UploadList))
async def list_uploads(request: Request) -> JSONResponse:
    """List the uploads of the account that have not expired."""
    return answer(UploadList(uploads=await get_studio(request).list_uploads()))


@router.post("", summary="Begin an upload", status_code=201, openapi_extra=_BODY, response_class=Response)
async def create_upload(request: Request) -> Response:
    """Begin a resumable upload (tus 1.0) of ``Upload-Length`` bytes; its URL is in the header ``Location``.

    ``Upload-Metadata`` may name its ``kind``: ``picture`` or ``clip``. Without it, its ``filetype`` or the ending of
    its ``filename`` says so. The body may be its first part.
    """
    if refusal := _refuse_version(request):
        return refusal
    studio, size = get_studio(request), _read_number(request, "Upload-Length")
    metadata = request.headers.get("upload-metadata", "")
    checksum = _read_checksum(request)
    made = await studio.create_upload(_find_kind(metadata), size, metadata)
    if request.headers.get("content-type") == _PART:
        try:
            made = await studio.append_part(made.id, 0, _read_parts(request), checksum)
        except Exception:  # whatever it is, the client never hears the address of this upload
            await studio.delete_upload(made.id)
            raise
    headers = {"Location": f"{router.prefix}/{made.id}"}  # a proxy may give this server another name
    return Response(status_code=201, headers=_describe(made) | headers)


@router.head("/{upload}", include_in_schema=False)
async def read_offset(request: Request, upload: Name) -> Response:
    """Return in the header ``Upload-Offset`` how many bytes of an upload are stored."""
    if refusal := _refuse_version(request):
        return refusal
    studio = get_studio(request)
    found = await studio.read_upload(upload)
    metadata = await studio.read_upload_metadata(upload)
    headers = {"Upload-Length": str(found.size), "Cache-Control": "no-store"}
    if metadata:
        headers["Upload-Metadata"] = metadata
    return Response(headers=_describe(found) | headers)


@router.get("/{upload}", summary="Read an upload", responses=describe(UploadSummary))
async def read_upload(request: Request, upload: Name) -> JSONResponse:
    """Return how much of an upload is stored, when it expires, and the asset that was made of it."""
    return answer(await get_studio(request).read_upload(upload))


@router.patch("/{upload}", summary="Send a part", status_code=204, openapi_extra=_BODY)
async def append_part(request: Request, upload: Name) -> Response:
    """Append the part of an upload that begins at ``Upload-Offset``; at most 64 MiB. What arrived before a fault is
    stored.

    With ``Upload-Checksum``, such as ``sha256 BASE64``, all of it counts, or nothing (460).
    """
    if refusal := _refuse_version(request):
        return refusal
    if request.headers.get("content-type") != _PART:
        return build_simple_problem(415, "wrong_content_type", f"a part has the Content-Type {_PART}", **_TUS)
    offset, checksum = _read_number(request, "Upload-Offset"), _read_checksum(request)
    studio = get_studio(request)
    return Response(
        status_code=204, headers=_describe(await studio.append_part(upload, offset, _read_parts(request), checksum))
    )


@router.delete("/{upload}", summary="Delete an upload", status_code=204)
async def delete_upload(request: Request, upload: Name) -> Response:
    """Delete an upload and its stored bytes. An asset that was made of it stays."""
    await get_studio(request).delete_upload(upload)
    return Response(status_code=204, headers=_TUS)


@router.post("/{upload}/asset", summary="Make an asset of an upload", status_code=201,
             responses=describe(MaterialSummary, 201))  # fmt: skip
async def keep_upload(request: Request, upload: Name) -> JSONResponse:
    """Make an asset of an upload whose bytes have all arrived; returns the id of the asset. May be repeated: the answer
    is the same.

    As of a small file: it is read, turned upright and stored; what it is not able to decode is refused.
    """
    return answer(await get_studio(request).keep_upload(upload), 201)


async def _read_parts(request: Request) -> AsyncIterator[bytes]:
    try:
        async for part in request.stream():
            if part:
                yield part
    except ClientDisconnect:
        raise BadInput("body", "cut off", "a whole part; what arrived of it is stored") from None


def _refuse_version(request: Request) -> Response | None:
    """Build the refusal of a request in another version of tus; None for ours."""
    if request.headers.get("tus-resumable", _VERSION) == _VERSION:
        return None
    return build_simple_problem(412, "other_tus_version", f"this server speaks tus {_VERSION}", **_ABILITIES)


def _describe(upload: UploadSummary) -> dict[str, str]:
    expires = format_datetime(upload.expires_at, usegmt=True)
    return {**_TUS, "Upload-Offset": str(upload.offset), "Upload-Expires": expires}


def _read_number(request: Request, name: str) -> int:
    """Read a header that is a whole number. Raises ``BadInput``."""
    value = request.headers.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise BadInput(name, value or "none", "a whole number of bytes")
    return int(value)


def _read_checksum(request: Request) -> Checksum | None:
    """Read the checksum of a part; None if there is none. Raises ``BadInput``."""
    value = request.headers.get("upload-checksum")
    if value is None:
        return None
    algorithm, _, text = value.partition(" ")
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm not in CHECKSUMS or not digest:
        raise BadInput("Upload-Checksum", value[:80], f"{' or '.join(CHECKSUMS)}, and the digest in base64")
    return Checksum(algorithm, digest)


def _find_kind(metadata: str) -> str:
    """Find the kind of an upload in its metadata: pairs of a name and a text in base64. Raises ``BadInput``."""
    found: dict[str, str] = {}
    try:
        if len(metadata) > MAX_METADATA_CHARS or not metadata.isascii() or not (metadata.isprintable() or not metadata):
            raise ValueError
        for pair in filter(None, metadata.split(",")):
            name, _, value = pair.strip().partition(" ")
            found[name] = base64.b64decode(value, validate=True).decode()
    except ValueError:
        accepted = f"pairs of a name and a text in base64, at most {MAX_METADATA_CHARS} characters"
        raise BadInput("Upload-Metadata", metadata[:80], accepted) from None
    if "kind" in found:
        return found["kind"]
    kind = found.get("filetype", "")
    if not kind:
        ending = found.get("filename", "").rpartition(".")[2].lower()
        kind = "video/" if ending in ("mp4", "m4v", "mov", "webm", "mkv") else "image/" if ending else "video/"
    return "picture" if kind.startswith("image/") else "clip"
