"""What a job may spend: its quote against its consent, and the allowance that approval reserves."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reelwright.engine.agreed import ceiling_agreed
from reelwright.engine.obtain import Parts
from reelwright.engine.rest import Rest, told
from reelwright.errors import NeedsConsent, OverBudget
from reelwright.reel.graph import PAID, Graph
from reelwright.reel.money import Quote
from reelwright.reel.noun import Fingerprint, StepKey
from reelwright.reel.operation import OPEN_STATES, Consent, Job, Lease, Standing
from reelwright.reel.orders import Order
from reelwright.reel.wanted import Wanted
from reelwright.units import Micros


class Consenter:
    """Makes and grows a job's allowance, once for every revision and consent.

    ``allowance``: its id; ``consent``: what was agreed to, as last read.
    """

    __slots__ = ("_blocked", "_failed", "_lease", "_parts", "_seen", "allowance", "consent")

    def __init__(self, parts: Parts, lease: Lease) -> None:
        self._parts, self._lease = parts, lease
        self._seen: tuple[int, Consent | None] | None = None
        self._blocked: Rest | None = None
        self._failed = ""
        self.allowance = ""
        self.consent: Consent | None = None

    async def see(self, standing: Standing, graph: Graph, want: Wanted, todo: Sequence[Order]) -> Rest | None:
        """None when everything that is wanted may be bought; else what the job waits for. Reserves, spends nothing.

        ``todo``: the orders of what is certain.
        """
        job = standing.job
        assert job, "only a job is consented to"
        self.consent = job.consent
        if not any(step.kind in PAID for step in (*want.certain, *want.possible)):
            return None
        if (standing.revision, job.consent) != self._seen:
            quote = self._parts.production.quote(standing, graph)
            self._blocked = await self._allow(standing, job, quote, todo)
            self._seen = (standing.revision, job.consent)
        return self._blocked

    def forget(self, failed: str) -> None:
        """Look anew at what may still be bought: something was spent without a landing. ``failed``: which, and why."""
        self._seen, self._failed = None, failed

    async def _allow(self, standing: Standing, job: Job, quote: Quote, todo: Sequence[Order]) -> Rest | None:
        names = {order.fingerprint for order in todo}
        try:
            used = await self._spent(job, names, quote.sent) if quote.ceiling or quote.unknown else 0
            needed = ceiling_agreed(quote, job.consent, used, job.started)
            by = job.consent.by if job.consent else "costs nothing"
            self.allowance = await self._parts.gate.allow(
                self._lease, job.id, needed, by, _shared(quote, todo, job.consent)
            )
        except NeedsConsent as error:
            step = None if error.step is None else StepKey(error.step)
            said = f"{self._failed}; another try: {told(step, error)}" if self._failed else told(step, error)
            return Rest(state="waiting", why="approval", step=step, said=said)
        except OverBudget as error:
            return Rest(state="waiting", why="budget", step=None, said=told(None, error))
        return None

    async def _spent(self, job: Job, names: Collection[Fingerprint], sent: Collection[Fingerprint]) -> int:
        """What the job has settled, and what it has sent: that is in no quote, or the newest revision does not want it.

        ``names``: what is wanted; ``sent``: what of it the quote left out, as it is on its way.
        """
        bought = await self._parts.ledger.purchases(self._lease.account, self._lease.project)
        own = [p for p in bought if p.job == job.id]
        out = (p for p in own if p.state in OPEN_STATES and (p.fingerprint not in names or p.fingerprint in sent))
        open_ = sum(p.quoted for p in out)
        return open_ + sum(p.settled or 0 for p in own)


def _shared(quote: Quote, todo: Sequence[Order], consent: Consent | None) -> dict[Fingerprint, Micros] | None:
    """Prices of what other projects of the account may want alike, by the names of orders; None where none may."""
    prices = {o.key: quote.certain[o.step.key] for o in todo if o.key and o.round == 1 and o.step.key in quote.certain}
    each = consent.each if consent else None
    found = {key: each if price.micros is None else price.micros for key, price in prices.items()}
    return {Fingerprint(key): Micros(micros) for key, micros in found.items() if micros} or None
