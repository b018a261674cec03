"""What creates and polls of programs cost: commits and statements of the database, and calls of our own functions."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import Engine, event

import reelwright
from client.proxy import Proxy
from reelwright.reel.base.ids import mint
from reelwright.settings import Settings
from reelwright.store.jobs.requests import CreateRequest
from reelwright.studio.studio import AsyncStudio
from server.conftest import APPROVING, MODEL, open_server

BODY = {"prompt": "a heron lifts off", "model": MODEL}
PACKAGE = f"{Path(reelwright.__file__).parent}/"
OF_A_VIEW = 7
"""Statements that read a video: its job, its project's standing (5), and files that were deleted."""
OF_A_CREATE = 10
"""Statements of a create: one looks for a retry that overtook it, one reads the job's time, and each table has one."""
CALLS_OF_A_CREATE = 517
"""Calls of functions of the package on the event loop's thread, beside the database and without HTTP. They stand for
processor time, which a busy machine makes longer. Six keep what a graph says, so that nobody reads it twice.
Five ask, once in two seconds, whether a recovered purchase waits, and five are the span of a trace, which does nothing
while nobody traces.
"""


@pytest.fixture
async def studio(settings: Settings, proxy: Proxy) -> AsyncIterator[AsyncStudio]:
    """The studio of a server's caller, without the server, so that nothing else uses the database."""
    async with AsyncStudio(settings, providers={proxy.name: proxy}) as opened:
        await create(opened)  # whatever is read once was read
        yield opened


async def create(studio: AsyncStudio) -> str:
    request = CreateRequest(key=f"sk-1/{mint('job')}", digest="d", has_own_key=False, arrival_s=time.monotonic())
    queued = await studio.enqueue_clip(BODY["prompt"], model=MODEL, request=request, yes=True, accept_unconfirmed=True)
    assert queued.video and queued.video.state == "queued"
    return queued.job


@contextlib.contextmanager
def listed() -> Iterator[list[str]]:
    """The first words of every statement, also those that begin a transaction."""
    found: list[str] = []

    def record(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        found.append(" ".join(statement.split()[:3]))

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", record)


def begun(statements: list[str]) -> int:
    return sum(one.startswith("BEGIN") for one in statements)


async def test_a_poll_reads_one_snapshot_and_writes_nothing(studio: AsyncStudio) -> None:
    job = await create(studio)
    await studio.read_video_job(job)  # the retention policies are kept for two seconds
    commits = (await studio.open_runtime()).database.commits
    with listed() as statements:
        assert (await studio.read_video_job(job, has_position=False)).state == "queued"
    assert begun(statements) <= 2 and len(statements) <= 2 + OF_A_VIEW + 1, statements
    assert (await studio.open_runtime()).database.commits == commits


async def test_a_create_is_one_commit_and_reads_nothing_again(studio: AsyncStudio) -> None:
    database = (await studio.open_runtime()).database
    commits = database.commits
    with listed() as statements:
        await create(studio)
    assert database.commits == commits + 1
    assert begun(statements) == 1 and len(statements) - 1 <= OF_A_CREATE, statements


async def test_polls_of_one_moment_share_their_statements(studio: AsyncStudio) -> None:
    jobs = [await create(studio) for _ in range(2)]
    await studio.read_video_job(jobs[0])
    with listed() as statements:
        await asyncio.gather(*(studio.read_video_job(job, has_position=False) for job in jobs * 32))
    views = sum("jobs.seq, jobs.id" in one for one in statements)
    assert views <= 32, "the first may be read alone, and the others together: two such statements for each batch"


@contextlib.contextmanager
def counted_calls() -> Iterator[Counter[str]]:
    """Calls of functions of the package on this thread, by file and name."""
    found: Counter[str] = Counter()

    def count(frame: FrameType, kind: str, argument: object) -> None:
        if kind == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            found[f"{frame.f_code.co_filename.removeprefix(PACKAGE)} {frame.f_code.co_qualname}"] += 1

    sys.setprofile(count)
    try:
        yield found
    finally:
        sys.setprofile(None)


async def test_a_create_repeats_no_work(studio: AsyncStudio) -> None:
    with counted_calls() as calls:
        await create(studio)
    assert calls["reel/graph/graph.py _hash_step"] == 1, "the shot is hashed once"
    assert calls.total() <= CALLS_OF_A_CREATE, calls.most_common(20)


FILM = "“Your coffee is cold.” A film for “VoltCup”, a mug that heats itself."


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"seconds": "6", "size": "720x1280", "prompt": "  жар-птица \U0001f985  летит\n"},
        {"model": "default", "prompt": FILM},
    ],
    ids=["a clip", "a clip with options", "a film"],
)  # fmt: skip
async def test_a_create_answers_what_the_next_poll_answers(
    settings: Settings, proxy: Proxy, body: dict[str, Any]
) -> None:
    options, seller = replace(APPROVING, has_director=False), None if "model" in body else proxy
    async with open_server(settings, seller, options) as server, server.open_client() as client:
        made = await client.post("/v1/videos", json=BODY | body)
        assert made.status_code == 200, made.text
        polled = await client.get(f"/v1/videos/{made.json()['id']}")
        assert made.json() == polled.json() and made.json()["created_at"] > 0
        assert made.headers["openai-poll-after-ms"] == polled.headers["openai-poll-after-ms"]
