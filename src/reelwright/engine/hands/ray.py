"""Hands beyond one machine: the same tasks as Ray tasks. Ray is an extra, imported only where this is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from reelwright.engine.waist import Fed, Vault
from reelwright.engine.work import WORKS, Task, perform, task_of
from reelwright.errors import HandDied, ToolMissing
from reelwright.reel.noun import Fingerprint
from reelwright.reel.outcome import Outcome
from reelwright.settings import Settings

CPUS: Final = 1.0
"""What a task asks the cluster for: drawing and encoding fill one core each."""


class HandsRay:
    """Does works as Ray tasks that are never repeated by Ray itself: the director decides.

    The vault must be one that every node reaches. Progress is not reported. Raises ``ToolMissing`` without Ray,
    ``HandDied`` when the worker or its node is gone, and whatever the work raised, as itself.
    """

    def __init__(self, settings: Settings, vault: Vault, works: Mapping[str, str] = WORKS) -> None:
        self._settings, self._vault, self._works = settings, vault, works
        self._ray = _ray()
        if not self._ray.is_initialized():
            self._ray.init(log_to_driver=False, include_dashboard=False)
        self._perform = self._ray.remote(num_cpus=CPUS, max_retries=0)(_perform)

    async def do(
        self,
        account: str,
        work: str,
        args: Mapping[str, Any],
        inputs: Fed,
        fp: Fingerprint,
        report: Callable[[float], None] | None = None,
    ) -> Outcome:
        task = task_of(self._works, account, work, args, tuple(inputs), fp)
        answer = self._perform.remote(task, self._vault, self._settings.workrooms)
        try:
            done: Outcome = await asyncio.wrap_future(answer.future())
        except asyncio.CancelledError:
            self._ray.cancel(answer, force=True)
            raise
        except (self._ray.exceptions.WorkerCrashedError, self._ray.exceptions.NodeDiedError) as error:
            raise HandDied(f"the Ray worker that did {work} is gone") from error
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from error
        return done

    async def close(self) -> None:
        """The cluster is not ours to end; tasks end with their futures."""


def _perform(task: Task, vault: Vault, rooms: Path) -> Outcome:
    """In the worker of whatever node Ray chose."""
    return asyncio.run(perform(task, vault, rooms, lambda done: None))


def _ray() -> Any:
    try:
        import ray
    except ImportError as cause:
        raise ToolMissing("Ray is not installed", hint="pip install 'reelwright[ray]'") from cause
    return ray
