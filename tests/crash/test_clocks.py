"""The wall clock is set between a lost answer and the next run: nothing is bought twice, and the ledger is the bill.

The run that goes on is a real process whose wall clock libfaketime shifts, SQLite's clock with it; its monotonic clocks
go on as they were. On Postgres the journal keeps the server's clock, and only the process's own is shifted.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crash.kinds import KINDS, USUAL
from crash.lives import Lives
from reelwright.providers.fakes.listing import Habit, Listing
from reelwright.providers.fakes.script import Script, swallow

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
SET_BY_S = (7200, 20, -20, -7200)
ENDS = ("C03:1", "C04:1", "swallowed")
"""Killed with half of the request sent; killed once the provider had answered; not killed, and the answer swallowed."""
pytestmark = pytest.mark.timeout(300)  # several processes one after the other: a busy machine may take its time


def set_by(seconds: int) -> Mapping[str, str]:
    """The environment of a process whose wall clock is set by so many seconds."""
    assert LIBRARY, "libfaketime is missing: make test installs it (Debian: faketime)"
    return {"LD_PRELOAD": str(LIBRARY), "FAKETIME": f"{seconds:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


@pytest.fixture
def lives(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lives]:
    database, kind, script = request.param
    url = f"sqlite:///{tmp_path / 'journal.db'}" if database == "sqlite" else request.getfixturevalue("pg_url")
    made = Lives(tmp_path, url, kind, script)
    yield made
    made.end()


def lose_and_go_on(lives: Lives, end: str, seconds: int) -> int:
    """Lose an answer, set the clock, go on to rest; how often a person was asked."""
    if end == "swallowed":
        with set_while_it_looks(lives, seconds) as running:
            stopped = lives.live(**running)
        assert stopped and stopped["state"] == ("waiting" if lives.kind == "none" else "done"), stopped
        if stopped["state"] == "waiting":
            lives.resume()
    else:
        assert lives.live(REELWRIGHT_CRASH_AT=end) is None
    done, words = lives.to_rest(**set_by(seconds))
    assert done["state"] == "done", done["reason"]
    found = lives.checked()
    assert not found.faults, "\n".join(map(str, found.faults))
    assert found.billed == found.ledger and not found.held
    assert sorted(lives.submissions) == ["a", "b"]
    return words


@contextmanager
def set_while_it_looks(lives: Lives, seconds: int) -> Iterator[Mapping[str, str]]:
    """The environment of a process whose wall clock is set once its provider has had something of it."""
    clock, over, was_set = lives.folder / "clock", threading.Event(), threading.Event()
    clock.write_text("+0s", encoding="utf-8")

    def watch() -> None:
        while not lives.submissions and not over.wait(0.02):
            pass
        later = clock.with_suffix(".later")
        later.write_text(f"{seconds:+d}s", encoding="utf-8")
        later.replace(clock)
        was_set.set()

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        environ = {name: told for name, told in set_by(seconds).items() if name != "FAKETIME"}
        yield {**environ, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1"}
    finally:
        early = not was_set.wait(0)
        over.set()
        watching.join()
    assert not early, "it was set while the process ran"


def script_of(end: str) -> Script:
    return USUAL.add_rule("submit", swallow(), [1]) if end == "swallowed" else USUAL


def case(database: str, kind: str, end: str, seconds: int, *marks: Any) -> Any:
    more = (pytest.mark.postgres,) if database == "postgres" else ()
    name = f"{database}-{kind}-{end.partition(':')[0]}-{seconds:+d}"
    return pytest.param((database, kind, script_of(end)), end, seconds, id=name, marks=(*marks, *more))


FEW = (("sqlite", "list", "C04:1", -7200), ("sqlite", "videos", "swallowed", 20))
EVERY = list(itertools.product(("sqlite", "postgres"), KINDS, ENDS, SET_BY_S))
REST = [row for row in EVERY if row not in FEW]


def test_a_process_whose_clock_is_set_sees_it_and_keeps_its_own_clocks():
    import os
    import subprocess
    import sys

    ask = (
        "import sqlite3, time; print(time.time(), time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME),"
        "sqlite3.connect(':memory:').execute(\"select (julianday('now') - 2440587.5) * 86400\").fetchone()[0])"
    )
    told = [
        [
            float(word)
            for word in subprocess.run(
                [sys.executable, "-c", ask], env={**os.environ, **extra}, capture_output=True, text=True, check=True
            ).stdout.split()
        ]
        for extra in ({}, set_by(7200))
    ]
    moved = [later - earlier for earlier, later in zip(*told, strict=True)]
    assert [round(seconds / 7200) for seconds in moved] == [1, 0, 0, 1]


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize(("lives", "end", "seconds"), [case(*row) for row in FEW], indirect=["lives"])
def test_nothing_is_bought_twice_where_the_clock_is_set_after_an_answer_was_lost(lives, end, seconds):
    words = lose_and_go_on(lives, end, seconds)
    assert not words or lives.kind == "none", "what a list or a key can tell, no person is asked"


@pytest.mark.lane_crash
@pytest.mark.parametrize(
    ("lives", "end", "seconds"), [case(*row, pytest.mark.lane_crash) for row in REST], indirect=["lives"]
)
def test_nothing_is_bought_twice_however_the_clock_is_set(lives, end, seconds):
    words = lose_and_go_on(lives, end, seconds)
    assert not words or lives.kind == "none"


def listing(kind: str, habit: Habit, clock_s: int, *marks: Any) -> Any:
    script = replace(USUAL, listing=Listing(habits=(habit,), clock_s=clock_s))
    return pytest.param(("sqlite", kind, script), id=f"{kind}-{habit}-{clock_s:+d}", marks=marks)


FORMS: tuple[Habit, ...] = ("numbers_as_text", "trimmed", "cut", "rewritten", "without_input", "capital_ids")
LISTS = [(kind, habit, clock) for kind in ("list", "videos") for habit in FORMS for clock in (86_400, -86_400)]
SOME = (("list", "cut", -86_400), ("videos", "numbers_as_text", 86_400))


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize("lives", [listing(*row) for row in SOME], indirect=True)
def test_nothing_is_bought_twice_where_a_list_repeats_it_in_another_form(lives):
    lose_and_go_on(lives, "C04:1", 7200)


@pytest.mark.lane_crash
@pytest.mark.parametrize("lives", [listing(*row) for row in LISTS if row not in SOME], indirect=True)
def test_nothing_is_bought_twice_in_whatever_form_a_list_repeats_it(lives):
    lose_and_go_on(lives, "C04:1", -7200)
