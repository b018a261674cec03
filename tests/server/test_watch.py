"""The verb ``watch`` beside a server: it follows one job that the server runs, and ends with the job's exit code."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from reelwright.settings import Settings
from server.conftest import open_server
from server.test_dialects import get
from server.test_veo_studio import Stepwise, order


async def test_watch_follows_one_job_of_a_server_live_and_ends_with_its_exit_code(
    settings: Settings, tmp_path: Path
) -> None:
    proxy = Stepwise(tmp_path / "proxy")
    proxy.may_take.set()
    proxy.may_send.set()
    async with open_server(settings, proxy) as server, server.open_client() as client:
        jobs = [await order(client, prompt) for prompt in ("a heron", "refuse this", "600s an owl")]
        programs = [await start_watch(settings.home, job) for job in jobs[:2]]
        async with asyncio.timeout(30):
            first = await read_line(programs[0])
            assert first["kind"] != "job.done", "live: the provider is at work"
            proxy.may_make.set()
            (done, _), (refused, _) = [await one.communicate() for one in programs]
        heron = (await get(client, f"/api/v1/jobs/{jobs[0]}"))["project"]
    events = [first, *map(json.loads, done.splitlines())]
    assert {one["project"] for one in events} == {heron} and events[-1]["kind"] == "job.done"
    assert "job.done" not in {json.loads(one)["kind"] for one in refused.splitlines()}
    assert [one.returncode for one in programs] == [0, 4], "the one is done, the other waits for a person"


async def start_watch(home: Path, job: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "reelwright.cli", "watch", job, "--json"]
    environ = {**os.environ, "REELWRIGHT_HOME": str(home)}
    return await asyncio.create_subprocess_exec(*command, env=environ, stdout=asyncio.subprocess.PIPE)


async def read_line(program: asyncio.subprocess.Process) -> dict[str, str]:
    assert program.stdout
    return dict(json.loads(await program.stdout.readline()))
