"""Movers: pure functions of the frame that say where a layer is; frames, pixels and degrees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from reelwright.media.drawing.easing import Ease


@dataclass(frozen=True, slots=True)
class Pose:
    """A layer's difference from its place at rest.

    ``visible_part`` is the part (0..1) of its wipe area that is uncovered; ``number`` picks what a counter shows.
    """

    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    turn: float = 0.0
    alpha: float = 1.0
    visible_part: float = 1.0
    number: int = 0

    def merge(self, other: Pose) -> Pose:
        """Combine two poses: shifts and turns add, scales and alphas multiply."""
        return Pose(
            self.dx + other.dx,
            self.dy + other.dy,
            self.scale * other.scale,
            self.turn + other.turn,
            self.alpha * other.alpha,
            self.visible_part * other.visible_part,
            self.number + other.number,
        )


REST = Pose()


class Mover(Protocol):
    """A pure function of the frame that says where a layer is.

    ``compute_pose(frame)`` is defined for every frame, whole or not, and always the same for the same frame.
    """

    def compute_pose(self, frame: float) -> Pose:
        """Return the layer's pose at ``frame`` of the shot, which need not be whole."""
        ...


def _progress(frame: float, start: float, length: float, ease: Ease) -> float:
    return ease((frame - start) / length) if length > 0 else float(frame >= start)


@dataclass(frozen=True, slots=True)
class Hit:
    """A hard landing on ``start``: from ``scale`` to 1 within ``length``; invisible before."""

    start: float
    length: float
    ease: Ease
    scale: float = 1.25

    def compute_pose(self, frame: float) -> Pose:
        if frame < self.start:
            return Pose(alpha=0.0)
        return Pose(scale=self.scale + (1 - self.scale) * _progress(frame, self.start, self.length, self.ease))


@dataclass(frozen=True, slots=True)
class Slide:
    """A move into place from (dx, dy) away, turned by ``turn``; invisible before ``start``."""

    start: float
    length: float
    ease: Ease
    dx: float = 0.0
    dy: float = 0.0
    turn: float = 0.0

    def compute_pose(self, frame: float) -> Pose:
        if frame < self.start:
            return Pose(alpha=0.0)
        away = 1 - _progress(frame, self.start, self.length, self.ease)
        return Pose(dx=self.dx * away, dy=self.dy * away, turn=self.turn * away) if away else REST


@dataclass(frozen=True, slots=True)
class Leave:
    """A move to (dx, dy) away, growing to ``scale`` and turned to ``turn``;
    it stays there, and rests until ``start``.
    """

    start: float
    length: float
    ease: Ease
    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    turn: float = 0.0

    def compute_pose(self, frame: float) -> Pose:
        away = _progress(frame, self.start, self.length, self.ease)
        if not away:
            return REST
        return Pose(self.dx * away, self.dy * away, 1 + (self.scale - 1) * away, self.turn * away)


@dataclass(frozen=True, slots=True)
class Wipe:
    """A wipe that uncovers the layer's wipe area from ``first`` to ``last`` (parts of it)."""

    start: float
    length: float
    ease: Ease
    first: float = 0.0
    last: float = 1.0

    def compute_pose(self, frame: float) -> Pose:
        part = _progress(frame, self.start, self.length, self.ease)
        return Pose(visible_part=self.first + (self.last - self.first) * part)


@dataclass(frozen=True, slots=True)
class Fade:
    """A change of opacity from ``first`` to ``last``; an ease that swings beyond its end stays at 0 or 1 there."""

    start: float
    length: float
    ease: Ease
    first: float = 0.0
    last: float = 1.0

    def compute_pose(self, frame: float) -> Pose:
        opacity = self.first + (self.last - self.first) * _progress(frame, self.start, self.length, self.ease)
        return Pose(alpha=min(1.0, max(0.0, opacity)))


@dataclass(frozen=True, slots=True)
class Count:
    """A count from step 0 to step ``last`` on whole frames, so that no digit is ever exposed twice."""

    start: float
    length: float
    ease: Ease
    last: int

    def compute_pose(self, frame: float) -> Pose:
        return Pose(number=round(self.last * _progress(math.floor(frame), self.start, self.length, self.ease)))


@dataclass(frozen=True, slots=True)
class Drift:
    """A slow drift of (dx, dy) pixels a frame from ``start`` on, easing in over ``ramp``, for ``length``."""

    start: float
    length: float
    dx: float = 0.0
    dy: float = 0.0
    grow: float = 0.0
    ramp: float = 10.0

    def compute_pose(self, frame: float) -> Pose:
        along = min(max(frame - self.start, 0.0), self.length)
        if not along:
            return REST
        gone = along - self.ramp / 2 if along >= self.ramp else along * along / (2 * self.ramp)
        return Pose(dx=self.dx * gone, dy=self.dy * gone, scale=1 + self.grow * gone)


@dataclass(frozen=True, slots=True)
class Approach:
    """A slow move in over ``frames`` that begins ``part`` smaller and ends at the place of rest.

    Words never leave their box on the way.
    """

    frames: float
    part: float

    def compute_pose(self, frame: float) -> Pose:
        return Pose(scale=1 - self.part * (1 - min(1.0, max(0.0, frame / self.frames))))


@dataclass(frozen=True, slots=True)
class Swing:
    """A hanging thing that comes to rest: it turns by ``turn`` degrees at frame 0, half as far every ``half`` frames,
    there and back in ``period`` frames.
    """

    turn: float
    period: float
    half: float

    def compute_pose(self, frame: float) -> Pose:
        turn = self.turn * 0.5 ** (frame / self.half) * math.cos(2 * math.pi * frame / self.period)
        return Pose(turn=turn) if abs(turn) > 0.03 else REST


@dataclass(frozen=True, slots=True)
class Sway:
    """A thing that moves to and fro like a leaf in a draught: ``turn`` degrees each way, there and back in ``period``
    frames; ``phase``: part of a period that is over at frame 0.
    """

    turn: float
    period: float
    phase: float = 0.0

    def compute_pose(self, frame: float) -> Pose:
        return Pose(turn=self.turn * math.sin(2 * math.pi * (frame / self.period + self.phase)))


@dataclass(frozen=True, slots=True)
class Run:
    """A run at constant speed from ``start``, as a tape runs; (dx, dy) in pixels a frame."""

    dx: float = 0.0
    dy: float = 0.0
    start: float = 0.0

    def compute_pose(self, frame: float) -> Pose:
        return Pose(dx=self.dx * max(0.0, frame - self.start), dy=self.dy * max(0.0, frame - self.start))


@dataclass(frozen=True, slots=True)
class Nudge:
    """A short push and back, on every frame of ``starts``; each takes ``length`` there and ``length`` back."""

    starts: tuple[float, ...]
    length: float
    ease: Ease
    dx: float = 0.0
    dy: float = 0.0

    def compute_pose(self, frame: float) -> Pose:
        part = sum(
            _progress(frame, start, self.length, self.ease)
            - _progress(frame, start + self.length, self.length, self.ease)
            for start in self.starts
        )
        return Pose(dx=self.dx * part, dy=self.dy * part) if part else REST


@dataclass(frozen=True, slots=True)
class March:
    """A step of (dx, dy) further, and ``grow`` larger, on every frame of ``starts``; it stands between the steps."""

    starts: tuple[float, ...]
    length: float
    ease: Ease
    dx: float = 0.0
    dy: float = 0.0
    grow: float = 0.0

    def compute_pose(self, frame: float) -> Pose:
        gone = sum(_progress(frame, start, self.length, self.ease) for start in self.starts)
        return Pose(dx=self.dx * gone, dy=self.dy * gone, scale=1 + self.grow * gone) if gone else REST


@dataclass(frozen=True, slots=True)
class Shake:
    """A kick of the whole frame for three frames after each of ``starts``; whole pixels only."""

    starts: tuple[int, ...]
    amplitude: int

    def compute_pose(self, frame: float) -> Pose:
        for start in self.starts:
            since = math.floor(frame) - start
            if 0 <= since < len(_KICK):
                x, y = _KICK[since]
                return Pose(dx=round(x * self.amplitude), dy=round(y * self.amplitude))
        return REST


_KICK = ((1.0, -0.6), (-1.0, 0.5), (0.4, -0.1))


def merge_poses(moves: tuple[Mover, ...], frame: float) -> Pose:
    """Merge the poses of all movers of a layer."""
    pose = REST
    for mover in moves:
        pose = pose.merge(mover.compute_pose(frame))
    return pose
