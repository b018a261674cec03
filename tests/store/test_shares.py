"""What several jobs of an account want alike is reserved once, whoever buys it and whoever gives up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from reasons import has_code
from reelwright.errors import LeaseLost, OverBudget
from reelwright.reason import Action, Reason
from reelwright.reel.base.value import Digest, Fingerprint
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.operation import Operation, Purchase
from reelwright.store.database.database import Database
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.units import Micros
from store.making import ACCOUNT, SHOT, STEP, another, fp_of, outcome, price, step
from store.observing import change, rows

A, B, C = (fp_of(step(name)) for name in "abc")


class Variant:
    """A project of an account that reuses its work, with a job."""

    def __init__(self, db: Database, project: str, job: str, lease: Any) -> None:
        self.journal, self.ledger = Journal(db), Ledger(db)
        self.project, self.job, self.lease, self.allowance = project, job, lease, ""

    @classmethod
    async def opened(cls, db: Database) -> Variant:
        journal = Journal(db)
        project = await journal.open_project(ACCOUNT, "p", Brief(text="a door"))
        job = await journal.enqueue(ACCOUNT, project, "film", None, {})
        return cls(
            db, project, job, await journal.claim_project(another(make_holder("d"), f"director of {project}"), project)
        )

    async def allow(self, wanted: Mapping[Fingerprint, int], more: int = 0) -> None:
        ceiling = Micros(sum(wanted.values()) + more)
        prices = {fp: Micros(micros) for fp, micros in wanted.items()}
        self.allowance = await self.ledger.ensure_allowance(self.lease, self.job, ceiling, "--yes", prices)

    async def intend(self, fp: Fingerprint, micros: int = 100, n: int = 1) -> Purchase:
        return await self.ledger.intend(
            self.lease, self.allowance, self.job, STEP, fp, ACCOUNT, "p", "m", price(micros), "never", n=n
        )

    async def bring(self, purchase: Purchase, bill: int = 100) -> None:
        assert await self.ledger.begin_posting(self.lease, purchase.id, {})
        await self.ledger.record_success(
            self.lease, purchase.id, STEP, outcome(purchase.fingerprint, purchase.id), SHOT
        )
        await self.ledger.settle(purchase.id, price(bill), "settled", None)

    async def finish(self) -> None:
        await self.journal.finish(self.lease, self.job, "done", None, None)


async def capped(db: Database, micros: int) -> None:
    await Ledger(db).set_budget(ACCOUNT, "account", ACCOUNT, Micros(micros))


async def held(db: Database) -> tuple[int, int]:
    ((reserved, settled),) = rows(db, "SELECT reserved_micros, settled_micros FROM budgets WHERE scope = 'account'")
    return int(str(reserved)), int(str(settled))


async def test_ten_variants_reserve_what_they_share_once_and_what_is_their_own_each(db: Database) -> None:
    await capped(db, 300)
    variants = [await Variant.opened(db) for _ in range(10)]
    await asyncio.gather(*(one.allow({A: 100, B: 100}, more=10) for one in variants))
    assert await held(db) == (300, 0)


async def test_a_budget_of_one_project_holds_all_that_the_project_may_have_to_pay(db: Database) -> None:
    one, two = await Variant.opened(db), await Variant.opened(db)
    await one.ledger.set_budget(ACCOUNT, "project", two.project, Micros(150))
    await one.allow({A: 100, B: 100})
    with pytest.raises(OverBudget, check=has_code("above_budget", budget=f"of {two.project}")):
        await two.allow({A: 100, B: 100})


async def test_what_one_has_bought_costs_once_and_the_others_hold_nothing_for_it(db: Database) -> None:
    await capped(db, 200)
    one, two = await Variant.opened(db), await Variant.opened(db)
    await one.allow({A: 100, B: 100})
    await two.allow({A: 100, B: 100})
    await one.bring(await one.intend(A))
    assert await held(db) == (100, 100)
    theirs = await two.intend(B)
    assert theirs.project == two.project, "who is first buys it, whoever held it"
    assert await held(db) == (100, 100)
    await two.bring(theirs)
    await one.finish()
    await two.finish()
    assert await held(db) == (0, 200)


async def test_who_gives_up_passes_on_what_he_held(db: Database) -> None:
    await capped(db, 100)
    variants = [await Variant.opened(db) for _ in range(3)]
    for one in variants:
        await one.allow({A: 100})
    for one in variants[:2]:
        await one.finish()
        assert await held(db) == (100, 0)
    await variants[2].bring(await variants[2].intend(A))
    await variants[2].finish()
    assert await held(db) == (0, 100)


async def test_what_is_being_bought_is_passed_on_to_nobody(db: Database) -> None:
    await capped(db, 100)
    one, two = await Variant.opened(db), await Variant.opened(db)
    await one.allow({A: 100})
    await two.allow({A: 100})
    purchase = await one.intend(A)
    assert await one.ledger.begin_posting(one.lease, purchase.id, {})
    await one.ledger.record_operation(purchase.id, Operation(id="op"))
    await one.finish()
    assert await held(db) == (100, 0), "it is open there"
    await one.ledger.record_failure(one.lease, purchase.id, price(0), Reason("failed_there"))
    assert await held(db) == (0, 0)
    again = await two.intend(A)
    assert again.try_ == 2 and await held(db) == (100, 0), "who buys it holds it"


async def test_whoever_joins_a_purchase_whose_inputs_came_late_gives_back_what_he_held_for_it(db: Database) -> None:
    await capped(db, 1000)
    one, two = await Variant.opened(db), await Variant.opened(db)
    await one.allow({}, more=100)  # it could not be known yet what its next shot continues
    await two.allow({}, more=100)
    bought = await one.intend(C)
    assert await held(db) == (200, 0)
    assert (await two.intend(C)).id == bought.id == (await two.intend(C)).id
    assert await held(db) == (100, 0)


async def test_a_share_is_no_way_past_a_budget(db: Database) -> None:
    await capped(db, 100)
    one, two, three = [await Variant.opened(db) for _ in range(3)]
    await one.allow({A: 100})
    await two.allow({A: 100})
    with pytest.raises(OverBudget):
        await three.allow({A: 100}, more=1)
    with pytest.raises(OverBudget):
        await three.allow({B: 1})
    assert await held(db) == (100, 0)


async def test_an_intent_of_a_director_that_is_gone_is_taken_over_and_sent_no_sooner(db: Database) -> None:
    await capped(db, 100)
    one, two = await Variant.opened(db), await Variant.opened(db)
    await one.allow({A: 100})
    await two.allow({A: 100})
    first = await one.intend(A)
    assert await one.ledger.begin_posting(one.lease, first.id, {})
    assert await one.ledger.move(first.id, ("posting",), "intent", Reason("not_accepted_now"), 120)
    (due,) = [p.not_before for p in await one.ledger.list_purchases(ACCOUNT, one.project) if p.id == first.id]
    assert (await two.intend(A)).id == first.id, "it is driven"
    await one.journal.release(one.lease)
    second = await two.intend(A)
    assert (second.project, second.try_, second.not_before) == (two.project, 2, due)
    assert await held(db) == (100, 0)
    lease = await one.journal.claim_project(another(make_holder("d"), "again"), one.project)
    assert lease and not (await one.ledger.begin_posting(lease, first.id, {})).may_send
    assert await one.ledger.read_purchase_state(one.lease, second.id) == ("intent", True, False)


async def test_a_try_after_the_clock_was_set_back_waits_no_longer_than_the_one_before_had_to(db: Database) -> None:
    one, two = await Variant.opened(db), await Variant.opened(db)
    await one.allow({A: 100})
    await two.allow({A: 100})
    first = await one.intend(A)
    assert await one.ledger.begin_posting(one.lease, first.id, {})
    assert await one.ledger.move(first.id, ("posting",), "intent", Reason("not_accepted_now"), 120)
    change(db, "UPDATE purchases SET not_before = not_before + 7200000, posted_at = posted_at + 7200000")
    await one.journal.release(one.lease)
    second = await two.intend(A)
    assert second.not_before and timedelta(minutes=1) < second.not_before - datetime.now(UTC) <= timedelta(minutes=2.1)


async def test_an_order_asked_for_again_that_another_took_over_and_left_is_taken_back(db: Database) -> None:
    one, two = await Variant.opened(db), await Variant.opened(db)
    await one.allow({A: 100})
    await two.allow({A: 100})
    assert (await one.intend(A, n=0)).n == 1
    await one.journal.release(one.lease)
    assert (await two.intend(A)).try_ == 2, "what nobody drives is taken over"
    await two.journal.release(two.lease)
    one.lease = await one.journal.claim_project(another(make_holder("d"), "again"), one.project)
    back = await one.intend(A, n=0)
    assert (back.project, back.n, back.try_, back.state) == (one.project, 1, 3, "intent")


async def test_variants_that_buy_at_once_buy_each_once_and_the_sums_are_right(db: Database) -> None:
    await capped(db, 300)
    variants = [await Variant.opened(db) for _ in range(6)]
    await asyncio.gather(*(one.allow({A: 100, B: 100, C: 100}) for one in variants))
    made = await asyncio.gather(*(one.intend(fp) for one in variants for fp in (A, B, C)))
    assert len({purchase.id for purchase in made}) == 3 and await held(db) == (300, 0)
    owners = {one.project: one for one in variants}
    await asyncio.gather(*(owners[p.project].bring(p, 90) for p in {p.id: p for p in made}.values()))
    await asyncio.gather(*(one.finish() for one in variants))
    assert await held(db) == (0, 270)
    assert rows(db, "SELECT count(*) FROM allowance_shares") == [(0,)]


class Sent(NamedTuple):
    """What two variants that want the same are at, once one has sent it and the other has joined."""

    one: Variant
    two: Variant
    sent: Purchase


async def sent_and_joined(db: Database, cap: int = 100) -> Sent:
    await capped(db, cap)
    one, two = await Variant.opened(db), await Variant.opened(db)
    await one.allow({A: 100})
    await two.allow({A: 100})
    sent = await one.intend(A)
    assert await one.ledger.begin_posting(one.lease, sent.id, {})
    await one.ledger.record_operation(sent.id, Operation(id="op"))
    assert (await two.intend(A)).id == sent.id
    return Sent(one, two, sent)


async def test_who_waits_takes_the_operation_over_once_its_job_is_stopped_and_pays_for_it(db: Database) -> None:
    one, two, sent = await sent_and_joined(db)
    await one.journal.request_cancel(ACCOUNT, one.job)
    assert await one.ledger.begin_cancel(one.lease, sent.id) == "wanted"
    assert (await one.ledger.read_purchase_state(two.lease, sent.id)).is_left
    mine = await two.intend(A)
    assert (mine.project, mine.state, mine.operation, mine.try_) == (two.project, "submitted", Operation(id="op"), 2)
    assert await one.ledger.begin_cancel(one.lease, sent.id) == "over" and await held(db) == (100, 0)
    with pytest.raises(LeaseLost):  # it had come to one of them just before
        await one.ledger.record_success(one.lease, sent.id, STEP, outcome(A), SHOT)
    await one.finish()
    assert await held(db) == (100, 0)
    await two.ledger.record_success(two.lease, mine.id, STEP, outcome(mine.fingerprint), SHOT)
    await two.ledger.settle(mine.id, price(90), "settled", None)
    await two.finish()
    assert await held(db) == (0, 90)
    spent = rows(db, "SELECT project, state, settled_micros FROM purchases ORDER BY attempt")
    assert spent == [(one.project, "released", None), (two.project, "settled", 90)]


async def test_what_was_billed_far_above_its_quote_stays_with_who_ordered_it_and_is_disputed_once(db: Database) -> None:
    one, two, sent = await sent_and_joined(db, 1000)
    await one.ledger.record_bill(sent.id, replace(price(1000), certainty="reported"))
    await one.journal.request_cancel(ACCOUNT, one.job)
    assert await one.ledger.begin_cancel(one.lease, sent.id) == "wanted"
    assert (await two.intend(A)).id == sent.id
    assert [one.purchase for one in await one.ledger.list_disputed_bills(ACCOUNT)] == [sent.id]


async def test_what_may_be_cancelled_is_taken_over_by_nobody(db: Database) -> None:
    """The stop was first: who comes then waits until it has ended, and buys it anew."""
    await capped(db, 100)
    one, two = await Variant.opened(db), await Variant.opened(db)
    await one.allow({A: 100})
    sent = await one.intend(A, n=0)
    assert await one.ledger.begin_posting(one.lease, sent.id, {})
    await one.ledger.record_operation(sent.id, Operation(id="op"))
    await one.journal.request_cancel(ACCOUNT, one.job)
    assert await one.ledger.begin_cancel(one.lease, sent.id) == "cancel"
    await two.allow({A: 100})
    assert (await two.intend(A)).id == sent.id
    assert not (await one.ledger.read_purchase_state(two.lease, sent.id)).is_left
    assert await one.ledger.begin_cancel(one.lease, sent.id) == "cancel", "once decided, it stays so"
    await one.ledger.record_failure(one.lease, sent.id, price(0), Reason("cancelled"))
    assert (await two.intend(A)).state == "intent"


async def test_what_does_not_fit_who_waits_stays_with_who_ordered_it(db: Database) -> None:
    one, _, sent = await sent_and_joined(db, 1000)
    poor = await Variant.opened(db)
    await poor.allow({}, more=1)
    assert (await poor.intend(A)).id == sent.id
    await one.journal.request_cancel(ACCOUNT, one.job)
    before = await held(db)
    assert (await poor.intend(A)).id == sent.id and await held(db) == before
    assert await one.ledger.begin_cancel(one.lease, sent.id) == "wanted"


async def test_of_many_who_wait_one_takes_it_over(db: Database) -> None:
    one, two, sent = await sent_and_joined(db)
    more = [await Variant.opened(db) for _ in range(4)]
    for other in more:
        await other.allow({A: 100})
    await one.journal.request_cancel(ACCOUNT, one.job)
    made = await asyncio.gather(*(other.intend(A) for other in (two, *more)))
    assert len({purchase.id for purchase in made} - {sent.id}) == 1 and await held(db) == (100, 0)


async def landed_while_one_asks(db: Database) -> tuple[Variant, Variant, Purchase]:
    """One's send was lost; two, which wants the same, waits for a decision about it. One is deleted, and it arrives."""
    await capped(db, 1000)
    one, two = await Variant.opened(db), await Variant.opened(db)
    await one.allow({A: 100})
    await two.allow({A: 100})
    sent = await one.intend(A)
    assert await one.ledger.begin_posting(one.lease, sent.id, {})
    assert await one.ledger.move(sent.id, ("posting",), "unknown", Reason("no_answer_seen"))
    assert (await two.intend(A)).id == sent.id
    asks = Reason("purchase_unknown", actions=(Action("decide_purchase", {"purchase": sent.id}),))
    assert await two.journal.mark_waiting(two.lease, two.job, "decision", STEP, asks, None)
    await two.journal.release(two.lease)
    return one, two, sent


async def arrive(one: Variant, sent: Purchase) -> Digest:
    await one.ledger.decide(ACCOUNT, sent.id, "arrived", "zoe", operation=Operation(id="op"))
    await one.ledger.record_success(one.lease, sent.id, STEP, outcome(sent.fingerprint), SHOT)
    await one.ledger.settle(sent.id, price(100), "settled", None)
    return outcome(sent.fingerprint).assets[0]


@pytest.mark.parametrize("goes_on", [True, False])
async def test_what_arrives_for_a_deleted_job_stays_for_who_waits_for_a_decision_about_it(
    db: Database, goes_on: bool
) -> None:
    """2026-11: it was deleted on arrival, and who had waited for exactly this purchase bought it again."""
    one, two, sent = await landed_while_one_asks(db)
    await one.journal.delete_job_files(ACCOUNT, one.job, [], is_job_removed=True)
    asset = await arrive(one, sent)
    await one.journal.finish(one.lease, one.job, "cancelled", None, None)
    await one.journal.release(one.lease)
    for _ in range(2):
        assert await one.journal.collect_job_files(ACCOUNT, one.job, [asset], 0) is None
    assert not (await one.journal.read_standing(ACCOUNT, one.project)).deleted_assets
    if goes_on:
        assert await two.ledger.adopt_outcomes(ACCOUNT, two.project, [(STEP, sent.fingerprint, sent.id)]) == 1
    else:
        await two.journal.request_cancel(ACCOUNT, two.job)
    lost = await one.journal.collect_job_files(ACCOUNT, one.job, [asset], 0)
    assert lost == (frozenset() if goes_on else {asset}), "and goes once nobody waits for it"


@pytest.mark.parametrize("door", ["delete", "clean up", "unwanted", "tidy"])
async def test_no_door_deletes_what_another_job_of_the_account_waits_for(db: Database, door: str) -> None:
    one, two, sent = await landed_while_one_asks(db)
    asset = await arrive(one, sent)
    await one.finish()
    await one.journal.release(one.lease)
    for wanted in (True, False):
        if door == "unwanted":
            deleted = await one.journal.collect_asset(ACCOUNT, asset, [one.project])
        elif door == "tidy":
            deleted = asset not in await one.journal.list_awaited_assets(ACCOUNT, [asset])
        else:
            removed = door == "delete"
            deleted = bool(await one.journal.delete_job_files(ACCOUNT, one.job, [asset], is_job_removed=removed))
        assert deleted is not wanted
        if wanted:
            await two.journal.request_cancel(ACCOUNT, two.job)
