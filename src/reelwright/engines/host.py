"""All engines of one home, here or on a Ray cluster: their supervisors, who uses them, their end when idle."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from reelwright.engines import gpus
from reelwright.engines.cards import get_engine_card
from reelwright.engines.launch import EngineOrder
from reelwright.engines.model_cards import get_model_card, load_model_cards
from reelwright.engines.policy import BUSY_GPU_PERCENT, IDLE_LOOK_EVERY_S, MACHINE_CHECK_LIFETIME_S, RESTART_WAITS_S
from reelwright.engines.run_record import LOOPBACK, RunFiles, RunRecord
from reelwright.engines.supervisor import Supervisor
from reelwright.errors import BadInput
from reelwright.settings import Settings
from reelwright.tracing import trace_span

_LOG: Final = logging.getLogger(__name__)


def get_runs_folder(home: Path) -> Path:
    """Return the folder of the running engines: their records and logs."""
    return home / "engines" / "run"


class EngineHost:
    """The engines of one home, by model, on this machine or on the cluster of the settings. Opening it starts nothing.

    An engine that this process started is stopped by ``close``, unless a person keeps it or another process uses it.
    """

    def __init__(self, settings: Settings) -> None:
        self._home, self._ray_address = settings.home, settings.ray_address
        self.python = settings.engine_python or ("" if settings.ray_address else sys.executable)
        self._supervisors: dict[str, Supervisor] = {}
        self._checked: dict[str, float] = {}
        self._open: dict[str, dict[str, float | None]] = {}
        self._endings: dict[str, asyncio.Task[None]] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self._idle: asyncio.Task[None] | None = None

    def get_supervisor(self, model: str) -> Supervisor:
        """Return the supervisor of a model's engine. Raises ``BadInput`` if it has no card, or a faulty one."""
        found = self._supervisors.get(model)
        if found is None:
            card = get_model_card(self._home, model)
            order = EngineOrder(
                model=card, engine=get_engine_card(self._home, card.engine), runs=get_runs_folder(self._home),
                python=self.python, waits_s=RESTART_WAITS_S,
            )  # fmt: skip
            found = self._supervisors.setdefault(model, self._build_supervisor(order))  # orders are checked in threads
        return found

    def _build_supervisor(self, order: EngineOrder) -> Supervisor:
        if not self._ray_address:
            return Supervisor(order)
        from reelwright.engines.cluster import ClusterSupervisor

        return ClusterSupervisor(order, self._ray_address)

    def check(self, model: str) -> None:
        """Raise ``BadInput`` if a model cannot be run: no program, package or weights, too small a GPU, no cluster.

        Looks again after half a minute only, since every order asks.
        """
        if time.monotonic() - self._checked.get(model, -MACHINE_CHECK_LIFETIME_S) < MACHINE_CHECK_LIFETIME_S:
            return
        self.get_supervisor(model).check()
        self._checked[model] = time.monotonic()

    async def ensure_ready(self, model: str) -> RunRecord:
        """Return the record of a model's engine once it is ready; start it if needed. May take minutes.

        Raises what ``Supervisor.ensure_ready`` raises.
        """
        if ending := self._endings.get(model):
            await asyncio.wait({ending})
        with trace_span("engine.ready", model=model):
            record = await self.get_supervisor(model).ensure_ready()
        self.get_supervisor(model).mark_used()
        if self._idle is None or self._idle.done():
            self._idle = asyncio.create_task(self._stop_idle_engines(), name="idle engines")
        return record

    async def find_life(self, model: str, epoch: str) -> RunRecord | None:
        """Return the record of the life ``epoch`` of a model's engine; None if that life is over.

        Raises ``Unreachable`` if the cluster that has the engine does not answer.
        """
        try:
            record = await self.get_supervisor(model).find()
        except BadInput:
            return None
        if record is None or record.epoch != epoch:
            return None
        self.get_supervisor(model).mark_used()
        return record

    def note_end(self, model: str) -> None:
        """Count that an engine ended under its work, so that it is not started again and again without a pause."""
        self._open.get(model, {}).clear()
        with suppress(BadInput):
            self.get_supervisor(model).note_lost()

    def note_open(self, model: str, operation: str, since: float | None = None) -> None:
        """Note that a video is computed, as far as this process knows. ``since``: monotonic time of its order."""
        self._open.setdefault(model, {}).setdefault(operation, since)

    def note_over(self, model: str, operation: str, *, is_made: bool = False) -> None:
        """Note that a video is over, and how long it took if it was made and its order was seen."""
        since = self._open.get(model, {}).pop(operation, None)
        if is_made and since is not None:
            with suppress(OSError):  # an estimate of times to come is worth no failure
                RunFiles(get_runs_folder(self._home), model).note_video(time.monotonic() - since)

    def stop_after_cancel(self, record: RunRecord, operation: str) -> None:
        """See to it that a cancelled video stops: kill its engine if it still computes after the card's grace.

        An engine that computes other videos of ours is left alone. The next order waits for this.
        """
        self.note_over(record.model, operation)
        before = self._endings.get(record.model)
        if before is None or before.done():
            self._endings[record.model] = asyncio.create_task(self._end_if_busy(record), name=f"end {record.model}")

    def run_beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work`` in the background, until the host is closed at the latest."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _end_if_busy(self, record: RunRecord) -> None:
        supervisor = self.get_supervisor(record.model)
        cancel = supervisor.order.engine.cancel
        await asyncio.sleep(cancel.grace_s)
        current = await supervisor.find()
        if current is None or current.epoch != record.epoch or self._open.get(record.model):
            return
        if await self._is_busy(supervisor, record):
            _LOG.warning("engine %s computes on after a cancel and is killed", record.model)
            await supervisor.stop()

    async def _is_busy(self, supervisor: Supervisor, record: RunRecord) -> bool:
        """Whether an engine computes: as it says itself, or else its GPUs, or else as its card has it of cancels."""
        running = await supervisor.count_running(record)
        if running is not None:
            return running > 0
        if not await supervisor.is_healthy(record):
            return True
        ours = record.gpus if record.host == LOOPBACK else ()  # the GPUs of a node are not seen from here
        found = [gpu for gpu in await asyncio.to_thread(gpus.list_gpus) if gpu.number in ours]
        if found:
            return any(gpu.busy_percent > BUSY_GPU_PERCENT for gpu in found)
        return supervisor.order.engine.cancel.delete != "stops"

    async def _stop_idle_engines(self) -> None:
        """Stop engines that nobody used for the time of their card. Ends with the host."""
        while True:
            await asyncio.sleep(IDLE_LOOK_EVERY_S)
            for supervisor in list(self._supervisors.values()):
                await supervisor.stop(only_idle_s=supervisor.order.engine.idle_s)

    async def close(self) -> None:
        """Stop the engines that this process started and nobody keeps."""
        tasks = [task for task in (*self._endings.values(), *self._beside, self._idle) if task]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        started = [one for one in self._supervisors.values() if one.has_started]
        await asyncio.gather(*(one.stop(only_idle_s=0.0) for one in started))

    def list_models(self) -> tuple[str, ...]:
        """List the names of the models of one's own, also those whose cards are faulty."""
        return tuple(load_model_cards(self._home))
