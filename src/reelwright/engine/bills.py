"""What a purchase cost: as its provider bills, else as it was quoted, else nothing."""

from __future__ import annotations

from typing import Final

from reelwright.providers.protocol import Progress
from reelwright.reel.canonical import digest_of
from reelwright.reel.money import Price
from reelwright.reel.operation import Purchase
from reelwright.units import Micros

OURS: Final = digest_of("settled without a price of the catalogue")
"""Stands for the catalogue in prices that no catalogue gave."""


def nothing(said: str) -> Price:
    return Price(micros=Micros(0), basis=said or "nothing was billed", catalogue=OURS, certainty="computed")


def bill_or(progress: Progress, price: Price) -> Price:
    """What the provider bills, else ``price``."""
    return progress.bill if progress.bill and progress.bill.micros is not None else price


def presumed(purchase: Purchase) -> Price:
    """The price of what was taken on and is not known there any more: nobody says that it was not billed."""
    said = "presumed as quoted: it was taken on, and nobody tells what became of it"
    return Price(micros=purchase.quoted, basis=said, catalogue=OURS, certainty="quoted")


def as_quoted(purchase: Purchase) -> Price:
    return Price(micros=purchase.quoted, basis="as quoted", catalogue=OURS, certainty="quoted")
