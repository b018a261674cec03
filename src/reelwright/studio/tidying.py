"""The verb ``tidy``: sweeps, and forgets losing takes in two steps, the journal first."""

from __future__ import annotations

import asyncio

from reelwright.reel.noun import Digest
from reelwright.studio import tidy
from reelwright.studio.answers import Tidied
from reelwright.studio.home import Home


async def tidying(home: Home, project: str | None, *, losing_takes: bool, dry: bool) -> Tidied:
    """Give room back and say how much. A take that any project still uses stays."""
    left = await asyncio.to_thread(tidy.leftovers, home.settings.workrooms, home.settings.films)
    size = await asyncio.to_thread(tidy.size_of, left)
    losing, takes = await _losing(home, project) if losing_takes else (frozenset(), 0)
    for digest in losing:
        size += await home.vault.size(home.account, digest)
    if not dry:
        await asyncio.to_thread(tidy.remove, left)
        await _forget(home, losing)
    rooms = sum(1 for path in left if path.is_dir())
    return Tidied(workrooms=rooms, takes=takes, size=size, dry=dry)


async def _losing(home: Home, project: str | None) -> tuple[frozenset[Digest], int]:
    """Bytes of takes, and of segments made of them, that no project of the account uses; and how many are takes.

    ``project`` None: of all projects.
    """
    takes: set[Digest] = set()
    segments: set[Digest] = set()
    used: set[Digest] = set()
    for row in await home.journal.projects(home.account):
        standing = await home.journal.standing(home.account, row.id)
        used |= tidy.used_by(standing)
        if project in (None, row.id):
            takes |= tidy.made_for(standing, "take")
            segments |= tidy.made_for(standing, "segment")
    there = [digest for digest in (takes | segments) - used if await home.vault.has(home.account, digest)]
    return frozenset(there), len(takes.intersection(there))


async def _forget(home: Home, losing: frozenset[Digest]) -> None:
    if losing:
        await home.journal.mark_gone(home.account, sorted(losing))
    for digest in sorted(losing):
        await home.vault.forget(home.account, digest)
