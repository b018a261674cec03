"""A home of the version before, in which things were bought: after the upgrade all of it is found, nothing is wanted.

``tests/store/homes/0004.sql`` is what that version left of: a clip of three samples, a film, another take of its first
shot, the very same film bought a second time, a third that used the account's work, two equal rows of a batch, and a
clip of which nobody knows whether it was bought.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from reelwright import Studio
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.store.database.migrate import upgrade
from store.homes.kept import fill
from store.observing import rows as rows_of
from studio.shelf import Shelf
from studio.test_orders import FAST, FILM

BRIEF = "A 6 second film for a lamp called Fenn. It never flickers. Order at fenn.example"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def studio(empty_url: str, shelf: Shelf, tmp_path: Path) -> Iterator[Studio]:
    fill(empty_url, "0004")
    settings = Settings(home=tmp_path / "home", hands=1, database=empty_url)
    with Studio(settings, providers={"offline": Offline(), "shelf": shelf}) as opened:
        yield opened


def test_what_was_bought_before_the_upgrade_is_found_by_the_same_command(studio: Studio, shelf: Shelf) -> None:
    film = studio.quote(BRIEF, **FILM)
    assert film.project and film.micros == 0 and film.up_to_date == 3
    assert len(film.wanted_steps) == 1, "the drawn card, made again once: its encoding came into its fingerprint"
    for samples in (1, 2, 3):
        assert studio.quote_clip("A fox", model=FAST, samples=samples).micros == 0, samples
    assert studio.quote_clip("A fox", model=FAST, samples=4).micros == studio.quote_clip("A cat", model=FAST).micros
    assert studio.quote_batch([{"prompt": "An owl", "model": FAST}] * 2).up_to_date == 2
    assert studio.quote_clip("An owl", model=FAST).micros == 0
    variant = studio.quote(BRIEF, **{**FILM, "on_stuck": "animatic"})
    assert variant.project and not variant.micros, "its takes were the account's, and are"
    assert studio.quote_clip("A bear", model=FAST).line == "1 take already sent, nothing new to buy"
    assert not shelf.sent


def test_every_purchase_of_before_is_a_try_of_an_order_of_its_own(empty_url: str) -> None:
    fill(empty_url, "0004")
    upgrade(make_url(empty_url))
    from reelwright.store.database.database import Database

    database = Database(empty_url)
    paid: list[Any] = rows_of(
        database,
        "SELECT scope, order_fingerprint, n, try, project FROM purchases WHERE resubmit = 'never' "
        "ORDER BY order_fingerprint, n",
    )
    database.close()
    assert len(paid) == 9 and {row[0] for row in paid} == {"local"} and {row[3] for row in paid} == {1}
    numbers: dict[str, list[int]] = {}
    for _, order, n, _, _ in paid:
        numbers.setdefault(order, []).append(n)
    assert sorted(len(found) for found in numbers.values()) == [1, 1, 2, 2, 3]
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
