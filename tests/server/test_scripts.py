"""Scripts go both ways over HTTP: read, changed, and only what depends on the change is made again."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from PIL import Image

from client.proxy import Proxy
from reelwright.settings import Settings
from server.conftest import APPROVING, MODEL, Served, open_server
from server.test_native import post, wait_for

SCRIPT = """# Fenn

It never flickers.

Two thousand lumens. Warm or cold.

Order at fenn.example
"""
FILMED = """# Fenn

![a lamp at dusk, its light on a desk]()
It never flickers.

![a hand turns a dial]()
Two thousand lumens.
"""
SMALL = {"short_side": 180, "flavor": "short"}


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[Served]:
    async with open_server(settings, None) as served:
        yield served


async def put(client: httpx2.AsyncClient, project: str, script: str, **more: Any) -> httpx2.Response:
    headers = more.pop("headers", {})
    return await client.put(f"/api/v1/projects/{project}/script", json={"script": script, **more}, headers=headers)


async def read_takes(client: httpx2.AsyncClient, project: str) -> list[str]:
    shown = (await client.get(f"/api/v1/projects/{project}")).json()
    used = {take["shot"]: take["asset"] for take in shown["takes"] if take["is_circled"]}
    return [used[shot["id"]] for shot in shown["shots"]]


async def test_one_changed_line_makes_one_shot_again(settings: Settings) -> None:
    async with open_server(settings, None) as server, server.open_client() as client:
        made = await post(client, "/projects", script=SCRIPT, **SMALL)
        project = made["project"]
        assert (await wait_for(client, made["job"]))["state"] == "done"
        before = await read_takes(client, project)
        read = await client.get(f"/api/v1/projects/{project}/script")
        changed = read.text.replace("Warm or cold.", "Warm or cool.")
        assert changed != read.text and read.headers["etag"] == '"1"'
        stale = await put(client, project, changed, headers={"If-Match": '"9"'})
        assert (stale.status_code, stale.json()["code"]) == (409, "revision_moved_on")
        keyed = {"If-Match": '"1"', "Idempotency-Key": "line"}
        sent = await put(client, project, changed, headers=keyed)
        assert sent.status_code == 202, sent.text
        assert (await wait_for(client, sent.json()["job"]))["state"] == "done"
        after = await read_takes(client, project)
        assert len(after) == len(before) and sum(a != b for a, b in zip(after, before, strict=True)) == 1
        assert (await put(client, project, changed, headers=keyed)).json()["job"] == sent.json()["job"]
        assert "Warm or cool." in (await client.get(f"/api/v1/projects/{project}/script")).text


async def test_what_the_next_script_leaves_out_stays_as_it_was(settings: Settings, proxy: Proxy) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, proxy, options, can_draw=True) as server, server.open_client() as client:
        film = {**SMALL, "models": [MODEL], "accept_unconfirmed": True, "max_usd": "5"}
        made = await post(client, "/projects", script=FILMED, **film)
        path = f"/projects/{made['project']}/script"
        text = (await client.get(f"/api/v1{path}")).text
        assert "a lamp at dusk" in text and made["quote"]["usd"] == "0.40", "two takes of the model"
        fewer = text.replace("![a hand turns a dial]()", "")
        assert fewer != text
        assert (await post(client, f"{path}/quote", script=text))["usd"] == "0.40", "the model stays"
        assert (await post(client, f"{path}/quote", script=fewer))["usd"] == "0.20"
        drawn = await post(client, f"{path}/quote", script=text, models=["animatic"])
        assert drawn["usd"] == "0.00", "what is said wins"
        front = await post(client, f"{path}/quote", script=f"---\nmodel: animatic\n---\n{text}")
        assert front["usd"] == "0.00", "in the script, too"


@pytest.mark.parametrize(
    ("front", "field"), [("aspect: 16:9", "aspect"), ("language: de", "language"), ("flavor: spot", "flavor")]
)
async def test_another_shape_is_another_film(server: Served, front: str, field: str) -> None:
    async with server.open_client() as client:
        made = await post(client, "/projects", script=SCRIPT, **SMALL)
        name, _, value = front.partition(": ")
        text, more = (SCRIPT, {"flavor": value}) if name == "flavor" else (f"---\n{front}\n---\n{SCRIPT}", {})
        refused = await put(client, made["project"], text, **more)
        assert refused.status_code == 422 and field in refused.json()["field"], refused.text
        assert (await client.get(f"/api/v1/projects/{made['project']}/plan")).headers["etag"] == '"1"'


async def test_a_film_from_a_brief_goes_on_from_its_script(settings: Settings) -> None:
    brief = "A film for “Fenn”, a desk lamp. “It never flickers.” Order at fenn.example"
    async with open_server(settings, None) as server, server.open_client() as client:
        made = await post(client, "/projects", brief=brief, short_side=180, length=4)
        await wait_for(client, made["job"])
        text = (await client.get(f"/api/v1/projects/{made['project']}/script")).text
        sent = await put(client, made["project"], text.replace("It never flickers", "It never hums"))
        assert sent.status_code == 202, sent.text
        assert (await wait_for(client, sent.json()["job"]))["state"] == "done"
        assert "never hums" in (await client.get(f"/api/v1/projects/{made['project']}/script")).text


async def test_a_script_finds_the_pictures_that_come_with_it_and_no_others(server: Served) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (1280, 720), (200, 80, 40)).save(picture, "PNG")
    script = "# Fenn\n\n![the door](pictures/door.png)\n\nIt never flickers.\n"
    async with server.open_client() as client:
        asset = (await client.post("/api/v1/assets", content=picture.getvalue())).json()["id"]
        made = await post(client, "/projects", script=script, pictures={"pictures/door.png": asset}, **SMALL)
        assert (await wait_for(client, made["job"]))["state"] == "done"
        for name in (
            "../door.png",
            "/etc/door.png",
            "script.md",
            "",
            "a/../../door.png",
            "a\x00.png",
            ".",
            "x/" * 2000,
        ):
            body = {"script": script, "pictures": {name: asset}}
            refused = await client.post("/api/v1/projects", json=body)
            assert refused.status_code == 422, (name, refused.text)
        for wrong in ({"pictures/door.png": "0" * 64}, {"pictures/door.png": "/etc/passwd"}, {"x": 3}, [], "x"):
            refused = await client.post("/api/v1/projects", json={"script": script, "pictures": wrong})
            assert refused.status_code in (404, 422), refused.text
        refused = await client.post("/api/v1/projects", json={"brief": "x", "pictures": {"a.png": asset}})
        assert (refused.status_code, refused.json()["field"]) == (422, "pictures")


async def test_a_script_is_sent_as_markdown_as_it_is(server: Served) -> None:
    async with server.open_client(headers={"Content-Type": "text/markdown"}) as client:
        made = await client.post("/api/v1/projects?short_side=180&flavor=short", content=SCRIPT)
        assert made.status_code == 202, made.text
        path = f"/api/v1/projects/{made.json()['project']}/script"
        again = await client.put(path, content=SCRIPT.replace("flickers", "hums"))
        assert again.status_code == 202, again.text
        assert (await client.put(path, content=b"\xff\xfe#\n\n")).status_code == 422
        assert (await client.put(f"{path}?max_usd=none", content=SCRIPT)).status_code == 422
