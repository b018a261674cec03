"""Figures of noir: numerals of foil in one beam, hairlines, bars and rings as lines of light."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reelwright.media.drawing.colour import mix
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box, Role
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Mover
from reelwright.media.looks.noir.light import Pool
from reelwright.media.looks.noir.room import Room
from reelwright.media.staging.figures.skin import FigureColours, FigureSkin
from reelwright.media.staging.figures.values import FIGURE_WORDS, NumberInk


class NoirFigures(FigureSkin):
    """Draws figures in a dark room; only the largest shines."""

    def open(self) -> FigureColours:
        """Let a beam fall from above over the words."""
        stage = self.stage
        self.room = room = Room(stage, *FIGURE_WORDS)
        wide, high = stage.width, stage.height
        room.darken(Pool(wide * 0.72, high * 0.62, 0.6 * max(wide, high), 0.5))
        aims = ((wide * 0.2, high * 0.7), (wide * 0.62, high * 0.8), (wide * 0.8, high * 0.8))
        room.add_beam(wide * 0.9, -0.12 * high, aims, spread=0.2, strength=0.5)
        self.box = stage.live._replace(bottom=room.floor)
        room.cover_light(stage.to_frame_box(*self.box))
        tone, foil = room.tone, room.foil
        bar = mix(tone.ground, tone.quiet, 0.5)
        return FigureColours(tone.ink, tone.quiet, foil.mid, tone.ground, bar, foil.mid, mix(tone.ground, bar, 0.4))

    def close(self) -> None:
        """Set the small print."""
        self.room.add_small_print(self.stage.live.left)

    def add_cell(self, box: Box, at: float, index: int) -> None:
        """Draw a hairline of foil over a figure."""
        self.room.add_rule(box.left, box.top, box.width, at)

    def add_drawing(self, box: Box, at: float, group: str) -> None:
        """Draw the drawing in foil, which comes out of the dark."""
        del group
        path, _ = self.trace_drawing(self.stage.typeset_emblem(""), box)
        come = self.stage.fade(at, self.stage.to_frames(20)) if at >= 1 else self.stage.fade(-1, 1)
        self.room.add_metal(path, moves=(come, *self.room.make_camera()), pivot=self.room.centre)

    def add_bar(self, box: Box, at: float, colour: str, group: str) -> None:
        """Draw a bar as a line of light, thicker for the largest."""
        thick = min(box.height, (26 if colour == self.colours.best else 12) * self.u)
        path, y = skia.Path(), box.centre[1]
        path.moveTo(self.stage.to_frame_x(box.left), y)
        path.lineTo(self.stage.to_frame_x(box.right), y)
        self.add_stroke(path, thick, at, self.stage.get_length("count"), colour, group)

    def add_stroke(self, path: Any, width: float, at: float, length: float, colour: str, group: str) -> None:
        """Draw the largest in foil, all else in a dim line."""
        if colour != self.colours.best:
            super().add_stroke(path, min(width, 12 * self.u), at, length, colour, group)
            return
        frames = length / self.stage.request.pace
        self.room.add_metal(path, width=width, at=self.start(at, "count"), length=frames, moves=self.room.make_camera())

    def add_arc(
        self, box: Box, start: float, sweep: float, width: float, at: float, length: float, colour: str, group: str
    ) -> None:
        """Draw the largest share in foil, the others in dim lines; all of them slender."""
        slender = box.grow(0.2 * width)
        if colour != self.colours.best:
            super().add_arc(slender, start, sweep, 0.3 * width, at, length, colour, group)
            return
        path = skia.Path()
        path.addArc(skia.Rect.MakeLTRB(*slender), start, max(-359.9, min(359.9, sweep)))
        self.add_stroke(path, 0.42 * width, at, length, colour, group)

    def put_line(
        self, line: FittedLine, x: float, low: float, colour: str, at: float, *, role: Role = "label", group: str
    ) -> None:
        """Set a line that the light reveals; numbers are of foil."""
        tint = "" if colour == self.colours.number else colour
        self.room.put_line(line, x, low, at, colour=tint, role=role, group=group, glints=not tint)

    def put_digits(self, ink: NumberInk, size: float, x: float, low: float, colour: str, at: float, group: str) -> None:
        """Set digits that stand still under the light."""
        super().put_digits(replace(ink, steps=ink.steps[-1:]), size, x, low, colour, at, group)

    def list_camera(self) -> tuple[Mover, ...]:
        """List the movers of the camera."""
        return self.room.make_camera()
