"""Checks of a price or a quote against what a person agreed to. Unknown and unconfirmed prices need an agreement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from reelwright.errors import NeedsConsent
from reelwright.reel.money import Price, Quote
from reelwright.reel.operation import Consent
from reelwright.reel.value import StepKey
from reelwright.units import Micros, format_usd


def check_price(step: StepKey, price: Price, consent: Consent | None) -> Price:
    """Return the price to buy at; if it is unknown, the cap per step that was agreed to. Raises ``NeedsConsent``."""
    if price.micros is None:
        if consent is None or consent.unknown_at_most is None:
            raise _nobody_knows((step,))
        basis = f"nobody knows the price; at most ${format_usd(consent.unknown_at_most)} was agreed to"
        return replace(price, micros=consent.unknown_at_most, basis=basis, certainty="unknown")
    if price.micros and price.certainty == "unconfirmed" and not (consent and consent.may_buy_unconfirmed):
        raise _unconfirmed((step,), price.basis)
    return price


def check_ceiling(quote: Quote, consent: Consent | None, used_micros: int, began: datetime | None) -> Micros:
    """Return the most that the job may spend in all: its quote plus ``used_micros``.

    Raises ``NeedsConsent`` for prices that are unknown or unconfirmed, for more than was agreed to, and for a quote
    that had lapsed when the job ``began``.
    """
    each = consent.unknown_at_most if consent else None
    if quote.unknown_steps and each is None:
        raise _nobody_knows(quote.unknown_steps)
    if quote.unconfirmed_steps and not (consent and consent.may_buy_unconfirmed):
        prices = {**quote.possible, **quote.certain}
        raise _unconfirmed(quote.unconfirmed_steps, prices[quote.unconfirmed_steps[0]].basis)
    wanted = quote.ceiling + (each or 0) * len(quote.unknown_steps)
    needed = Micros(wanted + used_micros if wanted else 0)
    agreed = consent.ceiling if consent else Micros(0)
    if needed > agreed:
        raise NeedsConsent(
            f"it may cost up to ${format_usd(needed)}, and ${format_usd(agreed)} was agreed to",
            hint="agree with --yes or --budget, or change the brief",
        )
    if needed and consent and consent.expires_at and (began or datetime.now(UTC)) > consent.expires_at:
        raise NeedsConsent(
            f"the quote that was agreed to lapsed on {consent.expires_at:%Y-%m-%d at %H:%M} UTC; it is "
            f"${format_usd(needed)} now",
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
