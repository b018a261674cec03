"""Caps on spending: of the deployment, an account, an API key or a project; for good, or per day or month (UTC)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, select, update

from reelwright.errors import BadInput, NotFound, OverBudget
from reelwright.reel.ledger import Budget, BudgetScope, Period
from reelwright.store.assets import ensure_account
from reelwright.store.schema import allowance_budgets, allowances, budgets, jobs, purchases
from reelwright.store.spent import adopt
from reelwright.store.sql import hold, insert, moment, ms_of, now_ms
from reelwright.store.unit import Unit
from reelwright.units import Micros, usd

_WHOSE: Final = {"deployment": "of this deployment", "account": "of this account", "key": "of this API key"}
_SCOPES: Final = ("deployment", "account", "key", "project")
_PERIODS: Final = ("day", "month", None)


def set_budget(
    unit: Unit, account: str, scope: BudgetScope, subject: str, cap: Micros, period: Period | None
) -> Budget:
    """Make or change a cap of the current period. ``subject``: whose it is (a key, a project).

    What was spent and is held already under it counts. Raises ``BadInput`` on a cap that is nothing, or that jobs which
    go on would pass with what is reserved for them. A cap below what is spent, or what ended jobs have sent, is taken:
    nothing more is bought.
    """
    _check(scope, period)
    if cap <= 0:
        raise BadInput("budget", usd(cap), "more than $0; to have no cap, remove the budget")
    hold(unit.conn, "budgets")  # an allowance that is made meanwhile would not count
    owner = None if scope == "deployment" else account
    ensure_account(unit.conn, account)
    name = _name(account, scope, subject, period)
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
    unit.conn.execute(made.on_conflict_do_update(index_elements=["id"], set_={"cap_micros": cap, "removed_at": None}))
    unit.conn.execute(update(budgets).where(budgets.c.cap == name).values(removed_at=None))
    row = unit.conn.execute(select(budgets).where(budgets.c.id == id_).with_for_update()).one()
    adopt(unit.conn, row)
    row = unit.conn.execute(select(budgets).where(budgets.c.id == id_)).one()
    if row.reserved + row.settled > cap and _may_send(unit.conn, id_):
        least = f"at least ${usd(row.reserved + row.settled)}: ${usd(row.settled)} is spent"
        unknown = _unknown(unit.conn, id_)
        decide = f"; say what became of it: reelwright spend decide {unknown[-6:]} …" if unknown else ""
        raise BadInput(
            "budget", usd(cap), f"{least}, and ${usd(row.reserved)} is reserved by jobs that have begun",
            hint=f"let them end or cancel them (reelwright jobs lists them), then set it{decide}",
        )  # fmt: skip
    return _noun(row)


def _may_send(conn: Connection, budget: str) -> bool:
    """Whether a job that is not ended or being cancelled holds a reservation in the budget.

    Any other job sends nothing more. If it is retried, it must reserve anew, and ``refuse_passed`` guards what it sent.
    """
    query = (
        select(allowances.c.id)
        .join(allowance_budgets, allowance_budgets.c.allowance == allowances.c.id)
        .join(jobs, jobs.c.id == allowances.c.job)
        .where(allowance_budgets.c.budget == budget, allowance_budgets.c.reserved > 0)
        .where(allowances.c.closed_at.is_(None), jobs.c.cancel.is_(False))
    )
    return conn.execute(query.limit(1)).first() is not None


def _unknown(conn: Connection, budget: str) -> str | None:
    """The first purchase under the budget of which nobody knows what became."""
    under = select(allowance_budgets.c.allowance).where(allowance_budgets.c.budget == budget)
    which = (purchases.c.allowance.in_(under), purchases.c.state == "unknown")
    return conn.execute(select(purchases.c.id).where(*which).order_by(purchases.c.id).limit(1)).scalar()


def refuse_passed(conn: Connection, allowance: str) -> None:
    """Raise ``OverBudget`` if more is spent and reserved under one of the allowance's budgets than its cap.

    For the purchase of an ended job that never arrived and may be sent again when the job is retried: its reservation
    is older than a cap that was set since.
    """
    query = (
        select(budgets)
        .join(allowance_budgets, allowance_budgets.c.budget == budgets.c.id)
        .where(allowance_budgets.c.allowance == allowance, _kept())
        .where(budgets.c.reserved + budgets.c.settled > budgets.c.cap_micros)
    )
    if row := conn.execute(query.order_by(budgets.c.id).limit(1)).first():
        raise _passed(row, "sending it again")


def remove_budget(unit: Unit, account: str, scope: BudgetScope, subject: str, period: Period | None) -> None:
    """The cap caps nothing any more; what was counted under it is kept. Raises ``NotFound``."""
    _check(scope, period)
    hold(unit.conn, "budgets")
    which = (budgets.c.cap == _name(account, scope, subject, period), budgets.c.removed_at.is_(None))
    if not unit.conn.execute(update(budgets).where(*which).values(removed_at=now_ms())).rowcount:
        per = f" per {period}" if period else ""
        raise NotFound(f"there is no budget{per} of this {scope}", hint="`reelwright spend budgets` lists them")


def list_budgets(conn: Connection, account: str) -> Sequence[Budget]:
    """Every cap that the account can fall under, where its current period stands; the deployment's first."""
    now = _now(conn)
    mine = (budgets.c.account == account) | (budgets.c.scope == "deployment")
    found = {row.cap: row for row in conn.execute(select(budgets).where(mine, _kept()).order_by(budgets.c.starts_at))}
    shown = [_noun(row, now) for row in found.values()]
    return sorted(shown, key=lambda b: (_SCOPES.index(b.scope), b.subject, _PERIODS.index(b.period)))


def falls_under(unit: Unit, account: str, project: str, key: str | None) -> list[str]:
    """Ids of all budgets of the current period that cap a purchase, sorted: locks are taken in this order.

    The caller shares the lock on budgets, so that none is set meanwhile.
    """
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
    reserved = update(budgets).where(budgets.c.id == budget, fits | budgets.c.removed_at.is_not(None))
    if conn.execute(reserved.values(reserved=budgets.c.reserved + micros)).rowcount:
        return
    raise _passed(conn.execute(select(budgets).where(budgets.c.id == budget)).one(), f"${usd(micros)} more")


def _passed(row: Row[Any], what: str) -> OverBudget:
    left = max(0, row.cap_micros - row.reserved - row.settled)
    whose = _WHOSE.get(row.scope, f"of {row.subject}")
    per = f" per {row.period}" if row.period else ""
    return OverBudget(
        f"{what} would pass the budget {whose}: ${usd(row.cap_micros)}{per}, ${usd(left)} left",
        hint="raise the budget, or ask for less",
    )


def give_back(conn: Connection, budget: str, micros: int, settled: int = 0) -> None:
    """Take ``micros`` off what is reserved, and count ``settled`` as spent: also above the cap, it is spent already."""
    told = {"reserved": budgets.c.reserved - micros, "settled": budgets.c.settled + settled}
    conn.execute(update(budgets).where(budgets.c.id == budget).values(**told))


def _check(scope: str, period: str | None) -> None:
    if scope not in _SCOPES:
        raise BadInput("scope", scope, ", ".join(_SCOPES))
    if period not in _PERIODS:
        raise BadInput("per", period, "day or month; without it the budget is for good")


def _name(account: str, scope: str, subject: str, period: str | None) -> str:
    own = (account, scope, subject) if scope != "deployment" else (scope,)
    return "/".join((*own, period or "ever"))


def _kept() -> Any:
    return budgets.c.removed_at.is_(None)


def _caps(account: str, project: str, key: str | None) -> Select[Any]:
    own = (
        ((budgets.c.scope == "account") & (budgets.c.subject == account))
        | ((budgets.c.scope == "project") & (budgets.c.subject == project))
        | ((budgets.c.scope == "key") & (budgets.c.subject == (key or "")))
    )
    mine = ((budgets.c.account == account) & own) | (budgets.c.scope == "deployment")
    return select(budgets).where(mine, _kept())


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


def _noun(row: Row[Any], now: datetime | None = None) -> Budget:
    """As it stands now: nothing is spent in a period that nothing was approved in."""
    ends = moment(row.ends_at)
    over = bool(ends and now and now >= ends)
    starts_ms, ends_ms = bounds(now, row.period) if over and now else (row.starts_at, row.ends_at)
    return Budget(
        scope=row.scope,
        subject=row.subject,
        cap=Micros(row.cap_micros),
        reserved=Micros(0 if over else row.reserved),
        settled=Micros(0 if over else row.settled),
        period=row.period,
        starts=moment(starts_ms) if row.period else None,
        ends=moment(ends_ms),
    )


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
