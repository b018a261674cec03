"""Watches the event loop: logs what holds it, with the stack, so that a slow request is found before its users are."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from reelwright.server.policy import LOGGED_FRAMES, LOOP_BEAT_S, LOOP_TURN_S

logger = logging.getLogger("reelwright.server")


@contextmanager
def watch_loop() -> Iterator[None]:
    """Log each turn of the running event loop that takes more than ``LOOP_TURN_S`` seconds, until the block ends.

    Seconds are CPU time of the loop's thread: a machine that is busy with other things raises no alarm.
    """
    watch = _LoopWatch(asyncio.get_running_loop())
    try:
        yield
    finally:
        watch.end()


class _LoopWatch:
    """A beat on the loop, which measures, and a thread that looks at the loop's stack while the beat is late.

    A turn is noticed when it ends. The thread also comes too late for a call into C that lets no other thread run: it
    then sees the stack right after that call.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._thread = loop, threading.get_ident()
        self._clock = time.pthread_getcpuclockid(self._thread) if hasattr(time, "pthread_getcpuclockid") else None
        self._stack: Sequence[tuple[str, int, str, None]] = ()
        self._ended = threading.Event()
        self._cpu_s, self._wall_s = time.thread_time(), time.monotonic()
        self._timer = loop.call_later(LOOP_BEAT_S, self._beat)
        self._looking = threading.Thread(target=self._look, name="loop watch", daemon=True)
        if self._clock is not None:
            self._looking.start()

    def end(self) -> None:
        self._timer.cancel()
        self._ended.set()
        if self._looking.is_alive():
            self._looking.join()

    def _beat(self) -> None:
        cpu_s, wall_s = time.thread_time(), time.monotonic()
        held_s, seen, self._stack = cpu_s - self._cpu_s - LOOP_BEAT_S, self._stack, ()
        if held_s > LOOP_TURN_S:
            cpu_ms, wall_ms = round(held_s * 1000), round((wall_s - self._wall_s) * 1000)
            stack = "".join(traceback.StackSummary.from_list(seen).format()) or "not seen"
            fields = {"event": "loop.held", "cpu_ms": cpu_ms, "wall_ms": wall_ms, "stack": stack}
            text = "the event loop was held for %d ms of CPU time, %d ms in all:\n%s"
            logger.warning(text, cpu_ms, wall_ms, fields["stack"], extra={"fields": fields})
        self._cpu_s, self._wall_s = time.thread_time(), time.monotonic()
        self._timer = self._loop.call_later(LOOP_BEAT_S, self._beat)

    def _look(self) -> None:
        assert self._clock is not None
        while not self._ended.wait(LOOP_BEAT_S):
            used_s = time.clock_gettime(self._clock) - self._cpu_s
            if used_s > LOOP_TURN_S and not self._stack:
                frame = sys._current_frames().get(self._thread)
                # Reading the lines here would let the loop's thread go on, perhaps until the turn has ended.
                frames = islice(traceback.walk_stack(frame), LOGGED_FRAMES) if frame else ()
                self._stack = [(one.f_code.co_filename, line, one.f_code.co_name, None) for one, line in frames][::-1]
