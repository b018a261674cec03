"""``SqlLedger``: what ``engine/waist.py`` calls the ledger, on the journal's database; each method one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row

from reelwright.errors import LeaseLost, StoreUnavailable
from reelwright.reel.ledger import (
    Budget,
    BudgetScope,
    Decision,
    Entry,
    Limit,
    LimitScope,
    ListedWork,
    OrderHad,
    OwnWork,
    Period,
    Posted,
    Whose,
)
from reelwright.reel.money import Price
from reelwright.reel.noun import Fingerprint, ShotId, StepKey
from reelwright.reel.operation import Lease, Operation, Purchase, PurchaseState
from reelwright.reel.outcome import Outcome
from reelwright.store import (
    adjusting,
    adopting,
    allowances,
    assets,
    bought,
    budgets,
    decisions,
    entries,
    landings,
    limits,
    listed,
    purchases,
    shares,
    turns,
)
from reelwright.store.database import Database
from reelwright.store.leases import fence
from reelwright.store.markers import Mark
from reelwright.store.send_guard import SendGuard
from reelwright.store.unit import Unit
from reelwright.units import Micros


class SqlLedger:
    """Allowances, purchases, budgets, limits. Money in micro-dollars. Every method may raise ``StoreUnavailable``.

    ``default``: the limit of a name where no row says otherwise; every director must be given the same. ``lease_s``:
    seconds of silence after which a director is gone. ``guard``: says whether this journal may buy, and marks each paid
    send in the vault; None where nothing is really bought.
    """

    def __init__(
        self,
        database: Database,
        *,
        default: limits.Default = limits.no_default,
        lease_s: int = 30,
        guard: SendGuard | None = None,
    ) -> None:
        self._db = database
        self._guard = guard
        self._default, self._lease_s = default, lease_s

    async def allow(
        self,
        lease: Lease,
        job: str,
        ceiling: Micros,
        approved_by: str,
        wanted: Mapping[Fingerprint, Micros] | None = None,
    ) -> str:
        """Make or grow the job's allowance to ``ceiling`` in every budget it falls under, or ``OverBudget``.

        ``wanted``: prices of what other projects of the account may want alike, reserved once for all of them; None
        where the project's work is its own.
        """

        def write(unit: Unit) -> str:
            fence(unit.conn, lease)
            return allowances.allow(unit, lease, job, ceiling, approved_by, wanted)

        return await self._db.write(write)

    async def intend(
        self, lease: Lease, allowance: str, job: str, step: StepKey, fp: Fingerprint, scope: str, provider: str,
        model: str, price: Price, resubmit: Literal["never", "free"], *, order: Fingerprint | None = None, n: int = 1,
        samples: int = 1,
    ) -> Purchase:  # fmt: skip
        """A purchase in ``intent``, reserved from its allowance; the open or landed one of the order if it exists.

        ``order`` (``fp`` where it is not said) and ``n``: which order; see ``Order``. A try that is known to have
        failed opens the next one. Raises ``OverBudget``, ``NeedsConsent``.
        """
        intent = purchases.Intent(
            allowance, job, step, fp, scope, provider, model, price, resubmit, order or fp, n, samples
        )
        return await self._db.write(lambda unit: purchases.intend(unit, lease, intent, self._lease_s))

    async def posting(
        self, lease: Lease, purchase: str, prepared: Mapping[str, Any], revision: int | None = None, *,
        compared: bool = False,
    ) -> Posted:  # fmt: skip
        """intent → posting, synced before it returns; counted under every limit, exactly, whoever else sends.

        Not sent: a limit has no room (``turn``); or somebody else took it, the lease is lost, the job is being
        cancelled, or ``revision`` is not the newest any more: send nothing. A paid send is marked in the vault, synced
        too, before this returns. ``compared``: with what its provider's list showed when the journal was reconciled;
        else the first send of a purchase there is none. Raises ``NotReconciled`` where this journal may buy nothing.
        """
        amiss = await self._guard.look(lease.account) if self._guard else None

        def write(unit: Unit) -> tuple[Posted, Mark | None]:
            posted = purchases.posting(unit, lease, purchase, prepared, revision, self._default)
            mark = posted.paid if amiss is not None else None
            if amiss is not None and mark is not None:
                amiss.refuse()  # what was written above is undone
                if mark["provider"] in amiss.listed and mark["sends"] == 1 and not compared:
                    raise _NotCompared
            return posted, mark

        try:
            posted, mark = await self._db.write(write)
        except LeaseLost:
            return Posted(False)
        except _NotCompared:
            return Posted(False, listed=True)
        if self._guard and mark is not None:
            try:
                await asyncio.to_thread(self._guard.mark, lease.account, mark)
            except StoreUnavailable:
                with suppress(StoreUnavailable, LeaseLost):  # as well as can be; else it stays, and is looked for later
                    await self.unsent(lease, purchase)
                raise
        return posted

    async def unsent(self, lease: Lease, purchase: str) -> None:
        """posting → intent, fenced: whoever asked for ``posting`` under this lease was not answered, and sent nothing.

        Nobody else can have asked for it since without another lease.
        """

        def write(unit: Unit) -> None:
            fence(unit.conn, lease)
            purchases.shift(unit, purchase, ("posting",), "intent", "nothing was sent: the journal was away", None)

        await self._db.write(write)

    async def bought(self, purchase: str, operation: Operation) -> None:
        """posting or unknown → submitted. NOT fenced: a director that lost its lease must still record it."""
        await self._db.write(lambda unit: bought.bought(unit, purchase, operation))

    async def unclaimed(self, purchase: str) -> Sequence[ListedWork]:
        """What its provider's list showed when the journal was reconciled, and may be this purchase."""
        return await self._db.read(lambda conn: listed.unclaimed(conn, purchase))

    async def claim(self, lease: Lease, purchase: str, operation: Operation, waited_s: float = 0.0) -> Whose:
        """intent or unknown → submitted with a listed operation, where it was never sent. Fenced."""
        return await self._db.write(lambda unit: listed.claim(unit, lease, purchase, operation, waited_s))

    async def hold_unsent(self, lease: Lease, purchase: str, prepared: Mapping[str, Any], said: str) -> None:
        """intent → unknown, for a person to say whether it is among what is listed. Nothing was sent. Fenced."""
        await self._db.write(lambda unit: listed.hold_unsent(unit, lease, purchase, prepared, said))

    async def own_work(self, purchase: str) -> OwnWork:
        """What is known of our own work at the provider of a purchase, beside that purchase."""
        return await self._db.read(lambda conn: bought.own_work(conn, purchase))

    async def history_mark(self) -> int:
        """Where the history of purchases ends now."""
        return await self._db.read(bought.history_mark)

    async def found(
        self, purchase: str, operation: Operation, mark: int | None = None, waited_s: float = 0.0
    ) -> Whose:  # fmt: skip
        """unknown → submitted with an operation of its provider's list, unless it is, or may be, another purchase's.

        ``mark``: where the history ended once the operation had been seen; ``waited_s``: seconds since then.
        """
        return await self._db.write(lambda unit: bought.found(unit, purchase, operation, mark, waited_s))

    async def move(
        self,
        purchase: str,
        sources: Sequence[PurchaseState],
        to: PurchaseState,
        said: str,
        not_before: datetime | None = None,
        *,
        sends: int | None = None,
    ) -> bool:
        """One step of the state machine, with its history row. False when it was not in ``sources``.

        ``sends``: only where it was sent so often: what another director has sent since is not one's own.
        """
        return await self._db.write(lambda u: purchases.shift(u, purchase, sources, to, said, not_before, sends))

    async def landed(
        self, lease: Lease, purchase: str, step: StepKey, outcome: Outcome, shot: ShotId | None,
        operation: Operation | None = None,
    ) -> None:  # fmt: skip
        """posting or submitted → succeeded, outcome and take rows, one commit. Twice is as once.

        Like ``bought``, not fenced where the answer was the result itself: it is what was paid for. ``operation``: how
        the provider's list names such an answer.
        """

        def write(unit: Unit) -> None:
            if purchases.arrived(unit, lease, purchase):
                fence(unit.conn, lease)
                first = True
            else:
                row = _fenced_where_it_can_be_asked_again(unit, lease, purchase)
                if purchases.came_too_late(unit, row, operation):
                    return
                first = purchases.succeed(unit, row, operation)
            if first and shot is not None:
                landings.keep_takes(unit, lease, shot, purchase, outcome)
            landed = [landings.Landed(lease, step, outcome)]
            landings.record(unit, landed)
            assets.landed(unit.conn, landings.files_of(landed))

        await self._db.write(write)

    async def failed(
        self, lease: Lease, purchase: str, price: Price, said: str, outcome: Outcome | None = None, tries: int = 1
    ) -> bool:
        """posting or submitted → failed → settled where it was billed, else released; one commit.

        Its outcome, nothing with a reason, is recorded with it once ``tries`` of its fingerprint have failed. True:
        not yet, so that it may be bought again.
        """

        def write(unit: Unit) -> bool:
            row = _fenced_where_it_can_be_asked_again(unit, lease, purchase)
            if purchases.fail(unit, row, price, said) < tries:
                return True
            if outcome is not None:
                landed = [landings.Landed(lease, StepKey(row.step), outcome)]
                landings.record(unit, landed)
                assets.landed(unit.conn, landings.files_of(landed))
            return False

        return await self._db.write(write)

    async def settle(self, purchase: str, price: Price, state: Literal["settled", "released"], said: str) -> None:
        """The final price, once. What was reserved above it goes back to the allowance."""
        await self._db.write(lambda unit: purchases.settle(unit, purchase, price, state, said))

    async def write_off(self, purchase: str, price: Price, said: str, sends: int) -> None:
        """unknown → settled, where it was sent so often: what another director has sent since is not one's own."""
        await self._db.write(lambda unit: purchases.write_off(unit, purchase, price, said, sends))

    async def purchases(self, account: str, project: str) -> Sequence[Purchase]:
        """All of a project, first intended first."""
        return await self._db.read(lambda conn: purchases.list_purchases(conn, account, project))

    async def elsewhere(self, lease: Lease, purchase: str) -> tuple[PurchaseState, bool]:
        """Where a purchase of another project of the lease's account stands, and whether somebody drives it."""
        return await self._db.read(lambda conn: purchases.elsewhere(conn, lease, purchase, self._lease_s))

    async def orders_of(self, account: str, fingerprints: Collection[Fingerprint]) -> Sequence[OrderHad]:
        """Every order of the account of these fingerprints, with its newest try; by index, however many there are."""
        return await self._db.read(lambda conn: adopting.orders_of(conn, account, fingerprints))

    async def highest(self, account: str, order: Fingerprint) -> int:
        """The number of the account's last order of a fingerprint; 0 where there is none."""
        return await self._db.read(lambda conn: purchases.highest(conn, account, order))

    async def adopt(self, account: str, project: str, wanted: Sequence[tuple[StepKey, Fingerprint, str]]) -> int:
        """Give the project what purchases of others (their ids) brought, as steps and names of its own. Buys nothing.

        Returns how many it had not yet.
        """
        return await self._db.write(lambda unit: adopting.adopt_purchases(unit, account, project, wanted))

    async def wanted_elsewhere(self, account: str, project: str, key: str) -> bool:
        """Whether a live job of another project of the account wants the order of this name, too."""
        return await self._db.read(lambda conn: shares.names_elsewhere(conn, account, project, key))

    async def unstaged(self, account: str, purchase: str) -> None:
        """What lay at the provider for it is removed."""
        await self._db.write(lambda unit: purchases.unstaged(unit, account, purchase))

    # what a person does
    async def decide(
        self, account: str, purchase: str, verdict: Decision, by: str, operation: Operation | None = None,
        outcome: Outcome | None = None,
    ) -> Entry:  # fmt: skip
        """What became of an unknown: its operation or outcome where it arrived. Raises ``NotFound``, ``BadInput``."""

        def write(unit: Unit) -> Entry:
            decisions.decide(unit, account, purchase, verdict, by, operation, outcome)
            return entries.entry(unit.conn, account, purchase)

        return await self._db.write(write)

    async def adjust(self, account: str, purchase: str, micros: int, because: str, by: str) -> Entry:
        """A correction of a settlement, appended; its budgets count it. Raises ``NotFound``, ``BadInput``."""

        def write(unit: Unit) -> Entry:
            adjusting.adjust(unit, account, purchase, micros, because, by)
            return entries.entry(unit.conn, account, purchase)

        return await self._db.write(write)

    async def entries(self, account: str, project: str | None = None) -> Sequence[Entry]:
        """Every purchase of the account, or of one project, first intended first, with its adjustments."""
        return await self._db.read(lambda conn: entries.list_entries(conn, account, project))

    async def out_of_turn(self, account: str | None = None) -> frozenset[str]:
        """Purchases that wait in ``intent`` for room under a limit, of all accounts or of one."""
        return await self._db.read(lambda conn: turns.out_of_turn(conn, self._default, self._lease_s, account))

    async def limits(self, account: str) -> Sequence[Limit]:
        """All that were set, for the account or for everybody."""
        return await self._db.read(lambda conn: limits.list_limits(conn, account))

    async def set_limit(self, account: str, limit: Limit) -> None:
        """Make or change a limit. Raises ``BadInput``."""
        await self._db.write(lambda unit: limits.set_limit(unit, account, limit))

    async def remove_limit(self, account: str, scope: LimitScope, subject: str) -> None:
        """The default holds again, where there is one. Raises ``NotFound``."""
        await self._db.write(lambda unit: limits.remove_limit(unit, account, scope, subject))

    async def budgets(self, account: str) -> Sequence[Budget]:
        """Every cap that the account can fall under."""
        return await self._db.read(lambda conn: budgets.list_budgets(conn, account))

    async def set_budget(
        self, account: str, scope: BudgetScope, subject: str, cap: Micros, period: Period | None = None
    ) -> Budget:
        """Make or change a cap; what is held and was spent under it counts. Raises ``BadInput``."""
        return await self._db.write(lambda unit: budgets.set_budget(unit, account, scope, subject, cap, period))

    async def remove_budget(self, account: str, scope: BudgetScope, subject: str, period: Period | None = None) -> None:
        """It caps nothing any more. Raises ``NotFound``."""
        await self._db.write(lambda unit: budgets.remove_budget(unit, account, scope, subject, period))


class _NotCompared(Exception):
    """What was written is undone: the purchase is to be compared with what a list showed before it is sent."""


def _fenced_where_it_can_be_asked_again(unit: Unit, lease: Lease, purchase: str) -> Row[Any]:
    """An operation can be asked again by whoever drives the project now; an answer that was the result cannot."""
    row = purchases.own(unit.conn, lease, purchase)
    if row.operation is not None:
        fence(unit.conn, lease)
    return row
