"""Obtain one order: bought through the gate or made by a hand, tried again for a while when the reason may pass."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from reelwright.engine.errand import Errand, Listen, Progressed
from reelwright.engine.gate import Gate
from reelwright.engine.waist import Hands, Journal, Ledger, Production
from reelwright.engine.watch import Watch
from reelwright.errors import HandDied, LeaseLost, NotAccepted, ReelwrightError, StaleRevision, StoreUnavailable
from reelwright.reel.crashpoints import reach
from reelwright.reel.operation import Consent, Lease, Purchase
from reelwright.reel.outcome import Outcome, why_nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an advance works with. ``again_s``: waits before another try of what failed for a passing reason."""

    journal: Journal
    ledger: Ledger
    gate: Gate
    hands: Hands
    production: Production
    listen: Listen
    watch: Watch
    again_s: Sequence[float]


class Obtainer:
    """Obtains the errands of one job of one leased project."""

    __slots__ = ("_job", "_lease", "_parts")

    def __init__(self, parts: Parts, lease: Lease, job: str) -> None:
        self._parts, self._lease, self._job = parts, lease, job

    def make(self, errand: Errand) -> Coroutine[Any, Any, None]:
        """Our own work, by a hand. Never spends."""
        return self._until_it_passes(errand, partial(self._make, errand))

    def buy(self, errand: Errand, allowance: str, scope: str, consent: Consent | None) -> Coroutine[Any, Any, None]:
        """Through the gate. May spend, from ``allowance``, at prices that were consented to."""
        gate = self._parts.gate
        buying = partial(gate.buy, self._lease, self._job, allowance, scope, errand, consent)
        return self._until_it_passes(errand, buying)

    def carry_on(self, errand: Errand, purchase: Purchase) -> Coroutine[Any, Any, None]:
        """Bring to its end what an earlier life, or an older revision, has sent. Sends nothing."""
        return self._until_it_passes(errand, partial(self._parts.gate.carry_on, self._lease, purchase, errand))

    async def _make(self, errand: Errand) -> None:
        assert errand.order and errand.order.step.work, "our own steps name their work"
        step, fp = errand.order.step, errand.fingerprint
        await self._parts.journal.note(self._lease, self._job, "step.started", {"step": step.key})
        outcome: Outcome = await self._parts.hands.do(
            self._lease.account, errand.order.step.work, step.args, errand.order.inputs, fp, errand.report
        )
        if step.kind == "film":
            reach("C16")
        await self._parts.journal.land(self._lease, step.key, outcome)

    async def _until_it_passes(self, errand: Errand, way: Callable[[], Awaitable[object]]) -> None:
        number = 1
        while True:
            try:
                obtained = await way()
                errand.failed = why_nothing(obtained) if isinstance(obtained, Outcome) else ""
                return
            except ReelwrightError as error:
                if number > len(self._parts.again_s) or not _passes(error):
                    raise _poison(error, number) from error
                await self._tell_again(errand, error, number)
            await asyncio.sleep(self._parts.again_s[number - 1])
            number += 1

    async def _tell_again(self, errand: Errand, error: ReelwrightError, number: int) -> None:
        said = f"{error} (try {number + 1} of {len(self._parts.again_s) + 1} follows)"
        told = {"step": errand.step, "said": said, "try": number + 1, "of": len(self._parts.again_s) + 1}
        with suppress(StoreUnavailable):  # which may be what is waited for
            await self._parts.journal.note(self._lease, self._job, "step.again", told)
        self._parts.listen(
            Progressed(project=self._lease.project, job=self._job, event="again", step=errand.step, said=said)
        )


def _passes(error: ReelwrightError) -> bool:
    """Whether another try may help; what the gate has sent again already, and lost leases, are not for us."""
    return error.retry == "later" and not isinstance(error, (NotAccepted, LeaseLost, StaleRevision))


def _poison(error: ReelwrightError, tries: int) -> ReelwrightError:
    """A step that kills every hand that takes it is named as such."""
    if isinstance(error, HandDied) and tries > 1:
        hint = "it may need more memory than this machine has"
        return HandDied(f"{tries} processes died over it: {error}", hint=hint, step=error.step)
    return error
