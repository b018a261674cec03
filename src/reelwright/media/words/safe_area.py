"""The safe area: the part of a frame where words may stand, clear of what players and platforms draw over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SafeArea:
    """The safe area of a frame, in pixels of the frame.

    ``centre``: the axis of centred words. ``caption_baseline``: baseline of a caption's last line.
    """

    left: float
    top: float
    right: float
    bottom: float
    centre: float
    caption_baseline: float
    unit: float

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class _Kept:
    """Reference figures for one aspect: the frame, then the margins that words keep: top, bottom, left, right.

    ``caption_baseline`` as in ``SafeArea``.
    """

    frame: tuple[int, int]
    out: tuple[int, int, int, int]
    caption_baseline: int
    share: float


_KEPT: Final = {
    "9:16": _Kept((1080, 1920), (270, 672, 65, 150), 1158, 1.0),
    "16:9": _Kept((1920, 1080), (72, 72, 96, 96), 948, 0.68),
    "1:1": _Kept((1080, 1080), (54, 54, 54, 54), 968, 0.88),
    "4:5": _Kept((1080, 1350), (67, 67, 54, 54), 1210, 0.88),
}
"""Source: craft.md 4.1 (universal 9:16; title safe and the bottom 110 px of a player on 16:9), read 2026-11-20.

``share``: widest caption as a part of the width; 68 % on 16:9 (BBC, craft.md 4.3), elsewhere what the box leaves.
"""


def compute_safe_area(size: tuple[int, int], *, is_mirrored: bool = False) -> SafeArea:
    """Compute the part of a frame of ``size`` pixels that players and platforms draw nothing over: words stand there.

    ``is_mirrored``: for a right-to-left interface, whose rail is on the left.
    """
    kept = _nearest(size)
    across, down = size[0] / kept.frame[0], size[1] / kept.frame[1]
    top, bottom, left, right = kept.out
    if is_mirrored:
        left, right = right, left
    edges = (left * across, (kept.frame[0] - right) * across)
    return SafeArea(
        left=edges[0],
        top=top * down,
        right=edges[1],
        bottom=(kept.frame[1] - bottom) * down,
        centre=sum(edges) / 2,
        caption_baseline=kept.caption_baseline * down,
        unit=min(size) / min(kept.frame),
    )


def compute_caption_width(size: tuple[int, int]) -> float:
    """Compute the width of the widest caption in pixels."""
    return min(compute_safe_area(size).width, _nearest(size).share * size[0])


def _nearest(size: tuple[int, int]) -> _Kept:
    shape = size[0] / size[1]
    return min(_KEPT.values(), key=lambda kept: abs(kept.frame[0] / kept.frame[1] - shape))
