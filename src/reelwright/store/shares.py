"""One reservation for what several jobs of an account want alike: whoever will buy it holds its price, the others not.

Every open allowance names the fingerprints that it may have to pay for. Of those that name the same, one holds its
price; to the others it is a discount on what they hold in the budgets that they have in common. When the holder's
job ends without it, it passes on to the next. Nothing is ever bought but from an allowance that holds it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Label, delete, func, select, update

from reelwright.reel.noun import Fingerprint
from reelwright.reel.orders import order_key
from reelwright.store.schema import allowance_shares, allowances, jobs, purchases
from reelwright.store.sql import hold, insert
from reelwright.store.states import ENDED

_S = allowance_shares.c
_SPARE = Fingerprint("")
"""What of a ceiling nothing is wanted for any more."""


class Moved(NamedTuple):
    """Allowances whose discount has changed: first those that hold less, then those that hold more."""

    less: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


def lock(conn: Connection, account: str) -> None:
    """Taken before any allowance is locked: of an account's shares, one changes at a time."""
    hold(conn, f"shares/{account}")


def discount(allowance: str) -> Label[int | None]:
    """Micro-dollars that others hold for it, as part of a query."""
    query = select(func.sum(_S.micros)).where(_S.allowance == allowance, _S.holds.is_(False))
    return query.scalar_subquery().label("discount")


def are_in(conn: Connection, some: Sequence[str]) -> bool:
    """Whether one of these allowances names anything."""
    return conn.execute(select(_S.allowance).where(_S.allowance.in_(some)).limit(1)).first() is not None


def register(conn: Connection, account: str, allowance: str, wanted: Mapping[Fingerprint, int], spare: int) -> None:
    """The allowance may have to pay for these; it holds those that nobody else holds or buys.

    What others held for it and is not wanted any more is a discount no longer, but for what is ``spare`` of it: the
    part of the ceiling that nothing is wanted for.
    """
    _let_lapse(conn, account, allowance, wanted, spare)
    if not wanted:
        return
    held = select(_S.fingerprint).where(_S.account == account, _S.fingerprint.in_(wanted), _S.holds)
    seen_to = {*conn.execute(held).scalars(), *_bought(conn, account, wanted)}
    rows = [
        {"account": account, "allowance": allowance, "fingerprint": fp, "micros": micros, "holds": fp not in seen_to}
        for fp, micros in sorted(wanted.items())
    ]
    conn.execute(insert(conn, allowance_shares).on_conflict_do_nothing(), rows)


def _let_lapse(conn: Connection, account: str, allowance: str, wanted: Collection[str], spare: int) -> None:
    mine = (_S.allowance == allowance, _S.holds.is_(False), _S.fingerprint.not_in(wanted))
    lapsed = int(conn.execute(select(func.sum(_S.micros)).where(*mine)).scalar() or 0)
    if not lapsed:
        return
    conn.execute(delete(allowance_shares).where(*mine))
    if left := min(lapsed, max(0, spare)):
        told = {"account": account, "allowance": allowance, "fingerprint": _SPARE, "micros": left, "holds": False}
        conn.execute(allowance_shares.insert().values(**told))


def join(conn: Connection, account: str, allowance: str, fp: Fingerprint, micros: int) -> Moved:
    """Another buys it: the allowance holds nothing for it."""
    holder = _holder(conn, account, fp)
    told = {"account": account, "allowance": allowance, "fingerprint": fp, "micros": micros, "holds": False}
    made = insert(conn, allowance_shares).values(**told).on_conflict_do_nothing().returning(_S.allowance)
    new = conn.execute(made).first() is not None
    if holder == allowance:
        _set(conn, allowance, fp, holds=False)
    return Moved(less=(allowance,)) if new or holder == allowance else Moved()


def take(conn: Connection, account: str, allowance: str, fp: Fingerprint, micros: int) -> Moved:
    """The allowance buys it, so it holds its price, and whoever held it before does not."""
    before, price, other = _held(conn, account, fp, allowance)
    if before == allowance and price == micros and not other:
        return Moved()
    told = {"micros": micros, "holds": True}
    made = insert(conn, allowance_shares).values(account=account, allowance=allowance, fingerprint=fp, **told)
    conn.execute(made.on_conflict_do_update(index_elements=["allowance", "fingerprint"], set_=told))
    if before is None or before == allowance:
        return Moved(more=(allowance,))
    _set(conn, before, fp, holds=False)
    return Moved(less=(before,), more=(allowance,))


def leave(conn: Connection, account: str, allowance: str) -> tuple[tuple[str, Fingerprint], ...]:
    """The job has ended: who might hold from now on what it held and did not buy, with what."""
    held = select(_S.fingerprint).where(_S.allowance == allowance, _S.holds).order_by(_S.fingerprint)
    fps = conn.execute(held).scalars().all()
    conn.execute(delete(allowance_shares).where(_S.allowance == allowance))
    heirs = []
    for fp in sorted(set(fps) - _bought(conn, account, fps)):
        if fp:
            next_ = select(func.min(_S.allowance)).where(_S.account == account, _S.fingerprint == fp)
            if heir := conn.execute(next_).scalar():
                heirs.append((heir, Fingerprint(fp)))
    return tuple(heirs)


def inherit(conn: Connection, allowance: str, fp: Fingerprint) -> None:
    """The allowance holds it from now on."""
    _set(conn, allowance, fp, holds=True)


def _holder(conn: Connection, account: str, fp: str) -> str | None:
    return _held(conn, account, fp, "")[0]


def _held(conn: Connection, account: str, fp: str, allowance: str) -> tuple[str | None, int, int]:
    """Who holds it, at what price; and what others hold for ``allowance``."""
    query = select(_S.allowance, _S.micros, discount(allowance))
    row = conn.execute(query.where(_S.account == account, _S.fingerprint == fp, _S.holds)).first()
    return (row.allowance, row.micros, int(row.discount or 0)) if row else (None, 0, 0)


def names_elsewhere(conn: Connection, account: str, project: str, key: str) -> bool:
    """Whether an open allowance of a job of another project, which is not being cancelled, names the order."""
    query = (
        select(_S.allowance)
        .join(allowances, allowances.c.id == _S.allowance)
        .join(jobs, jobs.c.id == allowances.c.job)
        .where(_S.account == account, _S.fingerprint == key, allowances.c.project != project)
        .where(allowances.c.closed_at.is_(None), jobs.c.cancel.is_(False), jobs.c.finished_at.is_(None))
    )
    return conn.execute(query.limit(1)).first() is not None


def _bought(conn: Connection, account: str, keys: Collection[str]) -> set[str]:
    """Those orders that the account is buying, or has: their newest try is open, or brought something."""
    named = {key.partition("#")[0] for key in keys}
    query = select(purchases.c.order_fingerprint, purchases.c.n, purchases.c.state, purchases.c.succeeded_at).where(
        purchases.c.scope == account, purchases.c.order_fingerprint.in_(named)
    )
    newest = {order_key(row.order_fingerprint, row.n): row for row in conn.execute(query.order_by(purchases.c["try"]))}
    return {
        key
        for key, row in newest.items()
        if key in keys and (row.succeeded_at is not None or row.state not in (*ENDED, "failed"))
    }


def _set(conn: Connection, allowance: str, fp: str, **told: Any) -> None:
    which = (_S.allowance == allowance, _S.fingerprint == fp)
    conn.execute(update(allowance_shares).where(*which).values(**told))
