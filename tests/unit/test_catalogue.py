"""Prices of whole films with models that a key would open."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from reelwright.catalogue.models import FILE, model, models, read_models
from reelwright.catalogue.price import bought, film_price, film_prices
from reelwright.errors import BadInput
from reelwright.planner.rules import plan
from reelwright.reel.brief import Brief
from reelwright.reel.plan import Own

TEXT = "20s ad for VoltCup, a travel mug. Order at voltcup.example"


def test_a_shot_is_bought_at_the_shortest_length_that_holds_it() -> None:
    sold = model("gemini-omni-1.2-flash")
    assert [bought(Fraction(n, 10), sold) for n in (1, 30, 31, 150, 151, 300)] == [3, 3, 4, 15, 18, 30]
    listed = replace(sold, seconds=(4, 6, 8))
    assert [bought(Fraction(n), listed) for n in (1, 4, 5, 7, 8, 9)] == [4, 4, 6, 8, 8, 12]


def test_a_film_costs_its_shots_and_own_clips_cost_nothing() -> None:
    film = plan(Brief(text=TEXT)).plan
    whole = film_price(film, "gemini-omni-1.2-flash")
    seconds = sum(bought(Fraction(s.length + s.into.over, 30), model("gemini-omni-1.2-flash")) for s in film.shots)
    assert whole.micros == seconds * 105_000
    first = film.beats[0]
    own = replace(first.shots[0], source=Own(asset=film.brief))
    mixed = replace(film, beats=(replace(first, shots=(own, *first.shots[1:])), *film.beats[1:]))
    less = film_price(mixed, "gemini-omni-1.2-flash")
    assert less.micros is not None and whole.micros is not None and less.micros < whole.micros


def test_a_model_that_does_not_make_the_aspect_has_no_price() -> None:
    film = plan(Brief(text=TEXT, aspect="4:5")).plan
    assert all(price.micros is None and price.certainty == "unknown" for price in film_prices(film).values())


def test_every_model_says_where_its_price_was_read() -> None:
    assert len(models()) >= 2
    assert all(row.source and row.as_of.startswith("2026-") for row in models().values())


ROW = {
    "name": "M", "provider": "p", "seconds": [5, 10], "aspects": ["16:9"], "usd": {"720p": "0.05"}, "source": "s",
    "as_of": "2026-11-01", "certain": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"seed": 1}, "m.seed"),
        ({"usd": {"720p": 0.05}}, "usd.720p"),
        ({"usd": {"720p": "-1"}}, "usd.720p"),
        ({"seconds": [0]}, "seconds"),
        ({"seconds": {"least": 1}}, "seconds"),
        ({"aspects": ["2:1"]}, "aspects"),
        ({"certain": "yes"}, "certain"),
    ],
)
def test_a_wrong_row_is_refused_by_name(change: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_models({"m": {**ROW, **change}}, FILE.name)
    assert field in refused.value.field


def test_an_unknown_model_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadInput, match="runway"):
        model("veo-2")
