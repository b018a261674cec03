"""The work ``animatic.take`` draws one staged beat as a film in the house format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reelwright.errors import BadInput
from reelwright.media.animatic.scene_builder import stage_take
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult, find_font
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.treatments import Picture, load_picture
from reelwright.media.looks.registry import load_look
from reelwright.media.staging.shot_request import read_shot_request
from reelwright.media.video.encoding import FrameEncoder
from reelwright.reel.film.encoding_options import read_encoding_options

_MOST_PICTURES = 6


def draw_take(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Draw an mp4 of exactly ``frames`` frames without sound, in the house format.

    ``args`` as ``read_shot_request`` reads them; ``sources`` with the role ``reference`` are the person's pictures,
    one with the role ``logo`` is the brand's, and one with the role ``font`` is that of its display type.
    Deterministic in both. Raises ``BadInput``, ``UnreadableMedia``, ``MissingGlyphs``, ``MediaError``. Spends nothing.
    """
    request = read_shot_request(args)
    scene = stage_take(request, load_pictures(sources, request.treatment), load_logo(sources), find_font(sources))
    path = room / "take.mp4"
    painter = Painter(scene, grain_strength=load_look(request.look).grain)
    encoding = read_encoding_options(args)
    with FrameEncoder(path, request.size, request.fps, request.frames, report, encoding) as encoder:
        for number in range(request.frames):
            encoder.write(painter.render_frame(number))
    return WorkResult(files=(ResultFile(path=path, mime="video/mp4"),), facts=list_facts(scene))


def load_pictures(sources: Sequence[Source], treatment: str | None) -> list[Picture]:
    """Load the pictures that a person gave, at most six, upright, and trimmed to their ink if they are cut-outs.

    They are the sources with the role ``reference``, ``first_frame`` or ``source``. ``treatment``: photo or cut-out;
    None: by how much of a picture is transparent. Raises ``BadInput`` and ``UnreadableMedia``.
    """
    paths = [source.path for source in sources if source.role in ("reference", "first_frame", "source")]
    if len(paths) > _MOST_PICTURES:
        raise BadInput("inputs", len(paths), f"at most {_MOST_PICTURES} pictures")
    return [load_picture(path, treatment) for path in paths]


def load_logo(sources: Sequence[Source]) -> Picture | None:
    """Load the brand's logo: the source with the role ``logo``, if there is one. Raises ``UnreadableMedia``."""
    return next((load_picture(source.path, None) for source in sources if source.role == "logo"), None)


def list_facts(scene: Scene) -> dict[str, Any]:
    """Return the facts of a drawn scene for the record: its size, its frames, and notes on decisions."""
    return {"width": scene.size[0], "height": scene.size[1], "frames": scene.frames, "notes": list(scene.notes)}
