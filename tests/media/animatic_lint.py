"""Lints for a display list: they name what a careful eye would object to, without drawing a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.drawables import Blit
from reelwright.media.drawing.layers import Box, Layer, Scene
from reelwright.media.drawing.movers import REST, Pose

WORDS = frozenset({"headline", "button", "label", "legal"})

_LARGE = 40  # cap height from which 3:1 is enough, in pixels at 1080
_SMALLEST = {"headline": 26.0, "button": 18.0, "label": 12.0, "legal": 11.0}  # cap heights in pixels at 1080
_MOVERS = 3
_RESTLESS = frozenset({"tape", "light", "echo"})


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection to words in one frame: the check that failed, the frame, and which words and why."""

    check: str
    frame: int
    message: str


def lint(scene: Scene, frame: int | None = None) -> list[Objection]:
    """List objections to one frame, by default the poster frame:
    safe area, sizes, contrast, words on words or pictures.
    """
    at = scene.poster_frame if frame is None else frame
    shown = [(layer, pose) for layer in scene.layers if layer.role in WORDS and (pose := _seen(layer, at)) is not None]
    found = []
    for layer, pose in shown:
        found += _one(scene, layer, pose, at)
    for index, (one, pose) in enumerate(shown):
        for other, other_pose in shown[index + 1 :]:
            if one.text != other.text or one.group != other.group:
                found += _collision(one, pose, other, other_pose, at)
    return found + _hidden(scene, at)


def find_moving_groups(scene: Scene, frame: int) -> set[str]:
    """Return the groups that move visibly between this frame and the next; drifting does not count."""
    return _compare_poses(scene, _find_poses(scene, frame), _find_poses(scene, frame + 1))


def find_crowded_frames(scene: Scene) -> list[Objection]:
    """List the frames in which more than three things move at once."""
    found, before = [], _find_poses(scene, 0)
    for frame in range(scene.frames - 1):
        after = _find_poses(scene, frame + 1)
        moving = _compare_poses(scene, before, after)
        if len(moving) > _MOVERS:
            found.append(Objection("movers", frame, ", ".join(sorted(moving))))
        before = after
    return found


def _find_poses(scene: Scene, frame: int) -> list[Pose | None]:
    """Return the pose of every layer; None also for one that may always move."""
    return [None if layer.group in _RESTLESS else layer.find_pose(frame) for layer in scene.layers]


def _compare_poses(scene: Scene, first: list[Pose | None], second: list[Pose | None]) -> set[str]:
    limit = 2.5 * min(scene.size) / 1080
    moving = set()
    for index, (layer, before, after) in enumerate(zip(scene.layers, first, second, strict=True)):
        if before is None or after is None or before == after:
            continue
        gone = math.hypot(after.dx - before.dx, after.dy - before.dy)
        gone += abs(after.scale - before.scale) * layer.box.width / 2
        gone += abs(after.visible_part - before.visible_part) * layer.box.width
        if gone > limit:
            moving.add(layer.group or f"layer {index}")
    return moving


def find_box(layer: Layer, pose: Pose) -> Box:
    """Return the upright box around a layer's ink in a pose."""
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
    pose = layer.find_pose(frame)
    return pose if pose is not None and pose.alpha > 0.1 and pose.visible_part > 0.1 else None


def _one(scene: Scene, layer: Layer, pose: Pose, frame: int) -> list[Objection]:
    unit = min(scene.size) / 1080
    found = []
    box = find_box(layer, pose)
    if not is_inside(box, scene.live, slack=2 * unit):
        found.append(Objection("safe area", frame, f"{layer.text!r} at {_rounded(box)} in {_rounded(scene.live)}"))
    if layer.size < _SMALLEST[layer.role] * unit * 0.99:
        found.append(Objection("size", frame, f"{layer.text!r}: {layer.size / unit:.1f} px of cap height"))
    wanted = 3.0 if layer.size >= _LARGE * unit else 4.5
    if compute_contrast(layer.colour, layer.ground) < wanted - 0.02:
        found.append(
            Objection("contrast", frame, f"{layer.text!r}: {compute_contrast(layer.colour, layer.ground):.1f}")
        )
    return found


def _hidden(scene: Scene, frame: int) -> list[Objection]:
    """List words that a picture covers, and small ones that lie on a picture."""
    found = []
    layers = [(layer, pose) for layer in scene.layers if (pose := _seen(layer, frame)) is not None]
    for index, (words, pose) in enumerate(layers):
        if words.role not in WORDS:
            continue
        box = find_box(words, pose)
        for other, (picture, its) in enumerate(layers):
            if picture.role != "picture" or not isinstance(picture.drawable, Blit):
                continue
            above = other > index
            allowed = (0.40 if above else 0.45) if words.role == "headline" else 0.12
            if not above and _grounded(box, [lay for lay, _ in layers[other:index]]):
                continue
            covered = _covered(box, picture, its)
            if covered > allowed:
                found.append(
                    Objection("picture", frame, f"{words.text!r}: {covered:.0%} {'under' if above else 'on'} it")
                )
    return found


def _grounded(box: Box, between: list[Layer]) -> bool:
    """Return whether a shape of its own lies between the words and the picture under them."""
    return any(lay.role == "shape" and _overlap(box, lay.box) > 0.9 * box.width * box.height for lay in between)


def _covered(box: Box, picture: Layer, pose: Pose) -> float:
    """Return the part of a box in which a picture's pixels are seen and more than half opaque."""
    assert isinstance(picture.drawable, Blit)
    blit, image = picture.drawable, picture.drawable.image
    steps = 24
    hits = 0
    for column in range(steps):
        for row in range(8):
            px, py = box.left + box.width * (column + 0.5) / steps, box.top + box.height * (row + 0.5) / 8
            if any(clip.path.contains(px, py) == clip.is_inverted for clip in picture.clips):
                continue
            x, y = px - blit.x - pose.dx, py - blit.y - pose.dy
            if 0 <= x < image.width() and 0 <= y < image.height() and image.isOpaque():
                hits += 1
            elif 0 <= x < image.width() and 0 <= y < image.height():
                hits += _alpha(image, int(x), int(y)) > 127
    return hits / (steps * 8)


@lru_cache(8)
def _alphas(image: Any) -> Any:
    return image.toarray()[..., 3]


def _alpha(image: Any, x: int, y: int) -> int:
    return int(_alphas(image)[y, x])


def _collision(one: Layer, pose: Pose, other: Layer, other_pose: Pose, frame: int) -> list[Objection]:
    first, second = find_box(one, pose), find_box(other, other_pose)
    shared = _overlap(first, second)
    smaller = min(first.width * first.height, second.width * second.height)
    if shared > 0.04 * smaller:
        return [Objection("collision", frame, f"{one.text!r} and {other.text!r}")]
    return []


def is_inside(box: Box, other: Box, slack: float) -> bool:
    """Return whether a box lies inside another, which is ``slack`` pixels wider on each side."""
    return (
        box.left >= other.left - slack
        and box.top >= other.top - slack
        and box.right <= other.right + slack
        and box.bottom <= other.bottom + slack
    )


def _overlap(box: Box, other: Box) -> float:
    width = min(box.right, other.right) - max(box.left, other.left)
    height = min(box.bottom, other.bottom) - max(box.top, other.top)
    return max(0.0, width) * max(0.0, height)


def _rounded(box: Box) -> tuple[int, ...]:
    return tuple(round(edge) for edge in box)
