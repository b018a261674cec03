"""Obtaining one order: buy it through the gate or make it by a hand, and retry for a while after a passing error."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from reelwright.engine.purchases.gate import Gate
from reelwright.engine.scheduler.watch import Watch
from reelwright.engine.steps.interfaces import Hands, Production
from reelwright.engine.steps.step_run import DropSignal, Listen, ProgressEvent, StepRun
from reelwright.errors import HandDied, LeaseLost, NotAccepted, ReelwrightError, StaleRevision, StoreUnavailable
from reelwright.net.redact import redact_error
from reelwright.reason import build_reason
from reelwright.reel.base.crashpoints import reach
from reelwright.reel.graph.outcome import Outcome, explain_missing
from reelwright.reel.records.operation import Consent, Lease, Purchase
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.tracing import is_tracing, trace_span


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of the engine that a job run uses. ``retry_waits_s``: waits before each retry after a passing error."""

    journal: Journal
    ledger: Ledger
    gate: Gate
    hands: Hands
    production: Production
    listen: Listen
    watch: Watch
    retry_waits_s: Sequence[float]


class Obtainer:
    """Makes or buys the steps of one job, and retries after passing errors."""

    __slots__ = ("_job", "_lease", "_parts")

    def __init__(self, parts: Parts, lease: Lease, job: str) -> None:
        self._parts, self._lease, self._job = parts, lease, job

    def make(self, run: StepRun) -> Coroutine[Any, Any, None]:
        """Make the result of an unpaid step by a hand (worker process), and record it. Never spends."""
        return self._obtain(run, partial(self._make, run), "encode")

    def buy(self, run: StepRun, allowance: str, scope: str, consent: Consent | None) -> Coroutine[Any, Any, None]:
        """Buy the result of a step through the gate; may spend from ``allowance``, at the prices that were agreed
        to.
        """
        gate = self._parts.gate
        buying = partial(gate.buy, self._lease, self._job, allowance, scope, run, consent)
        assert run.order and run.order.step.request, "a step that is bought has a request"
        return self._obtain(run, buying, "draw" if run.is_free else "purchase", run.order.step.request.model)

    def carry_on(self, run: StepRun, purchase: Purchase) -> Coroutine[Any, Any, None]:
        """Finish a purchase that an earlier process or an older revision has sent; send nothing new."""
        way = "draw" if purchase.resubmit == "free" else "purchase"
        return self._obtain(run, partial(self._parts.gate.carry_on, self._lease, purchase, run), way, purchase.model)

    async def _make(self, run: StepRun) -> None:
        assert run.order and run.order.step.work, "our own steps name their work"
        step, fp = run.order.step, run.fingerprint
        await self._parts.journal.record_event(self._lease, self._job, "step.started", {"step": step.key})
        outcome: Outcome = await self._parts.hands.execute(
            self._lease.account, run.order.step.work, step.args, run.order.inputs, fp, run.report
        )
        if step.kind == "film":
            reach("C16")
        await self._parts.journal.record_outcome(self._lease, step.key, outcome)

    def _obtain(
        self, run: StepRun, obtain: Callable[[], Awaitable[object]], way: str, model: str | None = None
    ) -> Coroutine[Any, Any, None]:
        return self._trace(run, obtain, way, model) if is_tracing() else self._until_it_passes(run, obtain)

    async def _trace(self, run: StepRun, obtain: Callable[[], Awaitable[object]], way: str, model: str | None) -> None:
        kind = run.step.partition("/")[0]
        with trace_span("step.run", calm=(DropSignal,), step=run.step, kind=kind, way=way, model=model) as span:
            await self._until_it_passes(run, obtain)
            if run.failure:
                span.note_error(run.failure.code)

    async def _until_it_passes(self, run: StepRun, way: Callable[[], Awaitable[object]]) -> None:
        number = 1
        while True:
            try:
                obtained = await way()
                run.failure = explain_missing(obtained) if isinstance(obtained, Outcome) else None
                return
            except ReelwrightError as error:
                if number > len(self._parts.retry_waits_s) or not _passes(error):
                    raise _poison(error, number) from error
                await self._tell_again(run, error, number)
            await asyncio.sleep(self._parts.retry_waits_s[number - 1])
            number += 1

    async def _tell_again(self, run: StepRun, error: ReelwrightError, number: int) -> None:
        tries = len(self._parts.retry_waits_s) + 1
        reason = build_reason("tried_again", step=run.step, number=number + 1, tries=tries, cause=redact_error(error))
        body = {"step": run.step, "reason": reason.to_json(), "try": number + 1, "of": tries}
        with suppress(StoreUnavailable):  # the retry may be waiting for just that
            await self._parts.journal.record_event(self._lease, self._job, "step.again", body)
        self._parts.listen(
            ProgressEvent(project=self._lease.project, job=self._job, event="again", step=run.step, reason=reason)
        )


def _passes(error: ReelwrightError) -> bool:
    """Whether a retry may help. The gate has already retried what was not accepted; a lost lease is never retried."""
    return error.retry == "later" and not isinstance(error, (NotAccepted, LeaseLost, StaleRevision))


def _poison(error: ReelwrightError, tries: int) -> ReelwrightError:
    """Return the error to raise: one that says so, if the step killed every hand that worked on it."""
    if isinstance(error, HandDied) and tries > 1:
        return HandDied(code="hands_died", tries=tries, cause=error, step=error.step)
    return error
