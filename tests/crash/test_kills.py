"""kill -9 at every labelled point and at random moments, on both databases: the same film, nothing bought twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crash.lives import Lives, hands_of, put_to_sleep, wait_for_no_orphan

MAKING = (
    "C01", "C02", "C05", "C06", "C07", "C08", "C09", "C10", "C11", "C12", "C13", "C14", "C15", "C16", "C20",
)  # fmt: skip
CANCELLING = "C19"
IN_HANDS = frozenset({"C09", "C10", "C11", "C15"})
"""Passed in several processes, each of which counts for itself."""
ON_SQLITE = pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
ON_POSTGRES = frozenset({"C01", "C02", "C05", "C08", "C11", "C13", "C16"})
QUICK = [
    pytest.param("postgres", label, id=f"postgres-{label}", marks=pytest.mark.postgres)
    if label in ON_POSTGRES
    else pytest.param("sqlite", label, id=f"sqlite-{label}")
    for label in MAKING
]
"""Every label once: half of them on SQLite at the first visit, half on PostgreSQL at a visit of a paid take."""
RANDOM_KILLS = 5
"""Kills in one chain of lives."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The film of a life that nobody disturbed, and how often it passed each label."""
    home = tmp_path_factory.mktemp("whole")
    log = home / "labels"
    lives = Lives(home / "home", f"sqlite:///{home / 'journal.db'}")
    end = lives.live(REELWRIGHT_CRASH_LOG=str(log))
    assert end
    return {**end, "labels": Counter(log.read_text().split()), "home": lives}


@pytest.fixture
def lives(empty_url: str, tmp_path: Path) -> Iterator[Lives]:
    made = Lives(tmp_path / "home", empty_url)
    yield made
    made.end()


def kill_and_go_on(lives: Lives, whole: Mapping[str, Any], label: str, visit: int) -> None:
    alone = ("--hands", "1") if label in IN_HANDS else ()  # visits are counted in each process
    assert lives.live(*alone, REELWRIGHT_CRASH_AT=f"{label}:{visit}") is None, f"{label}:{visit} was not reached"
    before = lives.had()
    end = lives.live()
    assert end
    lives.check(end, whole, before)


def test_a_make_that_nobody_disturbs_passes_every_label_and_leaves_no_litter(whole):
    assert set(whole["labels"]) == set(MAKING)
    whole["home"].check(whole, whole, {})


@pytest.mark.parametrize(("empty_url", "label"), QUICK, indirect=["empty_url"])
def test_a_make_killed_at_a_label_goes_on_to_the_same_film_and_buys_nothing_twice(lives, whole, label):
    first = lives.journal or label in IN_HANDS
    kill_and_go_on(lives, whole, label, 1 if first else max(1, whole["labels"][label] - 1))


@pytest.mark.lane_crash
@pytest.mark.parametrize("visit", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("label", MAKING)
def test_a_make_killed_at_any_visit_of_a_label_goes_on_to_the_same_film(lives, whole, label, visit):
    if visit > whole["labels"][label]:
        pytest.skip(f"{label} is visited {whole['labels'][label]} times")
    kill_and_go_on(lives, whole, label, visit)


@ON_SQLITE
def test_a_cancel_during_a_send_that_ends_in_a_crash_is_still_a_cancel(lives):
    assert lives.live("--cancel", REELWRIGHT_CRASH_AT=f"{CANCELLING}:1") is None
    end = lives.live()
    assert end and end["state"] == "cancelled"
    assert "a" in lives.submissions and len(lives.submissions) == len(set(lives.submissions))
    assert {state for state, _ in end["purchases"].values()} <= {"released", "settled"}
    assert lives.litter == []


def chain_of_random_kills(lives: Lives, whole: Mapping[str, Any], seed: int) -> None:
    print(f"seed {seed}")  # shown when it fails
    moments = random.Random(seed)
    for _ in range(RANDOM_KILLS):
        before = lives.had() if (lives.home / "log").exists() else {}
        process = lives.start("--nap-ms", "40")
        time.sleep(moments.uniform(0.3, 2.0))
        process.kill()
        process.communicate()
        wait_for_no_orphan(process.pid)
        after = lives.had()
        assert {fp: after.get(fp) for fp in before} == dict(before)
    before = lives.had()
    end = lives.live("--nap-ms", "40")
    assert end
    lives.check(end, whole, before)


@pytest.mark.lane_crash
@ON_SQLITE
def test_a_make_killed_five_times_at_random_moments_ends_in_the_same_film(lives, whole):
    chain_of_random_kills(lives, whole, int(os.environ.get("REELWRIGHT_SEED", random.randrange(1 << 32))))


@pytest.mark.lane_crash
@pytest.mark.parametrize("chain", range(10))
def test_fifty_random_kills_end_in_the_same_film(lives, whole, chain):
    seed = int(os.environ.get("REELWRIGHT_SEED", random.randrange(1 << 32)))
    chain_of_random_kills(lives, whole, seed + chain)


def until(met: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.lane_crash
def test_a_director_that_slept_past_its_lease_writes_nothing_when_it_wakes(lives, whole):
    """SIGSTOP while a take is bought, another takes over and finishes, SIGCONT: the sleeper finds its lease lost."""
    flags = ("--lease-s", "2", "--nap-ms", "300")
    sleeper = lives.start(*flags)
    until(lambda: len(lives.submissions) == 2)  # a and c; b continues a
    put_to_sleep(sleeper.pid, lives.journal)
    try:
        before = lives.had()
        end = lives.live(*flags)
        assert end
        lives.check(end, whole, before, litter=False)  # the sleeper still has its workrooms
        had = lives.had()
    finally:
        os.kill(sleeper.pid, signal.SIGCONT)
    out, err = sleeper.communicate(timeout=30)
    assert sleeper.returncode == 0, err
    assert lives.had() == had and '"state": "done"' in out
    assert sorted(lives.submissions) == ["a", "b", "c"]
    wait_for_no_orphan(sleeper.pid)
    assert lives.litter == []


@ON_SQLITE
def test_hands_end_with_a_director_that_is_killed_in_the_middle_of_their_work(lives):
    process = lives.start("--nap-ms", "5000")
    until(lambda: bool(hands_of(process.pid)))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_for_no_orphan(process.pid)


@pytest.mark.lane_crash
@ON_SQLITE
def test_an_interrupt_leaves_a_job_and_lets_go_of_the_project_at_once(lives, whole):
    process = lives.start("--nap-ms", "200")
    until(lambda: bool(lives.submissions))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert process.returncode not in (0, -9) and "KeyboardInterrupt" in err
    wait_for_no_orphan(process.pid)
    before = lives.had()
    started = time.monotonic()
    end = lives.live()
    assert end and time.monotonic() - started < 10  # nobody waits for a lease that was let go
    lives.check(end, whole, before)
