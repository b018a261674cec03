"""Transformation: before in grey; a leaning edge wipes across and the same frame stands in colour."""

from __future__ import annotations

import math

from reelwright.media.drawing import colour as tone
from reelwright.media.drawing.drawables import Blit, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Count
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.strokes import DONE, Pen
from reelwright.media.drawing.treatments import Grade, Picture, Sprite, make_device, mask_picture
from reelwright.media.letters.word_styles import has_struck_words, strip_styles
from reelwright.media.staging.lines import (
    compute_baselines,
    compute_block_baselines,
    count_lines,
    fit_headline,
    measure_block_height,
    split_closer,
)
from reelwright.media.staging.numbers import fit_price
from reelwright.media.staging.plane import Point
from reelwright.media.staging.prices import Price, is_price, join_prices
from reelwright.media.staging.stage import Motion, Stage

_GAP = 24
"""Pixels at 1080 between lines."""
_OLD_TO_NEW = 1.7
"""How many times as large as what is struck its replacement stands: an old price was 2.6 times as high as the new one
(films-judged.md, techno, 2026-11-24).
"""
_SHADED = 0.9
"""Part of the height below which no shade begins: it would be a stripe."""


def set_transformation(stage: Stage) -> None:
    """Stage the beat ``transformation``: before in grey, until a leaning edge wipes across and colour stands."""
    palette = stage.palette
    stage.ground = palette.pale
    before, after = _said(stage)
    price = None if stage.pictures or has_struck_words(after) else join_prices(before, after)
    if price:
        set_price(stage, price)
        return
    turn = stage.find_turn(before, after, 0.5)
    far, sweep = _after_field(stage, turn)
    if stage.shape == "tall":
        stage.add_dots(0, 0, stage.width, stage.live.top, "up", palette.shade, densest=0.42, gamma=1.3, cell=1.1)
    _pictures(stage, far, sweep, before=True)
    lines = _fit(stage, after, _region(stage, first=False))
    if before:
        region = _region(stage, first=True)
        largest = lines[0].size / _OLD_TO_NEW if has_struck_words(before) else math.inf
        _say(stage, _fit(stage, before, region, largest), tone.INK, palette.pale, region, 0)
    stage.add_polygon(far, palette.accent, sweep)
    lows = _stack_lows(stage, lines, _region(stage, first=False))
    _add_shade(stage, far, sweep, max(lows[-1], stage.height * (0.52 if stage.shape == "wide" else 0.62)))
    _pictures(stage, far, sweep, before=False)
    _say(
        stage,
        lines,
        palette.on_accent,
        palette.accent,
        _region(stage, first=False),
        turn + stage.to_frames(4) if turn else 0,
    )
    stage.add_shake(turn + stage.to_frames(4))


def set_price(stage: Stage, price: Price) -> None:
    """Set the old price alone until it is struck; the colour sweeps over it, and the new one stands as wide as it goes
    between the other words.
    """
    palette, u = stage.palette, stage.u
    strike, turn = stage.find_strike()
    box, gap = _region(stage, first=False), _GAP * u
    room = box.height * (0.14 if price.before and price.after else 0.24)
    head, tail = (
        fit_headline(stage, text, box.width, room, lines=2, largest=190 * u, target=60) if text else []
        for text in (price.before, price.after)
    )
    depth = sum(line.height + gap for line in (*head, *tail))
    new, _, _ = fit_price(stage, price._replace(old=""), box.width, box.height - depth)
    lines = [*head, new, *tail]
    top = box.top + max(0.0, (box.height - new.height - depth) / 3)
    lows = compute_baselines(lines, top, gap)
    ink = stage.typeset(strip_styles(price.old))
    old = FittedLine(ink, min(170 * u / ink.cap, 0.45 * new.size))
    low = stage.live.top + 10 * u - ink.top * old.size
    place = stage.trace_ink(ink, old.size, stage.live.left, low)[1]
    with stage.show_large(place, stage.trace_ink(new.ink, new.size, box.left, lows[len(head)])[1], turn):
        stage.add_line(
            old, stage.live.left, low, tone.INK, palette.pale, Motion(moves=(stage.hit(0, 1.2),), group="old")
        )
        y, reach, thick = low - 0.5 * ink.cap * old.size, 0.1 * old.size, 0.13 * old.size
        path = skia.Path()
        path.moveTo(place.left - reach, y + reach)
        path.lineTo(place.right + reach, y - reach)
        count = Count(strike, stage.to_frames(5), stage.look.ease["in"], DONE)
        stage.add("shape", Pen(path, palette.accent, thick), place.grow(reach), Motion(moves=(count,), group="strike"))
    far, sweep = _after_field(stage, turn)
    stage.add_dots(0, 0.62 * stage.height, stage.width, stage.height, "down", palette.shade, densest=0.5, cell=1.1)
    stage.add_polygon(far, palette.accent, sweep)
    _add_shade(stage, far, sweep, max(lows[-1], 0.66 * stage.height))
    for index, (line, below) in enumerate(zip(lines, lows, strict=True)):
        come = stage.hit(turn + stage.to_frames(3 + 7 * (index > len(head))), 1.4)
        stage.add_line(line, box.left, below, palette.on_accent, palette.accent, Motion(moves=(come,), group="new"))
    for at in (strike, turn + stage.to_frames(3)):
        stage.add_shake(at)


def _said(stage: Stage) -> tuple[str, str]:
    before, after, line = stage.get_words("before"), stage.get_words("after"), stage.get_words("line")
    if before and after:
        return before, after
    if line:
        opener, closer = split_closer(line)
        return before or opener, after or closer
    return before, after or before


def _after_field(stage: Stage, turn: float) -> tuple[list[Point], Motion]:
    """Return the colour's side of the frame and its motion: along the reading direction, upwards in tall frames."""
    if stage.shape == "wide":
        return stage.make_diagonal(_find_edge(stage)), Motion(
            moves=(stage.slide(turn, dx=stage.width, kind="button"),), group="after"
        )
    points = stage.make_wedge(_middle(stage) + stage.width * stage.look.slope / 2, stage.width * stage.look.slope)
    return points, Motion(moves=(stage.slide(turn, dy=stage.height * 0.8, kind="button"),), group="after")


def _middle(stage: Stage) -> float:
    """Return the y at which the sides meet: higher for an old price, which needs less room than the new one."""
    usual = {"tall": 0.385, "portrait": 0.42, "square": 0.45, "wide": 0.5}[stage.shape]
    return (0.24 if _has_prices(stage) else usual) * stage.height


def _find_edge(stage: Stage) -> float:
    """Return the x at which the sides of a wide frame meet."""
    return (0.3 if _has_prices(stage) else 0.47) * stage.width


def _has_prices(stage: Stage) -> bool:
    return not stage.pictures and (stage.request.staging == "offer" or all(map(is_price, _said(stage))))


def _region(stage: Stage, *, first: bool) -> Box:
    """Return the box in which the words of a side may stand, clear of the leaning edge."""
    live, u = stage.live, stage.u
    if stage.shape == "wide":
        lean = stage.height * stage.look.slope / 2
        edge = _find_edge(stage)
        return (
            Box(live.left, live.top, edge - lean - 40 * u, live.bottom)
            if first
            else Box(edge + lean + 50 * u, live.top, live.right, live.bottom)
        )
    half = stage.width * stage.look.slope / 2
    middle = _middle(stage)
    picture = stage.choose_picture()
    right = live.right
    if picture is not None and picture.kind == "cutout" and picture.ratio <= 1 and stage.shape != "tall":
        right = live.left + live.width * 0.56
    if first:
        return Box(live.left, live.top + 10 * u, live.right, middle - half * 0.8)
    return Box(
        live.left,
        middle + half + 40 * u,
        right,
        min(live.bottom, stage.height * _foot_of_words(stage, right < live.right)),
    )


def _foot_of_words(stage: Stage, beside: bool) -> float:
    """Return how far down the words may go, as a part of the height: to the picture, unless it stands beside them."""
    if stage.shape == "tall":
        return 0.66
    return 0.68 if stage.pictures and not beside else 0.92


def _fit(stage: Stage, text: str, box: Box, largest: float = math.inf) -> list[FittedLine]:
    """Fit the words of a side, at most ``largest`` pixels to the em."""
    share = (0.46 if stage.pictures else 0.62) if stage.shape == "wide" else 1.0
    most = count_lines(text, 4)
    lines = fit_headline(stage, text, box.width, box.height * share, lines=most, largest=330 * stage.u, target=80)
    return [FittedLine(line.ink, min(line.size, largest)) for line in lines]


def _say(stage: Stage, lines: list[FittedLine], ink: str, ground: str, box: Box, at: float) -> None:
    group = "after words" if at else "before words"
    for line, low in zip(lines, _stack_lows(stage, lines, box), strict=True):
        moves = (
            stage.hit(at, 1.2),
            *((stage.nudge(at + stage.to_frames(8), dy=-10),) if ground != stage.ground else ()),
        )
        stage.add_line(line, box.left, low, ink, ground, Motion(moves=moves, group=group))


def _stack_lows(stage: Stage, lines: list[FittedLine], box: Box) -> list[float]:
    """Return the baselines of the words of a side."""
    gap, is_stack = _GAP * stage.u, len({line.size for line in lines}) > 1
    tall = sum(line.height + gap for line in lines) - gap if is_stack else measure_block_height(lines, gap)
    top = box.top + ((box.height - tall) / 3 if stage.shape == "wide" and not stage.pictures else 0)
    return (compute_baselines if is_stack else compute_block_baselines)(lines, top, gap)


def _add_shade(stage: Stage, far: list[Point], sweep: Motion, top: float) -> None:
    """Darken the colour's side from ``top`` down, which is under its words: dark ones are lost on dark dots."""
    dots = Motion(moves=sweep.moves, clips=(stage.make_clip(far),), group="after")
    if top < _SHADED * stage.height:
        stage.add_dots(0, top, stage.width + 9, stage.height + 9, "down", stage.palette.shade, densest=0.6, motion=dots)


def _pictures(stage: Stage, far: list[Point], sweep: Motion, *, before: bool) -> None:
    """Place the same picture twice, in the same place: grey on the one side, in colour where the edge has passed."""
    picture = stage.choose_picture()
    if picture is None:
        return
    sprite, x, y = _hung(stage, picture, before)
    if before:
        stage.place(sprite, x, y, Motion(group="picture"), smooth=False)
        return
    reach = max(stage.width, stage.height)
    window = stage.to_frame_path(far)
    px = stage.to_frame_x(x)
    image = Blit(sprite.image, round(px + sprite.x), round(y + sprite.y))
    box = Box(px + sprite.box.left, y + sprite.box.top, px + sprite.box.right, y + sprite.box.bottom)
    stage.add("picture", image, box.grow(reach * 0.01), Motion(moves=sweep.moves, window=window, group="after"))


def _hung(stage: Stage, picture: Picture, before: bool) -> tuple[Sprite, float, float]:
    u = stage.u
    wide = stage.shape == "wide"
    x, y = (
        (_find_edge(stage), stage.height * 0.73)
        if wide
        else (
            stage.width * 0.55,
            stage.height * ({"cutout": 0.79}.get(picture.kind, 0.825) if stage.shape == "tall" else 0.90),
        )
    )
    palette = stage.palette
    if picture.kind == "cutout" and picture.ratio <= 1 and not wide:
        x = stage.width * 0.76
    lying_small = picture.ratio > 1 and stage.shape in ("square", "portrait")
    if lying_small:
        x = stage.width * 0.72
    if picture.kind == "cutout":
        size = (1120 * u if wide else 1180 * u) if picture.ratio > 1 else 820 * u * picture.ratio
        if lying_small:
            size = 740 * u
        grade: Grade = "mono" if before else "plain"
        return (
            stage.make_product_sprite(
                picture, size, -10 if picture.ratio > 1 else 6, stage.palette.accent, grade=grade
            ),
            x,
            y,
        )
    if picture.kind == "photo":
        return _print(stage, picture, x, y, before), x, y
    width = (900 if wide else 860) * u
    sprite = make_device(
        picture, min(width, 560 * u * picture.ratio), -0.07 * stage.reading_sign, frame="#111114", edge=palette.dim
    )
    return sprite, x, y


def _print(stage: Stage, picture: Picture, x: float, y: float, before: bool) -> Sprite:
    """Cut a photo to a leaning print, grey or in colour, placed by its middle."""
    u = stage.u
    wide, high = (
        (1000 * u, 470 * u)
        if stage.shape == "wide"
        else (880 * u, {"tall": 560, "portrait": 470}.get(stage.shape, 400) * u)
    )
    lean = high * stage.look.slope * stage.reading_sign / 2
    path = make_polygon(
        [
            (lean - wide / 2, -high / 2),
            (wide / 2 + lean, -high / 2),
            (wide / 2 - lean, high / 2),
            (-wide / 2 - lean, high / 2),
        ]
    )
    half = wide / 2 + abs(lean)
    return mask_picture(picture, path, Box(-half, -high / 2, half, high / 2), grade="mono" if before else "plain")
