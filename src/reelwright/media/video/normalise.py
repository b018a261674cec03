"""A filter chain that brings any picture, of any size, rate, shape and colour, to the house format."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from reelwright.errors import WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import Probe, probe
from reelwright.media.pictures.reframing import Framing, find_framing
from reelwright.media.video.preroll import drop_unused_frames
from reelwright.units import convert_seconds_to_frames

HELD_FRAMES: Final = 2
"""A source may be this many frames too short: its last frame is held, and the facts say so."""
MOST_EASING: Final = Fraction(6, 100)
"""Share of its window that a too short source may make up for by speed, or by an earlier start."""
_MARGIN_S: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """A source with the filters that normalise it. ``inputs``: arguments that open the source. ``chain``: filters for
    its stream ``index``, ending at yuv420p of the wanted size and rate, exactly as many frames as wanted. ``notes``:
    what was changed, in plain words.
    """

    inputs: list[str]
    index: int
    chain: str
    notes: tuple[str, ...]
    source: Probe


def normalise(
    path: Path,
    size: tuple[int, int],
    fps: tuple[int, int],
    start: int,
    length: int,
    room: Path,
    *,
    can_ease: bool = False,
    subject_window: tuple[int, int] | None = None,
    name: str = "picture",
) -> Normal:
    """Build the ffmpeg filters that bring frames [start, start + length) of ``path`` to the house format.

    Frames are counted at ``fps`` from ``find_first_moment``.

    ``can_ease``: a source that is a little too short is played slower, or shown from a little earlier. The last frame
    of one that is much too short is held: a person was asked about such a take before.

    ``subject_window``: first frame and number of frames in which the subject of the source is looked for, around which
    it is cropped; a subject that no crop holds is fitted into the frame. None: it is cropped about its middle.
    ``name``: a word that no other source of the same graph has.

    Raises ``WrongResult`` naming both lengths when a source that cannot be eased is shorter by more than two frames.
    """
    found = probe(path)
    start, slower, repaired = find_easing(found, fps, start, length) if can_ease else (start, None, [])
    if can_ease:
        start = min(start, max(0, count_available_frames(found, fps) - 1))
    held = 0 if slower else _held(path, found, fps, start, length, can_hold=can_ease)
    skipped = max(0, start - convert_seconds_to_frames(Fraction(_MARGIN_S), fps))
    options = ["-threads", "2"]
    if found.has_alpha and found.codec in ("vp8", "vp9"):
        options += ["-c:v", "libvpx" if found.codec == "vp8" else "libvpx-vp9"]  # ffmpeg's own decoders drop alpha
    if skipped:
        options += ["-ss", f"{float(Fraction(skipped) / Fraction(*fps)):.6f}"]
    width, height = (found.height, found.width) if found.rotation % 180 else (found.width, found.height)
    framing = Framing(crop=_cover(width, height, _shape_of_pixel(found), size), size=size)
    if subject_window and framing.crop != (width, height):
        first, count = (Fraction(frames) / Fraction(*fps) for frames in subject_window)
        framing = find_framing(path, found, first, count, (width, height), _shape_of_pixel(found), size)
    filters, notes = _shape(found, framing)
    filters += framing.build_fill(size, name)
    notes += [*framing.notes, *repaired]
    filters = [*_timing(found, fps, start - skipped, length, held, slower), *filters]
    if held:
        notes.append(f"it is {held} frame{'s' if held > 1 else ''} short: its last frame is held")
    if late := convert_seconds_to_frames(max(Fraction(0), found.lag), fps):
        notes.append(f"its picture starts {late} frame{'s' if late > 1 else ''} late: the first one is held")
    if not found.has_steady_rate or found.fps != Fraction(*fps):
        rate = f"{float(found.fps):.3f}".rstrip("0").rstrip(".")
        notes.append(
            f"{'a variable rate' if not found.has_steady_rate else f'{rate} frames a second'} brought to {_rate(fps)}"
        )
    opened = drop_unused_frames(
        path, found, start / Fraction(*fps), length / Fraction(*fps), room / f"way{len(list(room.iterdir()))}.mp4"
    )
    return Normal(
        inputs=ffmpeg.build_input(opened, *options),
        index=found.index,
        chain=",".join(filters),
        notes=tuple(notes),
        source=found,
    )


def find_first_moment(source: Probe, fps: tuple[int, int]) -> Fraction:
    """Return the moment, in seconds after its container starts, at which frame 0 of a source is shown at ``fps``.

    It is the moment nearest to the container's start from which the source's pictures lie on whole frames. Counted from
    the container's start itself, a picture that starts a part of a frame late was moved to the nearest frame, up to
    21 ms away from its sound at 24 fps. Picture and sound of a source both count from here.
    """
    rate = Fraction(*fps)
    return source.raster - round(source.raster * rate) / rate


def count_available_frames(source: Probe, fps: tuple[int, int]) -> int:
    """Count the frames at ``fps`` that a source can give."""
    return convert_seconds_to_frames(source.lag + source.duration - find_first_moment(source, fps), fps)


def find_easing(source: Probe, fps: tuple[int, int], start: int, length: int) -> tuple[int, Fraction | None, list[str]]:
    """Return the start of a source that is a little too short, how much slower it is played, and notes on both.

    Models deliver takes some frames shorter than they sell them: one shown to its end starts earlier, one shown from
    its start is played slower, by less than an eye can tell.
    """
    there = count_available_frames(source, fps)
    short = start + length - there
    if short <= HELD_FRAMES or short > length * MOST_EASING or there < 1:
        return start, None, []
    if start:
        earlier = min(start, short)
        if there >= start - earlier + length:
            return start - earlier, None, [f"it is {short} frames short: it is shown from {earlier} frames earlier"]
        return start, None, []
    percent = 100 * there // length
    return 0, Fraction(length + 1, there), [f"it is {short} frames short: it is played at {percent} % of its speed"]


def _held(path: Path, found: Probe, fps: tuple[int, int], start: int, length: int, *, can_hold: bool) -> int:
    there = count_available_frames(found, fps)
    held = max(0, start + length - there)
    if (held > HELD_FRAMES and not can_hold) or start >= there:
        raise WrongResult(
            code="clip_too_short", file=path.name, found=there, rate=_rate(fps), start=start, end=start + length
        )
    return held


def _timing(
    found: Probe, fps: tuple[int, int], first: int, length: int, held: int, slower: Fraction | None
) -> list[str]:
    filters = ["bwdif=mode=send_frame"] if found.is_interlaced else []
    if first_moment := find_first_moment(found, fps):
        filters.append(f"setpts=round(PTS-{float(first_moment):.9f}/TB)")
    if slower:
        filters.append(f"setpts=PTS*{slower.numerator}/{slower.denominator}")
    filters.append(f"fps={fps[0]}/{fps[1]}:start_time=0")
    if held:
        filters.append(f"tpad=stop_mode=clone:stop={held}")
    filters += [f"trim=start_frame={first}:end_frame={first + length}", "setpts=PTS-STARTPTS"]
    return filters


def _shape(found: Probe, framing: Framing) -> tuple[list[str], list[str]]:
    """Crop to the wanted part in the source's own pixels, scale once, bring the colours to BT.709."""
    notes = [f"turned upright by {found.rotation} degrees"] if found.rotation else []
    if found.is_interlaced:
        notes.append("interlaced lines were joined")
    width, height = (found.height, found.width) if found.rotation % 180 else (found.width, found.height)
    crop, size = framing.crop, framing.size
    filters = []
    if crop != (width, height):
        place = f":{framing.place[0]}:{framing.place[1]}" if framing.place else ""
        filters.append(f"crop={crop[0]}:{crop[1]}{place}:exact=1")
        notes.append(f"{width}x{height} cropped to {crop[0]}x{crop[1]}")
    scaled = crop != size
    if scaled:
        notes.append(f"scaled to {size[0]}x{size[1]}")
    if scaled or not _plain(found):
        filters.append(_scale(found, size))
    if found.is_hdr:
        filters.append(_TONE_MAPPED)
        notes.append("HDR brought to BT.709 (best effort)")
    if found.has_alpha:
        filters.append(_OVER_BLACK)
        notes.append("transparency laid over black")
    return [*filters, "format=yuv420p", "setsar=1"], notes


_TONE_MAPPED: Final = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
    "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
)
_OVER_BLACK: Final = "format=gbrap,premultiply=inplace=1,format=gbrp,scale=out_color_matrix=bt709:out_range=tv"
"""Colour times its own alpha: the same as laying it over black, and it needs no second input."""


def _shape_of_pixel(found: Probe) -> Fraction:
    """Return how wide a pixel of the upright source is for its height."""
    return 1 / found.sar if found.rotation % 180 else found.sar


def _cover(width: int, height: int, shape: Fraction, size: tuple[int, int]) -> tuple[int, int]:
    """Return the largest part of the source's pixels (each ``shape`` wide) that has the aspect of ``size``."""
    aspect = Fraction(*size) / shape
    if Fraction(width, height) > aspect:
        return max(1, round(height * aspect)), height
    return width, max(1, round(width / aspect))


def _plain(found: Probe) -> bool:
    told_709 = found.color[2] == 1 or (found.color[2] == 2 and not _small(found))
    return found.pix_fmt == "yuv420p" and not found.is_full_range and told_709


def _scale(found: Probe, size: tuple[int, int]) -> str:
    """Return the scale filter.

    A source without a colour matrix is taken for BT.709 when it is HD, else BT.601, as players do.
    """
    given = "auto" if found.color[2] != 2 else ("bt601" if _small(found) else "bt709")
    colour = "" if found.is_hdr else f":in_color_matrix={given}:out_color_matrix=bt709:out_range=tv"
    return f"scale={size[0]}:{size[1]}:flags=lanczos{colour}"


def _small(found: Probe) -> bool:
    return min(found.width, found.height) < 720


def _rate(fps: tuple[int, int]) -> str:
    return f"{float(Fraction(*fps)):.3f}".rstrip("0").rstrip(".") + " fps"
