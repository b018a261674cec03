"""Limits: exact whoever sends, in a fair order, and nobody waits for a director that is gone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from reasons import has_code, has_field
from reelwright.errors import BadInput, NotFound
from reelwright.reason import Reason
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.ledger import Limit
from reelwright.reel.records.operation import Lease, Operation, Purchase
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.units import Micros
from store.making import ACCOUNT, SHOT, Scene, another, fp_of, outcome, price, step
from store.observing import change, rows


@dataclass
class Buyer:
    """One driven project with an allowance."""

    ledger: Ledger
    journal: Journal
    lease: Lease
    job: str
    allowance: str

    async def intend(self, name: str, model: str = "m", provider: str = "p", resubmit: Any = "never") -> Purchase:
        made = step(name)
        return await self.ledger.intend(
            self.lease, self.allowance, self.job, made.key, fp_of(made), f"project:{self.lease.project}", provider,
            model, price(1), resubmit,
        )  # fmt: skip

    async def send(self, purchase: Purchase) -> bool:
        return (await self.ledger.begin_posting(self.lease, purchase.id, {})).may_send


async def buyer(db: Database, account: str = ACCOUNT, priority: int = 0, **ledger: Any) -> Buyer:
    journal, books = Journal(db), Ledger(db, **ledger)
    project = await journal.open_project(account, "p", Brief(text="a door"))
    job = await journal.enqueue(account, project, "film", None, {"priority": priority})
    lease = await journal.claim_project(another(make_holder("d"), f"director of {project}"), project)
    assert lease is not None
    allowance = await books.ensure_allowance(lease, job, Micros(1000), "--yes")
    return Buyer(books, journal, lease, job, allowance)


@pytest.mark.parametrize("scope", ["provider", "model", "account", "project"])
async def test_no_more_than_a_limit_allows_are_open_at_once(db: Database, scope: Any) -> None:
    one = await buyer(db)
    subject = {"provider": "p", "model": "m", "account": ACCOUNT, "project": one.lease.project}[scope]
    await one.ledger.set_limit(ACCOUNT, Limit(scope=scope, subject=subject, open_at_once=2))
    made = [await one.intend(f"shot {n}") for n in range(4)]
    assert [await one.send(p) for p in made] == [True, True, False, False]
    assert (await one.ledger.begin_posting(one.lease, made[2].id, {})).is_over_limit, (
        "it waits its turn, and is not given up"
    )
    await one.ledger.record_operation(made[0].id, Operation(id="op_1"))
    assert not await one.send(made[2]), "what is at work there is open"
    await one.ledger.record_success(one.lease, made[0].id, step().key, outcome(made[0].fingerprint), SHOT)
    assert await one.send(made[2])
    assert not await one.send(made[3])


async def test_directors_that_send_at_once_pass_no_limit(db: Database) -> None:
    """12 directors with 4 connections, each with 3 purchases, under one limit of 5 and accounts of 2."""
    url = db.url.render_as_string(hide_password=False)
    databases = [Database(url) for _ in range(4)]
    buyers = [await buyer(databases[n % 4], account=f"account_{n % 4}") for n in range(12)]
    await buyers[0].ledger.set_limit("account_0", Limit(scope="provider", subject="p", open_at_once=5))
    for n in range(4):
        await buyers[n].ledger.set_limit(f"account_{n}", Limit(scope="account", subject=f"account_{n}", open_at_once=2))
    made = [(one, await one.intend(f"{one.job} {n}")) for one in buyers for n in range(3)]
    await asyncio.gather(*(one.send(purchase) for one, purchase in made))
    for database in databases:
        database.close()
    assert rows(db, "SELECT count(*) FROM purchases WHERE state = 'posting'") == [(5,)]
    per_account = rows(db, "SELECT count(*) FROM purchases WHERE state = 'posting' GROUP BY account")
    assert max(int(str(count)) for (count,) in per_account) <= 2


async def test_starts_are_counted_over_their_time_also_those_that_ended_or_were_sent_again(db: Database) -> None:
    one = await buyer(db)
    await one.ledger.set_limit(ACCOUNT, Limit(scope="model", subject="m", starts=3, per_s=60))
    first, second, third = [await one.intend(f"shot {n}") for n in range(3)]
    assert await one.send(first) and await one.send(second)
    assert await one.ledger.move(first.id, ("posting",), "intent", Reason("not_accepted_now"))
    assert await one.send(first), "the third start"
    assert await one.ledger.move(second.id, ("posting",), "released", Reason("refused"))
    assert not await one.send(third)
    engine = create_engine(db.url)
    with engine.begin() as conn:  # as if a minute had passed
        conn.execute(text("UPDATE purchase_history SET at = at - 60001 WHERE to_state = 'posting'"))
    engine.dispose()
    assert await one.send(third)


async def test_a_default_holds_until_a_row_says_otherwise(db: Database) -> None:
    def default(name: str) -> Limit | None:
        return Limit(scope="model", subject="m", open_at_once=0) if name == "model/m" else None

    one = await buyer(db, find_default_limit=default)
    purchase = await one.intend("shot")
    assert not await one.send(purchase) and await one.ledger.list_purchases_awaiting_turn() == {purchase.id}
    await one.ledger.set_limit(ACCOUNT, Limit(scope="model", subject="m", open_at_once=1))
    assert await one.ledger.list_purchases_awaiting_turn() == frozenset()
    assert [limit.open_at_once for limit in await one.ledger.list_limits(ACCOUNT)] == [1]
    await one.ledger.remove_limit(ACCOUNT, "model", "m")
    assert not await one.send(purchase)
    with pytest.raises(NotFound, check=has_code("limit_not_found", scope="model", subject="m")):
        await one.ledger.remove_limit(ACCOUNT, "model", "m")


async def test_what_we_make_ourselves_counts_for_no_account(db: Database) -> None:
    one = await buyer(db)
    await one.ledger.set_limit(ACCOUNT, Limit(scope="account", subject=ACCOUNT, open_at_once=1))
    ours = [await one.intend(f"ours {n}", provider="offline", resubmit="free") for n in range(3)]
    assert all([await one.send(p) for p in ours])
    assert await one.send(await one.intend("bought"))


async def test_the_turn_is_the_account_with_fewest_open_then_by_priority_then_first_come(db: Database) -> None:
    busy, idle, urgent = await buyer(db, "busy"), await buyer(db, "idle"), await buyer(db, "busy", priority=5)
    sent = await busy.intend("at work")
    assert await busy.send(sent)
    await busy.ledger.set_limit("busy", Limit(scope="provider", subject="p", open_at_once=1))
    first, second = await busy.intend("first"), await busy.intend("second")
    late, last = await idle.intend("late"), await urgent.intend("last")
    waiting = {p.id: name for p, name in ((first, "first"), (second, "second"), (late, "late"), (last, "last"))}
    order = []
    for room in range(2, 6):
        await busy.ledger.set_limit("busy", Limit(scope="provider", subject="p", open_at_once=room))
        left = await busy.ledger.list_purchases_awaiting_turn()
        order += [waiting[p] for p in waiting if p not in left and waiting[p] not in order]
    assert order == ["late", "last", "first", "second"]
    assert await busy.ledger.list_purchases_awaiting_turn("idle") == frozenset()


async def test_who_waits_for_another_limit_holds_up_nobody(db: Database) -> None:
    one = await buyer(db)
    await one.ledger.set_limit(ACCOUNT, Limit(scope="model", subject="full", open_at_once=0))
    await one.ledger.set_limit(ACCOUNT, Limit(scope="provider", subject="p", open_at_once=1))
    stuck, free = await one.intend("a", model="full"), await one.intend("b")
    assert await one.ledger.list_purchases_awaiting_turn() == {stuck.id}
    assert await one.send(free)


async def test_what_nobody_drives_or_is_not_due_keeps_nobody_waiting(db: Database) -> None:
    gone, alive = await buyer(db), await buyer(db)
    await alive.ledger.set_limit(ACCOUNT, Limit(scope="provider", subject="p", open_at_once=1))
    first, later, mine = await gone.intend("first"), await alive.intend("later"), await alive.intend("mine")
    assert await alive.send(later)
    assert await alive.ledger.move(later.id, ("posting",), "intent", Reason("not_accepted_now"), 3600)
    assert mine.id in await alive.ledger.list_purchases_awaiting_turn(), "the other came first"
    await gone.journal.release(gone.lease)
    assert mine.id not in await alive.ledger.list_purchases_awaiting_turn() and first.id


@pytest.mark.parametrize(
    ("limit", "field"),
    [
        ({"scope": "planet", "subject": "p", "open_at_once": 1}, "scope"),
        ({"scope": "model", "subject": "", "open_at_once": 1}, "subject"),
        ({"scope": "model", "subject": "m"}, "open"),
        ({"scope": "model", "subject": "m", "starts": 1}, "per"),
        ({"scope": "model", "subject": "m", "open_at_once": -1}, "open"),
        ({"scope": "model", "subject": "m", "starts": 1, "per_s": 0}, "per"),
        ({"scope": "jobs", "subject": "", "starts": 1, "per_s": 9}, "starts"),
    ],
)
async def test_a_limit_that_cannot_be_is_named(db: Database, limit: Any, field: str) -> None:
    with pytest.raises(BadInput) as raised:
        await Ledger(db).set_limit(ACCOUNT, Limit(**limit))
    assert raised.value.field == field


# --- jobs


async def queued(db: Database, account: str = ACCOUNT, priority: int = 0) -> str:
    journal = Journal(db)
    project = await journal.open_project(account, "p", Brief(text="a door"))
    await journal.enqueue(account, project, "film", None, {"priority": priority})
    return project


async def test_no_more_jobs_run_than_the_deployment_allows_and_one_that_waits_gives_its_place(db: Database) -> None:
    journal = Journal(db, jobs_at_once=2)
    for _ in range(4):
        await queued(db)
    director = another(make_holder("d"), "director")
    first, second = await journal.claim_project(director), await journal.claim_project(director)
    assert first and second and await journal.claim_project(director) is None
    job = (await journal.read_standing(ACCOUNT, first.project)).job
    assert job is not None
    assert await journal.start_next_job(first) == job.id
    assert await journal.mark_waiting(first, job.id, "approval", None, None, None)
    await journal.release(first)
    assert await journal.claim_project(director) and await journal.claim_project(director) is None


async def test_directors_that_claim_at_once_take_up_no_more_than_may_run(db: Database) -> None:
    for _ in range(8):
        await queued(db)
    journals = [Journal(db, jobs_at_once=3) for _ in range(8)]
    claims = [journal.claim_project(another(make_holder("d"), f"director_{n}")) for n, journal in enumerate(journals)]
    assert sum(lease is not None for lease in await asyncio.gather(*claims)) == 3


async def test_what_a_director_that_is_gone_left_running_keeps_its_place_and_is_taken_up(db: Database) -> None:
    journal = Journal(db, jobs_at_once=1)
    first, _ = await queued(db), await queued(db)
    lease = await journal.claim_project(another(make_holder("d"), "gone"))
    assert lease and lease.project == first
    assert await journal.start_next_job(lease)
    await journal.release(lease)  # as after Ctrl-C
    taken = await journal.claim_project(another(make_holder("d"), "next"))
    assert taken and taken.project == first
    assert await journal.claim_project(another(make_holder("d"), "third")) is None


async def test_a_project_that_is_named_does_not_wait_for_others(db: Database) -> None:
    journal = Journal(db, jobs_at_once=1)
    first, second = await queued(db), await queued(db)
    assert await journal.claim_project(another(make_holder("d"), "a"), first)
    assert await journal.claim_project(another(make_holder("d"), "b"), second)


async def test_an_account_has_a_limit_of_its_own_and_a_row_replaces_the_default(db: Database) -> None:
    journal, ledger = Journal(db, jobs_at_once=1), Ledger(db)
    await ledger.set_limit("a", Limit(scope="jobs", subject="", open_at_once=3))
    await ledger.set_limit("a", Limit(scope="jobs", subject="a", open_at_once=1))
    for account in ("a", "a", "b"):
        await queued(db, account)
    director = another(make_holder("d"), "director")
    taken = [await journal.claim_project(director) for _ in range(3)]
    assert [lease and lease.account for lease in taken] == ["a", "b", None]


async def test_a_paused_queue_starts_nothing_of_its_account_and_goes_on_afterwards(db: Database) -> None:
    journal, ledger = Journal(db, jobs_at_once=5), Ledger(db)
    await ledger.set_limit("a", Limit(scope="jobs", subject="a", open_at_once=1))
    mine = [await queued(db, "a") for _ in range(2)]
    await queued(db, "b")
    director = another(make_holder("d"), "director")
    await journal.pause_queue("a")
    since = await journal.find_pause("a")
    await journal.pause_queue("a")
    assert since and await journal.find_pause("a") == since, "a second pause changes nothing"
    taken = [await journal.claim_project(director) for _ in range(2)]
    assert [lease and lease.account for lease in taken] == ["b", None]
    named = await journal.claim_project(another(make_holder("d"), "at a terminal"), mine[0])
    assert named and named.account == "a", "a person who makes a film waits for no pause"
    await journal.release(named)
    await journal.resume_queue("a")
    assert await journal.find_pause("a") is None
    taken = [await journal.claim_project(director) for _ in range(2)]
    assert [lease and lease.account for lease in taken] == ["a", None], "the limit that was set holds again"
    told = [event.kind for event in await journal.list_events("a") if event.kind.startswith("queue.")]
    assert told == ["queue.paused", "queue.resumed"]


async def test_the_job_of_higher_priority_is_taken_up_first(db: Database) -> None:
    await queued(db)
    urgent = await queued(db, priority=3)
    lease = await Journal(db).claim_project(another(make_holder("d"), "director"))
    assert lease and lease.project == urgent


@pytest.mark.parametrize("priority", [101, -101, 1.5, True, "urgent"])
async def test_a_priority_that_is_none_is_refused(db: Database, priority: Any) -> None:
    scene = await Scene.set(db)
    with pytest.raises(BadInput, check=has_field("priority")):
        await scene.journal.enqueue(ACCOUNT, scene.project, "film", None, {"priority": priority})


async def test_starts_that_were_noted_before_the_clock_was_set_back_hold_nobody_up_for_hours(db: Database) -> None:
    one = await buyer(db)
    await one.ledger.set_limit(ACCOUNT, Limit(scope="model", subject="m", starts=1, per_s=60))
    assert await one.send(await one.intend("a"))
    second = await one.intend("b")
    assert not await one.send(second)
    change(db, "UPDATE purchase_history SET at = at + 7200000")
    assert await one.send(second)


async def test_who_was_told_to_wait_before_the_clock_was_set_back_still_waits_in_turn(db: Database) -> None:
    one = await buyer(db)
    await one.ledger.set_limit(ACCOUNT, Limit(scope="model", subject="m", open_at_once=1))
    waits = await one.intend("a")
    assert await one.send(waits)
    assert await one.ledger.move(waits.id, ("posting",), "intent", Reason("not_accepted_now"), 0)
    assert await one.send(await one.intend("b"))
    change(db, "UPDATE purchases SET posted_at = posted_at + 7200000, not_before = not_before + 7200000")
    assert waits.id in await one.ledger.list_purchases_awaiting_turn()


async def test_paid_work_at_a_provider_is_fetched_however_long_the_queue_is_paused(db: Database) -> None:
    """Its provider may remove it: a job that waits its turn with such work goes on, and one without waits."""
    paid, other = await Scene.set(db), await queued(db, ACCOUNT)
    bought = await paid.intend(await paid.approved())
    assert await paid.ledger.begin_posting(paid.lease, bought.id, {})
    await paid.ledger.record_operation(bought.id, Operation(id="op"))
    await paid.journal.release(paid.lease)
    await paid.journal.pause_queue(ACCOUNT)
    director = another(make_holder("d"), "director")
    taken = [await paid.journal.claim_project(director) for _ in range(2)]
    assert [lease and lease.project for lease in taken] == [paid.project, None] and other != paid.project
