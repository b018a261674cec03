"""Joins between shots: a colour carries over, a shape builds up to a late hit."""

from __future__ import annotations

import math

from reelwright.media.drawing.movers import Wipe
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage

_SHORTEST = 40  # frames of a shot that can spare its end


def add_ending(stage: Stage) -> None:
    """Add the ending that the next beat asks for; a hard cut where the look names none."""
    following = stage.request.next_beat
    if following is None or stage.request.frames < stage.to_frames(_SHORTEST):
        return
    if following in stage.look.carries.get(stage.request.staging, ()):
        _carry(stage, stage.palette.get_colour(stage.look.opens[following]))


def _carry(stage: Stage, colour: str) -> None:
    """Grow a leaning band from the foot of the frame until it is the next shot's ground."""
    length = stage.get_length("carry")
    start = stage.request.frames - length
    rise = stage.width * stage.look.slope * 2.2
    reach = stage.width * 0.05
    low = stage.height * 1.02 + rise
    foot = low + stage.height + rise * 2
    points = [(-reach, low), (stage.width + reach, low - rise), (stage.width + reach, foot), (-reach, foot)]
    away = stage.leave(start, length - 1, dy=-(low + reach))
    stage.add_polygon(points, colour, Motion(moves=(away,), span=(start, math.inf), group="carry"))
    stage.poster_frame = min(stage.poster_frame, start - 1)


def build_up(stage: Stage, slab: list[Point], land: float) -> None:
    """Fill the time until a late hit: the slab that will land is drawn in outline, and dots rise in it."""
    if land < stage.to_frames(3):
        return
    colour, u = stage.palette.accent, stage.u
    bounds = stage.to_frame_path(slab).computeTightBounds()
    top, bottom = max(0.0, bounds.top()), min(float(stage.height), bounds.bottom())
    ease = stage.look.ease["even"]
    drawn = Motion(
        moves=(Wipe(-stage.to_frames(2), land + stage.to_frames(2), ease, 0.12, 1),),
        wipe_area=stage.make_wipe_area(0, top, stage.width, bottom),
        span=(0, land),
        group="edge",
    )
    stage.add_outline(slab, colour, 7 * u, drawn)
    rise = Motion(
        moves=(Wipe(0, land, ease, 0.06, 0.9),),
        wipe_area=stage.make_wipe_area(0, top, stage.width, bottom, "bottom"),
        clips=(stage.make_clip(slab),),
        span=(0, land),
        group="dots",
    )
    stage.add_dots(0, top, stage.width, bottom, "down", colour, densest=0.7, gamma=1.4, cell=1.1, motion=rise)
