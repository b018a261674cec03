"""Who agreed to what price: nothing is needed for what costs nothing, and nothing is assumed for what does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from reelwright.errors import BadInput, NeedsConsent, OverBudget
from reelwright.reel.operation import Consent
from reelwright.studio import checked
from reelwright.studio.answers import Quoted
from reelwright.studio.film_budget import refuse_above
from reelwright.units import Micros, usd

if TYPE_CHECKING:
    from reelwright.studio.rows import BatchQuoted

_SHOWN: Final = 4


def consent_to(
    quote: Quoted,
    yes: bool | Quoted | BatchQuoted = False,
    budget: str | int | float | None = None,
    accept_unconfirmed: bool = False,
    unknown_at_most: str | int | float | None = None,
) -> Consent:
    """The consent to ``quote``. Raises ``NeedsConsent`` where nobody agreed, ``OverBudget`` where it passes a budget:
    the one that is given, else the one that the film's flavor states.

    ``yes`` agrees to the quote's ceiling until it lapses; one that was shown, to no more than that one's. A budget
    agrees to at most so much, for good. A price that is not confirmed needs ``accept_unconfirmed``, one that nobody
    knows the most that one such step may cost.
    """
    shown, yes = (yes, True) if isinstance(yes, Quoted) else (None, yes)
    for name, value in (("yes", yes), ("accept_unconfirmed", accept_unconfirmed)):
        if not isinstance(value, bool):
            raise BadInput(name, value, "True or False")
    most, each = checked.money(budget), each_at_most(unknown_at_most)
    needed = _needed(quote, accept_unconfirmed, each)
    if most is not None and needed > most:
        raise OverBudget(
            f"this may cost ${usd(needed)}, the budget is ${usd(most)}; nothing was started",
            hint=f"--budget {usd(needed)}, something shorter, or a cheaper model",
        )
    if most is not None:
        return Consent(ceiling=most, by="budget", unconfirmed=accept_unconfirmed, each=each)
    if needed == 0:
        return Consent(ceiling=needed, by="free")
    refuse_above(quote.budget, needed)
    if shown and needed > (said := _needed(shown, True, each)):
        raise NeedsConsent(
            f"it may cost ${usd(needed)} now, and ${usd(said)} was agreed to; nothing was started",
            hint="something was changed meanwhile: the same again asks anew",
        )
    if yes:
        until = shown.until if shown else quote.until
        return Consent(ceiling=needed, by="yes", unconfirmed=accept_unconfirmed, each=each, until=until)
    raise NeedsConsent(f"this may cost ${usd(needed)}; nothing was started", hint="agree with --yes or --budget")


def _needed(quote: Quoted, accept_unconfirmed: bool, each: Micros | None) -> Micros:
    """The ceiling, with what was named for steps whose price nobody knows. Raises ``NeedsConsent``."""
    if quote.unknown and each is None:
        raise NeedsConsent(
            f"nobody knows the price of {_named(quote.unknown, quote)}; nothing was started",
            hint="say what one such step may cost: --unknown-at-most USD; or choose another model",
        )
    if quote.unconfirmed and not accept_unconfirmed:
        raise NeedsConsent(
            f"the price of {_named(quote.unconfirmed, quote)} is not confirmed; nothing was started",
            hint="agree to that with --accept-unconfirmed, or choose another model",
        )
    return Micros(quote.micros + (each or 0) * len(quote.unknown))


def _named(steps: Sequence[str], quote: Quoted) -> str:
    """Steps as a person counts them: ``take of shot 2``; of many the first few."""
    numbers = {str(row.shot): row.n for row in quote.shots if row.shot}
    parts = [step.split("/") for step in steps]
    said = [f"{part[0]} of shot {numbers[part[1]]}" if part[1:] and part[1] in numbers else part[0] for part in parts]
    more = f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    return ", ".join(dict.fromkeys(said[:_SHOWN])) + more


def each_at_most(value: str | int | float | None) -> Micros | None:
    """What one step may cost whose price nobody knows. Raises ``BadInput``."""
    each = checked.money(value, "unknown_at_most")
    if each == 0:
        raise BadInput("unknown_at_most", value, "more than $0")
    return each
