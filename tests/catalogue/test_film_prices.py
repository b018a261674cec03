"""Prices of whole films with models that a key would open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from reelwright.catalogue.film import choose_resolution, compute_film_price, compute_film_prices, split_into_purchases
from reelwright.catalogue.models import find_model, load_models
from reelwright.planner.rules import plan
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import OwnFootage

TEXT = "“Your coffee is cold.” A film for VoltCup, a travel mug"
TODAY = date(2026, 11, 20)


def test_a_shot_is_bought_at_the_shortest_length_that_holds_it() -> None:
    omni = find_model("gemini-omni-1.2-flash").seconds
    assert [sum(split_into_purchases(Fraction(n, 10), omni)) for n in (1, 30, 31, 150, 151, 300)] == [
        3,
        3,
        4,
        15,
        18,
        30,
    ]
    assert split_into_purchases(Fraction(30), (4, 6, 8)) == [8, 8, 8, 6]
    assert [split_into_purchases(Fraction(n), (4, 6, 8)) for n in (1, 4, 5, 7, 8, 9, 16)] == [
        [4], [4], [6], [8], [8], [8, 4], [8, 8]
    ]  # fmt: skip


def test_a_film_costs_its_shots_and_own_clips_cost_nothing() -> None:
    film, row = plan(Brief(text=TEXT)).plan, find_model("gemini-omni-1.2-flash")
    whole = compute_film_price(film, row, TODAY)
    seconds = sum(
        sum(split_into_purchases(Fraction(s.length + s.transition.length, 30), row.seconds)) for s in film.shots
    )
    assert whole.micros == seconds * 104_300 + len(film.shots) * 21_500 and whole.certainty == "computed"
    first = film.beats[0]
    own = replace(first.shots[0], source=OwnFootage(asset=film.brief))
    mixed = replace(film, beats=(replace(first, shots=(own, *first.shots[1:])), *film.beats[1:]))
    less = compute_film_price(mixed, row, TODAY)
    assert less.micros is not None and whole.micros is not None and less.micros < whole.micros


def test_at_1080p_veo_is_bought_in_clips_of_8_seconds_and_a_disputed_model_is_not_confirmed() -> None:
    film = plan(Brief(text=TEXT)).plan
    priced = compute_film_price(film, find_model("vertex-veo-3.1"), TODAY)
    assert priced.micros == 8 * 400_000 * len(film.shots)
    assert priced.certainty == "unconfirmed" and "not confirmed" in priced.basis
    assert compute_film_price(film, find_model("vertex-veo-3.1"), date(2026, 11, 1)).certainty == "computed"


def test_a_film_is_offered_by_models_of_its_aspect_that_are_sold_and_need_only_words() -> None:
    wide = compute_film_prices(plan(Brief(text=TEXT, aspect="16:9")).plan, TODAY)
    tall = compute_film_prices(plan(Brief(text=TEXT, aspect="9:16")).plan, TODAY)
    assert "openrouter-hailuo-2.3" in wide and "openrouter-hailuo-2.3" not in tall  # it makes 16:9 only
    assert "hailuo-2.3-fast" not in wide  # it needs a first frame
    assert not any(load_models()[name].lifecycle.stage == "retired" for name in {*wide, *tall})
    assert not any(load_models()[name].prices.unit == "nothing" for name in wide)
    assert compute_film_prices(plan(Brief(text=TEXT, aspect="4:5")).plan, TODAY) == {}


def test_the_resolution_is_the_largest_that_is_not_above_the_film() -> None:
    row = find_model("vertex-veo-3.1")
    assert [choose_resolution(row, side) for side in (180, 720, 1080, 1440, 2160)] == [
        "720p", "720p", "1080p", "1080p", "4k"
    ]  # fmt: skip
