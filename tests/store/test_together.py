"""What waits at one moment is done together, by the same statements; what is refused of it takes no other with it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from reelwright.errors import LeaseLost, NotFound
from reelwright.reason import Reason
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.records.ledger import Limit
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.store.policy import WRITE_CONNECTIONS
from store.making import ACCOUNT, STEP, Scene, another, sha

BODY = StepKey("segment/shot_a")


def landing(words: str, **facts: Any) -> Outcome:
    return Outcome(fingerprint=Fingerprint(f"segment:{sha(words)}"), assets=(sha(words),), facts=facts)


@contextlib.contextmanager
def all_wait(db: Database) -> Iterator[None]:
    """While inside, no write is begun: what is asked for then waits together."""
    let_go, begun = threading.Event(), threading.Semaphore(0)

    def hold(unit: Any) -> None:
        begun.release()
        let_go.wait(20)

    writers = 1 if db.url.get_backend_name() == "sqlite" else WRITE_CONNECTIONS - 1
    for _ in range(writers):
        db.submit(hold)
        begun.acquire(timeout=20)
    try:
        yield
    finally:
        let_go.set()


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    said: list[str] = []

    def count(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", count)


async def together(db: Database, *works: Any) -> list[Any]:
    """The answers of works that all waited at one moment."""
    with all_wait(db):
        tasks = [asyncio.ensure_future(work) for work in works]
        await asyncio.sleep(0.05)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_forty_landings_that_wait_are_one_commit_of_few_statements(db: Database) -> None:
    scenes = [await Scene.set(db, director=f"director_{n}") for n in range(40)]
    commits = db.commits
    with counted() as said:
        done = await together(db, *(s.journal.record_outcome(s.lease, BODY, landing("a")) for s in scenes))
    assert done == [None] * 40
    held = 1 if db.url.get_backend_name() == "sqlite" else WRITE_CONNECTIONS - 1
    assert db.commits - commits == 1 + held  # and those who held them up
    assert len([one for one in said if "outcomes" in one or "leases" in one or "assets" in one]) <= 6, said
    for scene in scenes:
        assert len((await scene.journal.read_standing(ACCOUNT, scene.project)).outcomes) == 1


async def test_of_writes_that_wait_together_a_late_one_is_refused_alone(db: Database) -> None:
    scenes = [await Scene.set(db, director=f"director_{n}") for n in range(5)]
    late = scenes[2]
    await late.journal.release(late.lease)
    assert await late.journal.claim_project(another(late.holder, "director_next"), late.project)
    for do in (
        lambda s: s.journal.record_outcome(s.lease, BODY, landing("a")),
        lambda s: s.journal.record_event(s.lease, s.job, "noted", {}),
        lambda s: s.journal.start_next_job(s.lease),
        lambda s: s.journal.finish(s.lease, s.job, "done", None, None),
    ):
        done = await together(db, *(do(scene) for scene in scenes))
        assert [isinstance(one, LeaseLost) for one in done] == [False, False, True, False, False], done
    for scene in scenes:
        standing = await scene.journal.read_standing(ACCOUNT, scene.project)
        kinds = [one.kind for one in await scene.journal.list_events(ACCOUNT, project=scene.project)]
        if scene is late:
            assert standing.job and standing.job.state == "queued" and not standing.outcomes and "noted" not in kinds
        else:
            assert standing.job and standing.job.state == "done" and standing.outcomes
            assert kinds[-4:] == ["step.landed", "noted", "job.running", "job.done"]


async def test_one_that_cannot_be_written_takes_no_other_with_it(db: Database) -> None:
    scenes = [await Scene.set(db, director=f"director_{n}") for n in range(4)]
    bad = [landing("a"), landing("b", what=object()), landing("c"), landing("d")]
    done = await together(db, *(s.journal.record_outcome(s.lease, BODY, o) for s, o in zip(scenes, bad, strict=True)))
    assert [type(one) for one in done] == [type(None), TypeError, type(None), type(None)]
    assert [len((await s.journal.read_standing(ACCOUNT, s.project)).outcomes) for s in scenes] == [1, 0, 1, 1]


async def test_of_two_that_land_the_same_at_once_the_first_stays_and_is_told(db: Database) -> None:
    scene = await Scene.set(db)
    name = landing("a").fingerprint
    both = [Outcome(fingerprint=name, assets=(sha(words),)) for words in ("first", "second")]
    assert await together(db, *(scene.journal.record_outcome(scene.lease, BODY, one) for one in both)) == [None, None]
    assert (await scene.journal.read_standing(ACCOUNT, scene.project)).outcomes[name].assets == (sha("first"),)
    kinds = [one.kind for one in await scene.journal.list_events(ACCOUNT)]
    assert kinds.count("step.landed") == 1


async def test_of_each_project_the_job_in_turn_is_started_once(db: Database) -> None:
    one, other, idle = [await Scene.set(db, director=f"director_{n}") for n in range(3)]
    second = await one.journal.enqueue(ACCOUNT, other.project, "takes", None, {})
    await other.journal.mark_waiting(other.lease, other.job, "decision", None, Reason("step_stuck"), seen_consent=None)
    await idle.journal.finish(idle.lease, idle.job, "done", None, None)
    asked = [one.journal.start_next_job(lease) for lease in (other.lease, one.lease, idle.lease, other.lease)]
    assert await together(db, *asked) == [second, one.job, None, second]
    assert await one.journal.start_next_job(other.lease) == second, "it runs already"
    told = {e.job: e.kind for e in await one.journal.list_events(ACCOUNT) if e.kind == "job.running"}
    assert set(told) == {second, one.job}


async def test_a_job_is_ended_once_and_only_by_its_own_project(db: Database) -> None:
    one, other = [await Scene.set(db, director=f"director_{n}") for n in range(2)]
    ends = [one.journal.finish(lease, other.job, "done", None, None) for lease in (one.lease, other.lease, other.lease)]
    missing = one.journal.finish(one.lease, "job_nowhere", "done", None, None)
    done = await together(db, *ends, missing)
    assert done[:3] == [True, False, False] and isinstance(done[3], NotFound), "the first has a job of its own left"
    told = [e.job for e in await one.journal.list_events(ACCOUNT) if e.kind == "job.done"]
    assert told == [other.job]


async def test_writes_of_several_accounts_keep_to_their_own(db: Database) -> None:
    """The same names in two accounts: an outcome and its bytes are had, and gone, in one of them only."""
    journal = Journal(db)
    scenes = []
    for account in ("one", "other"):
        project = await journal.open_project(account, "p", Brief(text="a"))
        await journal.enqueue(account, project, "film", None, {})
        lease = await journal.claim_project(another(make_holder("d"), f"director of {account}"), project)
        assert lease
        scenes.append((account, project, lease))
    await together(db, *(journal.record_outcome(lease, BODY, landing(account)) for account, _, lease in scenes))
    await journal.mark_deleted("one", [sha("one")])
    asked = [journal.read_standing(account, project) for account, project, _ in scenes]
    asked += [journal.read_standing("one", scenes[1][1])]
    mine, theirs, wrong = await asyncio.gather(*asked, return_exceptions=True)
    assert set(mine.outcomes) == {landing("one").fingerprint} and mine.deleted_assets == {sha("one")}  # type: ignore[union-attr]
    assert set(theirs.outcomes) == {landing("other").fingerprint} and not theirs.deleted_assets  # type: ignore[union-attr]
    assert isinstance(wrong, NotFound)


# --- reading


def odd(conn: Connection, asked: Sequence[int]) -> Sequence[int | Exception]:
    """Refuses 5, and cannot read 3 together with others or alone."""
    if 3 in asked:
        raise KeyError(3)
    return [NotFound("five") if n == 5 else n * 10 for n in asked]


async def test_of_readings_together_one_that_fails_takes_no_other_with_it(db: Database) -> None:
    found = await asyncio.gather(*(db.read_batched(odd, n) for n in range(8)), return_exceptions=True)
    assert [type(one) for one in found] == [int, int, int, KeyError, int, NotFound, int, int]


async def test_a_reading_that_nobody_waits_for_any_more_takes_no_other_with_it(db: Database) -> None:
    tasks = [asyncio.ensure_future(db.read_batched(odd, n)) for n in (0, 1, 2)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert found[0] == 0 and found[2] == 20 and isinstance(found[1], asyncio.CancelledError)


async def test_what_is_read_together_is_never_older_than_the_question(db: Database) -> None:
    scenes = [await Scene.set(db, director=f"director_{n}") for n in range(8)]

    async def write_and_look(scene: Scene) -> None:
        for n in range(10):
            made = landing(f"{n}")
            await scene.journal.record_outcome(scene.lease, BODY, made)
            assert made.fingerprint in (await scene.journal.read_standing(ACCOUNT, scene.project)).outcomes

    await asyncio.gather(*(write_and_look(scene) for scene in scenes))


async def test_hundreds_of_projects_are_read_by_few_statements(db: Database) -> None:
    scenes = [await Scene.set(db, director=f"director_{n}") for n in range(30)]
    journal = scenes[0].journal
    await asyncio.gather(*(journal.read_standing(ACCOUNT, scene.project) for scene in scenes))
    with counted() as said:
        found = await asyncio.gather(
            *(journal.read_standing(ACCOUNT, scene.project) for _ in range(10) for scene in scenes)
        )
    assert [one.project for one in found] == [scene.project for _ in range(10) for scene in scenes]
    assert len(said) <= 300 / 2, len(said)


# --- claiming


async def test_several_projects_are_claimed_in_one_transaction_in_their_turn(db: Database) -> None:
    journal, me = Journal(db), make_holder("director_a")
    projects = [await journal.open_project(ACCOUNT, f"{n}", Brief(text="a")) for n in range(5)]
    for project, priority in zip((*projects, projects[0]), (0, 0, 5, 0, 0, 0), strict=True):
        await journal.enqueue(ACCOUNT, project, "film", None, {"priority": priority})
    before = db.commits
    claimed = await journal.claim_projects(me, 4)
    assert [lease.project for lease in claimed] == [projects[n] for n in (2, 0, 1, 3)]
    assert db.commits - before == 1
    for lease in claimed:
        await journal.record_event(lease, None, "mine", {})
    rest = await journal.claim_projects(me, 4)
    assert [lease.project for lease in rest] == [projects[4]] and not await journal.claim_projects(me, 4)


async def test_claiming_several_keeps_to_the_limits_of_jobs(db: Database) -> None:
    journal, me = Journal(db), make_holder("director_a")
    for n in range(4):
        project = await journal.open_project(ACCOUNT, f"{n}", Brief(text="a"))
        await journal.enqueue(ACCOUNT, project, "film", None, {})
    await Ledger(db).set_limit(ACCOUNT, Limit(scope="jobs", subject=ACCOUNT, open_at_once=2))
    claimed = []
    while some := await journal.claim_projects(me, 8):
        claimed += some
    assert len(claimed) == 2


async def test_directors_that_claim_several_at_once_never_get_the_same(db: Database) -> None:
    journal = Journal(db)
    for n in range(24):
        project = await journal.open_project(ACCOUNT, f"{n}", Brief(text="a"))
        await journal.enqueue(ACCOUNT, project, "film", None, {})
    racing = [journal.claim_projects(another(make_holder("d"), f"director_{n}"), 5) for n in range(8)]
    found = [lease.project for leases in await asyncio.gather(*racing) for lease in leases]
    assert len(found) == len(set(found)) == 24


@pytest.mark.parametrize("words", ["a", "a b"])
async def test_a_purchase_left_unsent_goes_back_when_its_job_ends_among_others(db: Database, words: str) -> None:
    scenes = [await Scene.set(db, director=f"director_{n}") for n in range(3)]
    for scene in scenes[: len(words.split())]:
        await scene.intend(await scene.approved())
    await together(db, *(s.journal.finish(s.lease, s.job, "done", None, None) for s in scenes))
    for scene in scenes:
        bought = await scene.ledger.list_purchases(ACCOUNT, scene.project)
        assert all(one.state == "released" and one.step == STEP for one in bought)
        assert not (await scene.journal.read_standing(ACCOUNT, scene.project)).open_purchases
