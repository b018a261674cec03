"""Day: the date of an event as a poster stack, its figure far larger than its words; the rest on a slab below."""

from __future__ import annotations

from typing import Final

from reelwright.media.drawing.drawables import Outline, Several
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import Ink
from reelwright.media.emblems import CALENDAR
from reelwright.media.looks.slam.compositions.skin import Staging
from reelwright.media.staging.dates import LeadingDate, find_date
from reelwright.media.staging.key_words import repeat_outlines
from reelwright.media.staging.lines import (
    compute_baselines,
    compute_block_baselines,
    count_lines,
    fit_headline,
    measure_block_height,
)
from reelwright.media.staging.stage import Motion, Stage

_STACK: Final = 0.66
"""Part of the height of an upright frame's safe area that the date takes over other words."""
_FIGURE: Final = 0.56
"""Part of the width that the figure of the day takes beside its weekday and month."""
_OVER: Final = 0.52
"""Part of the figure's height that weekday and month take over a slab with the other words."""
_ROWS: Final = 3


def show_day(staging: Staging) -> Staging:
    """Make a staging that sets a date as a poster stack in half of all films, and as ``staging`` does in the others,
    on a calendar: else the date screens of two films are alike.
    """

    def set_either(stage: Stage) -> None:
        request = stage.request
        found = find_date(request.words.get("line", "")) if request.emblem == CALENDAR else None
        is_plain = request.words.keys() <= {"line"} and not stage.has_own_picture
        if found and is_plain and request.own_turn % 2:
            _set_day(stage, found)
        else:
            staging(stage)

    return set_either


def _set_day(stage: Stage, date: LeadingDate) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide, gap, pad = stage.shape == "wide", 22 * u, 30 * u
    stage.get_words("line")  # the date and the rest of it are its words: none is left for the small print
    stage.ground = palette.accent
    box, is_over = live, bool(wide and date.rest)  # beside the figure of a wide frame: words over the slab
    ink = stage.typeset(date.day)
    most = box.height if wide or not date.rest else _STACK * box.height
    beside = "|".join(part for part in (date.before.rstrip(":"), date.after) if part)
    size = min(most / ink.height, (_FIGURE if beside else 1.0) * box.width / ink.width)
    stage.record_fit(ink.cap * size, 200 * u)
    top = box.top + (max(0.0, box.height - ink.height * size) / 2 if wide else 0.0)
    low, right = top - ink.top * size, box.left + ink.width * size + 40 * u
    _echo(stage, ink, size, low)
    motion = Motion(moves=(stage.hit(0, 1.3),), group="day")
    stage.add_words(ink, size, box.left, low, palette.on_accent, palette.accent, motion)
    stage.add_shake(0)
    if beside:
        room = ink.height * size * (_OVER if is_over else 1.0)
        stack = stage.fit_stack(beside, box.right - right, room, gap, lines=beside.count("|") + 1)
        tall = sum(line.height + gap for line in stack) - gap
        first = top if is_over else low - tall
        for index, (line, base) in enumerate(zip(stack, compute_baselines(stack, first, gap), strict=True)):
            come = Motion(moves=(stage.hit(stage.to_frames(4 + 4 * index), 1.3),), group=f"line {index}")
            stage.add_line(line, right, base, palette.on_accent, palette.accent, come)
    if date.rest:
        foot = box._replace(left=right + 70 * u, top=top + _OVER * (low - top)) if wide else box._replace(top=low)
        foot = foot._replace(bottom=low) if wide else foot
        _set_rest(stage, date.rest, foot, pad, gap)


def _set_rest(stage: Stage, text: str, box: Box, pad: float, gap: float) -> None:
    """Set what is said of the day on a slab that bleeds off the far edge, or the near one of an upright frame."""
    palette, u, wide = stage.palette, stage.u, stage.shape == "wide"
    lines = fit_headline(
        stage, text, box.width, box.height * (0.7 if wide else 0.72), lines=count_lines(text, 3), largest=150 * u,
        target=54,
    )  # fmt: skip
    tall = measure_block_height(lines, gap)
    top = box.top + (box.height - tall) / 2 if wide else box.top + pad + 50 * u
    lean = (tall + 2 * pad) * stage.look.slope
    at = stage.to_frames(14)
    near, far = (box.left - 60 * u, 1.2 * stage.width) if wide else (-0.3 * stage.width, stage.width * 0.995)
    points = [(near + lean * wide, top - pad), (far, top - pad), (far - lean * (not wide), top + tall + pad)]
    points.append((near, top + tall + pad))
    come = stage.slide(at, dx=stage.width if wide else -stage.width, kind="slab")
    stage.add_polygon(points, palette.bg, Motion(moves=(come,), group="slab"))
    for line, low in zip(lines, compute_block_baselines(lines, top, gap), strict=True):
        stage.add_line(line, box.left, low, palette.text, palette.bg, Motion(moves=(come,), group="slab"))
    stage.add_shake(at + stage.get_length("slab"))


def _echo(stage: Stage, ink: Ink, size: float, low: float) -> None:
    """Let outlines of the figure run on in rows to the foot of an upright frame."""
    if stage.shape == "wide":
        return
    pitch, u = ink.height * size + 26 * stage.u, stage.u
    for row in range(1, _ROWS + 1):
        paths, box = repeat_outlines(stage, ink, size, stage.live.left - 120 * u * row, low + row * pitch)
        parts = tuple(
            Outline(path, stage.palette.on_accent, max(1.0, stage.look.sizes["echo"] * u), 0.4) for path in paths
        )
        march = stage.march(2, dx=40 if row % 2 else -40)
        stage.add("echo", Several(parts), box, Motion(moves=(march,), group="echo"))
