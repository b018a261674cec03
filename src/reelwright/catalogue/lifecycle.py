"""Retirement of models: warnings before it, and the successor after it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import describe_price_change, find_model, get_sold_model, is_retired, load_models

SOON: Final = timedelta(days=60)
"""A person is warned of a retirement that is nearer than this."""


def list_warnings(row: Model, today: date | None = None) -> tuple[str, ...]:
    """List what a person should know before buying from a model: retirement, an unconfirmed price, the licence."""
    day = today or date.today()
    found = [describe_retirement(row, day), _price(row), _licence(row)]
    return tuple(warning for warning in found if warning)


def replace_retired(name: str, today: date | None = None) -> tuple[str, str]:
    """Return the model to use for ``name`` and a sentence about it: the successor if ``name`` is retired, else ``name``
    and an empty text.

    Raises ``BadInput`` if the model is unknown, or retired without a successor that is sold.
    """
    row = find_model(name)
    if not is_retired(row, today):
        return name, ""
    if row.lifecycle.successor is None:
        get_sold_model(name, today)  # raises: it names none
    then = get_sold_model(row.lifecycle.successor or name, today)
    return then.id, describe_replacement(row, then)


def list_twins(row: Model, today: date | None = None) -> tuple[Model, ...]:
    """List the models that are ``row`` as others sell it, for no more than it cost; doubtful ones last."""
    models = load_models()
    sold = [models[name] for name in row.lifecycle.twins if name in models and not is_retired(models[name], today)]
    fair = [one for one in sold if _costs_no_more(one, row)]
    return tuple(sorted(fair, key=lambda one: may_be_retired(one, today) or not one.has_confirmed_price))


def list_next_versions(row: Model, today: date | None = None) -> tuple[Model, ...]:
    """List the models that are the maker's next version of ``row``, of those that are sold; doubtful ones last."""
    models = load_models()
    found = [models[name] for name in row.lifecycle.next_versions if not is_retired(models[name], today)]
    return tuple(sorted(found, key=lambda one: may_be_retired(one, today) or not one.has_confirmed_price))


def describe_replacement(row: Model, then: Model) -> str:
    """Return the sentence that says that ``then`` is used for the retired model ``row``: a twin or a successor."""
    is_twin = then.id in row.lifecycle.twins
    deed = f"the same model is bought as {then.id}" if is_twin else f"{then.id} is asked in its place"
    return f"{row.name} is retired: {deed}{describe_price_change(row, then)}"


def _costs_no_more(twin: Model, row: Model) -> bool:
    """Whether each resolution that both have costs no more by ``twin``, whatever else is asked for."""
    if twin.prices.unit != row.prices.unit or twin.prices.beside > row.prices.beside:
        return False
    return all(
        new.micros is not None and old.micros is not None and new.micros <= old.micros
        for old in row.prices.rates
        for new in twin.prices.rates
        if not (old.resolution and new.resolution) or {*old.resolution} & {*new.resolution}
    )


def may_be_retired(row: Model, today: date | None = None) -> bool:
    """Whether a model's day of retirement is past, but sources disagree about that day."""
    life = row.lifecycle
    return bool(life.is_disputed and life.retires_on and (today or date.today()) > life.retires_on)


def describe_retirement(row: Model, today: date | None = None) -> str:
    """Return a sentence about a model's retirement, its day and successor; empty if none is known or near."""
    today = today or date.today()
    life = row.lifecycle
    instead = f"; its successor is {life.successor}" if life.successor else ""
    if life.stage == "retired":
        return f"{row.name} is retired{f' since {life.retires_on}' if life.retires_on else ''}{instead}"
    if life.retires_on and life.is_disputed and today > life.retires_on:
        return f"{row.name} may be gone since {life.retires_on} ({life.source}){instead}"
    if life.retires_on and today + SOON >= life.retires_on:
        return f"{row.name} retires on {life.retires_on}, in {(life.retires_on - today).days} days{instead}"
    if life.stage == "deprecated":
        return f"{row.name} is deprecated{f' and retires on {life.retires_on}' if life.retires_on else ''}{instead}"
    return ""


def _price(row: Model) -> str:
    return "" if row.has_confirmed_price else f"the price of {row.name} is not confirmed: {row.source}"


def _licence(row: Model) -> str:
    return f"{row.name}: {row.licence}" if "not for commercial" in row.licence else ""
