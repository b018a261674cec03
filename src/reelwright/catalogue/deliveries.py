"""Compares a delivered take with what was sold: its length, its size in pixels and its sound."""

from __future__ import annotations

from typing import Final

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.snapping import get_frame_rate, get_short_side, snap_requested_size
from reelwright.reason import Reason, build_reason
from reelwright.reel.graph.outcome import TakeMeasures
from reelwright.reel.graph.request import Request

MAX_MISSING_SHARE: Final = 0.1
MAX_MISSING_MS: Final = 300
"""A take is short if it lacks more than this share of its length and more than these milliseconds. Models round to
their own numbers of frames: Mochi's 5.4 s are 163 frames at 30, which is 5.43 s; Wan's 5 s are 81 frames at 16, 5.06 s.
"""
MIN_AREA_SHARE: Final = 0.75
"""A take is small if it has less than this share of the pixels sold. Models keep to multiples of 16 or 32 pixels and to
an area rather than to a height: 720p comes as 1280x704 or 1248x704 (0.95), 480p as 832x480 (0.97). The next lower
resolution that anybody sells beside it is caught: 720p for 1080p is 0.44, 480p for 720p is 0.44, 540p for 720p is 0.56.
768p and 720p (0.88) cannot be told apart so.
"""
MAX_AREA_ASPECT: Final = 16 / 9
"""Wider pictures than this are sold by the area of a 16:9 picture: 21:9 at 720p comes as 1504x640 or 1470x630."""
MAX_ASPECT_DEVIATION: Final = 0.05
"""A take has another shape if its aspect ratio differs by more than this share from the one sold. Multiples of 16
pixels cost up to 0.025 (832x480 for 16:9, 1104x832 for 4:3). The nearest aspects that are sold, 4:5 and 3:4, differ by
0.067.
"""
SHORTFALL_CHECKS: Final = {"take_short": "short", "take_small": "small", "take_misshapen": "shape", "take_mute": "mute"}
"""By the code of a shortfall, the name of the check that finds it in a film."""


def find_shortfalls(request: Request, row: Model | None, came: TakeMeasures) -> tuple[Reason, ...]:
    """Return in what a take falls short of its ``request``, each with what was ordered and what came; empty if in
    nothing.

    ``row``: the model as the catalogue has it; None if it has not. More than what was ordered is no shortfall.
    """
    found = []
    ms = _get_sold_ms(request, row)
    if ms - came.ms > max(MAX_MISSING_MS, ms * MAX_MISSING_SHARE):
        found.append(build_reason("take_short", ordered_s=ms / 1000, found_s=came.ms / 1000))
    found += _compare_sizes(request, row, came)
    is_sound_sold = request.sound is True or (row is not None and row.sound == "always" and request.sound is None)
    if is_sound_sold and not came.has_sound:
        found.append(Reason("take_mute"))
    return tuple(found)


def _get_sold_ms(request: Request, row: Model | None) -> int:
    """Return the length in milliseconds that was sold; 0 if the request names none."""
    if row is not None and "frames" in request.extra:
        return int(request.extra["frames"]) * 1000 // get_frame_rate(request, row)
    return request.ms or 0


def _compare_sizes(request: Request, row: Model | None, came: TakeMeasures) -> list[Reason]:
    wide, high = came.width, came.height
    size = snap_requested_size(request, row).value if row and row.sizes else request.extra.get("size")
    aspect = size[0] / size[1] if size else _parse_aspect(request.aspect if row is None or row.aspects else None)
    shape, area_name = (f"{size[0]}x{size[1]}",) * 2 if size else (request.aspect, request.resolution)
    found = []
    if aspect and abs(wide / high / aspect - 1) > MAX_ASPECT_DEVIATION:
        found.append(build_reason("take_misshapen", ordered=shape, found=f"{wide}x{high}"))
    area = size[0] * size[1] if size else _compute_sold_area(request, aspect or wide / high)
    if wide * high < area * MIN_AREA_SHARE:
        found.append(build_reason("take_small", ordered=area_name, found=f"{wide}x{high}"))
    return found


def _compute_sold_area(request: Request, aspect: float) -> float:
    """Return the pixels of the resolution that was sold; 0 if the request names none, or one that is no height."""
    try:
        side = get_short_side(request.resolution) if request.resolution else 0
    except ValueError:
        return 0
    return side**2 * min(max(aspect, 1 / aspect), MAX_AREA_ASPECT)


def _parse_aspect(aspect: str | None) -> float | None:
    parts = (aspect or "").split(":")
    return int(parts[0]) / int(parts[1]) if len(parts) == 2 and all(part.isdigit() for part in parts) else None
