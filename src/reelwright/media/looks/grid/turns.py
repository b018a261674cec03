"""Things one after another: each fills the frame on a field of its own, and those before it stay small at its foot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from reelwright.media.drawing.drawables import Counter
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
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
_KEPT_LARGE: Final = (120, 74)
"""Em of a number that stays small, and of words that do, in pixels at 1080; the second for few in a tall frame."""
_FEW: Final = 3
_BESIDE: Final = 0.5
"""Part of a frame that is not wide below which a small number leaves room beside it for what it counts."""
_NARROW: Final = 0.8
"""Part of a wide frame below which a number leaves room beside it for what it counts."""
_DOT: Final = 0.6
"""Height of ink, in that of capitals, below which a number is a dot."""
_UNDER: Final = 24
"""Pixels at 1080 between a rule and what stays under it, and between blocks."""
_BLOCKS: Final = 12
"""Largest number that is drawn as blocks."""
_MOST_DRAWN: Final = 3
"""Most things in a frame that is neither wide nor tall of which each stands beside its drawing."""
_WORDS: Final = (0.64, 0.56)
"""Part of a wide box, and of the height of another one, that words have beside a drawing."""
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
    stage, box, u = sheet.stage, sheet.box, sheet.u
    times = stage.split_frames(len(things))
    places, kept = _list_places(sheet, things), _choose_kept(sheet, things)
    boxes = _list_large(sheet, places, len(things))
    box = boxes[0]
    large = _limit(sheet, things, _cut_off(sheet, box))
    for index, (thing, at, box) in enumerate(zip(things, times, boxes, strict=True)):
        if index and not sheet.small_height:
            sheet.tone = sheet.tones[GROUNDS[(first + index) % len(GROUNDS)]]
            whole = Box(0, 0, stage.width, stage.height)
            come = at - stage.to_frames(_EARLY)  # the words stand on it when they come
            sheet.add_field(whole, sheet.tone.ground, come, edge="bottom" if index % 2 else "right", group="panel")
        with stage.limit_frames(at, [*times, math.inf][index + 1]):
            sheet.add_rule(box.left, stage.width, sheet.box.top, at, heavy=True)
            is_bare = stage.shape in ("square", "portrait") and not _can_show_things(sheet)
            part = index / (len(things) - 1) if is_bare else 0.0  # the last one ends at the foot
            _set_large(sheet, thing, _cut_off(sheet, box), at, index, large, part)
            if _can_show_things(sheet) and stage.shape != "tall":
                far = _cut_off(sheet, box)
                art = Box(far.right + 90 * u, box.top, box.right, box.bottom) if sheet.wide else far
                art = art if sheet.wide else Box(box.left, far.bottom + 56 * u, box.right, box.bottom)
                _add_thing(sheet, index, art, at)
            for number, place in enumerate(places if sheet.wide else places[:index]):
                sheet.add_rule(place.left, place.right, place.top if sheet.wide else place.bottom, -99, group="kept")
                if number == index and sheet.wide:
                    sheet.add_field(place._replace(bottom=place.top + 12 * u), sheet.tone.signal, at, group="kept")
                if number < index:
                    _set_small(sheet, things[number], place._replace(top=place.top + _UNDER * u), kept)
            if stage.shape == "tall" and not sheet.small_height:
                _fill_foot(sheet, thing, index, len(things), at)
    sheet.add_small_print()


def _choose_kept(sheet: Sheet, things: Sequence[Thing]) -> tuple[float, float]:
    """Choose the sizes of things that stay small: larger where few do in a tall frame."""
    return _KEPT_LARGE if sheet.stage.shape == "tall" and len(things) <= _FEW else _KEPT


def _list_places(sheet: Sheet, things: Sequence[Thing]) -> list[Box]:
    """List the places of things that stay: at the foot of a wide box a column for each, held by a rule from the first
    frame on; at the top of any other box a row for all but the last, so that they are read in their order.
    """
    u, box, count = sheet.u, sheet.box, len(things)
    across = (box.width + 48 * u) / count - 48 * u if sheet.wide else box.width
    probe = Box(0, 0, across, 0)
    kept = _choose_kept(sheet, things)
    tall = [_set_small(sheet, one, probe, kept, is_drawn=False) + 2 * _UNDER * u for one in things[:-1]]
    if sheet.wide:
        lefts = [box.left + index * (across + 48 * u) for index in range(count)]
        return [Box(left, box.bottom - max(tall), left + across, box.bottom) for left in lefts]
    tops = accumulate(tall, initial=box.top + 14 * u)
    return [Box(box.left, top, box.right, low) for top, low in pairwise(tops)]


def _list_large(sheet: Sheet, places: Sequence[Box], count: int) -> list[Box]:
    """List the boxes of things while each is large: all of one size, each below those that came before it."""
    u, box = sheet.u, sheet.box
    if sheet.wide:
        return [box._replace(top=box.top + 56 * u, bottom=places[0].top - 60 * u)] * count
    taken = places[-1].bottom - box.top
    drops = [0.0, *(place.bottom - box.top for place in places)]
    return [box._replace(top=box.top + 56 * u + drop, bottom=box.bottom - taken + drop) for drop in drops]


def _can_show_things(sheet: Sheet) -> bool:
    """Whether there is room for a drawing over those that stay small at the foot."""
    is_short = sheet.stage.shape in ("square", "portrait")
    return sheet.stage.has_things and not (is_short and len(sheet.stage.request.things) > _MOST_DRAWN)


def _cut_off(sheet: Sheet, box: Box) -> Box:
    """Return the part of a box that is left for words beside a drawing, or over it; in tall frames it lies below."""
    if not _can_show_things(sheet) or sheet.stage.shape == "tall":
        return box
    if sheet.wide:
        return box._replace(right=box.left + _WORDS[0] * box.width)
    return box._replace(bottom=box.top + _WORDS[1] * box.height)


def _add_thing(sheet: Sheet, index: int, art: Box, at: float) -> None:
    """Draw the thing of a row as a pictogram, which rises at frame ``at``."""
    stage, tone = sheet.stage, sheet.tone
    tint = sheet.choose_drawing_colour(tone.ground) if tone.ground == stage.palette.accent else tone.signal
    come = stage.slide(at, dy=0.5 * art.height, kind="picture")
    with stage.show_thing(index):
        sheet.add_emblem(art, tint, moves=(come,))


def _limit(sheet: Sheet, things: Sequence[Thing], box: Box) -> float:
    """Return the largest em of words alone, so that no thing of a list shouts over the others."""
    largest = _LARGEST.get(sheet.stage.shape, 230.0)
    alone = [one.text for one in things if not one.number]
    sizes = [sheet.fit_headline(text, box.width, box.height, largest=largest)[0].lines[0].size for text in alone]
    return min(largest, _ALIKE * min(sizes) / sheet.u) if sizes else largest


def _set_large(sheet: Sheet, thing: Thing, box: Box, at: float, index: int, largest: float, part: float = 0.0) -> None:
    """Set a thing as large as its box, from its top down; over words alone is ``part`` of the spare height."""
    stage, u, group = sheet.stage, sheet.u, f"figure {index}"
    if thing.is_step and thing.number and (stage.shape != "tall" or stage.has_things):
        ink = thing.number.full
        size = min((0.9 if sheet.wide else _STEP) * box.height / ink.height, 0.3 * box.width / ink.width)
        sheet.set_line(FittedLine(ink, size), box.left, box.top + ink.cap * size, sheet.tone.signal, at, group=group)
        far, low = ink.width * size + 110 * u, ink.cap * size + 60 * u
        box = box._replace(left=box.left + far) if sheet.wide else box._replace(top=box.top + low)
    elif thing.number and not thing.is_step:
        set_number(sheet, thing, box, at, group, is_low=False)
        return
    rows = sheet.fit_headline(thing.text, box.width, box.height, largest=largest, lines=4, target=50, is_settled=False)
    top = box.top + part * max(0.0, box.height - sheet.measure(rows))
    for line, low in zip(rows[0].lines, rows[0].tops, strict=True):
        sheet.set_line(line, box.left, top + low, sheet.tone.ink, at, group=group)


def set_number(sheet: Sheet, thing: Thing, box: Box, at: float, group: str, *, is_low: bool) -> float:
    """Set a number as large as its box over what it counts, or beside that where the number is narrow.

    ``is_low``: on the floor of the box. Returns where both end.
    """
    stage, u, number = sheet.stage, sheet.u, thing.number
    assert number is not None
    ink = number.full
    is_dot = ink.height < _DOT * ink.cap and not number.unit  # an Arabic zero: as large as its ink allows
    hang = number.part * number.unit.bottom if number.unit and number.unit.text.isalpha() else 0.0
    rise, deep = (-ink.top, ink.bottom) if is_dot else (number.height, max(0.0, ink.bottom, hang))
    most = min(_NUMBER * u * (1 + is_dot), box.width / number.width)
    size = min(most, box.height / (rise + deep))
    far = number.width * size + 70 * u
    is_beside = sheet.wide and far < _NARROW * box.width and box.width > 0.5 * stage.width
    room = box.width - far if is_beside else box.width
    label = fit_small_block(
        stage, thing.text, room, 0.3 * box.height, largest=_LABEL, kind="label", lines=2
    ) if thing.text else []  # fmt: skip
    below = max(0.0, label[-1].ink.bottom - 0.34) * label[-1].size if label else 0.0  # of Arabic letters
    tall = sum(1.16 * line.size for line in label) + (50 * u + below if label else 0)
    if not is_beside:
        size = min(most, (box.height - tall) / (rise + deep))
    stage.record_fit(ink.cap * size, 70 * u)
    foot = box.bottom - (0 if is_beside else tall) if is_low else box.top + (rise + deep) * size
    low = foot - deep * size
    em, digits_low = (size, low) if is_dot else number.place_digits(size, low)
    _put_digits(sheet, number, em, box.left, digits_low, at, group)
    if number.unit:
        part, is_sign = size * number.part, not any(map(str.isalpha, number.unit.text))
        raised = low - (ink.cap * size - number.unit.cap * part) * is_sign
        x = box.left + (number.digits_width + GAP) * size
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


def _set_small(
    sheet: Sheet, thing: Thing, box: Box, kept: tuple[float, float] = _KEPT, *, is_drawn: bool = True
) -> float:
    """Set a thing small from the top of its box down: its number before its words, or over them. Returns its foot."""
    stage, u = sheet.stage, sheet.u
    em = kept[1] * u
    x, y, low, is_over = box.left, box.top, box.top, False
    set_lines: list[tuple[FittedLine, float, float]] = []
    if thing.number:
        size = min(kept[thing.is_step] * u, 0.9 * box.width / thing.number.width)
        is_over = not thing.is_step and (sheet.wide or thing.number.width * size > _BESIDE * box.width)
        low = y + thing.number.height * size
        em_of_digits, digits_low = thing.number.place_digits(size, low)
        set_lines.append((FittedLine(thing.number.full, em_of_digits), x, digits_low))
        if unit := thing.number.unit:
            after = x + (thing.number.digits_width + GAP) * size
            set_lines.append((FittedLine(unit, size * thing.number.part), after, low))
        if is_over:
            y = low + max(0.0, thing.number.full.bottom) * size + 18 * u
        else:
            x += thing.number.width * size + 30 * u
            y = low - 0.74 * em
    if thing.text:
        lines = fit_small_block(stage, thing.text, box.right - x, 3 * em, largest=em / u, kind="label", lines=2)
        set_lines += [(line, x, y + (0.76 + 1.14 * n) * line.size) for n, line in enumerate(lines)]
        low = set_lines[-1][2] + 0.24 * lines[0].size
    for line, left, foot in set_lines if is_drawn else ():
        stage.add_line(line, left, foot, sheet.tone.ink, sheet.tone.ground, Motion(group="kept"), "label")
    return low


def _fill_foot(sheet: Sheet, thing: Thing, index: int, count: int, at: float) -> None:
    """Fill the foot of an upright frame: with the number of a step, else with a block for each thing so far."""
    stage, tone, art = sheet.stage, sheet.tone, sheet.find_art()
    if stage.has_things:
        _add_thing(sheet, index, art.grow(-70 * sheet.u)._replace(top=art.top), at)
        return
    place = art._replace(left=stage.live.left, right=stage.live.right)
    tint = sheet.choose_drawing_colour(tone.ground) if tone.ground == stage.palette.accent else tone.signal
    if thing.is_step and thing.number:
        sheet.add_letter(thing.number.full.text, place, tint, at, group="numeral")
        return
    starts = [-99.0] * index + [at] + [math.inf] * (count - index - 1)
    add_blocks(sheet, place._replace(bottom=art.bottom - 70 * sheet.u), tint, starts)


def count_blocks(number: NumberInk) -> int:
    """Return the blocks that show a small whole number, which counts something: one for each; 0 for any other."""
    text, unit = number.full.text, number.unit
    is_whole = text.isdecimal() and 1 < int(text) <= _BLOCKS and (unit is None or any(map(str.isalpha, unit.text)))
    return int(text) if is_whole else 0


def add_blocks(sheet: Sheet, box: Box, tint: str, starts: Sequence[float]) -> None:
    """Draw solid blocks in a row, each from its frame on, over a rule that holds its place."""
    gap = _UNDER * sheet.u
    wide = (box.width + gap) / len(starts) - gap
    for index, at in enumerate(starts):
        left = box.left + index * (wide + gap)
        block = Box(left, max(box.top, box.bottom - 2 * wide), left + wide, box.bottom)
        sheet.add_rule(block.left, block.right, block.bottom, -99, tint=tint, group="units")
        if at < math.inf:
            sheet.add_field(block, tint, at, edge="bottom", group="units", kind="count")
