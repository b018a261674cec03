"""Draw single frames of planned films, without making the films: what a change of a look does to the gallery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from reelwright import Studio
from reelwright.documents.read import read_script
from reelwright.media.animatic.scene_builder import stage_take
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.treatments import load_picture
from reelwright.media.looks.registry import load_look
from reelwright.media.staging.shot_request import read_shot_request
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from tools.gallery.films import SHORT_SIDE


def plan_films(scripts: Sequence[Path], short_side: int = SHORT_SIDE) -> Iterator[tuple[Path, Plan, list[Scene]]]:
    """Plan the films of scripts, and stage each of their shots."""
    with TemporaryDirectory() as home, Studio(Settings(home=Path(home))) as studio:
        for script in scripts:
            plan = studio.plan(script=script, short_side=short_side).plan
            requests = [shot.source for shot in plan.shots if isinstance(shot.source, Request)]
            assets = dict.fromkeys(one.asset for request in requests for one in request.inputs)
            files: dict[str | None, Path] = dict(zip(assets, list_pictures(script), strict=True))
            yield script, plan, [_stage(request, files) for request in requests]


def list_pictures(script: Path) -> list[Path]:
    """List the pictures of a script in their order, each once."""
    screens = read_script(script.read_text(encoding="utf-8")).screens
    return [script.parent / name for name in dict.fromkeys(one.picture.file for one in screens if one.picture)]


def draw_frame(plan: Plan, scenes: Sequence[Scene], number: int) -> Image.Image:
    """Draw frame ``number`` of a film."""
    at = 0
    for scene in scenes:
        if number < at + scene.frames:
            painter = Painter(scene, grain_strength=load_look(plan.look).grain)
            pixels = painter.render_frame(number - at)
            return Image.frombuffer("RGB", scene.size, bytes(pixels), "raw", "BGRX", 0, 1)
        at += scene.frames
    raise ValueError(f"the film has {at} frames, not {number + 1}")


def _stage(source: Request, files: Mapping[str | None, Path]) -> Scene:
    request = read_shot_request(source.extra)
    return stage_take(request, [load_picture(files[one.asset], request.treatment) for one in source.inputs])
