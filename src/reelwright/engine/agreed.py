"""What a person agreed to, held against a price or a quote: what nobody knows or confirms is asked about first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from reelwright.errors import NeedsConsent
from reelwright.reel.money import Price, Quote
from reelwright.reel.noun import StepKey
from reelwright.reel.operation import Consent
from reelwright.units import Micros, usd


def price_agreed(step: StepKey, price: Price, consent: Consent | None) -> Price:
    """The price to buy at; where nobody knows it, what was agreed to for one step. Raises ``NeedsConsent``."""
    if price.micros is None:
        if consent is None or consent.each is None:
            raise _nobody_knows((step,))
        said = f"nobody knows the price; at most ${usd(consent.each)} was agreed to"
        return replace(price, micros=consent.each, basis=said, certainty="unknown")
    if price.micros and price.certainty == "unconfirmed" and not (consent and consent.unconfirmed):
        raise _unconfirmed((step,), price.basis)
    return price


def ceiling_agreed(quote: Quote, consent: Consent | None, used: int, began: datetime | None) -> Micros:
    """What the job may have to spend in all: its quote and what it has ``used``. Raises ``NeedsConsent``.

    Asks about prices that nobody knows or confirms, about more than was agreed to, and about a quote that had lapsed
    when the job ``began``.
    """
    each = consent.each if consent else None
    if quote.unknown and each is None:
        raise _nobody_knows(quote.unknown)
    if quote.unconfirmed and not (consent and consent.unconfirmed):
        prices = {**quote.possible, **quote.certain}
        raise _unconfirmed(quote.unconfirmed, prices[quote.unconfirmed[0]].basis)
    wanted = quote.ceiling + (each or 0) * len(quote.unknown)
    needed = Micros(wanted + used if wanted else 0)
    agreed = consent.ceiling if consent else Micros(0)
    if needed > agreed:
        raise NeedsConsent(
            f"it may cost up to ${usd(needed)}, and ${usd(agreed)} was agreed to",
            hint="agree with --yes or --budget, or change the brief",
        )
    if needed and consent and consent.until and (began or datetime.now(UTC)) > consent.until:
        raise NeedsConsent(
            f"the quote that was agreed to lapsed on {consent.until:%Y-%m-%d at %H:%M} UTC; it is ${usd(needed)} now",
            hint="agree again with --yes or --budget",
        )
    return needed


def _nobody_knows(steps: tuple[StepKey, ...]) -> NeedsConsent:
    return NeedsConsent(
        f"nobody knows the price of {', '.join(steps)}",
        hint="say what one such step may cost: --unknown-at-most USD; or choose another model",
        step=steps[0],
    )


def _unconfirmed(steps: tuple[StepKey, ...], basis: str) -> NeedsConsent:
    return NeedsConsent(
        f"the price of {', '.join(steps)} is not confirmed ({basis})",
        hint="agree to that with --accept-unconfirmed, or choose another model",
        step=steps[0],
    )
