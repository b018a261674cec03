"""Jobs: what a door may do to them, and when."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reasons import has_code, has_field
from reelwright.errors import BadInput, NotFound, OverBudget, StaleRevision
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.choices import Choices, Circle, RetakeRequest
from reelwright.reel.records.operation import Consent, Job, Operation
from reelwright.store.database.database import Database
from reelwright.store.jobs.jobs import RenewConsent
from reelwright.store.journal import Journal
from reelwright.units import Micros
from store.making import ACCOUNT, SHOT, STEP, Scene, fp_of, outcome, plan, price, sha, step

AGREED = Consent(ceiling=Micros(2_000_000), by="--yes")


async def job_of(scene: Scene, job: str | None = None) -> Job:
    return next(j for j in await scene.journal.list_jobs(ACCOUNT, scene.project) if j.id == (job or scene.job))


async def test_a_plan_and_its_choices_come_back_as_they_were(db: Database) -> None:
    scene = await Scene.set(db)
    asked = Choices(
        retakes=(RetakeRequest(fingerprint=fp_of(step()), round=2),),
        circles={SHOT: Circle(asset=sha("a"), request=sha("r"))},
        accepted_findings=frozenset({"loudness/film"}),
    )
    edited = plan("a \u0000 blue door \U0001f6aa باب")
    assert await scene.journal.revise(ACCOUNT, scene.project, 1, edited, asked, "person") == 2
    found = await scene.journal.read_standing(ACCOUNT, scene.project)
    assert (found.revision, found.plan, found.choices) == (2, edited, asked)
    assert await scene.journal.read_revision(ACCOUNT, scene.project, 1) == (plan(), Choices())
    (listed,) = await scene.journal.list_projects(ACCOUNT)
    assert (listed.id, listed.revision, listed.name) == (scene.project, 2, "Door")


async def test_an_edit_of_a_plan_that_moved_on_is_refused(db: Database) -> None:
    scene = await Scene.set(db)
    edits = [scene.journal.revise(ACCOUNT, scene.project, 1, plan(f"v{n}"), Choices(), "person") for n in range(8)]
    done = await asyncio.gather(*edits, return_exceptions=True)
    assert [made for made in done if not isinstance(made, BaseException)] == [2]
    assert sum(isinstance(made, StaleRevision) for made in done) == 7


async def test_another_account_finds_nothing(db: Database) -> None:
    scene = await Scene.set(db)
    journal = scene.journal
    assert await journal.list_projects("other") == []
    assert await journal.list_jobs("other") == []
    assert await journal.list_events("other") == []
    assert await journal.list_takes("other", scene.project) == []
    assert await scene.ledger.list_purchases("other", scene.project) == []
    for refused in (
        journal.read_standing("other", scene.project),
        journal.read_revision("other", scene.project, 1),
        journal.revise("other", scene.project, 1, plan(), Choices(), "person"),
        journal.enqueue("other", scene.project, "film", None, {}),
        journal.approve("other", scene.job, AGREED),
        journal.requeue("other", scene.job),
        journal.request_cancel("other", scene.job),
    ):
        with pytest.raises(NotFound):
            await refused


async def test_jobs_of_a_project_run_in_order_and_one_that_waits_hides_no_other(db: Database) -> None:
    scene = await Scene.set(db)
    second = await scene.journal.enqueue(ACCOUNT, scene.project, "takes", AGREED, {"draft": True})

    async def turn() -> str | None:
        job = (await scene.journal.read_standing(ACCOUNT, scene.project)).job
        return job.id if job else None

    assert await turn() == scene.job
    await scene.journal.start_next_job(scene.lease)
    assert await turn() == scene.job
    await scene.journal.mark_waiting(scene.lease, scene.job, "decision", STEP, Reason("step_stuck"), seen_consent=None)
    assert await turn() == second
    await scene.journal.start_next_job(scene.lease)
    await scene.journal.requeue(ACCOUNT, scene.job)
    assert await turn() == second, "the one that runs is not put aside"
    await scene.journal.finish(scene.lease, second, "done", None, None)
    assert await turn() == scene.job
    await scene.journal.mark_waiting(scene.lease, scene.job, "decision", STEP, Reason("step_stuck"), seen_consent=None)
    assert await turn() == scene.job, "one that waits is shown before one that ended"
    await scene.journal.request_cancel(ACCOUNT, scene.job)
    assert await turn() == second, "of those that ended the newest"


async def test_a_job_waits_for_its_reason_and_approval_queues_it_again(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.start_next_job(scene.lease)
    reason = build_reason("above_agreement", step=STEP, needed_micros=1_600_000, actions=[Action("agree_to_price")])
    await scene.journal.mark_waiting(scene.lease, scene.job, "approval", STEP, reason, seen_consent=None)
    found = await job_of(scene)
    assert (found.state, found.wait_reason, found.step, found.reason) == ("waiting", "approval", STEP, reason)
    await scene.journal.approve(ACCOUNT, scene.job, AGREED)
    found = await job_of(scene)
    assert (found.state, found.wait_reason, found.reason, found.consent) == ("queued", None, None, AGREED)


async def test_consent_to_a_job_that_ended_is_refused(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    with pytest.raises(BadInput, check=has_field("job", "this one is done")):
        await scene.journal.approve(ACCOUNT, scene.job, AGREED)
    with pytest.raises(BadInput, check=has_field("job", "this one is done")):
        await scene.journal.requeue(ACCOUNT, scene.job)


@pytest.mark.parametrize("state", ["failed", "cancelled"])
async def test_a_job_that_failed_or_was_cancelled_can_be_tried_again(db: Database, state: str) -> None:
    scene = await Scene.set(db)
    await scene.journal.request_cancel(ACCOUNT, scene.job)
    await scene.journal.finish(scene.lease, scene.job, state, Reason("job_failed"), None)  # type: ignore[arg-type]
    await scene.journal.requeue(ACCOUNT, scene.job)
    found = await job_of(scene)
    assert (found.state, found.is_cancel_requested, found.finished_at) == ("queued", False, None)


async def test_a_job_ends_once(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.finish(scene.lease, scene.job, "failed", Reason("hand_process_died"), None)
    await scene.journal.finish(scene.lease, scene.job, "done", None, sha("film"))
    found = await job_of(scene)
    assert (found.state, found.reason, found.film) == ("failed", Reason("hand_process_died"), None)


@pytest.mark.parametrize("at", ["queued", "waiting"])
async def test_a_job_that_nobody_drives_is_cancelled_in_place(db: Database, at: str) -> None:
    scene = await Scene.set(db)
    allowance = await scene.approved()
    await scene.intend(allowance)
    if at == "waiting":
        await scene.journal.mark_waiting(
            scene.lease, scene.job, "budget", None, Reason("above_budget"), seen_consent=None
        )
    await scene.journal.release(scene.lease)
    await scene.journal.request_cancel(ACCOUNT, scene.job)
    assert (await job_of(scene)).state == "cancelled"
    (purchase,) = await scene.ledger.list_purchases(ACCOUNT, scene.project)
    assert purchase.state == "released", "what was never sent holds nothing any more"


async def test_a_running_job_is_cancelled_by_its_director_and_sends_nothing_more(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.start_next_job(scene.lease)
    purchase = await scene.intend(await scene.approved())
    await scene.journal.request_cancel(ACCOUNT, scene.job)
    found = await job_of(scene)
    assert (found.state, found.is_cancel_requested) == ("running", True)
    assert not await scene.ledger.begin_posting(scene.lease, purchase.id, {})
    await scene.journal.mark_waiting(scene.lease, scene.job, "decision", None, Reason("step_stuck"), seen_consent=None)
    assert (await job_of(scene)).state == "running", "a cancelled job does not wait for a person"


async def test_a_running_job_whose_director_is_gone_is_cancelled_in_place(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.start_next_job(scene.lease)
    await scene.journal.release(scene.lease)
    await scene.journal.request_cancel(ACCOUNT, scene.job)
    assert (await job_of(scene)).state == "cancelled"


async def test_a_waiting_job_with_something_bought_is_queued_so_that_a_director_sees_to_it(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await scene.intend(await scene.approved())
    assert await scene.ledger.begin_posting(scene.lease, purchase.id, {})
    await scene.ledger.record_operation(purchase.id, Operation(id="op_1"))
    await scene.journal.mark_waiting(scene.lease, scene.job, "decision", STEP, Reason("step_stuck"), seen_consent=None)
    await scene.journal.release(scene.lease)
    await scene.journal.request_cancel(ACCOUNT, scene.job)
    found = await job_of(scene)
    assert (found.state, found.is_cancel_requested) == ("queued", True)
    assert await scene.journal.claim_project(scene.holder, scene.project)


async def test_words_from_a_tool_are_kept_whatever_they_hold(db: Database) -> None:
    scene = await Scene.set(db)
    reason = build_reason("media_error", last_words="bad \x00 byte \ud800 " + "x" * 9000)
    await scene.journal.finish(scene.lease, scene.job, "failed", reason, None)
    kept = (await job_of(scene)).reason
    assert kept and kept.code == "media_error"
    assert kept.params["last_words"].startswith("bad \N{REPLACEMENT CHARACTER} byte ? x")
    assert len(kept.params["last_words"]) == 1000


async def test_a_project_keeps_its_brief(db: Database) -> None:
    journal = Journal(db)
    brief = Brief(text="a door\nthat opens", aspect="9:16", length_ms=20_000, models=("animatic/2026.1",))
    project = await journal.open_project(ACCOUNT, "a \x00 name", brief)
    found = await journal.read_standing(ACCOUNT, project)
    assert (found.brief, found.revision, found.plan, found.job) == (brief, 0, None, None)


async def enqueued(
    journal: Journal, project: str, renew: RenewConsent = lambda job: None, *, goal: Any = "takes", spent: int = 0
) -> str:
    return await journal.enqueue_once(ACCOUNT, project, goal, AGREED, {}, renew, spent)


async def test_equal_calls_at_one_moment_share_one_job(
    db: Database,
) -> None:
    scene = await Scene.set(db)
    other = Database(db.url.render_as_string(hide_password=False))
    journals = [Journal(database) for database in (db, other)]
    asked: list[Job] = []

    def agree(job: Job) -> Consent | None:
        asked.append(job)
        return None

    made = await asyncio.gather(*(enqueued(journals[n % 2], scene.project, agree) for n in range(16)))
    other.close()
    assert len(set(made)) == 1 and len(asked) >= 15 and {job.id for job in asked} == set(made)
    assert {job.consent for job in asked} == {AGREED}, "each saw what had been agreed to"
    assert len(await scene.journal.list_jobs(ACCOUNT, scene.project)) == 2


async def test_a_new_job_is_queued_when_no_live_one_has_the_project_and_goal(db: Database) -> None:
    scene = await Scene.set(db)
    elsewhere = await Scene.set(db, director="another")
    first = await enqueued(scene.journal, scene.project)
    assert first != scene.job, "that one is for the film"
    assert await enqueued(scene.journal, elsewhere.project) not in (first, elsewhere.job)
    assert await enqueued(scene.journal, scene.project, goal="film") == scene.job
    await scene.journal.start_next_job(scene.lease)
    await scene.journal.request_cancel(ACCOUNT, scene.job)
    second = await enqueued(scene.journal, scene.project, goal="film")
    assert second not in (first, scene.job), "what is being cancelled is not gone on with"
    await scene.journal.finish(scene.lease, scene.job, "cancelled", None, None)
    assert await enqueued(scene.journal, scene.project, goal="film") == second
    with pytest.raises(NotFound):
        await enqueued(scene.journal, "project_nowhere")


@pytest.mark.parametrize("state", ["waiting", "failed", "cancelled", "running", "queued"])
async def test_a_job_is_taken_up_with_a_renewed_consent_and_queued_if_it_does_not_run(db: Database, state: str) -> None:
    scene = await Scene.set(db)
    if state != "queued":
        await scene.journal.start_next_job(scene.lease)
    if state == "waiting":
        await scene.journal.mark_waiting(
            scene.lease, scene.job, "approval", STEP, Reason("above_agreement"), seen_consent=None
        )
    elif state in ("failed", "cancelled"):
        await scene.journal.finish(scene.lease, scene.job, state, None, None)  # type: ignore[arg-type]
    seen: list[str] = []

    def agree(job: Job) -> Consent | None:
        seen.append(job.state)
        return AGREED

    assert await scene.journal.requeue_with_consent(ACCOUNT, scene.job, agree)
    found = await job_of(scene)
    assert (found.state, found.consent, found.is_cancel_requested) == (
        "running" if state == "running" else "queued",
        AGREED,
        False,
    )
    assert seen == [state]


async def test_consents_renewed_at_one_moment_see_one_another(db: Database) -> None:
    scene = await Scene.set(db)
    other = Database(db.url.render_as_string(hide_password=False))

    def one_dearer(job: Job) -> Consent:
        return Consent(ceiling=Micros(job.consent.ceiling + 1 if job.consent else 1), by="yes")

    journals = [Journal(database) for database in (db, other)]
    await asyncio.gather(*(journals[n % 2].requeue_with_consent(ACCOUNT, scene.job, one_dearer) for n in range(16)))
    other.close()
    found = await job_of(scene)
    assert found.consent and found.consent.ceiling == 16


async def test_a_job_that_is_done_is_not_taken_up(db: Database) -> None:
    scene = await Scene.set(db)
    await scene.journal.finish(scene.lease, scene.job, "done", None, None)
    assert not await scene.journal.requeue_with_consent(ACCOUNT, scene.job, lambda job: AGREED)
    assert (await job_of(scene)).consent is None


async def test_what_was_spent_since_a_price_is_taken_off_the_consent_of_a_new_job(db: Database) -> None:
    scene = await Scene.set(db)
    purchase = await scene.intend(await scene.approved(), micros=100_000)
    assert await scene.ledger.begin_posting(scene.lease, purchase.id, {})
    await scene.journal.finish(scene.lease, scene.job, "failed", None, None)
    for spent, ceiling in ((0, 1_900_000), (100_000, 2_000_000)):
        made = await enqueued(scene.journal, scene.project, goal="film", spent=spent)
        (job,) = [one for one in await scene.journal.list_jobs(ACCOUNT, scene.project) if one.id == made]
        assert job.consent == replace(AGREED, ceiling=Micros(ceiling))
        await scene.journal.finish(scene.lease, made, "failed", None, None)


async def test_a_standing_with_spent_says_what_each_job_has_spent_on_the_same_snapshot(db: Database) -> None:
    scene = await Scene.set(db)
    assert (await scene.journal.read_standing_with_spending(ACCOUNT, scene.project)).spent_by_job == {}
    allowance = await scene.approved()
    settled, sent, unsent, refused = [await scene.intend(allowance, step(word), 100_000) for word in "abcd"]
    for purchase in (settled, sent, refused):
        assert await scene.ledger.begin_posting(scene.lease, purchase.id, {})
    await scene.ledger.record_success(scene.lease, settled.id, STEP, outcome(settled.fingerprint), SHOT)
    await scene.ledger.settle(settled.id, price(70_000), "settled", None)
    await scene.ledger.move(refused.id, ["posting"], "released", Reason("failed_there"))
    standing = await scene.journal.read_standing_with_spending(ACCOUNT, scene.project)
    assert standing.spent_by_job == {scene.job: 170_000}, "settled as billed, sent as quoted"
    assert {p.id for p in standing.open_purchases} == {sent.id, unsent.id}
    plain = await scene.journal.read_standing(ACCOUNT, scene.project)
    assert (standing.revision, standing.choices, plain.spent_by_job) == (plain.revision, plain.choices, {})
    with pytest.raises(NotFound):
        await scene.journal.read_standing_with_spending("other", scene.project)


@pytest.mark.parametrize(("frees_at", "freed"), [("2026-01-01 00:00 UTC", 1), ("2999-01-01 00:00 UTC", 0), (None, 0)])
async def test_a_job_that_waits_for_a_budget_goes_on_when_its_period_has_ended(
    db: Database, frees_at: str | None, freed: int
) -> None:
    scene = await Scene.set(db)
    await scene.journal.start_next_job(scene.lease)
    reason = build_reason("above_budget", frees_at=frees_at)
    assert await scene.journal.mark_waiting(scene.lease, scene.job, "budget", None, reason, None)
    assert await scene.journal.requeue_freed() == freed
    assert (await scene.journal.read_job(ACCOUNT, scene.job)).state == ("queued" if freed else "waiting")


async def test_an_agreement_outlasts_the_period_of_the_cap_that_its_job_waits_for(db: Database) -> None:
    """It lapsed after a day, so that a job which was to go on by itself in the next month never did."""
    begin = datetime(2999, 1, 1, tzinfo=UTC)
    by_time, for_good = ("above_budget", "2999-01-01 00:00 UTC"), ("above_budget", None)
    soon, late = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1), begin + timedelta(days=9)
    for why, (code, frees_at), until, lasts in (
        ("budget", by_time, soon, begin + timedelta(days=1)),
        ("budget", by_time, late, late),
        ("budget", by_time, None, None),
        ("budget", for_good, soon, soon),
        ("approval", by_time, soon, soon),
    ):
        scene = await Scene.set(db)
        agreed = Consent(ceiling=Micros(400_000), by="yes", expires_at=until)
        await scene.journal.approve(ACCOUNT, scene.job, agreed)
        await scene.journal.start_next_job(scene.lease)
        seen = (await scene.journal.read_job(ACCOUNT, scene.job)).consent
        reason = build_reason(code, frees_at=frees_at)
        assert await scene.journal.mark_waiting(scene.lease, scene.job, why, None, reason, seen)
        left = (await scene.journal.read_job(ACCOUNT, scene.job)).consent
        assert left == replace(agreed, expires_at=lasts), (why, frees_at, until)


async def test_an_order_beyond_what_its_payer_has_left_is_refused_at_once(db: Database) -> None:
    scene = await Scene.set(db)
    key, agreed = {"key": "key_1"}, Consent(ceiling=Micros(400_000), by="yes")
    await scene.ledger.set_budget(ACCOUNT, "key", "key_1", Micros(1_000_000))
    await scene.ledger.set_budget(ACCOUNT, "key", "key_1", Micros(500_000), "day")
    for _ in range(2):
        await scene.journal.enqueue(ACCOUNT, scene.project, "film", agreed, key)
    with pytest.raises(OverBudget, check=has_code("above_budget", left_micros=200_000, frees_at=None)):
        await scene.journal.enqueue(ACCOUNT, scene.project, "film", agreed, key)
    await scene.journal.enqueue(ACCOUNT, scene.project, "film", agreed, {})
    dear = Consent(ceiling=Micros(600_000), by="yes")
    await scene.ledger.remove_budget(ACCOUNT, "key", "key_1")
    await scene.journal.enqueue(ACCOUNT, scene.project, "film", agreed, key)  # the day after has room for it
    with pytest.raises(OverBudget, check=has_code("above_budget", per=" per day")):
        await scene.journal.enqueue(ACCOUNT, scene.project, "film", dear, key)


async def test_what_a_person_finds_for_a_deleted_job_is_followed_to_its_end(db: Database) -> None:
    """Else the purchase would hold its price for ever, and nobody would ask the provider for its bill."""
    scene = await Scene.set(db)
    journal, ledger = scene.journal, scene.ledger
    bought = await scene.intend(await scene.approved(), micros=400_000)
    assert await ledger.begin_posting(scene.lease, bought.id, {})
    assert await ledger.move(bought.id, ("posting",), "unknown", Reason("no_answer_seen"))
    await journal.finish(scene.lease, scene.job, "cancelled", Reason("job_failed"), None)
    await journal.release(scene.lease)
    await journal.delete_job_files(ACCOUNT, scene.job, (), is_job_removed=True)
    assert await journal.claim_project(scene.holder) is None
    await ledger.decide(ACCOUNT, bought.id, "arrived", "zoe", operation=Operation(id="op_1"))
    lease = await journal.claim_project(scene.holder)
    assert lease and lease.project == scene.project
    job = await job_of(scene)
    assert job.is_removed and job.state == "queued" and job.is_cancel_requested, "nothing more is bought for it"


@pytest.mark.parametrize("is_retried_first", [True, False])
async def test_a_job_that_is_deleted_while_it_is_retried_does_not_go_on(db: Database, is_retried_first: bool) -> None:
    """Whichever of the two comes first, the job has ended: a deleted job is read by nobody, and would wait unseen."""
    scene = await Scene.set(db)
    journal = scene.journal
    await journal.finish(scene.lease, scene.job, "failed", Reason("job_failed"), None)
    await journal.release(scene.lease)
    if is_retried_first:
        assert await journal.requeue_with_consent(ACCOUNT, scene.job, lambda _: AGREED)
    await journal.delete_job_files(ACCOUNT, scene.job, (), is_job_removed=True)
    assert not await journal.requeue_with_consent(ACCOUNT, scene.job, lambda _: AGREED)
    found = await job_of(scene)
    assert found.is_removed and found.state == ("cancelled" if is_retried_first else "failed")
    assert await journal.claim_project(scene.holder, scene.project) is None
