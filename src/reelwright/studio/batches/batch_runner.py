"""Queues the rows of a batch as jobs, drives them, and delivers their files. Nothing is bought a second time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeVar

from reelwright.errors import ReelwrightError
from reelwright.messages import format_step_reason
from reelwright.net.redact import redact_error
from reelwright.reel.base.ids import mint
from reelwright.reel.records.ledger import Limit
from reelwright.reel.records.operation import Consent, Job, Purchase
from reelwright.studio.batches.row_projects import RowProjects
from reelwright.studio.clips.take_delivery import deliver_take, find_take
from reelwright.studio.films import deliver, project_run, summaries
from reelwright.studio.policy import BATCH_CONCURRENCY, ROWS_OPENED_AT_ONCE
from reelwright.studio.projects.queued_job import QueuedRow
from reelwright.studio.quotes.listener import guard_listener
from reelwright.studio.quotes.progress_reporter import Listen, ProgressReporter
from reelwright.studio.results.rows import Agreement, BatchQuote, Row, RowQuote, RowResult, shorten_title
from reelwright.studio.runtime import quality
from reelwright.studio.runtime.account_orders import Adoption, adopt
from reelwright.studio.runtime.home import Home, count_hands
from reelwright.units import Micros

T = TypeVar("T")
U = TypeVar("U")
R = TypeVar("R")


Place = Callable[[Row, str], Path]
"""Names the file of a row without ``out``, given its project."""


def build_batch_limit(
    concurrency: int, cap: Micros | None = None, key: str | None = None, spent_micros: Micros | None = None
) -> Limit:
    """Build a limit that lets ``concurrency`` rows of one batch run at once; its subject is the batch key.

    ``cap``: the most in micro-dollars that all rows together may spend; None: no such cap. ``key`` None: a new batch.
    ``spent_micros``: what counts in the cap of a new batch from the start.
    """
    subject, spent = key or mint("batch"), spent_micros or Micros(0)
    return Limit(scope="batch", subject=subject, open_at_once=concurrency, cap_micros=cap, spent_micros=spent)


class _QueuedRow(NamedTuple):
    """The job of a row. ``is_up_to_date``: everything exists already; ``is_done``: and its job has ended with it.

    ``sent_before``: ids of the purchases that were sent for the row before this run.
    """

    project: str
    job: str
    is_up_to_date: bool
    is_done: bool
    sent_before: frozenset[str]


class BatchRunner:
    """Buys and makes the films and clips of a batch's rows.

    Call ``quote_rows`` first, and ``require_batch_consent`` for an agreement. Rows of one batch share the limit in the
    journal that comes with their jobs, also with other processes.
    """

    def __init__(
        self, home: Home, *, place: Place | None = None, job_options: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        self._job_options = job_options
        self._home, self._projects = home, RowProjects(home)
        self._place = place
        self._opening = asyncio.Semaphore(ROWS_OPENED_AT_ONCE)

    async def enqueue(
        self, rows: Sequence[Row], quote: BatchQuote, *, concurrency: int, agreement: Agreement
    ) -> tuple[str, list[QueuedRow]]:
        """Queue a job for every row, without running any; a row that is done keeps its job. Return the batch key, too.

        Sends nothing to a provider.
        """
        batch, queued = await self._build_limit(quote, concurrency, agreement.ceiling), []
        for row, price in zip(rows, quote.rows, strict=True):
            one = await self._prepare_job(row, price, agreement.build_consent(price), batch)
            queued.append(QueuedRow(n=row.n, project=one.project, job=one.job, is_up_to_date=one.is_done))
        return batch.subject, queued

    async def _build_limit(self, quote: BatchQuote, concurrency: int, cap: Micros | None) -> Limit:
        """Build the limit of these rows: of a new batch, or of the one with the same ``cap`` that is at work on them,
        also if its process was killed. The budget is repeated then, and means the whole of it.

        What a lost journal had spent on the rows is spent of the budget, of which ``cap`` is the rest.
        """
        spent = quote.recovered_micros
        cap = None if cap is None else Micros(cap + spent)
        projects, key = [row.project for row in quote.rows if row.project], None
        if cap is not None and projects:
            key = await self._home.ledger.find_running_batch(self._home.account, projects, cap)
        return build_batch_limit(concurrency, cap, key, spent)

    async def run(
        self,
        rows: Sequence[Row],
        quote: BatchQuote,
        *,
        concurrency: int = BATCH_CONCURRENCY,
        agreement: Agreement,
        listen: Listen | None = None,
        on_row_end: Callable[[RowResult], None] | None = None,
    ) -> list[RowResult]:
        """Make and deliver the film or clip of every row, ``concurrency`` at once, for at most the price agreed to.

        Returns results in the order of the rows. A row that fails or waits is reported, and the others continue.
        ``on_row_end`` is called with each result when its row ends.
        """
        tell = guard_listener(on_row_end)
        batch = await self._build_limit(quote, concurrency, agreement.ceiling)

        async def one(row: Row, price: RowQuote) -> RowResult:
            made = await self._run_and_record(row, price, agreement.build_consent(price), batch, listen)
            tell(made)
            return made

        return await run_in_order(one, list(zip(rows, quote.rows, strict=True)), concurrency)

    async def _run_and_record(
        self, row: Row, price: RowQuote, consent: Consent, batch: Limit, listen: Listen | None
    ) -> RowResult:
        began, queued = time.monotonic(), None
        try:
            queued = await self._prepare_job(row, price, consent, batch)
            return await self._finish(row, queued, began, listen)
        except ReelwrightError as error:
            project = await self._projects.find(row)
            purchases = await self._home.ledger.list_purchases(self._home.account, project) if project else ()
            return RowResult(
                n=row.n,
                title=shorten_title(row.brief.text),
                state="failed",
                path=None,
                micros=summaries.sum_spent(purchases),
                now_micros=summaries.sum_spent_since(purchases, queued.sent_before if queued else None),
                elapsed_s=round(time.monotonic() - began, 3),
                project=project,
                reason=redact_error(error),
                message=error.message,
            )

    async def run_row(self, row: Row, price: RowQuote, consent: Consent, batch: Limit | None) -> RowResult:
        """Make and deliver the film or clip of one row, spending at most what was consented to.

        After a cancel, the same call continues it.

        ``batch``: the limit that the row counts under; a film counts from its first step to its last, and a clip only
        while its provider works on it, so that no work of this machine delays the next clip.
        """
        began = time.monotonic()
        return await self._finish(row, await self._prepare_job(row, price, consent, batch), began)

    async def _finish(self, row: Row, queued: _QueuedRow, began: float, listen: Listen | None = None) -> RowResult:
        """Drive the row's job until it rests, and deliver its file."""
        if not queued.is_done:
            hear = None
            if listen:
                hear = ProgressReporter(listen, row.first_plan, {}, count_hands(self._home.settings))
            await self._home.driver.drive(self._home.account, queued.project, hear)
        return await self._report_row(row, queued, began)

    async def _prepare_job(self, row: Row, price: RowQuote, consent: Consent, batch: Limit | None) -> _QueuedRow:
        """Open the row's project, and take up its live job, with the new consent if it waits, or queue a new one."""
        home = self._home
        async with self._opening:
            project = await self._projects.open(row)
            wants = await adopt(home, project)
            had = await self._projects.is_up_to_date(row, project)
            sent = summaries.list_sent_purchases(await home.ledger.list_purchases(home.account, project))
            jobs = await home.journal.list_jobs(home.account, project)
            mine = [job for job in jobs if job.goal == row.goal and not job.is_cancel_requested]
            if had and mine and mine[0].state == "done":
                return _QueuedRow(project, mine[0].id, had, True, sent)
            if not any(job.state in ("queued", "running") for job in mine):
                await self._projects.record_retry_round(project)
            job = await self._enqueue(row, project, price, consent, jobs, batch, wants)
            return _QueuedRow(project, job, had, False, sent)

    async def _enqueue(
        self, row: Row, project: str, price: RowQuote, consent: Consent, before: Sequence[Job], batch: Limit | None,
        wants: Adoption,
    ) -> str:  # fmt: skip
        options = project_run.add_key(
            self._home, {**self._job_options, "out": str(self._choose_path(row, project, before)), "row": row.n}
        )
        options = wants.add_wants(options)
        renew, spent = project_run.make_renewal(consent, price.spent_by_job), sum(price.spent_by_job.values())
        journal, account = self._home.journal, self._home.account
        return await journal.enqueue_once(account, project, row.goal, consent, options, renew, spent, batch)

    def _choose_path(self, row: Row, project: str, jobs: Sequence[Job]) -> Path:
        """Return the path of the row's file: its own, else the one stored with a job unless that lies in another folder
        than the caller named, else a new one in that folder or the default folder.

        An equal batch that runs at the same moment may share the job. A project may have jobs without a path: those of
        an edit by hand, after a batch that was killed early.
        """
        named = self._place(row, project) if self._place else None
        stored = (Path(job.options["out"]) for job in jobs if "out" in job.options)
        fitting = next((path for path in stored if named is None or path.parent == named.parent), None)
        return row.out or fitting or named or self._in_films(row, project)

    async def _report_row(self, row: Row, queued: _QueuedRow, began: float) -> RowResult:
        journal, account, project = self._home.journal, self._home.account, queued.project
        ended = await journal.read_job(account, queued.job)
        path: Path | None = None
        came: dict[str, Any] = {}
        standing = await journal.read_standing(account, project)
        reason, message = summaries.explain(standing, ended.reason), ""
        state: Literal["done", "waiting", "failed", "cancelled"] = "waiting"
        if ended.state not in ("queued", "running"):
            state = ended.state  # type: ignore[assignment]  # no other is left
        place = self._choose_path(row, project, (ended, *await journal.list_jobs(account, project)))
        if state == "done" and row.goal != "takes":
            film = await project_run.report(self._home, ended, place, 0.0, 0)
            path, reason, message = (film.film.path if film.film else None), film.reason, film.message
        elif state == "done":
            take = find_take(standing)
            assert take, "a job that is done has its take"
            path = place
            await deliver_take(self._home, take, path)
            came = quality.describe_take(standing, take)
        elif reason:
            message = format_step_reason(reason, summaries.name_parts(standing))
        purchases = await self._home.ledger.list_purchases(account, project)
        return RowResult(
            n=row.n,
            title=shorten_title(row.brief.text),
            state=state,
            path=path,
            micros=summaries.sum_spent(purchases),
            now_micros=summaries.sum_spent_since(purchases, queued.sent_before),
            elapsed_s=_measure_elapsed_s(began, ended, purchases, queued),
            is_up_to_date=queued.is_up_to_date and state == "done",
            project=project,
            job=ended.id,
            wait_reason=ended.wait_reason if state == "waiting" else None,
            reason=None if path else reason,
            message="" if path else message,
            **came,
        )

    def _in_films(self, row: Row, project: str) -> Path:
        return deliver.choose_film_path(
            self._home.settings.films_folder or None, self._home.settings.films, shorten_title(row.brief.text), project
        )


def _measure_elapsed_s(began: float, job: Job, purchases: Sequence[Purchase], queued: _QueuedRow) -> float:
    """Measure the seconds since the row got a slot of its batch, at most those since ``began`` (monotonic)."""
    sent = [one.posted_at for one in purchases if one.id not in queued.sent_before and one.posted_at]
    started = min(sent, default=None) if job.goal == "takes" else job.started_at
    elapsed_s = time.monotonic() - began
    if started and not queued.is_up_to_date:
        elapsed_s = min(elapsed_s, max(0.0, (datetime.now(UTC) - started).total_seconds()))
    return round(elapsed_s, 3)


async def run_in_order(
    action: Callable[[T, U], Awaitable[R]], items: Sequence[tuple[T, U]], concurrency: int
) -> list[R]:
    """Await ``action(a, b)`` for each pair ``(a, b)`` of ``items``, several at once; return results in their order.

    Twice ``concurrency`` items are started at once: the limit of their batch lets ``concurrency`` of them run, and the
    others are prepared meanwhile.
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
