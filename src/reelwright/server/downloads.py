"""Downloads: files of the vault with ranges, and nothing again that the client has."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, Response

from reelwright.reel.value import Digest


def build_download(request: Request, path: Path, digest: Digest, name: str, mime: str = "video/mp4") -> Response:
    """Build the answer with a file of the vault, whole or in parts; 304 if the client has these bytes."""
    headers = {"ETag": f'"{digest}"', "Cache-Control": "private, immutable"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=mime, headers=headers, filename=name)


def sniff_type(path: Path) -> str:
    """Return the MIME type of a file by its first bytes; what is no known picture or clip is sent as plain bytes."""
    with path.open("rb") as file:
        head = file.read(12)
    signs = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return next((mime for sign, mime in signs.items() if head.startswith(sign)), "application/octet-stream")
