"""What the same film would cost by each model that one key opens: shot by shot, at the lengths that it sells."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from reelwright.catalogue.lifecycle import is_disputed
from reelwright.catalogue.model import Model
from reelwright.catalogue.models import catalogue_digest, is_retired, models
from reelwright.catalogue.price import price_of
from reelwright.catalogue.snapping import lengths_sold, short_side
from reelwright.reel.money import Price
from reelwright.reel.plan import Own, Plan, Shot, footage
from reelwright.reel.request import Request
from reelwright.units import ASPECTS, Micros


def film_prices(plan: Plan, today: date | None = None) -> dict[str, Price]:
    """By the id of every model that makes videos of the film's aspect from words alone, is sold, and needs a key."""
    aspect = _aspect(plan.size)
    offered = [row for row in models().values() if _offers(row, aspect, today)]
    return {row.id: film_price(plan, row, today) for row in offered}


def film_price(plan: Plan, row: Model, today: date | None = None) -> Price:
    """The price of all shots of ``plan`` that are not own clips, without the model's sound. Never spends.

    A shot is bought at the shortest length sold that holds its footage; one that is longer than any in pieces.
    ``micros`` None where nobody knows it.
    """
    resolution = resolution_for(row, min(plan.size))
    sold = lengths_sold(row, resolution=resolution)
    needs = [Fraction(footage(shot) * plan.fps[1], plan.fps[0]) for shot in plan.shots if _is_seen(shot)]
    pieces = [length for need in needs for length in bought(need, sold)]
    silent = False if row.sound == "asked" else None
    each = {
        length: price_of(
            Request(model=row.id, mode="text_to_video", prompt="", ms=length * 1000, aspect=_aspect(plan.size),
                    resolution=resolution, sound=silent), today
        )
        for length in set(pieces)
    }  # fmt: skip
    digest = catalogue_digest(row.provider)
    if any(price.micros is None for price in each.values()):
        return Price(micros=None, basis="nobody knows its price", catalogue=digest, certainty="unknown")
    sure = row.certain and not is_disputed(row, today)
    at = f" at {resolution}" if resolution else ""
    basis = f"{len(needs)} shots, {sum(pieces)} s{at}, read {row.as_of}{'' if sure else ', not confirmed'}"
    micros = Micros(sum(each[length].micros or 0 for length in pieces))
    return Price(micros=micros, basis=basis, catalogue=digest, certainty="computed" if sure else "unconfirmed")


def _is_seen(shot: Shot) -> bool:
    """Whether a model would make it: no clip of the person's own, and no screen of a script that is words alone."""
    return not isinstance(shot.source, Own) and bool(shot.prompt or not shot.written)


def resolution_for(row: Model, side: int) -> str | None:
    """The resolution that a film of that short side is made from: the largest not above it, else the smallest."""
    rising = sorted(row.resolutions, key=short_side)
    fits = [name for name in rising if short_side(name) <= side]
    return fits[-1] if fits else rising[0] if rising else None


def bought(need: Fraction, sold: tuple[int, ...]) -> list[int]:
    """Whole seconds of each purchase that ``need`` seconds take, of the rising lengths ``sold``."""
    pieces, rest = divmod(need, sold[-1])
    more = [next(length for length in sold if length >= rest)] if rest else []
    return [sold[-1]] * int(pieces) + more


def _offers(row: Model, aspect: str, today: date | None) -> bool:
    made = row.kind == "video" and "text_to_video" in row.modes and aspect in row.aspects
    return made and row.prices.unit != "nothing" and row.sold_as != "*" and not is_retired(row, today)


def _aspect(size: tuple[int, int]) -> str:
    ratio = Fraction(*size)
    return min(ASPECTS, key=lambda name: abs(Fraction(*map(int, name.split(":"))) - ratio))
