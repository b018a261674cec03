"""What creates and polls of programs cost the database: commits and statements."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, event

from client.proxy import Proxy
from reelwright.settings import Settings
from server.conftest import APPROVING, MODEL, Served, open_server

BODY = {"prompt": "a heron lifts off", "model": MODEL}
OF_A_VIEW = 7
"""Statements that read a video: its job, its project's standing (5), and files that were deleted."""
OF_A_CREATE = 9
"""Statements of a create: one looks for an earlier request, one reads the job's time, and each table has one."""


@pytest.fixture
async def quiet(settings: Settings, proxy: Proxy) -> AsyncIterator[Served]:
    """A server without a director, so that only requests use the database."""
    async with open_server(settings, proxy, replace(APPROVING, has_director=False)) as served:
        yield served


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


async def test_a_poll_reads_one_snapshot_and_writes_nothing(quiet: Served) -> None:
    async with quiet.open_client() as client:
        job = (await client.post("/v1/videos", json=BODY)).json()["id"]
        commits = quiet.deployment.runtime.database.commits
        with listed() as statements:
            assert (await client.get(f"/v1/videos/{job}")).json()["status"] == "queued"
        assert begun(statements) == 1 and len(statements) - 1 <= OF_A_VIEW, statements
        assert quiet.deployment.runtime.database.commits == commits


async def test_a_create_is_one_commit(quiet: Served) -> None:
    async with quiet.open_client() as client:
        await client.post("/v1/videos", json=BODY)
        commits = quiet.deployment.runtime.database.commits
        with listed() as statements:
            assert (await client.post("/v1/videos", json=BODY)).status_code == 200
        assert quiet.deployment.runtime.database.commits == commits + 1
        assert begun(statements) == 1 and len(statements) - 1 <= OF_A_CREATE, statements


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


async def test_polls_of_one_moment_share_their_statements(quiet: Served) -> None:
    async with quiet.open_client() as client:
        jobs = [(await client.post("/v1/videos", json=BODY)).json()["id"] for _ in range(2)]
        studio = quiet.deployment.get_studio()
        with listed() as statements:
            await asyncio.gather(*(studio.read_video_job(job, has_position=False) for job in jobs * 32))
        assert begun(statements) <= 16, "the first may be read alone, and the others together"
