"""The gate, state by state: what is sent, when it is sent again, and what an earlier life left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.paper import Paper
from engine.production import take_key
from engine.rig import ACCOUNT, Rig
from reasons import has_code, has_field
from reelwright.engine.purchases import sender
from reelwright.engine.purchases.gate import Gate
from reelwright.engine.purchases.operations import Pace
from reelwright.engine.steps import durability
from reelwright.engine.steps.step_run import DropSignal, StepRun
from reelwright.errors import BadInput, NotAccepted, OutcomeUnknown, Refused, StoreUnavailable, Unreachable
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Keep, Make, PossibleMatches, Progress
from reelwright.reason import Reason
from reelwright.reel.base.document import to_plain
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.graph.graph import Step
from reelwright.reel.graph.orders import Order
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Lease, Operation, Purchase
from reelwright.store.database.database import Database
from reelwright.store.ledger import Ledger
from reelwright.units import Micros
from store.observing import change

FP = Fingerprint("take:" + "0" * 64)
PACE = Pace(least_s=0.02, most_s=0.05, patience_s=0.5)
STEP = Step(key=take_key("a"), kind="take", request=Request(model="paper/1", mode="take", prompt="a"))


class Counter:
    """One leased project with an allowance of $5, and a gate to buy through."""

    def __init__(
        self, rig: Rig, paper: Paper, lease: Lease, job: str, allowance: str, ledger: type, **gate: Any
    ) -> None:
        self.rig, self.paper, self.lease, self.job, self.allowance = rig, paper, lease, job, allowance
        more = {"send_again_s": (0.05, 0.05, 0.05), "pace": PACE, "arrives_s": 0.1, **gate}
        self.gate = Gate(rig.journal, ledger(rig.database), rig.vault, rig.hands, rig.providers, **more)

    def errand(self) -> StepRun:
        order = Order(step=STEP, fingerprint=FP, round=1, inputs=(), order_fingerprint=FP)
        return StepRun(step=STEP.key, fingerprint=FP, report=lambda done: None, order=order)

    async def buy(self, errand: StepRun | None = None) -> Any:
        return await self.gate.buy(self.lease, self.job, self.allowance, self.lease.project, errand or self.errand())

    async def row(self) -> Purchase:
        return (await self.rig.ledger.list_purchases(ACCOUNT, self.lease.project))[-1]

    async def intended(self) -> Purchase:
        price = self.paper.price(STEP.request)
        return await self.rig.ledger.intend(
            self.lease, self.allowance, self.job, STEP.key, FP, self.lease.project, "paper", "paper/1", price, "never"
        )


Opening = Callable[..., Any]


@pytest.fixture
async def opened(db: Database, tmp_path: Path) -> AsyncIterator[Opening]:
    rigs: list[Rig] = []

    async def build(paper: Paper | None = None, ledger: type[Ledger] = Ledger, **gate: Any) -> Counter:
        paper = paper or Paper(tmp_path / "paper")
        rig = Rig(db, tmp_path, paid=paper)
        rigs.append(rig)
        project = await rig.order("a", usd=5)
        lease = await rig.journal.claim_project(rig.director.holder, project)
        assert lease
        job = (await rig.job(project)).id
        allowance = await rig.ledger.ensure_allowance(lease, job, Micros(5_000_000), "--yes")
        return Counter(rig, paper, lease, job, allowance, ledger, **gate)

    yield build
    for rig in rigs:
        await rig.hands.close()


async def test_a_take_is_sent_once_landed_and_settled_at_what_its_provider_reported(opened):
    counter = await opened()
    outcome = await counter.buy()
    row = await counter.row()
    assert (row.state, row.settled_micros, row.attempts) == ("settled", 400_000, 1)
    assert await counter.rig.text(outcome.chosen_asset) == "take a" and counter.paper.submissions == ["a"]
    assert [t.shot for t in await counter.rig.journal.list_takes(ACCOUNT, counter.lease.project)] == ["a"]


async def test_buying_what_was_bought_sends_nothing(opened):
    counter = await opened()
    await counter.buy()
    assert await counter.buy() is None
    assert counter.paper.submissions == ["a"]


async def test_what_is_not_accepted_waits_as_long_as_it_was_told_at_least(opened, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[NotAccepted("busy", after_s=0.4)])
    counter = await opened(paper)
    started = asyncio.get_running_loop().time()
    await counter.buy()
    assert asyncio.get_running_loop().time() - started >= 0.4
    row = await counter.row()
    assert (row.state, row.attempts) == ("settled", 2)


async def test_unless_told_otherwise_it_is_sent_again_after_half_a_minute_one_and_two(opened, tmp_path):
    """Source: systems.md S0-61."""
    from reelwright.engine.policy import SEND_AGAIN_WAITS_S

    for sends, seconds in enumerate((30, 60, 120), 1):
        paper = Paper(tmp_path / f"paper-{sends}", answers=[NotAccepted("busy")] * sends)
        counter = await opened(paper, send_again_s=(*[0.01] * (sends - 1), *SEND_AGAIN_WAITS_S[sends - 1 :]))
        buying = asyncio.create_task(counter.buy())
        await asyncio.wait_for(paper.submitting.wait(), 5)
        async with asyncio.timeout(30):
            while (row := await counter.row()).attempts < sends or row.not_before is None:
                await asyncio.sleep(0.02)
        buying.cancel()
        await asyncio.gather(buying, return_exceptions=True)
        assert timedelta(seconds=seconds - 20) < row.not_before - datetime.now(UTC) <= timedelta(seconds=seconds)
    assert len(SEND_AGAIN_WAITS_S) == 3


async def test_after_the_last_wait_it_is_given_up_with_the_reason_and_costs_nothing(opened, tmp_path):
    """Source: systems.md S0-62 and S0-63."""
    paper = Paper(tmp_path / "paper", answers=[NotAccepted("busy")] * 9)
    counter = await opened(paper, send_again_s=(0.01, 0.01, 0.01))
    with pytest.raises(NotAccepted, check=has_code("never_accepted", sends=4)):
        await counter.buy()
    row = await counter.row()
    assert (row.state, row.attempts, row.settled_micros or 0) == ("released", 4, 0)
    assert row.reason.code == "never_accepted" and row.reason.params["cause"].params["message"] == "busy"


async def test_a_wait_to_be_sent_again_survives_its_director_and_is_seen_in_the_row(opened, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[NotAccepted("busy")])
    counter = await opened(paper, send_again_s=(60.0,))
    buying = asyncio.create_task(counter.buy())
    await asyncio.wait_for(paper.submitting.wait(), 5)
    while not (await counter.row()).not_before:
        await asyncio.sleep(0.02)
    buying.cancel()
    await asyncio.gather(buying, return_exceptions=True)
    row = await counter.row()
    assert row.state == "intent" and has_code("resend_scheduled", sends=1, most=1)(row.reason)
    assert has_code("not_accepted", message="busy")(row.reason.params["cause"])
    assert timedelta(seconds=50) < row.not_before - datetime.now(UTC) <= timedelta(seconds=60)


async def test_an_errand_that_is_dropped_while_it_waits_gives_its_reservation_back(opened, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[NotAccepted("busy")])
    counter = await opened(paper, send_again_s=(60.0,))
    errand = counter.errand()
    buying = asyncio.create_task(counter.buy(errand))
    while not paper.submitting.is_set():
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)
    errand.drop()
    with pytest.raises(DropSignal):
        await asyncio.wait_for(buying, 5)
    assert (await counter.row()).state == "released" and paper.submissions == []


async def test_a_purchase_without_an_answer_that_the_provider_has_is_found_and_not_sent_again(opened):
    counter = await opened()
    purchase = await counter.intended()
    prepared = await counter.paper.prepare(STEP.request, (), purchase.id, counter.rig.vault.read)
    assert await counter.rig.ledger.begin_posting(counter.lease, purchase.id, prepared)
    await counter.paper.submit(prepared, None, None)  # and the power goes
    assert await counter.rig.text((await counter.buy()).chosen_asset) == "take a"
    assert counter.paper.submissions == ["a"] and (await counter.row()).attempts == 1


async def test_a_purchase_without_an_answer_that_the_provider_never_had_is_sent(opened):
    counter = await opened()
    purchase = await counter.intended()
    prepared = await counter.paper.prepare(STEP.request, (), purchase.id, counter.rig.vault.read)
    assert await counter.rig.ledger.begin_posting(counter.lease, purchase.id, prepared)
    assert await counter.buy()
    assert counter.paper.submissions == ["a"] and (await counter.row()).attempts == 2


async def test_a_list_that_is_not_complete_up_to_our_send_is_not_believed(opened, tmp_path):
    class Late(Paper):
        """Its list lags an hour behind."""

        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Absent:
            return Absent(listed_after_s=3600.0)

    counter = await opened(Late(tmp_path / "paper"))
    purchase = await counter.intended()
    assert await counter.rig.ledger.begin_posting(counter.lease, purchase.id, {})
    with pytest.raises(OutcomeUnknown, check=has_code("purchase_unknown")):
        await counter.buy()
    assert (await counter.row()).state == "unknown" and counter.paper.submissions == []


async def test_an_absence_is_not_believed_while_the_send_of_a_director_that_was_stopped_may_still_arrive(
    opened, tmp_path
):
    class Late(Paper):
        """What was sent before is taken on only after a while: its director was stopped in the middle of it."""

        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
            if self.polled and not self.submissions:
                await self.submit(prepared, None, None)
            self.polled += 1
            return await super().find(prepared, purchase, own)

    counter = await opened(Late(tmp_path / "paper"), arrives_s=5.0)
    purchase = await counter.intended()
    prepared = await counter.paper.prepare(STEP.request, (), purchase.id, counter.rig.vault.read)
    assert await counter.rig.ledger.begin_posting(counter.lease, purchase.id, prepared)
    assert await counter.buy()
    assert counter.paper.submissions == ["a"] and (await counter.row()).attempts == 1


@pytest.mark.parametrize("set_by_s", [7200, 20, -20, -7200])
async def test_however_the_clock_was_set_an_absence_is_believed_after_a_wait_of_our_own(opened, db, tmp_path, set_by_s):
    """A send of a director that was stopped arrives after the first looks; the clock says that it was long ago."""

    class Late(Paper):
        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
            self.polled += 1
            if self.polled == 5:
                await self.submit(prepared, None, None)
            return await super().find(prepared, purchase, own)

    counter = await opened(Late(tmp_path / "paper"), arrives_s=2.0)
    purchase = await counter.intended()
    prepared = await counter.paper.prepare(STEP.request, (), purchase.id, counter.rig.vault.read)
    assert await counter.rig.ledger.begin_posting(counter.lease, purchase.id, prepared)
    change(db, f"UPDATE purchases SET posted_at = posted_at - {set_by_s * 1000}")
    assert await asyncio.wait_for(counter.buy(), 10)
    assert counter.paper.submissions == ["a"] and (await counter.row()).attempts == 1


async def test_work_that_may_be_ours_is_for_a_person_unless_another_purchase_claims_it(opened, tmp_path):
    class Shows(Paper):
        """Its list shows one entry that may be ours, until somebody has claimed it."""

        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
            return Absent() if "op_1" in own.claimed_ids else PossibleMatches(entries=("op_1",))

    counter = await opened(Shows(tmp_path / "paper"))
    purchase = await counter.intended()
    assert await counter.rig.ledger.begin_posting(counter.lease, purchase.id, {})
    with pytest.raises(OutcomeUnknown, check=has_code("purchase_unknown")) as held:
        await asyncio.wait_for(counter.buy(), 10)
    assert has_code("list_shows", operations=["op_1"])(held.value.params["cause"])
    assert (await counter.row()).state == "unknown" and counter.paper.submissions == []
    twin, _ = await twin_of(counter, "1")
    await counter.rig.ledger.record_operation(twin.id, Operation(id="op_1"))
    assert await asyncio.wait_for(counter.buy(), 10)
    assert counter.paper.submissions == ["a"]


@pytest.mark.parametrize("set_by_s", [7200, -7200])
async def test_a_clock_that_is_set_while_we_wait_changes_nothing_of_the_wait(opened, db, tmp_path, set_by_s):
    paper = Paper(tmp_path / "paper", answers=[NotAccepted("busy", after_s=1.0)])
    counter = await opened(paper)
    started = asyncio.get_running_loop().time()
    buying = asyncio.create_task(counter.buy())
    await asyncio.wait_for(paper.submitting.wait(), 5)
    while not (await counter.row()).not_before:
        await asyncio.sleep(0.02)
    change(db, f"UPDATE purchases SET not_before = not_before - {set_by_s * 1000}")
    await asyncio.wait_for(buying, 10)
    assert asyncio.get_running_loop().time() - started >= 1.0


async def test_a_wait_is_written_by_the_clock_of_the_journal_that_times_of_sending_are(opened, tmp_path, monkeypatch):
    """Else a process whose clock is ahead leaves a wait of hours, which the next process keeps (sequence 1603)."""

    class Ahead(datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) + timedelta(hours=2)

    monkeypatch.setattr(sender, "datetime", Ahead)
    paper = Paper(tmp_path / "paper", answers=[NotAccepted("busy", after_s=5.0)])
    counter = await opened(paper)
    buying = asyncio.create_task(counter.buy())
    await asyncio.wait_for(paper.submitting.wait(), 5)
    while not (row := await counter.row()).not_before:
        await asyncio.sleep(0.02)
    buying.cancel()
    await asyncio.wait([buying])
    assert row.posted_at and timedelta(seconds=5) <= row.not_before - row.posted_at < timedelta(seconds=20)


async def test_a_wait_that_an_earlier_run_was_told_is_no_longer_after_the_clock_was_set_back(opened, db, tmp_path):
    counter = await opened(Paper(tmp_path / "paper"))
    purchase = await counter.intended()
    assert await counter.rig.ledger.begin_posting(counter.lease, purchase.id, {})
    assert await counter.rig.ledger.move(purchase.id, ["posting"], "intent", Reason("not_accepted_now"), 1)
    change(db, "UPDATE purchases SET not_before = not_before + 7200000, posted_at = posted_at + 7200000")
    assert await asyncio.wait_for(counter.buy(), 10)


async def test_a_wait_that_another_try_was_told_is_no_longer_after_the_clock_was_set_back(opened, db, tmp_path):
    """What was not sent yet keeps the wait of the try before it, and has no time of sending of its own."""
    counter = await opened(Paper(tmp_path / "paper"))
    await counter.intended()
    change(
        db,
        f"UPDATE purchases SET not_before = intent_at + {2 * 3600_000} + 1000, intent_at = intent_at + {2 * 3600_000}",
    )
    assert await asyncio.wait_for(counter.buy(), 10)


async def test_a_shot_that_is_edited_away_while_it_is_looked_for_is_looked_for_to_the_end(opened, tmp_path):
    class Silent(Paper):
        looks = 0

        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Absent:
            self.looks += 1
            return Absent()

    counter = await opened(Silent(tmp_path / "paper"), arrives_s=0.5)
    purchase = await counter.intended()
    assert await counter.rig.ledger.begin_posting(counter.lease, purchase.id, {})
    errand = counter.errand()
    errand.drop()
    with pytest.raises(DropSignal):
        await asyncio.wait_for(counter.gate.carry_on(counter.lease, await counter.row(), errand), 10)
    assert (await counter.row()).state == "released" and counter.paper.looks < 60, "it rests between two looks"


class Listing(Paper):
    """Its list shows what was bought of this request, and cannot say for which purchase."""

    shows: Operation | None = None

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
        return FoundOperation(operation=self.shows) if self.shows else CannotTell()


async def twin_of(counter: Counter, digit: str) -> tuple[Purchase, StepRun]:
    """A purchase of the very same that was sent, and of which nothing was heard."""
    twin = Fingerprint("take:" + digit * 64)
    order = Order(step=STEP, fingerprint=twin, round=1, inputs=(), order_fingerprint=twin)
    lost = await counter.rig.ledger.intend(
        counter.lease, counter.allowance, counter.job, STEP.key, twin, counter.lease.project, "paper", "paper/1",
        counter.paper.price(STEP.request), "never",
    )  # fmt: skip
    assert await counter.rig.ledger.begin_posting(counter.lease, lost.id, {})
    return lost, StepRun(step=STEP.key, fingerprint=twin, report=lambda done: None, order=order)


async def test_what_another_purchase_has_is_never_taken_for_ours(opened, tmp_path):
    counter = await opened(Listing(tmp_path / "paper"))
    assert await counter.buy()
    counter.paper.shows = (await counter.row()).operation
    lost, errand = await twin_of(counter, "1")
    with pytest.raises(OutcomeUnknown, check=has_code("purchase_unknown")) as held:
        await counter.buy(errand)
    assert held.value.params["cause"].code == "list_claimed"
    rows = {row.id: row for row in await counter.rig.ledger.list_purchases(ACCOUNT, counter.lease.project)}
    assert rows[lost.id].state == "unknown" and rows[lost.id].operation is None
    assert counter.paper.submissions == ["a"]


async def test_two_that_look_for_the_same_at_the_same_moment_do_not_both_find_it(opened, tmp_path):
    counter = await opened(Listing(tmp_path / "paper"))
    prepared = await counter.paper.prepare(STEP.request, (), "purchase_lost", counter.rig.vault.read)
    counter.paper.shows = await counter.paper.submit(prepared, None, None)
    twins = [await twin_of(counter, digit) for digit in "12"]
    ends = await asyncio.gather(*(counter.buy(errand) for _, errand in twins), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Outcome", "OutcomeUnknown"], ends
    rows = [
        row for row in await counter.rig.ledger.list_purchases(ACCOUNT, counter.lease.project) if row.settled_micros
    ]
    assert len(rows) == 1 and counter.paper.submissions == ["a"], "the ledger is the bill"


async def test_a_list_that_could_not_be_read_is_read_again(opened, tmp_path):
    class Stammering(Paper):
        """Its list fails once, and has never heard of it then."""

        looks = 0

        async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
            self.looks += 1
            if self.looks == 1:
                raise Unreachable("no answer")
            return Absent()

    counter = await opened(Stammering(tmp_path / "paper"))
    purchase = await counter.intended()
    assert await counter.rig.ledger.begin_posting(counter.lease, purchase.id, {})
    assert await counter.buy() and counter.paper.submissions == ["a"] and counter.paper.looks >= 2


@pytest.mark.parametrize("late", [NotAccepted("held up here for too long"), Refused("400")])
async def test_a_director_that_was_stopped_for_long_leaves_alone_what_its_successor_is_sending(opened, tmp_path, late):
    class Stopped(Paper):
        """While it is being sent, its row is taken up by a successor that finds nothing and sends it itself."""

        async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
            row, ledger = await counter.row(), counter.rig.ledger
            await ledger.move(row.id, ["posting"], "unknown", Reason("ended_while_sending"))
            await ledger.move(row.id, ["unknown"], "intent", Reason("never_arrived"))
            assert (await ledger.begin_posting(counter.lease, row.id, prepared)).may_send
            raise late

    counter = await opened(Stopped(tmp_path / "paper"))
    with pytest.raises((DropSignal, Refused)):
        await counter.buy()
    row = await counter.row()
    assert (row.state, row.attempts) == ("posting", 2)


async def test_what_was_bought_while_the_journal_was_away_is_recorded_once_it_is_back(opened, tmp_path, monkeypatch):
    class Away(Ledger):
        """Its server restarts right after the send."""

        times = 2

        async def record_operation(self, *told: Any) -> Any:
            if Away.times:
                Away.times -= 1
                raise StoreUnavailable("the database server does not answer")
            return await super().record_operation(*told)

    monkeypatch.setattr(durability, "WRITE_RETRY_WAITS_S", (0.01,))
    counter = await opened(Paper(tmp_path / "paper", finds=False), ledger=Away)
    with pytest.raises(StoreUnavailable):
        await counter.buy()
    assert (await counter.row()).state == "posting" and counter.paper.submissions == ["a"]
    assert await counter.buy()
    assert (await counter.row()).state == "settled" and counter.paper.submissions == ["a"]


async def test_a_send_held_up_for_longer_than_its_lease_may_last_is_not_made(opened):
    class Sleepy(Ledger):
        """As when this process was stopped right after its commit."""

        async def begin_posting(
            self, lease: Lease, purchase: str, prepared: Mapping[str, Any], revision: int, **more: Any
        ) -> bool:
            done = await super().begin_posting(lease, purchase, prepared, revision)
            await asyncio.sleep(0.3)
            return done

    counter = await opened(ledger=Sleepy, send_within_s=0.2)
    with pytest.raises(DropSignal):
        await counter.buy()
    assert counter.paper.submissions == [] and (await counter.row()).state == "posting"
    counter.gate = counter.rig.director.gate
    assert await counter.buy() and counter.paper.submissions == ["a"]


async def test_a_stop_during_a_send_records_the_answer_first(opened, tmp_path):
    hold = asyncio.Event()
    counter = await opened(Paper(tmp_path / "paper", hold_submit=hold))
    buying = asyncio.create_task(counter.buy())
    await asyncio.wait_for(counter.paper.submitting.wait(), 5)
    buying.cancel()
    await asyncio.sleep(0.1)
    hold.set()
    with pytest.raises(asyncio.CancelledError):
        await buying
    row = await counter.row()
    assert row.state == "submitted" and row.operation
    assert await counter.buy() and counter.paper.submissions == ["a"]


async def test_a_landing_that_was_not_settled_is_settled_at_the_price_that_was_reported(opened, tmp_path):
    counter = await opened(Paper(tmp_path / "paper", micros=300_000))
    purchase = await counter.intended()
    await counter.rig.ledger.begin_posting(counter.lease, purchase.id, {})
    digest = await counter.rig.vault.put(ACCOUNT, _once(b"take a"), "text/plain", 100)
    bill = to_plain(Price(micros=Micros(250_000), basis="said so", catalogue=digest, certainty="reported"))
    outcome = Outcome(fingerprint=FP, assets=(digest,), chosen_asset=digest, facts={"bill": bill})
    await counter.rig.ledger.record_success(counter.lease, purchase.id, StepKey("take/a"), outcome, None)
    await counter.buy()
    row = await counter.row()
    assert (row.state, row.settled_micros) == ("settled", 250_000) and counter.paper.submissions == []


async def test_polling_writes_nothing_while_nothing_changes(opened, db, tmp_path):
    paper = Paper(tmp_path / "paper", polls=10**9)
    counter = await opened(paper)
    buying = asyncio.create_task(counter.buy())
    while paper.polled < 2:
        await asyncio.sleep(0.02)
    before, polled = db.commits, paper.polled
    async with asyncio.timeout(10):
        while paper.polled < polled + 4:
            await asyncio.sleep(0.02)
    assert db.commits == before
    buying.cancel()
    await asyncio.gather(buying, return_exceptions=True)


async def test_a_model_that_nobody_sells_is_named(opened):
    counter = await opened()
    with pytest.raises(BadInput, check=has_field("model", "one of ink/1, paper/1")):
        counter.gate.find_provider("moon/9")


async def test_a_stranger_s_operation_after_the_lease_was_lost_is_recorded_all_the_same(opened):
    counter = await opened()
    purchase = await counter.intended()
    await counter.rig.ledger.begin_posting(counter.lease, purchase.id, {})
    await counter.rig.journal.release(counter.lease)
    await counter.rig.ledger.record_operation(purchase.id, Operation(id="theirs"))
    assert (await counter.row()).operation == Operation(id="theirs")


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
