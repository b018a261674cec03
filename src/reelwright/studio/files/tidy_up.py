"""The verb ``tidy``: remove leftovers, and delete unused takes in two phases, the journal first."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from reelwright.reel.base.value import Digest
from reelwright.studio.files import leftovers
from reelwright.studio.files.provider_copies import remove_provider_copies
from reelwright.studio.results.results import TidyResult
from reelwright.studio.runtime.home import Home


async def tidy_home(home: Home, project: str | None, *, losing_takes: bool, dry: bool) -> TidyResult:
    """Delete what ended processes left and, with ``losing_takes``, takes that no film uses; ``dry``: only count.

    A take that any project still uses stays.
    """
    left = await asyncio.to_thread(leftovers.find_leftovers, home.settings.workrooms, home.settings.films)
    size = await asyncio.to_thread(leftovers.measure_size, left)
    losing, takes = await _losing(home, project) if losing_takes else (frozenset(), 0)
    for digest in losing:
        size += await home.vault.get_size(home.account, digest)
    if not dry:
        await asyncio.to_thread(leftovers.remove, left)
        await _forget(home, losing)
    rooms = sum(1 for path in left if path.is_dir())
    return TidyResult(workrooms=rooms, takes=takes, size_bytes=size, is_dry_run=dry)


async def delete_job_files(
    home: Home, job: str, digests: Collection[Digest], *, is_job_removed: bool, keeps_copies: bool = False
) -> int:
    """Delete those of the files ``digests`` of a job that no other project uses; return the number of bytes freed.

    ``is_job_removed``: delete the job, too. Copies at providers go with the files, unless ``keeps_copies``; those that
    a provider does not remove now are left to the sweeper.
    """
    losing = await home.journal.delete_job_files(home.account, job, digests, is_job_removed=is_job_removed)
    freed = sum([await home.vault.get_size(home.account, digest) for digest in sorted(losing)])
    for digest in sorted(losing):
        await home.vault.forget(home.account, digest)
    left: frozenset[Digest] = frozenset()
    if losing and not keeps_copies:
        left = await remove_provider_copies(home.ledger, home.providers, home.account, losing, is_last=False)
    await home.journal.conclude_erasure(home.account, losing - left)
    return freed


async def _losing(home: Home, project: str | None) -> tuple[frozenset[Digest], int]:
    """Return the takes and segments that no project of the account uses or waits for, and how many of them are takes.

    ``project`` None: of all projects.
    """
    takes: set[Digest] = set()
    segments: set[Digest] = set()
    used: set[Digest] = set()
    for row in await home.journal.list_projects(home.account):
        standing = await home.journal.read_standing(home.account, row.id)
        used |= leftovers.list_used_assets(standing)
        if project in (None, row.id):
            takes |= leftovers.list_made_assets(standing, "take")
            segments |= leftovers.list_made_assets(standing, "segment")
    unused = (takes | segments) - used
    unused -= await home.journal.list_awaited_assets(home.account, unused)
    there = [digest for digest in unused if await home.vault.has(home.account, digest)]
    return frozenset(there), len(takes.intersection(there))


async def _forget(home: Home, losing: frozenset[Digest]) -> None:
    if losing:
        await home.journal.mark_deleted(home.account, sorted(losing))
    for digest in sorted(losing):
        await home.vault.forget(home.account, digest)
