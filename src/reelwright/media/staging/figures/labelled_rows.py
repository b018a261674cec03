"""Rows with labels, as of a timetable, a menu or a line-up: labels in one column and what they say in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reelwright.media.drawing.hyphens import hyphenate_words
from reelwright.media.drawing.layers import Box, Role
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.letters.word_styles import find_strong_words, strip_styles
from reelwright.media.staging.figures.board import find_arrivals
from reelwright.media.staging.figures.skin import HEADLINE, LEAD, FigureSkin, measure_ascent, measure_lines
from reelwright.media.staging.lines import fit_small_block
from reelwright.media.staging.stage import Stage
from reelwright.reel.film.markup import LABEL_ENDS

_UNTIL: Final = (0.4, 0.06)
"""Part of the shot in which rows come in, and how much longer that is for each row; in the rest all of them stand."""
_LARGEST: Final = {"wide": 118, "tall": 112, "portrait": 108, "square": 100}
"""Largest em of what the rows say, in pixels at 1080."""
_SMALLEST: Final = 24
_SHARE: Final = (0.24, 0.46)
"""Least and most part of the width that the column of labels takes."""
_GUTTER: Final = 0.06
"""Room between the columns, as a part of the width."""
_ABOVE: Final = 0.68
"""Size of a label that stands over what it says, as a part of its size."""
_UNDER: Final = 0.1
"""Room between such a label and what it says, in parts of the size of that."""
_BESIDE_WORTH: Final = (1.25, 1.8)
"""Worth of labels in a column of their own against labels over what they say; the second in wide frames."""
_MORE_LINES: Final = 0.68
"""Worth of a size where a row needs a second line."""
_AIR: Final = 0.5
"""Least room over and under the words of a row, together, in parts of their em."""
_MOST_ROW: Final = 3.4
"""Most height of a row of one line in wide frames, in parts of its em: few rows stand together in the middle."""
_TARGET: Final = 40


@dataclass(frozen=True, slots=True)
class _Layout:
    """``labels`` and ``says``: the lines of each row; ``column``: where those begin (0: under their label)."""

    labels: list[list[FittedLine]]
    says: list[list[FittedLine]]
    column: float

    @property
    def size(self) -> float:
        return self.says[0][0].size

    @property
    def turns(self) -> int:
        """The lines of the longest row beside its first."""
        return max(map(len, (*self.labels, *self.says))) - 1

    def measure_row(self, n: int) -> float:
        """Measure the pixels that the words of a row take."""
        label, says = measure_lines(self.labels[n]), measure_lines(self.says[n])
        return max(label, says) if self.column else label + _UNDER * self.size + says


def list_labelled_rows(stage: Stage) -> list[tuple[str, str]]:
    """List the labels of a shot's rows, each with what it says; empty where a row has no label."""
    rows = [row.strip() for row in stage.get_words("figures").split("|") if row.strip()]
    if stage.get_words("chart") or not all(find_strong_words(row).endswith(LABEL_ENDS) for row in rows):
        return []
    made = []
    for row in rows:
        label = find_strong_words(row)
        made.append((label.rstrip("".join(LABEL_ENDS)), strip_styles(row).strip().removeprefix(label).strip()))
    return made


def set_labelled_rows(skin: FigureSkin, rows: Sequence[tuple[str, str]]) -> None:
    """Set the rows under rules that hold their places; labels stand from the beginning, what they say comes in turn."""
    stage, u, box = skin.stage, skin.u, skin.box
    arrivals = find_arrivals(stage, len(rows), _UNTIL[0] + _UNTIL[1] * len(rows))
    layout = _choose_layout(skin, rows)
    size = layout.size
    stage.record_fit(layout.says[0][0].ink.cap * size, _TARGET * u)
    heights = [layout.measure_row(n) for n in range(len(rows))]
    pad = skin.measure_pad(len(rows))
    spare = (box.height - sum(heights)) / len(rows)
    if stage.shape == "wide":
        spare = min(spare, _MOST_ROW * size - min(heights))
    apart = 0.4 * pad
    top = box.top + (box.height - sum(heights) - spare * len(rows)) * 0.5
    for n, at in enumerate(arrivals):
        cell = Box(box.left, top, box.right, top + heights[n] + spare - apart)
        top += heights[n] + spare
        skin.add_cell(cell, arrivals[0], n)
        skin.land(at)
        _set_row(skin, layout, n, cell, at, arrivals[0])
    skin.close()


def _set_row(skin: FigureSkin, layout: _Layout, n: int, cell: Box, at: float, begin: float) -> None:
    """Set a row whose label stands from frame ``begin`` on, and whose words come at frame ``at``."""
    label, says = layout.labels[n], layout.says[n]
    first = cell.centre[1] - layout.measure_row(n) / 2
    left = cell.left + skin.measure_pad(len(layout.says))
    group = f"figure {n}"
    label_at = begin if layout.column else at
    tint = skin.make_legible(skin.colours.number, label[0].ink.cap * label[0].size)
    if layout.column:
        low = first + measure_ascent(says) * layout.size  # on the first line of what it says
        _put(skin, label, left, low, tint, label_at, "labels")
        _put(skin, says, left + layout.column, low, skin.colours.ink, at, group)
        return
    _put(skin, label, left, first + measure_ascent(label) * label[0].size, tint, label_at, group)
    low = first + measure_lines(label) + (_UNDER + measure_ascent(says)) * layout.size
    _put(skin, says, left, low, skin.colours.ink, at, group)


def _put(
    skin: FigureSkin, lines: Sequence[FittedLine], x: float, low: float, colour: str, at: float, group: str
) -> None:
    for number, line in enumerate(lines):
        role: Role = "headline" if line.ink.cap * line.size >= HEADLINE * skin.u else "label"
        late = at + skin.stage.to_frames(2 * number) if at >= 1 else at
        skin.put_line(line, x, low + number * LEAD * line.size, colour, late, role=role, group=group)


def _choose_layout(skin: FigureSkin, rows: Sequence[tuple[str, str]]) -> _Layout:
    """Choose labels in a column of their own where what they say stays large enough beside it, else over it."""
    ways = [_fit(skin, rows, lines, is_beside=is_beside) for is_beside in (True, False) for lines in (1, 2)]
    worth = _BESIDE_WORTH[skin.stage.shape == "wide"]
    return max(ways, key=lambda way: way.size * (worth if way.column else 1.0) * _MORE_LINES**way.turns)


def _fit(skin: FigureSkin, rows: Sequence[tuple[str, str]], lines: int, *, is_beside: bool) -> _Layout:
    """Fit all rows in the largest size that every one of them bears."""
    stage, u, box = skin.stage, skin.u, skin.box
    pad = skin.measure_pad(len(rows))
    width, share = box.width - 2 * pad, box.height / len(rows) - 2.4 * pad
    largest = float(_LARGEST[stage.shape])
    while True:
        size = largest * u
        if is_beside:
            labels = [_set(skin, text, _SHARE[1] * width, share, largest, lines) for text, _ in rows]
            column = max(_SHARE[0] * width, max(line.width for block in labels for line in block)) + _GUTTER * width
            high = max(share - _AIR * size, 0.2 * share)
        else:
            labels = [_set(skin, text, width, 0.4 * share, _ABOVE * largest, 1) for text, _ in rows]
            column, high = 0.0, max(share - max(map(measure_lines, labels)) - (_AIR + _UNDER) * size, 0.2 * share)
        says = [_set(skin, text, width - column, high, largest, lines) for _, text in rows]
        fitted = min(line.size for block in says for line in block)
        least = min(line.size for block in labels for line in block)
        wanted = size if is_beside else _ABOVE * size
        if (fitted >= 0.97 * size and least >= 0.97 * wanted) or largest < _SMALLEST:
            over = min(least, fitted if is_beside else _ABOVE * fitted)
            return _Layout(
                [[FittedLine(line.ink, over) for line in block] for block in labels],
                [[FittedLine(line.ink, fitted) for line in block] for block in says], column,
            )  # fmt: skip
        largest = max(min(fitted / size, least / wanted) * largest, 0.8 * largest) * 0.985


def _set(skin: FigureSkin, text: str, width: float, height: float, largest: float, lines: int) -> list[FittedLine]:
    return fit_small_block(
        skin.stage, hyphenate_words(text), width, height, largest=largest, lines=lines, kind=skin.title_kind
    )
