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
    if heard.stage == "downloading":
        said = f"downloading, {heard.partial / 1e6:.1f} MB"
        bars.update(row, total=heard.size, completed=heard.partial, said=said)
    else:
        total, completed = (None, 0.0) if heard.done is None else (1.0, heard.done)
        bars.update(row, total=total, completed=completed, said=_SAID[heard.stage])
