"""An event loop in a thread of its own, for the doors without await: ``Studio`` and ``generate_video``."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any, TypeVar

R = TypeVar("R")


class LoopThread:
    """An event loop in a thread of its own, which runs coroutines for callers that block. ``run`` starts the thread.

    The thread is a daemon, so a program ends even if it never calls ``close``. With anyio's blocking portal such a
    program hangs: at exit, Python closes the portal's generator, which waits for a thread that does not run any more
    (anyio 4.16, tests/studio/test_loop_thread.py).
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """Run ``work`` on the loop's thread, block until it ends, and return its result or raise its error.

        Ctrl-C cancels ``work``, waits until it has cleaned up, and is raised; a second Ctrl-C ends that wait.
        """
        loop = self._loop or self._start()
        ended: Future[R] = Future()
        tasks: list[asyncio.Task[R]] = []

        def begin() -> None:
            tasks.append(loop.create_task(work))
            tasks[0].add_done_callback(lambda task: _copy_result(task, ended))

        def cancel() -> None:
            if tasks:
                tasks[0].cancel()
            else:  # Ctrl-C came before ``begin`` was on the loop, which calls in order
                work.close()
                ended.set_exception(asyncio.CancelledError())

        try:
            loop.call_soon_threadsafe(begin)
            return ended.result()
        except KeyboardInterrupt:
            loop.call_soon_threadsafe(cancel)
            wait([ended])
            raise

    def close(self) -> None:
        """Cancel what still runs, and end the thread. ``run`` starts it again."""
        loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop and thread:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def _start(self) -> asyncio.AbstractEventLoop:
        started: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=_run_loop, args=(started,), name=self._name, daemon=True)
        self._thread.start()
        self._loop = started.result()
        return self._loop


def _run_loop(started: Future[asyncio.AbstractEventLoop]) -> None:
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        started.set_result(loop)
        while True:
            with suppress(KeyboardInterrupt, SystemExit):  # a task raised it; the caller of ``run`` gets it
                loop.run_forever()
                return


def _copy_result(task: asyncio.Task[R], ended: Future[R]) -> None:
    if task.cancelled():
        ended.set_exception(asyncio.CancelledError())
    elif error := task.exception():
        ended.set_exception(error)
    else:
        ended.set_result(task.result())
