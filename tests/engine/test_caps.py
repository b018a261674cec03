"""A cap holds against the bill: what is billed above its quote counts at once, and the next purchase stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from engine.paper import Paper
from engine.rig import ACCOUNT, Rig
from engine.test_spending import until
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.ledger import Limit
from reelwright.reel.records.operation import Consent
from reelwright.store.policy import DISPUTE_FACTOR
from reelwright.units import Micros

HANDS = 1
QUOTE = 200_000

Rigging = Callable[..., Rig]


def usd(micros: int) -> Micros:
    return Micros(micros)


async def order(rig: Rig, text: str, micros: int, by: str = "budget", **options: Any) -> str:
    """Order a film of takes at a price that was agreed to; return its project."""
    project = await rig.order(text, goal="takes", models=("paper/1",))
    await rig.journal.approve(ACCOUNT, (await rig.job(project)).id, Consent(ceiling=usd(micros), by=by))
    return project


async def order_row(rig: Rig, n: int, batch: Limit) -> str:
    """Order a row of a batch that a budget was given for; return its project."""
    text = f"r{n}"
    project = await rig.journal.open_project(ACCOUNT, text, Brief(text=text, models=("paper/1",)))
    consent = Consent(ceiling=batch.cap_micros or usd(0), by="budget")
    await rig.journal.enqueue_once(ACCOUNT, project, "takes", consent, {"row": n}, lambda job: None, 0, batch)
    return project


async def one_at_a_time(rig: Rig, at_once: int = 1) -> None:
    await rig.ledger.set_limit(ACCOUNT, Limit(scope="provider", subject="paper", open_at_once=at_once))


@pytest.mark.parametrize(("by", "why"), [("budget", "budget"), ("yes", "approval")])
async def test_a_film_stops_where_a_higher_bill_leaves_no_room_and_names_it(rigged, tmp_path, by, why):
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[1_000_000])
    rig = rigged(paid=paper)
    await one_at_a_time(rig)
    project = await order(rig, "a b c d e", 1_200_000, by)
    await asyncio.wait_for(rig.drive(project), 20)
    job = await rig.job(project)
    assert (job.state, job.wait_reason) == ("waiting", why) and job.reason.code == "above_agreement"
    bill = job.reason.params["bill"]
    assert (bill.code, bill.params["quoted_micros"], bill.params["billed_micros"]) == (
        "billed_above_quote", QUOTE, 1_000_000,
    )  # fmt: skip
    assert bill.step == f"take/{paper.submissions[0]}" and len(paper.submissions) == 1


@pytest.mark.parametrize("by", ["budget", "yes"])
@pytest.mark.parametrize(
    ("agreed", "bill", "left"),
    [(650_000, 300_000, 600_000), (950_000, 500_000, 1_000_000)],
    ids=["before the plan of the rest", "at the next purchase"],
)
async def test_a_film_that_stops_names_what_all_that_is_left_costs_in_addition(
    rigged, tmp_path, by, agreed, bill, left
):
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[bill])
    rig = rigged(paid=paper)
    await one_at_a_time(rig)
    project = await order(rig, "a >b >c", agreed, by)
    await asyncio.wait_for(rig.drive(project), 20)
    job, spent = await rig.job(project), paper.total_micros
    (action,) = (one for one in job.reason.actions if one.kind == "agree_to_price")
    assert action.params == {"micros": left} and job.reason.params["needed_micros"] == spent + left
    await rig.journal.approve(ACCOUNT, job.id, Consent(ceiling=usd(spent + left - 1), by=by))
    await asyncio.wait_for(rig.drive(project), 20)
    assert (await rig.job(project)).state == "waiting", "less is too little"
    await rig.journal.approve(ACCOUNT, job.id, Consent(ceiling=usd(spent + left), by=by))
    await asyncio.wait_for(rig.drive(project), 20)
    assert (await rig.job(project)).state == "done" and paper.total_micros == spent + left


async def test_a_film_goes_on_where_its_budget_has_room_for_the_higher_bills(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[300_000])
    rig = rigged(paid=paper)
    project = await order(rig, "a >b >c >d", 1_200_000)
    await asyncio.wait_for(rig.drive(project), 20)
    assert (await rig.job(project)).state == "done" and paper.total_micros == 1_200_000


@pytest.mark.parametrize(("bill", "bought"), [(1_000_000, 1), (300_000, 4)])
async def test_the_budget_of_a_batch_is_one_allowance_over_all_its_rows(rigged, tmp_path, bill, bought):
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[bill])
    rig = rigged(paid=paper)
    batch = Limit(scope="batch", subject="batch_1", open_at_once=1, cap_micros=usd(1_200_000))
    projects = [await order_row(rig, n, batch) for n in range(1, 7)]
    await asyncio.wait_for(rig.director.run(), 30)
    jobs = [await rig.job(project) for project in projects]
    assert len(paper.submissions) == bought and paper.total_micros <= 1_200_000
    waits = [job for job in jobs if job.state == "waiting"]
    assert len(waits) == 6 - bought and {job.wait_reason for job in waits} == {"budget"}
    made = {n for n, job in enumerate(jobs, 1) if job.state == "done"}
    for job in waits:
        named = job.reason.params["bill"]
        assert job.reason.params["budget"] == "of this batch" and named.code == "row_billed_above_quote"
        assert named.params["row"] in made and named.params["billed_micros"] == bill


@pytest.mark.parametrize("cap", ["account", "day", "key", "wallet", "project"])
async def test_each_cap_counts_a_higher_bill_as_billed(rigged, tmp_path, cap):
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[500_000])
    rig = rigged(paid=paper)
    await one_at_a_time(rig)
    key = {"key": "key_1", "wallet": "wallet/agents"}.get(cap)
    project = await rig.journal.open_project(ACCOUNT, "a", Brief(text="a b c d", models=("paper/1",)))
    scope, of = {"account": ("account", ACCOUNT), "day": ("account", ACCOUNT), "project": ("project", project)}.get(
        cap, ("key", key)
    )
    await rig.ledger.set_budget(ACCOUNT, scope, of, usd(1_200_000), "day" if cap == "day" else None)
    options = {"key": key} if key else {}
    await rig.journal.enqueue(ACCOUNT, project, "takes", Consent(ceiling=usd(5_000_000), by="budget"), options)
    await asyncio.wait_for(rig.drive(project), 20)
    (budget,) = await rig.ledger.list_budgets(ACCOUNT)
    job = await rig.job(project)
    assert (job.state, job.wait_reason) == ("waiting", "budget") and job.reason.params["bill"]
    assert (job.reason.params["frees_at"] is not None) == (cap == "day")
    assert budget.settled_micros == paper.total_micros <= 1_200_000 and budget.reserved_micros == 0


async def test_what_was_on_its_way_when_the_higher_bill_was_read_is_all_that_passes_a_cap(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[1_000_000], polls=10**9)
    rig = rigged(paid=paper)
    await one_at_a_time(rig, 3)
    project = await order(rig, "a b c d e f", 1_200_000)
    running = asyncio.create_task(rig.drive(project))
    await until(lambda: len(paper.submissions) == 3)
    paper.polls = 0
    await asyncio.wait_for(running, 20)
    assert len(paper.submissions) == 3 and (await rig.job(project)).wait_reason == "budget"


async def test_what_is_sent_after_a_higher_bill_is_expected_to_cost_as_much_while_it_is_on_its_way(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[600_000])
    rig = rigged(paid=paper)
    await asyncio.wait_for(rig.drive(await order(rig, "a", 5_000_000)), 20)
    assert paper.total_micros == 600_000
    cap = usd(600_000 + 600_000 + 350_000)  # of b and c, the quotes of both have room, the bill of one
    await rig.ledger.set_budget(ACCOUNT, "account", ACCOUNT, cap, None)
    project = await order(rig, "b c d", 5_000_000)
    await asyncio.wait_for(rig.drive(project), 20)
    assert len(paper.submissions) == 2 and paper.total_micros == 1_200_000
    assert (await rig.job(project)).wait_reason == "budget"


async def test_what_a_model_billed_another_key_is_expected_of_it_under_every_cap_of_the_account(rigged, tmp_path):
    """2026-11-27: four takes of a key were on their way at their quotes, though the model was known to bill more."""
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[QUOTE * 3 // 2])
    rig = rigged(paid=paper)
    await asyncio.wait_for(rig.drive(await order(rig, "a", 5_000_000)), 20)
    await rig.ledger.set_budget(ACCOUNT, "key", "key_2", usd(4 * QUOTE))
    project = await rig.journal.open_project(ACCOUNT, "b", Brief(text="b c d e", models=("paper/1",)))
    consent = Consent(ceiling=usd(5_000_000), by="budget")
    await rig.journal.enqueue(ACCOUNT, project, "takes", consent, {"key": "key_2"})
    await asyncio.wait_for(rig.drive(project), 20)
    job = await rig.job(project)
    assert (job.state, job.wait_reason) == ("waiting", "budget") and job.reason.params["bill"]
    (budget,) = [one for one in await rig.ledger.list_budgets(ACCOUNT) if one.subject == "key_2"]
    assert budget.settled_micros == 3 * QUOTE and len(paper.submissions) == 3


async def test_a_disputed_bill_counts_as_quoted_and_stops_its_job_until_a_person_decides(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[QUOTE * DISPUTE_FACTOR, QUOTE])
    rig = rigged(paid=paper)
    await one_at_a_time(rig)
    project = await order(rig, "a b c", 5_000_000)
    await asyncio.wait_for(rig.drive(project), 20)
    job = await rig.job(project)
    assert (job.state, job.wait_reason, job.reason.code) == ("waiting", "decision", "bill_is_disputed")
    (bought,) = [p for p in await rig.purchases(project) if p.attempts and p.provider == "paper"]
    assert bought.settled_micros == QUOTE and job.reason.params["bill"].params["purchase"] == bought.id
    await rig.ledger.decide(ACCOUNT, bought.id, "as_quoted", "Ada")
    await rig.journal.requeue(ACCOUNT, job.id)
    await asyncio.wait_for(rig.drive(project), 20)
    assert (await rig.job(project)).state == "done" and len(paper.submissions) == 3


async def test_a_disputed_bill_stops_later_orders_at_the_same_model_until_a_person_decides(rigged, tmp_path):
    """The danger: over a server every order is a job of its own, and each was billed twelve times its quote."""
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[QUOTE * 12, QUOTE])
    rig = rigged(paid=paper)
    await rig.ledger.set_budget(ACCOUNT, "account", ACCOUNT, usd(700_000))
    first, *later = [await order(rig, text, 200_000) for text in ("a", "b", "c")]
    for project in (first, *later):
        await asyncio.wait_for(rig.drive(project), 20)
    (bought,) = [p for p in await rig.purchases(first) if p.attempts and p.provider == "paper"]
    assert (await rig.job(first)).state == "done" and len(paper.submissions) == 1
    for project in later:
        job = await rig.job(project)
        assert (job.state, job.wait_reason, job.reason.code) == ("waiting", "decision", "bill_is_disputed")
        assert job.reason.params["bill"].params["purchase"] == bought.id
    await rig.ledger.decide(ACCOUNT, bought.id, "as_quoted", "Ada")
    for project in later:
        await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
        await asyncio.wait_for(rig.drive(project), 20)
    assert {(await rig.job(project)).state for project in later} == {"done"} and len(paper.submissions) == 3


async def test_a_disputed_bill_stops_the_other_rows_of_its_batch(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", micros=QUOTE, bills=[QUOTE * DISPUTE_FACTOR])
    rig = rigged(paid=paper)
    batch = Limit(scope="batch", subject="batch_1", open_at_once=1, cap_micros=usd(5_000_000))
    projects = [await order_row(rig, n, batch) for n in range(1, 4)]
    await asyncio.wait_for(rig.director.run(), 30)
    jobs = [await rig.job(one) for one in projects]
    waits = [job for job in jobs if job.state == "waiting"]
    assert len(paper.submissions) == 1 and {job.wait_reason for job in waits} == {"decision"} and len(waits) == 2
    (made,) = [n for n, job in enumerate(jobs, 1) if job.state == "done"]
    assert waits[0].reason.params["bill"].params["row"] == made
