"""The rows of a batch as a person gives them: read, numbered, and with the names of their files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput
from reelwright.reel.film.brief import Brand
from reelwright.settings import Settings
from reelwright.studio.batches.entries import Entry, PreparedRow, build_rows
from reelwright.studio.batches.refused_rows import RefusedRows
from reelwright.studio.films import deliver
from reelwright.studio.quotes import validation
from reelwright.studio.results.options import RowOptions
from reelwright.studio.results.rows import Row, number_rows, shorten_title
from reelwright.studio.runtime.scratch import ScratchFolder

_DIGITS: Final = 3


async def prepare_rows(
    entries: Sequence[Entry | str],
    scratch: ScratchFolder,
    settings: Settings,
    options: RowOptions,
    brand: Brand | None = None,
) -> list[PreparedRow]:
    """Check the entries of a batch and return them as numbered rows; pictures and clips are copied into ``scratch``.

    ``brand``: of the home. Raises ``BadInput`` naming the row.
    """
    if options.successor is not None:
        settings = replace(settings, retired="successor" if options.successor else "refuse")
    beside = None if options.beside is None else Path(options.beside)
    out = _check_folder(options.out)
    prepared = await build_rows(entries, scratch, settings, model=options.model, beside=beside, out=out, brand=brand)
    rows = number_rows([one.row for one in prepared])
    _refuse_shared_files(rows)
    return [replace(one, row=row) for one, row in zip(prepared, rows, strict=True)]


def _refuse_shared_files(rows: Sequence[Row]) -> None:
    """Raise ``BadInput`` naming each row whose file is that of a row before it: it would take the other one's place."""
    refused = RefusedRows(is_single=len(rows) == 1)
    taken: dict[Path, int] = {}
    for row in rows:
        with refused.collect_row(row.n):
            if row.out is not None and (first := taken.setdefault(row.out.absolute(), row.n)) != row.n:
                raise BadInput("out", str(row.out), f"a file of its own (row {first} has this one)")
    refused.refuse()


def name_files(out: str | Path | None) -> Callable[[Row, str], Path] | None:
    """Return the function that makes a row's path in the folder ``out`` from row and project id; None without one."""
    folder = _check_folder(out)
    if folder is None:
        return None

    def name(row: Row, project: str) -> Path:
        slug = deliver.make_slug(shorten_title(row.brief.text))
        return folder / f"{row.n:0{_DIGITS}}-{slug}-{deliver.shorten_id(project)}.mp4"

    return name


def _check_folder(out: str | Path | None) -> Path | None:
    found = validation.check_path("out", out)
    if found is not None and found.exists() and not found.is_dir():
        raise BadInput("out", str(out), "a folder")
    return found
