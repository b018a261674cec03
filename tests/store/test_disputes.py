"""A bill far above its quote is kept as reported, counted as quoted, and decided about by a person, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from reelwright.errors import BadInput, OverBudget
from reelwright.reason import Reason
from reelwright.reel.records.ledger import LedgerEntry
from reelwright.reel.records.operation import Consent, Operation
from reelwright.store.database.database import Database
from reelwright.store.policy import DISPUTE_FACTOR
from reelwright.units import Micros
from store.making import ACCOUNT, SHOT, STEP, Scene, fp_of, outcome, price, step
from store.observing import rows

ABSURD = 999_999_000_000


async def billed(scene: Scene, micros: int, quoted: int = 400_000, certainty: Any = "reported") -> LedgerEntry:
    """A take that was quoted, landed, and billed."""
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(10_000_000), "month")
    bought = await scene.intend(await scene.approved(), micros=quoted)
    assert await scene.ledger.begin_posting(scene.lease, bought.id, {})
    await scene.ledger.record_operation(bought.id, Operation(id="op"))
    await scene.ledger.record_success(scene.lease, bought.id, STEP, outcome(fp_of(step())), SHOT)
    await scene.ledger.settle(bought.id, replace(price(micros), certainty=certainty), "settled", Reason("settled"))
    return await entry(scene)


async def entry(scene: Scene) -> LedgerEntry:
    (found,) = await scene.ledger.list_entries(ACCOUNT)
    return found


async def counted(scene: Scene) -> int:
    (budget,) = await scene.ledger.list_budgets(ACCOUNT)
    return budget.settled_micros


async def test_an_absurd_bill_is_kept_as_reported_and_the_budgets_count_the_quote(db: Database) -> None:
    scene = await Scene.set(db)
    found = await billed(scene, ABSURD)
    assert found.settlement and (found.settlement.micros, found.settlement.certainty) == (ABSURD, "reported")
    assert (found.dispute, found.spent_micros, await counted(scene)) == ("open", 400_000, 400_000)
    assert rows(db, "SELECT settled_micros FROM allowances") == [(400_000,)]


@pytest.mark.parametrize(
    ("micros", "quoted", "certainty", "disputed"),
    [
        (400_000 * DISPUTE_FACTOR, 400_000, "reported", True),
        (400_000 * DISPUTE_FACTOR - 1, 400_000, "reported", False),
        (400_000 * DISPUTE_FACTOR, 400_000, "computed", True),
        (ABSURD, 400_000, "quoted", False),
        (1, 0, "reported", True), (0, 0, "reported", False), (0, 400_000, "reported", False),
    ],
)  # fmt: skip
async def test_a_bill_is_disputed_from_a_stated_factor_on_and_where_the_quote_was_nothing(
    db: Database, micros: int, quoted: int, certainty: str, disputed: bool
) -> None:
    scene = await Scene.set(db)
    found = await billed(scene, micros, quoted, certainty)
    assert (found.dispute, found.spent_micros) == (("open", quoted) if disputed else (None, micros))


async def test_a_failure_that_is_billed_absurdly_is_disputed_too(db: Database) -> None:
    scene = await Scene.set(db)
    bought = await scene.intend(await scene.approved())
    assert await scene.ledger.begin_posting(scene.lease, bought.id, {})
    await scene.ledger.record_operation(bought.id, Operation(id="op"))
    await scene.ledger.record_failure(
        scene.lease, bought.id, replace(price(ABSURD), certainty="reported"), Reason("failed_there")
    )
    found = await entry(scene)
    assert (found.dispute, found.spent_micros) == ("open", 400_000)
    assert rows(db, "SELECT settled_micros, reserved_micros FROM allowances") == [(400_000, 0)]


@pytest.mark.parametrize(("verdict", "owed"), [("as_billed", 8_000_000), ("as_quoted", 400_000)])
async def test_a_person_decides_what_is_owed_once(db: Database, verdict: Any, owed: int) -> None:
    scene = await Scene.set(db)
    bought = await billed(scene, 8_000_000)
    found = await scene.ledger.decide(ACCOUNT, bought.id, verdict, "zoe")
    assert (found.dispute, found.spent_micros, await counted(scene)) == (verdict, owed, owed)
    assert found.settlement and found.settlement.micros == 8_000_000, "the report stays as it was"
    with pytest.raises(BadInput):
        await scene.ledger.decide(ACCOUNT, bought.id, verdict, "zoe")


async def test_a_correction_ends_a_dispute(db: Database) -> None:
    scene = await Scene.set(db)
    bought = await billed(scene, 8_000_000)
    found = await scene.ledger.adjust(ACCOUNT, bought.id, 100_000, "their support says so", "zoe")
    assert (found.dispute, found.spent_micros, await counted(scene)) == ("corrected", 500_000, 500_000)
    with pytest.raises(BadInput):
        await scene.ledger.decide(ACCOUNT, bought.id, "as_billed", "zoe")


async def test_a_correction_upwards_counts_against_what_was_agreed_to_for_the_job(db: Database) -> None:
    scene = await Scene.set(db)
    bought = await billed(scene, 8_000_000)

    async def read() -> tuple[int, int]:
        purchase, *_ = await scene.ledger.list_purchases(ACCOUNT, scene.project)
        standing = await scene.journal.read_standing_with_spending(ACCOUNT, scene.project)
        return standing.spent_by_job[scene.job], purchase.spent_micros

    assert await read() == (400_000, 400_000)
    await scene.ledger.adjust(ACCOUNT, bought.id, 1_000_000, "half of it", "zoe")
    assert await read() == (1_400_000, 1_400_000)
    await scene.journal.approve(ACCOUNT, scene.job, Consent(ceiling=Micros(2_000_000), by="budget"))
    more = await scene.intend(await scene.approved(2_000_000), step("another"))
    with pytest.raises(OverBudget, match="billed"):
        await scene.ledger.begin_posting(scene.lease, more.id, {})
    await scene.ledger.adjust(ACCOUNT, bought.id, -1_200_000, "a refund", "zoe")
    assert await read() == (400_000, 200_000), "a refund is no consent to spend the money again"


async def test_a_small_refund_of_a_higher_bill_leaves_the_next_one_expected_as_high(db: Database) -> None:
    """Quoted at $0.40 and billed at $1.00: a cent that was given back does not make the next take cost $0.40."""
    scene = await Scene.set(db)
    cap = Micros(1_600_000)
    await scene.journal.approve(ACCOUNT, scene.job, Consent(ceiling=cap, by="budget"))
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, cap)
    allowance = await scene.ledger.ensure_allowance(scene.lease, scene.job, cap, "budget")
    bought = await scene.intend(allowance)
    assert await scene.ledger.begin_posting(scene.lease, bought.id, {})
    await scene.ledger.record_operation(bought.id, Operation(id="op"))
    bill = replace(price(1_000_000), certainty="reported")
    await scene.ledger.record_bill(bought.id, bill)
    await scene.ledger.record_failure(scene.lease, bought.id, bill, Reason("failed_there"))
    await scene.ledger.adjust(ACCOUNT, bought.id, -10_000, "a rounding", "zoe")
    more = await scene.intend(allowance, step("another"))
    with pytest.raises(OverBudget, match="billed"):
        await scene.ledger.begin_posting(scene.lease, more.id, {})
    await scene.ledger.adjust(ACCOUNT, bought.id, -590_000, "down to the quote", "zoe")
    assert await scene.ledger.begin_posting(scene.lease, more.id, {})


async def test_takes_of_one_job_sent_at_one_moment_count_each_other_at_a_higher_bill(db: Database) -> None:
    """Quoted at $0.40, billed at $0.80, $1.80 agreed to: one more fits and not two. PostgreSQL let both pass."""
    for n in range(4):
        scene = await Scene.set(db, director=f"director_{n}")
        await scene.journal.approve(ACCOUNT, scene.job, Consent(ceiling=Micros(1_800_000), by="budget"))
        allowance = await scene.ledger.ensure_allowance(scene.lease, scene.job, Micros(1_800_000), "budget")
        first = await scene.intend(allowance)
        assert await scene.ledger.begin_posting(scene.lease, first.id, {})
        await scene.ledger.record_operation(first.id, Operation(id=f"op {n}"))
        await scene.ledger.record_bill(first.id, replace(price(800_000), certainty="reported"))
        more = [await scene.intend(allowance, step(name)) for name in ("second", "third")]
        posting = (scene.ledger.begin_posting(scene.lease, one.id, {}) for one in more)
        found = await asyncio.gather(*posting, return_exceptions=True)
        assert sorted(type(one).__name__ for one in found) == ["OverBudget", "PostingResult"]


async def test_what_is_expected_of_prices_above_a_thousand_dollars_is_counted(db: Database) -> None:
    """Quoted at $4,000 and billed at $6,000: their product was too large for PostgreSQL, and the command crashed."""
    scene = await Scene.set(db)
    agreed = Micros(18_000_000_000)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, agreed)
    await scene.journal.approve(ACCOUNT, scene.job, Consent(ceiling=agreed, by="budget"))
    allowance = await scene.ledger.ensure_allowance(scene.lease, scene.job, agreed, "budget")
    dear = [await scene.intend(allowance, step(name), 4_000_000_000) for name in "abc"]
    for one in dear[:2]:
        assert await scene.ledger.begin_posting(scene.lease, one.id, {})
    await scene.ledger.record_bill(dear[0].id, replace(price(6_000_000_000), certainty="reported"))
    assert await scene.ledger.begin_posting(scene.lease, dear[2].id, {})
    more = await scene.intend(allowance, step("d"), 1)
    with pytest.raises(OverBudget, match="18000"):
        await scene.ledger.begin_posting(scene.lease, more.id, {})


async def test_a_released_purchase_that_was_billed_after_all_counts_for_its_job(db: Database) -> None:
    scene = await Scene.set(db)
    bought = await scene.intend(await scene.approved(), micros=400_000)
    await scene.ledger.move(bought.id, ["intent"], "released", Reason("no_longer_wanted"))
    await scene.ledger.adjust(ACCOUNT, bought.id, 300_000, "it is on the bill", "zoe")
    standing = await scene.journal.read_standing_with_spending(ACCOUNT, scene.project)
    (purchase,) = await scene.ledger.list_purchases(ACCOUNT, scene.project)
    assert standing.spent_by_job == {scene.job: 300_000} and purchase.spent_micros == 300_000


async def test_a_bill_that_nobody_disputes_is_not_decided_about(db: Database) -> None:
    scene = await Scene.set(db)
    bought = await billed(scene, 410_000)
    with pytest.raises(BadInput):
        await scene.ledger.decide(ACCOUNT, bought.id, "as_quoted", "zoe")


async def test_a_bill_that_is_no_amount_is_kept_disputed_and_counts_as_quoted(db: Database) -> None:
    scene = await Scene.set(db)
    found = await billed(scene, 400_000, certainty="unknown")
    assert (found.dispute, found.spent_micros, await counted(scene)) == ("open", 400_000, 400_000)
    with pytest.raises(BadInput):
        await scene.ledger.decide(ACCOUNT, found.id, "as_billed", "zoe")
    assert (await scene.ledger.decide(ACCOUNT, found.id, "as_quoted", "zoe")).dispute == "as_quoted"


@pytest.mark.parametrize("lowered", [500_000, 300_000, 0])
async def test_a_bill_that_its_provider_lowers_before_it_is_settled_counts_as_it_is_lowered(
    db: Database, lowered: int
) -> None:
    """Quoted at $0.40, billed at $1.00 at first: what is left of $1.60 is counted by the last bill, and so is what the
    next purchase is expected to cost."""
    scene = await Scene.set(db)
    cap = Micros(1_600_000)
    await scene.journal.approve(ACCOUNT, scene.job, Consent(ceiling=cap, by="budget"))
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, cap)
    allowance = await scene.ledger.ensure_allowance(scene.lease, scene.job, cap, "budget")
    bought = await scene.intend(allowance)
    assert await scene.ledger.begin_posting(scene.lease, bought.id, {})
    await scene.ledger.record_operation(bought.id, Operation(id="op"))
    await scene.ledger.record_bill(bought.id, replace(price(1_000_000), certainty="reported"))
    last = replace(price(lowered), certainty="reported")
    await scene.ledger.record_failure(scene.lease, bought.id, last, Reason("failed_there"))
    found = await entry(scene)
    assert (found.spent_micros, await counted(scene)) == (lowered, lowered)
    assert found.billed_micros == (lowered if lowered > 400_000 else None)
    for n in (1, 2):
        more = await scene.intend(allowance, step(f"another {n}"))
        assert await scene.ledger.begin_posting(scene.lease, more.id, {}), "at the lowered price, there is room"


class Bills(RuleBasedStateMachine):
    """One job and one budget under the same cap: purchases are sent, several at once, and billed at any price."""

    db: Database
    CAP = 1000

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self.open())
        self.open_: dict[str, int] = {}
        """By purchase that is on its way: its quote."""
        self.spent, self.excess, self.ratio = 0, 0, Fraction(1)

    async def open(self) -> None:
        self.scene = await Scene.set(self.db)
        scene, cap = self.scene, Micros(self.CAP)
        await scene.journal.approve(ACCOUNT, scene.job, Consent(ceiling=cap, by="budget"))
        await scene.ledger.set_budget(ACCOUNT, "project", scene.project, cap)
        self.allowance = await scene.ledger.ensure_allowance(scene.lease, scene.job, cap, "budget")

    @rule(quoted=st.integers(1, 300))
    def send(self, quoted: int) -> None:
        try:
            sent = self.loop.run_until_complete(self.buy(quoted))
        except OverBudget as error:
            bill = error.params.get("bill")
            assert error.code == "above_approval" or bill is not None or self.ratio == 1
            return
        self.open_[sent] = quoted
        assert self.spent + sum(self.open_.values()) + ceil(quoted * self.ratio) - quoted <= self.CAP
        self.excess = 0

    async def buy(self, quoted: int) -> str:
        ledger, lease = self.scene.ledger, self.scene.lease
        bought = await self.scene.intend(self.allowance, step(uuid4().hex), quoted)
        try:
            assert await ledger.begin_posting(lease, bought.id, {})
        except OverBudget:
            await ledger.move(bought.id, ["intent"], "released", Reason("job_waits"))
            raise
        await ledger.record_operation(bought.id, Operation(id=bought.id))
        return bought.id

    @rule(number=st.integers(0, 9), percent=st.integers(1, 100 * DISPUTE_FACTOR - 100))
    def bill(self, number: int, percent: int) -> None:
        if not self.open_:
            return
        bought = list(self.open_)[number % len(self.open_)]
        quoted = self.open_.pop(bought)
        billed = quoted * percent // 100
        self.spent, self.excess = self.spent + billed, self.excess + max(0, billed - quoted)
        if billed > quoted:
            self.ratio = max(self.ratio, Fraction(billed, quoted))
        self.loop.run_until_complete(self.settle(bought, billed))

    async def settle(self, bought: str, billed: int) -> None:
        ledger, told = self.scene.ledger, replace(price(billed), certainty="reported")
        await ledger.record_bill(bought, told)
        await ledger.record_bill(bought, told)
        entry = await ledger.read_entry(ACCOUNT, bought)
        if billed > (entry.quote.micros or 0):
            assert entry.held_micros == billed
        await ledger.record_failure(self.scene.lease, bought, told, Reason("failed_there"))

    @invariant()
    def a_cap_is_passed_by_nothing_but_bills_of_what_was_on_its_way(self) -> None:
        assert self.spent + sum(self.open_.values()) <= self.CAP + self.excess
        found = self.loop.run_until_complete(self.scene.ledger.list_budgets(ACCOUNT))
        (budget,) = [one for one in found if one.subject == self.scene.project]
        assert budget.settled_micros == self.spent and budget.reserved_micros >= sum(self.open_.values())

    def teardown(self) -> None:
        self.loop.close()


@pytest.mark.timeout(400)
def test_no_cap_is_passed_but_by_the_bills_of_what_was_on_its_way(db: Database) -> None:
    machine = type("BillsOnThisDatabase", (Bills,), {"db": db})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )  # fmt: skip
