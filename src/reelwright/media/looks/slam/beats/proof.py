"""Proof: one number counted up to, bars only where there are two values to compare, and the source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from reelwright.media.drawing import colour as tone
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine, Ink
from reelwright.media.drawing.movers import Count
from reelwright.media.drawing.treatments import is_lost_on
from reelwright.media.looks.slam.motifs import add_product
from reelwright.media.staging.lines import fit_headline, fit_small_block, measure_block_height
from reelwright.media.staging.numbers import (
    add_bars,
    find_counted_thing,
    fit_count_label,
    has_comparison,
    measure_label_depth,
    set_label,
    set_thing,
    typeset_count,
)
from reelwright.media.staging.pictures import fill_with
from reelwright.media.staging.stage import Motion, Stage

_SOURCE_STEP: Final = 1.3
"""Em from line to line of the source."""
_LEAST: Final = 260
"""Least height in which a sticker stands, in pixels at 1080."""
_SHARE: Final = 0.62
"""Part of the height of a frame that is not wide that a number takes at most where a sticker stands under it."""


def set_proof(stage: Stage) -> None:
    """Stage the beat ``proof``: one number counted up to, bars where two values are compared, and the source."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.bg
    compared = has_comparison(stage)
    thing = find_counted_thing(stage)
    steps = typeset_count(stage, is_alone=bool(thing))
    full = steps[-1]
    width = (1080 if stage.pictures else 1500) * u if wide else live.width
    tallest = {"wide": 560 if compared else 640, "tall": 520, "portrait": 380, "square": 300}[stage.shape] * u
    if not (compared or thing or stage.pictures or stage.get_words("source")):
        tallest = {"wide": 720, "tall": 840, "portrait": 800, "square": 640}[stage.shape] * u
    if thing and wide:
        tallest = 400 * u
    if any(one.is_sticker for one in stage.pictures) and not (wide or compared):
        tallest = min(tallest, _SHARE * live.height)
    label = fit_count_label(stage, 1060 * u if wide else live.width)
    lines = (
        fit_headline(stage, thing, width, stage.live.height * 0.24, lines=2, gap=18, largest=190 * u) if thing else []
    )
    deep = measure_block_height(lines, 18 * u) + 40 * u if lines else 0.0
    deep += measure_label_depth(label)
    air = 70 * u + (30 * u if stage.shape == "tall" else 0)
    if compared or stage.get_words("source"):
        tallest -= measure_label_depth(label)
    else:
        tallest = min(tallest, live.height - air - deep)
    source = _fit_source(stage)
    if not wide and (compared or source):  # the lines of the source stand under the bars
        more = (len(source) - 1) * _SOURCE_STEP * source[0].size if source else 0.0
        tallest = min(tallest, live.bottom - more - _source_low(stage, live.top + air + deep))
    size = min(width / max(ink.width for ink in steps), tallest / full.height)
    stage.record_fit(full.cap * size, 170 * u)
    top = live.top + air
    if wide and not compared:
        top = live.top + 70 * u + max(0.0, (live.height - 200 * u - full.height * size - deep) / 2)
    low = top - full.top * size
    below = low + max(0.0, full.bottom) * size
    _backdrop(stage, full, below + deep)
    settled = stage.to_frames(4) + stage.get_length("count")
    ticks = Motion(moves=(stage.march(settled, dx=9, dy=9, most=3),), span=(settled, float("inf")), group="echo")
    stage.add_echo(full, size, live.left, low, palette.accent, 0.8, ticks)
    count = Count(stage.to_frames(2), stage.get_length("count"), stage.look.ease["count"], len(steps) - 1)
    stage.add_counter(
        steps,
        size,
        live.left,
        low,
        palette.accent_text,
        palette.bg,
        Motion(moves=(stage.hit(0, 1.2), count), group="number"),
    )
    if lines:
        below = set_thing(stage, lines, live.left, below + 40 * u, palette.text, palette.bg)
    if label:
        below = set_label(stage, label, live.left, below, palette.text, palette.bg)
    if compared:
        below = _bars(stage, below)
    _source(stage, source, below)
    stage.add_shake(stage.to_frames(2) + stage.get_length("count"))


def _bars(stage: Stage, below: float) -> float:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    top = max(below + (44 if wide else 60) * u, 742 * u if wide else 0)
    colours = ((tone.mix(palette.surface, palette.dim, 0.25), palette.text), (palette.accent, palette.on_accent))
    reach = 1130 * u if wide else float(stage.width)
    return add_bars(stage, stage.live.left, reach, top, _bar_height(stage), colours, palette.text)


def _source_low(stage: Stage, below: float) -> float:
    """Return the y of the source line in frames that are not wide: under the bars, if there are any."""
    deep = 60 * stage.u + 2 * _bar_height(stage) + 26 * stage.u if has_comparison(stage) else 0.0
    return below + deep + (70 * stage.u if stage.get_words("source") else 0.0)


def _bar_height(stage: Stage) -> float:
    wide = 86 if len(_fit_source(stage)) < 2 else 70  # two lines of small print stand under the bars
    return {"wide": wide, "tall": 140, "portrait": 100, "square": 84}[stage.shape] * stage.u


def _fit_source(stage: Stage) -> list[FittedLine]:
    text = stage.get_words("source")
    if not text:
        return []
    em = stage.get_small_size("legal")
    width = 1060 * stage.u if stage.shape == "wide" else stage.live.width
    return fit_small_block(stage, text, width, em * 3, largest=em / stage.u, lines=2)


def _source(stage: Stage, fitted: Sequence[FittedLine], below: float) -> None:
    u, live = stage.u, stage.live
    em = stage.get_small_size("legal")
    low = (
        min(below + 70 * u, live.bottom - len(fitted) * em * _SOURCE_STEP + em)
        if stage.shape != "wide"
        else live.bottom - (len(fitted) - 1) * em * _SOURCE_STEP - 0.5 * em
    )
    for index, line in enumerate(fitted):
        motion = Motion(moves=(stage.fade(stage.to_frames(10), stage.to_frames(8)),), group="source")
        y = low + index * em * _SOURCE_STEP
        stage.add_line(line, live.left, y, stage.palette.dim, stage.palette.bg, motion, role="legal")


def _backdrop(stage: Stage, full: Ink, below: float) -> None:
    """Draw a dark wedge with the picture in grey, or with the number again, outlined and far too large."""
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    rise = stage.width * stage.look.slope
    y = min(max(stage.height * 0.80, _source_low(stage, below) + 0.62 * rise + 26 * u), stage.height * 1.04)
    points = stage.make_diagonal(1290 * u) if wide else stage.make_wedge(y, rise)
    clip = stage.make_clip(points)
    come = stage.slide(0, dx=400 * u if wide else 0, dy=0 if wide else 300 * u, kind="slab")
    picture = stage.choose_picture()
    dark = picture is not None and picture.kind == "cutout" and is_lost_on(picture, palette.surface, 0.26)
    ground = tone.mix(palette.surface, palette.dim, 0.5) if dark else palette.surface
    stage.add_polygon(points, ground, Motion(moves=(come,), group="wedge"))
    stage.add_dots(
        stage.width * 0.5 if wide else 0,
        0 if wide else stage.height * 0.6,
        stage.width + 9,
        stage.height + 9,
        "down",
        palette.bg,
        densest=0.9,
        gamma=1.0,
        cell=1.25,
        motion=Motion(clips=(clip,), moves=(come,), group="wedge"),
    )
    drift = stage.march(stage.to_frames(30), dx=-18)
    if picture is None:
        size = (stage.height * 1.05 if wide else stage.height * 0.36) / full.height
        x, low = (stage.width * 0.60, stage.height * 1.02) if wide else (-stage.width * 0.05, stage.height * 1.03)
        stage.add_echo(
            full, size, x, low, palette.accent, 0.42, Motion(moves=(drift, come), clips=(clip,), group="wedge")
        )
    elif picture.is_sticker:
        within = Box(0, max(below, _source_low(stage, below)) + 30 * u, stage.width, stage.height)
        if wide:
            within = Box(stage.live.left + 1120 * u, 0, stage.width, stage.height)
        if within.height > _LEAST * u:
            add_product(
                stage, picture, math.inf, -8, palette.surface, within.centre,
                Motion(moves=(drift, come), group="wedge"), within=within,
            )  # fmt: skip
    elif picture.kind == "cutout":
        size = 1700 * u * min(1.0, picture.ratio * 0.9)
        sprite = stage.make_product_sprite(picture, size, -12, palette.surface, grade="soft")
        x, yy = (1640 * u, 760 * u) if wide else (stage.width * 0.55, stage.height * 0.90)
        stage.place(
            sprite,
            x,
            yy + (0 if picture.ratio > 1 else sprite.box.height * 0.16),
            Motion(moves=(drift, come), clips=(clip,), group="wedge"),
        )
    else:
        fill_with(stage, picture, points)
