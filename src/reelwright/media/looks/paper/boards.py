"""Figures that stand together on paper: numbers count in ink, labels are in italics, a broad nib draws the bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from reelwright.media.drawing.colour import compute_contrast, mix
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box, Role
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Mover
from reelwright.media.letters.word_styles import find_strong_words
from reelwright.media.looks.paper.layouts import grow_corner
from reelwright.media.looks.paper.material import make_sheet
from reelwright.media.looks.paper.page import Page, Tone
from reelwright.media.looks.paper.pen import make_underline
from reelwright.media.looks.paper.plants import cut_emblem
from reelwright.media.staging.figures.skin import SHAPES, FigureColours, FigureSkin
from reelwright.media.staging.figures.values import FIGURE_WORDS, NumberInk

_HIDDEN: Final = 60
"""Pixels at 1080 of a sheet beyond the edges of the frame."""
_TOGETHER: Final = "figures"
"""The group of figures that have stood alone and come back."""


class PaperFigures(FigureSkin):
    """Draws figures with a pen on the page."""

    label_kind = "italic"
    alone = 190.0
    until = 0.25

    def open(self) -> FigureColours:
        """Lay coloured paper under figures and lists; a branch grows in a tall frame."""
        stage = self.stage
        self.page = page = Page(stage, *FIGURE_WORDS)
        self.box, self.tone = stage.live._replace(bottom=page.floor), page.desk
        text = stage.get_words("figures")
        if not stage.get_words("chart") and find_strong_words(text):
            self.tone = page.poster
            page.cover(self.tone)
        elif not stage.get_words("chart"):
            self.tone = page.kraft
            page.cover(self.tone)
        if stage.shape == "tall":
            grow_corner(page, Box(0, stage.height * 0.7, stage.width, stage.height), plant="berry", tone=self.tone)
        tone = self.tone
        bar = mix(tone.ground, tone.ink, 0.42)
        return FigureColours(
            tone.ink, tone.quiet, tone.accent, tone.ground, bar, tone.accent, mix(tone.ground, bar, 0.4)
        )

    def close(self) -> None:
        """Set the small print."""
        self.page.add_small_print(self.stage.live.left, self.tone)

    def list_fills(self) -> Sequence[str]:
        """List the colours of the papers: the poster's, kraft, the sheet's, and the table's."""
        page = self.page
        return page.poster.ground, page.kraft.ground, page.sheet.ground, page.desk.ground

    def lay_field(self, top: float | None, height: float, colour: str, at: float) -> None:
        """Lay a sheet with a torn edge over the frame."""
        stage, u = self.stage, self.u
        high = (top or 0.0) - (_HIDDEN * u if top is None else 0.0)
        wide, tall = stage.width + 2 * _HIDDEN * u, stage.height - high + _HIDDEN * u
        sheet = make_sheet(round(wide), round(tall), colour, "torn", self.page.seed + round(high), 0.0, u)
        self.page.place(sheet, stage.width / 2, high + tall / 2, at, depth=1.0, dy=0.0 if top is None else 1.2 * height)

    def add_cell(self, box: Box, at: float, index: int) -> None:
        """Draw a stroke of the pen over a figure."""
        place = self.stage.to_frame_box(*box)
        path = make_underline(place.left, place.right, box.top, self.u, self.page.make_random(f"cell {index}"))
        self.page.draw(path, self.colours.quiet, 3.4 * self.u, at, 20, group="rows")

    def add_bar(self, box: Box, at: float, colour: str, group: str) -> None:
        """Draw a bar in one stroke of a broad nib."""
        thick = min(0.6 * box.height, 44 * self.u)
        path, y = skia.Path(), box.centre[1]
        begin, end = (
            self.stage.to_frame_x(x) for x in (box.left + thick / 2, max(box.right - thick / 2, box.left + 1))
        )
        path.moveTo(begin, y)
        path.quadTo((begin + end) / 2, y + 4 * self.u, end, y - 2 * self.u)
        self.page.draw(path, colour, thick, self.start(at, "count"), 26, group=group)

    def add_drawing(self, box: Box, at: float, group: str) -> None:
        """Lay the drawing, cut from paper that differs from the one under it."""
        del group
        palette = self.stage.palette
        pair = (palette.accent, palette.surface)
        body, lines = pair if compute_contrast(palette.surface, self.colours.ground) < SHAPES else pair[::-1]
        cut_emblem(self.page, box, body, lines, at=at)

    def put_digits(self, ink: NumberInk, size: float, x: float, low: float, colour: str, at: float, group: str) -> None:
        """Set the digits of a number; they count up once, and stand finished where figures come back together."""
        steps = ink.steps[-1:] if group == _TOGETHER else ink.steps
        super().put_digits(replace(ink, steps=steps), size, x, low, colour, at, group)

    def put_line(
        self, line: FittedLine, x: float, low: float, colour: str, at: float, *, role: Role = "label", group: str
    ) -> None:
        """Set a line in the ink of the page; one of figures that come back together is there at once."""
        tone = Tone(colour, colour, colour, self.colours.ground)
        if group == _TOGETHER:
            at -= self.stage.to_frames(30)
        self.page.put_line(line, x, low, tone, at, role=role, group=group)

    def list_camera(self) -> tuple[Mover, ...]:
        """List the movers of the camera."""
        return self.page.make_camera()
