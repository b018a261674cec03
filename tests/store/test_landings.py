"""What landed: write-once, chosen once, known again after its bytes were deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reasons import has_field
from reelwright.errors import BadInput, NotFound, StaleRevision
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.choices import Choices, RetakeRequest, compute_round_fingerprint
from reelwright.reel.graph.outcome import MissingSample, Outcome
from reelwright.store.database.database import Database
from store.making import ACCOUNT, SHOT, STEP, Scene, fp_of, outcome, plan, price, sha, step
from store.observing import rows

BODY = StepKey("segment/shot_a")
FP = Fingerprint(f"segment:{sha('segment')}")


async def had(scene: Scene) -> dict[Fingerprint, Outcome]:
    return dict((await scene.journal.read_standing(ACCOUNT, scene.project)).outcomes)


async def test_an_outcome_comes_back_as_it_was(db: Database) -> None:
    scene = await Scene.set(db)
    made = Outcome(
        fingerprint=FP,
        assets=(sha("a"), sha("b")),
        missing=(MissingSample(sample=1, reason="filtered", message="a \x00 face"),),
        facts={"frames": 48, "loud": -14.2, "files": {"take": sha("a")}, "words": "باب"},
    )
    await scene.journal.record_outcome(scene.lease, BODY, made)
    assert await had(scene) == {FP: made}


async def test_the_first_outcome_of_a_fingerprint_stays(db: Database) -> None:
    scene = await Scene.set(db)
    for words in ("first", "second", "first"):
        await scene.journal.record_outcome(scene.lease, BODY, outcome(FP, words))
    assert (await had(scene))[FP].assets == (sha("first"),)
    kinds = [event.kind for event in await scene.journal.list_events(ACCOUNT)]
    assert kinds.count("step.landed") == 1


async def test_our_own_work_whose_bytes_were_deleted_may_land_with_other_bytes(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.record_outcome(scene.lease, BODY, outcome(FP, "first"))
    await scene.journal.mark_deleted(ACCOUNT, [sha("first")])
    assert (await scene.journal.read_standing(ACCOUNT, scene.project)).deleted_assets == {sha("first")}
    await scene.journal.record_outcome(scene.lease, BODY, outcome(FP, "second"))
    assert (await had(scene))[FP].assets == (sha("second"),)


async def test_bytes_that_land_again_are_not_gone_any_more(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.record_outcome(scene.lease, BODY, outcome(FP, "same"))
    await scene.journal.record_asset(ACCOUNT, sha("same"), "video/mp4", 12, {"frames": 48})
    await scene.journal.mark_deleted(ACCOUNT, [sha("same")])
    await scene.journal.record_outcome(scene.lease, BODY, outcome(FP, "same"))
    assert (await scene.journal.read_standing(ACCOUNT, scene.project)).deleted_assets == frozenset()
    assert rows(db, "SELECT mime, size FROM assets WHERE digest = :d", d=sha("same")) == [("video/mp4", 12)]


async def test_what_was_chosen_first_stays_chosen(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.record_outcome(scene.lease, BODY, outcome(FP, "a", "b"))
    await scene.journal.choose_asset(scene.lease, FP, sha("b"))
    await scene.journal.choose_asset(scene.lease, FP, sha("a"))
    assert (await had(scene))[FP].chosen_asset == sha("b")


async def test_only_what_a_step_brought_can_be_chosen(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.record_outcome(scene.lease, BODY, outcome(FP, "a"))
    with pytest.raises(BadInput, check=has_field("asset", "segment/shot_a")):
        await scene.journal.choose_asset(scene.lease, FP, sha("something else"))
    with pytest.raises(NotFound):
        await scene.journal.choose_asset(scene.lease, Fingerprint("take:nothing"), sha("a"))


async def test_takes_are_numbered_by_sample_and_round(db: Database) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved(5_000_000)
    fp = fp_of(step())
    ask = RetakeRequest(fingerprint=fp, round=2, samples=3)
    await scene.journal.revise(ACCOUNT, scene.project, 1, plan(), Choices(retakes=(ask,)), "person")
    filtered = (MissingSample(sample=1, reason="filtered"),)
    for bought, made in (
        (fp, outcome(fp, "one")),
        (
            compute_round_fingerprint(ask),
            replace(outcome(compute_round_fingerprint(ask), "two", "three"), missing=filtered),
        ),
    ):
        purchase = await scene.ledger.intend(
            scene.lease, allowance, scene.job, STEP, bought, f"project:{scene.project}", "offline", "m", price(1),
            "never",
        )  # fmt: skip
        assert await scene.ledger.begin_posting(scene.lease, purchase.id, {})
        await scene.ledger.record_success(scene.lease, purchase.id, STEP, made, SHOT)
        await scene.ledger.record_success(scene.lease, purchase.id, STEP, made, SHOT)
    found = [(t.round, t.sample, t.asset) for t in await scene.journal.list_takes(ACCOUNT, scene.project)]
    assert found == [(1, 0, sha("one")), (2, 0, sha("two")), (2, 2, sha("three"))]


async def test_a_project_has_its_own_outcomes_until_it_adopts_those_of_others(db: Database) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved()
    purchase = await scene.ledger.intend(
        scene.lease, allowance, scene.job, STEP, FP, ACCOUNT, "offline", "m", price(1), "never",
    )  # fmt: skip
    assert await scene.ledger.begin_posting(scene.lease, purchase.id, {})
    await scene.ledger.record_success(scene.lease, purchase.id, STEP, outcome(FP, "theirs"), SHOT)
    other = await scene.journal.open_project(ACCOUNT, "Other", Brief(text="another door"))
    assert (await scene.journal.read_standing(ACCOUNT, other)).outcomes == {}
    (had,) = await scene.ledger.find_orders(ACCOUNT, [FP])
    assert await scene.ledger.adopt_outcomes(ACCOUNT, other, [(STEP, FP, had.purchase.id)]) == 1
    assert await scene.ledger.adopt_outcomes(ACCOUNT, other, [(STEP, FP, had.purchase.id)]) == 0
    theirs = (await scene.journal.read_standing(ACCOUNT, other)).outcomes[FP]
    assert theirs.assets == outcome(FP, "theirs").assets and theirs.facts["reused_from"]["project"] == scene.project
    assert [take.asset for take in await scene.journal.list_takes(ACCOUNT, other)] == list(theirs.assets)
    assert await scene.ledger.find_orders("other", [FP]) == []


async def test_a_number_that_a_retake_has_reserved_is_no_other_orders(db: Database) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved()
    assert await scene.journal.revise(ACCOUNT, scene.project, 1, plan(), Choices(), "person", None, [(FP, 2)]) == 2
    assert await scene.ledger.find_last_order_number(ACCOUNT, FP) == 2
    assert await scene.ledger.find_last_order_number("other", FP) == 0
    new = await scene.ledger.intend(
        scene.lease, allowance, scene.job, STEP, Fingerprint("take:x"), ACCOUNT, "offline", "m", price(1), "never",
        order=FP, n=0,
    )  # fmt: skip
    assert new.n == 3
    other = await scene.journal.open_project(ACCOUNT, "other", Brief(text="a door"))
    await scene.journal.revise(ACCOUNT, other, 0, plan(), Choices(), "rules")
    for taken in (2, 3):
        with pytest.raises(StaleRevision, match=f"number {taken} of this order"):
            await scene.journal.revise(ACCOUNT, other, 1, plan(), Choices(), "person", None, [(FP, taken)])
    assert await scene.journal.revise(ACCOUNT, other, 1, plan(), Choices(), "person", None, [(FP, 4)]) == 2


async def test_what_is_adopted_by_number_is_that_very_order(db: Database) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved()
    made = []
    for n in (1, 2):
        bought = await scene.ledger.intend(
            scene.lease, allowance, scene.job, STEP, Fingerprint(f"take:{n}"), ACCOUNT, "offline", "m", price(1),
            "never", order=FP, n=n,
        )  # fmt: skip
        assert await scene.ledger.begin_posting(scene.lease, bought.id, {})
        await scene.ledger.record_success(scene.lease, bought.id, STEP, outcome(Fingerprint(f"take:{n}"), f"{n}"), SHOT)
        made.append(bought.id)
    assert len(set(made)) == 2
    assert await scene.ledger.find_last_order_number(ACCOUNT, FP) == 2
    third = await scene.ledger.intend(
        scene.lease, allowance, scene.job, STEP, Fingerprint("take:x"), ACCOUNT, "offline", "m", price(1), "never",
        order=FP, n=0,
    )  # fmt: skip
    assert third.n == 3 and third.state == "intent", "another one than all before"
