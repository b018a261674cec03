"""Things one after another: each fills the frame on a field of its own, and those before it stay small at its head."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reelwright.media.drawing.drawables import Counter, Fill, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine, Ink
from reelwright.media.drawing.movers import Count
from reelwright.media.looks.grid.sheet import Ground, Sheet
from reelwright.media.staging.figures.values import GAP, NumberInk
from reelwright.media.staging.lines import fit_small_block
from reelwright.media.staging.stage import Motion, Stage

GROUNDS: Final[tuple[Ground, ...]] = ("white", "signal", "black")
"""Grounds of the fields, in turn."""
_LEAST: Final = 22
"""Fewest frames at 30 fps for which a thing has the frame to itself."""
_MOST: Final = 5
_EARLY: Final = 8
"""Frames at 30 fps by which a field comes before its words, over those before."""
_LARGEST: Final = {"wide": 420.0, "tall": 300.0}
"""Largest em of words alone, in pixels at 1080."""
_NUMBER: Final = 900
_LABEL: Final = 116
"""Largest em of a number, and of what it counts, in pixels at 1080."""
_ALIKE: Final = 1.3
"""How many times as large as the smallest of them a thing of words is at most."""
_KEPT: Final = (120, 54)
"""Em of a number that stays small, and of words that do, in pixels at 1080."""
_BESIDE: Final = 0.5
"""Part of a frame that is not wide below which a small number leaves room beside it for what it counts."""
_NARROW: Final = 0.8
"""Part of a wide frame below which a number leaves room beside it for what it counts."""
_DOT: Final = 0.6
"""Height of ink, in that of capitals, below which a number is a dot."""
_STEP: Final = 0.44
"""Height of the number of a step, as a part of the height that its words share with it in a square frame."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of a list: its words, and the number of which they say what it is. ``is_step``: it only counts steps."""

    text: str
    number: NumberInk | None = None
    is_step: bool = False


def can_take_turns(stage: Stage, count: int) -> bool:
    """Return whether each of ``count`` things stands long enough alone to be read."""
    return 1 < count <= _MOST and stage.request.frames >= count * stage.to_frames(_LEAST)


def set_in_turn(sheet: Sheet, things: Sequence[Thing], first: int) -> None:
    """Set things on a bare sheet, whose ground is the one of ``GROUNDS`` that has the number ``first``.

    Under small print all fields have one colour.
    """
    stage, box = sheet.stage, sheet.box
    times = stage.split_frames(len(things))
    large = _limit(sheet, things)
    for index, (thing, at) in enumerate(zip(things, times, strict=True)):
        if index and not sheet.small_height:
            sheet.tone = sheet.tones[GROUNDS[(first + index) % len(GROUNDS)]]
            whole = Box(0, 0, stage.width, stage.height)
            come = at - stage.to_frames(_EARLY)  # the words stand on it when they come
            sheet.add_field(whole, sheet.tone.ground, come, edge="bottom" if index % 2 else "right", group="panel")
        with stage.limit_frames(at, [*times, math.inf][index + 1]):
            sheet.add_rule(box.left, stage.width, box.top, at, heavy=True)
            top = _set_kept(sheet, things[:index], len(things), at)
            _set_large(sheet, thing, box._replace(top=top), at, index, large)
            if stage.shape == "tall" and not sheet.small_height:
                _fill_foot(sheet, thing, index, len(things), at)
    sheet.add_small_print()


def _limit(sheet: Sheet, things: Sequence[Thing]) -> float:
    """Return the largest em of words alone, so that no thing of a list shouts over the others."""
    largest = _LARGEST.get(sheet.stage.shape, 230.0)
    box = sheet.box._replace(top=sheet.box.top + 0.25 * sheet.box.height)
    alone = [one.text for one in things if not one.number]
    sizes = [sheet.fit_headline(text, box.width, box.height, largest=largest)[0].lines[0].size for text in alone]
    return min(largest, _ALIKE * min(sizes) / sheet.u) if sizes else largest


def _set_large(sheet: Sheet, thing: Thing, box: Box, at: float, index: int, largest: float) -> None:
    """Set a thing as large as its box: on the floor of a wide frame, from the top of others."""
    stage, u, group = sheet.stage, sheet.u, f"figure {index}"
    if thing.is_step and thing.number and stage.shape != "tall":
        ink = thing.number.full
        size = min((0.9 if sheet.wide else _STEP) * box.height / ink.height, 0.3 * box.width / ink.width)
        floor = box.bottom - max(0.0, ink.bottom) * size
        sheet.set_line(FittedLine(ink, size), box.left, floor if sheet.wide else box.top + ink.cap * size,
                       sheet.tone.signal, at, group=group)  # fmt: skip
        far, low = ink.width * size + 70 * u, ink.cap * size + 60 * u
        box = box._replace(left=box.left + far) if sheet.wide else box._replace(top=box.top + low)
    elif thing.number and not thing.is_step:
        set_number(sheet, thing, box, at, group, is_low=stage.shape != "tall")
        return
    rows = sheet.fit_headline(thing.text, box.width, box.height, largest=largest, lines=4, target=50, is_settled=False)
    top = box.top if stage.shape == "tall" else box.bottom - sheet.measure(rows)
    for line, low in zip(rows[0].lines, rows[0].tops, strict=True):
        sheet.set_line(line, box.left, top + low, sheet.tone.ink, at, group=group)


def set_number(sheet: Sheet, thing: Thing, box: Box, at: float, group: str, *, is_low: bool) -> float:
    """Set a number as large as its box over what it counts, or beside that where the number is narrow.

    ``is_low``: on the floor of the box. Returns where both end.
    """
    stage, u, number = sheet.stage, sheet.u, thing.number
    assert number is not None
    ink = number.full
    is_dot = ink.height < _DOT * ink.cap  # an Arabic zero: as large as its ink allows
    rise, deep = (-ink.top, ink.bottom) if is_dot else (number.height, max(0.0, ink.bottom))
    most = min(_NUMBER * u * (1 + is_dot), box.width / number.width)
    size = min(most, box.height / (rise + deep))
    far = number.width * size + 70 * u
    is_beside = sheet.wide and far < _NARROW * box.width and box.width > 0.5 * stage.width
    room = box.width - far if is_beside else box.width
    label = fit_small_block(
        stage, thing.text, room, 0.3 * box.height, largest=_LABEL, kind="label", lines=2
    ) if thing.text else []  # fmt: skip
    tall = sum(1.16 * line.size for line in label) + (50 * u if label else 0)
    if not is_beside:
        size = min(most, (box.height - tall) / (rise + deep))
    stage.record_fit(ink.cap * size, 70 * u)
    foot = box.bottom - (0 if is_beside else tall) if is_low else box.top + (rise + deep) * size
    low = foot - deep * size
    _put_digits(sheet, number, size, box.left, low, at, group)
    if number.unit:
        part, is_sign = size * number.part, not any(map(str.isalpha, number.unit.text))
        raised = low - (ink.cap * size - number.unit.cap * part) * is_sign
        x = box.left + (ink.width + GAP) * size
        sheet.set_line(FittedLine(number.unit, part), x, raised, sheet.tone.ink, at, group=group)
    first, x = foot + 50 * u, box.left
    if is_beside:
        first, x = foot - max(0.0, deep) * size - sum(1.1 * line.size for line in label), box.left + far
    for n, line in enumerate(label):
        sheet.set_line(line, x, first + (0.82 + 1.16 * n) * line.size, sheet.tone.ink, at, role="label", group=group)
    return foot if is_beside else foot + tall


def _put_digits(sheet: Sheet, number: NumberInk, size: float, x: float, low: float, at: float, group: str) -> None:
    """Set digits, which count up where a number of their kind may."""
    stage, tint, full = sheet.stage, sheet.tone.signal, number.full
    if len(number.steps) == 1:
        sheet.set_line(FittedLine(full, size), x, low, tint, at, group=group)
        return
    length = stage.get_length("count")
    move = Count(at - 0.5 * length if at < 1 else at, length, stage.look.ease["count"], len(number.steps) - 1)
    sizes = [size * min(1.0, full.width / one.width) for one in number.steps]  # none reaches into the unit
    paths = tuple(stage.trace_ink(one, em, x, low)[0] for one, em in zip(number.steps, sizes, strict=True))
    box = stage.trace_ink(full, size, x, low)[1]
    stage.add("headline", Counter(paths, tint), box, Motion(moves=(move,), group=group), text=full.text,
              size=full.cap * size, colour=tint, ground=sheet.tone.ground)  # fmt: skip


def _set_kept(sheet: Sheet, things: Sequence[Thing], count: int, at: float) -> float:
    """Set what stood before small at the head: in columns of a wide frame, else in rows. Returns where room begins."""
    u, box = sheet.u, sheet.box
    across = (box.width + 48 * u) / count - 48 * u if sheet.wide else box.width
    top = low = box.top + 44 * u
    for index, thing in enumerate(things):
        x, y = (box.left + index * (across + 48 * u), top) if sheet.wide else (box.left, low)
        foot = _set_small(sheet, thing, Box(x, y, x + across, y), at)
        low = max(low, foot + (0 if sheet.wide else 22 * u))
        if not sheet.wide:
            sheet.add_field(Box(box.left, low - 2 * u, box.right, low), sheet.tone.ink, -99, group="kept")
            low += 24 * u
    return low + (52 if things else 12) * u


def _set_small(sheet: Sheet, thing: Thing, box: Box, at: float) -> float:
    """Set a thing small from the top of its box down: its number before its words, or over them. Returns its foot."""
    stage, u = sheet.stage, sheet.u
    em = _KEPT[1] * u
    x, y, is_over = box.left, box.top, False
    if thing.number:
        size = min((_KEPT[0] if not thing.is_step else _KEPT[1]) * u, 0.9 * box.width / thing.number.width)
        is_over = not thing.is_step and (sheet.wide or thing.number.width * size > _BESIDE * box.width)
        low = y + thing.number.height * size
        parts: list[tuple[Ink, float, float]] = [(thing.number.full, size, x)]
        if thing.number.unit:
            parts.append((thing.number.unit, size * thing.number.part, x + (thing.number.full.width + GAP) * size))
        for ink, part, left in parts:
            stage.add_line(FittedLine(ink, part), left, low, sheet.tone.ink, sheet.tone.ground,
                           Motion(group="kept"), "label")  # fmt: skip
        if is_over:
            y = low + max(0.0, thing.number.full.bottom) * size + 18 * u
        else:
            x += thing.number.width * size + 30 * u
            y = low - 0.74 * em
    if not thing.text:
        return low
    lines = fit_small_block(stage, thing.text, box.right - x, 3 * em, largest=_KEPT[1], kind="label", lines=2)
    for n, line in enumerate(lines):
        foot = y + (0.76 + 1.14 * n) * line.size
        stage.add_line(line, x, foot, sheet.tone.ink, sheet.tone.ground, Motion(group="kept"), "label")
    return foot + 0.24 * lines[0].size


def _fill_foot(sheet: Sheet, thing: Thing, index: int, count: int, at: float) -> None:
    """Fill the foot of an upright frame: with the number of a step, else with a disc that travels as the list does."""
    stage, tone = sheet.stage, sheet.tone
    art, tint = (
        sheet.find_art(),
        sheet.choose_drawing_colour(tone.ground) if tone.ground == stage.palette.accent else tone.signal,
    )

    if thing.is_step and thing.number:
        place = art._replace(left=stage.live.left, right=stage.live.right)
        sheet.add_letter(thing.number.full.text, place, tint, at, group="numeral")
        return
    radius, pitch = 0.62 * art.height, stage.width / count
    x = stage.to_frame_x((index + 0.5) * pitch)
    disc = skia.Path()
    disc.addCircle(x, stage.height - 0.3 * radius, radius)
    place = Box(x - radius, stage.height - 1.3 * radius, x + radius, stage.height)
    come = stage.slide(sheet.start(at, stage.get_length("picture")), dx=-pitch)
    stage.add("texture", Fill(disc, tint), place, Motion(moves=(come,), group="panel"))
