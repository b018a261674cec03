"""What a job says while its engine loads, has others before it, or waits for a node: in lists, states and pages."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import psutil
import pytest

from engines.conftest import write_engine
from engines.test_engine_jobs import create, find_run, finish
from reelwright.engines.cards import get_engine_card
from reelwright.engines.host import get_runs_folder
from reelwright.engines.model_cards import get_model_card
from reelwright.engines.run_record import RunFiles, RunRecord, build_wait_files
from reelwright.engines.wait_reasons import explain_wait
from reelwright.settings import Settings
from server.conftest import open_server
from server.test_dialects import get


@pytest.fixture
def settings(home):
    return Settings(home=home, hands=1, model="tiny")


async def wait_for_reason(client, job, code):
    """Return the state of a job once its reason has ``code``."""
    async with asyncio.timeout(30):
        while (found := await get(client, f"/api/v1/jobs/{job}")).get("reason", None) is None or (
            found["reason"]["code"] != code
        ):
            assert found["state"] in ("queued", "running"), found
            await asyncio.sleep(0.05)
    return found


async def test_a_job_says_that_its_engine_loads_and_how_long_that_took_last_time(settings, home):
    write_engine(home, "--start-s 1.5")
    async with open_server(settings, None) as server, server.open_client() as client:
        job = await create(client)
        found = await wait_for_reason(client, job, "engine_loading")
        assert found["reason"]["params"]["model"] == "tiny" and "loading its weights" in found["message"]
        assert (await finish(client, job))["status"] == "COMPLETED"
        assert (await get(client, f"/api/v1/jobs/{job}"))["reason"] is None
        os.kill(find_run(home).pid, signal.SIGKILL)
        again = await create(client, "A heron")
        found = await wait_for_reason(client, again, "engine_loading_again")
        assert 1 <= found["reason"]["params"]["usual_s"] <= 60
        [row] = [one for one in (await get(client, "/api/v1/jobs"))["jobs"] if one["id"] == again]
        assert row["reason"]["code"] == "engine_loading_again" and row["message"]
        page = await client.get("/studio/queue", headers={"accept-language": "de"})
        assert "lädt seit" in page.text


async def find_waits(client, code):
    """By job, what its reason says, as one reading of the list of jobs has it, of those that wait for ``code``."""
    rows = (await get(client, "/api/v1/jobs"))["jobs"]
    reasons = {row["id"]: row["reason"] for row in rows if row["reason"]}
    return {job: one["params"] for job, one in reasons.items() if one["code"] == code}


async def test_a_job_says_how_many_videos_its_engine_makes_before_it_and_when_it_starts_once_one_was_made(
    settings, home
):
    write_engine(home, "--video-s 2")
    async with open_server(settings, None) as server, server.open_client() as client:
        for words, code in (("A fox", "engine_has_others"), ("A heron", "engine_has_others_for")):
            jobs = [await create(client, f"{words}, {number}") for number in range(3)]
            async with asyncio.timeout(60):
                while (waits := await find_waits(client, code)).get(jobs[1], {}).get("count") != 1:
                    await asyncio.sleep(0.05)
            assert waits.keys() <= {*jobs[1:]}, waits
            if code == "engine_has_others_for":
                assert 2 <= waits[jobs[1]]["starts_in_s"] <= 20, waits
                page = await client.get("/studio/queue", headers={"accept-language": "de"})
                assert "es beginnt in etwa" in page.text
            for job in jobs:
                assert (await finish(client, job))["status"] == "COMPLETED"


def test_a_wait_is_as_long_as_the_videos_before_it_take_at_the_slots_of_the_engine(home):
    write_engine(home)
    RunFiles(get_runs_folder(home), "tiny").folder.mkdir(parents=True)
    RunFiles(get_runs_folder(home), "tiny").note_video(7.4)
    slots = get_engine_card(home, get_model_card(home, "tiny").engine).slots
    reasons = [explain_wait(home, "tiny", slots + number) for number in range(2 * slots)]
    found = [(one.params["count"], one.params["starts_in_s"]) for one in reasons if one]
    assert found == [(number + 1, [8, 15][number // slots]) for number in range(2 * slots)]


def test_an_engine_that_no_node_has_room_for_says_what_it_needs(home):
    write_engine(home)
    card = home / "models" / "tiny.yaml"
    card.write_text(card.read_text().replace("gpu_gb: 0", "gpu_gb: 24"))
    files = build_wait_files(get_runs_folder(home), "tiny")
    files.folder.mkdir(parents=True)
    began = psutil.Process().create_time()
    record = RunRecord(
        model="tiny", engine="fake", pid=os.getpid(), process_started_at=began, port=0, epoch="",
        started_at=time.time() - 40, is_placed=False,
    )  # fmt: skip
    files.write(record)
    reason = explain_wait(home, "tiny", 0)
    assert reason and reason.code == "engine_waits_for_node"
    assert 40 <= reason.params["for_s"] < 100 and "24 GB" in reason.params["needs"]
    before = explain_wait(home, "tiny", 3)
    assert before and (before.code, before.params["count"]) == ("engine_has_others", 3)
    assert explain_wait(home, "unknown", 0) is None
