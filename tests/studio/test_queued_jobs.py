"""Agreeing to a price and queueing is apart from the work: whatever drives the home carries out what was queued."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput, NeedsConsent
from reelwright.settings import Settings
from reelwright.studio.runtime.runtime import open_runtime
from reelwright.studio.studio import AsyncStudio
from studio.conftest import BRIEF, Home

SMALL: dict[str, Any] = {"short_side": 180, "aspect": "9:16", "length": 2, "goal": "takes"}


async def test_a_queued_film_is_made_by_whatever_drives_the_home(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", hands=1)
    async with AsyncStudio(settings) as studio:
        queued = await studio.enqueue_make(BRIEF, **SMALL)
        again = await studio.enqueue_make(BRIEF, **SMALL)
        assert (queued.project, queued.job, queued.is_up_to_date) == (again.project, again.job, False)
        assert [job.state for job in await studio.list_jobs()] == ["queued"]
    runtime = await open_runtime(settings)
    try:
        await runtime.driver.run()
    finally:
        await runtime.close()
    async with AsyncStudio(settings) as studio:
        assert [job.state for job in await studio.list_jobs()] == ["done"]
        later = await studio.enqueue_make(BRIEF, **SMALL)
        assert (later.job, later.is_up_to_date, later.quote.wanted_steps) == (queued.job, True, ())


async def test_a_job_in_a_paused_queue_says_what_it_waits_for(tmp_path: Path) -> None:
    async with AsyncStudio(Settings(home=tmp_path / "home")) as studio:
        queued = await studio.enqueue_make(BRIEF, **SMALL)
        await studio.pause_queue()
        shown = (await studio.show(queued.project)).job
        assert shown and shown.message == "the queue is paused"
        assert [job.message for job in await studio.list_jobs()] == ["the queue is paused"]
        await studio.resume_queue()
        assert [job.message for job in await studio.list_jobs()] == [""]


def test_an_edit_and_a_retake_are_queued_and_one_resume_makes_both(home: Home, tmp_path: Path) -> None:
    with Studio(home.settings) as studio:
        edited = studio.enqueue_edit("last", shot=1, words="Quieter")
        retaken = studio.enqueue_retake("last", 2)
        assert edited.project == retaken.project == home.made.project and not retaken.is_up_to_date
        assert studio.show("last").job.state == "queued"
        film = studio.resume("last", out=tmp_path / "film.mp4")
        assert film.state == "done" and film.path and film.path.is_file()
        assert studio.enqueue_resume("last").is_up_to_date


def test_nothing_is_queued_for_a_price_that_nobody_agreed_to(tmp_path: Path) -> None:
    with Studio(home=tmp_path / "home", hands=1, rehearse=False) as studio:
        with pytest.raises((NeedsConsent, BadInput)):
            studio.enqueue_make("A cat on a wall", models=["veo-3.1-fast"], **SMALL)
        assert studio.list_jobs() == ()


@pytest.mark.parametrize("verb", ["resume", "retry", "apply", "make", "edit"])
def test_a_misspelt_option_is_refused_and_not_ignored(home: Home, verb: str) -> None:
    with Studio(home.settings) as studio, pytest.raises(BadInput, match="bugdet"):
        getattr(studio, verb)("last", bugdet=5)
