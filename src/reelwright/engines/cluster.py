"""The supervisor of an engine on a Ray cluster, as a worker sees it: it places an actor that supervises the process."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final

import psutil

from reelwright.engines.actor import EngineActor
from reelwright.engines.launch import EngineOrder
from reelwright.engines.policy import (
    ACTOR_ANSWER_S,
    ACTOR_RETRY_WAIT_S,
    CLUSTER_CONNECT_S,
    CLUSTER_LOOK_EVERY_S,
    CLUSTER_PLACE_S,
    LOG_CHARS_SHOWN,
)
from reelwright.engines.run_record import RunRecord, build_wait_files
from reelwright.engines.supervisor import Supervisor
from reelwright.errors import BadInput, EngineFailed, ReelwrightError, Unreachable
from reelwright.net.ray_cluster import NAMESPACE, connect
from reelwright.net.redact import redact

_LOG: Final = logging.getLogger(__name__)


class ClusterSupervisor(Supervisor):
    """Supervisor of an engine that runs on whatever node of a Ray cluster has the GPUs for it.

    The GPUs are requested as a placement group, which Ray's autoscaler sees. Group and actor bear a name made of the
    cards, so that all workers of the cluster share the engine; both outlive the worker. An actor or a node that ends
    takes the engine's life with it: its videos are forgotten.
    """

    def __init__(self, order: EngineOrder, address: str) -> None:
        super().__init__(order)
        self.files = build_wait_files(order.runs, order.model.name)
        digest = hashlib.sha256(repr((order.model, order.engine, order.python)).encode()).hexdigest()[:12]
        self.name = f"{order.model.name}-{digest}"
        self.log_place = f"the node of the Ray actor {self.name}"
        self._address = address
        self._actor: Any = None
        self._record: RunRecord | None = None
        self._life: Future[None] | None = None
        self._used_at = 0.0
        self._unreachable: Unreachable | None = None
        self._unreachable_until = 0.0

    def check(self) -> None:
        """Raise ``BadInput`` for a cluster that this process cannot use, or an engine that no other node can reach."""
        if not any("{host}" in word for word in self.order.engine.command):
            raise BadInput("engine", self.order.engine.name, "a card whose command has {host}, to run on a cluster")
        try:
            self._check_connection()
        except Unreachable as error:
            hint = "start the cluster, or unset the address to use the GPUs of this machine"
            raise BadInput("ray_address", self._address, f"a Ray cluster that answers: {error}", hint=hint) from error

    def _check_connection(self) -> None:
        """Raise ``Unreachable`` if the cluster does not answer, or did not a moment ago: many orders ask at once."""
        if self._unreachable and time.monotonic() < self._unreachable_until:
            raise self._unreachable
        connecting: Future[None] = Future()
        threading.Thread(target=_connect_into, args=(self._address, connecting), daemon=True).start()
        try:
            connecting.result(CLUSTER_CONNECT_S)
        except TimeoutError:
            return  # the first connection takes long; what is wrong with it is said when the engine is placed
        except Unreachable as error:
            self._unreachable, self._unreachable_until = error, time.monotonic() + CLUSTER_CONNECT_S
            raise

    def read(self) -> RunRecord | None:
        """Return the record of the life that this process follows, as long as it lasts."""
        return None if self._life is None or self._life.done() else self._record

    async def find(self) -> RunRecord | None:
        """Return the record of the engine, also of one that another worker started. Raises ``Unreachable``."""
        return self.read() or await asyncio.to_thread(self._find)

    def _find(self) -> RunRecord | None:
        ray = connect(self._address)
        try:
            actor = ray.get_actor(self.name, namespace=NAMESPACE)
            record = ray.get(actor.read.remote(), timeout=ACTOR_ANSWER_S)
        except (ValueError, ray.exceptions.RayActorError):
            return None
        except (OSError, ray.exceptions.RayError) as cause:
            raise Unreachable(code="cluster_unreachable", address=self._address, cause=str(cause)) from cause
        return self._follow(actor, record) if record else None

    def _follow(self, actor: Any, record: RunRecord) -> RunRecord:
        """Follow a life of the engine: an open call of its actor ends when the engine, the actor or the node does."""
        self._actor, self._record = actor, record
        self._life = actor.wait_for_end.remote(record.epoch).future()
        return record

    async def ensure_ready(self, *, keep: bool = False) -> RunRecord:
        """Return the record of the engine once it answers; place it if it does not run. May take many minutes.

        Raises ``EngineFailed`` also if its actor cannot be started, or if no node has its GPUs in ``CLUSTER_PLACE_S``.
        """
        last: Exception | None = None
        async with self._starting:
            is_placed, until = False, time.monotonic() + CLUSTER_PLACE_S
            try:
                while time.monotonic() < until:
                    try:
                        self._note_wait(is_placed=False)
                        actor = await self._wait_for_actor(until)
                        is_placed = True
                        self._note_wait(is_placed=True)
                        record = await asyncio.wrap_future(actor.ensure_ready.remote(keep).future())
                        self.files.note_load(record)
                        return self._follow(actor, record)
                    except Exception as error:  # noqa: BLE001 - Ray has many: cluster, node or actor is gone
                        _raise_own(error)
                        is_placed = False
                        if repr(error) != repr(last):
                            _LOG.warning("engine %s is not placed: %s", self.order.model.name, _shorten(error))
                        last = error
                        if _is_start_failure(error):
                            break
                        await asyncio.sleep(ACTOR_RETRY_WAIT_S)
            finally:
                self.files.remove()
                if not is_placed:  # else a node is started that nobody needs, or an actor that is not there keeps GPUs
                    with suppress(Exception):
                        await asyncio.to_thread(self._remove_group)
        if last and _is_start_failure(last):
            raise EngineFailed(
                code="engine_ended", model=self.order.model.name, engine=self.order.engine.name, log=self.log_place,
                last_words=_shorten(last),
            ) from last  # fmt: skip
        raise self._build_unplaced() from last

    def _note_wait(self, *, is_placed: bool) -> None:
        """Write down for programs of this machine what this one waits for: a node, or weights that are loaded there."""
        self.files.folder.mkdir(parents=True, exist_ok=True)
        record = RunRecord(
            model=self.order.model.name, engine=self.order.engine.name, pid=os.getpid(), port=0, epoch="",
            process_started_at=psutil.Process().create_time(), started_at=time.time(), is_placed=is_placed,
        )  # fmt: skip
        self.files.write(record)

    async def _wait_for_actor(self, until: float) -> Any:
        """Return the engine's actor once a node has room for it. An error leaves the group to whoever shares it."""
        while time.monotonic() < until:
            placing = asyncio.ensure_future(asyncio.to_thread(self._place))
            try:
                actor = await asyncio.shield(placing)
            except asyncio.CancelledError:
                await asyncio.wait({placing})  # else it may make a group after the caller removed that
                raise
            if actor is not None:
                return actor
        raise self._build_unplaced()

    def _build_unplaced(self) -> EngineFailed:
        needs = ", ".join(f"{name} {amount:g}" for name, amount in self._list_needs().items())
        return EngineFailed(
            code="engine_not_placed", model=self.order.model.name, within_s=CLUSTER_PLACE_S, needs=needs
        )

    def _list_needs(self) -> dict[str, float]:
        """List what the engine needs of a node."""
        memory = self.order.model.memory
        gpus = {"GPU": float(max(1, memory.gpus))} if memory.gpu_gb else {}
        return {"CPU": 1.0, **gpus, **memory.node_resources}

    def _place(self) -> Any:
        """Return the engine's actor, new or not; None while no node has room for it."""
        ray = connect(self._address)
        from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

        needs = self._list_needs()
        try:
            group = ray.util.get_placement_group(self.name)
        except ValueError:
            try:
                group = ray.util.placement_group([needs], name=self.name, lifetime="detached")
            except ray.exceptions.RayError as error:
                if "already exists" not in str(error):
                    raise
                return None  # another worker made it in this moment: the next look finds it
        if not group.wait(CLUSTER_LOOK_EVERY_S):
            return None
        rest = {name: amount for name, amount in needs.items() if name not in ("CPU", "GPU")}
        options = {
            "name": self.name, "namespace": NAMESPACE, "get_if_exists": True, "lifetime": "detached",
            "max_restarts": 0, "max_task_retries": 0, "num_cpus": 1, "num_gpus": needs.get("GPU", 0), "resources": rest,
            "scheduling_strategy": PlacementGroupSchedulingStrategy(group),
        }  # fmt: skip
        return ray.remote(EngineActor).options(**options).remote(self.order, self.name)

    def _remove_group(self) -> None:
        ray = connect(self._address)
        with suppress(ValueError):
            ray.util.remove_placement_group(ray.util.get_placement_group(self.name))

    def mark_used(self) -> None:
        """Tell the actor that the engine is used; several times a second is once."""
        now = time.monotonic()
        if self._actor is not None and now - self._used_at > min(CLUSTER_LOOK_EVERY_S, self.order.engine.idle_s / 4):
            self._used_at = now
            self._actor.mark_used.remote()

    def note_lost(self) -> None:
        """Do nothing: the actor counts the ends of its engine."""

    def compute_idle_s(self) -> float | None:
        """Return None: only the actor knows."""
        return None

    async def read_log(self, lines: int) -> str:
        """Return the last lines of the engine's log; empty if no node has the engine."""
        if await self.find() is None:
            return ""
        found: str = await asyncio.wrap_future(self._actor.read_log.remote(lines).future())
        return found

    async def stop(self, *, only_idle_s: float | None = None) -> bool:
        """Stop the engine and release its GPUs, if it runs. An idle one stops by itself: its actor sees to that."""
        if only_idle_s is not None:
            return False
        is_running = await self.find() is not None
        if is_running:
            with suppress(Exception):  # the actor ends with its placement group
                await asyncio.wrap_future(self._actor.stop.remote().future())
        await asyncio.to_thread(self._remove_group)  # also that of an actor whose engine ended, or that was killed
        self._life = None
        return is_running


def _connect_into(address: str, outcome: Future[None]) -> None:
    try:
        connect(address)
    except ReelwrightError as error:
        outcome.set_exception(error)
    else:
        outcome.set_result(None)


def _is_start_failure(error: Exception) -> bool:
    """Whether the actor cannot be made on its node: its own start failed, or this package is not there."""
    return bool(getattr(error, "actor_init_failed", False)) or "failed to import on the worker" in str(error)


def _shorten(error: Exception) -> str:
    return redact(" ".join(str(error).split()))[-LOG_CHARS_SHOWN:]


def _raise_own(error: Exception) -> None:
    """Raise the error of ours that an actor raised, or that says what a person must do."""
    found = getattr(error, "cause", None) or error
    if isinstance(found, ReelwrightError) and not isinstance(found, Unreachable):
        raise found from None
