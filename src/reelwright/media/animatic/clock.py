"""The clock of a shot: where the music's hits lie in it, and movers in the look's own lengths and eases."""

from __future__ import annotations

import math

from reelwright.media.animatic.asked import Asked
from reelwright.media.animatic.look import Look
from reelwright.media.animatic.movers import Drift, Fade, Hit, Leave, March, Mover, Nudge, Slide, Wipe


class Clock:
    """Lengths are given in frames at 30 fps, distances in pixels of the frame; ``u`` is a pixel at 1080."""

    def __init__(self, asked: Asked, look: Look, u: float, rtl: bool) -> None:
        self.asked, self.look, self.u, self.rtl = asked, look, u, rtl

    def time(self, frames_at_30: float) -> float:
        """Frames of this shot that last as long as ``frames_at_30`` at 30 fps."""
        return frames_at_30 * self.asked.pace

    def length(self, kind: str) -> float:
        return self.time(self.look.frames[kind])

    def beats(self, count: int, *, until: float = 0.55) -> list[int]:
        """``count`` frames to land on: the music's hits where there are enough, evenly between them where not."""
        limit = max(1, round(self.asked.frames * until))
        wide, narrow = self.time(26), self.time(5)
        beats = [0]
        for hit in (h for h in self.asked.hits if h <= limit):
            if hit - beats[-1] >= narrow:
                gap = hit - beats[-1]
                parts = math.ceil(gap / wide)
                beats += [beats[-1] + round(gap * part / parts) for part in range(1, parts)] + [hit]
        step = max(narrow, min(self.time(14), (limit - beats[-1]) / max(1, count - len(beats))))
        while len(beats) < count and beats[-1] + step <= limit:
            beats.append(round(beats[-1] + step))
        if len(beats) < count:
            beats = [round(limit * index / max(1, count - 1)) for index in range(count)]
        return beats[:count]

    def shares(self, count: int) -> list[int]:
        """Where each of ``count`` things begins that are read one by one: all last alike, by the music's hits."""
        share = self.asked.frames / count
        even = [index * share for index in range(count)]
        near = (
            min((h for h in self.asked.hits if abs(h - at) <= 0.15 * share), key=lambda h: abs(h - at), default=at)
            for at in even
        )
        return [0, *(round(at) for at in list(near)[1:])]

    @property
    def way(self) -> int:
        """1 where reading goes right, -1 where it goes left."""
        return -1 if self.rtl else 1

    def hit(self, at: float, scale: float = 1.25) -> Hit:
        """Lands on ``at``; what lands on the first frame has all but landed, so that the frame is a poster."""
        start = at - self.time(3) if at < 1 else at
        return Hit(start, self.length("hit"), self.look.ease["hit"], scale)

    def slide(self, at: float, dx: float = 0, dy: float = 0, *, kind: str = "picture", turn: float = 0) -> Slide:
        start = at - self.length(kind) * 0.5 if at < 1 else at
        return Slide(start, self.length(kind), self.look.ease["in"], dx * self.way, dy, turn * self.way)

    def leave(self, at: float, length: float, dx: float = 0, dy: float = 0, scale: float = 1) -> Leave:
        return Leave(at, length, self.look.ease["out"], dx * self.way, dy, scale)

    def wipe(self, at: float, *, kind: str = "slab", ease: str = "in", last: float = 1.0) -> Wipe:
        return Wipe(at, self.length(kind), self.look.ease[ease], 0, last)

    def fade(self, at: float, length: float, first: float = 0, last: float = 1) -> Fade:
        return Fade(at, length, self.look.ease["in"], first, last)

    def drift(self, dx: float = 0, dy: float = 0, grow: float = 0, start: float = 0) -> Drift:
        """Pixels a frame at 1080 and 30 fps."""
        k = self.u / self.asked.pace
        return Drift(start, self.asked.frames, dx * k * self.way, dy * k, grow / self.asked.pace, self.time(10))

    def later(self, after: float, *, apart: float = 22, most: int = 5) -> tuple[float, ...]:
        """The hits on which a settled frame may stir: ``apart`` frames (at 30 fps) between them, so that holds remain.

        None before ``after`` and its settling, none in the last third of a second.
        """
        stop = self.asked.frames - self.time(11)
        hits = [float(hit) for hit in self.asked.hits] or [self.time(28 * n) for n in range(1, 40)]
        found: list[float] = []
        free = after + self.time(10)
        for hit in hits:
            if free <= hit <= stop and len(found) < most:
                found.append(hit)
                free = hit + self.time(apart)
        return tuple(found)

    def march(self, after: float, dx: float = 0, dy: float = 0, *, grow: float = 0, most: int = 5) -> March:
        """One step further on every later hit, in pixels at 1080."""
        starts = self.later(after, most=most)
        ease = self.look.ease["hit"]
        return March(starts, self.time(8), ease, dx * self.u * self.way, dy * self.u, grow)

    def nudge(self, after: float, dx: float = 0, dy: float = 0) -> Nudge:
        """A short push and back on every later hit, in pixels at 1080."""
        return Nudge(self.later(after), self.time(5), self.look.ease["even"], dx * self.u * self.way, dy * self.u)

    def alive(self, after: float, dx: float = 12, dy: float = -4, *, push: float = 0.025) -> tuple[Mover, ...]:
        """What a settled picture does until the cut: a slow move in, and a nudge on later hits (pixels at 1080)."""
        return self.push(push, after), self.nudge(after, dx, dy)

    def push(self, part: float = 0.022, start: float = 0) -> Mover:
        """A slow move in by ``part`` over what remains of the shot."""
        return self.drift(grow=part * self.asked.pace / max(1.0, self.asked.frames - start), start=start)
