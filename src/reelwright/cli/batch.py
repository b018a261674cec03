"""The verb ``batch``: many prompts or briefs from a file, one price, one consent, each row on its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from reelwright.cli import options as o
from reelwright.cli.agreeing import check_money, says_yes_to
from reelwright.cli.door import run
from reelwright.cli.rehearsing import rehearsal_of
from reelwright.cli.streams import read_stdin
from reelwright.cli.telling import Telling, put_json, spent
from reelwright.errors import BadInput
from reelwright.studio.listener import GONE
from reelwright.units import usd

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from reelwright.studio.rows import BatchMade, BatchQuoted, RowMade
    from reelwright.studio.studio import AsyncStudio

_SHOWN = 20
"""Rows of a price that are shown one by one; all of them are in its JSON."""


def batch(
    file: Annotated[str, typer.Argument(metavar="FILE", help="YAML, JSON, JSONL, CSV, or one a line; - reads it.")],
    model: Annotated[
        str | None, typer.Option("--model", metavar="MODEL", help="Of prompts that name none; text is then a prompt.")
    ] = None,
    concurrency: Annotated[
        int, typer.Option("--concurrency", "-c", metavar="N", help="Rows under way at once, from 1 to 64.")
    ] = 5,
    out: o.Folder = None,
    successor: o.Successor = False,
    quote: o.Quote = False,
    yes: o.Yes = False,
    budget: o.Budget = None,
    accept_unconfirmed: o.AcceptUnconfirmed = False,
    unknown_at_most: o.UnknownAtMost = None,
    rehearse: o.Rehearse = False,
    rehearse_faults: o.RehearseFaults = None,
    rehearse_speed: o.RehearseSpeed = None,
    json: o.Json = False,
) -> None:
    """Make many films or clips from a FILE of briefs or prompts. Shows the price of all of them first.

    A row that fails is recorded, and the others go on. The same file again goes on: what is had is not bought again.
    """

    async def verb(studio: AsyncStudio) -> int:
        check_money(budget, unknown_at_most)
        entries = _entries(file)
        told: dict[str, Any] = {"model": model, "out": out, "beside": Path(file).parent if file != "-" else None}
        told |= {"successor": True} if successor else {}
        quoted = await studio.quote_batch(entries, listen=Telling(quiet=json), **told)
        if quote:
            (put_json if json else _put_quote)(quoted)
            return 0
        if not json:
            _put_quote(quoted)
        says_yes_to(quoted, yes=yes or studio.rehearsal is not None, budget=budget, json_out=json)
        with _Counting(len(quoted.rows), quiet=json, rehearses=studio.rehearsal is not None) as counting:
            made = await studio.batch(
                entries,
                concurrency=concurrency,
                yes=quoted,
                budget=budget,
                accept_unconfirmed=accept_unconfirmed,
                unknown_at_most=unknown_at_most,
                ended=counting,
                **told,
            )
        (put_json if json else _put_made)(made)
        return _code(made)

    run(verb, json_out=json, rehearse=rehearsal_of(rehearse, rehearse_speed, rehearse_faults, quote=quote))


def _entries(file: str) -> list[Any]:
    from reelwright.studio.entries import read_entries

    if file == "-":
        return list(read_entries(read_stdin("file"), "-"))
    path = Path(file).expanduser()
    if not path.is_file():
        raise BadInput("file", file, "a file that exists, or - for standard input")
    try:
        return list(read_entries(path.read_text(encoding="utf-8-sig"), path.name))
    except UnicodeDecodeError as cause:
        raise BadInput("file", file, "text in UTF-8") from cause


def _put_quote(quoted: BatchQuoted) -> None:
    for row in quoted.rows[:_SHOWN]:
        typer.echo(f"{row.n:>4}  {row.title[:48]:<48}{'had' if row.had else '$' + usd(row.micros):>12}")
    if len(quoted.rows) > _SHOWN:
        typer.echo(f"      and {len(quoted.rows) - _SHOWN} more; --json tells all of them")
    notes = quoted.notes
    for said, of in list(notes.items())[:_SHOWN]:
        typer.echo(f"     note: {said} ({_rows(of)})")
    if len(notes) > _SHOWN:
        typer.echo(f"      and {len(notes) - _SHOWN} more notes; --json tells all of them")
    if over := [row.n for row in quoted.rows if row.budget and row.budget.stops]:
        typer.echo(f"     note: {_rows(over)} costs more than its flavor allows a film; --budget USD for all raises it")
    for said, rows in (("nobody knows", quoted.unknown), ("nobody confirms", quoted.unconfirmed)):
        if rows:
            option = "--unknown-at-most USD" if said == "nobody knows" else "--accept-unconfirmed"
            typer.echo(f"     note: {said} the price of {_rows(rows)}; {option} agrees to it all the same")
    typer.echo(quoted.line)


def _rows(numbers: Sequence[int]) -> str:
    return f"row {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} rows, row {numbers[0]} first"


def _put_made(made: BatchMade) -> None:
    left = f", {made.failed} failed" if made.failed else ""
    left += f", {made.waiting} waiting" if made.waiting else ""
    typer.echo(f"{made.done} of {made.total} done ({made.had} had){left}, {spent(made)}, {made.elapsed_s:.0f} s")
    if made.failed or made.waiting:
        typer.echo("the same command again goes on with the others")


def _code(made: BatchMade) -> int:
    """0 all done; 1 where a row failed; 4 where one waits for a person."""
    return 1 if made.failed else 4 if made.waiting else 0


class _Counting:
    """A line for every row that ended; on a terminal a bar below them."""

    def __init__(self, total: int, *, quiet: bool, rehearses: bool = False) -> None:
        self._total, self._quiet, self._ended = total, quiet, 0
        self._name = "rows of a rehearsal" if rehearses else "rows"
        self._bars: Bars | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._quiet:
            from rich.console import Console
            from rich.progress import Progress

            self._bars = Progress(console=Console(stderr=True), transient=True)
            self._bars.add_task(self._name, total=self._total)
            with suppress(*GONE):
                self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            with suppress(*GONE):
                self._bars.stop()

    def __call__(self, row: RowMade) -> None:
        self._ended += 1
        if self._quiet:
            return
        what = "had" if row.had else row.state
        line = f"[{self._ended}/{self._total}] {row.n} {row.title[:40]}: {what} {row.path or row.said}"
        if self._bars:
            self._bars.console.print(line, markup=False, highlight=False, soft_wrap=True)
            self._bars.advance(self._bars.task_ids[0])
        else:
            typer.echo(line, err=True)
