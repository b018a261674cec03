"""Batches: many prompts or briefs with one price and one consent. Each row is a project of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Unpack

from reelwright.studio import batch_verb
from reelwright.studio.consent import confirm_quote
from reelwright.studio.entries import Entry
from reelwright.studio.options import Approval
from reelwright.studio.progress_reporter import Listen
from reelwright.studio.results import ProjectQuote
from reelwright.studio.rows import BatchQuote, BatchResult, RowResult
from reelwright.studio.scratch import open_scratch_folder
from reelwright.studio.verb_options import ConfirmFunction, ConsentOptions
from reelwright.studio.verbs.base import StudioBase


class Batching(StudioBase):
    """Batches: many prompts or briefs with one price and one consent. Each row is a project of its own."""

    async def quote_batch(
        self,
        entries: Sequence[Entry | str],
        *,
        model: str | None = None,
        beside: str | Path | None = None,
        out: str | Path | None = None,
        successor: bool | None = None,
        listen: Listen | None = None,
    ) -> BatchQuote:
        """Quote many prompts or briefs before ``batch``, row by row. Writes and spends nothing.

        Pending cancels of rows are carried out first.
        """
        with open_scratch_folder() as folder:
            rows, _ = await batch_verb.prepare_rows(
                entries, folder, self._settings, model, _path(beside), _path(out), successor
            )
        return await batch_verb.quote_rows(self._settings, await self._open_existing_home(), rows, listen)

    async def batch(
        self,
        entries: Sequence[Entry | str],
        *,
        model: str | None = None,
        beside: str | Path | None = None,
        out: str | Path | None = None,
        successor: bool | None = None,
        concurrency: int | None = None,
        listen: Listen | None = None,
        on_row_end: Callable[[RowResult], None] | None = None,
        confirm: ConfirmFunction[BatchQuote] | None = None,
        **consent_options: Unpack[ConsentOptions],
    ) -> BatchResult:
        """Make many films and clips, ``concurrency`` at a time. Each row is recorded, even if others fail. May spend.

        An entry is a mapping with a ``prompt`` (a clip) or a ``brief`` (a film), or a text: a brief, or with ``model``
        a prompt. A repeated call with the same entries continues: what exists is not bought again. ``out``: a folder
        for the files. ``successor``: replace retired models by their successors, unless a row says otherwise.
        ``on_row_end`` is called with each row that ends. ``confirm``: is called with the quote before anything is
        written, and agrees to it unless it returns False; unlike after a call of ``quote_batch``, nothing is planned
        or read twice. Raises ``BadInput``, ``MoneyError`` before any row starts.
        """
        approval = Approval.parse(consent_options)
        at_once = batch_verb.check_concurrency(concurrency)
        with open_scratch_folder() as folder:
            rows, prepared = await batch_verb.prepare_rows(
                entries, folder, self._settings, model, _path(beside), _path(out), successor
            )
            yes: bool | ProjectQuote | BatchQuote = approval.yes or self._rehearsal is not None
            if confirm:
                there = await self._open_existing_home()
                yes = await batch_verb.quote_rows(self._settings, there, rows, listen)
                await confirm_quote(confirm, yes)
            self._batching = True
            made = await batch_verb.make_rows(
                await self._open_home(),
                rows,
                prepared,
                out=_path(out),
                concurrency=at_once,
                listen=listen,
                on_row_end=on_row_end,
                yes=yes,
                budget=approval.budget,
                accept_unconfirmed=approval.accept_unconfirmed or self._rehearsal is not None,
                unknown_at_most=approval.unknown_at_most,
            )
            self._batching = False
        return made


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)
