"""The heartbeat of a director, written from its own thread. It stops when the event loop hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType

from reelwright.engine.steps import clock
from reelwright.errors import StoreUnavailable
from reelwright.lease_and_heartbeat import HEARTBEATS_PER_LEASE
from reelwright.reel.records.operation import Holder
from reelwright.store.journal import Journal


class Heartbeat:
    """Context manager that records the director's heartbeat ``HEARTBEATS_PER_LEASE`` times per ``lease_s`` from a
    thread, while its event loop runs.

    Blocks may overlap: the first starts the one thread, and the last ends it. A loop that hangs loses its leases.

    ``has_leases`` says whether there is anything to beat for: an idle director writes nothing. A beat that the journal
    cannot take is skipped, and the next one follows. ``check`` raises the error that ended the beats, if any.
    """

    def __init__(self, journal: Journal, holder: Holder, lease_s: int, has_leases: Callable[[], bool]) -> None:
        self._journal, self._holder, self._holds = journal, holder, has_leases
        self._every = lease_s / HEARTBEATS_PER_LEASE
        self._hung_after = lease_s / 2
        self._ticked = clock.read_seconds()
        self._blocks = 0
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self._ticks: asyncio.Task[None] | None = None
        self._broken: Exception | None = None

    async def __aenter__(self) -> None:
        if not self._blocks:
            self._ticked, self._broken, self._end = clock.read_seconds(), None, threading.Event()
            self._thread = threading.Thread(target=self._beat, args=(self._end,), name="heart", daemon=True)
            self._thread.start()  # may fail, and nothing has entered then
            self._ticks = asyncio.create_task(self._tick())
        self._blocks += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._blocks -= 1
        if self._blocks:
            return
        ticks, thread = self._ticks, self._thread
        assert ticks and thread
        self._end.set()
        ticks.cancel()
        await asyncio.wait({ticks})
        await asyncio.to_thread(thread.join)

    def check(self) -> None:
        """Raise the error that stopped the heartbeat, if any.

        A director without a heartbeat would lose its projects again and again.
        """
        if self._broken:
            raise self._broken

    async def _tick(self) -> None:
        while True:
            self._ticked = clock.read_seconds()
            await asyncio.sleep(min(1.0, self._every / 2))

    def _beat(self, end: threading.Event) -> None:
        with asyncio.Runner() as runner:  # a loop of its own: a busy one of the director must not delay a beat
            while not end.wait(self._every):
                if not self._holds() or clock.read_seconds() - self._ticked > self._hung_after:
                    continue
                try:
                    runner.run(self._journal.record_heartbeat(self._holder))
                except StoreUnavailable:
                    continue
                except Exception as error:  # noqa: BLE001  whatever it is, the director's loop raises it
                    self._broken = error
                    return
