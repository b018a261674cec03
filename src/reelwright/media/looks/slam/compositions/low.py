"""Low: the picture on the near or upper side behind a leaning edge, the words large beside or under it.

A sticker in a tall frame stands under the words, where else nothing stands below the safe area.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from reelwright.media.drawing.drawables import Fill, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Mover
from reelwright.media.drawing.style import pick_text_colour
from reelwright.media.looks.slam.compositions.skin import Skin, Staging, read_struck_words, strike
from reelwright.media.looks.slam.motifs import add_product, add_slashes
from reelwright.media.staging.key_words import compute_huge_size, has_key_word, is_negation, typeset_key_word
from reelwright.media.staging.lines import (
    compute_block_baselines,
    count_closing_lines,
    fit_headline,
    measure_block_height,
)
from reelwright.media.staging.pictures import add_screen, fill_with
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage


def make_low(skin: Skin) -> Staging:
    """Make a staging that sets large words under the picture, or beside it in a wide frame.

    The beat's first composition has them elsewhere. With the device ``slab`` the last of several lines stands on a slab
    that runs off the far edge; with ``strike`` bars cross the last line.
    """
    return partial(_set, skin)


def _set(skin: Skin, stage: Stage) -> None:
    palette, u, live = stage.palette, stage.u, stage.live
    wide = stage.shape == "wide"
    ground = stage.ground = palette.get_colour(skin.ground)
    axis = stage.width * 0.45 if wide else live.left
    width = live.right - axis - (20 * u if wide else 0)
    share = {"wide": 0.84, "tall": 0.50, "portrait": 0.46, "square": 0.46}[stage.shape]
    gap = 40 * u
    text, is_all = read_struck_words(stage, skin.role, skin.device)
    lines = fit_headline(stage, text, width, live.height * share, lines=4, gap=40, largest=(330 if wide else 300) * u)
    tall = measure_block_height(lines, gap)
    foot = {"wide": live.bottom - (live.height - tall) / 2, "tall": live.bottom - 30 * u}.get(
        stage.shape, live.bottom - 24 * u
    )
    is_bare = not stage.request.words.get("source")  # small print stands under the words
    is_under = stage.shape == "tall" and is_bare and any(one.is_sticker for one in stage.pictures[:1])
    if is_under:
        foot = live.top + 90 * u + tall
    top = foot - tall
    edge = _floor(stage, skin, foot + 70 * u) if is_under else _field(stage, skin, top - 56 * u)
    _picture(stage, skin, edge, top, foot if is_under else 0)
    lows = compute_block_baselines(lines, top, gap)
    beats = stage.find_beats(len(lines) + 1, until=0.42)
    closing = count_closing_lines(text, lines)
    may_fall = not wide and closing == 1 and is_bare and not is_under
    if may_fall and not is_negation(text):  # "no appointment" is no row of appointments
        _below(stage, skin, lines[-1], lows[-1], beats[-1])
    elif stage.shape == "tall" and not is_under:
        colour = palette.get_colour(skin.slab if skin.slab != skin.ground else skin.field)
        below = foot + 60 * u if is_bare else 0.68 * stage.height
        stage.add_dots(0, below, stage.width + 9, stage.height + 9, "down", colour, densest=0.6, gamma=1.4)
    _lines(stage, skin, lines, lows, [0] * len(beats) if stage.is_opening else beats, axis, ground, closing)
    if skin.device == "strike":
        start = beats[len(lines)] if len(beats) > len(lines) else stage.to_frames(18)
        starts = (start, *stage.find_later_hits(start, most=1))
        strike(stage, lines, axis, lows, palette.accent, starts, is_all=is_all)


def _lines(
    stage: Stage,
    skin: Skin,
    lines: Sequence[FittedLine],
    lows: Sequence[float],
    beats: Sequence[int],
    x: float,
    ground: str,
    closing: int,
) -> None:
    """Bring the lines in from the far edge; the device of the last ``closing`` ones lands on the beat after them."""
    palette, u = stage.palette, stage.u
    for index, (line, base) in enumerate(zip(lines, lows, strict=True)):
        turn = min(index, len(lines) - closing)  # the lines of one slab come together
        at = 0.0 if turn == 0 else min(float(beats[turn]), stage.to_frames(9 * turn))
        moves = (stage.slide(at, dx=stage.width * 0.5, kind="rise"),)
        colour = pick_text_colour(palette, ground)
        if index < len(lines) - closing or skin.device != "slab":
            motion = Motion(moves=moves, group=f"line {index}")
            stage.add_line(line, x, base, colour, ground, motion)
            continue
        slab = palette.get_colour(skin.slab)
        pad = 19 * u
        high, deep = base + line.ink.top * line.size - pad, base + max(0.0, line.ink.bottom) * line.size + pad
        if index > len(lines) - closing:  # the slabs of two lines are one
            high = lows[index - 1] + max(0.0, lines[index - 1].ink.bottom) * line.size + pad - 1
        lean = (deep - high) * stage.look.slope
        near = (
            x - 26 * u if stage.shape == "wide" else -0.1 * stage.width
        )  # beside words it leans, at an edge it bleeds
        far = 1.2 * stage.width
        points: list[Point] = [(near, high), (far, high), (far, deep), (near - lean, deep)]
        wiped = stage.make_wipe_area(near - 4 * u - lean, high, stage.width * 1.02, deep, "right")
        slid = Motion(
            moves=(stage.wipe(at), stage.march(at + stage.to_frames(16), dx=-9, most=2)),
            wipe_area=wiped,
            group=f"line {index}",
        )
        stage.add_polygon(points, slab, slid)
        stage.add_line(line, x, base, pick_text_colour(palette, slab), slab, Motion(moves=moves, group=f"line {index}"))
        stage.add_shake(at)


def _field(stage: Stage, skin: Skin, y: float) -> list[Point]:
    """Draw the leaning field that the picture stands in; it comes from the edge it lies at."""
    wide = stage.shape == "wide"
    rise = stage.width * stage.look.slope * (0.55 if stage.shape != "tall" else 0.8)
    points = stage.make_diagonal(stage.width * 0.375, far=False) if wide else stage.make_ceiling(y + rise * 0.1, rise)
    come = stage.slide(0, dx=-stage.width * 0.4 if wide else 0, dy=0 if wide else -stage.height * 0.3, kind="slab")
    right, foot = (stage.width * 0.6, stage.height) if wide else (stage.width + 9, max(y + rise, 60))
    return _lay(stage, skin, points, come, Box(0, 0, right, foot), "left" if wide else "up")


def _floor(stage: Stage, skin: Skin, y: float) -> list[Point]:
    """Draw the leaning field under the words; it comes from the foot."""
    reach, rise, low = stage.width * 0.05, stage.width * stage.look.slope * 0.8, stage.height * 1.1
    lean = rise / stage.width * reach
    points = [(-reach, y + rise + lean), (stage.width + reach, y - lean), (stage.width + reach, low), (-reach, low)]
    come = stage.slide(0, dx=0, dy=stage.height * 0.3, kind="slab")
    return _lay(stage, skin, points, come, Box(0, y, stage.width + 9, stage.height), "down")


def _lay(stage: Stage, skin: Skin, points: list[Point], come: Mover, dotted: Box, towards: str) -> list[Point]:
    """Lay the field within ``points``, which it returns; dots in the box ``dotted`` grow ``towards`` an edge."""
    palette = stage.palette
    colour = palette.get_colour(skin.field)
    stage.add_polygon(points, colour, Motion(moves=(come,), group="field"))
    dots = pick_text_colour(palette, colour) if colour != palette.accent else palette.shade
    motion = Motion(moves=(come,), clips=(stage.make_clip(points),), group="field")
    stage.add_dots(*dotted, towards, dots, densest=0.5, gamma=1.7, cell=1.1, motion=motion)
    return points


def _picture(stage: Stage, skin: Skin, field: list[Point], top: float, foot: float = 0) -> None:
    """Put the picture into the ``field``: above ``top``, or below ``foot`` where that is given."""
    u, wide = stage.u, stage.shape == "wide"
    picture = stage.choose_picture()
    clip = stage.make_clip(field)
    settle = stage.to_frames(12)
    come = stage.slide(stage.to_frames(1), dx=-700 * u if wide else 0, dy=0 if wide else -700 * u)
    moves = (come, stage.push(0.03, settle), stage.nudge(settle, dx=10, dy=4))
    if picture is None:
        return _word(stage, skin, field, top)
    if picture.kind == "photo":
        tint = stage.palette.accent
        return fill_with(
            stage, picture, field, grade=skin.grade, tint=tint, zoom=1.12, motion=Motion(moves=(come,), group="picture")
        )
    x, y = (stage.width * 0.20, stage.height * 0.52) if wide else (stage.width * 0.56, top * 0.40)
    shown = Motion(moves=moves, clips=() if wide else (clip,), group="picture")
    if picture.kind == "screen":
        room = (700 * u, 900 * u) if wide else (860 * u, top * 0.8)
        return add_screen(stage, picture, x + 20 * u, y, *room, shown, lean=0.07)
    if wide:
        size = 1080 * u * (1.0 if picture.ratio > 1 else picture.ratio)
        size = min(size, 860 * u)
    else:
        tall = stage.height - foot if foot else top
        size = min(1080 * u, tall * (1.5 if picture.ratio > 1 else 1.25) * picture.ratio)
    if foot:
        y = (foot + stage.height) / 2 + 40 * u
    drop = 0.0 if wide or foot or picture.ratio > 1 else -0.06 * top
    turn, ground = 11 if picture.ratio > 1 else -11, stage.palette.get_colour(skin.field)
    far, low = (0.42 * stage.width, stage.height) if wide else (stage.width, stage.height if foot else top - 20 * u)
    free = Box(0, foot + 40 * u if foot else 0, far, low)
    return add_product(stage, picture, size, turn, ground, (x, y + drop), shown, within=free, grade=skin.grade)


def _word(stage: Stage, skin: Skin, field: list[Point], top: float) -> None:
    """Fill the field with the key word where there is no picture; in an upright field the word climbs it.

    The look's bars stand in for a line that no word can stand for.
    """
    wide = stage.shape == "wide"
    if not has_key_word(stage.get_words(skin.role)):
        _bars(stage, skin, field, top)
        return
    ink = typeset_key_word(stage, stage.get_words(skin.role))
    colour = pick_text_colour(stage.palette, stage.palette.get_colour(skin.field))
    if wide:
        size = min(stage.height * 0.98 / ink.width, stage.width * 0.27 / ink.height)
        path = ink.make_path(size, -(ink.left + ink.right) / 2 * size, -(ink.top + ink.bottom) / 2 * size)
        matrix = skia.Matrix()
        matrix.setRotate(-90 + stage.look.angle * stage.reading_sign)
        matrix.postTranslate(stage.to_frame_x(stage.width * 0.20), stage.height / 2)
        path.transform(matrix)
        bounds = path.computeTightBounds()
        box = Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
        moves: tuple[Mover, ...] = (stage.slide(0, dy=400 * stage.u), stage.march(stage.to_frames(20), dx=6, dy=-28))
    else:
        size = compute_huge_size(stage, ink, top * 0.86, stage.live.width)
        x, base = stage.live.left, top * 0.80
        path, box = stage.trace_ink(ink, size, x, base - max(0.0, ink.bottom) * size)
        moves = (stage.slide(0, dx=-300 * stage.u), stage.march(stage.to_frames(20), dx=-16))
    motion = Motion(moves=moves, clips=(stage.make_clip(field),), group="word")
    stage.add("echo", Fill(path, colour), box, motion)


def _bars(stage: Stage, skin: Skin, field: list[Point], top: float) -> None:
    wide, u = stage.shape == "wide", stage.u
    colour = pick_text_colour(stage.palette, stage.palette.get_colour(skin.field))
    moves = (stage.slide(0, dx=-300 * u, kind="slab"), stage.march(stage.to_frames(20), dx=14))
    motion = Motion(moves=moves, clips=(stage.make_clip(field),), group="motif")
    high = stage.height * 0.34 if wide else min(420 * u, top * 0.5)
    x, y = (stage.width * 0.05, stage.height * 0.33) if wide else (stage.live.left, top * 0.78 - high)
    add_slashes(stage, x, y, high, colour, motion)


def _below(stage: Stage, skin: Skin, line: FittedLine, base: float, at: float) -> None:
    """Draw outlines of the last line that fall out of it to the foot of the frame and march on later hits."""
    u = stage.u
    pitch = line.height + 26 * u
    colour = stage.palette.get_colour(skin.slab if skin.slab != skin.ground else skin.field)
    march = stage.march(at + stage.to_frames(10), dx=34)
    row = 1
    while base + (row - 1) * pitch < stage.height and row < 7:
        moves = (stage.fade(stage.to_frames(2 * row), stage.to_frames(6)), march)
        alpha = max(0.22, 0.9 - 0.16 * row)
        y = base + row * pitch + 16 * u
        stage.add_echo(line.ink, line.size, stage.live.left, y, colour, alpha, Motion(moves=moves, group="echo"))
        row += 1
