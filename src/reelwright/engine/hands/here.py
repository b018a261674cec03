"""Hands on this machine: a few processes that stay, each doing one task at a time."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Callable, Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Final

from reelwright.engine.hands.process import spawn
from reelwright.engine.waist import Fed, Vault
from reelwright.engine.work import WORKS, Task, task_of
from reelwright.engine.workroom import sweep
from reelwright.errors import HandDied
from reelwright.reel.noun import Fingerprint
from reelwright.reel.outcome import Outcome
from reelwright.settings import Settings

Report = Callable[[float], None]

_PASSED_ON: Final = frozenset({"PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "TZ"})
_PASSED_ON_PREFIXES: Final = ("REELWRIGHT_", "LC_", "PYTHON")
_KEPT_BACK: Final = frozenset({"REELWRIGHT_DATABASE"})
"""May hold a password; hands never talk to the journal."""


class HandsHere:
    """Does works in spawned processes, ``settings.hands`` at most (0: one per core); the rest wait their turn.

    A cancelled task's hand is killed together with what it started. Raises ``HandDied`` when a hand was killed by
    somebody else, and whatever the work raised, as itself.
    """

    def __init__(self, settings: Settings, vault: Vault, works: Mapping[str, str] = WORKS) -> None:
        self._settings, self._vault, self._works = settings, vault, works
        self._most = settings.hands or os.cpu_count() or 1
        self._turns = asyncio.Semaphore(self._most)
        self._idle: list[_Hand] = []
        self._all: set[_Hand] = set()
        self._swept = False

    async def do(
        self,
        account: str,
        work: str,
        args: Mapping[str, Any],
        inputs: Fed,
        fp: Fingerprint,
        report: Report | None = None,
    ) -> Outcome:
        task = task_of(self._works, account, work, args, tuple(inputs), fp)
        async with self._turns:
            hand = self._take()
            try:
                return await hand.do(task, report)
            except (asyncio.CancelledError, HandDied):
                self._dismiss(hand)
                raise
            finally:
                if not hand.gone:
                    self._idle.append(hand)

    async def close(self) -> None:
        """Kill every hand; a task in progress ends with ``HandDied``."""
        for hand in tuple(self._all):
            self._dismiss(hand)
        self._idle.clear()

    def _take(self) -> _Hand:
        """A living idle hand, else a new one; and start one ahead, so that the next task finds it warm."""
        if not self._swept:
            sweep(self._settings.workrooms)
            self._swept = True
        while self._idle and not self._idle[-1].lives:
            self._dismiss(self._idle.pop())
        hand = self._idle.pop() if self._idle else self._start()
        if not self._idle and len(self._all) < self._most:
            self._idle.append(self._start())
        return hand

    def _start(self) -> _Hand:
        hand = _Hand(environment(self._settings), self._vault, self._settings)
        self._all.add(hand)
        return hand

    def _dismiss(self, hand: _Hand) -> None:
        hand.kill()
        self._all.discard(hand)
        sweep(self._settings.workrooms)


class _Hand:
    """One process and our end of its pipe. Its death is that of the thread that started it, at the latest."""

    def __init__(self, env: dict[str, str], vault: Vault, settings: Settings) -> None:
        self._conn: Connection[Any, Any]
        self._conn, theirs = Pipe()
        fd = fcntl.fcntl(theirs.fileno(), fcntl.F_DUPFD, 3)  # a daemon's lower numbers may be free
        self.pid = spawn(fd, env)
        os.close(fd)
        theirs.close()
        self.gone = self._busy = False
        self._conn.send((vault, settings.workrooms))

    @property
    def lives(self) -> bool:
        """An idle hand says nothing; what can be read from one is its end."""
        return not self.gone and not self._conn.poll()

    async def do(self, task: Task, report: Report | None) -> Outcome:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Outcome] = loop.create_future()
        self._busy = True
        loop.add_reader(self._conn.fileno(), self._hear, task, answer, report)
        try:
            self._tell(task)
            return await answer
        finally:
            loop.remove_reader(self._conn.fileno())
            self._busy = False
            if self.gone:
                self._conn.close()

    def _tell(self, task: Task) -> None:
        try:
            self._conn.send(task)
        except OSError as cause:
            raise self._died(task) from cause

    def _hear(self, task: Task, answer: asyncio.Future[Outcome], report: Report | None) -> None:
        if answer.done():
            return
        try:
            said, value = self._conn.recv()
        except (EOFError, OSError) as cause:
            died = self._died(task)
            died.__cause__ = cause
            answer.set_exception(died)
            return
        except Exception as cause:  # noqa: BLE001 - the hands' loop: an answer that cannot be read must not be waited for
            answer.set_exception(RuntimeError(f"what {task.work} answered cannot be read: {cause}"))
            return
        if said == "moving":
            if report:
                report(value)
        elif said == "made":
            answer.set_result(value)
        else:
            answer.set_exception(value)

    def _died(self, task: Task) -> HandDied:
        return HandDied(f"the process {self.pid} that did {task.work} is gone (killed, or out of memory)")

    def kill(self) -> None:
        """End it and all that it started; a task in progress hears of it through its pipe."""
        if self.gone:
            return
        self.gone = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        if not self._busy:
            self._conn.close()


def environment(settings: Settings) -> dict[str, str]:
    """What hands may know of ours: how to draw and encode, never a key or a password."""
    env = {
        name: value
        for name, value in os.environ.items()
        if (name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)) and name not in _KEPT_BACK
    }
    env |= {"REELWRIGHT_PRESET": settings.preset, "REELWRIGHT_CRF": str(settings.crf)}
    if settings.ffmpeg:
        env["REELWRIGHT_FFMPEG"] = settings.ffmpeg
    return env
