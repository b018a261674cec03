"""Progress bars on a terminal: one bar for each video being made. Nothing is drawn elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from reelwright.client.recording import WireRecord
from reelwright.studio.listener import GONE

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_TITLE_CHARS: Final = 32
_NEARLY: Final = 0.99


class ProgressBars:
    """Progress bars on standard error. ``is_shown`` None means: only if standard error is a terminal."""

    def __init__(self, is_shown: bool | None = None) -> None:
        self._is_shown = sys.stderr.isatty() if is_shown is None else is_shown
        self._bars: Progress | None = None
        self._printed_notes: set[str] = set()

    def __enter__(self) -> Self:
        if self._is_shown:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._bars = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TextColumn("{task.fields[status]}", markup=False),
                TimeElapsedColumn(),
                console=Console(stderr=True),
            )
            with suppress(*GONE):
                self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars:
            with suppress(*GONE):
                self._bars.stop()
            self._bars = None

    def print_note(self, note: str) -> None:
        """Print a note above the bars, each note only once."""
        if self._bars and note not in self._printed_notes:
            self._printed_notes.add(note)
            with suppress(*GONE):
                self._bars.console.print(f"note: {note}", markup=False, highlight=False, soft_wrap=True)

    def add_bar(self, title: str) -> tuple[Callable[[WireRecord], None], Callable[[], None]]:
        """Add the bar of one prompt. Return a callback that updates the bar, and one that removes it."""
        bars = self._bars
        if bars is None:
            return (lambda record: None), (lambda: None)
        short = title if len(title) <= _TITLE_CHARS else title[: _TITLE_CHARS - 1] + "…"
        try:
            row = bars.add_task(short, total=None, status="asking")
        except GONE:
            return (lambda record: None), (lambda: None)
        return (lambda record: _show(bars, row, record)), (lambda: bars.remove_task(row))


def _show(bars: Progress, row: TaskID, record: WireRecord) -> None:
    """Update a bar: empty while the progress is unknown, and full only at the end, since a full bar stops its clock.

    The end is drawn at once: the caller removes the bar right after it, often before rich would redraw by itself.
    """
    total, completed = 1.0, min(record.fraction or 0.0, _NEARLY)
    status: str = record.stage
    if record.stage == "downloading" and record.total_bytes:
        total, completed = record.total_bytes, record.received_bytes
        status = f"downloading, {record.received_bytes / 1e6:.1f} of {record.total_bytes / 1e6:.1f} MB"
    elif record.stage == "downloading":
        completed, status = 0.0, f"downloading, {record.received_bytes / 1e6:.1f} MB"
    elif record.stage == "done":
        total = completed = record.total_bytes or 1.0
    known = record.stage in ("downloading", "done") or record.fraction is not None
    with suppress(*GONE):
        bars.update(
            row, total=total if known else None, completed=completed, status=status, refresh=record.stage == "done"
        )  # fmt: skip
