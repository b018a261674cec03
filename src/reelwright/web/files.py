"""The files of the pages: one style sheet, the islands (ES modules) and fonts, under a path that names their bytes."""

from __future__ import annotations

import gzip
import hashlib
from functools import cached_property
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reelwright.errors import NotFound

_HERE: Final = Path(__file__).parent
_STYLES: Final = (
    "tokens", "base", "shell", "controls", "quote", "draft", "strip", "lanes", "player", "panel", "ways", "compare",
    "queue", "sheets", "spend", "models", "settings", "voices", "commands", "phone",
)  # fmt: skip
"""The style sheets in the order in which they count. The first one has the tokens, and no other has a colour."""
_TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2",
                 ".svg": "image/svg+xml"}  # fmt: skip
_HEADERS: Final = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
router = APIRouter()


class PageFiles:
    """All files that the pages load, in memory. ``version``: a digest of all of them, which is part of their path."""

    @cached_property
    def by_name(self) -> dict[str, bytes]:
        """Read every file, by the name that a page loads it by."""
        sheet = b"\n".join((_HERE / "styles" / f"{name}.css").read_bytes() for name in _STYLES)
        found = {"studio.css": sheet}
        for path in sorted([*(_HERE / "islands").glob("*.js"), *(_HERE / "styles" / "fonts").glob("*.woff2"),
                            *(_HERE / "styles").glob("*.svg")]):  # fmt: skip
            found[path.name] = path.read_bytes()
        return found

    @cached_property
    def gzipped_by_name(self) -> dict[str, bytes]:
        """Compress the files that are text."""
        return {
            name: gzip.compress(content, mtime=0)
            for name, content in self.by_name.items()
            if not name.endswith(".woff2")
        }

    @cached_property
    def version(self) -> str:
        """Compute the digest of all files."""
        digest = hashlib.sha256()
        for name, content in self.by_name.items():
            digest.update(name.encode() + b"\0" + content)
        return digest.hexdigest()[:12]


FILES: Final = PageFiles()


@router.get("/studio/files/{version}/{name}", include_in_schema=False)
async def send_page_file(request: Request, version: str, name: str) -> Response:
    """Return a style sheet, a script or a font. A page that was opened before an update still finds the new one."""
    content = FILES.by_name.get(name)
    if content is None:
        raise NotFound(code="page_file_unknown", file=name[:60])
    kind = _TYPES["." + name.rpartition(".")[2]]
    headers = _HEADERS if version == FILES.version else {**_HEADERS, "Cache-Control": "no-store"}
    if name in FILES.gzipped_by_name and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(FILES.gzipped_by_name[name], 200, {**headers, "Content-Encoding": "gzip"}, kind)
    return Response(content, 200, headers, kind)
