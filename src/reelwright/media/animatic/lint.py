"""Reads a display list and says what a careful eye would object to, without drawing a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reelwright.media.animatic.colour import contrast
from reelwright.media.animatic.layers import WORDS, Box, Layer, Scene
from reelwright.media.animatic.movers import REST, Pose

_LARGE = 40  # cap height from which 3:1 is enough, in pixels at 1080
_SMALLEST = {"headline": 26.0, "button": 18.0, "label": 12.0, "legal": 11.0}  # cap heights in pixels at 1080
_MOVERS = 3


@dataclass(frozen=True, slots=True)
class Objection:
    """What is wrong with which words at which frame."""

    check: str
    frame: int
    said: str


def lint(scene: Scene, frame: int | None = None) -> list[Objection]:
    """Objections to one frame, by default the most telling: live box, sizes, contrast, words upon words."""
    at = scene.telling if frame is None else frame
    shown = [(layer, pose) for layer in scene.layers if layer.role in WORDS and (pose := _seen(layer, at)) is not None]
    found = []
    for layer, pose in shown:
        found += _one(scene, layer, pose, at)
    for index, (one, pose) in enumerate(shown):
        for other, other_pose in shown[index + 1 :]:
            if one.says != other.says or one.group != other.group:
                found += _collision(one, pose, other, other_pose, at)
    return found


def movers(scene: Scene, frame: int) -> set[str]:
    """Groups that move visibly between this frame and the next; drifting does not count."""
    limit = 2.5 * min(scene.size) / 1080
    moving = set()
    for index, layer in enumerate(scene.layers):
        before, after = layer.at(frame), layer.at(frame + 1)
        if before is None or after is None or layer.group in ("tape", "light", "echo"):
            continue
        gone = math.hypot(after.dx - before.dx, after.dy - before.dy)
        gone += abs(after.scale - before.scale) * layer.box.width / 2
        gone += abs(after.shown - before.shown) * layer.box.width
        if gone > limit:
            moving.add(layer.group or f"layer {index}")
    return moving


def crowded(scene: Scene) -> list[Objection]:
    """Frames in which more than three things move at once."""
    found = []
    for frame in range(scene.frames - 1):
        moving = movers(scene, frame)
        if len(moving) > _MOVERS:
            found.append(Objection("movers", frame, ", ".join(sorted(moving))))
    return found


def box_at(layer: Layer, pose: Pose) -> Box:
    """Where a layer's ink is in a pose, as an upright box."""
    if pose == REST or layer.window is not None:
        return layer.box
    x, y = layer.pivot or layer.box.centre
    turn = math.radians(pose.turn)
    corners = []
    for cx in (layer.box.left, layer.box.right):
        for cy in (layer.box.top, layer.box.bottom):
            dx, dy = (cx - x) * pose.scale, (cy - y) * pose.scale
            corners.append((dx * math.cos(turn) - dy * math.sin(turn), dx * math.sin(turn) + dy * math.cos(turn)))
    xs, ys = [c[0] + x + pose.dx for c in corners], [c[1] + y + pose.dy for c in corners]
    return Box(min(xs), min(ys), max(xs), max(ys))


def _seen(layer: Layer, frame: int) -> Pose | None:
    pose = layer.at(frame)
    return pose if pose is not None and pose.alpha > 0.1 and pose.shown > 0.1 else None


def _one(scene: Scene, layer: Layer, pose: Pose, frame: int) -> list[Objection]:
    unit = min(scene.size) / 1080
    found = []
    box = box_at(layer, pose)
    if not box.inside(scene.live, slack=2 * unit):
        found.append(Objection("live box", frame, f"{layer.says!r} at {_rounded(box)} in {_rounded(scene.live)}"))
    if layer.size < _SMALLEST[layer.role] * unit * 0.99:
        found.append(Objection("size", frame, f"{layer.says!r}: {layer.size / unit:.1f} px of cap height"))
    wanted = 3.0 if layer.size >= _LARGE * unit else 4.5
    if contrast(layer.colour, layer.ground) < wanted - 0.02:
        found.append(Objection("contrast", frame, f"{layer.says!r}: {contrast(layer.colour, layer.ground):.1f}"))
    return found


def _collision(one: Layer, pose: Pose, other: Layer, other_pose: Pose, frame: int) -> list[Objection]:
    first, second = box_at(one, pose), box_at(other, other_pose)
    shared = first.shared(second)
    smaller = min(first.width * first.height, second.width * second.height)
    if shared > 0.04 * smaller:
        return [Objection("collision", frame, f"{one.says!r} and {other.says!r}")]
    return []


def _rounded(box: Box) -> tuple[int, ...]:
    return tuple(round(edge) for edge in box)
