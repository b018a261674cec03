"""Limits of batches: so many rows at once, in all processes together, and nothing is left of a batch that is over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reasons import has_code, has_field
from reelwright.errors import BadInput, NotFound
from reelwright.reason import Reason
from reelwright.reel.film.brief import Brief, Goal
from reelwright.reel.records.ledger import Limit
from reelwright.reel.records.operation import Consent, Lease, Operation
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.units import Micros
from store.making import ACCOUNT, another
from store.observing import change, rows
from store.test_limits import Buyer

CONSENT = Consent(ceiling=Micros(1000), by="yes")


def batch_of(at_once: int, key: str = "batch_1") -> Limit:
    return Limit(scope="batch", subject=key, open_at_once=at_once)


async def add_row(journal: Journal, batch: Limit, goal: Goal = "film", project: str | None = None) -> tuple[str, str]:
    """Queue a row of the batch; return its project and its job."""
    project = project or await journal.open_project(ACCOUNT, "p", Brief(text="a door"))
    return project, await journal.enqueue_once(ACCOUNT, project, goal, CONSENT, {}, lambda job: None, 0, batch)


async def claim(journal: Journal, name: str, project: str | None = None) -> Lease | None:
    return await journal.claim_project(another(make_holder("d"), f"director_{name}"), project)


async def list_batches(db: Database) -> list[str]:
    return [limit.subject for limit in await Ledger(db).list_limits(ACCOUNT) if limit.scope == "batch"]


async def test_no_more_films_of_a_batch_run_than_it_allows_and_the_next_starts_when_one_ends(db: Database) -> None:
    journal = Journal(db)
    films = [await add_row(journal, batch_of(2)) for _ in range(4)]
    held = [await claim(journal, "a"), await claim(journal, "b")]
    assert [lease and lease.project for lease in held] == [project for project, _ in films[:2]]
    assert await claim(journal, "c") is None
    assert await claim(journal, "c", films[2][0]) is None, "also where the row is named"
    first = held[0]
    assert first and await journal.start_next_job(first) == films[0][1]
    await journal.finish(first, films[0][1], "done", None, None)
    await journal.release(first)
    third = await claim(journal, "c", films[3][0])
    assert third and await claim(journal, "d") is None


async def test_directors_that_claim_at_once_run_no_more_films_than_the_batch_allows(db: Database) -> None:
    for _ in range(8):
        await add_row(Journal(db), batch_of(3))
    journals = [Journal(db) for _ in range(8)]
    many = [journal.claim_projects(another(make_holder("d"), f"director_{n}"), 4) for n, journal in enumerate(journals)]
    assert sum(len(leases) for leases in await asyncio.gather(*many)) == 3


async def test_other_jobs_do_not_wait_for_a_batch_that_is_full(db: Database) -> None:
    journal = Journal(db, jobs_at_once=3)
    for _ in range(3):
        await add_row(journal, batch_of(1))
    other = await journal.open_project(ACCOUNT, "p", Brief(text="a door"))
    await journal.enqueue(ACCOUNT, other, "film", None, {})
    first = await claim(journal, "a")
    assert first and first.project != other
    claimed = await journal.claim_projects(another(make_holder("d"), "director"), 8)
    assert [lease.project for lease in claimed] == [other]


async def test_a_row_that_is_cancelled_does_not_wait_for_a_slot(db: Database) -> None:
    journal = Journal(db)
    first, _ = await add_row(journal, batch_of(1))
    project, job = await add_row(journal, batch_of(1))
    lease = await claim(journal, "a", project)
    assert lease, "the first row has not started"
    buyer = Buyer(Ledger(db), journal, lease, job, await Ledger(db).ensure_allowance(lease, job, Micros(1000), "--yes"))
    assert await journal.start_next_job(lease) == job and await buyer.send(await buyer.intend("shot"))
    await journal.release(lease)
    assert await claim(journal, "b", first)
    await journal.request_cancel(ACCOUNT, job)
    assert await claim(journal, "c", project), "what was sent for it has to be followed"


async def test_rows_that_a_process_left_running_hold_up_no_other_row_and_need_a_slot_to_go_on(db: Database) -> None:
    journal = Journal(db)
    (left, job), (other, _) = [await add_row(journal, batch_of(1)) for _ in range(2)]
    lease = await claim(journal, "dead", left)
    assert lease and await journal.start_next_job(lease) == job
    change(db, "UPDATE directors SET beat_at = 1")
    assert await claim(journal, "next", other)
    assert await claim(journal, "third", left) is None


async def test_a_person_who_names_a_row_waits_for_no_other(db: Database) -> None:
    journal = Journal(db)
    (first, _), (second, job) = [await add_row(journal, batch_of(1)) for _ in range(2)]
    assert await claim(journal, "a", first) and await claim(journal, "b", second) is None
    assert await journal.enqueue_once(ACCOUNT, second, "film", CONSENT, {}, lambda row: None, 0) == job
    assert (await journal.read_job(ACCOUNT, job)).batch_key is None and await claim(journal, "b", second)


async def test_another_job_of_a_row_s_project_does_not_start_the_row_before_its_turn(db: Database) -> None:
    journal = Journal(db)
    (first, _), (second, _) = [await add_row(journal, batch_of(1)) for _ in range(2)]
    assert await claim(journal, "a", first)
    await journal.enqueue(ACCOUNT, second, "cut", None, {})
    assert await claim(journal, "b", second) is None and await claim(journal, "b") is None


async def test_a_row_that_is_added_to_a_leased_project_starts_only_when_its_batch_has_a_free_slot(db: Database) -> None:
    journal = Journal(db)
    first, _ = await add_row(journal, batch_of(1))
    assert await claim(journal, "a", first)
    project = await journal.open_project(ACCOUNT, "p", Brief(text="a door"))
    job = await journal.enqueue(ACCOUNT, project, "cut", None, {})
    lease = await claim(journal, "b", project)
    assert lease and await journal.start_next_job(lease) == job
    await add_row(journal, batch_of(1), project=project)
    assert not await journal.finish(lease, job, "done", None, None)
    await journal.release(lease)
    assert await claim(journal, "b", project) is None


async def buy_clip(db: Database, batch: Limit, name: str) -> tuple[Buyer, Any]:
    journal, ledger = Journal(db), Ledger(db)
    project, job = await add_row(journal, batch, "takes")
    lease = await claim(journal, name, project)
    assert lease and await journal.start_next_job(lease) == job
    allowance = await ledger.ensure_allowance(lease, job, Micros(1000), "--yes")
    buyer = Buyer(ledger, journal, lease, job, allowance)
    return buyer, await buyer.intend(name)


async def test_a_clip_that_waits_for_a_person_or_that_nobody_follows_holds_up_no_other(db: Database) -> None:
    clips = [await buy_clip(db, batch_of(1), f"clip {n}") for n in range(3)]
    (first, sent), (second, also), (third, last) = clips
    assert await first.send(sent) and not await second.send(also)
    assert await first.journal.mark_waiting(first.lease, first.job, "decision", None, None, CONSENT)
    assert await second.send(also) and not await third.send(last)
    change(db, "UPDATE directors SET beat_at = 1 WHERE id = 'director_clip 1'")
    assert await third.send(last)


async def test_a_clip_counts_while_its_provider_works_on_it_and_no_longer(db: Database) -> None:
    """What this machine does with one clip does not delay the next."""
    clips = [await buy_clip(db, batch_of(2), f"clip {n}") for n in range(4)]
    assert [await buyer.send(purchase) for buyer, purchase in clips] == [True, True, False, False]
    (first, sent), *_, (third, waits), _ = clips
    await first.ledger.record_operation(sent.id, Operation(id="op_1"))
    assert not await third.send(waits)
    await first.ledger.record_answer(ACCOUNT, sent.id)
    assert await first.ledger.list_purchases_awaiting_turn() == {clips[3][1].id}
    assert await third.send(waits)
    assert not await clips[3][0].send(clips[3][1])


async def test_a_clip_that_waits_to_be_sent_again_keeps_its_slot(db: Database) -> None:
    """Else a provider that is busy would be sent the next row, too."""
    (first, sent), (second, waits) = [await buy_clip(db, batch_of(1), f"clip {n}") for n in range(2)]
    assert await first.send(sent)
    assert await first.ledger.move(sent.id, ["posting"], "intent", Reason("not_accepted_now"), 60, sends=1)
    assert not await second.send(waits)
    assert waits.id in await first.ledger.list_purchases_awaiting_turn()
    assert await first.send(sent), "it does not wait for itself"


async def test_own_work_counts_for_no_batch(db: Database) -> None:
    (first, _), (second, _) = [await buy_clip(db, batch_of(1), f"clip {n}") for n in range(2)]
    for n, buyer in enumerate((first, second)):
        assert await buyer.send(await buyer.intend(f"drawn {n}", resubmit="free"))


async def test_clips_of_other_batches_are_counted_by_themselves(db: Database) -> None:
    bought = [await buy_clip(db, batch_of(1, f"batch_{n}"), f"clip {n}") for n in range(3)]
    assert all([await buyer.send(purchase) for buyer, purchase in bought])


async def test_nothing_is_left_of_the_limit_when_the_last_row_has_ended(db: Database) -> None:
    journal = Journal(db)
    (_, done), (_, waits), (_, dropped) = [await add_row(journal, batch_of(3)) for _ in range(3)]
    first, second = await claim(journal, "a"), await claim(journal, "b")
    assert first and second and await journal.start_next_job(first) and await journal.start_next_job(second)
    await journal.finish(first, done, "done", None, None)
    await journal.request_cancel(ACCOUNT, dropped)
    assert await journal.mark_waiting(second, waits, "approval", None, None, CONSENT)
    await journal.release(second)
    assert await list_batches(db) == ["batch_1"], "the row that waits goes on under it"
    await journal.request_cancel(ACCOUNT, waits)
    assert await list_batches(db) == []


async def test_batches_that_take_rows_from_each_other_end_with_one_limit(db: Database) -> None:
    journal = Journal(db)
    projects = [(await add_row(journal, batch_of(3)))[0] for _ in range(6)]
    for n in range(3):
        batches = [batch_of(3, f"batch_{n}{one}") for one in "ab"]
        await asyncio.gather(*(add_row(journal, batch, project=project) for project in projects for batch in batches))
    keys = {(await journal.find_newest_job(ACCOUNT, project)).batch_key for project in projects}  # type: ignore[union-attr]
    assert set(await list_batches(db)) == keys


async def test_a_row_that_runs_again_belongs_to_the_newer_batch(db: Database) -> None:
    journal = Journal(db)
    project, job = await add_row(journal, batch_of(3))
    assert await add_row(journal, batch_of(3, "batch_2"), project=project) == (project, job)
    assert (await journal.read_job(ACCOUNT, job)).batch_key == "batch_2"
    assert await list_batches(db) == ["batch_2"]


async def test_a_limit_that_a_person_changed_stays_when_the_next_row_comes(db: Database) -> None:
    journal = Journal(db)
    await add_row(journal, batch_of(3))
    await Ledger(db).set_limit(ACCOUNT, batch_of(1))
    await add_row(journal, batch_of(3))
    assert rows(db, "SELECT open_at_once AS n FROM limits WHERE scope = 'batch'") == [(1,)]


async def test_a_limit_of_rows_counts_no_starts(db: Database) -> None:
    with pytest.raises(BadInput, check=has_field("starts")):
        await Ledger(db).set_limit(ACCOUNT, Limit(scope="batch", subject="batch_1", starts=1, per_s=1))
    with pytest.raises(BadInput, check=has_field("subject")):
        await Ledger(db).set_limit(ACCOUNT, Limit(scope="batch", subject="", open_at_once=1))


async def test_a_batch_that_is_over_gets_no_limit_again(db: Database) -> None:
    with pytest.raises(NotFound, check=has_code("limit_not_found")):
        await Ledger(db).set_limit(ACCOUNT, batch_of(1))
    assert await list_batches(db) == []
