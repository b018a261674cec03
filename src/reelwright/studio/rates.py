"""What the catalogue knows of how fast models may be asked: limits that hold by default, and when polls begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.errors import BadInput
from reelwright.reel.ledger import Limit

if TYPE_CHECKING:
    from reelwright.catalogue.model import Model
    from reelwright.engine.operations import Pace


def default_limit(name: str) -> Limit | None:
    """Of a model whose catalogue row names one: most open at once, most starts a minute."""
    scope, _, subject = name.partition("/")
    row = _row(subject) if scope == "model" else None
    if row is None or row.rate == (None, None):
        return None
    open_, starts = row.rate
    return Limit(
        scope="model", subject=subject, open_at_once=open_, starts=starts, per_s=60 if starts is not None else None
    )


def pace_of(model: str) -> Pace:
    """Where a model usually takes a while, the first poll waits for that, though never longer than a later one."""
    from reelwright.engine.operations import Pace

    row = _row(model)
    return Pace(first_s=min(Pace().most_s, float(row.latency_s[0]))) if row else Pace()


def _row(model: str) -> Model | None:
    from reelwright.catalogue.models import known

    try:
        return known(model)
    except BadInput:
        return None
