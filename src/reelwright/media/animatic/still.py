"""The work ``animatic.still`` draws the most telling frame of a staged beat as a PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from reelwright.media.animatic.look import load_look
from reelwright.media.animatic.painter import Painter
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.animatic.shot_request import read_shot_request
from reelwright.media.animatic.take import list_facts, load_pictures
from reelwright.media.work import Report, ResultFile, Source, WorkResult


def draw_still(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Draw the frame that tells the beat best as a PNG, all settled. ``args`` and ``sources`` as for ``draw_take``.

    Where ``frames`` is left out the beat is staged over three seconds. Spends nothing.
    """
    request = read_shot_request({"frames": 90, **args, "before": None})
    scene = stage_scene(request, load_pictures(sources, request.treatment))
    frame = Painter(scene, grain_strength=load_look(request.look).grain).render_frame(scene.poster_frame)
    path = room / "still.png"
    Image.frombuffer("RGB", request.size, bytes(frame), "raw", "BGRX", 0, 1).save(path)
    report(1.0)
    return WorkResult(files=(ResultFile(path=path, mime="image/png", name="still"),), facts=list_facts(scene))
