"""Formats the ledger as tables of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from reelwright.cli.output.tables import format_table
from reelwright.units import Micros, format_usd

if TYPE_CHECKING:
    from reelwright.studio.results.spending_report import (
        BudgetSummary,
        LimitSummary,
        PurchaseRow,
        SpendingReport,
        Total,
    )

_MAX_TOTALS: Final = 8
"""The most names in one list of totals; one line sums up the rest."""
_STATES: Final = {
    "intent": "not sent yet", "posting": "being sent", "submitted": "in progress", "succeeded": "arrived",
    "failed": "failed", "released": "not bought", "unknown": "unknown",
}  # fmt: skip
_PRICE_SOURCES: Final = {"reported": "reported", "computed": "computed", "quoted": "as quoted"}


def format_ledger(ledger: SpendingReport, width: int | None = None) -> Iterator[str]:
    """Yield the ledger as lines of text: purchases, the oldest first, then totals, budgets and the sum. ``width``: see
    ``format_table``.
    """
    if not ledger.rows:
        yield "nothing spent yet"
    yield from format_purchases(ledger.rows, width)
    for used in ledger.reused_steps:
        what = used.step.partition("/")[0] + (f" of shot {used.shot}" if used.shot else "")
        when = f", bought {_to_local_time(used.bought_at):%Y-%m-%d}" if used.bought_at else ""
        whose = f"project {used.reused_from[-6:]}{when} for ${format_usd(used.micros)}; counted there"
        yield f"        {what}: reused from {whose}"
    totals = [line for name in ("model", "provider", "step", "day", "project") for line in _list_totals(name, ledger)]
    if totals:
        yield ""
        columns = ("total", "name", "purchases", "spent", "held")
        yield from format_table(columns, totals, width, right=("purchases", "spent", "held"), shorten="name")
    if ledger.budgets:
        yield ""
        yield from format_budgets(ledger.budgets)
    if ledger.rows:
        yield ""
        yield _format_sums(ledger)


def format_purchases(rows: Sequence[PurchaseRow], width: int | None = None) -> Iterator[str]:
    """Yield purchases as lines of a table, each followed by its corrections and the decisions that a person must make
    about it.
    """
    columns = ("purchase", "at", "step", "model", "price", "basis")
    lines = format_table(columns, map(_list_cells, rows), width, right=("price",), shorten="model")
    yield from lines[: len(lines) - len(rows)]
    for line, one in zip(lines[len(lines) - len(rows) :], rows, strict=True):
        yield line
        yield from _describe_purchase(one)


def _list_cells(one: PurchaseRow) -> tuple[str, ...]:
    what = f"{one.step.partition('/')[0]}" + (f" of shot {one.shot}" if one.shot else "")
    what += f", try {one.try_}" if one.try_ > 1 else ""
    cost = f"≤ ${format_usd(one.held_micros)}" if one.price_source == "held" else f"${format_usd(one.micros)}"
    when = f"{_to_local_time(one.posted_at or one.intended_at):%m-%d %H:%M}"
    return one.purchase[-6:], when, what, one.model, cost, _describe_price(one)


def _describe_purchase(one: PurchaseRow) -> Iterator[str]:
    if one.ended_at and one.price_source == "quoted" and not (one.has_landed or one.is_written_off):
        yield f"        {one.basis}"
    for change in one.corrections:
        yield f"        corrected by {_format_signed(change.micros)} ({change.by}: {change.because})"
    for note in one.notices:
        yield f"        {note}"
    if one.dispute == "open" and one.ended_at is None:
        yield "        its bill is far above the quote, or cannot be read; decide about it when its take has arrived"
    elif one.dispute == "open":
        why, verdicts = f"the bill could not be read: {one.basis}", "as-quoted"
        if one.billed_micros is not None:
            why = f"billed ${format_usd(one.billed_micros)}, far above the quote"
            verdicts = "as-billed|as-quoted"
        yield f"        {why}; counted as ${format_usd(one.micros)} until you decide:"
        yield f"        reelwright spend decide {one.purchase[-6:]} {verdicts}"
    if one.dispute == "short":
        yield f"        {one.message}"
        yield f"        paid as billed. If you agree with that: reelwright spend decide {one.purchase[-6:]} as-billed"
        yield f"        if {one.provider} gives money back:"
        yield f"        reelwright spend adjust {one.purchase[-6:]} --usd -USD --because WORDS"
    if one.notices and not one.corrections and one.dispute is None:
        yield f"        look at {one.provider}'s own page. If the bill differs from this price:"
        yield f"        reelwright spend adjust {one.purchase[-6:]} --usd USD --because WORDS"
    if one.state == "unknown":
        yield (
            f"        this may have been bought (${format_usd(one.held_micros)}). Look at {one.provider}'s own "
            "page, then:"
        )
        yield f"        reelwright spend decide {one.purchase[-6:]} arrived|never|written-off"


def format_budgets(budgets: Iterable[BudgetSummary]) -> Iterator[str]:
    """Yield a line of text for each budget: its cap, and what is spent, held and left."""
    for one in budgets:
        whose = {"deployment": "this deployment", "account": "this account"}.get(
            one.scope, f"{one.scope} {one.of[-6:]}"
        )
        per = f" per {one.period}" if one.period else ""
        used = f"${format_usd(one.spent_micros)} spent, ${format_usd(one.reserved_micros)} held"
        yield f"budget of {whose}: ${format_usd(one.cap_micros)}{per}; {used}, ${format_usd(one.left_micros)} left"


def format_limits(limits: Sequence[LimitSummary], width: int | None = None) -> list[str]:
    """Return a line of text for each limit on how many purchases or jobs run at once."""
    return format_table(("limit of", "at most", "set by"), map(_list_limit_cells, limits), width, wrap="limit of")


def _list_limit_cells(one: LimitSummary) -> tuple[str, str, str]:
    most = [f"{one.open} at once"] if one.open is not None else []
    most += [f"{one.starts} starts in {one.per_s} s"] if one.starts is not None else []
    whose = f"{one.scope} {one.of[-6:] if one.scope == 'project' else one.of}".strip()
    return whose, ", ".join(most), "you" if one.source == "set" else "default"


def _list_totals(title: str, ledger: SpendingReport) -> list[tuple[str, ...]]:
    """Return the rows of the totals by model, provider, step, day or project; none for a single one."""
    totals: Sequence[Total] = getattr(ledger, f"{title}s")
    if len(totals) < 2:
        return []
    rows = [
        (one.name[-6:] if title == "project" else one.name, one.rows, one.micros, one.held_micros)
        for one in totals[:_MAX_TOTALS]
    ]
    if rest := totals[_MAX_TOTALS:]:
        spent, held = Micros(sum(one.micros for one in rest)), Micros(sum(one.held_micros for one in rest))
        rows.append((f"{len(rest)} more", sum(one.rows for one in rest), spent, held))
    return [
        (f"by {title}", name, str(count), f"${format_usd(spent)}", f"≤ ${format_usd(held)}" if held else "")
        for name, count, spent, held in rows
    ]


def _format_sums(found: SpendingReport) -> str:
    held = f" · ≤ ${format_usd(found.held_micros)} held for open purchases" if found.held_micros else ""
    unknown = f" · {len(found.unknown_rows)} with unknown outcome" if found.unknown_rows else ""
    doubtful = f" · {len(found.doubtful_rows)} to check" if found.doubtful_rows else ""
    disputed = f" · {len(found.disputed_rows)} disputed" if found.disputed_rows else ""
    disputed += f" · {len(found.short_rows)} short" if found.short_rows else ""
    return f"${format_usd(found.micros)} spent{held}{unknown}{doubtful}{disputed}"


def _describe_price(one: PurchaseRow) -> str:
    if one.is_written_off:
        return "written off"
    if one.dispute == "open":
        return "disputed"
    if one.dispute == "short":
        return "short"
    if one.dispute == "as_quoted":
        return "as quoted"
    if one.corrections:
        return "corrected"
    if one.price_source in _PRICE_SOURCES:
        return _PRICE_SOURCES[one.price_source]
    if one.wait_reason:
        return "queued" if one.wait_reason == "turn" else "sent later"
    return _STATES.get(one.state, one.state)


def _format_signed(micros: int) -> str:
    return f"-${format_usd(-micros)}" if micros < 0 else f"+${format_usd(micros)}"


def _to_local_time(at: datetime) -> datetime:
    return at.astimezone()
