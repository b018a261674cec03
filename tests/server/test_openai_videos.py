"""OpenAI's own client against ``/v1/videos``: create, poll, list, download, cancel; and what is refused."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import openai
import pytest
from PIL import Image

from client.proxy import Proxy, film
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from reelwright.units import Micros
from server.conftest import APPROVING, MODEL, Served, open_server

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


async def wait_for(client: openai.AsyncOpenAI, video: str) -> Any:
    async with asyncio.timeout(30):
        while (found := await client.videos.retrieve(video)).status in ("queued", "in_progress"):
            await asyncio.sleep(0.05)
    return found


async def test_a_video_is_created_polled_listed_and_downloaded(server: Served) -> None:
    async with server.open_openai() as client:
        made = await client.videos.create(prompt="a heron", model=MODEL, seconds="4", size="1280x720")
        assert made.status == "queued" and made.id.startswith("job_") and made.model == MODEL
        done = await wait_for(client, made.id)
        assert (done.status, done.progress, done.seconds, done.size) == ("completed", 100, "4", "1280x720")
        assert done.prompt == "a heron" and done.completed_at and done.created_at <= done.completed_at
        assert (await client.videos.download_content(made.id)).read() == await film("a heron")
        assert [one.id async for one in await client.videos.list()] == [made.id]
        assert (await client.videos.retrieve(made.id)).id == made.id, "an id is the same for good"
    assert server.proxy and server.proxy.submissions == ["a heron"]


async def test_a_form_with_a_picture_is_read_as_the_first_frame(settings: Settings, proxy: Proxy) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (1280, 720), (200, 80, 40)).save(picture, "PNG")
    async with (
        open_server(settings, proxy, replace(APPROVING, has_director=False)) as server,
        server.open_openai() as client,
    ):
        made = await client.videos.create(
            prompt="it moves", model=MODEL, input_reference=("a.png", picture.getvalue(), "image/png")
        )
        studio = server.deployment.get_studio()
        (shot,) = (await studio.read_plan((await studio.read_video_job(made.id)).project)).plan.shots
        assert isinstance(shot.source, Request) and [one.role for one in shot.source.inputs] == ["first_frame"]
        with pytest.raises(openai.BadRequestError):
            await client.videos.create(prompt="x", model=MODEL, input_reference=("a.png", b"no picture", "image/png"))


async def test_every_create_is_an_order_of_its_own(server: Served) -> None:
    async with server.open_openai() as client:
        made = await asyncio.gather(*(client.videos.create(prompt="twice", model=MODEL) for _ in range(2)))
        assert len({one.id for one in made}) == 2
        for one in made:
            await wait_for(client, one.id)
    assert server.proxy and server.proxy.submissions == ["twice", "twice"]


async def test_the_same_idempotency_key_is_the_same_video_and_with_another_body_refused(server: Served) -> None:
    key = {"Idempotency-Key": "k-1"}
    async with server.open_openai() as client:
        made = await asyncio.gather(
            *(client.videos.create(prompt="once", model=MODEL, extra_headers=key) for _ in range(4))
        )
        assert len({one.id for one in made}) == 1
        await wait_for(client, made[0].id)
        assert (await client.videos.create(prompt="once", model=MODEL, extra_headers=key)).id == made[0].id
        with pytest.raises(openai.UnprocessableEntityError) as caught:
            await client.videos.create(prompt="another", model=MODEL, extra_headers=key)
        assert caught.value.response.headers["x-should-retry"] == "false"
    assert server.proxy and server.proxy.submissions == ["once"]


async def test_a_retry_of_the_client_itself_is_the_same_video_until_its_id_was_asked_for(server: Served) -> None:
    async with server.open_openai() as client:
        first = await client.videos.create(prompt="lost reply", model=MODEL)
        again = {"x-stainless-retry-count": "1"}
        assert (await client.videos.create(prompt="lost reply", model=MODEL, extra_headers=again)).id == first.id
        other = await client.videos.create(prompt="another", model=MODEL, extra_headers=again)
        assert other.id != first.id
        await wait_for(client, other.id)
        twice = {"x-stainless-retry-count": "2"}
        third = await client.videos.create(prompt="another", model=MODEL, extra_headers=twice)
        assert third.id != other.id
        for one in (first, third):
            await wait_for(client, one.id)
    assert sorted(server.proxy.submissions) == ["another", "another", "lost reply"]


ASKING = [
    ("GET", "/api/v1/jobs/{}"), ("GET", "/api/status/{}"), ("GET", "/status/{}"), ("GET", "/v1beta/operations/{}"),
    ("GET", "/api/v1/jobs/{}/files/0"), ("GET", "/api/download/{}"), ("GET", "/v1/videos/{}/content?variant=thumbnail"),
    ("PATCH", "/api/v1/jobs/{}"), ("POST", "/api/v1/jobs/{}/front"), ("POST", "/api/v1/jobs/{}/cancel"),
    ("POST", "/api/cancel/{}"), ("DELETE", "/api/cleanup/{}"), ("DELETE", "/api/delete/{}"),
    ("DELETE", "/v1/videos/{}"),
]  # fmt: skip


async def test_an_id_that_was_used_at_any_door_is_taken_by_no_retry(settings: Settings, proxy: Proxy) -> None:
    """The danger: another caller's retry was answered with a job that its owner had cancelled, or had deleted."""
    retry = {"x-stainless-retry-count": "1"}
    async with (
        open_server(settings, proxy, replace(APPROVING, has_director=False)) as server,
        server.open_client() as client,
    ):
        for method, path in ASKING:
            body = {"prompt": f"{method} {path}", "model": MODEL}
            made = (await client.post("/v1/videos", json=body)).json()["id"]
            used = await client.request(
                method, path.format(made), json={"priority": "low"} if method == "PATCH" else None
            )
            assert used.status_code < 500, used.text
            again = await client.post("/v1/videos", json=body, headers=retry)
            assert again.status_code == 200 and again.json()["id"] != made, (method, path)


async def test_a_reply_that_was_lost_is_no_use_of_its_id(settings: Settings, proxy: Proxy) -> None:
    """A create reads the job that it answers; a change reads the project that it is about, with its job."""
    retry = {"x-stainless-retry-count": "1"}
    async with (
        open_server(settings, proxy, replace(APPROVING, has_director=False)) as server,
        server.open_client() as client,
    ):
        form = {"prompt": (None, "a heron"), "model": (None, MODEL)}
        made = [(await client.post("/api/generate", files=form, headers=sent)).json()["job_id"] for sent in ({}, retry)]
        assert made[0] == made[1]
        await client.post(f"/api/cancel/{made[0]}")
        project = (await client.get(f"/api/v1/jobs/{made[0]}")).json()["project"]
        path, order = f"/api/v1/projects/{project}/resume", {"max_usd": "1", "accept_unconfirmed": True}
        jobs = [(await client.post(path, json=order, headers=sent)).json()["job"] for sent in ({}, retry)]
        assert jobs[0] == jobs[1] != made[0]
        assert (await client.post(path, json=order, headers={"x-stainless-retry-count": "2"})).json()["job"] == jobs[0]


async def test_a_retry_of_an_attempt_that_is_still_being_handled_waits_for_its_order(
    settings: Settings, proxy: Proxy
) -> None:
    """The danger: a client that hung up after some milliseconds tried again at once, and bought twice."""
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, proxy, options) as server, server.open_client() as client:
        for n in range(12):
            body = {"prompt": f"hung up {n}", "model": MODEL}
            with contextlib.suppress(httpx2.TimeoutException):
                await client.post("/v1/videos", json=body, timeout=httpx2.Timeout(30, read=0.002 + 0.003 * n))
            again = await client.post("/v1/videos", json=body, headers={"x-stainless-retry-count": "1"})
            assert again.status_code == 200
        listed = (await client.get("/v1/videos?limit=100")).json()["data"]
    assert sorted(one["prompt"] for one in listed) == sorted(f"hung up {n}" for n in range(12))


async def test_a_retry_at_another_server_of_the_same_database_is_the_order_of_its_first_attempt(
    settings: Settings, proxy: Proxy
) -> None:
    options = replace(APPROVING, has_director=False)
    async with (
        open_server(settings, proxy, options) as server,
        open_server(settings, proxy, options) as other,
        server.open_client() as client,
        other.open_client() as second,
    ):
        at_work = server.deployment.get_studio(settings.account, None).requests_in_work
        for n in range(6):
            body = {"prompt": f"hung up {n}", "model": MODEL}
            first = asyncio.ensure_future(client.post("/v1/videos", json=body))
            while not (at_work or first.done()):
                await asyncio.sleep(0)
            again = await second.post("/v1/videos", json=body, headers={"x-stainless-retry-count": "1"})
            assert again.json()["id"] == (await first).json()["id"]
        listed = (await client.get("/v1/videos?limit=100")).json()["data"]
    assert sorted(one["prompt"] for one in listed) == sorted(f"hung up {n}" for n in range(6))


async def test_three_equal_orders_whose_first_replies_are_lost_are_three_videos_for_three_callers(
    server: Served,
) -> None:
    """OpenAI's own client retries over a line that loses each first reply; then one that also loses a request."""
    for lost_requests in (0, 1):
        async with open_lossy_line(server.url, replies=3 - lost_requests, requests=lost_requests) as url:
            clients = [openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=2) for _ in range(3)]
            made = await asyncio.gather(
                *(one.videos.create(prompt=f"equal {lost_requests}", model=MODEL) for one in clients)
            )
            assert len({one.id for one in made}) == 3
            for one in clients:
                await one.close()
        async with server.open_client() as client:
            listed = (await client.get("/v1/videos")).json()["data"]
        assert len([one for one in listed if one["prompt"] == f"equal {lost_requests}"]) == 3


@contextlib.asynccontextmanager
async def open_lossy_line(target: str, *, replies: int, requests: int) -> AsyncIterator[str]:
    """A proxy on loopback that loses the first ``requests`` requests, then the replies to the next ``replies``."""
    left = {"requests": requests, "replies": replies}
    host, port = target.removeprefix("http://").split(":")

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(re.findall(rb"content-length: (\d+)", head.lower())[0]))
        if left["requests"]:
            left["requests"] -= 1
        else:
            is_lost = left["replies"] > 0
            left["replies"] -= is_lost
            there, send = await asyncio.open_connection(host, int(port))
            send.write(re.sub(rb"(?i)connection: keep-alive", b"Connection: close", head) + body)
            reply = await there.read()
            if not is_lost:
                writer.write(reply)
                await writer.drain()
            send.close()
        writer.close()

    line = await asyncio.start_server(forward, "127.0.0.1", 0)
    async with line:
        yield f"http://127.0.0.1:{line.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"prompt": ""}, "prompt"),
        ({"model": "nobody's"}, "model"),
        ({"seconds": "99"}, "seconds"),
        ({"seconds": True}, "seconds"),
        ({"size": "big"}, "size"),
        ({"size": "0x10"}, "size"),
        ({"input_reference": {"image_url": "http://169.254.169.254/"}}, "input_reference.image_url"),
        ({"input_reference": {"file_id": "f"}}, "input_reference.file_id"),
        ({"input_reference": {"picture": "f"}}, "input_reference.picture"),
        ({"size": "1080x1080"}, "size"),
    ],
)
async def test_bad_input_names_the_field_and_buys_nothing(server: Served, given: dict[str, Any], param: str) -> None:
    async with server.open_client() as client:
        answer = await client.post("/v1/videos", json={"prompt": "x", "model": MODEL, **given})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
        assert answer.json()["error"]["type"] == "invalid_request_error" and "--" not in answer.text
        assert (await client.get("/v1/videos")).json()["data"] == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"[" * 100_000, b"\xff"])
async def test_a_body_that_is_no_object_is_refused(server: Served, body: bytes) -> None:
    async with server.open_client() as client:
        answer = await client.post("/v1/videos", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, "body")


async def test_what_is_not_there_is_not_found(server: Served) -> None:
    async with server.open_openai() as client:
        for call in (
            client.videos.retrieve("job_0"), client.videos.delete("job_0"), client.videos.download_content("job_0"),
            client.videos.remix("job_0", prompt="x"), client.models.retrieve("nobody's"),
        ):  # fmt: skip
            with pytest.raises(openai.NotFoundError):
                await call


async def test_without_a_standing_approval_nothing_that_costs_is_started(settings: Settings, proxy: Proxy) -> None:
    for limit, code in ((None, "no_auto_approval"), (Micros(199_999), "above_auto_approval")):
        options = replace(APPROVING, auto_approve=limit)
        async with open_server(settings, proxy, options) as server, server.open_openai() as client:
            with pytest.raises(openai.APIStatusError) as caught:
                await client.videos.create(prompt="x", model=MODEL)
            assert (caught.value.status_code, caught.value.code) == (402, code)
            assert "$0.20" in caught.value.message and not (await client.videos.list()).data
    assert proxy.submissions == []


async def test_a_refused_video_fails_with_the_reason_and_a_deleted_one_is_not_bought(
    settings: Settings, proxy: Proxy
) -> None:
    async with (
        open_server(settings, proxy, replace(APPROVING, has_director=False)) as server,
        server.open_openai() as client,
    ):
        deleted = await client.videos.create(prompt="never", model=MODEL)
        assert (await client.videos.delete(deleted.id)).deleted
        refused = await client.videos.create(prompt="refuse this", model=MODEL)
    async with open_server(settings, proxy) as server, server.open_openai() as client:
        found = await wait_for(client, refused.id)
        assert found.status == "failed" and found.error and "the proxy says no" in found.error.message
        with pytest.raises(openai.ConflictError):
            await client.videos.download_content(refused.id)
        for call in (client.videos.retrieve(deleted.id), client.videos.delete(deleted.id)):
            with pytest.raises(openai.NotFoundError):
                await call
    assert proxy.submissions == []


async def test_a_flavor_makes_a_whole_film(settings: Settings) -> None:
    async with open_server(settings, None) as server, server.open_openai() as client:
        brief = "“It never flickers.” For “Fenn”, a desk lamp"
        assert {"short", "spot"} <= {one.id async for one in await client.models.list()}
        made = await client.videos.create(prompt=brief, model="spot", seconds="4", size="320x180")  # type: ignore[arg-type]
        done = await wait_for(client, made.id)
        assert (done.status, done.model, done.size) == ("completed", "spot", "320x180")
        assert (await client.videos.download_content(made.id)).read()[4:8] == b"ftyp"
        for variant, kind, size in (("thumbnail", "WEBP", (320, 180)), ("spritesheet", "JPEG", (1600, 900))):
            drawn = (await client.videos.download_content(made.id, variant=variant)).read()
            with Image.open(io.BytesIO(drawn)) as picture:
                assert (picture.format, picture.size) == (kind, size)
                assert picture.convert("L").getextrema()[1] > 100, "something is seen"


async def test_a_list_is_read_page_by_page_in_both_orders(settings: Settings, proxy: Proxy) -> None:
    async with (
        open_server(settings, proxy, replace(APPROVING, has_director=False)) as server,
        server.open_openai() as client,
    ):
        made = [(await client.videos.create(prompt=f"clip {n}", model=MODEL)).id for n in range(5)]
        assert [one.id async for one in await client.videos.list(limit=2, order="asc")] == made
        assert [one.id async for one in await client.videos.list(limit=2)] == made[::-1]
        with pytest.raises(openai.NotFoundError):
            await client.videos.list(after="job_0")
        async with server.open_client() as plain:
            assert (await plain.get("/v1/videos?limit=0")).status_code == 400


async def test_a_download_comes_in_parts_and_only_when_it_is_new(server: Served) -> None:
    async with server.open_openai() as client, server.open_client() as plain:
        made = await client.videos.create(prompt="parts", model=MODEL)
        await wait_for(client, made.id)
        url, whole = f"/v1/videos/{made.id}/content", await film("parts")
        part = await plain.get(url, headers={"Range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, whole[4:8])
        assert part.headers["content-range"] == f"bytes 4-7/{len(whole)}"
        again = await plain.get(url, headers={"If-None-Match": part.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await plain.get(url, headers={"Range": f"bytes={len(whole)}-"})).status_code == 416
        assert (await plain.get(f"{url}?variant=other")).status_code == 400


@pytest.mark.parametrize(
    ("prompt", "seconds", "size", "checks"),
    [
        ("a short heron", "1", "1280x720", ["short"]),
        ("a small heron", "4", "320x180", ["small"]),
        ("a mute heron", "4", "1280x720", ["mute"]),
    ],
)
async def test_a_video_that_falls_short_of_its_order_is_never_called_what_was_ordered(
    server: Served, prompt: str, seconds: str, size: str, checks: list[str]
) -> None:
    async with server.open_openai() as client, server.open_client() as native:
        made = await client.videos.create(prompt=prompt, model=MODEL, seconds="4", size="1280x720")
        done = await wait_for(client, made.id)
        assert (done.status, done.seconds, done.size) == ("completed", seconds, size)
        job = (await native.get(f"/api/v1/jobs/{made.id}")).json()
        assert f"{job['duration_s']:g}" == seconds and f"{job['width']}x{job['height']}" == size
        assert [one["check"] for one in job["shortfalls"]] == checks
        project = (await native.get(f"/api/v1/projects/{job['project']}")).json()
        assert f"{project['shots'][0]['duration_s']:g}" == seconds
        assert [finding["id"] for finding in project["findings"]] == [f"{check}/1" for check in checks]
        (row,) = (await native.get("/api/v1/spend")).json()["rows"]
        assert (row["state"], row["dispute"]) == ("settled", "short")


async def test_the_resume_of_a_video_whose_file_is_gone_says_so(server: Served, settings: Settings) -> None:
    async with server.open_openai() as client, server.open_client() as native:
        made = await client.videos.create(prompt="a heron", model=MODEL)
        await wait_for(client, made.id)
        project = (await native.get(f"/api/v1/jobs/{made.id}")).json()["project"]
        for path in (settings.home / "vault").glob("*/[0-9a-f][0-9a-f]/*"):
            path.unlink()
        gone = await native.post(f"/api/v1/projects/{project}/resume", json={"max_usd": "1"})
        assert gone.status_code == 409 and gone.json()["code"] == "missing_file"
