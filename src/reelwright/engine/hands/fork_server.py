"""The fork server: a process that has imported what works need, and forks each hand from itself.

A hand then starts within milliseconds in place of a second of imports, and shares the memory of what was imported.
The standard library's fork server imports the caller's main module again, and lets its caller wait for the imports.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from contextlib import suppress
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from reelwright.engine.hands.forking import ForkRequest
from reelwright.engine.hands.process import serve_tasks
from reelwright.engine.hands.work import WORKS, load_work


def main(conn_fd: int, director: int) -> None:
    """Run the fork server for one director until it sends None or its end of the pipe closes, then kill every hand.

    ``director``: pid of the director; a crash point in a hand kills that process first.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the director's to answer
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # a director that ignores it passes that on; hands are waited for
    gc.set_threshold(100_000, 10, 10)  # as in cli: works import much before they begin
    os.set_inheritable(conn_fd, False)
    conn: Connection[Any, Any] = Connection(conn_fd)
    _preload(director)
    gc.collect()
    gc.freeze()  # what is shared stays shared: the collector writes into all that it looks through
    hands: dict[int, int] = {}
    try:
        while True:
            request = conn.recv()
            _forget_dead(hands)
            if request is None:
                break
            if isinstance(request, ForkRequest):
                if pid := _fork(request, conn, director):
                    hands[request.number] = pid
            else:
                if request.number in hands:
                    _kill(hands.pop(request.number))
                conn.send(True)
    except (EOFError, OSError):  # the director is gone
        pass
    for pid in hands.values():
        _kill(pid)


def _preload(director: int) -> None:
    """Import what works need, as long as the director lives."""
    for target in WORKS.values():
        if os.getppid() != director:
            return
        with suppress(Exception):  # the hand that needs it meets the same error, and tells its director
            load_work(target)


def _fork(request: ForkRequest, conn: Connection[Any, Any], director: int) -> int | None:
    """Fork a hand and return its pid; None where the system has no room for one: its director finds a closed pipe."""
    theirs, output = reduction.recv_handle(conn), reduction.recv_handle(conn)
    server = os.getpid()
    try:
        pid = os.fork()
    except OSError:
        traceback.print_exc()
        return None
    else:
        if not pid:
            _become_hand(request, conn, theirs, output, server, director)
        os.setpgid(pid, pid)  # in both processes: whoever comes first
        return pid
    finally:
        os.close(theirs)
        os.close(output)


def _become_hand(
    request: ForkRequest, conn: Connection[Any, Any], theirs: int, output: int, server: int, director: int
) -> NoReturn:
    """Turn this forked process into a hand; return never."""
    try:
        os.setpgid(0, 0)
        conn.close()
        os.dup2(output, 1)  # a library that prints must not spoil what the director writes on its standard output
        os.dup2(output, 2)
        os.close(output)
        os.environ.clear()
        os.environ.update(request.env)
        sys.path[:] = request.paths
        with suppress(OSError):  # the folder may be gone meanwhile; works use absolute paths
            os.chdir(request.folder)
        serve_tasks(theirs, server, director)
    except BaseException:  # noqa: BLE001 - whatever it was, nothing of the fork server may run in this process
        traceback.print_exc()
    finally:
        os._exit(1)


def _forget_dead(hands: dict[int, int]) -> None:
    """Collect the hands that ended by themselves, and end what they left running."""
    for number, pid in tuple(hands.items()):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            _kill(hands.pop(number))


def _kill(pid: int) -> None:
    """Kill a hand and all that it started. It is ours, so its number cannot belong to another process yet."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
