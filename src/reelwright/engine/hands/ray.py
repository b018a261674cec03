"""Hands on a cluster: the same tasks as Ray tasks. Ray is an extra, imported only when this runner is chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reelwright.engine.hands.work import WORKS, Task, build_task, perform
from reelwright.engine.policy import RAY_TASK_CPUS
from reelwright.engine.steps.interfaces import Vault
from reelwright.errors import HandDied
from reelwright.net.ray_cluster import connect, import_ray
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import StepInputs
from reelwright.settings import Settings


class HandsRay:
    """Worker processes on a cluster: runs works as Ray tasks. Ray itself never retries one: the director decides.

    Every node must be able to reach the vault. Progress is not reported. Raises ``ToolMissing`` without Ray,
    ``HandDied`` if the worker or its node is gone, and whatever the work raised, unchanged.
    """

    def __init__(self, settings: Settings, vault: Vault, works: Mapping[str, str] = WORKS) -> None:
        self._settings, self._vault, self._works = settings, vault, works
        self._ray = import_ray()
        self._perform = self._ray.remote(num_cpus=RAY_TASK_CPUS, max_retries=0)(_perform)
        self._starting = asyncio.Lock()

    async def execute(
        self,
        account: str,
        work: str,
        args: Mapping[str, Any],
        inputs: StepInputs,
        fp: Fingerprint,
        report: Callable[[float], None] | None = None,
    ) -> Outcome:
        """Run the work called ``work`` as a Ray task and return its outcome; ``report`` is never called."""
        task = build_task(self._works, account, work, args, tuple(inputs), fp, self._settings.ffmpeg)
        async with self._starting:
            await asyncio.to_thread(self._start)
        answer = self._perform.remote(task, self._vault, self._settings.workrooms)
        try:
            done: Outcome = await asyncio.wrap_future(answer.future())
        except asyncio.CancelledError:
            self._ray.cancel(answer, force=True)
            raise
        except (self._ray.exceptions.WorkerCrashedError, self._ray.exceptions.NodeDiedError) as error:
            raise HandDied(code="ray_worker_died", work=work) from error
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from error
        return done

    def _start(self) -> None:
        """Connect to the cluster, or start one here, before the first task: most commands have none."""
        if self._settings.ray_address:
            connect(self._settings.ray_address)
        elif not self._ray.is_initialized():
            from ray._common.usage.usage_lib import set_usage_stats_enabled_via_env_var

            set_usage_stats_enabled_via_env_var(False)  # the head that is started here would report to others
            self._ray.init(log_to_driver=False, include_dashboard=False)

    async def close(self) -> None:
        """Do nothing: the cluster is not ours to stop, and tasks end with their futures."""


def _perform(task: Task, vault: Vault, rooms: Path) -> Outcome:
    """Perform a task in a worker, on the node that Ray chose."""
    return asyncio.run(perform(task, vault, rooms, lambda done: None))
