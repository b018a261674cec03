"""Figures of slam: digits that land hard and shake the frame, fields that lean, a field of the accent at the foot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from reelwright.media.drawing.colour import mix
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Mover
from reelwright.media.looks.slam.motifs import add_emblem
from reelwright.media.staging.figures.labelled_rows import list_labelled_rows
from reelwright.media.staging.figures.skin import FigureColours, FigureSkin
from reelwright.media.staging.figures.word_list import list_words
from reelwright.media.staging.stage import STILL, Motion

_TINTS = (0.0, 0.5, 0.74, 0.24, 0.86)
"""How far shares of a chart are from white to black, in turn."""

_STEEP = 0.03
"""Tangent by which the fields of drawings lean, whose words end near the next field."""
_TURNS = 9
"""Most drawings that stand at the foot one after another."""
_PAD = 44
"""Pixels at 1080 between the edge of a figure's cell and its words."""


class SlamFigures(FigureSkin):
    """Draws figures in black, white and the accent."""

    label_kind = "label"
    scale = 1.25
    lean = 0.16

    def open(self) -> FigureColours:
        """Lay black, or in tall frames a field of the accent with its dots under the words too."""
        stage, palette = self.stage, self.stage.palette
        stage.ground = palette.bg
        stage.fill_frame(palette.bg)
        self.cells: list[tuple[Box, str]] = []
        self.slope = _STEEP if stage.has_things else stage.look.slope
        self.is_due = False
        self.is_board = not (stage.get_words("chart") or list_labelled_rows(stage) or list_words(stage))
        if self.is_board and stage.shape != "wide":  # its words stand where others do, and its fields around them
            self.pad, self.box = (
                _PAD,
                stage.live.grow(_PAD * self.u)._replace(top=stage.live.top - 0.8 * _PAD * self.u),
            )
        rise = stage.width * stage.look.slope
        come = stage.slide(0, dy=300 * self.u, kind="slab")
        if stage.shape == "tall":
            foot = stage.live.bottom + 0.8 * rise + 70 * self.u
            points = stage.make_wedge(foot, rise)
            climb = stage.march(16, dy=-14, most=3)
            stage.add_polygon(points, palette.accent, Motion(moves=(come, climb), group="wedge"))
            stage.add_dots(
                0, foot - rise, stage.width + 9, stage.height + 9, "down", palette.shade, densest=0.7, gamma=1.5,
                motion=Motion(moves=(come,), clips=(stage.make_clip(points),), group="wedge"),
            )  # fmt: skip
        bar = mix(palette.surface, palette.dim, 0.34)
        return FigureColours(
            palette.text, palette.dim, palette.accent_text, palette.bg, bar, palette.accent, palette.surface
        )

    def list_fills(self) -> Sequence[str]:
        """List the colours of the fields: the accent, black, and white."""
        palette = self.stage.palette
        return palette.accent, palette.bg, palette.paper

    def list_tints(self, count: int) -> list[str]:
        """List the colours of shares that are not the largest: white and greys that differ clearly side by side."""
        palette = self.stage.palette
        return [mix(palette.text, palette.bg, _TINTS[index % len(_TINTS)]) for index in range(count)]

    def fill_foot(self, box: Box, colour: str) -> None:
        """Print dots at the foot, and on them the emblem, or in turn the things of the rows."""
        palette = self.stage.palette
        dots = palette.shade if colour == palette.accent else palette.accent
        self.stage.add_dots(box.left, box.top, box.right + 9, box.bottom + 9, "down", dots, densest=0.6, gamma=1.4)
        place = box._replace(top=box.top - 0.08 * self.stage.height)
        if not self.stage.has_things or list_words(self.stage):  # items have their own things beside them
            add_emblem(self.stage, place, colour)
            return
        starts = (0.0, *self.stage.find_later_hits(0, most=_TURNS), math.inf)
        for turn, (first, last) in enumerate(pairwise(starts)):
            with self.stage.limit_frames(first, last), self.stage.show_thing(turn % len(self.stage.request.things)):
                add_emblem(self.stage, place, colour, first)

    def add_card(self, box: Box, at: float, index: int) -> None:
        """Lay the field of an item under its drawing, as that of a figure."""
        self.is_board = True
        self.add_cell(box, at, index)

    def add_drawing(self, box: Box, at: float, group: str) -> None:
        """Stick the drawing on."""
        add_emblem(self.stage, box.grow(40 * self.u), self.colours.ground, at, group)

    def list_camera(self) -> tuple[Mover, ...]:
        """List the hop of all figures on later hits."""
        return (self.stage.nudge(self.stage.request.frames * 0.2, dy=-5),)

    def add_cell(self, box: Box, at: float, index: int) -> None:
        """Lay the field of a figure of a board, in wide frames when it lands; rows have short slabs over them."""
        if not self.is_board:
            slab = Box(box.left, box.top, box.left + 150 * self.u, box.top + 10 * self.u)
            self.add_bar(slab, at, self.colours.ink, "rows")
            return
        near = {colour for cell, colour in self.cells if abs(cell.left - box.left) < 1}
        near |= {colour for _, colour in self.cells[-1:]}
        fills = (*self.list_fills(), *self.list_fills())[index % 3 :]
        self.cells.append((box, next(colour for colour in fills if colour not in near)))
        self.is_due = True
        if self.stage.shape != "wide":
            self._lay_cell(box, self.cells[-1][1], at + self.stage.to_frames(3 * index))

    def land(self, at: float) -> None:
        """Kick the frame where a figure or an item lands, with the field of a figure of a board."""
        self.stage.add_shake(at + self.stage.to_frames(3))
        if not self.is_due:
            return
        self.is_due, (box, colour) = False, self.cells[-1]
        palette = self.stage.palette
        if self.stage.shape == "wide":
            self._lay_cell(box, colour, at)
        ink = self.choose_ink(colour)
        number = palette.accent_text if colour == palette.bg else ink
        self.colours = replace(self.colours, ink=ink, number=number, ground=colour)
        if self.stage.shape == "tall" and len(self.cells) == len(self.stage.get_words("figures").split("|")):
            self.fill_foot(Box(0, box.bottom + 0.08 * self.stage.height, self.stage.width, self.stage.height), colour)

    def _lay_cell(self, box: Box, colour: str, at: float) -> None:
        """Lay the field of a figure from its cell to the far and lower edges of the frame, where others lie over it."""
        stage, first, near = self.stage, self.cells[0][0], (22 if self.pad else 54) * self.u
        is_below, is_beyond = box.top > first.top + 1, box.left > first.left + 1
        rise, slope = self.lean * box.height * is_below, self.slope * is_beyond
        left, right, foot = box.left - near if is_beyond else -0.1 * stage.width, 1.2 * stage.width, 1.1 * stage.height
        top = box.top - near if is_below else -0.1 * stage.height
        y, far = (top - rise * (x / stage.width - 0.5) for x in (left, right))
        start, end = (left + slope * (box.centre[1] - at_y) for at_y in (y, foot))
        corners = [(start, y), (right, far), (right, foot), (end, foot)]
        come = stage.slide(self.start(at, "slab"), dx=stage.width * is_beyond, dy=box.height * is_below, kind="slab")
        is_there = len(self.cells) == 1 and at < 1
        motion = STILL if is_there else Motion(moves=(come,), span=(math.floor(at), math.inf), group="rows")
        stage.add_polygon(corners, colour, motion)

    def add_item(self, box: Box, mark: Box, at: float, index: int) -> None:
        """Set a leaning mark before an item: a slab over it would be too much."""
        del box, index
        if self.stage.has_things:
            return
        tall = mark._replace(top=mark.centre[1] - 1.1 * mark.width, bottom=mark.centre[1] + 1.1 * mark.width)
        self.add_bar(tall._replace(right=mark.left + 0.55 * mark.width), at, self.colours.best, "rows")
