"""The plane of a frame: logical coordinates, mirrored for right-to-left, and the shapes that a look leans by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from reelwright.media.drawing.layers import Box, Clip, WipeArea
from reelwright.media.drawing.lettering import is_right_to_left
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.staging.clock import Clock
from reelwright.media.staging.look import Look
from reelwright.media.staging.shot_request import ShotRequest

Point = tuple[float, float]
MIRRORED = {"left": "right", "right": "left"}
_LARGE_SHARE = 0.62
"""Part of a box that the large one of several things takes."""

# Safe areas at a short side of 1080 (left, top, right margin, bottom margin). Source: craft.md 4.1, 8.3.
_LIVE = {
    "tall": (65, 270, 150, 672),
    "wide": (96, 72, 96, 72),
    "square": (64, 64, 64, 64),
    "portrait": (64, 81, 64, 81),
}


class Plane(Clock):
    """The coordinates of one shot. All coordinates are logical: left is where reading starts. Pixels of the frame."""

    def __init__(self, request: ShotRequest, look: Look) -> None:
        super().__init__(
            request, look, min(request.size) / 1080, is_right_to_left(request.words.values(), request.language)
        )
        self.width, self.height = request.size
        self.shape = _shape(request.size)
        self.tall = self.shape != "wide"
        left, top, right, bottom = (self.u * v for v in _LIVE[self.shape])
        self.live = Box(left, top, self.width - right, self.height - bottom)

    def to_frame_x(self, x: float) -> float:
        """Convert a logical x to an x of the frame."""
        return self.width - x if self.is_rtl else x

    def to_frame_box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Convert a logical box to a box of the frame."""
        return Box(self.width - right, top, self.width - left, bottom) if self.is_rtl else Box(left, top, right, bottom)

    def to_frame_path(self, points: Iterable[Point]) -> Any:
        """Convert logical points to a closed skia path in pixels of the frame."""
        return make_polygon([(self.to_frame_x(x), y) for x, y in points])

    def make_slab(self, left: float, top: float, right: float, bottom: float, *, near: bool = False) -> list[Point]:
        """Make a bar whose far end leans by the look's angle, and with ``near`` its near end too; inside its box."""
        lean = (bottom - top) * self.look.slope
        return [(left + lean * near, top), (right, top), (right - lean, bottom), (left, bottom)]

    def make_diagonal(self, x: float, *, far: bool = True) -> list[Point]:
        """Make the part of the frame beyond (or before) a line that leans by the
        look's angle and crosses mid-height at x.
        """
        lean = self.height * self.look.slope / 2
        edge = self.width * 1.3 if far else -self.width * 0.3
        return [(x + lean, 0), (edge, 0), (edge, self.height), (x - lean, self.height)]

    def make_wedge(self, y: float, rise: float) -> list[Point]:
        """Make the part of the frame below a line that starts at y and rises by
        ``rise`` along the reading direction.
        """
        reach = self.width * 0.05
        slope = rise / self.width
        return [
            (-reach, y + slope * reach),
            (self.width + reach, y - rise - slope * reach),
            (self.width + reach, self.height * 1.1),
            (-reach, self.height * 1.1),
        ]

    def make_ceiling(self, y: float, rise: float) -> list[Point]:
        """Make the part of the frame above a line that starts at y and rises by
        ``rise`` along the reading direction.
        """
        reach = self.width * 0.05
        slope = rise / self.width
        return [
            (-reach, -self.height * 0.1),
            (self.width + reach, -self.height * 0.1),
            (self.width + reach, y - rise - slope * reach),
            (-reach, y + slope * reach),
        ]

    def make_wipe_area(self, left: float, top: float, right: float, bottom: float, edge: str = "left") -> WipeArea:
        """Make a wipe area; the wiping edge leans with the look unless it runs up or down."""
        box = self.to_frame_box(left, top, right, bottom)
        slope = -self.look.slope * self.reading_sign if edge in ("left", "right") else 0.0
        return WipeArea(box, MIRRORED.get(edge, edge) if self.is_rtl else edge, slope)  # type: ignore[arg-type]

    def make_clip(self, points: Iterable[Point], *, is_inverted: bool = False) -> Clip:
        """Make a clip to the area within logical ``points``, or with ``is_inverted`` to all outside it."""
        return Clip(self.to_frame_path(points), is_inverted)


def _shape(size: tuple[int, int]) -> Literal["tall", "wide", "square", "portrait"]:
    ratio = size[0] / size[1]
    if ratio > 1.2:
        return "wide"
    if ratio > 0.9:
        return "square"
    return "portrait" if ratio > 0.65 else "tall"


def split_group(box: Box, count: int, gap: float, *, is_upright: bool) -> list[Box]:
    """Split a box into the place of one large thing and, ``gap`` pixels under or beside it, those of the others, which
    share what is left. ``is_upright``: the others stand under it.
    """
    if count < 2:
        return [box]
    large, rest = (box.height, box.width) if is_upright else (box.width, box.height)
    large, share = _LARGE_SHARE * large, (rest + gap) / (count - 1) - gap
    if is_upright:
        places = [Box(box.left, box.top, box.right, box.top + large)]
        starts = [box.left + index * (share + gap) for index in range(count - 1)]
        return places + [Box(left, box.top + large + gap, left + share, box.bottom) for left in starts]
    places = [Box(box.left, box.top, box.left + large, box.bottom)]
    starts = [box.top + index * (share + gap) for index in range(count - 1)]
    return places + [Box(box.left + large + gap, top, box.right, top + share) for top in starts]
