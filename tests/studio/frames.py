"""Decoded pictures and samples of a film, as hashes: the same film has the same, whatever its container says."""

from __future__ import annotations

import hashlib
from pathlib import Path


def pictures(path: Path) -> list[str]:
    """A hash for each decoded frame."""
    import av

    with av.open(str(path)) as container:
        return [hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest() for frame in container.decode(video=0)]


def sound(path: Path) -> str:
    """One hash for all decoded samples."""
    import av

    whole = hashlib.sha256()
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            whole.update(frame.to_ndarray().tobytes())
    return whole.hexdigest()
