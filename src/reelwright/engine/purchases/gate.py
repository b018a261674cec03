"""The gate is the only way to buy from a provider: intent, one send by its sender, polling, landing, settlement."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from reelwright.engine.policy import MAX_CONCURRENT_DOWNLOADS, PURCHASE_TRIES, SEND_AGAIN_WAITS_S
from reelwright.engine.purchases.bills import choose_bill, find_higher_bill, price_without_result, to_quoted_price
from reelwright.engine.purchases.claim import claim
from reelwright.engine.purchases.consent_checks import check_price
from reelwright.engine.purchases.downloads import Downloads
from reelwright.engine.purchases.operations import (
    Pace,
    build_outcome,
    follow,
    list_noted_shortfalls,
    note_measures,
    note_wrong_kinds,
    set_aside,
)
from reelwright.engine.purchases.other_projects import OtherProjects
from reelwright.engine.purchases.pictures import prepare_pictures
from reelwright.engine.purchases.recover import build_outcome_unknown, resolve
from reelwright.engine.purchases.sender import Sender
from reelwright.engine.purchases.staged import remove_landed, remove_staged
from reelwright.engine.steps.durability import retry_write
from reelwright.engine.steps.interfaces import Hands, Vault
from reelwright.engine.steps.step_run import DropSignal, RetrySignal, StepRun
from reelwright.errors import (
    BadInput,
    DecisionNeeded,
    NeedsConsent,
    OverBudget,
    Refused,
    StoreUnavailable,
)
from reelwright.net.redact import redact_reason, redact_shown
from reelwright.providers.protocol import Progress, Provider
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.crashpoints import reach
from reelwright.reel.base.document import from_plain
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Digest, Fingerprint, ShotId
from reelwright.reel.graph.orders import Order
from reelwright.reel.graph.outcome import MissingSample, Outcome
from reelwright.reel.graph.request import StepInputs
from reelwright.reel.records.ledger import select_recovered
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Consent, Holder, Lease, Operation, Purchase, PurchaseState
from reelwright.send_and_answer_waits import SEND_ON_ITS_WAY_S, SEND_WITHIN_S
from reelwright.store.database.processes import make_holder
from reelwright.store.journal import Journal
from reelwright.store.ledger import Ledger
from reelwright.units import Micros

_SENT: Final = ("posting", "unknown", "submitted", "succeeded")
"""States of a purchase whose price was agreed to, though its outcome may still be unknown."""


class Gate:
    """The only code that buys from providers: records the intent, sends once, polls, lands and settles. A deployment
    may change ``send_again_s`` and ``pace``; everything else is the protocol.

    ``send_within_s``: seconds, less than the length of a lease. A send that was held up for longer is not made, because
    another director may have taken over and sent it. ``tries``: purchases in all of something that its provider
    accepted and failed at for a reason that may pass. ``write_off_micros``: price up to which a text call without an
    answer is written off and bought again without a person; 0: never. ``arrives_s``: seconds during which a send may
    still reach the provider; None: the time that ``send_and_answer_waits`` guarantees. ``pace_of``: returns the polling
    times of a model. ``holder``: the gate's director, which also finishes what directors that are gone have sent.
    ``downloads``: the limit of concurrent downloads.
    """

    def __init__(
        self,
        journal: Journal,
        ledger: Ledger,
        vault: Vault,
        hands: Hands,
        providers: Mapping[str, Provider],
        send_again_s: Sequence[float] = SEND_AGAIN_WAITS_S,
        pace: Pace | None = None,
        send_within_s: float = SEND_WITHIN_S,
        *,
        tries: int = PURCHASE_TRIES,
        write_off_micros: int = 0,
        arrives_s: float | None = None,
        pace_of: Callable[[str], Pace] | None = None,
        holder: Holder | None = None,
        downloads: int = MAX_CONCURRENT_DOWNLOADS,
    ) -> None:
        self.other_projects = OtherProjects(journal, ledger, holder or make_holder(mint("director")), self.carry_on)
        self._journal, self._ledger, self._vault, self._hands = journal, ledger, vault, hands
        self._providers = providers
        self._by_model = {model: p for p in providers.values() for model in p.list_models()}
        self._pace, self._tries = pace or Pace(), tries
        self._arrives_s = send_within_s + SEND_ON_ITS_WAY_S if arrives_s is None else arrives_s
        self._downloads = Downloads(vault, downloads)
        self._sender = Sender(
            ledger, vault, hands, self._downloads, self._pace, self._land_answer, resend_waits_s=send_again_s,
            within_s=send_within_s, arrives_s=self._arrives_s, tries=tries, write_off_micros=write_off_micros,
        )  # fmt: skip
        self._pace_of = pace_of or (lambda model: self._pace)
        self._followed: dict[tuple[str, str], StepRun] = {}

    def find_provider(self, model: str) -> Provider:
        """Return the provider that sells ``model``. Raises ``BadInput`` with the names of all models on sale."""
        if model not in self._by_model:
            raise BadInput("model", model, f"one of {', '.join(sorted(self._by_model))}")
        return self._by_model[model]

    async def allow(
        self,
        lease: Lease,
        job: str,
        ceiling: Micros,
        approved_by: str,
        shared_prices: Mapping[Fingerprint, Micros] | None,
    ) -> str:
        """Reserve the job's allowance up to ``ceiling`` micro-dollars, or grow it, and return its id. Raises
        ``OverBudget`` above a cap.

        ``shared_prices``: prices of orders that other projects of the account may share; they are reserved only once.
        """
        return await self._ledger.ensure_allowance(lease, job, ceiling, approved_by, shared_prices)

    async def buy(
        self, lease: Lease, job: str, allowance: str, scope: str, run: StepRun, consent: Consent | None = None
    ) -> Outcome | None:
        """Buy the order of ``run``, sending it at most once, or follow the open purchase of the same order; may spend.

        None: it exists already. Raises ``DropSignal``, ``RetrySignal`` (this try brought nothing; the next may be
        bought), ``NeedsConsent`` (the price is now above what was agreed to), ``Refused``, ``NotAccepted``,
        ``OutcomeUnknown``, ``LeaseLost``, and for our own free work whatever the work raised.
        """
        purchase = await self._open_purchase(lease, job, allowance, scope, run, consent)
        if purchase is None:
            return None
        try:
            return await self.carry_on(lease, purchase, run)
        except Refused as error:
            if error.is_final:
                await self._remember_refusal(lease, purchase, error)
            raise

    async def _open_purchase(
        self, lease: Lease, job: str, allowance: str, scope: str, run: StepRun, consent: Consent | None
    ) -> Purchase | None:
        """Return this project's purchase for the run's order, in intent or later; None if the result exists already."""
        order = run.order
        assert order and order.step.request, "only paid steps with an order are bought"
        request = order.step.request
        provider = self.find_provider(request.model)
        await asyncio.to_thread(provider.check, request)  # a cluster may take seconds to say no
        theirs: Purchase | None = None
        looked_up = ""
        while True:
            if not run.is_wanted:
                raise DropSignal
            price = await self._agree_to_price(lease, order, provider.price(request), consent)
            reach("C01")
            purchase = await self._intend(lease, job, allowance, scope, order, price, provider)
            reach("C02")
            if purchase.project == lease.project:
                if theirs and purchase.state == "submitted":
                    await self.other_projects.finish_stopped_job(lease, theirs)
                return purchase
            theirs = purchase
            if purchase.state in ("settled", "succeeded"):
                return None
            if purchase.state == "unknown":
                if looked_up == purchase.id or not await self.other_projects.look_up(lease, purchase, run):
                    raise build_outcome_unknown(purchase, Reason("sent_by_another_project"))
                looked_up = purchase.id
                continue
            await self.other_projects.wait_for(lease, purchase, run)

    async def _agree_to_price(self, lease: Lease, order: Order, price: Price, consent: Consent | None) -> Price:
        """Do as ``check_price``, but for an order that was sent already or whose purchase was recovered: that costs
        nothing more.

        Its price is returned as unknown, for which nothing is ever bought.
        """
        try:
            return check_price(order.step.key, price, consent)
        except NeedsConsent:
            if not (await self._was_sent(lease, order) or await self.find_recovered(lease, [order])):
                raise
            return replace(price, micros=None)

    async def _was_sent(self, lease: Lease, order: Order) -> bool:
        """Whether a purchase of the order by this project was sent and may be at its provider: it was agreed to."""
        bought = await self._ledger.list_purchases(lease.account, lease.project)
        return any(one.fingerprint == order.fingerprint and one.state in _SENT for one in bought)

    async def find_recovered(self, lease: Lease, orders: Sequence[Order]) -> frozenset[Fingerprint]:
        """Find those of ``orders`` that a purchase which ``reconcile`` recovered answers, by their fingerprints."""
        found = await self._ledger.find_orders(lease.account, {one.order_fingerprint for one in orders})
        return frozenset(one.fingerprint for one, _ in select_recovered(orders, found, lease.project))

    async def _remember_refusal(self, lease: Lease, purchase: Purchase, error: Refused) -> None:
        """Record a final refusal as an outcome: the same command again shows it, and sends nothing."""
        message = redact_shown(f"{error} ({error.hint})" if error.hint else str(error))
        missing = (MissingSample(sample=0, reason="refused", message=message),)
        outcome = Outcome(fingerprint=purchase.fingerprint, assets=(), missing=missing)
        await self._journal.record_outcome(lease, purchase.step, outcome)

    async def _intend(
        self, lease: Lease, job: str, allowance: str, scope: str, order: Order, price: Price, provider: Provider
    ) -> Purchase:
        assert order.step.request
        try:
            return await self._ledger.intend(
                lease, allowance, job, order.step.key, order.fingerprint, scope, provider.name,
                order.step.request.model, price, provider.resubmit, order=order.order_fingerprint, n=order.n,
                samples=order.step.request.samples,
            )  # fmt: skip
        except OverBudget as error:
            raise NeedsConsent(
                code="above_allowance", step=order.step.key, micros=price.micros or 0,
                actions=[Action("agree_to_price")],
            ) from error  # fmt: skip

    async def carry_on(self, lease: Lease, purchase: Purchase, run: StepRun) -> Outcome | None:
        """Take a purchase from any state to its end: resolve it, send it if it is still an intent, poll, land and
        settle. Spends only from ``intent``, and only for a run with an order.

        Raises ``RetrySignal`` if this try brought nothing and another may be bought within what was agreed to. Polls
        in this coroutine, without further ones: thousands wait here for hours.
        """
        try:
            if purchase.state == "succeeded":
                await self._settle_landed(lease, purchase)
                return None
            provider = self._get_provider(purchase)
            state, operation = await self._resolve_state(lease, provider, purchase, run)
            if state == "posting":
                return await self._land_answer(lease, provider, purchase, run)
            if state not in ("intent", "submitted"):
                return None
            inputs = await self._prepare_inputs(lease, purchase, run) if state == "intent" else ()
            answer = operation or await self._sender.send_until_accepted(lease, provider, purchase, inputs, run)
            if not isinstance(answer, Operation):
                return answer
            self._followed[provider.name, answer.id] = run
            try:
                pace = self._pace_of(purchase.model)
                progress = await follow(
                    provider, answer, run, pace, partial(self._may_cancel, lease, purchase),
                    is_resumed=state == "submitted",
                )  # fmt: skip
            finally:
                self._followed.pop((provider.name, answer.id), None)
            await self._record_higher_bill(purchase, progress, run)  # before another one is sent
            await self._sender.turns.finish_turn(purchase, has_outputs=bool(progress.outputs))
            return await self._land_and_settle(lease, provider, purchase, answer, progress, run)
        except RetrySignal:
            run.is_sent = False
            await run.wait_for_change(self._pace.least_s)
            raise

    async def _may_cancel(self, lease: Lease, purchase: Purchase) -> bool:
        """Whether the provider may be asked to cancel a purchase: not while another job of the account waits for it.

        Raises ``DropSignal`` if another project took the purchase's operation over.
        """
        decision = await self._ledger.begin_cancel(lease, purchase.id)
        if decision == "over":
            raise DropSignal
        return decision == "cancel"

    async def _resolve_state(
        self, lease: Lease, provider: Provider, purchase: Purchase, run: StepRun
    ) -> tuple[PurchaseState, Operation | None]:
        """Find out what became of an earlier send.

        Return the purchase's state, and its operation if it is ``submitted``.

        ``posting``: its answer came while the journal was away, and must be landed.
        """
        state, operation = purchase.state, purchase.operation
        if state == "posting" and (purchase.id, lease.token) in self._sender.unsent_postings:
            await self._ledger.undo_posting(lease, purchase.id)
            self._sender.unsent_postings.discard((purchase.id, lease.token))
            state = "intent"
        if state in ("unknown", "posting"):
            if isinstance(self._sender.unrecorded_answers.get(purchase.id), Progress):
                return "posting", None
            operation = await self._sender.record_pending_operation(purchase, purchase.attempts)
            run.is_sent = purchase.resubmit != "free"  # as far as is known: a drop must not end the search
            async with self._sender.write_off_if_small(purchase, purchase.attempts):
                operation = operation or await self._look_up_operation(lease, provider, purchase, run)
            state, run.is_sent = ("submitted", True) if operation else ("intent", False)
        if state == "submitted":
            assert operation, "a submitted purchase has its operation"
            run.is_sent = True
            return state, operation
        return state, None

    async def _look_up_operation(
        self, lease: Lease, provider: Provider, purchase: Purchase, run: StepRun
    ) -> Operation | None:  # fmt: skip
        """Look for the operation of an unknown purchase. None: it may be sent. Raises ``OutcomeUnknown``."""
        if purchase.state == "unknown" and not purchase.attempts:
            return await claim(self._ledger, provider, lease, purchase, purchase.prepared_request, run, self._pace)
        return await resolve(self._ledger, provider, purchase, run, self._pace, self._arrives_s)

    def _get_provider(self, purchase: Purchase) -> Provider:
        """Return the provider it was bought from. Another one that sells the same model would not know it."""
        if purchase.provider not in self._providers:
            raise DecisionNeeded(code="provider_not_registered", provider=purchase.provider, step=purchase.step)
        return self._providers[purchase.provider]

    def poll_now(self, provider: str, operation: str) -> bool:
        """Poll an operation at once, because a webhook told of it. Return False if this gate does not follow it."""
        run = self._followed.get((provider, operation))
        if run:
            run.wake_event.set()
        return run is not None

    async def remove_staged_inputs(self, purchases: Iterable[Purchase]) -> None:
        """Remove from providers the uploaded inputs of purchases that have ended.

        Errors are ignored, so that no job fails: the next rest of the project tries again.
        """
        await asyncio.gather(
            *(self._remove_staged(one) for one in purchases if one.staged_inputs), return_exceptions=True
        )

    async def _remove_staged(self, purchase: Purchase) -> None:
        provider = self._providers.get(purchase.provider)
        if provider and await remove_staged(provider, purchase.staged_inputs):
            await self._ledger.clear_staged_files(purchase.account, purchase.id)

    async def redraw(self, lease: Lease, run: StepRun) -> tuple[Digest, ...]:
        """Make the files of a free step again, without a purchase, and return their digests. Raises what the work
        raised.

        Only for our own work (``resubmit`` is ``free``), never for what others sell.
        """
        assert run.order and run.order.step.request
        return await self._sender.redraw(lease, self.find_provider(run.order.step.request.model), run)

    async def release(self, purchase: Purchase, reason: Reason) -> None:
        """Release the reservation of a purchase that was never sent, for the given reason."""
        await self._ledger.move(purchase.id, ["intent"], "released", reason)

    async def _prepare_inputs(self, lease: Lease, purchase: Purchase, run: StepRun) -> StepInputs:
        """Return the inputs as the model reads them.

        Raises ``DropSignal``, and releases it, if it is no longer wanted.
        """
        if run.order is None or not run.is_wanted:
            await self.release(purchase, Reason("no_longer_wanted"))
            raise DropSignal
        assert run.order.step.request
        return await prepare_pictures(self._hands, lease.account, run.order.step.request, run.order.inputs)

    async def _land_answer(
        self, lease: Lease, provider: Provider, purchase: Purchase, run: StepRun
    ) -> Outcome | None:  # fmt: skip
        """Land an answer that was the result itself. It stays in this process while the journal is away."""
        answer = self._sender.unrecorded_answers.pop(purchase.id)
        assert isinstance(answer, Progress), "an operation is recorded, and followed"
        try:
            await self._record_higher_bill(purchase, answer, run)
            return await self._land_and_settle(lease, provider, purchase, None, answer, run)
        except StoreUnavailable:
            self._sender.unrecorded_answers[purchase.id] = answer
            raise

    async def _land_and_settle(
        self, lease: Lease, provider: Provider, purchase: Purchase, operation: Operation | None, progress: Progress,
        run: StepRun,
    ) -> Outcome | None:  # fmt: skip
        """Land what an answer brought, then settle. A purchase that failed for good lands as an empty outcome.

        Raises ``RetrySignal`` if it failed for a reason that may pass and ``tries`` allows another purchase. Raises
        ``DropSignal`` if it was cancelled at our request: nothing is recorded, so that it can be bought later.
        """
        reach("C08")
        price = choose_bill(
            progress, purchase, price_without_result(provider.get_failure_terms(purchase.model), progress, purchase)
        )
        if progress.state == "cancelled" and run.must_cancel:
            await retry_write(lambda: self._ledger.record_failure(lease, purchase.id, price, Reason("cancelled")))
            raise DropSignal
        got, missing = await self._collect(lease, provider, purchase, operation, progress, run)
        wrong = await self._downloads.find_wrong_kinds(lease.account, purchase.model, got)
        got, missing = set_aside(got, missing, wrong)
        request = run.order.step.request if run.order else None
        outcome = build_outcome(purchase, progress, got, missing, request.samples if request else 0)
        if purchase.step.startswith("take/") and got:
            measures = await self._downloads.measure(lease.account, progress, got)
            outcome = note_measures(outcome, request or run.request, measures)
        outcome = note_wrong_kinds(outcome, wrong)
        if progress.state != "succeeded":
            reason = redact_reason(build_reason("failed_there", state=progress.state, message=progress.message))
            passes = progress.state == "failed" and progress.can_retry and not outcome.assets
            tries = self._tries if passes else 1
            if await retry_write(
                lambda: self._ledger.record_failure(lease, purchase.id, price, reason, outcome, tries)
            ):
                raise RetrySignal(reason)
            return outcome
        if wrong and not outcome.assets:  # paid for, and of no use: its order failed, and may be tried again by name
            bill = choose_bill(progress, purchase, to_quoted_price(purchase))
            short = build_reason("settled_short", basis=bill.basis, shortfalls=list_noted_shortfalls(outcome))
            await retry_write(lambda: self._ledger.record_failure(lease, purchase.id, bill, short, outcome))
            return outcome
        reach("C12")
        shot, named = _shot(purchase), progress.operation
        await retry_write(lambda: self._ledger.record_success(lease, purchase.id, purchase.step, outcome, shot, named))
        reach("C13")
        await self._settle(purchase, choose_bill(progress, purchase, to_quoted_price(purchase)), outcome)
        if operation and (
            left := await remove_landed(self._vault, lease.account, provider, operation, progress.outputs, got)
        ):
            await self._journal.record_event(
                lease, purchase.job, "outputs.left", {"step": purchase.step, "reason": left.to_json()}
            )
        return outcome

    async def _collect(
        self, lease: Lease, provider: Provider, purchase: Purchase, operation: Operation | None, progress: Progress,
        run: StepRun,
    ) -> tuple[dict[int, list[Digest]], tuple[MissingSample, ...]]:  # fmt: skip
        """Download what an answer brought. Where a person is needed for some of it, note what is in the vault.

        Until that person comes, the rest may expire at the provider.
        """
        is_followed_again = purchase.state == "submitted"
        earlier = await self._ledger.read_kept_outputs(purchase.id) if is_followed_again else {}
        stored_outputs, outputs, pace = dict(earlier), progress.outputs, self._pace_of(purchase.model)
        try:
            return await self._downloads.collect(
                lease.account, provider, operation, progress, run, pace, stored_outputs
            )
        except DecisionNeeded:
            if stored_outputs and stored_outputs != earlier:
                await retry_write(lambda: self._ledger.record_kept_outputs(purchase.id, stored_outputs, len(outputs)))
            raise

    async def _record_higher_bill(self, purchase: Purchase, progress: Progress, run: StepRun) -> None:
        """Count a bill above its quote in every cap as soon as it was read: landing may take long."""
        if bill := find_higher_bill(progress, purchase):
            await retry_write(lambda: self._ledger.record_bill(purchase.id, bill))
            run.is_billed_above = True

    async def _settle(self, purchase: Purchase, price: Price, outcome: Outcome | None) -> None:
        """Record the final price of a purchase that landed, and note it as short if its takes fall short of it."""
        if found := list_noted_shortfalls(outcome):
            reason = build_reason("settled_short", basis=price.basis, shortfalls=found)
        else:
            reason = build_reason("settled", basis=price.basis)
        await self._ledger.settle(purchase.id, price, "settled", reason, is_short=bool(found))
        reach("C14")

    async def _settle_landed(self, lease: Lease, purchase: Purchase) -> None:
        """Settle a purchase that landed in an earlier process at the provider's bill, else as quoted."""
        had = (await self._journal.read_standing(lease.account, lease.project)).outcomes.get(purchase.fingerprint)
        bill = had.facts.get("bill") if had else None
        await self._settle(purchase, from_plain(Price, bill, "bill") if bill else to_quoted_price(purchase), had)


def _shot(purchase: Purchase) -> ShotId | None:
    kind, _, rest = purchase.step.partition("/")
    return ShotId(rest) if kind == "take" else None
