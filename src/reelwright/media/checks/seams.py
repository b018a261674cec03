"""Seams: a shot that goes on from the one before it must not jump where they meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from reelwright.media.base.frame_reader import decode_frames
from reelwright.reason import build_reason

JUMP: Final = 18.0
"""Mean difference of two frames, in 8-bit levels, at which an eye sees another picture. A cut to another place differs
by 40 and more, a model's own drift of colour and grain by 3 to 10."""
BUSY: Final = 3.0
"""In a picture that moves fast by itself a jump must be this many times its usual difference from frame to frame."""
_HIGH: Final = 0.55
"""The upper part of the frame, where no type stands."""
_ACROSS: Final = 96


def find_seam_jumps(film: Path, shots: Sequence[Mapping[str, Any]], fps: tuple[int, int]) -> Iterator[dict[str, Any]]:
    """Yield a finding for every shot that ``continues`` and whose first frame differs from the last before it."""
    for shot in shots:
        at = int(shot["start"])
        if not shot.get("continues") or at < 2:
            continue
        before, last, first, after = _around(film, at, fps)
        jump = _apart(last, first)
        usual = max(_apart(before, last), _apart(first, after))
        if jump > max(JUMP, BUSY * usual):
            reason = build_reason("seam_jumps", levels=round(float(jump)))
            yield {"check": "seam", "shot": shot["shot"], "reason": reason.to_json()}


def _around(film: Path, at: int, fps: tuple[int, int]) -> list[np.ndarray]:
    """Return the frames ``at - 2`` to ``at + 1``, small and grey."""
    rate = Fraction(*fps)
    found: dict[int, np.ndarray] = {}
    for frame in decode_frames(film, (at - 2) / rate):
        number = round(Fraction(frame.pts) * frame.time_base * rate)
        if at - 2 <= number <= at + 1:
            found[number] = _small(frame)
        if number >= at + 1:
            break
    near = [found[n] for n in range(at - 2, at + 2) if n in found]
    return near if len(near) == 4 else [near[0] if near else np.zeros((1, 1))] * 4


def _small(frame: Any) -> np.ndarray:
    high = max(2, round(_ACROSS * frame.height / frame.width))
    grey: np.ndarray = frame.reformat(width=_ACROSS, height=high, format="gray").to_ndarray()
    return grey[: max(1, round(high * _HIGH))].astype(np.float32)


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())
