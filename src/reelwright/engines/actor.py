"""The actor of an engine: the supervisor of its process on a node of a Ray cluster, until nobody uses the engine."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace

import platformdirs

from reelwright.engines.launch import EngineOrder
from reelwright.engines.policy import ACTOR_LOOK_EVERY_S
from reelwright.engines.run_record import RunRecord
from reelwright.engines.supervisor import Supervisor


class EngineActor:
    """Owner of the ``Supervisor`` of one engine on this node. Ray gives it a process, GPUs, and calls from workers.

    It has no job: whoever started it may be gone. When the engine was not used for the time of its card, the actor
    stops it and gives its placement group back, so that Ray's autoscaler may take the node away.
    """

    def __init__(self, order: EngineOrder, name: str) -> None:
        import ray

        self._ray = ray
        order = replace(
            order, runs=platformdirs.user_cache_path("reelwright") / "engines" / name,
            python=order.python or sys.executable, host=ray.util.get_node_ip_address(),
            gpus=tuple(str(gpu) for gpu in ray.get_gpu_ids()),
        )  # fmt: skip
        self._supervisor = Supervisor(order)
        self._beginning: asyncio.Task[None] | None = None
        self._idle: asyncio.Task[None] | None = None
        self._used_at = time.monotonic()
        self._loading = 0

    async def ensure_ready(self, keep: bool) -> RunRecord:
        """Start the engine if it does not run; return its record once it is ready. ``keep``: it does not idle out.

        Raises what ``Supervisor.ensure_ready`` raises.
        """
        if self._beginning is None:
            self._beginning = asyncio.create_task(self._begin())
        self._loading += 1
        try:
            await self._beginning
            return await self._supervisor.ensure_ready(keep=keep)
        finally:
            self._loading -= 1
            self.mark_used_now()

    async def _begin(self) -> None:
        """End the engine of an actor that was killed before this one: its GPU is ours, its videos are made again."""
        await self._supervisor.stop()
        self._idle = asyncio.create_task(self._end_when_idle())

    def mark_used_now(self) -> None:
        """Restart the time without use."""
        self._used_at = time.monotonic()

    async def mark_used(self) -> None:
        """Note that a worker uses the engine."""
        self.mark_used_now()

    async def read(self) -> RunRecord | None:
        """Return the record of the engine; None if it does not run."""
        return self._supervisor.read()

    async def wait_for_end(self, epoch: str) -> None:
        """Return when the life ``epoch`` of the engine is over. A worker that holds this call knows it at once."""
        while (record := self._supervisor.read()) and record.epoch == epoch:  # noqa: ASYNC110 - a process tells nobody
            await asyncio.sleep(ACTOR_LOOK_EVERY_S)
        if self._supervisor.files.has_ended():
            self._supervisor.note_end()

    async def read_log(self, lines: int) -> str:
        """Return the last lines of the engine's log, as they are."""
        return self._supervisor.files.read_log(lines)

    async def stop(self) -> None:
        """Stop the engine and release its GPUs. Ray ends this actor with its placement group."""
        await self._supervisor.stop()
        self._ray.util.remove_placement_group(self._ray.util.get_current_placement_group())

    async def _end_when_idle(self) -> None:
        while self._is_needed():  # noqa: ASYNC110 - time passes
            await asyncio.sleep(ACTOR_LOOK_EVERY_S)
        await self.stop()

    def _is_needed(self) -> bool:
        record = self._supervisor.read()
        is_recent = time.monotonic() - self._used_at < self._supervisor.order.engine.idle_s
        return is_recent or self._loading > 0 or bool(record and record.is_kept)
