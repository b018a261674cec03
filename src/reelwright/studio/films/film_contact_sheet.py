"""Pictures of a film: contact sheet, poster and animated preview; before it is made, a sheet of what exists of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from reelwright.errors import NotFound
from reelwright.media.base.probe import probe
from reelwright.media.pictures.contact_sheet import build_contact_sheet, read_frame_at
from reelwright.media.pictures.previews import draw_moving_preview, draw_poster
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import build_graph, make_still_key
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.reel.records.operation import Standing
from reelwright.studio import late_modules as late
from reelwright.studio.films.summaries import build_shot_summaries, find_current_film
from reelwright.studio.policy import MAX_SHEET_TILES, SETTLED_BEFORE_END_S
from reelwright.studio.results.results import ShotSummary
from reelwright.studio.runtime.home import Home

if TYPE_CHECKING:
    pass

FilmPicture = Literal["sheet", "poster", "preview"]
SUFFIXES: Final[dict[FilmPicture, str]] = {"sheet": ".jpg", "poster": ".jpg", "preview": ".webp"}
"""``sheet``: a frame of each shot, with its number, beat and time. ``poster``: the frame of the name, where the film
shows one; else, of the frames in which a shot has arrived, that with the most contrast. ``preview``: each shot in
motion, small and without sound."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A frame of a contact sheet: from the file ``path``, at ``at`` seconds, or in the middle (None)."""

    label: str
    path: Path
    at: Fraction | None


async def draw_film_picture(home: Home, project: str, kind: FilmPicture) -> bytes:
    """Draw a picture of a project's newest film; the sheet of an unfinished one shows its takes and stills.

    Raises ``NotFound`` where there is nothing to show yet.
    """
    standing = await home.journal.read_standing(home.account, project)
    shots, film = build_shot_summaries(standing), find_current_film(standing)
    if film is None and kind == "sheet" and (tiles := await list_unfinished_tiles(home, standing, shots)):
        return await draw_sheet(tiles[:MAX_SHEET_TILES])
    if film is None:
        raise NotFound(code="film_not_made_yet", actions=[Action("resume_job", {"project": project})])
    path = await find_file(home, get_master(film))
    if kind == "sheet":
        return await draw_sheet(list_film_tiles(path, shots))
    if kind == "poster":
        named = [one for one in shots if one.beat == "reveal"]
        chosen = named or [one for one in shots if one.beat != "end_card"] or shots  # a button on a picture is none
        times = [Fraction(str(one.start_s)) + Fraction(str(one.duration_s)) * 2 / 3 for one in chosen]
        return await asyncio.to_thread(draw_poster, path, times)
    spans = [(Fraction(str(one.start_s)), Fraction(str(one.duration_s))) for one in shots]
    return await asyncio.to_thread(draw_moving_preview, path, spans)


def list_film_tiles(path: Path, shots: Sequence[ShotSummary]) -> list[Tile]:
    """List a frame of each shot of the film at ``path``, or of many a selection over the whole film."""
    if len(shots) > MAX_SHEET_TILES:
        shots = [shots[n * len(shots) // MAX_SHEET_TILES] for n in range(MAX_SHEET_TILES)]
    return [Tile(f"{one.n}  {one.beat}  {float(find_settled(one)):.1f} s", path, find_settled(one)) for one in shots]


async def list_unfinished_tiles(
    home: Home, standing: Standing, shots: Sequence[ShotSummary], shot: int | None = None
) -> list[Tile]:
    """List the takes that exist, and the stills of shots that have none. ``shot``: of this one alone."""
    stills = find_stills(standing) if shots else {}
    tiles = []
    for one in shots:
        digest = one.take or stills.get(str(one.id))
        if (shot is None or one.n == shot) and digest:
            tiles.append(Tile(f"{one.n} {'take' if one.take else 'still'}", await find_file(home, digest), None))
    return tiles


async def draw_sheet(tiles: Sequence[Tile]) -> bytes:
    """Draw a contact sheet as JPEG."""
    return await asyncio.to_thread(lambda: build_contact_sheet([(tile.label, read_tile(tile)) for tile in tiles]))


def read_tile(tile: Tile) -> late.Image.Image:
    """Read the picture of a tile in full size."""
    if tile.at is not None:
        return read_frame_at(tile.path, tile.at)
    if late.sniff.sniff(late.sniff.read_head(tile.path)).mime.startswith("image/"):
        with late.Image.open(tile.path) as picture:
            return picture.convert("RGB")
    return read_frame_at(tile.path, probe(tile.path).duration / 2)


def find_stills(standing: Standing) -> dict[str, Digest]:
    """Find the stills of a project by shot."""
    assert standing.plan
    graph = build_graph(standing.plan, "storyboard", standing.encoding)
    found = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    return {
        str(shot.id): asset
        for shot in standing.plan.shots
        if (one := found.get(make_still_key(shot.id))) and (asset := one.asset)
    }


def find_settled(shot: ShotSummary) -> Fraction:
    """Find the second of a film at which a shot stands: its words have come, and the next shot has not."""
    length = Fraction(str(shot.duration_s))
    return Fraction(str(shot.start_s)) + length - min(length / 2, SETTLED_BEFORE_END_S)


async def find_file(home: Home, digest: Digest) -> Path:
    """Find the file of an asset in the vault; its bytes are checked."""
    return await asyncio.to_thread(home.vault.get_verified_path, home.account, digest)


def get_master(film: Outcome) -> Digest:
    """Return the file of a film, without its captions."""
    return Digest(film.facts.get("files", {}).get("master", film.assets[0]))
