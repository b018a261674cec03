"""Providers that misbehave: what they take on is paid for, followed and told of, and nothing is bought twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Literal

import pytest

from engine.paper import Paper
from engine.production import TinyProduction
from engine.rig import ACCOUNT, Rig
from reasons import has_code
from reelwright.engine.purchases.operations import Pace
from reelwright.errors import NotAccepted, NotFound, OutcomeUnknown, ProviderError, Refused, Unreachable
from reelwright.messages import format_reason
from reelwright.providers.protocol import Absent, Keep, Make, Output, Progress
from reelwright.reel.base.value import StepKey
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.operation import Lease, Operation, Purchase, Standing

HANDS = 1

Rigging = Callable[..., Rig]


async def paid(rig: Rig, project: str) -> list[Purchase]:
    return [p for p in await rig.purchases(project) if p.provider == "paper"]


class Deaf(Paper):
    """Does not answer when it is asked to cancel, for a while."""

    asked = 0
    error: type[Exception] = ConnectionResetError

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        self.asked += 1
        if self.asked < 3:
            raise self.error("no answer")
        return await super().cancel(operation)


@pytest.mark.parametrize("error", [ConnectionResetError, NotAccepted, ProviderError, Refused])
async def test_a_provider_that_does_not_answer_a_cancel_is_asked_again_at_the_next_poll(rigged, tmp_path, error):
    paper = Deaf(tmp_path / "paper", polls=1000)
    paper.error = error
    rig = rigged(paid=paper)
    project = await rig.order("a", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    await until(lambda: paper.polled > 2)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(running, 10)
    standing = await rig.standing(project)
    assert standing.job.state == "cancelled" and not standing.open_purchases
    assert paper.asked == 3 and [p.state for p in await paid(rig, project)] == ["released"]


async def test_a_cancel_does_not_make_polls_come_faster(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", polls=1000, cancels="cannot")
    rig = rigged(paid=paper, pace=Pace(least_s=30, most_s=30))
    project = await rig.order("a", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    await until(lambda: paper.polled > 0)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.sleep(4.5)
    assert paper.polled <= 3
    running.cancel()
    await asyncio.wait({running})


class Confused(Paper):
    """Takes on what it is sent, and answers with the operation of the first that it took on."""

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        await super().submit(prepared, keep, make)
        return Operation(id=next(iter(self._accepted())))


@pytest.mark.parametrize("finds", [True, False])
async def test_an_answer_with_the_operation_of_another_purchase_is_looked_up_and_never_followed_twice(
    rigged, tmp_path, finds
):
    paper = Confused(tmp_path / "paper", finds=finds)
    rig = rigged(paid=paper)
    await rig.make("a", models=("paper/1",), usd=5, goal="takes")
    project = (await rig.make("b", models=("paper/1",), usd=5, goal="takes")).project
    job, (bought,) = await rig.job(project), await paid(rig, project)
    if finds:
        first, second = paper._accepted()
        assert (job.state, bought.operation.id) == ("done", second), "what was bought is found in the list"
        outcome = (await rig.standing(project)).outcomes[bought.fingerprint]
        assert await rig.text(outcome.chosen_asset) == "take b"
    else:
        assert (job.state, job.wait_reason, bought.state) == ("waiting", "decision", "unknown")
        (first,) = [one for one, accepted in paper._accepted().items() if accepted["prompt"] == "a"]
        assert "which another purchase has already" in format_reason(job.reason)
        assert bought.operation is None and first in format_reason(job.reason)
        await rig.journal.requeue(ACCOUNT, job.id)
        await rig.drive(project)
    assert paper.submissions == ["a", "b"], "sent once"


class Forgetful(Confused):
    """Its list shows nothing of what it took on but the first."""

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Absent:
        return Absent()


async def test_an_order_that_was_answered_with_another_operation_is_never_sent_again_by_itself(rigged, tmp_path):
    paper = Forgetful(tmp_path / "paper", finds=True)
    rig = rigged(paid=paper)
    await rig.make("a", models=("paper/1",), usd=5, goal="takes")
    project = (await rig.make("b", models=("paper/1",), usd=5, goal="takes")).project
    for _ in range(2):
        job, (bought,) = await rig.job(project), await paid(rig, project)
        assert (job.state, job.wait_reason, bought.state) == ("waiting", "decision", "unknown")
        await rig.journal.requeue(ACCOUNT, job.id)
        await rig.drive(project)
    assert paper.submissions == ["a", "b"], "sent once"


async def test_what_the_provider_cancelled_by_itself_is_not_bought_again_by_itself(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", end="cancelled")
    rig = rigged(paid=paper)
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert (standing.job.state, standing.job.wait_reason) == ("waiting", "decision")
    reason = standing.job.reason
    assert (reason.code, reason.step) == ("step_stuck", "take/a")
    assert [cause.params["message"] for cause in reason.params["causes"]] == ["cancelled over there"]
    assert paper.submissions == ["a"] and not standing.open_purchases


class Revoked(Paper):
    """Its key was revoked after it had taken on the work."""

    async def poll(self, operation: Operation) -> Progress:
        self.polled += 1
        raise Refused("401: this key was revoked")


async def test_a_poll_that_is_refused_is_told_to_a_person_and_the_purchase_stays(rigged, tmp_path):
    paper = Revoked(tmp_path / "paper")
    rig = rigged(paid=paper)
    project = await rig.order("a", models=("paper/1",), usd=5)
    await asyncio.wait_for(rig.drive(project), 10)
    job = await rig.job(project)
    assert (job.state, job.wait_reason, job.step) == ("waiting", "decision", "take/a")
    assert has_code("poll_refused", provider="paper")(job.reason)
    assert job.reason.params["cause"].params["message"] == "401: this key was revoked"
    assert [action.kind for action in job.reason.actions] == ["fix_key", "resume_job"]
    assert [p.state for p in await paid(rig, project)] == ["submitted"]


class Hasty(Paper):
    """Says that it is done before it has the film, a few times."""

    empty = 2

    async def poll(self, operation: Operation) -> Progress:
        if self.empty:
            self.empty -= 1
            return Progress(state="failed", message="done, with nothing", is_empty=True)
        return await super().poll(operation)


@pytest.mark.parametrize(("empty", "state", "bought"), [(2, "done", ["a"]), (99, "waiting", ["a"])])
async def test_an_operation_that_is_over_with_nothing_is_looked_at_again_before_that_is_believed(
    rigged, tmp_path, empty, state, bought
):
    paper = Hasty(tmp_path / "paper")
    paper.empty = empty
    standing = await rigged(paid=paper).make("a", models=("paper/1",), usd=5)
    assert (standing.job.state, paper.submissions) == (state, bought)
    assert empty == 2 or paper.empty == 95, "three more looks, then it is believed"


class Drawing(TinyProduction):
    """Draws whatever is stuck, and notes what that was."""

    stuck: ClassVar[list[str]] = []

    async def unstick(self, lease: Lease, standing: Standing, stuck_steps: Collection[StepKey]) -> bool:
        self.stuck.extend(stuck_steps)
        return False


class Silenced(Revoked):
    """Took it on, gave no answer, and shows its list to this key no more."""

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        await super().submit(prepared, keep, make)
        raise OutcomeUnknown("no answer")

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
        raise Refused("401: this key was revoked")


@pytest.mark.parametrize(("kind", "state"), [(Revoked, "submitted"), (Silenced, "unknown")])
async def test_who_refuses_to_tell_of_a_shot_has_not_refused_the_shot(rigged, tmp_path, monkeypatch, kind, state):
    monkeypatch.setattr(Drawing, "stuck", [])
    paper = kind(tmp_path / "paper")
    rig = rigged(paid=paper, production=Drawing)
    project = await rig.order("a b", models=("paper/1",), usd=5)
    for _ in range(2):
        await asyncio.wait_for(rig.drive(project), 10)
        job = await rig.job(project)
        assert (job.state, job.wait_reason) == ("waiting", "decision"), job.reason
        await rig.journal.requeue(ACCOUNT, job.id)
    assert Drawing.stuck == [] and sorted(paper.submissions) == ["a", "b"]
    assert [p.state for p in await paid(rig, project)] == [state, state]


async def test_what_is_never_over_is_told_to_a_person_and_stays_bought(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", polls=1000)
    rig = rigged(paid=paper, pace=Pace(least_s=0.02, most_s=0.05, longest_s=0.3))
    project = await rig.order("a", models=("paper/1",), usd=5)
    await asyncio.wait_for(rig.drive(project), 10)
    job = await rig.job(project)
    assert (job.state, job.wait_reason, job.step) == ("waiting", "decision", "take/a")
    (purchase,) = await paid(rig, project)
    assert purchase.state == "submitted" and purchase.operation
    overdue = has_code("operation_overdue", provider="paper", operation=purchase.operation.id, hours=0.3 / 3600)
    assert overdue(job.reason)
    paper.polls = 1
    await rig.journal.requeue(ACCOUNT, job.id)
    await asyncio.wait_for(rig.drive(project), 10)
    assert (await rig.job(project)).state == "done" and paper.submissions == ["a"]


async def test_what_another_program_bought_elsewhere_waits_for_that_program(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", polls=1000)
    rig = rigged(paid=paper, pace=Pace(least_s=0.02, most_s=0.05, longest_s=0.2))
    project = await rig.order("a", models=("paper/1",), usd=5)
    await asyncio.wait_for(rig.drive(project), 10)
    other = Paper(tmp_path / "other")
    other.name = "other"
    rig = rigged(paid=other)
    await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(rig.drive(project), 10)
    job = await rig.job(project)
    assert (job.state, job.wait_reason) == ("waiting", "decision") and has_code(
        "provider_not_registered", provider="paper"
    )(job.reason)
    assert [p.state for p in await paid(rig, project)] == ["submitted"] and other.submissions == []


class Misnamed(Paper):
    """Was told by a person that it arrived, under an id that can be none of theirs."""

    async def poll(self, operation: Operation) -> Progress:
        raise NotFound(f"{operation.id!r} is no operation of ours")


async def test_an_id_that_can_be_none_of_the_providers_is_not_asked_about_for_ever(rigged, tmp_path):
    rig = rigged(paid=Misnamed(tmp_path / "paper"))
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert (standing.job.state, standing.job.wait_reason) == ("waiting", "decision"), standing.job.reason
    assert [p.state for p in await paid(rig, standing.project)] == ["submitted"], "a person may name another"


class Nameless(Paper):
    """Bills in no amount that is known."""

    async def poll(self, operation: Operation) -> Progress:
        progress = await super().poll(operation)
        return replace(progress, bill=progress.bill and replace(progress.bill, micros=None))


async def test_a_bill_without_an_amount_settles_as_quoted(rigged, tmp_path):
    rig = rigged(paid=Nameless(tmp_path / "paper"))
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert standing.job.state == "done", standing.job.reason
    assert [(p.state, p.settled_micros) for p in await paid(rig, standing.project)] == [("settled", 400_000)]


class Torn(Paper):
    """Its downloads break off half-way, ``breaks`` times."""

    breaks = 4

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        yield b"ta"
        if self.breaks:
            self.breaks -= 1
            raise ProviderError("the connection was lost")
        yield b"ke"


async def test_a_download_that_breaks_off_is_fetched_again_and_lands_whole(rigged, tmp_path):
    paper = Torn(tmp_path / "paper")
    rig = rigged(paid=paper)
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert standing.job.state == "done", standing.job.reason
    assert "[take]" in await rig.film(standing.project) and paper.submissions == ["a"]


async def test_a_download_that_always_breaks_off_waits_for_a_person_and_can_go_on(rigged, tmp_path):
    paper = Torn(tmp_path / "paper")
    paper.breaks = 1000
    rig = rigged(paid=paper)
    project = (await rig.make("a", models=("paper/1",), usd=5)).project
    job = await rig.job(project)
    assert (job.state, job.wait_reason, job.step) == ("waiting", "decision", "take/a")
    assert has_code("output_not_downloaded", provider="paper")(job.reason)
    assert job.reason.params["cause"].params["message"] == "the connection was lost"
    paper.breaks = 0
    await rig.journal.requeue(ACCOUNT, job.id)
    await rig.drive(project)
    assert (await rig.job(project)).state == "done" and paper.submissions == ["a"]


async def test_samples_that_did_not_come_are_recorded_as_missing(rigged, tmp_path):
    rig = rigged(paid=Paper(tmp_path / "paper", samples=1))
    standing = await rig.make("a", models=("paper/1",), takes=3, usd=5)
    assert standing.job.state == "done", standing.job.reason
    [outcome] = [o for fp, o in standing.outcomes.items() if fp.startswith("take:")]
    assert [m.sample for m in outcome.missing] == [1, 2] and len(outcome.assets) == 1


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("end", "billed", "spent", "basis"),
    [
        ("expired", "free", 400_000, "presumed as quoted: it was taken on, and nobody tells what became of it"),
        *[(end, "unknown", 400_000, "presumed as quoted: it was taken on, and nobody tells whether")
          for end in ("failed", "refused", "cancelled")],
        *[(end, "billed", 400_000, "as quoted: what comes to nothing is billed there")
          for end in ("failed", "refused", "cancelled")],
        *[(end, "free", 0, None) for end in ("failed", "refused", "cancelled")],
    ],
)  # fmt: skip
async def test_what_brought_nothing_costs_nothing_only_where_that_is_known(rigged, tmp_path, end, billed, spent, basis):
    paper = Paper(tmp_path / "paper", end=end, billed=billed)
    rig = rigged(paid=paper)
    standing = await rig.make("a", models=("paper/1",), goal="takes", usd=1)
    (entry,) = [e for e in await rig.ledger.list_entries(ACCOUNT, standing.project) if e.provider == "paper"]
    assert (entry.state, entry.spent_micros) == ("settled" if spent else "released", spent)
    assert (entry.settlement is None and basis is None) or entry.settlement.basis.startswith(basis)
    assert len(paper.submissions) == 1


async def test_a_cancelled_take_counts_as_quoted_where_nobody_knows_that_it_is_free(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", polls=1000, billed="unknown")
    rig = rigged(paid=paper)
    project = await rig.order("a", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    await until(lambda: paper.polled > 2)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(running, 10)
    (entry,) = [e for e in await rig.ledger.list_entries(ACCOUNT, project) if e.provider == "paper"]
    assert (entry.state, entry.spent_micros) == ("settled", 400_000) and "cancelled is billed" in entry.settlement.basis


async def test_a_failure_of_which_nobody_knows_whether_it_is_billed_is_never_bought_again_above_the_ceiling(
    rigged, tmp_path
):
    paper = Paper(tmp_path / "paper", fails=1, billed="unknown")
    rig = rigged(paid=paper)
    project = (await rig.make("a", models=("paper/1",), usd=0.4)).project
    job = await rig.job(project)
    assert (job.state, job.wait_reason) == ("waiting", "approval") and job.reason.code == "another_try"
    assert has_code("above_agreement", needed_micros=800_000)(job.reason.params["cause"])
    assert paper.submissions == ["a"]


class Muttering(Paper):
    """Too busy first, then without an answer while it takes on the work, then silent at a poll: all within a minute."""

    polls_lost = 1

    async def poll(self, operation: Operation) -> Progress:
        if self.polls_lost:
            self.polls_lost -= 1
            raise Unreachable("503 with sk-canary-0123456789")
        return await super().poll(operation)


async def test_who_looks_on_hears_why_a_take_waits_once_for_each_reason(rigged, tmp_path):
    paper = Muttering(tmp_path / "paper", answers=[NotAccepted("429"), ConnectionResetError("gone")])
    rig = rigged(paid=paper)
    standing = await rig.make("a", models=("paper/1",), usd=5)
    assert standing.job.state == "done", standing.job.reason
    told = [one.reason for one in rig.heard if one.event == "waiting"]
    assert {one.step for one in told} == {"take/a"} and "canary" not in str(told)
    (resent,) = [one for one in told if one.code == "resent_later"]
    assert has_code("resend_scheduled", sends=1, most=3)(resent.params["cause"])
    assert resent.params["cause"].params["cause"].params["message"] == "429"
    (unreachable,) = [one.params["cause"] for one in told if one.code == "poll_failed"]
    assert unreachable.code == "unreachable" and unreachable.params["message"].startswith("503")
    assert [one.code for one in told].count("looked_for_in_list") <= 1
    assert len({str(one) for one in told}) == len(told) >= 2
    assert paper.submissions == ["a"]
