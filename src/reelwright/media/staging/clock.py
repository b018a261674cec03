"""The clock of a shot: where the music's hits lie in it, and movers in the look's own lengths and eases."""

from __future__ import annotations

import math

from reelwright.media.drawing.easing import make_bezier
from reelwright.media.drawing.movers import Count, Drift, Fade, Hit, Leave, March, Mover, Nudge, Slide, Wipe
from reelwright.media.staging.look import Look
from reelwright.media.staging.prices import is_price
from reelwright.media.staging.shot_request import ShotRequest

EVEN = make_bezier(0.0, 0.0, 1.0, 1.0)
_OPENING, _OPENING_LINE = 12, 7
"""Frames at 30 fps in which the lines of a film's first shot come: all, or each where there are many, since no more
than three things may move at once.
"""
_OPENERS = ("cold_open", "hook", "problem", "agitate", "reveal", "benefit", "transformation", "urgency", "brand")
_PRICE = 74
"""Frames at 30 fps for which a new price stands, the time in which it comes among them."""
_LOCK_UP = 70
"""Frames at 30 fps for which a last card stands at its end, but for what always moves."""
_APART = 22
"""Frames at 30 fps between hits on which a settled frame moves."""


class Clock:
    """The clock of one shot: it finds frames to land on and makes movers in the look's lengths and eases.

    Times and lengths are frames of this shot (``to_frames`` converts frames at 30 fps), distances are pixels of the
    frame where a method does not say otherwise; ``u`` is a pixel at 1080.
    """

    def __init__(self, request: ShotRequest, look: Look, u: float, is_rtl: bool) -> None:
        self.request = request
        self.look = look
        self.u = u
        self.is_rtl = is_rtl

    def to_frames(self, frames_at_30: float) -> float:
        """Convert a length in frames at 30 fps to frames of this shot."""
        return frames_at_30 * self.request.pace

    def get_length(self, kind: str) -> float:
        """Return the look's length of the movement ``kind``, in frames of this shot."""
        return self.to_frames(self.look.frames[kind])

    def find_beats(self, count: int, *, until: float = 0.55) -> list[int]:
        """Find ``count`` frames to land on, in the part ``until`` of the shot: music's hits, or evenly between.

        A film's first shot has said all within its first second: nobody who scrolls by waits for its second line.
        """
        limit = max(1, round(self.request.frames * until))
        if self.is_opening:
            limit = min(limit, round(self.to_frames(max(_OPENING, _OPENING_LINE * (count - 1)))))
        if self.request.staging == "end_card":
            still = self.request.frames - self.to_frames(_LOCK_UP)
            limit = min(limit, max(round(self.to_frames(_OPENING)), round(still)))
        wide, narrow = self.to_frames(26), self.to_frames(5)
        beats = [0]
        for hit in (h for h in self.request.hits if h <= limit):
            if hit - beats[-1] >= narrow:
                gap = hit - beats[-1]
                parts = math.ceil(gap / wide)
                beats += [beats[-1] + round(gap * part / parts) for part in range(1, parts)] + [hit]
        step = max(narrow, min(self.to_frames(14), (limit - beats[-1]) / max(1, count - len(beats))))
        while len(beats) < count and beats[-1] + step <= limit:
            beats.append(round(beats[-1] + step))
        if len(beats) < count:
            beats = [round(limit * index / max(1, count - 1)) for index in range(count)]
        return beats[:count]

    @property
    def is_opening(self) -> bool:
        """Whether the shot is a film's first one of words: whoever scrolls by sees its first frame, which is whole."""
        return self.request.previous_beat is None and self.request.staging in _OPENERS

    def find_line_beats(self, count: int, *, until: float = 0.55) -> list[int]:
        """Find the frames on which ``count`` lines come; those of a film's first shot stand in its first frame."""
        return [0] * count if self.is_opening else self.find_beats(count, until=until)

    def begin(self, at: float, length: float, part: float) -> float:
        """Return where the entrance of words begins that takes ``length`` frames: one at frame 0 is done by ``part``
        then, and that of a film's first words is over.
        """
        if self.is_opening:
            return -length
        return at - length * part if at < 1 else at

    def find_turn(self, old: str, new: str, until: float) -> float:
        """Find the frame at which what is ``new`` comes after what was: a new price with the old one, where that stands
        unstruck beside it, and nothing late in a film's first shot.
        """
        if self.is_opening or (is_price(old) and is_price(new)):
            return 0.0
        return float(self.find_beats(2, until=until)[1])

    def find_strike(self) -> tuple[float, float]:
        """Find the frames on which an old price, which stands alone, is struck, and the new one comes: hits of the
        music. Both stand at once in a film's first shot.
        """
        until = min(0.45, max(0.2, 1 - self.to_frames(_PRICE) / self.request.frames))
        _, strike, turn = self.find_beats(3, until=until)
        return (0.0, 0.0) if self.is_opening else (float(strike), float(turn))

    def split_frames(self, count: int, *, until: float = 1.0) -> list[int]:
        """Divide the shot into ``count`` equal parts, and return the frame of the shot at which each begins.

        The first is 0; another moves to a hit of the music if one is within 15 % of a part. ``until``: the part of the
        shot that is divided; in the rest all that has come stands.
        """
        share = until * self.request.frames / max(1, count)
        even = [index * share for index in range(count)]
        near = (
            min((h for h in self.request.hits if abs(h - at) <= 0.15 * share), key=lambda h: abs(h - at), default=at)
            for at in even
        )
        return [0, *(round(at) for at in list(near)[1:])]

    @property
    def reading_sign(self) -> int:
        """Sign of the reading direction: 1 where reading goes right, -1 where it goes left."""
        return -1 if self.is_rtl else 1

    def hit(self, at: float, scale: float = 1.25) -> Hit:
        """Make a mover that lands hard from frame ``at`` on, unseen before, shrinking from ``scale`` to 1.

        On the first frame it has all but landed, so that this frame is a poster.
        """
        start = at - self.to_frames(3) if at < 1 else at
        return Hit(start, self.get_length("hit"), self.look.ease["hit"], scale)

    def slide(self, at: float, dx: float = 0, dy: float = 0, *, kind: str = "picture", turn: float = 0) -> Slide:
        """Make a mover that comes into place from (dx, dy) pixels away, begins at frame ``at`` and is unseen before.

        One at frame 0 is half done then, or over where it is of words in a film's first shot. ``kind`` names its length
        in the look.
        """
        part = 1.0 if self.is_opening and kind == "rise" else 0.5
        start = at - self.get_length(kind) * part if at < 1 else at
        return Slide(
            start, self.get_length(kind), self.look.ease["in"], dx * self.reading_sign, dy, turn * self.reading_sign
        )

    def count_time(self) -> Count:
        """Make a mover whose number is the milliseconds of the shot, for drawables that live by themselves."""
        length = max(1, self.request.frames)
        return Count(0, length, EVEN, round(length * 1000 * self.request.fps[1] / self.request.fps[0]))

    def leave(self, at: float, length: float, *, dy: float) -> Leave:
        """Make a mover that rests until frame ``at`` and then goes ``dy`` pixels down in ``length`` frames."""
        return Leave(at, length, self.look.ease["out"], dy=dy)

    def wipe(self, at: float, *, kind: str = "slab", ease: str = "in") -> Wipe:
        """Make a mover that uncovers a layer's wipe area from frame ``at`` on; ``kind``: its length in the look."""
        return Wipe(at, self.get_length(kind), self.look.ease[ease])

    def fade(self, at: float, length: float, first: float = 0, last: float = 1) -> Fade:
        """Make a change of opacity that begins at frame ``at`` of this shot and lasts ``length`` of its frames."""
        return Fade(at, length, self.look.ease["in"], first, last)

    def drift(self, dx: float = 0, dy: float = 0, grow: float = 0, start: float = 0) -> Drift:
        """Make a slow drift in pixels a frame at 1080 and 30 fps."""
        k = self.u / self.request.pace
        return Drift(
            start, self.request.frames, dx * k * self.reading_sign, dy * k, grow / self.request.pace, self.to_frames(10)
        )

    def find_later_hits(self, after: float, *, most: int = 5) -> tuple[float, ...]:
        """Find at most ``most`` hits of the music, well after frame ``after``, with rests between them.

        Where the music has no hits, a steady pulse stands in. None lies before ``after`` and its settling, or in the
        last third of a second, or in the lock-up of a last card.
        """
        stop = self.request.frames - self.to_frames(_LOCK_UP if self.request.staging == "end_card" else 11)
        hits = [float(hit) for hit in self.request.hits] or [self.to_frames(28 * n) for n in range(1, 40)]
        found: list[float] = []
        free = after + self.to_frames(10)
        for hit in hits:
            if free <= hit <= stop and len(found) < most:
                found.append(hit)
                free = hit + self.to_frames(_APART)
        return tuple(found)

    def march(self, after: float, dx: float = 0, dy: float = 0, *, grow: float = 0, most: int = 5) -> March:
        """Make a mover that steps (dx, dy) pixels at 1080 further on each of the ``find_later_hits``."""
        starts = self.find_later_hits(after, most=most)
        ease = self.look.ease["hit"]
        return March(starts, self.to_frames(8), ease, dx * self.u * self.reading_sign, dy * self.u, grow)

    def nudge(self, after: float, dx: float = 0, dy: float = 0) -> Nudge:
        """Make a mover that goes (dx, dy) pixels at 1080 and comes back on each of the ``find_later_hits``."""
        return Nudge(
            self.find_later_hits(after), self.to_frames(5), self.look.ease["even"], dx * self.u * self.reading_sign,
            dy * self.u,
        )  # fmt: skip

    def keep_alive(self, after: float, dx: float = 12, dy: float = -4, *, push: float = 0.025) -> tuple[Mover, ...]:
        """Make the movers of a settled picture until the cut:
        a slow move in, and a nudge on later hits (pixels at 1080).
        """
        return self.push(push, after), self.nudge(after, dx, dy)

    def push(self, part: float = 0.022, start: float = 0) -> Mover:
        """Make a slow move in by ``part`` over the rest of the shot."""
        return self.drift(grow=part * self.request.pace / max(1.0, self.request.frames - start), start=start)
