"""A clip: the request that buys it, and the plan of one shot with which its project is opened."""

from __future__ import annotations

from typing import Final

from reelwright.catalogue.models import Model
from reelwright.catalogue.snapping import length_sold
from reelwright.planner.ids import derived
from reelwright.reel.brief import Brief
from reelwright.reel.canonical import digest_of
from reelwright.reel.document import to_plain
from reelwright.reel.noun import ShotId
from reelwright.reel.plan import SCHEMA, Beat, Plan, Shot
from reelwright.reel.request import Request, request_digest
from reelwright.units import Frames, ms_to_frames

FPS: Final = (24, 1)
LENGTH_MS: Final = 8000
"""Of a clip whose request names no length: what most video models make by themselves."""
_SHORT_SIDES: Final = {"480p": 480, "512p": 512, "720p": 720, "768p": 768, "1080p": 1080, "4k": 2160}
_TITLE_CHARS: Final = 60


def single(brief: Brief, request: Request) -> Plan:
    """The plan whose only shot is ``request``. Deterministic: the same brief and request have the same ids."""
    length = ms_to_frames(request.ms or LENGTH_MS, FPS)
    seed = request_digest(request)
    shot = Shot(id=ShotId(derived("shot", seed, "clip")), prompt=request.prompt, length=length, source=request)
    return Plan(
        schema=SCHEMA,
        brief=digest_of(to_plain(brief)),
        title=title_of(brief.text),
        fps=FPS,
        size=_size(request),
        look="slam",
        tone="neutral",
        language=brief.language or "en",
        beats=(Beat(id=derived("beat", seed, "clip"), name="clip", start=Frames(0), length=length, shots=(shot,)),),
        author="person",
    )


def clip_request(
    row: Model,
    prompt: str,
    *,
    ms: int | None = None,
    aspect: str | None = None,
    resolution: str | None = None,
    seed: int | None = None,
    samples: int = 1,
    negative_prompt: str | None = None,
) -> Request:
    """What ``row`` is asked for a prompt alone: the length snapped, what is not said as the model has it by itself.

    Raises ``BadInput`` above the longest length sold; all other limits are for ``catalogue.limits.check``.
    """
    resolution = resolution or (row.resolutions[0] if row.resolutions else None)
    longest = row.seconds[-1] * 1000 if row.seconds else LENGTH_MS
    wanted = min(LENGTH_MS, longest) if ms is None else ms
    return Request(
        model=row.id,
        mode="text_to_video",
        prompt=prompt,
        ms=length_sold(row, wanted, resolution=resolution) if row.seconds else ms,
        aspect=aspect or (row.aspects[0] if row.aspects else None),
        resolution=resolution,
        samples=samples,
        seed=seed,
        extra={"negative_prompt": negative_prompt} if negative_prompt else {},
    )


def title_of(words: str) -> str:
    """The first words of a prompt, for lists."""
    line = " ".join(words.split())
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1].rstrip() + "…"


def _size(request: Request) -> tuple[int, int]:
    """Width and height in even pixels: the aspect asked for, on the resolution's short side."""
    wide, high = (int(part) for part in (request.aspect or "16:9").split(":"))
    short = _SHORT_SIDES.get((request.resolution or "720p").lower(), 720)
    along = 2 * round(short * max(wide, high) / min(wide, high) / 2)
    return (along, short) if wide >= high else (short, along)
