"""Demo, two more ways to tell steps: stairs of slabs, and one step at a time under a numeral larger than the frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from reelwright.media.drawing.drawables import Fill
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.slam.motifs import add_far_dots, add_product, find_room
from reelwright.media.staging.lines import (
    compute_block_baselines,
    count_lines,
    fit_headline,
    list_steps,
    make_rise,
    measure_block_height,
)
from reelwright.media.staging.pictures import add_screen, fill_with
from reelwright.media.staging.stage import Motion, Stage

Staging = Callable[[Stage], None]
STEPS_UNTIL: Final = 0.72
"""Part of the shot in which steps come that stand together; in the rest the last one is read."""
_LEAD: Final = 1.08
"""Ems from one line of a step to the next."""


def choose_by_steps(first_choice: Staging, fallback: Staging) -> Staging:
    """Make a staging that is ``first_choice`` where the words have steps, else ``fallback``."""

    def staging(stage: Stage) -> None:
        (first_choice if list_steps(stage) else fallback)(stage)

    return staging


def set_stairs(stage: Stage) -> None:
    """Set each step on a slab further along the reading direction than the one before, on black;
    the newest in colour.
    """
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.bg
    steps = list_steps(stage)
    width = (1180 * u if stage.pictures else live.width) if wide else live.width
    _world(stage)
    top = live.top + (16 if stage.shape == "tall" else 0) * u
    if line := stage.get_words("line"):
        lines = fit_headline(
            stage, line, width, {"wide": 130, "tall": 200}.get(stage.shape, 150) * u, lines=2, target=60
        )
        for index, (row, low) in enumerate(zip(lines, compute_block_baselines(lines, top, 20 * u), strict=True)):
            motion = make_rise(stage, row, low, 0, f"line {index}")
            stage.add_line(row, live.left, low, palette.text, palette.bg, motion)
        top += measure_block_height(lines, 20 * u) + 50 * u
    beats = stage.split_frames(len(steps), until=STEPS_UNTIL)
    share = 1.0 if wide or not stage.pictures else 0.76 if stage.shape == "tall" else 0.62
    highest = 330 if not wide else 210 if stage.pictures else 300
    high = min((live.top + live.height * share - top) / len(steps), highest * u)
    indent = min(width * 0.16 / len(steps), 70 * u)
    room = width - indent * (len(steps) - 1) - 190 * u - high * stage.look.slope
    blocks = _fit_steps(stage, steps, room, high, (150 if wide else 190) * u)
    stage.record_fit(blocks[0][0].ink.cap * blocks[0][0].size, 46 * u)
    for index, lines in enumerate(blocks):
        stop = beats[index + 1] if index + 1 < len(beats) else float("inf")
        _stair(
            stage,
            index,
            lines,
            live.left + index * indent,
            top + index * high,
            high,
            beats[index],
            stop,
        )


def _fit_steps(stage: Stage, steps: Sequence[str], width: float, high: float, largest: float) -> list[list[FittedLine]]:
    """Fit steps in one size: in one line each, or in two where those are a good deal larger."""
    ways = []
    for count, tall in ((1, 0.44), (2, 0.66)):
        fitted = [stage.fit_block(step, width, high * tall, lines=count, lead=_LEAD, largest=largest) for step in steps]
        size = min(lines[0].size for lines in fitted)
        ways.append([[FittedLine(line.ink, size) for line in lines] for lines in fitted])
    one, two = ways
    return two if two[0][0].size > 1.2 * one[0][0].size else one


def _stair(
    stage: Stage, index: int, lines: Sequence[FittedLine], x: float, top: float, high: float, start: float, stop: float
) -> None:
    palette, u = stage.palette, stage.u
    high_edge, low_edge = top + 5 * u, top + high - 9 * u
    middle = (high_edge + low_edge) / 2
    numeral = stage.typeset(str(index + 1))
    tall = high * 0.62
    num = tall / numeral.height
    reach = max(line.width for line in lines)
    right = min(x + 170 * u + reach + 80 * u + high * stage.look.slope, stage.width * 0.995)
    pitch, cap = _LEAD * lines[0].size, lines[0].ink.cap * lines[0].size
    come = stage.slide(start, dx=-stage.width, kind="slab")
    points = stage.make_slab(-stage.width * 0.3, high_edge, right, low_edge)
    if start >= 1:  # a dim slab with its numeral holds the place of a step that is still to come
        early = stage.slide(stage.to_frames(3 * index), dx=-stage.width, kind="slab")
        held = Motion(moves=(early,), span=(0, start + stage.get_length("slab")), group="stairs")
        stage.add_polygon(points, palette.surface, held)
        stage.add_words(numeral, num, x, middle + tall / 2, palette.dim, palette.surface, held, role="label")
    for begin, end, colour, ink in (
        (start, stop, palette.accent, palette.on_accent),
        (stop, float("inf"), palette.surface, palette.dim),
    ):
        if begin >= end:
            continue
        motion = Motion(moves=(come,), span=(begin, end), group=f"step {index}")
        step = stage.march(start + stage.to_frames(12), dx=14, most=3)
        stage.add_polygon(points, colour, replace(motion, moves=(come, step)))
        stage.add_words(numeral, num, x, middle + tall / 2, ink, colour, motion, role="label")
        low = middle + (cap - (len(lines) - 1) * pitch) / 2
        for number, line in enumerate(lines):
            stage.add_line(line, x + 150 * u, low + number * pitch, ink, colour, motion)
    stage.add_shake(start)


def _world(stage: Stage) -> None:
    """Show the picture far or below, on a field that does not lie under the stairs."""
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    picture = stage.choose_picture()
    if picture is None:
        add_far_dots(stage, stage.width * 0.5, stage.height * 0.66, palette.accent)
        return None
    moves = (stage.slide(0, dx=500 * u), stage.push(0.03, stage.to_frames(12)))
    motion = Motion(moves=moves, group="picture")
    low = max(stage.live.top + stage.live.height * 0.70, stage.height * 0.56)
    x, y = (1610 * u, 560 * u) if wide else (stage.width * 0.55, (low + stage.height) / 2 + 60 * u)
    room = stage.height - low
    if picture.kind == "photo":
        points = stage.make_diagonal(1560 * u) if wide else stage.make_wedge(low + 150 * u, stage.width * 0.15)
        return fill_with(stage, picture, points, motion=Motion(moves=moves[:1], group="picture"))
    field = stage.make_diagonal(1580 * u) if wide else stage.make_wedge(low + 260 * u, stage.width * stage.look.slope)
    stage.add_polygon(field, palette.accent, Motion(moves=(stage.slide(0, dx=500 * u, kind="slab"),), group="field"))
    if picture.kind == "screen":
        return add_screen(stage, picture, x, y, 620 * u if wide else 900 * u, 820 * u if wide else room * 0.8, motion)
    size = 800 * u if picture.ratio > 1 else (960 * u if wide else room * 1.02) * picture.ratio
    turn, free = 9 if picture.ratio > 1 else -6, find_room(stage, 1290 * u, low)
    turns = stage.split_frames(len(list_steps(stage)), until=STEPS_UNTIL)
    return add_product(stage, picture, size, turn, palette.accent, (x, y), motion, within=free, turns=turns)


def set_one_by_one(stage: Stage) -> None:
    """Give every step the frame to itself, on colour: its numeral fills it, its words ride on a slab below."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.accent
    steps = list_steps(stage)
    beats = stage.split_frames(len(steps))
    foot = live.bottom - (50 if wide else 40) * u
    # under the numeral: it is dark, and would be lost on them
    add_far_dots(stage, stage.width * 0.4, stage.height * 0.5 if wide else foot - 120 * u, palette.shade)
    head = _head(stage)
    _beside(stage, head)
    pad, gap = 34 * u, 20 * u
    for index, step in enumerate(steps):
        span = (float(beats[index]), float(beats[index + 1]) if index + 1 < len(steps) else float("inf"))
        width = live.width * (0.56 if wide and stage.pictures else 0.92)
        lines = fit_headline(
            stage, step, width, live.height * (0.30 if wide else 0.28), lines=2, gap=20, largest=170 * u, target=60
        )
        tall = measure_block_height(lines, gap)
        top = foot - tall
        _numeral(stage, str(index + 1), head, top - pad, span)
        right = live.left + max(line.width for line in lines) + 60 * u + (tall + 2 * pad) * stage.look.slope
        come = stage.slide(span[0], dx=-stage.width, kind="slab")
        motion = Motion(moves=(come,), span=span, group=f"step {index}")
        stage.add_polygon(stage.make_slab(-stage.width * 0.3, top - pad, right, foot + pad), palette.bg, motion)
        for line, low in zip(lines, compute_block_baselines(lines, top, gap), strict=True):
            stage.add_line(line, live.left, low, palette.text, palette.bg, motion)
        stage.add_shake(span[0])


def _head(stage: Stage) -> float:
    """Set what the steps are for above all of them, and return where it ends; 0 where nothing is said of them."""
    u, live, palette = stage.u, stage.live, stage.palette
    text = stage.get_words("line")
    if not text:
        return 0.0
    width = live.width * (0.56 if stage.shape == "wide" and stage.pictures else 1)
    lines = fit_headline(
        stage, text, width, live.height * 0.16, lines=count_lines(text, 2), gap=16, largest=110 * u, target=44
    )
    for index, (line, low) in enumerate(zip(lines, compute_block_baselines(lines, live.top, 16 * u), strict=True)):
        motion = make_rise(stage, line, low, stage.to_frames(2 * index), "head")
        stage.add_line(line, live.left, low, palette.on_accent, palette.accent, motion)
    return live.top + measure_block_height(lines, 16 * u) + 20 * u


def _numeral(stage: Stage, text: str, high: float, low: float, span: tuple[float, float]) -> None:
    """Draw a numeral far larger than anything else, as high as the frame above the words lets it be;
    the hit sets it down.
    """
    ink = stage.typeset(text)
    room = low - high - 60 * stage.u if high else low * (0.88 if stage.shape == "wide" else 0.86)
    size = (room if stage.shape == "wide" else min(room, stage.height * 0.5)) / ink.height
    path, box = stage.trace_ink(ink, size, stage.live.left, low - 24 * stage.u - max(0.0, ink.bottom) * size)
    motion = Motion(
        moves=(stage.hit(span[0], 1.2), stage.march(span[0] + stage.to_frames(12), grow=0.03)),
        span=span,
        group=f"numeral {text}",
    )
    stage.add("echo", Fill(path, stage.palette.on_accent), box, motion)


def _beside(stage: Stage, high: float) -> None:
    """Place the picture at the far side, a sticker under ``high`` and beside the numeral."""
    u, wide = stage.u, stage.shape == "wide"
    picture = stage.choose_picture()
    if picture is None:
        return None
    moves = (stage.slide(0, dx=600 * u), stage.push(0.03, stage.to_frames(12)))
    motion = Motion(moves=moves, group="picture")
    x, y = (stage.width * 0.80, stage.height * 0.52) if wide else (stage.width * 0.74, stage.height * 0.84)
    if picture.kind == "photo":
        points = (
            stage.make_diagonal(stage.width * 0.72)
            if wide
            else stage.make_wedge(stage.height * 0.78, stage.width * 0.18)
        )
        return fill_with(stage, picture, points, motion=Motion(moves=moves[:1], group="picture"))
    if picture.kind == "screen":
        return add_screen(stage, picture, x, y, 680 * u, stage.height * (0.8 if wide else 0.4), motion, lean=0.07)
    size = 900 * u if picture.ratio > 1 else stage.height * (0.98 if wide else 0.5) * picture.ratio
    turn = 10 if picture.ratio > 1 else -9
    free = Box(0.42 * stage.width, high, stage.width, stage.height if wide else 0.6 * stage.live.bottom)
    if stage.shape == "tall":
        free = Box(0, stage.live.bottom, stage.width, stage.height)
    turns = stage.split_frames(len(list_steps(stage)))
    size = min(size, 900 * u)
    return add_product(stage, picture, size, turn, stage.palette.accent, (x, y), motion, within=free, turns=turns)
