"""What the same film would cost with a model: per second, snapped up to what the model sells, shot by shot."""

from __future__ import annotations

from fractions import Fraction

from reelwright.catalogue.models import Model, catalogue_digest, model, models
from reelwright.reel.money import Price
from reelwright.reel.plan import Own, Plan, footage
from reelwright.units import Micros


def film_price(plan: Plan, name: str) -> Price:
    """The price of all shots of ``plan`` that are not own clips, made by the model ``name``. Never spends.

    A shot is bought at the shortest length sold that holds its footage; one that is longer than any is bought in
    pieces. ``micros`` None where the model does not make the film's aspect. Raises ``BadInput`` for an unknown model.
    """
    sold = model(name)
    aspect = _aspect(plan.size)
    if aspect not in sold.aspects:
        return Price(
            micros=None, basis=f"{sold.name} does not make {aspect}", catalogue=catalogue_digest(), certainty="unknown"
        )
    side, each = rate(sold, min(plan.size))
    needs = [Fraction(footage(s) * plan.fps[1], plan.fps[0]) for s in plan.shots if not isinstance(s.source, Own)]
    seconds = sum(bought(need, sold) for need in needs)
    basis = f"{len(needs)} shots, {seconds} s at {side}p, read {sold.as_of}{'' if sold.certain else ', unconfirmed'}"
    return Price(micros=Micros(seconds * each), basis=basis, catalogue=catalogue_digest(), certainty="computed")


def film_prices(plan: Plan) -> dict[str, Price]:
    """The same film with every model of the catalogue, by the model's id."""
    return {name: film_price(plan, name) for name in models()}


def rate(sold: Model, side: int) -> tuple[int, Micros]:
    """The resolution that a film of that short side is made from (the largest not above it), and micros a second."""
    fits = [have for have in sold.micros if have <= side] or [min(sold.micros)]
    return max(fits), sold.micros[max(fits)]


def bought(need: Fraction, sold: Model) -> int:
    """Whole seconds that must be bought for ``need`` seconds."""
    longest = sold.seconds[-1]
    pieces, rest = divmod(need, longest)
    more = next((length for length in sold.seconds if length >= rest), longest) if rest else 0
    return int(pieces) * longest + more


def _aspect(size: tuple[int, int]) -> str:
    known = {"16:9": Fraction(16, 9), "9:16": Fraction(9, 16), "1:1": Fraction(1), "4:5": Fraction(4, 5)}
    return min(known, key=lambda name: abs(known[name] - Fraction(*size)))
