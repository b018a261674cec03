"""Progress on a terminal: a bar for every prompt under way, waiting first, then downloading. Quiet everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from reelwright.client.hearing import Heard
from reelwright.studio.listener import GONE

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_TITLE_CHARS: Final = 32
_NEARLY: Final = 0.99
_SAID: Final = {"asking": "asking", "waiting": "waiting", "downloading": "downloading", "done": "done"}


class Bars:
    """``shown`` None: where standard error is a terminal."""

    def __init__(self, shown: bool | None = None) -> None:
        self._shown = sys.stderr.isatty() if shown is None else shown
        self._bars: Progress | None = None
        self._told: set[str] = set()

    def __enter__(self) -> Self:
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._bars = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TextColumn("{task.fields[said]}", markup=False),
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

    def say(self, note: str) -> None:
        """A line above the bars, once."""
        if self._bars and note not in self._told:
            self._told.add(note)
            with suppress(*GONE):
                self._bars.console.print(f"note: {note}", markup=False, highlight=False, soft_wrap=True)

    def bar(self, title: str) -> tuple[Callable[[Heard], None], Callable[[], None]]:
        """How one prompt tells of itself, and how it says that it has ended."""
        bars = self._bars
        if bars is None:
            return (lambda heard: None), (lambda: None)
        short = title if len(title) <= _TITLE_CHARS else title[: _TITLE_CHARS - 1] + "…"
        try:
            row = bars.add_task(short, total=None, said="asking")
        except GONE:
            return (lambda heard: None), (lambda: None)
        return (lambda heard: _show(bars, row, heard)), (lambda: bars.remove_task(row))


def _show(bars: Progress, row: TaskID, heard: Heard) -> None:
    """Empty where nobody knows how far it is; full only at the end, since a full bar stops its clock.

    The end is drawn at once: the bar is taken away right after it, mostly before it would be drawn by itself.
    """
    total, completed, said = 1.0, min(heard.done or 0.0, _NEARLY), _SAID[heard.stage]
    if heard.stage == "downloading" and heard.size:
        total, completed = heard.size, heard.partial
        said = f"downloading, {heard.partial / 1e6:.1f} of {heard.size / 1e6:.1f} MB"
    elif heard.stage == "downloading":
        completed, said = 0.0, f"downloading, {heard.partial / 1e6:.1f} MB"
    elif heard.stage == "done":
        total = completed = heard.size or 1.0
    known = heard.stage in ("downloading", "done") or heard.done is not None
    with suppress(*GONE):
        bars.update(
            row, total=total if known else None, completed=completed, said=said, refresh=heard.stage == "done"
        )  # fmt: skip
