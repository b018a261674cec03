"""Progress bars on standard error, for films, batches and the clips of the client."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from reelwright.studio import late_modules as late
from reelwright.studio.quotes.listener import GONE

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class ProgressBars:
    """Progress bars on standard error that disappear at the end. A terminal that goes away ends no work.

    ``is_shown`` false: every call does nothing. ``has_clock``: each bar shows the time since it was added.
    """

    def __init__(self, is_shown: bool, *, has_clock: bool = False) -> None:
        self._is_shown, self._has_clock = is_shown, has_clock
        self._bars: Progress | None = None

    def __enter__(self) -> Self:
        if self._is_shown:
            self._bars = late.progress.Progress(
                late.progress.TextColumn("{task.description}", markup=False),
                late.progress.BarColumn(bar_width=28),
                late.progress.TextColumn("{task.fields[status]}", markup=False),
                *([late.progress.TimeElapsedColumn()] if self._has_clock else []),
                console=late.console.Console(stderr=True),
                transient=True,
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

    def print_line(self, text: str) -> None:
        """Print a line of text above the bars, on standard error."""
        if self._bars:
            with suppress(*GONE):
                self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def add(self, title: str, *, total: float | None = 1.0, status: str = "") -> TaskID | None:
        """Add a bar of ``total`` units (None: unknown), and return its id for ``update`` and ``remove``."""
        if self._bars:
            with suppress(*GONE):
                return self._bars.add_task(title, total=total, status=status)
        return None

    def update(self, bar: TaskID | None, **changes: Any) -> None:
        """Change a bar's ``total``, ``completed``, ``advance`` or ``status``; ``refresh`` draws it at once."""
        if self._bars and bar is not None:
            with suppress(*GONE):
                self._bars.update(bar, **changes)

    def remove(self, bar: TaskID | None) -> None:
        """Take a bar off the screen."""
        if self._bars and bar is not None:
            with suppress(*GONE):
                self._bars.remove_task(bar)
