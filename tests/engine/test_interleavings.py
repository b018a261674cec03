"""Moments that fall between each other: two directors, a person and a recovery, an answer that comes after its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import text

from engine.paper import Paper
from engine.production import take_key
from engine.rig import ACCOUNT, Rig
from reelwright.engine.steps import durability
from reelwright.errors import BadInput, LeaseLost, StoreUnavailable
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Keep, Make, Output, Progress
from reelwright.reason import Reason
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.operation import Consent, Lease, Operation, Purchase
from reelwright.store.ledger import Ledger
from reelwright.units import Micros

Rigging = Callable[..., Rig]
TAKES = {"models": ("paper/1",), "goal": "takes", "usd": 5}


async def paid(rig: Rig, project: str) -> list[Purchase]:
    return [p for p in await rig.purchases(project) if p.provider == "paper"]


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not (met := true()) or (asyncio.iscoroutine(met) and not await met):
            await asyncio.sleep(0.02)


class Speaks(Paper):
    """Its answer is the result itself; it comes once ``hold_submit`` is set."""

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        await super().submit(prepared, keep, make)
        asset = await keep(_once(prepared["text"].encode()), "text/plain")
        return Progress(state="succeeded", outputs=(Output(sample=0, mime="text/plain", asset=asset),))


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def test_an_answer_that_was_the_result_lands_once_the_journal_is_back(rigged, tmp_path, monkeypatch):
    class Away(Ledger):
        """Its server is away for longer than a write is tried again."""

        times = 2

        async def record_success(self, *args: Any, **more: Any) -> None:
            if Away.times:
                Away.times -= 1
                raise StoreUnavailable("the database server does not answer")
            await super().record_success(*args, **more)

    monkeypatch.setattr(durability, "WRITE_RETRY_WAITS_S", (0.01,))
    rig = rigged(paid=Speaks(tmp_path / "paper", finds=False), ledger=Away)
    standing = await rig.make("a", **TAKES)
    assert standing.job.state == "done", standing.job.reason
    assert [p.state for p in await paid(rig, standing.project)] == ["settled"]
    assert rig.providers["paper"].submissions == ["a"], "it was had already: nobody is asked, nothing is sent again"


@pytest.mark.parametrize("kept", [True, False])
async def test_a_send_that_the_journal_went_away_over_is_made_once_it_is_back(rigged, tmp_path, kept):
    class Away(Ledger):
        """Its server restarts over the commit before the send, which it keeps, or not."""

        times = 1

        async def begin_posting(self, *args: Any, **more: Any) -> Any:
            if not Away.times:
                return await super().begin_posting(*args, **more)
            Away.times -= 1
            if kept:
                assert (await super().begin_posting(*args, **more)).may_send
            raise StoreUnavailable("the database server does not answer")

    rig = rigged(paid=Paper(tmp_path / "paper", finds=False), ledger=Away)
    standing = await rig.make("a", **TAKES)
    assert standing.job.state == "done", standing.job.reason
    assert [p.state for p in await paid(rig, standing.project)] == ["settled"]
    assert rig.providers["paper"].submissions == ["a"], "nothing had been sent, and everybody here knew"


async def test_who_lost_the_lease_takes_no_send_of_a_successor_for_his_own_that_was_not_made(rigged, tmp_path):
    rig = rigged(paid=Paper(tmp_path / "paper"))
    project = await rig.order("a", **TAKES)
    lease = await rig.journal.claim_project(rig.director.holder, project)
    await rig.database.write(_lose_lease)
    with pytest.raises(LeaseLost):
        await rig.ledger.undo_posting(lease, "purchase_of_a_successor")


@pytest.mark.parametrize("verdict", ["never", "written_off"])
async def test_a_result_that_comes_after_a_person_gave_it_up_is_told_and_kept_in_the_ledger(rigged, tmp_path, verdict):
    hold = asyncio.Event()
    paper = Speaks(tmp_path / "paper", finds=False, hold_submit=hold)
    rig = rigged(paid=paper)
    project = await rig.order("a", **TAKES)
    running = asyncio.create_task(rig.drive(project))
    await asyncio.wait_for(paper.submitting.wait(), 20)
    (bought,) = await paid(rig, project)
    assert await rig.ledger.move(bought.id, ["posting"], "unknown", Reason("director_gone"))  # as a successor would
    await rig.ledger.decide(ACCOUNT, bought.id, verdict, "zoe")
    hold.set()
    await asyncio.wait_for(running, 30)
    (first, *_) = [e for e in await rig.ledger.list_entries(ACCOUNT, project) if e.id == bought.id]
    assert first.state == ("released" if verdict == "never" else "settled")
    assert [notice.code for notice in first.notices] == ["answered_late"]
    await rig.ledger.adjust(ACCOUNT, bought.id, 5, "corrected", "zoe")


async def test_a_send_that_was_lost_is_made_again_where_its_list_showed_one_whose_answer_was_just_recorded(
    rigged, tmp_path
):
    class Lists(Paper):
        """Its list says nothing of whose an entry is: one that nobody has claimed may be anybody's."""

        looks = 0

        async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
            if prepared["prompt"] == "a" and not self.looks:
                raise ConnectionResetError("gone")
            made = await super().submit(prepared, keep, make)
            await until(lambda: self.looks)  # its answer is on its way until the list is read
            return made

        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
            await until(lambda: self.submissions)
            listed = [one for one in self._accepted() if one not in own.claimed_ids]
            self.looks += 1
            await until(self.is_recorded)  # after ``own`` was read, and before the list is compared with the journal
            return FoundOperation(operation=Operation(id=listed[0])) if listed else Absent()

        async def is_recorded(self) -> bool:
            return any(p.state != "posting" for p in await paid(self.rig, self.project) if p.step == take_key("b"))

    paper = Lists(tmp_path / "paper")
    paper.rig = rig = rigged(paid=paper)
    paper.project = await rig.order("a b", **TAKES)
    await asyncio.wait_for(rig.drive(paper.project), 20)
    job = await rig.job(paper.project)
    assert (job.state, paper.submissions) == ("done", ["b", "a"]), f"nobody needs to be asked: {job.reason}"
    assert {p.state for p in await paid(rig, paper.project)} == {"settled"} and paper.looks > 1


async def test_what_a_person_says_arrived_while_it_is_looked_for_is_followed_and_bought_once(rigged, tmp_path):
    class Slow(Paper):
        """Its list is slow, and shows it in the end."""

        looking, go_on = asyncio.Event(), asyncio.Event()

        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
            if not self.finds:
                return CannotTell()
            self.looking.set()
            await self.go_on.wait()
            return await super().find(prepared, purchase, own)

    paper = Slow(tmp_path / "paper", answers=[ConnectionResetError("gone")], finds=False)
    paper.looking, paper.go_on = asyncio.Event(), asyncio.Event()
    rig = rigged(paid=paper)
    project = await rig.order("a", **TAKES)
    await asyncio.wait_for(rig.drive(project), 20)
    (bought,) = await paid(rig, project)
    assert bought.state == "unknown"
    operation = await paper.submit(bought.prepared_request, None, None)  # it had been taken on
    paper.finds = True
    await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
    running = asyncio.create_task(rig.drive(project))
    await asyncio.wait_for(paper.looking.wait(), 20)
    await rig.ledger.decide(ACCOUNT, bought.id, "arrived", "zoe", operation=operation)
    with pytest.raises(BadInput):
        await rig.ledger.decide(ACCOUNT, bought.id, "never", "max")
    paper.go_on.set()
    await asyncio.wait_for(running, 20)
    assert (await rig.job(project)).state == "done" and paper.submissions == ["a"]
    assert [(p.state, p.settled_micros) for p in await paid(rig, project)] == [("settled", 400_000)]


async def test_what_a_person_says_never_arrived_while_it_is_found_is_bought_again_and_told(rigged, tmp_path):
    class Slow(Paper):
        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
            found = await super().find(prepared, purchase, own)
            if isinstance(found, FoundOperation) and (row := await self.unknown()):
                await self.ledger.decide(ACCOUNT, row.id, "never", "zoe")
            return found

        async def unknown(self) -> Purchase | None:
            return next((p for p in await paid(self.rig, self.project) if p.state == "unknown"), None)

    paper = Slow(tmp_path / "paper", answers=[ConnectionResetError("gone")], finds=False)
    rig = rigged(paid=paper)
    project = await rig.order("a", **TAKES)
    await asyncio.wait_for(rig.drive(project), 20)
    paper.rig, paper.project, paper.ledger = rig, project, rig.ledger
    (bought,) = await paid(rig, project)
    await paper.submit(bought.prepared_request, None, None)
    paper.finds = True
    await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(rig.drive(project), 20)
    first, second = [e for e in await rig.ledger.list_entries(ACCOUNT, project) if e.provider == "paper"]
    assert (first.state, second.state) == ("released", "settled") and paper.submissions == ["a", "a"]
    assert [notice.code for notice in first.notices] == ["second_operation"], "a person's word, and what was found"


async def test_an_absence_that_was_read_before_a_successor_sent_it_says_nothing_of_that_send(rigged, tmp_path):
    class Overtaken(Paper):
        """While it is looked through, a successor has sent it, and saw no answer either."""

        overtaken = False

        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
            found = await super().find(prepared, purchase, own)
            if not self.overtaken:
                self.overtaken, ledger = True, self.rig.ledger
                assert await ledger.move(purchase, ["unknown"], "intent", Reason("never_arrived"))
                lease = await _lease(self.rig, self.project)
                assert (await ledger.begin_posting(lease, purchase, prepared)).may_send
                await self.submit(prepared, None, None)
                assert await ledger.move(purchase, ["posting"], "unknown", Reason("no_answer_seen"))
            return found

    paper = Overtaken(tmp_path / "paper", answers=[ConnectionResetError("gone")])
    rig = rigged(paid=paper)
    project = await rig.order("a", **TAKES)
    await asyncio.wait_for(rig.drive(project), 20)
    paper.rig, paper.project = rig, project
    await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(rig.drive(project), 20)
    assert paper.overtaken and paper.submissions == ["a"], "the list that was read knew nothing of the second send"
    assert (await rig.job(project)).state == "done", (await rig.job(project)).reason


class Sleeper(Ledger):
    """A director that is stopped right after its answer came, before it can record it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.answered, self.go_on = asyncio.Event(), asyncio.Event()

    async def record_operation(self, *told: Any) -> Any:
        self.answered.set()
        await self.go_on.wait()
        return await super().record_operation(*told)


@pytest.mark.parametrize("finds", [True, False])
async def test_a_director_that_slept_over_its_answer_and_its_successor_buy_it_once(rigged, tmp_path, finds):
    paper = Paper(tmp_path / "paper", finds=finds)
    first = rigged(paid=paper, lease_s=2, ledger=Sleeper)
    sleeper = first.ledger
    project = await first.order("a", **TAKES)
    running = asyncio.create_task(first.drive(project))
    await asyncio.wait_for(sleeper.answered.wait(), 20)
    (bought,) = await paid(first, project)
    assert bought.state == "posting"
    await first.database.write(_lose_lease)
    second = rigged(paid=Paper(tmp_path / "paper", finds=finds), lease_s=2)
    taking_over = asyncio.create_task(second.drive(project))
    await until(lambda: _moved(second, project))
    sleeper.go_on.set()
    await asyncio.wait({running, taking_over}, timeout=30)
    if (await second.job(project)).state != "done":  # told by the sleeper after a person was asked
        await second.journal.requeue(ACCOUNT, (await second.job(project)).id)
        await asyncio.wait_for(second.drive(project), 20)
    assert (await second.job(project)).state == "done"
    assert paper.submissions == ["a"]
    assert [(p.state, p.settled_micros) for p in await paid(second, project)] == [("settled", 400_000)]
    assert [e.notices for e in await second.ledger.list_entries(ACCOUNT, project) if e.provider == "paper"] == [()]


def _lose_lease(unit: Any) -> None:
    unit.conn.execute(text("UPDATE leases SET director = NULL, held_since = NULL, token = token + 1"))


async def _moved(rig: Rig, project: str) -> bool:
    return [p.state for p in await paid(rig, project)] != ["posting"]


async def test_a_hand_that_failed_in_a_director_that_was_replaced_takes_nothing_from_its_successor(rigged, tmp_path):
    """What costs nothing is sent again by itself: but only by whoever sends it now."""

    class Free(Paper):
        resubmit = "free"

        async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
            (row,) = [p for p in await paid(self.rig, self.project) if p.state == "posting"]
            if row.attempts == 1:  # stopped here; its successor takes it up, and is at work on it
                await self.rig.ledger.move(row.id, ["posting"], "unknown", Reason("ended_while_sending"))
                await self.rig.ledger.move(row.id, ["unknown"], "intent", Reason("free_resend"))
                assert (await self.rig.ledger.begin_posting(self.lease, row.id, prepared)).may_send
                raise ConnectionResetError("gone")
            return await super().submit(prepared, keep, make)

    paper = Free(tmp_path / "paper", micros=0)
    rig = rigged(paid=paper)
    paper.rig, paper.project = rig, await rig.order("a", **TAKES)
    running = asyncio.create_task(rig.drive(paper.project))
    await until(lambda: rig.director._driving)
    async with asyncio.timeout(60):
        while not (lease := await _lease(rig, paper.project)):
            await asyncio.sleep(0.01)
    paper.lease = lease
    await asyncio.wait({running}, timeout=20)
    rows = await paid(rig, paper.project)
    assert (rows[0].state, rows[0].attempts) == ("posting", 2), "its successor is still at work on it"


async def _lease(rig: Rig, project: str) -> Lease | None:
    def read(conn: Any) -> Any:
        row = conn.execute(text("SELECT director, token FROM leases WHERE project = :p"), {"p": project}).first()
        return Lease(project=project, account=ACCOUNT, director=row[0], token=row[1]) if row and row[0] else None

    return await rig.database.read(read)


async def test_a_cancel_while_a_lost_send_is_looked_for_sends_nothing_and_leaves_nothing_held(rigged, tmp_path):
    class Empty(Paper):
        looking = asyncio.Event()

        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
            if not self.finds:
                return CannotTell()
            self.looking.set()
            return Absent()

    paper = Empty(tmp_path / "paper", answers=[ConnectionResetError("gone")], finds=False)
    paper.looking = asyncio.Event()
    rig = rigged(paid=paper, arrives_s=1.0)
    project = await rig.order("a", **TAKES)
    await asyncio.wait_for(rig.drive(project), 20)
    paper.finds = True
    await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
    running = asyncio.create_task(rig.drive(project))
    await asyncio.wait_for(paper.looking.wait(), 20)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(running, 20)
    assert (await rig.job(project)).state == "cancelled" and paper.submissions == []
    assert [p.state for p in await paid(rig, project)] == ["released"]


async def test_a_lost_send_of_a_retried_job_waits_for_a_budget_that_was_tightened_since(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[ConnectionResetError("gone")], finds=False)
    rig = rigged(paid=paper)
    project = await rig.order("a", **TAKES)
    await asyncio.wait_for(rig.drive(project), 20)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(rig.drive(project), 20)
    assert [p.state for p in await paid(rig, project)] == ["unknown"]
    await rig.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(300_000))
    paper.finds = True  # its list shows now that it never had it
    for cap, ends in ((300_000, ("waiting", "budget")), (400_000, ("done", None))):
        await rig.ledger.set_budget(ACCOUNT, "account", ACCOUNT, Micros(cap))
        await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
        await asyncio.wait_for(rig.drive(project), 20)
        job = await rig.job(project)
        assert (job.state, job.wait_reason) == ends
        assert paper.submissions == (["a"] if cap == 400_000 else [])


async def test_twins_of_one_account_whose_first_send_was_lost_are_bought_once_when_it_is_found(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[ConnectionResetError("gone")], finds=False)
    rig = rigged(paid=paper)
    one, other = [await rig.order("a", **TAKES) for _ in range(2)]
    await asyncio.wait_for(rig.drive(one), 20)
    await asyncio.wait_for(rig.drive(other), 20)
    assert [(await rig.job(p)).state for p in (one, other)] == ["waiting", "waiting"]
    (lost,) = await paid(rig, one)
    await paper.submit(lost.prepared_request, None, None)
    paper.finds = True
    for project in (other, one):
        await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
        await asyncio.wait_for(rig.drive(project), 20)
    assert [(await rig.job(p)).state for p in (one, other)] == ["done", "done"]
    assert paper.submissions == ["a"] and await paid(rig, other) == []


async def test_a_written_off_take_that_is_bought_again_and_then_refunded_stays_within_what_was_agreed(rigged, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[ConnectionResetError("gone")], finds=False)
    rig = rigged(paid=paper)
    project = (await rig.make("a", **{**TAKES, "usd": 0.4})).project
    (lost,) = await paid(rig, project)
    await rig.ledger.decide(ACCOUNT, lost.id, "written_off", "zoe")
    await rig.ledger.adjust(ACCOUNT, lost.id, -400_000, "it is not on the bill", "zoe")
    await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(rig.drive(project), 20)
    job = await rig.job(project)
    assert (job.state, job.wait_reason) == ("waiting", "approval"), "a refund is no consent to spend it again"
    await rig.journal.approve(ACCOUNT, job.id, Consent(ceiling=Micros(800_000), by="--budget"))
    await asyncio.wait_for(rig.drive(project), 20)
    assert (await rig.job(project)).state == "done"
    entries = [e for e in await rig.ledger.list_entries(ACCOUNT, project) if e.provider == "paper"]
    assert [(e.state, e.spent_micros) for e in entries] == [("settled", 0), ("settled", 400_000)]
