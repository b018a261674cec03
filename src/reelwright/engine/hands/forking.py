"""The director's end of the fork server: start it when the first hand is needed, have hands forked and killed."""

from __future__ import annotations

import fcntl
import itertools
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe, reduction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from reelwright.engine.policy import FORK_SERVER_ANSWER_S

_LEAST_FD: Final = 3
"""A daemon's lower numbers may be free, and are the standard streams of what it starts."""


@dataclass(frozen=True, slots=True)
class ForkRequest:
    """Request to fork a hand: its number, which the director chose, and the environment that it takes over.

    Two file descriptors follow each request: the hand's end of its pipe, and where its output goes.
    """

    number: int
    env: Mapping[str, str]
    paths: tuple[str, ...]
    folder: str


@dataclass(frozen=True, slots=True)
class KillRequest:
    """Request to kill a hand with everything that it started. It is answered with ``True`` once the process is gone."""

    number: int


@dataclass(frozen=True, slots=True)
class HandId:
    """Identity of a hand: the pid of its fork server, and its number there."""

    server: int
    number: int


class ForkServer:
    """Handle to the fork server process that all hands of this process share. Safe to call from any thread.

    It runs from the first ``fork`` after an ``open`` until every ``open`` has had its ``close``. One that died is
    replaced by the next ``fork``; its hands died with it.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.forget()

    def forget(self) -> None:
        """Reset this object after a fork, in the child: the server belongs to the parent process."""
        self._lock = threading.RLock()
        self._users = 0
        self._pid = 0
        self._conn: Connection[Any, Any] | None = None

    def open(self) -> None:
        """Count one more user of the fork server."""
        with self._lock:
            self._users += 1

    def close(self) -> None:
        """Count one user less of the fork server; after the last one, end its process and all hands."""
        with self._lock:
            self._users -= 1
            if not self._users:
                self._end()

    def fork(self, conn_fd: int, env: Mapping[str, str]) -> HandId:
        """Have a hand forked that communicates through ``conn_fd`` and has the environment ``env``; return its
        identity. Does not wait for it.

        It takes over the module path, the folder and the standard error of this moment.
        """
        folder = _find_folder()
        paths = tuple(path or folder for path in sys.path)
        with self._lock, _open_output() as output:
            request = ForkRequest(next(self._numbers), dict(env), paths, folder)
            try:
                return self._send(request, conn_fd, output)
            except OSError:  # it was killed: from outside, or for want of memory
                self._end()
                return self._send(request, conn_fd, output)

    def kill(self, hand: HandId) -> None:
        """Kill a hand and everything that it started, and return once it is gone."""
        with self._lock:
            if hand.server != self._pid or self._conn is None:
                return  # its server is gone, and every hand with it
            try:
                self._conn.send(KillRequest(hand.number))
                if self._conn.poll(FORK_SERVER_ANSWER_S):
                    self._conn.recv()
                else:
                    self._end()
            except (EOFError, OSError):
                self._end()

    def _send(self, request: ForkRequest, conn_fd: int, output: int) -> HandId:
        if self._conn is None:
            self._start(request)
        conn = self._conn
        assert conn is not None, "it was started above"
        conn.send(request)
        for fd in (conn_fd, output):
            reduction.send_handle(conn, fd, self._pid)
        return HandId(self._pid, request.number)

    def _start(self, request: ForkRequest) -> None:
        conn, theirs = Pipe()
        fd = fcntl.fcntl(theirs.fileno(), fcntl.F_DUPFD, _LEAST_FD)
        # -P: else a module in the working folder would be imported in place of the one that is meant
        argv = [sys.executable, "-P", "-m", "reelwright.engine.hands.fork_server", str(fd), str(os.getpid())]
        env = {**request.env, "PYTHONPATH": os.pathsep.join(request.paths)}
        with _open_output() as output:
            streams = [
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                *((os.POSIX_SPAWN_DUP2, output, number) for number in (1, 2)),
            ]
            self._pid = os.posix_spawn(sys.executable, argv, env, file_actions=streams, setpgroup=0)
        os.close(fd)
        theirs.close()
        self._conn = conn

    def _end(self) -> None:
        if self._conn is None:
            return
        with suppress(OSError):
            self._conn.send(None)
            # until its end is closed: it has killed its hands, and what they started
            self._conn.poll(FORK_SERVER_ANSWER_S)
        self._conn.close()
        self._conn = None
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


@contextmanager
def _open_output() -> Iterator[int]:
    """Yield where hands write: a copy of the standard error, or the null device where that is closed."""
    try:
        output = fcntl.fcntl(2, fcntl.F_DUPFD_CLOEXEC, _LEAST_FD)
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        output = fcntl.fcntl(null, fcntl.F_DUPFD_CLOEXEC, _LEAST_FD)
        os.close(null)
    try:
        yield output
    finally:
        os.close(output)


def _find_folder() -> str:
    """Return the working folder, or the root where it was removed meanwhile."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return "/"


FORK_SERVER: Final = ForkServer()
os.register_at_fork(after_in_child=FORK_SERVER.forget)
