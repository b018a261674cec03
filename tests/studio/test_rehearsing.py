"""A rehearsal goes the whole way through the real adapters, at real prices, and buys nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from reelwright import Studio
from reelwright.errors import BadInput, OverBudget
from reelwright.media.base.probe import probe
from reelwright.providers.fakes.bill import read_bill
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.studio.runtime.home import REHEARSAL, is_rehearsal
from reelwright.studio.runtime.rehearsal import Rehearsal, read_rehearsal
from reelwright.studio.runtime.rehearsed_projects import find_rehearsal
from reelwright.studio.runtime.runtime import open_runtime
from reelwright.studio.runtime.slates import FOLDER, Slates
from reelwright.studio.studio import AsyncStudio

BRIEF = "“It never flickers.” For “Fenn”, a lamp. Order at fenn.example"
SMALL = {"short_side": 180, "aspect": "16:9", "length": 4, "models": ("openrouter-wan-3.0",), "resolution": "480p"}
FAST = Rehearsal(speed=600)


@asynccontextmanager
async def opened(path, told=FAST):
    async with AsyncStudio(Settings(home=path, hands=1), rehearse=told) as studio:
        yield studio


def bills_of(home):
    return [charge for bill in (home / "providers" / "bills").glob("*.jsonl") for charge in read_bill(bill)]


async def settled(studio):
    rows = [await studio.home.ledger.list_purchases(studio.home.account, p.id) for p in await studio.list_projects()]
    return [p for purchases in rows for p in purchases if p.provider != "offline"]


async def test_a_rehearsed_film_is_whole_marked_and_its_ledger_is_the_fakes_bill(tmp_path):
    async with opened(tmp_path / "home") as studio:
        quote = await studio.quote(BRIEF, **SMALL)
        made = await studio.make(BRIEF, yes=True, **SMALL)
        assert made.state == "done", made.message
        purchases = await settled(studio)
    charges = bills_of(tmp_path / "home" / "rehearsal")
    assert quote.micros == made.micros == sum(charge.micros for charge in charges) > 0
    assert sorted(p.settled_micros or 0 for p in purchases) == sorted(charge.micros for charge in charges)
    assert {p.operation.id for p in purchases if p.operation} == {charge.submission for charge in charges}
    found = probe(made.path)
    assert (found.width, found.height, found.frames) == (320, 180, 120)
    assert {"take", "bed", "segment", "mix", "film"} == set(made.seconds_by_step), "how long each kind took"
    assert 0 < max(made.seconds_by_step.values()) <= made.elapsed_s and made.seconds_by_step["film"] > 0


async def test_nothing_of_a_rehearsal_stands_in_the_users_own_home_and_no_key_of_theirs_in_it(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENROUTER_API_KEY", "canary-of-the-user")
    home = tmp_path / "home"
    async with opened(home) as studio:
        made = await studio.make(BRIEF, yes=True, goal="takes", **SMALL)
        assert made.state == "done", made.message
    assert [path.name for path in home.iterdir()] == ["rehearsal"]
    async with AsyncStudio(Settings(home=home)) as own:
        assert await own.list_projects() == ()
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left and not [path for path in left if b"canary" in path.read_bytes()]


async def test_an_ad_by_five_providers_through_faults_settles_what_they_billed(tmp_path):
    """Words, stills, takes, voices and a bed; one call in ten meets a fault that passes."""
    asked = {"short_side": 180, "aspect": "16:9", "length": 6, "models": ("vertex-veo-3.1-fast",)}
    asked |= {"stills": "gemini-3.1-flash-image", "voice": "eleven_v3:JBFqnCBsd6RMkjVDRZzb", "music": "eleven-music"}
    asked |= {"planner": "gpt-6-luna"}
    async with opened(tmp_path / "home", Rehearsal(speed=1200, faults=10, seed=3)) as studio:
        quote = await studio.quote(BRIEF, **asked)
        made = await studio.make(BRIEF, yes=True, accept_unconfirmed=True, goal="cut", **asked)
        assert made.state == "done", made.message
        purchases = await settled(studio)
    by_kind = {p.step.partition("/")[0] for p in purchases}
    assert by_kind == {"words", "still", "take", "voice", "bed"}
    assert {p.state for p in purchases} <= {"settled", "released"}
    billed = sum(charge.micros for charge in bills_of(tmp_path / "home" / "rehearsal"))
    assert made.micros == billed == sum(p.settled_micros or 0 for p in purchases) <= quote.micros


async def test_the_home_of_a_rehearsal_rehearses_for_whoever_opens_it_and_never_buys(tmp_path):
    home = tmp_path / "home"
    async with opened(home) as studio:
        await studio.make(BRIEF, goal="plan", **SMALL)
        assert studio.home and is_rehearsal(studio.home.settings.home)
    again = Settings(home=home / "rehearsal", hands=1)
    assert read_rehearsal(again.home) == FAST
    bought = f"sqlite:///{tmp_path / 'bought.db'}"
    async with AsyncStudio(replace(again, database=bought)) as studio:
        assert len(await studio.list_projects()) == 1
        assert studio._settings.database == "" and not (tmp_path / "bought.db").exists()
        urls = studio.home.settings.base_urls.values()
        assert urls and all(url.startswith("http://127.0.0.1:") for url in urls)
    with pytest.raises(BadInput, match="rehearsal"):
        AsyncStudio(again, providers={"offline": Offline()})
    with pytest.raises(BadInput, match="rehearsal"):  # whatever sellers somebody brings along
        await open_runtime(again, {"offline": Offline()})


async def test_whoever_opens_the_home_of_a_rehearsal_never_writes_into_the_database_of_what_is_bought(tmp_path):
    home, own = tmp_path / "home", f"sqlite:///{tmp_path / 'own.db'}"
    async with AsyncStudio(Settings(home=home, hands=1, database=own), rehearse=FAST) as studio:
        assert (await studio.make(BRIEF, yes=True, goal="takes", **SMALL)).state == "done"
    async with AsyncStudio(Settings(home=home / "rehearsal", hands=1, database=own)) as studio:
        assert len(await studio.list_projects()) == 1
    assert not (tmp_path / "own.db").exists()


async def test_what_a_killed_rehearsal_had_sent_is_known_to_the_next_one(tmp_path):
    """The fakes live in the process that rehearses: what they took on stands on their bill."""
    home = tmp_path / "home"
    async with opened(home, Rehearsal(speed=60)) as studio:
        stage_home = home / "rehearsal"
        making = asyncio.create_task(studio.make(BRIEF, yes=True, goal="takes", **SMALL))
        while len(bills_of(stage_home)) < 1:
            await asyncio.sleep(0.05)
        making.cancel()
        await asyncio.wait({making})
        job = (await studio.list_jobs())[0]
    before = bills_of(stage_home)
    sent = {charge.submission for charge in before}
    async with AsyncStudio(Settings(home=stage_home, hands=1)) as studio:
        made = await studio.resume(job.project, yes=True)
        assert made.state == "done", made.message
        spent = await studio.show_spending(job.project)
        assert (
            made.micros == spent.micros and made.micros - made.now_micros == sum(charge.micros for charge in before) > 0
        )
        bought = {p.operation.id for p in await settled(studio) if p.operation}
    assert sent <= bought == {charge.submission for charge in bills_of(stage_home)}
    assert bought


def test_python_rehearses_without_await_and_without_being_asked_for_a_price(tmp_path):
    settings = Settings(home=tmp_path / "home", hands=1)
    with Studio(settings, rehearse=Rehearsal(speed=600)) as studio:
        assert studio.rehearsal == Rehearsal(speed=600)
        made = studio.make(BRIEF, goal="takes", **SMALL)
        assert made.state == "done" and made.is_rehearsal and made.micros > 0, made.message
        assert studio.show("last").is_rehearsal
    with Studio(settings) as plain:
        assert plain.rehearsal is None and plain.list_projects() == ()


def test_a_budget_stops_a_rehearsal_as_it_would_stop_the_real_one(tmp_path):
    with Studio(Settings(home=tmp_path / "home", hands=1), rehearse=True) as studio, pytest.raises(OverBudget):
        studio.make(BRIEF, budget="0.01", **SMALL)
    assert not (tmp_path / "home").exists()


def test_a_price_of_a_rehearsal_writes_nothing(tmp_path):
    with Studio(Settings(home=tmp_path / "home", hands=1), rehearse=True) as studio:
        assert studio.quote(BRIEF, **SMALL).micros > 0
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_a_rehearsal_is_asked_for_with_true_or_how_it_is_to_be(tmp_path, value):
    with pytest.raises(BadInput, match="rehearse"):
        AsyncStudio(Settings(home=tmp_path / "home"), rehearse=value)


async def test_a_rehearsal_is_found_by_its_name_and_as_last_unless_something_newer_was_made(tmp_path):
    settings = Settings(home=tmp_path / "home", hands=1)
    drawn = {"short_side": 180, "length": 4, "models": ("animatic",), "goal": "plan"}
    assert await find_rehearsal(settings, "last") is None
    async with AsyncStudio(settings) as studio:
        older = (await studio.make("A calm film for “Olm”", **drawn)).project
    async with AsyncStudio(settings, rehearse=FAST) as studio:
        rehearsed = (await studio.make(BRIEF, **drawn)).project
        (job,) = await studio.list_jobs()
    for called in ("last", rehearsed, rehearsed[-6:], job.id):
        assert await find_rehearsal(settings, called) == FAST, called
    for called in (older, older[-6:], "nothing-like-it"):
        assert await find_rehearsal(settings, called) is None, called
    assert await find_rehearsal(replace(settings, home=settings.home / FOLDER), "last") is None
    async with AsyncStudio(settings) as studio:
        await studio.make("A calm film for “Ulm”", **drawn)
    assert await find_rehearsal(settings, "last") is None
    assert await find_rehearsal(settings, rehearsed) == FAST


DRAWN = {"short_side": 180, "length": 4, "models": ("animatic",)}
CLIP = {"model": "openrouter-wan-3.0", "seconds": 2, "resolution": "480p"}


def test_a_rehearsed_film_takes_the_place_of_no_film_that_was_made_and_leaves_its_own_to_it(tmp_path):
    settings, out = Settings(home=tmp_path / "home", hands=1), tmp_path / "film.mp4"
    with Studio(settings, rehearse=FAST) as rehearsing:
        rehearsing.make(BRIEF, out=out, **SMALL)
        slate = out.read_bytes()
        assert rehearsing.make(BRIEF, out=out, **SMALL).path == out, "its own slate is written again"
    with Studio(settings) as studio:
        studio.make(BRIEF, out=out, **DRAWN)
    assert out.read_bytes() != slate
    with Studio(settings, rehearse=FAST) as rehearsing:
        for act in (lambda: rehearsing.make(BRIEF, out=out, **SMALL), lambda: rehearsing.resume("last", out=out)):
            with pytest.raises(BadInput, match="slate") as refused:
                act()
            assert refused.value.field == "out"
        out.unlink()
        out.with_suffix(".srt").write_text("captions of one's own")
        assert rehearsing.resume("last", out=out).path == out
    assert out.with_suffix(".srt").read_text() == "captions of one's own", "a film without captions leaves them"


def test_a_rehearsed_clip_takes_the_place_of_no_other_file_and_is_delivered_under_the_name_that_was_said(tmp_path):
    settings, out, mine = Settings(home=tmp_path / "home", hands=1), tmp_path / "fox.mp4", tmp_path / "mine.mp4"
    mine.write_bytes(b"a clip that was bought")
    row = {"prompt": "A red fox", "resolution": "480p", "seconds": 2, "model": CLIP["model"]}
    with Studio(settings, rehearse=FAST) as studio:
        for place in (mine, str(mine)):
            with pytest.raises(BadInput, match="slate"):
                studio.clip("A red fox", out=place, **CLIP)
        with pytest.raises(BadInput, match="slate"):
            studio.batch([{**row, "out": str(mine)}])
        assert studio.list_projects() == (), "refused before anything was sent"
        made = studio.clip("A red fox", out=out, **CLIP)
        assert [file.path for file in made.files] == [out]
        assert studio.clip("A heron", out=out, **CLIP).files[0].path == out, "a slate gives way to a slate"
        two = studio.clip("An owl", out=out, samples=2, wants_archive=True, **CLIP)
        assert [file.path.name for file in two.files] == ["fox-1.mp4", "fox-2.mp4"]
        assert two.archive == tmp_path / "fox.zip"
    assert mine.read_bytes() == b"a clip that was bought"
    assert Slates(settings.home, is_rehearsal=False).has(out), "what is bought later takes its place"


@pytest.mark.parametrize(("speed", "faults"), [(0, 0), (-1, 0), (4000, 0), (60, -1), (60, 51), (float("nan"), 0)])
def test_a_speed_or_a_share_of_faults_out_of_bounds_is_refused(speed, faults):
    with pytest.raises(BadInput):
        Rehearsal(speed=speed, faults=faults)


def test_the_mark_of_a_rehearsal_is_read_strictly(tmp_path):
    assert read_rehearsal(tmp_path) is None
    (tmp_path / REHEARSAL).write_text('{"speed": "fast"}')
    with pytest.raises(BadInput):
        read_rehearsal(tmp_path)


def test_a_rehearsal_that_was_killed_in_a_send_does_not_wait_for_a_network() -> None:
    from reelwright.studio.quotes.tempo import Tempo

    assert Tempo(is_rehearsal=True).arrives_s == pytest.approx(0.05), "its provider ended with it"
    assert Tempo().arrives_s is None, "what was sent to a real provider may still arrive"
