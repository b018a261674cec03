"""Kills at random moments of a real make, of its director and of single hands: each chain ends in the same film.

``REELWRIGHT_SEED`` sets the moments; the seed of a run is printed, and so shown when it fails.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from crash.lives import hands_of
from crash.makes import MAKE, RESUME, Makes, makes_in, read

KILLS = 10
"""Of one chain of films; five chains are fifty."""


def said_or_new() -> int:
    seed = int(os.environ.get("REELWRIGHT_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}")
    return seed


def one_film(made: Makes, whole: Mapping[str, Any], moments: random.Random, kills: int) -> int:
    """Make and resume, killed at random moments until the film is there or the kills are spent; how many were."""
    spent, way = 0, MAKE
    while True:
        before = made.had()
        end = made.live(*way, kill_after=moments.uniform(0, whole["seconds"]) if spent < kills else None)
        if end:
            made.check(end, whole, before)
            return spent
        spent += 1
        after = made.had()
        assert before.items() <= after.items()
        handed_over = any(made.folder.glob("*.mp4"))  # the same make would be a new order
        way = RESUME if handed_over or (after and moments.random() < 0.5) else MAKE


def films(folder: Path, database: str, whole: Mapping[str, Any], seed: int, kills: int) -> None:
    moments, spent, number = random.Random(seed), 0, 0
    while spent < kills:
        with makes_in(folder / f"film {number}", database if number == 0 else "") as made:
            spent += one_film(made, whole, moments, kills - spent)
        number += 1


def test_a_real_make_killed_at_random_moments_ends_in_the_same_film(tmp_path, undisturbed):
    films(tmp_path, "", undisturbed, said_or_new(), 2)


@pytest.mark.lane_crash
@pytest.mark.parametrize("chain", range(5))
def test_fifty_kills_of_real_makes_end_in_the_same_films(tmp_path, request, undisturbed, chain):
    database = request.getfixturevalue("empty_pg_url") if chain % 2 else ""
    films(tmp_path, database, undisturbed, said_or_new() + chain, KILLS)


def kill_hands(director: int, moments: random.Random, seconds: float, kills: int) -> int:
    """Kill hands one by one while their director lives; how many were."""
    killed, until = 0, time.monotonic() + seconds
    while killed < kills and time.monotonic() < until:
        time.sleep(moments.uniform(0, 0.5))
        if hands := hands_of(director):
            with suppress(ProcessLookupError):
                os.kill(moments.choice(hands), signal.SIGKILL)
                killed += 1
    return killed


@pytest.mark.lane_crash
@pytest.mark.parametrize("kills", [1, 2, 2, 2])
def test_a_real_make_whose_hands_are_killed_goes_on_by_itself(local, undisturbed, kills):
    moments = random.Random(said_or_new() + kills)
    process = local.start(*MAKE)
    assert kill_hands(process.pid, moments, 20, kills) == kills
    code, out, err = local.wait(process)
    assert code == 0, err
    local.check(read(out), undisturbed, {})
