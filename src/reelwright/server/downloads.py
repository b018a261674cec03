"""Downloads: files of the vault with ranges, and nothing again that the client has."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, Response

from reelwright.reel.value import Digest


def build_download(request: Request, path: Path, digest: Digest, name: str) -> Response:
    """Build the answer with a file of the vault, whole or in parts; 304 if the client has these bytes."""
    headers = {"ETag": f'"{digest}"', "Cache-Control": "private, immutable"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type="video/mp4", headers=headers, filename=name)
