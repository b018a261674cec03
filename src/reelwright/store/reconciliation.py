"""Reconciling, as a person asks for: record the sends that only the vault knows, and accept the journal's place."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, case, func, select, update

from reelwright.reason import Reason
from reelwright.reel.base.ids import mint
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.ledger import ListedWork
from reelwright.reel.records.operation import CAPS, Lease, Operation
from reelwright.store.database.database import Database
from reelwright.store.database.unit import Unit
from reelwright.store.jobs import jobs
from reelwright.store.limits.payers import KEY
from reelwright.store.limits.states import ENDED, advance, lock_purchase, move, record_history
from reelwright.store.projects import projects
from reelwright.store.purchases import listed_work
from reelwright.store.purchases.operations import find_other_purchases, lock_operations, record_operation
from reelwright.store.purchases.send_guard import (
    SendCheck,
    SendGuard,
    list_accounts_with_vaults,
    record_compared_sizes,
    record_vault,
)
from reelwright.store.reservations import allowances
from reelwright.store.schema.rows import RECONCILE, RECOVERED_FOR
from reelwright.store.schema.schema import jobs as job_rows
from reelwright.store.schema.schema import projects as project_rows
from reelwright.store.schema.schema import purchases
from reelwright.store.schema.sql import InArray, NowMs, encode_reason, insert
from reelwright.store.vault import identity
from reelwright.store.vault.markers import Mark, Owner, SendMarkers
from reelwright.units import Micros

_RECOVERED: Final = Reason("sent_by_another_copy")


async def accept(
    database: Database, guard: SendGuard, account: str, by: str, works: Sequence[ListedWork] = ()
) -> tuple[SendCheck, Mapping[str, str]]:  # fmt: skip
    """Record sends that only the vault knows, then that the journal may buy where it lies; buy nothing.

    Such sends become purchases in ``unknown``, which hold their price and are never sent again by themselves; where the
    vault names the operation that the provider answered, in ``submitted``, and the provider is asked about it.
    ``works``: what providers' lists show, recorded for purchases that turn out to be the same. Returns the check that
    came before, and the projects as ``recover`` does. One commit; the vault is claimed after it. After a crash in
    between, a person only has to accept once more.
    """
    check = await guard.check(account)

    def write(unit: Unit) -> tuple[tuple[Row[Any], str | None], Mapping[str, str]]:
        listed_work.record_listed_work(unit, account, works)
        lock_operations(unit)
        recovered = recover(unit, account, check.unknown_sends)
        _record_operations(unit, account, check.operations)
        if check.owner:
            record_compared_sizes(unit, account, check.owner.vault, check.log_sizes)
        return identity.record_accepted(unit, by), recovered

    (place, epoch_before), recovered = await database.write(write)
    owner = await asyncio.to_thread(guard.markers.claim, account, place.epoch)
    others = await database.read(lambda conn: list_accounts_with_vaults(conn, account)) if epoch_before else ()
    claimed = await asyncio.to_thread(_claim_others, guard.markers, others, epoch_before, place.epoch)

    def record(unit: Unit) -> None:
        record_vault(unit, account, owner.vault, place.seq)
        record_compared_sizes(unit, account, owner.vault, {} if check.owner else check.log_sizes)
        for other, its in claimed.items():
            record_vault(unit, other, its.vault, place.seq)

    await database.write(record)
    return check, recovered


def _claim_others(
    markers: SendMarkers, accounts: Sequence[str], before: str | None, epoch: str
) -> Mapping[str, Owner]:  # fmt: skip
    """Claim the vaults of accounts that may buy in this place already for its new epoch; return their owners."""
    owners = {account: markers.read_owner(account) for account in accounts}
    return {name: markers.claim(name, epoch) for name, owner in owners.items() if owner and owner.epoch == before}


def recover(unit: Unit, account: str, marks: Sequence[Mark]) -> Mapping[str, str]:
    """Record sends that the journal lacks as purchases in ``unknown``, in their projects or in new ones.

    Returns the project that holds each now, by the project that it was sent for.
    """
    by_payer: dict[tuple[str, str, str | None], list[Mark]] = {}
    for mark in marks:
        if not _update_known(unit, account, mark):
            paid_by = (str(mark["project"]), mark.get("payer") or "", mark.get("batch_key"))
            by_payer.setdefault(paid_by, []).append(mark)
    _count_in_caps(unit, account, [mark for lost in by_payer.values() for mark in lost])
    sent_for = dict.fromkeys(project for project, _, _ in by_payer)
    projects_of = {project: _find_or_open_project(unit, account, project) for project in sent_for}
    for (project, payer, batch_key), lost in by_payer.items():
        _recover_into(unit, account, projects_of[project], payer, batch_key, lost)
    return projects_of


def _count_in_caps(unit: Unit, account: str, lost: Sequence[Mark]) -> None:
    """Count lost sends in the budgets that were given for their jobs, where the journal still has those jobs.

    It has them as they were before the sends: what is left of such a budget was spent meanwhile.
    """
    spent = Counter[str]()
    for mark in lost:
        spent[str(mark["job"])] += int(mark["quoted_micros"])
    left = job_rows.c.consent_micros - bindparam("spent")
    which = (job_rows.c.account == account, job_rows.c.id == bindparam("called"), job_rows.c.consent_by.in_(CAPS))
    lower = update(job_rows).where(*which).values(consent_micros=case((left > 0, left), else_=0))
    for job, micros in spent.items():
        unit.conn.execute(lower, {"called": job, "spent": micros})


def _record_operations(unit: Unit, account: str, by_purchase: Mapping[str, Operation]) -> None:
    """Record the operations that the vault names for purchases of the account, unless another purchase has them."""
    known = select(purchases).where(purchases.c.account == account, InArray(purchases.c.id, "ids"))
    for row in unit.conn.execute(known, {"ids": list(by_purchase)}).all():
        if not find_other_purchases(unit.conn, row, by_purchase[row.id]):
            record_operation(unit, row.id, by_purchase[row.id])


def _update_known(unit: Unit, account: str, mark: Mark) -> bool:
    """Update the purchase of a mark if the journal has it with fewer sends; False where it does not have it.

    A purchase in intent or posting moves to ``unknown``.
    """
    query = select(purchases.c.id).where(purchases.c.account == account, purchases.c.id == mark["id"])
    if unit.conn.execute(query).first() is None:
        return False
    row = lock_purchase(unit.conn, str(mark["id"]))
    if row.state == "intent":
        advance(unit, row.id, "intent", "posting", _RECOVERED)
        row = lock_purchase(unit.conn, row.id)
    if row.state == "posting":
        move(unit, row, ("posting",), "unknown", _RECOVERED)
    elif row.state in ENDED and row.succeeded_at is None:
        record_history(unit, row, row.state, row.state, Reason("may_have_been_paid"))
    columns = {name: mark[name] for name in ("send_count", "prepared_request")}
    unit.conn.execute(update(purchases).where(purchases.c.id == row.id).values(**columns))
    return True


def _find_or_open_project(unit: Unit, account: str, project: str) -> str:
    """Return the project if the journal has it, else one that is opened for its purchases."""
    query = select(project_rows.c.id).where(project_rows.c.account == account, project_rows.c.id == project)
    if unit.conn.execute(query).first() is not None:
        return project
    lookup_key = f"{RECOVERED_FOR}{project}"
    if there := projects.find_project(unit.conn, account, lookup_key):
        return there
    brief = Brief(text=f"Purchases of the project {project}, which this journal does not have")
    return projects.open_project(unit, account, f"Recovered {project[-6:]}", brief, lookup_key=lookup_key)


def _recover_into(
    unit: Unit, account: str, project: str, payer: str, batch_key: str | None, lost: Sequence[Mark]
) -> None:  # fmt: skip
    """Insert lost sends under a new failed job of their payer, whose allowance holds what they may have cost.

    It does so above caps, too.
    """
    mine = (job_rows.c.account == account, job_rows.c.project == project)
    goal = unit.conn.execute(select(job_rows.c.goal).where(*mine).order_by(job_rows.c.seq.desc()).limit(1)).scalar()
    job = mint("job")
    projects.lock(unit.conn, account, project)
    options = {KEY: payer} if payer else {}
    # a later edit goes as far as before
    jobs.insert_jobs(unit, [jobs.NewJob(job, account, project, goal or "takes", None, options, batch_key)])
    lease = Lease(project=project, account=account, director="", token=0)
    ceiling = Micros(sum(int(mark["quoted_micros"]) for mark in lost))
    allowance = allowances.ensure_allowance(unit, lease, job, ceiling, RECONCILE, None, is_sent=True)
    for mark in lost:
        allowances.reserve(unit.conn, lease, job, allowance, int(mark["quoted_micros"]))
        row = _insert_purchase(
            unit.conn, {**mark, "project": project, "job": job, "allowance": allowance}, str(mark["project"])
        )
        record_history(unit, row, None, "unknown", _RECOVERED)
    ended = {"state": "failed", "reason": encode_reason(_RECOVERED), "finished_at": NowMs()}
    unit.conn.execute(update(job_rows).where(job_rows.c.account == account, job_rows.c.id == job).values(**ended))
    allowances.close_allowances(unit, [(account, job)])


def _insert_purchase(conn: Connection, mark: Mapping[str, Any], project_before: str) -> Any:
    """Insert a mark's purchase in ``unknown``, as the next try where the journal has that try of the order already."""
    known = {column.name: mark[column.name] for column in purchases.c if column.name in mark}
    if known["scope"] == f"project:{project_before}" or known["scope"] == project_before:
        known["scope"] = known["scope"].replace(project_before, known["project"])
    nothing = {"operation": None, "operation_id": None}
    columns = {**known, **nothing, "state": "unknown", "reason": encode_reason(_RECOVERED), "ended_at": None}
    made = insert(conn, purchases).values(**columns).on_conflict_do_nothing().returning(*purchases.c)
    if (row := conn.execute(made).first()) is not None:
        return row
    order = ("scope", "order_fingerprint", "order_number")
    same = [purchases.c[name] == columns[name] for name in order]
    newest = conn.execute(select(func.max(purchases.c.attempt)).where(*same)).scalar() or 0
    return conn.execute(
        insert(conn, purchases).values(**{**columns, "attempt": newest + 1}).returning(*purchases.c)
    ).one()
