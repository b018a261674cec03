"""The standard streams of a verb. Output that cannot be printed is dropped, and the verb runs to its end."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from contextlib import suppress
from typing import Any, Final, TextIO

from reelwright.errors import BadInput

_READER_GONE: Final = (errno.EPIPE, errno.EIO, errno.ECONNRESET)
"""Errors of a pipe, terminal or socket without a reader: dropped output is no loss then."""


def open_streams() -> None:
    """Replace the three standard streams of the process by ones that never raise on writing. Call this before any file
    is opened.

    A stream that was closed before the start (``>&-``) becomes the null device. Otherwise the next file that is opened,
    such as the journal, would get its number, and a child process would print into the journal.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
            os.set_inheritable(number, True)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  it lasts as long as the process
    sys.stdout = _open_lasting(1, sys.stdout)
    sys.stderr = _open_lasting(2, sys.stderr)


def read_stdin(field: str) -> str:
    """Return all text of standard input; empty if it is closed. Raises ``BadInput`` if it cannot be read as UTF-8
    text.
    """
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as cause:
        raise BadInput(field, "-", "text in UTF-8 on standard input") from cause
    except OSError as cause:
        raise BadInput(field, "-", f"standard input that can be read ({cause.strerror})") from cause


def flush_output(code: int) -> int:
    """Flush the output and return the exit code: ``code``, or 1 if output was lost, as on a full disk.

    A reader that is gone changes nothing.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    lost = raw.lost if isinstance(raw, _Outlet) else None
    if lost is None or lost.errno in _READER_GONE:
        return code
    message = f"standard output: {lost.strerror}; the printed text is lost"
    with suppress(OSError, ValueError):
        sys.stderr.write(f"reelwright: {message}\n  the command itself ended with exit code {code}\n")
        sys.stderr.flush()
    return code or 1


class _Outlet(io.FileIO):
    """Writes to a file descriptor until a write fails, then drops everything. ``lost``: the error."""

    lost: OSError | None = None

    def write(self, data: Any, /) -> int:
        while True:
            try:
                written = super().write(data)
            except OSError as cause:
                self._drop_all(cause)
                return memoryview(data).nbytes
            if written is not None:
                return written
            select.select([], [self], [])  # another process made the descriptor non-blocking

    def _drop_all(self, cause: OSError) -> None:
        self.lost = cause
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self.fileno())  # also for child processes
        os.close(null)


def _open_lasting(number: int, before: TextIO | None) -> io.TextIOWrapper:
    encoding = (before.encoding if before else None) or "utf-8"
    line_buffering = bool(getattr(before, "line_buffering", True)) or number == 2
    outlet = io.BufferedWriter(_Outlet(number, "wb", closefd=False))
    return io.TextIOWrapper(outlet, encoding=encoding, errors="backslashreplace", line_buffering=line_buffering)
