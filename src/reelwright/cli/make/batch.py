"""The verb ``batch``: make many films or clips from a file, at one price and with one consent."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.actions import format_message
from reelwright.cli.output.logs import is_stderr_json, print_notice
from reelwright.cli.output.output import ProgressPrinter, format_cost, print_json
from reelwright.cli.output.streams import read_stdin
from reelwright.cli.output.tables import print_table
from reelwright.cli.shared import options as o
from reelwright.cli.shared.confirmation import require_consent
from reelwright.cli.shared.option_groups import ApprovalOptions, RehearsalOptions
from reelwright.cli.shared.runner import run
from reelwright.errors import BadInput
from reelwright.units import format_usd

if TYPE_CHECKING:
    from rich.progress import TaskID

    from reelwright.studio.quotes.progress_reporter import Listen
    from reelwright.studio.results.results import Progress
    from reelwright.studio.results.rows import BatchQuote, BatchResult, RowResult
    from reelwright.studio.studio import AsyncStudio

_MAX_SHOWN = 20
"""The most rows or notes of a quote to print. ``--json`` prints all of them."""


def batch(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="YAML, JSON, JSONL, CSV, or a text file with one brief a line. Use - for standard input.",
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="MODEL",
            help="Model for prompts that name none. With it, a line of a text file is a prompt for a clip.",
        ),
    ] = None,
    concurrency: Annotated[
        int, typer.Option("--concurrency", "-c", metavar="N", help="Work on this many rows at once, 1 to 64.")
    ] = 5,
    out: o.Folder = None,
    *,
    successor: o.Successor = False,
    quote: o.Quote = False,
    approval: ApprovalOptions,
    rehearsal: RehearsalOptions,
    json: o.Json = False,
) -> None:
    """Make many films or clips from a FILE of briefs or prompts. You see the price of all of them first.

    If a row fails, the others continue. Run the same command again to continue; nothing is bought twice.
    """

    async def verb(studio: AsyncStudio) -> int:
        approval.check()
        entries = _read_file(file)
        terms: dict[str, Any] = {"model": model, "out": out, "beside": Path(file).parent if file != "-" else None}
        terms |= {"successor": True} if successor else {}
        if quote:
            quoted = await studio.quote_batch(entries, listen=ProgressPrinter(quiet=json), **terms)
            (print_json if json else _print_quote)(quoted)
            return 0
        rehearses = studio.rehearsal is not None
        rows = _RowProgress(len(entries), quiet=json, rehearses=rehearses)
        hear_cancel: Listen | None = ProgressPrinter(quiet=json)

        def hear(event: Progress) -> None:
            if hear_cancel:
                hear_cancel(event)

        async def confirm(quoted: BatchQuote) -> None:
            nonlocal hear_cancel
            if not json:
                _print_quote(quoted)
            require_consent(quoted, yes=approval.yes or rehearses, budget=approval.budget, json_out=json)
            hear_cancel = None  # from here on a line for each row says how it ended
            progress.enter_context(rows)

        with ExitStack() as progress:
            made = await studio.batch(
                entries,
                concurrency=concurrency,
                **approval.to_keywords(),
                listen=hear,
                on_row_end=rows,
                confirm=confirm,
                **terms,
            )
        if json:
            print_json(made)
        else:
            _print_made(made, has_budget=approval.budget is not None)
        return _get_exit_code(made)

    run(verb, json_out=json, rehearse=rehearsal.build(quote=quote), delivers_here=True)


def _read_file(file: str) -> list[Any]:
    if file == "-":
        return list(late.batch_entries.read_entries(read_stdin("file"), "-"))
    path = Path(file).expanduser()
    if not path.is_file():
        raise BadInput("file", file, "a file that exists, or - for standard input")
    try:
        return list(late.batch_entries.read_entries(path.read_text(encoding="utf-8-sig"), path.name))
    except UnicodeDecodeError as cause:
        raise BadInput("file", file, "text in UTF-8") from cause


def _print_quote(quoted: BatchQuote) -> None:
    rows = (
        (str(row.n), row.title, "up to date" if row.is_up_to_date else f"${format_usd(row.micros)}")
        for row in quoted.rows[:_MAX_SHOWN]
    )
    print_table(("row", "title", "price"), rows, right=("row", "price"), shorten="title")
    if len(quoted.rows) > _MAX_SHOWN:
        typer.echo(f"      and {len(quoted.rows) - _MAX_SHOWN} more; --json prints all of them")
    notes = quoted.notes
    for note, numbers in list(notes.items())[:_MAX_SHOWN]:
        typer.echo(f"     note: {note} ({_format_rows(numbers)})")
    if len(notes) > _MAX_SHOWN:
        typer.echo(f"      and {len(notes) - _MAX_SHOWN} more notes; --json prints all of them")
    if over := [row.n for row in quoted.rows if row.budget and row.budget.is_exceeded]:
        typer.echo(
            f"     note: {_format_rows(over)}: the price is above the budget of the flavor; to allow more, "
            "pass --budget USD for all rows"
        )
    if quoted.unknown_price_rows:
        typer.echo(
            f"     note: price unknown for {_format_rows(quoted.unknown_price_rows)}; to set a cap, pass "
            "--unknown-at-most USD"
        )
    if quoted.unconfirmed_price_rows:
        typer.echo(
            f"     note: price unconfirmed for {_format_rows(quoted.unconfirmed_price_rows)}; to accept it, pass "
            "--accept-unconfirmed"
        )
    typer.echo(quoted.line)


def _format_rows(numbers: Sequence[int]) -> str:
    return f"row {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} rows, starting with row {numbers[0]}"


def _print_made(made: BatchResult, *, has_budget: bool) -> None:
    left = f", {made.failed_rows} failed" if made.failed_rows else ""
    left += f", {made.waiting_rows} waiting" if made.waiting_rows else ""
    typer.echo(
        f"{made.done_rows} of {made.total_rows} done ({made.up_to_date} up to date){left}, {format_cost(made)}, "
        f"{made.elapsed_s:.0f} s"
    )
    if made.failed_rows or made.waiting_rows:
        is_over = any(row.wait_reason == "budget" and not _is_over_other_budget(row) for row in made.rows)
        again = "; its --budget may then be spent once more, in addition" if has_budget and is_over else ""
        typer.echo(f"to continue with the others, run the same command again{again}")


def _is_over_other_budget(row: RowResult) -> bool:
    """Whether a row waits for a budget that the same command again does not widen, such as that of the account."""
    return row.reason is not None and any(action.kind == "raise_budget" for action in row.reason.actions)


def _get_exit_code(made: BatchResult) -> int:
    """Return the exit code: 0 if all rows are done, 1 if a row failed, 5 if one is over budget, 4 if one waits else."""
    if made.failed_rows or not made.waiting_rows:
        return 1 if made.failed_rows else 0
    return 5 if any(row.wait_reason == "budget" for row in made.rows) else 4


class _RowProgress:
    """Prints a line for every row that ends, and on a terminal a progress bar below."""

    def __init__(self, total: int, *, quiet: bool, rehearses: bool = False) -> None:
        self._total, self._quiet, self._ended = total, quiet or is_stderr_json(), 0
        self._name = "rows of a rehearsal" if rehearses else "rows"
        self._live = sys.stderr.isatty() and not self._quiet
        self._bars = late.progress_bars.ProgressBars(self._live)
        self._bar: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.__enter__()
        self._bar = self._bars.add(self._name, total=self._total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.__exit__(kind, error, trace)

    def __call__(self, row: RowResult) -> None:
        self._ended += 1
        if self._quiet:
            return
        what = "up to date" if row.is_up_to_date else row.state
        result = row.path or format_message(row.message, row.reason)
        lacks = "; ".join(shortfall.message for shortfall in row.shortfalls)
        result = f"{result} ({lacks})" if lacks else result
        line = f"[{self._ended}/{self._total}] {row.n} {row.title[:40]}: {what} {result}"
        if self._live:
            self._bars.print_line(line)
            self._bars.update(self._bar, advance=1, status=f"{self._ended} of {self._total}")
        else:
            print_notice(line)
