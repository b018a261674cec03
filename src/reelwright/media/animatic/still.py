"""The work ``animatic.still`` draws the most telling frame of a staged beat as a PNG."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image

from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.animatic.take import list_facts, load_logo, load_pictures
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult, find_font
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.treatments import Picture, load_picture
from reelwright.media.looks.registry import load_look
from reelwright.media.staging.shot_request import ShotRequest, read_shot_request

_PREVIEW_QUALITY = 60


def draw_still(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Draw the frame that tells the beat best as a PNG, all settled. ``args`` and ``sources`` as for ``draw_take``.

    Where ``frames`` is left out the beat is staged over three seconds. Spends nothing.
    """
    request = read_shot_request({"frames": 90, **args, "before": None})
    pictures = load_pictures(sources, request.treatment)
    picture, scene = render_still(request, pictures, load_logo(sources), find_font(sources))
    path = room / "still.png"
    picture.save(path)
    report(1.0)
    return WorkResult(files=(ResultFile(path=path, mime="image/png", name="still"),), facts=list_facts(scene))


def draw_small_still(
    args: Mapping[str, Any], side: int, logo: Path | None = None, font: Path | None = None, part: Fraction | None = None
) -> bytes:
    """Draw the same frame without pictures as WebP, its longer side ``side`` pixels: a preview, drawn in 20 ms.

    ``args``: as for ``draw_take``. ``logo`` and ``font``: files of the brand. ``part``: of the shot, from 0 to 1, after
    which its frame is drawn instead. Raises ``BadInput`` and ``MissingGlyphs``. Spends nothing.
    """
    width, height = args["size"]
    scale = side / max(width, height)
    size = [max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)]
    request = read_shot_request({"frames": 90, **args, "before": None, "size": size})
    picture, _ = render_still(request, [], load_picture(logo, None) if logo else None, font, part)
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=_PREVIEW_QUALITY)
    return file.getvalue()


def render_still(
    request: ShotRequest, pictures: Sequence[Picture], logo: Picture | None = None, font: Path | None = None,
    part: Fraction | None = None,
) -> tuple[Image.Image, Scene]:  # fmt: skip
    """Draw the frame of a shot that tells it best, all settled, or the one after a ``part`` of it, from 0 to 1.

    Returns it with the shot's display list.
    """
    scene = stage_scene(request, pictures, logo, font, is_parted=part is not None)
    shown = scene.poster_frame if part is None else round(part * (request.frames - 1))
    frame = Painter(scene, grain_strength=load_look(request.look).grain).render_frame(shown)
    return Image.frombuffer("RGB", request.size, bytes(frame), "raw", "BGRX", 0, 1), scene
