"""A board: two to five figures on one screen that come in one after the other, in one size, each with its label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.staging.figures.skin import FigureSkin, measure_lines
from reelwright.media.staging.figures.values import Figure, NumberInk, read_figures, typeset_number
from reelwright.media.staging.lines import fit_small_block
from reelwright.media.staging.stage import Stage

_UNTIL: Final = 0.78
"""Part of the shot in which figures come in; in the rest all of them stand."""
_TURNS: Final = 0.66
"""Part of the shot in which figures stand alone, one after another; in the rest all of them stand."""
_LEAST: Final = 20
"""Fewest frames at 30 fps for which a thing stands alone."""
_LONG: Final = 66
"""Frames at 30 fps for each figure of a board, from which it would stand finished for long: its figures come alone."""
_DRAWN: Final = (3, 4)
"""Most figures that stand together beside their drawings; the second in wide frames."""
_SHELF: Final = 0.36
"""Part of a wide frame's height, or of another one's width, that the drawings beside figures take."""
_ALONE: Final = 900
"""Largest em of a figure that stands alone, in pixels at 1080."""
_NEAR: Final = 0.3
_LABELS: Final = (120, 100, 84, 72, 64, 56, 50, 44, 40)
_FEW_ROWS: Final = 2
"""Most rows beside whose large numbers labels take the first sizes; in more rows they take the others."""
_LARGEST: Final = 460
_TOGETHER: Final = "figures"
"""The group of figures that have stood alone and come back as one."""
_STACKED: Final = 4
"""Most figures that stand under one another in tall frames, each as large as the width and its row allow."""
_HEAD: Final = (52, 22)
"""Pixels at 1080 between the rule over a cell and its digits; the second in upright frames."""
_APART: Final = 72
"""Pixels at 1080 between cells."""
_LEAST_SHARE: Final = 0.62
"""Least width of a column, as a part of the widest, where all stand in one row."""
_BESIDE_WORTH: Final = 0.9
"""Worth of labels beside numbers in upright frames, where they leave the numbers half of the width."""
_BESIDE: Final = 0.45
"""Part of a row that numbers take at most where labels stand beside them."""
_NEAR_LABEL: Final = 56
"""Pixels at 1080 between numbers and labels beside them."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to set figures: in columns of ``widths``, labels under the numbers or beside them.

    ``size``: em of all numbers; ``deep``: ems that marks hang under digits; ``score``: the highest is chosen.
    """

    widths: tuple[float, ...]
    rows: int
    is_beside: bool
    size: float
    labels: tuple[list[FittedLine], ...]
    high: float
    deep: float
    score: float


def find_arrivals(stage: Stage, count: int, until: float = _UNTIL) -> list[float]:
    """Find the frame at which each of ``count`` figures comes in: evenly, on a hit of the music where one is near."""
    share = stage.request.frames * until / count
    even = [index * share for index in range(count)]
    near = [min(stage.request.hits, key=lambda hit: abs(hit - at), default=at) for at in even]
    found = [float(hit) if abs(hit - at) <= _NEAR * share else at for hit, at in zip(near, even, strict=True)]
    return [0.0, *found[1:]]


def set_board(skin: FigureSkin) -> None:
    """Set the figures of a shot on one board, whose rules hold the places of what is still to come.

    In tall frames, on all boards but a film's first, and on long ones, each figure stands alone before all of them do.
    """
    stage = skin.stage
    figures = read_figures(stage)
    is_long = stage.request.frames >= len(figures) * stage.to_frames(_LONG)
    alone = stage.shape == "tall" or is_long or stage.request.choose_composition(3)
    turns = find_turns(stage, len(figures)) if alone else []
    if turns:
        for index, (figure, first, last) in enumerate(zip(figures, turns, turns[1:], strict=False)):
            with stage.limit_frames(first, last):
                _set_alone(skin, figure, first, index)
        with stage.limit_frames(turns[-1], math.inf):
            arrivals = [turns[-1] + stage.to_frames(3 * index) for index in range(len(figures))]
            _set_all(
                skin,
                figures,
                arrivals,
                has_things=(stage.shape == "wide" or not skin.pad) and _can_show_things(stage, len(figures)),
            )
    else:
        arrivals = find_arrivals(stage, len(figures), skin.until)
        _set_all(skin, figures, arrivals, has_things=_can_show_things(stage, len(figures)))
    skin.close()


def find_turns(stage: Stage, count: int) -> list[float]:
    """Find the frames at which each of ``count`` things has the frame to itself, and last that at which all stand.

    Empty where each would be gone before it is read.
    """
    if _TURNS * stage.request.frames < count * stage.to_frames(_LEAST):
        return []
    return [*find_arrivals(stage, count, _TURNS), round(_TURNS * stage.request.frames)]


def _set_alone(skin: FigureSkin, figure: Figure, at: float, index: int) -> None:
    """Set one figure as large as it fits, over what it counts."""
    stage, u, box = skin.stage, skin.u, skin.box.grow(-skin.pad * skin.u)
    skin.land(at)
    if stage.has_things:
        box, art = skin.split_off_drawing(box)
        skin.show_thing(index, art, at)
    ink = typeset_number(stage, figure, counts=True)
    largest = skin.alone if stage.shape != "wide" else skin.alone * 0.8
    label = (
        fit_small_block(stage, figure.label, box.width, 0.3 * box.height, largest=largest, kind=skin.label_kind)
        if figure.label
        else []
    )
    deep = ink.depth
    size = min(_ALONE * u, box.width / ink.width)
    for _ in range(3):  # the gap follows from the size
        size = min(size, (box.height - measure_lines(label) - _measure_gap(skin, size, deep)) / ink.height)
    gap = _measure_gap(skin, size, deep)
    tall = ink.height * size + (gap + measure_lines(label) if label else 0.0)
    low = box.top + (box.height - tall) * 0.5 + ink.height * size
    skin.put_number(ink, size, box.left, low, skin.colours.number, at, f"figure {index}")
    skin.put_lines(label, box.left, low + gap, at, f"figure {index}")


def _set_all(skin: FigureSkin, figures: Sequence[Figure], arrivals: Sequence[float], *, has_things: bool) -> None:
    """Set all figures on rules: in upright frames the rows share the whole height.

    ``has_things``: each stands beside its drawing, which leaves an upright frame less than two thirds for numbers.
    """
    stage, u = skin.stage, skin.u
    inks = [typeset_number(stage, figure, counts=True) for figure in figures]
    whole, shelf = skin.box, 0.0
    if has_things and stage.shape == "wide":
        shelf = _SHELF * whole.height
        skin.box = whole._replace(top=whole.top + shelf)
    elif has_things:
        skin.box = whole._replace(right=whole.right - _SHELF * whole.width)
    layout = _choose_layout(skin, figures, inks, has_things=has_things)
    stage.record_fit(inks[0].full.cap * layout.size, 60 * u)
    box, skin.box = skin.box, whole
    columns = len(layout.widths)
    apart = _measure_apart(skin, layout.rows, columns)
    tall = layout.rows * layout.high + (layout.rows - 1) * apart
    step = layout.high + apart
    top = box.top + max(0.0, box.height - tall) * (0.5 if stage.shape != "tall" else 0.3)
    if stage.shape != "wide" and layout.rows > 1:
        top, step = box.top, (box.height + apart) / layout.rows
    begin = arrivals[0]
    for index, (ink, label, at) in enumerate(zip(inks, layout.labels, arrivals, strict=True)):
        column, row = index % columns, index // columns
        left, y = box.left + sum(layout.widths[:column]) + column * apart, top + row * step
        cell = Box(left, y, left + layout.widths[column], y + (step - apart if skin.pad else layout.high))
        skin.add_cell(cell._replace(top=cell.top - shelf, right=cell.right + (whole.right - box.right)), begin, index)
        skin.land(at)
        if has_things:
            skin.show_thing(index, _find_shelf(skin, cell, shelf, whole), at)
        group = f"figure {index}" if begin < 1 else _TOGETHER
        _set_figure(skin, layout, ink, label, cell, at, group)


def _can_show_things(stage: Stage, count: int) -> bool:
    """Return whether each of ``count`` figures that stand together has room for its drawing."""
    return stage.has_things and count <= _DRAWN[stage.shape == "wide"]


def _find_shelf(skin: FigureSkin, cell: Box, shelf: float, whole: Box) -> Box:
    """Find the place of a figure's drawing: over its cell in a wide frame, beyond it in any other."""
    air = max(24.0, skin.pad) * skin.u
    if shelf:
        left, top = cell.left + skin.pad * skin.u, cell.top - shelf + air
        return Box(left, top, min(left + cell.top - top, cell.right - skin.pad * skin.u), cell.top)
    return Box(cell.right + 2.6 * air, cell.top + air, whole.right - skin.pad * skin.u, cell.bottom - air)


def _set_figure(
    skin: FigureSkin, layout: Layout, ink: NumberInk, label: list[FittedLine], cell: Box, at: float, group: str
) -> None:
    """Set a figure that comes at frame ``at``, and what it counts right after it."""
    u = skin.u
    inner = cell.grow(-skin.pad * u)
    size = min(layout.size, inner.width / ink.width)
    high = max(0.0, ink.height) * size
    gap = _measure_gap(skin, size, layout.deep)
    if layout.is_beside:
        low = inner.centre[1] + (high + 0.4 * _measure_head(skin)) / 2
        x = inner.left + inner.width * _BESIDE + _NEAR_LABEL * u
        first = low - (high + measure_lines(label)) / 2
    else:
        spare = 0.5 * (inner.height - layout.high + 2 * skin.pad * u) if skin.pad else 0.0
        low = inner.top + spare + _measure_head(skin) + size * max(one.cap for one in ink.steps)
        x, first = inner.left, low + gap
    skin.put_number(ink, size, inner.left, low, skin.colours.number, at, group)
    beside = group if group == _TOGETHER else "labels"
    skin.put_lines(label, x, first, at + skin.stage.to_frames(3) if at >= 1 else at, beside)


def _choose_layout(
    skin: FigureSkin, figures: Sequence[Figure], inks: Sequence[NumberInk], *, has_things: bool
) -> Layout:
    count = len(figures)
    if has_things:  # each beside its drawing: in one row or in one column
        is_wide = skin.stage.shape == "wide"
        return _try(skin, figures, inks, count if is_wide else 1, is_beside=False)
    stacks = {1, count} if count < 4 else {1, 2, 3} if skin.stage.shape == "wide" else {1, 2}
    if skin.stage.shape != "wide":
        stacks.discard(count)  # one row would leave most of the height bare
    ways = [(columns, False) for columns in stacks if columns > 1 or count == 2 or skin.stage.shape != "wide"]
    ways.append((1, True))
    if skin.stage.shape == "tall" and count <= _STACKED and not skin.pad:
        ways = [(1, False)]
    found = [_try(skin, figures, inks, columns, is_beside=beside) for columns, beside in ways]
    dear = _BESIDE_WORTH if skin.stage.shape != "wide" else 1.0
    return max(found, key=lambda one: one.score * (dear if one.is_beside else 1.0))


def _try(
    skin: FigureSkin, figures: Sequence[Figure], inks: Sequence[NumberInk], columns: int, *, is_beside: bool
) -> Layout:
    """Fit figures into ``columns``; the score is the size of their numbers, less where labels come out too small."""
    stage, u, box = skin.stage, skin.u, skin.box
    rows, pad = -(-len(figures) // columns), skin.pad * u
    is_own = stage.shape == "tall" and columns == 1 and not (is_beside or pad)
    apart = _measure_apart(skin, rows, columns)
    room = box.width - (columns - 1) * apart - 2 * pad * columns
    shares = [max(ink.width, _LEAST_SHARE * max(one.width for one in inks)) for ink in inks] if rows == 1 else []
    widths = [room * share / sum(shares) for share in shares] or [room / columns] * columns
    wide = min(widths)
    high = (box.height - (rows - 1) * apart) / rows - 2 * pad
    beside = wide * (1 - _BESIDE) - _NEAR_LABEL * u
    head = _measure_head(skin)
    least = stage.get_small_size("label") / u
    few = rows <= _FEW_ROWS
    is_large = stage.shape == "wide" and (is_beside or stage.has_things)
    sizes = _LABELS[0 if is_large else 1 if few and stage.shape != "wide" else 3 :]
    for largest in (*(em for em in sizes if em > least), least):
        labels = [
            fit_small_block(
                stage,
                one.label,
                beside if is_beside else across,
                4 * largest * u,
                largest=largest,
                kind=skin.label_kind,
            )
            if one.label
            else []
            for one, across in zip(figures, widths * rows, strict=False)
        ]
        taken = max((measure_lines(one) for one in labels), default=0.0)
        ratio = min((line.size for one in labels for line in one), default=largest * u) / (largest * u)
        most = 0.2 if is_own else 0.32 if largest > _LABELS[3] else 0.5
        if ratio >= 0.97 and taken <= (high - head if is_beside else most * high):
            break
    cap, deep = max(ink.height for ink in inks), max(ink.depth for ink in inks)
    part = _BESIDE if is_beside else 1.0
    fits = [part * across / ink.width for ink, across in zip(inks, widths * rows, strict=False)]
    size = min(_LARGEST * u, max(fits) if is_own else min(fits))
    if is_beside:
        size = min(size, (high - head) / cap)
        tall = max(cap * size, taken) + head
    else:
        for _ in range(3):  # the gap follows from the size
            size = min(size, (high - head - taken - _measure_gap(skin, size, deep)) / cap)
        tall = head + cap * size + _measure_gap(skin, size, deep) + taken
    small = 0.5 if ratio < 0.97 or tall > 1.01 * high else 1.0
    fill = min(1.0, (tall * rows + (rows - 1) * apart) / box.height)
    outer = tuple(one + 2 * pad for one in widths)
    return Layout(outer, rows, is_beside, size, tuple(labels), tall + 2 * pad, deep, small * size * (0.7 + 0.3 * fill))


def _measure_apart(skin: FigureSkin, rows: int, columns: int) -> float:
    """Return the pixels between cells: more where all figures stand in one row, and no rule parts two numbers."""
    return (
        _APART
        * skin.u
        * (1.5 if rows == 1 and not skin.pad else 0.6 if skin.pad or rows > 3 or skin.stage.shape != "wide" else 1.0)
    )


def _measure_head(skin: FigureSkin) -> float:
    """Return the pixels between the rule over a cell and its digits; none on a card."""
    return 0.0 if skin.pad else _HEAD[skin.stage.shape != "wide"] * skin.u


def _measure_gap(skin: FigureSkin, size: float, deep: float) -> float:
    """Return the pixels between digits, whose marks hang ``deep`` ems down, and the label under them."""
    return max(26 * skin.u, 0.14 * size, deep * size + 16 * skin.u)
