"""Nobody's queue delays another's: jobs and purchases go in a fair order between accounts, and between API keys."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from reasons import has_code, has_field
from reelwright.errors import BadInput, NotFound
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.ledger import Limit
from reelwright.reel.records.operation import Holder, Lease
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.database.unit import Unit
from reelwright.store.jobs import jobs
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.store.projects import projects
from reelwright.units import Micros
from store.making import ACCOUNT, SHOT, another, fp_of, outcome, price, step
from store.observing import rows

MANY = 300


async def queue_many(
    db: Database, number: int, account: str = "busy", key: str | None = None, priority: Any = 0
) -> list[tuple[str, str]]:
    """Queue jobs of new projects in one transaction; return each project with its job."""
    options = {"priority": priority, **({"key": key} if key else {})}

    def write(unit: Unit) -> list[tuple[str, str]]:
        opened = [projects.open_project(unit, account, "p", Brief(text="a door")) for _ in range(number)]
        return [(project, jobs.enqueue(unit, account, project, "film", None, options)) for project in opened]

    made: list[tuple[str, str]] = await db.write(write)
    return made


def make_directors(number: int) -> list[Holder]:
    return [another(make_holder("d"), f"director_{n}") for n in range(number)]


async def finish(journal: Journal, lease: Lease) -> None:
    job = await journal.start_next_job(lease)
    assert job
    await journal.finish(lease, job, "done", None, None)
    await journal.release(lease)


@pytest.mark.parametrize("directors", [1, 3])
async def test_one_job_starts_when_the_next_slot_is_free_however_many_another_account_has_queued(
    db: Database, directors: int
) -> None:
    journal = Journal(db, jobs_at_once=3)
    await queue_many(db, MANY)
    held = make_directors(directors)
    running = [lease for n in range(3) if (lease := await journal.claim_project(held[n % directors]))]
    for lease in running:
        await journal.start_next_job(lease)
    await queue_many(db, 20)
    ((mine, job),) = await queue_many(db, 1, account="idle")
    assert await journal.list_positions("idle", {mine}) == {job: 1}
    assert await journal.claim_project(held[-1]) is None, "no slot is free"
    await finish(journal, running[0])
    taken = await journal.claim_projects(held[-1], 32)
    assert [lease.project for lease in taken] == [mine]


async def test_where_one_job_runs_at_a_time_an_account_with_one_has_the_next_turn(db: Database) -> None:
    """When the slot is free, nobody has a job that runs: the older queue must not win each time."""
    journal = Journal(db, jobs_at_once=1)
    await queue_many(db, 6, key="key_bulk")
    (director,) = make_directors(1)
    order = []
    for turn in range(5):
        if turn == 1:
            ((single, _),) = await queue_many(db, 1, account="idle")
        if turn == 2:
            ((other, _),) = await queue_many(db, 1, key="key_single")
        lease = await journal.claim_project(director)
        assert lease
        order.append(lease.project)
        await finish(journal, lease)
    assert order[1] == single and order[2] == other


@pytest.mark.parametrize("directors", [1, 3])
async def test_one_purchase_is_sent_in_the_next_turn_however_many_another_account_waits_with(
    db: Database, directors: int
) -> None:
    journal, ledger = Journal(db), Ledger(db)
    held = make_directors(directors)
    await ledger.set_limit("busy", Limit(scope="provider", subject="p", open_at_once=2))

    async def intend(lease: Lease) -> str:
        made = step(lease.project)
        job = await journal.start_next_job(lease)
        assert job
        allowance = await ledger.ensure_allowance(lease, job, Micros(10**6), "--yes")
        intended = await ledger.intend(
            lease, allowance, job, made.key, fp_of(made), f"project:{lease.project}", "p", "m", price(1), "never"
        )  # fmt: skip
        return intended.id

    await queue_many(db, 40)
    leases = {
        await intend(lease): lease for n in range(40) if (lease := await journal.claim_project(held[n % directors]))
    }
    sent = list(leases)[:2]
    for one in sent:
        assert (await ledger.begin_posting(leases[one], one, {})).may_send
    await queue_many(db, 1, account="idle")
    lease = await journal.claim_project(held[0])
    assert lease and lease.account == "idle"
    mine = await intend(lease)
    assert mine in await ledger.list_purchases_awaiting_turn(), "no room yet"
    await ledger.record_success(
        leases[sent[0]], sent[0], step().key, outcome(fp_of(step(leases[sent[0]].project))), SHOT
    )
    assert mine not in await ledger.list_purchases_awaiting_turn("idle")
    assert await ledger.list_purchases_awaiting_turn("busy") == {*leases} - {*sent}, "it is the only one that may go"
    assert (await ledger.begin_posting(lease, mine, {})).may_send


async def test_api_keys_of_one_account_take_turns(db: Database) -> None:
    journal = Journal(db, jobs_at_once=2)
    await queue_many(db, 60, key="key_bulk")
    ((single, _),) = await queue_many(db, 1, key="key_single")
    ((persons, _),) = await queue_many(db, 1)
    (director,) = make_directors(1)
    first = await journal.claim_projects(director, 2)
    assert len(first) == 2 and single in {lease.project for lease in first}, "each key has one of the two slots"
    for lease in first:
        await finish(journal, lease)
    second = await journal.claim_projects(director, 1)
    assert second
    await finish(journal, second[0])
    third = await journal.claim_projects(director, 2)
    assert persons in {lease.project for lease in (*second, *third)}


async def test_a_job_counts_under_the_key_that_took_over_its_payment(db: Database) -> None:
    journal = Journal(db)
    ((_, job),) = await queue_many(db, 1, account=ACCOUNT, key="key_a")
    await journal.request_cancel(ACCOUNT, job)
    await journal.requeue_with_consent(ACCOUNT, job, lambda _: None, {"key": "key_b"})
    assert rows(db, "SELECT payer FROM jobs") == [("key_b",)]


async def test_a_low_priority_is_behind_everybody_and_a_high_one_passes_only_the_own_account(db: Database) -> None:
    journal = Journal(db)
    low = await queue_many(db, 1, "a", priority="low")
    normal = await queue_many(db, 2, "a")
    high = await queue_many(db, 3, "a", priority="high")
    other = await queue_many(db, 2, "b")
    (director,) = make_directors(1)
    leases = [lease for _ in range(8) if (lease := await journal.claim_project(director))]
    expected = [high[0], other[0], high[1], other[1], high[2], *normal, *low]
    assert [lease.project for lease in leases] == [project for project, _ in expected]


async def test_to_the_front_passes_the_jobs_of_the_same_key_only(db: Database) -> None:
    journal = Journal(db, jobs_at_once=1)
    first = await queue_many(db, 3, "a", "key_x")
    urgent = await queue_many(db, 1, "a", "key_x", "high")
    others = await queue_many(db, 1, "a", "key_y")
    last = await queue_many(db, 1, "a", "key_x")
    job, every = last[0][1], {project for project, _ in (*first, *urgent, *others, *last)}
    await journal.move_to_front("a", job)
    # the urgent one is first, then it is the other key's turn
    assert (await journal.list_positions("a", every))[job] == 3
    assert (await journal.read_job("a", job)).priority == 0, "nobody becomes urgent by it"
    again = first[2][1]
    await journal.move_to_front("a", again)
    assert (await journal.list_positions("a", every))[again] == 3
    await journal.move_to_front("a", again)
    await journal.move_to_front("a", others[0][1])
    found = await journal.list_positions("a", every)
    assert found[again] == 3 and (await journal.read_job("a", others[0][1])).priority == 0
    moved = [event for event in await journal.list_events("a") if event.kind == "job.moved"]
    assert len(moved) == 2, "one that is first already is not moved"
    lease = await journal.claim_project(make_directors(1)[0])
    assert lease and lease.project == urgent[0][0]


async def test_a_priority_is_changed_until_the_job_ends(db: Database) -> None:
    journal = Journal(db)
    ((_, job),) = await queue_many(db, 1, "a")
    await journal.set_priority("a", job, -10)
    await journal.set_priority("a", job, -10)
    (moved,) = [event for event in await journal.list_events("a") if event.kind == "job.moved"]
    assert moved.body == {"priority": -10, "is_first": False}
    with pytest.raises(BadInput, check=has_field("priority")):
        await journal.set_priority("a", job, 101)
    for call in (journal.set_priority("b", job, 0), journal.move_to_front("b", job)):
        with pytest.raises(NotFound, check=has_code("job_not_found")):
            await call
    await journal.request_cancel("a", job)
    for call in (journal.set_priority("a", job, 0), journal.move_to_front("a", job)):
        with pytest.raises(BadInput, check=has_field("job")):
            await call


@pytest.mark.parametrize("seed", range(6))
async def test_jobs_start_in_the_order_of_their_positions_while_none_ends(db: Database, seed: int) -> None:
    """With any mix of accounts, keys, priorities, jobs that were moved, and jobs that run already."""
    journal, chance = Journal(db), random.Random(seed)
    made: list[tuple[str, str, str]] = []
    (director,) = make_directors(1)

    async def queue(number: int) -> None:
        for _ in range(number):
            account, key = chance.choice("abc"), chance.choice((None, "key_x", "key_y"))
            ((project, job),) = await queue_many(db, 1, account, key, chance.choice((-10, 0, 0, 0, 10)))
            made.append((account, project, job))

    async def start(lease: Lease) -> str:
        await asyncio.sleep(0.002)  # the database's clock has milliseconds, and says whose turn was longest ago
        job = await journal.start_next_job(lease)
        assert job
        return job

    await queue(8)
    begun = {await start(lease) for lease in await journal.claim_projects(director, 5)}
    await queue(16)
    for account, _, job in chance.sample(made, 5):
        if job not in begun:
            await journal.move_to_front(account, job)
    foreseen: dict[str, int] = {}
    for account in "abc":
        foreseen |= await journal.list_positions(account, {project for of, project, _ in made if of == account})
    assert sorted(foreseen.values()) == list(range(1, len(made) - len(begun) + 1))
    started: list[str] = []
    while leases := await journal.claim_projects(director, chance.choice((1, 2, 5))):
        started += [await start(lease) for lease in leases]
    assert started == sorted(foreseen, key=lambda job: foreseen[job])
