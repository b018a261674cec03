"""Paid work outlives bad answers: asked for again, decoded before it lands, told to a person, never bought again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from engine.paper import Paper
from engine.rig import ACCOUNT, Rig
from reelwright.engine.purchases.operations import Pace
from reelwright.errors import NotAccepted, NotFound, OutcomeUnknown, ProviderError, Unreachable
from reelwright.providers.fakes.media_spec import MediaSpec, make_tiny_file
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Keep, Make, Output, Progress
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.operation import Operation, Purchase
from yardstick import slowness

HANDS = 1

Rigging = Callable[..., Rig]
PACE = Pace(least_s=0.02, most_s=0.05, patience_s=1.0)
IMPATIENT = replace(PACE, patience_s=0.2)
NOISE = b"\0\0\0\x1cftypisom\0\0\2\0isomiso2mp41" + bytes(range(256)) * 20
KINDS: Mapping[str, tuple[Literal["video", "image", "speech"], str, bytes]] = {
    "video": ("video", "video/mp4", NOISE),
    "image": ("image", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
    "audio": ("speech", "audio/mpeg", b"ID3\4\0\0\0\0\0\0" + bytes(range(256)) * 20),
}


async def paid(rig: Rig, project: str) -> Purchase:
    (found,) = [p for p in await rig.purchases(project) if p.provider == "paper"]
    return found


async def goes_on(rig: Rig, project: str) -> str:
    """As ``reelwright resume``; the state in which the job rests then."""
    await rig.journal.requeue(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(rig.drive(project), 20)
    return (await rig.job(project)).state


async def bought(rig: Rig) -> str:
    """A project of one take that is wanted for its own sake, driven to its rest."""
    project = await rig.order("a", goal="takes", models=("paper/1",), usd=5)
    await asyncio.wait_for(rig.drive(project), 20)
    return project


class Moody(Paper):
    """Answers polls with ``bad`` answers first: states, or errors to raise."""

    bad: tuple[Any, ...] = ()

    async def poll(self, operation: Operation) -> Progress:
        if self.bad:
            answer, self.bad = self.bad[0], self.bad[1:]
            if isinstance(answer, Exception):
                raise answer
            return Progress(state=answer, message="404: no such operation")
        return await super().poll(operation)


BAD_POLLS = {
    "404 ten times": ("lost",) * 10,
    "404 raised": (NotFound("404"),) * 4,
    "410 once": ("lost",),
    "a storm of 5xx": (Unreachable("503"), Unreachable("502"), ProviderError("500")) * 5,
    "404 and 5xx in turns": ("lost", Unreachable("503")) * 4,
}


@pytest.mark.parametrize("bad", BAD_POLLS.values(), ids=BAD_POLLS.keys())
async def test_a_poll_that_does_not_find_it_is_asked_again_and_the_take_lands(rigged: Rigging, tmp_path, bad):
    paper = Moody(tmp_path / "paper")
    paper.bad = bad
    rig = rigged(paid=paper, pace=replace(PACE, patience_s=30))
    project = await bought(rig)
    assert (await rig.job(project)).state == "done", (await rig.job(project)).reason
    assert (await paid(rig, project)).state == "settled" and paper.submissions == ["a"] and not paper.bad


async def test_what_is_not_known_there_for_long_waits_for_a_person_and_resume_asks_again(rigged: Rigging, tmp_path):
    paper = Moody(tmp_path / "paper")
    paper.bad = ("lost",) * 10_000
    rig = rigged(paid=paper, pace=IMPATIENT)
    began = time.monotonic()
    project = await bought(rig)
    job = await rig.job(project)
    assert time.monotonic() - began >= IMPATIENT.patience_s
    assert (job.state, job.wait_reason, job.step) == ("waiting", "decision", "take/a")
    assert (await paid(rig, project)).state == "submitted", "it is held, and not ended as lost"
    paper.bad = ()
    assert await goes_on(rig, project) == "done"
    assert (await paid(rig, project)).state == "settled" and paper.submissions == ["a"]


@pytest.mark.parametrize(("verdict", "spent"), [("written_off", 400_000), ("never", 0)])
async def test_what_is_gone_for_good_is_ended_by_a_person_alone(rigged: Rigging, tmp_path, verdict, spent):
    paper = Moody(tmp_path / "paper")
    paper.bad = ("lost",) * 10_000
    rig = rigged(paid=paper, pace=IMPATIENT)
    project = await bought(rig)
    entry = await rig.ledger.decide(ACCOUNT, (await paid(rig, project)).id, verdict, "a person")
    assert (entry.spent_micros, entry.is_written_off, entry.has_landed) == (spent, verdict == "written_off", False)
    paper.bad = ()
    assert await goes_on(rig, project) == "done" and paper.submissions == ["a", "a"]


async def test_nobody_decides_about_what_is_being_waited_for(rigged: Rigging, tmp_path):
    from reelwright.errors import BadInput

    paper = Paper(tmp_path / "paper", polls=10**6)
    rig = rigged(paid=paper)
    project = await rig.order("a", goal="takes", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    while paper.polled < 2:
        await asyncio.sleep(0.02)
    with pytest.raises(BadInput):
        await rig.ledger.decide(ACCOUNT, (await paid(rig, project)).id, "never", "a person")
    running.cancel()
    await asyncio.wait({running})


class Bringing(Paper):
    """Brings what can be played, after ``bad`` bodies: bytes, an error, or ``endless`` or ``silent`` ones."""

    bad: tuple[Any, ...] = ()
    kind = "video"
    expires: datetime | None = None
    fetched = 0

    async def poll(self, operation: Operation) -> Progress:
        progress = await super().poll(operation)
        mime = KINDS[self.kind][1]
        outputs = tuple(replace(output, mime=mime, expires=self.expires) for output in progress.outputs)
        return replace(progress, outputs=outputs)

    async def good(self, operation: Operation) -> bytes:
        prompt = self._accepted()[operation.id]["prompt"]
        return await make_tiny_file(MediaSpec(provider="paper", model="m", kind=KINDS[self.kind][0], prompt=prompt))

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        self.fetched += 1
        if not self.bad:
            yield await self.good(operation)
            return
        bad, self.bad = self.bad[0], self.bad[1:]
        if isinstance(bad, Exception):
            raise bad
        yield NOISE if bad in ("endless", "silent") else bad
        while bad == "endless":
            yield b"\0" * 65536
        while bad == "silent":
            await asyncio.sleep(0.02)


def table() -> dict[str, tuple[Any, ...]]:
    return {
        "404 thrice": (NotFound("404"),) * 3,
        "410 once": (NotFound("410"),),
        "5xx ten times": (Unreachable("503"),) * 10,
        "noise behind ftyp": (NOISE,),
        "endless": ("endless",),
        "never ends, and says nothing": ("silent",),
        "cut": (Unreachable("cut off after 1,000 bytes"),) * 3,
        "a page": (b"<html>sign in</html>",),
        "nothing at all": (b"",),
    }


@pytest.mark.parametrize("bad", table().values(), ids=table().keys())
async def test_a_bad_body_is_fetched_again_from_the_same_operation(rigged: Rigging, tmp_path, monkeypatch, bad):
    monkeypatch.setattr("reelwright.engine.purchases.downloads.MAX_OUTPUT_BYTES", 1 << 20)
    paper = Bringing(tmp_path / "paper")
    paper.bad = bad
    rig = rigged(paid=paper, pace=replace(PACE, patience_s=60, download_s=2.0))
    project = await bought(rig)
    standing = await rig.standing(project)
    assert standing.job.state == "done", standing.job.reason
    assert paper.submissions == ["a"] and paper.fetched == len(bad) + 1
    [take] = await rig.journal.list_takes(ACCOUNT, project)
    operation = (await paid(rig, project)).operation
    landed = b"".join([chunk async for chunk in rig.vault.read(ACCOUNT, take.asset)])
    assert landed == await paper.good(operation)
    texts = {digest for digest in rig.vault.list_digests(ACCOUNT) if digest != take.asset}
    assert all(rig.vault.get_verified_path(ACCOUNT, digest).read_bytes()[4:8] != b"ftyp" for digest in texts), (
        "no noise is kept"
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_noise_of_any_medium_waits_for_a_person_and_resume_lands_good_bytes(rigged: Rigging, tmp_path, kind):
    paper = Bringing(tmp_path / "paper")
    paper.kind, paper.bad = kind, (KINDS[kind][2],) * 1000
    rig = rigged(paid=paper, pace=PACE)
    project = await bought(rig)
    job = await rig.job(project)
    assert (job.state, job.wait_reason, job.step) == ("waiting", "decision", "take/a"), job.reason
    assert (await paid(rig, project)).state == "submitted" and paper.fetched < 10
    assert not await rig.journal.list_takes(ACCOUNT, project)
    paper.bad = ()
    assert await goes_on(rig, project) == "done"
    assert (await paid(rig, project)).state == "settled" and paper.submissions == ["a"]


async def test_what_is_not_there_is_asked_for_until_its_stated_expiry(rigged: Rigging, tmp_path):
    paper = Bringing(tmp_path / "paper")
    paper.expires = datetime.now(UTC) + timedelta(seconds=60)
    paper.bad = (NotFound("404"),) * 8
    rig = rigged(paid=paper, pace=IMPATIENT)
    began = time.monotonic()
    project = await bought(rig)
    assert (await rig.job(project)).state == "done" and paper.fetched == 9
    assert time.monotonic() - began > IMPATIENT.patience_s, "a stated expiry is longer than our patience"


async def test_what_is_still_not_there_after_its_expiry_has_expired(rigged: Rigging, tmp_path):
    paper = Bringing(tmp_path / "paper")
    paper.expires = datetime.now(UTC) + timedelta(seconds=0.5)
    paper.bad = (NotFound("404"),) * 10_000
    rig = rigged(paid=paper, pace=IMPATIENT)
    project = await bought(rig)
    standing = await rig.standing(project)
    assert [m.reason for o in standing.outcomes.values() for m in o.missing] == ["expired"]
    assert (await paid(rig, project)).state == "settled" and standing.job.state == "waiting"


async def test_what_lasts_for_days_and_is_not_there_waits_for_a_person(rigged: Rigging, tmp_path):
    paper = Bringing(tmp_path / "paper")
    paper.expires = datetime.now(UTC) + timedelta(days=2)
    paper.bad = (NotFound("404"),) * 10_000
    rig = rigged(paid=paper, pace=IMPATIENT)
    project = await bought(rig)
    assert (await rig.job(project)).state == "waiting" and (await paid(rig, project)).state == "submitted"


async def test_a_cancel_does_not_wait_for_what_cannot_be_fetched(rigged: Rigging, tmp_path):
    paper = Bringing(tmp_path / "paper", cancels="too_late")
    paper.bad = (Unreachable("503"),) * 10_000
    rig = rigged(paid=paper, pace=replace(PACE, patience_s=3600))
    project = await rig.order("a", goal="takes", models=("paper/1",), usd=5)
    running = asyncio.create_task(rig.drive(project))
    while paper.fetched < 2:
        await asyncio.sleep(0.02)
    await rig.journal.request_cancel(ACCOUNT, (await rig.job(project)).id)
    await asyncio.wait_for(running, 10)
    assert (await rig.job(project)).state == "cancelled"
    assert (await paid(rig, project)).state == "submitted", "what was made there is not forgotten"


class Swallowing(Paper):
    """Takes the first send on, and closes without an answer. Its list shows it."""

    silent = 1
    lists = True

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        made = await super().submit(prepared, keep, make)
        if self.silent:
            self.silent -= 1
            raise OutcomeUnknown("the connection was closed")
        return made

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
        assert prepared["purchase"] == purchase
        return await super().find(prepared, purchase, own) if self.lists else CannotTell()


async def test_a_lost_reply_is_looked_up_in_the_same_run_and_lands(rigged: Rigging, tmp_path):
    paper = Swallowing(tmp_path / "paper")
    rig = rigged(paid=paper)
    project = await bought(rig)
    assert (await rig.job(project)).state == "done", (await rig.job(project)).reason
    row = await paid(rig, project)
    assert (row.state, row.attempts) == ("settled", 1) and paper.submissions == ["a"]


async def test_a_lost_reply_without_a_list_waits_for_a_person(rigged: Rigging, tmp_path):
    paper = Swallowing(tmp_path / "paper")
    paper.lists = False
    rig = rigged(paid=paper)
    project = await bought(rig)
    job = await rig.job(project)
    assert (job.state, job.wait_reason) == ("waiting", "decision")
    assert job.reason.code == "purchase_unknown" and job.reason.params["cause"].code == "no_answer"
    assert (await paid(rig, project)).state == "unknown" and paper.submissions == ["a"]


async def test_a_send_that_provably_never_arrived_is_sent_again_in_the_same_run(rigged: Rigging, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[OutcomeUnknown("the connection was closed")])
    rig = rigged(paid=paper)
    project = await bought(rig)
    row = await paid(rig, project)
    assert (row.state, row.attempts) == ("settled", 2) and paper.submissions == ["a"]


async def test_a_send_that_never_arrives_is_given_up_and_nothing_is_held(rigged: Rigging, tmp_path):
    paper = Paper(tmp_path / "paper", answers=[OutcomeUnknown("closed")] * 10)
    rig = rigged(paid=paper)
    project = await bought(rig)
    job, row = await rig.job(project), await paid(rig, project)
    assert (job.state, row.state, row.attempts) == ("waiting", "released", 4) and paper.submissions == []


class Slow(Bringing):
    """One line out that all downloads share; what has expired is not brought any further. Later shots expire sooner.

    ``slow``: how much longer all lasts on a machine that is busy with something else.
    """

    began = 0.0
    slow = 1.0
    running = most = 0

    def _ends(self, operation: Operation) -> float:
        return self.slow * (3.0 + 0.15 * (19 - list(self._accepted()).index(operation.id)))

    async def poll(self, operation: Operation) -> Progress:
        if not self.began:
            return Progress(state="running", poll_in_s=0.01)
        progress = await super().poll(operation)
        left = self._ends(operation) - (time.monotonic() - self.began)
        until = datetime.now(UTC) + timedelta(seconds=left)
        return replace(progress, outputs=tuple(replace(output, expires=until) for output in progress.outputs))

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        data = await self.good(operation)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            for part in range(10):
                await asyncio.sleep(0.015 * self.running)
                if time.monotonic() - self.began > self._ends(operation):
                    raise NotFound("it has expired")
                yield data[len(data) * part // 10 : len(data) * (part + 1) // 10]
        finally:
            self.running -= 1


async def test_what_expires_first_is_fetched_first_across_projects(rigged: Rigging, tmp_path):
    paper = Slow(tmp_path / "paper", polls=0)
    paper.slow = slowness()
    rig = rigged(paid=paper, pace=IMPATIENT, downloads=2)
    projects = [await rig.order(f"shot{n:02}", goal="takes", models=("paper/1",), usd=5) for n in range(20)]
    running = asyncio.create_task(rig.director.run())
    async with asyncio.timeout(30):
        while len(paper.submissions) < 20:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    paper.began = time.monotonic()  # all are ready at one moment, as after the director was away
    await asyncio.wait_for(running, 40)
    states = [(await rig.job(project)).state for project in projects]
    assert states == ["done"] * 20 and paper.most <= 2, states


class BusyList(Swallowing):
    """Its list shows the operation only at the second look."""

    looks = 0

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
        self.looks += 1
        if self.looks == 1:
            raise Unreachable("the list is busy")
        return FoundOperation(operation=Operation(id=next(iter(self._accepted()))))


async def test_a_list_that_is_busy_is_looked_at_again_in_the_same_run(rigged: Rigging, tmp_path):
    paper = BusyList(tmp_path / "paper")
    rig = rigged(paid=paper)
    project = await bought(rig)
    assert (await rig.job(project)).state == "done" and paper.submissions == ["a"] and paper.looks == 2


class FirstLate(Bringing):
    """Brings samples; the first is not there, until ``is_over``: then nothing else is there any longer."""

    is_over = False

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        if self.is_over == bool(output.sample):
            raise NotFound("404")
        self.fetched += 1
        yield await self.good(operation)


async def test_a_sample_that_is_not_there_holds_up_no_other_and_a_person_who_comes_late_loses_none(
    rigged: Rigging, tmp_path
):
    """Fetched one after the other, and all again after the person had come, good samples expired meanwhile."""
    paper = FirstLate(tmp_path / "paper", samples=4)
    paper.expires = datetime.now(UTC) + timedelta(days=1)
    rig = rigged(paid=paper, pace=PACE)
    project = await bought(rig)
    assert (await rig.job(project)).wait_reason == "decision" and paper.fetched == 3
    paper.is_over, paper.expires = True, datetime.now(UTC) - timedelta(hours=1)
    second = rigged(paid=paper, pace=IMPATIENT)
    assert await goes_on(second, project) == "done"
    (found,) = [one for one in (await second.standing(project)).outcomes.values() if len(one.assets) > 1]
    assert len(found.assets) == 4 and not found.missing


class Throttling(Paper):
    """Takes "a" on and answers 429; answers "b" only once its list, which shows "b" first, was looked at thrice."""

    has_list = True
    looks = 0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.is_b_there, self.may_answer = asyncio.Event(), asyncio.Event()

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        answer = await super().submit(prepared, keep, make)
        if prepared["prompt"] == "b":
            self.is_b_there.set()
            await self.may_answer.wait()
        elif len(self.submissions) <= 2:
            raise NotAccepted("429")
        else:
            self.may_answer.set()
        return answer

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Any:
        await self.is_b_there.wait()
        self.looks += 1
        if self.looks == 3:
            self.may_answer.set()
        left = [one for one in reversed(self._accepted()) if one not in own.claimed_ids]
        return FoundOperation(operation=Operation(id=left[0])) if left else Absent(listed_after_s=0.0)

    async def list_work(self, own: OwnWork) -> Any:
        raise NotImplementedError

    compare = get_listed_operation = list_work


async def test_what_may_be_the_answer_to_another_is_waited_for_before_an_order_is_sent_again(rigged: Rigging, tmp_path):
    """The order that was accepted and answered with 429 stood behind it in the list, and was bought a second time."""
    paper = Throttling(tmp_path / "paper")
    rig = rigged(paid=paper)
    projects = [await rig.order(text, goal="takes", models=("paper/1",), usd=5) for text in "ab"]
    await asyncio.wait_for(asyncio.gather(*map(rig.drive, projects)), 20)
    assert [(await rig.job(project)).state for project in projects] == ["done", "done"]
    assert sorted(paper.submissions) == ["a", "b"] and paper.looks >= 3
