"""The camera over a person's picture: a cover crop that pushes, pulls or pans, below a pixel at a time."""

from __future__ import annotations

from dataclasses import dataclass

from reelwright.media.drawing.layers import Box

_BLEED = 0.04  # parts of the frame that stay outside on every side of a pan. Source: craft.md 8.5, read 2026-11-20
_SPEED = 0.045  # parts of the frame a second: 3 to 6 per cent read as alive, more as hurried. Source: the same
_EASED = 0.10  # part of the shot at either end in which the move gathers and loses speed
_MOST_UPSCALE = 1.15
_FURTHEST = 1.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A move from one crop of the picture to another, over ``frames`` frames. Boxes in picture pixels."""

    first: Box
    last: Box
    frames: int

    def crop(self, frame: float) -> Box:
        """Compute the part of the picture that ``frame`` shows;
        it moves along a straight line, at constant speed but for both ends.
        """
        part = compute_travel(frame / max(1, self.frames - 1))
        left, top, right, bottom = (a + (b - a) * part for a, b in zip(self.first, self.last, strict=True))
        return Box(left, top, right, bottom)


def compute_travel(progress: float) -> float:
    """Return the part of the way that is done after a part of the time:
    speed ramps up over the first tenth and down over the last.
    """
    progress = min(1.0, max(0.0, progress))
    whole = 1 - _EASED
    if progress < _EASED:
        return progress * progress / (2 * _EASED) / whole
    if progress > 1 - _EASED:
        return 1 - (1 - progress) ** 2 / (2 * _EASED) / whole
    return (progress - _EASED / 2) / whole


def plan_move(
    picture: tuple[int, int], frame: tuple[int, int], focus: tuple[float, float], move: str, seconds: float, frames: int
) -> Camera:
    """Plan a move over a picture of ``picture`` pixels that fills a frame of ``frame`` pixels throughout.

    Towards or away from ``focus`` (parts of the picture) for push and pull, along one axis for the rest. Never shows
    a picture pixel larger than 1.15 frame pixels beyond what the cover crop itself needs.
    """
    wide, high = picture
    cover = max(frame[0] / wide, frame[1] / high)
    base = (frame[0] / cover, frame[1] / cover)
    reach = min(_SPEED * seconds, _FURTHEST - 1)
    room = max(1.0, _MOST_UPSCALE / max(cover, 1e-6)) if cover < _MOST_UPSCALE else 1.02
    if move in ("push", "pull"):
        near = _around(base, min(1 + reach, max(1.015, room)), picture, focus)
        far = _around(base, 1.0, picture, focus)
        first, last = (far, near) if move == "push" else (near, far)
        return Camera(first=first, last=last, frames=frames)
    return _pan(base, min(1 + 2 * _BLEED, max(1.02, room)), picture, focus, move, reach, frames)


def _around(base: tuple[float, float], zoom: float, picture: tuple[int, int], focus: tuple[float, float]) -> Box:
    wide, high = base[0] / zoom, base[1] / zoom
    left = min(max(focus[0] * picture[0] - wide / 2, 0), picture[0] - wide)
    top = min(max(focus[1] * picture[1] - high / 2, 0), picture[1] - high)
    return Box(left, top, left + wide, top + high)


def _pan(
    base: tuple[float, float],
    zoom: float,
    picture: tuple[int, int],
    focus: tuple[float, float],
    move: str,
    reach: float,
    frames: int,
) -> Camera:
    """Plan a pan with half the way before the focus and half after it, as far as the picture goes."""
    middle = _around(base, zoom, picture, focus)
    across = move in ("left", "right")
    spare = picture[0] - middle.width if across else picture[1] - middle.height
    way = min(reach * (middle.width if across else middle.height), spare)
    start = middle.left if across else middle.top
    start = min(max(start - way / 2, 0), spare - way)
    ends = [_moved(middle, start, across), _moved(middle, start + way, across)]
    first, last = reversed(ends) if move in ("left", "up") else ends
    return Camera(first=first, last=last, frames=frames)


def _moved(box: Box, start: float, across: bool) -> Box:
    if across:
        return Box(start, box.top, start + box.width, box.bottom)
    return Box(box.left, start, box.right, start + box.height)
