"""Lists of projects and jobs: statements, pages, and positions in the queue."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.test_costs import counted
from reelwright import AsyncStudio, Settings, Studio
from reelwright.cli.look.jobs import format_state
from reelwright.errors import BadInput, NotFound
from reelwright.reason import Reason
from reelwright.reel.film.brief import Brief

A_FEW, MANY = 2, 40


async def count_statements(home: Path, projects: int) -> int:
    async with AsyncStudio(Settings(home=home, hands=1)) as studio:
        opened = await studio._open_home()
        for number in range(projects):
            project = await opened.journal.open_project(opened.account, f"film {number}", Brief(text="A film"))
            await opened.journal.enqueue(opened.account, project, "film", None, {})
            lease = await opened.journal.claim_project(studio_holder(), project)
            assert lease
            job = await opened.journal.start_next_job(lease)
            assert job
            await opened.journal.mark_waiting(lease, job, "decision", None, Reason("no_longer_wanted"), None)
            await opened.journal.release(lease)
        with counted() as statements:
            assert len(await studio.list_projects()) == len(await studio.list_jobs()) == projects
        return sum(statements.values())


def studio_holder():  # type: ignore[no-untyped-def]
    from reelwright.store.database.processes import make_holder

    return make_holder("lists")


async def test_a_list_of_many_projects_takes_hardly_more_statements_than_one_of_a_few(tmp_path: Path) -> None:
    few, many = await count_statements(tmp_path / "few", A_FEW), await count_statements(tmp_path / "many", MANY)
    assert many <= few + 14, (few, many)  # a first read may run alone before the others are batched


async def test_queued_jobs_show_their_positions_and_lists_are_read_in_pages(tmp_path: Path) -> None:
    async with AsyncStudio(Settings(home=tmp_path / "home", hands=1)) as studio:
        opened = await studio._open_home()
        named = [await opened.journal.open_project(opened.account, f"{n}", Brief(text="A film")) for n in range(5)]
        jobs = [await opened.journal.enqueue(opened.account, project, "film", None, {}) for project in named]
        await opened.journal.request_cancel(opened.account, jobs[1])
        listed = await studio.list_jobs()
        assert [(job.id, job.position) for job in listed] == [
            (jobs[4], 4), (jobs[3], 3), (jobs[2], 2), (jobs[1], None), (jobs[0], 1),
        ]  # fmt: skip
        assert [format_state(job) for job in listed[2:4]] == ["queued, position 2", "cancelled"]
        shown = (await studio.show(named[3])).job
        assert shown and shown.position == 3 and shown.to_json()["position"] == 3
        assert [job.id for job in await studio.list_jobs(limit=2, before=jobs[3])] == [jobs[2], jobs[1]]
        everything = [project.id for project in await studio.list_projects()]  # some of one millisecond, in any order
        page = await studio.list_projects(limit=2, before=everything[1][-6:])
        assert [project.id for project in page] == everything[2:4] and set(everything) == set(named)
        for verb in (studio.list_jobs, studio.list_projects):
            with pytest.raises(BadInput):
                await verb(limit=0)
            with pytest.raises(NotFound):
                await verb(before="nothing")


def test_to_ask_whether_the_queue_is_paused_makes_no_home(empty: Settings) -> None:
    with Studio(empty) as studio:
        assert studio.read_queue().paused_since is None
    assert not empty.home.exists()
