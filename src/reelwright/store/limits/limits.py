"""Limits: how many purchases may be at a provider at once or start within a time, and how many jobs may run.

Limits of providers and models hold for the whole deployment; a row replaces the default of the same name. The limit of
a batch comes with its first job, and goes when none of its jobs is queued, runs or waits for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, delete, exists, func, literal, select, update

from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action
from reelwright.reel.records.ledger import LIMIT_SCOPES, Limit, LimitScope
from reelwright.reel.records.operation import LIVE_JOBS
from reelwright.store.database.living_directors import is_job_driven
from reelwright.store.database.unit import Unit
from reelwright.store.limits.budgets import ensure_batch_budget
from reelwright.store.policy import LIMITS_PER_QUERY, MAX_LIMIT
from reelwright.store.schema.schema import (
    AT_PROVIDER,
    STARTED,
    WAITING,
    accounts,
    jobs,
    limits,
    purchase_history,
    purchases,
)
from reelwright.store.schema.sql import NowMs, hold_lock, insert
from reelwright.store.vault.assets import ensure_account

DEPLOYMENT_JOBS: Final = "jobs/"
"""The name of the limit of jobs of the whole deployment."""

FindDefaultLimit = Callable[[str], Limit | None]
"""Returns the default limit of a name (``model/…``), which holds where no row has that name; None: unlimited."""


def find_no_default(name: str) -> Limit | None:
    """Return None: names without a row are unlimited."""
    return None


def get_limit_name(limit: Limit) -> str:
    """Return the unique name of a limit, ``scope/subject``. ``jobs`` without a subject is the deployment's."""
    return f"{limit.scope}/{limit.subject}"


def set_limit(unit: Unit, account: str, limit: Limit) -> None:
    """Create or change a limit; 0 lets nothing through. Raises ``BadInput``, ``NotFound`` for a batch that is over."""
    _check(limit)
    if limit.scope == "batch":
        _change_batch_limit(unit, account, limit)
        return
    owner = _find_owner(account, limit)
    if owner:
        ensure_account(unit.conn, owner)
    columns = {"open_at_once": limit.open_at_once, "starts": limit.starts, "per_s": limit.per_s}
    made = insert(unit.conn, limits).values(
        id=get_limit_name(limit), account=owner, scope=limit.scope, subject=limit.subject, **columns
    )
    unit.conn.execute(made.on_conflict_do_update(index_elements=["id"], set_=columns))


def _change_batch_limit(unit: Unit, account: str, limit: Limit) -> None:
    """Change the limit of a batch that has one: a new one would stay for good, because no row would end with it."""
    hold_batch_locks(unit, [limit.subject])
    which = (limits.c.id == get_limit_name(limit), limits.c.account == account)
    if not unit.conn.execute(update(limits).where(*which).values(open_at_once=limit.open_at_once)).rowcount:
        raise NotFound(code="limit_not_found", scope="batch", subject=limit.subject, actions=[Action("list_limits")])


def ensure_batch_limit(unit: Unit, account: str, limit: Limit) -> None:
    """Create the limit and the budget of a batch unless it has them: a person may have changed the limit since."""
    _check(limit)
    hold_batch_locks(unit, [limit.subject])
    made = insert(unit.conn, limits).values(
        id=get_limit_name(limit), account=account, scope="batch", subject=limit.subject, open_at_once=limit.open_at_once
    )
    unit.conn.execute(made.on_conflict_do_nothing(index_elements=["id"]))
    if limit.cap_micros is not None:
        ensure_batch_budget(unit, account, limit.subject, limit.cap_micros, limit.spent_micros)


def remove_ended_batch_limits(unit: Unit, batch_keys: Iterable[str | None]) -> None:
    """Remove the limits of these batches, except of those that have a job which is queued, runs or waits."""
    keys = {key for key in batch_keys if key}
    hold_batch_locks(unit, keys)  # a row that is being added keeps it
    if keys:
        in_use = exists().where(jobs.c.batch_key == limits.c.subject, jobs.c.state.in_(sorted(LIVE_JOBS)))
        unit.conn.execute(delete(limits).where(limits.c.scope == "batch", limits.c.subject.in_(keys), ~in_use))


def hold_batch_locks(unit: Unit, batch_keys: Iterable[str | None]) -> None:
    """Lock the limits of batches until the commit, always in the same order."""
    for key in sorted({key for key in batch_keys if key}):
        hold_lock(unit.conn, f"limit/batch/{key}")


def _find_owner(account: str, limit: Limit) -> str | None:
    """Return the account that a limit belongs to; None: it is one of the whole deployment."""
    is_own = limit.scope in ("account", "project", "batch") or (limit.scope == "jobs" and limit.subject)
    return account if is_own else None


def remove_limit(unit: Unit, account: str, scope: LimitScope, subject: str) -> None:
    """Remove a limit; the default holds again, where there is one. Raises ``NotFound``."""
    mine = limits.c.account.is_(None) | (limits.c.account == account)
    gone = delete(limits).where(limits.c.scope == scope, limits.c.subject == subject, mine)
    if not unit.conn.execute(gone).rowcount:
        raise NotFound(code="limit_not_found", scope=scope, subject=subject, actions=[Action("list_limits")])


def list_limits(conn: Connection, account: str) -> Sequence[Limit]:
    """List all limits that were set for the account or for the deployment."""
    mine = limits.c.account.is_(None) | (limits.c.account == account)
    found = [_to_limit(row) for row in conn.execute(select(limits).where(mine))]
    return sorted(found, key=lambda limit: (LIMIT_SCOPES.index(limit.scope), limit.subject))


def find_limits(conn: Connection, names: Collection[str], find_default_limit: FindDefaultLimit) -> dict[str, Limit]:
    """Find the limits with these names, as set, else by default; names without a limit are left out."""
    which = limits.c.id.in_(names) if len(names) <= LIMITS_PER_QUERY else limits.c.scope != "jobs"
    rows = {row.id: _to_limit(row) for row in conn.execute(select(limits).where(which))}
    found = {name: rows.get(name) or find_default_limit(name) for name in names}
    return {name: limit for name, limit in found.items() if limit}


def read_job_limits(conn: Connection) -> dict[str, int]:
    """Read the limits of jobs that run at once, by name: of the deployment, of accounts, and of batches.

    An account whose queue is paused may start none.
    """
    found: dict[str, int] = {}
    for name, most in conn.execute(_JOB_LIMITS):
        found[name] = min(most, found.get(name, most))
    return found


_JOB_LIMITS: Final = (
    select(limits.c.id, limits.c.open_at_once)
    .where(limits.c.scope.in_(("jobs", "batch")), limits.c.open_at_once.is_not(None))
    .union_all(select(DEPLOYMENT_JOBS + accounts.c.id, literal(0)).where(accounts.c.queue_paused_at.is_not(None)))
)
"""Built once: each claim begins with it."""


def list_limit_names(purchase: Row[Any]) -> tuple[str, ...]:
    """List the names of the limits that a purchase counts under, sorted.

    Our own work counts for no account, project or batch. ``purchase``: also with ``batch_key`` and ``goal`` of its job.
    A purchase that waits to be sent again has kept its place in its batch: a busy provider is not sent the next one.
    """
    if purchase.resubmit == "free":
        mine: tuple[str, ...] = ()
    else:
        mine = (f"account/{purchase.account}", f"project/{purchase.project}")
        if purchase.batch_key is not None and purchase.goal == "takes" and not purchase.send_count:
            mine = (*mine, f"batch/{purchase.batch_key}")
    return tuple(sorted((f"provider/{purchase.provider}", f"model/{purchase.model}", *mine)))


def has_room(conn: Connection, purchase: Row[Any], find_default_limit: FindDefaultLimit, lease_s: int) -> bool:
    """Lock every limit that the purchase counts under until the commit; return whether all have room."""
    found = find_limits(conn, list_limit_names(purchase), find_default_limit)
    for name in found:
        hold_lock(conn, f"limit/{name}")
    return all(count_room(conn, limit, lease_s) > 0 for limit in found.values())


def count_room(conn: Connection, limit: Limit, lease_s: int) -> int:
    """Count how many more purchases may start now under a limit; 0 or less: none.

    ``lease_s``: a director that is silent for longer is dead.
    """
    left = MAX_LIMIT
    if limit.open_at_once is not None:
        left = limit.open_at_once - sum(conn.execute(used).scalar_one() for used in _count_used(limit, lease_s))
    if limit.starts is not None and limit.per_s is not None:
        # A start further in the future than the period was recorded before the clock was set back.
        since = purchase_history.c.at.between(NowMs() - limit.per_s * 1000, NowMs() + limit.per_s * 1000)
        begun = (
            select(func.count())
            .select_from(purchase_history.join(purchases))
            .where(STARTED, since, _match_counted(limit))
        )
        left = min(left, limit.starts - conn.execute(begun).scalar_one())
    return left


def _count_used(limit: Limit, lease_s: int) -> list[Select[int]]:
    """Build the queries whose sum is the number of purchases that count under a limit now."""
    at_provider = and_(AT_PROVIDER, purchases.c.answered_at.is_(None))
    if limit.scope != "batch":
        return [select(func.count()).select_from(purchases).where(at_provider, _match_counted(limit))]
    # Two queries: each searches the index of the few purchases in its state, and not those of all rows of the batch.
    paid = select(purchases.c.job).where(purchases.c.resubmit != "free")
    found = [paid.where(condition).subquery() for condition in (at_provider, and_(WAITING, purchases.c.send_count > 0))]
    # What waits for a person, or was left behind by a process, holds up no other row.
    of_batch = (jobs.c.batch_key == limit.subject, jobs.c.goal == "takes", is_job_driven(lease_s))
    return [select(func.count()).select_from(one.join(jobs, jobs.c.id == one.c.job)).where(*of_batch) for one in found]


def _match_counted(limit: Limit) -> Any:
    """Build the SQL condition of purchases that count under a limit."""
    column = purchases.c[limit.scope]
    own = limit.scope in ("account", "project")
    return (column == limit.subject) & (purchases.c.resubmit != "free") if own else column == limit.subject


def _check(limit: Limit) -> None:
    if limit.scope not in LIMIT_SCOPES:
        raise BadInput("scope", limit.scope, ", ".join(LIMIT_SCOPES))
    if not limit.subject and limit.scope != "jobs":
        raise BadInput("subject", limit.subject, f"the {limit.scope}'s name")
    if limit.scope in ("jobs", "batch") and limit.starts is not None:
        what = "jobs" if limit.scope == "jobs" else "rows"
        raise BadInput("starts", limit.starts, f"nothing: {what} are limited by how many run at once")
    if limit.open_at_once is None and limit.starts is None:
        raise BadInput("open", None, "how many at once, or how many starts in a time")
    if (limit.starts is None) != (limit.per_s is None):
        raise BadInput("per", limit.per_s, "the seconds in which so many may start")
    for field, value, least in (("open", limit.open_at_once, 0), ("starts", limit.starts, 0), ("per", limit.per_s, 1)):
        if value is not None and not least <= value <= MAX_LIMIT:
            raise BadInput(field, value, f"a whole number from {least} to {MAX_LIMIT}")


def _to_limit(row: Row[Any]) -> Limit:
    return Limit(
        scope=row.scope, subject=row.subject, open_at_once=row.open_at_once, starts=row.starts, per_s=row.per_s
    )
