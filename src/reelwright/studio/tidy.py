"""Gives room back: what dead processes left behind, and on request the bytes of takes that no film uses."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from reelwright.engine.workroom import left_in
from reelwright.reel.breakdown import breakdown
from reelwright.reel.graph import Kind
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.wanted import known
from reelwright.studio.scratch import left_behind
from reelwright.studio.whole import parts_left_in

LOSING: Final[tuple[Kind, ...]] = ("take", "segment")
"""Kinds whose bytes may go when nothing reads them: bought again only if wanted again, or made again for nothing."""


def leftovers(rooms: Path, films: Path) -> tuple[Path, ...]:
    """Workrooms, scratch folders and half-copied films of processes of this host that are gone."""
    return (*left_in(rooms), *left_behind(), *parts_left_in(films))


def size_of(paths: Iterable[Path]) -> int:
    """Bytes below ``paths``; what vanishes meanwhile counts for nothing."""
    total = 0
    for path in paths:
        for file in path.rglob("*") if path.is_dir() else (path,):
            try:
                total += file.lstat().st_size if file.is_file() else 0
            except FileNotFoundError:
                continue
    return total


def remove(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def made_for(standing: Standing, *kinds: Kind) -> frozenset[Digest]:
    """Everything of these kinds that was ever obtained for a project, over all its revisions, as far as it is there."""
    outcomes = (outcome for name, outcome in standing.had.items() if name.partition(":")[0] in kinds)
    return frozenset(asset for outcome in outcomes for asset in outcome.assets) - standing.gone


def used_by(standing: Standing) -> frozenset[Digest]:
    """What a project holds on to: all that its newest revision reads, what is circled, what it was given, its films."""
    kept: set[Digest] = {circle.asset for circle in standing.choices.circled.values()}
    kept |= {material.asset for material in standing.brief.materials}
    kept |= {reference.asset for reference in standing.brief.references}
    kept |= {still.asset for still in standing.brief.storyboard}
    for name, outcome in standing.had.items():
        if name.partition(":")[0] not in LOSING:
            kept.update(_all_of(outcome))
    if standing.plan is not None:
        found = known(breakdown(standing.plan, "film"), standing.choices, standing.had, standing.gone)
        kept |= {one.chosen for one in found.values() if one.chosen}
    return frozenset(kept)


def _all_of(outcome: Outcome) -> set[Digest]:
    files: Mapping[str, str] = outcome.facts.get("files", {})
    return {*outcome.assets, *(Digest(file) for file in files.values())}
