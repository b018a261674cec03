"""The beats of a director, from a thread of their own; they stop when its event loop hangs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType

from reelwright.engine import clock
from reelwright.engine.waist import Journal
from reelwright.errors import StoreUnavailable
from reelwright.reel.operation import Holder


class Heart:
    """Beats every sixth of ``lease_s`` while the loop that entered it ticks; a loop that hangs loses its leases.

    ``holds`` says whether there is anything to beat for: an idle director writes nothing. A beat that the journal
    cannot take is left out: the next one comes. ``check`` raises what ended the beats, if anything did.
    """

    def __init__(self, journal: Journal, holder: Holder, lease_s: int, holds: Callable[[], bool]) -> None:
        self._journal, self._holder, self._holds = journal, holder, holds
        self._every = lease_s / 6
        self._hung_after = lease_s / 2
        self._ticked = clock.seconds()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)
        self._ticks: asyncio.Task[None] | None = None
        self._broken: Exception | None = None

    async def __aenter__(self) -> Heart:
        self._ticks = asyncio.create_task(self._tick())
        self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        if self._ticks:
            self._ticks.cancel()
            await asyncio.wait({self._ticks})
        await asyncio.to_thread(self._thread.join)

    def check(self) -> None:
        """Raises what ended the beats: a director without them would lose its projects again and again."""
        if self._broken:
            raise self._broken

    async def _tick(self) -> None:
        while True:
            self._ticked = clock.seconds()
            await asyncio.sleep(min(1.0, self._every / 2))

    def _beat(self) -> None:
        with asyncio.Runner() as runner:  # a loop of its own: a busy one of the director must not delay a beat
            while not self._end.wait(self._every):
                if not self._holds() or clock.seconds() - self._ticked > self._hung_after:
                    continue
                try:
                    runner.run(self._journal.beat(self._holder))
                except StoreUnavailable:
                    continue
                except Exception as error:  # noqa: BLE001  whatever it is, the director's loop raises it
                    self._broken = error
                    return
