"""Equal calls at one moment share one job, and a price that was agreed to twice is spent once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from reelwright.providers.protocol import Progress
from reelwright.reel.records.operation import Consent, Job, Operation
from reelwright.studio.films import project_run
from reelwright.studio.quotes.consent import require_consent
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.runtime.home import Home
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros
from studio.shelf import Shelf
from studio.under_work import UnderWork, interrupted, typed

FAST = "replicate-veo-3.1-fast"
EACH = Micros(600_000)
TAKE_UP = project_run.take_up
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
WAYS: list[dict[str, Any]] = [{"yes": True}, {"budget": "0.60"}]


@pytest.fixture
def shelf() -> UnderWork:
    """Every take fails for a reason that may pass, and is billed."""
    return UnderWork(first="billed")


async def project_of(studio: AsyncStudio) -> tuple[Home, str]:
    there = await studio._open_home()
    return there, (await studio.list_projects())[0].id


async def price_of(home: Home, project: str) -> ProjectQuote:
    standing = project_run.aim_at_goal(await home.journal.read_standing_with_spending(home.account, project), "takes")
    return await project_run.quote_with_account(home, standing, 1)


async def jobs_of(home: Home, project: str) -> list[Job]:
    return list(await home.journal.list_jobs(home.account, project))


class Patient(UnderWork):
    """Says what became of a take once ``count`` calls have taken up its job, however busy the machine is."""

    def __init__(self, count: int) -> None:
        super().__init__(first="billed")
        self.left, self.all_here = count, asyncio.Event()

    async def take_up(self, *args: Any, **more: Any) -> Any:
        taken = await TAKE_UP(*args, **more)
        self.left -= 1
        if not self.left:
            self.all_here.set()
        return taken

    async def poll(self, operation: Operation) -> Progress:
        await self.all_here.wait()
        return await super().poll(operation)


@pytest.mark.parametrize("way", WAYS, ids=["yes", "budget"])
async def test_two_equal_calls_at_one_moment_spend_one_price(
    way: dict[str, Any], tmp_path: Path, db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, shelf = tmp_path / "home", Patient(2)
    monkeypatch.setattr(project_run, "take_up", shelf.take_up)
    async with typed(shelf, home, db_url) as one, typed(shelf, home, db_url) as other:
        calls = [
            studio.clip("A fox", model=FAST, out=home / "out", accept_unconfirmed=True, **way)
            for studio in (one, other)
        ]
        made = await asyncio.gather(*calls)
        there, project = await project_of(one)
        (job,) = await jobs_of(there, project)
    assert {one.job for one in made} == {job.id} and job.consent and job.consent.ceiling == EACH
    assert len(shelf.sent) == 1 and {one.state for one in made} == {"waiting"}


@pytest.mark.parametrize("number", [2, 8])
async def test_equal_calls_that_all_saw_no_job_share_one(number: int, tmp_path: Path, db_url: str) -> None:
    home, shelf = tmp_path / "home", UnderWork()
    async with typed(shelf, home, db_url) as studio:
        await interrupted(clip(studio, home), shelf)
        there, project = await project_of(studio)
        quote = (await price_of(there, project)).replace(micros=EACH, sent_takes=0)
        consent = require_consent(quote, yes=True, accept_unconfirmed=True)
        film = [project_run.take_up(there, project, "film", quote, consent, None, None) for _ in range(number)]
        taken = await asyncio.gather(*film)
        assert len({job.id for job, _ in taken}) == 1 and all(drives for _, drives in taken)
        made = [job for job in await jobs_of(there, project) if job.goal == "film"]
        assert [job.consent and job.consent.ceiling for job in made] == [EACH]


def clip(studio: AsyncStudio, home: Path, **agreed: Any) -> Any:
    agreed = agreed or {"yes": True}
    return studio.clip("A fox", model=FAST, out=home / "out", accept_unconfirmed=True, **agreed)


@pytest.mark.parametrize("by", ["yes", "budget", "the call"])
async def test_a_price_made_before_a_send_is_not_added_to_what_was_sent_since(
    by: str, tmp_path: Path, db_url: str
) -> None:
    """Both calls are quoted $0.60; the second agrees after the first has sent its take."""
    home, shelf = tmp_path / "home", UnderWork()
    async with typed(shelf, home, db_url) as studio:
        quote = await studio.quote_clip("A fox", model=FAST)
        assert (quote.micros, quote.spent_by_job) == (EACH, {})
        await interrupted(clip(studio, home), shelf)
        there, project = await project_of(studio)
        (before,) = await jobs_of(there, project)
        consent = Consent(ceiling=quote.micros, by=by, may_buy_unconfirmed=True)
        job, _ = await project_run.take_up(there, project, "takes", quote, consent, None, None)
        (after,) = await jobs_of(there, project)
    assert job.id == after.id == before.id and len(shelf.sent) == 1
    assert before.consent and after.consent and after.consent.ceiling == before.consent.ceiling == EACH


@pytest.mark.parametrize("by", ["yes", "budget", "the call"])
async def test_a_price_made_before_a_failed_take_does_not_pay_for_another_take(
    by: str, shelf: UnderWork, tmp_path: Path, db_url: str
) -> None:
    """The second call agrees after the first has spent the price, and its job waits for approval of another take."""
    home = tmp_path / "home"
    async with typed(shelf, home, db_url) as studio:
        quote = await studio.quote_clip("A fox", model=FAST)
        assert (await clip(studio, home)).wait_reason == "approval"
        there, project = await project_of(studio)
        consent = Consent(ceiling=quote.micros, by=by, may_buy_unconfirmed=True)
        queued = await studio._take_up(there, project, "takes", quote, consent, None, None)
        film = await studio._drive_queued(queued, None, None)
        (job,) = await jobs_of(there, project)
        assert (film.state, film.wait_reason) == ("waiting", "approval") and len(shelf.sent) == 1
        assert job.consent and job.consent.ceiling == EACH
        again = await price_of(there, project)
        assert (again.micros, again.spent_by_job) == (EACH, {job.id: EACH}), "asked for anew, it pays for another"


async def test_the_json_of_a_price_leaves_out_what_was_spent_before_it(tmp_path: Path) -> None:
    home, shelf = tmp_path / "home", UnderWork()
    async with typed(shelf, home) as studio:
        await interrupted(clip(studio, home), shelf)
        quoted = await studio.quote_resume("last")
        rows = await studio.quote_batch([{"prompt": "A fox"}], model=FAST)
    assert list(quoted.spent_by_job.values()) == [EACH]
    assert "spent" not in quoted.to_json() and "spent" not in rows.to_json()["rows"][0]


async def test_a_budget_given_again_while_its_job_runs_stays_the_same(tmp_path: Path, db_url: str) -> None:
    """One of two takes is in work; the same call again means the same budget."""
    home, shelf = tmp_path / "home", UnderWork()
    asked: dict[str, Any] = {"model": FAST, "samples": 2, "apart": True, "accept_unconfirmed": True, "budget": "1.20"}
    async with typed(shelf, home, db_url) as studio:
        await interrupted(studio.clip("A fox", out=home / "out", **asked), shelf, 1)
        there, project = await project_of(studio)
    async with typed(shelf, home, db_url) as studio:
        await interrupted(studio.clip("A fox", out=home / "out", **asked), shelf, 2)
        there, project = await project_of(studio)
        (job,) = await jobs_of(there, project)
    assert job.consent == Consent(ceiling=Micros(1_200_000), by="budget", may_buy_unconfirmed=True)


@pytest.mark.parametrize("change", ["retake", "edit"])
async def test_two_changes_of_one_film_at_one_moment_are_both_made_at_the_prices_that_were_agreed_to(
    change: str, tmp_path: Path, db_url: str
) -> None:
    """2026-11: the second waited for a price that both together had agreed to: it was priced without the first."""
    home, shelf = tmp_path / "home", Shelf()
    script = "---\nlength: 8 s\n---\n\n![a fox at dawn]()\n\n---\n\n![a fox in the rain]()\n"
    more: dict[str, Any] = {"short_side": 90, "models": ["openrouter-veo-3.1-fast"], "goal": "takes"}
    async with typed(shelf, home, db_url) as studio:
        made = await studio.make(script=script, **more, **SURE)
        assert made.state == "done", made.message
        calls = [
            studio.enqueue_retake(made.project, n, **SURE)
            if change == "retake"
            else studio.enqueue_edit(made.project, shot=n, prompt=f"a heron, {n}", **SURE)
            for n in (1, 2)
        ]
        queued = await asyncio.gather(*calls)
        there = await studio._open_home()
        (job,) = [await there.journal.read_job(there.account, one) for one in {one.job for one in queued}]
        assert job.consent and job.consent.ceiling == made.micros
        done = await project_run.run_job(there, made.project, job.id, None, None)
    assert done.state == "done", done.message
    assert len(shelf.sent) == 4
