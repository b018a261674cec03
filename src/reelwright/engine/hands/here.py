"""Hands on this machine: a few processes that are reused, each doing one task at a time."""

from __future__ import annotations

import asyncio
import os
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Final

from reelwright.engine.hands.forking import FORK_SERVER
from reelwright.engine.hands.work import WORKS, Task, build_task
from reelwright.engine.hands.workroom import sweep
from reelwright.engine.steps.interfaces import Vault
from reelwright.errors import HandDied
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import StepInputs
from reelwright.settings import Settings

Report = Callable[[float], None]

_PASSED_ON: Final = frozenset({"PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "TZ"})
_PASSED_ON_PREFIXES: Final = ("REELWRIGHT_CRASH_", "REELWRIGHT_FFMPEG_LOG", "LC_", "PYTHON")
"""Of our own, only the two with which tests crash a hand and count what it encoded."""


class HandsHere:
    """Worker processes on this machine, at most ``settings.hands`` (0: one per core); further works wait. Accounts take
    turns, so that one which asks for much delays itself.

    A cancelled task's hand is killed together with what it started. Raises ``HandDied`` if something
    else killed a hand, and whatever the work raised, unchanged.
    """

    def __init__(self, settings: Settings, vault: Vault, works: Mapping[str, str] = WORKS) -> None:
        self._settings, self._vault, self._works = settings, vault, works
        self._most = settings.hands or os.cpu_count() or 1
        self._turns = _Turns(self._most)
        self._idle: list[_Hand] = []
        self._all: set[_Hand] = set()
        self._swept = self._is_open = False

    async def execute(
        self,
        account: str,
        work: str,
        args: Mapping[str, Any],
        inputs: StepInputs,
        fp: Fingerprint,
        report: Report | None = None,
    ) -> Outcome:
        """Run the work called ``work`` in a worker process and return its outcome; ``report`` gets the fraction
        done.
        """
        task = build_task(self._works, account, work, args, tuple(inputs), fp, self._settings.ffmpeg)
        async with self._turns.take(account):
            hand = self._take()
            try:
                return await hand.execute(task, report)
            except (asyncio.CancelledError, HandDied):
                self._dismiss(hand)
                raise
            finally:
                if not hand.is_gone:
                    self._idle.append(hand)

    async def close(self) -> None:
        """Kill every worker process; a task in progress ends with ``HandDied``."""
        for hand in tuple(self._all):
            self._dismiss(hand)
        self._idle.clear()
        if self._is_open:
            FORK_SERVER.close()
            self._is_open = False

    def _take(self) -> _Hand:
        """Return a living idle hand, or start one."""
        if not self._swept:
            sweep(self._settings.workrooms)
            self._swept = True
        while self._idle and not self._idle[-1].is_alive:
            self._dismiss(self._idle.pop())
        return self._idle.pop() if self._idle else self._start()

    def _start(self) -> _Hand:
        if not self._is_open:
            FORK_SERVER.open()
            self._is_open = True
        hand = _Hand(self._vault, self._settings)
        self._all.add(hand)
        return hand

    def _dismiss(self, hand: _Hand) -> None:
        hand.kill()
        self._all.discard(hand)
        sweep(self._settings.workrooms)


class _Turns:
    """Turns of at most ``count`` works at once. One that is free goes to the account that waits and has the fewest at
    work, of those to the one that had no turn for longest.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._at_work = Counter[str]()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def take(self, account: str) -> AsyncIterator[None]:
        if self._free:
            self._free -= 1
            self._at_work[account] += 1
        else:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(account, deque()).append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():  # it came at the same moment
                    self._pass_on(account)
                raise
        try:
            yield
        finally:
            self._pass_on(account)

    def _pass_on(self, account: str) -> None:
        self._at_work[account] -= 1
        self._at_work += Counter()  # only who has something at work is kept
        while self._waiting:
            next_one = min(self._waiting, key=self._at_work.__getitem__)
            turns = self._waiting.pop(next_one)
            turn = turns.popleft()
            if turns:
                self._waiting[next_one] = turns
            if not turn.done():
                self._at_work[next_one] += 1
                turn.set_result(None)
                return
        self._free += 1


class _Hand:
    """A hand process and our end of its pipe."""

    def __init__(self, vault: Vault, settings: Settings) -> None:
        self._conn: Connection[Any, Any]
        self._conn, theirs = Pipe()
        self._id = FORK_SERVER.fork(theirs.fileno(), build_environment())
        theirs.close()
        self._pid: int | None = None
        self.is_gone = self._busy = False
        with suppress(OSError):  # it died already, which its first task will find
            self._conn.send((vault, settings.workrooms))

    @property
    def is_alive(self) -> bool:
        """Whether an idle hand still runs: its end of the pipe is open."""
        while not self.is_gone and self._conn.poll():  # an idle hand sends nothing but that it has started
            try:
                _, self._pid = self._conn.recv()
            except (EOFError, OSError):
                return False
        return not self.is_gone

    async def execute(self, task: Task, report: Report | None) -> Outcome:
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
            if self.is_gone:
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
            kind, value = self._conn.recv()
        except (EOFError, OSError) as cause:
            died = self._died(task)
            died.__cause__ = cause
            answer.set_exception(died)
            return
        except Exception as cause:  # noqa: BLE001 - the hands' loop: an answer that cannot be read must not be waited for
            answer.set_exception(RuntimeError(f"what {task.work} answered cannot be read: {cause}"))
            return
        if kind == "started":
            self._pid = value
        elif kind == "moving":
            if report:
                report(value)
        elif kind == "made":
            answer.set_result(value)
        else:
            answer.set_exception(value)

    def _died(self, task: Task) -> HandDied:
        return HandDied(code="hand_process_died", pid=self._pid or 0, work=task.work)

    def kill(self) -> None:
        """Kill the process and everything that it started. A task in progress learns of it through the pipe."""
        if self.is_gone:
            return
        self.is_gone = True
        FORK_SERVER.kill(self._id)
        if not self._busy:
            self._conn.close()


def build_environment() -> dict[str, str]:
    """Return the environment variables of a hand: what its interpreter needs, and never a key or a password.

    No variable changes what a hand makes: that is in its tasks.
    """
    return {
        name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)
    }
