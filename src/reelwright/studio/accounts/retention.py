"""Retention: show and set how long files are kept, and sweep away those whose time is over.

A sweep has two steps. The first marks what has ended; the second, a grace period later, deletes what is still marked
and what nothing needs. What money needs stays: the files of a project with an open purchase, or a job that waits.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Digest
from reelwright.reel.records.retention import RetentionPolicies, RetentionPolicy, RetentionScope, Span
from reelwright.store.database.processes import make_holder
from reelwright.studio.files import leftovers
from reelwright.studio.files.provider_copies import remove_provider_copies
from reelwright.studio.policy import (
    MAX_RETENTION_S,
    PROVIDER_COPY_REMOVAL_S,
    SWEEP_CLAIM_S,
    THOROUGH_SWEEP_EVERY_S,
    UNTOUCHED_BYTES_S,
)
from reelwright.studio.projects.video_jobs import is_past, list_job_files, list_round_purchases
from reelwright.studio.results.result_model import ResultModel
from reelwright.studio.runtime.home import Home

if TYPE_CHECKING:
    from reelwright.studio.runtime.runtime import Runtime

logger = logging.getLogger("reelwright.studio")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN: Final = re.compile(r"(\d{1,9})([smhd])", re.ASCII)
_ACCEPTED: Final = "a time such as 30d, 12h, 10m or 5s, up to 10 years, or keep"
_TASK: Final = "retention"


class RetentionSpans(ResultModel):
    """Times for which things are kept: one such as ``30d``, ``keep``, or null where the wider policy decides.

    ``files``: the files of a job, after it ended. ``after_download``: the same, after their first whole download.
    ``spare_takes``: takes that no film uses. ``unused_assets``: pictures and clips of your own that no project uses.
    ``grace``: between the end of a file and its deletion.
    """

    files: str | None = None
    after_download: str | None = None
    spare_takes: str | None = None
    unused_assets: str | None = None
    grace: str | None = None


class ProjectRetention(ResultModel):
    """The retention policy that was set for one project."""

    project: str
    policy: RetentionSpans


class RetentionReport(ResultModel):
    """The retention policies of an account. ``effective``: what holds for it, where a project has no policy."""

    deployment: RetentionSpans
    account: RetentionSpans
    effective: RetentionSpans
    projects: tuple[ProjectRetention, ...] = ()


class SweepResult(ResultModel):
    """Result of a sweep: what it did, or would do if ``is_dry_run``.

    ``ended_jobs``: jobs whose files have ended, and are deleted after the grace period. ``deleted_jobs``: jobs whose
    files were deleted. ``deleted_files``: all files that were deleted, with ``size_bytes``. ``kept_jobs``: jobs whose
    files stay for now, because something needs them.
    """

    ended_jobs: int = 0
    deleted_jobs: int = 0
    kept_jobs: int = 0
    deleted_files: int = 0
    size_bytes: int = 0
    is_dry_run: bool = False

    def add(self, **more: int) -> SweepResult:
        """Return a copy of this result with each named count raised by the given number."""
        return self.replace(**{name: getattr(self, name) + count for name, count in more.items()})


def parse_span(name: str, value: object) -> Span:
    """Convert a retention time such as ``30d``, ``12h`` or ``5s`` to seconds; ``keep`` and None stay.

    Raises ``BadInput``.
    """
    if value is None or value == "keep":
        return value
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    seconds = int(found[1]) * _UNITS[found[2]] if found else -1
    if not 0 <= seconds <= MAX_RETENTION_S:
        raise BadInput(name, value, _ACCEPTED)
    return seconds


def format_span(span: Span) -> str | None:
    """Convert seconds to a retention time such as ``30d``, in the largest whole unit; ``keep`` and None stay."""
    if not isinstance(span, int):
        return span
    unit = next(one for one in reversed(_UNITS) if span % _UNITS[one] == 0)
    return f"{span // _UNITS[unit]}{unit}" if span else "0s"


def parse_policy(spans: Mapping[str, object], scope: RetentionScope) -> RetentionPolicy:
    """Build a retention policy from times by name, such as ``{"files": "30d"}``. Raises ``BadInput``.

    ``scope``: what the policy is for; some times are accepted only in wider policies.
    """
    known = [field.name for field in fields(RetentionPolicy)]
    wide = {"unused_assets": "of an account or the deployment", "grace": "of the deployment"}
    for name, value in spans.items():
        if name not in known:
            raise BadInput("option", name, f"one of {', '.join(known)}")
        allowed = ("deployment",) if name == "grace" else ("deployment", "account")
        if name in wide and value is not None and scope not in allowed:
            raise BadInput(name, value, f"only in the policy {wide[name]}")
    policy = RetentionPolicy(**{name: parse_span(name, value) for name, value in spans.items()})
    if policy.grace == "keep":
        raise BadInput("grace", "keep", "a time such as 10m or 1d")
    return policy


async def read_retention(home: Home) -> RetentionReport:
    """Read the retention policies that apply to the home's account from the journal."""
    return build_report(home.account, await home.journal.read_policies())


def build_report(account: str, policies: RetentionPolicies) -> RetentionReport:
    """Convert retention policies to what is shown of them for one account; reads nothing."""
    own = policies.list_own_projects(account)
    return RetentionReport(
        deployment=_to_spans(policies.deployment),
        account=_to_spans(policies.accounts.get(account, RetentionPolicy())),
        effective=_to_spans(policies.find_for(account)),
        projects=tuple(ProjectRetention(project=one, policy=_to_spans(policies.projects[account, one])) for one in own),
    )


def _to_spans(policy: RetentionPolicy) -> RetentionSpans:
    return RetentionSpans(**{field.name: format_span(getattr(policy, field.name)) for field in fields(policy)})


async def set_retention(
    home: Home, scope: RetentionScope, project: str | None, spans: Mapping[str, object]
) -> RetentionReport:
    """Replace the retention policy of the deployment, the account or a project; return the policies that now apply.

    Deletes nothing by itself. Raises ``BadInput`` and ``NotFound``.
    """
    policy = parse_policy(spans, scope)
    account = None if scope == "deployment" else home.account
    await home.journal.set_policy(scope, account, project, policy)
    home.policies.clear()
    return await read_retention(home)


async def sweep(runtime: Runtime, *, is_dry_run: bool = False, is_thorough: bool = True) -> SweepResult:
    """Mark files of all accounts whose retention time is over, and delete those marked a grace period ago.

    Does nothing while another process sweeps. What a killed process had left half deleted is removed first.
    ``is_thorough``: look for unwanted takes and assets also within an hour of the last time: that reads every project
    of an account.
    """
    holder, result = make_holder(mint("director")), SweepResult(is_dry_run=is_dry_run)
    policies = await runtime.journal.read_policies()
    accounts, ending = await runtime.journal.list_accounts(), await runtime.journal.list_ending_accounts()
    accounts = [one for one in accounts if one in ending or _ends_anything(policies, one)]
    if not is_dry_run:
        if not accounts and not await runtime.journal.list_erasures():
            return result  # an idle server writes nothing
        if not await runtime.journal.claim_task(_TASK, holder, SWEEP_CLAIM_S):
            return result
        await remove_erased(runtime)
    try:
        for one in accounts:
            if not is_dry_run and not await runtime.journal.claim_task(_TASK, holder, SWEEP_CLAIM_S):
                break
            if not await _knows_vault(runtime, one):
                continue
            home = runtime.get_home(one)
            result = await _sweep_jobs(home, policies, result)
            if not _ends_anything(policies, one):
                continue
            if is_thorough or await runtime.journal.claim_task(f"unwanted/{one}", holder, THOROUGH_SWEEP_EVERY_S):
                result = await _sweep_unwanted(home, policies, result)
        if not is_dry_run:
            await remove_erased(runtime)
    finally:
        if not is_dry_run:
            await asyncio.shield(runtime.journal.release_task(_TASK, holder))
    return result


async def remove_erased(runtime: Runtime) -> None:
    """Remove the bytes of files that the journal records as deleted, unless they were stored again.

    They are removed from the vault, and then at the providers that brought them, for a day at most.
    """
    over: dict[tuple[str, bool], list[Digest]] = {}
    for account, digest, is_due, age_s in await runtime.journal.list_erasures():
        if not await _knows_vault(runtime, account):
            continue
        if not is_due:
            await runtime.journal.conclude_erasure(account, [digest])
        elif await runtime.vault.discard(account, digest, UNTOUCHED_BYTES_S):
            over.setdefault((account, age_s > PROVIDER_COPY_REMOVAL_S), []).append(digest)
    for (account, is_last), digests in over.items():
        left = await remove_provider_copies(runtime.ledger, runtime.providers, account, digests, is_last=is_last)
        await runtime.journal.conclude_erasure(account, digests if is_last else frozenset(digests) - left)


def _ends_anything(policies: RetentionPolicies, account: str) -> bool:
    """Whether a policy may end anything of the account."""
    return bool(policies.list_own_projects(account)) or policies.find_for(account) != RetentionPolicy()


async def _knows_vault(runtime: Runtime, account: str) -> bool:
    """Whether the journal knows all that is in the vault.

    One that came from a backup does not: what it knows no use of may be used by what was made since.
    """
    return runtime.guard is None or not (await runtime.guard.check(account)).reasons


async def _sweep_jobs(home: Home, policies: RetentionPolicies, result: SweepResult) -> SweepResult:
    own = policies.list_own_projects(home.account)
    for project in (None, *own) if _ends_anything(policies, home.account) else ():
        policy = policies.find_for(home.account, project)
        due = await home.journal.list_due_jobs(home.account, policy, project, () if project else own)
        if due and not result.is_dry_run:
            await home.journal.mark_expired(home.account, due)
        result = result.add(ended_jobs=len(due))
    for job, project, age_s in await home.journal.list_expired_jobs(home.account):
        result = await _collect_job(home, policies.find_for(home.account, project), job, age_s, result)
    return result


async def _sweep_unwanted(home: Home, policies: RetentionPolicies, result: SweepResult) -> SweepResult:
    unwanted = await _find_unwanted(home, policies, policies.list_own_projects(home.account))
    if result.is_dry_run:
        sizes = [await home.vault.get_size(home.account, digest) for digest in unwanted]
        return result.add(deleted_files=len(sizes), size_bytes=sum(sizes))
    grace_s = policies.find_for(home.account).grace_s
    for digest in await home.journal.mark_unwanted(home.account, sorted(unwanted), grace_s):
        size = await home.vault.get_size(home.account, digest)
        if await home.journal.collect_asset(home.account, digest, unwanted[digest]):
            result = result.add(deleted_files=1, size_bytes=size)
    return result


async def _collect_job(
    home: Home, policy: RetentionPolicy, name: str, age_s: float, result: SweepResult
) -> SweepResult:
    """Delete the files of a job that ended long enough ago, if its policy still says so and nothing needs them.

    Of a job that a person deleted while it was being made, those that have arrived since.
    """
    job = await home.journal.read_job(home.account, name)
    if not job.is_removed and not is_past(policy.compute_end(job.finished_at, job.downloaded_at)):
        if not result.is_dry_run:
            await home.journal.clear_expired(home.account, name)
        return result
    grace_s = 0 if job.is_removed else policy.grace_s
    if age_s < grace_s:
        return result
    standing = await home.journal.read_standing(home.account, job.project)
    files, _ = list_job_files(standing, job, await list_round_purchases(home, job, standing))
    files = tuple(frozenset(files) - await _list_files_of_others(home, job.project, name))
    sizes = {digest: await home.vault.get_size(home.account, digest) for digest in files}
    if result.is_dry_run:
        return result.add(deleted_jobs=1, deleted_files=len(sizes), size_bytes=sum(sizes.values()))
    losing = await home.journal.collect_job_files(home.account, name, files, grace_s)
    if losing is None:
        return result.add(kept_jobs=1)
    logger.info("the files of %s were kept long enough; %d of them are deleted", name, len(losing))
    return result.add(deleted_jobs=1, deleted_files=len(losing), size_bytes=sum(sizes[one] for one in losing))


async def _list_files_of_others(home: Home, project: str, job: str) -> frozenset[Digest]:
    """List the files of the project's other jobs that have not ended."""
    standing = await home.journal.read_standing(home.account, project)
    found: set[Digest] = set()
    for other in await home.journal.list_jobs(home.account, project, has_removed=False):
        if other.id != job and other.goal in ("takes", "film") and not other.expired_at and not other.collected_at:
            found |= {*list_job_files(standing, other, await list_round_purchases(home, other, standing))[0]}
    return frozenset(found)


async def _find_unwanted(home: Home, policies: RetentionPolicies, own: Collection[str]) -> dict[Digest, frozenset[str]]:
    """Find assets that nothing wants any more, each with the projects that name it."""
    found: dict[Digest, frozenset[str]] = {}
    account_policy = policies.find_for(home.account)
    if isinstance(account_policy.unused_assets, int):
        for digest in await home.journal.list_unused_assets(home.account, account_policy.unused_assets):
            found[digest] = frozenset()
    projects: Collection[str] = own
    if isinstance(account_policy.spare_takes, int):
        projects = [row.id for row in await home.journal.list_projects(home.account)]
    standings: dict[str, Any] = {}
    for project in projects:
        kept = policies.find_for(home.account, project).spare_takes
        if isinstance(kept, int):
            for digest in await _list_spare_takes(home, project, kept):
                if digest not in found and (users := await _find_users(home, digest, standings)) is not None:
                    found[digest] = users
    return found


async def _list_spare_takes(home: Home, project: str, kept_s: int) -> frozenset[Digest]:
    """List the takes of a project that it does not use, and that arrived more than ``kept_s`` seconds ago."""
    takes = await home.journal.list_spare_takes(home.account, project, kept_s)
    if not takes:
        return frozenset()
    standing = await home.journal.read_standing(home.account, project)
    if len(standing.plan.shots if standing.plan else ()) == 1 and standing.brief.goal == "takes":
        return frozenset()  # the samples of a clip are its result
    return frozenset(takes) - leftovers.list_used_assets(standing)


async def _find_users(home: Home, digest: Digest, standings: dict[str, Any]) -> frozenset[str] | None:
    """Find the projects that name an asset; None if one of them uses it."""
    users = await home.journal.list_users(home.account, digest)
    for user in users:
        if user not in standings:
            standings[user] = leftovers.list_used_assets(await home.journal.read_standing(home.account, user))
        if digest in standings[user]:
            return None
    return users
