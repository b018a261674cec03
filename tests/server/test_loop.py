"""No request holds the event loop: hostile ones of any size up to each limit are drawn, and every callback is measured.

``make test`` draws for a few seconds, ``make test-serve`` for ten minutes (``REELWRIGHT_HOSTILE_S``);
``REELWRIGHT_SERVE_SEED`` draws others. Printed: the longest callbacks in CPU time of the loop's thread with wall time
beside it, and how long ``/livez`` took from another process, beside a loop that does nothing. What this does not see:
the first request of each kind, which imports modules, and jobs at work, which have processes of their own.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from reelwright.input_limits import BRIEF_CHARS, LINE_CHARS, NAME_CHARS, SCRIPT_CHARS
from server.measured import probe, serve_measured, serve_nothing

SEED: Final = int(os.environ.get("REELWRIGHT_SERVE_SEED", "29"))
HOSTILE_S: Final = float(os.environ.get("REELWRIGHT_HOSTILE_S", "600"))
CLIENTS: Final = 3
MOST_CPU_S: Final = 0.1
MOST_LIVEZ_S: Final = 0.25
PIECES: Final = (
    "-eyJ", "eyJaaaaaaaa.bbbbbbbb-", "../", "*a_", "**a ~~b ", "[", "![a](", "[a](b", "<!-- ", "<", "> ", "- ",
    "`", "\\", "a", "A ", "1", "1.", "1,000 ", "é", "你", "ع", "🎬", "\u0301", "\u202e", " ", "\n", "\n\n",
    "# x\n\n", "“a” ", "\"", "'", "http://a.", "a@b.c ", "@a", "#a ", "key=", "$1 ", "+1 555 ", "10:00 ",
    "No. ", "für ", "a-", "_", ":", "; ", "{", "&amp;", "| a ", "---\n", "Ａ", "ﷺ", "İ", "ǰ", "x\u200d",
)  # fmt: skip


def draw_text(rng: random.Random, limit: int) -> str:
    """A text of one or two pieces, repeated, up to the limit or a little above."""
    size = rng.choice([limit, limit, limit + 1, rng.randint(1, limit), 4 * limit])
    pieces = rng.choice(PIECES) + rng.choice(["", "", rng.choice(PIECES)])
    text = (pieces * (size // len(pieces) + 1))[:size]
    return rng.choice(["", "x\n\n", "A lamp called Fenn. "])[:size] + text


def draw_value(rng: random.Random, schema: dict[str, Any]) -> Any:
    branches = schema.get("anyOf")
    if branches:
        return draw_value(rng, rng.choice(branches))
    if "enum" in schema and rng.random() < 0.8:
        return rng.choice(schema["enum"])
    kind = schema.get("type")
    if kind == "string":
        return draw_text(rng, min(schema.get("maxLength", NAME_CHARS), 1_000_000))
    if kind == "array":
        count = rng.choice([0, 1, 3, schema.get("maxItems", 100), 101])
        return [draw_value(rng, schema["items"])] * count if "items" in schema else []
    if kind == "object":
        if isinstance(schema.get("additionalProperties"), dict):
            names = {draw_text(rng, NAME_CHARS) for _ in range(rng.choice([0, 1, 50]))}
            return {name: draw_value(rng, schema["additionalProperties"]) for name in names}
        return draw_fields(rng, schema)
    return {"integer": rng.randint(-1, 1000), "number": rng.random() * 100, "boolean": True}.get(str(kind))


def draw_fields(rng: random.Random, schema: dict[str, Any]) -> dict[str, Any]:
    needed = schema.get("required", ())
    return {
        name: draw_value(rng, one)
        for name, one in schema.get("properties", {}).items()
        if name in needed or rng.random() < 0.15
    }


def draw_plain(rng: random.Random) -> tuple[str, str, dict[str, Any]]:
    """An order that is well-formed, and whose words are as long as they may be."""
    brief, script = draw_text(rng, BRIEF_CHARS)[:BRIEF_CHARS], draw_text(rng, SCRIPT_CHARS)[:SCRIPT_CHARS]
    return rng.choice([
        ("POST", "/api/v1/quotes", {"json": {"brief": brief, "flavor": "spot"}}),
        ("POST", "/api/v1/projects", {"json": {"brief": brief, "max_usd": "0"}}),
        ("POST", "/api/v1/quotes", {"json": {"script": f"{script}\n"}}),
        ("POST", "/api/v1/quotes", {"content": script.encode(), "headers": {"Content-Type": "text/markdown"}}),
        ("POST", "/api/v1/clips", {"json": {"prompt": brief, "model": "animatic", "negative": brief[:LINE_CHARS]}}),
        ("POST", "/api/mv/scenes", {"json": {"idea": brief}}),
        ("POST", "/v1/videos", {"json": {"prompt": brief, "model": "spot"}}),
        ("POST", "/api/generate", {"files": {"prompt": (None, brief), "startImage": ("x.png", os.urandom(1 << 20))}}),
        ("POST", "/api/v1/quotes", {"content": b'{"brief": [' + b"[]," * rng.choice([1_000, 90_000, 400_000]) + b"[]]}",
                                    "headers": {"Content-Type": "application/json"}}),
        ("POST", "/v1/videos", {"json": {"prompt": "x", "input_reference": {
            "image_url": "data:image/png;base64," + "A" * rng.choice([1_000, 4_000_000, 16_000_000])}}}),
    ])  # fmt: skip


def draw_request(rng: random.Random, described: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    if rng.random() < 0.5:
        return draw_plain(rng)
    path = rng.choice([one for one in described["paths"] if one != "/api/v1/events"])
    method = rng.choice([*described["paths"][path]])
    operation, query = described["paths"][path][method], {}
    for one in operation.get("parameters", ()):
        value = str(draw_value(rng, one["schema"]))[:8_000]
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", httpx2.QueryParams({"x": value or "x"}).__str__()[2:])
        elif one["in"] == "query" and rng.random() < 0.5:
            query[one["name"]] = value
    more: dict[str, Any] = {"params": query} if query else {}
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        more["json"] = draw_fields(rng, content["application/json"]["schema"])
    elif "multipart/form-data" in content:
        more["files"] = {"files": ("x.png", os.urandom(rng.choice([10, 1 << 20])))}
    return method.upper(), path, more


async def attack(url: str, described: dict[str, Any], seconds: float, seed: int) -> int:
    """Send drawn requests one after another; return how many were answered."""
    rng, ends, asked = random.Random(seed), time.monotonic() + seconds, 0
    async with httpx2.AsyncClient(base_url=url, timeout=120) as client:
        while time.monotonic() < ends:
            method, path, more = draw_request(rng, described)
            try:
                answer = await client.request(method, path, **more)
                assert answer.status_code < 500 or answer.status_code in (503, 507), (method, path, answer.text[:500])
            except httpx2.ReadTimeout:
                raise AssertionError(f"no answer in two minutes: {method} {path} {str(more)[:1500]}") from None
            except (httpx2.InvalidURL, httpx2.RemoteProtocolError, httpx2.WriteError, httpx2.ReadError, UnicodeError):
                pass  # refused before all of it was sent
            asked += 1
    return asked


@contextmanager
def run_process(target: Any, *args: Any) -> Iterator[Connection]:
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=target, args=(*args, theirs), daemon=True)
    process.start()
    theirs.close()  # else nothing says here that the process has ended
    try:
        yield ours
    finally:
        process.join(30)
        if process.is_alive():
            process.kill()


def find_p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]


async def measure(home: Path, seconds: float) -> tuple[float, float, float]:
    """Attack a server; return the longest callback in CPU seconds, and the p99 of ``/livez`` and of an idle loop."""
    receive = asyncio.to_thread
    with run_process(serve_measured, str(home)) as server, run_process(serve_nothing) as idle:
        url, idle_url = await receive(server.recv), await receive(idle.recv)
        with run_process(probe, [f"{url}/livez", f"{idle_url}/"]) as prober:
            async with httpx2.AsyncClient(base_url=url, timeout=120) as client:
                described = json.loads((await client.get("/openapi.json")).content)
                for body in ({"brief": "“It never flickers.” For “Fenn”, a lamp"}, {"script": "# Fenn\n\nA lamp\n"}):
                    assert (await client.post("/api/v1/quotes", json=body)).status_code == 200
                await client.post("/api/v1/clips", json={"prompt": "x", "model": "animatic"})
                await client.get("/docs")
            server.send("begin")
            attacks = [attack(url, described, seconds, SEED * CLIENTS + number) for number in range(CLIENTS)]
            asked = sum(await asyncio.gather(*attacks))
            prober.send("end")  # before the servers that it asks
            livez, nothing = map(find_p99, await receive(prober.recv))
            server.send("end")
            longest, count, stacks = await receive(server.recv)
            idle.send("end")
    print(f"{asked} hostile requests, seed {SEED}; {count} callbacks; the longest, in CPU and in wall milliseconds:")
    for cpu_s, wall_s, told in longest:
        print(f"  {cpu_s * 1000:6.1f} {wall_s * 1000:8.1f}  {told}")
    print(f"/livez p99 {livez * 1000:.0f} ms; a loop that does nothing: {nothing * 1000:.0f} ms")
    print("\n".join(stacks[:3]))
    return longest[0][0], livez, nothing


@pytest.mark.timeout(180)
async def test_no_hostile_request_holds_the_loop(tmp_path: Path) -> None:
    longest, _, _ = await measure(tmp_path / "home", 5)
    assert longest <= MOST_CPU_S


@pytest.mark.lane_serve
@pytest.mark.timeout(HOSTILE_S + 300)
async def test_no_hostile_request_holds_the_loop_lane(tmp_path: Path) -> None:
    longest, livez, nothing = await measure(tmp_path / "home", HOSTILE_S)
    assert longest <= MOST_CPU_S
    assert livez <= MOST_LIVEZ_S + nothing
