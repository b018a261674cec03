"""The description of the server (OpenAPI), and Schemathesis against it: no server error, no answer that it lacks.

``make test-serve`` draws 60 requests for each route, valid and wrong ones (``REELWRIGHT_REQUESTS``), ``make test`` a
few. ``REELWRIGHT_SERVE_SEED`` draws others. Not drawn: the stream of events, which does not end.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from client.proxy import Proxy
from reelwright.server.app import build_app
from reelwright.settings import Settings
from server.conftest import APPROVING, MODEL, Served, open_server
from server.test_tenants import draw_picture, list_routes

SEED: Final = int(os.environ.get("REELWRIGHT_SERVE_SEED", "12"))
REQUESTS: Final = int(os.environ.get("REELWRIGHT_REQUESTS", "60"))
SAMPLE: Final = 2
NOT_DRAWN: Final = {"/api/v1/events"}
NEVER_WRONG: Final = {"/api/v1/uploads", "/api/v1/uploads/{upload}"}
"""Their bodies are any bytes."""
CHECKS: Final = [
    schemathesis.checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_headers_conformance, checks.response_schema_conformance,
]  # fmt: skip


schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


@dataclass(frozen=True)
class Populated:
    """A server in a thread of its own, and ids of what it has, by the parameter that names it."""

    url: str
    ids: Mapping[str, str]


@contextmanager
def run_in_thread(settings: Settings, proxy: Proxy | None, *, has_director: bool) -> Iterator[str]:
    """Serve in a thread until the block ends, so that clients that block can be used."""
    begun, ended, found = threading.Event(), asyncio.Event(), list[Any]()

    async def serve() -> None:
        async with open_server(settings, proxy, replace(APPROVING, has_director=has_director)) as served:
            found.extend((served.url, asyncio.get_running_loop()))
            begun.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert begun.wait(30)
    try:
        yield found[0]
    finally:
        found[1].call_soon_threadsafe(ended.set)
        thread.join(30)


@pytest.fixture(scope="module")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Populated]:
    """One server for all requests that are drawn, which may delete what is there."""
    with populate(tmp_path_factory.mktemp("openapi")) as made:
        yield made


@contextmanager
def populate(folder: Path) -> Iterator[Populated]:
    """A server without a director, over a home in which a clip was made: what is drawn queues up and costs nothing."""
    proxy, settings = Proxy(folder / "proxy"), Settings(home=folder / "home", hands=1)
    with run_in_thread(settings, proxy, has_director=True) as url, httpx2.Client(base_url=url, timeout=30) as client:
        body = {"prompt": "a heron", "model": MODEL, "account_id": "team"}
        job = client.post("/generate", json=body).json()["job_id"]
        for _ in range(600):
            if client.get(f"/status/{job}").json()["status"] == "COMPLETED":
                break
            threading.Event().wait(0.05)
        project = client.get(f"/api/v1/jobs/{job}").json()["project"]
        asset = client.post("/api/v1/assets", content=draw_picture("x")).json()["id"]
        (row,) = client.get("/api/v1/spend").json()["rows"]
        key = client.post("/api/v1/api-keys", json={"name": "k", "role": "viewer"}).json()["api_key"]["id"]
    ids = {
        "project": project, "job": job, "video_id": job, "asset": asset, "purchase": row["purchase"], "key": key,
        "file": f"{job}-0", "account_id": "team", "shot": "1", "index": "0", "model": MODEL,
    }  # fmt: skip
    with run_in_thread(settings, proxy, has_director=False) as url:
        yield Populated(url, ids)


def check_operations(populated: Populated, count: int, mode: GenerationMode) -> int:
    """Draw ``count`` requests for each route, half of them for what exists, and check their answers.

    Wrong ones are drawn for routes with a body: hardly any text is wrong as a part of a path.
    """
    schema = schemathesis.openapi.from_url(f"{populated.url}/openapi.json")
    asked, faults = 0, list[str]()
    with requests.Session() as session:
        for found in schema.get_all_operations():
            operation = found.ok()
            is_never_wrong = operation.path in NEVER_WRONG or not [*operation.body]
            if operation.path in NOT_DRAWN or (mode is GenerationMode.NEGATIVE and is_never_wrong):
                continue

            @seed(SEED)
            @hypothesis_settings(
                max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
            )
            @given(case=operation.as_strategy(mode), is_known=st.booleans())
            def ask(case: Any, is_known: bool) -> None:
                nonlocal asked
                asked += 1
                if is_known:
                    for name in case.path_parameters:
                        case.path_parameters[name] = populated.ids.get(name, case.path_parameters[name])
                case.call_and_validate(session=session, checks=CHECKS, timeout=20)

            try:
                ask()
            except (Exception, BaseExceptionGroup) as fault:  # noqa: BLE001  all faults are told at the end
                told = f"{fault!r} {getattr(fault, 'exceptions', '')!s:.3000}"
                faults.append(f"{operation.method.upper()} {operation.path}, seed {SEED}: {told}")
    assert not faults, "\n\n".join(faults)
    return asked


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "wrong"])
def test_every_answer_is_one_that_the_description_has(populated: Populated, mode: GenerationMode) -> None:
    assert check_operations(populated, SAMPLE, mode) > 30


@pytest.mark.lane_serve
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "wrong"])
def test_every_answer_is_one_that_the_description_has_lane(populated: Populated, mode: GenerationMode) -> None:
    assert check_operations(populated, REQUESTS, mode) > 500


FILM: Final = "“It never flickers.” For “Fenn”, a desk lamp"
VEO_KEYS: Final = (
    "job_id video_id status progress position prompt model retry_count video_count download_url video_urls created_at "
    "error note expires_at"
)
OPENAI_KEYS: Final = (
    "id object status model prompt progress seconds size created_at completed_at expires_at error remixed_from_video_id"
)
CLUSTER_KEYS: Final = "job_id status prompt account_id created_at progress download_url error"
ANSWERS: Final[tuple[tuple[str, str, str], ...]] = (
    ("GET", "/v1/videos/{job}", OPENAI_KEYS),
    ("GET", "/v1/videos", "object data has_more first_id last_id"),
    ("GET", "/v1/models", "object data"),
    ("GET", "/v1/models/spot", "id object created owned_by"),
    ("GET", "/api/status/{job}", VEO_KEYS),
    ("GET", "/api/user-jobs", "jobs count"),
    ("GET", "/api/queue-status", "queue_length processing_jobs concurrent_limit"),
    ("GET", "/status/{job}", CLUSTER_KEYS),
    ("GET", "/jobs/team", "account_id jobs"),
    ("GET", "/v1beta/operations/{job}", "name metadata done response"),
    ("POST", "/api/v1/jobs/{draft}/cancel", "result job"),
    ("POST", "/api/cancel/{draft}", VEO_KEYS),
    ("GET", "/v1/videos/{draft}", OPENAI_KEYS),
    ("GET", "/v1beta/operations/{draft}", "name metadata done error"),
    ("DELETE", "/api/cleanup/{draft}/local", "job_id deleted freed_bytes"),
    ("DELETE", "/api/cleanup/{draft}", "job_id deleted freed_bytes"),
    ("DELETE", "/api/delete/{draft}", "job_id deleted freed_bytes"),
    ("GET", "/readyz", "status"),
)
"""By method and path, the keys of its answer in their order, as they were before their models came."""


def test_every_answer_has_a_model_and_the_keys_that_its_clients_read(tmp_path: Path) -> None:
    with populate(tmp_path / "made") as populated, httpx2.Client(base_url=populated.url, timeout=30) as client:
        draft = client.post("/generate", json={"prompt": "a heron", "model": MODEL, "account_id": "team"}).json()
        assert [*draft] == ["job_id", "status"]
        ids = {**populated.ids, "draft": draft["job_id"]}
        for method, path, keys in ANSWERS:
            answer = client.request(method, path.format_map(ids))
            assert answer.status_code == 200, (path, answer.text)
            assert [*answer.json()] == keys.split(), path
        clip = client.post("/api/generate", files={"prompt": (None, "a heron"), "model": (None, MODEL)}).json()
        assert [*clip] == [*VEO_KEYS.split(), "message"]
        assert [*client.post("/api/upload", files={"files": ("x.png", draw_picture("y"))}).json()] == ["asset_ids"]
        named = client.post(f"/v1beta/models/{MODEL}:predictLongRunning", json={"instances": [{"prompt": "a heron"}]})
        assert [*named.json()] == ["name"]
        waiting = client.get(f"/v1beta/{named.json()['name']}").json()
        assert [*waiting] == ["name", "metadata"] and [*waiting["metadata"]] == ["state", "progressPercent"]
        deleted = client.delete(f"/v1/videos/{clip['job_id']}").json()
        assert [*deleted] == ["id", "object", "deleted"]
        described = client.get("/openapi.json").json()["paths"]
    with (
        run_in_thread(Settings(home=tmp_path / "home"), None, has_director=False) as url,
        httpx2.Client(base_url=url, timeout=30) as client,
    ):
        film = client.post("/api/generate", json={"prompt": FILM, "config_flavor": "spot", "model": "animatic"})
        assert [*film.json()] == ["video_id", "status", "message"]
        assert [*client.get(f"/api/status/{film.json()['video_id']}").json()] == (
            "video_id job_id status progress current_phase animatic_urls stitched_video_url final_video_url "
            "current_chunk_index total_chunks cost_usd title description error"
        ).split()
        short = client.post("/api/mv/scenes", json={"idea": FILM, "config_flavor": "spot"}).json()
        assert [*short] == ["project_id", "job_id", "status", "config_flavor", "scenes"]
        assert [*short["scenes"][0]] == ["index", "start_s", "duration_s", "prompt", "words"]
    contents = {
        (method, path): answer.get("content", {}).get("application/json")
        for path, methods in described.items()
        for method, operation in methods.items()
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    }
    assert not [one for one, content in contents.items() if content is not None and not content.get("schema")]


async def test_every_error_has_the_shape_that_its_clients_read(server: Served) -> None:
    async with server.open_client() as client:
        for path in ("/v1/nowhere", "/v1/videos/unknown", "/v1/videos/x/y"):
            answer = await client.get(path)
            assert answer.status_code == 404 and {"message", "type", "param", "code"} == set(answer.json()["error"])
        answer = await client.put("/v1/videos")
        assert answer.status_code == 405 and answer.json()["error"]["code"] == "method_not_allowed"
        answer = await client.get("/v1beta/nowhere")
        assert answer.status_code == 404 and answer.json()["error"]["status"] == "NOT_FOUND"
        for path in ("/nowhere", "/api/v1/nowhere", "/api/v1/jobs/unknown"):
            answer = await client.get(path)
            assert answer.headers["content-type"] == "application/problem+json"
            assert (answer.status_code, answer.json()["status"]) == (404, 404) and answer.json()["code"]
        foreign = {"Origin": "https://evil.example"}
        answer = await client.post("/v1/videos", json={}, headers=foreign)
        assert answer.status_code == 403 and answer.json()["error"]["code"] == "foreign_origin"
        answer = await client.post("/v1beta/models/x:predictLongRunning", json={}, headers=foreign)
        assert answer.status_code == 403 and answer.json()["error"]["status"] == "PERMISSION_DENIED"


async def test_a_picture_that_is_no_base64_is_the_callers_error(server: Served) -> None:
    """Schemathesis found it: letters beyond ASCII were an error of ours."""
    async with server.open_client() as client:
        for picture in ("ä", "=", "a b"):
            body = {"instances": [{"prompt": "x", "image": {"bytesBase64Encoded": picture}}]}
            answer = await client.post(f"/v1beta/models/{MODEL}:predictLongRunning", json=body)
            assert answer.status_code == 400, answer.text
            given = {"prompt": "x", "input_reference": {"image_url": f"data:image/png;base64,{picture}"}}
            assert (await client.post("/v1/videos", json=given)).status_code == 400


async def test_the_examples_of_the_description_work(settings: Settings, proxy: Proxy) -> None:
    options, tried = replace(APPROVING, has_director=False), 0
    async with open_server(settings, proxy, options) as clips, open_server(settings, None, options) as films:
        described = build_app(clips.deployment).openapi()
        for path, methods in described["paths"].items():
            for method, operation in methods.items():
                content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
                if "example" in content:
                    server = films if {"flavor", "config_flavor"} & set(content["example"]) else clips
                    async with server.open_client() as client:
                        where = path.replace("{model}", MODEL)
                        answer = await client.request(method, where, json=content["example"])
                    assert answer.is_success, (path, answer.text)
                    tried += 1
    assert tried >= 8


def test_every_route_has_a_name_of_its_own_a_summary_and_its_errors(server: Served) -> None:
    described = build_app(server.deployment).openapi()
    names = [operation["operationId"] for methods in described["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names)) and all(name.isidentifier() and len(name) < 50 for name in names)
    posted = {path for path, methods in described["paths"].items() if "post" in methods}
    without_body = {path for path in posted if "requestBody" not in described["paths"][path]["post"]}
    assert without_body == {
        "/api/v1/jobs/{job}/cancel", "/api/cancel/{job}", "/api/retry/{job}", "/api/v1/webhooks/{webhook}/test",
        "/api/v1/webhooks/{webhook}/rotate", "/api/v1/uploads/{upload}/asset",
        "/api/v1/webhook-deliveries/{delivery}/replay", "/api/v1/provider-webhooks/{provider}",
        "/api/v1/jobs/{job}/front", "/api/v1/queue/pause", "/api/v1/queue/resume",
    }, "a route that takes a body describes it"  # fmt: skip
    for path, methods in described["paths"].items():
        for operation in methods.values():
            answers = operation["responses"]
            assert {"429", "503"} <= set(answers) and "HTTPValidationError" not in str(answers), path
            assert path in ("/ping", "/livez", "/readyz") or {"401", "403"} <= set(answers), path
            assert answers["429"]["headers"]["Retry-After"] and operation["description"], path
    assert {path for _, path in list_routes() if path.startswith("/api/v1/") and "{" not in path} <= set(
        described["paths"]
    )


def test_every_field_says_what_it_is_and_the_words_of_a_film_come_first(server: Served) -> None:
    for path, methods in build_app(server.deployment).openapi()["paths"].items():
        for method, operation in methods.items():
            bodies = [body["schema"] for body in operation.get("requestBody", {}).get("content", {}).values()]
            for body in bodies:
                names = list(body.get("properties", {}))
                assert "script" not in names or names[:2] == ["brief", "script"], (path, names)
            fields = [one for body in bodies for one in body.get("properties", {}).items()]
            inputs = [*fields, *((one["name"], one) for one in operation.get("parameters", ()))]
            assert not [name for name, one in inputs if not one.get("description")], (method, path)
            assert not re.search(r"\bS\d\b", " ".join(operation["tags"])), "a number is no heading"


async def test_the_page_of_all_routes_says_what_each_field_is(server: Served) -> None:
    async with server.open_client() as client:
        page = (await client.get("/docs")).text
    film = page[page.index(">POST</span> /api/v1/projects</code>") :]
    fields = re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", film[: film.index("</dl>")])
    named = [name for name, place in fields if place.startswith("body")]
    assert named[:2] == ["brief", "script"]
    assert all(". " in place for _, place in fields) and "beat | loose" in dict(fields)["continuity"]


async def test_the_page_of_all_routes_needs_no_other_host(server: Served) -> None:
    async with server.open_client() as client:
        page = await client.get("/docs")
        assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
        assert page.headers["content-security-policy"].startswith("default-src 'none';"), "the browser loads nothing"
        assert {*re.findall(r"(?:src|href|action)=(\S+?)[\s>]", page.text)} == {"/openapi.json", "/docs/send.js"}
        assert "@import" not in page.text and "url(" not in page.text
        assert re.findall(r"<script[^>]*>", page.text) == ["<script src=/docs/send.js>"], "none in the page itself"
        script = await client.get("/docs/send.js")
        assert script.headers["content-type"].startswith("text/javascript") and "://" not in script.text
        paths = (await client.get("/openapi.json")).json()["paths"]
        assert len(paths) > 50 and not [path for path in paths if f"</span> {escape(path)}</code>" not in page.text]
