"""Default limits and polling times of models, from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.catalogue.models import find_model
from reelwright.errors import BadInput
from reelwright.known_providers import ENGINES
from reelwright.reel.records.ledger import Limit
from reelwright.studio import late_modules as late
from reelwright.studio.policy import OWN_ENGINE_FIRST_POLL_S, OWN_ENGINE_LAST_POLL_S

if TYPE_CHECKING:
    from reelwright.catalogue.model_row import Model
    from reelwright.engine.purchases.operations import Pace


def find_default_limit(name: str) -> Limit | None:
    """Return the catalogue's limit for ``model/ID``, on open requests and starts a minute; None if it has none.

    ``name``: ``model/ID``; other scopes have no default.
    """
    scope, _, subject = name.partition("/")
    row = _row(subject) if scope == "model" else None
    if row is None or row.rate is None:
        return None
    open_, starts = row.rate.open, row.rate.starts_per_minute
    return Limit(
        scope="model", subject=subject, open_at_once=open_, starts=starts, per_s=60 if starts is not None else None
    )


def get_pace(model: str) -> Pace:
    """Return the seconds between status polls for a model, the first after its least usual latency by the catalogue."""
    row = _row(model)
    if row and row.provider == ENGINES:
        return late.operations.Pace(least_s=OWN_ENGINE_FIRST_POLL_S, most_s=OWN_ENGINE_LAST_POLL_S)
    return (
        late.operations.Pace(first_s=min(late.operations.Pace().most_s, float(row.latency_s[0])))
        if row
        else late.operations.Pace()
    )


def _row(model: str) -> Model | None:
    try:
        return find_model(model)
    except BadInput:
        return None
