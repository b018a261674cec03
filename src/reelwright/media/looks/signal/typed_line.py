"""Words that are typed: letter by letter before a caret; scripts whose letters join are scanned in instead."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from reelwright.media.drawing.colour import to_argb
from reelwright.media.drawing.drawables import Fill, skia
from reelwright.media.drawing.layers import Box, Role
from reelwright.media.drawing.lettering import FittedLine, Ink
from reelwright.media.drawing.movers import Count, Mover, Wipe
from reelwright.media.letters.graphemes import split_graphemes
from reelwright.media.staging.blocks import is_joined
from reelwright.media.staging.clock import EVEN
from reelwright.media.staging.stage import Motion, Stage


@dataclass(frozen=True, slots=True, eq=False)
class TypedLine:
    """Words in one line: the pose's number says how many letters are seen; a caret follows until all are."""

    ink: Ink
    size: float
    pen: float
    baseline: float
    colour: str
    caret: str
    stops: tuple[int, ...]
    _paths: dict[int, Any] = field(default_factory=dict)

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        shown = min(max(0, number), len(self.stops))
        if shown not in self._paths:
            end = self.stops[shown - 1] if shown else 0
            whole = shown == len(self.stops)
            of = None if whole else lambda at: at < end
            self._paths[shown] = self.ink.make_path(self.size, self.pen, self.baseline, of=of)
        path = self._paths[shown]
        canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=to_argb(self.colour, alpha)))
        if shown < len(self.stops):
            bounds = path.computeTightBounds()
            x = bounds.right() if not path.isEmpty() else self.pen
            cap = self.ink.cap * self.size
            box = skia.Rect.MakeXYWH(x + 0.08 * self.size, self.baseline - cap, 0.42 * self.size, cap)
            canvas.drawRect(box, skia.Paint(AntiAlias=True, Color=to_argb(self.caret, alpha)))


def add_typed(
    stage: Stage,
    line: FittedLine,
    x: float,
    baseline: float,
    colour: str,
    ground: str,
    at: float,
    *,
    role: Role = "headline",
    group: str = "words",
    moves: tuple[Mover, ...] = (),
    length: float = 0,
    is_silent: bool = False,
) -> Box:
    """Add a line that is typed from frame ``at`` on; most of it stands on the first frame of a shot.

    ``length``: frames that it takes, 0 for the look's. ``moves``: those of the card that it stands on. ``is_silent``:
    it is no text, but what lies under the same words.
    """
    ink, size = line.ink, line.size
    length = length or stage.get_length("rise")
    start, at = stage.begin(at, length, 0.66), 0.0 if stage.is_opening else at
    if ink.style_spans or ink.has_pictures or is_joined(ink.text):
        box = stage.trace_ink(ink, size, x, baseline)[1]
        logical = stage.to_frame_box(*box)
        area = stage.make_wipe_area(logical.left - 9, logical.top - 9, logical.right + 9, logical.bottom + 9)
        scan = Wipe(start, length, stage.look.ease["in"])
        motion = Motion(moves=(scan, *moves), wipe_area=area, group=group)
        if is_silent:
            path = stage.trace_ink(ink, size, x, baseline)[0]
            stage.add("echo", Fill(path, colour), box, motion)
            return box
        return stage.add_line(line, x, baseline, colour, ground, motion, role)
    pen, box = stage.find_pen(ink, size, x), stage.trace_ink(ink, size, x, baseline)[1]
    stops, end = [], 0
    for letter in split_graphemes(ink.text):
        end += len(letter)
        stops.append(end)
    drawn = TypedLine(ink, size, pen, baseline, colour, stage.palette.accent, tuple(stops))
    count = Count(start, min(length, stage.to_frames(1.4 * len(stops))), EVEN, len(stops))
    motion = Motion(moves=(count, *moves), group=group, span=(max(0.0, math.floor(at)), math.inf))
    if is_silent:
        stage.add("echo", drawn, box, motion)
    else:
        stage.add(role, drawn, box, motion, text=ink.text, size=ink.cap * size, colour=colour, ground=ground)
    return box
