"""The skin of figures: what a look lays under them, and how its words, bars and strokes come. Plain as it stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from reelwright.media.drawing.colour import LEGIBLE, choose_text_colour, compute_contrast, mix, to_argb
from reelwright.media.drawing.drawables import Fill, skia
from reelwright.media.drawing.layers import Box, Role, WipeArea
from reelwright.media.drawing.lettering import FittedLine, Ink
from reelwright.media.drawing.movers import Count, Mover
from reelwright.media.drawing.strokes import DONE, Pen
from reelwright.media.staging.figures.values import GAP, NumberInk
from reelwright.media.staging.lines import make_rise
from reelwright.media.staging.stage import STILL, Motion, Stage

_LARGE = 40  # height of capitals at 1080 from which less contrast will do
HEADLINE: Final = 27
"""Height of capitals at 1080 from which a number is one of the large words of a screen."""
LEAD: Final = 1.2
SHAPES: Final = 3.0
"""Least contrast of a drawing to what is under it."""
_TINTS: Final = (0.12, 0.36, 0.54, 0.68, 0.8)


@dataclass(frozen=True, slots=True)
class FigureColours:
    """The colours of figures: words, quiet words, numbers, what is under them; bars, the largest one, their track."""

    ink: str
    quiet: str
    number: str
    ground: str
    bar: str
    best: str
    track: str


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """A part of a ring with straight ends, drawn on from its first degree; the pose's number is the part of it."""

    box: Box
    start: float
    sweep: float
    colour: str
    width: float

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        """Draw as many thousandths of the arc as ``number`` says."""
        paint = skia.Paint(AntiAlias=True, Color=to_argb(self.colour, alpha))
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(self.width)
        if number > 0:
            sweep = self.sweep * min(number, DONE) / DONE
            canvas.drawArc(skia.Rect.MakeLTRB(*self.box), self.start, sweep, False, paint)


class FigureSkin:
    """Draws figures of one stage in a look's manner. A look's own skin says what differs.

    ``box``: where words may stand (logical). ``over``: the colour under words where that is not the ground.
    """

    label_kind = "plain"
    title_kind = "display"
    scale = 1.0
    """How many times as large digits land as they stand."""
    lean = 0.0
    """How far the edge of a field rises on its way over the frame, in parts of the field's height."""
    alone = 120.0
    """Largest em, in pixels at 1080, of what a figure counts that stands alone."""
    until = 0.78
    """Part of the shot in which the figures of a board come in; in the rest all of them stand."""
    title_end = 0.0
    """Where the title over a chart ends, with the room after it, in logical pixels."""
    pad = 0.0
    """Pixels at 1080 between the edge of a figure's cell and its words."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.u = stage, stage.u
        self.box = stage.live
        self.colours = self.open()

    # -- what a look does its own way ---------------------------------------------------------------------------

    def open(self) -> FigureColours:
        """Lay what is under all, and return the colours of figures there."""
        palette = self.stage.palette
        self.stage.ground = palette.bg
        self.stage.fill_frame(palette.bg)
        bar = mix(palette.bg, palette.text, 0.45)
        return FigureColours(
            palette.text, palette.text, palette.accent_text, palette.bg, bar, palette.accent, mix(palette.bg, bar, 0.3)
        )

    def close(self) -> None:
        """Lay what is over all."""

    def add_cell(self, box: Box, at: float, index: int) -> None:
        """Lay what holds a figure of a board, before the figure comes: by default a rule over it."""
        del index
        self.add_bar(box._replace(bottom=box.top + 3 * self.u), at, self.colours.ink, "rows")

    def land(self, at: float) -> None:
        """Do what a look does where a figure or an item lands; nothing by default."""

    def add_item(self, box: Box, mark: Box, at: float, index: int) -> None:
        """Lay what holds an item of a list, and the ``mark`` before it, where no drawing stands there."""
        self.add_cell(box, at, index)
        if not self.stage.has_things:
            self.add_bar(mark, at, self.colours.best, "rows")

    def add_card(self, box: Box, at: float, index: int) -> None:
        """Lay what holds an item of a list that stands under its drawing."""
        self.add_cell(box, at, index)

    def show_thing(self, index: int, box: Box, at: float) -> None:
        """Draw the thing of a row in a logical box, from frame ``at`` on."""
        with self.stage.show_thing(index):
            self.add_drawing(box, at, f"figure {index}")

    def add_drawing(self, box: Box, at: float, group: str) -> None:
        """Draw the stage's emblem in a logical box."""
        path, place = self.trace_drawing(self.stage.typeset_emblem(""), box)
        colours = self.colours
        tint = colours.number if compute_contrast(colours.number, colours.ground) >= SHAPES else colours.ink
        self.stage.add("shape", Fill(path, tint), place, self.move((self.stage.hit(at, 0.4),), group))

    def trace_drawing(self, ink: Ink, box: Box) -> tuple[Any, Box]:
        """Return the outline of a drawing as large as a logical box, in its middle, and its box in the frame."""
        size = min(box.width / ink.width, box.height / ink.height)
        low = box.centre[1] - (ink.top + ink.bottom) / 2 * size
        return self.stage.trace_ink(ink, size, box.centre[0] - ink.width * size / 2, low)

    def split_off_drawing(self, box: Box) -> tuple[Box, Box]:
        """Split the box of something that stands alone: for its words, and beside or under them for its drawing."""
        stage = self.stage
        if stage.shape == "wide":
            return box._replace(right=box.left + 0.58 * box.width), box._replace(left=box.left + 0.64 * box.width)
        foot = 0.86 * stage.height if stage.shape == "tall" else box.bottom
        edge = box.top + 0.46 * (foot - box.top)
        return box._replace(bottom=edge), Box(box.left, edge + 40 * self.u, box.right, foot)

    def list_fills(self) -> Sequence[str]:
        """List the colours of fields that fill the frame, for the items of a list in turn; empty: the look has none."""
        return ()

    def choose_ink(self, colour: str) -> str:
        """Choose the colour of words on a field of ``colour``."""
        return choose_text_colour(colour)

    def lay_field(self, top: float | None, height: float, colour: str, at: float) -> None:
        """Lay a field over the frame from ``top`` down; None: over all of it. It comes up from frame ``at`` on."""
        stage = self.stage
        rise = self.lean * height
        corners = stage.make_wedge(-0.1 * stage.height if top is None else top + rise / 2, rise)
        come = stage.slide(self.start(at, "slab"), dy=1.2 * height, kind="slab")
        is_there = top is None and at < 1
        motion = STILL if is_there else Motion(moves=(come,), span=(math.floor(max(0.0, at)), math.inf), group="rows")
        stage.add_polygon(corners, colour, motion)

    def fill_foot(self, box: Box, colour: str) -> None:
        """Fill the foot of the last field, which has ``colour`` and ends far under the words; nothing by default."""

    def add_bar(self, box: Box, at: float, colour: str, group: str) -> None:
        """Add a bar that grows along the reading direction from frame ``at`` on, in a logical box."""
        stage = self.stage
        area = stage.make_wipe_area(box.left - 1, box.top - 1, box.right + 1, box.bottom + 1)
        motion = self.move((stage.wipe(self.start(at, "count"), kind="count"),), group, area)
        stage.add_polygon(stage.make_slab(*box), colour, motion)

    def add_column(self, box: Box, at: float, colour: str, group: str) -> None:
        """Add a column that grows upwards from frame ``at`` on, in a logical box."""
        area = self.stage.make_wipe_area(box.left - 1, box.top - 1, box.right + 1, box.bottom, "bottom")
        motion = self.move((self.stage.wipe(self.start(at, "count"), kind="count"),), group, area)
        corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
        self.stage.add_polygon(corners, colour, motion)

    def add_stroke(self, path: Any, width: float, at: float, length: float, colour: str, group: str) -> None:
        """Draw a line on, in ``length`` frames of this shot; ``path`` in pixels of the frame."""
        bounds = path.computeTightBounds()
        box = Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom()).grow(width)
        self.stage.add("shape", Pen(path, colour, width), box, self.move(self.count(at, length), group))

    def add_arc(
        self, box: Box, start: float, sweep: float, width: float, at: float, length: float, colour: str, group: str
    ) -> None:
        """Draw a part of a ring on. ``box``: around the middle of its line, in pixels of the frame."""
        arc = Arc(box, start, sweep, colour, width)
        self.stage.add("shape", arc, box.grow(width / 2), self.move(self.count(at, length), group))

    def add_dot(self, x: float, y: float, radius: float, at: float, colour: str, group: str) -> None:
        """Add a dot at a logical place."""
        path, px = skia.Path(), self.stage.to_frame_x(x)
        path.addCircle(px, y, radius)
        bounds = path.computeTightBounds()
        box = Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
        self.stage.add("shape", Fill(path, colour), box, self.move((self.stage.hit(at, 0.2),), group))

    def put_line(
        self, line: FittedLine, x: float, low: float, colour: str, at: float, *, role: Role = "label", group: str
    ) -> None:
        """Set a line whose ink begins on the logical ``x``; it rises from under its edge."""
        motion = make_rise(self.stage, line, low, self.start(at, "rise"), group)
        self.stage.add_line(line, x, low, colour, self.colours.ground, motion, role)

    def put_digits(self, ink: NumberInk, size: float, x: float, low: float, colour: str, at: float, group: str) -> None:
        """Set the digits of a number, which count up from frame ``at`` on."""
        stage = self.stage
        last = len(ink.steps) - 1
        if not last:
            role: Role = "headline" if ink.full.cap * size >= HEADLINE * self.u else "label"
            self.put_line(FittedLine(ink.full, size), x, low, colour, at, role=role, group=group)
            return
        moves = (
            stage.hit(at, self.scale),
            Count(self.start(at, "count"), stage.get_length("count"), stage.look.ease["count"], last),
        )
        stage.add_counter(ink.steps, size, x, low, colour, self.colours.ground, self.move(moves, group))

    def move(self, moves: tuple[Mover, ...], group: str, area: WipeArea | None = None) -> Motion:
        """Make the motion of a part, which a look's camera moves with all else."""
        stage = self.stage
        centre = (stage.width / 2, stage.height / 2)
        camera = self.list_camera()
        return Motion(moves=(*moves, *camera), wipe_area=area, group=group, pivot=centre if camera else None)

    def list_camera(self) -> tuple[Mover, ...]:
        """List the movers of the look's camera; none by default."""
        return ()

    def choose_column_tint(self, *, is_best: bool) -> str:
        """Choose the colour of a column under a line, the highest nearer to the accent."""
        return mix(self.colours.track, self.colours.best, 0.4) if is_best else self.colours.track

    # -- what all do alike --------------------------------------------------------------------------------------

    def list_tints(self, count: int) -> list[str]:
        """List ``count`` colours for shares that are not the largest, each nearer to the ground than the one before."""
        return [mix(self.colours.bar, self.colours.ground, _TINTS[index % len(_TINTS)]) for index in range(count)]

    def start(self, at: float, kind: str) -> float:
        """Return where a movement begins: one at frame 0 is half done then, so that the frame is a poster."""
        return at - self.stage.get_length(kind) * 0.5 if at < 1 else at

    def count(self, at: float, length: float) -> tuple[Mover, ...]:
        """Make the mover of a line that is drawn on, in ``length`` frames of this shot."""
        return (Count(at, max(1.0, length), self.stage.look.ease["even"], DONE),)

    def put_lines(
        self, lines: Sequence[FittedLine], x: float, top: float, at: float, group: str, *, middle: float | None = None
    ) -> None:
        """Set lines of a label from ``top`` down, their ink beginning on ``x`` or centred on ``middle``."""
        for index, line in enumerate(lines):
            low = top + (measure_ascent(lines) + index * LEAD) * line.size
            self.put_line(
                line, x if middle is None else middle - line.width / 2, low, self.colours.ink, at, group=group
            )

    def measure_pad(self, count: int) -> float:
        """Return the pixels between the edge of a row's cell and its words: fewer where many rows share the height."""
        return min(self.pad * self.u, 0.14 * self.box.height / count)

    def make_legible(self, colour: str, high: float) -> str:
        """Return ``colour`` for capitals ``high`` pixels tall, or that of plain words where it is too faint."""
        is_large = high >= _LARGE * self.u
        return colour if is_large or compute_contrast(colour, self.colours.ground) >= LEGIBLE else self.colours.ink

    def put_number(
        self, ink: NumberInk, size: float, x: float, low: float, colour: str, at: float, group: str
    ) -> float:
        """Set a number with its smaller unit on the same baseline. Returns where it ends (logical)."""
        em, foot = ink.place_digits(size, low)
        self.put_digits(ink, em, x, foot, self.make_legible(colour, ink.full.cap * size), at, group)
        if ink.unit is not None:
            right = x + (ink.digits_width + GAP) * size
            unit = FittedLine(ink.unit, size * ink.part)
            tint = self.make_legible(colour, ink.unit.cap * unit.size)
            self.put_line(unit, right, low, tint, at + self.stage.to_frames(3) if at >= 1 else at, group=group)
        return x + ink.width * size


def measure_ascent(lines: Sequence[FittedLine]) -> float:
    """Measure the ems from the top of a label to its first baseline; more for scripts that rise high."""
    return max(0.78, -lines[0].ink.top)


def measure_lines(lines: Sequence[FittedLine]) -> float:
    """Measure the pixels that the lines of a label take, with what hangs under the last one; 0 where there are none."""
    if not lines:
        return 0.0
    return (measure_ascent(lines) + (len(lines) - 1) * LEAD + max(0.27, lines[-1].ink.bottom)) * lines[0].size
