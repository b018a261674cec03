"""Reports during a long wait for an answer: a language model on the user's own machine may write for many minutes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence

from reelwright.engine.policy import FIRST_WAIT_REPORTS_S, WAIT_REPORT_EVERY_S
from reelwright.engine.steps import clock
from reelwright.engine.steps.step_run import StepRun
from reelwright.reason import build_reason
from reelwright.reel.records.operation import Purchase


def is_free_text(purchase: Purchase) -> bool:
    """Whether the purchase is a question to a language model that costs nothing, such as one on the user's machine. Our
    own rules (``offline``) are none.
    """
    return purchase.resubmit == "free" and purchase.step.startswith("words/") and purchase.provider != "offline"


@contextlib.asynccontextmanager
async def report_long_wait(
    run: StepRun, purchase: Purchase, first_s: Sequence[float] = FIRST_WAIT_REPORTS_S
) -> AsyncIterator[None]:
    """Context manager that tells listeners from time to time how long a free language model has been writing."""
    if not is_free_text(purchase):
        yield
        return
    task = asyncio.create_task(_tell(run, first_s))
    try:
        yield
    finally:
        task.cancel()


async def _tell(run: StepRun, first_s: Sequence[float]) -> None:
    began = clock.read_seconds()
    for wait_s in itertools.chain(first_s, itertools.repeat(WAIT_REPORT_EVERY_S)):
        await asyncio.sleep(wait_s)
        run.report_wait(build_reason("model_writes_long", for_s=round(clock.read_seconds() - began)))
