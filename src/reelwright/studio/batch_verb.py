"""The verb ``batch``: quote all rows, ask for one consent, then make the file of every row."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput
from reelwright.settings import Settings
from reelwright.studio import deliver, validation
from reelwright.studio.batch_runner import (
    CONCURRENCY,
    MAX_CONCURRENCY,
    BatchRunner,
    quote_new_batch,
    require_batch_consent,
)
from reelwright.studio.entries import Entry, PreparedRow, build_rows
from reelwright.studio.home import Home
from reelwright.studio.progress_reporter import Listen
from reelwright.studio.results import ProjectQuote
from reelwright.studio.rows import (
    BatchQuote,
    BatchResult,
    Row,
    RowResult,
    build_batch_result,
    number_rows,
    shorten_title,
)

_DIGITS: Final = 3


async def prepare_rows(
    entries: Sequence[Entry | str],
    scratch: Path,
    settings: Settings,
    model: str | None,
    beside: Path | None,
    out: Path | None,
    successor: bool | None = None,
) -> tuple[list[Row], list[PreparedRow]]:
    """Return the numbered rows, and each row with its imported files. Writes only into ``scratch``.

    ``model``: for prompts that name none. ``beside``: the folder in which pictures are looked for. ``out``: the folder
    for the files. ``successor``: whether to replace retired models in rows that do not say so themselves; None: as in
    the settings. Raises ``BadInput`` naming the row.
    """
    if successor is not None and not isinstance(successor, bool):
        raise BadInput("successor", successor, "True or False")
    if successor is not None:
        settings = replace(settings, retired="successor" if successor else "refuse")
    prepared = await build_rows(entries, scratch, settings, model=model, beside=beside, out=_check_folder(out))
    return list(number_rows([one.row for one in prepared])), prepared


async def quote_rows(settings: Settings, home: Home | None, rows: Sequence[Row], listen: Listen | None) -> BatchQuote:
    """Quote all rows. Spends nothing. ``home`` None: there is no home yet, and none is made."""
    if home is None:
        return await asyncio.to_thread(quote_new_batch, settings, rows)
    return await BatchRunner(home).quote(rows, listen)


async def make_rows(
    home: Home,
    rows: Sequence[Row],
    prepared_rows: Sequence[PreparedRow],
    *,
    out: Path | None,
    concurrency: int,
    yes: bool | ProjectQuote | BatchQuote,
    budget: str | int | float | None,
    accept_unconfirmed: bool,
    unknown_at_most: str | int | float | None,
    listen: Listen | None,
    on_row_end: Callable[[RowResult], None] | None,
) -> BatchResult:
    """Make the file of every row. May spend, never above what was agreed to for all rows together.

    ``on_row_end``: called with the result of each row when it ends.
    """
    began = time.monotonic()
    batch = BatchRunner(home, place=_build_place_function(home, _check_folder(out)))
    quoted = await batch.quote(rows, listen)
    agreed = require_batch_consent(
        quoted, yes=yes, budget=budget, accept_unconfirmed=accept_unconfirmed, unknown_at_most=unknown_at_most
    )
    wanted = {row.n for row in quoted.rows if not row.is_up_to_date}
    await batch.refuse_unsold([row for row in rows if row.n in wanted])
    for row, one in zip(rows, prepared_rows, strict=True):
        if row.n in wanted:
            await one.intake.keep(home)
    made = await batch.run(
        rows, quoted, concurrency=concurrency, agreement=agreed, listen=listen, on_row_end=on_row_end
    )
    return build_batch_result(made, time.monotonic() - began, is_rehearsal=home.tempo.is_rehearsal)


def check_concurrency(value: object) -> int:
    """Check how many rows may run at once; None gives the default. Raises ``BadInput``."""
    return validation.check_whole_number("concurrency", CONCURRENCY if value is None else value, 1, MAX_CONCURRENCY)


def _check_folder(out: Path | None) -> Path | None:
    found = validation.check_path("out", out)
    if found is not None and found.exists() and not found.is_dir():
        raise BadInput("out", str(out), "a folder")
    return found


def _build_place_function(home: Home, folder: Path | None) -> Callable[[Row, str], Path]:
    """Return the function that names the file of a row without ``out``: numbered in ``folder``, else in the home."""

    def place(row: Row, project: str) -> Path:
        title = shorten_title(row.brief.text)
        if folder is None:
            return deliver.choose_film_path(None, home.settings.films, title, project)
        return folder / f"{row.n:0{_DIGITS}}-{deliver.make_slug(title)}-{deliver.shorten_id(project)}.mp4"

    return place
