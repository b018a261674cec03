"""Payers of jobs: a job that another takes up spends from the new payer's budgets, and a live one is never raised."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reasons import has_code
from reelwright.errors import NeedsConsent, OverBudget
from reelwright.reason import Reason
from reelwright.reel.graph.choices import Choices
from reelwright.reel.records.operation import Consent, Job
from reelwright.store.database.database import Database
from reelwright.units import Micros
from store.making import ACCOUNT, Scene, plan, price
from store.observing import rows

WALLET = {"key": "wallet"}


def agree(micros: int) -> Callable[[Job], Consent]:
    return lambda job: Consent(ceiling=Micros(micros), by="yes")


async def waiting(scene: Scene, options: dict[str, str], ceiling: int, *, spent: int = 0) -> str:
    """A job that its payer agreed to, whose allowance is open, and that waits for a person. ``spent``: by it so far."""
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    scene.job = await scene.journal.enqueue(
        ACCOUNT, scene.project, "film", Consent(ceiling=Micros(ceiling), by="yes"), options
    )
    assert await scene.journal.start_next_job(scene.lease) == scene.job
    approved = await scene.approved(ceiling)
    if spent:
        bought = await scene.intend(approved, micros=spent)
        assert await scene.ledger.begin_posting(scene.lease, bought.id, {})
        assert await scene.ledger.move(bought.id, ("posting",), "unknown", Reason("no_answer_seen"))
        await scene.ledger.settle(bought.id, price(spent), "settled", Reason("settled"))
    seen = (await scene.journal.read_job(ACCOUNT, scene.job)).consent
    assert await scene.journal.mark_waiting(scene.lease, scene.job, "decision", None, Reason("stuck"), seen)
    return scene.job


async def test_a_waiting_job_that_an_agent_takes_up_spends_from_the_wallet_alone(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "key", "wallet", Micros(3_000_000))
    job = await waiting(scene, {"out": "/films/a.mp4"}, 10_000_000)
    assert rows(db, "SELECT reserved_micros FROM budgets") == [(0,)], "a person pays"

    assert await scene.journal.requeue_with_consent(ACCOUNT, job, agree(2_000_000), WALLET)
    now = await scene.journal.read_job(ACCOUNT, job)
    assert (now.state, now.options) == ("queued", {"out": "/films/a.mp4", "key": "wallet"})
    assert rows(db, "SELECT count(*) FROM allowances WHERE closed_at IS NULL") == [(0,)]
    with pytest.raises(OverBudget):
        await scene.approved(4_000_000)
    await scene.approved(2_000_000)
    assert rows(db, "SELECT reserved_micros FROM budgets") == [(2_000_000,)]


async def test_a_budget_set_after_a_job_was_taken_up_does_not_count_what_the_earlier_payer_bought(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "key", "k1", Micros(3_000_000))
    job = await waiting(scene, {"key": "k1"}, 1_000_000, spent=250_000)
    await scene.journal.requeue_with_consent(ACCOUNT, job, agree(2_000_000), {"key": "k2"})
    assert await scene.journal.start_next_job(scene.lease) == job
    await scene.approved(2_000_000)
    await scene.ledger.set_budget(ACCOUNT, "key", "k2", Micros(3_000_000))
    found = rows(db, "SELECT subject, reserved_micros, settled_micros FROM budgets ORDER BY subject")
    assert found == [("k1", 0, 250_000), ("k2", 1_750_000, 0)], "0.25 of k2's 2 USD are spent"


async def test_a_new_payer_does_not_inherit_what_the_earlier_one_agreed_to(db: Database) -> None:
    scene = await Scene.set(db)
    job = await waiting(scene, {}, 10_000_000)
    consents: list[Consent | None] = []

    def renew(found: Job) -> Consent:
        consents.append(found.consent)
        return Consent(ceiling=Micros(0), by="free")

    await scene.journal.requeue_with_consent(ACCOUNT, job, renew, WALLET)
    assert consents == [None]
    after = (await scene.journal.read_job(ACCOUNT, job)).consent
    assert after and after.ceiling == 0


async def test_a_person_takes_a_job_back_from_a_wallet(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.ledger.set_budget(ACCOUNT, "key", "wallet", Micros(1_000_000))
    job = await waiting(scene, WALLET, 1_000_000)
    await scene.journal.requeue_with_consent(ACCOUNT, job, agree(5_000_000), {})
    assert (await scene.journal.read_job(ACCOUNT, job)).options == {}
    await scene.approved(5_000_000)
    assert rows(db, "SELECT reserved_micros, settled_micros FROM budgets") == [(0, 0)]


@pytest.mark.parametrize(("before", "after"), [({}, WALLET), (WALLET, {}), (WALLET, {"key": "other"})])
@pytest.mark.parametrize("is_running", [False, True], ids=["queued", "running"])
async def test_a_live_job_of_another_payer_is_not_raised(
    db: Database, before: dict[str, str], after: dict[str, str], is_running: bool
) -> None:
    scene = await Scene.set(db)
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    agreed = Consent(ceiling=Micros(1_000_000), by="yes")
    job = await scene.journal.enqueue(ACCOUNT, scene.project, "film", agreed, before)
    if is_running:
        await scene.journal.start_next_job(scene.lease)
    for call in (
        scene.journal.requeue_with_consent(ACCOUNT, job, agree(2_000_000), after),
        scene.journal.enqueue_once(ACCOUNT, scene.project, "film", agreed, after, agree(2_000_000), 0),
        scene.journal.revise(ACCOUNT, scene.project, 1, plan("another"), Choices(), "person", after.get("key")),
    ):
        with pytest.raises(NeedsConsent, check=has_code("job_of_other_payer")):
            await call
    found = await scene.journal.read_job(ACCOUNT, job)
    assert (found.consent, found.options) == (agreed, before)
    assert (await scene.journal.read_standing(ACCOUNT, scene.project)).revision == 1


async def test_a_live_job_of_another_payer_may_be_joined(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    agreed = Consent(ceiling=Micros(1_000_000), by="yes")
    job = await scene.journal.enqueue(ACCOUNT, scene.project, "film", agreed, {})
    joined = await scene.journal.enqueue_once(ACCOUNT, scene.project, "film", agreed, WALLET, lambda found: None, 0)
    found = await scene.journal.read_job(ACCOUNT, job)
    assert (joined, found.consent, found.options) == (job, agreed, {})


async def test_a_directors_own_revision_needs_no_payer(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    agreed = Consent(ceiling=Micros(1_000_000), by="yes")
    await scene.journal.enqueue(ACCOUNT, scene.project, "film", agreed, WALLET)
    assert await scene.journal.revise_under_lease(scene.lease, 1, plan("fitted"), Choices(), "rules") == 2
