"""What a person should know of what a quote would buy: retirement by date, unsure prices, licences, what is snapped."""

from __future__ import annotations

from datetime import date

from reelwright.reel.breakdown import OURS
from reelwright.reel.graph import Graph
from reelwright.reel.money import Quote


def warned(graph: Graph, quote: Quote, today: date | None = None) -> tuple[str, ...]:
    """A sentence each, every one once. Nothing is said of what we make ourselves."""
    prices = {**quote.possible, **quote.certain}
    asked = {key: step.request for key, step in graph.steps.items() if key in prices and step.request}
    if not any(one.model and not one.model.startswith(OURS) for one in asked.values()):
        return ()
    from reelwright.catalogue.lifecycle import warnings
    from reelwright.catalogue.models import models
    from reelwright.catalogue.snapping import said_of

    bought = dict.fromkeys(one.model for key, one in asked.items() if prices[key].micros != 0)
    rows = [models()[name] for name in bought if name in models()]
    told = [said for row in rows for said in warnings(row, today)]
    told += [said for one in asked.values() if one.model in models() for said in said_of(one, models()[one.model])]
    return tuple(dict.fromkeys(told))
