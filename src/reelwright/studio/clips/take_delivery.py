"""Delivery of a take as a file: complete or not at all, and never over a file that Reelwright did not write."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import build_graph, make_take_key
from reelwright.reel.film.plan import OwnFootage
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.reel.records.operation import Standing
from reelwright.studio.films import deliver
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.slates import Slates


def find_take(standing: Standing) -> Digest | None:
    """Return the digest of the take that a one-shot project uses; None if it has none or its bytes were deleted."""
    if standing.plan is None or isinstance(standing.plan.shots[0].source, OwnFootage):
        return None
    found = resolve_steps(
        build_graph(standing.plan, "takes", standing.encoding),
        standing.choices,
        standing.outcomes,
        standing.deleted_assets,
    )
    chosen = found[make_take_key(standing.plan.shots[0].id)].asset
    return chosen if chosen and chosen not in standing.deleted_assets else None


async def check_take_path(home: Home | None, slates: Slates, path: Path) -> None:
    """Raise ``BadInput`` if a take cannot be written to ``path``, or would replace a file not made by Reelwright."""
    folder = path.parent
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise BadInput("out", str(path), "the name of a file")
    above = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not above.is_dir():
        raise BadInput("out", str(path), "a place in a folder")
    deliver.refuse_read_only("out", path, above)
    if not (path.is_file() and path.stat().st_size) or await asyncio.to_thread(slates.has, path):
        return
    slates.refuse_other(path)
    if home is None or not await home.vault.has(home.account, await _digest(path)):
        hint = "choose another name; the clip is kept and is delivered there at no cost"
        raise BadInput("out", str(path), "a name that is free, or a file that Reelwright put there", hint=hint)


async def deliver_take(home: Home, digest: Digest, path: Path) -> int:
    """Copy the take with this digest from the vault to the file ``path``; return its size in bytes.

    A file there with the same bytes stays as it is.
    """
    if not (path.is_file() and await _digest(path) == digest):
        await deliver.copy(home, digest, path)
    return path.stat().st_size


async def _digest(path: Path) -> Digest:
    def read() -> Digest:
        with path.open("rb") as file:
            return Digest(hashlib.file_digest(file, "sha256").hexdigest())

    return await asyncio.to_thread(read)
