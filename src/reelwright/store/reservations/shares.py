"""Shared reservations of orders that several jobs of an account want: only the job that buys an order holds its price.

Every open allowance names the orders that it may have to pay for. Of allowances that name the same order, one holds its
price; for the others the price is a discount on what they hold in the budgets that they have in common. When the
holder's job ends without the order, the price passes on to the next allowance. An order is only ever bought from the
allowance that holds its price.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Label, and_, delete, func, select, update

from reelwright.reel.base.value import Digest, Fingerprint
from reelwright.reel.graph.orders import WANTS, format_order_key
from reelwright.reel.records.operation import Lease
from reelwright.store.database.unit import Unit
from reelwright.store.leases.leases import fence
from reelwright.store.limits.states import ENDED, lock_purchase
from reelwright.store.schema.file_tables import asset_uses
from reelwright.store.schema.rows import parse_object
from reelwright.store.schema.schema import allowance_shares, allowances, jobs, outcomes, purchases
from reelwright.store.schema.sql import InArray, NowMs, hold_lock, insert

_S = allowance_shares.c
_SPARE = Fingerprint("")
"""The name for that part of a ceiling for which nothing is wanted any more."""


class HoldChanges(NamedTuple):
    """Allowances whose discount has changed: ``less`` now hold less of their budgets, ``more`` now hold more."""

    less: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


def lock(conn: Connection, account: str) -> None:
    """Lock the shares of an account until the transaction ends. Call it before any allowance is locked."""
    hold_lock(conn, f"shares/{account}")


def select_discount(allowance: str) -> Label[int | None]:
    """Select the micro-dollars that others hold for an allowance, as part of a query."""
    query = select(func.sum(_S.micros)).where(_S.allowance == allowance, _S.is_held.is_(False))
    return query.scalar_subquery().label("discount")


def has_shares(conn: Connection, allowance_ids: Sequence[str]) -> bool:
    """Whether one of these allowances names an order that other projects may want, too."""
    return conn.execute(select(_S.allowance).where(_S.allowance.in_(allowance_ids)).limit(1)).first() is not None


def register(conn: Connection, account: str, allowance: str, prices: Mapping[Fingerprint, int], spare: int) -> None:
    """Record the orders that an allowance may have to pay for, with prices in micro-dollars; hold those nobody holds.

    Orders that the account has bought are not held. Discounts for orders that are no longer wanted end, except for
    ``spare``, the part of the ceiling for which nothing is wanted.
    """
    _drop_unwanted(conn, account, allowance, prices, spare)
    if not prices:
        return
    held = select(_S.fingerprint).where(_S.account == account, _S.fingerprint.in_(prices), _S.is_held)
    seen_to = {*conn.execute(held).scalars(), *_find_bought(conn, account, prices)}
    rows = [
        {"account": account, "allowance": allowance, "fingerprint": fp, "micros": micros, "is_held": fp not in seen_to}
        for fp, micros in sorted(prices.items())
    ]
    conn.execute(insert(conn, allowance_shares).on_conflict_do_nothing(), rows)


def _drop_unwanted(conn: Connection, account: str, allowance: str, wanted: Collection[str], spare: int) -> None:
    mine = (_S.allowance == allowance, _S.is_held.is_(False), _S.fingerprint.not_in(wanted))
    lapsed = int(conn.execute(select(func.sum(_S.micros)).where(*mine)).scalar() or 0)
    if not lapsed:
        return
    conn.execute(delete(allowance_shares).where(*mine))
    if left := min(lapsed, max(0, spare)):
        columns = {"account": account, "allowance": allowance, "fingerprint": _SPARE, "micros": left, "is_held": False}
        conn.execute(allowance_shares.insert().values(**columns))


def join_purchase(conn: Connection, account: str, allowance: str, fp: Fingerprint, micros: int) -> HoldChanges:
    """Record that another allowance buys the order: this one holds nothing for it."""
    holder = _find_holder(conn, account, fp)
    columns = {"account": account, "allowance": allowance, "fingerprint": fp, "micros": micros, "is_held": False}
    made = insert(conn, allowance_shares).values(**columns).on_conflict_do_nothing().returning(_S.allowance)
    new = conn.execute(made).first() is not None
    if holder == allowance:
        _update_share(conn, allowance, fp, is_held=False)
    return HoldChanges(less=(allowance,)) if new or holder == allowance else HoldChanges()


def hold_price(conn: Connection, account: str, allowance: str, fp: Fingerprint, micros: int) -> HoldChanges:
    """Record that the allowance buys the order: it holds its price, and the one that held it before no longer does."""
    before, price, other = _read_holder(conn, account, fp, allowance)
    if before == allowance and price == micros and not other:
        return HoldChanges()
    columns = {"micros": micros, "is_held": True}
    made = insert(conn, allowance_shares).values(account=account, allowance=allowance, fingerprint=fp, **columns)
    conn.execute(made.on_conflict_do_update(index_elements=["allowance", "fingerprint"], set_=columns))
    if before is None or before == allowance:
        return HoldChanges(more=(allowance,))
    _update_share(conn, before, fp, is_held=False)
    return HoldChanges(less=(before,), more=(allowance,))


def withdraw(conn: Connection, account: str, allowance: str) -> tuple[tuple[str, Fingerprint], ...]:
    """Remove an ended job's allowance from the shares; return who holds next each order that it did not buy.

    Pairs of an allowance and an order.
    """
    held = select(_S.fingerprint).where(_S.allowance == allowance, _S.is_held).order_by(_S.fingerprint)
    fps = conn.execute(held).scalars().all()
    conn.execute(delete(allowance_shares).where(_S.allowance == allowance))
    heirs = []
    for fp in sorted(set(fps) - _find_bought(conn, account, fps)):
        if fp:
            next_ = select(func.min(_S.allowance)).where(_S.account == account, _S.fingerprint == fp)
            if heir := conn.execute(next_).scalar():
                heirs.append((heir, Fingerprint(fp)))
    return tuple(heirs)


def inherit_hold(conn: Connection, allowance: str, fp: Fingerprint) -> None:
    """Record that the allowance holds the order's price from now on."""
    _update_share(conn, allowance, fp, is_held=True)


def _find_holder(conn: Connection, account: str, fp: str) -> str | None:
    return _read_holder(conn, account, fp, "")[0]


def _read_holder(conn: Connection, account: str, fp: str, allowance: str) -> tuple[str | None, int, int]:
    """Read which allowance holds the order, at what price, and the micro-dollars that others hold for ``allowance``."""
    query = select(_S.allowance, _S.micros, select_discount(allowance))
    row = conn.execute(query.where(_S.account == account, _S.fingerprint == fp, _S.is_held)).first()
    return (row.allowance, row.micros, int(row.discount or 0)) if row else (None, 0, 0)


def is_wanted_elsewhere(conn: Connection, account: str, project: str, order_name: str) -> bool:
    """Whether a live job of another project of the account, which is not being cancelled, may want the order.

    A job that has no allowance yet, such as one that waits for its turn or for a decision, wants what its options name.
    """
    query = (
        select(_S.allowance)
        .join(allowances, allowances.c.id == _S.allowance)
        .join(jobs, jobs.c.id == allowances.c.job)
        .where(_S.account == account, _S.fingerprint == order_name, allowances.c.project != project)
        .where(allowances.c.closed_at.is_(None), jobs.c.cancel_requested.is_(False), jobs.c.finished_at.is_(None))
    )
    if conn.execute(query.limit(1)).first() is not None:
        return True
    queued = (
        select(jobs.c.options)
        .outerjoin(allowances, allowances.c.id == jobs.c.allowance)
        .where(jobs.c.account == account, jobs.c.project != project)
        .where(jobs.c.state.in_(("queued", "running")) | (jobs.c.wait_reason == "decision"))
        .where(jobs.c.cancel_requested.is_(False), allowances.c.id.is_(None) | allowances.c.closed_at.is_not(None))
        .where(jobs.c.options.contains(json.dumps(order_name), autoescape=True))
    )
    return any(order_name in parse_object(row.options).get(WANTS, ()) for row in conn.execute(queued))


def list_awaited_assets(
    conn: Connection, account: str, digests: Collection[Digest], project: str | None = None
) -> frozenset[Digest]:
    """List those of these assets whose order a live job of another project of the account still waits for.

    Another than ``project``, in whose name they are deleted; None: than the one that bought each. A job that waits for
    a decision about a purchase does not name what that brings before it goes on. (2026-11: a take that arrived for a
    deleted job was deleted although a job waited for exactly that purchase, which bought it again.)
    """
    if not digests:
        return frozenset()
    users: Sequence[str] = [project] if project else ()
    if not users:
        naming = (asset_uses.c.account == account, InArray(asset_uses.c.digest, "named"))
        query = select(asset_uses.c.project).where(*naming).distinct()
        users = conn.execute(query, {"named": sorted(digests)}).scalars().all()
    found: set[Digest] = set()
    landed = [row for one in users for row in conn.execute(select(outcomes).where(outcomes.c.project == one))]
    for row in landed:  # the account is compared here: SQLite would search all outcomes of the account
        if row.account == account and (ours := frozenset(json.loads(row.assets)) & frozenset(digests)):
            source = parse_object(row.facts).get("reused_from", {}).get("purchase", "")
            bought = and_(purchases.c.project == row.project, purchases.c.fingerprint == row.fingerprint)
            made = select(purchases.c.project, purchases.c.order_fingerprint, purchases.c.order_number).where(
                purchases.c.account == account, bought | (purchases.c.id == source)
            )
            if any(
                is_wanted_elsewhere(
                    conn, account, project or one.project, format_order_key(one.order_fingerprint, one.order_number)
                )
                for one in conn.execute(made.distinct())
            ):
                found |= ours
    return frozenset(found)


StopDecision = Literal["cancel", "wanted", "over"]


def begin_cancel(unit: Unit, lease: Lease, purchase: str) -> StopDecision:
    """Decide whether the provider may be asked to cancel a purchase whose job was stopped, and record it. Fenced.

    ``cancel``: it may; whoever wants the order from now on buys it anew. ``wanted``: another job of the account waits
    for the order, and may take it over. ``over``: it has ended, or another took it over. Under the lock of the shares,
    so that a want is seen either here or by ``intents.intend``, never by neither.
    """
    fence(unit.conn, lease)
    lock(unit.conn, lease.account)
    row = lock_purchase(unit.conn, purchase)
    if row.state in ENDED:
        return "over"
    order_name = format_order_key(row.order_fingerprint, row.order_number)
    if row.stopped_at is None and is_wanted_elsewhere(unit.conn, lease.account, lease.project, order_name):
        return "wanted"
    unit.conn.execute(
        update(purchases)
        .where(purchases.c.id == purchase)
        .values(stopped_at=func.coalesce(purchases.c.stopped_at, NowMs()))
    )
    return "cancel"


def _find_bought(conn: Connection, account: str, keys: Collection[str]) -> set[str]:
    """Find those of the orders that the account is buying or has bought: their newest try is open or succeeded."""
    named = {key.partition("#")[0] for key in keys}
    query = select(
        purchases.c.order_fingerprint, purchases.c.order_number, purchases.c.state, purchases.c.succeeded_at
    ).where(purchases.c.scope == account, purchases.c.order_fingerprint.in_(named))
    newest = {
        format_order_key(row.order_fingerprint, row.order_number): row
        for row in conn.execute(query.order_by(purchases.c.attempt))
    }
    return {
        key
        for key, row in newest.items()
        if key in keys and (row.succeeded_at is not None or row.state not in (*ENDED, "failed"))
    }


def _update_share(conn: Connection, allowance: str, fp: str, **columns: Any) -> None:
    which = (_S.allowance == allowance, _S.fingerprint == fp)
    conn.execute(update(allowance_shares).where(*which).values(**columns))
