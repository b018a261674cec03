"""Ornaments of a page without a picture: branches, wreaths, seals, the emblem in ink or cut from paper."""

from __future__ import annotations

import math
from typing import Any

from reelwright.media.drawing.colour import compute_contrast, measure_distance, mix
from reelwright.media.drawing.drawables import Blit, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Count, Sway
from reelwright.media.drawing.relief import make_relief
from reelwright.media.drawing.strokes import DONE, Cascade, add_edge, fill_holes
from reelwright.media.emblems.scenes import make_surroundings
from reelwright.media.looks.paper.material import make_cloth, make_collage, make_cut_letter, make_sheet
from reelwright.media.looks.paper.page import Page, Tone
from reelwright.media.looks.paper.pen import PLANTS, Plant, make_branch, make_ring
from reelwright.media.staging.plane import split_group
from reelwright.media.staging.stage import Motion

_COLLAGE = 240
"""Least pixels at 1080 to the em of an emblem that is pasted from several papers: smaller ones are marks."""
_AROUND = 0.1
"""Part of its place that stays free over an emblem and, a little less, under it, for what it stands in."""
_PEN = 7.0
"""Pixels at 1080 of the pen that draws that."""
_UNLIKE = 0.2
"""Distance in OKLab from which a coloured piece of paper is told from the lines on it."""


def add_branch(
    page: Page,
    x: float,
    y: float,
    length: float,
    angle: float,
    bend: float,
    *,
    plant: Plant | None = None,
    at: float = 0,
    frames: float | None = None,
    name: str = "branch",
    tone: Tone | None = None,
    seed: int = 0,
) -> None:
    """Grow a branch from (x, y), logical; ``angle``: degrees, 0 along the reading direction, 90 down."""
    stage = page.stage
    if not page.grows:
        return
    ground = tone.ground if tone else stage.ground
    if frames is None:  # as long as most of the screen stands, so that it is never quite still
        frames = max(50.0, stage.request.frames / stage.to_frames(1) * 0.85) - at / stage.to_frames(1)
    colour = str(stage.look.own["leaf"]) if tone is None or tone in (page.desk, page.sheet, page.kraft) else tone.ink
    if stage.is_rtl:
        angle, bend = 180 - angle, -bend
    line, areas = make_branch(
        stage.to_frame_x(x), y, length, angle, bend, plant or PLANTS[page.seed % len(PLANTS)], page.seed * 7 + seed
    )
    root = (stage.to_frame_x(x), y)
    width = max(2.2 * stage.u, length * 0.0042)
    grow(page, line, areas, colour, ground, width, at, frames, name, root=root, sway=page.make_sway(1.3, seed))


def grow(
    page: Page, line: Any, areas: list[Any], colour: str, ground: str, width: float, at: float, frames: float,
    name: str, *, root: tuple[float, float], sway: Sway,
) -> None:  # fmt: skip
    """Draw the edges of a plant on, let its leaves take colour after them, and let it sway around its ``root``."""
    stage = page.stage
    bounds = line.computeTightBounds()
    box = Box(bounds.left(), bounds.top(), bounds.right(), bounds.bottom())
    soft = mix(ground, colour, 0.36)
    length = stage.to_frames(frames)
    begin = at - length * 0.5 if at < 1 else at
    even = stage.look.ease["even"]
    motion = Motion(moves=(Count(begin + length * 0.1, length, even, DONE), sway), pivot=root, group=name)
    stage.add("texture", Cascade([(area, soft) for area in areas], share=0.2), box, motion)
    page.draw(line, colour, width, begin, frames, camera=(sway,), pivot=root, group=name)


def add_wreath(page: Page, x: float, y: float, radius: float, *, at: float = 0, frames: float = 60) -> None:
    """Grow a wreath of two branches, open at the top; a ring of the brush or the pen in films that have no laurel."""
    stage = page.stage
    px = stage.to_frame_x(x)
    if page.is_eastern or not page.grows:
        ring = make_ring(Box(px - radius, y - radius, px + radius, y + radius), stage.u, page.make_random("wreath"))
        page.draw(ring, page.desk.quiet, radius * (0.09 if page.is_eastern else 0.016), at, frames, group="wreath")
        return
    length = radius * math.radians(158)
    for side in (-1, 1):
        root = (px + side * radius * 0.10, y + radius * 0.995)
        line, areas = make_branch(*root, length, 90 - side * 90, -side * 158, "olive", page.seed + side)
        grow(
            page, line, areas, str(stage.look.own["leaf"]), stage.ground, max(2 * stage.u, radius * 0.011), at, frames,
            f"wreath {side}", root=(px, y + radius), sway=page.make_sway(1.0 * side),
        )  # fmt: skip


def add_monogram(page: Page, text: str, x: float, y: float, size: float, colour: str, at: float) -> None:
    """Draw initials, or the film's emblem where ``text`` is empty, ``size`` pixels high with their middle at (x, y)."""
    stage = page.stage
    if not text and size > _COLLAGE * stage.u:
        cut_emblem(
            page, Box(x - 0.75 * size, y - size / 2, x + 0.75 * size, y + size / 2), stage.palette.surface, colour
        )
        return
    ink = stage.typeset(text, "display") if text else stage.typeset_emblem("")
    em = min(size / ink.height, size * 1.5 / ink.width)
    low = y - (ink.top + ink.bottom) / 2 * em
    path, box = stage.trace_ink(ink, em, x - ink.width * em / 2, low)
    length = stage.to_frames(26)
    begin = at - length * 0.6 if at < 1 else at
    moves = (Count(begin, length, stage.look.ease["even"], DONE), *page.make_camera())
    stage.add(
        "echo", Cascade([(path, colour)], rise=0, share=1), box, Motion(moves=moves, pivot=page.centre, group="seal")
    )


def add_rule(page: Page, x: float, y: float, half: float, colour: str, at: float) -> None:
    """Draw a thin ornament around (x, y): two strokes that run out from a small leaf-shaped mark."""
    stage, u = page.stage, page.stage.u
    px = stage.to_frame_x(x)
    path = skia.Path()
    for side in (-1, 1):
        path.moveTo(px + side * 26 * u, y)
        path.cubicTo(px + side * half * 0.4, y - 5 * u, px + side * half * 0.7, y + 5 * u, px + side * half, y)
    path.moveTo(px - 12 * u, y)
    path.quadTo(px, y - 13 * u, px + 12 * u, y)
    path.quadTo(px, y + 13 * u, px - 12 * u, y)
    page.draw(path, colour, 3 * u, at, 24)


def cut_letter(page: Page, text: str, x: float, y: float, height: float, colour: str) -> None:
    """Lay a letter cut from coloured paper, ``height`` pixels high with its middle at (x, y): a picture, not words."""
    ink = page.stage.typeset(text, "display")
    em = height / ink.height
    path = ink.make_path(em, 0, 0)
    page.place(make_cut_letter(path, colour, page.stage.u), x, y, depth=1.8)


def cut_emblem(page: Page, box: Box, colour: str, ink: str, *, at: float = 0) -> None:
    """Lay the film's emblem, cut from coloured paper with its lines drawn on, into ``box`` (logical)."""
    drawn, u = page.stage.typeset_emblem(""), page.stage.u
    em = min(box.height / drawn.height, box.width / drawn.width)
    x, y = -(drawn.left + drawn.right) / 2 * em, -(drawn.top + drawn.bottom) / 2 * em
    lines = drawn.make_path(em, x, y)
    outline = add_edge(fill_holes(lines), 0.03 * em)  # as scissors leave it, so that lines at the edge are seen
    if em < _COLLAGE * u:
        sprite = make_cut_letter(outline, colour, u, lines, ink)
    else:
        own = page.stage.look.own  # pieces of coloured paper, darker under light lines
        is_light = compute_contrast(colour, "#000000") > compute_contrast(ink, "#000000")
        inlay = str(own["inlay"] if measure_distance(str(own["inlay"]), ink) > _UNLIKE else own["other_inlay"])
        stocks = (colour, mix(colour, ink, 0.5), inlay if is_light else mix(colour, inlay, 0.55))
        sprite = make_collage(make_relief(drawn).move(em, x, y), outline, stocks, ink, u, page.seed)
    page.place(sprite, *box.centre, at, depth=1.0, sways=True)


def _draw_around(page: Page, box: Box, colour: str) -> None:
    """Draw with a pen what the film's emblem stands in, which lies in ``box`` (logical)."""
    stage, u = page.stage, page.stage.u
    ink = stage.typeset_emblem("")
    em = min(box.height / ink.height, box.width / ink.width)
    place = stage.to_frame_box(*box)
    (x, y), wide, high = place.centre, ink.width * em, ink.height * em
    drawn = Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    below, above = make_surroundings(stage.request.emblem, drawn)
    frames = max(30.0, 0.8 * stage.request.frames / stage.to_frames(1))
    for index, path in enumerate((*below, *above)):
        late = 4 * (index if index < len(below) else index - len(below))
        sways = (page.make_sway(1.2, index),) if index >= len(below) else None
        page.draw(path, colour, _PEN * u, stage.to_frames(late), frames if sways else 26, camera=sways, group="around")


def lay_emblem(page: Page, *, is_near: bool = False, has_companions: bool = False) -> Box:
    """Lay a coloured sheet with the emblem over the far part, or the near one, of a wide page, or over its foot.

    ``has_companions``: with what stands with it, one after another on the beats. Returns the part left for words.
    """
    stage, u, live = page.stage, page.stage.u, page.stage.live
    over = 60 * u
    if page.wide:
        edge = stage.width * (0.4 if is_near else 0.6)
        left, right = (0.0, edge) if is_near else (edge, stage.width)
        sheet = Box(left - over * is_near, -over, right + over * (not is_near), stage.height + over)
        aside = 0.13 * (right - left)
        high = 0.08 if has_companions else 0.16
        seen = Box(left + aside, stage.height * high, right - aside, stage.height * (1 - high))
        begin, end = (edge + 70 * u, live.right) if is_near else (live.left, edge - 70 * u)
        free = Box(begin, page.top, end, page.floor)
    else:
        edge = stage.height * (0.56 if stage.shape == "tall" else 0.55)
        sheet = Box(-over, edge, stage.width + over, stage.height + over)
        foot = stage.height * (0.93 if stage.shape == "tall" else 0.96)
        aside = stage.width * (0.07 if has_companions else 0.14)
        seen = Box(aside, edge + 70 * u, stage.width - aside, foot)
        free = Box(live.left, page.top, live.right, edge - 60 * u - page.small_height)
        page.small_top = free.bottom
    palette = stage.palette
    torn = make_sheet(round(sheet.width), round(sheet.height), palette.accent, "torn", page.seed, 0.5, u)
    page.place(torn, *sheet.centre, depth=1.0)
    if not has_companions:
        inset = _AROUND * seen.height
        seen = seen._replace(top=seen.top + inset, bottom=seen.bottom - 0.8 * inset)
        _draw_around(page, seen, palette.surface)
        cut_emblem(page, seen, palette.surface, palette.accent)
        return free
    names, gap = stage.list_companions(), 40 * u
    beats = stage.find_line_beats(len(names), until=0.5)
    places = split_group(seen, len(names), gap, is_upright=page.wide)
    for name, one, at in zip(names, places, beats, strict=True):
        with stage.show_emblem(name):
            cut_emblem(page, one, palette.surface, palette.accent, at=at)
    return free


def lay_cloth(page: Page, box: Box, colour: str) -> None:
    """Spread a checked cloth over ``box`` (logical); plain paper in films of East Asia, where no table has one."""
    stage = page.stage
    if page.is_eastern:
        page.cover(page.kraft)
        return
    placed = stage.to_frame_box(*box)
    wide, high = round(placed.width), round(placed.height)
    image = make_cloth(wide, high, colour, "#FBF6EC", round(46 * stage.u))
    stage.add("texture", Blit(image, placed.left, placed.top), placed)
