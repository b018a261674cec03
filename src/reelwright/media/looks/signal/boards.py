"""Figures that stand together in signal: a card for each that slides in, digits that count, rounded tracks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from reelwright.media.drawing.layers import Box, Role
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.signal.screen import Screen
from reelwright.media.looks.signal.typed_line import add_typed
from reelwright.media.staging.figures.skin import FigureColours, FigureSkin
from reelwright.media.staging.figures.values import FIGURE_WORDS

_DOTTED: Final = 240
"""Height, in pixels at 1080, from which a drawing is one of dots."""


class SignalFigures(FigureSkin):
    """Draws figures on cards over the lattice."""

    label_kind = "label"
    pad = 40.0

    def open(self) -> FigureColours:
        """Lay the lattice with its signal; a chart stands on one card, a board on one for each figure."""
        stage, u = self.stage, self.u
        self.screen = screen = Screen(stage)
        for role in FIGURE_WORDS:
            stage.get_words(role)
        screen.add_backdrop()
        self.box = screen.box
        if stage.get_words("chart"):
            screen.add_card(screen.box, (screen.make_come(0, dy=70),), corner=44 * u)
            self.box = screen.box.grow(-54 * u)
        palette = stage.palette
        return FigureColours(
            palette.text, palette.dim, screen.tint, screen.card, screen.rest, palette.accent, screen.edge
        )

    def list_fills(self) -> Sequence[str]:
        """List the colours of the fields: the accent, that of cards, and the darkest between them."""
        return self.stage.palette.accent, self.screen.card, self.stage.palette.bg, self.screen.card

    def add_cell(self, box: Box, at: float, index: int) -> None:
        """Slide a card in."""
        del index
        self.screen.add_card(box, (self.screen.make_come(at, dy=60),), group="rows")

    def add_drawing(self, box: Box, at: float, group: str) -> None:
        """Draw a large drawing with the dots of the lattice, a small one in lines."""
        if box.height < _DOTTED * self.u or self.colours.ground == self.stage.palette.accent:
            super().add_drawing(box, at, group)
            return
        with self.stage.limit_frames(at, math.inf):
            self.screen.add_mark("", box)

    def add_bar(self, box: Box, at: float, colour: str, group: str) -> None:
        """Let a rounded track fill."""
        stage = self.stage
        area = stage.make_wipe_area(box.left - 1, box.top - 1, box.right + 1, box.bottom + 1)
        motion = self.move((stage.wipe(self.start(at, "count"), kind="count"),), group, area)
        corner = min(box.height, box.width) / 2 if box.height < 60 * self.u else 18 * self.u
        self.screen.add_shape(self.screen.make_round(box, corner), colour, motion)

    def put_line(
        self, line: FittedLine, x: float, low: float, colour: str, at: float, *, role: Role = "label", group: str
    ) -> None:
        """Type a line."""
        add_typed(self.stage, line, x, low, colour, self.colours.ground, at, role=role, group=group)
