"""Figures of slam: digits that land hard and shake the frame, slabs that lean, a field of the accent at the foot."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.media.drawing.colour import mix
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Mover
from reelwright.media.staging.figures.skin import FigureColours, FigureSkin
from reelwright.media.staging.stage import Motion


class SlamFigures(FigureSkin):
    """Draws figures in black, white and the accent."""

    label_kind = "label"
    scale = 1.25
    lean = 0.24

    def open(self) -> FigureColours:
        """Lay a corner of the accent, or in tall frames a field of it with its dots under the words."""
        stage, palette = self.stage, self.stage.palette
        stage.ground = palette.bg
        stage.fill_frame(palette.bg)
        wide, rise = stage.shape == "wide", stage.width * stage.look.slope
        come = stage.slide(0, dx=200 * self.u if wide else 0, dy=0 if wide else 300 * self.u, kind="slab")
        if wide:
            stage.add_polygon(
                stage.make_diagonal(stage.width + 30 * self.u), palette.accent, Motion(moves=(come,), group="wedge")
            )
        elif stage.shape != "tall":
            points = stage.make_wedge(stage.height * 0.92, rise)
            stage.add_polygon(points, palette.surface, Motion(moves=(come,), group="wedge"))
        else:
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
        """List the colours of the slabs: the accent, black, and white."""
        palette = self.stage.palette
        return palette.accent, palette.bg, palette.paper

    def fill_foot(self, box: Box, colour: str) -> None:
        """Print dots at the foot."""
        palette = self.stage.palette
        dots = palette.shade if colour == palette.accent else palette.accent
        self.stage.add_dots(box.left, box.top, box.right + 9, box.bottom + 9, "down", dots, densest=0.6, gamma=1.4)

    def list_camera(self) -> tuple[Mover, ...]:
        """List the hop of all figures on later hits."""
        return (self.stage.nudge(self.stage.request.frames * 0.2, dy=-5),)

    def add_cell(self, box: Box, at: float, index: int) -> None:
        """Lay a short slab over a figure."""
        del index
        slab = Box(box.left, box.top, box.left + 150 * self.u, box.top + 10 * self.u)
        self.add_bar(slab, at, self.colours.ink, "rows")

    def land(self, at: float) -> None:
        """Kick the frame where a figure or an item lands."""
        self.stage.add_shake(at + self.stage.to_frames(3))

    def add_item(self, box: Box, mark: Box, at: float, index: int) -> None:
        """Set a leaning mark before an item: a slab over it would be too much."""
        del box, index
        tall = mark._replace(top=mark.centre[1] - 1.1 * mark.width, bottom=mark.centre[1] + 1.1 * mark.width)
        self.add_bar(tall._replace(right=mark.left + 0.55 * mark.width), at, self.colours.best, "rows")
