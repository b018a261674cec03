"""Says that an answer is waited for, while it is: a model on one's own machine may write for many minutes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence
from typing import Final

from reelwright.engine import clock
from reelwright.engine.errand import Errand
from reelwright.reel.operation import Purchase

FIRST_S: Final = (10.0, 20.0, 30.0)
THEN_S: Final = 60.0
"""Waits between one line and the next: at 10 s, 30 s, a minute, and every minute from then on."""


def is_free_text(purchase: Purchase) -> bool:
    """Whether a language model is asked that costs nothing; the rules, which are our own, are none."""
    return purchase.resubmit == "free" and purchase.step.startswith("words/") and purchase.provider != "offline"


@contextlib.asynccontextmanager
async def telling_of_the_wait(
    errand: Errand, purchase: Purchase, first_s: Sequence[float] = FIRST_S
) -> AsyncIterator[None]:
    """Tell listeners every so often, as long as the block runs, for how long a free language model has been asked."""
    if not is_free_text(purchase):
        yield
        return
    task = asyncio.create_task(_tell(errand, first_s))
    try:
        yield
    finally:
        task.cancel()


async def _tell(errand: Errand, first_s: Sequence[float]) -> None:
    began = clock.seconds()
    for wait_s in itertools.chain(first_s, itertools.repeat(THEN_S)):
        await asyncio.sleep(wait_s)
        for_s = round(clock.seconds() - began)
        shown = f"{for_s} s" if for_s < 90 else f"{for_s / 60:.0f} min"
        errand.waits(f"the model has been writing for {shown}; a machine of your own may take many minutes")
