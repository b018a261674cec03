"""Plate: more words than a headline has, set as a paragraph that is read at once, on one colour."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.style import pick_text_colour
from reelwright.media.looks.slam.compositions.skin import Skin, Staging
from reelwright.media.looks.slam.motifs import add_product, add_slashes
from reelwright.media.staging.lines import (
    compute_block_baselines,
    find_written_starts,
    list_rebroken,
    make_rise,
    measure_block_height,
)
from reelwright.media.staging.pictures import add_screen, fill_with
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage

_LINES = {"wide": 7, "tall": 11, "portrait": 9, "square": 8}
_LARGEST = 132
"""Em of the largest paragraph at a short side of 1080: words that could be larger are headlines."""
_GAP: Final = 0.42
"""Room between two lines, in their em."""


def make_plate(skin: Skin) -> Staging:
    """Make a staging of lines of one size, in small letters, that rise one after another;
    the look's motif closes them.
    """
    return partial(_set, skin)


def _set(skin: Skin, stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    ground = stage.ground = palette.get_colour(skin.ground)
    picture = stage.choose_picture()
    width = live.width * (0.56 if wide and picture else 0.86 if wide else 1)
    share = {"wide": 0.9, "tall": 0.66, "portrait": 0.7, "square": 0.74}[stage.shape] * (
        1 if wide or not picture else 0.6
    )
    lines, starts, tall = _fit_lines(stage, skin.role, width, live.height * share)
    if tall > live.height:  # empty lines between sentences are not in the height of a block
        lines, starts, tall = _fit_lines(stage, skin.role, width, 0.98 * live.height * share * live.height / tall)
    gap = lines[0].size * _GAP
    top = live.top + ((live.height - tall) / 2 if wide else max(20 * u, (live.height * share - tall) / 2))
    lows = compute_block_baselines(lines, top, gap)
    lows = [low + gap * sum(start <= index for start in starts) for index, low in enumerate(lows)]
    corners = [
        (live.left + line.width, low + max(0.0, line.ink.bottom) * line.size)
        for line, low in zip(lines, lows, strict=True)
    ]
    if stage.choose_picture() is not None:
        _add_picture(stage, skin, corners)
    else:
        _closing(stage, skin, corners[-1][1])
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        motion = make_rise(stage, line, low, stage.to_frames(3 * index), f"line {index}")
        stage.add_line(line, live.left, low, pick_text_colour(palette, ground), ground, motion)
    stage.record_fit(lines[0].size, 64 * u)


def _fit_lines(
    stage: Stage, role: str, width: float, height: float
) -> tuple[Sequence[FittedLine], Sequence[int], float]:
    """Return the largest lines, the indices of those that begin anew, and the height of all with the gaps between."""
    text, most = stage.get_words(role), _LINES[stage.shape]
    blocks = [
        stage.fit_block(given, width, height, kind="plain", lines=most, lead=1.22, largest=_LARGEST * stage.u)
        for given in (text, *list_rebroken(text, most, stage.request.language))
    ]
    lines = max(blocks, key=lambda block: block[0].size * 0.92 ** len(block))
    starts = find_written_starts(text, lines)
    gap = lines[0].size * _GAP
    return lines, starts, measure_block_height(lines, gap) + len(starts) * gap


def _add_picture(stage: Stage, skin: Skin, corners: Sequence[Point]) -> None:
    """Draw the picture beside or below the words, behind a leaning edge that passes under the end of every line.

    A photograph fills its field; a product and a screenshot stand in it whole.
    """
    u, wide = stage.u, stage.shape == "wide"
    picture = stage.choose_picture()
    assert picture is not None
    rise = stage.width * stage.look.slope
    low = max(y + rise * x / stage.width for x, y in corners) + 56 * u
    edge = stage.make_diagonal(1330 * u) if wide else stage.make_wedge(low, rise)
    come = stage.slide(0, dx=500 * u if wide else 0, dy=0 if wide else 500 * u, kind="slab")
    if picture.kind == "photo":
        motion = Motion(moves=(come,), group="picture")
        return fill_with(stage, picture, edge, grade=skin.grade, tint=stage.palette.accent, motion=motion)
    field = stage.palette.get_colour(skin.field)
    stage.add_polygon(edge, field, Motion(moves=(come,), group="field"))
    room = (
        Box(1440 * u, 0.0, stage.width, stage.height) if wide else Box(0.0, low - rise / 2, stage.width, stage.height)
    )
    width, height = 0.84 * room.width, 0.84 * room.height
    moves = (come, stage.push(0.03, stage.to_frames(12)), stage.nudge(stage.to_frames(12), dx=8, dy=4))
    motion = Motion(moves=moves, group="picture")
    x, y = room.centre
    if picture.kind == "screen":
        return add_screen(stage, picture, x, y, width, height, motion, lean=0.0)
    size = min(width, height * picture.ratio)
    return add_product(stage, picture, size, -8, field, (x, y), motion, within=room, grade=skin.grade)


def _closing(stage: Stage, skin: Skin, below: float) -> None:
    """Close words without a picture by dots and the look's leaning bars."""
    palette, u = stage.palette, stage.u
    field = palette.get_colour(skin.field)
    rise = Motion(moves=(stage.slide(0, dy=300 * u, kind="button"), stage.drift(dx=0.2)), group="motif")
    if stage.shape == "wide":
        stage.add_dots(stage.width * 0.72, 0, stage.width + 9, stage.height, "right", field, densest=0.42, gamma=1.6)
        return
    room = stage.height - below
    top = max(below + 110 * u, stage.height * 0.72)
    stage.add_dots(0, top - 40 * u, stage.width + 9, stage.height + 9, "down", field, densest=0.5, gamma=1.3)
    if room > 500 * u:
        add_slashes(stage, stage.width * 0.08, max(top, stage.height - 420 * u), 460 * u, field, rise)
