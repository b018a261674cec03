"""Sending a purchase until its provider accepts it: wait for a turn, record posting, send once, record the answer."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from reelwright.engine.policy import MAX_OUTPUT_BYTES
from reelwright.engine.purchases.bills import to_quoted_price
from reelwright.engine.purchases.claim import claim
from reelwright.engine.purchases.downloads import Downloads
from reelwright.engine.purchases.operations import Pace
from reelwright.engine.purchases.recover import build_outcome_unknown, look_before_resend, record_operation
from reelwright.engine.purchases.send_errors import SendErrorHandler, look_up, prepare_resend
from reelwright.engine.purchases.staged import remove_staged
from reelwright.engine.purchases.turns import TurnQueue
from reelwright.engine.steps import clock
from reelwright.engine.steps.durability import finish_despite_cancel, retry_write
from reelwright.engine.steps.interfaces import Hands, Vault
from reelwright.engine.steps.step_run import DropSignal, RetrySignal, StepRun
from reelwright.engine.steps.wait_reports import is_free_text, report_long_wait
from reelwright.errors import DecisionNeeded, MoneyError, NotAccepted, NotReconciled, OutcomeUnknown
from reelwright.known_providers import needs_turn
from reelwright.net.redact import redact_error, redact_reason
from reelwright.net.send_deadline import limit_send_time
from reelwright.providers.protocol import Progress, Provider
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.crashpoints import reach
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Input, StepInputs
from reelwright.reel.records.operation import Lease, Operation, Purchase
from reelwright.store.ledger import Ledger
from reelwright.tracing import trace_span

Land = Callable[[Lease, Provider, Purchase, StepRun], Awaitable[Outcome | None]]
"""Lands an answer that was the result itself, which stays in ``unrecorded_answers`` until then."""


class Sender:
    """Sends purchases to providers; the only caller of a provider's ``submit``. Only the gate holds one.

    ``resend_waits_s``: the gate's ``send_again_s``; ``within_s``: its ``send_within_s``. ``arrives_s``, ``tries`` and
    ``write_off_micros`` are described at ``Gate``.
    """

    def __init__(
        self, ledger: Ledger, vault: Vault, hands: Hands, downloads: Downloads, pace: Pace, land: Land, *,
        resend_waits_s: Sequence[float], within_s: float, arrives_s: float, tries: int, write_off_micros: int,
    ) -> None:  # fmt: skip
        self._ledger, self._vault, self._hands, self._downloads = ledger, vault, hands, downloads
        self._pace, self._land = pace, land
        self.resend_waits_s, self.within_s, self._arrives_s = tuple(resend_waits_s), within_s, arrives_s
        self._tries, self._write_off = tries, write_off_micros
        self.turns = TurnQueue(ledger)
        self.unrecorded_answers: dict[str, Operation | Progress] = {}
        """By purchase id: answers that came while the journal was away. The provider need not be asked about them."""
        self.unsent_postings: set[tuple[str, int]] = set()
        """Purchase ids with lease tokens that may stand in posting because the journal went away.

        None of them was sent.
        """
        self._due: dict[str, float] = {}
        """By purchase id: when one that was not accepted may be sent again, by this process's own clock."""

    async def send_until_accepted(
        self, lease: Lease, provider: Provider, purchase: Purchase, inputs: StepInputs, run: StepRun
    ) -> Operation | Outcome | None:
        """Send the purchase, again after each time that it was not accepted; may spend. Return its operation, or the
        outcome if the answer was the result.

        May spend.

        Raises ``NotAccepted``, ``Refused``, ``OutcomeUnknown``, ``DropSignal`` and ``RetrySignal``.
        """
        assert run.order and run.order.step.request
        request = run.order.step.request
        while True:
            await self._wait_until_due(purchase, run)
            if found := await look_before_resend(self._ledger, provider, purchase, run, self._pace):
                run.is_sent = True
                return found
            if needs_turn(purchase.resubmit, purchase.provider):
                await self.turns.wait_for_turn(purchase.id, run)
            await self._ensure_wanted(purchase, run)
            await remove_staged(provider, purchase.staged_inputs)  # by an earlier send that was not accepted
            read = partial(self._vault.read, lease.account)
            with trace_span("provider.prepare", provider=provider.name, purchase=purchase.id):
                prepared = await provider.prepare(request, inputs, purchase.id, read)
            posting_at = await self._move_to_posting(lease, provider, purchase, prepared, run)
            if isinstance(posting_at, Operation):
                return posting_at
            purchase = replace(purchase, staged_inputs=tuple(prepared.get("staged", ())))
            if clock.read_seconds() - posting_at > self.within_s:
                raise DropSignal  # the row says posting: the project's next director finds out that nothing was sent
            sending = self._send(lease, provider, purchase, prepared, run, posting_at)
            try:
                async with self.write_off_if_small(purchase, purchase.attempts + 1):
                    try:
                        return await (sending if purchase.resubmit == "free" else finish_despite_cancel(sending))
                    except OutcomeUnknown as error:
                        unseen = error
                        sent = replace(
                            purchase, state="unknown", prepared_request=prepared, attempts=purchase.attempts + 1
                        )
                        looks = (run, self._pace, self._arrives_s)
                        if found := await look_up(self._ledger, provider, sent, *looks, error):
                            return found
            except NotAccepted as error:
                purchase = await self._schedule_resend(purchase, prepared, error)
                continue
            # a script takes the user's own machine many minutes: what failed twice will not pass a third time
            most = 1 if is_free_text(purchase) else len(self.resend_waits_s)
            purchase = await prepare_resend(self._ledger, sent, most, unseen)

    async def _move_to_posting(
        self, lease: Lease, provider: Provider, purchase: Purchase, prepared: Mapping[str, Any], run: StepRun
    ) -> float | Operation:
        """Move the purchase from intent to posting once there is room. Return the time at which that was requested.

        Return its operation instead, with nothing to send, if the provider's list showed one when the journal was
        reconciled. Raises ``DropSignal``, and ``MoneyError`` or ``DecisionNeeded`` where it fits a cap no more.
        """
        sent = compared = False
        try:
            while True:
                await self._ensure_wanted(purchase, run)
                requested_at = clock.read_seconds()
                self.unsent_postings.add((purchase.id, lease.token))
                try:
                    posted = await self._ledger.begin_posting(
                        lease, purchase.id, prepared, run.revision, is_compared=compared
                    )
                except NotReconciled:
                    raise
                except (MoneyError, DecisionNeeded) as error:  # it fits a cap no more: let others have its turn
                    reason = redact_error(error, purchase.step)
                    await self._ledger.move(purchase.id, ["intent"], "released", reason)
                    raise
                self.unsent_postings.discard((purchase.id, lease.token))
                sent = posted.may_send
                if sent:
                    return requested_at
                if posted.needs_reconciling:
                    if found := await claim(self._ledger, provider, lease, purchase, prepared, run, self._pace):
                        return found
                    compared = True
                    continue
                if not posted.is_over_limit:
                    raise DropSignal  # cancelled, edited, or taken meanwhile: the director reads again
                await self.turns.wait_for_turn(purchase.id, run)  # another was quicker
        finally:
            if not sent:
                await remove_staged(provider, prepared.get("staged", ()))

    async def _ensure_wanted(self, purchase: Purchase, run: StepRun) -> None:
        if not run.is_wanted:
            await self._ledger.move(purchase.id, ["intent"], "released", Reason("no_longer_wanted"))
            raise DropSignal

    async def _wait_until_due(self, purchase: Purchase, run: StepRun) -> None:
        """Wait until the purchase may be sent again, by this process's own clock, counted from its first look.

        An earlier process recorded by the wall clock how long to wait. If that clock was set back since, the wait is no
        longer than what was recorded; if it was set forward, the provider at worst does not accept the send again.
        """
        if purchase.not_before is None:
            return
        if purchase.id not in self._due:
            left = purchase.not_before - datetime.now(UTC)
            began = purchase.posted_at or purchase.intended_at
            requested = purchase.not_before - began if began else left
            self._due[purchase.id] = clock.read_seconds() + min(left, requested).total_seconds()
        while run.is_wanted and (left_s := self._due[purchase.id] - clock.read_seconds()) > 0:
            run.report_wait(
                build_reason("resent_later", cause=purchase.reason or Reason("not_accepted_now"), left_s=round(left_s))
            )
            await run.wait_for_change(left_s)
        self._due.pop(purchase.id, None)

    async def _send(
        self, lease: Lease, provider: Provider, purchase: Purchase, prepared: Mapping[str, Any], run: StepRun,
        posting_at: float,
    ) -> Operation | Outcome | None:  # fmt: skip
        """Send once, and record the answer before returning. May spend.

        ``posting_at``: when the move to posting was requested. A request that has not left this machine ``within_s``
        seconds later is not sent.
        """
        run.is_sent = purchase.resubmit != "free"

        async def keep(data: AsyncIterator[bytes], mime: str) -> Digest:
            return await self._downloads.keep(lease.account, data, mime)

        async def make(work: str, args: Mapping[str, Any], inputs: Sequence[tuple[Input, Digest]]) -> Outcome:
            assert run.order, "only a run with an order sends"
            work_args = {**args, **run.order.step.args}
            return await self._hands.execute(lease.account, work, work_args, inputs, purchase.fingerprint, run.report)

        with limit_send_time(self.within_s - (clock.read_seconds() - posting_at)):
            async with SendErrorHandler(self._ledger, purchase, run), report_long_wait(run, purchase):
                with trace_span("provider.submit", provider=provider.name, purchase=purchase.id) as span:
                    answer = await provider.submit(prepared, keep, make)
                    span.note(operation=answer.id if isinstance(answer, Operation) else None)
        if run.must_cancel:
            reach("C19")
        reach("C05")
        self.unrecorded_answers[purchase.id] = answer
        if isinstance(answer, Operation):
            if recorded := await self.record_pending_operation(purchase, purchase.attempts + 1):
                return recorded
            taken = OutcomeUnknown(code="operation_taken", provider=provider.name, operation=answer.id)
            raise build_outcome_unknown(purchase, build_reason("no_answer", cause=redact_error(taken))) from taken
        return await self._land(lease, provider, purchase, run)

    async def redraw(self, lease: Lease, provider: Provider, run: StepRun) -> tuple[Digest, ...]:
        """Make the files of a free purchase again, without a purchase, and return their digests; see ``Gate.redraw``.

        Raises what the work raised.
        """
        assert run.order and run.order.step.request
        assert provider.resubmit == "free", "only our own work may be done twice"
        order = run.order

        async def keep(data: AsyncIterator[bytes], mime: str) -> Digest:
            return await self._vault.put(lease.account, data, mime, MAX_OUTPUT_BYTES)

        async def make(work: str, args: Mapping[str, Any], inputs: Sequence[tuple[Input, Digest]]) -> Outcome:
            work_args = {**args, **order.step.args}
            return await self._hands.execute(lease.account, work, work_args, inputs, order.fingerprint, run.report)

        read = partial(self._vault.read, lease.account)
        prepared = await provider.prepare(run.order.step.request, order.inputs, order.fingerprint, read)
        answer = await provider.submit(prepared, keep, make)
        assert isinstance(answer, Progress), "our own work answers with the result itself"
        return tuple(output.asset for output in answer.outputs if output.asset)

    async def record_pending_operation(self, purchase: Purchase, sends: int) -> Operation | None:
        """Record the operation that the purchase's send number ``sends`` returned in this process, maybe while the
        journal was away; return it, or None if there is none or another purchase has it.
        """
        operation = self.unrecorded_answers.get(purchase.id)
        if not isinstance(operation, Operation):
            return None
        is_recorded = await record_operation(self._ledger, purchase, operation, sends)
        self.unrecorded_answers.pop(purchase.id, None)
        return operation if is_recorded else None

    async def _schedule_resend(self, purchase: Purchase, prepared: Mapping[str, Any], error: NotAccepted) -> Purchase:
        """Move a purchase that was not accepted back to intent, to be sent again later.

        Raises ``NotAccepted``, and releases it, after the last wait; ``DropSignal`` if another director took it up.
        """
        sends = purchase.attempts + 1
        if sends > len(self.resend_waits_s):
            given_up = NotAccepted(
                code="never_accepted", sends=sends, cause=redact_reason(error.to_reason()), step=purchase.step,
                hint=error.advice, actions=[*error.actions, Action("resume_job")],
            )  # fmt: skip
            await self._ledger.move(purchase.id, ["posting"], "released", given_up.to_reason(), sends=sends)
            raise given_up from error
        wait_s = max(error.after_s, self.resend_waits_s[sends - 1])
        due = datetime.now(UTC) + timedelta(seconds=wait_s)
        cause, most = redact_reason(error.to_reason()), len(self.resend_waits_s)
        reason = build_reason("resend_scheduled", sends=sends, most=most, cause=cause)
        if not await self._ledger.move(purchase.id, ["posting"], "intent", reason, wait_s, sends=sends):
            raise DropSignal  # another director has taken it up meanwhile
        self._due[purchase.id] = clock.read_seconds() + wait_s
        return replace(purchase, attempts=sends, not_before=due, reason=reason, prepared_request=prepared)

    @contextlib.asynccontextmanager
    async def write_off_if_small(self, purchase: Purchase, sends: int) -> AsyncIterator[None]:
        """Context manager that writes off a small text purchase if its outcome is unknown after the block, so that it
        is bought again. The ledger shows it.

        This is the only purchase that is written off without a person. ``sends``: the number of the send that is meant.
        Raises ``RetrySignal`` after a write-off, else what the block raised.
        """
        try:
            yield
        except OutcomeUnknown as error:
            small = purchase.step.startswith("words/") and 0 < purchase.quoted_micros <= self._write_off
            if not small or purchase.try_ >= self._tries:
                raise
            reason = build_reason("written_off_small", quoted_micros=purchase.quoted_micros, cause=redact_error(error))
            await retry_write(lambda: self._ledger.write_off(purchase.id, to_quoted_price(purchase), reason, sends))
            raise RetrySignal(reason) from error
