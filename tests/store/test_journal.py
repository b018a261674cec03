"""The journal from a door's and a director's side."""

from __future__ import annotations

from reelwright.reason import Reason
from reelwright.reel.film.cut import Cut, Edit
from reelwright.store.database.database import Database
from reelwright.units import Frames
from store.making import ACCOUNT, STEP, Scene, fp_of, outcome, plan, price, sha, step


async def test_a_paid_step_goes_from_intent_to_settled_and_its_take_is_had(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.start_next_job(scene.lease)
    allowance = await scene.approved()
    purchase = await scene.intend(allowance)
    assert purchase.state == "intent"
    assert await scene.ledger.begin_posting(scene.lease, purchase.id, {"prompt": "x"})
    fp = fp_of(step())
    await scene.ledger.record_success(scene.lease, purchase.id, STEP, outcome(fp), plan().shots[0].id)
    await scene.ledger.settle(purchase.id, price(300_000), "settled", Reason("settled"))
    await scene.journal.choose_asset(scene.lease, fp, sha("bytes"))
    await scene.journal.finish(scene.lease, scene.job, "done", None, sha("film"))
    await scene.journal.release(scene.lease)
    found = await scene.journal.read_standing(ACCOUNT, scene.project)
    assert found.job is not None
    assert (found.job.state, found.job.film) == ("done", sha("film"))
    assert found.outcomes[fp].chosen_asset == sha("bytes")
    assert found.open_purchases == ()
    (kept,) = await scene.ledger.list_purchases(ACCOUNT, scene.project)
    assert (kept.state, kept.settled_micros, kept.attempts) == ("settled", 300_000, 1)
    (take,) = await scene.journal.list_takes(ACCOUNT, scene.project)
    assert (take.round, take.sample, take.purchase) == (1, 0, purchase.id)


async def test_a_job_keeps_the_newest_cut_that_it_arrived_at(db: Database) -> None:
    scene = await Scene.set(db)
    assert (await scene.journal.read_standing(ACCOUNT, scene.project)).job.cut is None  # type: ignore[union-attr]
    shot = plan().shots[0]
    for asset in (sha("first"), sha("second")):
        edit = Edit(shot=shot.id, asset=asset, start=Frames(0), length=shot.length)
        kept = Cut(fps=(30, 1), size=(180, 320), edits=(edit,))
        await scene.journal.record_cut(scene.lease, scene.job, kept)
    (job,) = await scene.journal.list_jobs(ACCOUNT, scene.project)
    assert job.cut == kept
