"""Sends a purchase until its provider accepts it: its turn, its time, posting, one request, its answer recorded."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from reelwright.engine import clock
from reelwright.engine.bills import as_quoted
from reelwright.engine.claim import claim
from reelwright.engine.downloads import CAP_BYTES, Downloads
from reelwright.engine.errand import Again, Dropped, Errand
from reelwright.engine.operations import Pace
from reelwright.engine.recover import bought
from reelwright.engine.send_failed import Sending, look_up, send_again
from reelwright.engine.staged import remove_staged
from reelwright.engine.surely import surely, whole
from reelwright.engine.turns import Turns
from reelwright.engine.waist import Fed, Hands, Ledger, Vault
from reelwright.engine.waiting import is_free_text, telling_of_the_wait
from reelwright.errors import NotAccepted, OutcomeUnknown
from reelwright.net.held import sent_within
from reelwright.providers.protocol import Progress, Provider
from reelwright.reel.crashpoints import reach
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Lease, Operation, Purchase
from reelwright.reel.outcome import Outcome
from reelwright.reel.request import Input
from reelwright.units import usd

Land = Callable[[Lease, Provider, Purchase, Errand], Awaitable[Outcome | None]]
"""Lands an answer that was the result itself, which stands in ``unrecorded`` until then."""


class Sender:
    """The only caller of a provider's ``submit``. The gate's own: nobody else holds one.

    ``again_s``, ``within_s``, ``arrives_s``, ``tries`` and ``write_off``: as of the gate.
    """

    def __init__(
        self, ledger: Ledger, vault: Vault, hands: Hands, downloads: Downloads, pace: Pace, land: Land, *,
        again_s: Sequence[float], within_s: float, arrives_s: float, tries: int, write_off: int,
    ) -> None:  # fmt: skip
        self._ledger, self._vault, self._hands, self._downloads = ledger, vault, hands, downloads
        self._pace, self._land = pace, land
        self.again_s, self.within_s, self._arrives_s = tuple(again_s), within_s, arrives_s
        self._tries, self._write_off = tries, write_off
        self._turns = Turns(ledger)
        self.unrecorded: dict[str, Operation | Progress] = {}
        """Answers that came while the journal was away, by purchase: nobody needs to be asked about them."""
        self.unsent: set[tuple[str, int]] = set()
        """Purchases, and under which lease, that may say posting since the journal went away over it: none was sent."""
        self._due: dict[str, float] = {}
        """When what was not accepted may be sent again, by this process's own clock."""

    async def accepted(
        self, lease: Lease, provider: Provider, purchase: Purchase, shown: Fed, errand: Errand
    ) -> Operation | Outcome | None:
        """Sent until it is accepted, so often as is due; what it brought. May spend.

        What waits to be sent again is under way all the while: a provider that is busy is not sent the next ones too.
        """
        assert errand.order and errand.order.step.request
        request = errand.order.step.request
        while True:
            await self._until_due(purchase, errand)
            if purchase.resubmit != "free":
                await self._turns.come(purchase.id, errand)
            await self._if_meant(purchase, errand)
            await remove_staged(provider, purchase.staged)  # by an earlier send that was not accepted
            read = partial(self._vault.read, lease.account)
            prepared = await provider.prepare(request, shown, purchase.id, read)
            asked = await self._posted(lease, provider, purchase, prepared, errand)
            if isinstance(asked, Operation):
                return asked
            purchase = replace(purchase, staged=tuple(prepared.get("staged", ())))
            if clock.seconds() - asked > self.within_s:
                raise Dropped  # its row says posting: whoever drives the project now finds out that nothing was sent
            posting = self._post(lease, provider, purchase, prepared, errand, asked)
            try:
                async with self.written_off_if_small(purchase, purchase.attempts + 1):
                    try:
                        return await (posting if purchase.resubmit == "free" else whole(posting))
                    except OutcomeUnknown as error:
                        unseen = error
                        sent = replace(purchase, state="unknown", prepared=prepared, attempts=purchase.attempts + 1)
                        looks = (errand, self._pace, self._arrives_s)
                        if found := await look_up(self._ledger, provider, sent, *looks, error):
                            return found
            except NotAccepted as error:
                purchase = await self._later(purchase, error)
                continue
            # a script takes a machine of one's own many minutes: no fault of it passes in a third time
            most = 1 if is_free_text(purchase) else len(self.again_s)
            purchase = await send_again(self._ledger, sent, most, unseen)

    async def _posted(
        self, lease: Lease, provider: Provider, purchase: Purchase, prepared: Mapping[str, Any], errand: Errand
    ) -> float | Operation:
        """intent → posting, once there is room for it; when it was asked for. Raises ``Dropped``.

        Its operation, and nothing is to be sent, where its provider's list showed it when the journal was reconciled.
        """
        sent = compared = False
        try:
            while True:
                await self._if_meant(purchase, errand)
                asked = clock.seconds()
                self.unsent.add((purchase.id, lease.token))
                posted = await self._ledger.posting(lease, purchase.id, prepared, errand.revision, compared=compared)
                self.unsent.discard((purchase.id, lease.token))
                sent = posted.sent
                if sent:
                    return asked
                if posted.listed:
                    if found := await claim(self._ledger, provider, lease, purchase, prepared, errand, self._pace):
                        return found
                    compared = True
                    continue
                if not posted.turn:
                    raise Dropped  # cancelled, edited, or taken meanwhile: the director reads again
                await self._turns.come(purchase.id, errand)  # another was quicker
        finally:
            if not sent:
                await remove_staged(provider, prepared.get("staged", ()))

    async def _if_meant(self, purchase: Purchase, errand: Errand) -> None:
        if not errand.meant:
            await self._ledger.move(purchase.id, ["intent"], "released", "no longer wanted")
            raise Dropped

    async def _until_due(self, purchase: Purchase, errand: Errand) -> None:
        """Wait until the purchase may be sent again, by this process's own clock from its first look on.

        An earlier process noted by the wall clock how long it was told to wait. Where that clock was set back since, no
        longer than that is waited for; where it was set forward, what was not accepted is only refused again.
        """
        if purchase.not_before is None:
            return
        if purchase.id not in self._due:
            left = purchase.not_before - datetime.now(UTC)
            told = purchase.not_before - purchase.posted if purchase.posted else left
            self._due[purchase.id] = clock.seconds() + min(left, told).total_seconds()
        while errand.meant and (left_s := self._due[purchase.id] - clock.seconds()) > 0:
            errand.waits(f"{purchase.said or 'not accepted'}, in {left_s:.0f} s")
            await errand.rest(left_s)
        self._due.pop(purchase.id, None)

    async def _post(
        self, lease: Lease, provider: Provider, purchase: Purchase, prepared: Mapping[str, Any], errand: Errand,
        asked: float,
    ) -> Operation | Outcome | None:  # fmt: skip
        """One send, and its answer recorded before this returns. May spend.

        ``asked``: when ``posting`` was asked for. What has not left this machine in time from then on does not leave.
        """
        errand.sent = purchase.resubmit != "free"

        async def keep(data: AsyncIterator[bytes], mime: str) -> Digest:
            return await self._downloads.keep(lease.account, data, mime)

        async def make(work: str, args: Mapping[str, Any], inputs: Sequence[tuple[Input, Digest]]) -> Outcome:
            return await self._hands.do(lease.account, work, args, inputs, purchase.fingerprint, errand.report)

        with sent_within(self.within_s - (clock.seconds() - asked)):
            async with Sending(self._ledger, purchase, errand), telling_of_the_wait(errand, purchase):
                answer = await provider.submit(prepared, keep, make)
        if errand.stop:
            reach("C19")
        reach("C05")
        self.unrecorded[purchase.id] = answer
        if isinstance(answer, Operation):
            return await self.record_bought(purchase)
        return await self._land(lease, provider, purchase, errand)

    async def draw_again(self, lease: Lease, provider: Provider, errand: Errand) -> tuple[Digest, ...]:
        """As of the gate: only of what costs nothing."""
        assert errand.order and errand.order.step.request
        assert provider.resubmit == "free", "only our own work may be done twice"
        order = errand.order

        async def keep(data: AsyncIterator[bytes], mime: str) -> Digest:
            return await self._vault.put(lease.account, data, mime, CAP_BYTES)

        async def make(work: str, args: Mapping[str, Any], inputs: Sequence[tuple[Input, Digest]]) -> Outcome:
            return await self._hands.do(lease.account, work, args, inputs, order.fingerprint, errand.report)

        read = partial(self._vault.read, lease.account)
        prepared = await provider.prepare(errand.order.step.request, order.inputs, order.fingerprint, read)
        answer = await provider.submit(prepared, keep, make)
        assert isinstance(answer, Progress), "our own work answers with the result itself"
        return tuple(output.asset for output in answer.outputs if output.asset)

    async def record_bought(self, purchase: Purchase) -> Operation | None:
        """Record the operation that a send of this purchase brought here; None where none is left to record."""
        operation = self.unrecorded.get(purchase.id)
        if not isinstance(operation, Operation):
            return None
        await bought(self._ledger, purchase, operation)
        self.unrecorded.pop(purchase.id, None)
        return operation

    async def _later(self, purchase: Purchase, error: NotAccepted) -> Purchase:
        """Back to intent, to be sent again at its time; given up after the last wait. Raises ``NotAccepted``."""
        sends = purchase.attempts + 1
        if sends > len(self.again_s):
            said = f"not accepted {sends} times: {error}"
            await self._ledger.move(purchase.id, ["posting"], "released", said, sends=sends)
            raise NotAccepted(said, hint="go on later with `reelwright resume`", step=purchase.step) from error
        wait_s = max(error.after_s, self.again_s[sends - 1])
        due = datetime.now(UTC) + timedelta(seconds=wait_s)
        said = f"not accepted ({error}); sent again, {sends} of {len(self.again_s)}"
        if not await self._ledger.move(purchase.id, ["posting"], "intent", said, due, sends=sends):
            raise Dropped  # whoever drives the project now has taken it up meanwhile
        self._due[purchase.id] = clock.seconds() + wait_s
        return replace(purchase, attempts=sends, not_before=due, said=said)

    @contextlib.asynccontextmanager
    async def written_off_if_small(self, purchase: Purchase, sends: int) -> AsyncIterator[None]:
        """A small text call of which nobody knows is written off and asked again: the single exception, and visible.

        ``sends``: which of its sends is meant. Raises ``Again`` then, else what was raised inside.
        """
        try:
            yield
        except OutcomeUnknown as error:
            small = purchase.step.startswith("words/") and 0 < purchase.quoted <= self._write_off
            if not small or purchase.try_ >= self._tries:
                raise
            said = f"written off by itself: at most ${usd(purchase.quoted)}, and {error}"
            await surely(lambda: self._ledger.write_off(purchase.id, as_quoted(purchase), said, sends))
            raise Again(said) from error
