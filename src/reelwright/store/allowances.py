"""Allowances: what an approval reserved for one job, in every budget it falls under.

What an allowance holds of each of its budgets is never kept by adding and taking away; after each change it is
set to what it must be: while open, the part of the ceiling that is not spent; once closed, what open purchases hold.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, func, literal, select, update

from reelwright.errors import NotFound, OverBudget
from reelwright.reel.ids import mint
from reelwright.reel.noun import Fingerprint
from reelwright.reel.operation import Lease
from reelwright.store import budgets, shares
from reelwright.store.rows import plain
from reelwright.store.schema import allowance_budgets, allowances, jobs, purchases
from reelwright.store.schema import budgets as budget_rows
from reelwright.store.sql import among, as_said, hold, now_ms, pairs
from reelwright.store.states import locked, move
from reelwright.store.unit import Unit
from reelwright.units import Micros, usd

_COMMON: Final = frozenset({"deployment", "account"})
"""Scopes of budgets that all projects of an account fall under."""


def allow(
    unit: Unit,
    lease: Lease,
    job: str,
    ceiling: Micros,
    approved_by: str,
    wanted: Mapping[Fingerprint, Micros] | None,
) -> str:
    """Make the job's allowance, or let it grow to ``ceiling``; it never shrinks. The caller has fenced.

    ``ceiling`` is the job's over all its lives: what an allowance that was closed meanwhile spent, or still holds,
    is not reserved once more. ``wanted``: what of it others of the account may want alike, None where none may; see
    ``store.shares``.
    Raises ``OverBudget`` when a cap would be passed: then nothing is reserved anywhere.
    """
    hold(unit.conn, "budgets", shared=True)  # before any row: whoever sets a budget locks in this order, too
    which = (jobs.c.account == lease.account, jobs.c.project == lease.project, jobs.c.id == job)
    row = unit.conn.execute(select(jobs.c.allowance, jobs.c.options).where(*which).with_for_update()).first()
    if row is None:
        raise NotFound(f"there is no job {job} in {lease.project}")
    if wanted is not None:
        shares.lock(unit.conn, lease.account)
    ceiling = Micros(max(0, ceiling - _used_up(unit.conn, lease.account, job)))
    open_ = _locked(unit.conn, lease.account, row.allowance) if row.allowance else None
    if open_ is None or open_.closed_at is not None:
        allowance = _open(unit.conn, lease, job, ceiling, approved_by)
        key = plain(row.options).get("key")
        for budget in budgets.falls_under(unit, lease.account, lease.project, key if isinstance(key, str) else None):
            unit.conn.execute(allowance_budgets.insert().values(allowance=allowance, budget=budget, reserved=0))
        unit.conn.execute(update(jobs).where(*which).values(allowance=allowance))
    else:
        allowance = str(open_.id)
        if ceiling > open_.ceiling:
            _grow(unit.conn, open_, ceiling, approved_by)
        elif wanted is None:
            return allowance
    if wanted is not None:
        spare = open_.ceiling - ceiling if open_ is not None and open_.closed_at is None else 0
        shares.register(unit.conn, lease.account, allowance, wanted, spare)
    _hold_what_it_must(unit.conn, lease.account, allowance)
    if open_ is None or open_.closed_at is not None or ceiling > open_.ceiling:
        _tell(unit, lease, job, allowance, ceiling, approved_by)
    return allowance


def _used_up(conn: Connection, account: str, job: str) -> int:
    """What the job's closed allowances spent, and what they hold for purchases that are still open."""
    closed = (allowances.c.account == account, allowances.c.job == job, allowances.c.closed_at.is_not(None))
    used = select(func.sum(allowances.c.settled + allowances.c.reserved)).where(*closed)
    return int(conn.execute(used).scalar() or 0)


def reserve(conn: Connection, lease: Lease, job: str, allowance: str, micros: int) -> None:
    """Reserve a purchase from the job's allowance. Raises ``OverBudget`` when it does not fit, ``NotFound``."""
    which = (
        allowances.c.account == lease.account,
        allowances.c.project == lease.project,
        allowances.c.job == job,
        allowances.c.id == allowance,
        allowances.c.closed_at.is_(None),
    )
    fits = (allowances.c.reserved + allowances.c.settled + micros <= allowances.c.ceiling) | (literal(micros) == 0)
    reserved = update(allowances).where(*which, fits).values(reserved=allowances.c.reserved + micros)
    if conn.execute(reserved).rowcount:
        return
    row = conn.execute(select(allowances).where(*which)).first()
    if row is None:
        raise NotFound(f"there is no open allowance {allowance} for {job}")
    left = max(0, row.ceiling - row.reserved - row.settled)
    raise OverBudget(
        f"${usd(micros)} does not fit what was approved: ${usd(row.ceiling)}, ${usd(left)} left",
        hint="approve a higher ceiling, or ask for less",
    )


def let_go(conn: Connection, account: str, allowance: str, micros: int, settled: int = 0) -> None:
    """A purchase no longer holds ``micros``; ``settled`` of it, or more, was spent."""
    told = {"reserved": allowances.c.reserved - micros, "settled": allowances.c.settled + settled}
    changed = update(allowances).where(allowances.c.account == account, allowances.c.id == allowance).values(**told)
    _adjust_budgets(conn, conn.execute(changed.returning(*allowances.c)).one(), settled)


def close_allowances(unit: Unit, ended: Sequence[tuple[str, str]]) -> None:
    """Jobs of accounts have ended: what was never sent is released, and what is left goes back to every budget."""
    which = pairs(ended)
    open_ = unit.conn.execute(_STILL_OPEN, which).all()
    shared = bool(open_) and shares.are_in(unit.conn, [row.id for row in open_])
    if shared:
        for account in sorted({row.account for row in open_}):
            shares.lock(unit.conn, account)
    for purchase in unit.conn.execute(_UNSENT, which).scalars().all():
        row = locked(unit.conn, purchase)
        if move(unit, row, ("intent",), "released", "the job ended before it was sent"):
            let_go(unit.conn, row.account, row.allowance, row.quoted)
    for account, allowance in open_:
        _locked(unit.conn, account, allowance)
        mine = (allowances.c.account == account, allowances.c.id == allowance, allowances.c.closed_at.is_(None))
        unit.conn.execute(update(allowances).where(*mine).values(closed_at=now_ms()))
        _hold_what_it_must(unit.conn, account, allowance)
        if shared:
            _pass_on(unit.conn, account, allowance)


_STILL_OPEN: Final = (
    select(allowances.c.account, allowances.c.id)
    .where(among(allowances.c.account, "of"), among(allowances.c.job, "called"), allowances.c.closed_at.is_(None))
    .order_by(allowances.c.id)
)
_UNSENT: Final = (
    select(purchases.c.id)
    .where(among(purchases.c.account, "of"), among(purchases.c.job, "called"), purchases.c.state == "intent")
    .order_by(purchases.c.id)
)


def join(conn: Connection, account: str, allowance: str, fp: Fingerprint, micros: int) -> None:
    """Another project of the account buys it: nothing is held for it here. The caller has locked the shares."""
    _hold_as_moved(conn, account, shares.join(conn, account, allowance, fp, micros))


def take(conn: Connection, account: str, allowance: str, fp: Fingerprint, micros: int) -> None:
    """It is bought from this allowance, for all projects of the account that want it. Raises ``OverBudget``.

    The caller has locked the shares.
    """
    _hold_as_moved(conn, account, shares.take(conn, account, allowance, fp, micros))


def _pass_on(conn: Connection, account: str, allowance: str) -> None:
    """What it held and did not buy, the next one holds; where that does not fit any more, whoever buys it asks."""
    for heir, fp in shares.leave(conn, account, allowance):
        with contextlib.suppress(OverBudget), conn.begin_nested():
            shares.inherit(conn, heir, fp)
            _hold_what_it_must(conn, account, heir)


def _hold_as_moved(conn: Connection, account: str, moved: shares.Moved) -> None:
    for allowance in (*moved.less, *moved.more):
        _hold_what_it_must(conn, account, allowance)


def _open(conn: Connection, lease: Lease, job: str, ceiling: Micros, approved_by: str) -> str:
    allowance = mint("allowance")
    conn.execute(
        allowances.insert().values(
            id=allowance,
            account=lease.account,
            project=lease.project,
            job=job,
            ceiling=ceiling,
            reserved=0,
            settled=0,
            approved_by=as_said(approved_by),
            approved_at=now_ms(),
        )
    )
    return allowance


def _grow(conn: Connection, row: Row[Any], ceiling: Micros, approved_by: str) -> None:
    told = {"ceiling": ceiling, "approved_by": as_said(approved_by), "approved_at": now_ms()}
    conn.execute(
        update(allowances).where(allowances.c.account == row.account, allowances.c.id == row.id).values(**told)
    )


def _hold_what_it_must(conn: Connection, account: str, allowance: str) -> None:
    """Bring what the allowance holds of each budget to what it must hold."""
    _adjust_budgets(conn, _locked(conn, account, allowance), 0)


def _adjust_budgets(conn: Connection, row: Row[Any], settled: int) -> None:
    """As ``_hold_what_it_must`` for a locked row; ``settled`` counts as spent in each budget.

    What others of the account hold for it, it holds in none of the budgets that all of them fall under.
    """
    allowance = row.id
    held = (
        select(
            allowance_budgets.c.budget, allowance_budgets.c.reserved, budget_rows.c.scope, shares.discount(allowance)
        )
        .join(budget_rows)
        .where(allowance_budgets.c.allowance == allowance)
    )
    parts = conn.execute(held.order_by(allowance_budgets.c.budget)).all()
    for part in parts:
        left = row.ceiling - row.settled - (int(part.discount or 0) if part.scope in _COMMON else 0)
        must = row.reserved if row.closed_at else max(row.reserved, left)
        more = must - part.reserved
        if more < 0 or settled:
            budgets.give_back(conn, part.budget, max(0, -more), settled)
        if more > 0:
            budgets.reserve(conn, part.budget, more)
        if more:
            which = (allowance_budgets.c.allowance == allowance, allowance_budgets.c.budget == part.budget)
            conn.execute(update(allowance_budgets).where(*which).values(reserved=must))


def _locked(conn: Connection, account: str, allowance: str) -> Row[Any]:
    which = (allowances.c.account == account, allowances.c.id == allowance)
    return conn.execute(select(allowances).where(*which).with_for_update()).one()


def _tell(unit: Unit, lease: Lease, job: str, allowance: str, ceiling: Micros, approved_by: str) -> None:
    told = {"allowance": allowance, "ceiling": ceiling, "by": as_said(approved_by)}
    unit.tell(lease.account, lease.project, job, "allowance.approved", told)
