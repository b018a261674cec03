"""The budget that a film's flavor states: it stops like a budget on the command line, counted over the whole film."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reelwright.errors import OverBudget
from reelwright.reel.brief import Brief
from reelwright.studio.answers import FilmBudget, Quoted
from reelwright.units import Micros, usd

if TYPE_CHECKING:
    from reelwright.studio.home import Home


def budget_of(brief: Brief, needed: Micros) -> FilmBudget | None:
    """The budget of the brief's flavor, against the ``needed`` price. None where the flavor states none."""
    if brief.flavor is None and brief.own_flavor is None:
        return None
    from reelwright.planner.flavors import flavor_of

    cap = flavor_of(brief, "spot").budget
    if cap is None:
        return None
    return FilmBudget(flavor=brief.flavor or "own", micros=cap, spent_micros=Micros(0), stops=needed > cap)


def cast_within(brief: Brief) -> Brief:
    """``brief`` without a budget that casting would keep to, where neither it nor its flavor asks for AI models.

    There it changes nothing, and must not make another command of the same one.
    """
    if brief.max_price is None:
        return brief
    from reelwright.planner.casting.terms import asked_of
    from reelwright.planner.flavors import flavor_of

    return brief if asked_of(brief, flavor_of(brief, "spot")).names else replace(brief, max_price=None)


async def with_spent(home: Home, quote: Quoted) -> Quoted:
    """The quote of a project with what the film has cost before. Spends nothing.

    What is at work at a provider counts here only where the quote does not count it as wanted.
    """
    if not quote.project or quote.budget is None:
        return quote
    entries = await home.ledger.entries(home.account, quote.project)
    sent = [one for one in entries if one.state != "intent" and one.step not in quote.wanted]
    spent = Micros(sum(one.spent for one in entries) + sum(one.held for one in sent))
    stops = bool(quote.micros) and quote.micros + spent > quote.budget.micros
    return replace(quote, budget=replace(quote.budget, spent_micros=spent, stops=stops))


def refuse_above(budget: FilmBudget | None, needed: Micros, of: str = "") -> None:
    """Raise ``OverBudget`` where ``needed`` more takes the film above its flavor's budget. ``of``: which row."""
    if budget is None or not needed or needed + budget.spent_micros <= budget.micros:
        return
    spent = f" more, ${usd(budget.spent_micros)} were spent on it" if budget.spent_micros else ""
    raise OverBudget(
        f"{of}this may cost ${usd(needed)}{spent}, the flavor {budget.flavor} allows a film ${usd(budget.micros)}; "
        "nothing was started",
        hint=f"--budget {usd(needed)} agrees to it; or something shorter, or a cheaper model",
    )
