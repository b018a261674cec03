"""Agitate: the same line again and again, cropped tighter with every hit, until it fills the frame."""

from __future__ import annotations

from reelwright.media.drawing.drawables import Fill
from reelwright.media.drawing.layers import Box, Clip
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Mover
from reelwright.media.looks.slam.motifs import add_product
from reelwright.media.staging.lines import compute_block_baselines, fit_headline, measure_block_height
from reelwright.media.staging.pictures import fill_with
from reelwright.media.staging.stage import Motion, Stage


def set_agitate(stage: Stage) -> None:
    """Stage the beat ``agitate``: the same line again and again, cropped tighter with every hit."""
    palette, u = stage.palette, stage.u
    stage.ground = palette.accent
    beats = stage.find_beats(3, until=0.62)
    top, bottom = _readable(stage)
    height = (bottom - top) * 0.78
    text = stage.get_words("line")
    lines = fit_headline(
        stage, text, stage.live.width, height, lines=2 if stage.shape == "wide" else 3, largest=stage.height * 0.3
    )
    tall = measure_block_height(lines, 24 * u)
    start = top + (bottom - top - tall) / 2
    lows = compute_block_baselines(lines, start, 24 * u)
    _closing_in(stage, lines[-1], top, bottom, beats)
    for line, low in zip(lines, lows, strict=True):
        stage.add_line(
            line, stage.live.left, low, palette.on_accent, palette.accent, Motion(moves=(stage.hit(0),), group="line")
        )
    for beat in beats[1:]:
        stage.add_shake(beat)


def _readable(stage: Stage) -> tuple[float, float]:
    """Return the top and bottom of the strip that keeps the whole line."""
    top, bottom = {"tall": (0.27, 0.52), "wide": (0.30, 0.68), "square": (0.28, 0.66), "portrait": (0.30, 0.64)}[
        stage.shape
    ]
    return stage.height * top, stage.height * bottom


def _closing_in(stage: Stage, line: FittedLine, top: float, bottom: float, beats: list[int]) -> None:
    palette = stage.palette
    rise = stage.width * stage.look.slope * (0.35 if stage.shape == "wide" else 0.5)
    below = stage.make_wedge(bottom + rise * 0.55, rise)
    above = stage.make_ceiling(top - rise * 0.05, rise)
    low_clip, high_clip = stage.make_clip(below), stage.make_clip(above)
    far = stage.height
    first = Motion(moves=(stage.slide(beats[1], dy=far, kind="slab"),), group="below")
    second = Motion(moves=(stage.slide(beats[2], dy=-far, kind="slab"),), group="above")
    stage.add_polygon(below, palette.shade, first)
    picture = stage.choose_picture()
    if picture is not None and picture.kind != "cutout":
        fill_with(stage, picture, below, grade="mono", zoom=1.7, motion=first)
    else:
        _crop(stage, line, bottom, stage.height, palette.accent, (*first.moves,), low_clip, "below")
    stage.add_polygon(above, palette.text, second)
    _crop(stage, line, 0, top, palette.shade, (*second.moves,), high_clip, "above")
    if picture is not None and picture.kind == "cutout":
        size = stage.height * (0.75 if stage.shape == "wide" else 0.62) * max(1.0, picture.ratio)
        moves = (stage.slide(beats[1], dx=900 * stage.u), *stage.keep_alive(beats[2], -16, 0))
        motion = Motion(moves=moves, clips=(low_clip,), group="below")
        place = (stage.width * 0.74, 0.45 * bottom + 0.55 * stage.height)
        free = Box(0, bottom, stage.width, stage.height)
        add_product(stage, picture, size, -18, palette.shade, place, motion, within=free, grade="mono")


def _crop(
    stage: Stage,
    line: FittedLine,
    top: float,
    bottom: float,
    colour: str,
    moves: tuple[Mover, ...],
    clip: Clip,
    group: str,
) -> None:
    """Draw the line far too large for its strip: a cropped echo that is felt, not read."""
    height = (bottom - top) * 1.12
    size = height / line.ink.height
    x = -line.ink.width * size * (0.08 if group == "below" else 0.3)
    if line.ink.width * size < stage.width * 1.15:
        size *= stage.width * 1.25 / (line.ink.width * size)
        x = -stage.width * 0.08
    low = bottom - (line.ink.bottom * size) + (0.06 if group == "below" else -0.10) * line.ink.height * size
    path, box = stage.trace_ink(line.ink, size, x, low)
    after = stage.to_frames(30)
    drift = stage.drift(dx=-0.5 if group == "below" else 0.4)
    step = stage.march(after, dx=-60 if group == "below" else 60)
    stage.add("echo", Fill(path, colour), box, Motion(moves=(*moves, drift, step), clips=(clip,), group=group))
