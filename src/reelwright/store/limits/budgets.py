"""Caps on spending: of the deployment, an account, an API key or a project; for good, or per day or month (UTC)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, literal, or_, select, update

from reelwright.errors import BadInput, NotFound, OverBudget
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.records.ledger import BUDGET_SCOPES, Budget, BudgetScope, Period
from reelwright.store.database.unit import Unit
from reelwright.store.limits.budget_backfill import count_earlier_allowances
from reelwright.store.limits.payers import BATCH, WALLET
from reelwright.store.schema.rows import parse_object
from reelwright.store.schema.schema import DOUBTED, RUNNABLE, allowance_budgets, allowances, budgets, jobs, purchases
from reelwright.store.schema.sql import InArray, NowMs, hold_lock, insert, to_datetime, to_ms
from reelwright.store.vault.assets import ensure_account
from reelwright.units import Micros, format_usd

_OWNER_PHRASES: Final = {"deployment": "of this deployment", "account": "of this account", "key": "of this API key"}
_KEY_PHRASES: Final = {WALLET: "of this wallet", BATCH: "of this batch"}
_PERIODS: Final = ("day", "month", None)
FREES_AT: Final = "%Y-%m-%d %H:%M UTC"
"""Format of the parameter ``frees_at`` of errors: when the period of a cap ends, and what waits for it goes on."""


def set_budget(
    unit: Unit, account: str, scope: BudgetScope, subject: str, cap: Micros, period: Period | None = None
) -> Budget:
    """Cap spending at ``cap`` micro-dollars per ``period`` (None: for good), with what is spent and held already.

    An earlier cap is changed. ``subject``: the key or project it is for. Raises ``BadInput`` on a cap of 0 or less, and
    on one that running jobs would pass with what is reserved for them. A cap below what is spent, or below what ended
    jobs have sent, is accepted: nothing more is bought.
    """
    _check(scope, period)
    if cap <= 0:
        raise BadInput("budget", format_usd(cap), "more than $0; to have no cap, remove the budget")
    hold_lock(unit.conn, "budgets")  # an allowance that is opened meanwhile would not count
    owner = None if scope == "deployment" else account
    ensure_account(unit.conn, account)
    name = _build_cap_name(account, scope, subject, period)
    starts, ends = compute_period(_now(unit.conn), period)
    id_ = f"{name}@{starts}"
    made = insert(unit.conn, budgets).values(
        id=id_,
        account=owner,
        cap_name=name,
        scope=scope,
        subject="" if owner is None else subject,
        cap_micros=cap,
        reserved_micros=0,
        settled_micros=0,
        period=period,
        starts_at=starts,
        ends_at=ends,
    )
    unit.conn.execute(made.on_conflict_do_update(index_elements=["id"], set_={"cap_micros": cap, "removed_at": None}))
    unit.conn.execute(update(budgets).where(budgets.c.cap_name == name).values(removed_at=None))
    row = unit.conn.execute(select(budgets).where(budgets.c.id == id_).with_for_update()).one()
    count_earlier_allowances(unit.conn, row)
    row = unit.conn.execute(select(budgets).where(budgets.c.id == id_)).one()
    if row.reserved_micros + row.settled_micros > cap and _may_send(unit.conn, id_):
        spent, reserved = format_usd(row.settled_micros), format_usd(row.reserved_micros)
        least = f"at least ${format_usd(row.reserved_micros + row.settled_micros)}: ${spent} is spent"
        unknown = _find_unknown_purchase(unit.conn, id_)
        decide = [Action("decide_purchase", {"purchase": unknown})] if unknown else []
        raise BadInput(
            "budget", format_usd(cap), f"{least}, and ${reserved} is reserved by jobs that have begun",
            hint="let those jobs end or cancel them, then set it", actions=[Action("list_jobs"), *decide],
        )  # fmt: skip
    return _to_budget(row)


def _may_send(conn: Connection, budget: str) -> bool:
    """Whether a job that is not ended or being cancelled holds a reservation in the budget.

    Any other job sends nothing more. A retry reserves again, and ``refuse_if_exceeded`` guards what it sent.
    """
    query = (
        select(allowances.c.id)
        .join(allowance_budgets, allowance_budgets.c.allowance == allowances.c.id)
        .join(jobs, jobs.c.id == allowances.c.job)
        .where(allowance_budgets.c.budget == budget, allowance_budgets.c.reserved_micros > 0)
        .where(allowances.c.closed_at.is_(None), jobs.c.cancel_requested.is_(False))
    )
    return conn.execute(query.limit(1)).first() is not None


def _find_unknown_purchase(conn: Connection, budget: str) -> str | None:
    """Find the first purchase in ``unknown`` under the budget; None if there is none."""
    under = select(allowance_budgets.c.allowance).where(allowance_budgets.c.budget == budget)
    which = (purchases.c.allowance.in_(under), purchases.c.state == "unknown")
    return conn.execute(select(purchases.c.id).where(*which).order_by(purchases.c.id).limit(1)).scalar()


def refuse_if_exceeded(conn: Connection, allowance: str) -> None:
    """Raise ``OverBudget`` if more is spent and reserved under one of the allowance's budgets than its cap.

    For the purchase of an ended job that never arrived and may be sent again when the job is retried: its reservation
    is older than a cap that was set since.
    """
    query = (
        select(budgets)
        .join(allowance_budgets, allowance_budgets.c.budget == budgets.c.id)
        .where(allowance_budgets.c.allowance == allowance, _is_in_force())
        .where(budgets.c.reserved_micros + budgets.c.settled_micros > budgets.c.cap_micros)
    )
    if row := conn.execute(query.order_by(budgets.c.id).limit(1)).first():
        raise build_over_budget(conn, row, None)


def remove_budget(unit: Unit, account: str, scope: BudgetScope, subject: str, period: Period | None = None) -> None:
    """Remove a cap; what was counted under it is kept. Raises ``NotFound``, ``BadInput``."""
    _check(scope, period)
    hold_lock(unit.conn, "budgets")
    which = (budgets.c.cap_name == _build_cap_name(account, scope, subject, period), budgets.c.removed_at.is_(None))
    if not unit.conn.execute(update(budgets).where(*which).values(removed_at=NowMs())).rowcount:
        per = f" per {period}" if period else ""
        raise NotFound(code="budget_not_found", scope=scope, per=per, actions=[Action("list_budgets")])


def list_budgets(conn: Connection, account: str) -> Sequence[Budget]:
    """List every cap that the account can fall under, with its sums of the current period; the deployment's first."""
    now = _now(conn)
    mine = (budgets.c.account == account) & ~_is_of_batch() | (budgets.c.scope == "deployment")
    found = {
        row.cap_name: row
        for row in conn.execute(select(budgets).where(mine, _is_in_force()).order_by(budgets.c.starts_at))
    }
    shown = [_to_budget(row, now) for row in found.values()]
    return sorted(shown, key=lambda b: (BUDGET_SCOPES.index(b.scope), b.subject, _PERIODS.index(b.period)))


def find_applicable_budgets(
    unit: Unit, account: str, project: str, key: str | None, batch_key: str | None = None
) -> list[str]:
    """Return the sorted ids of all budgets that cap a purchase now, and begin their current period where it is due.

    Rows are locked in this order. The caller holds the shared lock on budgets, so that none is set meanwhile.
    """
    now = _now(unit.conn)
    newest: dict[str, Row[Any]] = {}
    for row in unit.conn.execute(_select_caps(account, project, key, batch_key).order_by(budgets.c.starts_at)):
        newest[row.cap_name] = row
    return sorted(_ensure_current_period(unit.conn, row, now) for row in newest.values())


def reserve(conn: Connection, budget: str, micros: int) -> None:
    """Reserve ``micros`` micro-dollars in one budget; raise ``OverBudget`` when its cap would be passed.

    The caller then rolls back.
    """
    if micros == 0:  # free work goes on even where a bill has passed the cap
        return
    fits = budgets.c.reserved_micros + budgets.c.settled_micros + micros <= budgets.c.cap_micros
    reserved = update(budgets).where(budgets.c.id == budget, fits | budgets.c.removed_at.is_not(None))
    if conn.execute(reserved.values(reserved_micros=budgets.c.reserved_micros + micros)).rowcount:
        return
    raise build_over_budget(conn, conn.execute(select(budgets).where(budgets.c.id == budget)).one(), micros)


def build_over_budget(
    conn: Connection, row: Row[Any], more_micros: int | None, *, used_micros: int | None = None,
    bill: Reason | None = None,
) -> OverBudget:  # fmt: skip
    """Build the error about a cap, with the bill above its quote that helped to use it up, if there is one.

    ``more_micros``: what does not fit; None: what is reserved already, so nothing is sent again. ``used_micros``: what
    counts of the cap; None: all that is reserved and spent. ``frees_at`` of the error: when the cap's period ends.
    """
    if bill is None and (highest := find_highest_bill(conn, match_budget(row.id))) is not None:
        bill = describe_bill(highest, highest.billed_micros)
    used = row.reserved_micros + row.settled_micros if used_micros is None else used_micros
    prefix = next((name for name in _KEY_PHRASES if row.scope == "key" and row.subject.startswith(name)), "")
    whose = _KEY_PHRASES.get(prefix) or _OWNER_PHRASES.get(row.scope, f"of {row.subject}")
    per = f" per {row.period}" if row.period else ""
    ends = to_datetime(row.ends_at)
    code = "budget_is_exceeded" if more_micros is None else "above_budget"
    return OverBudget(
        code=code, more_micros=more_micros, budget=whose, cap_micros=row.cap_micros, per=per,
        left_micros=max(0, row.cap_micros - used), bill=bill, frees_at=ends.strftime(FREES_AT) if ends else None,
        actions=[Action("run_batch_again" if prefix == BATCH else "raise_budget"), Action("change_order")],
    )  # fmt: skip


def match_budget(budget: str) -> ColumnElement[bool]:
    """Return the condition of purchases that count under a budget."""
    link = allowance_budgets.c
    return exists().where(link.allowance == purchases.c.allowance, link.budget == budget)


def find_highest_bill(conn: Connection, *which: ColumnElement[bool]) -> Row[*tuple[Any, ...]] | None:
    """Find the purchase that was billed the largest multiple of its quote, of those billed above it; None: none was.

    Its row has ``quoted``, ``billed``, the job's options, and what names it.
    """
    named = (
        purchases.c.id,
        purchases.c.step,
        purchases.c.project,
        purchases.c.quoted_micros,
        purchases.c.billed_micros,
    )
    query = select(*named, jobs.c.options).join(jobs, jobs.c.id == purchases.c.job)
    query = query.where(
        DOUBTED, purchases.c.billed_micros > purchases.c.quoted_micros, purchases.c.quoted_micros > 0, *which
    )
    return conn.execute(
        query.order_by((purchases.c.billed_micros * 1000 / purchases.c.quoted_micros).desc()).limit(1)
    ).first()


def describe_bill(row: Row[*tuple[Any, ...]], billed_micros: int | None, project: str | None = None) -> Reason:
    """Build the reason that names a bill above its quote: by its row of a batch, by its step in ``project``, else by
    its purchase. ``row``: as ``find_highest_bill`` returns it. ``billed_micros`` None: it is no amount.
    """
    number = parse_object(row.options).get("row")
    code = "row_billed_above_quote" if isinstance(number, int) else "purchase_billed_above_quote"
    return build_reason(
        "billed_above_quote" if number is None and row.project == project else code, step=row.step, row=number,
        purchase=row.id, billed_micros=billed_micros, quoted_micros=row.quoted_micros,
    )  # fmt: skip


def ensure_batch_budget(unit: Unit, account: str, batch_key: str, cap: Micros, spent_micros: Micros) -> None:
    """Cap all rows of a batch together at ``cap``; ``spent_micros`` of it is spent already.

    A second call changes nothing. The caller has locked the batch.
    """
    name = _build_cap_name(account, "key", f"{BATCH}{batch_key}", None)
    subject, counts = f"{BATCH}{batch_key}", {"reserved_micros": 0, "settled_micros": spent_micros}
    columns = {"scope": "key", "subject": subject, "cap_micros": cap, **counts}
    made = insert(unit.conn, budgets).values(id=f"{name}@0", account=account, cap_name=name, starts_at=0, **columns)
    unit.conn.execute(made.on_conflict_do_nothing(index_elements=["id"]))


def find_batch_budget(conn: Connection, account: str, batch_key: str) -> str | None:
    """Find the id of the budget that all rows of a batch have together; None if it has none."""
    cap = _build_cap_name(account, "key", f"{BATCH}{batch_key}", None)
    return conn.execute(select(budgets.c.id).where(budgets.c.cap_name == cap)).scalar()


def find_running_batch(conn: Connection, account: str, projects: Sequence[str], cap: Micros) -> str | None:
    """Find the key of a batch with the budget ``cap`` that one of these projects has a queued or running job of."""
    which = (jobs.c.account == account, jobs.c.state.in_(("queued", "running")), jobs.c.cancel_requested.is_(False))
    own = budgets.c.subject == literal(BATCH).concat(jobs.c.batch_key)
    query = select(jobs.c.batch_key).join(budgets, own & (budgets.c.account == account))
    query = query.where(*which, budgets.c.cap_micros == cap, _is_of_batch(), InArray(jobs.c.project, "called"))
    return conn.execute(query.order_by(jobs.c.seq.desc()).limit(1), {"called": list(projects)}).scalar()


def refuse_new_order(
    conn: Connection, account: str, project: str, key: str | None, micros: int, promised_micros: int = 0
) -> None:  # fmt: skip
    """Raise ``OverBudget`` if an order of ``micros`` of the payer ``key`` cannot fit a cap, however long it waits.

    What the payer's other jobs may spend that are queued counts, too. A cap per day or month refuses only what is more
    than all of it: anything else waits for the end of the period. Orders without a payer are never refused here: a
    person who ordered them can raise the cap. ``promised_micros``: of jobs that the same transaction is to insert.
    Writes nothing; locks the payer until the transaction ends.
    """
    if key is None or not micros:
        return
    hold_lock(conn, f"payer/{account}/{key}")
    queued = select(func.coalesce(func.sum(jobs.c.consent_micros), 0)).where(
        jobs.c.account == account,
        jobs.c.payer == key,
        RUNNABLE,
        jobs.c.allowance.is_(None),
        jobs.c.cancel_requested.is_(False),
    )
    room = (
        budgets.c.cap_micros
        - budgets.c.reserved_micros
        - budgets.c.settled_micros
        - queued.scalar_subquery()
        - promised_micros
    )
    is_for_good = budgets.c.period.is_(None)
    full = or_(is_for_good & (room < micros), ~is_for_good & (budgets.c.cap_micros < micros))
    query = _select_caps(account, project, key).where(full).order_by(budgets.c.id).limit(1)
    if row := conn.execute(query).first():
        used = row.reserved_micros + row.settled_micros + promised_micros + int(conn.execute(queued).scalar_one())
        raise build_over_budget(conn, row, micros, used_micros=used if row.period is None else 0)


def give_back(conn: Connection, budget: str, micros: int, settled_micros: int = 0) -> None:
    """Free ``micros`` that a budget holds, and count ``settled_micros`` as spent, even above its cap."""
    columns = {
        "reserved_micros": budgets.c.reserved_micros - micros,
        "settled_micros": budgets.c.settled_micros + settled_micros,
    }
    conn.execute(update(budgets).where(budgets.c.id == budget).values(**columns))


def _check(scope: str, period: str | None) -> None:
    if scope not in BUDGET_SCOPES:
        raise BadInput("scope", scope, ", ".join(BUDGET_SCOPES))
    if period not in _PERIODS:
        raise BadInput("per", period, "day or month; without it the budget is for good")


def _build_cap_name(account: str, scope: str, subject: str, period: str | None) -> str:
    own = (account, scope, subject) if scope != "deployment" else (scope,)
    return "/".join((*own, period or "ever"))


def _is_in_force() -> Any:
    return budgets.c.removed_at.is_(None)


def _is_of_batch() -> ColumnElement[bool]:
    return (budgets.c.scope == "key") & budgets.c.subject.startswith(BATCH, autoescape=True)


def _select_caps(account: str, project: str, key: str | None, batch_key: str | None = None) -> Select[Any]:
    keys = [key or "", *([f"{BATCH}{batch_key}"] if batch_key else [])]
    own = (
        ((budgets.c.scope == "account") & (budgets.c.subject == account))
        | ((budgets.c.scope == "project") & (budgets.c.subject == project))
        | ((budgets.c.scope == "key") & budgets.c.subject.in_(keys))
    )
    mine = ((budgets.c.account == account) & own) | (budgets.c.scope == "deployment")
    return select(budgets).where(mine, _is_in_force())


def _ensure_current_period(conn: Connection, row: Row[Any], now: datetime) -> str:
    """Return the row's id; when its period is over, insert the current period and return that id."""
    ends = to_datetime(row.ends_at)
    if ends is None or now < ends:
        return str(row.id)
    starts_ms, ends_ms = compute_period(now, row.period)
    fresh = {**row._mapping, "starts_at": starts_ms, "ends_at": ends_ms, "reserved_micros": 0, "settled_micros": 0}
    fresh["id"] = f"{row.cap_name}@{starts_ms}"
    conn.execute(insert(conn, budgets).values(**fresh).on_conflict_do_nothing())
    return str(fresh["id"])


def _to_budget(row: Row[Any], now: datetime | None = None) -> Budget:
    """Return the budget as of ``now``: in a period without an allowance, nothing is reserved or spent."""
    ends = to_datetime(row.ends_at)
    over = bool(ends and now and now >= ends)
    starts_ms, ends_ms = compute_period(now, row.period) if over and now else (row.starts_at, row.ends_at)
    return Budget(
        scope=row.scope,
        subject=row.subject,
        cap_micros=Micros(row.cap_micros),
        reserved_micros=Micros(0 if over else row.reserved_micros),
        settled_micros=Micros(0 if over else row.settled_micros),
        period=row.period,
        starts=to_datetime(starts_ms) if row.period else None,
        ends=to_datetime(ends_ms),
    )


def compute_period(now: datetime, period: str | None) -> tuple[int, int | None]:
    """Return when the day or month (UTC) of ``now`` begins and ends, in epoch milliseconds; without one, (0, None)."""
    if period is None:
        return 0, None
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "month":
        start = start.replace(day=1)
    end = (start + timedelta(days=32)).replace(day=1) if period == "month" else start + timedelta(days=1)
    return to_ms(start) or 0, to_ms(end)


def _now(conn: Connection) -> datetime:
    at = to_datetime(conn.execute(select(NowMs())).scalar_one())
    assert at is not None
    return at.astimezone(UTC)
