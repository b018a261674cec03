"""A person who does anything in any order buys nothing twice, loses nothing, and owes what the ledger says.

``make test`` runs 200 sequences of a few acts; the lane (``make test-person SEQUENCES=2000``) as many as are said of up
to 30.
``REELWRIGHT_SEED`` repeats a run: it is printed with the sequence of whatever does not hold, shrunken in the lane
unless ``REELWRIGHT_SHRINK`` is 0.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from person.conftest import NewPerson
from person.machine import PersonMachine, seed_of
from person.sellers import SELLERS

SEQUENCES = int(os.environ.get("REELWRIGHT_SEQUENCES", "2000"))
ACTS = 30
SHRINK = os.environ.get("REELWRIGHT_SHRINK", "1") != "0"
QUICK, QUICK_ACTS = 200, 5
ALONE = 20
"""Sequences of one run: runs are dealt out to workers."""
DATABASES = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.postgres)]
CELLS = len(DATABASES) * len(SELLERS)
CAME: Counter[tuple[str, str]] = Counter()


def runs(sequences: int) -> range:
    """Numbers of the runs that each cell of database and provider needs, so that all come to ``sequences`` at least."""
    return range(-(-sequences // CELLS // ALONE))


def each(sequences: int) -> int:
    """Sequences of one run."""
    return -(-sequences // CELLS // len(runs(sequences)))


def live(new_person: NewPerson, database: str, kind: str, run: str, sequences: int, acts: int, *, shrink: bool) -> None:
    """So many sequences of up to ``acts`` acts each, from the seed of ``run``."""

    class One(PersonMachine):
        new = staticmethod(lambda: new_person(database, kind))
        came = CAME
        failed: ClassVar[list[str]] = []

    often = settings(
        max_examples=sequences, stateful_step_count=acts, deadline=None, database=None, print_blob=False,
        report_multiple_bugs=False, phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        run_state_machine_as_test(seed(seed_of(run))(One), settings=often)
    except BaseException as shrunken:
        if One.failed:  # what is timed is not always met again: the first is told beside the shrunken one
            shrunken.add_note(f"The first sequence that failed:\n{One.failed[0]}")
        raise


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", SELLERS)
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("run", runs(QUICK))
def test_a_person_buys_nothing_twice_and_loses_nothing(new_person: NewPerson, database: str, kind: str, run: int):
    live(new_person, database, kind, f"{database}-{kind}-{run}", each(QUICK), QUICK_ACTS, shrink=False)


@pytest.mark.lane_person
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("kind", SELLERS)
@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("run", runs(SEQUENCES))
def test_a_person_of_thirty_acts_buys_nothing_twice_and_loses_nothing(
    new_person: NewPerson, database: str, kind: str, run: int
):
    live(new_person, database, kind, f"lane-{database}-{kind}-{run}", each(SEQUENCES), ACTS, shrink=SHRINK)
