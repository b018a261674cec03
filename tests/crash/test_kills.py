"""kill -9 at random moments, a director that slept, an interrupt: the same film, nothing bought twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crash.kinds import KINDS
from crash.lives import Lives, hands_of, put_to_sleep, wait_for_no_orphan

ON_SQLITE = pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
RANDOM_KILLS = 5
"""Kills in one chain of lives."""


@pytest.fixture(params=["list"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Mapping[str, Any]]:
    """The film of a life that nobody disturbed, by kind of provider."""
    made: dict[str, Mapping[str, Any]] = {}

    def film_of(kind: str) -> Mapping[str, Any]:
        if kind not in made:
            folder = tmp_path_factory.mktemp("whole")
            lives = Lives(folder, f"sqlite:///{folder / 'journal.db'}", kind)
            made[kind] = lives.live() or {}
            lives.end()
        return made[kind]

    return film_of


@pytest.fixture
def whole(films, kind) -> Mapping[str, Any]:
    return films(kind)


@pytest.fixture
def lives(empty_url: str, tmp_path: Path, kind: str) -> Iterator[Lives]:
    made = Lives(tmp_path, empty_url, kind)
    yield made
    made.end()


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
    end, _ = lives.to_rest()
    lives.check(end, whole, before)


@pytest.mark.lane_crash
@ON_SQLITE
def test_a_make_killed_five_times_at_random_moments_ends_in_the_same_film(lives, whole):
    chain_of_random_kills(lives, whole, int(os.environ.get("REELWRIGHT_SEED", random.randrange(1 << 32))))


@pytest.mark.lane_crash
@pytest.mark.parametrize("kind", list(KINDS), indirect=True)
@pytest.mark.parametrize("chain", range(4))
def test_random_kills_end_in_the_same_film_whoever_sells(lives, whole, chain):
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
    until(lambda: len(lives.submissions) == 2)
    put_to_sleep(sleeper.pid, lives.journal)
    try:
        before = lives.had()
        end = lives.live(*flags)
        assert end
        lives.check(end, whole, before, litter=False)  # the sleeper still has its workrooms
        had = lives.had()
    finally:
        os.kill(sleeper.pid, signal.SIGCONT)
    out, err = sleeper.communicate(timeout=120)
    assert sleeper.returncode == 0, err
    assert lives.had() == had and '"state": "done"' in out
    assert sorted(lives.submissions) == ["a", "b"]
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
    _, err = process.communicate(timeout=60)
    assert process.returncode not in (0, -9) and "KeyboardInterrupt" in err
    wait_for_no_orphan(process.pid)
    before = lives.had()
    started = time.monotonic()
    end = lives.live()
    assert end and time.monotonic() - started < 25  # nobody waits for a lease of 30 s that was let go
    lives.check(end, whole, before)
