"""Offer: the deal slams in as large as it goes; the code hangs beside it on a ticket."""

from __future__ import annotations

import math

from reelwright.media.animatic.drawables import Fill, Several, skia
from reelwright.media.animatic.layers import Box
from reelwright.media.animatic.lettering import Fitted
from reelwright.media.animatic.stage import Motion, Stage
from reelwright.media.animatic.stagings.parts import baselines, capped, fill_with, screen, small_block


def set_offer(stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.accent
    code = stage.says("code")
    lines = _deal(stage, bool(code))
    gap = 26 * u
    total = sum(line.height for line in lines) + gap * (len(lines) - 1)
    spare = live.height - total - (150 * u if code else 0)
    top = live.top + (max(0.0, spare / 2.4) if wide else 24 * u)
    lows = baselines(lines, top, gap)
    below = lows[-1] + max(0.0, lines[-1].ink.bottom) * lines[-1].size
    _backdrop(stage, below)
    beats = stage.beats(len(lines), until=0.4)
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        motion = Motion(moves=(stage.hit(beats[index], 1.5),), group=f"line {index}")
        stage.words(line.ink, line.size, live.left, low, palette.on_accent, palette.accent, motion)
        if beats[index]:
            stage.shakes(beats[index])
    if code:
        _ticket(stage, code, below, beats[-1] + stage.time(10))
    _terms(stage)


def _deal(stage: Stage, with_code: bool) -> list[Fitted]:
    live, u = stage.live, stage.u
    wide = stage.shape == "wide"
    width = (1120 if stage.pictures else 1620) * u if wide else live.width
    share = {"wide": 0.68, "tall": 0.66, "portrait": 0.58, "square": 0.56}[stage.shape] + (0 if with_code else 0.1)
    lines = stage.stack(stage.says("deal"), width, live.height * share, 26 * u, lines=4)
    lines = capped(lines, stage.height * (0.5 if wide else 0.27))
    stage.wants(max(line.ink.cap * line.size for line in lines), 180 * u)
    return lines


def _backdrop(stage: Stage, below: float) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    picture = stage.picture()
    if wide:
        stage.dots(
            stage.width * 0.45, 0, stage.width + 9, stage.height, "right", palette.shade, densest=0.55, gamma=2.4
        )
    else:
        stage.dots(
            0,
            max(below + 30 * u, stage.height * 0.5),
            stage.width + 9,
            stage.height + 9,
            "down",
            palette.shade,
            densest=0.75,
            gamma=1.3,
            cell=1.15,
        )
    moves = (stage.slide(stage.time(3), dx=800 * u, dy=300 * u, turn=10), stage.drift(dx=-0.2))
    motion = Motion(moves=moves, group="picture")
    room = stage.height - below
    if picture is None:
        _blades(stage, below)
    elif picture.kind == "cutout":
        size = (
            (1000 * u if wide else 1240 * u)
            if picture.ratio > 1
            else (940 * u if wide else room * 0.95) * picture.ratio
        )
        sprite = stage.product(picture, size, -14 if picture.ratio > 1 else 11, palette.accent)
        stage.place(sprite, *((1520 * u, 620 * u) if wide else (stage.width * 0.62, below + room * 0.66)), motion)
    elif picture.kind == "screen":
        screen(
            stage,
            picture,
            *((1530 * u, 560 * u) if wide else (stage.width * 0.56, below + room * 0.64)),
            740 * u,
            860 * u if wide else room * 0.7,
            motion,
        )
    else:
        points = (
            stage.diagonal(1420 * u)
            if wide
            else stage.wedge(max(below + 420 * u, stage.height * 0.74), stage.width * stage.look.slope)
        )
        fill_with(stage, picture, points, motion=Motion(moves=moves[:1], group="picture"))


def _blades(stage: Stage, below: float) -> None:
    """Without a picture: leaning blades burst out of the lower far corner."""
    wide = stage.shape == "wide"
    centre = (stage.width * 1.02, stage.height * 1.02)
    far = math.hypot(stage.width, stage.height) * (0.62 if wide else 0.50)
    for index in range(5):
        start = math.radians(188 + index * 17 if wide else 184 + index * 18)
        stop = start + math.radians(8)
        points = [
            centre,
            (centre[0] + far * math.cos(start), centre[1] + far * math.sin(start)),
            (centre[0] + far * math.cos(stop), centre[1] + far * math.sin(stop)),
        ]
        if not wide and centre[1] + far * math.sin(stop) < below:
            points = [centre] + [
                (centre[0] + (x - centre[0]) * 0.8, centre[1] + (y - centre[1]) * 0.8) for x, y in points[1:]
            ]
        moves = (stage.slide(stage.time(2 + index), dx=far * 0.9, dy=far * 0.7),)
        stage.poly(points, stage.palette.shade, Motion(moves=moves, group="blades"))


def _ticket(stage: Stage, code: str, below: float, at: float) -> None:
    """A punched ticket with the code, turned by six degrees, landing like a stamp."""
    u, live, palette = stage.u, stage.live, stage.palette
    line = stage.ink(code)
    high = {"wide": 150, "tall": 170, "portrait": 130, "square": 118}[stage.shape] * u
    size = min(high * 0.44 / line.cap, (live.width * 0.7 - 130 * u) / line.width)
    wide = line.width * size + 150 * u
    turn = -6.0 * stage.way
    dip = wide * math.sin(math.radians(6))
    top = min(below + 46 * u + dip * 0.6, live.bottom - high - dip / 2 - (52 * u if stage.says("terms") else 0))
    left = live.left + 10 * u
    px = stage.at(left) - (wide if stage.rtl else 0)
    body = _punched(px, top, wide, high, high * 0.16)
    centre = (px + wide / 2, top + high / 2)
    pen = centre[0] - (line.left + line.right) / 2 * size
    path = line.path(size, pen, centre[1] + line.cap * size / 2)
    stamp = _hit_turned(stage, at, turn)
    box = Box(px, top, px + wide, top + high)
    ink = palette.accent
    dashes = _dashes(px + 44 * u, top + high * 0.14, top + high * 0.86, 4 * u)
    dashes2 = _dashes(px + wide - 44 * u, top + high * 0.14, top + high * 0.86, 4 * u)
    stage.add("shape", Several((Fill(body, palette.on_accent), Fill(dashes, ink), Fill(dashes2, ink))), box, stamp)
    words = Box(
        pen + line.left * size,
        centre[1] + (line.top + line.cap / 2) * size,
        pen + line.right * size,
        centre[1] + (line.cap / 2 + max(0, line.bottom)) * size,
    )
    stage.add(
        "label",
        Fill(path, ink),
        words,
        Motion(moves=stamp.moves, pivot=centre, group="ticket"),
        says=line.text,
        size=line.cap * size,
        colour=ink,
        ground=palette.on_accent,
    )


def _hit_turned(stage: Stage, at: float, turn: float) -> Motion:
    from reelwright.media.animatic.movers import Leave

    tilt = Leave(-1, 0, stage.look.ease["hit"], 0, 0, 1, turn)
    return Motion(moves=(stage.hit(at, 1.7), tilt), group="ticket")


def _punched(x: float, y: float, wide: float, high: float, radius: float) -> object:
    path = skia.Path()
    path.addRect(skia.Rect.MakeXYWH(x, y, wide, high))
    holes = skia.Path()
    for side in (x, x + wide):
        holes.addCircle(side, y + high / 2, radius)
    return skia.Op(path, holes, skia.PathOp.kDifference_PathOp)


def _dashes(x: float, top: float, bottom: float, wide: float) -> object:
    path = skia.Path()
    y = top
    while y < bottom:
        path.addRect(skia.Rect.MakeXYWH(x - wide / 2, y, wide, wide * 2))
        y += wide * 4
    return path


def _terms(stage: Stage) -> None:
    text = stage.says("terms")
    if not text:
        return
    em = stage.small("legal")
    wide = stage.shape == "wide"
    fitted = small_block(stage, text, stage.live.width * (0.6 if wide else 1), em * 3, largest=em / stage.u, lines=2)
    low = stage.live.bottom - (len(fitted) - 1) * em * 1.3 - 4 * stage.u
    for index, line in enumerate(fitted):
        motion = Motion(moves=(stage.fade(stage.time(12), stage.time(8)),), group="terms")
        stage.words(
            line.ink,
            line.size,
            stage.live.left,
            low + index * em * 1.3,
            stage.palette.on_accent,
            stage.palette.accent,
            motion,
            role="legal",
        )
