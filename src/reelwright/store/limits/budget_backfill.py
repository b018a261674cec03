"""Allowances that are older than a new budget: what they hold and have spent counts under it, too."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from reelwright.store.limits.states import ENDED
from reelwright.store.schema.rows import parse_object
from reelwright.store.schema.schema import adjustments, allowance_budgets, allowances, budgets, jobs, purchases


def count_earlier_allowances(conn: Connection, budget: Row[Any]) -> None:
    """Add to a new budget what earlier allowances in its scope hold, and what they spent in its period.

    Allowances that count already are left out. The caller holds the lock on budgets and on this one's row.
    """
    spent = _sum_spent(conn, budget)
    reserved = settled = 0
    for row in conn.execute(_select_uncounted(budget).order_by(allowances.c.id).with_for_update()).all():
        held = (
            row.reserved_micros if row.closed_at else max(row.reserved_micros, row.ceiling_micros - row.settled_micros)
        )
        if (not held and not spent.get(row.id)) or not _is_under_key(conn, budget, row):
            continue
        conn.execute(allowance_budgets.insert().values(allowance=row.id, budget=budget.id, reserved_micros=held))
        reserved, settled = reserved + held, settled + spent.get(row.id, 0)
    counted = {
        "reserved_micros": budgets.c.reserved_micros + reserved,
        "settled_micros": budgets.c.settled_micros + settled,
    }
    if reserved or settled:
        conn.execute(update(budgets).where(budgets.c.id == budget.id).values(**counted))


def _select_uncounted(budget: Row[Any]) -> Any:
    """Select the allowances in the budget's scope that no period of this cap counts."""
    same_cap = select(budgets.c.id).where(budgets.c.cap_name == budget.cap_name)
    counted = select(allowance_budgets.c.allowance).where(allowance_budgets.c.budget.in_(same_cap))
    query = select(allowances).where(allowances.c.id.not_in(counted))
    if budget.account is not None:
        query = query.where(allowances.c.account == budget.account)
    if budget.scope == "project":
        query = query.where(allowances.c.project == budget.subject)
    return query


def _is_under_key(conn: Connection, budget: Row[Any], allowance: Row[Any]) -> bool:
    """Whether the budget is for an API key with which the allowance's job was requested, or for no API key.

    What counts under another key's budget was agreed to by that key, whoever took the job up since.
    """
    if budget.scope != "key":
        return True
    counting = select(budgets.c.subject).join(allowance_budgets, allowance_budgets.c.budget == budgets.c.id)
    keys = counting.where(allowance_budgets.c.allowance == allowance.id, budgets.c.scope == "key")
    if any(subject != budget.subject for subject in conn.execute(keys).scalars()):
        return False
    options = conn.execute(select(jobs.c.options).where(jobs.c.id == allowance.job)).scalar_one()
    return bool(parse_object(options).get("key") == budget.subject)


def _sum_spent(conn: Connection, budget: Row[Any]) -> dict[str, int]:
    """Sum what each allowance has settled since the budget's period began, with corrections."""
    since: tuple[Any, ...] = (purchases.c.state.in_(ENDED), purchases.c.ended_at >= budget.starts_at)
    if budget.account is not None:
        since = (*since, purchases.c.account == budget.account)
    settled = select(purchases.c.allowance, func.sum(func.coalesce(purchases.c.settled_micros, 0))).where(*since)
    found = {name: int(micros) for name, micros in conn.execute(settled.group_by(purchases.c.allowance))}
    corrected = select(purchases.c.allowance, func.sum(adjustments.c.micros)).where(*since)
    corrected = corrected.join(adjustments, adjustments.c.purchase == purchases.c.id)
    for name, micros in conn.execute(corrected.group_by(purchases.c.allowance)):
        found[name] += int(micros)
    return found
