"""The work ``film.presets`` joins a film for platforms and finds words that these cover, by the display lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from reelwright.media.animatic.scene_builder import stage_take
from reelwright.media.animatic.take import load_logo, load_pictures
from reelwright.media.base.work import Report, Source, WorkResult, find_font
from reelwright.media.drawing.layers import Box, Scene
from reelwright.media.staging.shot_request import read_shot_request
from reelwright.media.video.film import join_film
from reelwright.reason import build_reason

_WORDS: Final = frozenset({"headline", "button", "label", "legal"})
_ROOM: Final = 0.004
"""Share of the frame's short side by which ink may reach into an unsafe area: the edge of a letter."""
_STEP_S: Final = 0.2
_LEAST_STEPS: Final = 3
"""Words that only pass, on their way in or out, are not held against a film."""
_SHOWN_LETTERS: Final = 60


def join_preset_film(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Join the film as ``join_film`` does; the findings also say which words a preset of ``args`` covers."""
    made = join_film(args, sources, room, report)
    findings = [*made.facts["findings"], *find_unsafe_words(args, sources)]
    return replace(made, facts={**made.facts, "findings": findings})


def find_unsafe_words(args: Mapping[str, Any], sources: Sequence[Source]) -> Iterator[dict[str, Any]]:
    """Yield a finding for each drawn shot and each preset that covers some of its words.

    ``args``: ``presets`` with title, size and unsafe areas; ``drawn`` with shot, ``args`` of its take, and in
    ``inputs`` which of ``sources`` that take has.
    """
    for drawn in args.get("drawn", ()):
        request = read_shot_request(drawn["args"])
        files = [sources[number] for number in drawn["inputs"]]
        scene = stage_take(request, load_pictures(files, request.treatment), load_logo(files), find_font(files))
        step = max(1, round(_STEP_S * request.fps[0] / request.fps[1]))
        for preset in args["presets"]:
            if text := _find_covered_text(scene, _scale_areas(scene, preset), step):
                reason = build_reason("words_covered", text=text, preset=preset["title"])
                yield {"check": "safe_area", "shot": drawn["shot"], "reason": reason.to_json()}
                break  # a shot has one finding of a check


def _scale_areas(scene: Scene, preset: Mapping[str, Any]) -> list[Box]:
    """Return a preset's unsafe areas in pixels of the scene, mirrored where words are read from the right."""
    wide, high = scene.size
    across, down = wide / preset["size"][0], high / preset["size"][1]
    boxes = (Box(a * across, b * down, c * across, d * down) for a, b, c, d in preset["unsafe_areas"])
    if not scene.is_rtl:
        return list(boxes)
    return [Box(wide - box.right, box.top, wide - box.left, box.bottom) for box in boxes]


def _find_covered_text(scene: Scene, areas: Sequence[Box], step: int) -> str:
    """Return the first text that stands in one of ``areas`` for ``_LEAST_STEPS`` steps; empty if none does."""
    room = _ROOM * min(scene.size)
    for layer in scene.layers:
        if layer.role not in _WORDS or not layer.text:
            continue
        steps = 0
        for frame in range(0, scene.frames, step):
            pose = layer.find_pose(frame)
            box = layer.move_box(pose) if pose else None  # words turn only on their way in or out
            steps = steps + 1 if box and any(_overlaps(box, area, room) for area in areas) else 0
            if steps >= _LEAST_STEPS:
                return layer.text[:_SHOWN_LETTERS]
    return ""


def _overlaps(box: Box, area: Box, room: float) -> bool:
    across = min(box.right, area.right) - max(box.left, area.left)
    down = min(box.bottom, area.bottom) - max(box.top, area.top)
    return across > room and down > room
