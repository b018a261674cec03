"""Who a caller is: API keys by role, how they are sent, budgets and approvals that hold, and a server for keys only."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
import websockets

from client.proxy import Proxy
from reelwright.errors import OverBudget
from reelwright.server.access import KEY_REFUSED
from reelwright.settings import Settings
from reelwright.studio.accounts.api_keys import CreatedApiKey
from server.conftest import APPROVING, MODEL, Served, open_server
from yardstick import slowness

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
IDLE = replace(APPROVING, has_director=False)
KEYS_ONLY = replace(IDLE, is_key_required=True)
CLIP = {"prompt": "a heron", "model": MODEL}
UNKNOWN = "rw_" + "0" * 43


async def add_key(server: Served, name: str, role: str = "producer", **more: Any) -> CreatedApiKey:
    return await server.deployment.get_studio().create_api_key(name, role, **more)


def bear(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
async def idle(settings: Settings, proxy: Proxy) -> AsyncIterator[Served]:
    """A server without a director: nothing that is queued is bought."""
    async with open_server(settings, proxy, IDLE) as served:
        yield served


@pytest.fixture
async def keys_only(settings: Settings, proxy: Proxy) -> AsyncIterator[Served]:
    """A server that requires a key."""
    async with open_server(settings, proxy, KEYS_ONLY) as served:
        yield served


async def test_a_key_is_taken_as_the_clients_of_each_dialect_send_it(keys_only: Served) -> None:
    secret = (await add_key(keys_only, "any")).secret
    async with keys_only.open_client() as client:
        for headers in (bear(secret), {"x-api-key": secret}, {"x-goog-api-key": secret}, {"Authorization": secret}):
            assert (await client.get("/api/v1/jobs", headers=headers)).status_code == 200, headers
        assert (await client.get(f"/api/v1/jobs?limit=1&key={secret}")).status_code == 200
        assert (await client.get(f"/api/v1/jobs?limit=0&key={secret}")).status_code == 422, "the rest is still read"
        assert (await client.get(f"/api/v1/jobs?%6bey={secret}")).status_code == 200
        two = {"x-api-key": secret, **bear((await add_key(keys_only, "other")).secret)}
        assert (await client.get("/api/v1/jobs", headers=two)).status_code == 401, "nobody knows which one is meant"
    async with keys_only.open_openai(api_key=secret) as program:
        assert not (await program.videos.list()).data


@pytest.mark.parametrize("token", [UNKNOWN, "rw_", "rw_\xe9"])
async def test_a_token_of_our_shape_must_be_a_living_key_also_on_loopback(idle: Served, token: str) -> None:
    async with idle.open_client() as client:
        for path in ("/api/v1/jobs", "/health", "/docs", "/openapi.json", "/nowhere", "/v1beta/operations/job_0"):
            answer = await client.get(path, headers={"x-api-key": token.encode("latin-1")})
            assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer", path
        assert (await client.get("/ping", headers={"x-api-key": token.encode("latin-1")})).status_code == 200
    assert idle.proxy and not idle.proxy.submissions


async def test_without_a_key_loopback_is_its_owner_as_before(idle: Served) -> None:
    async with idle.open_client() as client:
        for headers in ({}, bear("sk-any"), {"x-api-key": "any"}):
            assert (await client.post("/v1/videos", json=CLIP, headers=headers)).status_code == 200
        assert (await client.get("/api/v1/api-keys")).json() == {"api_keys": []}
        assert (await client.get("/health")).json()["version"]


@pytest.mark.parametrize("headers", [{}, bear("sk-any"), bear(UNKNOWN)])
async def test_a_server_for_keys_only_tells_nobody_else_anything(keys_only: Served, headers: dict[str, str]) -> None:
    async with keys_only.open_client(headers=headers) as client:
        paths = ("/", "/docs", "/openapi.json", "/api/v1/jobs", "/api/v1/flavors", "/v1/models", "/status/x", "/x")
        for path in paths:
            assert (await client.get(path)).status_code == 401, path
        for path in ("/v1/videos", "/api/v1/clips", "/generate", "/api/upload", "/api/v1/api-keys"):
            assert (await client.post(path, json=CLIP)).status_code == 401, path
        for path in ("/ping", "/livez", "/readyz"):
            assert (await client.get(path)).status_code == 200, path
        if UNKNOWN not in str(headers):
            assert (await client.get("/health")).json() == {"status": "ok"}
    with pytest.raises(websockets.ConnectionClosed) as closed:
        url = keys_only.url.replace("http", "ws")
        async with websockets.connect(f"{url}/api/ws/last", additional_headers=headers, proxy=None) as socket:
            await socket.recv()
    assert closed.value.rcvd and closed.value.rcvd.code == KEY_REFUSED


async def test_a_refusal_has_the_shape_of_its_dialect(keys_only: Served) -> None:
    async with keys_only.open_openai(api_key="sk-any") as program:
        with pytest.raises(openai.AuthenticationError) as caught:
            await program.videos.list()
        assert caught.value.code == "key_unknown", "a wrong key, and not that there is none"
    async with keys_only.open_client() as client:
        found = (await client.get("/v1beta/operations/job_0")).json()["error"]
        assert (found["code"], found["status"]) == (401, "UNAUTHENTICATED")
        assert (await client.get("/api/v1/jobs")).json()["code"] == "key_needed"


ALLOWED = {
    # what is asked: viewer, producer, owner
    ("GET", "/api/v1/jobs"): (200, 200, 200),
    ("GET", "/api/v1/spend"): (200, 200, 200),
    ("GET", "/v1/models"): (200, 200, 200),
    ("GET", "/docs"): (200, 200, 200),
    ("POST", "/v1/videos"): (403, 200, 200),
    ("POST", "/api/v1/clips"): (403, 202, 202),
    ("POST", "/generate"): (403, 200, 200),
    ("DELETE", "/v1/videos/job_0"): (403, 404, 404),
    ("POST", "/api/v1/jobs/job_0/cancel"): (403, 404, 404),
    ("POST", "/v1beta/models/x:predictLongRunning"): (403, 400, 400),
    ("POST", "/api/v1/purchases/purchase_0/decision"): (403, 403, 422),
    ("GET", "/api/v1/api-keys"): (403, 403, 200),
    ("POST", "/api/v1/api-keys"): (403, 403, 201),
    ("DELETE", "/api/v1/api-keys/key_0"): (403, 403, 404),
}


async def test_each_role_may_do_its_part_and_no_more(idle: Served) -> None:
    for n, role in enumerate(("viewer", "producer", "owner")):
        secret = (await add_key(idle, role, role, auto_approve="1")).secret
        async with idle.open_client(headers=bear(secret)) as client:
            for (method, path), statuses in ALLOWED.items():
                body: Any = {**CLIP, "accept_unconfirmed": True} if path == "/api/v1/clips" else CLIP
                body = {"name": "new", "role": "viewer"} if path.endswith("api-keys") else body
                answer = await client.request(method, path, json=body if method == "POST" else None)
                assert answer.status_code == statuses[n], (role, method, path, answer.text)
                if answer.status_code == 403:
                    assert "role_too_low" in answer.text or "PERMISSION_DENIED" in answer.text


async def test_a_key_of_the_server_is_managed_over_http(idle: Served) -> None:
    async with idle.open_client() as client:
        given = {"name": "shop", "role": "producer", "budget": "5", "per": "month", "auto_approve": "0.50"}
        made = await client.post("/api/v1/api-keys", json=given)
        assert made.status_code == 201 and made.headers["cache-control"] == "no-store"
        secret, key = made.json()["secret"], made.json()["api_key"]
        assert (key["account"], key["auto_approve_usd"], made.json()["budget_usd"]) == ("local", "0.50", "5.00")
        assert (await client.get("/api/v1/jobs", headers=bear(secret))).status_code == 200
        (listed,) = (await client.get("/api/v1/api-keys")).json()["api_keys"]
        assert listed["last_used_at"] and secret not in json.dumps(listed)
        for wrong, field in (({**given, "account": "other"}, "option"), ({"role": "viewer"}, "name"), (given, "name")):
            refused = await client.post("/api/v1/api-keys", json=wrong)
            assert (refused.status_code, refused.json()["field"]) == (422, field)
        assert (await client.delete(f"/api/v1/api-keys/{key['id']}")).json()["revoked_at"]
        assert (await client.get("/api/v1/jobs", headers=bear(secret))).status_code == 401


@pytest.mark.timed
async def test_revoking_takes_effect_at_once_on_every_server_and_ends_streams(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, IDLE) as one, open_server(settings, proxy, IDLE) as two:
        made = await add_key(one, "shop", auto_approve="1")
        headers = bear(made.secret)
        async with one.open_client(headers=headers) as first, two.open_client(headers=headers) as second:
            job = (await first.post("/v1/videos", json=CLIP)).json()["id"]
            project = (await second.get(f"/api/v1/jobs/{job}")).json()["project"]
            url = two.url.replace("http", "ws") + f"/api/ws/{project}"
            async with (
                second.stream("GET", "/api/v1/events") as stream,
                websockets.connect(url, additional_headers=headers, proxy=None) as socket,
            ):
                assert json.loads(await socket.recv())["project"] == project
                await one.deployment.get_studio().revoke_api_key(made.api_key.id)
                for client in (first, second):
                    assert (await client.get("/api/v1/jobs")).status_code == 401
                async with asyncio.timeout(3 * slowness()):
                    async for _ in stream.aiter_lines():
                        pass
                    with pytest.raises(websockets.ConnectionClosed) as closed:
                        while True:
                            await socket.recv()
                assert closed.value.rcvd and closed.value.rcvd.code == KEY_REFUSED


async def test_a_key_approves_and_spends_no_more_than_was_said(settings: Settings, proxy: Proxy) -> None:
    """A clip costs $0.20. The server itself would approve $1."""
    async with open_server(settings, proxy) as server:
        for approves, code in ((None, "no_auto_approval"), ("0.19", "above_auto_approval")):
            secret = (await add_key(server, f"approves {approves}", auto_approve=approves)).secret
            async with server.open_openai(api_key=secret) as client:
                with pytest.raises(openai.APIStatusError) as caught:
                    await client.videos.create(prompt="x", model=MODEL)
                assert (caught.value.status_code, caught.value.code) == (402, code)
                assert "this API key" in caught.value.message
        made = await add_key(server, "shop", auto_approve="0.20", budget="0.40")
        async with server.open_openai(api_key=made.secret) as client:
            videos = [await client.videos.create(prompt=f"clip {n}", model=MODEL) for n in range(2)]
            for number in range(2, 4):
                with pytest.raises(openai.APIStatusError) as caught:
                    await client.videos.create(prompt=f"clip {number}", model=MODEL)
                assert (caught.value.status_code, caught.value.code) == (402, "above_budget")
                assert caught.value.type == "insufficient_quota"
            async with server.open_client(headers=bear(made.secret)) as native:
                body = {"prompt": "x", "model": MODEL, "max_usd": "0.20", "accept_unconfirmed": True}
                answer = await native.post("/api/v1/clips", json=body)
                assert (answer.status_code, answer.json()["code"]) == (402, "above_budget")
                assert len((await native.get("/api/v1/projects")).json()["projects"]) == 2
            async with asyncio.timeout(30):
                while [(await client.videos.retrieve(one.id)).status for one in videos] != ["completed"] * 2:
                    await asyncio.sleep(0.1)
        (budget,) = await server.deployment.get_studio().list_budgets()
        assert (budget.of, budget.spent_micros, budget.left_micros) == (made.api_key.id, 400_000, 0)
    assert len(proxy.submissions) == 2


async def test_a_retry_counts_among_the_queued_orders_of_its_key(settings: Settings, proxy: Proxy) -> None:
    """The danger: it was taken on, and an order that had been accepted before it ended for want of budget."""
    async with open_server(settings, proxy) as server, server.open_client() as owner:
        made = await add_key(server, "shop", auto_approve="0.20", budget="0.40")
        await owner.post("/api/v1/queue/pause")
        async with (
            server.open_openai(api_key=made.secret) as client,
            server.open_client(headers=bear(made.secret)) as own,
        ):
            first = await client.videos.create(prompt="clip 0", model=MODEL)
            assert (await own.post(f"/api/v1/jobs/{first.id}/cancel")).json()["result"] == "cancelled"
            for n in (1, 2):
                await client.videos.create(prompt=f"clip {n}", model=MODEL)
            body = {"max_usd": "0.20", "accept_unconfirmed": True}
            refused = await own.post(f"/api/v1/jobs/{first.id}/retry", json=body)
            assert (refused.status_code, refused.json()["code"]) == (402, "above_budget")


async def test_an_order_at_a_model_whose_bill_is_disputed_is_refused_until_a_person_decides(
    settings: Settings, tmp_path: Path
) -> None:
    """The danger: orders of $0.20 that were billed $2.40 each passed every cap, and nobody was asked."""
    proxy = Proxy(tmp_path / "proxy", bills=[2_400_000, 200_000])
    async with open_server(settings, proxy) as server, server.open_client() as client:
        studio, body = server.deployment.get_studio(), {"prompt": "a", "model": MODEL}
        await studio.set_budget("account", "0.70")
        assert (await client.post("/v1/videos", json=body)).status_code == 200
        async with asyncio.timeout(30):
            while not (disputed := [row for row in (await studio.show_spending()).disputed_rows if row.ended_at]):
                await asyncio.sleep(0.05)
        server.deployment.runtime.get_home().policies.clear()  # as after two seconds
        refused = await client.post("/v1/videos", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (402, "bill_is_disputed")
        with pytest.raises(OverBudget) as caught:
            await studio.clip("b", model=MODEL, yes=True, accept_unconfirmed=True)
        assert caught.value.exit_code == 5 and [one.kind for one in caught.value.actions] == ["decide_bill"]
        assert caught.value.params["bill"].params["purchase"] == disputed[0].purchase
        await studio.decide(disputed[0].purchase, "as-quoted", by="ada")
        assert (await client.post("/v1/videos", json=body)).status_code == 200


async def test_an_order_is_bought_once_also_if_it_is_sent_again_with_a_new_key(idle: Served) -> None:
    secrets = [(await add_key(idle, f"key {n}", auto_approve="1")).secret for n in range(2)]
    other = (await add_key(idle, "elsewhere", auto_approve="1", account="other")).secret
    ids = []
    async with idle.open_client(headers={"Idempotency-Key": "order-1"}) as client:
        for secret in (*secrets, other):
            ids.append((await client.post("/v1/videos", json=CLIP, headers=bear(secret))).json()["id"])
    assert ids[0] == ids[1] != ids[2], "an Idempotency-Key is the account's"
    async with idle.open_client(headers={"x-stainless-retry-count": "1"}) as client:
        retried = [
            (await client.post("/v1/videos", json={**CLIP, "seconds": "6"}, headers=bear(secret))).json()["id"]
            for secret in secrets
        ]
    assert len(set(retried)) == 2, "a retry without one is recognised only from the same key"


async def test_a_secret_stands_in_no_log_no_error_and_no_event(
    settings: Settings, proxy: Proxy, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_server(settings, proxy, IDLE) as server:
        secret = (await add_key(server, "shop", auto_approve="1")).secret
        async with server.open_client(headers=bear(secret)) as client:
            answers = [
                await client.post("/v1/videos", json={"prompt": "x", "model": secret}),
                await client.get(f"/api/v1/projects/{secret}"),
                await client.get(f"/v1beta/operations/{secret}"),
                await client.get(f"/api/v1/jobs?limit=0&key={secret}"),
                await client.get("/openapi.json"),
                await client.get("/health"),
                await client.post("/api/v1/clips", json={"prompt": "x", "model": MODEL, secret: 1}),
            ]
            await client.post("/v1/videos", json=CLIP)
            async with client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": "0"}) as stream:
                async for line in stream.aiter_lines():
                    answers.append(httpx2.Response(200, text=line))
                    if line.startswith("data: "):
                        break
        assert not [one.text for one in answers if secret in one.text]
    said = capsys.readouterr()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("reelwright", "uvicorn"))]
    assert secret not in said.out + said.err + "\n".join(ours)
    assert not [path for path in settings.home.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


async def test_with_keys_only_the_server_may_listen_on_any_address(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, replace(KEYS_ONLY, host="0.0.0.0")) as server:
        secret = (await add_key(server, "any")).secret
        port = server.url.rpartition(":")[2]
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            named = {**bear(secret), "Host": "studio.example"}
            assert (await client.get("/api/v1/jobs", headers=named)).status_code == 200
            assert (await client.get("/api/v1/jobs", headers={"Host": "studio.example"})).status_code == 401
    named_only = replace(KEYS_ONLY, hosts=frozenset({"studio.example"}))
    async with open_server(settings, proxy, named_only) as server, server.open_client() as client:
        assert (await client.get("/ping", headers={"Host": "other.example"})).status_code == 421
        assert (await client.get("/ping", headers={"Host": "studio.example"})).status_code == 200


def test_a_rehearsal_works_with_keys_and_says_who_can_reach_it(tmp_path: Path) -> None:
    environ = {**os.environ, "REELWRIGHT_HOME": str(tmp_path / "home"), "REELWRIGHT_HANDS": "1"}
    program = [sys.executable, "-m", "reelwright.cli"]
    add = [*program, "api-keys", "add", "shop", "--rehearse", "--budget", "5"]
    secret = subprocess.run(add, env=environ, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
    serve = [*program, "serve", "--rehearse", "--require-key", "--host", "0.0.0.0", "--port", "0"]
    with subprocess.Popen(serve, env=environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            first = process.stderr.readline()
            port = re.search(r":(\d+)", first)
            assert port and "everyone in its network who has an API key" in first, first
            clip = {"prompt": "a heron", "model": "openrouter-wan-2.7"}
            with httpx2.Client(base_url=f"http://127.0.0.1:{port[1]}", timeout=30) as client:
                assert client.post("/v1/videos", json=clip).status_code == 401
                assert client.post("/v1/videos", json=clip, headers=bear(secret)).status_code == 200
        finally:
            process.terminate()
            lines = process.stderr.read()
    assert "api-keys add NAME --rehearse" in lines and secret not in first + lines


async def test_a_key_pays_what_is_billed_and_buys_no_more_than_that_leaves(settings: Settings, tmp_path: Path) -> None:
    """A clip is quoted at $0.20 and billed at $0.50: after one, $0.20 of $0.70 are left, and the next would not fit."""
    proxy = Proxy(tmp_path / "proxy", bills=[500_000])
    async with open_server(settings, proxy) as server:
        made = await add_key(server, "shop", auto_approve="0.20", budget="0.70")
        async with server.open_openai(api_key=made.secret) as client, asyncio.timeout(30):
            for number, status in enumerate(("completed", "failed")):
                video = await client.videos.create(prompt=f"clip {number}", model=MODEL)
                while (video := await client.videos.retrieve(video.id)).status != status:
                    assert video.status not in ("completed", "failed"), video
                    await asyncio.sleep(0.1)
            assert video.error and video.error.code == "above_budget" and "$0.50" in video.error.message
            job = await server.deployment.get_studio().read_video_job(video.id)
            assert job.reason and job.reason.params["bill"].params["quoted_micros"] == 200_000
        (budget,) = await server.deployment.get_studio().list_budgets()
        assert (budget.spent_micros, budget.left_micros) == (500_000, 200_000) and len(proxy.submissions) == 1
