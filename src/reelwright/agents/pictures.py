"""Pictures for agents: a film or what exists of it as a contact sheet, a frame in full size, or what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.agents.answers import build_answer
from reelwright.errors import BadInput, NotFound
from reelwright.media.checks.film_changes import ChangedRange, find_changed_ranges, has_changed_sound
from reelwright.media.pictures.contact_sheet import read_frame_at, to_png
from reelwright.reason import Action
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.records.operation import Standing
from reelwright.studio.films.film_contact_sheet import (
    Tile,
    draw_sheet,
    find_file,
    find_settled,
    find_stills,
    get_master,
    list_film_tiles,
    list_unfinished_tiles,
    read_tile,
)
from reelwright.studio.films.summaries import build_shot_summaries, find_current_film
from reelwright.studio.policy import MAX_SHEET_TILES
from reelwright.studio.results.results import ShotSummary
from reelwright.studio.runtime.home import Home

if TYPE_CHECKING:
    from mcp import types


async def look_at_film(
    home: Home, project: str, *, shot: int | None, at: float | None, has_changes_only: bool
) -> types.CallToolResult:
    """Return pictures of a project's film as the result of a tool: a contact sheet, one frame in full size (``shot`` or
    ``at``), or what changed (``has_changes_only``).
    """
    standing = await home.journal.read_standing(home.account, project)
    shots, film = build_shot_summaries(standing), find_current_film(standing)
    if not shots:
        raise NotFound(code="no_project_yet", actions=[Action("show_project", {"project": project})])
    if (shot is not None) + (at is not None) + has_changes_only > 1:
        raise BadInput("shot", shot, "one of shot, at and changes")
    if shot is not None and shot > len(shots):
        raise BadInput("shot", shot, f"a whole number from 1 to {len(shots)}")
    path = await find_file(home, get_master(film)) if film else None
    facts: dict[str, Any] = {"project": project, "revision": standing.revision, "is_finished": film is not None}
    if has_changes_only:
        return await _show_changes(home, standing, shots, film, path, facts)
    if path is not None:
        return await _show_film(path, shots, shot, at, facts)
    if at is not None:
        raise BadInput("at", at, "nothing yet: the film is not made; shot shows the shots that exist")
    return await _show_unfinished(home, standing, shots, shot, facts)


async def _show_film(
    path: Path, shots: Sequence[ShotSummary], shot: int | None, at: float | None, facts: dict[str, Any]
) -> types.CallToolResult:
    length = Fraction(str(shots[-1].start_s)) + Fraction(str(shots[-1].duration_s))
    if at is not None and at >= length:
        raise BadInput("at", at, f"seconds below {float(length):g}, the length of the film")
    if at is None and shot is None:
        sheet = await draw_sheet(list_film_tiles(path, shots))
        return build_answer({**facts, "shots": _list_shots(shots)}, images=[("image/jpeg", sheet)])
    when = Fraction(str(at)) if at is not None else find_settled(shots[(shot or 1) - 1])
    n = shot or next((one.n for one in reversed(shots) if Fraction(str(one.start_s)) <= when), 1)
    picture = await asyncio.to_thread(lambda: to_png(read_frame_at(path, when)))
    facts |= {"at": round(float(when), 3), "shot": n, "words": dict(shots[n - 1].words)}
    return build_answer(facts, images=[("image/png", picture)])


async def _show_unfinished(
    home: Home, standing: Standing, shots: Sequence[ShotSummary], shot: int | None, facts: dict[str, Any]
) -> types.CallToolResult:
    """Show the takes that exist, and the stills of shots that have none."""
    stills, tiles = find_stills(standing), await list_unfinished_tiles(home, standing, shots, shot)
    facts["shots"] = _list_shots(shots)
    facts["missing_shots"] = [one.n for one in shots if not (one.take or stills.get(str(one.id)))]
    if not tiles:
        return build_answer({**facts, "message": "no picture of it exists yet"})
    if shot is not None:
        picture = await asyncio.to_thread(lambda: to_png(read_tile(tiles[0])))
        return build_answer({**facts, "shot": shot}, images=[("image/png", picture)])
    return build_answer(facts, images=[("image/jpeg", await draw_sheet(tiles[:MAX_SHEET_TILES]))])


async def _show_changes(
    home: Home, standing: Standing, shots: Sequence[ShotSummary], film: Outcome | None, path: Path | None,
    facts: dict[str, Any],
) -> types.CallToolResult:  # fmt: skip
    """Show the first, middle and last frame of every range that the film before did not have."""
    before = await _find_film_before(home, standing, film)
    if path is None or before is None:
        why = "the film is not finished" if path is None else "there is no earlier film to compare it with"
        return build_answer({**facts, "message": why})
    ranges = await asyncio.to_thread(find_changed_ranges, before, path)
    has_new_sound = await asyncio.to_thread(has_changed_sound, before, path)
    facts |= {"changed": [_describe_range(one, shots) for one in ranges], "has_changed_sound": has_new_sound}
    if not ranges:
        return build_answer({**facts, "message": "every picture is as it was"})
    tiles = []
    for one in ranges[: MAX_SHEET_TILES // 3]:
        inside = (one.end - one.start) / 50
        for when in sorted({one.start, (one.start + one.end) / 2, max(one.start, one.end - inside)}):
            tiles.append(Tile(f"shot {_find_shot(when, shots)} at {float(when):.1f} s", path, when))
    return build_answer(facts, images=[("image/jpeg", await draw_sheet(tiles))])


async def _find_film_before(home: Home, standing: Standing, film: Outcome | None) -> Path | None:
    """Find the newest film of an earlier job that is not this one, and whose bytes are still there."""
    now = set(film.assets) if film else set()
    for job in await home.journal.list_jobs(home.account, standing.project):  # newest first
        if job.film and job.film not in now and await home.vault.has(home.account, job.film):
            return await find_file(home, job.film)
    return None


def _list_shots(shots: Sequence[ShotSummary]) -> list[dict[str, Any]]:
    return [
        {"n": one.n, "beat": one.beat, "start_s": one.start_s, "words": " / ".join(one.words.values()),
         "prompt": one.prompt[:120], "takes": one.take_count}
        for one in shots
    ]  # fmt: skip


def _find_shot(when: Fraction, shots: Sequence[ShotSummary]) -> int:
    return next((one.n for one in reversed(shots) if Fraction(str(one.start_s)) <= when), 1)


def _describe_range(found: ChangedRange, shots: Sequence[ShotSummary]) -> dict[str, Any]:
    first, last = _find_shot(found.start, shots), _find_shot(max(found.start, found.end - Fraction(1, 50)), shots)
    return {
        "start_s": round(float(found.start), 3), "end_s": round(float(found.end), 3),
        "shots": list(range(first, last + 1)),
    }  # fmt: skip
