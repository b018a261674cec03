"""Demo: on paper; numbered steps one at a time under a slab that moves on, or the product with its line."""

from __future__ import annotations

from reelwright.media.animatic import colour as tone
from reelwright.media.animatic.lettering import Fitted
from reelwright.media.animatic.parts import (
    block_height,
    block_lows,
    callout,
    fill_with,
    headline,
    rising,
    screen,
    slashes,
)
from reelwright.media.animatic.stage import Motion, Stage


def set_demo(stage: Stage) -> None:
    palette = stage.palette
    stage.ground = palette.paper
    steps = [step.strip() for step in stage.says("steps").split("|") if step.strip()][:4]
    if not steps and not stage.says("line"):
        steps = []
    _backdrop(stage)
    width = stage.live.width if stage.shape != "wide" else (1040 if stage.pictures else 1500) * stage.u
    top = stage.live.top + (16 if stage.shape == "tall" else 0) * stage.u
    if stage.says("line"):
        top = _title(stage, width, top, bool(steps))
    if steps:
        _steps(stage, steps, width, top)
        picture = stage.picture()
        if picture is not None and picture.kind == "screen":
            last = float(stage.shares(len(steps))[-1])
            callout(stage, picture, *_screen_place(stage), last + stage.time(4), (stage.nudge(last + stage.time(14)),))


def _title(stage: Stage, width: float, top: float, with_steps: bool) -> float:
    """The line; large when it stands alone. Returns where what follows may start."""
    u = stage.u
    ink = tone.INK
    small = {"wide": 170, "tall": 230, "portrait": 200, "square": 170}[stage.shape] * u
    high = small if with_steps else stage.live.height * (0.72 if stage.shape == "wide" else 0.56)
    lines = headline(
        stage, stage.says("line"), width, high, lines=2 if with_steps else 4, target=70 if with_steps else 90
    )
    tall = block_height(lines, 22 * u)
    if stage.shape == "wide" and not with_steps:
        top += (stage.live.height - tall) / 2
    lows = block_lows(lines, top, 22 * u)
    if not with_steps:
        _underline(stage, lines[-1], lows[-1])
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        last = index == len(lines) - 1 and not with_steps
        colour = stage.palette.on_accent if last else ink
        ground = stage.palette.accent if last else stage.palette.paper
        stage.words(
            line.ink,
            line.size,
            stage.live.left,
            low,
            colour,
            ground,
            rising(stage, line, low, 0, f"line {index}"),
        )
    return top + tall + 54 * u


def _underline(stage: Stage, line: Fitted, low: float) -> None:
    """A slab behind the last line, off the near edge of the frame."""
    u = stage.u
    pad = 26 * u
    top, bottom = low + line.ink.top * line.size - pad, low + max(0, line.ink.bottom) * line.size + pad
    right = stage.live.left + line.width + 60 * u + (bottom - top) * stage.look.slope
    wiped = stage.wiped(-20 * u, top, right + 70 * u, bottom)
    stage.poly(
        stage.slab(-200 * u, top, right, bottom),
        stage.palette.accent,
        Motion(
            moves=(stage.wipe(stage.time(6)), stage.march(stage.time(20), dx=16, most=3)), wiped=wiped, group="slab"
        ),
    )


def _steps(stage: Stage, steps: list[str], width: float, top: float) -> None:
    u = stage.u
    beats = stage.shares(len(steps))
    bottom = stage.live.bottom - (10 if stage.shape == "wide" else 0) * u
    if stage.shape != "wide" and stage.pictures:
        bottom = min(bottom, top + 150 * u * len(steps) + 40 * u)
    row = min((bottom - top) / len(steps), 250 * u)
    fitted = [_step(stage, step, width - 190 * u, row * 0.56) for step in steps]
    size = min(line.size for line in fitted)
    stage.wants(fitted[0].ink.cap * size, 56 * u)
    for index, line in enumerate(fitted):
        stop = beats[index + 1] if index + 1 < len(beats) else float("inf")
        _row(stage, index, Fitted(line.ink, size), top + index * row, row, beats[index], stop, width)


def _step(stage: Stage, text: str, width: float, height: float) -> Fitted:
    ink = stage.ink(text)
    return Fitted(ink, min(width / ink.width, height / ink.height, 110 * stage.u))


def _row(
    stage: Stage, index: int, line: Fitted, top: float, row: float, start: float, stop: float, width: float
) -> None:
    """One step: its slab while it is the current one, a large numeral, its words; quiet once it has passed."""
    u, palette = stage.u, stage.palette
    x = stage.live.left
    slab_top, slab_bottom = top + 6 * u, top + row - 6 * u
    right = x + width + (slab_bottom - slab_top) * stage.look.slope
    right = min(right, stage.width * (0.995 if stage.shape != "wide" else 0.9))
    current = Motion(
        moves=(stage.wipe(start - stage.time(2)),),
        wiped=stage.wiped(-20 * u, slab_top, right, slab_bottom),
        span=(max(0, start - stage.time(2)), stop),
        group="slab",
    )
    stage.poly(stage.slab(-20 * u, slab_top, right, slab_bottom), palette.accent, current)
    numeral = stage.ink(str(index + 1))
    tall = row * 0.74
    size = tall / numeral.height
    middle = (slab_top + slab_bottom) / 2
    low = middle + tall / 2
    text_low = middle + line.ink.cap * line.size / 2
    quiet = tone.mix(palette.paper, tone.INK, 0.56)
    for begin, end, ink, ground in (
        (start, stop, palette.on_accent, palette.accent),
        (stop, float("inf"), quiet, palette.paper),
    ):
        if begin >= end:
            continue
        motion = Motion(moves=(stage.hit(start, 1.35),), span=(begin, end), group=f"step {index}")
        stage.words(numeral, size, x, low, ink, ground, motion, role="label")
        moves = (stage.slide(start + stage.time(2), dx=60 * u, kind="hit"),)
        stage.words(
            line.ink,
            line.size,
            x + 190 * u,
            text_low,
            ink,
            ground,
            Motion(moves=moves, span=(begin, end), group=f"step {index}"),
        )


def _screen_place(stage: Stage) -> tuple[float, float, float, float]:
    """Middle, width and height of a screen in its device."""
    if stage.shape == "wide":
        return 1520 * stage.u, 540 * stage.u, 720 * stage.u, 900 * stage.u
    return stage.width * 0.5, stage.height * 0.84, 940 * stage.u, stage.height * 0.34


def _backdrop(stage: Stage) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    picture = stage.picture()
    move = (stage.slide(0, dx=700 * u if wide else 0, dy=0 if wide else 500 * u), *stage.alive(stage.time(14)))
    motion = Motion(moves=move, group="picture")
    if picture is None:
        if wide:
            stage.dots(stage.width * 0.62, 0, stage.width + 9, stage.height, "right", tone.INK, densest=0.5, gamma=2.2)
        else:
            stage.dots(
                0, stage.height * 0.62, stage.width + 9, stage.height + 9, "down", tone.INK, densest=0.62, gamma=1.5
            )
            if stage.shape == "tall":
                slashes(
                    stage,
                    stage.width * 0.42,
                    stage.height * 0.80,
                    470 * u,
                    palette.accent,
                    Motion(
                        moves=(stage.slide(stage.time(12), dy=700 * u), stage.march(stage.time(24), dx=40)),
                        group="motif",
                    ),
                )
        return
    if picture.kind == "photo":
        points = stage.diagonal(1480 * u) if wide else stage.wedge(max(stage.live.bottom, stage.height * 0.66), 150 * u)
        fill_with(stage, picture, points, motion=Motion(moves=move[:1], group="picture"))
    elif picture.kind == "screen":
        stage.dots(
            0 if not wide else 1000 * u,
            0 if wide else stage.height * 0.6,
            stage.width + 9,
            stage.height + 9,
            "right" if wide else "down",
            tone.INK,
            densest=0.5,
            gamma=1.5,
        )
        screen(stage, picture, *_screen_place(stage), motion)
    else:
        field = stage.diagonal(1500 * u) if wide else stage.wedge(stage.height * 0.86, stage.width * stage.look.slope)
        stage.poly(
            field,
            palette.accent,
            Motion(
                moves=(stage.slide(0, dx=600 * u if wide else 0, dy=0 if wide else 600 * u, kind="slab"),), group="slab"
            ),
        )
        stage.dots(
            900 * u if wide else 0,
            0 if wide else stage.height * 0.6,
            stage.width + 9,
            stage.height + 9,
            "down",
            palette.shade,
            densest=0.42,
            gamma=1.6,
            motion=Motion(clips=(stage.clip(field),)),
        )
        size = (
            1020 * u
            if picture.ratio > 1
            else (980 * u if wide else min(1000 * u, stage.height * 0.42 if stage.shape != "tall" else 1000 * u))
            * picture.ratio
        )
        sprite = stage.product(picture, size, -12 if picture.ratio > 1 else 7, palette.accent)
        x, y = (
            (1490 * u, 560 * u) if wide else (stage.width * (0.60 if picture.ratio > 1 else 0.70), stage.height * 0.82)
        )
        stage.place(sprite, x, y, motion)
