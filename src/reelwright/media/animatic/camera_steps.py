"""A further event where a screen waits for its voice after all has come: the camera goes a step nearer."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from reelwright.media.animatic.card_event import LOCK_UP_S
from reelwright.media.animatic.events import list_events
from reelwright.media.drawing.easing import make_bezier
from reelwright.media.drawing.layers import Layer, Scene
from reelwright.media.drawing.movers import REST, Pose
from reelwright.media.staging.shot_request import ShotRequest

MOST_REST_S: Final = 3.2
"""Most seconds for which a screen stands after the last thing has happened on it."""
_STEP: Final = 0.03
"""How much nearer the camera comes."""
_LENGTH: Final = 18
"""Frames at 30 fps that it takes."""
_EASE: Final = make_bezier(0.4, 0.0, 0.3, 1.0)
_EDGE: Final = 0.02
"""What reaches a side of the frame within this part of its short side stays where it is: no step bares an edge."""
_STILL: Final = ("field", "texture")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the camera: before ``starts`` a thing stands ``part`` smaller for each of them, nearer to the middle of
    the frame, (dx, dy) pixels from its own; once all are over it rests.
    """

    starts: tuple[float, ...]
    length: float
    part: float
    dx: float
    dy: float

    def compute_pose(self, frame: float) -> Pose:
        """Return how far the thing is still away from its place."""
        away = sum(1 - _EASE((frame - start) / self.length) for start in self.starts)
        return Pose(dx=self.dx * away, dy=self.dy * away, scale=1 - self.part * away) if away else REST


def add_camera_steps(scene: Scene, request: ShotRequest) -> Scene:
    """Return a scene on which something happens at least every few seconds, on hits of the music where they lie so."""
    rate = request.fps[0] / request.fps[1]
    if not request.words or scene.frames <= MOST_REST_S * rate:
        return scene
    events = [0, *list_events(scene, rate), scene.frames]
    starts: list[float] = []
    for last, after in pairwise(events):
        rest = after - last
        count = math.ceil(rest / (MOST_REST_S * rate)) - 1
        even = [last + rest * (index + 1) / (count + 1) for index in range(count)]
        starts += [_find_hit(request, at, 0.2 * rest / (count + 1)) for at in even]
    if request.staging == "end_card":  # which stands still at its end
        latest = scene.frames - LOCK_UP_S * rate - _LENGTH * request.pace
        starts = sorted({min(start, latest) for start in starts})
    if not starts:
        return scene
    return replace(scene, layers=tuple(_move(one, scene, tuple(starts), request.pace) for one in scene.layers))


def _find_hit(request: ShotRequest, at: float, near: float) -> float:
    return float(min((hit for hit in request.hits if abs(hit - at) <= near), key=lambda hit: abs(hit - at), default=at))


def _move(layer: Layer, scene: Scene, starts: tuple[float, ...], pace: float) -> Layer:
    wide, high = scene.size
    edge = _EDGE * min(scene.size)
    left, top, right, bottom = layer.box
    reaches = left < edge or top < edge or right > wide - edge or bottom > high - edge
    if layer.role in _STILL or reaches or layer.window is not None or layer.clips:
        return layer
    x, y = layer.pivot or layer.box.centre
    dx, dy = (wide / 2 - x) * _STEP, (high / 2 - y) * _STEP
    return replace(layer, moves=(*layer.moves, Step(starts, _LENGTH * pace, _STEP, dx, dy)))
