"""Purchases: bought once, reserved before, settled once, and never lost sight of."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from reasons import has_code, has_field
from reelwright.errors import BadInput, NeedsConsent, NotFound, OverBudget
from reelwright.reason import Reason, build_reason
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.operation import OPEN_STATES, Operation, Purchase, PurchaseState
from reelwright.store.database.database import Database
from reelwright.store.limits.states import ALLOWED, ENDED
from reelwright.units import Micros
from store.making import ACCOUNT, SHOT, STEP, Scene, another, fp_of, outcome, price, step
from store.observing import change, rows, transactions

DIRECT: list[PurchaseState] = ["posting", "submitted", "succeeded", "failed", "unknown"]


async def at(scene: Scene, state: PurchaseState, prompt: str = "a red door opens") -> Purchase:
    """A purchase that was brought to ``state`` the way an engine does it."""
    made = step(prompt)
    bought = await scene.intend(await scene.approved(5_000_000), made)
    if state == "intent":
        return bought
    assert await scene.ledger.begin_posting(scene.lease, bought.id, {"prompt": prompt})
    if state in ("submitted", "failed"):
        await scene.ledger.record_operation(bought.id, Operation(id=f"op_{prompt}"))
    match state:
        case "succeeded" | "settled":
            await scene.ledger.record_success(scene.lease, bought.id, STEP, outcome(fp_of(made), prompt), SHOT)
        case "failed":
            assert await scene.ledger.move(bought.id, ("submitted",), "failed", Reason("failed_there"))
        case "unknown":
            assert await scene.ledger.move(bought.id, ("posting",), "unknown", Reason("no_answer_seen"))
        case "released":
            assert await scene.ledger.move(bought.id, ("posting",), "released", Reason("refused"))
    if state == "settled":
        await scene.ledger.settle(bought.id, price(100), "settled", None)
    return await again(scene, bought)


async def again(scene: Scene, purchase: Purchase) -> Purchase:
    return next(p for p in await scene.ledger.list_purchases(ACCOUNT, scene.project) if p.id == purchase.id)


async def held(db: Database) -> tuple[int, int]:
    ((reserved, settled),) = rows(db, "SELECT sum(reserved_micros), sum(settled_micros) FROM allowances")
    return int(str(reserved)), int(str(settled))


def test_the_table_of_moves_has_an_answer_for_every_pair() -> None:
    states = get_args(PurchaseState)
    assert set(ALLOWED) == {(a, b) for a in states for b in states}
    assert not any(ALLOWED[a, b] for a in ENDED for b in states), "what has ended stays as it ended"
    assert set(states) - ENDED == OPEN_STATES
    assert all(any(ALLOWED[a, b] for b in states) for a in OPEN_STATES), "nothing is stuck for good"
    assert not ALLOWED["unknown", "posting"], "an unknown is never sent again without a look"


@pytest.mark.parametrize("state", sorted(OPEN_STATES - {"failed"}))
async def test_the_same_is_never_bought_twice_while_it_is_open(db: Database, state: PurchaseState) -> None:
    scene = await Scene.set(db)
    first = await at(scene, state)
    assert (first.state, (await scene.intend(first.allowance)).id) == (state, first.id)
    assert len(await scene.ledger.list_purchases(ACCOUNT, scene.project)) == 1


@pytest.mark.parametrize("state", ["settled", "succeeded"])
async def test_what_landed_is_never_bought_again(db: Database, state: PurchaseState) -> None:
    scene = await Scene.set(db)
    first = await at(scene, state)
    assert (await scene.intend(first.allowance)).id == first.id


@pytest.mark.parametrize("state", ["failed", "released"])
async def test_a_known_failure_opens_a_new_try_with_a_row_of_its_own(db: Database, state: PurchaseState) -> None:
    scene = await Scene.set(db)
    first = await at(scene, state)
    second = await scene.intend(first.allowance)
    assert (first.try_, second.try_, second.state) == (1, 2, "intent")
    assert (await scene.intend(first.allowance)).id == second.id


@pytest.mark.parametrize("state", ["posting", "submitted", "unknown"])
async def test_an_earlier_try_that_is_open_is_followed_before_there_is_another(db: Database, state: str) -> None:
    """``reconcile`` recovers every purchase that was sent: two tries of one order may be at their provider."""
    scene = await Scene.set(db)
    first = await at(scene, "failed")
    await scene.ledger.settle(first.id, price(400_000), "settled", Reason("settled"))
    second = await scene.intend(first.allowance)
    moved = (
        "UPDATE purchases SET state = :state, settled_micros = NULL, settlement = NULL, ended_at = :at WHERE id = :id"
    )
    change(db, moved, state=state, id=first.id, at=None)
    assert (await scene.intend(first.allowance)).id == second.id, "the newest of those that are open"
    await scene.ledger.move(second.id, ["intent"], "released", Reason("no_longer_wanted"))
    assert (await scene.intend(first.allowance)).id == first.id
    change(db, moved, state="released", id=first.id, at=1)
    assert (await scene.intend(first.allowance)).try_ == 3


async def test_a_billed_failure_opens_a_new_try_too(db: Database) -> None:
    scene = await Scene.set(db)
    first = await at(scene, "failed")
    await scene.ledger.settle(first.id, price(400_000), "settled", Reason("settled"))
    assert (await scene.intend(first.allowance)).try_ == 2
    assert await held(db) == (400_000, 400_000)


async def test_directors_that_intend_the_same_at_once_make_one_purchase(db: Database) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved()
    made = await asyncio.gather(*(scene.intend(allowance) for _ in range(12)))
    assert len({purchase.id for purchase in made}) == 1
    assert await held(db) == (400_000, 0)


async def test_projects_that_share_a_scope_buy_a_shared_shot_once(db: Database) -> None:
    first, second = await Scene.set(db), await Scene.set(db, director="director_b")
    bought = []
    for scene in (first, second):
        allowance = await scene.approved()
        bought.append(
            await scene.ledger.intend(
                scene.lease, allowance, scene.job, STEP, fp_of(step()), f"account:{ACCOUNT}", "p", "m", price(),
                "never",
            )
        )  # fmt: skip
    assert bought[0] == bought[1]
    assert not await second.ledger.begin_posting(second.lease, bought[1].id, {}), "whoever intended it sends it"
    assert await first.ledger.begin_posting(first.lease, bought[0].id, {})


async def test_an_unknown_price_is_never_guessed(db: Database) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved()
    with pytest.raises(NeedsConsent, check=has_code("price_unknown", steps=["take/shot_a"])):
        await scene.ledger.intend(
            scene.lease, allowance, scene.job, STEP, fp_of(step()), "s", "p", "m", price(None), "never"
        )
    assert await scene.ledger.list_purchases(ACCOUNT, scene.project) == []


async def test_what_does_not_fit_the_allowance_leaves_nothing_behind(db: Database) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved(700_000)
    await scene.intend(allowance)
    with pytest.raises(
        OverBudget, check=has_code("above_approval", micros=400_000, ceiling_micros=700_000, left_micros=300_000)
    ):
        await scene.intend(allowance, step("another"))
    assert len(await scene.ledger.list_purchases(ACCOUNT, scene.project)) == 1
    assert await held(db) == (400_000, 0)


async def test_an_allowance_of_another_account_buys_nothing(db: Database) -> None:
    scene = await Scene.set(db)
    with pytest.raises(NotFound):
        await scene.intend("allowance_of_somebody_else")


async def test_one_of_many_that_want_to_send_does(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await at(scene, "intent")
    sent = await asyncio.gather(*(scene.ledger.begin_posting(scene.lease, purchase.id, {"n": n}) for n in range(8)))
    assert sum(bool(posted) for posted in sent) == 1
    assert (await again(scene, purchase)).attempts == 1


async def test_what_was_not_taken_on_is_sent_again_later_and_counted(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await at(scene, "posting")
    assert await scene.ledger.move(purchase.id, ("posting",), "intent", Reason("not_accepted_now"), 60)
    found = await again(scene, purchase)
    assert (found.state, found.attempts, found.reason) == ("intent", 1, Reason("not_accepted_now"))
    assert found.not_before and found.posted_at
    assert timedelta(seconds=60) <= found.not_before - found.posted_at < timedelta(seconds=70), "by one clock"
    assert await scene.ledger.begin_posting(scene.lease, purchase.id, {"prompt": "again"})
    found = await again(scene, purchase)
    assert (found.attempts, found.not_before, found.prepared_request) == (2, None, {"prompt": "again"})


@pytest.mark.parametrize("state", ["posting", "unknown", "intent"])
async def test_an_operation_is_recorded_wherever_the_purchase_stands(db: Database, state: PurchaseState) -> None:
    scene = await Scene.set(db)
    purchase = await at(scene, state if state != "intent" else "posting")
    if state == "intent":  # somebody held it for absent, and it was not
        assert await scene.ledger.move(purchase.id, ("posting",), "intent", Reason("never_arrived"))
    bought = Operation(id="op_1", key="k", urls={"get": "https://example.com/op_1"})
    await scene.ledger.record_operation(purchase.id, bought)
    await scene.ledger.record_operation(purchase.id, bought)
    found = await again(scene, purchase)
    assert (found.state, found.operation) == ("submitted", bought)


@pytest.mark.parametrize("state", ["submitted", "succeeded", "failed", "settled", "released"])
async def test_a_second_operation_is_never_dropped(db: Database, state: PurchaseState) -> None:
    scene = await Scene.set(db)
    purchase = await at(scene, state)
    await scene.ledger.record_operation(purchase.id, Operation(id="op_late"))
    assert (await again(scene, purchase)).state == state
    (kept,) = rows(db, "SELECT operation FROM purchase_history ORDER BY seq DESC LIMIT 1")
    assert "op_late" in str(kept[0])


async def test_a_move_from_elsewhere_changes_nothing(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await at(scene, "submitted")
    before = rows(db, "SELECT count(*) FROM purchase_history")
    assert not await scene.ledger.move(purchase.id, ("posting",), "unknown", None)
    assert rows(db, "SELECT count(*) FROM purchase_history") == before
    assert (await again(scene, purchase)).state == "submitted"


async def test_a_move_that_no_purchase_makes_is_a_mistake_of_the_caller(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await at(scene, "settled")
    with pytest.raises(AssertionError):
        await scene.ledger.move(purchase.id, ("settled",), "intent", None)
    with pytest.raises(BadInput, check=has_field("state", "without a price")):
        await scene.ledger.move(purchase.id, ("succeeded",), "settled", None)
    with pytest.raises(NotFound):
        await scene.ledger.move("purchase_nowhere", ("intent",), "posting", None)


async def test_every_move_is_kept_in_order(db: Database) -> None:
    scene = await Scene.set(db)
    await at(scene, "settled")
    story = rows(db, "SELECT from_state, to_state FROM purchase_history ORDER BY seq")
    assert story == [(None, "intent"), ("intent", "posting"), ("posting", "succeeded"), ("succeeded", "settled")]


async def test_a_settlement_happens_once(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await at(scene, "succeeded")
    done = [
        scene.ledger.settle(purchase.id, price(n * 1000), "settled", build_reason("settled", basis=f"bill {n}"))
        for n in range(1, 9)
    ]
    await asyncio.gather(*done)
    await scene.ledger.settle(purchase.id, price(1), "released", Reason("settled"))
    found = await again(scene, purchase)
    assert found.settled_micros is not None
    assert await held(db) == (0, found.settled_micros)
    assert rows(db, "SELECT count(*) FROM purchase_history WHERE to_state IN ('settled', 'released')") == [(1,)]


async def test_what_is_written_off_is_the_send_that_was_meant_and_no_later_one(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await at(scene, "unknown")
    await scene.ledger.write_off(purchase.id, price(), Reason("written_off"), 2)
    assert (await again(scene, purchase)).state == "unknown", "somebody has sent it once, not twice"
    await scene.ledger.write_off(purchase.id, price(), Reason("written_off"), 1)
    assert (await again(scene, purchase)).state == "settled"
    landed = await at(scene, "succeeded", "another door")
    await scene.ledger.write_off(landed.id, price(), Reason("written_off"), 1)
    assert (await again(scene, landed)).state == "succeeded", "its answer came after all"


async def test_a_bill_above_the_quote_is_recorded_as_it_is(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(5_000_000))
    purchase = await at(scene, "succeeded")
    await scene.ledger.settle(purchase.id, price(9_000_000), "settled", Reason("settled"))
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    assert rows(db, "SELECT reserved_micros, settled_micros FROM budgets") == [(0, 9_000_000)]
    job = await scene.journal.enqueue(ACCOUNT, scene.project, "film", None, {})
    with pytest.raises(OverBudget, check=has_code("above_budget", left_micros=0)):
        await scene.ledger.ensure_allowance(scene.lease, job, Micros(1), "--yes")
    assert await scene.ledger.ensure_allowance(scene.lease, job, Micros(0), "--yes"), "what is free goes on"


async def test_what_is_not_over_cannot_be_settled(db: Database) -> None:
    scene = await Scene.set(db)
    for state in ("intent", "posting", "submitted"):
        purchase = await at(scene, state, f"a {state} door")
        with pytest.raises(BadInput, check=has_field("purchase", "succeeded, failed, unknown")):
            await scene.ledger.settle(purchase.id, price(), "settled", None)
    done = await at(scene, "succeeded", "a done door")
    with pytest.raises(BadInput, check=has_field("price")):
        await scene.ledger.settle(done.id, price(None), "settled", None)


async def test_what_never_was_accepted_cannot_land(db: Database) -> None:
    scene = await Scene.set(db)
    for state in ("intent", "released"):
        purchase = await at(scene, state, f"a {state} door")
        with pytest.raises(BadInput, check=has_field("purchase", "before it lands")):
            await scene.ledger.record_success(scene.lease, purchase.id, STEP, outcome(purchase.fingerprint), SHOT)
    assert (await scene.journal.read_standing(ACCOUNT, scene.project)).outcomes == {}


async def test_what_somebody_must_see_to_is_in_the_standing(db: Database) -> None:
    scene = await Scene.set(db)
    for state in (*DIRECT, "intent", "settled", "released"):
        await at(scene, state, f"a {state} door")
    found = {p.state for p in (await scene.journal.read_standing(ACCOUNT, scene.project)).open_purchases}
    assert found == OPEN_STATES


async def test_the_end_of_a_job_releases_what_was_never_sent_and_keeps_what_was(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(10_000_000))
    unsent, sent = await at(scene, "intent", "one"), await at(scene, "submitted", "two")
    await scene.journal.finish(scene.lease, scene.job, "failed", None, None)
    assert (await again(scene, unsent)).state == "released"
    assert rows(db, "SELECT reserved_micros, settled_micros FROM budgets") == [(400_000, 0)]
    assert await scene.ledger.move(sent.id, ("submitted",), "failed", None)
    await scene.ledger.settle(sent.id, price(0), "released", None)
    assert rows(db, "SELECT reserved_micros, settled_micros FROM budgets") == [(0, 0)]


async def test_a_paid_step_takes_four_commits(db: Database) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved()
    before = transactions(db), db.commits
    purchase = await scene.intend(allowance)
    assert await scene.ledger.begin_posting(scene.lease, purchase.id, {})
    await scene.ledger.record_success(scene.lease, purchase.id, STEP, outcome(fp_of(step())), SHOT)
    await scene.ledger.settle(purchase.id, price(), "settled", None)
    assert (transactions(db) - before[0], db.commits - before[1]) == (4, 4)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'submitted'",
        "state = 'settled', ended_at = 1",
        "state = 'paid'",
        "state = 'posting'",
        "quoted_micros = -1",
        "state = 'released'",
        "settled_micros = 5",
        "attempt = 0",
    ],
)
async def test_the_database_itself_refuses_what_cannot_be(db: Database, change: str) -> None:
    scene = await Scene.set(db)
    await at(scene, "intent")
    engine = create_engine(db.url)
    with pytest.raises(IntegrityError), engine.begin() as conn:
        conn.execute(text(f"UPDATE purchases SET {change}"))
    engine.dispose()


async def test_an_allowance_grows_and_never_shrinks(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(1_000_000))
    first = await scene.approved(300_000)
    assert await scene.approved(900_000) == first
    assert await scene.approved(100_000) == first
    assert rows(db, "SELECT reserved_micros FROM budgets") == [(900_000,)]
    with pytest.raises(OverBudget):
        await scene.approved(1_000_001)
    assert rows(db, "SELECT ceiling_micros FROM allowances") == [(900_000,)]


async def test_a_job_that_is_tried_again_asks_anew(db: Database) -> None:
    scene = await Scene.set(db)
    first = await scene.approved()
    await scene.journal.finish(scene.lease, scene.job, "failed", None, None)
    await scene.journal.requeue(ACCOUNT, scene.job)
    assert await scene.approved() != first


async def test_a_late_answer_may_land_after_its_job_ended(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await at(scene, "submitted")
    await scene.journal.finish(scene.lease, scene.job, "cancelled", None, None)
    await scene.ledger.record_success(scene.lease, purchase.id, STEP, outcome(purchase.fingerprint), SHOT)
    await scene.ledger.settle(purchase.id, price(123), "settled", None)
    assert await held(db) == (0, 123)


async def test_another_account_cannot_land_or_send_what_is_not_its_own(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await at(scene, "intent")
    project = await scene.journal.open_project("other", "Other", Brief(text="x"))
    await scene.journal.enqueue("other", project, "film", None, {})
    lease = await scene.journal.claim_project(another(scene.holder, "director_other"), project)
    assert lease is not None
    assert not await scene.ledger.begin_posting(lease, purchase.id, {})
    with pytest.raises(BadInput):
        await scene.ledger.record_success(lease, purchase.id, STEP, outcome(purchase.fingerprint), SHOT)


def test_a_day_ends_at_midnight_and_a_month_on_the_first() -> None:
    from reelwright.store.limits.budgets import compute_period
    from reelwright.store.schema.sql import to_ms

    now = datetime(2028, 2, 29, 23, 59, 59, 999_000, tzinfo=UTC)
    day, month = compute_period(now, "day"), compute_period(now, "month")
    assert day == (to_ms(datetime(2028, 2, 29, tzinfo=UTC)), to_ms(datetime(2028, 3, 1, tzinfo=UTC)))
    assert month == (to_ms(datetime(2028, 2, 1, tzinfo=UTC)), to_ms(datetime(2028, 3, 1, tzinfo=UTC)))
    december = compute_period(datetime(2028, 12, 31, tzinfo=UTC) + timedelta(hours=5), "month")
    assert december[1] == to_ms(datetime(2029, 1, 1, tzinfo=UTC))
    assert compute_period(now, None) == (0, None)
