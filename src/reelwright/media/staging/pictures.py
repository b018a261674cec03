"""A person's picture on the stage: a photo in a field, a screen in its device, a cut-out, each in a box of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from reelwright.media.drawing.drawables import Outline, skia
from reelwright.media.drawing.layers import Box, Clip
from reelwright.media.drawing.movers import Mover
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.treatments import Grade, Picture, make_device, mask_picture
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage


def _bounds(path) -> tuple[float, float, float, float]:  # type: ignore[no-untyped-def]
    bounds = path.computeTightBounds()
    return bounds.left(), bounds.top(), bounds.right(), bounds.bottom()


def fill_with(
    stage: Stage, picture: Picture, points: Sequence[Point], *, grade: Grade = "plain", tint: str = "",
    zoom: float = 1.0, motion: Motion | None = None
) -> None:  # fmt: skip
    """Show a photo through a leaning field of the frame; the field stands while the camera moves in."""
    path = stage.to_frame_path(points)
    left, top, right, bottom = _bounds(path)
    box = Box(max(0.0, left), max(0.0, top), min(float(stage.width), right), min(float(stage.height), bottom))
    if box.width < 8 or box.height < 8:
        return  # long words have pushed the field out of the frame
    whole = box.grow(12 * stage.u)
    window = make_polygon([whole[:2], (whole.right, whole.top), whole[2:], (whole.left, whole.bottom)])
    aim = _middle_of(stage, points, whole)
    sprite = mask_picture(picture, window, whole, grade=grade, tint=tint, zoom=zoom, aim=aim)
    given = motion or Motion()
    alive = stage.keep_alive(stage.to_frames(12), push=0.04)
    stage.place_masked(sprite, replace(given, moves=(*given.moves, *alive), clips=(*given.clips, Clip(path))))


def _middle_of(stage: Stage, points: Sequence[Point], box: Box) -> tuple[float, float]:
    """Return the middle of the visible part of a field, in parts of its box."""
    xs = [min(max(stage.to_frame_x(x), 0.0), float(stage.width)) for x, _ in points]
    ys = [min(max(y, 0.0), float(stage.height)) for _, y in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return (x - box.left) / box.width, (y - box.top) / box.height


def add_screen(
    stage: Stage, picture: Picture, x: float, y: float, width: float, height: float, motion: Motion, *,
    lean: float = -0.09
) -> None:  # fmt: skip
    """Add a screen in its device around a point: as large as fits;
    in a tall frame an upright one is larger and cut below.
    """
    wide, y = _screen_size(stage, picture, y, width, height)
    sprite = make_device(picture, wide, lean * stage.reading_sign, frame="#111114", edge=stage.palette.dim)
    stage.place(sprite, x, y, motion)


def _screen_size(stage: Stage, picture: Picture, y: float, width: float, height: float) -> tuple[float, float]:
    wide = min(width, height * picture.ratio)
    if picture.ratio >= 1 or stage.shape == "wide":
        return wide, y
    larger = min(width * 0.66, height * 1.6 * picture.ratio)
    return max(wide, larger), y + max(0.0, larger - wide) / picture.ratio / 2


def add_callout(
    stage: Stage, picture: Picture, x: float, y: float, width: float, height: float, at: float,
    moves: tuple[Mover, ...], *, lean: float = -0.09
) -> None:  # fmt: skip
    """Add a ring around the focus of a screen, landing on ``at``; the device's place is given as to ``add_screen``."""
    wide, y = _screen_size(stage, picture, y, width, height)
    aside = (picture.focus[0] - 0.5) * wide
    px, py = (
        stage.to_frame_x(x) + aside,
        y + (picture.focus[1] - 0.5) * wide / picture.ratio + lean * stage.reading_sign * aside,
    )
    radius = max(46 * stage.u, wide * 0.085)
    ring = skia.Path()
    ring.addCircle(px, py, radius)
    box = Box(px - radius, py - radius, px + radius, py + radius)
    motion = Motion(moves=(stage.hit(at, 2.4), *moves), span=(at, math.inf), group="callout")
    for colour, thick in ((stage.palette.shade, 17.0), (stage.palette.accent, 9.0)):
        stage.add("shape", Outline(ring, colour, thick * stage.u), box.grow(thick * stage.u / 2), motion)


def add_picture(
    stage: Stage, picture: Picture, left: float, top: float, right: float, bottom: float, motion: Motion, *,
    ground: str, grade: Grade = "plain"
) -> None:  # fmt: skip
    """Add a picture of any kind to a logical box, which may run out of the frame: a photo fills it, its focus in the
    middle; a screen stands whole in its device, upright; a cut-out stands whole, with a keyline where ``ground`` would
    swallow it.
    """
    wide, high = right - left, bottom - top
    if picture.kind == "photo":
        corners: list[Point] = [(left, top), (right, top), (right, bottom), (left, bottom)]
        return fill_with(stage, picture, corners, grade=grade, tint=stage.palette.accent, motion=motion)
    fits = min(wide, high * picture.ratio)
    if picture.kind == "screen":
        bezel = 1.0 - 0.06 * max(1.0, fits / max(1.0, min(fits, fits / picture.ratio)))
        sprite = make_device(picture, fits * bezel, 0.0, frame=stage.palette.shade, edge=stage.palette.dim)
    else:
        sprite = stage.make_product_sprite(picture, fits, 0, ground)
    return stage.place(sprite, (left + right) / 2, (top + bottom) / 2, motion)
