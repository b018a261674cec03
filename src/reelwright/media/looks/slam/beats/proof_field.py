"""Proof, turned round: the number in ink on a field of colour, low or far; the product in colour where it is not."""

from __future__ import annotations

import math
from typing import Final

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import Ink
from reelwright.media.drawing.movers import Count
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
from reelwright.media.staging.pictures import add_screen, fill_with
from reelwright.media.staging.stage import Motion, Stage

_LEAST: Final = 420
"""Pixels at 1080 that a number leaves over it for a sticker, in a frame that is not wide."""


def set_proof_field(stage: Stage) -> None:
    """Stage the beat ``proof`` turned round: the number in ink on a field of colour."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.accent
    compared = has_comparison(stage)
    thing = find_counted_thing(stage)
    steps = typeset_count(stage, is_alone=bool(thing))
    full = steps[-1]
    axis = stage.width * 0.43 if wide else live.left
    has_sticker = any(one.is_sticker for one in stage.pictures)
    is_small = has_sticker and not wide
    shares = has_sticker and stage.shape in ("portrait", "square") and not compared
    high = {"wide": 92, "tall": 120, "portrait": 84, "square": 70}[stage.shape] * u
    source = 2.6 * stage.get_small_size("legal") + 24 * u if stage.get_words("source") else 10 * u
    label = fit_count_label(stage, live.right - axis)
    lines = (
        fit_headline(
            stage,
            thing,
            live.right - axis,
            live.height * (0.13 if is_small else 0.24),
            lines=2,
            gap=18,
            largest=(130 if is_small else 190 if wide else 250) * u,
        )
        if thing
        else []
    )
    deep = (measure_block_height(lines, 18 * u) + 40 * u if lines else 0.0) + measure_label_depth(label)
    rest = source + deep + (2 * high + 26 * u + 56 * u if compared else 0)
    room = (
        live.height
        - rest
        - (
            0
            if wide
            else {"tall": 130 if stage.get_words("source") else 200, "portrait": 60, "square": 40}[stage.shape] * u
        )
        - 70 * u
    )
    if shares:
        room = min(room, live.height - rest - _LEAST * u)
    size = min((live.right - axis) / max(ink.width for ink in steps), min(room, 620 * u) / full.height)
    stage.record_fit(full.cap * size, 150 * u)
    total = full.height * size + rest + 70 * u
    top = (live.top + (live.height - total) / 2 if wide else live.bottom - total) + 60 * u
    low = top - full.top * size
    if not shares:  # else its edges look out from under the field with the sticker
        _rows(stage, full, size, axis, low)
    _field(stage, top - 20 * u, axis)
    bare = not (compared or thing or stage.get_words("source") or stage.pictures)
    if bare and not wide and full.width * size < stage.width * 0.5:
        stage.add_dots(
            stage.width * 0.5, 0, stage.width + 9, stage.height, "right", palette.shade, densest=0.7, gamma=1.5
        )
    _number(stage, steps, size, axis, low)
    below = low + max(0.0, full.bottom) * size
    if lines:
        below = set_thing(stage, lines, axis, below + 40 * u, palette.on_accent, palette.accent)
    if label:
        below = set_label(stage, label, axis, below, palette.on_accent, palette.accent)
    if compared:
        colours = ((palette.text, palette.shade), (palette.shade, palette.text))
        below = add_bars(stage, axis, live.right, below + 56 * u, high, colours, palette.on_accent)
    _source(stage, axis, below)


def _number(stage: Stage, steps: list[Ink], size: float, x: float, low: float) -> None:
    palette = stage.palette
    count = Count(stage.to_frames(2), stage.get_length("count"), stage.look.ease["count"], len(steps) - 1)
    motion = Motion(moves=(stage.hit(0, 1.2), count), group="number")
    stage.add_counter(steps, size, x, low, palette.on_accent, palette.accent, motion)
    stage.add_shake(stage.to_frames(2) + stage.get_length("count"))


def _rows(stage: Stage, full: Ink, size: float, x: float, low: float) -> None:
    """Draw outlines of the number above it that step on with the music."""
    u = stage.u
    pitch = full.height * size + 24 * u
    after = stage.to_frames(4) + stage.get_length("count")
    march = stage.march(after, dx=-28)
    for row in (-4, -3, -2, -1):
        y = low + row * pitch - 60 * u
        if y < 0:
            continue
        moves = (stage.fade(after - stage.to_frames(6), stage.to_frames(6)), march)
        motion = Motion(moves=moves, group="echo")
        stage.add_echo(full, size, x, y, stage.palette.on_accent, max(0.16, 0.5 - 0.08 * abs(row)), motion)


def _field(stage: Stage, top: float, axis: float) -> None:
    """Draw a dark field on the near or upper side with the picture in it."""
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    picture = stage.choose_picture()
    rise = stage.width * stage.look.slope * 0.8
    if picture is not None and picture.is_sticker and stage.shape == "tall":
        foot = Box(0, stage.live.bottom + 30 * u, stage.width, stage.height)
        motion = Motion(moves=(stage.slide(0, dx=-500 * u),), group="picture")
        return add_product(stage, picture, math.inf, 10, palette.accent, foot.centre, motion, within=foot)
    if picture is None and not wide:
        return None
    y = top + (20 * u if stage.shape == "tall" else 0)
    points = stage.make_diagonal(stage.width * 0.345, far=False) if wide else stage.make_ceiling(y, rise)
    come = stage.slide(0, dx=-stage.width * 0.4 if wide else 0, dy=0 if wide else -stage.height * 0.3, kind="slab")
    stage.add_polygon(points, palette.bg, Motion(moves=(come,), group="field"))
    clip = stage.make_clip(points)
    wide_dots = stage.width * 0.55 if wide else stage.width + 9
    stage.add_dots(
        0,
        0,
        wide_dots,
        stage.height if wide else max(60.0, y),
        "left" if wide else "up",
        palette.accent,
        densest=0.45,
        gamma=1.8,
        cell=1.15,
        motion=Motion(moves=(come,), clips=(clip,), group="field"),
    )
    if picture is None:
        return None
    after = stage.to_frames(12)
    moves = (stage.slide(0, dx=-500 * u), stage.push(0.03, after))
    motion = Motion(moves=moves, clips=(clip,), group="picture")
    x, yy = (stage.width * 0.18, stage.height * 0.54) if wide else (stage.width * 0.60, y * 0.40)
    if picture.kind == "photo":
        return fill_with(stage, picture, points, motion=Motion(moves=(come,), group="field"))
    if picture.kind == "screen":
        return add_screen(stage, picture, x, yy, 640 * u if wide else 800 * u, max(90.0, y * 0.8), motion, lean=0.06)
    if picture.is_sticker:
        within = Box(0, 0, axis - 30 * u, stage.height) if wide else Box(0, 0, 0.7 * stage.width, y - 0.5 * rise)
        return add_product(stage, picture, math.inf, 10, palette.bg, within.centre, motion, within=within)
    size = (
        stage.height * 1.02 * picture.ratio if wide else min(1000 * u, max(y, 200 * u) * 1.35 * min(picture.ratio, 1.1))
    )
    if wide and picture.ratio > 1:
        size = 820 * u
    sprite = stage.make_product_sprite(picture, size, 10 if picture.ratio <= 1 else -12, palette.bg)
    return stage.place(sprite, x, yy, motion)


def _source(stage: Stage, x: float, below: float) -> None:
    text = stage.get_words("source")
    if not text:
        return
    em = stage.get_small_size("legal")
    fitted = fit_small_block(stage, text, stage.live.right - x, em * 3, largest=em / stage.u, lines=2)
    low = min(below + 60 * stage.u, stage.live.bottom - (len(fitted) - 1) * em * 1.3 - 0.4 * em)
    for index, line in enumerate(fitted):
        motion = Motion(moves=(stage.fade(stage.to_frames(10), stage.to_frames(8)),), group="source")
        stage.add_line(
            line, x, low + index * em * 1.3, stage.palette.on_accent, stage.palette.accent, motion, role="legal"
        )
