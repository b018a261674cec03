"""Prices of the same film with each AI video model: shot by shot, at the lengths that the model sells."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from reelwright.catalogue.lifecycle import may_be_retired
from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import compute_catalogue_digest, is_retired, load_models
from reelwright.catalogue.price import compute_price
from reelwright.catalogue.snapping import get_short_side, list_sold_lengths
from reelwright.reel.film.plan import OwnFootage, Plan, Shot, compute_take_length
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price
from reelwright.units import Micros, find_nearest_aspect


def compute_film_prices(plan: Plan, today: date | None = None) -> dict[str, Price]:
    """Compute what a film would cost with each suitable AI video model, by model id. Never spends.

    Suitable models make videos of the film's aspect ratio from text alone, are not retired, and have prices.
    """
    aspect = find_nearest_aspect(plan.size)
    offered = [row for row in load_models().values() if _offers(row, aspect, today)]
    return {row.id: compute_film_price(plan, row, today) for row in offered}


def compute_film_price(plan: Plan, row: Model, today: date | None = None) -> Price:
    """Compute what all shots of ``plan`` that an AI model would make cost with this model, without sound. Never spends.

    A shot is bought at the shortest sold length that holds its take; a shot longer than all of these in several pieces.
    ``micros`` is None if a price is unknown.
    """
    aspect, resolution = find_nearest_aspect(plan.size), choose_resolution(row, min(plan.size))
    sold = list_sold_lengths(row, resolution=resolution)
    needs = [Fraction(compute_take_length(shot) * plan.fps[1], plan.fps[0]) for shot in plan.shots if _is_seen(shot)]
    pieces = [length for need in needs for length in split_into_purchases(need, sold)]
    silent = False if row.sound == "asked" else None
    each = {
        length: compute_price(
            Request(model=row.id, mode="text_to_video", prompt="", ms=length * 1000, aspect=aspect,
                    resolution=resolution, sound=silent), today
        )
        for length in set(pieces)
    }  # fmt: skip
    digest = compute_catalogue_digest(row.provider)
    if any(price.micros is None for price in each.values()):
        return Price(micros=None, basis="nobody knows its price", catalogue=digest, certainty="unknown")
    sure = row.has_confirmed_price and not may_be_retired(row, today)
    at = f" at {resolution}" if resolution else ""
    basis = f"{len(needs)} shots, {sum(pieces)} s{at}, read {row.as_of}{'' if sure else ', not confirmed'}"
    micros = Micros(sum(each[length].micros or 0 for length in pieces))
    return Price(micros=micros, basis=basis, catalogue=digest, certainty="computed" if sure else "unconfirmed")


def _is_seen(shot: Shot) -> bool:
    """Whether a model would make ``shot``: it is no own footage, and no screen of a script with words alone."""
    return not isinstance(shot.source, OwnFootage) and bool(shot.prompt or not shot.markdown)


def choose_resolution(row: Model, side: int) -> str | None:
    """Return the model's resolution for a film whose short side is ``side`` pixels: the largest not above it, else the
    smallest.
    """
    rising = sorted(row.resolutions, key=get_short_side)
    fits = [name for name in rising if get_short_side(name) <= side]
    return fits[-1] if fits else rising[0] if rising else None


def split_into_purchases(seconds: Fraction, lengths: tuple[int, ...]) -> list[int]:
    """Split a shot of ``seconds`` into the lengths, in whole seconds, that must be bought for it. ``lengths``: those
    that the model sells, rising.
    """
    pieces, rest = divmod(seconds, lengths[-1])
    more = [next(length for length in lengths if length >= rest)] if rest else []
    return [lengths[-1]] * int(pieces) + more


def _offers(row: Model, aspect: str, today: date | None) -> bool:
    made = row.kind == "video" and "text_to_video" in row.modes and aspect in row.aspects
    return made and row.prices.unit != "nothing" and row.sold_as != "*" and not is_retired(row, today)
