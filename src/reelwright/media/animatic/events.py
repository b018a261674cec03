"""Lists the events of a screen: the frames on which a thing comes, goes or moves far enough to be seen."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from reelwright.media.drawing.layers import Layer, Scene
from reelwright.media.drawing.movers import Pose

WINDOW_S: Final = 0.5
"""Seconds in which a thing goes far enough for an event; a slow push over a whole screen is none."""
_LEAST_WAY: Final = 0.012
"""Part of the frame's short side that a thing goes, at least, in that time."""
_LEAST_AREA: Final = 0.004
"""Part of the frame that a thing covers, at least, for its coming or going to be seen."""
_LEAST_ALPHA: Final = 0.3
_LEAST_WIPED: Final = 0.1
_RADIAN: Final = 57.3
_CUT_S: Final = 0.4
"""Seconds at the end of a screen in which what moves belongs to the cut."""
_AMBIENT: Final = 0.6
"""Part of the frames for which a thing moves that always moves, as light or a tape does: that is no event."""
_UNSEEN: Final = ("texture", "echo")
_RESTLESS: Final = ("branch", "light", "tape")
"""Groups of things that move by themselves."""


def list_events(scene: Scene, rate: float) -> list[int]:
    """List the frames of a scene on which something happens. ``rate``: frames a second."""
    window = max(1, round(WINDOW_S * rate))
    last = scene.frames - round(_CUT_S * rate)
    found = {frame for frame in scene.shake.starts if 0 < frame < last}
    for layer in scene.layers:
        if layer.role in _UNSEEN or layer.group in _RESTLESS or not _covers_enough(layer, scene.size):
            continue
        poses = [layer.find_pose(frame) for frame in range(scene.frames)]
        least = _LEAST_WAY * min(scene.size)
        moved = [before != now for before, now in pairwise(poses)]
        moves = [
            frame
            for frame in range(1, last)
            if moved[frame - 1] and _is_move(layer, poses[max(0, frame - window)], poses[frame], least)
        ]
        counts = [frame for frame in range(1, last) if _is_count(poses[frame - 1], poses[frame])]
        shown = sum(pose is not None for pose in poses)
        for frames in (moves, counts):
            if len(frames) < _AMBIENT * shown:
                found |= set(frames)
    return sorted(found)


def _covers_enough(layer: Layer, size: tuple[int, int]) -> bool:
    return layer.box.width * layer.box.height >= _LEAST_AREA * size[0] * size[1]


def _is_move(layer: Layer, before: Pose | None, now: Pose | None, least: float) -> bool:
    if before is None or now is None:
        return before is not now
    was, there = layer.move_box(before), layer.move_box(now)
    reach = max(layer.box.width, layer.box.height) / 2
    way = max(abs(a - b) for a, b in zip(was, there, strict=True)) + abs(now.turn - before.turn) / _RADIAN * reach
    is_wiped = layer.wipe_area is not None and abs(now.visible_part - before.visible_part) > _LEAST_WIPED
    return way >= least or is_wiped or abs(now.alpha - before.alpha) >= _LEAST_ALPHA


def _is_count(before: Pose | None, now: Pose | None) -> bool:
    return before is not None and now is not None and now.number != before.number
