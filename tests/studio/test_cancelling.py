"""A cancel that a program left undone: it is carried out before the next price, and what was agreed to ends with it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from reelwright.errors import NeedsConsent
from reelwright.providers.offline import Offline
from reelwright.reel.records.operation import Consent
from reelwright.settings import Settings
from reelwright.studio.films import project_run
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.results.results import Progress
from reelwright.studio.studio import AsyncStudio
from reelwright.studio.sync_studio import Studio
from reelwright.units import Micros
from studio.under_work import UnderWork, interrupted, typed

FAST = "replicate-veo-3.1-fast"
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
FILM: dict[str, Any] = {"short_side": 180, "aspect": "9:16", "length": 4, "models": [FAST], "goal": "takes"}
BRIEF = "A 4 second film for “Fenn”, a lamp."
VERBS = ["resume", "retry", "clip", "make", "edit", "retake", "batch"]
VERBS_AND_DATABASES = [
    *((verb, "sqlite") for verb in VERBS),
    *(pytest.param(verb, "postgres", marks=pytest.mark.postgres) for verb in ("resume", "clip", "retake")),
]
"""All verbs on SQLite; on Postgres one that goes on, one that is typed again, and one that makes another take."""


@pytest.fixture
def shelf() -> UnderWork:
    return UnderWork()


@pytest.fixture
def database(db_url: str) -> str:
    return db_url


async def cancelled_but_not_carried_out(shelf: UnderWork, home: Path, database: str, kind: str) -> None:
    """A take is in work, its program was stopped with Ctrl-C, and then somebody asked to cancel it."""
    async with typed(shelf, home, database) as studio:
        if kind == "retake":
            shelf.first = "succeeded"
            await begun(studio, "clip", home, **SURE)
            shelf.first = "running"
        await interrupted(begun(studio, kind, home, **SURE), shelf, 1 + len(shelf.sent))
    async with typed(shelf, home, database) as studio:
        assert (await studio.cancel("last")).state == "stopped"
    assert list(shelf.state.values())[-1] == "running"


def begun(studio: AsyncStudio, kind: str, home: Path, **agreed: Any) -> Any:
    if kind == "batch":
        return studio.batch([{"prompt": "A fox"}], model=FAST, out=home / "out", **agreed)
    if kind == "retake":
        return studio.retake("last", 1, **agreed)
    if kind == "clip":
        return studio.clip("A fox", model=FAST, out=home / "out", **agreed)
    return studio.make(BRIEF, **FILM, **agreed)


def kind_of(verb: str) -> str:
    return verb if verb in ("clip", "batch", "retake") else "make"


def asked(studio: AsyncStudio, verb: str, home: Path, **agreed: Any) -> Any:
    if verb in ("clip", "batch", "make", "retake"):
        return begun(studio, verb, home, **agreed)
    if verb == "edit":
        return studio.edit("last", shot=1, words="It glows", **agreed)
    return getattr(studio, verb)("last", **agreed)


async def price_of(studio: AsyncStudio, verb: str, home: Path, **more: Any) -> int:
    if verb == "clip":
        return (await studio.quote_clip("A fox", model=FAST, **more)).micros
    if verb == "batch":
        return (await studio.quote_batch([{"prompt": "A fox"}], model=FAST, out=home / "out", **more)).micros
    if verb == "make":
        return (await studio.quote(BRIEF, **FILM, **more)).micros
    if verb == "edit":
        return (await studio.quote_edit("last", shot=1, words="It glows", **more)).micros
    if verb == "retake":
        return (await studio.quote_retake("last", 1, **more)).micros
    return (await getattr(studio, f"quote_{verb}")("last", **more)).micros


@pytest.mark.parametrize(("verb", "db_url"), VERBS_AND_DATABASES, indirect=["db_url"])
async def test_what_a_cancel_stopped_is_bought_again_at_a_price_that_is_shown_and_agreed_to(
    verb: str, shelf: UnderWork, tmp_path: Path, database: str
) -> None:
    home = tmp_path / "home"
    await cancelled_but_not_carried_out(shelf, home, database, kind_of(verb))
    before = len(shelf.sent)
    async with typed(shelf, home, database) as studio:
        with pytest.raises(NeedsConsent):
            await asked(studio, verb, home, accept_unconfirmed=True)
    assert (len(shelf.sent), list(shelf.state.values())[-1]) == (before, "cancelled")
    spent = shelf.spent
    async with typed(shelf, home, database) as studio:
        shown = await price_of(studio, verb, home)
        shelf.first = "succeeded"
        await asked(studio, verb, home, **SURE)
        assert shelf.spent - spent == shown > 0


@pytest.mark.parametrize("verb", VERBS)
async def test_the_price_says_what_the_verb_will_do_and_the_listener_hears_of_the_cancel(
    verb: str, shelf: UnderWork, tmp_path: Path
) -> None:
    home, heard = tmp_path / "home", list[Progress]()
    await cancelled_but_not_carried_out(shelf, home, "", kind_of(verb))
    async with typed(shelf, home) as studio:
        assert await price_of(studio, verb, home, listen=heard.append) > 0
    assert list(shelf.state.values())[-1] == "cancelled"
    assert any(one.kind == "job.cancelling" and "cancel that was asked for" in one.message for one in heard)


@pytest.mark.parametrize("verb", ["resume", "clip"])
async def test_what_a_cancel_came_too_late_for_is_had_and_costs_nothing_more(
    verb: str, tmp_path: Path, database: str
) -> None:
    shelf, home = UnderWork(stops=False), tmp_path / "home"
    await cancelled_but_not_carried_out(shelf, home, database, "clip")
    async with typed(shelf, home, database) as studio:
        assert await price_of(studio, verb, home) == 0
        assert (await asked(studio, verb, home)).state == "done"
    assert len(shelf.sent) == 1


@pytest.mark.parametrize("verb", ["resume", "clip"])
async def test_a_cancel_between_the_price_and_the_job_ends_what_was_agreed_to_before(
    verb: str, shelf: UnderWork, tmp_path: Path, database: str
) -> None:
    """The price was $0.00, as the take was on its way. What had been agreed to for it was agreed to for that take."""
    home = tmp_path / "home"
    async with typed(shelf, home, database) as studio:
        await interrupted(begun(studio, "clip", home, **SURE), shelf)
    async with typed(shelf, home, database) as studio:
        opened = await studio._open_home()
        project = (await studio.list_projects())[0].id
        standing = project_run.aim_at_goal(await opened.journal.read_standing(opened.account, project), "takes")
        quote = await project_run.quote_with_account(opened, standing, 1)
        assert (quote.micros, quote.sent_takes) == (0, 1)
        await studio.cancel("last")
        free = Consent(ceiling=Micros(0), by="free", may_buy_unconfirmed=True)
        if verb == "resume":
            (job,) = await opened.journal.list_jobs(opened.account, project)
            queued = await studio._requeue(opened, job, quote, free, None)
        else:
            queued = await studio._take_up(opened, project, "takes", quote, free, None, None)
        made = await studio._drive_queued(queued, None, None)
        assert (made.state, made.wait_reason) == ("waiting", "approval") and made.reason.code == "above_agreement"
    assert list(shelf.state.values()) == ["cancelled"]


class CancelledLate(AsyncStudio):
    """A server's studio: somebody cancels the project's job after a verb wrote, before it takes up the job."""

    async def _take_up(self, *given: Any) -> Any:
        await self.cancel("last")
        return await super()._take_up(*given)

    async def _requeue(self, home: Any, job: Any, *given: Any) -> Any:
        await self.cancel("last")
        return await super()._requeue(home, await home.journal.read_job(home.account, job.id), *given)


@pytest.mark.parametrize("verb", ["retake", "edit", "resume", "retry"])
async def test_a_server_refuses_nothing_that_is_written_where_a_cancel_comes_meanwhile(
    verb: str, tmp_path: Path
) -> None:
    """Told that nothing is written, the client sent it again: two more takes were made, and paid."""
    shelf, home = UnderWork(stops=False), tmp_path / "home"
    async with typed(shelf, home) as studio:
        if verb == "retake":
            shelf.first = "succeeded"
            await begun(studio, "clip", home, **SURE)
            shelf.first = "running"
        await interrupted(
            begun(studio, "retake" if verb == "retake" else "clip", home, **SURE), shelf, 1 + len(shelf.sent)
        )
        before = (await studio.list_jobs())[0].id
    sellers: dict[str, Any] = {"offline": Offline(), "shelf": shelf}
    settings = Settings(home=home, hands=1)
    async with CancelledLate(settings, providers=sellers, tempo=Tempo(speed=1000), is_serving=True) as studio:
        if verb in ("resume", "retry"):
            queued = await getattr(studio, f"enqueue_{verb}")("last", **SURE)
        elif verb == "edit":
            queued = await studio.enqueue_edit("last", shot=1, prompt="An owl", **SURE)
        else:
            queued = await studio.enqueue_retake("last", 1, **SURE)
        assert queued.job != before
        shelf.first = "succeeded"
        assert (await studio._drive_queued(queued, None, None)).state == "done"
        states = {one.id: one.state for one in await studio.list_jobs()}
    assert (states[before], states[queued.job]) == ("cancelled", "done")
    sent = 1 if verb in ("resume", "retry") else 2
    assert len(shelf.sent) == sent, "what came too late for the cancel is kept, also as the take that was asked for"


async def test_a_price_carries_out_no_more_than_the_cancel(shelf: UnderWork, tmp_path: Path, database: str) -> None:
    """Another job of the project, agreed to and queued behind it, is not begun by somebody who asks for a price."""
    home = tmp_path / "home"
    await cancelled_but_not_carried_out(shelf, home, database, "make")
    async with typed(shelf, home, database) as studio:
        opened = await studio._open_home()
        project = (await studio.list_projects())[0].id
        agreed = Consent(ceiling=Micros(5_000_000), by="yes", may_buy_unconfirmed=True)
        behind = await opened.journal.enqueue(opened.account, project, "film", agreed, {})
        assert (await studio.quote_resume(project)).micros > 0
        states = {job.id: job.state for job in await opened.journal.list_jobs(opened.account, project)}
    assert states.pop(behind) == "queued" and set(states.values()) == {"cancelled"}
    assert list(shelf.state.values()) == ["cancelled"]


async def test_a_cancel_that_another_process_carries_out_is_waited_for(shelf: UnderWork, tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with typed(shelf, home) as studio:
        making_it = asyncio.create_task(begun(studio, "clip", home, **SURE))
        while not shelf.polled:
            await asyncio.sleep(0.02)
        async with typed(shelf, home) as other:
            await other.cancel("last")
            assert (await other.quote_resume("last")).micros == shelf.spent
        assert (await making_it).state == "cancelled"
    assert list(shelf.state.values()) == ["cancelled"]


@pytest.mark.parametrize(("stops", "verb"), [(True, "resume"), (True, "edit"), (False, "resume"), (False, "edit")])
def test_the_answer_to_a_slow_cancel_comes_before_the_price(tmp_path: Path, *, stops: bool, verb: str) -> None:
    """The provider takes two seconds to say whether it stopped; ``Studio`` and the command line call the same verbs."""
    shelf, home = UnderWork(stops=stops, cancel_s=2.0), tmp_path / "home"
    asyncio.run(cancelled_but_not_carried_out(shelf, home, "", "make"))
    mood: dict[str, Any] = {"mood": "chill"} if verb == "edit" else {}  # of the film: no take depends on it
    settings = Settings(home=home, hands=1)
    with Studio(settings, providers={"offline": Offline(), "shelf": shelf}, tempo=Tempo(speed=1000)) as studio:
        quote = studio.quote_edit("last", **mood) if mood else studio.quote_resume("last")
        assert quote.micros == (shelf.spent if stops else 0)
        shelf.first = "succeeded"
        result = studio.edit("last", **mood, **SURE) if mood else studio.resume("last", **SURE)
    assert result.state == "done" and len(shelf.sent) == (2 if stops else 1)
