"""The painter draws a scene frame by frame:
rests are drawn once, resting neighbours are baked together, fast moves are blurred.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.layers import Box, Layer, Scene, WipeArea
from reelwright.media.drawing.movers import REST, Pose
from reelwright.media.drawing.textures import GRAIN_MARGIN, make_grain

skia = load_skia()

_SHUTTER = 0.5  # a 180 degree shutter: half a frame open. Source: looks/README.md 5, read 2026-11-20
_SMEAR_PX = 30.0  # distance between two exposures at 1080 pixels of short side; above it edges band
_MOST = 10
_COPY = skia.Paint()
_COPY.setBlendMode(skia.BlendMode.kSrc)

Shown = tuple[int, Pose]


class Painter:
    """A painter of the frames of one scene.

    It is pure in the frame number: the order of calls does not change a pixel.
    """

    def __init__(self, scene: Scene, *, grain_strength: float) -> None:
        self._scene = scene
        self._strength = grain_strength
        width, height = scene.size
        self._pixels = np.zeros((height, width, 4), np.uint8)
        self._info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        self._out = skia.Surface.MakeRasterDirect(self._info, self._pixels, width * 4)
        self._work = skia.Surface.MakeRaster(self._info)
        self._baked: dict[tuple[Shown, ...], Any] = {}
        self._once: set[tuple[Shown, ...]] = set()
        self._kept: tuple[Any, ...] | None = None

    def render_frame(self, number: int) -> memoryview:
        """Render a whole frame as premultiplied BGRA, valid until the next call."""
        poses, exposures = self._poses(number), self._exposures(number)
        still = poses == self._poses(number + 1) or poses == self._poses(number - 1)
        grain_at = 0 if still else number // 2
        key = (poses, self._scene.shake.compute_pose(number), exposures, grain_at)
        if key != self._kept or exposures > 1:
            self._draw(number, exposures, grain_at)
            self._kept = key
        return self._pixels.data.cast("B")

    def _draw(self, number: int, exposures: int, grain_at: int) -> None:
        canvas = self._out.getCanvas()
        for taken in range(exposures):
            self._expose(number + taken * _SHUTTER / exposures)
            paint = skia.Paint()
            if taken:
                paint.setAlphaf(1 / (taken + 1))
            else:
                paint.setBlendMode(skia.BlendMode.kSrc)
            self._lay(canvas, number, paint, bool(taken))
        if self._strength:
            self._sprinkle(canvas, grain_at)

    def _lay(self, canvas: Any, number: int, paint: Any, more: bool) -> None:
        shot = self._work.makeImageSnapshot()
        canvas.drawImage(shot, 0, 0, skia.SamplingOptions(), paint)
        kick = self._scene.shake.compute_pose(number)
        if kick != REST:
            # The unshifted frame stays beneath, so that a kick never bares an edge.
            canvas.drawImage(shot, kick.dx, kick.dy, skia.SamplingOptions(), paint if more else _COPY)

    def _sprinkle(self, canvas: Any, at: int) -> None:
        width, height = self._scene.size
        x, y = -((at * 53) % GRAIN_MARGIN), -((at * 89) % GRAIN_MARGIN)
        canvas.drawImage(make_grain(width, height, self._strength), x, y)

    def _expose(self, at: float) -> None:
        canvas = self._work.getCanvas()
        canvas.clear(0xFF000000 | int(self._scene.ground[1:], 16))
        run: list[Shown] = []
        for index, layer in enumerate(self._scene.layers):
            pose = layer.find_pose(at)
            if pose is None:
                continue
            if self._restless(layer, at, pose):
                self._flush(canvas, run)
                run = []
                paint_layer(canvas, layer, pose)
            else:
                run.append((index, pose))
        self._flush(canvas, run)

    def _restless(self, layer: Layer, at: float, pose: Pose) -> bool:
        return layer.find_pose(at + 1) != pose or (at >= 1 and layer.find_pose(at - 1) != pose)

    def _flush(self, canvas: Any, run: list[Shown]) -> None:
        """Draw layers that rest: directly when seen for the first time, from one image when seen again."""
        if not run:
            return
        key = tuple(run)
        if key not in self._baked:
            if key not in self._once:
                self._once.add(key)
                self._paint_run(canvas, run)
                return
            self._bake(key, run)
        image, x, y = self._baked[key]
        canvas.drawImage(image, x, y)

    def _bake(self, key: tuple[Shown, ...], run: list[Shown]) -> None:
        if len(self._baked) > 6:
            self._baked.pop(next(iter(self._baked)))
        box = self._covering(run)
        left, top = math.floor(box.left), math.floor(box.top)
        width, height = max(1, math.ceil(box.right) - left), max(1, math.ceil(box.bottom) - top)
        surface = skia.Surface.MakeRaster(
            skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        )
        canvas = surface.getCanvas()
        canvas.clear(0)
        canvas.translate(-left, -top)
        self._paint_run(canvas, run)
        self._baked[key] = (surface.makeImageSnapshot(), left, top)

    def _covering(self, run: list[Shown]) -> Box:
        width, height = self._scene.size
        boxes = [_moved(self._scene.layers[index], pose) for index, pose in run]
        return Box(
            min(max(0.0, min(b.left for b in boxes)), width),
            min(max(0.0, min(b.top for b in boxes)), height),
            max(min(float(width), max(b.right for b in boxes)), 0.0),
            max(min(float(height), max(b.bottom for b in boxes)), 0.0),
        )

    def _paint_run(self, canvas: Any, run: list[Shown]) -> None:
        for index, pose in run:
            paint_layer(canvas, self._scene.layers[index], pose)

    def _poses(self, at: float) -> tuple[Pose | None, ...]:
        return tuple(layer.find_pose(at) for layer in self._scene.layers)

    def _exposures(self, number: int) -> int:
        """Return how many exposures the fastest edge of this frame needs, 1 when nothing is fast."""
        width, height = self._scene.size
        far = max((_travel(layer, number) for layer in self._scene.layers), default=0.0)
        smear = _SMEAR_PX * min(width, height) / 1080
        return 1 if far < smear * 0.6 else min(_MOST, 2 + round(far / smear))


def paint_layer(canvas: Any, layer: Layer, pose: Pose) -> None:
    """Draw one layer on any canvas, in ``pose``: moved from its place at rest."""
    canvas.save()
    for clip in layer.clips:
        canvas.clipPath(clip.path, skia.ClipOp.kDifference if clip.is_inverted else skia.ClipOp.kIntersect, True)
    if layer.wipe_area and pose.visible_part < 1:
        canvas.clipPath(make_wipe_path(layer.wipe_area, pose.visible_part), True)
    if layer.window is not None:
        canvas.translate(pose.dx, pose.dy)
        canvas.clipPath(layer.window, True)
        canvas.translate(-pose.dx, -pose.dy)
    elif pose.dx or pose.dy:
        canvas.translate(pose.dx, pose.dy)
    if pose.scale != 1 or pose.turn:
        x, y = layer.pivot or layer.box.centre
        canvas.translate(x, y)
        canvas.scale(pose.scale, pose.scale)
        canvas.rotate(pose.turn)
        canvas.translate(-x, -y)
    layer.drawable.draw(canvas, pose.alpha, pose.number)
    canvas.restore()


def make_wipe_path(area: WipeArea, visible_part: float) -> Any:
    """Make the path of the uncovered part of a wipe area; a leaning edge runs from outside to outside."""
    box, lean = area.box, area.lean
    if area.edge in ("top", "bottom"):
        return _wipe_down(box, lean, visible_part, from_top=area.edge == "top")
    reach = abs(lean) * box.height
    travelled = visible_part * (box.width + reach)
    if area.edge == "left":
        edge = box.left + travelled - (reach if lean < 0 else 0)
        points = [(box.left - reach, box.top), (edge, box.top), (edge - lean * -box.height, box.bottom)]
        points = [(box.left - reach - 1, box.top), (edge, box.top), (edge + lean * box.height, box.bottom)]
        points.append((box.left - reach - 1, box.bottom))
    else:
        edge = box.right - travelled + (reach if lean > 0 else 0)
        edge -= lean * box.height if lean > 0 else 0
        points = [(box.right + reach + 1, box.top), (edge, box.top), (edge + lean * box.height, box.bottom)]
        points.append((box.right + reach + 1, box.bottom))
    return make_polygon(points)


def _wipe_down(box: Box, lean: float, shown: float, *, from_top: bool) -> Any:
    reach = abs(lean) * box.width
    travelled = shown * (box.height + reach)
    near, sign = (box.top, 1) if from_top else (box.bottom, -1)
    left = near + sign * (travelled - (reach if sign * lean > 0 else 0))
    outer = near - sign * (reach + 1)
    right = left + lean * box.width
    return make_polygon([(box.left, outer), (box.right, outer), (box.right, right), (box.left, left)])


def make_polygon(points: list[tuple[float, float]]) -> Any:
    """Make a closed path through ``points``."""
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    return path


def _moved(layer: Layer, pose: Pose) -> Box:
    if pose.turn:
        reach = math.hypot(layer.box.width, layer.box.height) * max(1.0, pose.scale)
        return layer.box.grow(reach)
    return layer.move_box(pose).grow(3)


def _travel(layer: Layer, number: int) -> float:
    """Return the pixels that the fastest edge of a layer goes while the shutter of this frame is open."""
    before, after = layer.find_pose(number), layer.find_pose(number + _SHUTTER)
    if before is None or after is None or before == after:
        return 0.0
    reach = max(layer.box.width, layer.box.height) / 2
    gone = math.hypot(after.dx - before.dx, after.dy - before.dy) + abs(after.scale - before.scale) * reach
    if layer.wipe_area:
        gone += (
            abs(after.visible_part - before.visible_part) * (layer.wipe_area.box.width + layer.wipe_area.box.height) / 2
        )
    return gone * min(before.alpha, after.alpha)
