"""Hands over a take as a file: whole, or not at all, and never over something that is not ours."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.reel.breakdown import breakdown, take_key
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Standing
from reelwright.reel.plan import Own
from reelwright.reel.wanted import known
from reelwright.studio import deliver
from reelwright.studio.home import Home
from reelwright.studio.slates import Slates


def take_had(standing: Standing) -> Digest | None:
    """The take of a project of one shot: what is circled or first, if its bytes are there."""
    if standing.plan is None or isinstance(standing.plan.shots[0].source, Own):
        return None
    found = known(breakdown(standing.plan, "takes"), standing.choices, standing.had, standing.gone)
    chosen = found[take_key(standing.plan.shots[0].id)].chosen
    return chosen if chosen and chosen not in standing.gone else None


async def check_place(home: Home | None, slates: Slates, path: Path) -> None:
    """Raise ``BadInput`` before any money where the file could not be written, or another stands that is not ours."""
    folder = path.parent
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise BadInput("out", str(path), "the name of a file")
    above = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise BadInput("out", str(path), "a place in a folder that you may write to")
    if not (path.is_file() and path.stat().st_size) or await asyncio.to_thread(slates.has, path):
        return
    slates.refuse_other(path)
    if home is None or not await home.vault.has(home.account, await _digest(path)):
        hint = "name another place; what is had is kept, and handed over there at no cost"
        raise BadInput("out", str(path), "a name that is free, or a file that Reelwright put there", hint=hint)


async def hand_over(home: Home, digest: Digest, path: Path) -> int:
    """The take at ``path``, whole; returns its size in bytes. What stands there with these bytes stays as it is."""
    if not (path.is_file() and await _digest(path) == digest):
        await deliver.copy(home, digest, path)
    return path.stat().st_size


async def _digest(path: Path) -> Digest:
    def read() -> Digest:
        with path.open("rb") as file:
            return Digest(hashlib.file_digest(file, "sha256").hexdigest())

    return await asyncio.to_thread(read)
