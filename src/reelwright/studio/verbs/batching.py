"""Batches: many prompts or briefs with one price and one consent. Each row is a project of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, Unpack

from reelwright.reason import Action
from reelwright.studio.batches import batch_rows
from reelwright.studio.batches.batch_quote import quote_new_batch, quote_rows, refuse_unsold_rows, require_batch_consent
from reelwright.studio.batches.batch_runner import BatchRunner
from reelwright.studio.batches.entries import Entry
from reelwright.studio.edits.interruption import attach_resume_action
from reelwright.studio.projects.queued_job import QueuedBatch
from reelwright.studio.quotes.consent import confirm_quote
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.results.options import Approval, BatchOptions, RowOptions
from reelwright.studio.results.rows import Agreement, BatchQuote, BatchResult, Row, RowResult, build_batch_result
from reelwright.studio.results.verb_options import BatchKeywords, ConfirmFunction, RowTerms
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.verbs.base import StudioBase


class _AgreedBatch(NamedTuple):
    rows: list[Row]
    quote: BatchQuote
    agreement: Agreement
    runner: BatchRunner


class Batching(StudioBase):
    """The verbs for batches: many prompts or briefs with one price and one consent.

    Each row is a project of its own.
    """

    async def quote_batch(
        self, entries: Sequence[Entry | str], *, listen: Listen | None = None, **terms: Unpack[RowTerms]
    ) -> BatchQuote:
        """Quote what ``batch`` would buy for many prompts and briefs, row by row. Writes and spends nothing.

        Pending cancels of rows are carried out first.
        """
        given = RowOptions.parse(terms)
        with open_scratch_folder() as folder:
            prepared = await batch_rows.prepare_rows(
                entries, folder, self._settings, given, await self._read_home_brand()
            )
        return await self._quote_rows([one.row for one in prepared], listen)

    async def batch(
        self,
        entries: Sequence[Entry | str],
        *,
        listen: Listen | None = None,
        on_row_end: Callable[[RowResult], None] | None = None,
        confirm: ConfirmFunction[BatchQuote] | None = None,
        **options: Unpack[BatchKeywords],
    ) -> BatchResult:
        """Make a film or clip of every entry and deliver the files; may spend, up to one agreed price for all.

        ``concurrency`` rows are made at a time. Each row is recorded, even if others fail.

        An entry is a mapping with a ``prompt`` (a clip) or a ``brief`` (a film), or a text: a brief, or with ``model``
        a prompt. ``options``: the fields of ``studio.options.BatchOptions``. A repeated call with the same entries
        continues: what exists is not bought again. ``on_row_end`` is called with each row that ends. ``confirm``: is
        called with the quote before anything is written, and agrees to it unless it returns False; unlike after a call
        of ``quote_batch``, nothing is planned or read twice. Raises ``BadInput``, ``MoneyError`` before any row starts.
        """
        began, given = time.monotonic(), BatchOptions.parse(options)
        with attach_resume_action(Action("run_batch_again")):
            async with self._agree_to_batch(entries, given, confirm, listen) as agreed:
                made = await agreed.runner.run(
                    agreed.rows, agreed.quote, concurrency=given.get_concurrency(), agreement=agreed.agreement,
                    listen=listen, on_row_end=on_row_end,
                )  # fmt: skip
        rehearses = (await self._open_home()).tempo.is_rehearsal
        return build_batch_result(made, time.monotonic() - began, is_rehearsal=rehearses)

    async def enqueue_batch(
        self,
        entries: Sequence[Entry | str],
        *,
        listen: Listen | None = None,
        confirm: ConfirmFunction[BatchQuote] | None = None,
        **options: Unpack[BatchKeywords],
    ) -> QueuedBatch:
        """Queue a job for every entry of a batch, at a price that the options agree to; runs nothing.

        Sends nothing to a provider. Whatever process drives the home makes the rows, at most ``concurrency`` at once in
        all processes together, within the limit of jobs. ``batch`` with the same entries delivers their files. Raises
        what ``batch`` raises before a row starts, and ``StoreUnavailable``; rows that were queued before it stay
        queued.
        """
        given = BatchOptions.parse(options)
        async with self._agree_to_batch(entries, given, confirm, listen) as agreed:
            key, queued = await agreed.runner.enqueue(
                agreed.rows, agreed.quote, concurrency=given.get_concurrency(), agreement=agreed.agreement
            )
        return QueuedBatch(batch_key=key, quote=agreed.quote, rows=tuple(queued))

    async def _quote_rows(self, rows: Sequence[Row], listen: Listen | None) -> BatchQuote:
        home = await self._open_existing_home()
        return (
            await quote_rows(home, rows, listen)
            if home
            else await asyncio.to_thread(quote_new_batch, self._settings, rows)
        )

    @asynccontextmanager
    async def _agree_to_batch(
        self,
        entries: Sequence[Entry | str],
        given: BatchOptions,
        confirm: ConfirmFunction[BatchQuote] | None,
        listen: Listen | None,
    ) -> AsyncIterator[_AgreedBatch]:
        """Read the rows, agree to their price, and keep their files, for the length of this block."""
        rehearses = self._rehearsal is not None
        approval = Approval(**given.get_given(Approval.model_fields))
        with open_scratch_folder() as folder:
            prepared = await batch_rows.prepare_rows(
                entries, folder, self._settings, given, await self._read_home_brand()
            )
            rows = [one.row for one in prepared]
            if confirm:
                shown = await self._quote_rows(rows, listen)
                refuse_unsold_rows(self._sellers, rows, shown)
                await confirm_quote(confirm, shown)
                approval = approval.model_copy(update={"yes": shown})
            if rehearses:
                approval = approval.model_copy(update={"yes": approval.yes or True, "accept_unconfirmed": True})
            home = await self._open_home()
            quoted = await quote_rows(home, rows, listen)
            agreement = require_batch_consent(quoted, approval)
            refuse_unsold_rows(self._sellers, rows, quoted)
            wanted = {row.n for row in quoted.rows if not row.is_up_to_date}
            for one in prepared:
                if one.row.n in wanted:
                    await one.intake.keep(home)
            runner = BatchRunner(home, place=batch_rows.name_files(given.out), job_options=given.list_job_options())
            yield _AgreedBatch(rows, quoted, agreement, runner)
