"""Figures that stand together in riso: stamped numbers, bars of cut paper with a second ink behind them, waves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reelwright.media.drawing.colour import LEGIBLE, compute_contrast, mix
from reelwright.media.drawing.layers import Box, Role
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.riso.motifs import draw_sun, draw_waves, make_box, make_cut, make_scallop, make_wave
from reelwright.media.looks.riso.plates import PLATES, Mark, Plate
from reelwright.media.looks.riso.press import SEALS, Ground, Press
from reelwright.media.looks.riso.signs import print_drawing
from reelwright.media.staging.figures.skin import FigureColours, FigureSkin
from reelwright.media.staging.figures.values import FIGURE_WORDS, NumberInk
from reelwright.media.staging.figures.word_list import list_words
from reelwright.media.staging.stage import Motion

_GROUNDS: tuple[Ground, ...] = ("paper", "sun", "key")
_LIST_GROUNDS: tuple[Ground, ...] = ("sun", "hot", "key")


class RisoFigures(FigureSkin):
    """Prints figures in three inks."""

    label_kind = "label"
    lean = 0.16  # where waves go

    def open(self) -> FigureColours:
        """Choose the ground by the shot's variant, with waves under the words of a tall frame."""
        stage = self.stage
        grounds = _LIST_GROUNDS if list_words(stage) else _GROUNDS
        self.press = press = Press(stage, grounds[stage.request.variant % len(grounds)], *FIGURE_WORDS)
        self.box = press.box._replace(right=press.box.right - 0.025 * press.box.width)  # turned letters stay in it
        if stage.shape == "tall" and not press.has_small_print:
            draw_waves(press.marks, Box(0, stage.height * 0.72, stage.width, stage.height), self.u, press.bands)
        if press.plate != "paper":
            press.add_screen(make_box(press.frame), press.tone.ground, press.tone.ink)
        self.seal: tuple[Box, int] | None = None
        first, second, _ = (press.inks.get(one) for one in SEALS[press.plate])
        tone = press.tone
        return FigureColours(
            tone.ink, tone.quiet, tone.accent, tone.ground, second, first, mix(tone.ground, tone.ink, 0.16)
        )

    def close(self) -> None:
        """Set the small print."""
        self.press.add_small_print()

    def list_fills(self) -> Sequence[str]:
        """List the inks, from the one after that of the ground on."""
        inks = self.press.inks
        fills = [inks.get(one) for one in SEALS[self.press.plate]]
        cold = inks.key if inks.key not in fills else inks.paper
        return [cold if one == inks.hot and self.press.is_cold else one for one in fills]

    def lay_field(self, top: float | None, height: float, colour: str, at: float) -> None:
        """Print a field whose upper edge is a wave that flows."""
        press, stage = self.press, self.stage
        plate = next(one for one in PLATES if press.inks.get(one) == colour)
        start, length, ease = self.start(at, "slab"), stage.get_length("slab"), stage.look.ease["even"]

        def flow(step: int) -> Any:
            come = 1.0 if top is None and at < 1 else ease((step * press.measure_step() - start) / length)
            y = (-0.1 * stage.height if top is None else top) + 1.2 * height * (1 - come)
            swell = min(17 * self.u, 0.055 * height)
            box = Box(-40, y if come > 0 else 2 * stage.height, stage.width + 40, 3 * stage.height)
            return make_wave(box, stage.width / 3.5, swell, 3 + 0.035 * step)

        press.marks.append(Mark("paper", flow, is_moving=True))
        if plate != "paper":
            press.marks.append(Mark(plate, flow, is_moving=True))
        band = Box(0, max(0.0, (top or 0.0) - 0.2 * height), stage.width, stage.height)
        press.add_screen(make_box(band), colour, self.choose_ink(colour), flow)

    def fill_foot(self, box: Box, colour: str) -> None:
        """Let a sun rise from the foot of the last field."""
        inks, u = self.press.inks, self.u
        rays: Plate = "sun" if colour in (inks.paper, inks.warm) else "paper"
        x, radius = self.stage.width / 2, 0.62 * box.height
        draw_sun(
            self.press.marks, inks, x, self.stage.height, radius, 1.5 * radius, u, rays=rays, count=18,
            free=colour in (inks.paper, inks.key), is_light=colour == inks.hot, has_rim=False,
        )  # fmt: skip

    def add_card(self, box: Box, at: float, index: int) -> None:
        """Lay a piece of paper that holds the place of an item under its drawing."""
        press, stage = self.press, self.stage
        self.colours = replace(self.colours, ink=press.inks.key, ground=press.inks.paper)
        come = stage.slide(at + stage.to_frames(3) * index, dy=0.4 * stage.height, kind="slab")
        path = make_cut(stage.to_frame_box(*box), press.rng, self.u, 5)
        press.add_shape(path, press.inks.paper, Motion(moves=(come,), group="rows"))

    def add_drawing(self, box: Box, at: float, group: str) -> None:
        """Print the drawing: its silhouette in another ink, out of register, and its lines on top."""
        print_drawing(self.press, self.stage.request.emblem, box, at, self.colours.ground, group)

    def choose_ink(self, colour: str) -> str:
        """Choose one of the inks, or the paper, that can be read there."""
        inks = (self.press.inks.key, self.press.inks.paper)
        return next((ink for ink in inks if compute_contrast(ink, colour) >= LEGIBLE), super().choose_ink(colour))

    def add_bar(self, box: Box, at: float, colour: str, group: str) -> None:
        """Lay a strip of cut paper that grows, another ink behind it."""
        stage, u = self.stage, self.u
        place, lean = stage.to_frame_box(*box), min(6.0, 0.08 * box.height / u)
        area = stage.make_wipe_area(box.left - 9 * u, box.top - 9 * u, box.right + 12 * u, box.bottom + 12 * u)
        motion = self.move((stage.wipe(self.start(at, "count"), kind="count"),), group, area)
        path = make_cut(place, self.press.rng, u, lean)
        if box.height > 24 * u and colour != self.press.inks.key:
            below = make_cut(place, self.press.rng, u, lean)
            below.offset(8 * u, 9 * u)
            self.press.add_shape(below, self.press.inks.key if self.press.plate != "key" else "#000000", motion)
        self.press.add_shape(path, colour, motion)

    def add_item(self, box: Box, mark: Box, at: float, index: int) -> None:
        """Lay a strip of paper that holds the place of an item; its seal comes with its words."""
        press, stage, self.seal = self.press, self.stage, None if self.stage.has_things else (mark, index)
        self.colours = replace(self.colours, ink=press.inks.key, ground=press.inks.paper)
        inset = 0.06 * box.height
        strip = Box(box.left - 44 * self.u, box.top + inset, stage.width + 60 * self.u, box.bottom - inset)
        come = stage.slide(at + stage.to_frames(3) * index, dx=0.3 * stage.width, kind="slab")
        path = make_cut(stage.to_frame_box(*strip), press.rng, self.u, 7)
        press.add_shape(path, press.inks.paper, Motion(moves=(come,), group="rows"))

    def land(self, at: float) -> None:
        """Stamp the seal before the item that comes, in another ink for each."""
        if self.seal is None:
            return
        (mark, index), press = self.seal, self.press
        (x, y), ink = mark.centre, press.inks.get(SEALS["paper"][index % 3])
        seal = make_scallop(self.stage.to_frame_x(x), y, 0.76 * mark.width, 12, 0.1 * mark.width)
        press.add_shape(seal, ink, Motion(moves=(self.stage.hit(at, 0.3),), group=f"figure {index}"))
        self.seal = None

    def put_line(
        self, line: FittedLine, x: float, low: float, colour: str, at: float, *, role: Role = "label", group: str
    ) -> None:
        """Stamp a line, letter by letter."""
        tone = replace(self.press.tone, ground=self.colours.ground)
        self.press.set_line(line, x, low, colour, at, tone=tone, role=role, group=group)

    def put_digits(self, ink: NumberInk, size: float, x: float, low: float, colour: str, at: float, group: str) -> None:
        """Stamp the digits: ink does not count."""
        super().put_digits(replace(ink, steps=ink.steps[-1:]), size, x, low, colour, at, group)
