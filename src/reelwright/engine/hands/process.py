"""The process of one hand: it reads tasks from a pipe, sends progress and results, and ends with its director."""

from __future__ import annotations

import asyncio
import ctypes
import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, NoReturn

from reelwright.engine.hands.work import Task, perform
from reelwright.engine.policy import PROGRESS_REPORT_EVERY_S
from reelwright.engine.steps.interfaces import Vault
from reelwright.reel.base.crashpoints import arm, set_parent

PR_SET_PDEATHSIG: Final = 1
"""Source: prctl(2), read 2026-11-20."""


def serve_tasks(conn_fd: int, parent: int, director: int) -> None:
    """Run tasks that a director sends through the pipe ``conn_fd`` until it closes, then kill this process and all its
    children.

    The first message is this process's pid. ``parent``: the process with which it dies at the latest; ``director``:
    the one that a crash point kills first.
    """
    _die_with(parent)
    arm()
    set_parent(director)
    os.set_inheritable(conn_fd, False)  # what a work starts must not hold our end open after us
    conn: Connection[Any, Any] = Connection(conn_fd)
    try:
        conn.send(("started", os.getpid()))
        vault, rooms = conn.recv()
    except (EOFError, OSError):
        _end()
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(conn, tasks), daemon=True).start()
    while True:
        conn.send_bytes(_answer(tasks.get(), vault, rooms, conn))


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        _end()


def _listen(conn: Connection[Any, Any], tasks: queue.SimpleQueue[Task]) -> None:
    try:
        while True:
            tasks.put(conn.recv())
    except (EOFError, OSError):
        _end()


def _end() -> NoReturn:
    os.killpg(os.getpgrp(), signal.SIGKILL)
    raise AssertionError("this process is in the group that was killed")


def _answer(task: Task, vault: Vault, rooms: Path, conn: Connection[Any, Any]) -> bytes:
    """Perform a task. Return the message to send back; an error that cannot be pickled is sent as text."""
    reported_at = 0.0
    one_at_a_time = threading.Lock()  # a work may report from its threads

    def report(done: float) -> None:
        nonlocal reported_at
        with one_at_a_time:
            now = time.monotonic()
            if now - reported_at >= PROGRESS_REPORT_EVERY_S or done >= 1:
                reported_at = now
                conn.send(("moving", done))

    try:
        return pickle.dumps(("made", asyncio.run(perform(task, vault, rooms, report))))
    except Exception as error:  # noqa: BLE001 - the hand's loop: whatever went wrong crosses the pipe as itself
        return pickle.dumps(("failed", _portable(error)))


def _portable(error: Exception) -> Exception:
    """Return the error with its traceback as a note, or a ``RuntimeError`` with its text if it cannot be pickled."""
    story = "".join(traceback.format_exception(error))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - any class may refuse to be pickled, in any way
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(story)
    return error
