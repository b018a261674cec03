"""A batch is jobs with one key under one stored limit: whoever drives them, no more rows run at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.proxy import Proxy
from reasons import has_code
from reelwright.engine.steps import durability
from reelwright.errors import BadInput, NeedsConsent, NotFound, Refused
from reelwright.providers.protocol import Progress
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.store.database.processes import make_holder
from reelwright.studio.edits.interruption import get_resume_actions
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.runtime.runtime import open_runtime
from reelwright.studio.studio import AsyncStudio

MODEL = "litellm-veo-3.1-lite"
AGREED: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
CLIPS = [f"clip {n}" for n in range(6)]
FILMS = [
    {"brief": f"“It never flickers {n}.” For “Fenn”, a lamp", "length": 2, "short_side": 180, "until": "cut"}
    for n in range(4)
]


@pytest.fixture
def proxy(tmp_path: Path) -> Proxy:
    return Proxy(tmp_path / "proxy")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", hands=1, jobs_at_once=20)


def studio_of(settings: Settings, proxy: Proxy | None = None) -> AsyncStudio:
    if proxy is None:
        return AsyncStudio(settings)
    return AsyncStudio(settings, providers={proxy.name: proxy}, tempo=Tempo(speed=3600))


async def drive(settings: Settings, proxy: Proxy | None = None) -> None:
    """Do what a worker does: make everything that is queued."""
    runtime = await (
        open_runtime(settings, {proxy.name: proxy}, Tempo(speed=3600)) if proxy else open_runtime(settings)
    )
    try:
        await runtime.driver.run()
    finally:
        await runtime.close()


def count_most_running(kinds: list[tuple[str, str | None]]) -> int:
    """Count the most jobs that ran at once, from the events of a home in their order."""
    running: set[str | None] = set()
    most = 0
    for kind, job in kinds:
        running = running | {job} if kind == "job.running" else running - {job} if kind == "job.done" else running
        most = max(most, len(running))
    return most


async def read_events(settings: Settings) -> list[tuple[str, str | None]]:
    runtime = await open_runtime(settings)
    try:
        return [(event.kind, event.job) for event in await runtime.journal.list_events(settings.account)]
    finally:
        await runtime.close()


async def test_a_queued_batch_is_made_by_a_worker_and_delivered_by_the_same_call(
    settings: Settings, proxy: Proxy, tmp_path: Path
) -> None:
    proxy.submit_s = 0.2
    async with studio_of(settings, proxy) as studio:
        queued = await studio.enqueue_batch(CLIPS, model=MODEL, out=tmp_path / "out", concurrency=2, **AGREED)
        jobs = await studio.list_jobs()
        limits = [limit for limit in await studio.list_limits() if limit.scope == "batch"]
    assert proxy.submissions == [] and not (tmp_path / "out").exists()
    assert {job.batch_key for job in jobs} == {queued.batch_key} and {job.state for job in jobs} == {"queued"}
    assert {row.job for row in queued.rows} == {job.id for job in jobs} and queued.quote.micros == 1_200_000
    assert [(limit.of, limit.open) for limit in limits] == [(queued.batch_key, 2)]
    await drive(settings, proxy)
    assert sorted(proxy.submissions) == CLIPS and proxy.most == 2
    async with studio_of(settings, proxy) as studio:
        made = await studio.batch(CLIPS, model=MODEL, out=tmp_path / "out")
        limits = [limit for limit in await studio.list_limits() if limit.scope == "batch"]
    assert made.up_to_date == 6 and all(row.path and row.path.is_file() for row in made.rows)
    assert sorted(proxy.submissions) == CLIPS and limits == []


async def test_two_workers_together_run_no_more_rows_than_the_batch_allows(settings: Settings, proxy: Proxy) -> None:
    proxy.submit_s = 0.2
    async with studio_of(settings, proxy) as studio:
        await studio.enqueue_batch(CLIPS, model=MODEL, concurrency=2, **AGREED)
    await asyncio.gather(drive(settings, proxy), drive(settings, proxy))
    assert sorted(proxy.submissions) == CLIPS and proxy.most == 2


async def test_two_equal_batches_at_once_each_have_their_files_in_the_folder_that_they_named(
    settings: Settings, proxy: Proxy, tmp_path: Path
) -> None:
    proxy.submit_s = 0.2

    async def run(folder: Path | None) -> list[Path]:
        async with studio_of(settings, proxy) as studio:
            made = await studio.batch(CLIPS[:2], model=MODEL, out=folder, **AGREED)
        return [row.path for row in made.rows if row.path]

    async with studio_of(settings, proxy) as studio:
        await studio.open_runtime()  # the home is there: both open it, and neither makes it
    first, second = await asyncio.gather(run(tmp_path / "a"), run(tmp_path / "b"))
    assert [path.parent.name for path in (*first, *second)] == ["a", "a", "b", "b"]
    assert all(path.is_file() for path in (*first, *second)) and sorted(proxy.submissions) == CLIPS[:2]
    assert await run(tmp_path / "c") == [tmp_path / "c" / path.name for path in first]
    assert {path.parent for path in await run(None)} <= {tmp_path / "a", tmp_path / "b"}, "where an earlier one put it"


@pytest.mark.parametrize("at_once", [1, 2])
async def test_no_more_films_than_asked_run_at_once(settings: Settings, at_once: int) -> None:
    async with studio_of(settings) as studio:
        made = await studio.batch(FILMS, concurrency=at_once)
    assert made.done_rows == 4 and count_most_running(await read_events(settings)) == at_once


async def test_films_of_a_queued_batch_wait_for_each_other_too(settings: Settings) -> None:
    async with studio_of(settings) as studio:
        await studio.enqueue_batch(FILMS, concurrency=2)
    await drive(settings)
    assert count_most_running(await read_events(settings)) == 2


async def test_a_second_batch_with_the_same_rows_takes_them_over(settings: Settings, proxy: Proxy) -> None:
    async with studio_of(settings, proxy) as studio:
        first = await studio.enqueue_batch(CLIPS[:2], model=MODEL, **AGREED)
        second = await studio.enqueue_batch(CLIPS[:2], model=MODEL, **AGREED)
        keys = {job.batch_key for job in await studio.list_jobs()}
    assert [row.job for row in first.rows] == [row.job for row in second.rows] and keys == {second.batch_key}
    await drive(settings, proxy)
    assert sorted(proxy.submissions) == CLIPS[:2]


async def test_the_limit_of_a_batch_that_runs_can_be_changed_and_no_other(settings: Settings, proxy: Proxy) -> None:
    proxy.submit_s = 0.2
    async with studio_of(settings, proxy) as studio:
        queued = await studio.enqueue_batch(CLIPS, model=MODEL, concurrency=3, **AGREED)
        await studio.set_limit("batch", queued.batch_key, open=1)
        with pytest.raises(NotFound, check=has_code("limit_not_found")):
            await studio.set_limit("batch", "batch_of_nobody", open=1)
    await drive(settings, proxy)
    assert proxy.most == 1 and len(proxy.submissions) == 6


async def test_nothing_is_queued_without_consent(settings: Settings, proxy: Proxy) -> None:
    async with studio_of(settings, proxy) as studio:
        with pytest.raises(NeedsConsent):
            await studio.enqueue_batch(CLIPS, model=MODEL)
        assert await studio.list_jobs() == ()


async def test_a_key_that_is_missing_is_told_before_anybody_is_asked_for_money(settings: Settings) -> None:
    asked: list[object] = []

    async def ask(quote: object) -> None:
        asked.append(quote)

    async with AsyncStudio(settings, providers={}) as studio:
        with pytest.raises(BadInput, match="row"):
            await studio.batch(CLIPS[:2], model=MODEL, confirm=ask)
    assert asked == []


async def test_a_batch_that_is_stopped_says_that_the_same_batch_goes_on(
    settings: Settings, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durability, "CANCELLED_SEND_WAIT_S", 0.5)  # so long it is waited for
    proxy.submit_s = 30
    async with studio_of(replace(settings), proxy) as studio:
        making = asyncio.create_task(studio.batch(CLIPS[:1], model=MODEL, **AGREED))
        while proxy.most < 1:
            await asyncio.sleep(0.05)
        proxy.submit_s = 0
        making.cancel()
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await making
    assert [one.kind for one in get_resume_actions(cancelled.value)] == ["run_batch_again"]


async def test_a_row_that_another_project_has_bought_leaves_no_job_behind(settings: Settings, proxy: Proxy) -> None:
    async with studio_of(settings, proxy) as studio:
        await studio.clip("clip 0", model=MODEL, **AGREED)
        made = await studio.batch(["clip 0"], model=MODEL, yes=True)
        jobs, limits = await studio.list_jobs(), await studio.list_limits()
    assert made.up_to_date == 1 and made.rows[0].path and proxy.submissions == ["clip 0"]
    assert {job.state for job in jobs} == {"done"} and not [one for one in limits if one.scope == "batch"]


class Locked(Proxy):
    """Refuses to say what became of an operation whose prompt begins with ``locked``."""

    async def poll(self, operation: Operation) -> Progress:
        if self._accepted()[operation.id]["prompt"].startswith("locked"):
            raise Refused("the key was revoked")
        return await super().poll(operation)


@pytest.mark.parametrize("first", ["locked", "lose me"])
async def test_a_row_that_waits_for_a_person_holds_up_no_other(settings: Settings, tmp_path: Path, first: str) -> None:
    proxy = Locked(tmp_path / "proxy")
    async with studio_of(settings, proxy) as studio, asyncio.timeout(60):
        made = await studio.batch([first, "a cat", "a dog"], model=MODEL, concurrency=1, **AGREED)
    assert [row.state for row in made.rows] == ["waiting", "done", "done"]


async def test_a_film_of_a_batch_whose_process_died_can_be_resumed_by_its_name(settings: Settings) -> None:
    async with studio_of(settings) as studio:
        queued = await studio.enqueue_batch(FILMS[:2], concurrency=1)
    first, second = (row.project for row in queued.rows)
    runtime = await open_runtime(settings)
    dead = replace(make_holder("director_dead"), pid=2**22 - 1)
    lease = await runtime.journal.claim_project(dead, first)
    assert lease and await runtime.journal.start_next_job(lease)
    await runtime.close()
    async with studio_of(settings) as studio, asyncio.timeout(60):
        made = await studio.resume(second, yes=True)
    assert made.state == "done"
