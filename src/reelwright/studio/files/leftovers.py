"""Files that can be removed: leftovers of processes that ended, and on request takes that no film uses."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from reelwright.engine.hands.workroom import find_abandoned_rooms
from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.graph.graph import Kind
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.reel.records.operation import Standing
from reelwright.studio.runtime.atomic_file import find_abandoned_parts
from reelwright.studio.runtime.scratch import find_abandoned_folders

LOSING: Final[tuple[Kind, ...]] = ("take", "segment")
"""Kinds whose unused bytes may be removed: they are bought again, or made again for nothing, only if wanted again."""


def find_leftovers(rooms: Path, films: Path) -> tuple[Path, ...]:
    """Return workrooms, scratch folders and part files in ``films`` left by processes of this host that have ended."""
    return (*find_abandoned_rooms(rooms), *find_abandoned_folders(), *find_abandoned_parts(films))


def measure_size(paths: Iterable[Path]) -> int:
    """Return the size in bytes of all files at or below ``paths``. Files that vanish meanwhile count as 0."""
    total = 0
    for path in paths:
        for file in path.rglob("*") if path.is_dir() else (path,):
            try:
                total += file.lstat().st_size if file.is_file() else 0
            except FileNotFoundError:
                continue
    return total


def remove(paths: Iterable[Path]) -> None:
    """Delete files, and folders with all that is in them; those that are gone already are skipped."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def list_made_assets(standing: Standing, *kinds: Kind) -> frozenset[Digest]:
    """Return the digests of the project's results of these kinds of step, of all revisions, that are not deleted."""
    outcomes = (outcome for name, outcome in standing.outcomes.items() if name.partition(":")[0] in kinds)
    return frozenset(asset for outcome in outcomes for asset in outcome.assets) - standing.deleted_assets


def list_used_assets(standing: Standing) -> frozenset[Digest]:
    """Return digests that a project must keep: its inputs, circled takes, films, and what its newest revision uses."""
    kept: set[Digest] = {circle.asset for circle in standing.choices.circles.values()}
    kept |= set(standing.brief.name_assets())
    for name, outcome in standing.outcomes.items():
        if name.partition(":")[0] not in LOSING:
            kept.update(_all_of(outcome))
    if standing.plan is not None:
        found = resolve_steps(
            build_graph(standing.plan, "film", standing.encoding),
            standing.choices,
            standing.outcomes,
            standing.deleted_assets,
        )
        kept |= {one.asset for one in found.values() if one.asset}
    return frozenset(kept)


def _all_of(outcome: Outcome) -> set[Digest]:
    files: Mapping[str, str] = outcome.facts.get("files", {})
    return {*outcome.assets, *(Digest(file) for file in files.values())}
