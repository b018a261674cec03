"""Figures of grid: numbers of one width under hair rules, bars as fields, the emblem at the foot of tall frames."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.media.drawing.colour import mix
from reelwright.media.drawing.layers import Box, Role
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.grid.headlines import add_pattern
from reelwright.media.looks.grid.sheet import Sheet
from reelwright.media.staging.figures.skin import FigureColours, FigureSkin
from reelwright.media.staging.figures.values import FIGURE_WORDS


class GridFigures(FigureSkin):
    """Draws figures on a white sheet, the largest in the signal colour."""

    label_kind = "label"

    def open(self) -> FigureColours:
        """Lay the sheet with its marker, and the emblem under the words of a tall frame."""
        stage, u = self.stage, self.u
        self.sheet = Sheet(stage, "white", *FIGURE_WORDS)
        tone, box = self.sheet.tone, self.sheet.box
        self.sheet.add_rule(box.left, stage.width, box.top, heavy=True)
        self.sheet.add_mark(box.top)
        self.box = box._replace(top=box.top + 70 * u)
        if stage.shape == "tall":
            add_pattern(self.sheet, self.sheet.find_art(), 1)
        bar = mix(tone.ground, tone.ink, 0.82)
        return FigureColours(tone.ink, tone.quiet, tone.signal, tone.ground, bar, tone.field, stage.palette.pale)

    def close(self) -> None:
        """Set the small print."""
        self.sheet.add_small_print()

    def list_fills(self) -> Sequence[str]:
        """List the colours of the sheets: the signal colour, black, and white between them."""
        tone = self.sheet.tone
        return tone.field, tone.ink, tone.ground, tone.ink

    def fill_foot(self, box: Box, colour: str) -> None:
        """Show the emblem along the foot."""
        add_pattern(self.sheet, box, 1, tint=self.colours.ink if colour == self.sheet.tone.field else "")

    def add_cell(self, box: Box, at: float, index: int) -> None:
        """Draw a hair rule over a figure."""
        del index
        self.sheet.add_rule(box.left, box.right, box.top, at, group="rows")

    def put_line(
        self, line: FittedLine, x: float, low: float, colour: str, at: float, *, role: Role = "label", group: str
    ) -> None:
        """Set a line that rises out of its rule."""
        self.sheet.set_line(line, x, low, colour, at, role=role, group=group, ground=self.colours.ground)
