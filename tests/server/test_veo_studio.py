"""The dialect of S0 while its jobs wait, run, are tried again and end, and the fields of its answers."""

from __future__ import annotations

import asyncio
import io
import statistics
import time
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx2
import pytest

from client.proxy import Proxy, film
from reelwright.errors import NotAccepted, OutcomeUnknown
from reelwright.providers.protocol import Keep, Make, Output, Progress
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.verbs import serving
from server.conftest import MODEL, Served, open_server
from server.test_access import IDLE, KEYS_ONLY, add_key, bear
from server.test_dialects import create_s0, draw_picture, get, wait_for

STATUS_FIELDS: Final = {
    "job_id", "video_id", "status", "progress", "position", "prompt", "model", "retry_count", "video_count",
    "download_url", "video_urls", "created_at", "error", "note", "expires_at",
}  # fmt: skip


EVENTS: Final = (
    "job.queued", "job.running", "purchase.posting", "purchase.submitted", "purchase.answered", "purchase.succeeded",
    "job.done",
)  # fmt: skip
"""What the journal tells as the state of a clip changes."""
ENDS: Final = ("completed", "failed", "cancelled")


class Watched(Proxy):
    """A proxy that notes when operations begin and end, and how many were under way at once."""

    def __init__(self, folder: Path, **more: Any) -> None:
        super().__init__(folder, **more)
        self.begun: list[float] = []
        self.ended: list[float] = []

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        self.begun.append(time.monotonic())
        return await super().submit(prepared, keep, make)

    async def poll(self, operation: Operation) -> Progress:
        was_cancelled = (self.folder / f"{operation.id}.cancelled").exists()
        found = Progress(state="cancelled") if was_cancelled else await super().poll(operation)
        if found.state != "running":
            self.ended.append(time.monotonic())
        return found


class Stepwise(Proxy):
    """A proxy that does its next step only when it may."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.may_take, self.may_make, self.may_send = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        await self.may_take.wait()
        return await super().submit(prepared, keep, make)

    async def poll(self, operation: Operation) -> Progress:
        if not self.may_make.is_set():
            return Progress(state="running", poll_in_s=0.01)
        return await super().poll(operation)

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        async for chunk in super().fetch(operation, output):
            await self.may_send.wait()
            yield chunk


@asynccontextmanager
async def open_s0(settings: Settings, proxy: Proxy, **more: Any) -> AsyncIterator[tuple[Served, httpx2.AsyncClient]]:
    async with open_server(settings, proxy, **more) as server, server.open_client() as client:
        yield server, client


async def order(client: httpx2.AsyncClient, prompt: str, **fields: str) -> str:
    made = await create_s0(client, prompt=prompt, **fields)
    assert made.status_code == 200, made.text
    return str(made.json()["job_id"])


async def test_the_states_of_a_job_come_in_their_order(settings: Settings, tmp_path: Path) -> None:
    proxy = Stepwise(tmp_path / "proxy")
    async with open_s0(settings, proxy) as (server, client):
        made = (await create_s0(client, prompt="a heron")).json()
        path = f"/api/status/{made['job_id']}"
        assert made["status"] == "queued"
        seen: list[str] = []
        watching = asyncio.create_task(note_states(client, path, seen))
        steps = {"processing": proxy.may_take, "generating": proxy.may_make, "downloading": proxy.may_send}
        for word, step in steps.items():
            await wait_for(client, path, word)
            await asyncio.sleep(0.05)
            assert (await get(client, path))["status"] == word, "it stays so until the provider goes on"
            assert (await client.get(f"/api/download/{made['job_id']}")).status_code == 409
            step.set()
        assert (await wait_for(client, path, "completed"))["progress"] == 100
        await watching
        assert [word for word in seen if word != "queued"] == [*steps, "completed"], "each once, in this order"
        told = server.deployment.runtime.journal.list_events("local")
        assert [one.kind for one in await told if one.kind in EVENTS] == list(EVENTS)


async def test_a_clip_of_several_purchases_never_goes_back_a_state(settings: Settings, tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "proxy", seconds=0.05)
    seen: list[str] = []
    async with open_s0(settings, proxy) as (_, client):
        job = await order(client, "a heron", sampleCount="4")
        await note_states(client, f"/api/status/{job}", seen)
    words = ["queued", "processing", "generating", "downloading", "completed"]
    assert seen == [word for word in words if word in seen] and seen[-1] == "completed"


async def note_states(client: httpx2.AsyncClient, path: str, seen: list[str]) -> None:
    """Note each state of a job that differs from the one before, until it ends."""
    async with asyncio.timeout(20):
        while not seen or seen[-1] not in ENDS:
            found = (await get(client, path))["status"]
            if seen[-1:] != [found]:
                seen.append(found)
            await asyncio.sleep(0)


async def test_a_busy_provider_is_asked_again_three_times_and_each_is_told(settings: Settings, tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "proxy", answers=[NotAccepted("the proxy is busy")] * 9)
    seen: list[str] = []
    async with open_s0(settings, proxy, tempo=Tempo(speed=400)) as (_, client):
        job = await order(client, "a heron")
        async with asyncio.timeout(20):
            while (found := await get(client, f"/api/status/{job}"))["status"] != "failed":
                seen.append(found["status"])
                await asyncio.sleep(0.01)
    retries = [f"retry_{n}_of_3" for n in (1, 2, 3)]
    assert [word for word in dict.fromkeys(seen) if word not in ("queued", "processing")] == retries
    assert found["error"] and len(proxy.answers) == 5, "sent four times, and told why it ended"


async def test_no_more_jobs_run_than_may(settings: Settings, tmp_path: Path) -> None:
    proxy = Watched(tmp_path / "proxy", seconds=0.1, together=2)
    async with open_s0(replace(settings, jobs_at_once=2), proxy) as (_, client):
        jobs = [await order(client, f"clip {n}") for n in range(5)]
        most = 0
        async with asyncio.timeout(30):
            while (queue := await get(client, "/api/queue-status"))["queue_length"] or queue["processing_jobs"]:
                assert queue["concurrent_limit"] == 2 and set(queue["processing_jobs"]) <= {*jobs}
                most = max(most, len(queue["processing_jobs"]))
                await asyncio.sleep(0.01)
        assert (await get(client, "/api/user-jobs"))["count"] == 5
    assert most == proxy.most == 2 and len(proxy.submissions) == 5


async def test_first_come_first_served_and_the_next_starts_however_one_ends(settings: Settings, tmp_path: Path) -> None:
    proxy = Watched(tmp_path / "proxy")
    async with open_s0(replace(settings, jobs_at_once=1), proxy) as (_, client):
        jobs = [await order(client, prompt) for prompt in ("a heron", "refuse", "600s an owl", "the end")]
        await wait_for(client, f"/api/status/{jobs[2]}", "generating")
        assert (await client.post(f"/api/cancel/{jobs[2]}")).status_code == 200
        states = [(await wait_for(client, f"/api/status/{job}", *ENDS))["status"] for job in jobs]
    assert states == ["completed", "failed", "cancelled", "completed"]
    (heron, refused, owl, end), (heron_end, owl_end, _) = proxy.begun, proxy.ended
    gaps = refused - heron_end, owl - refused, end - owl_end
    assert heron < refused and statistics.median(gaps) < 1, gaps


async def test_a_job_at_the_provider_is_cancelled_there(settings: Settings, tmp_path: Path) -> None:
    proxy = Watched(tmp_path / "proxy")
    async with open_s0(settings, proxy) as (_, client):
        job = await order(client, "600s a heron")
        await wait_for(client, f"/api/status/{job}", "generating")
        assert (await client.post(f"/api/cancel/{job}")).status_code == 200
        await wait_for(client, f"/api/status/{job}", "cancelled")
        assert list(proxy.folder.glob("*.cancelled")), "the provider was told"
        assert (await client.post(f"/api/retry/{job}")).status_code == 200


async def test_a_job_whose_purchase_nobody_knows_of_is_not_bought_again(settings: Settings, tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "proxy", answers=[OutcomeUnknown("no answer came")], finds=False)
    async with open_s0(settings, proxy) as (_, client):
        job = await order(client, "a heron")
        await wait_for(client, f"/api/status/{job}", "failed")
        await check_retry_is_refused(client, job)
        assert (await client.post(f"/api/cancel/{job}")).status_code == 200
        await wait_for(client, f"/api/status/{job}", "cancelled")
        await check_retry_is_refused(client, job)
    assert not proxy.submissions


async def check_retry_is_refused(client: httpx2.AsyncClient, job: str) -> None:
    refused = await client.post(f"/api/retry/{job}")
    assert refused.status_code == 409, refused.text
    found = refused.json()
    assert found["code"] == "job_has_unknown_purchases"
    decide = [{"kind": "decide_purchase", "purchase": one} for one in found["params"]["purchases"]]
    assert found["actions"] == decide and len(decide) == 1


async def test_a_failed_job_is_tried_again_with_what_it_was_ordered_with(settings: Settings, tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "proxy", answers=[NotAccepted("the proxy is busy")] * 4)
    async with open_s0(settings, proxy, tempo=Tempo(speed=4000)) as (server, client):
        files = [("startImage", ("a.png", draw_picture(), "image/png"))]
        job = (await create_s0(client, files, prompt="it moves")).json()["job_id"]
        failed = await wait_for(client, f"/api/status/{job}", *ENDS)
        pictures = (await server.deployment.get_studio().read_video_job(job)).pictures
        assert failed["status"] == "failed" and len(pictures) == 1
        again = await client.post(f"/api/retry/{job}")
        assert (again.status_code, again.json()["status"]) == (200, "queued"), again.text
        assert (await wait_for(client, f"/api/status/{job}", *ENDS))["status"] == "completed"
        assert (await server.deployment.get_studio().read_video_job(job)).pictures == pictures
        refused = await client.post(f"/api/retry/{job}")
        assert (refused.status_code, refused.json()["code"]) == (409, "job_cannot_be_retried")
        assert (await get(client, "/api/v1/spend"))["usd"] == "0.20"
    assert proxy.submissions == ["it moves"]


@pytest.mark.timed
async def test_a_create_is_answered_at_once_and_lists_what_its_document_says(
    settings: Settings, tmp_path: Path
) -> None:
    """The least of up to sixteen creates: other work on the machine only adds."""
    taken: list[float] = []
    async with open_s0(settings, Proxy(tmp_path / "proxy", seconds=5)) as (_, client):
        for n in range(16):
            if n >= 4 and min(taken) < 0.15:
                break
            began = time.perf_counter()
            made = (await create_s0(client, prompt=f"clip {n}")).json()
            taken.append(time.perf_counter() - began)
            assert UUID(made["job_id"].removeprefix("job_")).version == 7
    assert min(taken) < 0.15, taken


async def test_every_answer_has_the_fields_that_its_page_names(settings: Settings, proxy: Proxy) -> None:
    async with open_s0(settings, proxy, options=IDLE) as (_, client):
        made = (await create_s0(client, prompt="a heron")).json()
        job = made["job_id"]
        assert {*made} == STATUS_FIELDS | {"message"} and {*await get(client, f"/api/status/{job}")} == STATUS_FIELDS
        jobs = await get(client, "/api/user-jobs")
        assert {*jobs} == {"jobs", "count"} and {*jobs["jobs"][0]} == STATUS_FIELDS
        queue = await get(client, "/api/queue-status")
        assert {*queue} == {"queue_length", "processing_jobs", "concurrent_limit"}
        assert {*(await client.post(f"/api/cancel/{job}")).json()} == STATUS_FIELDS
        assert {*(await client.post(f"/api/retry/{job}")).json()} == STATUS_FIELDS
        for path in (f"/api/cleanup/{job}/local", f"/api/cleanup/{job}", f"/api/delete/{job}"):
            assert {*(await client.delete(path)).json()} == {"job_id", "deleted", "freed_bytes"}, path
    text = (Path(__file__).parents[2] / "docs" / "dialects.md").read_text(encoding="utf-8")
    assert not [name for name in STATUS_FIELDS | {*jobs, *queue, "deleted", "freed_bytes"} if f"`{name}`" not in text]


async def test_a_job_with_a_picture_is_a_zip_with_it(settings: Settings, proxy: Proxy) -> None:
    async with open_s0(settings, proxy) as (_, client):
        files = [("startImage", ("a.png", draw_picture(), "image/png"))]
        job = (await create_s0(client, files, prompt="it moves")).json()["job_id"]
        refused = await client.get(f"/api/download/{job}")
        assert refused.status_code in (200, 409)
        done = await wait_for(client, f"/api/status/{job}", "completed", "failed")
        assert done["status"] == "completed", done
        answer = await client.get(f"/api/download/{job}")
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.namelist() == ["video-1.mp4", "picture-1.jpg"]
            assert archive.read("picture-1.jpg")[:3] == b"\xff\xd8\xff" and archive.read("video-1.mp4")[4:8] == b"ftyp"


async def test_a_file_that_another_job_shares_outlives_its_job(settings: Settings, proxy: Proxy) -> None:
    async with open_s0(settings, proxy) as (_, client):
        first, second = [await order(client, "a heron") for _ in range(2)]
        for job in (first, second):
            await wait_for(client, f"/api/status/{job}", "completed")
        local = (await client.delete(f"/api/cleanup/{first}/local")).json()
        assert local["freed_bytes"] == 0 and (await client.get(f"/api/download/{first}")).status_code == 200
        assert (await client.delete(f"/api/delete/{first}")).status_code == 200
        assert (await client.get(f"/api/download/{second}")).content == await film("a heron")
        assert (await client.delete(f"/api/cleanup/{second}")).json()["freed_bytes"] > 0
        assert (await get(client, "/api/v1/spend"))["usd"] == "0.40"


async def test_a_user_s_jobs_are_listed_whole_however_many_others_came_later(
    settings: Settings, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "JOBS_READ_AT_ONCE", 2)
    async with open_s0(settings, proxy, options=IDLE) as (_, client):
        ana = [await order(client, f"clip {n}", userEmail="Ana@example.org") for n in range(3)]
        for n in range(4):
            await order(client, f"clip {n}", userEmail="bo@example.org")
        body = {"prompt": "a fox", "account_id": "team-1", "model": MODEL}
        fox = (await client.post("/generate", json=body)).json()["job_id"]
        await order(client, "the last")
        await client.delete(f"/api/delete/{ana.pop(1)}")
        mine = await get(client, "/api/user-jobs?user_email=ana@example.org")
        assert mine["count"] == 2 and [one["job_id"] for one in mine["jobs"]] == ana[::-1]
        assert (await get(client, "/api/user-jobs"))["count"] == 8
        assert [one["job_id"] for one in (await get(client, "/jobs/team-1"))["jobs"]] == [fox]


async def test_the_queue_of_an_account_counts_its_own_jobs_also_very_many(settings: Settings, tmp_path: Path) -> None:
    async with open_s0(replace(settings, jobs_at_once=1), Proxy(tmp_path / "proxy", seconds=600)) as (server, client):
        job = await order(client, "a heron")
        await wait_for(client, f"/api/status/{job}", "generating")
        for n in range(4):
            await order(client, f"clip {n}")
        queue = await get(client, "/api/queue-status")
        assert (queue["queue_length"], queue["processing_jobs"]) == (4, [job])
        key = bear((await add_key(server, "other", account="team-2")).secret)
        async with server.open_client(headers=key) as other:
            theirs = await get(other, "/api/queue-status")
            assert (theirs["queue_length"], theirs["processing_jobs"]) == (0, [])


async def test_without_a_key_no_route_answers_but_a_ping(settings: Settings, proxy: Proxy) -> None:
    paths = [
        ("POST", "/api/generate"), ("GET", "/api/status/x"), ("GET", "/api/download/x"), ("POST", "/api/retry/x"),
        ("GET", "/api/download/x/video/0"), ("GET", "/api/user-jobs"), ("GET", "/api/queue-status"),
        ("POST", "/api/cancel/x"), ("DELETE", "/api/delete/x"), ("DELETE", "/api/cleanup/x"),
        ("DELETE", "/api/cleanup/x/local"),
    ]  # fmt: skip
    async with open_s0(settings, proxy, options=KEYS_ONLY) as (_, client):
        for method, path in paths:
            assert (await client.request(method, path)).status_code == 401, path
        assert (await client.get("/ping")).text == "pong"


@pytest.mark.timed
async def test_a_ping_takes_less_than_ten_milliseconds(server: Served) -> None:
    taken = []
    async with server.open_client() as client:
        for _ in range(30):
            began = time.perf_counter()
            assert (await client.get("/ping")).text == "pong"
            taken.append(time.perf_counter() - began)
    assert min(taken) < 0.01


@pytest.mark.parametrize("count", [100, pytest.param(500, marks=pytest.mark.lane_serve)])
async def test_nobody_has_too_many_jobs_that_wait(settings: Settings, proxy: Proxy, count: int) -> None:
    async with open_s0(settings, proxy, options=IDLE) as (_, client):
        jobs: list[str] = []
        for _ in range(count // 10):
            jobs += await asyncio.gather(*(order(client, "a heron", userEmail="ana@example.org") for _ in range(10)))
        queue = await get(client, "/api/queue-status")
        assert len({*jobs}) == queue["queue_length"] == count
        listed = await get(client, "/api/user-jobs?user_email=ana@example.org")
        assert listed["count"] == count and {one["job_id"] for one in listed["jobs"]} == {*jobs}
