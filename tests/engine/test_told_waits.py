"""What a provider says about when it may be asked again is kept to, however often others are asked."""

from __future__ import annotations

import time
from typing import Any

import pytest

from reelwright.engine.purchases.operations import Pace, follow
from reelwright.engine.steps.step_run import StepRun
from reelwright.errors import Unreachable
from reelwright.providers.protocol import Progress
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.records.operation import Operation


class Throttling:
    """Answers its first poll with a wait, its second with the result."""

    name = "throttling"

    def __init__(self, after_s: float) -> None:
        self.after_s = after_s
        self.asked: list[float] = []

    async def poll(self, operation: Operation) -> Progress:
        self.asked.append(time.monotonic())
        if len(self.asked) == 1:
            raise Unreachable("asked too often", after_s=self.after_s)
        return Progress(state="succeeded")


async def may_always_cancel() -> bool:
    return True


@pytest.mark.parametrize(("after_s", "least"), [(0.0, 0.0), (0.4, 0.4), (-5.0, 0.0)])
async def test_a_poll_is_never_sooner_than_its_provider_said(after_s, least):
    provider: Any = Throttling(after_s)
    errand = StepRun(step=StepKey("take/a"), fingerprint=Fingerprint("take:a"), report=lambda done: None)
    pace = Pace(least_s=0.01, most_s=0.02)
    progress = await follow(provider, Operation(id="x"), errand, pace, may_always_cancel)
    assert progress.state == "succeeded"
    first, second = provider.asked
    assert least <= second - first < least + 1
