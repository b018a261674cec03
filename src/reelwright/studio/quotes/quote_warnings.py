"""Warnings about what would be bought: retirement dates, uncertain prices, licences, lengths that are snapped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reelwright.catalogue.lifecycle import describe_retirement, list_warnings
from reelwright.catalogue.models import get_sold_model, load_models
from reelwright.catalogue.snapping import describe_changes
from reelwright.reason import Note, Reason
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.request import LOCAL_MODEL_PREFIXES
from reelwright.reel.records.money import Quote


def list_retirements(plan: Plan, today: date | None = None) -> tuple[str, ...]:
    """Return a sentence for each model of the plan whose retirement is announced, with the date."""
    if not (named := _list_models(plan)):
        return ()

    sentences = (describe_retirement(load_models()[name], today) for name in named if name in load_models())
    return tuple(one for one in sentences if one)


def list_lost_edits(notes: Iterable[Note]) -> tuple[Reason, ...]:
    """List the notes that tell of an edit which is not kept."""
    return tuple(one for one in notes if isinstance(one, Reason) and one.code.startswith("edit_lost_"))


def refuse_retired(plan: Plan) -> None:
    """Raise ``BadInput``, naming the successor, if the plan uses a model that is no longer sold."""
    if not (named := _list_models(plan)):
        return

    for name in named:
        if name in load_models():
            get_sold_model(name)


def _list_models(plan: Plan) -> list[str]:
    """Return the names of the AI models that a plan uses, sorted."""
    models = {step.request.model for step in build_graph(plan, "film").steps.values() if step.request}
    return sorted(name for name in models if not name.startswith(LOCAL_MODEL_PREFIXES))


def list_quote_warnings(graph: Graph, quote: Quote, today: date | None = None) -> tuple[str, ...]:
    """Return a sentence for each risk of buying what is quoted, such as an uncertain price or a licence."""
    prices = {**quote.possible, **quote.certain}
    requests = {key: step.request for key, step in graph.steps.items() if key in prices and step.request}
    if not any(one.model and not one.model.startswith(LOCAL_MODEL_PREFIXES) for one in requests.values()):
        return ()

    bought = dict.fromkeys(one.model for key, one in requests.items() if prices[key].micros != 0)
    rows = [load_models()[name] for name in bought if name in load_models()]
    notes = [note for row in rows for note in list_warnings(row, today)]
    notes += [
        note
        for one in requests.values()
        if one.model in load_models()
        for note in describe_changes(one, load_models()[one.model])
    ]
    return tuple(dict.fromkeys(notes))
