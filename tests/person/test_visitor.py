"""A person who types, calls over a line that loses requests and replies, and lets an agent act, on one account.

``make test`` runs ``QUICK`` sequences of a few acts in three of the cells, in which each database and each kind of
provider is met, ``make test-cases`` in all; the lane runs half of the numbers of ``sequences.py``.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from crash.forked import Forks
from hurry import set_constants
from person import life
from person.doors import open_doors
from person.sellers import SELLERS, Shop
from person.sequences import compute_seed, list_chunks, record_sequence
from person.visitor import Visitor

QUICK, QUICK_ACTS = 5, 6
"""Sequences of each cell in ``make test``, and the acts of each."""
ACTS = 30
DATABASES = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.postgres)]

CELLS = [
    pytest.param(database, kind, chunk, id=f"{database}-{kind}-{chunk.start}",
                 marks=pytest.mark.postgres if database == "postgres" else ())
    for cell, (database, kind) in enumerate(((d, k) for d in ("sqlite", "postgres") for k in SELLERS), 6)
    for chunk in list_chunks(12, cell)
]  # fmt: skip
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often at what others do, as the processes of this folder's people do."""
    set_constants(life.WAITS, monkeypatch.setattr)


async def visit(
    numbers: Sequence[int], acts: int, database: str, kind: str, folder: Path, forks: Forks, *, is_recorded: bool
) -> None:
    """Live these sequences on one account. ``database``: the URL of a Postgres database; empty: SQLite."""
    shop, failed = Shop(SELLERS[kind], folder / "bill.jsonl"), ""
    try:
        async with open_doors(folder / "home", database, shop, forks, kind=kind) as doors:
            for n in numbers:
                cell = f"doors-{'postgres' if database else 'sqlite'}-{kind}"
                drawn = random.Random(compute_seed(f"{n}" if is_recorded else f"{cell}-{n}"))
                with suppress(AssertionError), record_sequence(n, cell) if is_recorded else nullcontext():
                    failed = f"sequence {n}: it did not end"
                    try:
                        await Visitor(doors, n, drawn, acts).live()
                        failed = ""
                    except AssertionError as error:
                        failed = f"sequence {n}: {error}"
                        raise
                if failed:
                    break
    finally:
        shop.close()
    assert not failed, failed


@pytest.mark.sampled
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", SELLERS)
@pytest.mark.parametrize("database", DATABASES)
async def test_a_person_at_every_door_buys_nothing_twice_and_loses_nothing(
    database: str, kind: str, tmp_path: Path, forks: Forks, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("pg_url") if database == "postgres" else ""
    await visit(range(QUICK), QUICK_ACTS, url, kind, tmp_path, forks, is_recorded=False)


@pytest.mark.lane_person
@pytest.mark.timeout(3000)
@pytest.mark.parametrize(("database", "kind", "chunk"), CELLS)
async def test_a_person_of_many_acts_at_every_door_buys_nothing_twice_and_loses_nothing(
    database: str, kind: str, chunk: range, tmp_path: Path, forks: Forks, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("pg_url") if database == "postgres" else ""
    await visit(chunk, ACTS, url, kind, tmp_path, forks, is_recorded=True)
