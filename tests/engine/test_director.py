"""The director with everything real but the film: builds, edits, retakes, failures, cancels, two at once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psutil
import pytest

from engine.paper import Paper
from engine.processes import hands_of_this_process
from engine.production import TinyProduction, plan_of
from engine.rig import ACCOUNT, OURS, Rig
from reasons import has_code
from reelwright.errors import NotAccepted, Refused, StoreUnavailable
from reelwright.reason import Reason
from reelwright.reel.base.value import Digest, ShotId
from reelwright.reel.graph.choices import Choices, Circle, RetakeRequest
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request, compute_request_digest
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Consent, Holder, Lease, Standing
from reelwright.store.journal import Journal
from reelwright.units import Micros


async def choose(rig: Rig, project: str, choices: Choices) -> None:
    standing = await rig.standing(project)
    assert standing.plan
    await rig.journal.revise(ACCOUNT, project, standing.revision, standing.plan, choices, "person")


async def outcome_saying(rig: Rig, standing: Standing, text: str) -> Outcome:
    said = {await rig.text(outcome.assets[0]): outcome for outcome in standing.outcomes.values()}
    return said[text]


async def until(met: Callable[[], bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not met():
            await asyncio.sleep(0.01)


# --- builds


async def test_a_brief_becomes_a_film_and_every_step_is_made_once(rigged, tmp_path):
    log = tmp_path / "log"
    rig = rigged(extra={"log": str(log)}, own={"log": str(log)})
    standing = await rig.make("a >b c")
    assert standing.job.state == "done", standing.job.reason
    assert await rig.film(standing.project) == (
        "body of [take a seed 0]\nbody of [take b seed 0 after first_frame:last_frame:take a seed 0]\n"
        "body of [take c seed 0]\nmix of bed calm"
    )
    done = ["take a", "take b", "take c", "body a", "body b", "body c", "mix", "film"]
    assert sorted(log.read_text().splitlines()) == sorted(done)
    assert {p.state for p in await rig.purchases(standing.project)} == {"settled"}


async def test_the_next_job_of_a_finished_project_makes_nothing(rigged, tmp_path):
    log = tmp_path / "log"
    rig = rigged(extra={"log": str(log)}, own={"log": str(log)})
    project = (await rig.make("a b")).project
    before = log.read_text()
    await rig.again(project)
    await rig.drive(project)
    assert (await rig.job(project)).state == "done" and log.read_text() == before


async def test_an_edit_makes_only_what_depends_on_it(rigged, tmp_path):
    log = tmp_path / "log"
    rig = rigged(extra={"log": str(log)}, own={"log": str(log)})
    project = (await rig.make("a >b c")).project
    log.unlink()
    await rig.edit(project, "c", "sea")
    await rig.again(project)
    await rig.drive(project)
    assert sorted(log.read_text().splitlines()) == ["body c", "film", "take sea"]
    assert "take sea" in await rig.film(project)


async def test_a_landing_goes_on_at_once_and_does_not_wait_for_its_wave(rigged, tmp_path):
    log = tmp_path / "log"
    rig = rigged(extra={"log": str(log)}, own={"log": str(log)}, hands=2)
    project = await rig.order("slowly quick >next")
    plan = plan_of((await rig.standing(project)).brief, {"log": str(log)})
    beat = plan.beats[0]
    slow = replace(beat.shots[0], source=replace(beat.shots[0].source, extra={"log": str(log), "nap_ms": 1500}))
    plan = replace(plan, beats=(replace(beat, shots=(slow, *beat.shots[1:])),))
    await rig.journal.revise(ACCOUNT, project, 0, plan, Choices(), "person")
    await rig.drive(project)
    done = log.read_text().splitlines()
    assert done.index("take next") < done.index("take slowly")


async def test_listeners_hear_of_every_step_and_of_the_end(rigged):
    rig = rigged()
    await rig.make("a")
    heard = [(p.event, p.step) for p in rig.heard]
    assert ("started", "take/a") in heard and ("moving", "take/a") in heard and ("landed", "take/a") in heard
    last = rig.heard[-1]
    assert (last.event, last.kind) == ("ended", "done")
    counts = [(p.finished_steps, p.wanted_steps) for p in rig.heard if p.event == "read"]
    assert counts[0] == (0, 1) and counts[-1] == (5, 0)


async def test_a_step_costs_at_most_four_commits_and_an_idle_second_none(rigged, db):
    rig = rigged()
    project = await rig.order("a b c d")
    before = db.commits
    await rig.drive(project)
    steps = 4 + 4 + 1 + 1 + 1 + 1  # takes, bodies, bed, mix, film, words
    assert (db.commits - before) / steps <= 4
    idle = asyncio.create_task(rig.director.run(until="forever"))
    await asyncio.sleep(0.3)
    before = db.commits
    await asyncio.sleep(2)
    written = db.commits - before
    idle.cancel()
    await asyncio.gather(idle, return_exceptions=True)
    assert written == 0


# --- choices


async def test_a_retake_is_another_take_and_changes_nothing_until_it_is_circled(rigged, tmp_path):
    log = tmp_path / "log"
    rig = rigged(extra={"log": str(log), "seed": 7}, own={"log": str(log)})
    project = (await rig.make("a >b")).project
    film = await rig.film(project)
    standing = await rig.standing(project)
    shot = standing.plan.shots[0]
    fp = (await outcome_saying(rig, standing, "take a seed 7")).fingerprint
    log.unlink()
    await choose(rig, project, Choices(retakes=(RetakeRequest(fingerprint=fp, round=2),)))
    await rig.again(project)
    await rig.drive(project)
    assert log.read_text().splitlines() == ["take a"] and await rig.film(project) == film
    takes = [t for t in await rig.journal.list_takes(ACCOUNT, project) if t.shot == "a"]
    assert [(t.round, await rig.text(t.asset)) for t in takes] == [(1, "take a seed 7"), (2, "take a seed 8")]
    asks = (await rig.standing(project)).choices.retakes
    circle = Circle(asset=takes[1].asset, request=compute_request_digest(shot.source))
    await choose(rig, project, Choices(retakes=asks, circles={ShotId("a"): circle}))
    await rig.again(project)
    await rig.drive(project)
    assert "take b seed 7 after first_frame:last_frame:take a seed 8" in await rig.film(project)


async def test_a_round_of_several_takes_is_chosen_from_once_before_its_dependants(rigged):
    rig = rigged(extra={"seed": 1})
    standing = await rig.make("a >b", takes=2)
    assert standing.job.state == "done", standing.job.reason
    rounds = [o for fp, o in standing.outcomes.items() if fp.startswith("take:")]
    assert all(len(o.assets) == 2 and o.chosen_asset == o.assets[0] for o in rounds)
    assert "after first_frame:last_frame:take a seed 1" in await rig.film(standing.project)
    events = [e for e in await rig.journal.list_events(ACCOUNT) if e.kind == "step.chosen"]
    assert len(events) == 2


async def test_a_deleted_take_is_bought_again_as_a_round_and_never_under_its_old_name(rigged, tmp_path):
    log = tmp_path / "log"
    rig = rigged(extra={"log": str(log)}, own={"log": str(log)})
    standing = await rig.make("a >b")
    project = standing.project
    take = await outcome_saying(rig, standing, "take a seed 0")
    body = await outcome_saying(rig, standing, "body of [take a seed 0]")
    gone = [take.assets[0], body.assets[0], standing.job.film]
    await rig.journal.mark_deleted(ACCOUNT, gone)
    for digest in gone:
        await rig.vault.forget(ACCOUNT, digest)
    log.unlink()
    await rig.again(project)
    await rig.drive(project)
    assert (await rig.job(project)).state == "done"
    after = await rig.standing(project)
    assert [(a.fingerprint, a.round) for a in after.choices.retakes] == [(take.fingerprint, 2)]
    assert log.read_text().splitlines()[0] == "take a"
    tries = [p for p in await rig.purchases(project) if p.fingerprint == take.fingerprint]
    assert len(tries) == 1


# --- money


async def test_a_paid_film_waits_for_consent_and_reserves_nothing_before_it(rigged, tmp_path):
    paper = Paper(tmp_path / "paper")
    rig = rigged(paid=paper)
    project = (await rig.make("a b", models=("paper/1",))).project
    job = await rig.job(project)
    assert (job.state, job.wait_reason) == ("waiting", "approval") and paper.submissions == []
    assert has_code("above_agreement", needed_micros=800_000)(job.reason)
    for dollars, after in ((0.5, "waiting"), (0.8, "done")):
        await rig.journal.approve(ACCOUNT, job.id, Consent(ceiling=Micros(round(dollars * 1_000_000)), by="--budget"))
        await rig.drive(project)
        assert (await rig.job(project)).state == after
        assert sorted(paper.submissions) == ([] if after == "waiting" else ["a", "b"])
    paid = [p for p in await rig.purchases(project) if p.provider == "paper"]
    assert [(p.state, p.settled_micros) for p in paid] == [("settled", 400_000)] * 2


async def test_a_price_that_nobody_knows_is_asked_about_and_never_guessed(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", micros=None)
    rig = rigged(paid=paper)
    job = (await rig.make("a", models=("paper/1",), usd=100)).job
    assert (job.state, job.wait_reason) == ("waiting", "approval") and job.reason.code == "price_unknown"
    assert paper.submissions == []


async def test_what_has_become_dearer_since_it_was_agreed_to_waits_for_approval(rigged, tmp_path):
    class Dearer(Paper):
        """Its price doubles after the quote."""

        asked = 0

        def price(self, request: Request) -> Price:
            self.asked += 1
            return replace(super().price(request), micros=Micros(400_000 if self.asked == 1 else 800_000))

    paper = Dearer(tmp_path / "paper")
    job = (await rigged(paid=paper).make("a", models=("paper/1",), usd=0.4)).job
    assert (job.state, job.wait_reason, job.step) == ("waiting", "approval", "take/a")
    assert has_code("above_allowance", micros=800_000)(job.reason) and paper.submissions == []


async def test_a_cap_that_would_be_passed_lets_nothing_start(rigged, tmp_path):
    paper = Paper(tmp_path / "paper")
    rig = rigged(paid=paper)
    project = await rig.order("a b", models=("paper/1",), usd=5)
    await rig.ledger.set_budget(ACCOUNT, "project", project, Micros(700_000))
    await rig.drive(project)
    job = await rig.job(project)
    assert (job.state, job.wait_reason) == ("waiting", "budget") and paper.submissions == []


async def test_what_an_edit_no_longer_wants_is_not_sent_and_what_was_sent_lands(rigged, tmp_path):
    hold = asyncio.Event()
    paper = Paper(tmp_path / "paper", hold_submit=hold)
    rig = rigged(paid=paper)
    project = await rig.order("a >b", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    await asyncio.wait_for(paper.submitting.wait(), 10)
    await rig.edit(project, "a", "sun")
    await until(lambda: sum(p.event == "started" and p.step == "take/a" for p in rig.heard) == 2)
    hold.set()
    await running
    assert (await rig.job(project)).state == "done"
    assert sorted(paper.submissions) == ["a", "b", "sun"]
    assert "after [take sun]" in await rig.film(project)
    paid = [p for p in await rig.purchases(project) if p.provider == "paper"]
    assert {p.state for p in paid} == {"settled"} and len(paid) == 3


async def test_projects_of_an_account_that_share_shots_buy_each_once(rigged, tmp_path):
    paper = Paper(tmp_path / "paper")
    rig = rigged(paid=paper)
    more = {"models": ("paper/1",), "usd": 5}
    projects = [await rig.order("a b", **more), await rig.order("a b", **more), await rig.order("a c", **more)]
    await rig.director.run()
    assert [(await rig.job(p)).state for p in projects] == ["done"] * 3
    assert sorted(paper.submissions) == ["a", "b", "c"]


async def test_several_projects_at_once_are_each_made_by_one_director(rigged):
    rig = rigged()
    projects = [await rig.order(f"a{n}") for n in range(5)]
    await rig.director.run()
    assert [(await rig.job(p)).state for p in projects] == ["done"] * 5


# --- troubles


async def test_a_step_that_fails_fails_the_job_naming_it_after_what_runs_has_landed(rigged):
    rig = rigged(works={**OURS, ("ink/1", "bed"): "sulk"})
    standing = await rig.make("a b")
    assert standing.job.state == "failed"
    reason = standing.job.reason
    assert (reason.code, reason.step) == ("media_error", "bed/film")
    assert reason.params == {"message": "it will not be drawn", "last_words": "no ink", "hint": "buy ink"}
    assert sum(fp.startswith("take:") for fp in standing.outcomes) == 2
    assert not standing.open_purchases


async def test_a_fault_in_one_project_s_film_fails_that_job_and_no_other(rigged):
    class Faulty(TinyProduction):
        """Cannot make a graph of one of its briefs."""

        def build_graph(self, standing: Standing) -> Graph:
            if standing.brief.text == "odd":
                raise ValueError("the plan has a cycle: a → b → a")
            return super().build_graph(standing)

    rig = rigged(production=Faulty)
    odd, even = await rig.order("odd"), await rig.order("even")
    await rig.director.run()
    reason = (await rig.job(odd)).reason
    assert has_code("internal_error", kind="ValueError", message="the plan has a cycle: a → b → a")(reason)
    assert [(await rig.job(p)).state for p in (odd, even)] == ["failed", "done"]


async def test_a_failed_job_goes_on_after_its_cause_is_gone(rigged, tmp_path):
    log = tmp_path / "log"
    more = {"extra": {"log": str(log)}}
    project = (await rigged(works={**OURS, ("ink/1", "bed"): "sulk"}, **more).make("a b")).project
    before = log.read_text()
    rig = rigged(**more)
    await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
    await rig.drive(project)
    assert (await rig.job(project)).state == "done" and log.read_text() == before


async def test_a_step_whose_hand_dies_once_is_made_again_by_a_fresh_one(rigged, tmp_path):
    rig = rigged(body="die_once", own={"once": str(tmp_path / "once")})
    standing = await rig.make("a")
    assert standing.job.state == "done" and "came back" in await rig.film(standing.project)
    again = [e for e in await rig.journal.list_events(ACCOUNT) if e.kind == "step.again"]
    assert [e.body["step"] for e in again] == ["segment/a"]
    reason = Reason.from_json(again[0].body["reason"])
    assert has_code("tried_again", number=2, tries=3)(reason) and reason.params["cause"].code == "hand_process_died"


@pytest.mark.parametrize("where", ["ours", "bought"])
async def test_a_step_that_kills_every_hand_is_poison_and_is_named(rigged, where):
    rig = rigged(body="die") if where == "ours" else rigged(works={**OURS, ("ink/1", "take"): "die"})
    standing = await rig.make("a")
    assert standing.job.state == "failed"
    reason = standing.job.reason
    assert reason.step == ("segment/a" if where == "ours" else "take/a")
    assert has_code("hands_died", tries=3)(reason) and reason.params["cause"].code == "hand_process_died"
    assert not standing.open_purchases


async def test_a_round_that_brought_nothing_waits_for_a_decision_and_is_not_bought_again(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", end="refused")
    rig = rigged(paid=paper)
    project = (await rig.make("a", models=("paper/1",), usd=5)).project
    for _ in range(2):
        job = await rig.job(project)
        assert (job.state, job.wait_reason, job.step) == ("waiting", "decision", "take/a")
        assert (job.reason.code, job.reason.step) == ("step_stuck", "take/a")
        (cause,) = job.reason.params["causes"]
        assert has_code("sample_missing", kind="filtered", message="refused over there")(cause)
        await rig.journal.requeue(ACCOUNT, job.id)
        await rig.drive(project)
    assert paper.submissions == ["a"]


async def test_a_refusal_is_one_request_and_the_job_waits_with_the_step_named(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[Refused("your words are not allowed")])
    rig = rigged(paid=paper)
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert standing.job.wait_reason == "decision" and standing.job.reason.step == "take/a"
    assert has_code("refused", message="your words are not allowed")(standing.job.reason)
    paid = [p for p in await rig.purchases(standing.project) if p.provider == "paper"]
    assert [(p.state, p.attempts) for p in paid] == [("released", 1)] and paper.submissions == []


async def test_what_is_not_accepted_is_sent_again_three_times_and_then_waits(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[NotAccepted("too many") for _ in range(4)])
    rig = rigged(paid=paper)
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert standing.job.wait_reason == "decision" and has_code("never_accepted", sends=4)(standing.job.reason)
    assert not paper.answers and paper.submissions == [] and not standing.open_purchases


async def test_a_send_without_an_answer_is_held_and_never_sent_again_by_itself(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[ConnectionResetError("gone")], finds=False)
    rig = rigged(paid=paper)
    project = (await rig.make("a b", models=("paper/1",), usd=5)).project
    for _ in range(2):
        job = await rig.job(project)
        assert (job.state, job.wait_reason) == ("waiting", "decision") and job.reason.code == "purchase_unknown"
        assert [p.state for p in (await rig.standing(project)).open_purchases] == ["unknown"]
        await rig.journal.requeue(ACCOUNT, job.id)
        await rig.drive(project)
    assert len(paper.submissions) == 1


# --- cancel, stop, two directors


async def test_after_a_cancel_nothing_more_is_sent_and_the_job_ends_cancelled(rigged, tmp_path):
    told = tmp_path / "pid"
    rig = rigged(works={**OURS, ("ink/1", "take"): "slow"}, extra={"told": str(told)})
    project = await rig.order("a >b")
    running = asyncio.create_task(rig.drive(project))
    await until(lambda: told.exists() and bool(told.read_text()))
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(running, 5)
    standing = await rig.standing(project)
    assert standing.job.state == "cancelled" and not standing.open_purchases
    assert not psutil.pid_exists(int(told.read_text()))


@pytest.mark.parametrize("cancels", ["cancelled", "cannot"])
async def test_a_cancel_asks_the_provider_and_what_arrives_all_the_same_lands(rigged, tmp_path, cancels):
    paper = Paper(tmp_path / "paper", polls=60, cancels=cancels)
    rig = rigged(paid=paper)
    project = await rig.order("a >b", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    await until(lambda: paper.polled > 2)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(running, 10)
    standing = await rig.standing(project)
    assert standing.job.state == "cancelled" and not standing.open_purchases and paper.submissions == ["a"]
    paid = [p for p in await rig.purchases(project) if p.provider == "paper"]
    assert [p.state for p in paid] == ["released" if cancels == "cancelled" else "settled"]
    assert any(fp.startswith("take:") for fp in standing.outcomes) == (cancels == "cannot")


async def test_a_cancel_during_a_submit_records_what_was_bought(rigged, tmp_path):
    hold = asyncio.Event()
    paper = Paper(tmp_path / "paper", hold_submit=hold)
    rig = rigged(paid=paper)
    project = await rig.order("a >b", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    await asyncio.wait_for(paper.submitting.wait(), 10)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.sleep(1.2)
    hold.set()
    await asyncio.wait_for(running, 10)
    standing = await rig.standing(project)
    assert standing.job.state == "cancelled" and not standing.open_purchases and paper.submissions == ["a"]


async def test_a_stopped_director_leaves_a_job_that_the_next_one_finishes(rigged, tmp_path):
    log = tmp_path / "log"
    extra = {"log": str(log), "nap_ms": 200}
    rig = rigged(extra=extra, hands=1)
    project = await rig.order("a b c")
    running = asyncio.create_task(rig.drive(project))
    await until(log.exists)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await rig.job(project)).state == "running"
    await rig.drive(project)
    assert (await rig.job(project)).state == "done"
    assert len(log.read_text().splitlines()) <= 4  # one may have been in the making


async def test_two_directors_on_one_project_obtain_each_step_once(rigged, tmp_path):
    log = tmp_path / "log"
    more = {"extra": {"log": str(log)}, "own": {"log": str(log)}}
    one, other = rigged(**more), rigged(**more)
    project = await one.order("a >b c d")
    await asyncio.gather(one.drive(project), other.drive(project))
    assert (await one.job(project)).state == "done"
    done = log.read_text().splitlines()
    assert len(done) == len(set(done)) == 4 + 4 + 2


async def test_advancing_twice_at_once_is_as_advancing_once(rigged, tmp_path):
    log = tmp_path / "log"
    rig = rigged(extra={"log": str(log)})
    project = await rig.order("a b")
    lease = await rig.journal.claim_project(rig.director.holder, project)
    await asyncio.gather(rig.director.advance(lease), rig.director.advance(lease))
    await rig.director.advance(lease)
    assert sorted(log.read_text().splitlines()) == ["take a", "take b"]


async def test_a_killed_hand_in_the_middle_of_a_film_is_not_noticed_in_the_film(rigged, tmp_path):
    rig = rigged(extra={"nap_ms": 300})
    project = await rig.order("a b c")
    running = asyncio.create_task(rig.drive(project))
    await until(lambda: any(p.event == "moving" for p in rig.heard))
    for child in hands_of_this_process():
        os.kill(child.pid, signal.SIGKILL)
    await running
    assert (await rig.job(project)).state == "done"


class Slow(Journal):
    """Claims take a moment to come back."""

    claimed: asyncio.Event | None = None

    async def claim_project(self, holder: Holder, only: str | None = None) -> Lease | None:
        lease = await super().claim_project(holder, only)
        if self.claimed:
            self.claimed.set()
        await asyncio.sleep(0.3)
        return lease


async def test_a_director_stopped_while_it_claims_lets_go_of_what_it_claimed(rigged):
    rig = rigged(journal=Slow)
    rig.journal.claimed = asyncio.Event()
    project = await rig.order("a")
    running = asyncio.create_task(rig.drive(project))
    await rig.journal.claimed.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.wait_for(rig.drive(project), 20)
    assert (await rig.job(project)).state == "done"


async def test_a_cancel_ends_though_a_take_that_was_paid_for_cannot_be_stored(rigged, tmp_path, monkeypatch):
    """Found by the lane of people on a full disk: what could not land was fetched again for ever."""
    paper = Paper(tmp_path / "paper", polls=10**9, cancels="cannot")
    rig = rigged(paid=paper)
    project = await rig.order("a", goal="takes", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    async with asyncio.timeout(60):
        while not [one for one in await rig.purchases(project) if one.state == "submitted"]:
            await asyncio.sleep(0.02)

    async def full(*asked: Any) -> Digest:
        raise StoreUnavailable(code="disk_full", folder="vault")

    with monkeypatch.context() as patched:
        patched.setattr(type(rig.vault), "put", full)
        patched.setattr(type(rig.vault), "put_file", full)
        await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
        paper.polls = 0
        await asyncio.wait_for(running, 30)
    job = await rig.job(project)
    assert job.state == "failed" and job.reason.code == "disk_full"
    await rig.again(project, "takes", 5)
    await asyncio.wait_for(rig.drive(project), 60)
    assert (await rig.job(project)).state == "done" and paper.submissions == ["a"]
