"""The standard streams of a verb: what cannot be printed is dropped, and the work goes on to its end."""

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
"""A pipe, a terminal or a socket without a reader: nobody misses what is dropped."""


def open_streams() -> None:
    """Give the process three streams that never raise on writing. Call it before any file is opened.

    A stream that was closed before the start (``>&-``) becomes the null device: else the next file that is opened, such
    as the journal, would get its number, and what a child process prints would be written into it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
            os.set_inheritable(number, True)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115  it lasts as long as the process
    sys.stdout = _lasting(1, sys.stdout)
    sys.stderr = _lasting(2, sys.stderr)


def read_stdin(field: str) -> str:
    """All of standard input. Raises ``BadInput`` where it cannot be read as text; one that is closed is empty."""
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as cause:
        raise BadInput(field, "-", "text in UTF-8 on standard input") from cause
    except OSError as cause:
        raise BadInput(field, "-", f"standard input that can be read ({cause.strerror})") from cause


def code_after_printing(code: int) -> int:
    """The exit code of a verb that ended with ``code``: 1 where its answer could not be written, as on a full disk.

    A reader who is gone changes nothing.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    lost = _lost_on_stdout()
    if lost is None or lost.errno in _READER_GONE:
        return code
    said = f"standard output: {lost.strerror}; what was printed there is lost"
    with suppress(OSError, ValueError):
        sys.stderr.write(f"reelwright: {said}\n  the verb itself ended with {code}\n")
        sys.stderr.flush()
    return code or 1


class _Outlet(io.FileIO):
    """Writes to a file descriptor until that fails; from then on everything is dropped. ``lost``: why."""

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
            select.select([], [self], [])  # somebody made it non-blocking

    def _drop_all(self, cause: OSError) -> None:
        self.lost = cause
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self.fileno())  # also for child processes
        os.close(null)


def _lasting(number: int, before: TextIO | None) -> io.TextIOWrapper:
    encoding = (before.encoding if before else None) or "utf-8"
    line_buffering = bool(getattr(before, "line_buffering", True)) or number == 2
    outlet = io.BufferedWriter(_Outlet(number, "wb", closefd=False))
    return io.TextIOWrapper(outlet, encoding=encoding, errors="backslashreplace", line_buffering=line_buffering)


def _lost_on_stdout() -> OSError | None:
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.lost if isinstance(raw, _Outlet) else None
