"""While a model on one's own machine writes, somebody looks at a screen: what is said meanwhile, and when no more."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from reelwright.engine.steps.step_run import StepRun
from reelwright.engine.steps.wait_reports import is_free_text, report_long_wait
from reelwright.reason import Reason
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.records.operation import Purchase
from reelwright.units import Micros

FREE = Purchase(
    id="p", account="a", project="p", job="j", allowance="a", step=StepKey("words/plan"), fingerprint=Fingerprint("f"),
    try_=1, state="posting", provider="ollama", model="ollama", quoted_micros=Micros(0), resubmit="free",
)  # fmt: skip


def errand(heard: list[Reason]) -> StepRun:
    return StepRun(step=FREE.step, fingerprint=FREE.fingerprint, report=lambda done: None, notify=heard.append)


async def test_a_long_answer_is_told_of_every_so_often_and_no_more_once_it_is_there() -> None:
    heard: list[Reason] = []
    async with report_long_wait(errand(heard), FREE, first_s=(0.01, 0.02)):
        await asyncio.sleep(0.01)
        for _ in range(200):
            if heard:
                break
            await asyncio.sleep(0.01)
    assert heard and heard[0].code == "model_writes_long"
    told = len(heard)
    await asyncio.sleep(0.05)
    assert len(heard) == told


async def test_a_cancel_is_not_held_up_by_who_tells() -> None:
    async def asked() -> None:
        async with report_long_wait(errand([]), FREE, first_s=(60,)):
            await asyncio.sleep(60)

    task = asyncio.create_task(asked())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    "other",
    [
        replace(FREE, resubmit="never"),
        replace(FREE, provider="offline"),
        replace(FREE, step=StepKey("take/shot_1"), provider="openai_videos"),
    ],
)
async def test_only_a_language_model_that_costs_nothing_is_told_of(other: Purchase) -> None:
    heard: list[Reason] = []
    async with report_long_wait(errand(heard), other, first_s=(0.0,)):
        await asyncio.sleep(0.02)
    assert not heard and not is_free_text(other) and is_free_text(FREE)
