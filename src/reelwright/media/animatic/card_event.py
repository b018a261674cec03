"""The event of a film's last card: its button is pressed once all has come, and then everything stands to be read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from reelwright.media.animatic.events import list_events
from reelwright.media.drawing.drawables import Outline
from reelwright.media.drawing.easing import make_bezier
from reelwright.media.drawing.layers import Box, Layer, Scene
from reelwright.media.drawing.movers import REST, Fade, Leave, Pose
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.staging.shot_request import ShotRequest

LOCK_UP_S: Final = 1.5
"""Seconds for which a last card stands still at its end."""
_SHORTEST_S: Final = 2.4
"""Seconds of the shortest card whose button is pressed: a shorter one is read to its end."""
_WAIT_S: Final = 0.4
"""Seconds between the last thing that came and the press."""
_DOWN, _UP, _RING, _SLACK = 4, 9, 14, 6
"""Frames at 30 fps in which a button goes down, comes up, and its ring goes out, and those before all stands."""
_PRESSED: Final = 0.08
_WIDER: Final = 1.16
_EASE: Final = make_bezier(0.3, 0.0, 0.3, 1.0)


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A press on frame ``start``: down, and up again. (dx, dy): from a thing's middle to that of the button, in
    pixels; ``deep``: pixels that it goes down.
    """

    start: float
    pace: float
    dx: float
    dy: float
    deep: float = 0.0

    def compute_pose(self, frame: float) -> Pose:
        """Return how far the thing is pressed."""
        since = (frame - self.start) / self.pace
        part = _EASE(since / _DOWN) - _EASE((since - _DOWN) / _UP)
        if not part:
            return REST
        return Pose(dx=self.dx * _PRESSED * part, dy=(self.dy * _PRESSED + self.deep) * part, scale=1 - _PRESSED * part)


def add_card_event(scene: Scene, request: ShotRequest) -> Scene:
    """Return the scene of a last card on which the button is pressed: a ring goes out from it, or, in every other film,
    it goes deep into the card.
    """
    rate = request.fps[0] / request.fps[1]
    parts = [one for one in scene.layers if one.group == "button" and one.role in ("button", "shape")]
    is_pressed = any(type(mover).__name__ == "Press" for one in parts for mover in one.moves)  # by the look itself
    if request.staging != "end_card" or not parts or is_pressed or scene.frames < _SHORTEST_S * rate:
        return scene
    start = _find_press(scene, request, rate)
    box = _join_boxes([one.box for one in parts])
    is_ring = request.own_turn % 2 == 0
    deep = 0.0 if is_ring else 0.12 * box.height
    layers: list[Layer] = []
    for one in scene.layers:
        if one in parts:
            x, y = one.pivot or one.box.centre
            move = ButtonPress(start, request.pace, box.centre[0] - x, box.centre[1] - y, deep)
            one = replace(one, moves=(*one.moves, move))
        layers.append(one)
    if is_ring:
        place = next(index for index, one in enumerate(layers) if one.group == "button")
        layers.insert(place, _make_ring(scene, parts, start, request))
    return replace(scene, layers=tuple(layers))


def _find_press(scene: Scene, request: ShotRequest, rate: float) -> float:
    """Find the frame of the press: the first hit of the music once all has come, early enough for the rest to stand."""
    latest = scene.frames - LOCK_UP_S * rate - (_DOWN + _RING + _SLACK) * request.pace
    came = max((frame for frame in list_events(scene, rate) if frame <= latest), default=0)
    earliest = max(came + _WAIT_S * rate, 0.35 * scene.frames)
    hits = [hit for hit in request.hits if earliest <= hit <= latest]
    return float(min(hits, default=min(earliest, latest)))


def _join_boxes(boxes: list[Box]) -> Box:
    return Box(
        min(one.left for one in boxes), min(one.top for one in boxes), max(one.right for one in boxes),
        max(one.bottom for one in boxes),
    )  # fmt: skip


def _make_ring(scene: Scene, parts: list[Layer], start: float, request: ShotRequest) -> Layer:
    """Make the outline of a button that grows and goes out, in the colour of what is written on the card."""
    width = 5 * min(scene.size) / 1080
    plate = max(parts, key=lambda one: one.box.width * one.box.height)
    box, path = plate.box, getattr(plate.drawable, "path", None)
    if path is None:
        path = make_polygon([box[:2], (box.right, box.top), box[2:], (box.left, box.bottom)])
    words = next((one.colour for one in scene.layers if one.role == "headline" and one.colour), "#808080")
    length = _RING * request.pace
    begin = start + _DOWN * request.pace
    moves = (Leave(begin, length, _EASE, scale=_WIDER), Fade(begin, length, _EASE, 1, 0))
    ring = Outline(path, words, width)
    return Layer(
        role="shape", drawable=ring, box=box.grow(width), moves=moves, span=(begin, begin + length), group="ring"
    )
