"""Budgets: never passed by what is reserved, however many want it at once, and given back to the last micro-dollar."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from reasons import has_code, has_field
from reelwright.errors import BadInput, NotFound, OverBudget
from reelwright.reason import Action, Reason
from reelwright.reel.film.brief import Brief
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.units import Micros
from store.making import ACCOUNT, SHOT, STEP, Scene, another, fp_of, outcome, price, step
from store.observing import rows


async def test_threads_that_race_for_a_cap_get_exactly_what_it_holds(db: Database) -> None:
    """16 threads over 4 connections ask for 25 allowances of 1 to 4 micro-dollars each, from a cap of 300."""
    url = db.url.render_as_string(hide_password=False)
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "deployment", "", Micros(300))
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(400))
    databases = [Database(url) for _ in range(4)]
    given: list[int] = []

    async def ask(number: int) -> None:
        database = databases[number % 4]
        journal, ledger = Journal(database), Ledger(database)
        project = await journal.open_project(ACCOUNT, f"p{number}", Brief(text="a door"))
        job = await journal.enqueue(ACCOUNT, project, "film", None, {})
        lease = await journal.claim_project(another(make_holder("d"), f"d{number}"), project)
        assert lease is not None
        for size in range(25):
            try:
                await ledger.ensure_allowance(lease, job, Micros(size % 4 + 1), "race")
            except OverBudget:
                return
            given.append(size % 4 + 1)
            await journal.finish(lease, job, "done", None, None) if size % 5 == 4 else None
            job = await journal.enqueue(ACCOUNT, project, "film", None, {})

    threads = [threading.Thread(target=lambda n=n: asyncio.run(ask(n))) for n in range(16)]
    for thread in threads:
        thread.start()
    await asyncio.to_thread(lambda: [thread.join() for thread in threads])
    for database in databases:
        database.close()
    found = rows(db, "SELECT scope, reserved_micros FROM budgets ORDER BY scope")
    ((open_,),) = rows(db, "SELECT sum(ceiling_micros) FROM allowances WHERE closed_at IS NULL")
    assert found == [("account", int(str(open_))), ("deployment", int(str(open_)))]
    assert 297 <= int(str(open_)) <= 300
    assert sum(given) > 300, "what was given back was given out again"


async def test_over_one_cap_of_several_nothing_is_reserved_in_any(db: Database) -> None:
    scene = await Scene.set(db)
    for scope, subject, cap in (("deployment", "", 500), ("account", ACCOUNT, 400), ("project", scene.project, 100)):
        await scene.ledger.set_budget(ACCOUNT, scope, subject, Micros(cap))  # type: ignore[arg-type]
    with pytest.raises(OverBudget, check=has_code("above_budget", budget=f"of {scene.project}")):
        await scene.approved(101)
    assert rows(db, "SELECT sum(reserved_micros) FROM budgets") == [(0,)]
    assert rows(db, "SELECT count(*) FROM allowances") == [(0,)]
    await scene.approved(100)
    assert rows(db, "SELECT reserved_micros FROM budgets") == [(100,), (100,), (100,)]


async def test_a_budget_of_another_account_project_or_key_caps_nothing_here(db: Database) -> None:
    scene = await Scene.set(db)
    for account, scope, subject in (
        ("other", "account", "other"),
        (ACCOUNT, "project", "project_other"),
        (ACCOUNT, "key", "key_other"),
        ("other", "project", scene.project),
    ):
        await scene.ledger.set_budget(account, scope, subject, Micros(1))  # type: ignore[arg-type]
    await scene.approved(1_000_000)


async def test_the_key_that_asked_for_a_job_pays_from_its_own_budget(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "key", "key_a", Micros(100))
    job = await scene.journal.enqueue(ACCOUNT, scene.project, "film", None, {"key": "key_a"})
    with pytest.raises(OverBudget, check=has_code("above_budget", budget="of this API key")):
        await scene.ledger.ensure_allowance(scene.lease, job, Micros(101), "standing")
    await scene.ledger.ensure_allowance(scene.lease, job, Micros(100), "standing")


async def test_what_a_take_cost_less_than_quoted_goes_back_when_the_job_ends(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(1_000_000))
    purchase = await scene.intend(await scene.approved(900_000))
    assert await scene.ledger.begin_posting(scene.lease, purchase.id, {})
    await scene.ledger.record_success(scene.lease, purchase.id, STEP, outcome(fp_of(step())), SHOT)
    await scene.ledger.settle(purchase.id, price(250_000), "settled", Reason("settled"))
    assert rows(db, "SELECT reserved_micros, settled_micros FROM budgets") == [(650_000, 250_000)]
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    assert rows(db, "SELECT reserved_micros, settled_micros FROM budgets") == [(0, 250_000)]


async def test_a_daily_budget_begins_anew_the_next_day(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(100), "day")
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = round((midnight - timedelta(days=1)).timestamp() * 1000)
    engine = create_engine(db.url)
    with engine.begin() as conn:  # as if it had been used up yesterday
        told = "id = 'yesterday', starts_at = :starts, ends_at = :ends, reserved_micros = 60, settled_micros = 40"
        conn.execute(text(f"UPDATE budgets SET {told}"), {"starts": start, "ends": start + 86_400_000})
    engine.dispose()
    with pytest.raises(OverBudget, check=has_code("above_budget", per=" per day")):
        await scene.approved(101)
    await scene.approved(100)
    found = rows(db, "SELECT cap_micros, reserved_micros, settled_micros FROM budgets ORDER BY starts_at")
    assert found == [(100, 60, 40), (100, 100, 0)]


@pytest.mark.parametrize("cap", [-1, 0])
async def test_a_budget_of_nothing_or_less_is_refused_by_name(db: Database, cap: int) -> None:
    with pytest.raises(BadInput, check=has_field("budget", "more than $0")):
        await Ledger(db).set_budget(ACCOUNT, "account", ACCOUNT, Micros(cap))
    assert rows(db, "SELECT count(*) FROM budgets") == [(0,)]


@pytest.mark.parametrize(("scope", "period"), [("planet", None), ("account", "week")])
async def test_a_budget_of_nobody_or_of_no_period_is_refused(db: Database, scope: str, period: str | None) -> None:
    with pytest.raises(BadInput) as refused:
        await Ledger(db).set_budget(ACCOUNT, scope, ACCOUNT, Micros(1), period)  # type: ignore[arg-type]
    assert refused.value.field == ("per" if period else "scope")


async def test_a_budget_below_what_is_reserved_is_refused_and_stays_as_it_was(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(1_000_000))
    await scene.approved(700_000)
    with pytest.raises(BadInput, check=has_field("budget", "at least $0.70: $0.00 is spent, and $0.70 is reserved")):
        await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(699_999))
    (kept,) = await scene.ledger.list_budgets(ACCOUNT)
    assert (kept.cap_micros, kept.reserved_micros, kept.left_micros) == (1_000_000, 700_000, 300_000)
    assert (await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(700_000))).left_micros == 0


async def test_a_budget_that_what_is_reserved_would_pass_is_refused_and_one_below_what_is_spent_is_taken(
    db: Database,
) -> None:
    scene = await Scene.set(db)
    purchase = await scene.intend(await scene.approved(900_000))
    assert await scene.ledger.begin_posting(scene.lease, purchase.id, {})
    await scene.ledger.record_success(scene.lease, purchase.id, STEP, outcome(fp_of(step())), SHOT)
    await scene.ledger.settle(purchase.id, price(250_000), "settled", Reason("settled"))
    with pytest.raises(BadInput, check=has_field("budget", "at least $0.90: $0.25 is spent, and $0.65 is reserved")):
        await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(899_999))
    assert await scene.ledger.list_budgets(ACCOUNT) == []
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(900_000))
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    assert (await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(100_000))).left_micros == 0


async def sent_without_an_answer(scene: Scene) -> str:
    """One of two takes of a job for $0.90 is sent, and nobody knows what became of it."""
    purchase = await scene.intend(await scene.approved(900_000), micros=600_000)
    assert await scene.ledger.begin_posting(scene.lease, purchase.id, {})
    assert await scene.ledger.move(purchase.id, ["posting"], "unknown", Reason("no_answer_seen"))
    return purchase.id


@pytest.mark.parametrize("end", ["failed", "cancelled", "being cancelled"])
async def test_a_budget_below_what_an_ended_job_may_have_bought_is_taken_and_lets_nothing_through(
    db: Database, end: Any
) -> None:
    scene = await Scene.set(db)
    purchase = await sent_without_an_answer(scene)
    await scene.journal.start_next_job(scene.lease)
    if end == "being cancelled":
        await scene.journal.request_cancel(ACCOUNT, scene.job)
    else:
        await scene.journal.finish(scene.lease, scene.job, end, None, None)
    made = await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(500_000))
    assert (made.cap_micros, made.settled_micros, made.left_micros) == (500_000, 0, 0)
    if end == "being cancelled":
        await scene.journal.finish(scene.lease, scene.job, "cancelled", None, None)
    (kept,) = await scene.ledger.list_budgets(ACCOUNT)
    assert (kept.reserved_micros, kept.left_micros) == (600_000, 0)
    await scene.journal.requeue(ACCOUNT, scene.job)
    with pytest.raises(OverBudget, check=has_code("above_budget", budget="of this account")):
        await scene.approved(600_001)
    await scene.ledger.decide(ACCOUNT, purchase, "never", "me")
    with pytest.raises(OverBudget, check=has_code("above_budget", budget="of this account")):
        await scene.approved(500_001)
    again = await scene.intend(await scene.approved(500_000), micros=500_000)
    assert await scene.ledger.begin_posting(scene.lease, again.id, {})


async def test_what_never_arrived_is_not_sent_again_by_a_retried_job_above_a_budget_set_since(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await sent_without_an_answer(scene)
    await scene.journal.start_next_job(scene.lease)
    await scene.journal.finish(scene.lease, scene.job, "failed", None, None)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(500_000))
    await scene.journal.requeue(ACCOUNT, scene.job)
    await scene.approved(600_000)
    assert await scene.ledger.move(purchase, ["unknown"], "intent", Reason("never_arrived"))
    with pytest.raises(OverBudget, check=has_code("budget_is_exceeded", budget="of this account")):
        await scene.ledger.begin_posting(scene.lease, purchase, {})
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(600_000))
    assert await scene.ledger.begin_posting(scene.lease, purchase, {})


async def test_a_budget_that_a_live_job_could_pass_is_refused_and_the_unknown_purchase_is_named(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.start_next_job(scene.lease)
    purchase = await sent_without_an_answer(scene)
    await scene.journal.mark_waiting(
        scene.lease, scene.job, "decision", STEP, Reason("purchase_unknown"), seen_consent=None
    )
    with pytest.raises(BadInput, check=has_field("budget", "at least $0.90")) as refused:
        await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(899_999))
    assert refused.value.actions == (Action("list_jobs"), Action("decide_purchase", {"purchase": purchase}))
    await scene.ledger.decide(ACCOUNT, purchase, "written_off", "me")
    with pytest.raises(BadInput, check=has_field("budget", "$0.60 is spent, and $0.30 is reserved")) as still:
        await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(899_999))
    assert still.value.actions == (Action("list_jobs"),)
    await scene.journal.request_cancel(ACCOUNT, scene.job)
    assert (await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(100_000))).left_micros == 0


@pytest.mark.parametrize("scope", ["deployment", "account", "key", "project"])
async def test_a_budget_that_is_set_late_counts_what_is_held_and_was_spent(db: Database, scope: Any) -> None:
    scene = await Scene.set(db)
    job = await scene.journal.enqueue(ACCOUNT, scene.project, "film", None, {"key": "key_a"})
    allowance = await scene.ledger.ensure_allowance(scene.lease, job, Micros(900_000), "--yes")
    bought = await scene.ledger.intend(
        scene.lease, allowance, job, STEP, fp_of(step()), "s", "p", "m", price(400_000), "never"
    )
    assert await scene.ledger.begin_posting(scene.lease, bought.id, {})
    await scene.ledger.record_success(scene.lease, bought.id, STEP, outcome(fp_of(step())), SHOT)
    await scene.ledger.settle(bought.id, price(250_000), "settled", None)
    await scene.ledger.adjust(ACCOUNT, bought.id, -50_000, "a refund", "me")
    subject = {"deployment": "", "account": ACCOUNT, "key": "key_a", "project": scene.project}[scope]
    made = await scene.ledger.set_budget(ACCOUNT, scope, subject, Micros(5_000_000), "month")
    assert (made.reserved_micros, made.settled_micros) == (650_000, 200_000)
    again = await scene.ledger.set_budget(ACCOUNT, scope, subject, Micros(6_000_000), "month")
    assert (again.reserved_micros, again.settled_micros, again.cap_micros) == (650_000, 200_000, 6_000_000), (
        "counted once"
    )
    await scene.journal.finish(scene.lease, job, "done", None, None)
    (left,) = await scene.ledger.list_budgets(ACCOUNT)
    assert (left.reserved_micros, left.settled_micros) == (0, 200_000)


async def test_a_budget_that_was_removed_caps_nothing_and_counts_again_once_it_is_set(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(100), "day")
    await scene.ledger.remove_budget(ACCOUNT, "account", ACCOUNT, "day")
    assert await scene.ledger.list_budgets(ACCOUNT) == []
    with pytest.raises(NotFound, check=has_code("budget_not_found", scope="account", per=" per day")):
        await scene.ledger.remove_budget(ACCOUNT, "account", ACCOUNT, "day")
    await scene.approved(900)
    made = await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(1000), "day")
    assert (made.reserved_micros, made.left_micros) == (900, 100)
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    assert [b.left_micros for b in await scene.ledger.list_budgets(ACCOUNT)] == [1000]


async def test_budgets_are_listed_as_their_current_period_stands(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "project", scene.project, Micros(300))
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(200), "day")
    await scene.ledger.set_budget(ACCOUNT, "deployment", "", Micros(100), "month")
    await scene.ledger.set_budget("other", "account", "other", Micros(50))
    engine = create_engine(db.url)
    with engine.begin() as conn:  # as if it had been used up days ago
        ago = "starts_at = starts_at - 259200000, ends_at = ends_at - 259200000"
        ago += ", reserved_micros = 60, settled_micros = 40"
        conn.execute(text(f"UPDATE budgets SET {ago} WHERE period = 'day'"))
    engine.dispose()
    found = await scene.ledger.list_budgets(ACCOUNT)
    assert [(b.scope, b.period, b.left_micros) for b in found] == [
        ("deployment", "month", 100), ("account", "day", 200), ("project", None, 300)
    ]  # fmt: skip
    assert found[1].starts and found[1].starts.date() == datetime.now(UTC).date()


async def test_an_allowance_that_is_made_while_a_budget_is_set_is_counted_in_it(db: Database) -> None:
    """Whichever comes first, the budget knows of the allowance, or the allowance of the budget."""
    for number in range(12):
        scene = await Scene.set(db, director=f"director_{number}")
        key = f"key_{number}"
        job = await scene.journal.enqueue(ACCOUNT, scene.project, "film", None, {"key": key})
        await asyncio.gather(
            scene.ledger.set_budget(ACCOUNT, "key", key, Micros(1000)),
            scene.ledger.ensure_allowance(scene.lease, job, Micros(700), "--yes"),
        )
        assert [b.reserved_micros for b in await scene.ledger.list_budgets(ACCOUNT) if b.subject == key] == [700]
