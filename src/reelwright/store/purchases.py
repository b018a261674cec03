"""Purchases: intent, posting, what was bought, and the final price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, func, select, update

from reelwright.errors import BadInput, NeedsConsent
from reelwright.reel.document import to_json, to_plain
from reelwright.reel.ids import mint
from reelwright.reel.ledger import Posted
from reelwright.reel.money import Price
from reelwright.reel.noun import Fingerprint, StepKey
from reelwright.reel.operation import Lease, Operation, Purchase, PurchaseState
from reelwright.reel.orders import order_key
from reelwright.store import adopting, allowances, budgets, shares
from reelwright.store.allowances import let_go, reserve
from reelwright.store.disputes import as_billed_or_disputed
from reelwright.store.leases import fenced, nobody_drives
from reelwright.store.limits import Default, has_room, no_default
from reelwright.store.projects import newest_of
from reelwright.store.rows import purchase_of
from reelwright.store.schema import allowances as allowance_rows
from reelwright.store.schema import jobs, purchase_history, purchases
from reelwright.store.sql import as_json, insert, ms_of, now_ms
from reelwright.store.states import ENDED, advanced, locked, move, remember
from reelwright.store.unit import Unit
from reelwright.units import Micros

SENDABLE: Final[tuple[PurchaseState, ...]] = ("posting", "submitted", "unknown")
"""States from which a purchase can succeed."""


class Intent(NamedTuple):
    """All that a new purchase's row says. ``scope``: within which an order is had once: the account, or one project.

    ``fingerprint``: under which the project keeps what comes of it. ``order`` and ``n``: the order it is a try of; 0:
    another one than all before, which is given its number here.
    """

    allowance: str
    job: str
    step: StepKey
    fingerprint: Fingerprint
    scope: str
    provider: str
    model: str
    price: Price
    resubmit: Literal["never", "free"]
    order: Fingerprint
    n: int = 1
    samples: int = 1

    @property
    def key(self) -> Fingerprint:
        """The order's name, as what is reserved for it goes by."""
        return Fingerprint(order_key(self.order, self.n))


def intend(unit: Unit, lease: Lease, intent: Intent, lease_s: int) -> Purchase:
    """The open or landed purchase of the order, else a new try, reserved. Fenced.

    Another project's that landed is adopted: this project has its outcome from then on, and nothing is bought.
    Raises ``NeedsConsent`` when the price is unknown, ``OverBudget`` when it does not fit the allowance.
    """
    fenced(unit.conn, lease, select(jobs.c.id).where(jobs.c.id == intent.job))
    if intent.scope == lease.account and intent.price.micros:
        shares.lock(unit.conn, lease.account)
    tries = _tries(unit.conn, lease, intent)
    intent = intent._replace(n=_number(unit.conn, lease, intent, tries))
    last = _newest(tries, intent.n)
    if last is not None and last.state == "intent" and last.job != intent.job:
        last = _unless_orphaned(unit, lease, last, intent, lease_s)
    if last is None or _was_in_vain(last) or _was_in_vain_elsewhere(unit.conn, lease, last):
        last = _new_try(unit, lease, intent, last) or _newest(_tries(unit.conn, lease, intent), intent.n)
    assert last is not None
    if last.project != lease.project:
        if last.state not in ENDED and _is_shared(lease, intent):
            allowances.join(unit.conn, lease.account, intent.allowance, intent.key, intent.price.micros or 0)
        if last.succeeded_at is not None:
            adopting.adopt(unit, lease.account, lease.project, [adopting.Wish(intent.step, intent.fingerprint, last)])
    return purchase_of(last)


def _tries(conn: Connection, lease: Lease, intent: Intent) -> Sequence[Row[Any]]:
    """The tries of the order, and of those orders of its fingerprint that this project bought, the newest first."""
    meant = (purchases.c.n == intent.n) | (purchases.c.project == lease.project)
    query = select(purchases).where(
        purchases.c.scope == intent.scope, purchases.c.order_fingerprint == intent.order, meant
    )
    return conn.execute(query.order_by(purchases.c["try"].desc())).all()


def _number(conn: Connection, lease: Lease, intent: Intent, tries: Sequence[Row[Any]]) -> int:
    """Which order it is: the one that the project bought under this name before, else as asked, else another one."""
    bound = (row.n for row in tries if row.project == lease.project and row.fingerprint == intent.fingerprint)
    return next(bound, 0) or intent.n or 1 + highest(conn, intent.scope, intent.order)


def highest(conn: Connection, scope: str, order: Fingerprint) -> int:
    """The number of the last order of a fingerprint; 0 where there is none."""
    which = (purchases.c.scope == scope, purchases.c.order_fingerprint == order)
    return conn.execute(select(func.max(purchases.c.n)).where(*which)).scalar() or 0


def _newest(tries: Sequence[Row[Any]], n: int) -> Row[Any] | None:
    return next((row for row in tries if row.n == n), None)


def _unless_orphaned(unit: Unit, lease: Lease, last: Row[Any], intent: Intent, lease_s: int) -> Row[Any] | None:
    """The newest try again; what nobody will ever send, or is there to send now, goes back."""
    if _job_is_over(unit.conn, last.account, last.job):
        shift(unit, last.id, ("intent",), "released", "the job ended before it was sent", None)
    elif last.project != lease.project and nobody_drives(unit.conn, lease, last.project, lease_s):
        shift(unit, last.id, ("intent",), "released", f"taken over by {lease.project}: nobody drives it", None)
    return _newest(_tries(unit.conn, lease, intent), intent.n)


def posting(
    unit: Unit, lease: Lease, purchase: str, prepared: Mapping[str, Any], revision: int | None,
    default: Default,
) -> Posted:  # fmt: skip
    """intent → posting, unless another took it, the job is being cancelled, or an edit came after ``revision``. Fenced.

    Counted under every limit in the same commit: where one has no room, it is not its turn. Raises ``OverBudget``, see
    ``budgets.refuse_passed``.
    """
    newest = newest_of(lease.account, lease.project).label("newest")
    closed = select(allowance_rows.c.closed_at).where(allowance_rows.c.id == purchases.c.allowance)
    also = (newest, closed.scalar_subquery().label("closed_at"))
    query = select(jobs.c.cancel, jobs.c.finished_at, *also, *purchases.c).select_from(jobs)
    mine = (purchases.c.account == lease.account, purchases.c.project == lease.project, purchases.c.id == purchase)
    row = fenced(unit.conn, lease, query.join(purchases, purchases.c.job == jobs.c.id).where(*mine))
    if row is None or row.cancel or row.finished_at is not None or revision not in (None, row.newest or 0):
        return Posted(False)
    if row.state == "intent" and row.quoted and row.closed_at is not None:
        budgets.refuse_passed(unit.conn, row.allowance)
    if row.state == "intent" and not has_room(unit.conn, row, default if row.resubmit != "free" else no_default):
        return Posted(False, turn=True)
    staged = as_json(prepared["staged"]) if prepared.get("staged") else None
    told = {"prepared": as_json(prepared), "staged": staged, "not_before": None}
    posted = advanced(unit, purchase, "intent", "posting", "", **told)
    if posted is None:
        return Posted(False)
    return Posted(True, paid=None if posted.resubmit == "free" else dict(posted._mapping))


def shift(
    unit: Unit,
    purchase: str,
    sources: Sequence[PurchaseState],
    to: PurchaseState,
    said: str,
    not_before: datetime | None,
    sends: int | None = None,
) -> bool:
    """One move without a price. What a released purchase held goes back to its allowance."""
    if to == "settled":
        raise BadInput("state", to, "a state without a price; settle() takes one")
    row = locked(unit.conn, purchase)
    if sends not in (None, row.sends):
        return False
    # What is released keeps when it was to be sent: the next try of the same comes no sooner.
    when = {} if to == "released" else {"not_before": ms_of(not_before)}
    if not move(unit, row, sources, to, said, **when):
        return False
    if to == "released":
        let_go(unit.conn, row.account, row.allowance, row.quoted)
    return True


def settle(unit: Unit, purchase: str, price: Price, state: Literal["settled", "released"], said: str) -> None:
    """The final price, once: a purchase that has ended stays as it ended."""
    if state == "settled" and price.micros is not None:
        told = {**as_billed_or_disputed(price), "settlement": to_json(price)}
        if done := advanced(unit, purchase, "succeeded", "settled", said, **told):
            let_go(unit.conn, done.account, done.allowance, done.quoted, done.settled)
            return
    row = locked(unit.conn, purchase)
    if row.state in ENDED:
        return
    sources: tuple[PurchaseState, ...] = ("succeeded", "failed", "unknown")
    if row.state not in sources:
        raise BadInput("purchase", row.state, f"one of {', '.join(sources)} before it is {state}", step=row.step)
    if state == "released":
        move(unit, row, sources, "released", said)
        let_go(unit.conn, row.account, row.allowance, row.quoted)
        return
    if price.micros is None:
        raise BadInput("price", None, "an amount, reported, computed or quoted", step=row.step)
    move(unit, row, sources, "settled", said, settlement=to_json(price), **as_billed_or_disputed(price))
    let_go(unit.conn, row.account, row.allowance, row.quoted, locked(unit.conn, purchase).settled)


def write_off(unit: Unit, purchase: str, price: Price, said: str, sends: int) -> None:
    """unknown → settled, where it was sent so often; else somebody has seen to it."""
    row = locked(unit.conn, purchase)
    if row.state == "unknown" and row.sends == sends:
        settle(unit, purchase, price, "settled", said)


def fail(unit: Unit, row: Row[Any], price: Price, said: str) -> int:
    """It was taken on and failed, and at once comes to its end: settled where it was billed, else released.

    Returns how many tries of its order have failed so.
    """
    move(unit, row, ("posting", "submitted"), "failed", said)
    settle(unit, row.id, price, "settled" if price.micros else "released", said)
    tries = (
        purchases.c.scope == row.scope,
        purchases.c.order_fingerprint == row.order_fingerprint,
        purchases.c.n == row.n,
    )
    failed = select(func.count(purchase_history.c.seq)).join(purchases).where(*tries)
    return unit.conn.execute(failed.where(purchase_history.c.to_state == "failed")).scalar_one()


def own(conn: Connection, lease: Lease, purchase: str) -> Row[Any]:
    """The locked row of a purchase of the lease's account. Raises ``NotFound``, ``BadInput``."""
    row = locked(conn, purchase)
    if row.account != lease.account:
        raise BadInput("purchase", purchase, "a purchase of this account")
    return row


def arrived(unit: Unit, lease: Lease, purchase: str) -> Row[Any] | None:
    """submitted → succeeded, its usual way, in one statement; None where it stands elsewhere."""
    row = advanced(unit, purchase, "submitted", "succeeded", "")
    if row is not None and row.account != lease.account:
        raise BadInput("purchase", purchase, "a purchase of this account")
    return row


def came_too_late(unit: Unit, row: Row[Any], operation: Operation | None) -> bool:
    """Whether somebody had given it up before its answer came. A person is told, who may correct its price."""
    if row.state not in ENDED or row.succeeded_at is not None:
        return False
    given_up = (purchase_history.c.purchase == row.id, purchase_history.c.from_state == "unknown")
    ended = select(purchase_history.c.seq).where(*given_up, purchase_history.c.to_state == row.state)
    if unit.conn.execute(ended.limit(1)).first() is None:
        return False
    said = f"its answer came after all, when it was {row.state} already: it will have been paid"
    remember(unit, row, row.state, row.state, said, to_json(operation) if operation else None)
    return True


def succeed(unit: Unit, row: Row[Any], operation: Operation | None = None) -> bool:
    """posting, submitted or unknown → succeeded. False when that happened before. The caller has fenced."""
    named = {} if operation is None or row.operation is not None else {"operation": to_json(operation)}
    if move(unit, row, SENDABLE, "succeeded", "", **named):
        return True
    if row.succeeded_at is None:
        raise BadInput("purchase", row.state, f"one of {', '.join(SENDABLE)} before it lands", step=row.step)
    return False


def unstaged(unit: Unit, account: str, purchase: str) -> None:
    """What lay at the provider for a purchase is removed."""
    which = (purchases.c.account == account, purchases.c.id == purchase)
    unit.conn.execute(update(purchases).where(*which).values(staged=None))


def elsewhere(conn: Connection, lease: Lease, purchase: str, lease_s: int) -> tuple[PurchaseState, bool]:
    """Where another project's purchase stands, and whether somebody alive drives that project."""
    query = select(purchases.c.state, purchases.c.project)
    row = conn.execute(query.where(purchases.c.account == lease.account, purchases.c.id == purchase)).one()
    return row.state, not nobody_drives(conn, lease, row.project, lease_s)


def spent_by_job(conn: Connection, account: str, project: str) -> dict[str, Micros]:
    """What each job of a project has spent or may have: settled prices, and quoted prices of what is sent and open."""
    which = (purchases.c.account == account, purchases.c.project == project)
    counted = purchases.c.state.not_in(("intent", "released"))
    spent = func.sum(func.coalesce(purchases.c.settled, purchases.c.quoted))
    query = select(purchases.c.job, spent).where(*which, counted).group_by(purchases.c.job)
    return {job: Micros(int(micros)) for job, micros in conn.execute(query)}


def list_purchases(conn: Connection, account: str, project: str) -> Sequence[Purchase]:
    """All of a project, first intended first."""
    query = select(purchases).where(purchases.c.account == account, purchases.c.project == project)
    return [purchase_of(row) for row in conn.execute(query.order_by(purchases.c.intent_at, purchases.c.id))]


def _is_shared(lease: Lease, intent: Intent) -> bool:
    """Whether other projects of the account may want the very same, and would have to pay for it."""
    return intent.scope == lease.account and bool(intent.price.micros)


def _was_in_vain(row: Row[Any]) -> bool:
    """It ended without anything: only then may the same be bought again. Landed or open ones are joined."""
    return row.state == "failed" or (row.state in ENDED and row.succeeded_at is None)


def _was_in_vain_elsewhere(conn: Connection, lease: Lease, row: Row[Any]) -> bool:
    """Another project's landed without a take, such as when a filter kept all of it: that is its own, not ours."""
    return row.project != lease.project and row.succeeded_at is not None and not adopting.has_takes(conn, row)


def _new_try(unit: Unit, lease: Lease, intent: Intent, last: Row[Any] | None) -> Row[Any] | None:
    """The new row; None when another director made it first. It is not sent sooner than the try before it was to be."""
    number = 1 if last is None else last._mapping["try"] + 1
    if intent.price.micros is None:
        raise NeedsConsent(
            f"nobody knows the price of {intent.step} ({intent.model})",
            hint="agree to a ceiling, or choose another model",
            step=intent.step,
        )
    told = {**_columns(lease, intent, number), "not_before": last.not_before if last is not None else None}
    reserve(unit.conn, lease, intent.job, intent.allowance, intent.price.micros)
    made = insert(unit.conn, purchases).values(**told, intent_at=now_ms())
    row = unit.conn.execute(made.on_conflict_do_nothing().returning(*purchases.c)).first()
    if row is None:
        let_go(unit.conn, lease.account, intent.allowance, intent.price.micros)
    else:
        if _is_shared(lease, intent):
            allowances.take(unit.conn, lease.account, intent.allowance, intent.key, intent.price.micros)
        remember(unit, row, None, "intent", f"try {number}")
    return row


def _columns(lease: Lease, intent: Intent, number: int) -> dict[str, Any]:
    return {
        "id": mint("purchase"),
        "account": lease.account,
        "project": lease.project,
        "job": intent.job,
        "allowance": intent.allowance,
        "scope": intent.scope,
        "fingerprint": intent.fingerprint,
        "order_fingerprint": intent.order,
        "n": intent.n,
        "samples": intent.samples,
        "try": number,
        "step": intent.step,
        "state": "intent",
        "provider": intent.provider,
        "model": intent.model,
        "resubmit": intent.resubmit,
        "quoted": intent.price.micros,
        "quote": as_json(to_plain(intent.price)),
        "prepared": "{}",
        "sends": 0,
        "said": "",
    }


def _job_is_over(conn: Connection, account: str, job: str) -> bool:
    """Whether the job ended or is to be cancelled. Its row is locked before any other: no cancel can slip in."""
    query = select(jobs.c.cancel, jobs.c.finished_at).where(jobs.c.account == account, jobs.c.id == job)
    found = conn.execute(query.with_for_update(read=True)).first()
    return found is None or bool(found.cancel) or found.finished_at is not None
