"""Columns: words of several roles under one another in one box, all of them, each as large as the whole allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, NamedTuple

from reelwright.media.drawing.hyphens import hyphenate_words
from reelwright.media.drawing.layers import Box, Role
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.staging.stage import STILL, Motion, Stage

_STEP: Final = 0.94
"""Factor by which rows are made smaller, again and again, until all of them fit."""
_LEAST: Final = 0.2
_MOST_TRIES: Final = 8
"""Most times that items of a list are fitted anew until they are of one size."""
_DESCENDER: Final = 0.22
"""Ems below the baseline that small letters take, whether a line has such letters or not."""
_TOUCH: Final = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Words of a column, set in the type ``kind`` of the look.

    ``largest``: em at a short side of 1080; a row grows to it where the box is wide and high enough. ``is_fixed``: it
    never becomes smaller than that, and takes more lines instead (labels and small print). ``gap``: pixels at 1080 from
    this row to the next, ``lead``: between its own lines. ``role`` says what the words are, for checks of their size.
    ``target``: the capitals' height at 1080 that they should have; where they have less than .55 of it beside a
    picture, the shot is set again without the picture. 0: that of the look's headlines.
    """

    text: str
    colour: str
    kind: str = "display"
    largest: float = 240
    lines: int = 3
    is_fixed: bool = False
    lead: float = 20
    gap: float = 34
    role: Role = "headline"
    target: float = 0


class FittedRow(NamedTuple):
    """A row with its lines. ``tops``: the distance of each baseline from the top of the row's ink, in pixels."""

    row: Row
    lines: list[FittedLine]
    tops: list[float]
    height: float


Arrive = Callable[[int, FittedLine, float], Motion]
"""Makes the motion of a line from its number in the column, the line and its baseline."""


def fit_column(stage: Stage, rows: Sequence[Row], width: float, height: float) -> list[FittedRow]:
    """Fit all rows with words into ``width`` by ``height`` pixels; rows without words are left out.

    Rows that are not fixed become smaller together until the column fits.
    """
    rows = [row for row in rows if row.text.strip()]
    factor = 1.0
    while True:
        fitted = [_fit(stage, row, width, height, 1.0 if row.is_fixed else factor) for row in rows]
        if measure_column(stage, fitted) <= height or factor < _LEAST:
            break
        factor *= _STEP
    for one in fitted:
        if not one.row.is_fixed:
            target = one.row.target or stage.look.sizes["headline"]
            stage.record_fit(one.lines[0].ink.cap * one.lines[0].size, target * stage.u)
    return fitted


def fit_alike(rows: Sequence[Row], fit: Callable[[Sequence[Row]], list[FittedRow]]) -> list[list[FittedRow]]:
    """Fit items of one list, each by itself with ``fit``, all in the largest size that every one of them bears."""
    for _ in range(_MOST_TRIES):
        columns = [fit([row]) for row in rows]
        sizes = [column[0].lines[0].size for column in columns]
        if max(sizes) - min(sizes) <= 0.01 * max(sizes):
            break
        share = min(sizes) / max(sizes)
        largest = max(row.largest for row in rows)
        rows = [replace(row, largest=min(row.largest, largest * share)) for row in rows]
    return columns


def measure_column(stage: Stage, rows: Sequence[FittedRow]) -> float:
    """Measure the pixels from the top of the first row's ink to the foot of the last one's."""
    return sum(one.height for one in rows) + sum(one.row.gap for one in rows[:-1]) * stage.u


def set_column(
    stage: Stage, rows: Sequence[FittedRow], left: float, top: float, ground: str, arrive: Arrive | None = None
) -> list[Box]:
    """Add fitted rows to the stage, the ink of each line beginning on the logical ``left``.

    ``ground``: the colour that lies under the words. ``arrive``: by default all stand from the first frame on. Returns
    the box of each row in pixels of the frame.
    """
    boxes, number = [], 0
    for one in rows:
        edges: Box | None = None
        for line, below in zip(one.lines, one.tops, strict=True):
            motion = arrive(number, line, top + below) if arrive else STILL
            box = stage.add_line(line, left, top + below, one.row.colour, ground, motion, one.row.role)
            edges = _around(edges, box) if edges else box
            number += 1
        if edges:
            boxes.append(edges)
        top += one.height + one.row.gap * stage.u
    return boxes


def _fit(stage: Stage, row: Row, width: float, height: float, factor: float) -> FittedRow:
    """Fit one row into as few lines as keep it at its largest; a text's own line breaks stay."""
    largest, lead = row.largest * stage.u * factor, row.lead * stage.u
    least = row.text.count("|") + 1
    most = max(row.lines, least) + (6 if row.is_fixed else 0)
    text = row.text if row.kind == "code" else hyphenate_words(row.text)
    for count in range(least, most + 1):
        lines = stage.fit_block(text, width, height, kind=row.kind, lines=count, largest=largest)
        if lines[0].size >= largest * 0.97:
            break
    tops = _compute_baselines(lines, lead, is_uppercase=stage.look.type[row.kind].is_uppercase)
    return FittedRow(row, lines, tops, tops[-1] + max(0.0, lines[-1].ink.bottom) * lines[-1].size)


def _compute_baselines(lines: Sequence[FittedLine], lead: float, *, is_uppercase: bool) -> list[float]:
    """Compute baselines on one pitch from the capitals' height: an accent or a descender moves no line, it may enter
    the gap. Where inks would touch (a script that rises higher than its capitals), all lines stand further apart.
    """
    size, cap = lines[0].size, lines[0].ink.cap
    pitch = (cap + (0 if is_uppercase else _DESCENDER)) * size + lead
    for upper, lower in pairwise(lines):
        pitch = max(pitch, (upper.ink.bottom - lower.ink.top) * size + _TOUCH * size)
    first = -lines[0].ink.top * size
    return [first + index * pitch for index in range(len(lines))]


def _around(one: Box, other: Box) -> Box:
    return Box(
        min(one.left, other.left), min(one.top, other.top), max(one.right, other.right), max(one.bottom, other.bottom)
    )
