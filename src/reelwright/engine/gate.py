"""The gate: the only way to a provider. Intent, one send by its sender, an answer followed, landing, settlement."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from reelwright.engine.agreed import price_agreed
from reelwright.engine.at_once import AtOnceOf, turn
from reelwright.engine.bills import as_quoted, bill_or, of_nothing
from reelwright.engine.claim import claim
from reelwright.engine.decide import decide
from reelwright.engine.downloads import AT_ONCE, Downloads
from reelwright.engine.elsewhere import Elsewhere
from reelwright.engine.errand import Again, Dropped, Errand
from reelwright.engine.operations import Pace, follow, landed
from reelwright.engine.pictures import pictured
from reelwright.engine.recover import not_known, resolve
from reelwright.engine.sender import Sender
from reelwright.engine.staged import remove_landed, remove_staged
from reelwright.engine.surely import surely
from reelwright.engine.waist import Fed, Hands, Journal, Ledger, Vault
from reelwright.errors import (
    BadInput,
    DecisionNeeded,
    NeedsConsent,
    OverBudget,
    Refused,
    StoreUnavailable,
)
from reelwright.net.held import ON_ITS_WAY_S
from reelwright.net.redact import redact
from reelwright.providers.protocol import Progress, Provider
from reelwright.reel.crashpoints import reach
from reelwright.reel.document import from_plain
from reelwright.reel.ids import mint
from reelwright.reel.ledger import Decision, Entry
from reelwright.reel.money import Price
from reelwright.reel.noun import Digest, Fingerprint, ShotId
from reelwright.reel.operation import Consent, Holder, Lease, Operation, Purchase, PurchaseState
from reelwright.reel.orders import Order
from reelwright.reel.outcome import Missing, Outcome
from reelwright.store.processes import here
from reelwright.units import Micros, usd

SEND_AGAIN_S: Final = (30.0, 60.0, 120.0)
"""Waits before what was not accepted is sent again; a longer Retry-After is obeyed. Source: DESIGN.md 3."""
TRIES: Final = 2


class Gate:
    """Buys. ``send_again_s`` and ``pace`` are what a deployment may change; everything else is the protocol.

    ``send_within_s``: a send that was held up for longer, below the length of a lease, is not made: its director may
    have been replaced meanwhile, and its successor may have sent it. ``tries``: so often is bought, in all, what its
    provider took on and failed at for a reason that may pass. ``write_off``: micro-dollars up to which a text call
    without an answer is written off and asked again by itself; 0: none is. ``arrives_s``: how
    long something of a send may still arrive; None: as long as ``net.held`` vouches for. ``pace_of``: how a model is
    polled, where not all are polled alike. ``at_once``: with whom a project's purchases are counted while they are
    under way. ``holder``: the director whose gate it is, which sees to what directors that are gone have sent.
    ``downloads``: at once, of all that it buys.
    """

    def __init__(
        self,
        journal: Journal,
        ledger: Ledger,
        vault: Vault,
        hands: Hands,
        providers: Mapping[str, Provider],
        send_again_s: Sequence[float] = SEND_AGAIN_S,
        pace: Pace | None = None,
        send_within_s: float = 15.0,
        *,
        tries: int = TRIES,
        write_off: int = 0,
        arrives_s: float | None = None,
        pace_of: Callable[[str], Pace] | None = None,
        at_once: AtOnceOf = lambda project: None,
        holder: Holder | None = None,
        downloads: int = AT_ONCE,
    ) -> None:
        self.elsewhere = Elsewhere(journal, ledger, holder or here(mint("director")), self.carry_on)
        self._journal, self._ledger, self._vault, self._hands = journal, ledger, vault, hands
        self._providers = providers
        self._by_model = {model: p for p in providers.values() for model in p.models()}
        self._pace, self._tries = pace or Pace(), tries
        self._arrives_s = send_within_s + ON_ITS_WAY_S if arrives_s is None else arrives_s
        self._downloads = Downloads(vault, downloads)
        self._sender = Sender(
            ledger, vault, hands, self._downloads, self._pace, self._land_answer, again_s=send_again_s,
            within_s=send_within_s, arrives_s=self._arrives_s, tries=tries, write_off=write_off,
        )  # fmt: skip
        self._pace_of = pace_of or (lambda model: self._pace)
        self._at_once = at_once
        self._followed: dict[tuple[str, str], Errand] = {}

    def provider_of(self, model: str) -> Provider:
        """Who sells ``model``. Raises ``BadInput`` naming those that are sold."""
        if model not in self._by_model:
            raise BadInput("model", model, f"one of {', '.join(sorted(self._by_model))}")
        return self._by_model[model]

    async def allow(
        self, lease: Lease, job: str, ceiling: Micros, approved_by: str, wanted: Mapping[Fingerprint, Micros] | None
    ) -> str:
        """The id of the allowance of what was agreed to. Raises ``OverBudget`` above a cap.

        ``wanted``: what other projects of the account may want alike, reserved once for all of them.
        """
        return await self._ledger.allow(lease, job, ceiling, approved_by, wanted)

    async def buy(
        self, lease: Lease, job: str, allowance: str, scope: str, errand: Errand, consent: Consent | None = None
    ) -> Outcome | None:
        """Obtain an order, sending it at most once; joins the open purchase of its fingerprint. May spend.

        None: it is had already. Raises ``Dropped``, ``Again`` (this try brought nothing; the next may be bought),
        ``NeedsConsent`` (dearer now than agreed), ``Refused``, ``NotAccepted``, ``OutcomeUnknown``, ``LeaseLost``, and
        for what we make ourselves whatever the work raised.
        """
        purchase = await self._opened(lease, job, allowance, scope, errand, consent)
        if purchase is None:
            return None
        try:
            return await self.carry_on(lease, purchase, errand)
        except Refused as error:
            if error.is_final:
                await self._remember_refusal(lease, purchase, error)
            raise

    async def _opened(
        self, lease: Lease, job: str, allowance: str, scope: str, errand: Errand, consent: Consent | None
    ) -> Purchase | None:
        """The purchase of this project that is to be brought to its end; None where it is had already."""
        order = errand.order
        assert order and order.step.request, "only paid steps with an order are bought"
        request = order.step.request
        provider = self.provider_of(request.model)
        provider.check(request)
        price = price_agreed(order.step.key, provider.price(request), consent)
        while True:
            if not errand.meant:
                raise Dropped
            reach("C01")
            purchase = await self._intend(lease, job, allowance, scope, order, price, provider)
            reach("C02")
            if purchase.project == lease.project:
                return purchase
            if purchase.state in ("settled", "succeeded"):
                return None
            if purchase.state == "unknown":
                raise not_known(purchase, "another project of this account sent it and saw no answer")
            await self.elsewhere.wait_for(lease, purchase, errand)

    async def _remember_refusal(self, lease: Lease, purchase: Purchase, error: Refused) -> None:
        """Record that this project is refused the very same: the same command again shows that, and sends nothing."""
        said = redact(f"{error} ({error.hint})" if error.hint else str(error))
        missing = (Missing(sample=0, reason="refused", said=said),)
        outcome = Outcome(fingerprint=purchase.fingerprint, assets=(), missing=missing)
        await self._journal.land(lease, purchase.step, outcome)

    async def _intend(
        self, lease: Lease, job: str, allowance: str, scope: str, order: Order, price: Price, provider: Provider
    ) -> Purchase:
        assert order.step.request
        try:
            return await self._ledger.intend(
                lease, allowance, job, order.step.key, order.fingerprint, scope, provider.name,
                order.step.request.model, price, provider.resubmit, order=order.of, n=order.n,
                samples=order.step.request.samples,
            )  # fmt: skip
        except OverBudget as error:
            raise NeedsConsent(
                f"it costs ${usd(price.micros or 0)} now, more than is left of what was agreed to",
                hint="agree with --yes or --budget",
                step=order.step.key,
            ) from error

    async def carry_on(self, lease: Lease, purchase: Purchase, errand: Errand) -> Outcome | None:
        """Bring a purchase to its end from whatever state it is in. Spends only from ``intent``, with an order.

        Raises ``Again`` where this try brought nothing, and another may be bought within what was agreed to.
        Polls by itself and not through further coroutines: thousands wait in here, for hours.
        """
        try:
            if purchase.state == "succeeded":
                await self._settle(purchase, await self._bill(lease, purchase))
                return None
            provider = self._sold_by(purchase)
            state, operation = await self._stands(lease, provider, purchase, errand)
            if state == "posting":
                return await self._land_answer(lease, provider, purchase, errand)
            if state not in ("intent", "submitted"):
                return None
            shown = await self._shown(lease, purchase, errand) if state == "intent" else ()
            async with turn(self._at_once(lease.project), errand):
                answer = operation or await self._sender.accepted(lease, provider, purchase, shown, errand)
                if not isinstance(answer, Operation):
                    return answer
                self._followed[provider.name, answer.id] = errand
                try:
                    pace = self._pace_of(purchase.model)
                    progress = await follow(provider, answer, errand, pace, resumed=state == "submitted")
                finally:
                    self._followed.pop((provider.name, answer.id), None)
            return await self._finish(lease, provider, purchase, answer, progress, errand)
        except Again:
            errand.sent = False
            await errand.rest(self._pace.least_s)
            raise

    async def decide(
        self, account: str, purchase: Entry, verdict: Decision, by: str, *, operation: str | None = None,
        file: tuple[Path, str] | None = None,
    ) -> Entry:  # fmt: skip
        """A person's word on an unknown; see ``engine.decide``. Spends nothing."""
        return await decide(
            self._journal, self._ledger, self._vault, account, purchase, verdict, by, operation=operation, file=file
        )

    async def _stands(
        self, lease: Lease, provider: Provider, purchase: Purchase, errand: Errand
    ) -> tuple[PurchaseState, Operation | None]:
        """Where it stands once it is known what became of an earlier send, and the operation of what is ``submitted``.

        ``posting``: its answer came while the journal was away, and is to be landed.
        """
        state, operation = purchase.state, purchase.operation
        if state == "posting" and (purchase.id, lease.token) in self._sender.unsent:
            await self._ledger.unsent(lease, purchase.id)
            self._sender.unsent.discard((purchase.id, lease.token))
            state = "intent"
        if state in ("unknown", "posting"):
            if isinstance(self._sender.unrecorded.get(purchase.id), Progress):
                return "posting", None
            operation = await self._sender.record_bought(purchase)
            errand.sent = purchase.resubmit != "free"  # for all that is known: no drop cuts the looking short
            async with self._sender.written_off_if_small(purchase, purchase.attempts):
                operation = operation or await self._found_out(lease, provider, purchase, errand)
            state, errand.sent = ("submitted", True) if operation else ("intent", False)
        if state == "submitted":
            assert operation, "a submitted purchase has its operation"
            errand.sent = True
            return state, operation
        return state, None

    async def _found_out(
        self, lease: Lease, provider: Provider, purchase: Purchase, errand: Errand
    ) -> Operation | None:  # fmt: skip
        """The operation of an unknown; None where it may be sent. Raises ``OutcomeUnknown``."""
        if purchase.state == "unknown" and not purchase.attempts:
            return await claim(self._ledger, provider, lease, purchase, purchase.prepared, errand, self._pace)
        return await resolve(self._ledger, provider, purchase, errand, self._pace, self._arrives_s)

    def _sold_by(self, purchase: Purchase) -> Provider:
        """Whoever it was bought from. Another who sells the same model would know nothing of it."""
        if purchase.provider not in self._providers:
            raise DecisionNeeded(
                f"{purchase.provider}, which sold it, is not known here",
                hint="it stays as it is; go on with the program that asked for it",
                step=purchase.step,
            )
        return self._providers[purchase.provider]

    def poke(self, provider: str, operation: str) -> bool:
        """A webhook told of an operation: it is polled at once. False: this gate does not follow it."""
        errand = self._followed.get((provider, operation))
        if errand:
            errand.changed.set()
        return errand is not None

    async def remove_what_is_staged(self, ended: Iterable[Purchase]) -> None:
        """Inputs that still lie at providers for purchases that have ended. Whatever goes wrong, the next rest of their
        project tries again: no job fails for it.
        """
        await asyncio.gather(*(self._remove_staged(one) for one in ended if one.staged), return_exceptions=True)

    async def _remove_staged(self, purchase: Purchase) -> None:
        provider = self._providers.get(purchase.provider)
        if provider and await remove_staged(provider, purchase.staged):
            await self._ledger.unstaged(purchase.account, purchase.id)

    async def draw_again(self, lease: Lease, errand: Errand) -> tuple[Digest, ...]:
        """Make once more what our own hands made for nothing: the same bytes, no purchase. Raises what the work raised.

        Never for what is sold by others: ``resubmit`` must be ``free``.
        """
        assert errand.order and errand.order.step.request
        return await self._sender.draw_again(lease, self.provider_of(errand.order.step.request.model), errand)

    async def release(self, purchase: Purchase, said: str) -> None:
        """Give back what was reserved for something that was never sent."""
        await self._ledger.move(purchase.id, ["intent"], "released", said)

    async def _shown(self, lease: Lease, purchase: Purchase, errand: Errand) -> Fed:
        """What its model is shown. Raises ``Dropped`` where nothing is to be sent any more."""
        if errand.order is None or not errand.meant:
            await self.release(purchase, "no longer wanted")
            raise Dropped
        assert errand.order.step.request
        return await pictured(self._hands, lease.account, errand.order.step.request, errand.order.inputs)

    async def _land_answer(
        self, lease: Lease, provider: Provider, purchase: Purchase, errand: Errand
    ) -> Outcome | None:  # fmt: skip
        """Land an answer that was the result itself; it stays here for as long as the journal is away."""
        answer = self._sender.unrecorded.pop(purchase.id)
        assert isinstance(answer, Progress), "an operation is recorded, and followed"
        try:
            return await self._finish(lease, provider, purchase, None, answer, errand)
        except StoreUnavailable:
            self._sender.unrecorded[purchase.id] = answer
            raise

    async def _finish(
        self, lease: Lease, provider: Provider, purchase: Purchase, operation: Operation | None, progress: Progress,
        errand: Errand,
    ) -> Outcome | None:  # fmt: skip
        """Land what an answer brought, then settle. What failed for good after it was accepted lands as nothing.

        What failed for a reason that may pass is bought again, so often as ``tries`` allows: raises ``Again``. What was
        cancelled because we asked is nothing at all, and raises ``Dropped``: whoever wants it later may buy it.
        """
        reach("C08")
        price = bill_or(progress, of_nothing(provider.failures(purchase.model), progress, purchase))
        if progress.state == "cancelled" and errand.stop:
            await surely(lambda: self._ledger.failed(lease, purchase.id, price, "cancelled"))
            raise Dropped
        pace = self._pace_of(purchase.model)
        got, missing = await self._downloads.collect(lease.account, provider, operation, progress, errand, pace)
        samples = errand.order.step.request.samples if errand.order and errand.order.step.request else 0
        outcome = landed(purchase, progress, got, missing, samples)
        if progress.state != "succeeded":
            said = progress.said or progress.state
            passes = progress.state == "failed" and progress.again and not outcome.assets
            tries = self._tries if passes else 1
            if await surely(lambda: self._ledger.failed(lease, purchase.id, price, said, outcome, tries)):
                raise Again(said)
            return outcome
        reach("C12")
        shot, named = _shot(purchase), progress.operation
        await surely(lambda: self._ledger.landed(lease, purchase.id, purchase.step, outcome, shot, named))
        reach("C13")
        await self._settle(purchase, bill_or(progress, as_quoted(purchase)))
        if operation and (
            left := await remove_landed(self._vault, lease.account, provider, operation, progress.outputs, got)
        ):
            await self._journal.note(lease, purchase.job, "outputs.left", {"step": purchase.step, "said": left})
        return outcome

    async def _settle(self, purchase: Purchase, price: Price) -> None:
        """The final price of something that landed."""
        await self._ledger.settle(purchase.id, price, "settled", price.basis)
        reach("C14")

    async def _bill(self, lease: Lease, purchase: Purchase) -> Price:
        """The price of something that landed in an earlier life: as its provider said then, else as quoted."""
        had = (await self._journal.standing(lease.account, lease.project)).had.get(purchase.fingerprint)
        if had and "bill" in had.facts:
            return from_plain(Price, had.facts["bill"], "bill")
        return as_quoted(purchase)


def _shot(purchase: Purchase) -> ShotId | None:
    kind, _, rest = purchase.step.partition("/")
    return ShotId(rest) if kind == "take" else None
