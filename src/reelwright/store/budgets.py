"""Caps on spending: of the deployment, an account, an API key or a project; for good, or per day or month (UTC)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, Select, select, update

from reelwright.errors import BadInput, OverBudget
from reelwright.store.assets import ensure_account
from reelwright.store.schema import budgets
from reelwright.store.sql import insert, moment, ms_of, now_ms
from reelwright.store.unit import Unit
from reelwright.units import Micros, usd

Scope = Literal["deployment", "account", "key", "project"]
Period = Literal["day", "month"]
_WHOSE: Final = {"deployment": "of this deployment", "account": "of this account", "key": "of this API key"}


def set_budget(unit: Unit, account: str, scope: Scope, subject: str, cap: Micros, period: Period | None) -> str:
    """Make or change a cap; returns its id for the current period. ``subject``: whose it is (a key, a project)."""
    if cap < 0:
        raise BadInput("budget", usd(cap), "$0 or more")
    owner = None if scope == "deployment" else account
    if owner:
        ensure_account(unit.conn, owner)
    name = "/".join(("deployment", period or "ever") if owner is None else (owner, scope, subject, period or "ever"))
    starts, ends = bounds(_now(unit.conn), period)
    id_ = f"{name}@{starts}"
    made = insert(unit.conn, budgets).values(
        id=id_,
        account=owner,
        cap=name,
        scope=scope,
        subject="" if owner is None else subject,
        cap_micros=cap,
        reserved=0,
        settled=0,
        period=period,
        starts_at=starts,
        ends_at=ends,
    )
    unit.conn.execute(made.on_conflict_do_update(index_elements=["id"], set_={"cap_micros": cap}))
    return id_


def falls_under(unit: Unit, account: str, project: str, key: str | None) -> list[str]:
    """Ids of all budgets of the current period that cap a purchase, sorted: locks are taken in this order."""
    now = _now(unit.conn)
    newest: dict[str, Row[Any]] = {}
    for row in unit.conn.execute(_caps(account, project, key).order_by(budgets.c.starts_at)):
        newest[row.cap] = row
    return sorted(_current(unit.conn, row, now) for row in newest.values())


def reserve(conn: Connection, budget: str, micros: int) -> None:
    """Reserve in one budget. Raises ``OverBudget`` when its cap would be passed; the transaction then keeps nothing."""
    if micros == 0:  # what is free goes on, also where the cap was passed by a bill
        return
    fits = budgets.c.reserved + budgets.c.settled + micros <= budgets.c.cap_micros
    reserved = update(budgets).where(budgets.c.id == budget, fits).values(reserved=budgets.c.reserved + micros)
    if conn.execute(reserved).rowcount:
        return
    row = conn.execute(select(budgets).where(budgets.c.id == budget)).one()
    left = max(0, row.cap_micros - row.reserved - row.settled)
    whose = _WHOSE.get(row.scope, f"of {row.subject}")
    per = f" per {row.period}" if row.period else ""
    raise OverBudget(
        f"${usd(micros)} more would pass the budget {whose}: ${usd(row.cap_micros)}{per}, ${usd(left)} left",
        hint="raise the budget, or ask for less",
    )


def give_back(conn: Connection, budget: str, micros: int, settled: int = 0) -> None:
    """Take ``micros`` off what is reserved, and count ``settled`` as spent: also above the cap, it is spent already."""
    told = {"reserved": budgets.c.reserved - micros, "settled": budgets.c.settled + settled}
    conn.execute(update(budgets).where(budgets.c.id == budget).values(**told))


def _caps(account: str, project: str, key: str | None) -> Select[Any]:
    own = (
        ((budgets.c.scope == "account") & (budgets.c.subject == account))
        | ((budgets.c.scope == "project") & (budgets.c.subject == project))
        | ((budgets.c.scope == "key") & (budgets.c.subject == (key or "")))
    )
    return select(budgets).where(((budgets.c.account == account) & own) | (budgets.c.scope == "deployment"))


def _current(conn: Connection, row: Row[Any], now: datetime) -> str:
    """The row's id, or that of its successor when its period is over."""
    ends = moment(row.ends_at)
    if ends is None or now < ends:
        return str(row.id)
    starts_ms, ends_ms = bounds(now, row.period)
    fresh = {**row._mapping, "starts_at": starts_ms, "ends_at": ends_ms, "reserved": 0, "settled": 0}
    fresh["id"] = f"{row.cap}@{starts_ms}"
    conn.execute(insert(conn, budgets).values(**fresh).on_conflict_do_nothing())
    return str(fresh["id"])


def bounds(now: datetime, period: str | None) -> tuple[int, int | None]:
    """First millisecond of the period that ``now`` is in, and the first after it."""
    if period is None:
        return 0, None
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "month":
        start = start.replace(day=1)
    end = (start + timedelta(days=32)).replace(day=1) if period == "month" else start + timedelta(days=1)
    return ms_of(start) or 0, ms_of(end)


def _now(conn: Connection) -> datetime:
    at = moment(conn.execute(select(now_ms())).scalar_one())
    assert at is not None
    return at.astimezone(UTC)
