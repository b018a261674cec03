"""Snaps lengths, sizes and numbers of frames to the nearest ones that a model sells."""

from __future__ import annotations

from typing import Any

from reelwright.catalogue.model_row import Model
from reelwright.errors import BadInput
from reelwright.reel.base.value import define_value
from reelwright.reel.graph.request import Request
from reelwright.units import compute_size


@define_value
class SnappedFrames:
    """A number of frames that a model makes, in place of the requested one. ``message`` describes the change; empty if
    there is none.
    """

    value: int
    message: str = ""


@define_value
class SnappedSize:
    """A size (width, height) in pixels that a model makes, in place of the requested one. ``message`` describes the
    change; empty if there is none.
    """

    value: tuple[int, int]
    message: str = ""


def list_sold_lengths(row: Model, *, resolution: str | None = None, roles: tuple[str, ...] = ()) -> tuple[int, ...]:
    """Return the lengths in seconds, rising, that a model sells at that resolution and with inputs of those roles."""
    given: dict[str, tuple[str, ...]] = {"resolution": (resolution,) if resolution else (), "inputs": roles}
    found = set(row.seconds)
    for limit in row.limits:
        if all(set(values) & set(given.get(field, ())) for field, values in limit.when.items()):
            found &= set(limit.needs.get("seconds", found))
    return tuple(sorted(found))


def snap_length(row: Model, ms: int, *, resolution: str | None = None, roles: tuple[str, ...] = ()) -> int:
    """Return the shortest length in ms that the model sells and that is at least ``ms``. Raises ``BadInput`` above the
    longest.
    """
    sold = list_sold_lengths(row, resolution=resolution, roles=roles)
    for seconds in sold:
        if seconds * 1000 >= ms:
            return seconds * 1000
    raise BadInput("seconds", f"{ms / 1000:g}", f"for {row.name}: at most {sold[-1] if sold else 0} s")


def snap_frames(row: Model, frames: int) -> SnappedFrames:
    """Return the lowest number of frames that the model makes and that is at least ``frames``. Raises ``BadInput``
    above its most.
    """
    rule = row.frames
    if rule is None:
        return SnappedFrames(value=frames)
    if frames > rule.most:
        raise BadInput("frames", frames, f"for {row.name}: at most {rule.most}")
    least = max(frames, rule.least)
    value = -(-(least - rule.plus) // rule.step) * rule.step + rule.plus
    reason = f"{row.name} makes {rule.step}·k + {rule.plus} frames from {rule.least} to {rule.most}"
    return SnappedFrames(value=value, message="" if value == frames else f"{frames} frames become {value}: {reason}")


def snap_size(row: Model, size: tuple[int, int]) -> SnappedSize:
    """Return the size that the model makes and that is nearest to ``size``, in aspect ratio first and then in area."""
    if row.sizes is None or is_size_sold(row, size):
        return SnappedSize(value=size)
    if row.sizes.choices:
        wanted = size[0] / size[1]
        value = min(
            row.sizes.choices,
            key=lambda one: (abs(one[0] / one[1] - wanted), abs(one[0] * one[1] - size[0] * size[1])),
        )
    else:
        value = (_side(row, size[0]), _side(row, size[1]))
    message = f"{size[0]}x{size[1]} becomes {value[0]}x{value[1]}: {row.name} makes {describe_sizes(row)}"
    return SnappedSize(value=value, message=message)


def snap_requested_frames(request: Request, row: Model) -> SnappedFrames:
    """Return the number of frames that the model makes for the length and frame rate of ``request``."""
    wanted = int(request.extra.get("frames") or -(-(request.ms or 0) * get_frame_rate(request, row) // 1000))
    return snap_frames(row, wanted)


def get_frame_rate(request: Request, row: Model) -> int:
    """Return the frames per second that ``request`` asks for, else those of the model."""
    return int(request.extra.get("fps") or (row.frames.fps if row.frames else row.fps or 24))


def snap_requested_size(request: Request, row: Model) -> SnappedSize:
    """Return the size in pixels of ``request``: the one it names, else the model's size for its aspect ratio and
    resolution.
    """
    if size := request.extra.get("size"):
        return SnappedSize(value=(size[0], size[1]))
    aspect: Any = request.aspect or "16:9"
    return snap_size(row, compute_size(aspect, get_short_side(request.resolution or row.resolutions[0])))


def get_short_side(resolution: str) -> int:
    """Return the short side in pixels of a resolution: ``720p`` is 720, ``4k`` is 2160."""
    named = {"1k": 1024, "2k": 1440, "4k": 2160}
    return named[resolution] if resolution in named else int(resolution.removesuffix("p"))


def describe_changes(request: Request, row: Model) -> tuple[str, ...]:
    """Return sentences on how the model's frames and size differ from the request's; empty if they do not."""
    if row.kind != "video" or row.frames is None:
        return ()
    frames = snap_requested_frames(request, row)
    seconds = f" ({frames.value / get_frame_rate(request, row):.2f} s)" if frames.message else ""
    return tuple(
        message for message in (f"{frames.message}{seconds}", snap_requested_size(request, row).message) if message
    )


def _side(row: Model, side: int) -> int:
    rule = row.sizes
    assert rule, "only called where there is a rule"
    nearest = (2 * side + rule.multiple) // (2 * rule.multiple) * rule.multiple
    low, high = -(-rule.least // rule.multiple) * rule.multiple, rule.most // rule.multiple * rule.multiple
    return min(max(nearest, low), high)


def is_size_sold(row: Model, size: tuple[int, int]) -> bool:
    """Whether the model makes videos of that width and height in pixels."""
    rule = row.sizes
    if rule is None:
        return False
    if rule.choices:
        return size in rule.choices
    return all(side % rule.multiple == 0 and rule.least <= side <= rule.most for side in size)


def describe_sizes(row: Model) -> str:
    """Return the sizes in pixels that the model makes, in words for a message."""
    rule = row.sizes
    if rule is None:
        return "no size"
    if rule.choices:
        return ", ".join(f"{width}x{height}" for width, height in rule.choices)
    return f"sides that are multiples of {rule.multiple} from {rule.least} to {rule.most}"
