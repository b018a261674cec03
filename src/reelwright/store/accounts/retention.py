"""Retention: the policies, and the two steps in which files go: they end, and after a grace period they are deleted.

Every deletion decides in its own transaction that nothing needs the file: no other project uses it or waits for its
order, no director drives its project, no job waits there, and no purchase is open. The bytes are removed only after
that is committed; a row of ``asset_ends`` says so until they are, also if the process dies in between.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Final, NamedTuple

from sqlalchemy import Connection, and_, delete, exists, select, update

from reelwright.errors import NotFound
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.reel.records.operation import LIVE_JOBS, OPEN_STATES, Holder
from reelwright.reel.records.retention import RetentionPolicies, RetentionPolicy, RetentionScope
from reelwright.store.accounts.brands import list_brand_assets
from reelwright.store.database.living_directors import is_silent
from reelwright.store.database.processes import is_gone
from reelwright.store.database.unit import Unit
from reelwright.store.policy import DIRECTOR_SILENT_S, SWEEP_ROWS
from reelwright.store.projects.asset_uses import list_used_elsewhere, list_users
from reelwright.store.reservations import shares
from reelwright.store.schema.file_tables import asset_ends, asset_uses, retention_policies, task_claims
from reelwright.store.schema.schema import (
    DOWNLOADED,
    EXPIRED,
    KEPT,
    accounts,
    assets,
    directors,
    jobs,
    leases,
    projects,
    purchases,
    takes,
)
from reelwright.store.schema.sql import InArray, NowMs, as_json, hold_lock, insert
from reelwright.store.vault.assets import ensure_account, mark_deleted

_P: Final = retention_policies.c


class ExpiredJob(NamedTuple):
    """A job whose files have ended, since ``age_s`` seconds, and are not deleted yet."""

    job: str
    project: str
    age_s: float


def read_policies(conn: Connection) -> RetentionPolicies:
    """Read the retention policies of the deployment, of accounts and of projects."""
    found: dict[str, dict[tuple[str, str], RetentionPolicy]] = {"deployment": {}, "account": {}, "project": {}}
    for row in conn.execute(select(retention_policies)):
        known = {name: value for name, value in json.loads(row.policy).items() if name in _FIELDS}
        found[row.scope][row.account or "", row.subject] = RetentionPolicy(**known)
    return RetentionPolicies(
        deployment=found["deployment"].get(("", ""), RetentionPolicy()),
        accounts={account: policy for (account, _), policy in found["account"].items()},
        projects=found["project"],
    )


_FIELDS: Final = frozenset(asdict(RetentionPolicy()))


def set_policy(
    unit: Unit, scope: RetentionScope, account: str | None, project: str | None, policy: RetentionPolicy
) -> None:
    """Set how long files of the deployment, an account or a project are kept; remove it if no field is set.

    Where it changes, the grace period of what had ended begins again: nobody loses files by a policy set by mistake.
    Raises ``NotFound`` for a project that the account lacks.
    """
    subject = {"deployment": "", "account": account, "project": project}[scope]
    if scope == "project":
        which = (projects.c.account == account, projects.c.id == project)
        if unit.conn.execute(select(projects.c.id).where(*which)).first() is None:
            raise NotFound(code="project_not_found", project=project, actions=[Action("list_projects")])
    elif account:
        ensure_account(unit.conn, account)
    given = {name: value for name, value in asdict(policy).items() if value is not None}
    before = select(_P.policy).where(_P.scope == scope, _P.subject == subject)
    if json.loads(unit.conn.execute(before).scalar() or "{}") == given:
        return
    _clear_marks(unit, account, project)
    if not given:
        unit.conn.execute(delete(retention_policies).where(_P.scope == scope, _P.subject == subject))
        return
    columns = {"account": account, "policy": as_json(given), "set_at": NowMs()}
    made = insert(unit.conn, retention_policies).values(scope=scope, subject=subject, **columns)
    unit.conn.execute(made.on_conflict_do_update(index_elements=["scope", "subject"], set_=columns))


def _clear_marks(unit: Unit, account: str | None, project: str | None) -> None:
    own = () if account is None else (jobs.c.account == account,)
    of_project = () if project is None else (jobs.c.project == project,)
    stays = jobs.c.removed_at.is_(None)  # a person deleted the others: no policy keeps their files
    unit.conn.execute(update(jobs).where(EXPIRED, stays, *own, *of_project).values(expired_at=None))
    ours = () if account is None else (asset_ends.c.account == account,)
    unit.conn.execute(delete(asset_ends).where(asset_ends.c.erased_at.is_(None), *ours))


def claim_task(unit: Unit, task: str, holder: Holder, lasts_s: int) -> bool:
    """Claim a recurring task of the deployment for ``lasts_s`` seconds, or for longer; False: another process has it.

    A process of this machine that ended loses its claim at once.
    """
    hold_lock(unit.conn, f"task/{task}")
    name = _encode_holder(holder)
    lives = task_claims.c.ends_at > NowMs()
    row = unit.conn.execute(
        select(task_claims.c.holder, lives.label("lives")).where(task_claims.c.task == task)
    ).first()
    if row is not None and row.lives and row.holder != name:
        _, host, boot, pid, born = json.loads(row.holder)
        if (host, boot) != (holder.host, holder.boot) or not is_gone(pid, born):
            return False
    columns = {"holder": name, "ends_at": NowMs() + lasts_s * 1000}
    made = insert(unit.conn, task_claims).values(task=task, **columns)
    unit.conn.execute(made.on_conflict_do_update(index_elements=["task"], set_=columns))
    return True


def release_task(unit: Unit, task: str, holder: Holder) -> None:
    """Release a task, so that any process may claim it; nothing happens if another one has it by now."""
    own = (task_claims.c.task == task, task_claims.c.holder == _encode_holder(holder))
    unit.conn.execute(delete(task_claims).where(*own))


def _encode_holder(holder: Holder) -> str:
    return as_json([holder.director, holder.host, holder.boot, holder.pid, holder.born])


def list_accounts(conn: Connection) -> Sequence[str]:
    """List the accounts of the deployment."""
    return conn.execute(select(accounts.c.id).order_by(accounts.c.id)).scalars().all()


def record_download(unit: Unit, account: str, job: str) -> None:
    """Record that the files of a job were downloaded whole, the first time that they are."""
    which = (jobs.c.account == account, jobs.c.id == job, jobs.c.downloaded_at.is_(None))
    unit.conn.execute(update(jobs).where(*which).values(downloaded_at=NowMs()))


def list_due_jobs(
    conn: Connection, account: str, policy: RetentionPolicy, project: str | None, but_not: Collection[str]
) -> Sequence[str]:
    """List finished jobs whose files end by ``policy`` now, in ``project`` (None: in all but ``but_not``)."""
    found: dict[str, None] = {}
    for span, at, condition in (
        (policy.files, jobs.c.finished_at, KEPT),
        (policy.after_download, jobs.c.downloaded_at, DOWNLOADED),
    ):
        if not isinstance(span, int):
            continue
        kept = (jobs.c.account == account, condition, jobs.c.removed_at.is_(None), jobs.c.collected_at.is_(None))
        query = select(jobs.c.id).where(*kept, at <= NowMs() - span * 1000, jobs.c.goal.in_(("takes", "film")))
        query = query.where(jobs.c.finished_at.is_not(None)).order_by(at).limit(SWEEP_ROWS)
        if project is not None:
            query = query.where(jobs.c.project == project)
        if but_not:
            query = query.where(~InArray(jobs.c.project, "but_not"))
        found |= dict.fromkeys(conn.execute(query, {"but_not": list(but_not)} if but_not else {}).scalars())
    return list(found)


def mark_expired(unit: Unit, account: str, job_ids: Collection[str]) -> None:
    """Record that the files of these jobs have ended, and begin their grace period; deletes nothing."""
    which = (jobs.c.account == account, jobs.c.id.in_(job_ids), KEPT)
    unit.conn.execute(update(jobs).where(*which).values(expired_at=NowMs()))


def clear_expired(unit: Unit, account: str, job: str) -> None:
    """Record that the files of a job stay: its policy was changed before they were deleted."""
    which = (jobs.c.account == account, jobs.c.id == job, jobs.c.collected_at.is_(None))
    unit.conn.execute(update(jobs).where(*which).values(expired_at=None))


def list_expired_jobs(conn: Connection, account: str) -> Sequence[ExpiredJob]:
    """List the jobs of an account whose files have ended and are not deleted yet."""
    age = (NowMs() - jobs.c.expired_at).label("age")
    query = select(jobs.c.id, jobs.c.project, age).where(jobs.c.account == account, EXPIRED)
    rows = conn.execute(query.where(jobs.c.expired_at > 0).order_by(jobs.c.expired_at).limit(SWEEP_ROWS))
    return [ExpiredJob(row.id, row.project, max(0, row.age) / 1000) for row in rows]


def list_ending_accounts(conn: Connection) -> frozenset[str]:
    """List the accounts that have a job whose files have ended and are not deleted yet."""
    return frozenset(conn.execute(select(jobs.c.account).where(EXPIRED).distinct()).scalars())


def collect_job_files(
    unit: Unit, account: str, job: str, files: Collection[Digest], grace_s: int
) -> frozenset[Digest] | None:
    """Record a job's files as deleted if they ended ``grace_s`` seconds ago; None if not, or if it is in use.

    Returns those whose bytes are to be removed: no other project uses them. The second of two steps.
    """
    row = unit.conn.execute(select(jobs).where(jobs.c.account == account, jobs.c.id == job).with_for_update()).first()
    due = select(jobs.c.id).where(jobs.c.id == job, EXPIRED, jobs.c.expired_at <= NowMs() - grace_s * 1000)
    if row is None or unit.conn.execute(due).first() is None or _is_busy(unit.conn, account, [row.project]):
        return None
    shares.lock(unit.conn, account)
    alone = frozenset(files) - list_used_elsewhere(unit.conn, account, row.project, files)
    if shares.list_awaited_assets(unit.conn, account, alone, row.project):
        return None  # a later sweep asks again: whoever waits has taken them then, or waits no more
    return delete_job_files(unit, account, job, files)


def delete_job_files(
    unit: Unit, account: str, job: str, files: Collection[Digest], *, is_job_removed: bool = False
) -> frozenset[Digest]:
    """Record that the files of a job are deleted; return those whose bytes are to be removed.

    Files that another project uses, or whose order a job of another waits for, stay. ``is_job_removed``: the job is
    deleted too, and the sweeper deletes what still arrives from a provider, and what nobody waits for any more.
    """
    which = (jobs.c.account == account, jobs.c.id == job)
    row = unit.conn.execute(select(jobs).where(*which).with_for_update()).first()
    if row is None:
        raise NotFound(code="job_not_found", job=job, actions=[Action("list_jobs")])
    losing = frozenset(files) - list_used_elsewhere(unit.conn, account, row.project, files)
    losing -= list_brand_assets(unit.conn, account)
    shares.lock(unit.conn, account)  # so that a want is seen either here or by who wants it
    awaited = shares.list_awaited_assets(unit.conn, account, losing, row.project)
    losing -= awaited
    _erase(unit, account, losing)
    is_settled = row.finished_at is not None and not _is_busy(unit.conn, account, [row.project])
    is_settled = is_settled and not (awaited and is_job_removed)
    at = {"collected_at": NowMs()} if is_settled else {}
    if is_job_removed:
        at |= {"removed_at": NowMs()} if is_settled else {"removed_at": NowMs(), "expired_at": NowMs()}
    if at:
        unit.conn.execute(update(jobs).where(*which).values(**at))
    if is_job_removed and row.removed_at is None:
        unit.add_event(account, row.project, job, "job.removed", {})
    elif row.collected_at is None:
        unit.add_event(account, row.project, job, "job.files_deleted", {"files": sorted(files)})
    return losing


def mark_unwanted(unit: Unit, account: str, digests: Collection[Digest], grace_s: int) -> Sequence[Digest]:
    """Make ``digests`` the account's list of unwanted assets; return those that were on it for ``grace_s`` seconds.

    Those that are wanted again are no longer on the list.
    """
    ends, named = asset_ends.c, {"named": sorted(digests)}
    stale = delete(asset_ends).where(ends.account == account, ends.erased_at.is_(None), ~InArray(ends.digest, "named"))
    unit.conn.execute(stale, named)
    if not digests:
        return ()
    rows = [{"account": account, "digest": digest, "expired_at": NowMs()} for digest in sorted(digests)]
    unit.conn.execute(insert(unit.conn, asset_ends).values(rows).on_conflict_do_nothing())
    due = (ends.expired_at <= NowMs() - grace_s * 1000, ends.erased_at.is_(None), InArray(ends.digest, "named"))
    found = unit.conn.execute(select(ends.digest).where(ends.account == account, *due).order_by(ends.digest), named)
    return [Digest(one) for one in found.scalars()]


def collect_asset(unit: Unit, account: str, digest: Digest, users: Collection[str]) -> bool:
    """Record an unwanted asset as deleted, so that its bytes are removed; False: something needs it now.

    ``users``: the projects that name it, as far as was seen.
    """
    found = unit.conn.execute(
        select(asset_uses.c.project).where(asset_uses.c.account == account, asset_uses.c.digest == digest)
    )
    if digest in list_brand_assets(unit.conn, account):
        return False
    if not frozenset(found.scalars()) <= frozenset(users) or _is_busy(unit.conn, account, users):
        return False
    shares.lock(unit.conn, account)
    if shares.list_awaited_assets(unit.conn, account, [digest]):
        return False
    _erase(unit, account, [digest])
    return True


def list_unused_assets(conn: Connection, account: str, kept_s: int) -> Sequence[Digest]:
    """List assets of the account that neither a project nor its brand names, and that were stored more than ``kept_s``
    seconds ago.
    """
    used = exists().where(asset_uses.c.account == assets.c.account, asset_uses.c.digest == assets.c.digest)
    old = (assets.c.known_at <= NowMs() - kept_s * 1000, assets.c.gone_at.is_(None), ~used)
    query = (
        select(assets.c.digest).where(assets.c.account == account, *old).order_by(assets.c.known_at).limit(SWEEP_ROWS)
    )
    branded = list_brand_assets(conn, account)
    return [Digest(one) for one in conn.execute(query).scalars() if one not in branded]


def list_spare_takes(conn: Connection, account: str, project: str, kept_s: int) -> Sequence[Digest]:
    """List a project's stored takes that arrived more than ``kept_s`` seconds ago, also those that a film uses."""
    gone = exists().where(
        assets.c.account == takes.c.account, assets.c.digest == takes.c.asset, assets.c.gone_at.is_not(None)
    )
    old = (takes.c.account == account, takes.c.project == project, takes.c.landed_at <= NowMs() - kept_s * 1000)
    return [Digest(one) for one in conn.execute(select(takes.c.asset).where(*old, ~gone).distinct()).scalars()]


class Erasure(NamedTuple):
    """A file that was deleted ``age_s`` seconds ago, whose bytes are to be removed. ``is_due`` False: it came back."""

    account: str
    digest: Digest
    is_due: bool
    age_s: float


def list_erasures(conn: Connection) -> Sequence[Erasure]:
    """List the files whose bytes are to be removed from the vault, with their copies at providers."""
    age = (NowMs() - asset_ends.c.erased_at).label("age")
    gone = and_(assets.c.account == asset_ends.c.account, assets.c.digest == asset_ends.c.digest)
    query = select(asset_ends.c.account, asset_ends.c.digest, assets.c.gone_at, age).join(assets, gone, isouter=True)
    rows = conn.execute(
        query.where(asset_ends.c.erased_at.is_not(None)).order_by(asset_ends.c.erased_at).limit(SWEEP_ROWS)
    )
    return [Erasure(row.account, Digest(row.digest), row.gone_at is not None, max(0, row.age) / 1000) for row in rows]


def conclude_erasure(unit: Unit, account: str, digests: Collection[Digest]) -> None:
    """Record that the bytes were removed from the vault and at providers, or came back."""
    which = (asset_ends.c.account == account, InArray(asset_ends.c.digest, "named"))
    unit.conn.execute(delete(asset_ends).where(*which), {"named": sorted(digests)})


def list_idle_assets(unit: Unit, account: str, digests: Collection[Digest]) -> frozenset[Digest]:
    """List those of ``digests`` that no project at work uses: no work of this account opens them now."""
    return frozenset(one for one in digests if not _is_busy(unit.conn, account, list_users(unit.conn, account, one)))


def _erase(unit: Unit, account: str, digests: Collection[Digest]) -> None:
    """Record that these bytes are deleted, and are to be removed from the vault."""
    if not digests:
        return
    mark_deleted(unit, account, sorted(digests))
    rows = [{"account": account, "digest": one, "expired_at": NowMs(), "erased_at": NowMs()} for one in sorted(digests)]
    made = insert(unit.conn, asset_ends).values(rows)
    unit.conn.execute(made.on_conflict_do_update(index_elements=["account", "digest"], set_={"erased_at": NowMs()}))


def _is_busy(conn: Connection, account: str, project_ids: Collection[str]) -> bool:
    """Whether a director drives one of these projects, a job of it has not ended, or a purchase of it is open.

    No director can take one of them before this transaction ends.
    """
    if not project_ids:
        return False
    own = (leases.c.account == account, leases.c.project.in_(project_ids))
    conn.execute(select(leases.c.project).where(*own).order_by(leases.c.project).with_for_update())
    driven = select(leases.c.project).join(directors, directors.c.id == leases.c.director)
    if conn.execute(driven.where(*own, ~is_silent(DIRECTOR_SILENT_S)).limit(1)).first() is not None:
        return True
    lives = select(jobs.c.id).where(jobs.c.project.in_(project_ids), jobs.c.state.in_(sorted(LIVE_JOBS)))
    opened = select(purchases.c.id).where(
        purchases.c.account == account, purchases.c.project.in_(project_ids), purchases.c.state.in_(sorted(OPEN_STATES))
    )
    return any(conn.execute(query.limit(1)).first() is not None for query in (lives, opened))
