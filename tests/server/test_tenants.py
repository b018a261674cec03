"""Two accounts on one server: no route tells one of them anything of the other. The routes come from the application.

Each route that names something by an id is asked for the id of another account, and for one that nobody has: both are
404, with the same body. A route whose parameters are not listed here fails, until somebody says what they name. Not
seen: what an answer tells by the time it takes.
"""

from __future__ import annotations

import asyncio
import io
import json
import random
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import uuid4

import httpx2
import pytest
import websockets
from PIL import Image

from client.proxy import Proxy
from reelwright.server.app import _PARTS, build_app
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from reelwright.web.all_pages import build_pages
from server.conftest import APPROVING, MODEL, Served, open_server
from store.observing import change

SECRET_WORDS: Final = "a heron of tenant one"
LABEL: Final = "label-of-tenant-one"
ID_KINDS: Final = {
    "project": "project", "project_id": "project", "job": "job", "video_id": "job", "asset": "asset",
    "purchase": "purchase", "key": "key", "account_id": "label", "file": "file", "member": "member",
    "webhook": "webhook", "delivery": "delivery", "upload": "upload",
}  # fmt: skip
"""Parameters of paths that name something of an account, with what they name."""
NO_IDS: Final = {
    "shot": "1", "index": "0", "model": MODEL, "character_id": "x", "provider": "replicate", "token": "x", "name": "x",
    "version": "v1beta1", "location": "us-central1", "cloud_project": "x",
    "mood": "chill",
}  # fmt: skip
"""Parameters of paths that name nothing of an account, or only inside what another parameter names."""
QUERY_IDS: Final = {
    ("/api/v1/projects", "after"): "project", ("/api/v1/jobs", "project"): "project", ("/api/v1/jobs", "after"): "job",
    ("/api/v1/spend", "project"): "project", ("/v1/videos", "after"): "job",
    ("/api/v1/webhook-deliveries", "webhook"): "webhook", ("/api/v1/webhook-deliveries", "after"): "delivery",
}  # fmt: skip
QUERY_NO_IDS: Final = frozenset(
    {"limit", "order", "kind", "can", "config_flavor", "variant", "model", "user_email", "state", "cleanup_gcs"}
)
QUERY_PLACES: Final = {("/api/v1/events", "after")}
"""Parameters of queries that are places in the stream of the caller's own account."""
BODIES: Final[Mapping[str, Any]] = {
    "/api/v1/projects/{project}/edits": {"shot": 1, "prompt": "x"},
    "/api/v1/projects/{project}/edits/quote": {"shot": 1, "prompt": "x"},
    "/api/v1/projects/{project}/shots/{shot}/circle": {"take": 1},
    "/api/v1/purchases/{purchase}/decision": {"verdict": "never"},
    "/api/v1/members/{member}": {"role": "viewer"},
    "/api/v1/jobs/{job}": {"priority": "low"},
}
"""Bodies without which a route refuses the request before it looks for what the path names."""
TUS: Final = {"Tus-Resumable": "1.0.0"}
HEADERS: Final[Mapping[str, Mapping[str, str]]] = {
    "/api/v1/uploads/{upload}": {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", **TUS}
}
STREAMS: Final = {"/api/v1/events"}
NOT_OFFERED: Final = {"/v1/videos/{video_id}/remix", "/v1/videos/characters/{character_id}"}


@dataclass
class Tenant:
    """An account: a client of it, and the ids of what it has, by what they name. Some have several ids."""

    client: httpx2.AsyncClient
    headers: dict[str, str]
    ids: dict[str, tuple[str, ...]]


def list_routes() -> Iterator[tuple[str, str]]:
    """Every method and path of the application, also those that its description leaves out."""

    def walk(router: Any) -> Iterator[Any]:
        for route in router.routes:
            inner = getattr(route, "original_router", None)
            yield from walk(inner) if inner else (route,)

    for part in _PARTS:
        for route in walk(part.router):
            yield from ((method, route.path) for method in getattr(route, "methods", None) or ("WEBSOCKET",))


def list_parameters(path: str) -> list[str]:
    return [name.partition(":")[0] for name in re.findall(r"{(.+?)}", path)]


def fill(path: str, kind_ids: Mapping[str, str]) -> str:
    """Fill in a path. Fails for a parameter that is not listed above."""
    for name in list_parameters(path):
        assert name in ID_KINDS or name in NO_IDS, f"{path}: say in ID_KINDS or NO_IDS what {{{name}}} names"
        value = kind_ids[ID_KINDS[name]] if name in ID_KINDS else NO_IDS[name]
        path = re.sub(rf"{{{name}(:path)?}}", value, path)
    return path


def invent(kind: str, like: str) -> str:
    """An id of the same form that nobody has."""
    if kind == "asset":
        return "0123456789abcdef" * 4
    if kind == "file":
        return f"job_{uuid4()}-0"
    prefix = like.partition("_")[0] + "_" if "_" in like else ""
    return f"{prefix}{uuid4()}"[: len(like)] if len(like) > 8 else uuid4().hex[: len(like)]


def draw_picture(words: str) -> bytes:
    """A picture that no other tenant has: equal bytes have equal ids in every account."""
    picture = io.BytesIO()
    Image.new("RGB", (1280, 720), (len(words), 80, 40)).save(picture, "PNG")
    return picture.getvalue()


async def populate(
    server: Served, client: httpx2.AsyncClient, headers: dict[str, str], words: str, label: str
) -> Tenant:
    """Have an account make a clip, send a picture, create a key, and invite a person."""
    made = await client.post("/generate", json={"prompt": words, "model": MODEL, "account_id": label})
    assert made.status_code == 200, made.text
    job = made.json()["job_id"]
    async with asyncio.timeout(30):
        while (await client.get(f"/status/{job}")).json()["status"] != "COMPLETED":
            await asyncio.sleep(0.05)
    project = (await client.get(f"/api/v1/jobs/{job}")).json()["project"]
    asset = (await client.post("/api/v1/assets", content=draw_picture(words))).json()["id"]
    (row,) = (await client.get("/api/v1/spend")).json()["rows"]
    key = (await client.post("/api/v1/api-keys", json={"name": f"key {words}", "role": "viewer"})).json()["api_key"]
    account = key["account"]
    member = await server.deployment.get_studio(account).invite_member(f"ana@{account}.example", "viewer")
    sent = await client.post("/api/v1/webhooks", json={"url": f"https://hooks.example/{words.replace(' ', '-')}"})
    webhook = sent.json()["webhook"]["id"]
    delivery = (await client.post(f"/api/v1/webhooks/{webhook}/test")).json()["id"]
    begun = await client.post("/api/v1/uploads", headers={"Upload-Length": "9", **TUS})
    upload = begun.headers["location"].rpartition("/")[2]
    ids = {
        "member": (member.id, member.email),
        "project": (project, project.partition("_")[2], project[-6:]), "job": (job, job.partition("_")[2]),
        "asset": (asset,), "purchase": (row["purchase"], row["purchase"][-6:]), "key": (key["id"], key["name"]),
        "label": (label,), "file": (f"{job}-0",), "webhook": (webhook,), "delivery": (delivery,),
        "upload": (upload,),
    }  # fmt: skip
    return Tenant(client, headers, ids)


@asynccontextmanager
async def open_tenants(server: Served, *, has_key_first: bool) -> AsyncIterator[tuple[Tenant, Tenant]]:
    """The tenant that owns the secret words, and another one. One of them has no key: the owner of this machine."""
    studio = server.deployment.get_studio()
    made = await studio.create_api_key("tenant", "owner", account="other", auto_approve="1")
    keyed = {"Authorization": f"Bearer {made.secret}"}
    headers = (keyed, {}) if has_key_first else ({}, keyed)
    async with server.open_client(headers=headers[0]) as one, server.open_client(headers=headers[1]) as two:
        first, second = await asyncio.gather(
            populate(server, one, headers[0], SECRET_WORDS, LABEL),
            populate(server, two, headers[1], "a boat", "another label"),
        )
        yield first, second


@pytest.fixture
async def tenants(
    request: pytest.FixtureRequest, settings: Settings, proxy: Proxy
) -> AsyncIterator[tuple[Served, Tenant, Tenant]]:
    async with (
        open_server(settings, proxy) as server,
        open_tenants(server, has_key_first=getattr(request, "param", True)) as (first, second),
    ):
        yield server, first, second


def list_secrets(tenant: Tenant) -> set[str]:
    """What an answer to another tenant never has."""
    long = {one for many in tenant.ids.values() for one in many if len(one) > 8}
    return long | {SECRET_WORDS, LABEL}


def test_every_route_and_parameter_is_known(server: Served) -> None:
    described = build_app(server.deployment).openapi()["paths"]
    routes = {(method, path.replace(":path}", "}")) for method, path in list_routes()}
    for path, methods in described.items():
        for method, route in methods.items():
            assert (method.upper(), path) in routes, f"{method} {path} is in no part"
            for one in route.get("parameters", ()):
                where = (path, one["name"])
                if one["in"] == "query":
                    known = where in QUERY_IDS or where in QUERY_PLACES or one["name"] in QUERY_NO_IDS
                    assert known, f"{where}: say what it names"
    for _, path in routes:
        fill(path, dict.fromkeys(ID_KINDS.values(), "x"))
    with pytest.raises(AssertionError, match="say in ID_KINDS"):
        fill("/api/v1/voices/{voice}", {})


@pytest.mark.parametrize("tenants", [True, False], ids=["key", "machine"], indirect=True)
async def test_what_another_account_has_is_not_found_by_any_route(tenants: tuple[Served, Tenant, Tenant]) -> None:
    _, first, second = tenants
    asked = 0
    for method, path in list_routes():
        kinds = {ID_KINDS[name] for name in list_parameters(path) if name in ID_KINDS}
        if not kinds or method == "WEBSOCKET" or path in NOT_OFFERED:
            continue
        (kind,) = kinds
        for known in first.ids[kind]:
            body: Any = {"json": BODIES.get(path, {})} if method in ("POST", "PUT", "PATCH") else {}
            body["headers"] = dict(HEADERS.get(path, {}))
            unknown = invent(kind, known)
            answers = [await second.client.request(method, fill(path, {kind: one}), **body) for one in (known, unknown)]
            said = [
                answer.text.replace(one.removesuffix("-0") if kind == "file" else one, "ID")
                for answer, one in zip(answers, (known, unknown), strict=True)
            ]
            assert [answer.status_code for answer in answers] == [404, 404], (method, path, known, said)
            assert said[0] == said[1], (method, path)
            asked += 1
        if method == "GET":
            own = await first.client.get(fill(path, {kind: first.ids[kind][0]}))
            assert own.status_code == 200, (path, "its owner finds it", own.text)
    assert asked > 60
    (job, *_), (project, *_) = first.ids["job"], first.ids["project"]
    assert (await first.client.get(f"/api/v1/jobs/{job}")).json()["state"] == "done", "nothing of it was changed"
    assert (await first.client.get(f"/api/v1/jobs/{job}/files/0")).status_code == 200
    assert (await first.client.get(f"/api/v1/projects/{project}/plan")).json()["revision"] == 1
    keys = (await first.client.get("/api/v1/api-keys")).json()["api_keys"]
    assert not [one for one in keys if one["revoked_at"]]
    assert [one["state"] for one in (await first.client.get("/api/v1/members")).json()["members"]] == ["invited"]
    (webhook,) = (await first.client.get("/api/v1/webhooks")).json()["webhooks"]
    assert webhook["is_enabled"] and webhook["events"] == []
    assert len((await first.client.get("/api/v1/webhook-deliveries")).json()["deliveries"]) == 1


@pytest.mark.parametrize("tenants", [True, False], ids=["key", "machine"], indirect=True)
async def test_no_page_and_no_form_has_anything_of_another_account(tenants: tuple[Served, Tenant, Tenant]) -> None:
    _, first, second = tenants
    secrets, page = list_secrets(first), {"Accept": "text/html", "Origin": str(second.client.base_url).rstrip("/")}
    ticket = re.findall(r'name="ticket" value="([^"]+)"', (await second.client.get("/studio", headers=page)).text)[-1]
    asked = 0
    for method, path in list_page_routes():
        kinds = {PAGE_IDS.get(name) for name in list_parameters(path)} - {None}
        if not kinds and method == "GET" and not list_parameters(path):
            shown = await second.client.get(path, headers=page)
            assert shown.status_code in (200, 303), path
            assert not [one for one in secrets if one in shown.text], path
        for kind in kinds:
            for known in first.ids[str(kind)]:
                said = []
                for one in (known, invent(str(kind), known)):
                    place = re.sub(
                        r"{(\w+)(:path)?}", lambda part, one=one: one if PAGE_IDS.get(part[1]) else "1", path
                    )
                    fields = {"ticket": ticket, "verdict": "never", "priority": "low", "shot": "1", "take": "1"}
                    sent = {"data": {**fields, "revision": "1"}} if method == "POST" else {}
                    answer = await second.client.request(method, place, headers=page, **sent)
                    said.append((answer.status_code, re.sub(r'value="[^"]+"', "", answer.text).replace(one, "ID")))
                assert said[0][0] == 404, (method, path, said)
                assert said[0] == said[1], (method, path)
                asked += 1
    assert asked > 20
    for field, kind in (("member", "member"), ("key", "key"), ("webhook", "webhook")):
        act = {"member": "members-remove", "key": "programs-revoke", "webhook": "webhooks-remove"}[field]
        for one in first.ids[kind]:
            sent = {"ticket": ticket, field: one}
            answer = await second.client.post(f"/studio/settings/{act}", data=sent, headers=page)
            assert answer.status_code == 404, (act, one)


PAGE_IDS: Final = {"project": "project", "job": "job", "purchase": "purchase", "asset": "asset"}
"""Parameters of the paths of pages that name something of an account; no other parameter does."""


def list_page_routes() -> Iterator[tuple[str, str]]:
    """Every method and path of the pages."""

    def walk(router: Any) -> Iterator[Any]:
        for route in router.routes:
            inner = getattr(route, "original_router", None)
            yield from walk(inner) if inner else (route,)

    for route in walk(build_pages().router):
        yield from ((method, route.path) for method in route.methods if method in ("GET", "POST"))


async def test_a_query_by_what_another_account_has_finds_nothing(tenants: tuple[Served, Tenant, Tenant]) -> None:
    _, first, second = tenants
    for (path, name), kind in QUERY_IDS.items():
        for known in first.ids[kind]:
            unknown = invent(kind, known)
            answers = [await second.client.get(path, params={name: one}) for one in (known, unknown)]
            assert [answer.status_code for answer in answers] == [404, 404], (path, name)
            assert answers[0].text.replace(known, "ID") == answers[1].text.replace(unknown, "ID")
    assert (await second.client.get("/api/user-jobs", params={"user_email": LABEL})).json()["jobs"] == []


async def test_no_list_has_anything_of_another_account(tenants: tuple[Served, Tenant, Tenant]) -> None:
    _, first, second = tenants
    secrets = list_secrets(first)
    for method, path in list_routes():
        if method == "GET" and not list_parameters(path) and path not in STREAMS:
            text = (await second.client.get(path)).text
            assert not [one for one in secrets if one in text], path
    for path, count in (("/api/v1/jobs", 1), ("/api/v1/projects", 1), ("/v1/videos", 1), ("/api/user-jobs", 1)):
        found = (await second.client.get(path)).json()
        assert len(found[next(name for name in ("jobs", "projects", "data") if name in found)]) == count, path
    spent = (await second.client.get("/api/v1/spend")).json()
    assert spent["usd"] == "0.20" and len(spent["rows"]) == 1


async def test_an_asset_of_another_account_is_nothing_to_make_from(tenants: tuple[Served, Tenant, Tenant]) -> None:
    _, first, second = tenants
    (asset,) = first.ids["asset"]
    (own, *_) = second.ids["project"]
    brief = "“It never flickers.” For “Fenn”, a desk lamp"
    unknown = "0" * 64
    for path, body in (
        ("/api/v1/clips", {"prompt": "x", "model": MODEL, "image": "ASSET"}),
        ("/api/v1/projects", {"brief": brief, "images": ["ASSET"]}),
        ("/api/v1/quotes", {"brief": brief, "images": ["ASSET"]}),
        (f"/api/v1/projects/{own}/edits/quote", {"shot": 1, "clip": "ASSET"}),
        ("/api/generate", {"prompt": brief, "reference_assets": ["ASSET"], "model": "animatic"}),
    ):
        for one in (asset, unknown):
            answer = await second.client.post(path, json=json.loads(json.dumps(body).replace("ASSET", one)))
            assert (answer.status_code, answer.json()["code"]) == (404, "asset_not_found"), (path, answer.text)


async def test_a_stream_has_only_what_happens_in_its_account(tenants: tuple[Served, Tenant, Tenant]) -> None:
    server, first, second = tenants
    secrets, lines = list_secrets(first), []
    url = server.url.replace("http", "ws") + "/api/ws/"
    (project, *_) = second.ids["project"]
    async with (
        asyncio.timeout(30),
        second.client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": "0"}) as stream,
        websockets.connect(url + project, additional_headers=second.headers, proxy=None) as socket,
    ):
        theirs = (await first.client.post("/generate", json={"prompt": SECRET_WORDS, "model": MODEL})).json()["job_id"]
        while (await first.client.get(f"/status/{theirs}")).json()["status"] != "COMPLETED":
            await asyncio.sleep(0.05)
        own = (await second.client.post("/generate", json={"prompt": "the end", "model": MODEL})).json()["job_id"]
        async for line in stream.aiter_lines():
            lines.append(line)
            if own in line:
                break
        with pytest.raises(TimeoutError):
            while True:
                async with asyncio.timeout(1):
                    lines.append(str(await socket.recv()))
    assert not [one for one in {*secrets, theirs} if one in "\n".join(lines)]
    events = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith(("data: ", "{"))]
    assert len(events) > 5


async def test_a_socket_finds_no_project_of_another_account(tenants: tuple[Served, Tenant, Tenant]) -> None:
    server, first, second = tenants
    paths = [path for method, path in list_routes() if method == "WEBSOCKET"]
    assert paths
    for path in paths:
        for known in first.ids["project"]:
            unknown, said = invent("project", known), []
            for one in (known, unknown):
                url = server.url.replace("http", "ws") + fill(path, {"project": one})
                async with websockets.connect(url, additional_headers=second.headers, proxy=None) as socket:
                    said.append(str(await socket.recv()).replace(one, "ID"))
                    with pytest.raises(websockets.ConnectionClosed) as closed:
                        await socket.recv()
                assert closed.value.rcvd and closed.value.rcvd.code == 4404
            assert said[0] == said[1] and "not_found" in said[0]


CAPPED: Final = {"account_jobs": 3, "account_projects_per_hour": 5, "account_assets": 4, "account_mb": 2}


def draw_noise(seed: int) -> bytes:
    """A picture of about 1 MB that no other one equals."""
    picture = io.BytesIO()
    Image.frombytes("RGB", (720, 480), random.Random(seed).randbytes(720 * 480 * 3)).save(picture, "PNG")
    return picture.getvalue()


@pytest.fixture
async def capped(
    db_url: str, settings: Settings, proxy: Proxy
) -> AsyncIterator[tuple[Served, httpx2.AsyncClient, httpx2.AsyncClient]]:
    """A server on which an account may have little, that works on nothing; and clients of two of its accounts."""
    settings = replace(settings, database=db_url, **CAPPED)
    async with open_server(settings, proxy, replace(APPROVING, has_director=False), can_draw=True) as server:
        made = await server.deployment.get_studio().create_api_key("two", "owner", account="other", auto_approve="1")
        headers = {"Authorization": f"Bearer {made.secret}"}
        async with server.open_client() as one, server.open_client(headers=headers) as two:
            yield server, one, two


ORDERS: Final = (
    ("/v1/videos", {"prompt": "x", "model": MODEL}), ("/generate", {"prompt": "x", "model": MODEL}),
    ("/api/generate", {"prompt": "“It never flickers.” For “Fenn”, a desk lamp", "model": "animatic"}),
    (f"/models/{MODEL}:predictLongRunning", {"instances": [{"prompt": "x"}]}),
    ("/api/v1/clips", {"prompt": "x", "model": MODEL, "max_usd": "1", "accept_unconfirmed": True}),
)  # fmt: skip
"""Requests that open a project and queue its job, one of each dialect."""


async def test_an_account_queues_so_many_jobs_and_another_one_has_its_own(
    capped: tuple[Served, httpx2.AsyncClient, httpx2.AsyncClient],
) -> None:
    _, one, two = capped
    sent = (one.post("/generate", json={"prompt": f"heron {n}", "model": MODEL}) for n in range(8))
    answers = await asyncio.gather(*sent)
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 5, "counted also at one moment"
    for path, body in ORDERS:
        full = await one.post(path, json=body)
        assert full.status_code == 429 and int(full.headers["retry-after"]) > 0, (path, full.text)
    problem = (await one.post("/api/v1/clips", json=ORDERS[-1][1])).json()
    assert (problem["code"], problem["params"]["jobs"], problem["params"]["most"]) == ("account_queue_is_full", 3, 3)
    jobs = {answer.json()["job_id"] for answer in answers if answer.status_code == 200}
    assert {action["kind"] for action in problem["actions"]} == {"cancel_job"}
    assert {action["job"] for action in problem["actions"]} == jobs
    assert (await two.post("/generate", json=ORDERS[1][1])).status_code == 200
    await one.post(f"/api/cancel/{jobs.pop()}")
    assert (await one.post("/generate", json=ORDERS[1][1])).status_code == 200, "there is room again"


async def test_an_account_opens_so_many_projects_in_an_hour(
    capped: tuple[Served, httpx2.AsyncClient, httpx2.AsyncClient],
) -> None:
    server, one, two = capped
    for number in range(5):
        answer = await one.post("/generate", json={"prompt": f"heron {number}", "model": MODEL})
        assert answer.status_code == 200, answer.text
        assert (await one.post(f"/api/cancel/{answer.json()['job_id']}")).status_code == 200
    full = await one.post("/api/v1/clips", json=ORDERS[-1][1])
    assert (full.status_code, full.json()["code"], full.json()["params"]["most"]) == (429, "too_many_projects", 5)
    assert 3000 < int(full.headers["retry-after"]) <= 3600 and [one["kind"] for one in full.json()["actions"]] == [
        "wait"
    ]
    assert (await two.post("/generate", json=ORDERS[1][1])).status_code == 200
    change(server.deployment.runtime.database, "UPDATE projects SET created_at = created_at - 3601000")
    assert (await one.post("/generate", json=ORDERS[1][1])).status_code == 200, "an hour later"


async def test_an_account_keeps_so_many_files_and_bytes(
    capped: tuple[Served, httpx2.AsyncClient, httpx2.AsyncClient],
) -> None:
    server, one, two = capped
    db = server.deployment.runtime.database
    job = (await one.post("/generate", json=ORDERS[1][1])).json()["job_id"]
    change(db, f"UPDATE jobs SET state = 'done', finished_at = 1 WHERE id = '{job}'")
    kept = [(await one.post("/api/v1/assets", content=draw_noise(n))).json()["id"] for n in range(2)]
    full = await one.post("/api/v1/assets", content=draw_noise(2))
    assert (full.status_code, full.json()["code"]) == (507, "account_has_no_room"), full.text
    params = full.json()["params"]
    assert (params["files"], params["megabytes"], params["most_files"], params["most_megabytes"]) == (2, 1, 4, 2)
    first, second = full.json()["actions"]
    assert (first["kind"], first["job"], second["kind"]) == ("delete_job_files", job, "set_retention")
    for number in range(2):
        assert (await one.post("/api/v1/assets", content=draw_picture("x" * 40 * number))).status_code == 201, (
            "it is small"
        )
    for path, body in ORDERS:
        assert (await one.post(path, json=body)).status_code == 507, path
    begun = await one.post("/api/v1/uploads", headers={"Upload-Length": "9", **TUS})
    assert (begun.status_code, begun.json()["code"]) == (507, "account_has_no_room")
    change(db, f"UPDATE assets SET gone_at = 1 WHERE digest = '{kept[0]}'")
    assert (await one.post("/api/v1/assets", content=draw_picture("x" * 200))).status_code == 201, "there is room again"
    statuses = [(await two.post("/api/v1/assets", content=draw_picture("y" * 40 * n))).status_code for n in range(1, 7)]
    assert statuses == [201] * 4 + [507] * 2, "another account has its own, and its files are counted"


async def test_files_whose_size_nobody_recorded_are_measured(
    capped: tuple[Served, httpx2.AsyncClient, httpx2.AsyncClient],
) -> None:
    """Takes of a provider stand in the journal without their size."""
    server, one, _ = capped
    for seed in range(2):
        assert (await one.post("/api/v1/assets", content=draw_noise(seed))).status_code == 201
    change(server.deployment.runtime.database, "UPDATE assets SET size = NULL")
    assert (await one.post("/api/v1/assets", content=draw_noise(2))).status_code == 507


async def test_without_a_server_nothing_is_capped(settings: Settings, proxy: Proxy) -> None:
    """Caps are for accounts of a server: a person's own batch may have any number of rows."""
    async with AsyncStudio(replace(settings, **CAPPED), providers={proxy.name: proxy}) as studio:
        for number in range(6):
            await studio.enqueue_clip(f"heron {number}", model=MODEL, yes=True, accept_unconfirmed=True)
