"""The price of a batch before any row starts, and the one consent to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reelwright.settings import Settings
from reelwright.studio.batches.refused_rows import RefusedRows
from reelwright.studio.batches.row_projects import RowProjects
from reelwright.studio.clips.take_delivery import check_take_path
from reelwright.studio.films import deliver, project_run
from reelwright.studio.films.drive import carry_out_cancel
from reelwright.studio.films.new_project import build_new_standing, build_whole_graph, quote_new_project
from reelwright.studio.quotes.consent import require_consent
from reelwright.studio.quotes.film_budget import add_spent, refuse_above
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.quotes.quote import build_project_quote
from reelwright.studio.results.options import Approval
from reelwright.studio.results.results import PlanResult, ProjectQuote
from reelwright.studio.results.rows import Agreement, BatchQuote, Row, build_batch_quote
from reelwright.studio.runtime.account_orders import include_account_orders
from reelwright.studio.runtime.home import Home, refuse_unsold

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider


async def quote_rows(home: Home, rows: Sequence[Row], listen: Listen | None = None) -> BatchQuote:
    """Quote the rows of a batch, each without what the account already has. Spends nothing.

    A pending cancel of a row's job is carried out first. Raises ``BadInput`` naming every row that cannot be made.
    """
    prices = []
    refused = RefusedRows(is_single=len(rows) == 1)
    for row in rows:
        with refused.collect_row(row.n):
            prices.append(await _quote_row(home, row, listen))
    refused.refuse()
    return build_batch_quote(rows, prices)


async def _quote_row(home: Home, row: Row, listen: Listen | None) -> ProjectQuote:
    if row.out and row.goal == "takes":
        await check_take_path(home, home.slates, row.out)
    elif row.out:
        deliver.refuse_foreign(row.out, home.slates)
    projects = RowProjects(home)
    if project := await projects.find(row):
        await carry_out_cancel(home, project, listen)
        standing = await projects.read_standing(row, project)
        quoted = await project_run.quote_with_account(home, standing, 1)
        return await add_spent(home.ledger, home.account, quoted.replace(project=project))
    nth = await projects.choose_order_number(row)
    new = build_new_standing(home.settings, row.brief, row.first_plan, nth=nth, encoding=home.encoding)
    standing = project_run.aim_at_goal(new, row.goal)
    graph = build_whole_graph(row.brief, row.first_plan, row.goal, is_planned=row.is_planned, encoding=home.encoding)
    had = await include_account_orders(home, standing, lambda stands: graph)
    notes = (*(row.rules_result.notes if row.rules_result else ()), *had.notes)
    return build_project_quote(had.standing, graph, home.producer.quote(had.standing, graph), project=None, notes=notes)


def quote_new_batch(settings: Settings, rows: Sequence[Row]) -> BatchQuote:
    """Quote the rows of a batch in full, as for an account that has nothing yet. Writes nothing; needs no home."""
    prices = []
    refused = RefusedRows(is_single=len(rows) == 1)
    for row in rows:
        with refused.collect_row(row.n):
            planned = row.rules_result or PlanResult(plan=row.first_plan, interpretation={})
            prices.append(quote_new_project(settings, row.brief, row.goal, planned, is_planned=row.is_planned))
    refused.refuse()
    return build_batch_quote(rows, prices)


def refuse_unsold_rows(providers: Mapping[str, Provider], rows: Sequence[Row], quote: BatchQuote) -> None:
    """Raise ``BadInput`` naming each row with a step that cannot be bought: unknown model or option, missing key."""
    refused = RefusedRows(is_single=len(rows) == 1)
    wanted = {row.n for row in quote.rows if not row.is_up_to_date}
    for row in rows:
        if row.n in wanted:
            with refused.collect_row(row.n):
                graph = build_whole_graph(row.brief, row.first_plan, row.goal, is_planned=row.is_planned)
                refuse_unsold(providers, graph)
    refused.refuse()


def require_batch_consent(quote: BatchQuote, approval: Approval) -> Agreement:
    """Return a person's agreement to the price of a whole batch. Raises ``NeedsConsent`` or ``OverBudget``.

    ``budget`` caps all rows together, and each row is agreed to at its own maximum. A row above the budget of its
    flavor stops all rows, unless ``budget`` is given.
    """
    agreed_price = _sum_quotes(approval.yes) if isinstance(approval.yes, BatchQuote) else approval.yes
    consent = require_consent(
        _sum_quotes(quote), agreed_price, approval.budget, approval.accept_unconfirmed, approval.unknown_at_most
    )
    agreed = Agreement(
        by=consent.by,
        ceiling=consent.ceiling or None,
        may_buy_unconfirmed=consent.may_buy_unconfirmed,
        unknown_at_most=consent.unknown_at_most,
    )
    if approval.budget is None:
        for row in quote.rows:
            refuse_above(row.budget, agreed.build_consent(row).ceiling, f"row {row.n}: ")
    return agreed


def _sum_quotes(quoted: BatchQuote) -> ProjectQuote:
    """Return the price of all rows as one quote."""
    return ProjectQuote(
        wanted_steps=tuple(f"row {row.n}" for row in quoted.rows if not row.is_up_to_date),
        up_to_date=quoted.up_to_date,
        micros=quoted.micros,
        recovered_by_job={"": quoted.recovered_micros},
        max_duration_s=0.0,
        min_duration_s=0.0,
        unknown_price_steps=tuple(f"row {row.n}" for row in quoted.rows for _ in range(row.unknown_price_steps)),
        unconfirmed_price_steps=tuple(f"row {n}" for n in quoted.unconfirmed_price_rows),
    )
