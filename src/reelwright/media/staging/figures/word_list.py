"""A list of words: its items come in one under the other, all in one size, and stand together at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reelwright.media.drawing.hyphens import hyphenate_words
from reelwright.media.drawing.layers import Box, Role
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.letters.word_styles import find_strong_words
from reelwright.media.staging.figures.board import find_arrivals, find_turns
from reelwright.media.staging.figures.skin import HEADLINE, LEAD, FigureSkin, measure_ascent, measure_lines
from reelwright.media.staging.figures.values import FIGURE_WORDS
from reelwright.media.staging.lines import fit_small_block
from reelwright.media.staging.stage import Stage

_UNTIL: Final = (0.45, 0.055)
"""Part of the shot in which items come in, and how much longer that is for each item; in the rest all of them stand."""
_STAND: Final = 66
"""Frames at 30 fps before a cut at which the last item of a long screen comes: it would stand finished for long."""
_LATEST: Final = 0.54
"""Part of a shot by which the last item is there: an empty row beside full ones looks like a fault."""
_LARGEST: Final = {"wide": 150, "tall": 150, "portrait": 150, "square": 128}
"""Largest em of the items, in pixels at 1080."""
_SMALLEST: Final = 20
_MORE_LINES: Final = (0.94, 0.84)
"""Worth of a size for each line more that an item needs; the second in wide frames."""
_TARGET: Final = 42
_AIR: Final = (0.56, 0.9)
"""Least and most room over and under an item, together, in parts of its em; the most in wide frames alone."""
_FIELDS: Final = {"tall": 4}
_MOST_FIELDS: Final = 5
"""Most items that stand in fields of their own; in tall frames words end far above the foot."""
_ALONE: Final = 300
"""Largest em of an item that stands alone, in pixels at 1080."""
_ALIKE: Final = 1.3
"""How many times as large as the smallest of them an item that stands alone is at most."""
_MOST_COLUMNS: Final = 4
"""Most items that stand side by side, each under its drawing."""
_COLUMN_PAD: Final = 24
_COLUMN_GAP: Final = 44
"""Pixels at 1080 between the edge of such a column and its words, and between columns."""
_THING: Final = (1.7, 0.0, 0.45)
"""Width of the drawing before an item, and the room after it, in parts of the item's em."""
_MARK: Final = (0.42, 0.13, 0.34)
"""Length and height of the bar before an item, and the room after it, in parts of the item's em."""


def list_words(stage: Stage) -> list[str]:
    """List the items of a shot whose rows are words alone; empty where a row has a number or a chart is asked for."""
    rows = [row.strip() for row in stage.get_words("figures").split("|") if row.strip()]
    is_list = len(rows) > 1 and not stage.get_words("chart") and not any(map(find_strong_words, rows))
    return rows if is_list and all(any(char.isalpha() for char in row) for row in rows) else []


def set_word_list(skin: FigureSkin, items: Sequence[str], *, are_steps: bool = False) -> None:
    """Set items in one of three ways, so that two lists of a film are not alike: in rows, each alone before all of them
    stand together, or each in a field of its own where the look has fields.
    """
    stage = skin.stage
    way = (stage.request.choose_composition(3) + are_steps) % 3  # else the steps of many a film are set as its list
    counted = [f"{n}. {item}" for n, item in enumerate(items, 1)] if are_steps else items
    turns = find_turns(stage, len(items)) if way == 1 else []
    is_shelf = stage.has_things and stage.shape == "wide" and len(items) <= _MOST_COLUMNS
    set_all = _set_columns if is_shelf else _set_all
    if turns:
        largest = _ALIKE * min(_fit_alone(skin, item, _ALONE * skin.u)[0].size for item in items)
        for index, (item, first, last) in enumerate(zip(items, turns, turns[1:], strict=False)):
            with stage.limit_frames(first, last):
                _set_alone(skin, _fit_alone(skin, item, largest), first, index)
        with stage.limit_frames(turns[-1], math.inf):
            set_all(skin, counted, [turns[-1] + stage.to_frames(3 * index) for index in range(len(items))])
    else:
        count, frames = len(items), stage.request.frames
        late = min((frames - stage.to_frames(_STAND)) / frames, _LATEST) * count / (count - 1)
        arrivals = find_arrivals(stage, count, max(_UNTIL[0] + _UNTIL[1] * count, late))
        has_small_print = any(text for role, text in stage.request.words.items() if role not in FIGURE_WORDS)
        is_free = len(items) <= _FIELDS.get(stage.shape, _MOST_FIELDS) and not has_small_print
        fills = skin.list_fills() if way == 2 and is_free else ()
        if fills:
            _set_fields(skin, counted, arrivals, fills)
            return
        set_all(skin, counted, arrivals)
    skin.close()


def _fit_alone(skin: FigureSkin, item: str, largest: float) -> list[FittedLine]:
    """Fit one item as large as it goes, at most ``largest`` pixels to the em."""
    box = _find_place_alone(skin)[0]
    return skin.stage.fit_block(
        hyphenate_words(item), box.width, 0.8 * box.height, kind=skin.title_kind, lines=4, lead=LEAD, largest=largest
    )


def _find_place_alone(skin: FigureSkin) -> tuple[Box, Box]:
    """Find the box of an item that stands alone, and that of its drawing."""
    box = skin.box.grow(-skin.pad * skin.u)
    return skin.split_off_drawing(box) if skin.stage.has_things else (box, box)


def _set_alone(skin: FigureSkin, lines: Sequence[FittedLine], at: float, index: int) -> None:
    """Set one item in the middle of the height, with its drawing."""
    (box, art), size = _find_place_alone(skin), lines[0].size
    first = box.top + (box.height - measure_lines(lines)) / 2 + measure_ascent(lines) * size
    skin.land(at)
    if skin.stage.has_things:
        skin.show_thing(index, art, at)
    for number, line in enumerate(lines):
        skin.put_line(
            line, box.left, first + number * LEAD * size, skin.colours.ink, at, role="headline", group=f"figure {index}"
        )


def _set_fields(skin: FigureSkin, items: Sequence[str], arrivals: Sequence[float], fills: Sequence[str]) -> None:
    """Set each item in a field of its own, as large as that lets it be; the fields fill the frame, and come in before
    the words do.
    """
    stage, box = skin.stage, skin.box._replace(top=skin.stage.live.top)
    share = box.height / len(items)
    art = min(0.84 * share, 0.3 * box.width) if stage.has_things else 0.0
    level = Box(box.left, box.top, box.right - 1.15 * art, box.top + (1 - skin.lean / 2) * share)  # where words stand
    for index, (item, at) in enumerate(zip(items, arrivals, strict=True)):
        (block,), size = _fit_items(skin, [item], level, is_marked=False)
        stage.record_fit(block[0].ink.cap * size, _TARGET * skin.u)
        colour = fills[index % len(fills)]
        come = arrivals[0] + stage.to_frames(3 * index)
        skin.lay_field(box.top + index * share if index else None, share, colour, come)
        skin.colours = replace(skin.colours, ink=skin.choose_ink(colour), ground=colour)
        if index == len(items) - 1 and stage.shape == "tall":
            skin.fill_foot(Box(0, box.bottom + 0.1 * stage.height, stage.width, stage.height), colour)
        middle = box.top + (index + 0.5 + skin.lean / 4) * share
        first = middle - (measure_lines(block) - 0.27 * size) / 2 + measure_ascent(block) * size
        at = max(at, come + stage.to_frames(4)) if at >= 1 else at
        if art:
            far = middle - 0.3 * skin.lean * share
            skin.show_thing(index, Box(box.right - art, far - art / 2, box.right, far + art / 2), at)
        _put_item(skin, block, box.left, first, at, index)


def _set_all(skin: FigureSkin, items: Sequence[str], arrivals: Sequence[float]) -> None:
    """Set each item behind a bar in the accent; bars and rules hold the places of those that are still to come.

    In upright frames the rows share the whole height.
    """
    stage, u, box = skin.stage, skin.u, skin.box
    pad = skin.measure_pad(len(items))
    blocks, size = _fit_items(skin, items, box)
    stage.record_fit(blocks[0][0].ink.cap * size, _TARGET * u)
    tallest = max(measure_lines(block) for block in blocks)
    share = box.height / len(items)
    apart = 0.4 * pad
    has_things = stage.has_things
    row = min(share, tallest + _AIR[1] * size + 2 * pad + apart) if stage.shape == "wide" else share
    top = box.top + (box.height - row * len(items)) * 0.5
    indent = sum((_THING if has_things else _MARK)[::2]) * size
    for index, (block, at) in enumerate(zip(blocks, arrivals, strict=True)):
        cell = Box(box.left, top + index * row, box.right, top + (index + 1) * row - apart)
        first = cell.centre[1] - (measure_lines(block) - 0.27 * size) / 2 + measure_ascent(block) * size
        middle = first - block[0].ink.cap * size / 2
        left = cell.left + pad
        mark = Box(left, middle - _MARK[1] * size / 2, left + _MARK[0] * size, middle + _MARK[1] * size / 2)
        skin.add_item(cell, mark, arrivals[0], index)
        if has_things:
            wide = min(_THING[0] * size, 0.9 * cell.height)
            begin, y = left + (_THING[0] * size - wide) / 2, cell.centre[1]
            skin.show_thing(index, Box(begin, y - wide / 2, begin + wide, y + wide / 2), at)
        _put_item(skin, block, left + indent, first, at, index)


def _set_columns(skin: FigureSkin, items: Sequence[str], arrivals: Sequence[float]) -> None:
    """Set each item under its drawing, side by side."""
    stage, u, box = skin.stage, skin.u, skin.box
    count, pad = len(items), max(skin.pad, _COLUMN_PAD) * skin.u
    wide = (box.width + _COLUMN_GAP * u) / count - _COLUMN_GAP * u
    art = min(0.56 * box.height, wide)
    room = Box(0, 0, wide - 2 * pad, box.height - art - 3 * pad)
    tries = [_fit_lines(skin, items, lines, room._replace(bottom=room.height * count), 0, 0) for lines in (1, 2, 3)]
    blocks, size = max(tries, key=lambda one: one[1])
    stage.record_fit(blocks[0][0].ink.cap * size, _TARGET * u)
    tall = art + 2 * pad + max(measure_lines(block) for block in blocks)
    top = box.top + max(0.0, box.height - tall - pad) / 2
    for index, (block, at) in enumerate(zip(blocks, arrivals, strict=True)):
        left = box.left + index * (wide + _COLUMN_GAP * u)
        skin.add_card(Box(left, top, left + wide, top + tall + pad), arrivals[0], index)
        skin.land(at)
        skin.show_thing(index, Box(left + pad, top + pad, left + art, top + art), at)
        _put_item(skin, block, left + pad, top + art + pad + measure_ascent(block) * size, at, index, lands=False)


def _put_item(
    skin: FigureSkin, block: Sequence[FittedLine], left: float, first: float, at: float, index: int, *,
    lands: bool = True
) -> None:  # fmt: skip
    """Set the lines of an item from the baseline ``first`` on, which come one after another from frame ``at`` on."""
    stage, size = skin.stage, block[0].size
    if lands:
        skin.land(at)
    for number, line in enumerate(block):
        role: Role = "headline" if line.ink.cap * size >= HEADLINE * skin.u else "label"
        skin.put_line(
            line, left, first + number * LEAD * size, skin.colours.ink,
            at + stage.to_frames(2 + 2 * number) if at >= 1 else at, role=role, group=f"figure {index}",
        )  # fmt: skip


def _fit_items(
    skin: FigureSkin, items: Sequence[str], box: Box, *, is_marked: bool = True
) -> tuple[list[list[FittedLine]], float]:
    """Fit all items in the largest size that every one of them bears; returns it with the lines of each.

    Items of one line each win over larger ones of several, within reason. ``is_marked``: a mark stands before each.
    """
    worth = _MORE_LINES[skin.stage.shape == "wide"]
    marks = _THING if skin.stage.has_things else _MARK
    mark, pad = (sum(marks[::2]), skin.measure_pad(len(items))) if is_marked else (0.0, 0.0)
    ways = [_fit_lines(skin, items, lines, box, mark, pad) for lines in (1, 2, 3)]
    return max(ways, key=lambda way: way[1] * worth ** (max(map(len, way[0])) - 1))


def _wrap(skin: FigureSkin, text: str, width: float, size: float, lines: int) -> list[FittedLine]:
    """Set words of one size in ``lines`` at most, as even as they can be; empty where they do not fit."""
    words, made = text.split(), list[FittedLine]()
    for part in (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58, 0.52):
        found = [FittedLine(skin.stage.typeset(words[0], skin.title_kind), size)]
        for word in words[1:]:
            longer = skin.stage.typeset(f"{found[-1].ink.text} {word}", skin.title_kind)
            if longer.width * size <= part * width:
                found[-1] = FittedLine(longer, size)
            else:
                found.append(FittedLine(skin.stage.typeset(word, skin.title_kind), size))
        if len(found) > (len(made) or lines) or max(line.width for line in found) > width:
            return made
        made = found
    return made


def _fit_lines(
    skin: FigureSkin, items: Sequence[str], lines: int, box: Box, mark: float, pad: float
) -> tuple[list[list[FittedLine]], float]:
    """Fit items into ``lines`` lines at most. ``mark``: ems that the mark before an item takes; ``pad``: pixels between
    the edge of a row and its words.
    """
    stage, u = skin.stage, skin.u
    texts = [hyphenate_words(item) for item in items]
    share = box.height / len(items) - 2.4 * pad
    largest = float(_LARGEST.get(stage.shape, 116))
    while True:
        size = largest * u
        width = box.width - 2 * pad - mark * size
        high = max(share - _AIR[0] * size, 0.2 * share)
        blocks = [
            fit_small_block(stage, text, width, high, largest=largest, lines=lines, kind=skin.title_kind)
            for text in texts
        ]
        short = [n for n, block in enumerate(blocks) if block[0].size < 0.97 * size]
        if (
            wrapped := [_wrap(skin, items[n], width, size, min(lines, int(high / (LEAD * size)))) for n in short]
        ) and all(wrapped):
            for n, block in zip(short, wrapped, strict=True):
                blocks[n] = block
        fitted = min(line.size for block in blocks for line in block)
        if fitted >= 0.97 * size or largest < _SMALLEST:
            return [[FittedLine(line.ink, fitted) for line in block] for block in blocks], fitted
        largest = max(fitted / u, 0.9 * largest)
