"""Whether a server lives, is ready, and what it says of itself."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from reelwright.server.deployment import ServeOptions
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from server.conftest import Served, open_server


async def test_a_server_answers_before_there_is_anything(server: Served) -> None:
    async with server.open_client() as client:
        assert (await client.get("/ping")).text == "pong"
        for path in ("/livez", "/readyz"):
            assert (await client.get(path)).json() == {"status": "ok"}
        health = (await client.get("/health")).json()
        assert health["status"] == "ok" and health["database"] == "sqlite" and health["has_director"]
        assert (await client.get("/v1/videos")).json() == {
            "object": "list", "data": [], "has_more": False, "first_id": None, "last_id": None
        }  # fmt: skip
        assert (await client.get("/nowhere")).json()["status"] == 404


@pytest.mark.timed
async def test_answers_on_an_open_connection_do_not_wait_for_acknowledgements(server: Served) -> None:
    async with server.open_client() as client:
        taken = []
        for _ in range(30):
            began = time.perf_counter()
            assert (await client.get("/livez")).status_code == 200
            taken.append(time.perf_counter() - began)
    assert min(taken[-15:]) < 0.035, "40 ms is how long a client waits before it acknowledges the head of an answer"


async def test_no_key_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-secret-of-this-test")
    async with open_server(settings, None, ServeOptions()) as server, server.open_client() as client:
        answer = await client.get("/health")
        assert "openrouter" in answer.json()["providers"] and "secret" not in answer.text


async def test_a_database_that_is_away_makes_the_server_unready_and_not_dead(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "answers", 7)
    journal = server.deployment.runtime.journal
    away = asyncio.Event()
    usual = journal.list_jobs

    async def hang(*args: object, **options: object) -> object:
        if away.is_set():
            await asyncio.sleep(60)
        return await usual(*args, **options)

    journal.list_jobs = hang  # type: ignore[method-assign]
    async with server.open_client() as client:
        away.set()
        answer = await client.get("/readyz")
        assert answer.status_code == 503 and answer.headers["retry-after"] == "2"
        assert (await client.get("/livez")).status_code == 200
        away.clear()
        await asyncio.sleep(2.1)
        assert (await client.get("/readyz")).status_code == 200


async def test_the_description_of_the_server_names_every_route(server: Served, tmp_path: Path) -> None:
    async with server.open_client() as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    assert {"/v1/videos", "/v1/videos/{video_id}", "/v1/videos/{video_id}/content", "/v1/models", "/readyz"} <= set(
        paths
    )


async def test_a_database_that_is_only_busy_is_not_away(server: Served) -> None:
    """Found by 64 creates at once: a check that waited for its turn made every answer a 503."""
    journal = server.deployment.runtime.journal
    usual = journal.list_jobs

    async def wait_for_turn(*args: object, **options: object) -> object:
        for _ in range(12):
            await journal.find_newest_event(server.deployment.runtime.settings.account)
            await asyncio.sleep(0.1)
        return await usual(*args, **options)

    journal.list_jobs = wait_for_turn  # type: ignore[method-assign]
    async with server.open_client() as client:
        assert (await client.get("/readyz")).status_code == 200
