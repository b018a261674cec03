"""One runtime serves many accounts and calls at once: one director, one heartbeat thread, and no mixed accounts."""

from __future__ import annotations

import asyncio
import multiprocessing
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from reasons import has_code
from reelwright import Studio
from reelwright.errors import BadInput, NotFound, ReelwrightError, ToolMissing
from reelwright.settings import Settings, load_settings
from reelwright.store.schema.schema import directors
from reelwright.studio.runtime.runtime import open_runtime
from reelwright.studio.studio import AsyncStudio
from studio.conftest import BRIEF

REAL_HANDS = True

SOURCE = Path(__file__).parents[2] / "src"
CHEAP: dict[str, Any] = {"goal": "takes", "aspect": "16:9", "short_side": 180, "length": 2, "yes": True}
"""The cheapest that runs a director: takes of a short film, drawn."""
ROUNDS = 20


def count_hearts() -> int:
    return sum(thread.name == "heart" for thread in threading.enumerate())


def test_a_director_is_made_in_one_place_only() -> None:
    found = subprocess.run(
        ["grep", "-rnE", r"[^_a-zA-Z]Director\(", "--include=*.py", "."], cwd=SOURCE, capture_output=True, text=True
    ).stdout.splitlines()
    assert len(found) == 1 and "studio/runtime/runtime.py" in found[0], found


async def test_two_accounts_and_many_calls_share_one_director_and_one_heartbeat(tmp_path: Path) -> None:
    hearts: list[int] = []
    runtime = await open_runtime(Settings(home=tmp_path / "home", hands=2))
    try:
        studios = [AsyncStudio(runtime=runtime, account=account) for account in ("ana", "bo")]
        listen = {"listen": lambda progress: hearts.append(count_hearts())}
        calls = [studio.make(f"{BRIEF} {n}", **CHEAP, **listen) for n in range(10) for studio in studios]
        made = await asyncio.gather(*calls)
        assert {film.state for film in made} == {"done"} and max(hearts) == 1
        count = select(func.count()).select_from(directors)
        assert await runtime.database.read(lambda conn: conn.execute(count).scalar()) == 1
        listed = [{row.id for row in await studio.list_projects()} for studio in studios]
        assert [len(each) for each in listed] == [10, 10] and not listed[0] & listed[1]
        with pytest.raises(NotFound):
            await studios[0].show(made[1].project)
    finally:
        await runtime.close()
    assert count_hearts() == 0


async def test_hands_on_ray_are_chosen_by_a_setting_and_need_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match="here, ray"):
        load_settings({"REELWRIGHT_HOME": str(tmp_path), "REELWRIGHT_HANDS_RUNNER": "elsewhere"})
    chosen = load_settings({"REELWRIGHT_HOME": str(tmp_path), "REELWRIGHT_HANDS_RUNNER": "ray"})
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ToolMissing, check=has_code("extra_missing")):
        await open_runtime(chosen)


async def test_a_studio_leaves_a_runtime_open_that_it_was_given(tmp_path: Path) -> None:
    runtime = await open_runtime(Settings(home=tmp_path / "home", hands=1))
    try:
        for _ in range(2):
            async with AsyncStudio(runtime=runtime) as studio:
                assert await studio.list_projects() == ()
    finally:
        await runtime.close()


def open_new_homes(folder: str, meeting: Any, refusals: Any) -> None:
    """Open ``ROUNDS`` new homes, each at the moment at which the other program does, and write to it."""
    for number in range(ROUNDS):
        meeting.wait(60)
        try:
            with Studio(Settings(home=Path(folder) / f"home{number}", hands=1)) as studio:
                studio.set_budget("account", "5")
                if studio.reconcile().state != "fine":
                    refusals.put(f"{number}: {studio.reconcile()}")
        except ReelwrightError as error:
            refusals.put(f"{number}: {error.code}: {error.message}")


def test_two_programs_that_make_a_new_home_at_once_both_work(tmp_path: Path) -> None:
    """2026-11-24: one of the two met ``journal_locked``."""
    spawning = multiprocessing.get_context("spawn")
    meeting, refusals = spawning.Barrier(2), spawning.SimpleQueue()
    both = [spawning.Process(target=open_new_homes, args=(str(tmp_path), meeting, refusals)) for _ in range(2)]
    for program in both:
        program.start()
    for program in both:
        program.join(100)
    assert refusals.empty(), refusals.get()
    assert [program.exitcode for program in both] == [0, 0]
