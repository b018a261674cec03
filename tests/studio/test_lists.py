"""Lists of projects and jobs: read with as many statements for many as for a few."""

from __future__ import annotations

from pathlib import Path

from engine.test_costs import counted
from reelwright import AsyncStudio, Settings
from reelwright.reason import Reason
from reelwright.reel.brief import Brief

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
    from reelwright.store.processes import make_holder

    return make_holder("lists")


async def test_a_list_of_many_projects_takes_hardly_more_statements_than_one_of_a_few(tmp_path: Path) -> None:
    few, many = await count_statements(tmp_path / "few", A_FEW), await count_statements(tmp_path / "many", MANY)
    assert many <= few + 14, (few, many)  # a first read may run alone before the others are batched
