"""Prices a film in several aspects in both ways: with takes that serve all of them, and with takes bought in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reelwright.errors import BadInput
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.graph.graph import Graph
from reelwright.reel.records.money import Quote
from reelwright.reel.records.operation import Standing
from reelwright.studio import late_modules as late
from reelwright.studio.results.results import ProjectQuote
from reelwright.units import Micros, find_nearest_aspect


def add_framing_prices(
    quote: ProjectQuote, standing: Standing, price: Callable[[Standing, Graph], Quote]
) -> ProjectQuote:
    """Return the quote of a project with the most that it costs in either way; unchanged where there is no choice.

    ``price``: prices a graph. A way in which a model does not sell its shots is left out. Spends nothing.
    """
    plan = standing.plan
    if plan is None or not plan.formats or not late.resizing.has_paid_pictures(plan):
        return quote
    is_native = any(one.is_native for one in plan.formats)
    found = {"native" if is_native else "reframed": quote.micros}
    try:
        other = late.resizing.set_formats(
            plan, [find_nearest_aspect(one.size) for one in plan.formats], is_native=not is_native
        )
    except BadInput:
        return quote
    now, then = (
        price(replace(standing, plan=one), build_graph(one, standing.goal, standing.encoding)) for one in (plan, other)
    )
    if now.unknown_steps or then.unknown_steps:
        return quote
    found["reframed" if is_native else "native"] = Micros(quote.micros + then.ceiling - now.ceiling)
    return quote.replace(prices_by_framing={way: found[way] for way in ("reframed", "native")})
