"""The event of a film's opening: half-way through, its words are set again, in another picture of the same look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from reelwright.media.animatic.opening import put_later
from reelwright.media.drawing.drawables import Fill
from reelwright.media.drawing.layers import Box, Layer, Scene, WipeArea
from reelwright.media.drawing.movers import Fade, Wipe
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.staging.clock import Clock
from reelwright.media.staging.look import Look
from reelwright.media.staging.shot_request import ShotRequest

_SHORTEST: Final = 58
"""Frames at 30 fps of the shortest opening that is set twice."""
_AT: Final = 0.46
"""Part of the opening after which its words are set again: never later than half of it."""
_NEAR: Final = 0.12
_WORDS_LATER: Final = 4
"""Frames at 30 fps by which the words come later than the ground that covers the first setting."""
_FULL: Final = 0.9
_COVER: Final[Mapping[str, tuple[str, int]]] = {
    "grid": ("left", 9), "noir": ("", 12), "paper": ("bottom", 9), "riso": ("right", 6), "signal": ("", 8),
    "slam": ("left", 6),
}  # fmt: skip
"""From which edge a look covers its first setting, and in how many frames at 30 fps; empty: it fades."""
_OTHER: Final[Mapping[str, str]] = {"left": "right", "right": "left", "bottom": "top", "": ""}

Build = Callable[[ShotRequest], Scene]


def can_set_twice(request: ShotRequest, look: Look) -> bool:
    """Return whether a shot is a film's first words alone, and stands long enough to be set twice."""
    clock = Clock(request, look, 1.0, is_rtl=False)
    return clock.is_opening and set(request.words) == {"line"} and request.frames >= clock.to_frames(_SHORTEST)


def set_twice(first: Scene, request: ShotRequest, look: Look, build: Build, *, is_alone: bool) -> Scene:
    """Return the scene ``first`` of a film's opening with its words set again from its half on. ``build``: sets them.

    ``is_alone``: they come back alone, on a ground that covers the first setting; otherwise all of the new one is there
    behind the edge that goes over the frame.
    """
    at = _find_turn(request)
    turn = request.own_turn % 2
    later = build(
        replace(
            request,
            frames=request.frames - at,
            hits=tuple(hit - at for hit in request.hits if hit >= at),
            variant=request.variant + 1 + turn,
            previous_beat=request.staging if is_alone else None,
            is_again=True,
        )
    )
    edge, frames = _COVER.get(look.id, ("", 8))
    edge, length = (_OTHER[edge] if turn else edge), frames * request.pace
    begin = at + round((_WORDS_LATER * request.pace) if edge else length) * is_alone
    if is_alone:
        ground = _make_ground(later, _find_ground(later))
        added = [_uncover(ground, later, edge, look, at, length), *put_later(later, begin, request.frames)[1:]]
    else:
        added = [_uncover(one, later, edge, look, at, length) for one in put_later(later, at, request.frames)]
    layers = [replace(one, span=(one.span[0], min(one.span[1], at + length + 1))) for one in first.layers]
    kicks = tuple(kick for kick in first.shake.starts if kick < at)
    kicks += tuple(begin + kick for kick in later.shake.starts)
    poster = min(first.poster_frame, at - 1)
    shake = replace(first.shake, starts=kicks)
    return replace(first, layers=(*layers, *added), shake=shake, poster_frame=poster, fit=min(first.fit, later.fit))


def _find_turn(request: ShotRequest) -> int:
    ideal = _AT * request.frames
    hits = [hit for hit in request.hits if abs(hit - ideal) <= _NEAR * request.frames and hit <= request.frames / 2]
    return round(min(hits, key=lambda hit: abs(hit - ideal), default=ideal))


def _find_ground(scene: Scene) -> str:
    """Return the colour of the last field that covers the whole frame."""
    wide, high = scene.size
    fields = [
        one.drawable.colour
        for one in scene.layers
        if isinstance(one.drawable, Fill) and one.role in ("field", "shape") and one.span[0] == 0
        and one.box.width >= _FULL * wide and one.box.height >= _FULL * high and not one.clips and one.wipe_area is None
    ]  # fmt: skip
    return fields[-1] if fields else scene.ground


def _make_ground(scene: Scene, colour: str) -> Layer:
    wide, high = scene.size
    left, top, right, bottom = -0.1 * wide, -0.1 * high, 1.1 * wide, 1.1 * high
    path = make_polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
    return Layer(role="field", drawable=Fill(path, colour), box=Box(0, 0, wide, high))


def _uncover(layer: Layer, scene: Scene, edge: str, look: Look, at: int, length: float) -> Layer:
    """Return a layer of the new setting that an edge uncovers on its way over the frame, or that fades in with it.

    One that has a wipe of its own comes when the edge has reached its middle.
    """
    if not edge:
        return replace(layer, moves=(*layer.moves, Fade(at, length, look.ease["even"])), span=(at, layer.span[1]))
    wide, high = scene.size
    side = {"left": "right", "right": "left"}.get(edge, edge) if scene.is_rtl else edge
    if layer.wipe_area is not None:
        x, y = layer.box.centre
        way = {"left": x / wide, "right": 1 - x / wide, "top": y / high, "bottom": 1 - y / high}[side]
        return replace(layer, span=(at + round(0.5 * length * min(1.0, max(0.0, way))), layer.span[1]))
    slope = -look.slope if side in ("left", "right") else 0.0
    area = WipeArea(Box(0, 0, wide, high), side, slope)  # type: ignore[arg-type]
    moves = (*layer.moves, Wipe(at, length, look.ease["in"]))
    return replace(layer, moves=moves, wipe_area=area, span=(max(at, layer.span[0]), layer.span[1]))
