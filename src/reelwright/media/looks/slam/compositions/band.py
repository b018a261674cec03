"""Band: the picture, or a word cropped huge, fills the frame; the words ride on one leaning slab across it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from reelwright.media.drawing.drawables import Fill, Outline, Several
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Leave, Mover
from reelwright.media.drawing.style import pick_text_colour
from reelwright.media.drawing.treatments import Picture, make_device
from reelwright.media.letters.word_styles import drop_struck_words
from reelwright.media.looks.slam.compositions.skin import Skin, Staging, fill_frame_with, read_struck_words, strike
from reelwright.media.looks.slam.motifs import add_product
from reelwright.media.staging.key_words import compute_huge_size, has_key_word, repeat_outlines, typeset_key_word
from reelwright.media.staging.lines import compute_block_baselines, count_lines, fit_headline, measure_block_height
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage


def make_band(skin: Skin, label: str = "") -> Staging:
    """Make a staging in which slab and words enter together from the near edge,
    and the backdrop is pushed over the whole shot. ``label``: a role that stands small above the words on the slab.
    """
    return partial(_set, skin, label)


def _set(skin: Skin, label: str, stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.get_colour(skin.ground)
    slab = palette.get_colour(skin.slab)
    gap, pad = 22 * u, 34 * u
    share = 0.58 if stage.shape == "tall" else 0.42
    width = live.width * (0.94 if wide or skin.device == "strike" else 1)
    text, is_all = read_struck_words(stage, skin.role, skin.device)
    most = count_lines(text, 2 if wide else 3)
    lines = fit_headline(stage, text, width, live.height * share, lines=most, largest=330 * u, target=84)
    tall = measure_block_height(lines, gap)
    rise = stage.width * stage.look.slope * (0.24 if wide else 0.36)
    text_foot = live.bottom - {"wide": 70, "tall": 60, "portrait": 56, "square": 44}[stage.shape] * u
    small = stage.get_words(label) if label else ""
    above = stage.get_small_size("label") * 1.1 + 12 * u if small else 0.0
    is_under = stage.shape == "tall" and any(one.is_sticker and one.kind == "cutout" for one in stage.pictures)
    if is_under:
        text_foot = live.top + pad + above + tall
    top = text_foot - tall
    high, deep = top - pad - above, text_foot + pad + rise
    upper = high - (0 if wide else rise / 2)
    free = Box(0, deep if is_under else 0, stage.width, stage.height if is_under else upper)
    _backdrop(stage, skin, high, deep - rise, free)
    reach = stage.width * 0.2
    lean = rise / stage.width
    points: list[Point] = [
        (-reach, high + reach * lean),
        (stage.width + reach, high - rise - reach * lean),
        (stage.width + reach, deep - rise - reach * lean),
        (-reach, deep + reach * lean),
    ]
    beats = stage.find_beats(3, until=0.6)
    kick = stage.nudge(stage.to_frames(12), dx=24)
    come: tuple[Mover, ...] = (
        stage.slide(-stage.to_frames(60) * stage.is_opening, dx=-stage.width * 1.1, kind="slab"),
        kick,
    )
    tip: tuple[Mover, ...] = ()
    if skin.device == "strike":
        tip = (Leave(beats[1], stage.to_frames(8), stage.look.ease["hit"], 0, 10 * u, 1, 1.0 * stage.reading_sign),)
        stage.add_shake(beats[1])
    else:
        stage.add_shake(0)
    pivot = (stage.to_frame_x(live.left), deep)
    edge = palette.get_colour(skin.field)
    shadow = [(x, y + 20 * u) for x, y in points]
    stage.add_polygon(shadow, edge, Motion(moves=(*come, *tip, *_down(stage)), pivot=pivot, group="slab"))
    stage.add_polygon(points, slab, Motion(moves=(*come, *tip), pivot=pivot, group="slab"))
    kicks = stage.find_later_hits(stage.to_frames(2))
    for index, (line, base) in enumerate(zip(lines, compute_block_baselines(lines, top, gap), strict=True)):
        own = replace(kick, starts=kicks[index :: len(lines)])  # a line after the other leaps on a hit
        motion = Motion(moves=(come[0], own, *tip), pivot=pivot, group="slab")
        stage.add_line(line, live.left, base, pick_text_colour(palette, slab), slab, motion)
    if small:
        on_slab = Motion(moves=(*come, *tip), pivot=pivot, group="slab")
        stage.add_label(small, live.left, top - 20 * u, pick_text_colour(palette, slab), slab, on_slab)
    if skin.device == "strike":
        starts = (float(beats[2]), *stage.find_later_hits(beats[2], most=1))
        lows = compute_block_baselines(lines, top, gap)
        strike(stage, lines, live.left, lows, palette.accent, starts, is_all=is_all)


def _down(stage: Stage) -> tuple[Mover, ...]:
    """Make the mover by which the slab's second edge steps out further below it on later hits."""
    return (stage.march(stage.to_frames(18), dy=13, most=3),)


def _backdrop(stage: Stage, skin: Skin, high: float, deep: float, free: Box) -> None:
    picture = stage.choose_picture()
    if picture is None:
        return _word(stage, skin, high, deep)
    if picture.kind == "cutout":
        return _macro(stage, skin, picture, high, free)
    if picture.kind == "screen":
        return _close_screen(stage, skin, picture, high)
    return fill_frame_with(stage, picture, skin.grade)


def _macro(stage: Stage, skin: Skin, picture: Picture, high: float, free: Box) -> None:
    u, wide = stage.u, stage.shape == "wide"
    field = stage.palette.get_colour(skin.field)
    dots = field if field != stage.ground else stage.palette.shade
    stage.add_dots(
        0, 0, stage.width + 9, stage.height, "right" if wide else "up", dots, densest=0.5, gamma=1.6, cell=1.4
    )
    if picture.ratio > 1:
        size, turn = (1500 * u, -8.0) if wide else (1500 * u, -14.0)
    else:
        size, turn = (stage.height * (1.9 if wide else 0.98) * picture.ratio, 74.0 if wide else -16.0)
        size = min(size, 1150 * u)
    x, y = (stage.width * 0.58, high * 0.50) if wide else (stage.width * 0.54, high * 0.58)
    start = -stage.to_frames(60) if stage.is_opening else 0
    settled = stage.to_frames(10)
    moves = (stage.slide(start, dx=900 * u, dy=-80 * u), stage.push(0.04, settled), stage.nudge(settled, dx=-30, dy=12))
    motion = Motion(moves=moves, group="picture")
    add_product(stage, picture, size, turn, stage.ground, (x, y), motion, within=free, grade=skin.grade)


def _close_screen(stage: Stage, skin: Skin, picture: Picture, high: float) -> None:
    """Draw the device cropped by the frame, leaning the other way than elsewhere."""
    field = stage.palette.get_colour(skin.field)
    dots = field if field != stage.ground else stage.palette.shade
    stage.add_dots(0, 0, stage.width + 9, stage.height, "up", dots, densest=0.5, gamma=1.6, cell=1.4)
    wide = max(stage.width * 1.02, high * 1.05 * picture.ratio) if picture.ratio > 1 else stage.width * 0.72
    sprite = make_device(picture, wide, 0.07 * stage.reading_sign, frame="#111114", edge=stage.palette.dim)
    moves = (stage.slide(0, dy=-500 * stage.u), stage.push(0.04, stage.to_frames(10)))
    y = min(sprite.box.height * 0.42, high * 0.62) if picture.ratio > 1 else sprite.box.height * 0.46
    stage.place(sprite, stage.width * 0.55, y, Motion(moves=moves, group="picture"))


def _word(stage: Stage, skin: Skin, high: float, deep: float) -> None:
    """Draw the key word in rows over the whole frame, filled and outlined by turns, running against each other.

    Of a line that no word stands for, the rows are the line itself.
    """
    text = stage.get_words(skin.role)
    is_word = has_key_word(text)
    ink = typeset_key_word(stage, text) if is_word else stage.typeset(drop_struck_words(text))
    most = stage.width * (0.9 if is_word else 1.7)
    size = compute_huge_size(stage, ink, high * (0.62 if stage.shape == "wide" else 0.36), most)
    height = ink.height * size
    field = stage.palette.get_colour(skin.field)
    colour = field if field != stage.ground else pick_text_colour(stage.palette, stage.ground)
    pitch = height * 1.10
    first = high - height * 0.06 - max(0.0, ink.bottom) * size
    over = [first - row * pitch for row in range(5) if first - row * pitch - height * 0.9 > -height]
    under = [deep - ink.top * size + height * 0.02 + row * pitch for row in range(4)]
    rows = [(base, row) for row, base in enumerate(over)]
    rows += [(base, row + 1) for row, base in enumerate(under) if base + ink.top * size < stage.height]
    width = max(1.0, stage.look.sizes["echo"] * stage.u)
    for base, row in rows:
        odd = row % 2 == 1
        paths, box = repeat_outlines(stage, ink, size, -ink.width * size * (0.55 if odd else 0.06), base)
        parts = tuple(Outline(path, colour, width, 0.9) if odd else Fill(path, colour) for path in paths)
        step = stage.march(stage.to_frames(16), dx=40 if odd else -40)
        moves = (stage.slide(0, dx=(300 if odd else -300) * stage.u), step)
        stage.add("echo", Several(parts), box, Motion(moves=moves, group="word"))
