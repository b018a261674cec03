"""The budget that a film's flavor sets: it stops a job like ``--budget`` does, but counts everything the film cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reelwright.errors import OverBudget
from reelwright.reason import Action
from reelwright.reel.brief import Brief
from reelwright.studio.results import FilmBudget, ProjectQuote
from reelwright.units import Micros, format_usd

if TYPE_CHECKING:
    from reelwright.studio.home import Home


def find_flavor_budget(brief: Brief, needed_micros: Micros) -> FilmBudget | None:
    """Return the budget of the brief's flavor, and whether ``needed_micros`` exceeds it; None if it has no budget."""
    if brief.flavor is None and brief.own_flavor is None:
        return None
    from reelwright.planner.flavors import choose_flavor

    cap = choose_flavor(brief, "spot").budget
    if cap is None:
        return None
    return FilmBudget(flavor=brief.flavor or "own", micros=cap, spent_micros=Micros(0), is_exceeded=needed_micros > cap)


def drop_idle_budget(brief: Brief) -> Brief:
    """Return the brief without its ``max_price`` if neither the brief nor its flavor names AI models; else unchanged.

    The price then has no effect on casting, and must not change the digest of the command.
    """
    if brief.max_price is None:
        return brief
    from reelwright.planner.casting.terms import choose_model_names
    from reelwright.planner.flavors import choose_flavor

    return brief if choose_model_names(brief, choose_flavor(brief, "spot")).names else replace(brief, max_price=None)


async def add_spent(home: Home, quote: ProjectQuote) -> ProjectQuote:
    """Return the quote with its flavor's budget counting what the project has already cost. Spends nothing.

    A purchase that is open at a provider counts as spent unless its step is one of the quote's wanted steps.
    """
    if not quote.project or quote.budget is None:
        return quote
    entries = await home.ledger.list_entries(home.account, quote.project)
    sent = [one for one in entries if one.state != "intent" and one.step not in quote.wanted_steps]
    spent = Micros(sum(one.spent_micros for one in entries) + sum(one.held_micros for one in sent))
    stops = bool(quote.micros) and quote.micros + spent > quote.budget.micros
    return quote.replace(budget=quote.budget.replace(spent_micros=spent, is_exceeded=stops))


def refuse_above(budget: FilmBudget | None, needed_micros: Micros, label: str = "") -> None:
    """Raise ``OverBudget`` if ``needed_micros`` more would exceed the flavor's budget.

    ``label``: put before the message, such as ``row 2: ``.
    """
    if budget is None or not needed_micros or needed_micros + budget.spent_micros <= budget.micros:
        return
    raise OverBudget(
        code="above_flavor_budget" if budget.spent_micros else "above_flavor_budget_unspent", label=label,
        needed_micros=needed_micros, spent_micros=budget.spent_micros, flavor=budget.flavor,
        budget_micros=budget.micros,
        actions=[
            Action("pass_option", {"option": "budget", "value": format_usd(needed_micros)}), Action("change_order")
        ],
    )  # fmt: skip


def apply_own_budget(quote: ProjectQuote, brief: Brief) -> ProjectQuote:
    """Return the quote without a warning about the flavor's budget if the brief has a budget of its own."""
    if quote.budget is None or brief.max_price is None:
        return quote
    return quote.replace(budget=quote.budget.replace(is_exceeded=False))
