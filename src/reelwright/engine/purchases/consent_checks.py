"""Checks of a price or a quote against what a person agreed to. Unknown and unconfirmed prices need an agreement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from reelwright.errors import NeedsConsent
from reelwright.reason import Action
from reelwright.reel.base.value import StepKey
from reelwright.reel.records.money import Price, Quote
from reelwright.reel.records.operation import Consent
from reelwright.units import Micros, format_usd


def check_price(step: StepKey, price: Price, consent: Consent | None) -> Price:
    """Return the price to buy a step at: its quoted price, or, if that is unknown, the cap per step that was agreed to.
    Raises ``NeedsConsent``.
    """
    if price.micros is None:
        if consent is None or consent.unknown_at_most is None:
            raise _nobody_knows((step,))
        basis = f"nobody knows the price; at most ${format_usd(consent.unknown_at_most)} was agreed to"
        return replace(price, micros=consent.unknown_at_most, basis=basis, certainty="unknown")
    if price.micros and price.certainty == "unconfirmed" and not (consent and consent.may_buy_unconfirmed):
        raise _unconfirmed((step,), price.basis)
    return price


def check_ceiling(quote: Quote, consent: Consent | None, used_micros: int, began: datetime | None) -> Micros:
    """Return the most in micro-dollars that the job may spend in all: its quote plus ``used_micros``.

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
        actions = [Action("agree_to_price", {"micros": wanted}), Action("change_order")]  # in addition to what is used
        raise NeedsConsent(
            code="above_agreement", bill=None, needed_micros=needed, agreed_micros=agreed, actions=actions
        )
    if needed and consent and consent.expires_at and (began or datetime.now(UTC)) > consent.expires_at:
        raise NeedsConsent(
            code="quote_lapsed", expired_at=f"{consent.expires_at:%Y-%m-%d %H:%M} UTC", needed_micros=wanted,
            actions=[Action("agree_to_price", {"micros": wanted})],
        )  # fmt: skip
    return needed


def _nobody_knows(steps: tuple[StepKey, ...]) -> NeedsConsent:
    actions = [Action("cap_unknown_price"), Action("choose_model")]
    return NeedsConsent(code="price_unknown", steps=steps, step=steps[0], actions=actions)


def _unconfirmed(steps: tuple[StepKey, ...], basis: str) -> NeedsConsent:
    actions = [Action("accept_unconfirmed_price"), Action("choose_model")]
    return NeedsConsent(code="price_unconfirmed", steps=steps, basis=basis, step=steps[0], actions=actions)
