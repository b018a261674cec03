"""Figures of grid: things that fill the frame one after another; charts under a hair rule, their bars as fields."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from reelwright.media.drawing.colour import mix
from reelwright.media.drawing.drawables import Fill
from reelwright.media.drawing.layers import Box, Role
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.grid.headlines import fill_art
from reelwright.media.looks.grid.pictograms import typeset_pictogram
from reelwright.media.looks.grid.sheet import Sheet
from reelwright.media.looks.grid.turns import GROUNDS, Thing, can_take_turns, set_in_turn
from reelwright.media.staging.figures.labelled_rows import list_labelled_rows
from reelwright.media.staging.figures.skin import FigureColours, FigureSkin
from reelwright.media.staging.figures.staging import make_figures
from reelwright.media.staging.figures.values import FIGURE_WORDS, Figure, NumberInk, read_figures, typeset_number
from reelwright.media.staging.figures.word_list import list_words
from reelwright.media.staging.stage import Stage


class GridFigures(FigureSkin):
    """Draws figures on a white sheet, the largest in the signal colour."""

    label_kind = "label"

    def open(self) -> FigureColours:
        """Lay the sheet with its marker, and a field under the words of a tall frame."""
        stage, u = self.stage, self.u
        self.sheet = Sheet(stage, "white", *FIGURE_WORDS)
        tone, box = self.sheet.tone, self.sheet.box
        self.sheet.add_rule(box.left, stage.width, box.top, heavy=True)
        self.sheet.add_mark(box.top)
        self.box = box._replace(top=box.top + 70 * u)
        if stage.shape == "tall":
            fill_art(self.sheet, self.sheet.find_art())
        bar = mix(tone.ground, tone.ink, 0.82)
        self.has_columns = False
        return FigureColours(tone.ink, tone.quiet, tone.signal, tone.ground, bar, tone.field, stage.palette.pale)

    def close(self) -> None:
        """Set the small print."""
        self.sheet.add_small_print()

    def add_column(self, box: Box, at: float, colour: str, group: str) -> None:
        """Draw a column, which needs no line over it."""
        self.has_columns = True
        super().add_column(box, at, colour, group)

    def choose_column_tint(self, *, is_best: bool) -> str:
        """Choose the colour of a column, the highest in the signal colour."""
        return self.colours.best if is_best else self.colours.track

    def add_stroke(self, path: Any, width: float, at: float, length: float, colour: str, group: str) -> None:
        """Draw a line on where no columns stand under it: it would say the same again."""
        if not self.has_columns:
            super().add_stroke(path, width, at, length, colour, group)

    def add_dot(self, x: float, y: float, radius: float, at: float, colour: str, group: str) -> None:
        """Add a dot of a line, where there is one."""
        if not self.has_columns:
            super().add_dot(x, y, radius, at, colour, group)

    def add_cell(self, box: Box, at: float, index: int) -> None:
        """Draw a hair rule over a figure."""
        del index
        self.sheet.add_rule(box.left, box.right, box.top, at, group="rows")

    def add_drawing(self, box: Box, at: float, group: str) -> None:
        """Draw the drawing as a pictogram."""
        path, place = self.trace_drawing(typeset_pictogram(self.stage, ""), box)
        self.stage.add("shape", Fill(path, self.colours.number), place, self.move((self.stage.hit(at, 0.6),), group))

    def put_line(
        self, line: FittedLine, x: float, low: float, colour: str, at: float, *, role: Role = "label", group: str
    ) -> None:
        """Set a line that rises out of its rule."""
        self.sheet.set_line(line, x, low, colour, at, role=role, group=group, ground=self.colours.ground)


_SET: Final = make_figures(GridFigures)


def typeset_total(stage: Stage, figure: Figure) -> NumberInk:
    """Typeset a figure that counts in digits of one width, and comes to rest in its own."""
    ink = typeset_number(stage, figure, counts=True)
    return replace(ink, steps=(*ink.steps[:-1], stage.typeset(ink.full.text, "total")))


def set_figures(stage: Stage) -> None:
    """Stage figures or a list, each thing alone in its turn; charts, rows with labels and long lists all at once."""
    texts = list_words(stage)
    things = [Thing(text) for text in texts]
    if not texts and not stage.get_words("chart") and not list_labelled_rows(stage):
        things = [Thing(one.label, typeset_total(stage, one)) for one in read_figures(stage)]
    if not can_take_turns(stage, len(things)):
        _SET(stage)
        return
    first = stage.request.choose_composition(len(GROUNDS))
    set_in_turn(Sheet(stage, GROUNDS[first], *FIGURE_WORDS), things, first)
