"""Tables of the command line: on a terminal with a header and as wide as it is, in a pipe plain and whole."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Collection, Iterable, Sequence

import typer

from reelwright.cli import late_modules as late

_LEAST_WIDTH = 16
"""A column that gives way on a narrow terminal keeps so many characters. Below that the terminal breaks the lines."""


def get_terminal_width() -> int | None:
    """Return the width, in columns, of the terminal on standard output; None if that is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Collection[str] = (),
    wrap: str = "",
    shorten: str = "",
) -> None:
    """Print rows as a table on standard output, see ``format_table``."""
    for line in format_table(columns, rows, get_terminal_width(), right=right, wrap=wrap, shorten=shorten):
        typer.echo(line)


def format_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    width: int | None,
    *,
    right: Collection[str] = (),
    wrap: str = "",
    shorten: str = "",
) -> list[str]:
    """Return rows as the lines of a table that is ``width`` columns wide. Without a ``width``: one whole line for each
    row, and no header.

    ``right``: columns that are aligned right. On a narrow terminal, the column ``wrap`` is broken into lines, or the
    column ``shorten`` is cut; the others, such as ids and prices, stay whole.
    """
    cells = [[" ".join(cell.splitlines()) for cell in row] for row in rows]
    if not cells:
        return []
    whole_columns = list(zip(columns, *cells, strict=True))
    gives_way = () if width is None else (wrap, shorten)
    others = sum(2 + max(map(late.cells.cell_len, column)) for column in whole_columns if column[0] not in gives_way)
    left = max((width or 0) - others - 2, _LEAST_WIDTH)
    table = late.table.Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=width is not None)
    for name in columns:
        table.add_column(
            name.upper(),
            justify="right" if name in right else "left",
            no_wrap=name != wrap,
            overflow="ellipsis" if name == shorten else "fold",
            max_width=left if name in gives_way else None,
        )
    for row in cells:
        table.add_row(*map(late.text.Text, row))
    out = io.StringIO()
    late.console.Console(file=out, width=others + left + 2, color_system=None).print(table)
    return [line.rstrip() for line in out.getvalue().split("\n")[:-1]]
