"""Two pictures for a first film, drawn on this machine."""

from __future__ import annotations

import asyncio
from pathlib import Path


async def sample_pictures(folder: Path) -> tuple[Path, ...]:
    """Draw the sample pictures into ``folder`` (made if it is not there) unless they are there already."""
    from reelwright.media.animatic.samples import draw_samples

    folder.mkdir(parents=True, exist_ok=True)
    return tuple(await asyncio.to_thread(draw_samples, folder))
