"""The studio's verb ``batch``: the price of all rows first, one consent, then every row to its file."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput
from reelwright.settings import Settings
from reelwright.studio import checked, deliver
from reelwright.studio.answers import Quoted
from reelwright.studio.batching import CONCURRENCY, MOST, Batch, agree, first_batch_quote
from reelwright.studio.entries import Entry, Prepared, rows_of
from reelwright.studio.home import Home
from reelwright.studio.rows import BatchMade, BatchQuoted, Row, RowMade, batch_made, counted, title_of
from reelwright.studio.telling import Listen

_DIGITS: Final = 3


async def prepared_rows(
    entries: Sequence[Entry | str],
    scratch: Path,
    settings: Settings,
    model: str | None,
    beside: Path | None,
    out: Path | None,
    successor: bool | None = None,
) -> tuple[list[Row], list[Prepared]]:
    """The rows, numbered, and what goes with each. Raises ``BadInput`` naming the row; writes only into ``scratch``.

    ``successor``: of retired models in rows that do not say themselves; None: as the settings have it.
    """
    if successor is not None and not isinstance(successor, bool):
        raise BadInput("successor", successor, "True or False")
    if successor is not None:
        settings = replace(settings, retired="successor" if successor else "refuse")
    prepared = await rows_of(entries, scratch, settings, model=model, beside=beside, out=_folder(out))
    return list(counted([one.row for one in prepared])), prepared


async def quote_rows(settings: Settings, home: Home | None, rows: Sequence[Row], listen: Listen | None) -> BatchQuoted:
    """What all rows want now, and its price. ``home`` None: there is none yet, and none is made."""
    if home is None:
        return await asyncio.to_thread(first_batch_quote, settings, rows)
    return await Batch(home, home.providers, home.produce).quote(rows, listen)


async def make_rows(
    home: Home,
    rows: Sequence[Row],
    prepared: Sequence[Prepared],
    *,
    out: Path | None,
    concurrency: int,
    yes: bool | Quoted | BatchQuoted,
    budget: str | int | float | None,
    accept_unconfirmed: bool,
    unknown_at_most: str | int | float | None,
    listen: Listen | None,
    ended: Callable[[RowMade], None] | None,
) -> BatchMade:
    """Every row to its file. May spend, never above what was agreed to for all of them together."""
    began = time.monotonic()
    batch = Batch(home, home.providers, home.produce, place=_places(home, _folder(out)))
    quoted = await batch.quote(rows, listen)
    agreed = agree(
        quoted,
        yes=yes,
        budget=budget,
        accept_unconfirmed=accept_unconfirmed,
        unknown_at_most=unknown_at_most,
    )
    wanted = {row.n for row in quoted.rows if not row.had}
    await batch.refuse_unsold([row for row in rows if row.n in wanted])
    for row, one in zip(rows, prepared, strict=True):
        if row.n in wanted:
            await one.taken.keep(home)
    made = await batch.run(rows, quoted, concurrency=concurrency, agreed=agreed, listen=listen, ended=ended)
    return batch_made(made, time.monotonic() - began, rehearsed=home.tempo.rehearsed)


def checked_concurrency(value: object) -> int:
    """How many rows may be under way at once."""
    return checked.whole("concurrency", CONCURRENCY if value is None else value, 1, MOST)


def _folder(out: Path | None) -> Path | None:
    found = checked.place("out", out)
    if found is not None and found.exists() and not found.is_dir():
        raise BadInput("out", str(out), "a folder")
    return found


def _places(home: Home, folder: Path | None) -> Callable[[Row, str], Path]:
    """Where a row's file goes that names no place: numbered in the folder, else among the films of the home."""

    def place(row: Row, project: str) -> Path:
        title = title_of(row.brief.text)
        if folder is None:
            return deliver.place(None, home.settings.films, title, project)
        return folder / f"{row.n:0{_DIGITS}}-{deliver.slug(title)}-{deliver.short(project)}.mp4"

    return place
