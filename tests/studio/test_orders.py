"""An order is had once per account: the same command again, at once, after any end, in another project, by number."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput, NeedsConsent, ReelwrightError, Refused
from reelwright.providers.offline import Offline
from reelwright.reel.film.command import Command, compute_command_digest
from reelwright.settings import Settings
from reelwright.store.journal import Journal
from reelwright.studio.batches.batch_runner import BatchRunner
from reelwright.studio.films import project_run
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.results.rows import BatchResult
from reelwright.studio.runtime.home import Home
from reelwright.studio.studio import AsyncStudio
from studio.shelf import Shelf, filtered
from studio.worlds import AT_ONCE, world

BRIEF = "“It never flickers.” A 6 second film for “Fenn”, a lamp. Order at fenn.example"
FILM: dict[str, Any] = {
    "short_side": 180, "aspect": "9:16", "length": 6, "models": ["openrouter-veo-3.1-fast"], "goal": "takes",
}  # fmt: skip
FAST = "vertex-veo-3.1-fast"
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
Typed = Callable[[], Studio]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def typed(shelf: Shelf, tmp_path: Path) -> Typed:
    """A studio for one command, as each command line is a process of its own."""

    def opened(by: Shelf | None = None) -> Studio:
        return Studio(Settings(home=tmp_path / "home", hands=1), providers={"offline": Offline(), "shelf": by or shelf})

    return opened


def test_the_same_make_typed_again_buys_nothing_and_says_when_it_was_bought(typed: Typed, shelf: Shelf) -> None:
    with typed() as studio:
        first = studio.make(BRIEF, **FILM, **SURE)
    sent = len(shelf.sent)
    with typed() as studio:
        assert studio.quote(BRIEF, **FILM).micros == 0
        second = studio.make(BRIEF, **FILM)
    assert len(shelf.sent) == sent > 0 and second.project == first.project and second.new_steps == 0
    assert second.up_to_date_message.startswith("Up to date: bought on 20") and "for $" in second.up_to_date_message


def test_a_film_whose_takes_are_bought_is_the_same_under_a_low_budget(typed: Typed, shelf: Shelf) -> None:
    """2026-11-27: cast for the budget it was another film, with drawn shots for takes that were paid."""
    brief = "A 6 second film for Fenn, a lamp. Quiet evenings. It never flickers. Order at fenn.example"
    with typed() as studio:
        first = studio.make(brief, **FILM, **SURE)
    sent, low = len(shelf.sent), f"{first.micros * 0.6 / 1e6:.2f}"
    with typed() as studio:
        second = studio.make(brief, **FILM, budget=low, accept_unconfirmed=True)
        shots = [studio.read_plan(one.project).plan.shots for one in (first, second)]
    assert second.state == "done" and second.project != first.project and len(shelf.sent) == sent > 1
    assert [shot.source for shot in shots[0]] == [shot.source for shot in shots[1]]
    with typed() as studio:
        other = studio.quote(brief.replace("Fenn", "Ulm"), **FILM, max_price=low)
        assert any(note.startswith("To keep") for note in other.notes), "what is not there is cast for the budget"


def test_the_same_clip_typed_again_is_had_and_its_files_are_delivered_again(
    typed: Typed, shelf: Shelf, tmp_path: Path
) -> None:
    with typed() as studio:
        first = studio.clip("A fox", model=FAST, out=tmp_path / "one", **SURE)
    first.files[0].path.unlink()
    with typed() as studio:
        second = studio.clip("A fox", model=FAST, out=tmp_path / "two")
    assert len(shelf.sent) == 1 and second.files[0].path.parent == tmp_path / "two" and second.files[0].path.is_file()
    assert second.up_to_date_message.startswith("Up to date: bought on 20")


def test_every_verb_delivers_a_clip_where_it_was_wanted_and_replaces_no_file_of_others(
    typed: Typed, shelf: Shelf, tmp_path: Path
) -> None:
    place = tmp_path / "fox.mp4"
    with typed() as studio:
        first = studio.clip("A fox", model=FAST, out=place, **SURE).files[0].take
    place.unlink()
    with typed() as studio:
        assert [file.path for file in studio.resume("last").files] == [place] and place.is_file()
        assert studio.resume("last", out=tmp_path / "other.mp4").files[0].path.name == "other.mp4"
        (edited,) = studio.edit("last", shot=1, prompt="A heron", **SURE).files
        assert edited.path == place and edited.take != first
    place.write_bytes(b"cut by hand")
    with typed() as studio, pytest.raises(BadInput, match="a name that is free"):
        studio.resume("last")
    assert place.read_bytes() == b"cut by hand" and len(shelf.sent) == 2


class Falling(Shelf):
    """A machine that falls over before the second take is sent."""

    prepared = 0

    async def prepare(self, *asked: Any) -> Any:
        self.prepared += 1
        if self.prepared > 1:
            raise RuntimeError("the machine fell over")
        return await super().prepare(*asked)


@pytest.mark.parametrize("goal", ["takes", "film"])
def test_a_job_that_failed_goes_on_by_the_same_command(goal: str, typed: Typed, shelf: Shelf, tmp_path: Path) -> None:
    asked = {**FILM, "goal": goal}
    broken = Falling()
    with typed(broken) as studio, pytest.raises(ReelwrightError, match="fell over"):
        studio.make(BRIEF, **asked, **SURE)
    with typed() as studio:
        paid = sum(row.micros > 0 for row in studio.quote(BRIEF, **asked).shots)
        made = studio.make(BRIEF, **asked, **SURE)
    assert made.state in ("done", "waiting") and len(shelf.sent) == paid == 2 - len(broken.sent)


def test_a_cancelled_job_goes_on_by_the_same_command(typed: Typed, shelf: Shelf) -> None:
    broken = Falling()
    with typed(broken) as studio:
        with pytest.raises(ReelwrightError):
            studio.make(BRIEF, **FILM, **SURE)
        studio.cancel("last")
    with typed() as studio:
        assert studio.make(BRIEF, **FILM, **SURE).state == "done"
    assert len(shelf.sent) + len(broken.sent) == 2


def test_a_film_has_what_its_takes_and_another_film_bought(typed: Typed, shelf: Shelf) -> None:
    with typed() as studio:
        first = studio.make(BRIEF, **FILM, **SURE)
    sent = len(shelf.sent)
    with typed() as studio:
        quoted = studio.quote(BRIEF, **{**FILM, "on_stuck": "animatic"})
        assert quoted.micros == 0 and any("used again" in said for said in quoted.notes)
        other = studio.make(BRIEF, **{**FILM, "on_stuck": "animatic"})
    assert other.project != first.project and other.state == "done" and len(shelf.sent) == sent
    assert other.micros == 0, "the buyer's project pays once"
    assert {one.reused_from for one in other.reused_steps} == {first.project} and len(other.reused_steps) == sent
    with typed() as studio:
        there = studio.show_spending(other.project)
        assert (
            there.micros == 0
            and sum(one.micros for one in there.reused_steps) == first.micros == studio.show_spending().micros
        )


def test_again_buys_another_film_and_goes_on_with_it_until_it_is_delivered(typed: Typed, shelf: Shelf) -> None:
    with typed() as studio:
        first = studio.make(BRIEF, **FILM, **SURE)
        one = len(shelf.sent)
        with pytest.raises(NeedsConsent):
            studio.make(BRIEF, again=True, **FILM)
        second = studio.make(BRIEF, again=True, **FILM, **SURE)
    assert len(shelf.sent) == 2 * one and second.project != first.project
    with typed() as studio:
        third = studio.make(BRIEF, again=True, **FILM, **SURE)
        assert len(shelf.sent) == 3 * one and third.project not in (first.project, second.project)
        assert studio.make(BRIEF, **FILM).project == first.project, "without it the first is had"
    broken = Falling()
    with typed(broken) as studio, pytest.raises(ReelwrightError):
        studio.make(BRIEF, again=True, **FILM, **SURE)
    with typed() as studio:
        studio.make(BRIEF, again=True, **FILM, **SURE)
    assert len(shelf.sent) + len(broken.sent) == 4 * one, "it went on with the one that had not landed"


def test_another_clip_is_bought_by_name_and_numbered_in_the_account(typed: Typed, shelf: Shelf, tmp_path: Path) -> None:
    takes = set()
    for again in (False, True, True, False):
        with typed() as studio:
            made = studio.clip("A fox", model=FAST, again=again, out=tmp_path / "out", **SURE)
            takes.add(made.files[0].take)
    assert len(shelf.sent) == 3 == len(takes)


async def test_a_second_again_that_opens_late_goes_on_with_the_first(shelf: Shelf, tmp_path: Path) -> None:
    """Both saw the price while the clip of before was the newest; the second opens after the first has."""
    settings = Settings(home=tmp_path / "home", hands=1)
    async with AsyncStudio(settings, providers={"offline": Offline(), "shelf": shelf}) as studio:
        await studio.clip("A fox", model=FAST, again=True, out=tmp_path / "out", **SURE)
        home = await studio._open_home()
        (project,) = await home.journal.list_projects(home.account)
        standing = await home.journal.read_standing(home.account, project.id)
        digest = compute_command_digest(standing.brief, is_repeat=True)
        command = Command(name="A fox", brief=standing.brief, digest=digest, plan=standing.plan, order_number=2)
        first = await project_run.open_command_project(home, command, again=True)
        assert await project_run.open_command_project(home, command, again=True) == first


def test_samples_are_counted_and_not_part_of_what_is_asked_for(typed: Typed, shelf: Shelf, tmp_path: Path) -> None:
    counts = []
    for samples in (3, 2, 4, 4):
        with typed() as studio:
            made = studio.clip("A fox", model=FAST, samples=samples, out=tmp_path / "out", **SURE)
        assert len(made.files) == len({file.take for file in made.files}) == samples
        counts.append(sum(request.samples for request, _ in shelf.sent))
    assert counts == [3, 3, 4, 4], "had 3, asked 2: had; asked 4: one more"


def test_more_samples_of_a_clip_that_another_command_bought_meanwhile_are_all_delivered(
    typed: Typed, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first order of both is one, and it brought one take: the other two are bought."""
    opened = project_run.open_command_project

    async def late(home: Home, command: Command, *, again: bool = False) -> str:
        monkeypatch.setattr(project_run, "open_command_project", opened)
        await asyncio.to_thread(one_clip)
        return await opened(home, command, again=again)

    def one_clip() -> None:
        with typed() as studio:
            studio.clip("A fox", model=FAST, out=tmp_path / "one", **SURE)

    monkeypatch.setattr(project_run, "open_command_project", late)
    for _ in range(2):
        with typed() as studio:
            made = studio.clip("A fox", model=FAST, samples=3, out=tmp_path / "three", **SURE)
        assert len(made.files) == len({file.take for file in made.files}) == 3
        assert [request.samples for request, _ in shelf.sent] == [1, 2]


def test_equal_rows_of_one_batch_are_orders_of_their_own_and_a_second_run_counts_from_1(
    typed: Typed, shelf: Shelf, tmp_path: Path
) -> None:
    rows = [{"prompt": "A fox", "model": FAST}] * 3
    with typed() as studio:
        assert studio.batch(rows, **SURE).done_rows == 3
    assert len(shelf.sent) == 3
    with typed() as studio:
        assert studio.batch(rows, **SURE).up_to_date == 3
        studio.clip("A fox", model=FAST, out=tmp_path / "out", **SURE)
    assert len(shelf.sent) == 3, "a clip of the very same is the first of them"


def read_takes(made: BatchResult) -> set[bytes]:
    return {row.path.read_bytes() for row in made.rows if row.path}


def test_a_row_beside_an_equal_one_that_was_taken_again_is_another_clip(typed: Typed, shelf: Shelf) -> None:
    rows = [{"prompt": "A fox", "model": FAST}] * 3
    with typed() as studio:
        first = studio.batch(rows[:1], **SURE)
        studio.retake(first.rows[0].project, 1, **SURE)
        assert len(shelf.sent) == 2
        for _ in range(2):
            assert len(read_takes(studio.batch(rows, **SURE))) == 3
            assert len(shelf.sent) == 4


def test_a_row_that_was_opened_keeps_its_number_while_an_equal_one_is_taken_again(
    typed: Typed, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"prompt": "A fox", "model": FAST}] * 2
    with typed() as studio:
        first = studio.batch(rows[:1], **SURE)
        with monkeypatch.context() as killed, pytest.raises(ExceptionGroup):
            killed.delattr(BatchRunner, "_enqueue")
            studio.batch(rows, **SURE)
        studio.retake(first.rows[0].project, 1, **SURE)
        assert len(shelf.sent) == 2
        assert len(read_takes(studio.batch(rows, **SURE))) == 2
        assert len(shelf.sent) == 3


def test_a_row_whose_number_an_equal_one_takes_before_it_is_opened_gets_the_next(
    typed: Typed, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"prompt": "A fox", "model": FAST}] * 2
    with typed() as studio:
        first = studio.batch(rows[:1], **SURE).rows[0].project
    opened = Journal.open_for_command

    async def open_late(of: Journal, account: str, command: Command, **more: Any) -> tuple[str, bool]:
        if command.order_number > 1 and len(shelf.sent) == 1:
            async with AsyncStudio(
                Settings(home=tmp_path / "home"), providers={"offline": Offline(), "shelf": shelf}
            ) as other:
                await other.retake(first, 1, **SURE)
        return await opened(of, account, command, **more)

    monkeypatch.setattr(Journal, "open_for_command", open_late)
    with typed() as studio:
        assert len(read_takes(studio.batch(rows, **SURE))) == 2
        assert len(shelf.sent) == 3


def test_a_second_row_is_the_second_clip_that_the_account_has(typed: Typed, shelf: Shelf, tmp_path: Path) -> None:
    with typed() as studio:
        studio.clip("A fox", model=FAST, samples=1, out=tmp_path / "one", **SURE)
        studio.clip("A fox", model=FAST, samples=2, out=tmp_path / "two", **SURE)
        sent = len(shelf.sent)
        made = studio.batch([{"prompt": "A fox", "model": FAST}] * 2, **SURE)
        assert len(read_takes(made)) == 2 and len(shelf.sent) == sent == 2


def test_a_retake_is_the_next_order_of_the_account_and_one_at_a_time(typed: Typed, shelf: Shelf) -> None:
    with typed() as studio:
        made = studio.make(BRIEF, **FILM, **SURE)
        other = studio.make(BRIEF, **{**FILM, "on_stuck": "animatic"}, **SURE)
        sent = len(shelf.sent)
        studio.retake(made.project, 1, **SURE)
        assert len(shelf.sent) == sent + 1
        studio.retake(other.project, 1, **SURE)
        assert len(shelf.sent) == sent + 2, "another one than that of the first project"
        studio.retake(made.project, 1, **SURE)
        assert len(shelf.sent) == sent + 3


def test_a_retake_that_waits_in_the_queue_and_another_order_meanwhile_are_two_takes(
    typed: Typed, shelf: Shelf, tmp_path: Path
) -> None:
    """The retake has its number since it was asked for; before, both waited for one purchase."""
    with typed() as studio:
        made = studio.clip("A fox", model=FAST, out=tmp_path / "out", **SURE)
        studio.enqueue_retake(made.project, 1, **SURE)
        other = studio.clip("A fox", model=FAST, again=True, out=tmp_path / "out", **SURE)
        retaken = studio.resume(made.project, **SURE)
    assert len(shelf.sent) == 3, "the first, the other, and the retake"
    assert not {shot.take for shot in retaken.shots} & {file.take for file in other.files}


def test_an_order_that_somebody_makes_before_another_clip_is_opened_is_not_taken_for_it(
    typed: Typed, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = project_run.open_command_project

    async def late(home: Home, command: Command, **more: Any) -> str:
        monkeypatch.setattr(project_run, "open_command_project", opened)
        async with AsyncStudio(home.settings, providers={"offline": Offline(), "shelf": shelf}) as other:
            await other.retake("last", 1, **SURE)
        return await opened(home, command, **more)

    with typed() as studio:
        studio.clip("A fox", model=FAST, out=tmp_path / "out", **SURE)
        monkeypatch.setattr(project_run, "open_command_project", late)
        studio.clip("A fox", model=FAST, again=True, out=tmp_path / "out", **SURE)
    assert len(shelf.sent) == 3


async def test_retakes_of_two_projects_at_one_moment_are_two_takes(shelf: Shelf, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", hands=1)
    async with AsyncStudio(settings, providers={"offline": Offline(), "shelf": shelf}) as studio:
        first = await studio.make(BRIEF, **FILM, **SURE)
        second = await studio.make(BRIEF, **{**FILM, "on_stuck": "animatic"}, **SURE)
        sent = len(shelf.sent)
        await asyncio.gather(*(studio.retake(one.project, 1, **SURE) for one in (first, second)))
    assert len(shelf.sent) == sent + 2


def test_what_was_filtered_is_shown_to_who_types_it_again_and_asked_once_by_another_project(
    typed: Typed, shelf: Shelf, tmp_path: Path
) -> None:
    strict = Shelf(lambda request: filtered("a famous face"))
    for _ in range(2):
        with typed(strict) as studio:
            made = studio.clip("A fox", model=FAST, out=tmp_path / "out", **SURE)
            assert (made.state, made.wait_reason) == ("waiting", "decision")
    assert len(strict.sent) == 1
    with typed() as studio:
        made = studio.clip("A fox", model=FAST, samples=2, apart=True, out=tmp_path / "out", **SURE)
    assert made.state == "done" and len(shelf.sent) == 2


def test_what_was_refused_is_shown_to_who_types_it_again(typed: Typed, tmp_path: Path) -> None:
    strict = Shelf(lambda request: Refused("the content policy refused it: a famous face", is_final=True))
    for _ in range(2):
        with typed(strict) as studio:
            made = studio.clip("A fox", model=FAST, out=tmp_path / "out", **SURE)
            assert (made.state, made.wait_reason) == ("waiting", "decision") and "a famous face" in made.message
    assert len(strict.sent) == 1, "one request, whoever asks again"


def test_an_edited_film_is_delivered_as_it_is_now_and_new_starts_afresh(typed: Typed, shelf: Shelf) -> None:
    with typed() as studio:
        made = studio.make(BRIEF, **FILM, **SURE)
        studio.edit(made.project, shot=1, prompt="A lamp in the rain", **SURE)
        sent = len(shelf.sent)
        now = studio.make(BRIEF, **FILM)
        assert now.project == made.project and any("edited since" in note for note in now.notes)
        fresh = studio.make(BRIEF, new=True, **FILM)
        assert fresh.project != made.project and len(shelf.sent) == sent, "what is the same is had"
        assert studio.make(BRIEF, **FILM).project == fresh.project


def test_an_edited_clip_says_so_and_what_its_edit_is_short_of(typed: Typed, shelf: Shelf) -> None:
    """The edit's words were bought before, once: nothing is bought for the command, which asks for other words."""
    with typed() as studio:
        fox = studio.clip("A fox", model=FAST, **SURE)
        studio.edit(fox.project, shot=1, prompt="The moon", **SURE)
    with typed() as studio:
        boat = studio.clip("A boat", model=FAST, samples=2, **SURE)
        assert studio.edit(boat.project, shot=1, prompt="The moon", **SURE).state == "done"
    sent = len(shelf.sent)
    with typed() as studio:
        told = studio.clip("A boat", model=FAST, samples=2, **SURE)
    assert len(told.files) == 1 and [one.reason for one in told.missing] == ["edited"]
    assert "1 of 2" in told.missing[0].message and any("edited since" in note for note in told.notes)
    assert len(shelf.sent) == sent


def test_a_variation_by_which_nothing_changes_is_refused_and_names_again(typed: Typed) -> None:
    plan = {**FILM, "models": [], "variation": 1}
    with typed() as studio:
        assert studio.quote(BRIEF, **plan).wanted_steps, "the rules tell it another way"


def test_an_option_that_says_what_a_model_does_in_any_case_is_the_same_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model makes no sound: ``--no-sound`` changes nothing of what is sent."""
    monkeypatch.setenv("REPLICATE_API_TOKEN", "a-key-of-a-test")
    silent = {"model": "kling-v2.5-turbo-pro"}
    with world(tmp_path / "home", {"replicate": AT_ONCE}) as there:
        with Studio(there.settings, tempo=Tempo(speed=1000)) as studio:
            studio.clip("Boat drifts", **silent, **SURE)
        with Studio(there.settings, tempo=Tempo(speed=1000)) as studio:
            assert studio.quote_clip("Boat drifts", sound=False, **silent).micros == 0


def test_bytes_deleted_since_are_had_at_a_price_that_is_shown(typed: Typed, shelf: Shelf, tmp_path: Path) -> None:
    with typed() as studio:
        first = studio.clip("A fox", model=FAST, out=tmp_path / "out", **SURE)
    take = first.files[0].take

    async def forget() -> None:
        settings = Settings(home=tmp_path / "home", hands=1)
        async with AsyncStudio(settings, providers={"offline": Offline(), "shelf": shelf}) as opened:
            home = await opened._open_home()
            await home.journal.mark_deleted(home.account, [take])
            await home.vault.forget(home.account, take)

    asyncio.run(forget())
    with typed() as studio:
        quoted = studio.quote_clip("A fox", model=FAST)
        assert quoted.micros == first.micros
        with pytest.raises(NeedsConsent):
            studio.clip("A fox", model=FAST, out=tmp_path / "out")
        made = studio.clip("A fox", model=FAST, out=tmp_path / "out", **SURE)
    assert len(shelf.sent) == 2 and made.files[0].take != take
    with typed() as studio:
        other = studio.clip("A fox", model=FAST, samples=1, apart=True, out=tmp_path / "out", **SURE)
    assert other.files[0].take == made.files[0].take and len(shelf.sent) == 2, "made again once for the account"


@pytest.mark.parametrize("verb", ["make", "clip"])
def test_eight_at_one_moment_buy_once(verb: str, typed: Typed, shelf: Shelf, tmp_path: Path) -> None:
    """Each from a studio, an event loop and a thread of its own."""
    states: list[str] = []
    failed: list[BaseException] = []
    start = threading.Barrier(8)

    def one(n: int) -> None:
        try:
            with typed() as studio:
                start.wait(60)
                if verb == "make":
                    states.append(studio.make(BRIEF, **FILM, **SURE).state)
                else:
                    states.append(studio.clip("A fox", model=FAST, out=tmp_path / f"{n}", **SURE).state)
        except BaseException as error:  # noqa: BLE001  told by the test
            failed.append(error)

    with typed() as studio:
        shots = sum(row.micros > 0 for row in studio.quote(BRIEF, **FILM).shots)
    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(110)
    assert not failed and states == ["done"] * 8, (failed, states)
    assert len(shelf.sent) == (1 if verb == "clip" else shots)


def test_a_clip_killed_before_its_file_was_delivered_is_delivered_by_the_same_command(
    typed: Typed, shelf: Shelf, tmp_path: Path
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    full.chmod(0o500)
    if os.getuid() == 0:
        full.chmod(0o700)
        (full / "x").write_text("")
        full = full / "x"  # a file where a folder should be: it cannot be written to, whoever asks
    with typed() as studio, pytest.raises((ReelwrightError, BadInput, OSError)):
        studio.clip("A fox", model=FAST, out=full, **SURE)
    with typed() as studio:
        made = studio.clip("A fox", model=FAST, out=tmp_path / "out", **SURE)
    assert made.files[0].path.is_file() and len(shelf.sent) == 1
