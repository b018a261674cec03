"""What an attack on the server found: repeated requests, deleted jobs, odd bodies, streams that open together."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from client.proxy import Proxy
from reelwright.reel.film.brief import Brief
from reelwright.server.event_feed import EventFeed
from reelwright.settings import Settings
from server.conftest import APPROVING, MODEL, Served, open_server
from server.test_metrics import find_free_port
from server.test_native import post, wait_for
from server.test_tenants import draw_picture

CLIP = {"prompt": "a heron", "model": MODEL, "accept_unconfirmed": True}


async def make_clip(client: httpx2.AsyncClient) -> dict[str, Any]:
    made = await post(client, "/clips", **CLIP)
    assert (await wait_for(client, made["job"]))["state"] == "done"
    return made


async def test_the_same_key_buys_one_retake_however_often_it_is_sent(server: Served) -> None:
    async with server.open_client() as client:
        made = await make_clip(client)
        path = f"/api/v1/projects/{made['project']}/shots/1/retakes"
        body = {"max_usd": "0.50", "accept_unconfirmed": True}
        jobs = set()
        for _ in range(3):
            answer = await client.post(path, json=body, headers={"Idempotency-Key": "rt"})
            assert answer.status_code == 202, answer.text
            jobs.add(answer.json()["job"])
            await wait_for(client, answer.json()["job"])
        assert len(jobs) == 1
        again = await client.post(path, json={**body, "max_usd": "0.60"}, headers={"Idempotency-Key": "rt"})
        assert again.status_code == 422
        too_dear = await client.post(path, json={**body, "max_usd": "0.10"}, headers={"Idempotency-Key": "poor"})
        assert too_dear.status_code == 402
        paid = await client.post(path, json={**body, "max_usd": "0.10"}, headers={"Idempotency-Key": "poor"})
        assert paid.status_code == 402, "a refused request is no order: it is looked at again"
    assert server.proxy and server.proxy.submissions == ["a heron"] * 2


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ('{"prompt": "x", "max_usd": "0.10", "max_usd": "5"}', []),
        ('{"prompt": "x", "samples": 1, "samples": 4}', []),
        ('{"prompt": "x"}', [("Reelwright-Max-Usd", "5"), ("Reelwright-Max-Usd", "0.1")]),
        ('{"prompt": "x"}', [("Idempotency-Key", "p"), ("Idempotency-Key", "q")]),
    ],
    ids=["cap", "samples", "header", "key"],
)
@pytest.mark.parametrize("path", ["/api/v1/clips", "/v1/videos"])
async def test_what_a_request_says_twice_is_refused_by_name(
    server: Served, path: str, body: str, headers: list[tuple[str, str]]
) -> None:
    """The danger: a gateway adds a low cap behind the client's own, and the higher one counts."""
    async with server.open_client() as client:
        sent = [("Content-Type", "application/json"), *headers]
        answer = await client.post(path, content=body, headers=sent)
    assert answer.status_code in (400, 422) and "given twice" in answer.text
    assert server.proxy and not server.proxy.submissions


async def test_a_cap_that_a_script_is_sent_with_twice_is_refused(server: Served) -> None:
    async with server.open_client() as client:
        answer = await client.post(
            "/api/v1/projects?max_usd=0.01&max_usd=5", content="# A\n\nb\n", headers={"Content-Type": "text/markdown"}
        )
    assert answer.status_code == 422 and "given twice" in answer.text


async def test_each_job_has_the_files_that_it_bought_and_deleting_one_leaves_the_other(server: Served) -> None:
    async with server.open_client() as client:
        made = await make_clip(client)
        path = f"/projects/{made['project']}/shots/1/retakes"
        retake = await post(client, path, max_usd="0.50", accept_unconfirmed=True)
        await wait_for(client, retake["job"])
        for job in (made["job"], retake["job"]):
            assert len((await client.get(f"/api/v1/jobs/{job}")).json()["files"]) == 1
        assert (await client.delete(f"/v1/videos/{made['job']}")).status_code == 200
        assert (await client.get(f"/api/v1/jobs/{made['job']}")).status_code == 404


async def test_what_a_job_bought_stays_its_file_when_the_clip_is_changed(server: Served) -> None:
    async with server.open_client() as client:
        made = await make_clip(client)
        path = f"/projects/{made['project']}"
        retake = await post(client, f"{path}/shots/1/retakes", max_usd="0.50", accept_unconfirmed=True)
        await wait_for(client, retake["job"])
        jobs = [made["job"], retake["job"]]
        before = [(await client.get(f"/v1/videos/{job}/content")).content for job in jobs]
        changed = {"shot": 1, "prompt": "a fox", "max_usd": "0.50", "accept_unconfirmed": True}
        edit = await post(client, f"{path}/edits", **changed)
        await wait_for(client, edit["job"])
        assert [(await client.get(f"/v1/videos/{job}/content")).content for job in jobs] == before
        assert (await client.get(f"/v1/videos/{edit['job']}/content")).status_code == 200
        back = await post(client, f"{path}/edits", **{**changed, "prompt": "a heron"})
        await wait_for(client, back["job"])
        assert back["job"] not in (*jobs, edit["job"]), "the edit's own video stays where it was"
        now = [(await client.get(f"/v1/videos/{job}/content")).content for job in (*jobs, back["job"], edit["job"])]
        assert now[:2] == before and now[2] in before and now[3] not in before


async def test_a_film_that_is_changed_back_is_answered_with_a_job_that_has_it(settings: Settings) -> None:
    async with open_server(settings, None, APPROVING) as server, server.open_client() as client:
        made = await post(client, "/projects", script="# Fenn\n\nIt never flickers.\n", short_side=180)
        await wait_for(client, made["job"])
        shown = (await client.get(f"/api/v1/projects/{made['project']}")).json()
        jobs = [made["job"]]
        for words in ({"name": "Fann"}, shown["shots"][0]["words"]):
            edit = await post(client, f"/projects/{made['project']}/edits", shot=1, words=words)
            jobs.append(edit["job"])
            assert (await wait_for(client, edit["job"]))["state"] == "done"
        films = [(await client.get(f"/api/v1/jobs/{job}/files/0")).content for job in jobs]
        assert films[0] == films[2] != films[1]


async def test_a_deleted_job_is_not_made_after_all(settings: Settings, proxy: Proxy) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        made = await post(client, "/clips", **CLIP)
        await client.delete(f"/v1/videos/{made['job']}")
        for way in ("retry", "cancel"):
            body = {"max_usd": "1", "accept_unconfirmed": True} if way == "retry" else {}
            assert (await client.post(f"/api/v1/jobs/{made['job']}/{way}", json=body)).status_code == 404
    assert proxy.submissions == []


async def test_the_same_words_to_another_path_or_model_are_another_order(settings: Settings, proxy: Proxy) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        body = {"instances": [{"prompt": "a wave"}]}
        paths = [f"/models/{model}:predictLongRunning" for model in (MODEL, "litellm-veo-3.1-fast")]
        keyed = [await client.post(path, json=body, headers={"Idempotency-Key": "k"}) for path in paths]
        assert [one.status_code for one in keyed] == [200, 400]
        bare = [await client.post(path, json=body, headers={"x-stainless-retry-count": "1"}) for path in paths]
        names = {one.json()["name"].rpartition("/")[2] for one in [keyed[0], *bare]}
        assert len(names) == 3, "three orders"


async def test_a_first_attempt_after_a_retry_is_an_order_of_its_own(settings: Settings, proxy: Proxy) -> None:
    """Who is still there to read the answer to a first attempt has not retried it: it is another caller's."""
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        body, retry = {"prompt": "x", "model": MODEL}, {"x-stainless-retry-count": "1"}
        early = (await client.post("/v1/videos", json=body, headers=retry)).json()["id"]
        made = {(await client.post("/v1/videos", json=body)).json()["id"] for _ in range(2)}
        assert len({early, *made}) == 3


@pytest.mark.parametrize(
    "text",
    ['{"brief": "x", "length": NaN}', '{"brief": "x", "takes": 1e999}', '{"brief": "\\ud800"}', '{"\\ud800": 1}',
     '{"brief": "x\\u0000"}', '{"brief": "x", "models": ["\\udfff"]}'],
)  # fmt: skip
async def test_a_body_that_no_answer_could_repeat_is_refused(server: Served, text: str) -> None:
    async with server.open_client() as client:
        for path in ("/api/v1/quotes", "/v1/videos", "/generate", "/api/generate", "/api/mv/scenes"):
            answer = await client.post(path, content=text, headers={"Content-Type": "application/json"})
            assert answer.status_code in (400, 422), (path, answer.text)


async def test_an_origin_that_is_no_address_is_foreign(server: Served) -> None:
    async with server.open_client() as client:
        answer = await client.post("/v1/videos", json={}, headers={"Origin": "http://["})
        assert answer.status_code == 403


async def test_the_metrics_are_not_read_under_another_name(settings: Settings, proxy: Proxy) -> None:
    port = find_free_port()
    async with open_server(settings, proxy, replace(APPROVING, metrics_port=port)), httpx2.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/metrics", headers={"Host": "evil.example"})
        assert answer.status_code == 421 and "reelwright_jobs" not in answer.text


async def test_a_download_can_be_asked_for_its_size_alone(server: Served) -> None:
    async with server.open_client() as client:
        made = await make_clip(client)
        for path in (f"/v1/videos/{made['job']}/content", f"/api/v1/jobs/{made['job']}/files/0"):
            head = await client.head(path)
            assert head.status_code == 200 and int(head.headers["content-length"]) > 100 and head.content == b""


async def test_streams_that_open_together_have_every_event_once_and_leave_no_reader(server: Served) -> None:
    runtime = server.deployment.runtime
    journal, account = runtime.journal, runtime.settings.account
    feed = EventFeed(journal, account)

    async def read(count: int) -> list[int]:
        events, found = feed.follow(0), list[int]()
        async for together in events:
            found += [event.id for event in together]
            if len(found) >= count:
                break
        await events.aclose()
        return found

    for n in range(5):
        await journal.open_project(account, f"p{n}", Brief(text="x"))
    async with asyncio.timeout(20):
        streams = [asyncio.create_task(read(10)) for _ in range(8)]
        await asyncio.sleep(0.3)
        for n in range(5):
            await journal.open_project(account, f"q{n}", Brief(text="x"))
        found = await asyncio.gather(*streams)
    assert all(one == sorted(set(one)) == found[0] for one in found)
    assert feed._reading is None and feed._streams == 0
    async with server.open_client() as client:
        assert (await client.get(f"/api/v1/events?after={10**23}")).status_code == 422
        assert json.loads((await client.get("/api/v1/events?after=-1")).text)["field"] == "after"


async def test_a_retry_of_the_older_dialect_is_one_order_with_its_key(settings: Settings, proxy: Proxy) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        clip = {"prompt": "x", "model": MODEL}
        job = (await client.post("/v1/videos", json=clip, headers={"Idempotency-Key": "one"})).json()["id"]

        async def retry(key: str) -> httpx2.Response:
            return await client.post(f"/api/retry/{job}", headers={"Idempotency-Key": key})

        assert (await client.post(f"/api/cancel/{job}")).status_code == 200
        assert (await retry("one")).status_code == 422, "the key of another request"
        assert (await retry("two")).json()["status"] == "queued"
        assert (await client.post(f"/api/cancel/{job}")).status_code == 200
        assert (await retry("two")).json()["status"] == "cancelled", "the same request again: nothing new"
        assert (await retry("three")).json()["status"] == "queued"
        early = await retry("four")
        assert (early.status_code, early.json()["code"]) == (409, "job_cannot_be_retried")


async def test_a_file_that_a_job_never_had_is_not_waited_for(server: Served) -> None:
    async with server.open_client() as client:
        job = (await make_clip(client))["job"]
        for index in (1, 7, -1):
            assert (await client.get(f"/api/v1/jobs/{job}/files/{index}")).status_code == 404, index


@pytest.mark.parametrize(
    ("query", "pictures"),
    [(f"?max_usd={'9' * 5000}", None), ("?script=x", None), ("", {"script.md/x.jpg": "0" * 64}),
     ("", {"./script.md": "0" * 64})],
)  # fmt: skip
async def test_odd_options_of_a_script_are_refused(server: Served, query: str, pictures: dict[str, str] | None) -> None:
    async with server.open_client() as client:
        asset = (await client.post("/api/v1/assets", content=draw_picture("x"))).json()["id"]
        script = "# A\n\nIt hums.\n"
        if pictures:
            body = {"script": script, "pictures": dict.fromkeys(pictures, asset)}
            answer = await client.post("/api/v1/projects", json=body)
        else:
            kind = {"Content-Type": "text/markdown"}
            answer = await client.post(f"/api/v1/projects{query}", content=script, headers=kind)
        assert answer.status_code == 422, answer.text


async def test_an_upload_whose_first_part_is_refused_takes_no_place(server: Served) -> None:
    async with server.open_client() as client:
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Content-Type": "application/offset+octet-stream"}
        assert (await client.post("/api/v1/uploads", content=b"x" * 9, headers=headers)).status_code == 422
        assert (await client.get("/api/v1/uploads")).json() == {"uploads": []}


@pytest.mark.parametrize("index", ["%200", "0%20", "+0", "0_0", "00", "-0", "0.0", "%D9%A0", "9" * 30])
async def test_a_number_in_a_path_is_written_in_one_way(server: Served, index: str) -> None:
    async with server.open_client() as client:
        for path in ("/api/v1/jobs/x/files/", "/api/download/x/video/"):
            assert (await client.get(path + index)).status_code == 422, path
        assert (await client.post(f"/api/v1/jobs/x/files/{index}/links")).status_code == 422
        assert (await client.get("/api/v1/jobs", params=f"limit={index}")).status_code == 422
