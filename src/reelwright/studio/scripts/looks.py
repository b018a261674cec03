"""The looks in which films are drawn: a list of them, and the sheets of stills by which people choose one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput
from reelwright.media.looks.registry import (
    find_foreign_looks,
    list_colours,
    list_look_names,
    load_look,
    write_foreign_look,
)
from reelwright.media.staging.look import Look
from reelwright.planner.roles import is_staged
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from reelwright.studio import late_modules as late
from reelwright.studio.results.inventory import LookSummary
from reelwright.studio.results.verb_options import BriefOptions
from reelwright.studio.runtime.scratch import ScratchFolder, open_scratch_folder
from reelwright.studio.scripts.briefing import IntakeResult, find_file, take_in_look
from reelwright.studio.scripts.own_looks import list_own_folders, load_own_look, resolve_look
from reelwright.studio.scripts.scripts import load_script, read_script_source
from reelwright.units import Aspect, compute_size

_SHEET_SIDE: Final = 540
"""Pixels of the shorter side of a still on a sheet."""


def list_looks(folder: Path | None = None) -> tuple[LookSummary, ...]:
    """List every look that films can be drawn in, sorted by name, each with its colours and what it is good for.

    Also a person's own in ``folder``; a broken one has its error in ``fault``.
    """
    found = {name: _build_summary(load_look(name)) for name in list_look_names()}
    found |= {name: _build_summary(load_look(write_foreign_look(name))) for name in find_foreign_looks()}
    for name, path in list_own_folders(folder).items():
        try:
            summary = _build_summary(load_own_look(path))
        except BadInput as error:
            summary = LookSummary(name=f"looks/{name}" if name in found else name, palette={}, fault=str(error))
        found[summary.name] = summary.replace(is_own=True)
    return tuple(found[name] for name in sorted(found))


def _build_summary(look: Look) -> LookSummary:
    return LookSummary(
        name=look.id, palette=list_colours(look), description=look.about, use_when=look.use_when,
        avoid_when=look.avoid_when, tones=look.tones,
    )  # fmt: skip


async def _load_for_drawing(name: str, scratch: ScratchFolder, settings: Settings) -> tuple[str, Path | None]:
    """Return a look by its name, or as text where it is a person's own, and the font that it brings."""
    taken = IntakeResult()
    look = await take_in_look(taken, resolve_look(name, settings.looks), scratch, settings)
    return look, next((path for path, _ in taken.files.values()), None)


async def draw_sheet(
    name: str, aspect: Aspect, image: str | Path | None, accent: str | None, settings: Settings
) -> bytes:
    """Draw every beat in a look with sample words, as a JPEG; ``image``: a picture of the person's that shots show.

    Raises ``BadInput`` and ``UnreadableMedia``. Spends nothing.
    """
    pictures = () if image is None else ((find_file("image", image), None),)
    with open_scratch_folder() as scratch:
        look, font = await _load_for_drawing(name, scratch, settings)
        size = compute_size(aspect, _SHEET_SIDE)
        return await asyncio.to_thread(late.look_sheet.draw_look_sheet, look, size, pictures, accent, font)


async def try_looks(script: str | Path, shot: int | None, aspect: Aspect | None, settings: Settings) -> bytes:
    """Draw one shot of a script in every look, as a JPEG. ``shot``: its number; None: the first that is drawn as type.

    Raises ``BadInput``, also for a shot that is not drawn as type. Spends nothing.
    """
    with open_scratch_folder() as scratch:
        options: BriefOptions = {"draft": True, "short_side": _SHEET_SIDE, **({"aspect": aspect} if aspect else {})}
        loaded = await load_script(read_script_source(script), "plan", options, scratch, settings)
        plan, _ = await asyncio.to_thread(loaded.build_plan, None, replace(loaded.brief, brands=()))
        drawn = [n for n, one in enumerate(plan.shots, 1) if is_staged(one)]
        number = shot if shot is not None else next(iter(drawn), None)
        if number not in drawn:
            raise BadInput(
                "shot", number, f"a shot that is drawn as type: {', '.join(map(str, drawn)) or 'there is none'}"
            )
        source = plan.shots[number - 1].source
        assert isinstance(source, Request)
        kind = str(source.extra.get("treatment") or "") or None
        files = [loaded.intake.files[one.asset][0] for one in source.subject_inputs if one.asset in loaded.intake.files]
        names = [one.name for one in list_looks(settings.looks) if not one.fault]
        looks = dict([await _load_for_drawing(name, scratch, settings) for name in names])
        return await asyncio.to_thread(
            late.look_sheet.draw_in_looks, looks, source.extra, [(path, kind) for path in files]
        )
