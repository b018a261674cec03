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
_LARGEST: Final = {"wide": 150, "tall": 150, "portrait": 150, "square": 128}
"""Largest em of the items, in pixels at 1080."""
_SMALLEST: Final = 20
_MORE_LINES: Final = (0.94, 0.84)
"""Worth of a size for each line more that an item needs; the second in wide frames."""
_TARGET: Final = 42
_AIR: Final = (0.36, 0.9)
"""Least and most room over and under an item, together, in parts of its em; the most in wide frames alone."""
_FIELDS: Final = {"tall": 4}
_MOST_FIELDS: Final = 5
"""Most items that stand in fields of their own; in tall frames words end far above the foot."""
_ALONE: Final = 300
"""Largest em of an item that stands alone, in pixels at 1080."""
_ALIKE: Final = 1.3
"""How many times as large as the smallest of them an item that stands alone is at most."""
_MARK: Final = (0.42, 0.13, 0.34)
"""Length and height of the bar before an item, and the room after it, in parts of the item's em."""


def list_words(stage: Stage) -> list[str]:
    """List the items of a shot whose rows are words alone; empty where a row has a number or a chart is asked for."""
    rows = [row.strip() for row in stage.get_words("figures").split("|") if row.strip()]
    is_list = len(rows) > 1 and not stage.get_words("chart") and not any(map(find_strong_words, rows))
    return rows if is_list and all(any(char.isalpha() for char in row) for row in rows) else []


def set_word_list(skin: FigureSkin, items: Sequence[str]) -> None:
    """Set items in one of three ways, so that two lists of a film are not alike: in rows, each alone before all of them
    stand together, or each in a field of its own where the look has fields.
    """
    stage, way = skin.stage, skin.stage.request.choose_composition(3)
    turns = find_turns(stage, len(items)) if way == 1 else []
    if turns:
        largest = _ALIKE * min(_fit_alone(skin, item, _ALONE * skin.u)[0].size for item in items)
        for index, (item, first, last) in enumerate(zip(items, turns, turns[1:], strict=False)):
            with stage.limit_frames(first, last):
                _set_alone(skin, _fit_alone(skin, item, largest), first, index)
        with stage.limit_frames(turns[-1], math.inf):
            _set_all(skin, items, [turns[-1] + stage.to_frames(3 * index) for index in range(len(items))])
    else:
        arrivals = find_arrivals(stage, len(items), _UNTIL[0] + _UNTIL[1] * len(items))
        has_small_print = any(text for role, text in stage.request.words.items() if role not in FIGURE_WORDS)
        is_free = len(items) <= _FIELDS.get(stage.shape, _MOST_FIELDS) and not has_small_print
        fills = skin.list_fills() if way == 2 and is_free else ()
        if fills:
            _set_fields(skin, items, arrivals, fills)
            return
        _set_all(skin, items, arrivals)
    skin.close()


def _fit_alone(skin: FigureSkin, item: str, largest: float) -> list[FittedLine]:
    """Fit one item as large as it goes, at most ``largest`` pixels to the em."""
    box = skin.box.grow(-skin.pad * skin.u)
    return skin.stage.fit_block(
        hyphenate_words(item), box.width, 0.8 * box.height, kind=skin.title_kind, lines=4, lead=LEAD, largest=largest
    )


def _set_alone(skin: FigureSkin, lines: Sequence[FittedLine], at: float, index: int) -> None:
    """Set one item in the middle of the height."""
    box, size = skin.box.grow(-skin.pad * skin.u), lines[0].size
    first = box.top + (box.height - measure_lines(lines)) / 2 + measure_ascent(lines) * size
    skin.land(at)
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
    level = box._replace(bottom=box.top + (1 - skin.lean / 2) * share)  # their near edges are where words stand
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
        _put_item(skin, block, box.left, first, max(at, come + stage.to_frames(4)) if at >= 1 else at, index)


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
    row = min(share, tallest + _AIR[1] * size + 2 * pad + apart) if stage.shape == "wide" else share
    top = box.top + (box.height - row * len(items)) * 0.5
    indent = sum(_MARK[::2]) * size
    for index, (block, at) in enumerate(zip(blocks, arrivals, strict=True)):
        cell = Box(box.left, top + index * row, box.right, top + (index + 1) * row - apart)
        first = cell.centre[1] - (measure_lines(block) - 0.27 * size) / 2 + measure_ascent(block) * size
        middle = first - block[0].ink.cap * size / 2
        left = cell.left + pad
        mark = Box(left, middle - _MARK[1] * size / 2, left + _MARK[0] * size, middle + _MARK[1] * size / 2)
        skin.add_item(cell, mark, arrivals[0], index)
        _put_item(skin, block, left + indent, first, at, index)


def _put_item(skin: FigureSkin, block: Sequence[FittedLine], left: float, first: float, at: float, index: int) -> None:
    """Set the lines of an item from the baseline ``first`` on, which come one after another from frame ``at`` on."""
    stage, size = skin.stage, block[0].size
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
    mark, pad = (sum(_MARK[::2]), skin.measure_pad(len(items))) if is_marked else (0.0, 0.0)
    ways = [_fit_lines(skin, items, lines, box, mark, pad) for lines in (1, 2, 3)]
    return max(ways, key=lambda way: way[1] * worth ** (max(map(len, way[0])) - 1))


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
        fitted = min(line.size for block in blocks for line in block)
        if fitted >= 0.97 * size or largest < _SMALLEST:
            return [[FittedLine(line.ink, fitted) for line in block] for block in blocks], fitted
        largest = max(fitted / u, 0.9 * largest)
