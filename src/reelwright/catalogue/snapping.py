"""What a model sells in place of what is wanted: the next length, the nearest size, whole clips of frames."""

from __future__ import annotations

from typing import Any

from reelwright.catalogue.model import Condition, Model
from reelwright.errors import BadInput
from reelwright.reel.noun import noun
from reelwright.reel.request import Request
from reelwright.units import size_of


@noun
class Snapped:
    """``value`` is sold; ``said`` tells the change in a sentence, empty where there is none."""

    value: int
    said: str = ""


@noun
class SnappedSize:
    """As ``Snapped``: width and height in pixels."""

    value: tuple[int, int]
    said: str = ""


def lengths_sold(row: Model, *, resolution: str | None = None, roles: tuple[str, ...] = ()) -> tuple[int, ...]:
    """The whole seconds that may be bought at that resolution with those inputs, rising."""
    given: dict[str, tuple[str, ...]] = {"resolution": (resolution,) if resolution else (), "inputs": roles}
    found = set(row.seconds)
    for limit in row.limits:
        if all(_meets(one, given) for one in limit.when):
            for needed in limit.needs:
                found &= {s for s in found if needed.field != "seconds" or s in needed.values}
    return tuple(sorted(found))


def _meets(condition: Condition, given: dict[str, tuple[str, ...]]) -> bool:
    return any(value in condition.values for value in given.get(condition.field, ()))


def length_sold(row: Model, ms: int, *, resolution: str | None = None, roles: tuple[str, ...] = ()) -> int:
    """The shortest length sold, in ms, that holds ``ms``. Raises ``BadInput`` above the longest: buy in pieces."""
    sold = lengths_sold(row, resolution=resolution, roles=roles)
    for seconds in sold:
        if seconds * 1000 >= ms:
            return seconds * 1000
    raise BadInput("seconds", f"{ms / 1000:g}", f"for {row.name}: at most {sold[-1] if sold else 0} s")


def frames_sold(row: Model, frames: int) -> Snapped:
    """The next number of frames that the model makes, up to its most. Raises ``BadInput`` above that."""
    rule = row.frames
    if rule is None:
        return Snapped(value=frames)
    if frames > rule.most:
        raise BadInput("frames", frames, f"for {row.name}: at most {rule.most}")
    least = max(frames, rule.least)
    value = -(-(least - rule.plus) // rule.step) * rule.step + rule.plus
    said = f"{row.name} makes {rule.step}·k + {rule.plus} frames from {rule.least} to {rule.most}"
    return Snapped(value=value, said="" if value == frames else f"{frames} frames become {value}: {said}")


def size_sold(row: Model, size: tuple[int, int]) -> SnappedSize:
    """The size sold that is nearest to ``size``, in shape first and then in area."""
    if row.sizes is None or is_size_sold(row, size):
        return SnappedSize(value=size)
    if row.sizes.listed:
        wanted = size[0] / size[1]
        value = min(
            row.sizes.listed,
            key=lambda one: (abs(one[0] / one[1] - wanted), abs(one[0] * one[1] - size[0] * size[1])),
        )
    else:
        value = (_side(row, size[0]), _side(row, size[1]))
    said = f"{size[0]}x{size[1]} becomes {value[0]}x{value[1]}: {row.name} makes {sizes_said(row)}"
    return SnappedSize(value=value, said=said)


def frames_asked(request: Request, row: Model) -> Snapped:
    """The frames of a request to a model that sells whole clips of frames, at the rate that it asks for."""
    wanted = int(request.extra.get("frames") or -(-(request.ms or 0) * rate_asked(request, row) // 1000))
    return frames_sold(row, wanted)


def rate_asked(request: Request, row: Model) -> int:
    """Frames a second."""
    return int(request.extra.get("fps") or (row.frames.fps if row.frames else row.fps or 24))


def size_asked(request: Request, row: Model) -> SnappedSize:
    """Width and height of a request: as it says, else those of its aspect and resolution."""
    if size := request.extra.get("size"):
        return SnappedSize(value=(size[0], size[1]))
    aspect: Any = request.aspect or "16:9"
    return size_sold(row, size_of(aspect, short_side(request.resolution or row.resolutions[0])))


def short_side(resolution: str) -> int:
    """Pixels of the short side: ``720p`` is 720, ``4k`` is 2160."""
    named = {"1k": 1024, "2k": 1440, "4k": 2160}
    return named[resolution] if resolution in named else int(resolution.removesuffix("p"))


def said_of(request: Request, row: Model) -> tuple[str, ...]:
    """What a person should know of the frames and the size that are made in place of those that are asked for."""
    if row.kind != "video" or row.frames is None:
        return ()
    frames = frames_asked(request, row)
    seconds = f" ({frames.value / rate_asked(request, row):.2f} s)" if frames.said else ""
    return tuple(said for said in (f"{frames.said}{seconds}", size_asked(request, row).said) if said)


def _side(row: Model, side: int) -> int:
    rule = row.sizes
    assert rule, "only called where there is a rule"
    nearest = (2 * side + rule.multiple) // (2 * rule.multiple) * rule.multiple
    low, high = -(-rule.least // rule.multiple) * rule.multiple, rule.most // rule.multiple * rule.multiple
    return min(max(nearest, low), high)


def is_size_sold(row: Model, size: tuple[int, int]) -> bool:
    """Whether that width and height may be asked for."""
    rule = row.sizes
    if rule is None:
        return False
    if rule.listed:
        return size in rule.listed
    return all(side % rule.multiple == 0 and rule.least <= side <= rule.most for side in size)


def sizes_said(row: Model) -> str:
    """The sizes sold, in words."""
    rule = row.sizes
    if rule is None:
        return "no size"
    if rule.listed:
        return ", ".join(f"{width}x{height}" for width, height in rule.listed)
    return f"sides that are multiples of {rule.multiple} from {rule.least} to {rule.most}"
