"""``Studio`` and ``AsyncStudio`` are one: same verbs, same words, same answers, also inside a running loop."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys

import pytest

import reelwright
from reelwright import AsyncStudio, Studio
from studio.conftest import BRIEF, SMALL, Home
from sweep import sweep
from yardstick import slowness

REAL_HANDS = True

NO_VERBS = {"open_runtime"}
"""What a runtime has open belongs to the event loop that opened it."""
VERBS = sorted(
    name
    for name in set(dir(AsyncStudio)) - NO_VERBS
    if not name.startswith("_") and callable(getattr(AsyncStudio, name))
)


def test_every_verb_has_its_twin() -> None:
    assert sorted(name for name, value in vars(Studio).items() if not name.startswith("_") and callable(value)) == VERBS


def test_a_verb_and_its_twin_take_the_same_words() -> None:
    with sweep() as case:
        for verb in VERBS:
            with case(verb):
                theirs, ours = (inspect.signature(getattr(kind, verb)) for kind in (AsyncStudio, Studio))
                assert list(theirs.parameters.values()) == list(ours.parameters.values())
                assert (getattr(Studio, verb).__doc__ or "").strip()


def test_the_twin_works_inside_a_running_loop(home: Home) -> None:
    import asyncio

    async def inside() -> str:
        with Studio(home.settings) as studio:
            return studio.show("last").title

    assert asyncio.run(inside()) == "Fenn"


async def test_both_give_the_same_answers(home: Home) -> None:
    async with AsyncStudio(home.settings) as studio:
        ours = await studio.show("last")
        planned = await studio.plan(BRIEF, **SMALL)
        events = [progress async for progress in studio.watch()]
    with Studio(home.settings) as twin:
        theirs = twin.show("last")
        assert twin.plan(BRIEF, **SMALL) == planned
        assert list(twin.watch()) == events
    assert {**ours.to_json(), "quote": 0} == {**theirs.to_json(), "quote": 0}


def test_a_studio_that_was_closed_can_be_opened_again(home: Home) -> None:
    studio = Studio(home.settings)
    for _ in range(2):
        with studio:
            assert len(studio.list_projects()) == 1


def test_the_public_names_are_sorted_and_there() -> None:
    assert list(reelwright.__all__) == sorted(reelwright.__all__) == dir(reelwright)
    for name in reelwright.__all__:
        assert getattr(reelwright, name)
    with pytest.raises(AttributeError):
        reelwright.Nonsense  # noqa: B018


@pytest.mark.timed
def test_importing_reelwright_is_quick_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, time; t = time.perf_counter(); import reelwright; s = time.perf_counter() - t;"
        "early = 'pydantic' in sys.modules; reelwright.Studio;"  # its results are models of pydantic
        "heavy = [m for m in ('skia', 'av', 'numpy', 'PIL', 'sqlalchemy', 'yaml') if m in sys.modules];"
        "print(s, heavy + ['pydantic'] * early)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    seconds, heavy = ran.stdout.split(maxsplit=1)
    assert float(seconds) <= 0.3 * slowness() and heavy.strip() == "[]"
