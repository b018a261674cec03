"""Counts of work: of a whole deployment, for its metrics; and of an account, against its caps.

Of each account, the metrics have nothing but how many jobs it ordered: they are read without a key. The caps of
accounts come with the connection of a write, where a server set them (``Database.limit_accounts``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from reelwright.errors import TooManyRequests
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.store.database.unit import Unit
from reelwright.store.policy import FULL_QUEUE_RETRY_S, MAX_ACCOUNTS_IN_METRICS, MAX_JOBS_NAMED, MEASURED_AT_ONCE
from reelwright.store.schema.schema import KEPT, RUNNABLE, assets, jobs, projects, purchases
from reelwright.store.schema.sql import NowMs, hold_lock

CAPS: Final = "account_caps"
"""Name of the option of a connection that holds the ``AccountCaps`` of a deployment."""
_HOUR_MS: Final = 3_600_000  # the hour of "projects an hour"


@dataclass(frozen=True, slots=True)
class PurchaseCount:
    """Purchases of a model of a provider. ``settled_micros``: what those cost that have ended."""

    provider: str
    model: str
    state: str
    count: int
    settled_micros: int


@dataclass(frozen=True, slots=True)
class WorkCounts:
    """The work of a deployment. ``jobs_by_state``: those that have not ended. ``oldest_queued_s``: age in seconds.

    ``jobs_by_account``: all that were ever ordered, of the accounts with most.
    """

    jobs_by_state: dict[str, int]
    oldest_queued_s: float
    oldest_unknown_s: float
    purchases: Sequence[PurchaseCount]
    jobs_by_account: Mapping[str, int]


def count_work(conn: Connection) -> WorkCounts:
    """Count the jobs that have not ended and all purchases, of all accounts."""
    live = select(jobs.c.state, func.count()).where(jobs.c.finished_at.is_(None)).group_by(jobs.c.state)
    queued = select(NowMs() - func.min(jobs.c.created_at)).where(RUNNABLE, jobs.c.state == "queued")
    unknown = select(NowMs() - func.min(purchases.c.posted_at)).where(purchases.c.state == "unknown")
    columns = (purchases.c.provider, purchases.c.model, purchases.c.state)
    bought = select(*columns, func.count(), func.coalesce(func.sum(purchases.c.settled_micros), 0)).group_by(*columns)
    ordered = select(jobs.c.account, func.count()).group_by(jobs.c.account).order_by(func.count().desc())
    return WorkCounts(
        jobs_by_state={row[0]: row[1] for row in conn.execute(live)},
        oldest_queued_s=(conn.execute(queued).scalar() or 0) / 1000,
        oldest_unknown_s=(conn.execute(unknown).scalar() or 0) / 1000,
        purchases=[PurchaseCount(*row) for row in conn.execute(bought)],
        jobs_by_account={row[0]: row[1] for row in conn.execute(ordered.limit(MAX_ACCOUNTS_IN_METRICS))},
    )


class AccountCaps(NamedTuple):
    """The most that one account may have on a server: jobs that wait or run, projects opened within an hour, files in
    the vault, and their bytes.
    """

    jobs: int
    projects_per_hour: int
    files: int
    size_bytes: int


class AccountSpace(NamedTuple):
    """The files of an account in the vault. ``unmeasured_files``: some of those whose size is not recorded.

    ``oldest_jobs``: those that ended first and have files, by id.
    """

    files: int
    size_bytes: int
    unmeasured_files: Sequence[Digest]
    oldest_jobs: Sequence[str]


class CapCounter:
    """Counts the jobs and projects that one transaction adds to accounts, against their caps.

    Transactions that count for the same account wait for each other. ``accounts``: every account that may be counted.
    The transaction inserts nothing between two calls of ``take``, so that what an account has is read once.
    """

    def __init__(self, unit: Unit, accounts: Sequence[str]) -> None:
        self._conn = unit.conn
        self._caps: AccountCaps | None = unit.conn.get_execution_options().get(CAPS)
        self._taken: Counter[str] = Counter()
        self._had: dict[str, Any] = {}
        for account in sorted(set(accounts)) if self._caps else ():
            hold_lock(unit.conn, f"caps/{account}")

    def take(self, account: str, *, job: bool = True, project: bool = True) -> TooManyRequests | None:
        """Count one more job, one more project or both; return why there is no room for it, and count nothing then."""
        if self._caps is None:
            return None
        if account not in self._had:
            self._had[account] = self._conn.execute(_COUNTS, {"of": account}).one()
        had = self._had[account]
        taken, refusal = self._taken[account], None
        if job and had.jobs + taken >= self._caps.jobs:
            refusal = _build_queue_refusal(self._conn, account, self._caps, had.jobs + taken)
        if project and refusal is None and had.projects + taken >= self._caps.projects_per_hour:
            refusal = _build_project_refusal(self._conn, account, self._caps, had.projects, taken)
        self._taken[account] += refusal is None
        return refusal


def refuse_above_caps(unit: Unit, account: str, *, job: bool = False, project: bool = False) -> None:
    """Raise ``TooManyRequests`` if an account may not queue a job, or open a project, now."""
    if refusal := CapCounter(unit, [account]).take(account, job=job, project=project):
        raise refusal


_MINE: Final = (jobs.c.account == bindparam("of"), RUNNABLE)
_RECENT: Final = (projects.c.account == bindparam("of"), projects.c.created_at > NowMs() - _HOUR_MS)
_COUNTS: Final = select(
    select(func.count()).select_from(jobs).where(*_MINE).scalar_subquery().label("jobs"),
    select(func.count()).select_from(projects).where(*_RECENT).scalar_subquery().label("projects"),
)
"""Built once: every create runs it, and building it took longer than running it."""


def _build_queue_refusal(conn: Connection, account: str, caps: AccountCaps, count: int) -> TooManyRequests:
    queued = select(jobs.c.id).where(*_MINE, jobs.c.state == "queued").order_by(jobs.c.seq.desc()).limit(MAX_JOBS_NAMED)
    named = list(conn.execute(queued, {"of": account}).scalars())
    cancel = [Action("cancel_job", {"job": job}) for job in named] or [Action("wait")]
    return TooManyRequests(
        code="account_queue_is_full",
        jobs=count,
        most=caps.jobs,
        newest=named,
        left_s=FULL_QUEUE_RETRY_S,
        actions=cancel,
    )


def _build_project_refusal(
    conn: Connection, account: str, caps: AccountCaps, count: int, opened: int
) -> TooManyRequests:  # fmt: skip
    room = select(projects.c.created_at + _HOUR_MS - NowMs()).where(*_RECENT).order_by(projects.c.created_at)
    last = room.offset(max(0, count - caps.projects_per_hour)).limit(1)
    left_ms = conn.execute(last, {"of": account}).scalar() or _HOUR_MS
    return TooManyRequests(
        code="too_many_projects", projects=count + opened, most=caps.projects_per_hour,
        left_s=max(1, -(-left_ms // 1000)), actions=[Action("wait")],
    )  # fmt: skip


def measure_space(conn: Connection, account: str) -> AccountSpace:
    """Count the files of an account in the vault and their bytes, as far as their sizes are recorded."""
    mine = (assets.c.account == account, assets.c.gone_at.is_(None))
    count, size = conn.execute(select(func.count(), func.coalesce(func.sum(assets.c.size), 0)).where(*mine)).one()
    unmeasured = conn.execute(
        select(assets.c.digest).where(*mine, assets.c.size.is_(None)).limit(MEASURED_AT_ONCE)
    ).scalars()
    kept = (jobs.c.account == account, KEPT, jobs.c.collected_at.is_(None), jobs.c.removed_at.is_(None))
    oldest = select(jobs.c.id).where(*kept, jobs.c.goal.in_(("takes", "film"))).order_by(jobs.c.finished_at)
    return AccountSpace(
        count,
        int(size),
        [Digest(digest) for digest in unmeasured],
        list(conn.execute(oldest.limit(MAX_JOBS_NAMED)).scalars()),
    )


def record_sizes(unit: Unit, account: str, sizes: Mapping[Digest, int]) -> None:
    """Record the sizes in bytes of files whose size was not recorded."""
    for digest, size in sorted(sizes.items()):
        which = (assets.c.account == account, assets.c.digest == digest, assets.c.size.is_(None))
        unit.conn.execute(update(assets).where(*which).values(size=size))
