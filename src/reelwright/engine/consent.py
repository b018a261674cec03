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

    __slots__ = ("_blocked", "_lease", "_parts", "_seen", "allowance", "consent")

    def __init__(self, parts: Parts, lease: Lease) -> None:
        self._parts, self._lease = parts, lease
        self._seen: tuple[int, Consent | None] | None = None
        self._blocked: Rest | None = None
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

    def forget(self) -> None:
        """Something was spent without a landing: look anew at what may still be bought."""
        self._seen = None

    async def _allow(self, standing: Standing, job: Job, quote: Quote, todo: Sequence[Order]) -> Rest | None:
        names = {order.fingerprint for order in todo}
        try:
            used = await self._spent(job, names) if quote.ceiling or quote.unknown else 0
            needed = ceiling_agreed(quote, job.consent, used, job.started)
            by = job.consent.by if job.consent else "costs nothing"
            self.allowance = await self._parts.gate.allow(
                self._lease, job.id, needed, by, _shared(standing, quote, todo, job.consent)
            )
        except NeedsConsent as error:
            step = None if error.step is None else StepKey(error.step)
            return Rest(state="waiting", why="approval", step=step, said=told(step, error))
        except OverBudget as error:
            return Rest(state="waiting", why="budget", step=None, said=told(None, error))
        return None

    async def _spent(self, job: Job, names: Collection[Fingerprint]) -> int:
        """What the job has settled, and what it has sent that the newest revision does not want."""
        bought = await self._parts.ledger.purchases(self._lease.account, self._lease.project)
        own = [p for p in bought if p.job == job.id]
        open_ = sum(p.quoted for p in own if p.state in OPEN_STATES and p.fingerprint not in names)
        return open_ + sum(p.settled or 0 for p in own)


def _shared(
    standing: Standing, quote: Quote, todo: Sequence[Order], consent: Consent | None
) -> dict[Fingerprint, Micros] | None:
    """Prices of what other projects of the account may want alike: the first rounds of what is certain."""
    if standing.brief.reuse != "account":
        return None
    prices = {o.fingerprint: quote.certain[o.step.key] for o in todo if o.round == 1 and o.step.key in quote.certain}
    each = consent.each if consent else None
    found = {fp: each if price.micros is None else price.micros for fp, price in prices.items()}
    return {fp: Micros(micros) for fp, micros in found.items() if micros}
