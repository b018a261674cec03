"""Allowances: what an approval reserved for one job, in every budget it falls under.

What an allowance holds of each of its budgets is never counted up and down. After each change it is set anew: while
open, to the part of the ceiling that is not spent; once closed, to what its open purchases hold.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, func, literal, select, update

from reelwright.errors import NotFound, OverBudget
from reelwright.reason import Action, Reason
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.records.operation import Lease
from reelwright.store.database.unit import Unit
from reelwright.store.limits import budgets
from reelwright.store.limits.payers import get_key
from reelwright.store.limits.states import lock_purchase, move
from reelwright.store.reservations import shares
from reelwright.store.schema.rows import parse_object
from reelwright.store.schema.schema import allowance_budgets, allowances, jobs, purchases
from reelwright.store.schema.schema import budgets as budget_rows
from reelwright.store.schema.sql import InArray, NowMs, clean_text, hold_lock, to_pair_parameters
from reelwright.units import Micros

_COMMON: Final = frozenset({"deployment", "account"})
"""Scopes of budgets that all projects of an account fall under."""


def ensure_allowance(
    unit: Unit,
    lease: Lease,
    job: str,
    ceiling: Micros,
    approved_by: str,
    shared_prices: Mapping[Fingerprint, Micros] | None,
    *,
    is_sent: bool = False,
) -> str:
    """Reserve ``ceiling`` micro-dollars for a job in all its budgets, or raise it to that; return the allowance.

    It never shrinks. The caller has fenced. ``ceiling`` is for the job as a whole, however often it is queued again:
    what an earlier, closed allowance spent or still holds is not reserved again. ``shared_prices``: the price of each
    order that other projects of the account may want too, None where none may; see ``store.shares``. ``is_sent``: it
    may pass the caps, because it is for work that was sent already. Raises ``NotFound``, and ``OverBudget`` when a cap
    would be passed: then nothing is reserved anywhere.
    """
    hold_lock(unit.conn, "budgets", is_shared=True)  # before any row: ``set_budget`` locks in this order, too
    which = (jobs.c.account == lease.account, jobs.c.project == lease.project, jobs.c.id == job)
    columns = (jobs.c.allowance, jobs.c.options, jobs.c.batch_key)
    row = unit.conn.execute(select(*columns).where(*which).with_for_update()).first()
    if row is None:
        raise NotFound(code="job_not_found", job=job)
    if shared_prices is not None:
        shares.lock(unit.conn, lease.account)
    ceiling = Micros(max(0, ceiling - _sum_closed(unit.conn, lease.account, job)))
    open_ = _lock_allowance(unit.conn, lease.account, row.allowance) if row.allowance else None
    if open_ is None or open_.closed_at is not None:
        allowance = _insert_allowance(unit.conn, lease, job, ceiling, approved_by)
        key = get_key(parse_object(row.options))
        for budget in budgets.find_applicable_budgets(unit, lease.account, lease.project, key, row.batch_key):
            unit.conn.execute(allowance_budgets.insert().values(allowance=allowance, budget=budget, reserved_micros=0))
        unit.conn.execute(update(jobs).where(*which).values(allowance=allowance))
    else:
        allowance = str(open_.id)
        if ceiling > open_.ceiling_micros:
            _raise_ceiling(unit.conn, open_, ceiling, approved_by)
        elif shared_prices is None:
            return allowance
    if shared_prices is not None:
        spare = open_.ceiling_micros - ceiling if open_ is not None and open_.closed_at is None else 0
        shares.register(unit.conn, lease.account, allowance, shared_prices, spare)
    _update_holds(unit.conn, lease.account, allowance, is_sent=is_sent)
    if open_ is None or open_.closed_at is not None or ceiling > open_.ceiling_micros:
        _record_approval(unit, lease, job, allowance, ceiling, approved_by)
    return allowance


def _sum_closed(conn: Connection, account: str, job: str) -> int:
    """Sum what the job's closed allowances spent, and what they hold for purchases that are still open."""
    closed = (allowances.c.account == account, allowances.c.job == job, allowances.c.closed_at.is_not(None))
    used = select(func.sum(allowances.c.settled_micros + allowances.c.reserved_micros)).where(*closed)
    return int(conn.execute(used).scalar() or 0)


def reserve(conn: Connection, lease: Lease, job: str, allowance: str, micros: int) -> None:
    """Reserve ``micros`` in its job's allowance for a purchase; raise ``OverBudget`` if they do not fit.

    Raises ``NotFound`` when the job has no such open allowance.
    """
    which = (
        allowances.c.account == lease.account,
        allowances.c.project == lease.project,
        allowances.c.job == job,
        allowances.c.id == allowance,
        allowances.c.closed_at.is_(None),
    )
    fits = (allowances.c.reserved_micros + allowances.c.settled_micros + micros <= allowances.c.ceiling_micros) | (
        literal(micros) == 0
    )
    reserved = update(allowances).where(*which, fits).values(reserved_micros=allowances.c.reserved_micros + micros)
    if conn.execute(reserved).rowcount:
        return
    row = conn.execute(select(allowances).where(*which)).first()
    if row is None:
        raise NotFound(code="allowance_not_found", allowance=allowance, job=job)
    left = max(0, row.ceiling_micros - row.reserved_micros - row.settled_micros)
    raise OverBudget(
        code="above_approval", micros=micros, ceiling_micros=row.ceiling_micros, left_micros=left,
        actions=[Action("agree_to_price"), Action("change_order")],
    )  # fmt: skip


def lock_allowances(conn: Connection, *allowance_ids: str) -> None:
    """Lock allowances in one order, before their budgets: others settle what they bought from them meanwhile."""
    rows = select(allowances.c.id).where(allowances.c.id.in_(allowance_ids)).order_by(allowances.c.id)
    conn.execute(rows.with_for_update()).all()


def release_reservation(conn: Connection, account: str, allowance: str, micros: int, settled_micros: int = 0) -> None:
    """Free the ``micros`` that a purchase held in its allowance; count ``settled_micros``, maybe more, as spent."""
    columns = {
        "reserved_micros": allowances.c.reserved_micros - micros,
        "settled_micros": allowances.c.settled_micros + settled_micros,
    }
    changed = update(allowances).where(allowances.c.account == account, allowances.c.id == allowance).values(**columns)
    _adjust_budgets(conn, conn.execute(changed.returning(*allowances.c)).one(), settled_micros)


def get_held(row: Row[Any]) -> int:
    """Return the micro-dollars that a purchase holds of its allowance: its bill where that was above its quote."""
    return int(row.quoted_micros if row.billed_micros is None else row.billed_micros)


def count_bill(conn: Connection, account: str, allowance: str, more_micros: int) -> None:
    """Count ``more_micros`` of a bill above its quote in the allowance and in its budgets, even above their caps."""
    which = (allowances.c.account == account, allowances.c.id == allowance)
    raised = update(allowances).where(*which).values(reserved_micros=allowances.c.reserved_micros + more_micros)
    _adjust_budgets(conn, conn.execute(raised.returning(*allowances.c)).one(), 0, may_exceed=True)


def close_allowances(unit: Unit, ended_jobs: Sequence[tuple[str, str]]) -> None:
    """Close the allowances of ended jobs (account, id), release their unsent purchases, and free what is left.

    What is left goes back to every budget.
    """
    which = to_pair_parameters(ended_jobs)
    open_ = unit.conn.execute(_STILL_OPEN, which).all()
    shared = bool(open_) and shares.has_shares(unit.conn, [row.id for row in open_])
    if shared:
        for account in sorted({row.account for row in open_}):
            shares.lock(unit.conn, account)
    for purchase in unit.conn.execute(_UNSENT, which).scalars().all():
        row = lock_purchase(unit.conn, purchase)
        if move(unit, row, ("intent",), "released", Reason("job_ended_unsent")):
            release_reservation(unit.conn, row.account, row.allowance, get_held(row))
    for account, allowance in open_:
        _lock_allowance(unit.conn, account, allowance)
        mine = (allowances.c.account == account, allowances.c.id == allowance, allowances.c.closed_at.is_(None))
        unit.conn.execute(update(allowances).where(*mine).values(closed_at=NowMs()))
        _update_holds(unit.conn, account, allowance)
        if shared:
            _pass_holds_on(unit.conn, account, allowance)


_STILL_OPEN: Final = (
    select(allowances.c.account, allowances.c.id)
    .where(InArray(allowances.c.account, "of"), InArray(allowances.c.job, "called"), allowances.c.closed_at.is_(None))
    .order_by(allowances.c.id)
)
_UNSENT: Final = (
    select(purchases.c.id)
    .where(InArray(purchases.c.account, "of"), InArray(purchases.c.job, "called"), purchases.c.state == "intent")
    .order_by(purchases.c.id)
)


def join_purchase(conn: Connection, account: str, allowance: str, fp: Fingerprint, micros: int) -> None:
    """Stop holding an order's price in ``allowance``, because another project of the account buys the order.

    The caller has locked the shares.
    """
    _apply_hold_changes(conn, account, shares.join_purchase(conn, account, allowance, fp, micros))


def hold_price(conn: Connection, account: str, allowance: str, fp: Fingerprint, micros: int) -> None:
    """Hold an order's price in ``allowance`` from now on, which buys it for all projects that want it.

    The caller has locked the shares. Raises ``OverBudget``.
    """
    _apply_hold_changes(conn, account, shares.hold_price(conn, account, allowance, fp, micros))


def _pass_holds_on(conn: Connection, account: str, allowance: str) -> None:
    """Pass each order's price that the allowance held and did not buy on to the next one that wants the order.

    Where the price no longer fits the budgets it is not held; ``hold_price`` tries again when the order is bought.
    """
    for heir, fp in shares.withdraw(conn, account, allowance):
        with contextlib.suppress(OverBudget), conn.begin_nested():
            shares.inherit_hold(conn, heir, fp)
            _update_holds(conn, account, heir)


def _apply_hold_changes(conn: Connection, account: str, moved: shares.HoldChanges) -> None:
    for allowance in (*moved.less, *moved.more):
        _update_holds(conn, account, allowance)


def _insert_allowance(conn: Connection, lease: Lease, job: str, ceiling: Micros, approved_by: str) -> str:
    allowance = mint("allowance")
    conn.execute(
        allowances.insert().values(
            id=allowance,
            account=lease.account,
            project=lease.project,
            job=job,
            ceiling_micros=ceiling,
            reserved_micros=0,
            settled_micros=0,
            approved_by=clean_text(approved_by),
            approved_at=NowMs(),
        )
    )
    return allowance


def _raise_ceiling(conn: Connection, row: Row[Any], ceiling: Micros, approved_by: str) -> None:
    columns = {"ceiling_micros": ceiling, "approved_by": clean_text(approved_by), "approved_at": NowMs()}
    conn.execute(
        update(allowances).where(allowances.c.account == row.account, allowances.c.id == row.id).values(**columns)
    )


def _update_holds(conn: Connection, account: str, allowance: str, *, is_sent: bool = False) -> None:
    """Set what the allowance holds of each budget to what it must hold."""
    _adjust_budgets(conn, _lock_allowance(conn, account, allowance), 0, may_exceed=is_sent)


def _adjust_budgets(conn: Connection, row: Row[Any], settled: int, *, may_exceed: bool = False) -> None:
    """Set what a locked allowance holds of each budget, and count ``settled`` more micro-dollars as spent there.

    ``may_exceed``: it may pass their caps, because a provider has billed it, or it was sent already.
    In the budgets that all projects of the account share, it does not hold the prices that others hold for it.
    """
    allowance = row.id
    held = (
        select(
            allowance_budgets.c.budget,
            allowance_budgets.c.reserved_micros,
            budget_rows.c.scope,
            shares.select_discount(allowance),
        )
        .join(budget_rows)
        .where(allowance_budgets.c.allowance == allowance)
    )
    parts = conn.execute(held.order_by(allowance_budgets.c.budget)).all()
    for part in parts:
        left = row.ceiling_micros - row.settled_micros - (int(part.discount or 0) if part.scope in _COMMON else 0)
        must = row.reserved_micros if row.closed_at else max(row.reserved_micros, left)
        more = must - part.reserved_micros
        if more < 0 or settled:
            budgets.give_back(conn, part.budget, max(0, -more), settled)
        if more > 0 and may_exceed:
            budgets.give_back(conn, part.budget, -more)
        elif more > 0:
            budgets.reserve(conn, part.budget, more)
        if more:
            which = (allowance_budgets.c.allowance == allowance, allowance_budgets.c.budget == part.budget)
            conn.execute(update(allowance_budgets).where(*which).values(reserved_micros=must))


def _lock_allowance(conn: Connection, account: str, allowance: str) -> Row[Any]:
    which = (allowances.c.account == account, allowances.c.id == allowance)
    return conn.execute(select(allowances).where(*which).with_for_update()).one()


def _record_approval(unit: Unit, lease: Lease, job: str, allowance: str, ceiling: Micros, approved_by: str) -> None:
    body = {"allowance": allowance, "ceiling": ceiling, "by": clean_text(approved_by)}
    unit.add_event(lease.account, lease.project, job, "allowance.approved", body)
