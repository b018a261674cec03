"""Many prompts or briefs at once: one price, one consent, each row a project of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Unpack

from reelwright.studio import batches
from reelwright.studio.asked import Agreed
from reelwright.studio.entries import Entry
from reelwright.studio.rows import BatchMade, BatchQuoted, RowMade
from reelwright.studio.scratch import scratch
from reelwright.studio.telling import Listen
from reelwright.studio.verbs.opened import Opened


class Batching(Opened):
    """Many prompts or briefs at once: one price, one consent, each row a project of its own."""

    async def quote_batch(
        self,
        entries: Sequence[Entry | str],
        *,
        model: str | None = None,
        beside: str | Path | None = None,
        out: str | Path | None = None,
        successor: bool | None = None,
        listen: Listen | None = None,
    ) -> BatchQuoted:
        """The price of many prompts or briefs before ``batch``, row by row. Writes and spends nothing.

        A cancel of a row that was asked for before and is not carried out yet is, first.
        """
        with scratch() as folder:
            rows, _ = await batches.prepared_rows(
                entries, folder, self._settings, model, _path(beside), _path(out), successor
            )
        return await batches.quote_rows(self._settings, await self._home_if_there(), rows, listen)

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
        ended: Callable[[RowMade], None] | None = None,
        **agreed: Unpack[Agreed],
    ) -> BatchMade:
        """Many films and clips, so many at once; each row is recorded, whatever becomes of the others. May spend.

        An entry is a mapping with a ``prompt`` (a clip) or a ``brief`` (a film), or text: a brief, with ``model`` a
        prompt. The same entries again go on: what is had is not bought again. ``out``: a folder for their files.
        ``successor``: a retired model is replaced by the one that follows it, where a row does not say so itself.
        ``ended`` hears of each row as it comes. Raises ``BadInput``, ``MoneyError`` before any starts.
        """
        at_once = batches.checked_concurrency(concurrency)
        with scratch() as folder:
            rows, prepared = await batches.prepared_rows(
                entries, folder, self._settings, model, _path(beside), _path(out), successor
            )
            self._batching = True
            made = await batches.make_rows(
                await self._opened(), rows, prepared, out=_path(out), concurrency=at_once, listen=listen, ended=ended,
                yes=agreed.get("yes", False) or self._rehearsal is not None, budget=agreed.get("budget"),
                accept_unconfirmed=agreed.get("accept_unconfirmed", False) or self._rehearsal is not None,
                unknown_at_most=agreed.get("unknown_at_most"),
            )  # fmt: skip
            self._batching = False
        return made


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)
