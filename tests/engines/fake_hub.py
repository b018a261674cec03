"""A hub on loopback: the index of models and their files, with redirects, breaks, and files that are not as listed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from net.raw import Server, Visit, serving

OLD, NEW = "a" * 40, "b" * 40
TOKEN = "hf_canaryCanaryCanary"
WEIGHTS = bytes(range(256)) * 400
"""What is in ``transformer/``: 102,400 bytes."""
INDEX = {
    "_class_name": "MochiPipeline",
    "transformer": ["diffusers", "MochiTransformer3DModel"],
    "safety": [None, None],
}


def build_files() -> dict[str, bytes]:
    return {
        ".gitattributes": b"*.safetensors filter=lfs",
        "README.md": b"---\nlicense: apache-2.0\n---\n",
        "model_index.json": json.dumps(INDEX).encode(),
        "dit.safetensors": b"for another program",
        "transformer/config.json": b"{}",
        "transformer/weights.safetensors": WEIGHTS,
        "transformer/weights.bf16.safetensors": b"a second set",
        "media/teaser.txt": b"a picture in words",
    }


@dataclass
class FakeHub:
    """One model, ``acme/tiny``. ``breaks``: bytes after which a file's next answers end too early, one each.

    ``lies``: bytes that are sent instead of a file's. ``main``: the commit that the branch is at.
    """

    files: dict[str, bytes] = field(default_factory=build_files)
    facts: dict = field(default_factory=lambda: {"license": "apache-2.0"})
    main: str = OLD
    breaks: list[int] = field(default_factory=list)
    lies: dict[str, bytes] = field(default_factory=dict)
    ignores_range: bool = False
    needs_token: bool = False
    requests: list[tuple[str, str]] = field(default_factory=list)
    """Path and ``range`` of each request."""

    async def act(self, visit: Visit) -> None:
        while True:
            visit.got.clear()
            await visit.request()
            if not visit.got:
                return
            head = bytes(visit.got).decode().split("\r\n")
            names = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
            await self.answer(visit, head[0].split()[1], names)

    async def answer(self, visit: Visit, target: str, names: dict[str, str]) -> None:
        url = urlsplit(target)
        path = unquote(url.path)
        self.requests.append((path, names.get("range", "")))
        if self.needs_token and names.get("authorization") != f"bearer {TOKEN}".lower():
            await visit.answer(b"Unauthorized", "401 Unauthorized")
        elif path.startswith("/api/models/acme/tiny/revision/") and parse_qs(url.query) == {"blobs": ["true"]}:
            await self.answer_index(visit, path.rpartition("/")[2])
        elif path.startswith("/acme/tiny/resolve/"):
            commit, _, name = path.removeprefix("/acme/tiny/resolve/").partition("/")
            await visit.answer(b"", "307 Temporary Redirect", f"Location: /api/resolve-cache/{commit}/{name}")
        elif path.startswith("/api/resolve-cache/"):
            _, _, name = path.removeprefix("/api/resolve-cache/").partition("/")
            await self.answer_file(visit, name, names.get("range", ""))
        else:
            await visit.answer(b"{}", "404 Not Found")

    async def answer_index(self, visit: Visit, revision: str) -> None:
        commit = self.main if revision == "main" else revision
        if commit not in (OLD, NEW):
            await visit.answer(b'{"error": "Invalid rev id"}', "404 Not Found")
            return
        siblings = []
        for name, body in self.files.items():
            one = {"rfilename": name, "size": len(body)}
            if name.endswith((".safetensors", ".bin")):
                one["lfs"] = {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 134}
            git = hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()
            siblings.append({**one, "blobId": git})
        body = {"id": "acme/tiny", "sha": commit, "cardData": self.facts, "siblings": siblings}
        await visit.answer(json.dumps(body).encode())

    async def answer_file(self, visit: Visit, name: str, wanted: str) -> None:
        body = self.lies.get(name, self.files[name])
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and not self.ignores_range else 0
        rest = body[start:]
        status = (
            f"206 Partial Content\r\nContent-Range: bytes {start}-{len(body) - 1}/{len(body)}" if start else "200 OK"
        )
        if self.breaks and name.endswith(".safetensors"):
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(rest)}\r\n\r\n".encode()
            await visit.say(head + rest[: self.breaks.pop(0)])
            visit.writer.close()
            await visit.writer.wait_closed()
        else:
            await visit.answer(rest, status)


@asynccontextmanager
async def serve_hub(hub: FakeHub) -> AsyncIterator[Server]:
    async with serving(hub.act) as server:
        yield server
