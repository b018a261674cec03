"""The name on its first screen: before its own letter, under a field, or beside a disc with its letter."""

from __future__ import annotations

import math

from reelwright.media.drawing.colour import LEGIBLE, compute_contrast
from reelwright.media.drawing.drawables import Fill, Several, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Drift
from reelwright.media.drawing.treatments import Picture
from reelwright.media.looks.grid.headlines import fill_art
from reelwright.media.looks.grid.photographs import show_beside
from reelwright.media.looks.grid.pictograms import typeset_pictogram
from reelwright.media.looks.grid.sheet import Sheet
from reelwright.media.staging.key_words import find_initials
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

_ROLES = ("name", "descriptor", "kicker")
_LESS = 0.62
"""Most height of what a name is, as a part of the name's."""
_FIELD = 0.44
"""Least height of the field over a name, in parts of the frame's."""
_AIR = 110
"""Pixels at 1080 between a name and its emblem."""
_LINES, _SMALL = 3, 2
"""Most words of a name that each have a line of a wide frame, and most letters of a word that has none."""
_IN_DISC = 0.82
"""Diagonal of what stands in a disc, in parts of the disc's diameter."""
_NARROW = 120
"""Em of a name, in pixels at 1080, below which it takes all twelve columns before its letter."""


def set_reveal(stage: Stage) -> None:
    """Stage the name: beside its picture, or in one of three compositions."""
    picture = stage.choose_picture()
    turn = choose_composition(stage.request, 3)
    if picture is not None:
        _set_beside(stage, picture)
    elif turn == 1:
        _set_under_field(stage)
    elif turn == 2 and _has_room(stage):
        _set_beside_disc(stage)
    elif stage.request.emblem:
        _set_beside_emblem(stage)
    else:
        _set_before_letter(stage)


def _set_beside(stage: Stage, picture: Picture) -> None:
    sheet = Sheet(stage, "white", *_ROLES, span=5)
    show_beside(sheet, picture)
    _set_words(sheet, sheet.box.right, largest=230)
    sheet.add_mark(sheet.box.top)
    sheet.add_small_print()


def _set_before_letter(stage: Stage) -> None:
    """Set the name across the columns on the signal colour, before its own first letter, as tall as the frame."""
    sheet = Sheet(stage, "signal", *_ROLES)
    tone = sheet.tone
    tint = tone.field if compute_contrast(tone.field, tone.ink) >= LEGIBLE else tone.on_field  # the name crosses it
    top = sheet.box.top + 56 * sheet.u if sheet.wide else stage.height * (0.42 if stage.shape == "tall" else 0.36)
    left = sheet.find_left(6) if sheet.wide else stage.live.left
    letter = find_initials(stage.get_words("name"))[:1]
    sheet.add_letter(letter, Box(left, top, stage.live.right, stage.height), tint)
    _set_words(sheet, stage.width, largest=400 if sheet.wide else 230)
    sheet.add_mark(sheet.box.top, tint=tone.field)
    sheet.add_small_print()


def _set_beside_emblem(stage: Stage) -> None:
    """Set the name on the signal colour beside the film's emblem, which has all the room that the words leave; a long
    name stands under it, on the floor of the frame.
    """
    sheet = Sheet(stage, "signal", *_ROLES)
    u, live = sheet.u, stage.live
    if not sheet.wide:
        sheet.cut(stage.height * (0.58 if stage.shape == "tall" else 0.5) - 50 * u)
        words = _set_words(sheet, stage.width, largest=230)
        area = Box(live.left, words.bottom + 70 * u, live.right, stage.height - sheet.small_height - 40 * u)
    elif _has_room(stage):
        sheet.box = sheet.box._replace(right=sheet.find_right(7))
        words = _set_words(sheet, stage.width, largest=300)
        area = Box(words.right + _AIR * u, live.top + 70 * u, stage.width - 40 * u, live.bottom)
    else:
        sheet.box = sheet.box._replace(top=live.top + live.height * 0.35)
        words = _set_words(sheet, stage.width, largest=300, is_low=True)
        area = Box(sheet.find_left(7), live.top, live.right, words.top - 50 * u)
    sheet.add_emblem(area, sheet.choose_drawing_colour(sheet.tone.ground))
    sheet.add_mark(words.top, tint=sheet.tone.field)
    sheet.add_small_print()


def _set_under_field(stage: Stage) -> None:
    """Set the name across the columns under a field in the signal colour; in an upright frame, over it."""
    sheet = Sheet(stage, "white", *_ROLES)
    u, name = sheet.u, stage.get_words("name")
    is_over = stage.shape == "tall"
    if is_over:
        sheet.cut(stage.height * 0.5)
    else:
        sheet.box = sheet.box._replace(top=stage.height * _FIELD)
    words = _set_words(sheet, stage.live.right, largest=300 if sheet.wide else 230, is_low=not is_over)
    foot = stage.height - sheet.small_height * 1.2
    fill_art(
        sheet,
        Box(0, words.bottom + 60 * u if is_over else 0, stage.width, foot if is_over else words.top - 50 * u),
        name,
    )
    sheet.add_mark(words.top)
    sheet.add_small_print()


def _set_beside_disc(stage: Stage) -> None:
    """Set the name on black beside or above a disc in the signal colour, out of which its letter is cut."""
    sheet = Sheet(stage, "black", *_ROLES, span=8)
    u = sheet.u
    if sheet.wide:
        radius = stage.height * 0.36
        x, y = stage.live.right - radius * 0.86, stage.height * 0.56
        sheet.box = sheet.box._replace(right=x - radius - 44 * u)
    else:
        radius = stage.width * (0.37 if stage.shape == "tall" else 0.27)
        x, y = stage.live.right - radius, stage.height - radius - 20 * u
        sheet.cut(y - radius - 50 * u)
    _add_disc(sheet, x, y, radius)
    _set_words(sheet, sheet.box.right, largest=300 if sheet.wide else 230)
    sheet.add_mark(sheet.box.top)
    sheet.add_small_print()


def _add_disc(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """Add a disc around the logical ``x``, ``y`` with the emblem or the name's first letter; it rises, then drifts."""
    stage, tint = sheet.stage, sheet.stage.palette.accent
    place = stage.to_frame_box(x - radius, y - radius, x + radius, y + radius)
    disc = skia.Path()
    disc.addCircle(*place.centre, radius)
    shapes = [Fill(disc, tint)]
    if letter := find_initials(stage.get_words("name"))[:1]:
        line = typeset_pictogram(stage, letter)
        size = radius * 2 * _IN_DISC / math.hypot(line.height, line.width)
        left, baseline = x - line.width * size / 2, y - (line.top + line.bottom) / 2 * size
        shapes.append(Fill(stage.trace_ink(line, size, left, baseline)[0], sheet.choose_drawing_colour(tint)))
    length = stage.get_length("picture")
    come = stage.slide(sheet.start(0, length), dy=radius, kind="picture")
    drift = Drift(0, stage.request.frames, dy=-0.4 * sheet.u / stage.request.pace, ramp=1)
    stage.add("texture", Several(tuple(shapes)), place, Motion(moves=(come, drift), group="letter"))


def _set_words(sheet: Sheet, far: float, *, largest: float, is_low: bool = False) -> Box:
    """Set rule, kicker, name and, right under it, what it is, from the head of the sheet's box or on its floor.

    ``far``: logical x at which the rule ends. ``largest``: em of the name in pixels at 1080. Returns the box of all.
    """
    stage, u, box = sheet.stage, sheet.u, sheet.box
    name, says, kicker = (stage.get_words(role) for role in _ROLES)
    head = sheet.fit([sheet.make_note(kicker)], box.width, box.height * 0.2) if kicker else []
    over = 56 * u + (sheet.measure(head) + 40 * u if head else 0)
    is_apart = sheet.wide and name.count(" ") < _LINES and min(map(len, name.split()), default=0) > _SMALL
    breaks = [name, name.replace(" ", "|")] if is_apart else [name]
    is_across = sheet.wide and not is_low and box.right >= stage.live.right - u
    width = box.width * (0.5 if is_across else 1)
    for most in (124 if sheet.wide else 76, 92, 76, 64):  # smaller where the name would not be the larger of the two
        rows = [sheet.make_row(says, largest=most, lines=4, target=22)] if says else []
        low = sheet.fit(rows, width, box.height * 0.34) if rows else []
        under = sheet.measure(low) + 54 * u if low else 0
        titles = [
            sheet.fit_headline(one, box.width, box.height - over - under, largest=largest, lines=3, is_settled=False)
            for one in breaks
        ]
        title = max(titles, key=lambda rows: rows[0].lines[0].size if rows else 0)
        if not low or not title or low[0].lines[0].size <= _LESS * title[0].lines[0].size:
            break
    tall = over + sheet.measure(title) + under
    top = box.bottom - tall if is_low else box.top
    sheet.add_rule(box.left, far, top, heavy=True)
    sheet.put(head, box.left, top + 56 * u, stage.to_frames(8), group="kicker")
    sheet.put(title, box.left, top + over, [0, 4, 8], group="name")
    sheet.put(low, box.left, top + tall - sheet.measure(low), stage.to_frames(18), group="says")
    widest = max((line.width for row in (*title, *low) for line in row.lines), default=0.0)
    return Box(box.left, top, box.left + widest, top + tall)


def _has_room(stage: Stage) -> bool:
    """Return whether a disc leaves a name its size, and small print and a line over the name their place."""
    if stage.shape != "wide" and set(stage.request.words) - {"name", "descriptor"}:
        return False
    width = stage.live.width * (0.55 if stage.shape == "wide" else 1)
    lines = stage.fit_block(
        stage.get_words("name"), width, stage.height * 0.5, lines=3, lead=1.0, largest=230 * stage.u
    )
    return lines[0].size >= _NARROW * stage.u
