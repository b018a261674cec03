"""Two runs of the program on one project: one drives, the other follows; who slept past its lease writes nothing."""

from __future__ import annotations

import os
import signal
import time

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from crash.lives import hands_of, put_to_sleep
from crash.makes import MAKE, RESUME, Makes, read

SHORT = {"REELWRIGHT_LEASE_S": "2"}


def until(met, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end
        time.sleep(0.02)


def has_landed(makes: Makes) -> bool:
    """Whether a step has landed: asked so that the answer comes before a short film is made."""
    try:
        return makes.rows("SELECT 1 FROM events WHERE kind = 'step.landed' LIMIT 1") != []
    except (OperationalError, ProgrammingError):  # the tables are not there yet
        return False


def both(makes: Makes, whole) -> None:
    assert makes.live(*MAKE, REELWRIGHT_CRASH_AT="C12:2") is None
    before = makes.had()
    runs = [makes.start(*RESUME) for _ in range(2)]
    ends = []
    for run in runs:
        code, out, err = makes.wait(run)
        assert code == 0, err
        ends.append(read(out))
    assert ends[0]["job"] == ends[1]["job"] and ends[0]["film"] == ends[1]["film"]
    assert makes.rows("SELECT count(*) FROM events WHERE kind = 'lease.taken_over'") == [(1,)]
    makes.check(ends[0], whole, before)


@pytest.mark.parametrize("empty_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_two_resumes_at_once_after_a_kill_make_one_film_and_each_step_once(makes, undisturbed):
    both(makes, undisturbed)


@pytest.mark.lane_crash
@pytest.mark.parametrize("again", range(3))
def test_two_resumes_at_once_make_one_film_whatever_the_database(makes, undisturbed, again):
    both(makes, undisturbed)


def takes_over(makes: Makes, whole) -> None:
    sleeper = makes.start(*MAKE, **SHORT)
    until(lambda: has_landed(makes) and hands_of(sleeper.pid))
    put_to_sleep(sleeper.pid, None if makes.database else makes.home / "journal.db")
    before = makes.had()
    end = read(makes.start(*RESUME, **SHORT).communicate(timeout=90)[0])
    makes.check(end, whole, before)
    events = makes.rows("SELECT max(id) FROM events")
    os.kill(sleeper.pid, signal.SIGCONT)
    code, out, err = makes.wait(sleeper)
    told = read(out)
    if makes.database and code == 1:  # it slept inside a write, whose locks the server took from it
        assert told["error"]["kind"] == "StoreUnavailable", err
    else:
        assert code == 0 and told["film"] == end["film"], "whoever woke up tells of the film that the other one made"
    assert makes.rows("SELECT max(id) FROM events") == events, "a late write was taken"
    makes.check(end, whole, before)


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_a_make_that_slept_past_its_lease_is_taken_over_and_writes_nothing(makes, undisturbed):
    takes_over(makes, undisturbed)


@pytest.mark.lane_crash
@pytest.mark.parametrize("again", range(3))
def test_a_make_that_slept_is_taken_over_whatever_the_database(makes, undisturbed, again):
    takes_over(makes, undisturbed)
