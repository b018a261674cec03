"""Requests that mean harm: each gets a 4xx with an error document within 2 s, and the next client is served."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import time
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

import pytest
from PIL import Image

from reelwright.reel.film.brief import Brief
from reelwright.server.deployment import ServeOptions
from reelwright.settings import Settings
from server.conftest import MODEL, Served, open_server
from server.test_tenants import STREAMS, draw_picture, list_parameters, list_routes
from yardstick import slowness

PROVIDER_KEYS: Final = ("OPENROUTER_API_KEY", "GEMINI_API_KEY", "REPLICATE_API_TOKEN", "ELEVENLABS_API_KEY")
JSON: Final = {"Content-Type": "application/json"}
FORM: Final = {"Content-Type": "multipart/form-data; boundary=x"}
FIELD: Final = b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n'
DEEP: Final = "[" * 100_000 + "]" * 100_000
BODIES: Final[dict[str, tuple[bytes, dict[str, str]]]] = {
    "nothing": (b"", JSON),
    "noise": (bytes(range(256)) * 40, JSON),
    "half": (b'{"prompt": "x', JSON),
    "a list": (b"[1, 2]", JSON),
    "a number": (b"7", JSON),
    "deep": (DEEP.encode(), JSON),
    "deep within": (f'{{"prompt": {DEEP}}}'.encode(), JSON),
    "a long number": (b'{"prompt": "x", "seconds": ' + b"9" * 100_000 + b"}", JSON),
    "many keys": (json.dumps({f"k{n}": n for n in range(20_000)}).encode(), JSON),
    "millions of values": (b'{"prompt": [' + b"[]," * 1_000_000 + b"[]]}", JSON),
    "half a character": (b'{"prompt": "\\ud800"}', JSON),
    "not utf-8": (b'{"prompt": "\xff\xfe"}', JSON),
    "compressed": (gzip.compress(b'{"prompt": "x"}'), {**JSON, "Content-Encoding": "gzip"}),
    "another type": (b"<a/>", {"Content-Type": "text/xml"}),
    "a form without a boundary": (b"--x\r\n\r\n", {"Content-Type": "multipart/form-data"}),
    "a form without an end": (
        b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx', FORM,
    ),
    "a form of many fields": (
        b"".join(FIELD % n for n in range(500)) + b"--x--\r\n",
        FORM,
    ),
    "a form with a long name": (
        b'--x\r\nContent-Disposition: form-data; name="' + b"n" * 200_000 + b'"\r\n\r\nx\r\n--x--\r\n',
        FORM,
    ),
}  # fmt: skip


def list_posts() -> list[str]:
    """The paths that take a body. To pause the queue and to let it go on takes none."""
    posts = {path for method, path in list_routes() if method == "POST" and "/{" not in path.replace("/{model}:", "")}
    posts -= {"/api/v1/queue/pause", "/api/v1/queue/resume"}
    return sorted(path.replace("{model}", MODEL) for path in posts)


async def check_refusal(server: Served, method: str, path: str, **request: Any) -> None:
    async with server.open_client() as client:
        began = time.monotonic()
        answer = await client.request(method, path, **request)
        took = time.monotonic() - began
        assert 400 <= answer.status_code < 500, (path, answer.status_code, answer.text[:300])
        assert took < 2 or took < 2 * slowness(), (path, took)
        body = answer.json()
        assert body.get("code") or body["error"]["message"], (path, body)
        for word in ("Traceback", "/src/", "site-packages", 'File "'):
            assert word not in answer.text, (path, answer.text[:300])


@pytest.mark.parametrize("name", BODIES)
async def test_a_body_that_is_no_order_is_refused_by_every_route(server: Served, name: str) -> None:
    content, headers = BODIES[name]
    for path in list_posts():
        if path == "/api/v1/assets" and name == "nothing":
            path += "?kind=clip"
        await check_refusal(server, "POST", path, content=content, headers=headers)
    async with server.open_client() as client:
        assert (await client.get("/v1/videos")).json()["data"] == []


ODD_NAMES: Final = (
    "..%2f..%2fetc%2fpasswd", "..\\..", "a%00b", "CON", "x" * 300, "%252e%252e%252f", "$(id)",
    "job_..%2f..%2fjournal.db",
    "..", "../..", "%2e%2e%2f", "%00", "NUL.mp4", "%0d%0aX: y", "e%CC%81", "%ff", "....//", "~root", "`id`", "|id",
    "-rf",
    "file:%2f%2f%2fetc", "*", "%20", "\u202e", "0", "-1", "1e9", "9" * 40, "null", "%F0%9F%8E%AC",
)  # fmt: skip
"""``make test`` tries the first 8 of them."""


def list_odd_paths() -> Iterator[tuple[str, str]]:
    for method, path in list_routes():
        if method in ("GET", "DELETE") and "{" in path:
            yield method, path


@pytest.mark.parametrize("names", [ODD_NAMES[:8], pytest.param(ODD_NAMES[8:], marks=pytest.mark.lane_serve)])
async def test_no_name_in_a_path_leaves_what_it_names(server: Served, names: tuple[str, ...]) -> None:
    """Path traversal: odd names in every parameter of every route. Nothing of this machine's files comes back."""
    asked = 0
    async with server.open_client() as client:
        for method, path in list_odd_paths():
            for name in names:
                where = path
                for parameter in list_parameters(path):
                    where = where.replace(f"{{{parameter}}}", name).replace(f"{{{parameter}:path}}", name)
                answer = await client.request(method, where)
                assert answer.status_code in (400, 404, 405, 422) or "x" * 300 in where or _is_another(answer), (
                    where, answer.status_code, answer.text[:200],
                )  # fmt: skip
                assert "root:" not in answer.text and "SQLite format" not in answer.text
                asked += 1
    assert asked > 200


def _is_another(answer: Any) -> bool:
    """Whether the name led to a route that exists, such as ``/v1/videos`` for ``/v1/videos/..``, and to no file."""
    return answer.status_code in (200, 307) and "json" in answer.headers.get("content-type", "json")


def pack_polyglots() -> dict[str, bytes]:
    """Files that are two things at once, or are not what they say."""
    picture = draw_picture("x")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("../../etc/cron.d/x", "x")
    header = b"\x89PNG\r\n\x1a\n"
    size = (50_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    chunk = len(size).to_bytes(4, "big") + b"IHDR" + size + zlib.crc32(b"IHDR" + size).to_bytes(4, "big")
    return {
        "a playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        "a concat list": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "a vector picture": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "an archive": archive.getvalue(),
        "a page": b"<!doctype html><script>alert(1)</script>",
        "a picture of 2.5 gigapixels": header + chunk,
        "a cut picture": picture[:200],
        "only a head": picture[:8],
        "postscript": b"%!PS\n(/etc/passwd) (r) file",
        "an icon": b"\x00\x00\x01\x00\x01\x00" + b"\x00" * 40,
        "a mov that names a file": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  "
        + b"\x00\x00\x00\x20moov\x00\x00\x00\x18rmra" + b"\x00" * 16,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["picture", "clip"])
async def test_a_file_that_is_no_picture_or_clip_is_refused_and_not_kept(server: Served, kind: str) -> None:
    for content in pack_polyglots().values():
        await check_refusal(server, "POST", f"/api/v1/assets?kind={kind}", content=content)
        files = {"files": ("x.png", content, "image/png")}
        if kind == "picture":
            await check_refusal(server, "POST", "/api/upload", files=files)


async def test_a_picture_with_a_page_behind_it_is_sent_as_a_picture_only(server: Served) -> None:
    polyglot = draw_picture("x") + b"<script>alert(1)</script>"
    async with server.open_client() as client:
        made = (await client.post("/api/v1/assets", content=polyglot)).json()["id"]
        answer = await client.get(f"/api/v1/assets/{made}")
        assert answer.headers["content-type"].startswith("image/") and b"script" not in answer.content
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "attachment" in answer.headers["content-disposition"]
        Image.open(io.BytesIO(answer.content)).load()


async def test_no_address_in_a_request_is_ever_fetched(server: Served) -> None:
    """SSRF: addresses stand where pictures belong. They are refused by their form: nothing asks a name server."""
    addresses = (
        "http://169.254.169.254/latest/meta-data", "http://127.1:9/x.png", "http://0x7f.1/", "http://2130706433/",
        "http://[::ffff:10.0.0.1]/", "https://example.com/x.png", "file:///etc/passwd", "ftp://h/x", "//h/x",
        "data:image/png,x", "gopher://h/", "http://localhost:11434/", "\\\\host\\share", "data:text/html;base64,eA==",
    )  # fmt: skip
    for address in addresses:
        given = {"prompt": "x", "model": MODEL, "input_reference": {"image_url": address}}
        await check_refusal(server, "POST", "/v1/videos", json=given)
        body = {"instances": [{"prompt": "x", "image": {"gcsUri": address}}]}
        await check_refusal(server, "POST", f"/v1beta/models/{MODEL}:predictLongRunning", json=body)
        body = {"instances": [{"prompt": "x", "image": {"bytesBase64Encoded": address}}]}
        await check_refusal(server, "POST", f"/v1beta/models/{MODEL}:predictLongRunning", json=body)
        await check_refusal(server, "POST", "/api/v1/clips", json={"prompt": "x", "model": MODEL, "image": address})
        brief = {"brief": "“x y.” For “Fenn”", "images": [address]}
        await check_refusal(server, "POST", "/api/v1/quotes", json=brief)
        await check_refusal(server, "POST", "/api/generate", json={"prompt": "x", "reference_assets": [address]})
    assert server.proxy and not server.proxy.submissions


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}], ids=["page", "name"]
)
async def test_no_page_of_another_site_opens_a_socket(server: Served, headers: dict[str, str]) -> None:
    project = await server.deployment.runtime.journal.open_project(
        server.deployment.runtime.settings.account, "p", Brief(text="x")
    )
    given = {"Host": "127.0.0.1", **headers}
    host, _, port = server.url.removeprefix("http://").partition(":")
    for path in (f"/api/ws/{project}", f"/ws/{project}"):
        reader, writer = await asyncio.open_connection(host, int(port))
        upgrade = {
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "eHh4eHh4eHh4eHh4eHh4eA==",
        }  # fmt: skip
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {**given, **upgrade}.items()), "", ""]
        writer.write("\r\n".join(lines).encode())
        async with asyncio.timeout(5):
            status = int((await reader.readline()).split()[1])
        assert status in (403, 421), status
        writer.transport.abort()


async def test_no_key_of_a_provider_is_in_any_answer(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {name: f"sk-canary-{number:032d}" for number, name in enumerate(PROVIDER_KEYS)}
    for name, secret in secrets.items():
        monkeypatch.setenv(name, secret)
    asked = 0
    async with open_server(settings, None, ServeOptions(has_director=False)) as server, server.open_client() as client:
        for method, path in list_routes():
            if path in STREAMS or method not in ("GET", "POST"):
                continue
            for parameter in list_parameters(path):
                path = path.replace(f"{{{parameter}}}", MODEL).replace(f"{{{parameter}:path}}", MODEL)
            body: Any = {"json": {"prompt": "x", "model": MODEL, "brief": "x"}} if method == "POST" else {}
            answer = await client.request(method, path, **body)
            told = answer.text + str(answer.headers)
            assert not [name for name, secret in secrets.items() if secret in told or secret[:20] in told], path
            asked += 1
    assert asked > 40
