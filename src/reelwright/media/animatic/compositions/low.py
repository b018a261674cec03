"""Low: the picture on the near or upper side behind a leaning edge, the words large beside or under it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from reelwright.media.animatic.compositions.skin import Skin, Staging, huge, ink_on, is_telling, key_word, strike
from reelwright.media.animatic.drawables import Fill, skia
from reelwright.media.animatic.layers import Box
from reelwright.media.animatic.lettering import Fitted
from reelwright.media.animatic.movers import Mover
from reelwright.media.animatic.parts import block_height, block_lows, fill_with, headline, screen, slashes
from reelwright.media.animatic.plane import Point
from reelwright.media.animatic.stage import Motion, Stage


def low(skin: Skin) -> Staging:
    """Words far from where the beat's first composition has them; the last line on a slab off the far edge."""
    return partial(_set, skin)


def _set(skin: Skin, stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    ground = stage.ground = skin.colour(palette, skin.ground)
    axis = stage.width * 0.45 if wide else live.left
    width = live.right - axis - (20 * u if wide else 0)
    share = {"wide": 0.84, "tall": 0.50, "portrait": 0.46, "square": 0.46}[stage.shape]
    gap = 40 * u
    lines = headline(
        stage, stage.says(skin.role), width, live.height * share, lines=4, gap=40, largest=(330 if wide else 300) * u
    )
    tall = block_height(lines, gap)
    foot = {"wide": live.bottom - (live.height - tall) / 2, "tall": live.bottom - 30 * u}.get(
        stage.shape, live.bottom - 24 * u
    )
    top = foot - tall
    edge = _field(stage, skin, top - 56 * u)
    _picture(stage, skin, edge, top)
    lows = block_lows(lines, top, gap)
    beats = stage.beats(len(lines) + 1, until=0.42)
    if not wide:
        _below(stage, skin, lines[-1], lows[-1], beats[-1])
    _lines(stage, skin, lines, lows, beats, axis, ground)


def _lines(
    stage: Stage,
    skin: Skin,
    lines: Sequence[Fitted],
    lows: Sequence[float],
    beats: Sequence[int],
    x: float,
    ground: str,
) -> None:
    """Lines come in from the far edge; the last one's device lands on the beat after it."""
    palette, u = stage.palette, stage.u
    for index, (line, base) in enumerate(zip(lines, lows, strict=True)):
        at = 0.0 if index == 0 else min(float(beats[index]), stage.time(9 * index))
        moves = (stage.slide(at, dx=stage.width * 0.5, kind="rise"),)
        last = index == len(lines) - 1
        colour = ink_on(palette, ground)
        if not last or skin.device != "slab" or len(lines) == 1:
            motion = Motion(moves=moves, group=f"line {index}")
            stage.words(line.ink, line.size, x, base, colour, ground, motion)
            continue
        slab = skin.colour(palette, skin.slab)
        pad = 19 * u
        high, deep = base + line.ink.top * line.size - pad, base + max(0.0, line.ink.bottom) * line.size + pad
        lean = (deep - high) * stage.look.slope
        points: list[Point] = [
            (x - 26 * u + lean - lean, high),
            (stage.width * 1.2, high),
            (stage.width * 1.2, deep),
            (x - 26 * u - lean, deep),
        ]
        wiped = stage.wiped(x - 30 * u - lean, high, stage.width * 1.02, deep, "right")
        slid = Motion(
            moves=(stage.wipe(at), stage.march(at + stage.time(16), dx=-9, most=2)), wiped=wiped, group=f"line {index}"
        )
        stage.poly(points, slab, slid)
        stage.words(
            line.ink, line.size, x, base, ink_on(palette, slab), slab, Motion(moves=moves, group=f"line {index}")
        )
        stage.shakes(at)
    if skin.device == "strike":
        start = beats[len(lines)] if len(beats) > len(lines) else stage.time(18)
        strike(stage, lines[-1], x, lows[-1], palette.accent, (start, *stage.later(start, most=1)))


def _field(stage: Stage, skin: Skin, y: float) -> list[Point]:
    """The leaning field that the picture stands in; it comes from the edge it lies at."""
    palette = stage.palette
    wide = stage.shape == "wide"
    rise = stage.width * stage.look.slope * (0.55 if stage.shape != "tall" else 0.8)
    points = stage.diagonal(stage.width * 0.375, far=False) if wide else stage.ceiling(y + rise * 0.1, rise)
    come = stage.slide(0, dx=-stage.width * 0.4 if wide else 0, dy=0 if wide else -stage.height * 0.3, kind="slab")
    colour = skin.colour(palette, skin.field)
    stage.poly(points, colour, Motion(moves=(come,), group="field"))
    dots = ink_on(palette, colour) if colour != palette.accent else palette.shade
    stage.dots(
        0,
        0,
        stage.width * 0.6 if wide else stage.width + 9,
        stage.height if wide else max(y + rise, 60),
        "left" if wide else "up",
        dots,
        densest=0.5,
        gamma=1.7,
        cell=1.1,
        motion=Motion(moves=(come,), clips=(stage.clip(points),), group="field"),
    )
    return points


def _picture(stage: Stage, skin: Skin, field: list[Point], top: float) -> None:
    u, wide = stage.u, stage.shape == "wide"
    picture = stage.picture()
    clip = stage.clip(field)
    settle = stage.time(12)
    come = stage.slide(stage.time(1), dx=-700 * u if wide else 0, dy=0 if wide else -700 * u)
    moves = (come, stage.push(0.03, settle), stage.nudge(settle, dx=10, dy=4))
    if picture is None:
        return _word(stage, skin, field, top)
    if picture.kind == "photo":
        return fill_with(
            stage,
            picture,
            field,
            grade=skin.grade,
            tint=stage.palette.accent,
            zoom=1.12,
            motion=Motion(moves=(come,), group="picture"),
        )
    x, y = (stage.width * 0.20, stage.height * 0.52) if wide else (stage.width * 0.56, top * 0.40)
    shown = Motion(moves=moves, clips=() if wide else (clip,), group="picture")
    if picture.kind == "screen":
        room = (700 * u, 900 * u) if wide else (860 * u, top * 0.8)
        return screen(stage, picture, x + 20 * u, y, *room, shown, lean=0.07)
    if wide:
        size = 1080 * u * (1.0 if picture.ratio > 1 else picture.ratio)
        size = min(size, 860 * u)
    else:
        size = min(1080 * u, top * (1.5 if picture.ratio > 1 else 1.25) * picture.ratio)
    sprite = stage.product(
        picture, size, 11 if picture.ratio > 1 else -11, skin.colour(stage.palette, skin.field), grade=skin.product
    )
    drop = 0.0 if wide or picture.ratio > 1 else -0.06 * top
    return stage.place(sprite, x, y + drop, shown)


def _word(stage: Stage, skin: Skin, field: list[Point], top: float) -> None:
    """Without a picture: the key word fills the field, or climbs it where the field is upright; of a line that no word
    can stand for, the look's bars do.
    """
    wide = stage.shape == "wide"
    if not is_telling(stage.says(skin.role)):
        _bars(stage, skin, field, top)
        return
    ink = key_word(stage, stage.says(skin.role))
    colour = ink_on(stage.palette, skin.colour(stage.palette, skin.field))
    if wide:
        size = min(stage.height * 0.98 / ink.width, stage.width * 0.27 / ink.height)
        path = ink.path(size, -(ink.left + ink.right) / 2 * size, -(ink.top + ink.bottom) / 2 * size)
        matrix = skia.Matrix()
        matrix.setRotate(-90 + stage.look.angle * stage.way)
        matrix.postTranslate(stage.at(stage.width * 0.20), stage.height / 2)
        path.transform(matrix)
        bounds = path.computeTightBounds()
        box = Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
        moves: tuple[Mover, ...] = (stage.slide(0, dy=400 * stage.u), stage.march(stage.time(20), dx=6, dy=-28))
    else:
        size = huge(stage, ink, top * 0.86, stage.live.width)
        x, base = stage.live.left, top * 0.80
        path, box = stage.path(ink, size, x, base - max(0.0, ink.bottom) * size)
        moves = (stage.slide(0, dx=-300 * stage.u), stage.march(stage.time(20), dx=-16))
    motion = Motion(moves=moves, clips=(stage.clip(field),), group="word")
    stage.add("echo", Fill(path, colour), box, motion)


def _bars(stage: Stage, skin: Skin, field: list[Point], top: float) -> None:
    wide, u = stage.shape == "wide", stage.u
    colour = ink_on(stage.palette, skin.colour(stage.palette, skin.field))
    moves = (stage.slide(0, dx=-300 * u, kind="slab"), stage.march(stage.time(20), dx=14))
    motion = Motion(moves=moves, clips=(stage.clip(field),), group="motif")
    high = stage.height * 0.34 if wide else min(420 * u, top * 0.5)
    x, y = (stage.width * 0.05, stage.height * 0.33) if wide else (stage.live.left, top * 0.78 - high)
    slashes(stage, x, y, high, colour, motion)


def _below(stage: Stage, skin: Skin, line: Fitted, base: float, at: float) -> None:
    """Outlines of the last line fall out of it to the foot of the frame and march on later hits."""
    u = stage.u
    pitch = line.height + 26 * u
    colour = skin.colour(stage.palette, skin.slab if skin.slab != skin.ground else skin.field)
    march = stage.march(at + stage.time(10), dx=34)
    row = 1
    while base + (row - 1) * pitch < stage.height and row < 7:
        moves = (stage.fade(stage.time(2 * row), stage.time(6)), march)
        alpha = max(0.22, 0.9 - 0.16 * row)
        y = base + row * pitch + 16 * u
        stage.echo(line.ink, line.size, stage.live.left, y, colour, alpha, Motion(moves=moves, group="echo"))
        row += 1
