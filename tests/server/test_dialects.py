"""The dialects of five older systems, by the letter of their documents (rows S0-13 and on), against one server."""

from __future__ import annotations

import asyncio
import base64
import io
import itertools
import json
import re
import socket
import statistics
import time
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import av
import httpx2
import pytest
import websockets
from PIL import Image

from client.proxy import Proxy, film
from reelwright.client import options
from reelwright.client.generator import VeoVideoGenerator
from reelwright.client.video_uri import parse_video_uri
from reelwright.errors import NotAccepted
from reelwright.planner import flavors
from reelwright.providers.fakes.script import Script, answer_status
from reelwright.providers.fakes.server import FakeServer
from reelwright.reason import build_reason
from reelwright.reel.records.operation import WaitReason
from reelwright.server import app
from reelwright.server.dialects import states
from reelwright.settings import Settings
from reelwright.studio.results.listings import PublicJobState
from reelwright.studio.results.video_job import VideoJob
from reelwright.studio.runtime.rehearsal import Rehearsal
from server.conftest import APPROVING, MODEL, Served, open_server
from server.front import Front
from server.test_access import add_key, bear
from store.observing import change

IDLE = replace(APPROVING, has_director=False)
BRIEF = "“It never flickers.” For “Fenn”, a desk lamp"


def draw_picture(size: tuple[int, int] = (1280, 720)) -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", size, (200, 80, 40)).save(picture, "PNG")
    return picture.getvalue()


async def get(client: httpx2.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.text)
    return dict(answer.json())


async def wait_for(client: httpx2.AsyncClient, path: str, *words: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while (found := await get(client, path))["status"] not in words:
            await asyncio.sleep(0.05)
    return found


# S0: the Veo web app


async def create_s0(client: httpx2.AsyncClient, files: Any = None, **fields: str) -> httpx2.Response:
    parts = files or {"unused": ("", b"")}
    return await client.post("/api/generate", data={"model": MODEL, **fields}, files=parts)


async def test_s0_a_form_makes_videos_that_are_downloaded_one_by_one_or_as_a_zip(server: Served) -> None:
    async with server.open_client() as client:
        made = await create_s0(client, prompt="a heron", sampleCount="3", userEmail="ana@example.org")
        assert made.status_code == 200, made.text
        job = made.json()["job_id"]
        assert UUID(job.removeprefix("job_")) and made.json()["status"] == "queued" and made.json()["position"] == 1
        done = await wait_for(client, f"/api/status/{job}", "completed", "failed")
        assert done["status"] == "completed" and len(done["video_urls"]) == 3
        whole = await client.get(f"/api/download/{job}")
        assert whole.headers["content-type"] == "application/zip"
        assert int(whole.headers["content-length"]) == len(whole.content)
        with zipfile.ZipFile(io.BytesIO(whole.content)) as archive:
            assert archive.testzip() is None and len(archive.namelist()) == 3
            assert archive.read("video-1.mp4") == await film("a heron")
        assert (await client.get(f"/api/download/{job}")).content == whole.content, "made the same every time"
        for index in range(3):
            one = await client.get(f"/api/download/{job}/video/{index}", headers={"Range": "bytes=4-7"})
            assert (one.status_code, one.content) == (206, b"ftyp")
        assert (await client.get(f"/api/download/{job}/video/3")).status_code in (404, 409)
        mine = await get(client, "/api/user-jobs?user_email=ana@example.org")
        assert [one["job_id"] for one in mine["jobs"]] == [job]
        assert (await get(client, "/api/user-jobs?user_email=bo@example.org"))["jobs"] == []
    assert server.proxy and server.proxy.submissions == ["a heron"] * 3, "one call for each video"


async def test_s0_one_video_without_a_picture_is_a_plain_file(server: Served) -> None:
    async with server.open_client() as client:
        job = (await create_s0(client, prompt="a heron", sample_count="1")).json()["job_id"]
        assert (await client.get(f"/api/download/{job}")).status_code in (200, 409)
        await wait_for(client, f"/api/status/{job}", "completed")
        found = await client.get(f"/api/download/{job}")
        assert found.headers["content-type"] == "video/mp4" and found.content == await film("a heron")
        assert "attachment" in found.headers["content-disposition"]


@pytest.mark.parametrize("count", ["0", "5", "x", "1.5"])
async def test_s0_other_counts_are_refused(server: Served, count: str) -> None:
    async with server.open_client() as client:
        assert (await create_s0(client, prompt="x", sampleCount=count)).status_code == 422


async def test_s0_pictures_go_to_their_places(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        files = [("startImage", ("a.png", draw_picture(), "image/png"))]
        made = await create_s0(client, files, prompt="it moves")
        assert made.status_code == 200, made.text
        studio = server.deployment.get_studio()
        assert len((await studio.read_video_job(made.json()["job_id"])).pictures) == 1
        small = [("startImage", ("a.png", draw_picture((719, 719)), "image/png"))]
        assert (await create_s0(client, small, prompt="x")).status_code == 422


async def test_s0_a_job_is_cancelled_retried_and_deleted(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        jobs = [(await create_s0(client, prompt=f"clip {n}")).json()["job_id"] for n in range(3)]
        assert [(await get(client, f"/api/status/{job}"))["position"] for job in jobs] == [1, 2, 3]
        queue = await get(client, "/api/queue-status")
        assert queue["queue_length"] == 3 and queue["processing_jobs"] == [] and queue["concurrent_limit"]
        cancelled = await client.post(f"/api/cancel/{jobs[0]}")
        assert cancelled.json()["status"] == "cancelled"
        assert (await client.post(f"/api/retry/{jobs[0]}")).json()["status"] == "queued"
        assert (await client.post(f"/api/retry/{jobs[1]}")).status_code == 409
        assert (await client.delete(f"/api/delete/{jobs[1]}")).status_code == 200
        assert (await client.get(f"/api/status/{jobs[1]}")).status_code == 404
    async with open_server(settings, proxy) as server, server.open_client() as client:
        await wait_for(client, f"/api/status/{jobs[0]}", "completed")
        await wait_for(client, f"/api/status/{jobs[2]}", "completed")
        assert (await client.post(f"/api/cancel/{jobs[2]}")).status_code == 409
        freed = (await client.delete(f"/api/cleanup/{jobs[2]}")).json()
        assert freed["freed_bytes"] > 0 and (await client.get(f"/api/download/{jobs[2]}")).status_code == 410
        assert (await client.get(f"/api/status/{jobs[2]}")).status_code == 200
        assert (await client.delete(f"/api/delete/{jobs[2]}")).status_code == 200
        spent = await get(client, "/api/v1/spend")
        assert spent["usd"] == "0.40", "the ledger keeps what it cost"
    assert sorted(proxy.submissions) == ["clip 0", "clip 2"]


async def test_an_order_whose_approval_lapsed_is_failed_with_the_reason_and_can_be_retried(
    settings: Settings, proxy: Proxy
) -> None:
    """It was called queued for ever: no client can see that it waits for an approval, or give it."""
    paths = ("/v1/videos/{}", "/api/status/{}", "/status/{}")
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        job = (await create_s0(client, prompt="a heron", sampleCount="1")).json()["job_id"]
        change(server.deployment.runtime.database, "UPDATE jobs SET consent_expires_at = 1")
    async with open_server(settings, proxy) as server, server.open_client() as client:
        for path in paths:
            await wait_for(client, path.format(job), "failed", "FAILED")
        error = (await get(client, f"/v1/videos/{job}"))["error"]
        assert error["code"] == "quote_lapsed" and "lapsed" in error["message"]
        operation = await get(client, f"/v1beta/models/{MODEL}/operations/{job}")
        assert operation["done"] and "lapsed" in operation["error"]["message"]
        assert proxy.submissions == []
        again = await client.post(f"/api/retry/{job}")
        assert again.status_code == 200, again.text
        await wait_for(client, f"/v1/videos/{again.json()['job_id']}", "completed")
    assert proxy.submissions == ["a heron"]


# S1: the Mochi cluster


async def test_s1_a_prompt_becomes_a_video(server: Served) -> None:
    async with server.open_client() as client:
        body = {"prompt": "a fox", "account_id": "team-1", "model": MODEL}
        made = (await client.post("/generate", json=body)).json()
        assert made["status"] == "PENDING"
        done = await wait_for(client, f"/status/{made['job_id']}", "COMPLETED", "FAILED")
        assert done["status"] == "COMPLETED" and done["account_id"] == "team-1"
        found = await client.get(f"/download/{made['job_id']}")
        assert found.headers["content-type"] == "video/mp4" and found.content == await film("a fox")
        listed = await get(client, "/jobs/team-1")
        assert [one["job_id"] for one in listed["jobs"]] == [made["job_id"]]
        for path in ("/jobs/team-2", "/status/job_0", "/download/job_0"):
            assert (await client.get(path)).status_code == 404, path
        assert (await client.post("/generate", json={"account_id": "x"})).status_code == 422


async def test_s1_a_video_is_not_downloaded_before_it_is_there(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, IDLE) as server, server.open_client() as client:
        job = (await client.post("/generate", json={"prompt": "x", "model": MODEL})).json()["job_id"]
        assert (await client.get(f"/download/{job}")).status_code == 409
        assert (await get(client, f"/status/{job}"))["status"] == "PENDING"


async def test_s1_a_job_at_work_runs_and_the_newest_is_listed_first(server: Served) -> None:
    async with server.open_client() as client:
        jobs = []
        for prompt in ("600s a fox", "600s an owl", "600s a boat"):
            body = {"prompt": prompt, "account_id": "team-1", "model": MODEL}
            jobs.append((await client.post("/generate", json=body)).json()["job_id"])
        await wait_for(client, f"/status/{jobs[0]}", "RUNNING")
        listed = (await get(client, "/jobs/team-1"))["jobs"]
        assert [one["job_id"] for one in listed] == jobs[::-1] and {*listed[0]} == {
            "job_id", "status", "prompt", "account_id", "created_at", "progress", "download_url", "error"
        }  # fmt: skip
        status = await get(client, f"/status/{jobs[0]}")
        assert {**listed[-1], "progress": status["progress"]} == status, "progress is an estimate that grows"
        studio = server.deployment.get_studio()
        found = await studio.read_video_job(jobs[0])
        assert VideoJob.model_validate_json(found.model_dump_json()) == found


# S2: the ad pipeline

S2_FIELDS = [
    "video_id", "status", "progress", "current_phase", "animatic_urls", "stitched_video_url", "final_video_url",
    "current_chunk_index", "total_chunks", "cost_usd",
]  # fmt: skip


S2_STAGES = [
    ("queued", "phase1_validate"), ("validating", "phase1_validate"), ("generating_storyboard", "phase2_storyboard"),
    ("generating_chunks", "phase4_chunks"), ("refining", "phase5_refine"), ("completed", "phase5_refine"),
]  # fmt: skip


def write_small_flavor(settings: Settings) -> None:
    """A flavor of few and small pictures, so that its films are made soon."""
    folder = settings.home / "rehearsal" / "flavors" / "small"
    folder.mkdir(parents=True)
    spot = (Path(flavors.__file__).parent / "spot" / "pipeline_params.yaml").read_text()
    small = spot.replace("[30, 1]", "[5, 1]").replace('"16:9"', '"1:1"')
    (folder / "pipeline_params.yaml").write_text(small)


async def test_s2_a_prompt_becomes_a_film_with_every_field_of_its_status(settings: Settings) -> None:
    write_small_flavor(settings)
    options = replace(APPROVING, is_key_required=True)
    async with open_server(settings, None, options, rehearsal=Rehearsal(speed=3600)) as server:
        studio = server.deployment.get_studio()
        keys = [(await studio.create_api_key(role, role)).secret for role in ("producer", "viewer")]
        clients = [server.open_client(headers={"x-api-key": one}) for one in keys]
        async with clients[0] as client, clients[1] as viewer, server.open_client() as anyone:
            seen = await follow_s2_film(client)
            done = seen[-1]
            await check_s2_files(client, anyone, done)
            plain = (await get(viewer, f"/api/status/{done['video_id']}"))["animatic_urls"]
            assert plain[0].startswith(f"{server.url}/api/v1/assets/"), "a viewer hands nothing on"
            assert (await anyone.get(plain[0])).status_code == 401


async def follow_s2_film(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """Order a film and return each status that differs from the one before."""
    body = {
        "prompt": BRIEF + ". 3 seconds", "title": "Fenn", "description": "a lamp", "config_flavor": "small",
        "model": "hailuo_fast",
    }  # fmt: skip
    answer = await client.post("/api/generate", json=body)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert list(made) == ["video_id", "status", "message"] and made["status"] == "queued"
    seen: list[dict[str, Any]] = [{}]
    pings_s: list[float] = []
    async with asyncio.timeout(90):
        while seen[-1].get("status") not in ("completed", "failed"):
            began = time.perf_counter()
            assert (await client.get("/ping")).status_code == 200
            pings_s.append(time.perf_counter() - began)
            status = await get(client, f"/api/status/{made['video_id']}")
            if status != seen[-1]:
                seen.append(status)
            await asyncio.sleep(0.02)
    assert statistics.median(pings_s) < 0.5, "the server answers while it composes"
    del seen[0]
    for status in seen:
        assert set(S2_FIELDS) <= set(status) and isinstance(status["progress"], float), status
        assert (status["title"], status["description"]) == ("Fenn", "a lamp")
        has_ended = status["status"] == "completed"
        assert bool(status["final_video_url"]) == bool(status["stitched_video_url"]) == has_ended, status
        assert bool(status["animatic_urls"]) == (status["current_phase"] > "phase2_storyboard"), status
        assert status["current_chunk_index"] == (status["current_phase"] > "phase4_chunks")
        assert status["total_chunks"] == 1
    stages = [*dict.fromkeys((one["status"], one["current_phase"]) for one in seen)]
    assert stages == [one for one in S2_STAGES if one in stages] and set(S2_STAGES[2:]) <= set(stages), stages
    for name in ("progress", "cost_usd"):
        values = [one[name] for one in seen]
        assert values == sorted(values) and values[0] == 0 < values[-1], name
    assert seen[-1]["progress"] == 100
    return seen


async def check_s2_files(client: httpx2.AsyncClient, anyone: httpx2.AsyncClient, done: dict[str, Any]) -> None:
    """A still is opened by its link alone; the picture is the film without its sound."""
    (link,) = done["animatic_urls"]
    still = await anyone.get(link)
    assert still.headers["content-type"].startswith("image/") and Image.open(io.BytesIO(still.content)).size > (0, 0)
    assert 3600 - 60 < int(still.headers["cache-control"].rpartition("=")[2]) <= 7200
    assert (await get(client, f"/api/status/{done['video_id']}"))["animatic_urls"] == [link], "the same for an hour"
    film_, picture = [(await anyone.get(done[f"{name}_video_url"])).content for name in ("final", "stitched")]
    assert (await client.get(f"/api/download/{done['video_id']}")).content == film_
    with av.open(io.BytesIO(film_)) as whole, av.open(io.BytesIO(picture)) as silent:
        assert [one.type for one in whole.streams] == ["video", "audio"]
        assert [one.type for one in silent.streams] == ["video"]
        frames = [len([*one.decode(video=0)]) for one in (whole, silent)]
    assert frames[0] == frames[1] > 0
    head = await client.head(done["stitched_video_url"])
    assert int(head.headers["content-length"]) == len(picture)
    at = next(n for n, (one, other) in enumerate(zip(film_, picture, strict=True)) if one != other)
    for first, last in ((at - 1, at + 1), (at + 2, at + 9), (0, at)):
        part = await client.get(done["stitched_video_url"], headers={"Range": f"bytes={first}-{last}"})
        assert (part.status_code, part.content) == (206, picture[first : last + 1])
    tag = {"If-None-Match": head.headers["etag"]}
    assert (await client.get(done["stitched_video_url"], headers=tag)).status_code == 304
    assert (await client.get(done["final_video_url"], headers=tag)).status_code == 200
    assert (await anyone.get(done["stitched_video_url"].replace("/links/", "/links/x"))).status_code == 404


async def test_s2_one_id_is_for_every_request(settings: Settings, proxy: Proxy) -> None:
    async with open_server(settings, proxy, IDLE, can_draw=True) as server, server.open_client() as client:
        made = (
            await client.post("/api/generate", json={"prompt": BRIEF, "config_flavor": "spot", "model": "animatic"})
        ).json()
        name = made["video_id"]
        assert (await client.get(f"/api/download/{name}")).status_code == 409, "not made yet"
        assert (await get(client, f"/api/v1/jobs/{name}"))["labels"]["dialect"] == "ads"
        assert (await client.post(f"/api/cancel/{name}")).json()["status"] == "cancelled"
        status = await get(client, f"/api/status/{name}")
        assert (status["status"], status["current_phase"]) == ("failed", "phase1_validate")
        assert (await client.delete(f"/api/delete/{name}")).status_code == 200
        assert (await client.get(f"/api/status/{name}")).status_code == 404


async def test_s2_its_own_body_is_priced_as_five_takes_and_four_stills(settings: Settings) -> None:
    body = {"prompt": "Create a 30-second Nike sneaker ad, energetic style", "title": "Nike"}
    async with (
        open_server(settings, None, IDLE, rehearsal=Rehearsal(speed=3600)) as server,
        server.open_client() as client,
    ):
        made = (await client.post("/api/generate", json=body)).json()
        shown = await get(client, f"/api/v1/jobs/{made['video_id']}")
        plan = await server.deployment.get_studio().show(shown["project"])
    assert sum(shot.duration_s for shot in plan.shots) == 30 and len(plan.shots) == 5
    assert [shot.beat for shot in plan.shots] == ["hook", "reveal", "demo", "demo", "benefit"]
    assert not [shot for shot in plan.shots if "Create" in shot.prompt or "energetic style" in shot.prompt]


def test_s2_uses_no_other_words_than_are_documented() -> None:
    document = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text(encoding="utf-8")
    found = set()
    for key in states.ENDS:
        state, _, reason = key.partition("/")
        for seconds, has_stills, has_takes in itertools.product((0, 3), (False, True), (False, True)):
            why = build_reason("above_budget", frees_at="2026-11-25 00:00 UTC")
            job = VideoJob.model_construct(
                state=state, wait_reason=reason or None, duration_s=seconds, reason=why, has_started=has_stills
            )
            found.add(states.find_ad_status(job, has_stills=has_stills, has_takes=has_takes))
    assert found == {*S2_STAGES, *(("failed", phase) for _, phase in S2_STAGES)}
    assert not [word for pair in found for word in pair if f"`{word}`" not in document]


async def test_s2_pictures_are_sent_first_and_named_by_their_ids(server: Served) -> None:
    async with server.open_client() as client:
        pictures = [draw_picture((800 + n, 800)) for n in range(3)]
        files = [("files", (f"{n}.png", one, "image/png")) for n, one in enumerate(pictures)]
        ids = (await client.post("/api/upload", files=files)).json()["asset_ids"]
        assert len(set(ids)) == 3
        again = (await client.post("/api/upload", files=files[::-1])).json()["asset_ids"]
        assert again == ids[::-1], "in the order in which they were sent"
        assert (await client.get(f"/api/v1/assets/{ids[0]}")).headers["content-type"].startswith("image/")
        bad = [*files, ("files", ("x.png", b"no picture", "image/png"))]
        assert (await client.post("/api/upload", files=bad)).status_code == 422
        for assets, status in ((["0" * 64], 404), (["../x"], 422), ("x", 422)):
            body = {"prompt": BRIEF, "reference_assets": assets}
            assert (await client.post("/api/generate", json=body)).status_code == status
        assert (await get(client, "/api/v1/jobs"))["jobs"] == []


async def test_s0_and_s2_share_a_path_and_are_told_apart_by_the_body(server: Served) -> None:
    async with server.open_client() as client:
        assert (await client.post("/api/generate", content=b"x")).status_code == 422
        job = (await create_s0(client, prompt="x")).json()["job_id"]
        assert "retry_count" in await get(client, f"/api/status/{job}")


async def test_a_job_whose_provider_asks_to_come_back_later_says_why_and_when(server: Served) -> None:
    assert server.proxy
    server.proxy.answers = [NotAccepted("full for today", after_s=86_400)]
    async with server.open_client() as client:
        job = (await create_s0(client, prompt="a heron")).json()["job_id"]
        async with asyncio.timeout(30):
            while not (note := (await get(client, f"/api/status/{job}"))["note"]):
                await asyncio.sleep(0.05)
        assert "not accepted" in note and "full for today" in note and " in " in note
        shown = await get(client, f"/api/v1/jobs/{job}")
        assert shown["state"] == "running" and shown["reason"]["code"] == "resent_later" and shown["message"] == note
        await client.delete(f"/api/delete/{job}")


# S3: vertical shorts


async def test_s3_an_idea_becomes_scenes_and_its_project_is_followed_live(settings: Settings) -> None:
    async with open_server(settings, None) as server, server.open_client() as client:
        unknown = await client.post("/api/mv/scenes?config_flavor=nobody", json={"idea": BRIEF})
        assert unknown.status_code == 422 and "default" in unknown.json()["accepted"]
        answer = await client.post("/api/mv/scenes?config_flavor=example", json={"idea": BRIEF})
        assert answer.status_code == 200, answer.text
        made = answer.json()
        assert made["config_flavor"] == "example" and made["scenes"][0]["words"]
        url = f"{server.url.replace('http', 'ws')}/api/ws/{made['project_id']}"
        async with asyncio.timeout(60), websockets.connect(url) as socket:
            events = [json.loads(await socket.recv()) for _ in range(5)]
        assert [one["id"] for one in events] == sorted({one["id"] for one in events})
        assert {one["project"] for one in events} == {made["project_id"]}
        async with asyncio.timeout(60), websockets.connect(f"{url}?after={events[2]['id']}") as socket:
            assert json.loads(await socket.recv())["id"] == events[3]["id"], "nothing is missed or repeated"
        async with websockets.connect(url.replace(made["project_id"], "nobody")) as socket:
            assert json.loads(await socket.recv())["error"]["status"] in (404, 422)


async def test_s3_the_page_of_another_site_gets_no_events(server: Served) -> None:
    url = f"{server.url.replace('http', 'ws')}/api/ws/last"
    with pytest.raises(websockets.InvalidStatus) as caught:
        async with websockets.connect(url, origin="https://evil.example"):  # type: ignore[arg-type]
            pass
    assert caught.value.response.status_code == 403


async def test_s3_what_one_server_does_is_heard_at_another_and_so_is_a_worker(
    settings: Settings, tmp_path: Path
) -> None:
    settings, proxy = replace(settings, model=MODEL), Proxy(tmp_path / "proxy", seconds=300.0)  # at work when cancelled
    async with (
        asyncio.timeout(60),
        open_server(settings, proxy, IDLE, can_draw=True) as first,
        open_server(settings, proxy, IDLE, can_draw=True) as second,
        first.open_client() as client,
    ):
        idea = {"idea": BRIEF, "max_usd": "2"}
        made = (await client.post("/api/mv/scenes?config_flavor=spot", json=idea)).json()
        async with websockets.connect(f"{second.url.replace('http', 'ws')}/api/ws/{made['project_id']}") as socket:
            await hear(socket, "job.queued")
            await client.patch(f"/api/v1/jobs/{made['job_id']}", json={"priority": "low"})
            async with open_server(settings, proxy, can_draw=True):  # it has a director: the worker
                await hear(socket, "job.running")
            await client.post(f"/api/cancel/{made['job_id']}")
            await hear(socket, "job.cancelling")


async def hear(socket: websockets.ClientConnection, *kinds: str) -> None:
    while json.loads(await socket.recv())["kind"] not in kinds:
        pass


async def test_s3_a_flavor_changes_what_the_provider_is_sent(settings: Settings, proxy: Proxy) -> None:
    async with (
        asyncio.timeout(60),
        open_server(replace(settings, model=MODEL), proxy, can_draw=True) as server,
        server.open_client() as client,
    ):
        for flavor in ("example", ""):
            before = len(proxy.submissions)
            query = f"?config_flavor={flavor}" if flavor else ""
            made = await client.post(f"/api/mv/scenes{query}", json={"idea": f"{BRIEF} {flavor}", "max_usd": "2"})
            assert made.status_code == 200 and made.json()["config_flavor"] == (flavor or "default"), made.text
            while len(proxy.submissions) == before:
                await asyncio.sleep(0.05)
            sent = proxy.submissions[-1]
            assert ("Shot on 35mm film with fine grain" in sent) == (flavor == "example"), sent
            await client.post(f"/api/cancel/{made.json()['job_id']}")


# S4, the client library, and Google's own clients: long-running operations


@pytest.mark.parametrize("prefix", ["", "/v1beta", "/gemini/v1beta"])
async def test_s4_an_operation_is_started_polled_and_downloaded(server: Served, prefix: str) -> None:
    async with server.open_client() as client:
        image = {"bytesBase64Encoded": base64.b64encode(draw_picture()).decode(), "mimeType": "image/png"}
        bad = {"instances": [{"prompt": "x", "image": {**image, "bytesBase64Encoded": "?"}}]}
        refused = await client.post(f"{prefix}/models/{MODEL}:predictLongRunning", json=bad)
        assert (refused.status_code, refused.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
        body = {"instances": [{"prompt": "a wave"}], "parameters": {"durationSeconds": 4, "sampleCount": 1}}
        name = (await client.post(f"{prefix}/models/{MODEL}:predictLongRunning", json=body)).json()["name"]
        assert re.fullmatch(rf"models/{MODEL}/operations/job_[0-9a-f-]+", name)
        async with asyncio.timeout(30):
            while not (operation := await get(client, f"{prefix}/{name}")).get("done"):
                await asyncio.sleep(0.05)
        uri = parse_video_uri(operation)
        assert (await client.get(uri)).content == await film("a wave")
        part = await client.get(uri, headers={"Range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, b"ftyp")
        short = await get(client, f"{prefix}/operations/{name.rpartition('/')[2]}")
        assert short["name"] == operation["name"]
        missing = await client.get(f"{prefix}/models/{MODEL}/operations/job_0")
        assert (missing.status_code, missing.json()["error"]["status"]) == (404, "NOT_FOUND")


async def test_s4_a_refused_operation_is_done_with_an_error(server: Served) -> None:
    async with server.open_client() as client:
        body = {"instances": [{"prompt": "refuse this"}]}
        name = (await client.post(f"/models/{MODEL}:predictLongRunning", json=body)).json()["name"]
        async with asyncio.timeout(30):
            while not (operation := await get(client, f"/{name}")).get("done"):
                await asyncio.sleep(0.05)
        assert "the proxy says no" in operation["error"]["message"] and "response" not in operation


async def test_s4_its_whole_client_makes_a_video_with_this_server(
    settings: Settings, proxy: Proxy, tmp_path: Path
) -> None:
    keys_only = replace(APPROVING, is_key_required=True)
    async with open_server(settings, proxy, keys_only) as server, server.open_client() as anybody:
        secret = (await add_key(server, "client", auto_approve="1")).secret
        given: dict[str, Any] = {
            "api_key": secret, "model": f"proxy:{MODEL}", "unknown_at_most": "1", "output_dir": tmp_path / "videos",
            "settings": Settings(home=tmp_path / "client"), "show_progress": False, "poll_initial_delay": 0.05,
            "poll_max_delay": 0.1,
        }  # fmt: skip
        async with VeoVideoGenerator(f"{server.url}/v1beta", **given) as generator:
            video = await generator.generate_video_async("a wave")
            assert video.success and video.video_path
            assert video.video_path.read_bytes() == await film("a wave", 8000)
        (job,) = (await anybody.get("/api/v1/jobs", headers=bear(secret))).json()["jobs"]
        for path in (f"/v1beta/files/{job['id']}-0:download", f"/v1beta/operations/{job['id']}"):
            assert (await anybody.get(path)).status_code == 401, "the address alone opens nothing"
            assert (await anybody.get(path, headers=bear(secret))).status_code == 200, path
    assert proxy.submissions == ["a wave"]


async def test_s4_a_create_that_is_sent_three_times_with_one_key_is_one_purchase(server: Served) -> None:
    """The first 503 comes before the server, the second after it took the create."""
    script = Script().add_rule("submit", answer_status(503), calls=(1,))
    path = f"/v1beta/models/{MODEL}:predictLongRunning"
    async with FakeServer(Front(server.url, script, lost=(2,))) as front, httpx2.AsyncClient() as client:
        send = partial(client.post, front.url + path, headers={"Idempotency-Key": "k-1"})
        answers = [await send(json={"instances": [{"prompt": "a wave"}]}) for _ in range(4)]
        assert [one.status_code for one in answers] == [503, 503, 200, 200]
        name = answers[2].json()["name"]
        assert answers[3].json()["name"] == name, "also sent once more"
        async with asyncio.timeout(30):
            while not (found := (await client.get(f"{front.url}/v1beta/{name}")).json()).get("done"):
                await asyncio.sleep(0.05)
        assert len(found["response"]["generateVideoResponse"]["generatedSamples"]) == 1
        assert len((await client.get(f"{server.url}/api/v1/jobs")).json()["jobs"]) == 1
    assert server.proxy and server.proxy.submissions == ["a wave"]


async def test_s4_its_whole_client_sends_three_times_to_this_server_and_buys_once(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "RETRY_DELAYS", (0.05, 0.1))
    script = Script().add_rule("submit", answer_status(429, retry_after="0"), calls=(1, 2))
    async with FakeServer(Front(server.url, script)) as front:
        given: dict[str, Any] = {
            "model": f"proxy:{MODEL}", "unknown_at_most": "1", "output_dir": tmp_path / "videos",
            "settings": Settings(home=tmp_path / "client"), "show_progress": False, "poll_initial_delay": 0.05,
            "poll_max_delay": 0.1, "api_key": "sk-any",
        }  # fmt: skip
        async with VeoVideoGenerator(f"{front.url}/v1beta", **given) as generator:
            assert (await generator.generate_video_async("a wave")).success
        keys = [call.headers["idempotency-key"] for call in front.calls if call.kind == "submit"]
    assert len(keys) == 3 and len({*keys}) == 1
    assert server.proxy and server.proxy.submissions == ["a wave"]


# a client that is gone

CREATES: dict[str, dict[str, Any]] = {
    "/v1/videos": {"prompt": "gone", "model": MODEL},
    "/v1/videos/extensions": {"prompt": "gone", "video": {"id": "VIDEO"}},
    f"/v1beta/models/{MODEL}:predictLongRunning": {"instances": [{"prompt": "gone"}]},
    "/generate": {"prompt": "gone", "model": MODEL},
    "/api/generate": {"prompt": BRIEF},
    "/api/mv/scenes": {"idea": BRIEF},
    "/api/v1/projects": {"brief": BRIEF, "models": ["animatic"], "max_usd": "1"},
    "/api/v1/clips": {"prompt": "gone", "model": MODEL, "max_usd": "1"},
    "/api/v1/projects/PROJECT/resume": {"max_usd": "1", "accept_unconfirmed": True},
    "/api/retry/VIDEO": {},
}
"""The paths that begin an order, each with a body that it takes."""


def send_and_hang_up(url: str, path: str, body: dict[str, Any], **headers: str) -> None:
    """Send a request and close the connection, without a turn of the loop: it lies unread at the server's socket."""
    host, port = url.removeprefix("http://").split(":")
    text = json.dumps(body).encode()
    head = {"host": host, "content-type": "application/json", "content-length": str(len(text)), **headers}
    with socket.create_connection((host, int(port))) as line:
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        line.sendall(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + text)


@pytest.mark.parametrize("retries", ["0", "1"])
async def test_no_dialect_begins_the_order_of_a_client_that_hung_up_before_it_was_read(
    settings: Settings, proxy: Proxy, retries: str
) -> None:
    """The danger: its retry was answered by another server, and this one bought it again."""
    async with open_server(settings, proxy, IDLE, can_draw=True) as server, server.open_client() as client:
        made = await create_s0(client, prompt="there", sampleCount="1")
        video = made.json()["job_id"]
        await client.post(f"/api/cancel/{video}")
        project = (await get(client, f"/api/v1/jobs/{video}"))["project"]
        before = (await get(client, "/api/v1/jobs"))["jobs"]
        begun = []
        for path, body in CREATES.items():
            sent = json.loads(json.dumps(body).replace("VIDEO", video))
            named = path.replace("VIDEO", video).replace("PROJECT", project)
            send_and_hang_up(server.url, named, sent, **{"x-stainless-retry-count": retries})
            await asyncio.sleep(0.5)
            if (found := (await get(client, "/api/v1/jobs"))["jobs"]) != before:
                begun, before = [*begun, path], found
        assert not begun


async def test_a_first_attempt_that_lay_unread_at_one_server_is_not_begun_beside_its_retry_at_another(
    settings: Settings, proxy: Proxy
) -> None:
    async with (
        open_server(settings, proxy, IDLE) as server,
        open_server(settings, proxy, IDLE) as other,
        other.open_client() as second,
    ):
        body = {"prompt": "gone", "model": MODEL}
        again = await second.post("/v1/videos", json=body, headers={"x-stainless-retry-count": "1"})
        await second.get(f"/v1/videos/{again.json()['id']}")
        send_and_hang_up(server.url, "/v1/videos", body, **{"x-stainless-retry-count": "0"})
        await asyncio.sleep(0.5)
        listed = (await get(second, "/v1/videos"))["data"]
    assert [one["id"] for one in listed] == [again.json()["id"]]


# the tables


def test_every_state_has_a_word_in_every_dialect() -> None:
    waits = {f"waiting/{reason}" for reason in get_args(WaitReason)}
    plain = {state for part in get_args(PublicJobState) for state in get_args(part) or (part,)} - {"waiting"}
    assert states.ENDS.keys() == waits | plain
    assert len({frozenset(words) for words in states.ENDS.values()}) == 1


def test_no_route_hides_another() -> None:
    routes = [route for part in app._PARTS for route in list_routes(part.router)]
    assert len(routes) > 50
    for route, method in [(one, method) for one in routes for method in one.methods or ()]:
        path = re.sub(r"\{(\w+)(:path)?\}", r"x-\1", route.path)
        first = next(one for one in routes if method in (one.methods or ()) and one.path_regex.match(path))
        assert first.path == route.path, f"{method} {route.path} is answered by {first.path}"


def list_routes(router: Any) -> list[Any]:
    """The routes in the order in which they are tried, those of its parts included."""
    found: list[Any] = []
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        found += list_routes(inner) if inner else [route] if getattr(route, "methods", None) else []
    return found


@pytest.mark.parametrize(("frees_at", "word"), [("2026-11-25 00:00 UTC", "queued"), (None, "failed")])
def test_only_a_budget_that_time_frees_is_waited_for(frees_at: str | None, word: str) -> None:
    why = build_reason("above_budget", frees_at=frees_at)
    job = VideoJob.model_construct(state="waiting", wait_reason="budget", has_started=False, reason=why)
    assert states.find_openai_status(job) == word
