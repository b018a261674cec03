"""Prices and quotes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from reelwright.reel.base.value import Digest, Fingerprint, StepKey, define_value
from reelwright.units import Micros


@define_value
class Price:
    """A price in micro-dollars. ``micros`` None: it is unknown, so a person must agree. ``basis``: how it came about.

    The certainty ``unconfirmed``: only a reseller or a guess names the price, so a person must agree to it as well.
    """

    micros: Micros | None
    basis: str
    catalogue: Digest
    certainty: Literal["reported", "computed", "quoted", "unconfirmed", "unknown"] = "quoted"


@define_value
class Quote:
    """The price of a job before it starts. ``ceiling``: the most that it can spend.

    ``certain`` and ``possible``: prices by step, of steps whose inputs exist and of those whose inputs are not known
    yet. ``seconds``: shortest and longest time along the critical path. ``expires_at``: when the quote lapses.
    ``up_to_date``: how many steps need no work. ``in_flight``: fingerprints of takes that are bought already and not
    finished; they are part of the job, and of no price here.
    """

    certain: Mapping[StepKey, Price]
    possible: Mapping[StepKey, Price]
    ceiling: Micros
    seconds: tuple[float, float]
    expires_at: datetime
    up_to_date: int = 0
    in_flight: frozenset[Fingerprint] = frozenset()

    @property
    def unknown_steps(self) -> tuple[StepKey, ...]:
        """Keys of the steps without a known price."""
        return tuple(k for k, p in (*self.certain.items(), *self.possible.items()) if p.micros is None)

    @property
    def unconfirmed_steps(self) -> tuple[StepKey, ...]:
        """Keys of the steps with a price above 0 that only a reseller or a guess names."""
        return tuple(
            k for k, p in (*self.certain.items(), *self.possible.items()) if p.micros and p.certainty == "unconfirmed"
        )
