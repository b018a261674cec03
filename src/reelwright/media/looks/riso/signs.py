"""The sign of a film, printed large or knocked out of a disc: its emblem, or the initials of a name."""

from __future__ import annotations

import math
from typing import Any, Final

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.strokes import fill_holes
from reelwright.media.looks.riso.motifs import add_tint, draw_confetti, make_circle, make_scallop
from reelwright.media.looks.riso.plates import Mark, Plate, hold, join
from reelwright.media.looks.riso.press import Press
from reelwright.media.staging.key_words import find_initials

_WHOLE: Final = 0.76
"""Part of its place that an emblem takes: turned, with its shadow, it stands whole and with air around it."""
_SHADOW: Final = (22, 18)
"""Pixels at 1080 by which an emblem's silhouette is out of register, across and down."""


def add_emblem(press: Press, name: str, art: Box) -> None:
    """Print the film's emblem, as large as a part of the frame: its silhouette out of register, its lines on top.

    ``name``: whose initials stand there where the film has no emblem.
    """
    stage, u = press.stage, press.u
    ink = stage.typeset_emblem(find_initials(name))
    place = stage.to_frame_box(*art)
    high = place.height if press.wide else min(place.height, stage.height - place.top)
    size = min(high * _WHOLE / ink.height, place.width * _WHOLE / ink.width)
    x, y = place.centre[0] - _SHADOW[0] * u / 2, place.top + high / 2 - _SHADOW[1] * u / 2
    lines = ink.make_path(size, x - (ink.left + ink.right) / 2 * size, y - (ink.top + ink.bottom) / 2 * size)
    turn = skia.Matrix()
    turn.setRotate(-6.0, x, y)
    lines.transform(turn)
    if press.plate == "key":  # inks darken one another: on blue the lines are left free, as letters are
        add_free_lines(press, lines)
        return
    whole = fill_holes(lines)
    first: Plate = "hot" if press.plate == "sun" else "sun"

    def shift(step: int) -> Any:
        moved = skia.Path(whole)
        moved.offset(_SHADOW[0] * u + 4 * u * math.sin(step * 0.6), _SHADOW[1] * u)
        return moved

    press.marks += [
        Mark("ground", hold(join([whole, shift(0)]))),
        Mark("paper", hold(whole)),
        Mark(first, shift, is_moving=True),
    ]
    add_tint(press.marks, "key" if press.plate == "sun" else "hot", whole, press.inks, u, densest=0.5, cell=18)
    press.marks.append(Mark("key", hold(lines)))


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
    x = place.centre[0] + (30 * u * stage.reading_sign if press.wide else 0)
    y = place.centre[1] if press.wide else place.top + radius + 50 * u
    first: Plate = "sun" if press.plate == "paper" else "paper"
    draw_confetti(press.marks, place, press.rng, u, count=34, plates=("hot", "key", first))
    press.marks.append(Mark("ground", hold(make_circle(x, y, radius * 1.08))))
    disc = make_scallop(x, y, radius * 0.97, 22, radius * 0.04)
    press.marks.append(
        Mark(first, lambda step: make_scallop(x, y, radius * 0.97, 22, radius * 0.04, step * 0.012), is_moving=True)
    )
    add_tint(press.marks, "hot", disc, press.inks, u, toward="down", densest=1.0, cell=18)
    text = find_initials(name)
    if not text and not stage.request.emblem:
        return
    ink = stage.typeset_emblem(text)
    size = min(radius * 1.0 / ink.height, radius * 1.45 / ink.width)
    pen = x - (ink.left + ink.right) / 2 * size
    path = ink.make_path(size, pen, y - (ink.top + ink.bottom) / 2 * size)
    off = fill_holes(path) if stage.request.emblem else skia.Path(path)
    off.offset(-10 * u, 9 * u)
    press.marks += [Mark("paper", hold(off)), Mark("key", hold(path))]
