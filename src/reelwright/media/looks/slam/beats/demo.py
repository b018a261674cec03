"""Demo: on paper; numbered steps one at a time under a slab that moves on, or the product with its line."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.media.drawing import colour as tone
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.slam.beats.demo_steps import STEPS_UNTIL
from reelwright.media.looks.slam.motifs import add_far_dots, add_product, add_slashes, find_room
from reelwright.media.staging.lines import (
    compute_block_baselines,
    count_closing_lines,
    fit_headline,
    list_steps,
    make_rise,
    measure_block_height,
)
from reelwright.media.staging.pictures import add_callout, add_screen, fill_with
from reelwright.media.staging.stage import Motion, Stage

_LARGEST = (180, 110)
"""Largest em of a step, in pixels at 1080; the second in wide frames."""
_PAD = 26
"""Pixels at 1080 from words to the edge of the slab behind them."""


def set_demo(stage: Stage) -> None:
    """Stage the beat ``demo`` on paper: numbered steps one at a time, or the product with its line."""
    palette = stage.palette
    stage.ground = palette.paper
    steps = list_steps(stage)
    _backdrop(stage)
    width = stage.live.width if stage.shape != "wide" else (1040 if stage.pictures else 1500) * stage.u
    top = stage.live.top + (16 if stage.shape == "tall" else 0) * stage.u
    if stage.get_words("line"):
        top = _title(stage, width, top, bool(steps))
    if steps:
        _steps(stage, steps, width, top)
        picture = stage.choose_picture()
        if picture is not None and picture.kind == "screen":
            last = float(stage.split_frames(len(steps), until=STEPS_UNTIL)[-1])
            add_callout(
                stage,
                picture,
                *_screen_place(stage),
                last + stage.to_frames(4),
                (stage.nudge(last + stage.to_frames(14)),),
            )


def _title(stage: Stage, width: float, top: float, with_steps: bool) -> float:
    """Set the line, large when it stands alone. Returns where what follows may start."""
    u = stage.u
    ink = tone.INK
    small = {"wide": 170, "tall": 230, "portrait": 200, "square": 170}[stage.shape] * u
    high = small if with_steps else stage.live.height * (0.72 if stage.shape == "wide" else 0.56)
    lines = fit_headline(
        stage, stage.get_words("line"), width, high, lines=2 if with_steps else 4, target=70 if with_steps else 90
    )
    closing = 0 if with_steps else 1 if len(lines) == 1 else count_closing_lines(stage.get_words("line"), lines)
    under = lines[-closing - 1] if 0 < closing < len(lines) else None  # a comma over the slab stays off it
    apart = (_PAD - 14) * u + max(0.0, under.ink.bottom) * under.size if under else 0.0
    tall = measure_block_height(lines, 22 * u) + apart
    if stage.shape == "wide" and not with_steps:
        top += (stage.live.height - tall) / 2
    lows = compute_block_baselines(lines, top, 22 * u)
    lows = [low + apart * (index >= len(lines) - closing) for index, low in enumerate(lows)]
    if closing:
        _underline(stage, lines[-closing:], lows[-closing:])
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        is_closing = index >= len(lines) - closing
        colour = stage.palette.on_accent if is_closing else ink
        ground = stage.palette.accent if is_closing else stage.palette.paper
        stage.add_line(line, stage.live.left, low, colour, ground, make_rise(stage, line, low, 0, f"line {index}"))
    return top + tall + 54 * u


def _underline(stage: Stage, lines: Sequence[FittedLine], lows: Sequence[float]) -> None:
    """Draw a slab behind the closing lines, off the near edge of the frame."""
    u = stage.u
    pad, last = _PAD * u, lines[-1]
    top, bottom = lows[0] + lines[0].ink.top * last.size - pad, lows[-1] + max(0, last.ink.bottom) * last.size + pad
    lean = (bottom - top) * stage.look.slope
    right = stage.live.left + max(line.width for line in lines) + 60 * u + lean
    wiped = stage.make_wipe_area(-20 * u, top, right + 70 * u, bottom)
    stage.add_polygon(
        stage.make_slab(-200 * u, top, right, bottom),
        stage.palette.accent,
        Motion(
            moves=(stage.wipe(stage.to_frames(6)), stage.march(stage.to_frames(20), dx=16, most=3)),
            wipe_area=wiped,
            group="slab",
        ),
    )


def _steps(stage: Stage, steps: list[str], width: float, top: float) -> None:
    u = stage.u
    beats = stage.split_frames(len(steps), until=STEPS_UNTIL)
    bottom = stage.live.bottom - (10 if stage.shape == "wide" else 0) * u
    if stage.shape != "wide" and stage.pictures:
        bottom = min(bottom, top + 150 * u * len(steps) + 40 * u)
    row = min((bottom - top) / len(steps), (250 if stage.shape == "wide" else 340) * u)
    fitted = [_step(stage, step, width - 190 * u, row * 0.56) for step in steps]
    size = min(line.size for line in fitted)
    stage.record_fit(fitted[0].ink.cap * size, 56 * u)
    for index, line in enumerate(fitted):
        stop = beats[index + 1] if index + 1 < len(beats) else float("inf")
        _row(stage, index, FittedLine(line.ink, size), top + index * row, row, beats[index], stop, width)


def _step(stage: Stage, text: str, width: float, height: float) -> FittedLine:
    ink = stage.typeset(text)
    return FittedLine(ink, min(width / ink.width, height / ink.height, _LARGEST[stage.shape == "wide"] * stage.u))


def _row(
    stage: Stage, index: int, line: FittedLine, top: float, row: float, start: float, stop: float, width: float
) -> None:
    """Draw one step: its slab while it is the current one, a large numeral, its words; quiet once it has passed."""
    u, palette = stage.u, stage.palette
    x = stage.live.left
    slab_top, slab_bottom = top + 6 * u, top + row - 6 * u
    right = x + width + (slab_bottom - slab_top) * stage.look.slope
    right = min(right, stage.width * (0.995 if stage.shape != "wide" else 0.9))
    current = Motion(
        moves=(stage.wipe(start - stage.to_frames(2)),),
        wipe_area=stage.make_wipe_area(-20 * u, slab_top, right, slab_bottom),
        span=(max(0, start - stage.to_frames(2)), stop),
        group="slab",
    )
    stage.add_polygon(stage.make_slab(-20 * u, slab_top, right, slab_bottom), palette.accent, current)
    numeral = stage.typeset(str(index + 1))
    tall = row * 0.74
    size = tall / numeral.height
    middle = (slab_top + slab_bottom) / 2
    low = middle + tall / 2
    text_low = middle + line.ink.cap * line.size / 2
    quiet = tone.mix(palette.paper, tone.INK, 0.56)
    if start >= 1:  # the numeral holds the place of a step that is still to come
        held = Motion(moves=(stage.hit(stage.to_frames(2 * index), 1.2),), span=(0, start), group="numbers")
        stage.add_words(numeral, size, x, low, quiet, palette.paper, held, role="label")
    for begin, end, ink, ground in (
        (start, stop, palette.on_accent, palette.accent),
        (stop, float("inf"), quiet, palette.paper),
    ):
        if begin >= end:
            continue
        motion = Motion(moves=(stage.hit(start, 1.35),), span=(begin, end), group=f"step {index}")
        stage.add_words(numeral, size, x, low, ink, ground, motion, role="label")
        moves = (stage.slide(start + stage.to_frames(2), dx=60 * u, kind="hit"),)
        stage.add_line(
            line, x + 190 * u, text_low, ink, ground, Motion(moves=moves, span=(begin, end), group=f"step {index}")
        )


def _screen_place(stage: Stage) -> tuple[float, float, float, float]:
    """Return the middle, width and height of a screen in its device."""
    if stage.shape == "wide":
        return 1520 * stage.u, 540 * stage.u, 720 * stage.u, 900 * stage.u
    return stage.width * 0.5, stage.height * 0.84, 940 * stage.u, stage.height * 0.34


def _backdrop(stage: Stage) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    picture = stage.choose_picture()
    move = (
        stage.slide(0, dx=700 * u if wide else 0, dy=0 if wide else 500 * u),
        *stage.keep_alive(stage.to_frames(14)),
    )
    motion = Motion(moves=move, group="picture")
    if picture is None:
        add_far_dots(stage, stage.width * 0.62, stage.height * 0.62, tone.INK)
        if stage.shape == "tall":
            add_slashes(
                stage,
                stage.width * 0.42,
                stage.height * 0.80,
                470 * u,
                palette.accent,
                Motion(
                    moves=(stage.slide(stage.to_frames(12), dy=700 * u), stage.march(stage.to_frames(24), dx=40)),
                    group="motif",
                ),
            )
        return
    if picture.kind == "photo":
        points = (
            stage.make_diagonal(1480 * u)
            if wide
            else stage.make_wedge(max(stage.live.bottom, stage.height * 0.66), 150 * u)
        )
        fill_with(stage, picture, points, motion=Motion(moves=move[:1], group="picture"))
    elif picture.kind == "screen":
        add_far_dots(stage, 1000 * u, stage.height * 0.6, tone.INK)
        add_screen(stage, picture, *_screen_place(stage), motion)
    else:
        field = (
            stage.make_diagonal(1500 * u)
            if wide
            else stage.make_wedge(stage.height * 0.86, stage.width * stage.look.slope)
        )
        stage.add_polygon(
            field,
            palette.accent,
            Motion(
                moves=(stage.slide(0, dx=600 * u if wide else 0, dy=0 if wide else 600 * u, kind="slab"),), group="slab"
            ),
        )
        stage.add_dots(
            900 * u if wide else 0,
            0 if wide else stage.height * 0.6,
            stage.width + 9,
            stage.height + 9,
            "down",
            palette.shade,
            densest=0.42,
            gamma=1.6,
            motion=Motion(clips=(stage.make_clip(field),)),
        )
        size = (
            1020 * u
            if picture.ratio > 1
            else (980 * u if wide else min(1000 * u, stage.height * 0.42 if stage.shape != "tall" else 1000 * u))
            * picture.ratio
        )
        place = (
            (1490 * u, 560 * u) if wide else (stage.width * (0.60 if picture.ratio > 1 else 0.70), stage.height * 0.82)
        )
        turn = -12 if picture.ratio > 1 else 7
        low = stage.live.bottom if stage.shape == "tall" else stage.live.top + 0.64 * stage.live.height
        free, turns = find_room(stage, 1140 * u, low), stage.split_frames(len(list_steps(stage)), until=STEPS_UNTIL)
        add_product(stage, picture, size, turn, palette.accent, place, motion, within=free, turns=turns)
