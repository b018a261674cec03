"""The verbs on money: the ledger with rows and totals, decisions about unknown purchases, corrections, budgets."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal

from reelwright.errors import BadInput, UnreadableMedia
from reelwright.messages import format_reason
from reelwright.reel.base.value import ShotId
from reelwright.reel.graph.choices import compute_round_fingerprint
from reelwright.reel.graph.request import Request
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.reel.records.ledger import BUDGET_SCOPES, Budget, BudgetScope, Decision, LedgerEntry, Period
from reelwright.studio import late_modules as late
from reelwright.studio.films.summaries import list_reused_steps
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.progress_reporter import build_names, find_shot_number, number_shots
from reelwright.studio.results.spending_report import (
    BudgetSummary,
    Correction,
    PriceSource,
    PurchaseRow,
    ReusedStep,
    SpendingReport,
    Total,
)
from reelwright.studio.runtime.home import Home
from reelwright.units import Micros

_NOT_BILLED: Final = ("quoted", "unknown")
"""Certainties of settlements whose amount is the quote, and not what the provider reported."""
_MEDIA: Final[Mapping[str, Literal["video", "image"]]] = {"take": "video", "still": "image"}
_NAMES: Final = {"video": "video", "image": "picture"}
DECISIONS: Mapping[str, Decision] = {"arrived": "arrived", "never": "never", "written-off": "written_off",
    "as-billed": "as_billed", "as-quoted": "as_quoted",
}  # fmt: skip


async def build_spending_report(home: Home, project: str | None, *, free: bool) -> SpendingReport:
    """Read the ledger of the account, or of one project, as rows with totals. ``free``: also purchases at $0."""
    entries = await home.ledger.list_entries(home.account, project)
    shown = [entry for entry in entries if free or entry.quote.micros or entry.spent_micros or entry.notices]
    shots = {name: await _shots(home, name) for name in {entry.project for entry in shown}}
    waiting = await home.ledger.list_purchases_awaiting_turn(home.account)
    rows = tuple(build_purchase_row(entry, shots[entry.project], waiting) for entry in shown)
    return SpendingReport(
        micros=Micros(sum(row.micros for row in rows)),
        held_micros=Micros(sum(row.held_micros for row in rows)),
        rows=rows,
        models=_build_totals(rows, lambda row: row.model),
        providers=_build_totals(rows, lambda row: row.provider),
        projects=_build_totals(rows, lambda row: row.project),
        steps=_build_totals(rows, lambda row: row.step.partition("/")[0]),
        days=_build_totals(rows, lambda row: f"{row.posted_at or row.intended_at:%Y-%m-%d}"),
        budgets=await list_budgets(home),
        reused_steps=await _reused(home, project) if project else (),
    )


async def _reused(home: Home, project: str) -> tuple[ReusedStep, ...]:
    standing = await home.journal.read_standing(home.account, project)
    return list_reused_steps(home.producer.build_graph(standing), standing)


def build_empty_report() -> SpendingReport:
    """Return a ledger without rows, for a home that does not exist yet."""
    none: tuple[Total, ...] = ()
    return SpendingReport(
        micros=Micros(0), held_micros=Micros(0), rows=(), models=none, providers=none, projects=none, steps=none,
        days=none, budgets=(),
    )  # fmt: skip


def build_purchase_row(
    entry: LedgerEntry, shots: Mapping[ShotId, int], waiting: frozenset[str] = frozenset()
) -> PurchaseRow:
    """Convert a purchase of the ledger to the row that is shown. ``waiting``: ids of purchases that wait for a turn.

    ``shots``: shot numbers by shot id.
    """
    settled = entry.settlement
    return PurchaseRow(
        purchase=entry.id,
        project=entry.project,
        job=entry.job,
        step=entry.step,
        shot=find_shot_number(entry.step, shots),
        try_=entry.try_,
        state=entry.state,
        provider=entry.provider,
        model=entry.model,
        quoted_micros=Micros(entry.quote.micros or 0),
        micros=entry.spent_micros,
        held_micros=entry.held_micros,
        price_source=_find_price_source(entry),
        basis=settled.basis if settled else entry.quote.basis,
        wait_reason=_find_wait_reason(entry, waiting),
        is_written_off=entry.is_written_off,
        has_landed=entry.has_landed,
        sends=entry.sends,
        operation=entry.operation.id if entry.operation else None,
        reason=entry.reason,
        message=format_reason(entry.reason, names := build_names(shots)),
        intended_at=entry.intended_at,
        posted_at=entry.posted_at,
        ended_at=entry.ended_at,
        corrections=tuple(
            Correction(micros=Micros(a.micros), because=a.because, by=a.by, at=a.at) for a in entry.adjustments
        ),
        notices=tuple(format_reason(notice, names) for notice in entry.notices),
        billed_micros=Micros(settled.micros or 0) if settled and settled.certainty not in _NOT_BILLED else None,
        dispute=entry.dispute,
    )


async def decide_purchase(
    home: Home, purchase_id: str, verdict: str, by: str, operation: str | None, file: str | Path | None
) -> PurchaseRow:
    """Record a person's decision on a purchase of unknown outcome or with a disputed bill. Sends nothing.

    A ``file`` that the purchase brought becomes the take. Raises ``BadInput``, ``NotFound``.
    """
    verdict = validation.check_choice("verdict", verdict.replace("_", "-"), tuple(DECISIONS))
    if (operation or file) and verdict != "arrived":
        raise BadInput(
            "operation" if operation else "file", operation or str(file), "nothing: only what arrived has one"
        )
    entry = await _find_entry(home, purchase_id)
    given = await _check_file(entry, file) if file is not None else None
    made = await late.decisions.decide(
        home.journal,
        home.ledger,
        home.vault,
        home.account,
        entry,
        DECISIONS[verdict],
        validation.check_text("by", by, 200),
        provider=home.providers.get(entry.provider),
        operation=operation,
        file=given,
        request=await _find_request(home, entry) if given else None,
    )
    home.policies.clear()  # an order that its bill stopped is accepted at once
    job = await home.journal.read_job(home.account, made.job)
    row = build_purchase_row(made, await _shots(home, made.project))
    return row.replace(is_job_deleted=True) if job.is_removed else row


async def _find_request(home: Home, entry: LedgerEntry) -> Request | None:
    """Find what a purchase ordered; None if its shot was edited since, and nobody knows any longer."""
    standing = await home.journal.read_standing(home.account, entry.project)
    if standing.plan is None:
        return None
    graph = home.producer.build_graph(standing)
    found = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets).get(entry.step)
    if found is None or found.fingerprint is None:
        return None
    rounds = [
        compute_round_fingerprint(ask) for ask in standing.choices.retakes if ask.fingerprint == found.fingerprint
    ]
    return graph.steps[entry.step].request if entry.fingerprint in (found.fingerprint, *rounds) else None


async def _check_file(entry: LedgerEntry, file: str | Path) -> tuple[Path, str]:
    """Check the file of a purchase that a person has, as a download is checked: a decision for a file that cannot be
    used could not be taken back. Return its path and MIME type. Raises ``BadInput``.
    """
    path = validation.check_path("file", file)
    if path is None or not path.is_file():
        raise BadInput("file", str(file), "a file on this machine")
    kind = late.sniff.sniff(late.sniff.read_head(path))
    if medium := _MEDIA.get(entry.step.partition("/")[0]):
        if kind.opener is None or late.decoding.find_wrong_kind(path, medium):
            raise BadInput("file", str(file), f"a {_NAMES[medium]}; this is {kind.name}", hint=kind.hint)
        try:
            await asyncio.to_thread(late.decoding.check_decodes, path, medium)
        except UnreadableMedia as error:
            raise BadInput("file", str(file), f"a whole {_NAMES[medium]}; {error}") from error
    return path, kind.mime or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


async def adjust_purchase(home: Home, purchase_id: str, usd: str | int | float, because: str, by: str) -> PurchaseRow:
    """Add ``usd``, which may be negative, to the recorded cost of a settled purchase, with a reason.

    Raises ``BadInput``.
    """
    micros = validation.parse_signed_money("usd", usd)
    reason = validation.check_text("because", because, 500)
    entry = await _find_entry(home, purchase_id)
    made = await home.ledger.adjust(home.account, entry.id, micros, reason, validation.check_text("by", by, 200))
    home.policies.clear()  # a correction ends a dispute
    return build_purchase_row(made, await _shots(home, made.project))


async def list_budgets(home: Home) -> tuple[BudgetSummary, ...]:
    """List every budget that can cap the account, the deployment's too, with the sums of its current period."""
    return tuple(build_budget_summary(budget) for budget in await home.ledger.list_budgets(home.account))


async def set_budget(home: Home, scope: str, usd: str | int | float, per: str | None, of: str | None) -> BudgetSummary:
    """Cap the spending of ``scope`` at ``usd`` US dollars per day, per month or, with ``per`` None, in all.

    Raises ``BadInput``, also if what is reserved for live jobs could exceed the cap.
    """
    micros = validation.parse_money(usd, "usd")
    if micros is None:
        raise BadInput("usd", usd, "an amount in US dollars such as 20 or 0.40")
    known, subject, period = await _parse_budget_key(home, scope, per, of)
    return build_budget_summary(await home.ledger.set_budget(home.account, known, subject, micros, period))


async def remove_budget(home: Home, scope: str, per: str | None, of: str | None) -> None:
    """Remove the spending cap of a scope and period; the purchases that counted under it stay in the ledger."""
    known, subject, period = await _parse_budget_key(home, scope, per, of)
    await home.ledger.remove_budget(home.account, known, subject, period)


def build_budget_summary(budget: Budget) -> BudgetSummary:
    """Convert a budget to what is shown of it: its cap, and the amounts of its current period."""
    return BudgetSummary(
        scope=budget.scope,
        of=budget.subject,
        period=budget.period,
        cap_micros=budget.cap_micros,
        reserved_micros=budget.reserved_micros,
        spent_micros=budget.settled_micros,
        left_micros=budget.left_micros,
        ends_at=budget.ends,
    )


async def _parse_budget_key(
    home: Home, scope: str, per: str | None, of: str | None
) -> tuple[BudgetScope, str, Period | None]:
    known = next((one for one in BUDGET_SCOPES if one == scope), None)
    if known is None:
        raise BadInput("scope", scope, ", ".join(BUDGET_SCOPES))
    periods: tuple[Period, ...] = ("day", "month")
    period = next((one for one in periods if one == per), None)
    if per is not None and period is None:
        raise BadInput("per", per, "day or month; without it the budget is for good")
    return known, await _subject(home, known, of), period


async def _subject(home: Home, scope: BudgetScope, of: str | None) -> str:
    if scope == "project":
        if of is None:
            raise BadInput("of", of, "the project's id, the end of it, or last")
        return await home.journal.resolve_project(home.account, of)
    if scope == "key":
        return validation.check_text("of", of, 200)
    if of is not None and of != home.account:
        raise BadInput("of", of, f"nothing: it is the {scope}'s")
    return home.account if scope == "account" else ""


async def _find_entry(home: Home, called: str) -> LedgerEntry:
    purchase = await home.ledger.resolve_purchase(home.account, called)
    return await home.ledger.read_entry(home.account, purchase)


async def _shots(home: Home, project: str) -> Mapping[ShotId, int]:
    return number_shots((await home.journal.read_standing(home.account, project)).plan)


def _find_price_source(entry: LedgerEntry) -> PriceSource:
    if entry.settlement is None:
        return "nothing" if entry.ended_at else "held"
    certainty = entry.settlement.certainty
    return certainty if certainty in ("reported", "computed") else "quoted"


def _find_wait_reason(entry: LedgerEntry, waiting: frozenset[str]) -> Literal["turn", "later"] | None:
    if entry.state != "intent":
        return None
    if entry.not_before is not None:
        return "later"
    return "turn" if entry.id in waiting else None


def _build_totals(rows: Sequence[PurchaseRow], of: Callable[[PurchaseRow], str]) -> tuple[Total, ...]:
    """Return a total for each name, the most expensive first, and by name where they cost the same."""
    names = sorted({of(row) for row in rows})
    found = [_total(name, [row for row in rows if of(row) == name]) for name in names]
    return tuple(sorted(found, key=lambda total: -total.micros))


def _total(name: str, rows: Sequence[PurchaseRow]) -> Total:
    spent_, held = (sum(micros) for micros in ([r.micros for r in rows], [r.held_micros for r in rows]))
    return Total(name=name, rows=len(rows), micros=Micros(spent_), held_micros=Micros(held))
