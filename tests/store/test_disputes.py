"""A bill far above its quote is kept as reported, counted as quoted, and decided about by a person, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reelwright.errors import BadInput
from reelwright.reason import Reason
from reelwright.reel.ledger import LedgerEntry
from reelwright.reel.operation import Operation
from reelwright.store.database import Database
from reelwright.store.disputes import DISPUTE_FACTOR
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
    assert rows(db, "SELECT settled FROM allowances") == [(400_000,)]


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
    assert rows(db, "SELECT settled, reserved FROM allowances") == [(400_000, 0)]


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
