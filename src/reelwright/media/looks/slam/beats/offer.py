"""Offer: the deal slams in as large as it goes; the code hangs beside it on a ticket."""

from __future__ import annotations

import math

from reelwright.media.drawing.drawables import Fill, Several, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Leave
from reelwright.media.drawing.treatments import Picture
from reelwright.media.letters.word_styles import split_old_price
from reelwright.media.looks.slam.beats.transformation import set_price
from reelwright.media.looks.slam.motifs import add_far_dots, add_product, find_room
from reelwright.media.staging.lines import compute_baselines, count_lines, fit_small_block, limit_line_heights
from reelwright.media.staging.pictures import add_screen, fill_with
from reelwright.media.staging.prices import find_price, is_price, split_price
from reelwright.media.staging.stage import Motion, Stage

_OLD = 150
"""Most pixels at 1080 that an old price is high."""
_WORD = 4
"""Fewest letters of words beside a price that stand on a line of their own, as wide as the price."""
_OLD_TO_NEW = 1.7
"""How many times as large as the old price the new one stands, at least."""


def set_offer(stage: Stage) -> None:
    """Stage the beat ``offer``: the deal as large as it goes, and the code beside it on a ticket."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    code, price = stage.get_words("code"), split_price(stage.get_words("deal"))
    if price and is_price(price.old) and is_price(price.new) and not (code or stage.pictures):
        stage.ground = palette.pale
        set_price(stage, price)
        return
    stage.ground = palette.accent
    lines = _deal(stage, bool(code))
    gap = 26 * u
    total = sum(line.height for line in lines) + gap * (len(lines) - 1)
    spare = live.height - total - (150 * u if code else 0)
    top = live.top + (max(0.0, spare / 2.4) if wide else 24 * u)
    lows = compute_baselines(lines, top, gap)
    below = lows[-1] + max(0.0, lines[-1].ink.bottom) * lines[-1].size
    ticket_top = below
    if code:
        below += 46 * u + _ticket_height(stage) * 1.25
    terms, terms_low = _terms(stage, below)
    if terms:
        below = terms_low
    _backdrop(stage, ticket_top, below, live.left + max(line.width for line in lines))
    beats = [float(at) for at in stage.find_beats(len(lines), until=0.4)]
    if split_old_price(stage.get_words("deal"))[0]:  # the first line is the old price
        beats = [0.0, stage.find_strike()[1], *beats[1:-1]]
    for index, (line, low) in enumerate(zip(lines, lows, strict=True)):
        motion = Motion(moves=(stage.hit(beats[index], 1.5),), group=f"line {index}")
        stage.add_line(line, live.left, low, palette.on_accent, palette.accent, motion)
        if beats[index]:
            stage.add_shake(beats[index])
    if code:
        _ticket(stage, code, ticket_top, beats[-1] + stage.to_frames(10))
    _set_terms(stage, terms, terms_low)


def _deal(stage: Stage, with_code: bool) -> list[FittedLine]:
    live, u = stage.live, stage.u
    wide = stage.shape == "wide"
    width = 1060 * u if wide else live.width
    share = {"wide": 0.68, "tall": 0.66, "portrait": 0.58, "square": 0.56}[stage.shape] + (0 if with_code else 0.1)
    old, deal = split_old_price(stage.get_words("deal"))
    price = find_price(deal)
    if price and not price.old and min(len(price.before) or _WORD, len(price.after) or _WORD) >= _WORD:
        deal = "|".join(part for part in (price.before, price.new, price.after) if part)
    room = live.height * share - (_OLD * u if old else 0) - _measure_more_terms(stage)
    lines = stage.fit_stack(deal, width, room, 26 * u, lines=count_lines(deal, 4))
    lines = limit_line_heights(lines, stage.height * (0.5 if wide else 0.27))
    stage.record_fit(max(line.ink.cap * line.size for line in lines), 180 * u)
    if old:
        ink = stage.typeset(old)
        size = min(width / ink.width, _OLD * u / ink.height, min(line.size for line in lines) / _OLD_TO_NEW)
        lines = [FittedLine(ink, size), *lines]
    return lines


def _measure_more_terms(stage: Stage) -> float:
    """Return the pixels that the small print takes in upright frames beyond its first line."""
    fitted = _terms(stage, 0)[0] if stage.shape != "wide" else []
    return max(0, len(fitted) - 1) * stage.get_small_size("legal") * 1.3


def _backdrop(stage: Stage, deal: float, below: float, right: float) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    picture = stage.choose_picture()
    add_far_dots(stage, stage.width * 0.45, max(below + 24 * u, stage.height * 0.5), palette.shade)
    moves = (stage.slide(stage.to_frames(3), dx=800 * u, dy=300 * u, turn=10), *stage.keep_alive(stage.to_frames(16)))
    motion = Motion(moves=moves, group="picture")
    room = stage.height - below
    if picture is None:
        _blades(stage, below)
    elif picture.kind == "cutout":
        _product(stage, picture, deal, below, motion)
    elif picture.kind == "screen":
        add_screen(
            stage,
            picture,
            *((1530 * u, 560 * u) if wide else (stage.width * 0.56, below + room * 0.64)),
            740 * u,
            860 * u if wide else room * 0.7,
            motion,
        )
    else:
        points = (
            stage.make_diagonal(min(1420 * u, right + 40 * u + stage.height * stage.look.slope / 2))
            if wide
            else stage.make_wedge(max(below + 420 * u, stage.height * 0.74), stage.width * stage.look.slope)
        )
        fill_with(stage, picture, points, motion=Motion(moves=moves[:1], group="picture"))


def _product(stage: Stage, picture: Picture, deal: float, below: float, motion: Motion) -> None:
    """Place the product: wide things lie under the small print; upright ones stand beside it, from the deal down."""
    u, wide = stage.u, stage.shape == "wide"
    free = find_room(stage, 1180 * u, below)
    if picture.ratio > 1:
        room = stage.height - below - 60 * u
        size = 940 * u if wide else 1240 * u if stage.shape == "tall" else min(660 * u, 0.95 * room * picture.ratio)
        x, y = (1560 * u, 640 * u) if wide else (stage.width * 0.62, below + (stage.height - below) * 0.60)
        if stage.shape in ("square", "portrait"):
            x, y = stage.width * 0.76, below + 30 * u + room / 2  # under the deal, whose letters it leaves free
        top = below + 20 * u if stage.shape == "tall" else -math.inf
        return add_product(stage, picture, size, -14, stage.palette.accent, (x, y), motion, within=free, top=top)
    high = 960 * u if wide else (stage.height - deal) * 1.02
    place, top = ((1560 * u, 600 * u), -math.inf) if wide else ((stage.width * 0.76, 0), deal + 60 * u)
    size = high * picture.ratio
    return add_product(stage, picture, size, 11, stage.palette.accent, place, motion, within=free, top=top)


def _blades(stage: Stage, below: float) -> None:
    """Draw leaning blades that burst out of the lower far corner; for shots without a picture."""
    wide = stage.shape == "wide"
    centre = (stage.width * 1.02, stage.height * 1.02)
    far = math.hypot(stage.width, stage.height) * (0.355 if wide else 0.40)
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
        moves = (stage.slide(stage.to_frames(2 + index), dx=far * 0.9, dy=far * 0.7),)
        stage.add_polygon(points, stage.palette.shade, Motion(moves=moves, group="blades"))


def _ticket(stage: Stage, code: str, below: float, at: float) -> None:
    """Draw a punched ticket with the code, turned by six degrees, landing like a stamp."""
    u, live, palette = stage.u, stage.live, stage.palette
    line = stage.typeset(code)
    high = _ticket_height(stage)
    size = min(high * 0.44 / line.cap, (live.width * 0.7 - 130 * u) / line.width)
    wide = line.width * size + 150 * u
    turn = -6.0 * stage.reading_sign
    dip = wide * math.sin(math.radians(6))
    top = min(
        below + 46 * u + dip * 0.4,
        live.bottom - high - dip / 2 - (52 * u + _measure_more_terms(stage) if stage.get_words("terms") else 0),
    )
    left = live.left + 10 * u
    px = stage.to_frame_x(left) - (wide if stage.is_rtl else 0)
    body = _punched(px, top, wide, high, high * 0.16)
    centre = (px + wide / 2, top + high / 2)
    pen = centre[0] - (line.left + line.right) / 2 * size
    path = line.make_path(size, pen, centre[1] + line.cap * size / 2)
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
        text=line.text,
        size=line.cap * size,
        colour=ink,
        ground=palette.on_accent,
    )


def _hit_turned(stage: Stage, at: float, turn: float) -> Motion:
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


def _beside(stage: Stage) -> bool:
    """Return whether the product stands beside the small print, which then keeps to its half."""
    picture = stage.choose_picture()
    return picture is not None and picture.kind == "cutout" and (picture.ratio <= 1 or stage.shape != "tall")


def _ticket_height(stage: Stage) -> float:
    return {"wide": 150, "tall": 170, "portrait": 130, "square": 118}[stage.shape] * stage.u


def _terms(stage: Stage, below: float) -> tuple[list[FittedLine], float]:
    """Return the small print and the baseline of its last line:
    under the deal, on quiet ground, inside the safe area.
    """
    text = stage.get_words("terms")
    em = stage.get_small_size("legal")
    if not text:
        return [], below
    wide = stage.shape == "wide"
    fitted = fit_small_block(
        stage,
        text,
        stage.live.width * (0.58 if wide else 0.48 if _beside(stage) else 1),
        em * 3.5,
        largest=em / stage.u,
        lines=3,
    )
    rest = (len(fitted) - 1) * em * 1.3
    low = stage.live.bottom - 0.5 * em
    return fitted, low if wide else min(low, below + 44 * stage.u + em + rest)


def _set_terms(stage: Stage, fitted: list[FittedLine], low: float) -> None:
    em = stage.get_small_size("legal")
    palette = stage.palette
    for index, line in enumerate(reversed(fitted)):
        motion = Motion(moves=(stage.fade(stage.to_frames(12), stage.to_frames(8)),), group="terms")
        y = low - index * em * 1.3
        stage.add_line(line, stage.live.left, y, palette.on_accent, palette.accent, motion, role="legal")
