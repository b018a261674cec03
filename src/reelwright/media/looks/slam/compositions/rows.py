"""Rows: the words in a slab, their outlines above and below it in rows that tick on with the music."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from reelwright.media.drawing.drawables import Outline, Several
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.style import pick_text_colour
from reelwright.media.looks.slam.compositions.skin import Skin, Staging, fill_frame_with
from reelwright.media.looks.slam.motifs import add_product, find_room
from reelwright.media.staging.key_words import repeat_outlines
from reelwright.media.staging.lines import compute_block_baselines, count_lines, fit_headline, measure_block_height
from reelwright.media.staging.pictures import add_screen
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage


def make_rows(skin: Skin, label: str = "") -> Staging:
    """Make a staging whose rows fill the frame from the first frame on; the slab lands on the second hit and never
    moves again. A photo fills the frame instead of the rows, with the slab on it from the first frame on.
    ``label``: a role that stands small above the words on the slab.
    """
    return partial(_set, skin, label)


def _set(skin: Skin, label: str, stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    stage.ground = palette.get_colour(skin.ground)
    slab = palette.get_colour(skin.slab)
    gap, pad = 22 * u, 40 * u
    share = {"wide": 0.46, "tall": 0.48, "portrait": 0.44, "square": 0.44}[stage.shape]
    beside = wide and any(picture.kind != "photo" for picture in stage.pictures)
    width = live.width * (0.64 if beside else 1)
    text = stage.get_words(skin.role)
    lines = fit_headline(stage, text, width, live.height * share, lines=count_lines(text, 3), largest=300 * u)
    tall = measure_block_height(lines, gap)
    photo = picture if (picture := stage.choose_picture()) and picture.kind == "photo" else None
    low = stage.shape in ("square", "portrait") and bool(stage.pictures)
    middle = live.top + live.height * (0.36 if low else 0.5)
    small = stage.get_words(label) if label else ""
    above = stage.get_small_size("label") * 1.1 + 12 * u if small else 0.0
    top = live.top + pad + above if photo else middle - tall / 2
    rise = stage.width * stage.look.slope * (0.22 if wide else 0.34)
    beats = stage.find_beats(2, until=0.4)
    land = float(beats[1])
    reach = stage.width * 0.12
    lean = rise / stage.width
    high, deep = top - pad - above, top + tall + pad + rise
    points: list[Point] = [
        (-reach, high + reach * lean),
        (stage.width + reach, high - rise - reach * lean),
        (stage.width + reach, deep - rise - reach * lean),
        (-reach, deep + reach * lean),
    ]
    if photo:
        fill_frame_with(stage, photo, skin.grade)
        land = 0.0
    else:
        _ticking(stage, skin, lines, top, tall, gap, points)
    wiped = stage.make_wipe_area(-20 * u, high - rise, stage.width + 20 * u, deep)
    lows = compute_block_baselines(lines, top, gap)
    for line, base in zip(lines, lows, strict=True) if land else ():  # the slab comes over words that stand
        motion = Motion(moves=(stage.hit(0),), span=(0, land + stage.get_length("slab")), group="line")
        stage.add_line(line, live.left, base, pick_text_colour(palette, stage.ground), stage.ground, motion)
    come = stage.wipe(land or -stage.get_length("slab"))
    shown = Motion(moves=(come,), wipe_area=wiped, span=(land, float("inf")), group="slab")
    stage.add_polygon(points, slab, shown)
    for line, base in zip(lines, lows, strict=True):
        stage.add_line(line, live.left, base, pick_text_colour(palette, slab), slab, shown)
    if small:
        motion = Motion(moves=(stage.hit(land, 1.12),), span=(land, float("inf")), group="line")
        stage.add_label(small, live.left, top - 20 * u, pick_text_colour(palette, slab), slab, motion)
    right = live.left + max(line.width for line in lines)
    free = find_room(stage, right, deep)
    _picture(stage, skin, -stage.to_frames(60) if stage.is_opening else land + stage.to_frames(2), free)
    stage.add_shake(land)


def _ticking(
    stage: Stage, skin: Skin, lines: Sequence[FittedLine], top: float, tall: float, gap: float, points: list[Point]
) -> None:
    """Draw outlines of the block all over the frame, every second block filled in; they step up on later hits."""
    pitch = tall + gap + 16 * stage.u
    clip = stage.make_clip(points, is_inverted=True)
    colour = stage.palette.get_colour(skin.field)
    lows = compute_block_baselines(lines, top, gap)
    step = pitch / len(lines) / stage.u
    march = stage.march(stage.to_frames(4), dy=-step, most=4)
    copies = math.ceil(stage.height / pitch) + 2
    width = max(1.0, stage.look.sizes["echo"] * stage.u)
    for copy in range(-copies, copies + len(lines) * 2):
        for index, (line, base) in enumerate(zip(lines, lows, strict=True)):
            y = base + copy * pitch
            if not -pitch < y < stage.height + 5 * step * stage.u:
                continue
            paths, box = repeat_outlines(stage, line.ink, line.size, stage.live.left, y)
            alpha = 0.85 if (index + copy) % 2 else 0.4
            parts = tuple(Outline(path, colour, width, alpha) for path in paths)
            motion = Motion(moves=(march,), clips=(clip,), group="echo")
            stage.add("echo", Several(parts), box, motion)


def _picture(stage: Stage, skin: Skin, at: float, free: Box) -> None:
    """Draw a product before the rows, over the far end of the slab; a sticker in the part ``free`` of words."""
    picture = stage.choose_picture()
    if picture is None or picture.kind == "photo":
        return None
    u, wide = stage.u, stage.shape == "wide"
    moves = (stage.slide(at, dx=800 * u, dy=120 * u), stage.push(0.03, at + stage.to_frames(10)))
    motion = Motion(moves=moves, group="picture")
    x, y = (stage.width * 0.82, stage.height * 0.53) if wide else (stage.width * 0.70, stage.height * 0.83)
    if picture.kind == "screen":
        return add_screen(stage, picture, x, y, 640 * u, stage.height * (0.7 if wide else 0.34), motion, lean=0.08)
    high = stage.height * (0.98 if wide else 0.46)
    size = min(high * picture.ratio, 760 * u if wide else 900 * u)
    turn = -9 if picture.ratio <= 1 else 10
    return add_product(stage, picture, size, turn, stage.ground, (x, y), motion, within=free, grade=skin.grade)
