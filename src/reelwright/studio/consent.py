"""Who agreed to what price: nothing is needed for what costs nothing, and nothing is assumed for what does."""

from __future__ import annotations

from reelwright.errors import BadInput, NeedsConsent, OverBudget
from reelwright.reel.operation import Consent
from reelwright.studio import checked
from reelwright.studio.answers import Quoted
from reelwright.units import usd


def consent_to(quote: Quoted, yes: bool, budget: str | int | float | None) -> Consent:
    """The consent to ``quote``. Raises ``NeedsConsent`` where nobody agreed, ``OverBudget`` where it passes a budget.

    ``yes`` agrees to the quote's ceiling; a budget to at most so much. An unknown price is never agreed to beforehand.
    """
    if not isinstance(yes, bool):
        raise BadInput("yes", yes, "True or False")
    most = checked.money(budget)
    if quote.unknown:
        raise NeedsConsent(f"nobody knows the price of {', '.join(quote.unknown)}", hint="choose another model")
    if most is not None and quote.micros > most:
        raise OverBudget(
            f"the film may cost ${usd(quote.micros)}, the budget is ${usd(most)}; nothing was started",
            hint=f"--budget {usd(quote.micros)}, a shorter film, or a cheaper model",
        )
    if quote.micros == 0:
        return Consent(ceiling=most if most is not None else quote.micros, by="budget" if most is not None else "free")
    if most is not None:
        return Consent(ceiling=most, by="budget")
    if yes:
        return Consent(ceiling=quote.micros, by="yes")
    raise NeedsConsent(f"this may cost ${usd(quote.micros)}; nothing was started", hint="agree with --yes or --budget")
