"""The motifs of Slam: leaning bars, tapes of words, rows of echoes, a mitred arrow, a shadow of dots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Final

from reelwright.media.drawing.colour import mix, to_argb
from reelwright.media.drawing.drawables import Fill, Several, skia
from reelwright.media.drawing.layers import Box, Clip
from reelwright.media.drawing.lettering import Ink, typeset_in_face
from reelwright.media.drawing.movers import Mover, Run
from reelwright.media.drawing.painter import make_polygon
from reelwright.media.drawing.relief import Relief, make_relief, sweep
from reelwright.media.drawing.strokes import add_edge, fill_holes
from reelwright.media.drawing.treatments import Grade, Picture
from reelwright.media.emblems import CALENDAR, FACE, load_emblems
from reelwright.media.staging.dates import find_day
from reelwright.media.staging.numbers import can_show_counted_thing
from reelwright.media.staging.plane import Point
from reelwright.media.staging.stage import Motion, Stage


def add_slashes(
    stage: Stage, x: float, top: float, height: float, colour: str, motion: Motion, *, count: int = 3
) -> None:
    """Add the motif of the look: leaning bars in a row. A graphic, never taken for anyone's logo."""
    wide, lean = height * 0.42, height * stage.look.slope * 1.6
    for index in range(count):
        left = x + index * wide * 1.65
        stage.add_polygon(
            [(left + lean, top), (left + wide + lean, top), (left + wide, top + height), (left, top + height)],
            colour,
            motion,
        )


_SHOWING: Final = ("hook", "reveal", "demo", "benefit", "brand", "offer", "cta", "end_card")
"""Beats that show what the film is about where their words name nothing else."""
_STICKER: Final = 1000
"""Pixels that a sticker is wide."""
_DEPTH: Final = 22
"""Pixels of it that it is thick."""
_BACK: Final = 0.72
"""How far the side of a sticker goes from its colour to that of its lines."""
_DOTS: Final = 0.034
_DOT: Final = 0.24
"""Ems between dots in the shade, and the radius of one in parts of that."""
_MARGIN: Final = 30
"""Pixels at 1080 that stay free around a sticker, which grows slowly and hops on hits."""
_SHEET: Final = (1600, 1600)
_TILES: Final = 5
_LEANS: Final = (-14, 9, -6, 16, -10)
"""Degrees by which stickers strewn over a sheet lean, in turn."""


def show_emblem(stage: Stage) -> None:
    """Show what the words name, or what the film is about, as if it were the person's own cut-out of it, or, where the
    look's motif says so, their photograph: the emblem strewn over the frame. Beside steps it stands whole.
    """
    request, palette = stage.request, stage.palette
    if request.words.get("steps") and stage.has_things:
        with stage.show_thing(0):
            stage.pictures = (_make_own_sticker(stage),)
        return
    is_shown = (request.is_emblem_named and request.staging != "testimonial") or request.staging in _SHOWING
    if not request.emblem or not is_shown or stage.pictures or request.words.get("listing"):
        return
    if request.staging == "proof" and not can_show_counted_thing(stage):
        return
    motifs = stage.look.motifs.get(request.staging, ("whole",))
    manner = motifs[request.choose_composition(len(motifs))].split()[0]
    if manner == "strewn" and not request.words.get("steps"):
        names = stage.list_companions() if request.staging == "end_card" else (request.emblem,)
        glyphs = "".join(load_emblems()[name].glyph for name in names)
        picture = _strew(glyphs, palette.bg, palette.text, palette.accent, palette.on_accent)
    else:
        picture = _make_own_sticker(stage)
    stage.pictures = (picture,)


def add_emblem(stage: Stage, within: Box, ground: str, at: float | None = None, group: str = "emblem") -> None:
    """Add the film's emblem as a sticker, as large as a part of the frame allows; nothing in a film without one.

    ``at``: the frame from which on it is there.
    """
    if stage.request.emblem:
        sticker = _make_own_sticker(stage)
        come = stage.slide(stage.to_frames(4), dx=600 * stage.u) if at is None else stage.hit(at, 1.3)
        x = 0.62 * stage.width if at is None else within.centre[0]
        motion = Motion(moves=(come,), group=group)
        add_product(stage, sticker, math.inf, -8, ground, (x, within.centre[1]), motion, within=within)


def add_product(
    stage: Stage, picture: Picture, width: float, turn: float, ground: str, place: Point, motion: Motion, *,
    within: Box | None = None, top: float = -math.inf, grade: Grade = "plain", turns: Sequence[float] = (),
) -> None:  # fmt: skip
    """Add a cut-out around a point, or as far below as its upper edge needs to be under ``top``. A sticker stands whole
    in the part ``within`` of the frame, and hops on hits. ``turns``: the frames at which the steps of the shot come,
    each with the sticker of its thing.
    """
    if picture.is_sticker and turns and stage.has_things:
        for index, (first, last) in enumerate(pairwise((*turns, math.inf))):
            with stage.limit_frames(first, last), stage.show_thing(index):
                come = replace(motion, moves=(stage.hit(first, 1.3), *motion.moves[1:])) if index else motion
                sticker = _make_own_sticker(stage)
                add_product(stage, sticker, math.inf, -turn if index % 2 else turn, ground, place, come, within=within)
        return
    if picture.is_sticker:
        margin, lean = _MARGIN * stage.u, math.radians(min(abs(turn), stage.look.angle))
        room = within or Box(0, 0, stage.width, stage.height)
        room = Box(max(0, room.left), max(0, room.top), min(stage.width, room.right), min(stage.height, room.bottom))
        if stage.print_strip and stage.shape != "wide":  # over or under the small print, where there is more room
            over, under = stage.print_strip
            is_under = room.bottom - under > over - room.top
            room = room._replace(top=max(room.top, under)) if is_under else room._replace(bottom=min(room.bottom, over))
        wide, high = (max(4 * margin, side - 2 * margin) for side in (room.width, room.height))
        across, down = (a + b / picture.ratio for a, b in ((1, lean), (lean, 1)))
        width = min(width, wide / across, high / down)
        motion = replace(motion, moves=(*motion.moves, stage.nudge(stage.to_frames(14), dy=-22)))
    sprite = stage.make_product_sprite(picture, width, turn, ground, grade=grade)
    x, y = place[0], max(place[1], top + sprite.box.height / 2)
    if picture.is_sticker:
        reach, drop = sprite.box.width / 2 + margin, sprite.box.height / 2 + margin
        x = min(max(x, room.left + reach), max(room.right - reach, room.centre[0]))
        y = min(max(y, room.top + drop), max(room.bottom - drop, room.centre[1]))
    stage.place(sprite, x, y, motion)


def find_room(stage: Stage, x: float, y: float) -> Box:
    """Find the part of a wide frame beyond ``x``, and of any other one below ``y``."""
    is_wide = stage.shape == "wide"
    return Box(x if is_wide else 0, 0 if is_wide else y, stage.width, stage.height)


def _make_own_sticker(stage: Stage) -> Picture:
    """Make the sticker of a shot's emblem."""
    day = find_day(stage.request.words.get("line") or stage.request.words.get("deal", ""))
    page = stage.typeset(str(day), "number") if day and stage.request.emblem == CALENDAR else None
    return _make_sticker(
        stage.typeset_emblem("").text, stage.palette.text, stage.palette.on_accent, stage.palette.accent, page
    )


def add_far_dots(stage: Stage, x: float, y: float, colour: str) -> None:
    """Add dots that grow from ``x`` to the far edge of a wide frame, and from ``y`` to the foot of any other one."""
    toward, densest, gamma = ("right", 0.5, 1.9) if stage.shape == "wide" else ("down", 0.6, 1.3)
    left, top, right, bottom = find_room(stage, x, y)
    stage.add_dots(left, top, right + 9, bottom + 9, toward, colour, densest=densest, gamma=gamma)


@lru_cache(8)
def _make_sticker(glyph: str, ground: str, lines: str, accent: str, day: Ink | None = None) -> Picture:
    """Make a sticker of an emblem: its lines on its silhouette, which stands a little out around them. ``day``: what
    its page says, if it is a calendar's.
    """
    relief, edge = _fit_sticker(glyph, _STICKER - _DEPTH, math.inf)
    high = relief.lines.computeTightBounds().height() + 2 * edge
    surface = skia.Surface(_STICKER, math.ceil(high + _DEPTH))
    middle = (_STICKER - _DEPTH) / 2, high / 2
    _paint_sticker(surface, relief, edge, middle, 0, (ground, lines, accent), _DEPTH)
    if day:
        _paint_day(surface, relief.lines, middle, day, ground, lines)
    return Picture(kind="cutout", image=surface.makeImageSnapshot(), focus=(0.5, 0.5), is_sticker=True)


@lru_cache(8)
def _strew(glyphs: str, ground: str, first: str, second: str, lines: str) -> Picture:
    """Make a sheet of stickers in two colours, in rows that are shifted against one another."""
    surface = skia.Surface(*_SHEET)
    surface.getCanvas().clear(to_argb(ground))
    pitch = _SHEET[0] / _TILES
    stickers = [_fit_sticker(glyph, 0.8 * pitch, 0.8 * pitch) for glyph in glyphs]
    for row in range(-1, _TILES + 1):
        for column in range(_TILES + 1):
            at = ((column + 0.5 * (row % 2)) * pitch, (row + 0.5) * pitch)
            relief, edge = stickers[(column + 2 * row) % len(stickers)]
            turn, colours = _LEANS[(row * 2 + column) % len(_LEANS)], (first, second)
            body, accent = colours if (row + column) % 2 else colours[::-1]
            _paint_sticker(surface, relief, edge, at, turn, (body, lines, accent), 0.02 * pitch)
    return Picture(kind="photo", image=surface.makeImageSnapshot(), focus=(0.5, 0.5), is_sticker=True)


def _fit_sticker(glyph: str, width: float, height: float) -> tuple[Relief, float]:
    """Return an emblem about the origin, and the edge around it, of a sticker within a box."""
    ink, edge = typeset_in_face(glyph, FACE), 0.03 * width
    size = min((width - 2 * edge) / ink.width, (height - 2 * edge) / ink.height)
    return make_relief(ink).move(size, -(ink.left + ink.right) / 2 * size, -(ink.top + ink.bottom) / 2 * size), edge


def _paint_sticker(  # type: ignore[no-untyped-def]
    surface, relief: Relief, edge: float, at: Point, turn: float, colours: tuple[str, str, str], depth: float
) -> None:
    """Paint a thick sticker: a body, lines and inner pieces in three colours, with dots on its side in the shade."""
    ground, lines, accent = colours
    canvas, outline = surface.getCanvas(), fill_holes(add_edge(relief.lines, edge))
    step = _DOTS * relief.size
    with skia.AutoCanvasRestore(canvas):
        canvas.translate(*at)
        canvas.rotate(turn)
        for shape, colour in (
            (sweep(outline, depth, depth), mix(ground, lines, _BACK)), (outline, ground), (relief.pieces, accent),
        ):  # fmt: skip
            canvas.drawPath(shape, skia.Paint(AntiAlias=True, Color=to_argb(colour)))
        paint = skia.Paint(AntiAlias=True, Color=to_argb(lines))
        with skia.AutoCanvasRestore(canvas):
            canvas.clipPath(relief.shade, True)
            canvas.drawPath(_make_dots(relief.shade.computeTightBounds(), step, step * _DOT), paint)
        canvas.drawPath(relief.lines, paint)


def _make_dots(bounds, pitch: float, radius: float):  # type: ignore[no-untyped-def]
    """Make dots that cover a rectangle, in rows that are shifted against one another."""
    dots = skia.Path()
    for row in range(math.ceil(bounds.height() / pitch) * 2 + 1):
        y = bounds.top() + row * pitch / 2
        for column in range(math.ceil(bounds.width() / pitch) + 1):
            dots.addCircle(bounds.left() + (column + row % 2 / 2) * pitch, y, radius)
    return dots


def _paint_day(surface, path, middle: Point, day: Ink, ground: str, lines: str) -> None:  # type: ignore[no-untyped-def]
    """Paint the day on the page of a calendar in the type of the look."""
    box, canvas = path.computeTightBounds(), surface.getCanvas()
    page = skia.Rect.MakeXYWH(-0.4 * box.width(), box.top() + 0.4 * box.height(), 0.8 * box.width(), 0.5 * box.height())
    size = min(0.9 * page.width() / day.width, 0.88 * page.height() / day.height)
    x, y = -(day.left + day.right) / 2 * size, page.centerY() - (day.top + day.bottom) / 2 * size
    with skia.AutoCanvasRestore(canvas):
        canvas.translate(*middle)
        canvas.drawRect(page, skia.Paint(Color=to_argb(ground)))
        canvas.drawPath(day.make_path(size, x, y), skia.Paint(AntiAlias=True, Color=to_argb(lines)))


def add_tape(
    stage: Stage,
    ink: Ink,
    centre: Point,
    angle: float,
    height: float,
    ground: str,
    colour: str,
    tick: str,
    speed: float,
) -> None:
    """Add a band of repeated words, turned by ``angle`` degrees, that runs along itself; texture, not to be read.

    The film's emblem stands between the words, or a slash where it has none.
    """
    reach = 1.25 * math.hypot(stage.width, stage.height)
    size = height * 0.54 / ink.height
    sign = stage.typeset_emblem("") if stage.request.emblem else None
    part = 0.7 * height / max(sign.height, sign.width) if sign else 0.0
    gap = height * (1.3 if sign else 0.8)
    period = ink.width * size + gap
    drawn = []
    turn = angle * stage.reading_sign
    x = -reach / 2 - period * 2
    while x < reach / 2 + period * 2:
        drawn.append(Fill(ink.make_path(size, x - ink.left * size, -(ink.top + ink.bottom) / 2 * size), colour))
        middle = x + ink.width * size + gap * 0.5
        mark = (
            sign.make_path(part, middle - (sign.left + sign.right) / 2 * part, -(sign.top + sign.bottom) / 2 * part)
            if sign
            else _slash(middle - height * 0.14, height * 0.2, height * 0.1)
        )
        drawn.append(Fill(mark, colour if sign else tick))
        x += period
    px = stage.to_frame_x(centre[0])
    band = _band(reach * 1.6, height)
    for part in (band, *(one.path for one in drawn)):
        _turned(part, turn, px, centre[1])
    bounds = band.computeTightBounds()
    box = Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
    step = speed * stage.u / stage.request.pace
    angle_rad = math.radians(turn)
    run: Mover = Run(dx=step * math.cos(angle_rad), dy=step * math.sin(angle_rad))
    stage.add("shape", Fill(band, ground), box)
    stage.add("echo", Several(tuple(drawn)), box, Motion(moves=(run,), group="tape"))


def add_crossed_tapes(stage: Stage, ink: Ink, middle: Point, room: float) -> None:
    """Add two tapes that cross around a point and run against one another; one alone where ``room`` is small."""
    palette, u, wide = stage.palette, stage.u, stage.shape == "wide"
    (x, y), dark = middle, palette.on_accent
    high = min(150 * u, 0.32 * room)
    if wide or room > 400 * u:
        over = (x - 60 * u, y) if wide else (x, y + 0.14 * room)
        add_tape(stage, ink, over, 64 if wide else 8, 0.8 * high, palette.text, palette.shade, palette.accent, -4)
    words = palette.accent if wide == (dark == palette.shade) else palette.text
    add_tape(stage, ink, middle, -78 if wide else -12, high, dark, words, palette.accent, 5)


def _slash(x: float, half: float, width: float):  # type: ignore[no-untyped-def]
    return make_polygon(
        [
            (x + half * 0.5, -half),
            (x + half * 0.5 + width, -half),
            (x - half * 0.5 + width, half),
            (x - half * 0.5, half),
        ]
    )


def _band(length: float, height: float):  # type: ignore[no-untyped-def]
    return make_polygon(
        [(-length / 2, -height / 2), (length / 2, -height / 2), (length / 2, height / 2), (-length / 2, height / 2)]
    )


def _turned(path, turn: float, x: float, y: float) -> None:  # type: ignore[no-untyped-def]
    matrix = skia.Matrix()
    matrix.setRotate(turn)
    matrix.postTranslate(x, y)
    path.transform(matrix)


def add_arrow(stage: Stage, x: float, y: float, reach: float, colour: str, motion: Motion) -> None:
    """Add a mitred arrow whose tip lies on x, drawn as one shape; it points along the reading direction."""
    thick = reach * 0.36
    shaft = [
        (x - reach * 3, y - thick / 2),
        (x - thick, y - thick / 2),
        (x - thick, y + thick / 2),
        (x - reach * 3, y + thick / 2),
    ]
    head = [
        (x - reach, y - reach),
        (x - reach + thick * 1.3, y - reach),
        (x + thick * 0.3, y),
        (x - reach + thick * 1.3, y + reach),
        (x - reach, y + reach),
        (x - thick, y),
    ]
    stage.add_polygon(shaft, colour, motion)
    stage.add_polygon(head, colour, motion)


def add_echo_rows(
    stage: Stage,
    ink: Ink,
    height: float,
    top: float,
    bottom: float,
    colour: str,
    clip: Clip,
    *,
    alpha: float,
    at: float,
) -> None:
    """Add rows of one outlined word that fill an area, every other row shifted; for shots without a picture."""
    size = height / ink.height
    period = ink.width * size + height * 0.45
    y, row = top, 0
    while y < bottom:
        x = -period * (0.25 + 0.5 * (row % 2))
        while x < stage.width:
            path, box = stage.trace_ink(ink, size, x, y - ink.top * size)
            del path
            if box.right > 0 and box.left < stage.width:
                motion = Motion(
                    moves=(stage.fade(at + stage.to_frames(row), stage.to_frames(6)),), clips=(clip,), group="echo"
                )
                stage.add_echo(ink, size, x, y - ink.top * size, colour, alpha, motion)
            x += period
        y += height * 1.2
        row += 1


def add_contact_shadow(stage: Stage, x: float, y: float, width: float, colour: str, motion: Motion) -> None:
    """Add a halftone ellipse under a product."""
    high = width * 0.26
    stage.add_dots(
        x - width / 2,
        y - high / 2,
        x + width / 2,
        y + high / 2,
        "pool",
        colour,
        densest=1.1,
        gamma=0.6,
        cell=0.8,
        motion=motion,
    )
