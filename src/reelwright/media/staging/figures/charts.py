"""Charts of a table's numbers: bars, a line or a ring. Lengths follow the values; the words are those of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.staging.figures.board import find_arrivals
from reelwright.media.staging.figures.skin import FigureSkin, measure_lines
from reelwright.media.staging.figures.values import (
    Figure,
    NumberInk,
    get_title,
    read_figures,
    read_shares,
    typeset_number,
)
from reelwright.media.staging.lines import fit_small_block
from reelwright.reel.film.written_numbers import read_values

_UNTIL: Final = 0.6
"""Part of the shot in which the values come in."""
_LABEL_WIDTH: Final = 0.34
"""Part of the width that labels beside bars take at most."""
_NAMES: Final = 1.5
"""Size of the names of a table's columns, in labels."""
_LARGEST_LABEL: Final = 56
_LARGEST_LEGEND: Final = 76
_LARGEST_SINGLE: Final = 96
"""Em of the words beside a ring of one percentage."""
_LARGEST_VALUE: Final = 120
_FEW: Final = 5
"""Most rows that come one by one; more are a wave, in which neighbours move together."""
_LEAD: Final = 1.16
_TOP: Final = -90.0
"""Degrees at which a ring begins, from the right."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a chart: its number and label typeset, its length as a part of the largest, when it comes."""

    ink: NumberInk
    label: list[FittedLine]
    share: Fraction
    at: float
    group: str

    @property
    def is_best(self) -> bool:
        """Whether its value is the largest."""
        return self.share == 1


_CROWN: Final = (0.6, 0.34)
"""Most width of the drawing in the highest column, in parts of the columns' pitch, and height, in those of its own."""
_COLUMN: Final = 0.42
"""Half the width of a column, in parts of their pitch."""


def set_chart(skin: FigureSkin) -> None:
    """Set the chart that the words ask for: a ring, a line, or bars."""
    stage = skin.stage
    figures, chart = read_figures(stage), stage.get_words("chart")
    box = _set_title(skin)
    if chart == "ring":
        _set_ring(skin, figures, box)
    elif chart == "line" and stage.shape != "tall":
        _set_line(skin, figures, box)
    else:
        _set_rows(skin, figures, is_line=chart == "line", box=box)
    skin.close()


# ---- bars, and a line that runs down a narrow frame


def _set_rows(skin: FigureSkin, figures: Sequence[Figure], *, is_line: bool, box: Box) -> None:
    stage, u = skin.stage, skin.u
    pitch = box.height / len(figures)
    beside = stage.shape == "wide" or is_line or pitch < 112 * u
    room = box.width * (_LABEL_WIDTH if beside else 1.0)
    rows = _fit_rows(skin, figures, room, pitch * (0.92 if beside else 0.36), 2 if beside else 1)
    near = max((line.width for row in rows for line in row.label), default=0) + 36 * u if beside else 0.0
    pitch = min(pitch, (220 if stage.shape == "wide" else 300 if beside else 380) * u)
    cap = max(row.ink.height for row in rows)
    thick = min(0.62 * pitch, 124 * u) if beside else min(0.42 * pitch, 150 * u)
    size = min((0.56 * pitch if is_line else 0.8 * thick) / cap, _LARGEST_VALUE * u, 0.3 * box.width / _widest(rows))
    stage.record_fit(rows[0].ink.full.cap * size, 26 * u)
    reach = box.width - near - _widest(rows) * size - 38 * u
    top = box.top + (box.height - pitch * len(rows)) * (0.5 if stage.shape != "tall" else 0.25)
    points: list[tuple[float, float]] = []
    for index, row in enumerate(rows):
        y = top + index * pitch
        middle = y + pitch / 2 if beside else y + pitch - thick / 2 - 0.1 * pitch
        left = box.left + near
        right = left + max(8 * u, reach * float(row.share))
        points.append((right - 38 * u if is_line else right, middle))
        if beside:
            skin.put_lines(row.label, box.left, middle - measure_lines(row.label) / 2, 0, "labels")
        else:
            skin.put_lines(row.label, box.left, middle - thick / 2 - measure_lines(row.label) - 6 * u, 0, "labels")
        tint = skin.colours.best if row.is_best else skin.colours.bar
        if not is_line:
            skin.add_bar(Box(left, middle - thick / 2, right, middle + thick / 2), row.at, tint, row.group)
        where = box.right - row.ink.width * size if is_line else right + 38 * u
        late = 0 if is_line else 0.5 * stage.get_length("count") * (0.5 if row.at < 1 else 1)
        _put_value(skin, row, size, where, middle + cap * size / 2, late)
    if is_line:
        _connect(skin, rows, points)


# ---- a line along the frame


def _set_line(skin: FigureSkin, figures: Sequence[Figure], box: Box) -> None:
    """Set a line from point to point over columns, each value under its point and its label under that. The film's
    emblem comes to stand in the highest. Columns beside the title rise as high as it.

    The columns stand from the axis up to the points, so that the chart is a shape and not a thread in an empty field.
    """
    stage, u = skin.stage, skin.u
    pitch = box.width / len(figures)
    rows = _fit_rows(skin, figures, pitch - 16 * u, 0.2 * box.height, 2)
    least = stage.get_small_size("label")
    size = min(0.75 * _LARGEST_VALUE * u, 0.74 * pitch / _widest(rows))
    if size < least or size * max(row.ink.full.cap for row in rows) < 28 * u:
        _set_rows(skin, figures, is_line=True, box=box)
        return
    labels = max(measure_lines(row.label) for row in rows)
    cap = max(row.ink.height for row in rows) * size
    foot = box.bottom - labels - cap - 58 * u
    skin.add_bar(Box(box.left, foot, box.right, foot + 3 * u), 0, skin.colours.track, "axis")
    points: list[tuple[float, float]] = []
    high = _measure_highest(skin, rows, box, foot)
    for index, row in enumerate(rows):
        x = box.left + (index + 0.5) * pitch
        points.append((x, foot - high * float(row.share)))
        tint = skin.choose_column_tint(is_best=row.is_best)
        half = _COLUMN * pitch
        skin.add_column(Box(x - half, points[-1][1], x + half, foot), row.at, tint, row.group)
        _put_value(skin, row, size, x - row.ink.width * size / 2, foot + 30 * u + cap)
        widest = max((line.width for line in row.label), default=0.0)
        skin.put_lines(row.label, x - widest / 2, foot + cap + 52 * u, 0, "labels", middle=x)
    _connect(skin, rows, points)
    best = next(index for index, row in enumerate(rows) if row.is_best)
    if stage.request.film_emblem and not stage.pictures:
        (x, y), begin = points[best], rows[best].at + stage.get_length("count")
        side = min(_CROWN[0] * pitch, _CROWN[1] * high)
        place = Box(x - side / 2, y + 40 * u, x + side / 2, y + 40 * u + side)
        usual, best_tint = skin.colours, skin.choose_column_tint(is_best=True)
        skin.colours = replace(usual, ground=best_tint, number=skin.choose_ink(best_tint))
        with stage.show_emblem(stage.request.film_emblem):
            skin.add_drawing(place, begin, "crown")
        skin.colours = usual


def _measure_highest(skin: FigureSkin, rows: Sequence[Row], box: Box, foot: float) -> float:
    """Measure the pixels of the highest column: up to the title, or beside that up to its top where no column under
    the title would reach it.
    """
    pitch, u = box.width / len(rows), skin.u
    under = [row for index, row in enumerate(rows) if box.left + (index + 0.5 - _COLUMN) * pitch < skin.title_end]
    most = max((row.share for row in under), default=Fraction(0))
    room = foot - box.top - 30 * u
    return min(foot - skin.box.top - 10 * u, room / float(most)) if most else room


def _connect(skin: FigureSkin, rows: Sequence[Row], points: Sequence[tuple[float, float]]) -> None:
    """Draw the line through ``points`` on, from the first value's beat to the last one's, and a dot at each."""
    stage, u = skin.stage, skin.u
    path = skia.Path()
    for index, (x, y) in enumerate(points):
        (path.lineTo if index else path.moveTo)(stage.to_frame_x(x), y)
    last = max(rows[-1].at, stage.to_frames(8))
    skin.add_stroke(path, 10 * u, 0, last, skin.colours.bar, "line")
    for row, (x, y) in zip(rows, points, strict=True):
        tint = skin.colours.best if row.is_best else skin.colours.ink
        skin.add_dot(x, y, (20 if row.is_best else 13) * u, row.at, tint, row.group)


# ---- a ring


def _set_ring(skin: FigureSkin, figures: Sequence[Figure], box: Box) -> None:
    """Set a ring with its largest share in the accent, and a list of the shares beside or under it."""
    stage, u = skin.stage, skin.u
    wide = stage.shape == "wide"
    side = min(box.height, 0.46 * box.width) if wide else min(0.9 * box.width, 0.54 * box.height)
    ring = Box(box.left, box.top, box.left + side, box.top + side)
    if wide:
        ring = ring._replace(top=box.centre[1] - side / 2, bottom=box.centre[1] + side / 2)
    rest = box._replace(left=ring.right + 110 * u) if wide else box._replace(top=ring.bottom + 50 * u)
    is_single = len(figures) == 1
    pitch = min(rest.height / len(figures), 150 * u)
    room = rest.width * (1.0 if is_single else 0.62) - (0 if is_single else 60 * u)
    tall = rest.height if is_single else 0.86 * pitch
    rows = _fit_rows(skin, figures, room, tall, 3 if is_single else 2, _LARGEST_LEGEND)
    values = [Fraction(row.share) for row in rows]
    whole = sum(values)
    place, thick = stage.to_frame_box(*ring), 0.17 * side
    middle = place.grow(-thick / 2)
    top = rest.top + (rest.height - pitch * len(rows)) * (0.5 if wide else 0.0)
    tints = iter(skin.list_tints(len(rows)))
    turn = stage.reading_sign
    begun = Fraction(0)
    gap = 0.0 if is_single else 1.6
    skin.add_arc(middle, 0, 360, thick, -99, 1, skin.colours.track, "track")
    if is_single:
        share = _read_percent(figures[0])
        skin.add_arc(
            middle, _TOP, turn * 360 * share, thick, skin.start(0, "count"), stage.get_length("count"),
            skin.colours.best, "ring",
        )  # fmt: skip
    best = next(row for row in rows if row.is_best)
    size = min(0.56 * side / best.ink.width, 0.34 * side / best.ink.height)
    stage.record_fit(best.ink.full.cap * size, 50 * u)
    x, y = ring.centre
    skin.put_number(
        best.ink, size, x - best.ink.width * size / 2, y + best.ink.height * size / 2, skin.colours.number, best.at,
        best.group,
    )  # fmt: skip
    if is_single:
        top = rest.centre[1] - measure_lines(rows[0].label) / 2 if wide else rest.top
        skin.put_lines(rows[0].label, rest.left, top, 0, "labels")
        return
    cap = max(row.ink.height for row in rows)
    value = min(_LARGEST_VALUE * u, 0.52 * pitch / cap, 0.3 * rest.width / _widest(rows))
    mark = 0.5 * min(34 * u, 0.4 * pitch)
    longest = max((line.width for row in rows for line in row.label), default=0.0)
    near = min(rest.left + 2 * mark + 26 * u + longest + 70 * u, rest.right - _widest(rows) * value)
    for index, row in enumerate(rows):
        tint = skin.colours.best if row.is_best else next(tints)
        part = row.share / whole
        start = _TOP + turn * 360 * float(begun)
        skin.add_arc(
            middle, start + turn * gap / 2, turn * max(1.0, 360 * float(part) - gap), thick, row.at,
            stage.to_frames(14), tint, row.group,
        )  # fmt: skip
        begun += part
        centre = top + (index + 0.5) * pitch
        skin.add_bar(Box(rest.left, centre - mark, rest.left + 2 * mark, centre + mark), 0, tint, "labels")
        skin.put_lines(row.label, rest.left + 2 * mark + 26 * u, centre - measure_lines(row.label) / 2, 0, "labels")
        _put_value(skin, row, value, near, centre + cap * value / 2)


def _read_percent(figure: Figure) -> float:
    values = read_values([figure.number])
    return min(1.0, float(values[0]) / 100) if values else 1.0


# ---- what all have


def _set_title(skin: FigureSkin) -> Box:
    """Set the words of the table's head over the chart. Returns the box that is left."""
    stage, u, box = skin.stage, skin.u, skin.box
    title, names = get_title(stage)
    if names and not any(map(str.isalpha, title)):  # a year says less than what is counted
        title, names = names, title
    top = box.top
    if title:
        largest = 88 if stage.shape == "wide" else 76
        lines = fit_small_block(
            stage, title, box.width, 3 * largest * u, largest=largest, lines=2, kind=skin.title_kind
        )
        for index, line in enumerate(lines):
            skin.title_end = max(skin.title_end, box.left + line.width + 40 * u)
            low = top + max(line.ink.cap, -line.ink.top) * line.size + index * _LEAD * line.size
            skin.put_line(line, box.left, low, skin.colours.ink, 0, role="headline", group="title")
        last = lines[-1]
        top = low + max(0.0, last.ink.bottom) * last.size + 26 * u
    if names:
        em = stage.get_small_size("label") * _NAMES
        for line in fit_small_block(stage, names, box.width, 3 * em, largest=em / u, lines=2, kind=skin.label_kind):
            skin.title_end = max(skin.title_end, box.left + line.width + 40 * u)
            top += em
            skin.put_line(line, box.left, top, skin.colours.quiet, 0, group="title")
        top += 0.3 * em
    return box._replace(top=top + (24 * u if top > box.top else 0))


def _fit_rows(
    skin: FigureSkin, figures: Sequence[Figure], width: float, height: float, lines: int, most: float = _LARGEST_LABEL
) -> list[Row]:
    """Typeset all rows, their labels in one size, ``most`` pixels at 1080 to the em."""
    stage, u = skin.stage, skin.u
    shares = read_shares(list(figures))
    at = find_arrivals(stage, len(figures), _UNTIL)
    largest = float(most if len(figures) > 1 else _LARGEST_SINGLE)
    for _ in range(3):  # all labels as large as the one that has the least room
        labels = [
            fit_small_block(stage, one.label, width, height, largest=largest, lines=lines, kind=skin.label_kind)
            if one.label
            else []
            for one in figures
        ]
        largest = min((line.size for one in labels for line in one), default=largest * u) / u
    count = len(figures)
    groups = [f"row {index}" if count <= _FEW else f"rows {index * 3 // count}" for index in range(count)]
    numbers = [typeset_number(stage, one, counts=False) for one in figures]
    return [Row(*row) for row in zip(numbers, labels, shares, at, groups, strict=True)]


def _widest(rows: Sequence[Row]) -> float:
    return max(row.ink.width for row in rows)


def _put_value(skin: FigureSkin, row: Row, size: float, x: float, low: float, delay: float = 0) -> None:
    """Set the value of a row, ``delay`` frames after it begins: as what it measures has almost grown."""
    tint = skin.colours.number if row.is_best else skin.colours.ink
    skin.put_number(row.ink, size, x, low, tint, row.at + delay, row.group)
