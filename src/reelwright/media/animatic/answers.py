"""Answers to a film's first frame: its lines come back one after another, each alone and on a hit of the music."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from reelwright.media.drawing.drawables import Fill
from reelwright.media.drawing.layers import Box, Layer, Scene
from reelwright.media.drawing.movers import Mover, Pose
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.staging.clock import Clock
from reelwright.media.staging.lines import split_closer
from reelwright.media.staging.look import Look
from reelwright.media.staging.shot_request import ShotRequest

_SHORTEST, _HOLD, _LEAST = 80, 26, 20
"""Frames at 30 fps: of a shot that is answered, for which its first frame holds, and of an answer."""
_LONGEST = 40
"""Most letters of a line that comes alone."""


@dataclass(frozen=True, slots=True)
class Late:
    """A mover that begins ``by`` frames later."""

    mover: Mover
    by: int

    def compute_pose(self, frame: float) -> Pose:
        """Return the pose that the mover has ``by`` frames before."""
        return self.mover.compute_pose(frame - self.by)


def answer_opening(scene: Scene, request: ShotRequest, look: Look, build: Callable[[ShotRequest], Scene]) -> Scene:
    """Add the answers to the scene of a film's first words; the scene itself where there are none.

    A look says in its ``own.answer`` whether the ``lines`` come back one by one, only the ``closer``, which is the last
    of them, or the ``whole``. ``build``: makes the scene of a request.
    """
    clock = Clock(request, look, 1.0, is_rtl=False)
    parts = _list_parts(request, look.own.get("answer"))
    starts = _find_starts(clock, len(parts)) if parts and clock.is_opening else []
    if not starts:
        return scene
    layers = [replace(one, span=(one.span[0], min(one.span[1], starts[0]))) for one in scene.layers]
    kicks = [kick for kick in scene.shake.starts if kick < starts[0]]
    for index, (part, (first, last)) in enumerate(zip(parts, pairwise([*starts, request.frames]), strict=True)):
        shot = replace(
            request,
            words={"line": part},
            frames=last - first,
            hits=tuple(hit - first for hit in request.hits if first <= hit < last),
            variant=request.variant + index + 1,
            emblem="",
            is_emblem_named=False,
            previous_beat=request.staging,
            next_beat=request.next_beat if last == request.frames else None,
        )
        answer = build(shot)
        layers += _put_later(answer, first, last)
        kicks += [first, *(kick + first for kick in answer.shake.starts)]
    shake = replace(scene.shake, starts=tuple(kicks))
    poster = min(scene.poster_frame, starts[0] - 1)
    return replace(scene, layers=tuple(layers), shake=shake, poster_frame=poster)


def _list_parts(request: ShotRequest, answer: object) -> Sequence[str]:
    """List the lines that come back; none of a screen with other words, or of one line without a last clause."""
    text = request.words.get("line", "")
    lines = text.split("|") if "|" in text else [one for one in split_closer(text) if one]
    if not answer or set(request.words) != {"line"} or len(lines) < 2 or max(map(len, lines)) > _LONGEST:
        return []
    return {"lines": lines, "whole": ["|".join(lines)]}.get(str(answer), lines[-1:])


def _find_starts(clock: Clock, count: int) -> list[int]:
    """Find the hit on which each of ``count`` answers comes; none where one would be gone before it is read."""
    frames = clock.request.frames
    hold = max(clock.to_frames(_HOLD), 0.4 * frames) if count == 1 else clock.to_frames(_HOLD)
    begin = next((hit for hit in clock.request.hits if hit >= hold), round(hold))
    even = [begin + (frames - begin) * index / count for index in range(count)]
    starts = [min((begin, *clock.request.hits), key=lambda hit: abs(hit - at)) for at in even]
    least = clock.to_frames(_LEAST)
    is_read = all(later - start >= 0.65 * least for start, later in pairwise(starts)) and frames - starts[-1] >= least
    return starts if is_read and frames >= clock.to_frames(_SHORTEST) else []


def _put_later(scene: Scene, first: int, last: int) -> list[Layer]:
    """Return the layers of a scene over its ground, all as they are from frame ``first`` on and before ``last``."""
    wide, high = scene.size
    corners = [
        (-0.1 * wide, -0.1 * high),
        (1.1 * wide, -0.1 * high),
        (1.1 * wide, 1.1 * high),
        (-0.1 * wide, 1.1 * high),
    ]
    ground = Layer(role="field", drawable=Fill(make_polygon(corners), scene.ground), box=Box(0, 0, wide, high))
    return [
        replace(
            one,
            moves=tuple(Late(mover, first) for mover in one.moves),
            span=(max(first, one.span[0] + first), min(last, one.span[1] + first)),
        )
        for one in (ground, *scene.layers)
    ]
