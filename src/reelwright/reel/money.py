"""Prices and quotes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from reelwright.reel.noun import Digest, Fingerprint, StepKey, noun
from reelwright.units import Micros


@noun
class Price:
    """``micros`` None: nobody knows, so somebody must be asked. ``basis`` says how it came about, in words.

    ``unconfirmed``: only a reseller or a guess names it, so that somebody is asked as well.
    """

    micros: Micros | None
    basis: str
    catalogue: Digest
    certainty: Literal["reported", "computed", "quoted", "unconfirmed", "unknown"] = "quoted"


@noun
class Quote:
    """``ceiling`` is what can be spent at most. ``seconds``: least and most time along the critical path.

    ``sent``: names of takes that are bought already and on their way: wanted, and no part of any price here.
    """

    certain: Mapping[StepKey, Price]
    possible: Mapping[StepKey, Price]
    ceiling: Micros
    seconds: tuple[float, float]
    until: datetime
    had: int = 0
    sent: frozenset[Fingerprint] = frozenset()

    @property
    def unknown(self) -> tuple[StepKey, ...]:
        """Steps whose price nobody knows."""
        return tuple(k for k, p in (*self.certain.items(), *self.possible.items()) if p.micros is None)

    @property
    def unconfirmed(self) -> tuple[StepKey, ...]:
        """Steps whose price costs something and is not confirmed."""
        return tuple(
            k for k, p in (*self.certain.items(), *self.possible.items()) if p.micros and p.certainty == "unconfirmed"
        )
