"""Runs the rows of a batch concurrently, each as its own project, and buys nothing a second time.

One rule makes a second run safe, however the first one ended: a row is identified by what it asks for and by how many
equal rows come before it. This gives the digest by which its project is found, and the number of its orders in the
account.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from reelwright.errors import ReelwrightError
from reelwright.messages import format_step_reason
from reelwright.net.redact import redact_error
from reelwright.reel.command import Command, compute_row_digest
from reelwright.reel.operation import LIVE_JOBS, Consent, Job, Standing
from reelwright.reel.wanted_steps import find_wanted_steps
from reelwright.settings import Settings
from reelwright.studio import deliver, editing, plan_changes, project_run, summaries
from reelwright.studio.account_orders import adopt, include_account_orders
from reelwright.studio.consent import require_consent
from reelwright.studio.drive import carry_out_cancel
from reelwright.studio.film_budget import add_spent, refuse_above
from reelwright.studio.home import Home, count_hands, refuse_unsold
from reelwright.studio.listener import guard_listener
from reelwright.studio.new_project import (
    build_new_standing,
    build_whole_graph,
    quote_new_project,
)
from reelwright.studio.progress_reporter import Listen, ProgressReporter
from reelwright.studio.quote import build_project_quote
from reelwright.studio.refused_rows import RefusedRows
from reelwright.studio.results import PlanResult, ProjectQuote
from reelwright.studio.row_slot import RowSlot
from reelwright.studio.rows import Agreement, BatchQuote, Row, RowQuote, RowResult, build_batch_quote, shorten_title
from reelwright.studio.take_delivery import check_take_path, deliver_take, find_take

T = TypeVar("T")
U = TypeVar("U")
R = TypeVar("R")

CONCURRENCY: Final = 5
"""Default number of rows that run at once. Source: S4-50."""
MAX_CONCURRENCY: Final = 64
_OPENING: Final = 3
"""Rows that are opened at once: more would delay those that could be sent already."""
_PASSING_REASONS: Final = frozenset({"failed", "lost", "expired"})
"""Reasons for a missing take after which a second run requests another; a refused one would be refused again."""

Place = Callable[[Row, str], Path]
"""Names the file of a row without ``out``, given its project."""


class BatchRunner:
    """Makes the files of rows.

    Call ``quote`` first, get an agreement from ``require_batch_consent``, then call ``run``. Only ``run`` and
    ``run_row`` write.
    """

    def __init__(self, home: Home, *, place: Place | None = None) -> None:
        self._home, self._produce = home, home.producer
        self._place = place or self._in_films
        self._sent: dict[int, frozenset[str]] = {}
        """By row number: ids of the purchases that were sent for it before this run."""
        self._opening = asyncio.Semaphore(_OPENING)

    # quotes
    async def quote(self, rows: Sequence[Row], listen: Listen | None = None) -> BatchQuote:
        """Quote every row. Spends nothing. Raises ``BadInput`` naming every row that cannot be made.

        A pending cancel of a row's job is carried out first.
        """
        prices = []
        refused = RefusedRows(is_single=len(rows) == 1)
        for row in rows:
            with refused.collect_row(row.n):
                prices.append(await self._price(row, listen))
        refused.refuse()
        return build_batch_quote(rows, prices)

    async def _price(self, row: Row, listen: Listen | None) -> ProjectQuote:
        if row.out and row.goal == "takes":
            await check_take_path(self._home, self._home.slates, row.out)
        elif row.out:
            deliver.refuse_foreign(row.out, self._home.slates)
        project = await self.find_project(row)
        if project:
            await carry_out_cancel(self._home, project, listen)
            standing = await self._standing(project, row)
            quoted = await project_run.quote_with_account(self._home, standing, 1)
            return await add_spent(self._home, quoted.replace(project=project))
        encoding = self._home.encoding
        standing = project_run.aim_at_goal(
            build_new_standing(self._home.settings, row.brief, row.first_plan, nth=row.order_number, encoding=encoding),
            row.goal,
        )
        graph = build_whole_graph(row.brief, row.first_plan, row.goal, is_planned=row.is_planned, encoding=encoding)
        had = await include_account_orders(self._home, standing, lambda stands: graph)
        full = build_project_quote(had.standing, graph, self._produce.quote(had.standing, graph), project=None)
        return full.replace(notes=(*(row.rules_result.notes if row.rules_result else ()), *had.notes, *full.notes))

    async def _standing(self, project: str, row: Row) -> Standing:
        """Return the project's standing, with one more round if its take failed for a reason that may pass."""
        standing = await self._home.journal.read_standing_with_spending(self._home.account, project)
        return project_run.aim_at_goal(await self._add_retry_round(standing), row.goal)

    async def refuse_unsold(self, rows: Sequence[Row]) -> None:
        """Raise ``BadInput`` naming the rows for which something cannot be bought, for example without a key."""
        refused = RefusedRows(is_single=len(rows) == 1)
        for row in rows:
            with refused.collect_row(row.n):
                graph = build_whole_graph(row.brief, row.first_plan, row.goal, is_planned=row.is_planned)
                refuse_unsold(self._home.providers, graph)
        refused.refuse()

    async def find_project(self, row: Row) -> str | None:
        """Return the project that an earlier run opened for this row, or None."""
        return await self._home.journal.find_project(self._home.account, compute_row_digest(row.key, row.order_number))

    async def is_handed_over(self, row: Row) -> bool:
        """Return whether an earlier run made this row's file, and the file is still there."""
        project = await self.find_project(row)
        if project is None:
            return False
        jobs = await self._home.journal.list_jobs(self._home.account, project)
        return any(job.state == "done" and Path(job.options["out"]).is_file() for job in jobs if "out" in job.options)

    # runs
    async def run(
        self,
        rows: Sequence[Row],
        quote: BatchQuote,
        *,
        concurrency: int = CONCURRENCY,
        agreement: Agreement,
        listen: Listen | None = None,
        on_row_end: Callable[[RowResult], None] | None = None,
    ) -> list[RowResult]:
        """Make the file of every row, ``concurrency`` at once. Returns results in the order of the rows.

        Spends at most what was agreed to. A row that fails or waits is reported, and the others continue.
        ``on_row_end`` is called with each result when its row ends.
        """

        slots = asyncio.Semaphore(concurrency)
        tell = guard_listener(on_row_end)

        async def one(row: Row, price: RowQuote) -> RowResult:
            made = await self._run_and_record(row, price, agreement.build_consent(price), slots, listen)
            tell(made)
            return made

        return await run_in_order(one, list(zip(rows, quote.rows, strict=True)), concurrency)

    async def _run_and_record(
        self, row: Row, price: RowQuote, consent: Consent, slots: asyncio.Semaphore, listen: Listen | None
    ) -> RowResult:
        began = time.monotonic()
        try:
            return await self.run_row(row, price, consent, slots, listen=listen)
        except ReelwrightError as error:
            project = await self.find_project(row)
            purchases = await self._home.ledger.list_purchases(self._home.account, project) if project else ()
            return RowResult(
                n=row.n,
                title=shorten_title(row.brief.text),
                state="failed",
                path=None,
                micros=summaries.sum_spent(purchases),
                now_micros=summaries.sum_spent_since(purchases, self._sent.get(row.n)),
                elapsed_s=round(time.monotonic() - began, 3),
                project=project,
                reason=redact_error(error),
                message=error.message,
            )

    async def run_row(
        self,
        row: Row,
        price: RowQuote,
        consent: Consent,
        slots: asyncio.Semaphore,
        *,
        within_s: float | None = None,
        listen: Listen | None = None,
    ) -> RowResult:
        """Make the file of one row. Spends at most what was consented to. After a cancel, the same call continues it.

        The row holds one of ``slots`` while it runs: a film from its first step to its last; a clip only while its
        provider works on it, so that no work of this machine delays the next clip. ``within_s``: raise
        ``TimeoutError`` if the row takes longer than this from the moment when it has its slot.
        """
        async with self._opening:
            project, job, had = await self._prepare_job(row, price, consent)
        began = time.monotonic()
        if not had:
            self._sent[row.n] = summaries.list_sent_purchases(
                await self._home.ledger.list_purchases(self._home.account, project)
            )
            async with asyncio.timeout(None) as until:
                under_way = RowSlot(slots, within_s, until)
                await self._drive(row, project, under_way, listen)
            began = under_way.started_at or began
        return await self._report_row(row, project, job, had, began)

    async def _prepare_job(self, row: Row, price: RowQuote, consent: Consent) -> tuple[str, str, bool]:
        """Return the row's project, its job, and whether the project is up to date already."""
        project = await self._open_project(row)
        await adopt(self._home, project)
        had = await self._is_had(row, project)
        return project, await self._find_or_enqueue_job(row, project, price, consent, had), had

    async def _drive(self, row: Row, project: str, under_way: RowSlot, listen: Listen | None) -> None:
        home, hear = self._home, None
        if listen:
            hear = ProgressReporter(listen, row.first_plan, {}, count_hands(home.settings))
        if row.goal == "takes" and row.plan is not None and len(row.plan.shots) == 1:
            await home.driver.drive(home.account, project, hear, under_way)
            return
        async with under_way.slots:
            under_way.record_start()
            await home.driver.drive(home.account, project, hear)

    async def _open_project(self, row: Row) -> str:
        """Return the row's project; open it unless an earlier run, or another process just now, has opened it."""
        command = Command(
            name=shorten_title(row.brief.text),
            brief=row.brief,
            digest=compute_row_digest(row.key, row.order_number),
            plan=row.first_plan if row.is_planned else None,
            plan_author="person" if row.plan else "rules",
            order_number=row.order_number,
        )
        return (await self._home.journal.open_for_command(self._home.account, command))[0]

    async def _is_had(self, row: Row, project: str) -> bool:
        standing = await self._standing(project, row)
        want = find_wanted_steps(
            self._produce.build_graph(standing), standing.choices, standing.outcomes, standing.deleted_assets
        )
        return (
            not (want.certain or want.possible or want.stuck)
            and standing.plan is not None
            and not standing.open_purchases
        )

    async def _find_or_enqueue_job(self, row: Row, project: str, price: RowQuote, consent: Consent, had: bool) -> str:
        """Return the row's live job, with the new consent if it waits; otherwise enqueue a new job."""
        jobs = await self._home.journal.list_jobs(self._home.account, project)
        mine = [job for job in jobs if job.goal == row.goal and not job.is_cancel_requested]
        live = next((job for job in mine if job.state in LIVE_JOBS), None)
        if live and (had or live.state != "waiting"):
            return live.id
        if had and mine:
            return mine[0].id
        await self._record_retry_round(project)
        return await self._enqueue(row, project, price, consent, jobs)

    async def _enqueue(self, row: Row, project: str, price: RowQuote, consent: Consent, before: Sequence[Job]) -> str:
        options = {"out": str(self._choose_path(row, project, before))}
        renew, spent = project_run.make_renewal(consent, price.spent_by_job), sum(price.spent_by_job.values())
        journal, account = self._home.journal, self._home.account
        return await journal.enqueue_once(account, project, row.goal, consent, options, renew, spent)

    def _choose_path(self, row: Row, project: str, jobs: Sequence[Job]) -> Path:
        """Return the path of the row's file: its own, otherwise the one stored with a job, otherwise the default.

        A project may have jobs without a path: those of an edit by hand, after a batch that was killed early.
        """
        stored = next((Path(job.options["out"]) for job in jobs if "out" in job.options), None)
        return row.out or stored or self._place(row, project)

    async def _record_retry_round(self, project: str) -> None:
        """Record one more round in the journal if the only take failed for a reason that may pass."""
        standing = await self._home.journal.read_standing(self._home.account, project)
        after = await self._add_retry_round(standing)
        if after is not standing and after.plan:
            plan, choices = after.plan, after.choices
            await self._home.journal.revise(self._home.account, project, standing.revision, plan, choices, "person")

    async def _add_retry_round(self, standing: Standing) -> Standing:
        """Return the standing with one more round if the only take failed for a reason that may pass."""
        if standing.plan is None or len(standing.plan.shots) != 1 or standing.open_purchases:
            return standing
        stuck = find_wanted_steps(
            _build_takes_graph(standing), standing.choices, standing.outcomes, standing.deleted_assets
        ).stuck
        if not stuck or not _may_succeed_later(standing):
            return standing
        shot = standing.plan.shots[0]
        highest = await editing.find_highest_order(self._home, standing, shot)
        plan, choices = plan_changes.add_round(standing, shot, highest)
        return replace(standing, plan=plan, choices=choices)

    async def _report_row(self, row: Row, project: str, job: str, had: bool, began: float) -> RowResult:
        journal, account = self._home.journal, self._home.account
        ended = await journal.read_job(account, job)
        path: Path | None = None
        reason, message = ended.reason, ""
        state: Literal["done", "waiting", "failed", "cancelled"] = "waiting"
        if had or ended.state not in ("queued", "running"):
            state = "done" if had else ended.state  # type: ignore[assignment]  # the other states were left out
        place = self._choose_path(row, project, (ended, *await journal.list_jobs(account, project)))
        if state == "done" and row.goal != "takes":
            film = await project_run.report(self._home, ended, place, 0.0, 0)
            path, reason, message = (film.film.path if film.film else None), film.reason, film.message
        elif state == "done":
            take = find_take(await journal.read_standing(account, project))
            assert take, "a job that is done has its take"
            path = place
            await deliver_take(self._home, take, path)
        elif reason:
            message = format_step_reason(reason, summaries.name_parts(await journal.read_standing(account, project)))
        purchases = await self._home.ledger.list_purchases(account, project)
        return RowResult(
            n=row.n,
            title=shorten_title(row.brief.text),
            state=state,
            path=path,
            micros=summaries.sum_spent(purchases),
            now_micros=summaries.sum_spent_since(purchases, self._sent.pop(row.n, None)),
            elapsed_s=round(time.monotonic() - began, 3),
            is_up_to_date=had,
            project=project,
            job=ended.id,
            wait_reason=ended.wait_reason if state == "waiting" else None,
            reason=None if path else reason,
            message="" if path else message,
        )

    def _in_films(self, row: Row, project: str) -> Path:
        return deliver.choose_film_path(None, self._home.settings.films, shorten_title(row.brief.text), project)


def quote_new_batch(settings: Settings, rows: Sequence[Row]) -> BatchQuote:
    """Quote the rows while there is no home: every step of every row is wanted. Writes nothing."""
    prices = []
    refused = RefusedRows(is_single=len(rows) == 1)
    for row in rows:
        with refused.collect_row(row.n):
            planned = row.rules_result or PlanResult(plan=row.first_plan, interpretation={})
            prices.append(quote_new_project(settings, row.brief, row.goal, planned, is_planned=row.is_planned))
    refused.refuse()
    return build_batch_quote(rows, prices)


async def run_in_order(
    action: Callable[[T, U], Awaitable[R]], items: Sequence[tuple[T, U]], concurrency: int
) -> list[R]:
    """Apply ``action`` to each of ``items``, started in their order. Returns the results in the same order.

    Twice ``concurrency`` items are started at once: ``action`` itself holds one of ``concurrency`` slots while it runs,
    and the items that wait for a slot are prepared meanwhile.
    """
    made: dict[int, R] = {}
    left = iter(enumerate(items))

    async def work() -> None:
        for n, (one, other) in left:
            made[n] = await action(one, other)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(2 * concurrency, len(items))):
            group.create_task(work())
    return [made[n] for n in range(len(items))]


def require_batch_consent(
    quote: BatchQuote,
    *,
    yes: bool | ProjectQuote | BatchQuote = False,
    budget: str | int | float | None = None,
    accept_unconfirmed: bool = False,
    unknown_at_most: str | int | float | None = None,
) -> Agreement:
    """Return the consent to a whole batch. Raises ``NeedsConsent`` or ``OverBudget``; nothing is written.

    The options are those of ``require_consent``: ``budget`` caps all rows together, and each row is agreed to at its
    own maximum. A row above the budget of its flavor stops all rows, unless ``budget`` is given.
    """
    summaries = _sum_quotes(yes) if isinstance(yes, BatchQuote) else yes
    consent = require_consent(_sum_quotes(quote), summaries, budget, accept_unconfirmed, unknown_at_most)
    agreed = Agreement(
        by=consent.by, may_buy_unconfirmed=consent.may_buy_unconfirmed, unknown_at_most=consent.unknown_at_most
    )
    if budget is None:
        for row in quote.rows:
            refuse_above(row.budget, agreed.build_consent(row).ceiling, f"row {row.n}: ")
    return agreed


def _sum_quotes(quoted: BatchQuote) -> ProjectQuote:
    """Return the price of all rows as one quote."""
    return ProjectQuote(
        wanted_steps=tuple(f"row {row.n}" for row in quoted.rows if not row.is_up_to_date),
        up_to_date=quoted.up_to_date,
        micros=quoted.micros,
        max_duration_s=0.0,
        min_duration_s=0.0,
        unknown_price_steps=tuple(f"row {row.n}" for row in quoted.rows for _ in range(row.unknown_price_steps)),
        unconfirmed_price_steps=tuple(f"row {n}" for n in quoted.unconfirmed_price_rows),
    )


def _build_takes_graph(standing: Standing) -> Any:
    from reelwright.reel.breakdown import build_graph

    assert standing.plan
    return build_graph(standing.plan, "takes", standing.encoding)


def _may_succeed_later(standing: Standing) -> bool:
    """Return whether all takes are missing for reasons that may pass."""
    missing = [lost.reason for outcome in standing.outcomes.values() for lost in outcome.missing if not outcome.assets]
    return bool(missing) and set(missing) <= _PASSING_REASONS
