"""How long a model will be sold: what a person is warned of, and by when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import difference, is_retired, known, model

SOON: Final = timedelta(days=60)
"""A retirement that is nearer than this is warned of."""


def warnings(row: Model, today: date | None = None) -> tuple[str, ...]:
    """What to know before buying from ``row``: retirement by date, a better successor, an unsure price, the licence."""
    day = today or date.today()
    found = [retirement(row, day), _price(row), _licence(row)]
    return tuple(said for said in found if said)


def in_place_of(name: str, today: date | None = None) -> tuple[str, str]:
    """What to ask for where ``name`` is retired: the id of its successor, with a sentence; else ``name`` itself.

    Raises ``BadInput``: unknown, or retired without a successor that is sold.
    """
    row = known(name)
    if not is_retired(row, today):
        return name, ""
    if row.lifecycle.successor is None:
        model(name, today)  # raises: it names none
    then = model(row.lifecycle.successor or name, today)
    return then.id, f"{row.name} is retired: {then.id} is asked in its place{difference(row, then)}"


def is_disputed(row: Model, today: date | None = None) -> bool:
    """Whether a day of retirement that sources contradict each other about is past."""
    life = row.lifecycle
    return bool(life.disputed and life.retires and (today or date.today()) > life.retires)


def retirement(row: Model, today: date | None = None) -> str:
    """By which day ``row`` goes, or that it is gone, and what follows it; empty where nothing is known of an end."""
    today = today or date.today()
    life = row.lifecycle
    instead = f"; its successor is {life.successor}" if life.successor else ""
    if life.stage == "retired":
        return f"{row.name} is retired{f' since {life.retires}' if life.retires else ''}{instead}"
    if life.retires and life.disputed and today > life.retires:
        return f"{row.name} may be gone since {life.retires} ({life.source}){instead}"
    if life.retires and today + SOON >= life.retires:
        return f"{row.name} retires on {life.retires}, in {(life.retires - today).days} days{instead}"
    if life.stage == "deprecated":
        return f"{row.name} is deprecated{f' and retires on {life.retires}' if life.retires else ''}{instead}"
    return ""


def _price(row: Model) -> str:
    return "" if row.certain else f"the price of {row.name} is not confirmed: {row.source}"


def _licence(row: Model) -> str:
    return f"{row.name}: {row.licence}" if "not for commercial" in row.licence else ""
