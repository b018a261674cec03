"""Draws a still: the most telling frame of a staged beat as a PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from reelwright.media.animatic import asked
from reelwright.media.animatic.look import load_look
from reelwright.media.animatic.painter import Painter
from reelwright.media.animatic.staging import stage_scene
from reelwright.media.animatic.take import facts_of, pictures_of
from reelwright.media.work import Made, MadeFile, Report, Source


def draw_still(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> Made:
    """A PNG of the frame that tells the beat best, all settled. ``args`` and ``sources`` as for ``draw_take``.

    Where ``frames`` is left out the beat is staged over three seconds. Spends nothing.
    """
    given = dict(args)
    given.setdefault("frames", 90)
    wanted = replace(asked.read(given), before=None)
    scene = stage_scene(wanted, pictures_of(sources, wanted.treatment))
    frame = Painter(scene, grain_strength=load_look(wanted.look).grain).frame(scene.telling)
    path = room / "still.png"
    Image.frombuffer("RGB", wanted.size, bytes(frame), "raw", "BGRX", 0, 1).save(path)
    report(1.0)
    return Made(files=(MadeFile(path=path, mime="image/png", name="still"),), facts=facts_of(scene))
