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
    rise = stage.width * stage.look.slope
    points = stage.wedge(stage.height + rise + stage.height * 0.02, rise)
    away = stage.leave(start, length - 1, dy=-(stage.height + rise * 2) * 1.04)
    deep = [(x, y if y < stage.height * 1.09 else stage.height * 2.6) for x, y in points]
    stage.poly(deep, colour, Motion(moves=(away,), span=(start, math.inf), group="carry"))
    stage.telling = min(stage.telling, start - 1)
