"""Jobs for models of this machine's engines, over the whole product: S1's routes, the queue, crashes and cancels."""

from __future__ import annotations

import asyncio
import io
from contextlib import suppress

import av
import httpx2
import pytest

from engines.conftest import is_there, read_events, write_engine
from reelwright.engines.host import get_runs_folder
from reelwright.engines.run_record import RunFiles
from reelwright.settings import Settings
from server.conftest import open_server
from server.test_dialects import get, wait_for


@pytest.fixture
def settings(home):
    return Settings(home=home, hands=1, model="tiny")


def find_run(home):
    return RunFiles(get_runs_folder(home), "tiny").read()


async def create(client, prompt="A fox", **more):
    answer = await client.post("/generate", json={"prompt": prompt, "account_id": "team-1", **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["job_id"]


async def finish(client, job):
    return await wait_for(client, f"/status/{job}", "COMPLETED", "FAILED")


async def test_a_job_starts_the_engine_of_its_model_and_brings_the_clip_for_nothing(settings, home):
    memory = write_engine(home, "--start-s 0.3")
    async with open_server(settings, None) as server, server.open_client() as client:
        job = await create(client)
        assert (await get(client, f"/status/{job}"))["status"] in ("PENDING", "RUNNING")
        done = await finish(client, job)
        assert done["status"] == "COMPLETED", done
        film = (await client.get(done["download_url"])).content
        assert [one["job_id"] for one in (await get(client, "/jobs/team-1"))["jobs"]] == [job]
        spent = await get(client, "/api/v1/spend")
        run = find_run(home)
    with av.open(io.BytesIO(film)) as container:
        assert abs(container.duration / 1e6 - 85 / 30) < 0.05, "84 frames are asked for, and 85 made"
    assert read_events(memory) == ["loading", "accepted"] and "0.00" in str(spent)
    assert not is_there(run.pid), "the engine ends with the process that started it"


async def test_an_engine_gets_as_many_requests_as_it_has_slots_and_the_queue_stays_ours(settings, home):
    write_engine(home, "--video-s 0.6")
    async with open_server(settings, None) as server, server.open_client() as client:
        jobs = [await create(client, f"A fox, {number}") for number in range(3)]
        most = 0
        while not all([(await get(client, f"/status/{job}"))["status"] == "COMPLETED" for job in jobs]):
            if run := find_run(home):
                with suppress(httpx2.HTTPError):
                    most = max(most, (await client.get(f"{run.url}/health")).json().get("rendering", 0))
            await asyncio.sleep(0.05)
        assert most == 1


@pytest.mark.parametrize("habit", ["--crash-s 0.3 --video-s 2", "--forgets"])
async def test_what_an_engine_lost_is_made_again_for_nothing(settings, home, habit):
    memory = write_engine(home, habit)
    async with open_server(settings, None) as server, server.open_client() as client:
        done = await finish(client, await create(client))
        assert done["status"] == "COMPLETED", done
        purchases = await get(client, "/api/v1/spend")
    assert read_events(memory).count("accepted") == 2 and "0.00" in str(purchases)


@pytest.mark.parametrize("answers", [0.0, 1.0])
async def test_a_cancelled_job_ends_an_engine_that_computes_on(settings, home, answers):
    """Also where the cancel comes before the engine has answered that it accepted the video."""
    memory = write_engine(home, f"--video-s 90 --ignores-delete --answers-s {answers}", delete="may_drain")
    async with open_server(settings, None) as server, server.open_client() as client:
        job = await create(client)
        while "accepted" not in read_events(memory):
            await asyncio.sleep(0.02)
        run = find_run(home)
        assert (await client.post(f"/api/v1/jobs/{job}/cancel")).status_code < 300
        assert (await finish(client, job))["status"] == "FAILED"
        async with asyncio.timeout(60):
            while is_there(run.pid):
                await asyncio.sleep(0.05)
    assert "deleted" in read_events(memory)


async def test_a_cancelled_job_leaves_an_engine_that_stops_alive(settings, home):
    memory = write_engine(home, "--video-s 60", delete="stops")
    async with open_server(settings, None) as server, server.open_client() as client:
        job = await create(client)
        while "accepted" not in read_events(memory):
            await asyncio.sleep(0.02)
        run = find_run(home)
        assert (await client.post(f"/api/v1/jobs/{job}/cancel")).status_code < 300
        assert (await finish(client, job))["status"] == "FAILED"
        await asyncio.sleep(1.5)
        assert is_there(run.pid) and find_run(home).epoch == run.epoch


async def test_an_idle_engine_is_stopped(settings, home, monkeypatch):
    monkeypatch.setattr("reelwright.engines.host.IDLE_LOOK_EVERY_S", 0.1)
    write_engine(home, idle=1)
    async with open_server(settings, None) as server, server.open_client() as client:
        assert (await finish(client, await create(client)))["status"] == "COMPLETED"
        async with asyncio.timeout(10):
            while find_run(home):
                await asyncio.sleep(0.05)


async def test_an_engine_that_outlived_our_process_is_used_by_the_next_one(settings, home, supervise):
    one = supervise()
    record = await one.ensure_ready(keep=True)
    async with open_server(settings, None) as server, server.open_client() as client:
        assert (await finish(client, await create(client)))["status"] == "COMPLETED"
    assert is_there(record.pid), "a kept engine does not end with a process that only used it"
    assert read_events(home / "fake") == ["loading", "accepted"]


async def test_a_job_fails_with_the_last_words_of_an_engine_that_cannot_load(settings, home, monkeypatch):
    monkeypatch.setattr("reelwright.engines.host.RESTART_WAITS_S", (0.05,))
    write_engine(home, "--ends-loading 99")
    async with open_server(settings, None) as server, server.open_client() as client:
        done = await finish(client, await create(client))
    assert done["status"] == "FAILED" and "weights cannot be read" in done["error"]


async def test_a_model_that_this_machine_cannot_run_is_refused_before_a_job_waits_for_it(settings, home):
    write_engine(home)
    path = home / "models" / "tiny.yaml"
    path.write_text(path.read_text().replace("gpu_gb: 0", "gpu_gb: 4000"))
    async with open_server(settings, None) as server, server.open_client() as client:
        answer = await client.post("/generate", json={"prompt": "A fox"})
        assert answer.status_code == 422 and "4000 GB" in answer.text
