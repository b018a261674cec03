"""What a person decides and corrects: recorded once, counted in every budget, and never edited."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reasons import has_field
from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action, Reason
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.outcome import MissingSample, Outcome
from reelwright.reel.records.operation import Operation
from reelwright.store.database.database import Database
from reelwright.units import Micros
from store.making import ACCOUNT, SHOT, STEP, Scene, another, fp_of, outcome, price, step
from store.observing import rows


async def unknown(scene: Scene, micros: int = 400_000) -> str:
    """A purchase that was sent, and of which nothing was heard."""
    bought = await scene.intend(await scene.approved(), micros=micros)
    assert await scene.ledger.begin_posting(scene.lease, bought.id, {})
    assert await scene.ledger.move(bought.id, ("posting",), "unknown", Reason("no_answer_seen"))
    return bought.id


async def sums(db: Database) -> list[tuple[object, ...]]:
    both = "SELECT reserved_micros, settled_micros FROM"
    return rows(db, f"{both} allowances UNION ALL {both} budgets")


async def test_what_never_arrived_gives_back_what_it_held(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    entry = await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")
    assert (entry.state, entry.held_micros, entry.spent_micros, entry.has_landed, entry.is_written_off) == (
        "released",
        0,
        0,
        False,
        False,
    )
    assert entry.reason == Reason("never_arrived_decided", params={"by": "zoe"}) and await sums(db) == [(0, 0)]
    assert (await scene.intend(await scene.approved())).try_ == 2, "it may be bought again"


async def test_what_is_written_off_costs_what_was_reserved_and_brings_nothing(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    entry = await scene.ledger.decide(ACCOUNT, purchase, "written_off", "zoe")
    assert (entry.state, entry.spent_micros, entry.has_landed, entry.is_written_off) == (
        "settled",
        400_000,
        False,
        True,
    )
    assert entry.settlement and entry.settlement.certainty == "quoted" and "written off" in entry.settlement.basis
    assert await sums(db) == [(0, 400_000)]
    assert (await scene.intend(await scene.approved())).try_ == 2


async def test_what_arrived_goes_on_as_the_operation_that_it_is(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    entry = await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", operation=Operation(id="op_9"))
    assert (entry.state, entry.held_micros) == ("submitted", 400_000)
    (open_,) = (await scene.journal.read_standing(ACCOUNT, scene.project)).open_purchases
    assert open_.operation == Operation(id="op_9")


async def test_what_arrived_as_a_file_is_a_take_and_costs_what_was_quoted(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    brought = outcome(fp_of(step()), "a file of mine")
    entry = await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", outcome=brought)
    assert (entry.state, entry.spent_micros, entry.has_landed, entry.is_written_off) == (
        "settled",
        400_000,
        True,
        False,
    )
    assert [take.purchase for take in await scene.journal.list_takes(ACCOUNT, scene.project)] == [purchase]
    assert (await scene.intend(await scene.approved())).id == purchase, "never bought again"


async def rest(scene: Scene) -> None:
    """The job waits for a person: nobody acts on a decision while it is made."""
    await scene.journal.mark_waiting(scene.lease, scene.job, "decision", None, Reason("no_answer_seen"), None)


async def test_a_decision_is_made_only_on_what_is_unknown_while_a_job_runs(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    with pytest.raises(BadInput, check=has_field("operation")):
        await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe")
    await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")
    for verdict in ("never", "written_off", "arrived"):
        with pytest.raises(BadInput, check=has_field("purchase", "sent and not answered")):
            await scene.ledger.decide(ACCOUNT, purchase, verdict, "zoe", operation=Operation(id="x"))  # type: ignore[arg-type]
    assert await sums(db) == [(0, 0)]


async def test_a_decision_is_changed_until_something_landed_and_counts_once(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(2_000_000))
    purchase = await unknown(scene)
    await rest(scene)
    found = []
    for verdict, named in (
        ("never", None),
        ("written_off", None),
        ("arrived", "op_8"),
        ("never", None),
        ("arrived", "op_9"),
    ):
        given = {"operation": Operation(id=named)} if named else {}
        entry = await scene.ledger.decide(ACCOUNT, purchase, verdict, "zoe", **given)  # type: ignore[arg-type]
        held, spent = (await sums(db))[0]
        found.append((entry.state, entry.is_written_off, held, spent, entry.held_micros, entry.spent_micros))
    assert found == [
        ("released", False, 0, 0, 0, 0), ("settled", True, 0, 400_000, 0, 400_000),
        ("submitted", False, 400_000, 0, 400_000, 0), ("released", False, 0, 0, 0, 0),
        ("submitted", False, 400_000, 0, 400_000, 0),
    ]  # fmt: skip
    (open_,) = (await scene.journal.read_standing(ACCOUNT, scene.project)).open_purchases
    assert open_.operation == Operation(id="op_9")
    brought = outcome(fp_of(step()), "a file of mine")
    await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", outcome=brought)
    with pytest.raises(BadInput, check=has_field("purchase")):
        await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")
    assert (await sums(db))[0] == (0, 400_000)


async def test_what_was_paid_for_and_brought_nothing_can_be_said_to_have_arrived_after_all(db: Database) -> None:
    """A provider said that it was done and gave no film; later its own page shows one."""
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    await scene.ledger.settle(purchase, price(400_000), "settled", Reason("settled"))
    await rest(scene)
    with pytest.raises(BadInput):
        await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")
    entry = await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", operation=Operation(id="op_9"))
    assert (entry.state, entry.held_micros, entry.spent_micros) == ("submitted", 400_000, 0)
    assert await sums(db) == [(400_000, 0)]


@pytest.mark.parametrize("operation", [None, Operation(id="op_7")])
async def test_what_failed_with_an_outcome_and_arrived_after_all_is_the_outcome(
    db: Database, operation: Operation | None
) -> None:
    """The outcome that was recorded when it failed, without a take, stood in the way of what arrived."""
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    await scene.ledger.record_operation(purchase, Operation(id="op_7"))
    name = fp_of(step())
    none = Outcome(fingerprint=name, assets=(), missing=(MissingSample(sample=0, reason="failed", message="no"),))
    assert not await scene.ledger.record_failure(scene.lease, purchase, price(), Reason("failed_there"), none)
    await rest(scene)
    brought = outcome(name, "a file of mine")
    if operation is None:
        await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", outcome=brought)
    else:
        await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", operation=operation)
        await scene.ledger.record_success(scene.lease, purchase, STEP, brought, SHOT)
    found = (await scene.journal.read_standing(ACCOUNT, scene.project)).outcomes[name]
    assert found.assets == brought.assets


async def billed_above_its_quote(scene: Scene) -> str:
    """A purchase at work, quoted at $0.40, of which a poll told a bill of $1.00."""
    purchase = await unknown(scene)
    await scene.ledger.record_operation(purchase, Operation(id="op_7"))
    await scene.ledger.record_bill(purchase, replace(price(1_000_000), certainty="reported"))
    return purchase


async def test_what_was_billed_above_its_quote_and_arrived_after_all_holds_and_costs_its_bill(db: Database) -> None:
    """Held at its quote and freed at its bill, it left a reservation below zero, which every cap counted as room."""
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(2_000_000))
    purchase = await billed_above_its_quote(scene)
    bill = replace(price(1_000_000), certainty="reported")
    await scene.ledger.record_failure(scene.lease, purchase, bill, Reason("failed_there"))
    await rest(scene)
    brought = outcome(fp_of(step()), "a file of mine")
    entry = await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", outcome=brought)
    assert await sums(db) == [(0, 1_000_000), (0, 1_000_000)]
    assert (entry.state, entry.spent_micros, entry.billed_micros) == ("settled", 1_000_000, 1_000_000)


@pytest.mark.parametrize("certainty", ["reported", "unknown"])
async def test_a_disputed_bill_of_what_arrived_after_all_stays_disputed_with_its_amount(
    db: Database, certainty: Any
) -> None:
    """Taking back the failure forgot the bill: its amount stood nowhere, and its model was open again."""
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    await scene.ledger.record_operation(purchase, Operation(id="op_7"))
    bill = replace(price(8_000_000), certainty=certainty)
    await scene.ledger.record_failure(scene.lease, purchase, bill, Reason("failed_there"))
    await rest(scene)
    brought = outcome(fp_of(step()), "a file of mine")
    entry = await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", outcome=brought)
    assert (entry.state, entry.dispute, entry.spent_micros, entry.settlement) == ("settled", "open", 400_000, bill)
    assert (await scene.ledger.decide(ACCOUNT, purchase, "as_quoted", "zoe")).dispute == "as_quoted"


async def test_a_disputed_bill_stays_open_while_what_it_paid_for_is_followed_again(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    await scene.ledger.record_operation(purchase, Operation(id="op_7"))
    await scene.ledger.record_bill(purchase, replace(price(8_000_000), certainty="reported"))
    await rest(scene)
    await scene.ledger.decide(ACCOUNT, purchase, "written_off", "zoe")
    entry = await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", operation=Operation(id="op_7"))
    assert (entry.state, entry.dispute) == ("submitted", "open")
    assert (await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")).dispute is None


@pytest.mark.parametrize("bill", [1_000_000, 8_000_000])
async def test_what_never_arrived_costs_its_job_nothing_though_a_bill_was_read(db: Database, bill: int) -> None:
    """Its bill stayed charged to the job, and a disputed one kept its model closed: nobody could decide about it."""
    scene = await Scene.set(db)
    purchase = await billed_above_its_quote(scene)
    await scene.ledger.record_bill(purchase, replace(price(bill), certainty="reported"))
    await rest(scene)
    await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")
    standing = await scene.journal.read_standing_with_spending(ACCOUNT, scene.project)
    assert not standing.spent_by_job.get(scene.job) and set(await sums(db)) == {(0, 0)}
    assert not await scene.ledger.list_disputed_bills(ACCOUNT)


async def test_what_arrived_for_a_cancelled_job_is_followed_by_a_director_that_buys_nothing(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    await rest(scene)
    await scene.journal.finish(scene.lease, scene.job, "cancelled", None, None)
    for named in ("op_8", "op_9"):  # until it is taken up, the decision can be changed
        await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", operation=Operation(id=named))
    job = (await scene.journal.read_standing(ACCOUNT, scene.project)).job
    assert job and (job.id, job.state, job.is_cancel_requested) == (scene.job, "queued", True)


async def test_a_decision_stays_where_the_order_was_bought_again_or_its_price_corrected(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")
    again = await scene.intend(await scene.approved())
    assert await scene.ledger.begin_posting(scene.lease, again.id, {})
    await scene.ledger.move(again.id, ("posting",), "unknown", Reason("no_answer_seen"))
    await rest(scene)
    with pytest.raises(BadInput, check=has_field("purchase", "bought again")):
        await scene.ledger.decide(ACCOUNT, purchase, "written_off", "zoe")
    await scene.ledger.decide(ACCOUNT, again.id, "never", "zoe")
    entry = await scene.ledger.decide(ACCOUNT, purchase, "arrived", "zoe", operation=Operation(id="op_9"))
    assert (entry.state, entry.try_) == ("submitted", 3), "it is the newest try: the order is not bought beside it"
    await scene.ledger.decide(ACCOUNT, purchase, "written_off", "zoe")
    await scene.ledger.adjust(ACCOUNT, purchase, -100_000, "half of it came back", "zoe")
    with pytest.raises(BadInput, check=has_field("purchase", "corrected")):
        await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")


async def test_another_account_can_neither_decide_nor_correct(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    for refused in (
        scene.ledger.decide("other", purchase, "never", "zoe"),
        scene.ledger.adjust("other", purchase, 1, "", "zoe"),
    ):
        with pytest.raises(NotFound):
            await refused
    assert await scene.ledger.list_entries("other") == []


async def settled(scene: Scene) -> str:
    bought = await scene.intend(await scene.approved())
    assert await scene.ledger.begin_posting(scene.lease, bought.id, {})
    await scene.ledger.record_success(scene.lease, bought.id, STEP, outcome(fp_of(step())), SHOT)
    await scene.ledger.settle(bought.id, price(250_000), "settled", Reason("settled"))
    return bought.id


async def test_a_correction_is_appended_and_counted_in_every_budget(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(2_000_000))
    purchase = await settled(scene)
    await scene.ledger.adjust(ACCOUNT, purchase, -100_000, "they gave it back", "zoe")
    entry = await scene.ledger.adjust(ACCOUNT, purchase, 30_000, "tax", "max")
    assert [(a.micros, a.because, a.by) for a in entry.adjustments] == [
        (-100_000, "they gave it back", "zoe"), (30_000, "tax", "max")
    ]  # fmt: skip
    assert entry.spent_micros == 180_000 and entry.settlement and entry.settlement.micros == 250_000
    assert [b.settled_micros for b in await scene.ledger.list_budgets(ACCOUNT)] == [180_000]
    assert rows(db, "SELECT settled_micros FROM allowances") == [(250_000,)], "a refund is no consent to spend it again"


@pytest.mark.parametrize("micros", [0, -250_001])
async def test_a_correction_that_cannot_be_is_refused_by_name(db: Database, micros: int) -> None:
    scene = await Scene.set(db)
    purchase = await settled(scene)
    with pytest.raises(BadInput, check=has_field("usd")):
        await scene.ledger.adjust(ACCOUNT, purchase, micros, "because", "zoe")
    assert rows(db, "SELECT count(*) FROM adjustments") == [(0,)]


async def test_what_has_not_been_settled_is_not_corrected(db: Database) -> None:
    scene = await Scene.set(db)
    with pytest.raises(BadInput, check=has_field("purchase", "a purchase that was settled, or released")):
        await scene.ledger.adjust(ACCOUNT, await unknown(scene), 5, "because", "zoe")


async def test_what_was_said_never_to_have_arrived_and_is_billed_all_the_same_is_corrected(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(2_000_000))
    purchase = await unknown(scene)
    await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")
    await scene.ledger.record_operation(purchase, Operation(id="op_late"))
    entry = await scene.ledger.adjust(ACCOUNT, purchase, 400_000, "it is on the bill", "zoe")
    assert (entry.state, entry.spent_micros, entry.held_micros, entry.settlement) == ("released", 400_000, 0, None)
    assert entry.notices == (Reason("second_operation", params={"operation": "op_late"}),)
    assert [b.settled_micros for b in await scene.ledger.list_budgets(ACCOUNT)] == [400_000]
    await scene.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(3_000_000), "day")
    assert [b.settled_micros for b in await scene.ledger.list_budgets(ACCOUNT)] == [400_000, 400_000], (
        "a new budget finds it"
    )


async def test_the_ledger_says_how_each_price_came_about(db: Database) -> None:
    scene = await Scene.set(db)
    await settled(scene)
    (entry,) = await scene.ledger.list_entries(ACCOUNT, scene.project)
    assert (entry.quote.micros, entry.quote.basis) == (400_000, "per take")
    assert entry.settlement and entry.settlement.micros == 250_000
    assert entry.posted_at and entry.ended_at and entry.intended_at <= entry.posted_at <= entry.ended_at
    assert await scene.ledger.list_entries(ACCOUNT, "project_other") == []


async def test_of_tries_that_fail_the_outcome_is_recorded_with_the_last(db: Database) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved()
    nothing: Any = outcome(fp_of(step()), "x")
    for number, again in ((1, True), (2, False)):
        bought = await scene.intend(allowance)
        assert bought.try_ == number and await scene.ledger.begin_posting(scene.lease, bought.id, {})
        await scene.ledger.record_operation(bought.id, Operation(id=f"op_{number}"))
        for _ in range(2):  # a write that may have happened is done again
            assert (
                await scene.ledger.record_failure(scene.lease, bought.id, price(0), Reason("failed_there"), nothing, 2)
                is again
            )
        had = (await scene.journal.read_standing(ACCOUNT, scene.project)).outcomes
        assert bool(had) is not again


@pytest.mark.parametrize("waits", ["before", "after"])
async def test_a_job_that_asks_about_a_purchase_goes_on_once_its_answer_comes_late(db: Database, waits: str) -> None:
    """2026-11: a director was stopped in a send; its answer was recorded, and the job still asked for a decision."""
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    asks = Reason("purchase_unknown", actions=(Action("decide_purchase", {"purchase": purchase}),))
    if waits == "before":
        assert await scene.journal.mark_waiting(scene.lease, scene.job, "decision", STEP, asks, None)
    await scene.ledger.record_operation(purchase, Operation(id="op_7"))
    if waits == "after":  # its director had seen no answer yet
        assert not await scene.journal.mark_waiting(scene.lease, scene.job, "decision", STEP, asks, None)
    job = await scene.journal.read_job(ACCOUNT, scene.job)
    assert (job.state, job.reason) == ("queued", None)
    with pytest.raises(BadInput, check=has_field("purchase")):
        await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")


async def test_a_job_of_another_project_that_asks_about_a_purchase_is_told_what_became_of_it(db: Database) -> None:
    scene = await Scene.set(db)
    asking = await scene.journal.open_project(ACCOUNT, "Door", Brief(text="a door"))
    job = await scene.journal.enqueue(ACCOUNT, asking, "film", None, {})
    lease = await scene.journal.claim_project(another(scene.holder, "director_b"), asking)
    assert lease
    purchase, other = await unknown(scene), await scene.journal.enqueue(ACCOUNT, scene.project, "film", None, {})
    asks = Reason("purchase_unknown", actions=(Action("decide_purchase", {"purchase": purchase}),))
    assert await scene.journal.mark_waiting(lease, job, "decision", STEP, asks, None)
    await scene.ledger.decide(ACCOUNT, purchase, "written_off", "zoe")
    told = await scene.journal.read_job(ACCOUNT, job)
    assert told.state == "waiting" and told.reason and told.reason.code == "purchase_decided"
    assert [action.kind for action in told.reason.actions] == ["resume_job"]
    assert (await scene.journal.read_job(ACCOUNT, other)).state == "queued"


async def test_that_what_its_provider_answered_never_arrived_is_noted_for_a_person(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await unknown(scene)
    await scene.ledger.record_operation(purchase, Operation(id="op_7"))
    await rest(scene)
    entry = await scene.ledger.decide(ACCOUNT, purchase, "never", "zoe")
    assert entry.state == "released"
    assert [(note.code, note.params["operation"]) for note in entry.notices] == [("never_with_operation", "op_7")]


@pytest.mark.parametrize("verdict", ["never", "written_off"])
async def test_an_operation_that_a_person_named_by_a_slip_goes_to_its_owner_once_that_is_corrected(
    db: Database, verdict: Any
) -> None:
    """2026-11: its own purchase could never have it again, and a message said that the provider had answered it."""
    scene = await Scene.set(db)
    wrong = await unknown(scene)
    second = await scene.intend(await scene.approved(), step("a second shot"))
    assert await scene.ledger.begin_posting(scene.lease, second.id, {})
    assert await scene.ledger.move(second.id, ("posting",), "unknown", Reason("no_answer_seen"))
    await rest(scene)
    await scene.ledger.decide(ACCOUNT, wrong, "arrived", "zoe", operation=Operation(id="op_7"))
    with pytest.raises(BadInput, check=has_field("operation")):
        await scene.ledger.decide(ACCOUNT, second.id, "arrived", "zoe", operation=Operation(id="op_7"))
    assert not (await scene.ledger.decide(ACCOUNT, wrong, verdict, "zoe")).notices
    entry = await scene.ledger.decide(ACCOUNT, second.id, "arrived", "zoe", operation=Operation(id="op_7"))
    assert (entry.state, entry.operation) == ("submitted", Operation(id="op_7"))
    assert (await scene.ledger.read_entry(ACCOUNT, wrong)).operation is None
