"""The budget that a film's flavor sets: it stops a job like ``--budget`` does, but counts everything the film cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from reelwright.errors import OverBudget
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.ledger import LedgerEntry
from reelwright.studio import late_modules as late
from reelwright.studio.results.results import FilmBudget, ProjectQuote
from reelwright.units import Micros, format_usd

if TYPE_CHECKING:
    from reelwright.store.ledger import Ledger  # loads SQLAlchemy


def find_flavor_budget(brief: Brief, needed_micros: Micros) -> FilmBudget | None:
    """Return the budget of the brief's flavor, and whether ``needed_micros`` exceeds it; None if it has no budget."""
    if brief.flavor is None and brief.own_flavor is None:
        return None

    cap = late.flavors.choose_flavor(brief, "spot").budget
    if cap is None:
        return None
    return FilmBudget(flavor=brief.flavor or "own", micros=cap, spent_micros=Micros(0), is_exceeded=needed_micros > cap)


def find_raised_budget(brief: Brief, approved_micros: Micros | None) -> str | None:
    """Return the US dollars that a caller approves if they raise the budget of the brief's flavor, else None: a brief
    with a price of its own, and a flavor whose budget is higher, stay as they are.
    """
    budget = find_flavor_budget(brief, Micros(0))
    if approved_micros is None or brief.max_price is not None or budget is None or approved_micros <= budget.micros:
        return None
    return format_usd(approved_micros)


def drop_idle_budget(brief: Brief) -> Brief:
    """Return the brief without its ``max_price`` if neither the brief nor its flavor names AI models; else unchanged.

    The price then has no effect on casting, and must not change the digest of the command.
    """
    if brief.max_price is None:
        return brief

    return (
        brief
        if late.terms.choose_model_names(brief, late.flavors.choose_flavor(brief, "spot")).names
        else replace(brief, max_price=None)
    )


async def add_spent(ledger: Ledger, account: str, quote: ProjectQuote) -> ProjectQuote:
    """Return the quote with its flavor's budget counting what the project has already cost. Spends nothing.

    A purchase that is open at a provider counts as spent unless its step is one of the quote's wanted steps. Where a
    bill of the project was above its quote, steps of its kind are expected to be billed as far above theirs.
    """
    if not quote.project or quote.budget is None:
        return quote
    entries = await ledger.list_entries(account, quote.project)
    sent = [one for one in entries if one.state != "intent" and one.step not in quote.wanted_steps]
    spent = Micros(sum(one.spent_micros for one in entries) + sum(one.held_micros for one in sent))
    excess, bill = _expect_excess(quote, entries)
    stops = bool(quote.micros) and quote.micros + excess + spent > quote.budget.micros
    counted = quote.budget.replace(spent_micros=spent, excess_micros=excess, bill=bill, is_exceeded=stops)
    return quote.replace(budget=counted)


def _expect_excess(quote: ProjectQuote, entries: Sequence[LedgerEntry]) -> tuple[Micros, Reason | None]:
    """Return how far above the quote its steps may be billed, as takes, stills or voice lines of the project were, and
    the bill that was the largest multiple of its own quote; None: none was above it.
    """
    excess, highest, most = 0, None, Fraction(1)
    ratios: dict[str, Fraction] = {}
    for one in entries:
        if one.billed_micros and one.quote.micros:
            kind, ratio = one.step.partition("/")[0], Fraction(one.billed_micros, one.quote.micros)
            if ratio > most:
                highest, most = one, ratio
            ratio /= quote.bill_ratios.get(one.provider, 1)  # so much is in the price already
            ratios[kind] = max(ratio, ratios.get(kind, Fraction(1)))
    for kind, micros in quote.prices_by_step.items():
        excess += ceil(micros * (ratios.get(kind, Fraction(1)) - 1))
    if highest is None:
        return Micros(0), None
    bill = build_reason(
        "billed_above_quote", step=highest.step, purchase=highest.id, billed_micros=highest.billed_micros,
        quoted_micros=highest.quote.micros,
    )  # fmt: skip
    return Micros(excess), bill


def refuse_above(budget: FilmBudget | None, needed_micros: Micros, label: str = "") -> None:
    """Raise ``OverBudget`` if ``needed_micros`` more would exceed the flavor's budget.

    ``label``: put before the message, such as ``row 2: ``.
    """
    if budget is None or not needed_micros:
        return
    needed = Micros(needed_micros + budget.excess_micros)
    if needed + budget.spent_micros <= budget.micros:
        return
    raise OverBudget(
        code="above_flavor_budget" if budget.spent_micros else "above_flavor_budget_unspent", label=label,
        needed_micros=needed, spent_micros=budget.spent_micros, flavor=budget.flavor,
        budget_micros=budget.micros, bill=budget.bill,
        actions=[
            Action("pass_option", {"option": "budget", "value": format_usd(needed)}), Action("change_order")
        ],
    )  # fmt: skip


def apply_own_budget(quote: ProjectQuote, brief: Brief) -> ProjectQuote:
    """Return the quote without a warning about the flavor's budget if the brief has a budget of its own."""
    if quote.budget is None or brief.max_price is None:
        return quote
    return quote.replace(budget=quote.budget.replace(is_exceeded=False))
