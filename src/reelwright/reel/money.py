"""Prices and quotes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from reelwright.reel.noun import Digest, StepKey, noun
from reelwright.units import Micros


@noun
class Price:
    """``micros`` None: nobody knows, so somebody must be asked. ``basis`` says how it came about, in words.

    ``unconfirmed``: there is a price, but no reliable source for it, so somebody must be asked too.
    """

    micros: Micros | None
    basis: str
    catalogue: Digest
    certainty: Literal["reported", "computed", "quoted", "unconfirmed", "unknown"] = "quoted"


@noun
class Quote:
    """``ceiling`` is what can be spent at most. ``seconds``: least and most time along the critical path."""

    certain: Mapping[StepKey, Price]
    possible: Mapping[StepKey, Price]
    ceiling: Micros
    seconds: tuple[float, float]
    until: datetime
    had: int = 0

    @property
    def unknown(self) -> tuple[StepKey, ...]:
        """Steps whose price nobody knows."""
        return tuple(k for k, p in (*self.certain.items(), *self.possible.items()) if p.micros is None)

    @property
    def unconfirmed(self) -> tuple[StepKey, ...]:
        """Steps that have a price which no reliable source confirms."""
        rows = (*self.certain.items(), *self.possible.items())
        return tuple(key for key, price in rows if price.certainty == "unconfirmed")
