"""How a shot ends: a field of the next shot's colour grows over it, or it falls empty before a reveal."""

from __future__ import annotations

import math

from reelwright.media.animatic.stage import Motion, Stage

_EMPTY = 6  # frames of nothing before a reveal's downbeat, on top of the hold that the reveal itself keeps


def leave(stage: Stage) -> None:
    """Lay the ending that the next beat asks for; a hard cut where the look names none."""
    following = stage.asked.before
    if following is None or stage.asked.frames < stage.time(40):
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
