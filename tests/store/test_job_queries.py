"""Jobs by id and from the newest on, pages of lists, and positions in the queue."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from reasons import has_code
from reelwright.errors import NotFound
from reelwright.reel.film.brief import Brief
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.jobs import job_queries
from reelwright.store.jobs.job_labels import JobLabel, ListingLabel
from reelwright.store.jobs.job_queries import JobView
from reelwright.store.journal import Journal
from reelwright.store.schema.schema import projects
from store.making import ACCOUNT

ME = make_holder("director_q")


async def open_project(journal: Journal, account: str = ACCOUNT) -> str:
    return await journal.open_project(account, "Door", Brief(text="a door"))


async def enqueue(journal: Journal, project: str | None = None, priority: int = 0, account: str = ACCOUNT) -> str:
    project = project or await open_project(journal, account)
    return await journal.enqueue(account, project, "film", None, {"priority": priority})


async def positions(journal: Journal, account: str = ACCOUNT) -> Mapping[str, int]:
    return await journal.list_positions(account, {job.project for job in await journal.list_jobs(account)})


async def test_a_job_is_found_by_its_id_in_its_account_only(db: Database) -> None:
    journal = Journal(db)
    job = await enqueue(journal)
    for called in (job, job.removeprefix("job_")):
        assert (await journal.read_job(ACCOUNT, called)).id == job
    assert await journal.find_job("other", job) is None
    for called in ("last", "", job[-8:], job + "\x00", "\ud800", 7):
        assert await journal.find_job(ACCOUNT, called) is None  # type: ignore[arg-type]
        with pytest.raises(NotFound, check=has_code("job_not_found")):
            await journal.read_job(ACCOUNT, str(called))


async def test_the_newest_job_is_that_of_the_account_the_project_or_the_goal(db: Database) -> None:
    journal = Journal(db)
    first, second = await open_project(journal), await open_project(journal)
    assert await journal.find_newest_job(ACCOUNT) is None
    film = await journal.enqueue(ACCOUNT, first, "film", None, {})
    plan = await journal.enqueue(ACCOUNT, first, "plan", None, {})
    newest = await journal.enqueue(ACCOUNT, second, "film", None, {})
    found = [
        await journal.find_newest_job(ACCOUNT), await journal.find_newest_job(ACCOUNT, first),
        await journal.find_newest_job(ACCOUNT, first, "film"),
    ]  # fmt: skip
    assert [job and job.id for job in found] == [newest, plan, film]
    assert await journal.find_newest_job(ACCOUNT, second, "plan") is None
    in_turn = await journal.find_job_in_turn(ACCOUNT, first)
    assert in_turn and in_turn.id == film
    assert [job.id for job in await journal.list_runnable_jobs(ACCOUNT, first)] == [film, plan]


async def test_pages_of_a_list_have_each_row_once_and_in_order(db: Database) -> None:
    journal = Journal(db)
    jobs = [await enqueue(journal) for _ in range(7)]
    of_one = [await enqueue(journal, (await journal.read_job(ACCOUNT, jobs[3])).project) for _ in range(3)]
    await enqueue(journal, account="other")
    await db.write(
        lambda unit: unit.conn.execute(projects.update().values(created_at=projects.c.created_at / 500 * 500))
    )
    every_job = [job.id for job in await journal.list_jobs(ACCOUNT)]
    every_project = [project.id for project in await journal.list_projects(ACCOUNT)]
    assert every_job == [*reversed(of_one), *reversed(jobs)] and len(every_project) == 7
    for size in (1, 3, 20):
        found: list[str] = []
        while page := await journal.list_jobs(ACCOUNT, None, size, found[-1] if found else None):
            assert len(page) <= size
            found += [job.id for job in page]
        assert found == every_job
        named: list[str] = []
        while rows := await journal.list_projects(ACCOUNT, size, named[-1] if named else None):
            assert len(rows) <= size
            named += [row.id for row in rows]
        assert named == every_project
    (last,) = await journal.list_jobs(ACCOUNT, (await journal.read_job(ACCOUNT, jobs[3])).project, 5, of_one[0])
    assert last.id == jobs[3]


async def test_a_title_is_found_in_letters_of_either_case_in_any_alphabet(db: Database) -> None:
    """2026-11: SQLite found “Über den Fluss” by “Über” alone, and PostgreSQL by “über” too."""
    journal = Journal(db)
    for title in ("Über den Fluss", "Ателие Игла", "A mug"):
        await journal.open_project(ACCOUNT, title, Brief(text="a film"))
    for letters, title in (("über", "Über den Fluss"), ("ИГЛА", "Ателие Игла"), ("MUG", "A mug")):
        assert [one.name for one in await journal.list_projects(ACCOUNT, letters=letters)] == [title]


async def test_a_label_finds_its_jobs_however_many_others_came_later(db: Database) -> None:
    journal, project = Journal(db), await open_project(Journal(db))
    labels = [
        {"user_email": "Ana@Example.org"}, {"account_id": "ana@example.org"}, {"account_id": "Team", "user_email": ""},
        {"user_email": "ana@example.org"}, {"user_email": "a" * 9000}, {"user_email": "\ud800\x00"}, {}, None,
    ]  # fmt: skip
    jobs = [await journal.enqueue(ACCOUNT, project, "film", None, {"labels": one} if one else {}) for one in labels]
    theirs = await open_project(journal, "other")
    await journal.enqueue("other", theirs, "film", None, {"labels": labels[0]})

    async def find(name: ListingLabel, value: str, **more: Any) -> list[int]:
        found = await journal.list_video_jobs(ACCOUNT, more.pop("limit", 9), None, label=JobLabel(name, value), **more)
        return [jobs.index(one.id) for one in found]

    assert await find("user_email", "ANA@example.org") == [3, 0]
    assert await find("user_email", "ana@example.org", limit=1, oldest_first=True) == [0]
    assert await find("account_id", "ana@example.org") == [1]
    assert await find("account_id", "Team") == [2] and await find("account_id", "team") == []
    assert await find("user_email", "a" * 9000) == [4] and await find("user_email", "a" * 8999) == []
    assert await find("user_email", "\ud800\x00") == [5]


async def test_the_third_of_three_is_third_and_moves_up(db: Database) -> None:
    journal = Journal(db, jobs_at_once=1)
    first, second, third = [await enqueue(journal) for _ in range(3)]
    assert await positions(journal) == {first: 1, second: 2, third: 3}
    lease = await journal.claim_project(ME)
    assert lease and await journal.start_next_job(lease) == first
    assert await positions(journal) == {second: 1, third: 2}
    await journal.finish(lease, first, "done", None, None)
    await journal.request_cancel(ACCOUNT, second)
    assert await positions(journal) == {third: 1}


async def test_a_position_counts_the_jobs_of_all_accounts_and_tells_only_ones_own(db: Database) -> None:
    journal = Journal(db)
    theirs, mine, urgent = (
        await enqueue(journal, account="other"),
        await enqueue(journal),
        await enqueue(journal, None, 5),
    )
    assert await positions(journal) == {urgent: 2, mine: 3}, "a high priority passes no job of another account"
    assert await positions(journal, "other") == {theirs: 1}
    assert await journal.list_positions(ACCOUNT, ()) == {}


async def test_jobs_of_one_project_stand_behind_each_other(db: Database) -> None:
    """A project is claimed for its most urgent job and then runs its jobs in the order in which they were queued."""
    journal = Journal(db)
    project = await open_project(journal)
    first, other = await enqueue(journal, project), await enqueue(journal)
    second = await enqueue(journal, project)
    assert await positions(journal) == {first: 1, second: 2, other: 2}, "which of the two starts next, nobody knows"
    lease = await journal.claim_project(ME, project)
    assert lease and await journal.start_next_job(lease) == first
    assert await positions(journal) == {second: 1, other: 1}
    urgent = await enqueue(journal, project, 9)
    assert await positions(journal) == {second: 1, urgent: 2, other: 2}


@pytest.mark.parametrize("seed", range(3))
async def test_one_job_at_a_time_starts_in_the_order_of_the_positions(db: Database, seed: int) -> None:
    journal, chance = Journal(db, jobs_at_once=1), random.Random(seed)
    for _ in range(12):
        await enqueue(journal, None, chance.choice((-1, 0, 0, 3)))
    foreseen = await positions(journal)
    started: list[str] = []
    while lease := await journal.claim_project(ME):
        job = await journal.start_next_job(lease)
        assert job
        started.append(job)
        assert not await journal.finish(lease, job, "done", None, None)
        await journal.release(lease)
    assert started == sorted(foreseen, key=lambda one: foreseen[one])
    assert sorted(foreseen.values()) == list(range(1, 13))


async def test_the_newest_event_of_a_project_is_its_own(db: Database) -> None:
    journal = Journal(db)
    first, second = await open_project(journal), await open_project(journal)
    events = await journal.list_events(ACCOUNT)
    assert [await journal.find_last_event(ACCOUNT, one) for one in (first, second)] == [one.id for one in events]
    assert await journal.find_last_event(ACCOUNT, "project_none") == await journal.find_last_event("other", first) == 0


async def test_jobs_that_are_polled_at_once_are_each_accounts_own(db: Database) -> None:
    journal = Journal(db)
    project = await journal.open_project(ACCOUNT, "Door", Brief(text="a door"))
    mine = await journal.enqueue(ACCOUNT, project, "film", None, {})
    other = await journal.open_project("other", "Lamp", Brief(text="a lamp"))
    theirs = await journal.enqueue("other", other, "film", None, {})
    asked = [
        (ACCOUNT, mine), ("other", mine), (ACCOUNT, theirs), ("other", theirs), (ACCOUNT, mine.removeprefix("job_")),
        (ACCOUNT, "job_none"), (ACCOUNT, ""), (ACCOUNT, "job_\x00"), (ACCOUNT, "\ud800"), (ACCOUNT, 7),
        (ACCOUNT, f"job_{mine}"), (ACCOUNT, project),
    ]  # fmt: skip
    found = await asyncio.gather(*(journal.read_job_view(*one) for one in asked), return_exceptions=True)
    assert [one.job.id if isinstance(one, JobView) else type(one) for one in found] == [
        mine, NotFound, NotFound, theirs, mine, *(NotFound,) * 7,
    ]  # fmt: skip
    assert isinstance(found[0], JobView) and found[0].job == await journal.read_job(ACCOUNT, mine)
    assert found[0].standing == await journal.read_standing(ACCOUNT, project)


async def test_a_job_is_seen_as_driven_only_while_it_runs_under_a_living_director(db: Database) -> None:
    journal = Journal(db)
    project = await journal.open_project(ACCOUNT, "Door", Brief(text="a door"))
    job = await journal.enqueue(ACCOUNT, project, "film", None, {})
    assert not (await journal.read_job_view(ACCOUNT, job)).is_driven
    dead = replace(ME, director="director_dead", pid=2**22 - 1)
    lease = await journal.claim_project(dead, project)
    assert lease and await journal.start_next_job(lease) == job
    assert not (await journal.read_job_view(ACCOUNT, job)).is_driven
    lease = await journal.claim_project(ME, project)
    assert lease and await journal.start_next_job(lease) == job
    assert (await journal.read_job_view(ACCOUNT, job)).is_driven
    await journal.finish(lease, job, "done", None, None)
    assert (await journal.read_job_view(ACCOUNT, job)).job.state == "done"


async def test_positions_asked_for_at_once_share_one_order(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(db)
    made = [await open_project(journal) for _ in range(20)]
    for project in made:
        await enqueue(journal, project)
    orders: list[int] = []
    list_in_order = job_queries._list_in_order

    def count(conn: Connection) -> list[int]:
        orders.append(1)
        return list_in_order(conn)

    monkeypatch.setattr(job_queries, "_list_in_order", count)
    asked = [journal.list_positions(account, {project}) for project in made for account in (ACCOUNT, "other")]
    found = await asyncio.gather(*asked)
    assert [list(one.values()) for one in found] == [one for n in range(20) for one in ([n + 1], [])]
    assert len(orders) < 20
