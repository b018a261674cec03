"""A person who types anything in any order buys nothing twice, loses nothing, and owes what the ledger says.

``make test`` runs ``QUICK`` sequences of a few acts in three of the cells, in which each database and each kind of
provider is met, ``make test-cases`` in all, and the lane half of its numbers with up to 30 acts; the other half
are people at every door (``test_visitor.py``). ``REELWRIGHT_SEED`` and ``REELWRIGHT_FROM`` repeat a number
(``sequences.py``). What does not hold is shrunken in the lane unless ``REELWRIGHT_SHRINK`` is 0.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from person.conftest import NewPerson
from person.machine import PersonMachine
from person.sellers import SELLERS
from person.sequences import compute_seed, list_chunks, record_sequence

ACTS = 30
SHRINK = os.environ.get("REELWRIGHT_SHRINK", "1") != "0"
QUICK, QUICK_ACTS = 5, 5
"""Sequences of each cell in ``make test``, and the most acts of each."""
DATABASES = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.postgres)]
CELLS = [
    pytest.param(database, kind, chunk, id=f"{database}-{kind}-{chunk.start}",
                 marks=pytest.mark.postgres if database == "postgres" else ())
    for cell, (database, kind) in enumerate((d, k) for d in ("sqlite", "postgres") for k in SELLERS)
    for chunk in list_chunks(12, cell)
]  # fmt: skip
CAME: Counter[tuple[str, str]] = Counter()


def live(new_person: NewPerson, database: str, kind: str, run: str, sequences: int, acts: int, *, shrink: bool) -> None:
    """So many sequences of up to ``acts`` acts each, from the seed of ``run``."""

    class One(PersonMachine):
        new = staticmethod(lambda: new_person(database, kind))
        came = CAME
        failed: ClassVar[list[str]] = []

    often = settings(
        max_examples=sequences + 2,  # the first two are the simplest there are: nothing is done in them
        stateful_step_count=acts, deadline=None, database=None, print_blob=False,
        report_multiple_bugs=False, phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    try:
        run_state_machine_as_test(seed(compute_seed(run))(One), settings=often)
    except BaseException as shrunken:
        if One.failed:  # what is timed is not always met again: the first is told beside the shrunken one
            shrunken.add_note(f"The first sequence that failed:\n{One.failed[0]}")
        raise


@pytest.mark.sampled
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", SELLERS)
@pytest.mark.parametrize("database", DATABASES)
def test_a_person_buys_nothing_twice_and_loses_nothing(new_person: NewPerson, database: str, kind: str):
    live(new_person, database, kind, f"{database}-{kind}", QUICK, QUICK_ACTS, shrink=False)


@pytest.mark.lane_person
@pytest.mark.timeout(3000)
@pytest.mark.parametrize(("database", "kind", "chunk"), CELLS)
def test_a_person_of_thirty_acts_buys_nothing_twice_and_loses_nothing(
    new_person: NewPerson, database: str, kind: str, chunk: range
):
    for number in chunk:
        with record_sequence(number, f"types-{database}-{kind}"):
            live(new_person, database, kind, f"{number}", 1, ACTS, shrink=SHRINK)
