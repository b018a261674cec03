"""Reveal: out of an empty frame a slab of colour, the product on it, and the name whole on the ground beside it."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.treatments import Picture
from reelwright.media.looks.slam.joins import build_up
from reelwright.media.looks.slam.motifs import add_contact_shadow, add_product, find_room
from reelwright.media.staging.lines import compute_baselines, fit_small_block, limit_line_heights, make_rise_clip
from reelwright.media.staging.pictures import add_screen, fill_with
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage

_SHORT: Final = 28
"""Most letters of what a name is that may stand large under it."""


def set_reveal(stage: Stage) -> None:
    """Stage the beat ``reveal``: a slab of colour lands with the product on it and the name beside it."""
    stage.ground = stage.palette.bg
    land = _downbeat(stage)
    stage.add_shake(land)
    if stage.shape == "wide":
        _wide(stage, land)
    else:
        _tall(stage, land)


def _downbeat(stage: Stage) -> float:
    """Return the frame that the slab lands on:
    the music's first hit, or the cut itself where that comes too late to wait.
    """
    latest = min(stage.to_frames(8), stage.request.frames * 0.2)
    first = next((hit for hit in stage.request.hits if hit <= latest), 0)
    return float(first) if first >= stage.to_frames(3) else 0.0


def _arrive(stage: Stage, land: float, index: int) -> float:
    """Return the frame on which a line of the name comes: a film that begins with it has its first line from the start,
    since an empty slab stops nobody.
    """
    if stage.request.previous_beat is None and not index:
        return -stage.to_frames(60)
    return land + stage.to_frames(3 + 4 * index)


def _name(stage: Stage, width: float, height: float, lines: int) -> list[FittedLine]:
    """Fit the name into up to ``lines`` lines of one size."""
    fitted = stage.fit_block(stage.get_words("name"), width, height, lines=lines)
    fitted = limit_line_heights(fitted, stage.height * 0.42)
    stage.record_fit(fitted[0].ink.cap * fitted[0].size, 120 * stage.u)
    return fitted


def _tall(stage: Stage, land: float) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    kicker = stage.get_words("kicker")
    top = live.top + (40 if stage.shape == "tall" else 0) * u + (76 * u if kicker else 0)
    room = {"tall": 620, "portrait": 520, "square": 380}[stage.shape] * u
    lines = _name(stage, live.width, room, 3)
    gap = 30 * u
    lows = compute_baselines(lines, top, gap)
    below = lows[-1] + max(0.0, lines[-1].ink.bottom) * lines[-1].size
    rest = _rest_below(stage, lines)
    slab = _band(stage, below + rest, 0.0 if stage.pictures else _under_name(stage))
    _ghost(stage, lines[0], land)
    _slab(stage, slab, land, dx=-1300 * u, clear=below)
    picture = stage.choose_picture()
    if picture is None:
        _motif(stage, slab, land)
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        at = _arrive(stage, land, index)
        moves = (
            (stage.slide(at, dy=line.height * 1.2, kind="rise"),)
            if index == 0
            else (stage.slide(at, dx=-stage.width, kind="rise"),)
        )
        clips = (make_rise_clip(stage, line, low),) if index == 0 else ()
        motion = Motion(moves=moves, clips=clips, group=f"name {index}")
        stage.add_line(line, live.left, low, palette.text, palette.bg, motion)
    if picture is not None:
        middle = (max(y for _, y in slab if y < stage.height * 1.5) + below + rest) / 2
        _product(
            stage,
            picture,
            slab,
            stage.width * 0.52,
            min(middle + rest * 0.5, stage.height * (0.84 if rest else 0.76)),
            1230 * u,
            stage.height - below - rest,
            land,
            below + rest + 14 * u if rest or stage.shape == "tall" else below - 0.2 * lines[-1].height,
        )
    if kicker:
        motion = Motion(moves=(stage.fade(land + stage.to_frames(20), stage.to_frames(7)),), group="small")
        stage.add_label(kicker, live.left, top - 34 * u, palette.accent_text, palette.bg, motion)
    _descriptor_tall(stage, lines, lows, below, slab, land)


def _under_name(stage: Stage) -> float:
    """Return the pixels that the descriptor takes between the name and the band."""
    text = stage.get_words("descriptor")
    return _depth(_below_name(stage, text)) + 60 * stage.u if text else 0.0


def _band(stage: Stage, below: float, more: float) -> list[Point]:
    """Make the accent band under the name, and under the ``more`` pixels that its descriptor takes."""
    slope, u = stage.look.slope, stage.u
    reach = stage.width * 0.06
    deep = {"tall": 690, "portrait": 470, "square": 420}[stage.shape] * u
    rise = stage.width * slope
    start = below + (235 * u if stage.pictures else more + rise + 30 * u)
    start = min(start, stage.height * (0.84 if stage.pictures else 0.98))
    return [
        (-reach, start + reach * slope),
        (stage.width + reach, start - rise - reach * slope),
        (stage.width + reach, start - rise + deep - reach * slope),
        (-reach, start + deep + reach * slope),
    ]


def _slab(stage: Stage, slab: list[Point], land: float, *, dx: float = 0, dy: float = 0, clear: float = 0) -> None:
    """Draw the slab with its dots. ``clear``: down to where no dots lie under the name."""
    palette = stage.palette
    build_up(stage, slab, land)
    motion = Motion(moves=(stage.slide(land, dx=dx, dy=dy, kind="slab"),), group="slab")
    stage.add_polygon(slab, palette.accent, motion)
    shape = stage.to_frame_path(slab).computeTightBounds()
    top, bottom = max(0.0, clear, shape.top()), min(float(stage.height), shape.bottom())
    toward = "down" if stage.shape == "wide" else "left" if stage.pictures else "right"
    clip = stage.make_clip(slab)
    stage.add_dots(
        0,
        top,
        stage.width,
        bottom,
        toward,
        palette.shade,
        densest=0.40,
        gamma=3.2 if stage.shape == "wide" else 1.7,
        cell=1.1,
        motion=Motion(moves=(stage.fade(land + stage.to_frames(3), stage.to_frames(5)),), clips=(clip,), group="slab"),
    )


def _ghost(stage: Stage, line: FittedLine, land: float) -> None:
    """Draw the name again at the foot, outlined, wider than the frame and drifting."""
    size = (stage.width * 1.16) / line.ink.width
    size = min(size, stage.height * 0.3 / line.ink.height)
    low = stage.height - line.ink.bottom * size + line.ink.height * size * 0.12
    moves = (stage.fade(land + stage.to_frames(12), stage.to_frames(10)), stage.drift(dx=-0.45))
    motion = Motion(moves=(*moves, stage.march(land + stage.to_frames(28), dx=-46)), group="ghost")
    stage.add_echo(line.ink, size, -stage.width * 0.04, low, stage.palette.dim, 0.34, motion)


def _motif(stage: Stage, slab: list[Point], land: float) -> None:
    """Draw two more bars that race along the slab, so that the colour has speed; for shots without a picture."""
    u, slope = stage.u, stage.look.slope
    for index, (lower, deep, start) in enumerate(((stage.height * 0.055, 46, 0.34), (stage.height * 0.115, 22, 0.62))):
        y = max(y for _, y in slab[2:]) + lower
        x = stage.width * start
        points = [
            (x, y - x * slope),
            (stage.width * 1.05, y - stage.width * 1.05 * slope),
            (stage.width * 1.05, y - stage.width * 1.05 * slope + deep * u),
            (x - 14 * u, y - x * slope + deep * u),
        ]
        stage.add_polygon(
            points,
            stage.palette.accent,
            Motion(
                moves=(stage.slide(land + stage.to_frames(2 + 2 * index), dx=stage.width, kind="picture"),),
                group="slab",
            ),
        )


def _product(
    stage: Stage,
    picture: Picture,
    slab: list[Point],
    x: float,
    y: float,
    width: float,
    height: float,
    land: float,
    top: float,
) -> None:
    u = stage.u
    at = land + stage.to_frames(2) if stage.request.previous_beat else -stage.to_frames(60)
    moves = (
        stage.slide(at, dx=-1500 * u, dy=320 * u, turn=-6),
        stage.push(0.026, at + stage.to_frames(10)),
        stage.nudge(land + stage.to_frames(24), dx=14, dy=-5),
    )
    motion = Motion(moves=moves, group="picture")
    if picture.kind == "cutout":
        size = min(width, height * 0.98 * picture.ratio)
        if stage.shape != "wide" and picture.ratio >= 1.2:
            size = width
        tilt = -14 if picture.ratio > 1 else 8
        if picture.is_sticker:
            free = find_room(stage, 1110 * u, top)
            return add_product(stage, picture, size, tilt, stage.palette.accent, (x, y), motion, within=free)
        sprite = stage.make_product_sprite(picture, size, tilt, stage.palette.accent)
        if stage.shape != "wide" and picture.ratio <= 1:
            y = max(y, top + sprite.box.height / 2)
        shadow = Motion(moves=(stage.fade(at + stage.to_frames(5), stage.to_frames(5)),), group="picture")
        add_contact_shadow(stage, x, y + sprite.box.height * 0.42, sprite.box.width * 0.9, stage.palette.shade, shadow)
        stage.place(sprite, x, y, motion)
    elif picture.kind == "screen":
        add_screen(stage, picture, x, y, width * 0.74, height * 0.95, motion)
    else:
        inner = _inner(slab, 46 * u)
        fill_with(stage, picture, inner, motion=Motion(moves=(stage.slide(at, dx=1300 * u),), group="picture"))
    return None


def _inner(slab: list[Point], margin: float) -> list[Point]:
    """Make a slab within a slab: the accent stays as an edge above and below."""
    (a, b), (c, d), (e, f), (g, h) = slab
    return [(a, b + margin), (c, d + margin), (e, f - margin), (g, h - margin)]


def _rest_below(stage: Stage, lines: list[FittedLine]) -> float:
    """Return the pixels that the descriptor needs under the name,
    where there is a picture and no hole beside the last line.
    """
    text = stage.get_words("descriptor")
    if not text or not stage.pictures or _hole(stage, lines) > 0:
        return 0.0
    fitted = _below_name(stage, text)
    return _depth(fitted) + 60 * stage.u


def _below_name(stage: Stage, text: str) -> list[FittedLine]:
    beside = stage.has_own_picture
    largest = 56 if beside else 92 if len(text) <= _SHORT else 66
    return fit_small_block(
        stage, text, stage.live.width * (0.72 if beside else 0.92), 220 * stage.u, largest=largest, lines=2
    )


def _hole(stage: Stage, lines: list[FittedLine]) -> float:
    """Return the width of the room beside a short, tall last line; 0 where nothing fits in."""
    u = stage.u
    hole = stage.live.width - lines[-1].width - 36 * u
    enough = stage.has_own_picture and len(lines) > 1 and hole > 230 * u and lines[-1].height > 130 * u
    return hole if enough else 0.0


def _descriptor_tall(
    stage: Stage, lines: list[FittedLine], lows: list[float], below: float, slab: list[Point], land: float
) -> None:
    """Set the descriptor beside the short last line where there is a hole,
    else at the foot of the safe area on the ground.
    """
    text, u, live = stage.get_words("descriptor"), stage.u, stage.live
    if not text:
        return
    at = land + stage.to_frames(20)
    hole = _hole(stage, lines)
    if hole:
        top = lows[-1] + lines[-1].ink.top * lines[-1].size
        fitted = fit_small_block(stage, text, hole, lines[-1].height * 0.62, largest=46, lines=4)
        _paragraph(stage, fitted, live.left + lines[-1].width + 36 * u, top, at, stage.palette.text, stage.palette.bg)
        return
    fitted = _below_name(stage, text)
    deep = _depth(fitted)
    edge = slab[0][1] - (slab[0][1] - slab[1][1]) * 0.66
    under = slab[3][1] + 46 * u
    palette = stage.palette
    if below + 44 * u + deep < edge - 10 * u:
        _paragraph(stage, fitted, live.left, below + 44 * u, at, palette.text, palette.bg)
    elif under + deep < live.bottom:
        _paragraph(stage, fitted, live.left, under, at, palette.text, palette.bg)
    else:
        top = min(slab[0][1] + 40 * u, live.bottom - deep)
        _paragraph(stage, fitted, live.left, top, at, palette.on_accent, palette.accent)


def _depth(fitted: list[FittedLine]) -> float:
    """Return the pixels from the top of a paragraph's ink to its foot."""
    first, last = fitted[0].ink, fitted[-1].ink
    return (max(0.0, last.bottom) - first.top + (len(fitted) - 1) * _measure_lead(fitted)) * fitted[0].size


def _measure_lead(fitted: list[FittedLine]) -> float:
    """Return the ems from line to line of a paragraph: more in scripts that reach high and low."""
    return max(1.2, *(upper.ink.bottom - lower.ink.top + 0.08 for upper, lower in pairwise(fitted)), 0.0)


def _paragraph(
    stage: Stage, fitted: list[FittedLine], x: float, top: float, at: float, colour: str, ground: str
) -> None:
    low = top - fitted[0].ink.top * fitted[0].size
    for index, line in enumerate(fitted):
        motion = Motion(moves=(stage.fade(at + stage.to_frames(2 * index), stage.to_frames(7)),), group="small")
        stage.add_line(line, x, low + index * line.size * _measure_lead(fitted), colour, ground, motion, role="label")


def _wide(stage: Stage, land: float) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    x = 1330 * u
    lean = stage.height * stage.look.slope
    far = (480 if stage.pictures else 730) * u
    slab = [
        (x - 190 * u + lean, -9.0),
        (x + far + lean, -9.0),
        (x + far - lean, stage.height + 9),
        (x - 190 * u - lean, stage.height + 9),
    ]
    text = stage.get_words("descriptor")
    fitted = (
        fit_small_block(stage, text, 800 * u, 250 * u, largest=104 if len(text) <= _SHORT else 72, lines=2)
        if text
        else []
    )
    more = _depth(fitted) + 50 * u if fitted else 0.0
    lines, gap = _name(stage, 980 * u, min(660 * u, 790 * u - more), 3), 34 * u
    total = sum(line.height for line in lines) + gap * (len(lines) - 1)
    top = max(150 * u, (stage.height - total - more) / 2)
    lows = compute_baselines(lines, top, gap)
    _slab(stage, slab, land, dy=stage.height)
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        at = _arrive(stage, land, index)
        motion = Motion(
            moves=(stage.slide(at, dy=line.height * 1.2, kind="rise"),),
            clips=(make_rise_clip(stage, line, low),),
            group=f"name {index}",
        )
        stage.add_line(line, live.left, low, palette.text, palette.bg, motion)
    picture = stage.choose_picture()
    if picture is not None:
        width = (1000 if picture.kind == "screen" else 760) * u
        _product(stage, picture, slab, 1440 * u, stage.height * 0.53, width, stage.height * 0.92, land, top)
    at = land + stage.to_frames(22)
    if kicker := stage.get_words("kicker"):
        motion = Motion(moves=(stage.fade(at, stage.to_frames(7)),), group="small")
        stage.add_label(kicker, live.left, 112 * u, palette.accent_text, palette.bg, motion)
    if fitted:
        below = lows[-1] + max(0.0, lines[-1].ink.bottom) * lines[-1].size
        _paragraph(stage, fitted, live.left, below + 50 * u, at, palette.text, palette.bg)
