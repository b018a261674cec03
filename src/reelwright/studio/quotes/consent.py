"""Consent to a price: required before anything that costs money is started, and never assumed."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import isawaitable
from typing import TYPE_CHECKING, TypeVar

from reelwright.errors import BadInput, NeedsConsent, OverBudget
from reelwright.reason import Action
from reelwright.reel.records.operation import Consent
from reelwright.studio.policy import MAX_SHOTS_NAMED
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.film_budget import refuse_above
from reelwright.studio.results.results import ProjectQuote
from reelwright.units import Micros, format_usd

if TYPE_CHECKING:
    from reelwright.studio.results.rows import BatchQuote
    from reelwright.studio.results.verb_options import ConfirmFunction

Q = TypeVar("Q")


def require_consent(
    quote: ProjectQuote,
    yes: bool | ProjectQuote | BatchQuote = False,
    budget: str | int | float | None = None,
    accept_unconfirmed: bool = False,
    unknown_at_most: str | int | float | None = None,
) -> Consent:
    """Turn a person's options into the consent to spend up to the price of ``quote``; amounts are in US dollars.

    Raises ``NeedsConsent`` if nobody agreed to the price, and ``OverBudget`` if it is above ``budget``, or above the
    budget of the film's flavor if ``budget`` is None.

    ``yes``: True agrees to the maximum of ``quote`` until the quote expires; a quote that was shown before agrees to no
    more than its own maximum. ``budget``: the most that may be spent, in US dollars, without an end date. A price that
    has no reliable source needs ``accept_unconfirmed``; a price that nobody knows needs ``unknown_at_most``, the most
    that one such step may cost.
    """
    shown, yes = (yes, True) if isinstance(yes, ProjectQuote) else (None, yes)
    for name, value in (("yes", yes), ("accept_unconfirmed", accept_unconfirmed)):
        if not isinstance(value, bool):
            raise BadInput(name, value, "True or False")
    most, each = validation.parse_money(budget), parse_unknown_at_most(unknown_at_most)
    if quote.is_agreed and most is None and (not yes or (shown is not None and shown.is_agreed)):
        return Consent(ceiling=Micros(0), by="free")  # what was agreed to before stays as it is
    needed = _compute_ceiling(quote, accept_unconfirmed, each)
    if most is not None:
        lost = quote.recovered_micros  # a budget is for all that was sent for it, also by a journal that was lost
        if needed and lost and needed + lost > most:
            option = Action("pass_option", {"option": "budget", "value": format_usd(needed + lost)})
            raise OverBudget(
                code="above_given_budget_with_lost", needed_micros=needed, lost_micros=lost, budget_micros=most,
                actions=[option, Action("change_order")],
            )  # fmt: skip
        if needed > most:
            option = Action("pass_option", {"option": "budget", "value": format_usd(needed)})
            actions = [option, Action("change_order")]
            raise OverBudget(code="above_given_budget", needed_micros=needed, budget_micros=most, actions=actions)
        left = Micros(max(0, most - lost))
        return Consent(ceiling=left, by="budget", may_buy_unconfirmed=accept_unconfirmed, unknown_at_most=each)
    if needed == 0:
        return Consent(ceiling=needed, by="free")
    refuse_above(quote.budget, needed)
    if shown and needed > (before := _compute_ceiling(shown, True, each)):
        raise NeedsConsent(code="price_has_risen", needed_micros=needed, agreed_micros=before)
    if yes:
        until = shown.expires_at if shown else quote.expires_at
        return Consent(
            ceiling=needed, by="yes", may_buy_unconfirmed=accept_unconfirmed, unknown_at_most=each, expires_at=until
        )
    actions = [Action("agree_to_price", {"micros": needed})]
    raise NeedsConsent(code="price_needs_consent", needed_micros=needed, actions=actions)


async def confirm_quote(confirm: ConfirmFunction[Q], quote: Q) -> None:
    """Await ``confirm(quote)``; raise ``NeedsConsent`` if it returns False, ``BadInput`` if it is not async."""
    answer = confirm(quote)
    if not isawaitable(answer):
        raise BadInput("confirm", confirm, "a function that is awaited: async def")
    if await answer is False:
        raise NeedsConsent(code="price_declined", actions=[Action("agree_to_price")])


def _compute_ceiling(quote: ProjectQuote, accept_unconfirmed: bool, each: Micros | None) -> Micros:
    """Return the quote's maximum plus ``each`` for every step of unknown price. Raises ``NeedsConsent``."""
    if quote.unknown_price_steps and each is None:
        actions = [Action("cap_unknown_price"), Action("choose_model")]
        raise NeedsConsent(
            code="quoted_price_unknown", steps=_describe_steps(quote.unknown_price_steps, quote), actions=actions
        )
    if quote.unconfirmed_price_steps and not accept_unconfirmed:
        actions = [Action("accept_unconfirmed_price"), Action("choose_model")]
        raise NeedsConsent(
            code="quoted_price_unconfirmed", steps=_describe_steps(quote.unconfirmed_price_steps, quote),
            actions=actions,
        )  # fmt: skip
    return Micros(quote.micros + (each or 0) * len(quote.unknown_price_steps))


def _describe_steps(steps: Sequence[str], quote: ProjectQuote) -> str:
    """Name steps as a person counts them, such as ``take of shot 2``; of many, the first few."""
    numbers = {str(row.shot): row.n for row in quote.shots if row.shot}
    parts = [step.split("/") for step in steps]
    labels = [f"{part[0]} of shot {numbers[part[1]]}" if part[1:] and part[1] in numbers else part[0] for part in parts]
    more = f" and {len(labels) - MAX_SHOTS_NAMED} more" if len(labels) > MAX_SHOTS_NAMED else ""
    return ", ".join(dict.fromkeys(labels[:MAX_SHOTS_NAMED])) + more


def parse_unknown_at_most(value: str | int | float | None) -> Micros | None:
    """Convert US dollars, the most that a step of unknown price may cost, to micro-dollars.

    Raises ``BadInput`` for 0.
    """
    each = validation.parse_money(value, "unknown_at_most")
    if each == 0:
        raise BadInput("unknown_at_most", value, "more than $0")
    return each
