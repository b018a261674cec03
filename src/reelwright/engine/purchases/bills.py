"""The price at which a purchase is settled: what its provider bills, else what was quoted, else nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeGuard

from reelwright.catalogue.model_row import Billed, FailureCharges
from reelwright.engine.policy import MAX_BILL_MICROS
from reelwright.providers.protocol import Progress
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Purchase
from reelwright.units import Micros

OWN_CATALOGUE: Final = compute_digest("settled without a price of the catalogue")
"""Stands for the catalogue in prices that come from no catalogue."""

_BILLED: Final = "as quoted: what comes to nothing is billed there"
_BECAME: Final[Mapping[str, str]] = {
    "failed": "nobody tells whether a failure is billed",
    "refused": "nobody tells whether what is filtered is billed",
    "cancelled": "nobody tells whether what is cancelled is billed",
}


def price_nothing(basis: str) -> Price:
    """Return a price of 0, with the reason ``basis`` that the settlement shows."""
    return Price(micros=Micros(0), basis=basis or "nothing was billed", catalogue=OWN_CATALOGUE, certainty="computed")


def is_bill(price: Price | None) -> TypeGuard[Price]:
    """Whether ``price`` is usable as a provider's bill: known, not negative, and at most a million dollars."""
    return price is not None and price.micros is not None and 0 <= price.micros <= MAX_BILL_MICROS


def choose_bill(progress: Progress, purchase: Purchase, default: Price) -> Price:
    """Return the bill in a provider's last answer; ``default`` where it states none.

    A bill that is no usable amount counts as quoted, keeps what was reported in its ``basis``, and is of unknown
    certainty, so that its settlement is disputed.
    """
    bill = progress.bill
    if bill is None or is_bill(bill):
        return bill or default
    shown = "" if bill.micros is None else f": {bill.micros} micro-dollars, which nobody can have billed"
    return replace(bill, micros=purchase.quoted_micros, basis=f"{bill.basis}{shown}", certainty="unknown")


def price_without_result(failures: FailureCharges, progress: Progress, purchase: Purchase) -> Price:
    """Return what to settle for a purchase that was accepted and brought nothing, where its answer states no bill.

    The catalogue says whether that is free. If it does not, the quoted price counts until a person corrects it.
    """
    billing_by_state: Mapping[str, Billed] = {
        "failed": failures.on_failure, "refused": failures.on_filter, "cancelled": failures.on_cancel
    }  # fmt: skip
    billed = billing_by_state.get(progress.state, "unknown")
    if billed == "free":
        return price_nothing(progress.message or "nothing is billed where nothing came")
    what = _BECAME.get(progress.state, "nobody tells what became of it")
    presumed = f"presumed as quoted: it was taken on, and {what}"
    return Price(
        micros=purchase.quoted_micros,
        basis=_BILLED if billed == "billed" else presumed,
        catalogue=OWN_CATALOGUE,
        certainty="quoted",
    )


def find_higher_bill(progress: Progress, purchase: Purchase) -> Price | None:
    """Return the bill in a provider's last answer if it is above the quote, or no usable amount; else None."""
    bill = choose_bill(progress, purchase, to_quoted_price(purchase))
    return bill if bill.certainty == "unknown" or (bill.micros or 0) > purchase.quoted_micros else None


def to_quoted_price(purchase: Purchase) -> Price:
    """Return the quoted price of a purchase as the price to settle, for a provider that reports no bill."""
    return Price(micros=purchase.quoted_micros, basis="as quoted", catalogue=OWN_CATALOGUE, certainty="quoted")
