"""What a purchase cost: as its provider bills, else as it was quoted, else nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeGuard

from reelwright.catalogue.model import Billed, Failures
from reelwright.providers.protocol import Progress
from reelwright.reel.canonical import digest_of
from reelwright.reel.money import Price
from reelwright.reel.operation import Purchase
from reelwright.units import Micros

OURS: Final = digest_of("settled without a price of the catalogue")
"""Stands for the catalogue in prices that no catalogue gave."""

_BILLED: Final = "as quoted: what comes to nothing is billed there"
_BECAME: Final[Mapping[str, str]] = {
    "failed": "nobody tells whether a failure is billed",
    "refused": "nobody tells whether what is filtered is billed",
    "cancelled": "nobody tells whether what is cancelled is billed",
}
MOST: Final = 10**12
"""Micro-dollars: a million dollars for one purchase is a mistake of theirs."""


def nothing(said: str) -> Price:
    return Price(micros=Micros(0), basis=said or "nothing was billed", catalogue=OURS, certainty="computed")


def is_bill(price: Price | None) -> TypeGuard[Price]:
    """Whether it is an amount that can have been billed: nonsense is told as money, too."""
    return price is not None and price.micros is not None and 0 <= price.micros <= MOST


def bill_or(progress: Progress, price: Price) -> Price:
    """What the provider bills, else ``price``."""
    return progress.bill if is_bill(progress.bill) else price


def of_nothing(failures: Failures, progress: Progress, purchase: Purchase) -> Price:
    """The price of what was taken on and brought nothing, where its answer tells none: as the catalogue knows it.

    Where nobody says that it is free, it counts as quoted until a person corrects it.
    """
    told: Mapping[str, Billed] = {
        "failed": failures.failed, "refused": failures.filtered, "cancelled": failures.cancelled
    }  # fmt: skip
    billed = told.get(progress.state, "unknown")
    if billed == "free":
        return nothing(progress.said or "nothing is billed where nothing came")
    what = _BECAME.get(progress.state, "nobody tells what became of it")
    said = f"presumed as quoted: it was taken on, and {what}"
    return Price(
        micros=purchase.quoted, basis=_BILLED if billed == "billed" else said, catalogue=OURS, certainty="quoted"
    )


def as_quoted(purchase: Purchase) -> Price:
    return Price(micros=purchase.quoted, basis="as quoted", catalogue=OURS, certainty="quoted")
