"""A person who types, calls over a line that loses requests and replies, and lets an agent act, on one account.

``make test`` runs ``QUICK`` sequences of a few acts; the lane has its part of the numbers of ``sequences.py``.
"""

from __future__ import annotations

import random
from importlib import import_module
from pathlib import Path

import pytest

from crash.forked import Forks
from person import life
from person.doors import open_doors
from person.sellers import SELLERS, Shop
from person.sequences import compute_seed
from person.visitor import Visitor

QUICK, QUICK_ACTS = 8, 6
"""Sequences of each cell in ``make test``."""
DATABASES = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.postgres)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often at what others do, as the processes of this folder's people do."""
    for name, values in life._QUICK.items():
        for constant, value in values.items():
            monkeypatch.setattr(import_module(name), constant, value)


@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
@pytest.mark.parametrize("kind", SELLERS)
@pytest.mark.parametrize("database", DATABASES)
async def test_a_person_at_every_door_buys_nothing_twice_and_loses_nothing(
    database: str, kind: str, tmp_path: Path, forks: Forks, request: pytest.FixtureRequest
) -> None:
    shop = Shop(SELLERS[kind], tmp_path / "bill.jsonl")
    url = request.getfixturevalue("pg_url") if database == "postgres" else ""
    failed = ""
    try:
        async with open_doors(tmp_path / "home", url, shop, forks, kind=kind) as doors:
            for n in range(QUICK):
                try:
                    await Visitor(doors, n, random.Random(compute_seed(f"{database}-{kind}-{n}")), QUICK_ACTS).live()
                except AssertionError as error:
                    failed = f"sequence {n}: {error}"
                    break
    finally:
        shop.close()
    assert not failed, failed
