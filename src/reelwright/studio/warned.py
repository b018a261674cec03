"""What a person should know of what would be bought: retirement by date, unsure prices, licences, what is snapped."""

from __future__ import annotations

from datetime import date

from reelwright.reel.breakdown import OURS, breakdown
from reelwright.reel.graph import Graph
from reelwright.reel.money import Quote
from reelwright.reel.plan import Plan


def retiring(plan: Plan, today: date | None = None) -> tuple[str, ...]:
    """By which day models go that a plan asks for, a sentence each, every one once."""
    if not (named := _named(plan)):
        return ()
    from reelwright.catalogue.lifecycle import retirement
    from reelwright.catalogue.models import models

    said = (retirement(models()[name], today) for name in named if name in models())
    return tuple(one for one in said if one)


def refuse_retired(plan: Plan) -> None:
    """Raise ``BadInput`` where a plan asks for a model that is retired, naming its successor."""
    if not (named := _named(plan)):
        return
    from reelwright.catalogue.models import model, models

    for name in named:
        if name in models():
            model(name)


def _named(plan: Plan) -> list[str]:
    """The AI models that a plan asks for, by name."""
    asked = {step.request.model for step in breakdown(plan, "film").steps.values() if step.request}
    return sorted(name for name in asked if not name.startswith(OURS))


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
