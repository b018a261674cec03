"""The sweeper: a task of servers and workers that deletes what is over, and queues again what a new period frees."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from reelwright.errors import StoreUnavailable
from reelwright.studio.accounts.retention import sweep
from reelwright.studio.files.uploads import sweep_uploads
from reelwright.studio.policy import SHORT_SWEEP_PAUSE_S, SWEEP_PAUSE_S

if TYPE_CHECKING:
    from reelwright.studio.runtime.runtime import Runtime

logger = logging.getLogger("reelwright.studio")


async def sweep_forever(runtime: Runtime) -> None:
    """Delete files and uploads whose time is over, and queue jobs again that waited for the end of a budget's period,
    every 5 or 30 s, until the call is cancelled; log exceptions.
    """
    while True:
        pause_s = SWEEP_PAUSE_S
        try:
            policies = await runtime.journal.read_policies()
            every = (policies.deployment, *policies.accounts.values(), *policies.projects.values())
            if any(isinstance(one.after_download, int) for one in every):
                pause_s = SHORT_SWEEP_PAUSE_S
            await runtime.journal.requeue_freed()
            await sweep(runtime, is_thorough=False)
            await sweep_uploads(runtime)
        except StoreUnavailable as error:
            logger.warning("the sweep of files waits: %s", error.code)
        except Exception:  # whatever it is, jobs and requests go on
            logger.exception("the sweep of files failed; it is tried again in %s s", pause_s)
        await asyncio.sleep(pause_s)
