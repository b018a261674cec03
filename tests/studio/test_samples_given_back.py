"""Samples of a clip that a provider gave back: the next call buys them at a price, unless they are refused for good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flash_and_beep import flash_and_beep
from reelwright.cli.output.output import get_clip_exit_code
from reelwright.errors import NeedsConsent, NotAccepted, OutcomeUnknown, Refused
from reelwright.providers.offline import Offline
from reelwright.providers.protocol import Keep, Make, Progress
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.outcome import MissingSample
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.results.results import ClipResult
from reelwright.studio.runtime.driver import Driver
from reelwright.studio.runtime.runtime import open_runtime
from reelwright.studio.studio import AsyncStudio
from studio.shelf import Shelf
from studio.under_work import UnderWork, typed

FAST = "vertex-veo-3.1-fast"
EACH = 400_000
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
TWO: dict[str, Any] = {"samples": 2, "apart": True}
BUSY, NO_FUNDS = NotAccepted("429 busy"), Refused("the shelf refused (402): no credit left", hint="top up")
FOR_GOOD = Refused("the content policy refused it: a famous face", is_final=True)


class Picky(Shelf):
    """Says ``error`` to every send of the order that reached it as the ``nth``, until it is ``open``."""

    def __init__(self, nth: int, error: Exception) -> None:
        super().__init__()
        self.nth, self.error, self.open = nth, error, False
        self.orders: list[str] = []
        self.refused = 0

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        if prepared["purchase"] not in self.orders:
            self.orders.append(prepared["purchase"])
        if not self.open and self.orders.index(prepared["purchase"]) == self.nth - 1:
            self.refused += 1
            raise self.error
        return await super().submit(prepared, keep, make)


def clip(studio: AsyncStudio, home: Path, **more: Any) -> Any:
    return studio.clip("A fox", model=FAST, out=home / "out", **TWO, **more)


async def again(shelf: Shelf, home: Path, database: str = "", **more: Any) -> ClipResult:
    """The same command once more, as another process, agreed to."""
    async with typed(shelf, home, database) as studio:
        made: ClipResult = await clip(studio, home, **SURE, **more)
        return made


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("error", [BUSY, NO_FUNDS], ids=["throttled", "no funds"])
async def test_a_sample_that_was_not_taken_on_is_bought_by_the_next_call_at_a_price_that_is_agreed_to(
    nth: int, error: Exception, tmp_path: Path, db_url: str
) -> None:
    shelf, home = Picky(nth, error), tmp_path / "home"
    first = await again(shelf, home, db_url)
    assert len(first.files) == 1 and [one.message[:3] for one in first.missing] in (["not"], ["the"])
    assert shelf.refused == (4 if error is BUSY else 1), "what was refused is not sent again by the same call"
    shelf.open = True
    async with typed(shelf, home, db_url) as studio:
        quoted = await studio.quote_clip("A fox", model=FAST, **TWO)
        assert (quoted.micros, quoted.line) == (EACH, "0 up to date, 1 to make, $0.40")
        with pytest.raises(NeedsConsent):
            await clip(studio, home)
    assert len(shelf.sent) == 1
    second = await again(shelf, home, db_url)
    assert (second.state, len(second.files), second.missing, second.micros) == ("done", 2, (), 2 * EACH)
    third = await again(shelf, home, db_url)
    assert third.up_to_date_message and len(third.files) == len(shelf.sent) == 2 and not third.missing


@pytest.mark.parametrize("verb", ["resume", "retry"])
@pytest.mark.parametrize("nth", [1, 2])
async def test_who_goes_on_with_a_clip_gets_the_sample_that_its_provider_was_too_busy_for(
    verb: str, nth: int, tmp_path: Path
) -> None:
    """As its message says: go on later with `reelwright resume`."""
    shelf, home = Picky(nth, BUSY), tmp_path / "home"
    first = await again(shelf, home)
    assert first.state == "waiting" and first.reason.actions[-1].kind == "resume_job"
    shelf.open = True
    async with typed(shelf, home) as studio:
        assert (await getattr(studio, f"quote_{verb}")("last")).micros == EACH
        with pytest.raises(NeedsConsent):
            await getattr(studio, verb)("last")
        made = await getattr(studio, verb)("last", **SURE)
    assert made.state == "done" and len(shelf.sent) == 2
    assert len((await again(shelf, home)).files) == len(shelf.sent) == 2


@pytest.mark.parametrize("nth", [1, 2])
async def test_a_sample_that_was_refused_for_good_is_told_and_never_sent_again(nth: int, tmp_path: Path) -> None:
    shelf, home = Picky(nth, FOR_GOOD), tmp_path / "home"
    first = await again(shelf, home)
    shelf.open = True
    async with typed(shelf, home) as studio:
        assert (await studio.quote_clip("A fox", model=FAST, **TWO)).micros == 0
        second = await clip(studio, home)
        assert (await studio.quote_resume("last")).micros == 0
    for made in (first, second):
        assert made.state == "done" and len(made.files) == 1
        assert [(one.reason, "a famous face" in one.message) for one in made.missing] == [("refused", True)]
    assert (shelf.refused, len(shelf.sent)) == (1, 1) and second.up_to_date_message


async def test_how_a_refusal_is_worded_does_not_decide_what_is_told(tmp_path: Path) -> None:
    """What we say ourselves of a purchase that was never sent began with the same words."""
    shelf = Picky(2, Refused("the job cannot be paid for: no longer wanted are cards without funds"))
    made = await again(shelf, tmp_path / "home")
    assert len(made.files) == 1 and [one.message for one in made.missing] == [str(shelf.error)]


class Stoppable(UnderWork):
    """Keeps what is sent first in work, and delivers the rest."""

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation:
        operation = await super().submit(prepared, keep, make)
        self.state[operation.id] = "running" if len(self.state) == 1 else "succeeded"
        return operation


async def test_a_sample_that_was_cancelled_is_bought_by_the_next_call(tmp_path: Path, db_url: str) -> None:
    shelf, home = Stoppable(), tmp_path / "home"
    async with typed(shelf, home, db_url) as studio:
        making = asyncio.create_task(clip(studio, home, **SURE))
        while len(shelf.polled) < 2:
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        async with typed(shelf, home, db_url) as other:
            await other.cancel("last")
        stopped = await making
    assert (stopped.state, len(stopped.files), len(shelf.sent)) == ("cancelled", 1, 2)
    async with typed(shelf, home, db_url) as studio:
        with pytest.raises(NeedsConsent):
            await clip(studio, home)
    done = await again(shelf, home, db_url)
    assert (done.state, len(done.files), done.missing, len(shelf.sent)) == ("done", 2, (), 3)
    assert len((await again(shelf, home, db_url)).files) == 2 and len(shelf.sent) == 3


@pytest.mark.parametrize("nth", [1, 2])
async def test_a_queued_clip_is_made_by_a_worker_and_the_same_call_delivers_it(
    nth: int, tmp_path: Path, db_url: str
) -> None:
    """A sample that the provider was too busy for is bought when the clip is queued again, at its price."""
    shelf, home = Picky(nth, BUSY), tmp_path / "home"
    async with typed(shelf, home, db_url) as studio:
        queued = await studio.enqueue_clip("A fox", model=FAST, **TWO, **SURE)
    assert (queued.quote.micros, shelf.orders) == (2 * EACH, [])
    async with open_driver(shelf, home, db_url) as driver:
        await driver.run()
    assert len(shelf.sent) == 1
    shelf.open = True
    async with typed(shelf, home, db_url) as studio:
        with pytest.raises(NeedsConsent):
            await studio.enqueue_clip("A fox", model=FAST, **TWO)
    async with typed(shelf, home, db_url) as studio:
        again_queued = await studio.enqueue_clip("A fox", model=FAST, **TWO, **SURE)
    assert (again_queued.job, again_queued.quote.micros) == (queued.job, EACH)
    async with open_driver(shelf, home, db_url) as driver:
        await driver.run()
    made = await again(shelf, home, db_url)
    assert (made.state, len(made.files), made.missing, len(shelf.sent)) == ("done", 2, (), 2)
    assert made.up_to_date_message and made.now_micros == 0


@asynccontextmanager
async def open_driver(shelf: Shelf, home: Path, database: str) -> AsyncIterator[Driver]:
    """What a worker has: no studio, and nobody who agrees to a price."""
    settings = Settings(home=home, hands=1, database=database)
    runtime = await open_runtime(settings, {"offline": Offline(), "shelf": shelf}, Tempo(speed=1000))
    try:
        yield runtime.driver
    finally:
        await runtime.close()


@pytest.mark.parametrize("nth", [1, 2])
async def test_another_clip_of_the_same_goes_on_with_its_own_orders(nth: int, tmp_path: Path) -> None:
    """``--again``: its first order has no number until it is bought."""
    shelf, home = Picky(nth + 2, BUSY), tmp_path / "home"
    assert len((await again(shelf, home)).files) == 2
    assert len((await again(shelf, home, again=True)).files) == 1
    shelf.open = True
    made = await again(shelf, home, again=True)
    assert (made.state, len(made.files), made.missing, len(shelf.sent)) == ("done", 2, (), 4)
    async with typed(shelf, home) as studio:
        home_ = await studio._open_home()
        bought = [
            p for one in await studio.list_projects() for p in await home_.ledger.list_purchases(home_.account, one.id)
        ]
    assert sorted({p.n for p in bought}) == [1, 2, 3, 4], "no number of an order is left out"


async def test_samples_sold_together_and_filtered_whole_are_told_for_each_and_not_asked_for_again(
    tmp_path: Path,
) -> None:
    """A filter says one word for both."""
    shelf, home = Shelf(lambda request: None), tmp_path / "home"
    await again_with(shelf, home, samples=2)
    shelf.answer = lambda request: FOR_GOOD
    async with typed(shelf, home) as studio:
        four = await studio.clip("A fox", model=FAST, samples=4, out=home / "out", **SURE)
    assert len(four.files) == 2 and len(four.missing) == 2 and len(shelf.sent) == 2


class Sieve(Shelf):
    """Filters the first sample of every order."""

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        answer = await super().submit(prepared, keep, make)
        assert isinstance(answer, Progress)
        lost = MissingSample(sample=0, reason="filtered", message="a famous face")
        return replace(answer, outputs=answer.outputs[1:], missing=(lost,))


async def test_fewer_samples_than_an_earlier_call_got_are_all_delivered_and_none_is_told_as_missing(
    tmp_path: Path,
) -> None:
    shelf, home = Sieve(), tmp_path / "home"
    counts = {}
    for samples in (4, 3, 2):
        made = await again_with(shelf, home, samples=samples)
        counts[samples] = (len(made.files), len(made.missing), get_clip_exit_code(made))
    assert counts == {4: (3, 1, 1), 3: (3, 0, 0), 2: (2, 0, 0)} and len(shelf.sent) == 1


class Alike(Shelf):
    """Gives the bytes of its first sample for every sample of an order."""

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        answer = await super().submit(prepared, keep, make)
        assert isinstance(answer, Progress)
        first = answer.outputs[0]
        return replace(answer, outputs=tuple(replace(first, sample=one.sample) for one in answer.outputs))


async def test_samples_with_equal_bytes_are_each_delivered_and_none_is_bought_again(
    tmp_path: Path, db_url: str
) -> None:
    """2026-11: of four such samples three were taken for missing, and were bought without a new price."""
    shelf, home = Alike(), tmp_path / "home"
    async with typed(shelf, home, db_url) as studio:
        made = await studio.clip("A fox", model=FAST, samples=4, out=home / "out", **SURE)
    assert (made.state, len(made.files), made.missing, made.micros) == ("done", 4, (), 4 * EACH)
    assert len(shelf.sent) == 1 and shelf.spent == 4 * EACH
    async with typed(shelf, home, db_url) as studio:
        again = await studio.clip("A fox", model=FAST, samples=4, out=home / "out")
    assert again.up_to_date_message and len(again.files) == 4 and len(shelf.sent) == 1


class Silent(Shelf):
    """Takes every order, and answers nothing."""

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        await super().submit(prepared, keep, make)
        raise OutcomeUnknown("the line was cut")


async def test_a_file_given_for_a_purchase_of_three_is_one_take_and_the_rest_is_missing_and_not_bought_again(
    tmp_path: Path, db_url: str
) -> None:
    """2026-11: ``resume`` bought the other two, which the person had just called delivered, without a price."""
    shelf, home = Silent(), tmp_path / "home"
    wanted: dict[str, Any] = {"model": FAST, "samples": 3, "out": home / "out"}
    async with typed(shelf, home, db_url) as studio:
        assert (await studio.clip("A fox", **wanted, **SURE)).state == "waiting"
        (row,) = (await studio.show_spending()).unknown_rows
        given = await studio.decide(row.purchase, "arrived", file=flash_and_beep(tmp_path / "mine.mp4", 30, "30"))
        assert (given.state, given.micros, given.dispute) == ("settled", 3 * EACH, "short"), "it is compared, too"
        await studio.resume("last")
        made = await studio.clip("A fox", **wanted, **SURE)
    assert len(made.files) == 1 and len(shelf.sent) == 1
    assert [one.message for one in made.missing] == ["it was paid for, and no file was given for it"] * 2
    assert made.files[0].shortfalls


async def again_with(shelf: Shelf, home: Path, **terms: Any) -> ClipResult:
    async with typed(shelf, home) as studio:
        made: ClipResult = await studio.clip("A fox", model=FAST, out=home / "out", **terms, **SURE)
        return made


async def delete_takes(shelf: Shelf, home: Path, takes: Sequence[str], database: str = "") -> None:
    """As retention, a cleanup or ``tidy --losing-takes`` leaves them: told in the journal, and gone from the vault."""
    async with typed(shelf, home, database) as studio:
        opened = await studio._open_home()
        await opened.journal.mark_deleted(opened.account, [Digest(one) for one in takes])
        for one in takes:
            await opened.vault.forget(opened.account, Digest(one))


@pytest.mark.parametrize("verb", ["clip", "resume"])
@pytest.mark.parametrize("apart", [True, False], ids=["sold one by one", "sold together"])
@pytest.mark.parametrize("deleted", [1, 2])
async def test_samples_whose_files_were_deleted_are_all_bought_again_at_a_price_that_is_shown(
    deleted: int, apart: bool, verb: str, tmp_path: Path, db_url: str
) -> None:
    """2026-11: of two that were deleted one was quoted and bought, and of one none: 1 delivered, exit 0, for ever."""
    shelf, home = Shelf(), tmp_path / "home"
    terms: dict[str, Any] = {"model": FAST, "samples": 2, "apart": apart}
    async with typed(shelf, home, db_url) as studio:
        first = await studio.clip("A fox", out=home / "out", **terms, **SURE)
    assert len(first.files) == 2
    gone = [file.take for file in first.files[-deleted:]]
    await delete_takes(shelf, home, gone, db_url)
    before = shelf.spent
    async with typed(shelf, home, db_url) as studio:
        quoted = await (studio.quote_resume("last") if verb == "resume" else studio.quote_clip("A fox", **terms))
        assert quoted.micros == deleted * EACH
        if verb == "clip":
            assert f"the files of {deleted} takes of this clip were deleted" in quoted.notes[0]
        with pytest.raises(NeedsConsent):
            await (studio.resume("last") if verb == "resume" else studio.clip("A fox", **terms))
        assert shelf.spent == before
        if verb == "resume":
            await studio.resume("last", **SURE)
    async with typed(shelf, home, db_url) as studio:
        made = await studio.clip("A fox", out=home / "new", **terms, **SURE)
    assert (made.state, len(made.files), made.missing, get_clip_exit_code(made)) == ("done", 2, (), 0)
    assert not {file.take for file in made.files} & {*gone} and shelf.spent == before + deleted * EACH
    async with typed(shelf, home, db_url) as studio:
        last = await studio.clip("A fox", out=home / "new", **terms)
    assert [file.take for file in last.files] == [file.take for file in made.files]
    assert last.up_to_date_message and shelf.spent == before + deleted * EACH
