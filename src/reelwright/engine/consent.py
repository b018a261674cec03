"""What a job may spend: its quote against its consent, and the allowance that approval reserves."""

from __future__ import annotations

from collections.abc import Collection

from reelwright.engine.agreed import ceiling_agreed
from reelwright.engine.obtain import Parts
from reelwright.engine.rest import Rest, told
from reelwright.errors import NeedsConsent, OverBudget
from reelwright.reel.graph import PAID, Graph
from reelwright.reel.money import Quote
from reelwright.reel.noun import Fingerprint, StepKey
from reelwright.reel.operation import OPEN_STATES, Consent, Job, Lease, Standing
from reelwright.reel.wanted import Wanted


class Consenter:
    """Makes and grows a job's allowance, once for every revision and consent.

    ``allowance``: its id; ``consent``: what was agreed to, as last read.
    """

    def __init__(self, parts: Parts, lease: Lease) -> None:
        self._parts, self._lease = parts, lease
        self._seen: tuple[int, Consent | None] | None = None
        self._blocked: Rest | None = None
        self.allowance = ""
        self.consent: Consent | None = None

    async def see(self, standing: Standing, graph: Graph, want: Wanted, names: Collection[Fingerprint]) -> Rest | None:
        """None when everything that is wanted may be bought; else what the job waits for. Reserves, spends nothing."""
        job = standing.job
        assert job, "only a job is consented to"
        self.consent = job.consent
        if not any(step.kind in PAID for step in (*want.certain, *want.possible)):
            return None
        if (standing.revision, job.consent) != self._seen:
            self._blocked = await self._allow(job, self._parts.production.quote(standing, graph), names)
            self._seen = (standing.revision, job.consent)
        return self._blocked

    def forget(self) -> None:
        """Something was spent without a landing: look anew at what may still be bought."""
        self._seen = None

    async def _allow(self, job: Job, quote: Quote, names: Collection[Fingerprint]) -> Rest | None:
        try:
            used = await self._spent(job, names) if quote.ceiling or quote.unknown else 0
            needed = ceiling_agreed(quote, job.consent, used, job.started)
            by = job.consent.by if job.consent else "costs nothing"
            self.allowance = await self._parts.gate.allow(self._lease, job.id, needed, by)
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
