"""Call to action, turned round: on black, the button is a band of colour across the whole frame."""

from __future__ import annotations

from reelwright.media.drawing.movers import Nudge
from reelwright.media.drawing.treatments import Picture
from reelwright.media.looks.slam.motifs import add_arrow, add_far_dots, add_product, find_room
from reelwright.media.staging.lines import compute_block_baselines, fit_headline, make_rise, measure_block_height
from reelwright.media.staging.pictures import add_screen, fill_with
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage


def set_cta_band(stage: Stage) -> None:
    """Stage the beat ``cta`` on black, with the button as a band of colour across the whole frame."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.bg
    url = stage.get_words("url")
    high = {"wide": 190, "tall": 200, "portrait": 170, "square": 150}[stage.shape] * u if url else 0.0
    rise = stage.width * stage.look.slope * (0.22 if wide else 0.36)
    gap = 24 * u
    width = (1180 * u if stage.pictures else live.width) if wide else live.width
    share = {"wide": 0.52, "tall": 0.44, "portrait": 0.40, "square": 0.36}[stage.shape] + (0.0 if url else 0.2)
    lines = fit_headline(stage, stage.get_words("line"), width, live.height * share, lines=3, largest=270 * u)
    tall = measure_block_height(lines, gap)
    foot = {"wide": live.bottom - 60 * u, "tall": live.bottom - 150 * u}.get(stage.shape, live.top + live.height * 0.66)
    band_top = foot - high
    top = max(live.top + 10 * u, band_top - rise - 70 * u - tall)
    below = max(foot, top + tall + 70 * u)
    _dots(stage, below)
    picture = _turn(stage)
    above = wide and picture is not None and picture.kind == "cutout"
    if not above:
        _picture(stage, below)
    for index, (line, low) in enumerate(zip(lines, compute_block_baselines(lines, top, gap), strict=True)):
        motion = make_rise(stage, line, low, stage.to_frames(3 * index), f"line {index}")
        stage.add_line(line, live.left, low, palette.text, palette.bg, motion)
    if url:
        _band(stage, url, band_top, foot, rise)
    if above:
        _picture(stage, below)


def _band(stage: Stage, url: str, top: float, foot: float, rise: float) -> None:
    """Run the band in under its address; its foot steps on and its arrow points again on later hits."""
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    reach = stage.width * 0.2
    lean = rise / stage.width
    points: list[Point] = [
        (-reach, top + reach * lean),
        (stage.width + reach, top - rise - reach * lean),
        (stage.width + reach, foot - reach * lean),
        (-reach, foot + rise + reach * lean),
    ]
    at = stage.to_frames(6)
    come = stage.slide(at, dx=-stage.width * 1.4, kind="button")
    outline = [(x, y + 24 * u) for x, y in points]
    step = stage.march(at + stage.to_frames(18), dy=16, most=3)
    shown = Motion(moves=(come, step), group="band")
    stage.add_outline(outline, palette.accent, 5 * u, shown)
    stage.add_polygon(points, palette.accent, Motion(moves=(come,), group="band"))
    line = stage.typeset(url, "address")
    right = live.right - (420 * u if wide and stage.pictures else 0)
    room = right - live.left - 190 * u
    size = min((foot - top) * 0.62 / line.cap, room / line.width)
    middle = (top + foot) / 2 + rise * 0.10
    low = middle + line.cap * size / 2
    motion = Motion(moves=(come,), group="band")
    stage.add_words(line, size, live.left, low, palette.on_accent, palette.accent, motion, role="button")
    nudge = Nudge(
        (at + stage.to_frames(16), at + stage.to_frames(26), *stage.find_later_hits(at + stage.to_frames(36))),
        stage.to_frames(5),
        stage.look.ease["even"],
        dx=22 * u * stage.reading_sign,
    )
    tip = min(live.left + line.width * size + 190 * u, right)
    add_arrow(stage, tip, middle, (foot - top) * 0.20, palette.on_accent, Motion(moves=(come, nudge), group="band"))


def _dots(stage: Stage, below: float) -> None:
    palette = stage.palette
    add_far_dots(stage, stage.width * 0.5, min(below, stage.height * 0.8), palette.accent)


def _turn(stage: Stage) -> Picture | None:
    """Return the picture; with several pictures another one than the shot before had."""
    return stage.choose_picture(1 if len(stage.pictures) > 1 else 0)


def _picture(stage: Stage, below: float) -> None:
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    picture = _turn(stage)
    if picture is None:
        return None
    moves = (stage.slide(stage.to_frames(3), dx=600 * u), stage.push(0.03, stage.to_frames(13)))
    motion = Motion(moves=moves, group="picture")
    room = stage.height - below
    x, y = (1620 * u, 560 * u) if wide else (stage.width * 0.36, below + room * 0.62)
    if picture.kind == "photo":
        come = stage.slide(stage.to_frames(3), dx=600 * u if wide else 0, dy=0 if wide else 500 * u)
        points = stage.make_diagonal(1500 * u) if wide else stage.make_wedge(below + room * 0.42, stage.width * 0.15)
        return fill_with(stage, picture, points, motion=Motion(moves=(come,), group="picture"))
    if picture.kind == "screen":
        return add_screen(stage, picture, x, y, 640 * u, 760 * u if wide else room * 0.8, motion, lean=0.07)
    size = 860 * u if picture.ratio > 1 else (980 * u if wide else room * 1.05) * picture.ratio
    turn, free = 12 if picture.ratio > 1 else -10, find_room(stage, 1290 * u, below)
    return add_product(stage, picture, size, turn, palette.bg, (x, y), motion, within=free)
