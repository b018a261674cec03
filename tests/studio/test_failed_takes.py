"""Takes that a provider failed to make: a retry sends them again at a price that is shown, and never twice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reelwright.catalogue.model_row import Billed, FailureCharges
from reelwright.catalogue.models import load_models
from reelwright.errors import DecisionNeeded, NeedsConsent, ReelwrightError, Refused
from reelwright.providers.protocol import Keep, Make, Progress
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Operation
from studio.shelf import Shelf, drawn_clip, drawn_picture
from studio.under_work import UnderWork, typed

FAST = "vertex-veo-3.1-fast"
EACH = 400_000
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}


class Down(UnderWork):
    """Fails each operation for nothing, for a reason that may pass, until it is ``well``; ``refused``: by a filter."""

    def __init__(self, *, is_filter: bool = False, charges: Billed = "free") -> None:
        super().__init__(first="succeeded")
        self.well, self.is_filter, self.charges = False, is_filter, charges
        self.failed = set[str]()

    def get_failure_terms(self, model: str) -> FailureCharges:
        return FailureCharges(on_failure=self.charges, on_filter="free", on_cancel="free", source="itself")

    async def poll(self, operation: Operation) -> Progress:
        if self.well and operation.id not in self.failed:
            return await super().poll(operation)
        self.failed.add(operation.id)
        if self.is_filter:
            return Progress(state="refused", message="a filter")
        return Progress(state="failed", message="the provider is down", can_retry=True)


async def fail_twice(shelf: Down, home: Path, database: str) -> None:
    async with typed(shelf, home, database) as studio:
        made = await studio.clip("A fox", model=FAST, out=home / "out", **SURE)
    assert (made.state, made.micros, len(shelf.failed)) == ("waiting", 0, 2)


@pytest.mark.parametrize("verb", ["resume", "retry", "clip"])
async def test_a_take_that_failed_for_nothing_is_sent_again_at_a_price_that_is_agreed_to(
    verb: str, tmp_path: Path, db_url: str
) -> None:
    shelf, home = Down(), tmp_path / "home"
    await fail_twice(shelf, home, db_url)
    shelf.well = True
    async with typed(shelf, home, db_url) as studio:
        act: Any = getattr(studio, verb)
        quote: Any = getattr(studio, f"quote_{verb}")
        given: tuple[str, dict[str, Any]] = ("A fox", {"model": FAST}) if verb == "clip" else ("last", {})
        assert (await quote(given[0], **given[1])).micros == EACH
        with pytest.raises(NeedsConsent):
            await act(given[0], **given[1])
        assert len(shelf.sent) == 2
        made = await act(given[0], **given[1], **SURE)
        rows = (await studio.show_spending()).rows
    assert (made.state, made.micros, len(shelf.sent)) == ("done", EACH, 3)
    assert len(rows) == 3 and sum(row.micros for row in rows) == EACH


@pytest.mark.parametrize("verb", ["resume", "retry", "clip"])
async def test_a_take_that_failed_and_was_billed_is_tried_again_only_by_name(
    verb: str, tmp_path: Path, db_url: str
) -> None:
    shelf, home = Down(charges="billed"), tmp_path / "home"
    async with typed(shelf, home, db_url) as studio:
        for _ in range(2):  # the second try was not part of the price of the first
            failed = await studio.clip("A fox", model=FAST, out=home / "out", **SURE)
    assert (failed.state, failed.micros, len(shelf.sent)) == ("waiting", EACH * 2, 2)
    sent, shelf.well = 2, True
    async with typed(shelf, home, db_url) as studio:
        if verb == "clip":
            assert (await studio.quote_clip("A fox", model=FAST)).micros == 0
            made: Any = await studio.clip("A fox", model=FAST, out=home / "out", **SURE)
            assert {action.kind for action in made.reason.actions} & {"retry_job", "retake_shot"}, made.reason.actions
        else:
            made = await getattr(studio, verb)("last", **SURE)
    assert (made.state, len(shelf.sent) - sent) == (("waiting", 0) if verb == "clip" else ("done", 1))


async def test_a_provider_that_stays_down_is_sent_one_more_by_each_retry(tmp_path: Path) -> None:
    shelf, home = Down(), tmp_path / "home"
    await fail_twice(shelf, home, "")
    async with typed(shelf, home) as studio:
        await studio.retry("last", **SURE)
        assert len(shelf.sent) == 3
        await studio.retry("last", **SURE)
        assert len(shelf.sent) == 4
        shelf.well = True
        made = await studio.retry("last", **SURE)
    assert (made.state, len(shelf.sent)) == ("done", 5)


async def test_what_a_retry_obtained_is_the_order_that_everybody_else_asks_for(tmp_path: Path, db_url: str) -> None:
    shelf, home = Down(), tmp_path / "home"
    await fail_twice(shelf, home, db_url)
    async with typed(shelf, home, db_url) as studio:
        await studio.retry("last", **SURE)
        shelf.well = True
        await studio.clip("A fox", model=FAST, **SURE)
        sent = len(shelf.sent)
        made = await studio.batch(["A fox"], model=FAST, **SURE)
        assert (made.done_rows, made.micros) == (1, 0)
    assert len(shelf.sent) == sent == 4


async def test_a_retry_typed_twice_at_once_buys_once(tmp_path: Path, db_url: str) -> None:
    shelf, home = Down(), tmp_path / "home"
    await fail_twice(shelf, home, db_url)
    shelf.well = True
    async with typed(shelf, home, db_url) as one, typed(shelf, home, db_url) as two:
        await asyncio.gather(one.enqueue_retry("last", **SURE), two.enqueue_retry("last", **SURE))
        await asyncio.gather(one.resume("last", **SURE), two.resume("last", **SURE))
    assert len(shelf.sent) == 3


async def test_a_retry_that_would_send_nothing_is_refused_and_not_queued(tmp_path: Path) -> None:
    shelf, home = Down(is_filter=True), tmp_path / "home"
    async with typed(shelf, home) as studio:
        await studio.clip("A fox", model=FAST, out=home / "out", **SURE)
        with pytest.raises(DecisionNeeded) as caught:
            await studio.enqueue_retry("last", **SURE)
    assert caught.value.code == "job_cannot_be_retried" and len(shelf.sent) == 1


class Strict(Shelf):
    """Refuses what it is sent, for good as it says, until it is ``well``."""

    def __init__(self) -> None:
        super().__init__()
        self.well, self.refused = False, 0

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Any:
        if self.well:
            return await super().submit(prepared, keep, make)
        self.refused += 1
        raise Refused("the request is wrong", is_final=True)


@pytest.mark.parametrize("verb", ["resume", "retry", "clip"])
async def test_what_was_refused_is_sent_once_more_only_by_name(verb: str, tmp_path: Path, db_url: str) -> None:
    shelf, home = Strict(), tmp_path / "home"
    for well, expected in ((False, (1, 0)), (False, (2, 0)), (True, (2, 1))):
        async with typed(shelf, home, db_url) as studio:
            shelf.well = well
            if shelf.refused and verb != "clip":
                made: Any = await getattr(studio, verb)("last", **SURE)
            else:
                made = await studio.clip("A fox", model=FAST, out=home / "out", **SURE)
        sent = (shelf.refused, len(shelf.sent))
        assert sent == (expected if verb != "clip" else (1, 0)), made.message
        if made.state != "done":
            assert [action.kind for action in made.reason.actions] == ["edit_shot", "retry_job"]
    assert made.state == ("waiting" if verb == "clip" else "done")


async def test_each_sample_that_was_refused_is_sent_again_by_a_retry(tmp_path: Path) -> None:
    shelf, home = Strict(), tmp_path / "home"
    async with typed(shelf, home) as studio:
        await studio.clip("A fox", model=FAST, samples=3, apart=True, out=home / "out", **SURE)
        shelf.well = True
        made = await studio.retry("last", **SURE)
    assert (made.state, len(made.files), shelf.refused, len(shelf.sent)) == ("done", 3, 3, 3)


async def test_two_equal_lines_that_were_refused_are_one_order_of_a_retry(tmp_path: Path) -> None:
    """It asked for two tries of the one order, and bought both at once."""
    script = "# Fenn\n\nA lamp.\n\n> Listen to this.\n\nA door.\n\n> Listen to this.\n"
    shelf, voice = Strict(), "eleven_multilingual_v2:JBFqnCBsd6RMkjVDRZzb"
    async with typed(shelf, tmp_path / "home") as studio:
        await studio.make(script=script, voice=voice, **SURE)
        shelf.well = True
        each = (await studio.quote_retry("last")).micros
        made = await studio.retry("last", **SURE)
        assert (made.state, shelf.refused, len(shelf.sent)) == ("done", 1, 1), made.reason
        assert each >= shelf.spent == (await studio.show_spending()).micros > 0


class FallsWhilePolling(UnderWork):
    """A machine that falls over while the provider has its take at work."""

    async def poll(self, operation: Operation) -> Progress:
        raise RuntimeError("the machine fell over")


async def test_an_error_beside_a_take_that_is_in_work_says_that_it_may_be_billed_and_is_to_be_tried_later(
    tmp_path: Path,
) -> None:
    shelf, home = FallsWhilePolling(), tmp_path / "home"
    async with typed(shelf, home) as studio:
        with pytest.raises(ReelwrightError, match="fell over") as caught:
            await studio.clip("A fox", model=FAST, **SURE)
    assert (caught.value.was_billed, caught.value.retry) == ("unknown", "later")
    well = UnderWork(first="succeeded")
    well.state, well._done = shelf.state, shelf._done
    well.state["operation-1"] = "succeeded"
    async with typed(well, home) as studio:
        made = await studio.resume("last", **SURE)
    assert (made.state, len(shelf.sent), len(well.sent)) == ("done", 1, 0), (made.message, made.reason)


async def test_a_clip_that_is_retried_or_taken_again_lies_where_it_was_wanted(tmp_path: Path) -> None:
    shelf, home = Down(), tmp_path / "home"
    await fail_twice(shelf, home, "")
    shelf.well = True
    async with typed(shelf, home) as studio:
        (retried,) = (await studio.retry("last", **SURE)).files
        files = (await studio.retake("last", 1, **SURE)).files
    assert retried.path.parent == home / "out" and retried.path.is_file()
    assert {file.take for file in files} > {retried.take}
    assert all(file.path.parent == home / "out" and file.path.is_file() for file in files)


class WrongKind(Shelf):
    """Answers its first order of a kind, ``image`` or ``video``, with the other one, and says of it what it is."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def _made(self, request: Request, turn: int, shown: Mapping[str, bytes]) -> tuple[bytes, str, dict[str, Any]]:
        kind = load_models()[request.model].kind
        if kind != self.kind:
            return super()._made(request, turn, shown)
        self.kind = ""
        if kind == "image":
            return drawn_clip((180, 320), 1000, request.prompt, False), "video/mp4", {}
        return drawn_picture((320, 180), request.prompt), "image/png", {}


async def test_a_take_that_came_as_a_picture_is_asked_about_and_made_again_by_name(tmp_path: Path, db_url: str) -> None:
    shelf, home = WrongKind("video"), tmp_path / "home"
    async with typed(shelf, home, db_url) as studio:
        for _ in range(2):
            made = await studio.clip("A fox", model=FAST, out=home / "out", **SURE)
        assert (made.state, made.micros, len(shelf.sent)) == ("waiting", EACH, 1)
        made = await studio.retry("last", **SURE)
    assert (made.state, len(shelf.sent)) == ("done", 2)


@pytest.mark.parametrize("verb", ["resume", "retry"])
async def test_a_still_that_came_as_a_video_is_kept_and_asked_about_and_made_again_by_name(
    verb: str, tmp_path: Path, db_url: str
) -> None:
    """It was an input that failed every take, each time that the film was made, resumed or retried."""
    shelf, home = WrongKind("image"), tmp_path / "home"
    given: dict[str, Any] = {"goal": "takes", "models": ("openrouter-veo-3.1-fast",), "stills": "flux-dev"}
    brief = "A 6 second ad for Fenn, a desk lamp. A hand lights it."
    async with typed(shelf, home, db_url) as studio:
        for _ in range(2):  # the second time, nothing is sent: nobody asked for it by name
            made = await studio.make(brief, **given, **SURE)
            stills = len(shelf.asked("image"))
            assert (made.state, made.wait_reason, made.reason.code) == ("waiting", "decision", "step_stuck")
            assert [action.kind for action in made.reason.actions] == ["retry_job", "edit_shot"]
            assert "MP4" in made.reason.params["causes"][0].params["message"]
        assert len({request.prompt for request in shelf.asked("image")}) == stills
        (row,) = [row for row in (await studio.show_spending()).rows if "MP4" in str(row.message)]
        assert row.state == "settled" and row.micros > 0
        home_of = await studio._open_home()
        outcomes = (await home_of.journal.read_standing(home_of.account, made.project)).outcomes.values()
        (kept,) = [digest for outcome in outcomes for digest in outcome.facts.get("kept", ())]
        assert await home_of.vault.has(home_of.account, kept)
    async with typed(shelf, home, db_url) as studio:
        made = await getattr(studio, verb)("last", **SURE)
        assert made.state == "done" and len(shelf.asked("image")) == stills + 1
        assert (await studio.show_spending()).micros == shelf.spent
