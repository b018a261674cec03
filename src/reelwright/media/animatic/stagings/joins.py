"""How shots join: carried by a field of colour, emptied before a reveal, built up towards a hit that comes late."""

from __future__ import annotations

import math

from reelwright.media.animatic.movers import Wipe
from reelwright.media.animatic.plane import Point
from reelwright.media.animatic.stage import Motion, Stage

_EMPTY = 8  # frames of nothing before a reveal, which itself begins at once. Source: craft.md 8.4, read 2026-11-20
_SHORTEST = 40  # frames of a shot that can spare its end
_SHORTEST_EMPTY = 18


def leave(stage: Stage) -> None:
    """Lay the ending that the next beat asks for; a hard cut where the look names none."""
    following = stage.asked.before
    if following is None or stage.asked.frames < stage.time(_SHORTEST_EMPTY if following == "reveal" else _SHORTEST):
        return
    colour = getattr(stage.palette, stage.look.opens[following])
    if following == "reveal":
        start = stage.asked.frames - stage.time(_EMPTY)
        stage.field(colour, Motion(span=(start, math.inf)))
        stage.telling = min(stage.telling, start - 1)
    elif following in stage.look.carries.get(stage.asked.staging, ()):
        _carry(stage, colour)


def _carry(stage: Stage, colour: str) -> None:
    """A leaning band grows from the foot of the frame until it is the next shot's ground."""
    length = stage.length("carry")
    start = stage.asked.frames - length
    rise = stage.width * stage.look.slope * 2.2
    reach = stage.width * 0.05
    low = stage.height * 1.02 + rise
    foot = low + stage.height + rise * 2
    points = [(-reach, low), (stage.width + reach, low - rise), (stage.width + reach, foot), (-reach, foot)]
    away = stage.leave(start, length - 1, dy=-(low + reach))
    stage.poly(points, colour, Motion(moves=(away,), span=(start, math.inf), group="carry"))
    stage.telling = min(stage.telling, start - 1)


def arrive(stage: Stage) -> None:
    """Where the shot before ends in a colour that this one does not stand on, that colour leaves upwards first."""
    before = stage.asked.after
    opening = getattr(stage.palette, stage.look.opens[stage.asked.staging])
    if before is None or stage.asked.staging not in stage.look.carries.get(before, ()) or opening == stage.ground:
        return
    reach = stage.width * 0.05
    rise = stage.width * stage.look.slope
    foot = stage.height + rise + reach
    points = [(-reach, -reach), (stage.width + reach, -reach), (stage.width + reach, foot - rise), (-reach, foot)]
    away = stage.leave(-stage.time(2), stage.length("carry"), dy=-(foot + reach))
    stage.poly(points, opening, Motion(moves=(away,), span=(0, stage.length("carry")), group="carry"))


def gather(stage: Stage, slab: list[Point], land: float) -> None:
    """Fill the time until a late hit: the slab that will land is drawn in outline, and dots rise in it."""
    if land < stage.time(3):
        return
    colour, u = stage.palette.accent, stage.u
    bounds = stage.shape_of(slab).computeTightBounds()
    top, bottom = max(0.0, bounds.top()), min(float(stage.height), bounds.bottom())
    ease = stage.look.ease["even"]
    drawn = Motion(
        moves=(Wipe(-stage.time(2), land + stage.time(2), ease, 0.12, 1),),
        wiped=stage.wiped(0, top, stage.width, bottom),
        span=(0, land),
        group="edge",
    )
    stage.outline(slab, colour, 7 * u, drawn)
    rise = Motion(
        moves=(Wipe(0, land, ease, 0.06, 0.9),),
        wiped=stage.wiped(0, top, stage.width, bottom, "bottom"),
        clips=(stage.clip(slab),),
        span=(0, land),
        group="dots",
    )
    stage.dots(0, top, stage.width, bottom, "down", colour, densest=0.7, gamma=1.4, cell=1.1, motion=rise)
