"""The sign of a film, printed large or knocked out of a disc: its emblem, or the initials of a name."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from reelwright.media.drawing.colour import LEGIBLE, compute_contrast
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import Ink
from reelwright.media.drawing.relief import Relief, make_relief
from reelwright.media.drawing.strokes import fill_holes
from reelwright.media.drawing.textures import make_dots, tint_coverage
from reelwright.media.looks.riso.motifs import (
    add_tint,
    draw_confetti,
    draw_sun,
    make_box,
    make_circle,
    make_scallop,
    make_wave,
)
from reelwright.media.looks.riso.plates import Mark, Plate, hold, join
from reelwright.media.looks.riso.press import RAYS, Press
from reelwright.media.staging.key_words import find_initials
from reelwright.media.staging.plane import split_group
from reelwright.media.staging.stage import Motion

_WHOLE: Final = 0.76
"""Part of its place that an emblem takes: turned, with its shadow, it stands whole and with air around it."""
_CLOSE: Final = 1.16
_SUN: Final = 0.42
"""Radius of a sun, as a part of the shorter side of its place."""
_LEANS: Final = (-6.0, 4.0)
"""Degrees by which an emblem leans, in turn."""
_SHADE: Final = 0.34
"""Part of a drawing's shaded side that dots cover."""
_DOTS: Final = 11.0
"""Pixels at 1080 between those dots."""
_DOTS_OVER: Final = 0.12
"""Ems by which dots reach over a drawing that leans."""
_LARGE: Final = 240
"""Least pixels at 1080 to the em of a drawing of a row that has light and shade."""
_CALM: Final = 2.0
"""Contrast between rays and their ground above which no words stand on them."""
_SHADOW: Final = (22, 18)
"""Pixels at 1080 by which an emblem's silhouette is out of register, across and down."""


def add_sun(press: Press, art: Box) -> None:
    """Print a sun whose rays turn in a part of the frame, before it the film's emblem, which says more than a sun where
    there is one; a bare sun rises from the foot below words.
    """
    if press.stage.request.emblem:
        add_emblem(press, "", art)
        return
    place = press.stage.to_frame_box(*art)
    radius = min(place.width, place.height) * _SUN if press.wide else place.height * 0.5
    y = place.centre[1] if press.wide else press.stage.height - radius * 0.3
    draw_rising_sun(press, place.centre[0], y, radius)


def draw_rising_sun(press: Press, x: float, y: float, radius: float) -> None:
    """Print a sun around a point of the frame, in the inks that its ground leaves; its rays go on behind the words
    where these can be read on both inks, and these are so alike that the edges of letters do not flicker.
    """
    stage, inks, ink = press.stage, press.inks, press.tone.ink
    is_bare = press.beams == "key" or (press.plate == "hot" and compute_contrast(ink, inks.paper) >= LEGIBLE)
    rays: Plate = "paper" if is_bare else RAYS[press.plate]
    is_calm = compute_contrast(press.tone.ground, inks.get(rays)) < _CALM
    is_legible = compute_contrast(ink, inks.get(rays)) >= LEGIBLE
    reach: float = stage.width + stage.height
    if not (is_calm and is_legible):
        radius, reach = 0.85 * radius, 1.32 * radius
    draw_sun(
        press.marks, inks, x, y, radius, reach, press.u, rays=rays, count=20, free=press.plate in ("paper", "key"),
        is_light=press.plate == "hot",
    )  # fmt: skip


def add_emblem(press: Press, name: str, art: Box, *, is_close: bool = False, has_sun: bool = True) -> None:
    """Print the film's emblem before a sun, its silhouette out of register, its lines on top; it rocks on the hits.

    ``name``: whose initials stand there where the film has no emblem. ``is_close``: so large that the frame cuts it.
    ``has_sun``: else it stands on what is printed there.
    """
    stage, u = press.stage, press.u
    ink = stage.typeset_emblem(find_initials(name))
    place = stage.to_frame_box(*art)
    high = place.height if press.wide else min(place.height, stage.height - place.top)
    part = _CLOSE if is_close else _WHOLE
    size = min(high * part / ink.height, place.width * part / ink.width)
    x, y = place.centre[0] - _SHADOW[0] * u / 2, place.top + high / 2 - _SHADOW[1] * u / 2
    if is_close:
        x, y = x + 0.1 * place.width * stage.reading_sign, y + 0.12 * high
    if has_sun:
        draw_rising_sun(press, x, y, min(place.width, high) * _SUN)
    pen = x - (ink.left + ink.right) / 2 * size, y - (ink.top + ink.bottom) / 2 * size
    lines, relief = ink.make_path(size, *pen), make_relief(ink).move(size, *pen)
    rock = _make_rocking(press, x, y)
    if press.plate == "key" and not stage.request.emblem:  # inks darken one another: letters are left free on blue
        add_free_lines(press, lines)
        return
    whole = fill_holes(lines)
    first: Plate = "hot" if press.plate == "sun" else "sun"

    def shift(step: int) -> Any:
        moved = rock(whole, step)
        moved.offset(_SHADOW[0] * u, _SHADOW[1] * u)
        return moved

    press.marks += [
        Mark("paper", lambda step: join([rock(whole, step), shift(step)]), is_moving=True),
        Mark(first, shift, is_moving=True),
    ]
    if press.plate == "sun":  # the body is left free of its ground, for light dots
        press.marks.append(Mark("paper", lambda step: rock(whole, step), is_moving=True))
    add_tint(press.marks, "warm", whole, press.inks, u, densest=0.5, cell=18)
    press.marks[-1] = replace(press.marks[-1], make=lambda step: rock(whole, step), is_moving=True)
    if stage.request.emblem:
        _print_volume(press, relief, rock)
    press.marks.append(Mark("key", lambda step: rock(lines, step), is_moving=True))


def _print_volume(press: Press, relief: Relief, rock: Callable[[Any, int], Any] = lambda path, _: path) -> None:
    """Print the inner pieces of a drawing in the strongest ink, its side in the shade in dots of the darkest one, and
    leave the paper free on its side in the light.
    """
    place = relief.silhouette.computeTightBounds()
    box = Box(place.left(), place.top(), place.right(), place.bottom()).grow(_DOTS_OVER * relief.size)
    wide, high = math.ceil(box.width), math.ceil(box.height)
    dots = make_dots(np.full((high, wide), _SHADE, np.float32), max(4.0, _DOTS * press.u), 45.0)
    image = tint_coverage(dots, press.inks.key)
    accent: Plate = "sun" if press.plate == "hot" else "hot"
    press.marks += [
        Mark("paper", lambda step: rock(relief.light, step), is_moving=True),
        Mark(accent, lambda step: rock(relief.pieces, step), is_moving=True),
        Mark("key", lambda step: rock(relief.shade, step), dots=(image, box.left, box.top), is_moving=True),
    ]


def _make_rocking(press: Press, x: float, y: float) -> Callable[[Any, int], Any]:
    """Make the function that leans a path to the other side on every hit of the music, around a point."""
    step_length = press.measure_step()
    hits = [hit / step_length for hit in press.stage.find_later_hits(0, most=40)]

    def rock(path: Any, step: int) -> Any:
        turned, matrix = skia.Path(path), skia.Matrix()
        matrix.setRotate(_LEANS[sum(step >= hit for hit in hits) % 2], x, y)
        turned.transform(matrix)
        return turned

    return rock


def add_pattern(press: Press, art: Box) -> None:
    """Print the film's emblem, and what stands with it, small and often, as on wrapping paper that is drawn past words
    with a wavy edge.
    """
    stage, u, place, inks = press.stage, press.u, press.stage.to_frame_box(*art), list[Ink]()
    for name in stage.list_companions():
        with stage.show_emblem(name):
            inks.append(stage.typeset_emblem(""))
    pitch = min(0.42 * min(place.width, stage.height), 0.56 * place.height)
    lines, bodies = list[Any](), list[Any]()
    for row in range(-2, math.ceil(stage.height / pitch) + 2):
        for column in range(-2, math.ceil(stage.width / pitch) + 2):
            x, y = (column + 0.5 * (row % 2)) * pitch, row * pitch
            if not place.left - 2 * pitch < x < place.right + 2 * pitch or y < place.top - 2 * pitch:
                continue
            ink = inks[(column + 2 * (row % 2)) % len(inks)]
            size = 0.7 * pitch / max(ink.width, ink.height)
            one, turn = ink.make_path(size, x, y), skia.Matrix()
            turn.setRotate((-12.0, 10.0)[row % 2], x, y)
            one.transform(turn)
            lines.append(one)
            bodies.append(fill_holes(one))
    speed = 0.022 * pitch

    def move(path: Any) -> Callable[[int], Any]:
        def drawn(step: int) -> Any:
            moved = skia.Path(path)
            moved.offset(-speed * step % pitch * stage.reading_sign, -2 * speed * step % (2 * pitch) - pitch)
            return moved

        return drawn

    field = press.second
    press.marks += [
        Mark("paper", hold(make_box(press.frame))),
        Mark(field, hold(make_box(press.frame))),
        Mark("paper", move(join(bodies)), is_moving=True),
        Mark(field, move(join(lines)), is_moving=True),
    ]
    side = ("right" if stage.reading_sign > 0 else "left") if press.wide else "bottom"
    right, foot = (art.left, stage.height + 60) if press.wide else (stage.width + 60, art.top)
    near = stage.to_frame_box(-60, -60, right, foot)
    long = near.height if press.wide else near.width
    press.marks.append(
        Mark("ground", lambda step: make_wave(near, long / 4.5, 22 * u, 3 - 0.03 * step, side=side), is_moving=True)
    )


def print_drawing(press: Press, name: str, box: Box, at: float, ground: str, group: str) -> None:
    """Print an emblem into a logical box from frame ``at`` on: its silhouette in another ink, out of register, and its
    lines on top. ``ground``: the colour under it.
    """
    stage, inks, off = press.stage, press.inks, 7 * press.u
    with stage.show_emblem(name):
        ink = stage.typeset_emblem("")
    size = min(box.width / ink.width, box.height / ink.height)
    low = box.centre[1] - (ink.top + ink.bottom) / 2 * size
    left = box.centre[0] - ink.width * size / 2
    lines = stage.trace_ink(ink, size, left, low)[0]
    whole = fill_holes(lines)
    below = skia.Path(whole)
    below.offset(off, off)
    motion = Motion(moves=(stage.hit(at, 0.4),), group=group)
    press.add_shape(below, inks.warm if ground != inks.warm else inks.hot, motion)
    press.add_shape(whole, inks.paper, motion)
    if size > _LARGE * press.u:
        relief = make_relief(ink).move(size, stage.find_pen(ink, size, left), low)
        press.add_shape(relief.shade, inks.sun, motion)
        press.add_shape(relief.pieces, inks.hot, motion)
    press.add_shape(lines, inks.key if ground != inks.key else "#000000", motion)


def add_companions(press: Press, art: Box) -> None:
    """Print the emblem and what stands with it, one after another on the beats, over a field with a wavy edge."""
    stage, u, names = press.stage, press.u, press.stage.list_companions()
    place, field = stage.to_frame_box(*art), press.second
    long, side = (place.height, "left") if press.wide else (place.width, "top")
    side = "right" if press.wide and stage.is_rtl else side
    near = place.right if stage.is_rtl else place.left
    ends = {"left": -60, "right": near} if stage.is_rtl else {"left": near, "right": stage.width + 60}
    far = Box(-60, place.top, stage.width + 60, stage.height + 60)
    far = far._replace(top=-60, **ends) if press.wide else far
    press.marks += [
        Mark("paper", lambda step: make_wave(far, long / 4.5, 22 * u, 3 - 0.03 * step, side=side), is_moving=True),
        Mark(field, lambda step: make_wave(far, long / 4.5, 22 * u, 3 - 0.03 * step, side=side), is_moving=True),
    ]
    inner = Box(art.left, art.top, stage.width, min(art.bottom, stage.height)).grow(-80 * u)
    places = split_group(inner, len(names), 30 * u, is_upright=press.wide)
    hits = stage.find_line_beats(len(names), until=0.5)
    for index, (name, one, at) in enumerate(zip(names, places, hits, strict=True)):
        print_drawing(press, name, one, at, press.inks.get(field), f"thing {index}")


def add_free_lines(press: Press, lines: Any) -> None:
    """Leave the lines of a drawing free of the ground, with the lightest ink beside them, out of register."""
    moved = skia.Path(lines)
    moved.offset(_SHADOW[0] * press.u / 2, _SHADOW[1] * press.u / 2)
    press.marks += [Mark("paper", hold(moved)), Mark("sun", hold(moved)), Mark("paper", hold(lines))]


def add_disc(press: Press, name: str, art: Box) -> None:
    """Print a large disc in dots, cut paper around, with the film's emblem or the initials knocked out of it."""
    stage, u = press.stage, press.u
    place = stage.to_frame_box(*art)
    short = min(place.width, place.height)
    radius = max(short * 0.47, min(place.width, stage.height) * 0.40)
    if not press.wide:  # whole: half a letter is no sign of anybody
        radius = min(radius, (stage.height - place.top - 100 * u) / 2.16)
    x = place.centre[0] - (12 * u * stage.reading_sign if press.wide else 0)
    y = place.centre[1] if press.wide else place.top + radius + 50 * u
    first: Plate = "sun" if press.plate == "paper" else "paper"
    draw_confetti(press.marks, place, press.rng, u, count=34, plates=("hot", "key", first))
    press.marks.append(Mark("ground", hold(make_circle(x, y, radius * 1.08))))
    disc = make_scallop(x, y, radius * 0.97, 22, radius * 0.04)
    press.marks.append(
        Mark(first, lambda step: make_scallop(x, y, radius * 0.97, 22, radius * 0.04, step * 0.012), is_moving=True)
    )
    add_tint(press.marks, "warm" if first == "sun" else "hot", disc, press.inks, u, toward="down", densest=1.0, cell=18)
    text = find_initials(name)
    if not text and not stage.request.emblem:
        return
    ink = stage.typeset_emblem(text)
    size = min(radius * 1.2 / ink.height, radius * 1.45 / ink.width)
    pen = x - (ink.left + ink.right) / 2 * size
    low = y - (ink.top + ink.bottom) / 2 * size
    path = ink.make_path(size, pen, low)
    off = fill_holes(path) if stage.request.emblem else skia.Path(path)
    off.offset(-10 * u, 9 * u)
    press.marks.append(Mark("paper", hold(off)))
    if stage.request.emblem:
        _print_volume(press, make_relief(ink).move(size, pen, low))
    press.marks.append(Mark("key", hold(path)))
