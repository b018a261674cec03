"""What is asked about before it spends: prices that nobody knows or confirms, and quotes that have lapsed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.paper import Paper
from engine.rig import ACCOUNT, Rig
from reasons import has_code
from reelwright.engine.purchases.consent_checks import check_ceiling, check_price
from reelwright.errors import NeedsConsent
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import StepKey
from reelwright.reel.records.money import Price, Quote
from reelwright.reel.records.operation import Consent
from reelwright.units import Micros

HANDS = 1

NOW = datetime.now(UTC)
STEP = StepKey("take/a")


async def agree(rig: Rig, project: str, dollars: float, **more: Any) -> Any:
    consent = Consent(ceiling=Micros(round(dollars * 1_000_000)), by="--budget", **more)
    await rig.journal.approve(ACCOUNT, (await rig.job(project)).id, consent)
    await rig.drive(project)
    return await rig.job(project)


async def test_a_price_that_is_not_confirmed_is_asked_about_and_bought_once_somebody_agreed(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", certainty="unconfirmed")
    rig = rigged(paid=paper)
    project = (await rig.make("a", models=("paper/1",), usd=100)).project
    job = await rig.job(project)
    assert (job.state, job.wait_reason, job.step) == ("waiting", "approval", "take/a")
    assert job.reason.code == "price_unconfirmed" and job.reason.params["basis"] == "a price list"
    assert [action.kind for action in job.reason.actions] == ["accept_unconfirmed_price", "choose_model"]
    assert paper.submissions == []
    job = await agree(rig, project, 0.4, may_buy_unconfirmed=True)
    assert job.state == "done" and paper.submissions == ["a"]


async def test_a_price_that_nobody_knows_is_bought_at_what_a_person_named_for_a_step(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", micros=None)
    rig = rigged(paid=paper)
    project = (await rig.make("a b", models=("paper/1",))).project
    reason = (await rig.job(project)).reason
    assert reason.code == "price_unknown"
    assert [action.kind for action in reason.actions] == ["cap_unknown_price", "choose_model"]
    job = await agree(rig, project, 0.5, unknown_at_most=Micros(300_000))
    assert (job.state, job.wait_reason) == ("waiting", "approval") and not paper.submissions
    assert has_code("above_agreement", needed_micros=600_000, agreed_micros=500_000)(job.reason)
    job = await agree(rig, project, 0.6, unknown_at_most=Micros(300_000))
    assert job.state == "done" and sorted(paper.submissions) == ["a", "b"]
    paid = [e for e in await rig.ledger.list_entries(ACCOUNT, project) if e.provider == "paper"]
    assert [e.quote.basis for e in paid] == ["nobody knows the price; at most $0.30 was agreed to"] * 2
    assert [(e.quote.certainty, e.spent_micros) for e in paid] == [("unknown", 300_000)] * 2


async def test_a_consent_that_only_changes_what_is_agreed_to_is_not_overlooked(rigged, tmp_path):
    rig = rigged(paid=Paper(tmp_path / "paper", certainty="unconfirmed"))
    project = (await rig.make("a", models=("paper/1",), usd=0.4)).project
    job = await rig.job(project)
    lease = await rig.journal.claim_project(rig.director.holder, project)
    assert lease is None, "it waits"
    assert (await agree(rig, project, 0.4, may_buy_unconfirmed=True)).state == "done"
    assert job.consent


async def test_a_quote_that_lapsed_in_the_queue_waits_for_approval_and_a_budget_never_does(rigged, tmp_path):
    paper = Paper(tmp_path / "paper")
    rig = rigged(paid=paper)
    project = (await rig.make("a", models=("paper/1",))).project
    job = await agree(rig, project, 0.4, expires_at=NOW - timedelta(minutes=1))
    assert (job.state, job.wait_reason) == ("waiting", "approval") and not paper.submissions
    assert has_code("quote_lapsed", needed_micros=400_000)(job.reason)
    assert (await agree(rig, project, 0.4)).state == "done"


def price(micros: int | None, certainty: Any = "quoted") -> Price:
    value = None if micros is None else Micros(micros)
    return Price(micros=value, basis="list", catalogue=compute_digest("list"), certainty=certainty)


def quote(**prices: Price) -> Quote:
    ceiling = sum(p.micros or 0 for p in prices.values())
    certain = {StepKey(f"take/{name}"): p for name, p in prices.items()}
    return Quote(certain=certain, possible={}, ceiling=Micros(ceiling), seconds=(0, 1), expires_at=NOW)


def test_what_was_agreed_to_must_hold_all_that_may_be_spent():
    agreed = Consent(ceiling=Micros(10), by="me", unknown_at_most=Micros(3))
    two = quote(a=price(4), b=price(None))
    assert check_ceiling(two, agreed, 3, NOW) == 10
    with pytest.raises(NeedsConsent):
        check_ceiling(two, agreed, 4, NOW)
    assert check_ceiling(quote(a=price(0)), None, 99, NOW) == 0, "what is free is never asked about"
    assert check_price(STEP, price(0, "unconfirmed"), None).micros == 0


def test_a_job_that_has_begun_may_outlast_its_quote():
    agreed = Consent(ceiling=Micros(10), by="yes", expires_at=NOW - timedelta(hours=1))
    assert check_ceiling(quote(a=price(4)), agreed, 0, NOW - timedelta(hours=2)) == 4
    for began in (NOW, None):
        with pytest.raises(NeedsConsent, check=has_code("quote_lapsed")):
            check_ceiling(quote(a=price(4)), agreed, 0, began)
