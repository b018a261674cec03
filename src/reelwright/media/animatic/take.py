"""Draws an animatic take: one staged beat as a film in the house format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reelwright.errors import BadInput
from reelwright.media.animatic import asked
from reelwright.media.animatic.layers import Scene
from reelwright.media.animatic.look import load_look
from reelwright.media.animatic.painter import Painter
from reelwright.media.animatic.staging import stage_scene
from reelwright.media.animatic.treatments import Picture, load_picture
from reelwright.media.encoding import FrameEncoder
from reelwright.media.work import Made, MadeFile, Report, Source

_MOST_PICTURES = 6


def draw_take(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> Made:
    """An mp4 of exactly ``frames`` frames without sound, in the house format.

    ``args``: "Animatic request" of the contract; ``sources`` with the role ``reference`` are the person's pictures.
    Deterministic in both. Raises ``BadInput``, ``UnreadableMedia``, ``MissingGlyphs``, ``MediaError``. Spends nothing.
    """
    wanted = asked.read(args)
    scene = stage_scene(wanted, pictures_of(sources, wanted.treatment))
    path = room / "take.mp4"
    painter = Painter(scene, grain_strength=load_look(wanted.look).grain)
    with FrameEncoder(path, wanted.size, wanted.fps, wanted.frames, report) as encoder:
        for number in range(wanted.frames):
            encoder.write(painter.frame(number))
    return Made(files=(MadeFile(path=path, mime="video/mp4"),), facts=facts_of(scene))


def pictures_of(sources: Sequence[Source], treatment: str | None) -> list[Picture]:
    """The person's pictures among the sources, upright and trimmed."""
    paths = [source.path for source in sources if source.role in ("reference", "first_frame", "source")]
    if len(paths) > _MOST_PICTURES:
        raise BadInput("inputs", len(paths), f"at most {_MOST_PICTURES} pictures")
    return [load_picture(path, treatment) for path in paths]


def facts_of(scene: Scene) -> dict[str, Any]:
    """What was decided while drawing, for the record."""
    return {"width": scene.size[0], "height": scene.size[1], "frames": scene.frames, "notes": list(scene.notes)}
