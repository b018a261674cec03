"""The allowance of a job: the quote is compared with what was agreed to, and the ceiling is reserved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from reelwright.engine.purchases.consent_checks import check_ceiling
from reelwright.engine.scheduler.conclusion import JobConclusion
from reelwright.engine.scheduler.obtain import Parts
from reelwright.errors import NeedsConsent, OverBudget
from reelwright.net.redact import redact_error
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.value import Fingerprint, StepKey
from reelwright.reel.graph.graph import PAID, Graph
from reelwright.reel.graph.orders import Order
from reelwright.reel.graph.wanted_steps import WantedSteps
from reelwright.reel.records.money import Quote
from reelwright.reel.records.operation import OPEN_STATES, Consent, Job, Lease, Standing
from reelwright.store.purchases.disputes import build_above_agreement
from reelwright.units import Micros


class Consenter:
    """Compares a job's quote with what was agreed to, and reserves the job's allowance.

    ``allowance``: the id of the allowance. ``consent``: what was agreed to, as last read.
    """

    __slots__ = ("_blocked", "_checked", "_failed", "_lease", "_parts", "allowance", "consent")

    def __init__(self, parts: Parts, lease: Lease) -> None:
        self._parts, self._lease = parts, lease
        self._checked: tuple[int, Consent | None] | None = None
        self._blocked: JobConclusion | None = None
        self._failed: Reason | None = None
        self.allowance = ""
        self.consent: Consent | None = None

    async def ensure_allowance(
        self, standing: Standing, graph: Graph, want: WantedSteps, todo: Sequence[Order]
    ) -> JobConclusion | None:
        """Reserve in the budgets what the job may spend; return None if everything may be bought, else what the job
        waits for. ``todo``: the orders of the steps that are certainly wanted. Spends nothing.

        ``todo``: the orders of the steps that are certainly wanted. Reserves money in the budgets, and spends nothing.
        """
        job = standing.job
        assert job, "only a job is consented to"
        self.consent = job.consent
        if not any(step.kind in PAID for step in (*want.certain, *want.possible)):
            return None
        if (standing.revision, job.consent) != self._checked:
            quote = self._parts.production.quote(standing, graph)
            self._blocked = await self._allow(standing, job, quote, todo)
            if self._blocked and (found := await self._recover(todo)):
                quote = self._parts.production.quote(replace(standing, recovered_orders=found), graph)
                self._blocked = await self._allow(standing, job, quote, todo)
            self._checked = (standing.revision, job.consent)
        return self._blocked

    def reset(self, failure: Reason) -> None:
        """Check the quote again at the next ``ensure_allowance``, because something was spent without a landing.
        ``failure``: which step, and why.
        """
        self._checked, self._failed = None, failure

    def check_again(self) -> None:
        """Check the quote again at the next ``ensure_allowance``, because something cost more than its quote."""
        self._checked = None

    async def _allow(self, standing: Standing, job: Job, quote: Quote, todo: Sequence[Order]) -> JobConclusion | None:
        names = {order.fingerprint for order in todo}
        try:
            used = await self._spent(job, names, quote.in_flight) if quote.ceiling or quote.unknown_steps else 0
            needed = await self._check_ceiling(quote, job, used)
            by = job.consent.by if job.consent else "costs nothing"
            self.allowance = await self._parts.gate.allow(
                self._lease, job.id, needed, by, _shared(quote, todo, job.consent)
            )
        except NeedsConsent as error:
            step = None if error.step is None else StepKey(error.step)
            reason = redact_error(error, step)
            if self._failed:
                reason = build_reason(
                    "another_try", step=self._failed.step, failure=self._failed, cause=reason, actions=reason.actions
                )
            return JobConclusion(state="waiting", wait_reason="approval", step=step, reason=reason)
        except OverBudget as error:
            return JobConclusion(state="waiting", wait_reason="budget", reason=redact_error(error))
        return None

    async def _recover(self, todo: Sequence[Order]) -> frozenset[Fingerprint]:
        """Look up which orders cost nothing, because ``reconcile`` recovered their purchases."""
        return await self._parts.gate.find_recovered(self._lease, todo)

    async def _check_ceiling(self, quote: Quote, job: Job, used_micros: int) -> Micros:
        """Do as ``check_ceiling``, and name the bill above its quote, if there was one, where the price is too high."""
        try:
            return check_ceiling(quote, job.consent, used_micros, job.started_at)
        except NeedsConsent as error:
            if error.code != "above_agreement" or job.consent is None:
                raise
            if (bill := await self._parts.ledger.find_highest_bill(self._lease.account, job.id)) is None:
                raise
            needed, agreed = error.params["needed_micros"], error.params["agreed_micros"]
            raise build_above_agreement(needed, agreed, bill, job.consent.by) from error

    async def name_price(
        self, rest: JobConclusion, standing: Standing, graph: Graph, todo: Sequence[Order]
    ) -> JobConclusion:
        """Return the conclusion of a job; if it waits for an agreement to a price, with the price of all that is left,
        as a later agreement is for it: in addition to what the job has spent, and with bills as far above their quotes
        as those before.
        """
        job, reason = standing.job, rest.reason
        if job is None or reason is None or all(action.kind != "agree_to_price" for action in reason.actions):
            return rest
        account, names = self._lease.account, {order.fingerprint for order in todo}
        ratios = await self._parts.ledger.find_bill_ratios(account, job.id)
        expected = replace(standing, bill_ratios=ratios, recovered_orders=await self._recover(todo))
        quote = self._parts.production.quote(expected, graph)
        each = job.consent.unknown_at_most if job.consent else None
        left = quote.ceiling + (each or 0) * len(quote.unknown_steps)
        return replace(rest, reason=_name_price(reason, left, left + await self._spent(job, names, quote.in_flight)))

    async def _spent(self, job: Job, names: Collection[Fingerprint], sent: Collection[Fingerprint]) -> int:
        """Return the micro-dollars that the job has spent, and those of its open purchases that the quote leaves out.

        ``names``: the fingerprints that are wanted. ``sent``: those of them that the quote leaves out because they have
        been sent already.
        """
        bought = await self._parts.ledger.list_purchases(self._lease.account, self._lease.project)
        own = [p for p in bought if p.job == job.id]
        out = (p for p in own if p.state in OPEN_STATES and (p.fingerprint not in names or p.fingerprint in sent))
        return sum(p.charged_micros for p in own if p.state not in OPEN_STATES) + sum(p.expected_micros for p in out)


def _name_price(reason: Reason, left_micros: int, needed_micros: int) -> Reason:
    """Return the reason with the price of what is left in its action, and with the price of all in its sentence."""
    params = {
        name: _name_price(value, left_micros, needed_micros) if isinstance(value, Reason) else value
        for name, value in reason.params.items()
    }
    if reason.code == "above_agreement":
        params["needed_micros"] = needed_micros
    price = Action("agree_to_price", {"micros": left_micros})
    actions = tuple(price if action.kind == "agree_to_price" else action for action in reason.actions)
    return replace(reason, params=params, actions=actions)


def _shared(quote: Quote, todo: Sequence[Order], consent: Consent | None) -> dict[Fingerprint, Micros] | None:
    """Return the prices of orders that other projects of the account may share, by order key, or None."""
    prices = {o.key: quote.certain[o.step.key] for o in todo if o.key and o.round == 1 and o.step.key in quote.certain}
    each = consent.unknown_at_most if consent else None
    found = {key: each if price.micros is None else price.micros for key, price in prices.items()}
    return {Fingerprint(key): Micros(micros) for key, micros in found.items() if micros} or None
