"""A film's first words in parts: the first from its first frame on, each further one alone, on a hit of the music."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from reelwright.media.drawing.drawables import Fill
from reelwright.media.drawing.layers import Box, Layer, Scene
from reelwright.media.drawing.movers import Mover, Pose
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.staging.clock import Clock
from reelwright.media.staging.lines import split_closer
from reelwright.media.staging.look import Look
from reelwright.media.staging.shot_request import ShotRequest

_SHORTEST, _HOLD, _LEAST = 80, 26, 20
"""Frames at 30 fps, at least: of a shot that is parted, of its first part, and of each further one."""
_LONGEST = 40
"""Most letters of a line that comes alone."""
_MARKS = (".", "!", "?", "…", "。", "！", "？", "؟", "।", ",", "،", "、", ";", ":", "–", "—")
"""Signs after which words are parted where the writer broke no line."""
_PAUSE = 8
"""Letters' worth of time that each part takes besides its own."""


@dataclass(frozen=True, slots=True)
class Late:
    """A mover that begins ``by`` frames later."""

    mover: Mover
    by: int

    def compute_pose(self, frame: float) -> Pose:
        """Return the pose that the mover has ``by`` frames before."""
        return self.mover.compute_pose(frame - self.by)


def stage_opening(
    request: ShotRequest, look: Look, build: Callable[[ShotRequest], Scene], answer: Callable[[ShotRequest], Scene]
) -> Scene:
    """Stage the first words of a film: their first part, and on hits of the music each further one alone.

    A look says in its ``own.answer`` whether every line comes by itself (``lines``), only the last clause (``closer``),
    or whether its ``answer`` stages all of them (``whole``). Words that cannot be parted, or have no time to be, are
    one screen. ``build`` makes the scene of a request, ``answer`` that of a part that comes alone.
    """
    parts, starts = find_parts(request, look)
    if not starts:
        return build(request)
    if look.own["answer"] == "whole":
        return answer(replace(request, words={"line": "|".join(parts)}, previous_beat=request.staging))
    scene = build(replace(request, words={"line": parts[0]}))
    layers = [replace(one, span=(one.span[0], min(one.span[1], starts[0]))) for one in scene.layers]
    kicks, fit = [kick for kick in scene.shake.starts if kick < starts[0]], scene.fit
    for index, (part, (first, last)) in enumerate(zip(parts[1:], pairwise([*starts, request.frames]), strict=True)):
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
        later = answer(shot)
        layers += put_later(later, first, last)
        kicks += [first, *(kick + first for kick in later.shake.starts)]
        fit = min(fit, later.fit)
    poster = min(scene.poster_frame, starts[0] - 1)
    shake = replace(scene.shake, starts=tuple(kicks))
    return replace(scene, layers=tuple(layers), shake=shake, poster_frame=poster, fit=fit)


def find_parts(request: ShotRequest, look: Look) -> tuple[Sequence[str], list[int]]:
    """Find the parts of a film's first words and the frame on which each after the first comes; no frames where they
    are one screen.
    """
    clock = Clock(request, look, 1.0, is_rtl=False)
    parts = _list_parts(request, look.own.get("answer")) if clock.is_opening else []
    return parts, _find_starts(clock, parts) if parts else []


def _list_parts(request: ShotRequest, answer: object) -> Sequence[str]:
    """List the parts of a first line, as its writer or its signs part it; none of a screen with other words."""
    text = request.words.get("line", "")
    lines = text.split("|") if "|" in text else split_closer(text)
    is_parted = "|" in text or strip_styles(lines[0]).endswith(_MARKS) or (answer == "whole" and all(lines))
    if not answer or set(request.words) != {"line"} or not is_parted or max(map(len, lines)) > _LONGEST:
        return []
    return lines if answer == "lines" else ["|".join(lines[:-1]), lines[-1]]


def _find_starts(clock: Clock, parts: Sequence[str]) -> list[int]:
    """Find the hit on which each part after the first comes, by how long the parts before it are read; none where one
    would be gone before it is read.
    """
    frames, least = clock.request.frames, clock.to_frames(_LEAST)
    letters = list(accumulate(len(strip_styles(part)) + _PAUSE for part in parts))
    ideal = [frames * before / letters[-1] for before in letters[:-1]]
    near = 0.15 * frames
    starts = [
        min(
            (hit for hit in clock.request.hits if abs(hit - at) <= near),
            key=lambda hit: abs(hit - at),
            default=round(at),
        )
        for at in ideal
    ]
    spans = [later - start for start, later in pairwise([0, *starts, frames])]
    is_read = spans[0] >= clock.to_frames(_HOLD) and min(spans) >= least
    return starts if is_read and frames >= clock.to_frames(_SHORTEST) else []


def put_later(scene: Scene, first: int, last: int) -> list[Layer]:
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
