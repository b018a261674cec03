"""What a person should know of the models that a quote would buy from: retirement by date, unsure prices, licences."""

from __future__ import annotations

from datetime import date

from reelwright.reel.graph import Graph
from reelwright.reel.money import Quote


def warned(graph: Graph, quote: Quote, today: date | None = None) -> tuple[str, ...]:
    """A sentence each, every one once. Nothing is said of what we make ourselves."""
    prices = {**quote.possible, **quote.certain}
    requests = {key: step.request for key, step in graph.steps.items() if key in prices and prices[key].micros != 0}
    named = dict.fromkeys(request.model for request in requests.values() if request)
    if not named:
        return ()
    from reelwright.catalogue.lifecycle import warnings
    from reelwright.catalogue.models import models

    rows = [models()[name] for name in named if name in models()]
    return tuple(dict.fromkeys(said for row in rows for said in warnings(row, today)))
