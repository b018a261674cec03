"""The call and the last card: a button, a heavy arrow, a board of initials, or the name on the signal colour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from reelwright.media.drawing.colour import to_argb
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.grid.headlines import add_board, fill_art
from reelwright.media.looks.grid.photographs import can_fill_frame, fill_frame, show_beside
from reelwright.media.looks.grid.sheet import Sheet
from reelwright.media.staging.calls import Call, split_call, split_card
from reelwright.media.staging.columns import FittedRow
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

_BUTTON = 0.088
"""Height of the button in parts of the frame's; 8 % is asked. Source: films-judged.md 8, improvement 6."""

_NARROW = 150
"""Em of a name, in pixels at 1080, below which the last card gives it the whole width."""
_BAND = 0.38
"""Height of the band of initials over such a name, in parts of the frame's."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrow:
    """A heavy arrow from rules that shoots across its box, and again every other second, by the shot's milliseconds."""

    box: Box
    colour: str
    sign: int

    def draw(self, canvas: Any, alpha: float, number: int) -> None:
        box = self.box
        paint = skia.Paint(AntiAlias=True, Color=to_argb(self.colour, alpha), Style=skia.Paint.kStroke_Style)
        thick = min(box.width, box.height) * 0.15
        paint.setStrokeWidth(thick)
        paint.setStrokeJoin(skia.Paint.kMiter_Join)
        late = 1 - min(1.0, (number + 260) / 640)  # in its first frame it is half there
        again = max(0.0, math.sin(number * 0.0024)) ** 6 * 0.06 * box.width
        x, y = box.centre
        half = min(box.width, box.height) * 0.36
        tip = x + self.sign * (half - late**4 * box.width + again)
        path = skia.Path()
        path.moveTo(tip - self.sign * half * 0.95, y - half * 0.95)
        path.lineTo(tip, y)
        path.lineTo(tip - self.sign * half * 0.95, y + half * 0.95)
        path.moveTo(tip - self.sign * box.width * 1.5, y)
        path.lineTo(tip - self.sign * thick * 0.4, y)
        canvas.drawPath(path, paint)


def measure_button(stage: Stage) -> float:
    """Return the height of the button in pixels."""
    return stage.height * (_BUTTON if stage.shape == "tall" else _BUTTON * 1.25)


def add_button(sheet: Sheet, text: str, left: float, top: float, most: float, at: float) -> tuple[float, float]:
    """Add a filled bar over whole columns with an arrow at its end. Returns the x of its end and the y of its foot."""
    stage, tone = sheet.stage, sheet.tone
    high = measure_button(stage)
    line = stage.typeset(text, "address")
    pad, arrow = high * 0.42, high * 0.34
    size = min(high * 0.36 / line.cap, (most - 2.4 * pad - arrow) / line.width)
    if size * line.cap < 20 * stage.u:  # a long address needs the room of the arrow
        pad, arrow = high * 0.3, 0.0
        size = min(high * 0.36 / line.cap, (most - 2 * pad) / line.width)
    wide = min(most, max(line.width * size + (2.4 * pad + arrow if arrow else 2 * pad), 4 * sheet.pitch))
    tint, ink = tone.field, tone.on_field
    sheet.add_field(Box(left, top, left + wide, top + high), tint, at, group="button", kind="button")
    sheet.set_line(
        FittedLine(line, size), left + pad, top + high / 2 + line.cap * size / 2, ink,
        at + stage.to_frames(3) if at else 0, role="button", group="button", ground=tint,
    )  # fmt: skip
    if arrow:
        x, y, half = left + wide - pad - arrow, top + high / 2, arrow * 0.5
        thick = max(4 * stage.u, high * 0.05)
        tip = x + arrow
        shaft = [
            (x, y - thick / 2),
            (tip - thick * 0.6, y - thick / 2),
            (tip - thick * 0.6, y + thick / 2),
            (x, y + thick / 2),
        ]
        head = [
            (tip - half, y - half),
            (tip, y),
            (tip - half, y + half),
            (tip - half - thick * 0.7, y + half - thick * 0.7),
            (tip - thick * 1.4, y),
            (tip - half - thick * 0.7, y - half + thick * 0.7),
        ]
        move = stage.nudge(at + 10, dx=14)
        for shape in (shaft, head):
            stage.add_polygon(shape, ink, Motion(moves=(stage.fade(at, stage.to_frames(6)), move), group="button"))
    return left + wide, top + high


def set_cta(stage: Stage) -> None:
    """Stage what to do: the line, the address on the button, an arrow out of the frame."""
    roles = ("line", "url")
    line, url = (stage.get_words(role) for role in roles)
    call = split_call(line, url)
    head, button, address = (line, url, "") if call.address else (call.line, call.button, call.address)
    picture = stage.choose_picture()
    span = 8 if picture is None else 4 if picture.kind == "screen" else 5
    sheet = Sheet(stage, "white", *roles, span=span)
    u = sheet.u
    if picture is not None:
        show_beside(sheet, picture)
    else:
        art = sheet.find_art()
        if not sheet.wide:
            sheet.cut(art.top - 40 * u)
        sheet.add_field(art, stage.palette.shade, edge="right" if sheet.wide else "bottom")
        place = stage.to_frame_box(*art)
        sheet.add_art(Arrow(place, stage.palette.bg, stage.reading_sign), art)
    box = sheet.box
    sheet.add_rule(box.left, box.right, box.top, heavy=True)
    high = measure_button(stage) if button else 0.0
    notes = sheet.fit([sheet.make_note(address, em=46)], box.width, 120 * u) if address else []
    need = high + (sheet.measure(notes) + 36 * u if notes else 0)
    width = box.width - (30 * u if sheet.wide else 0)
    rows = sheet.fit_headline(head, width, box.height - 66 * u - need - 50 * u, largest=180, lines=6)
    sheet.put(rows, box.left, box.top + 66 * u, group="line")
    below = box.top + 66 * u + sheet.measure(rows) + (60 * u if rows else 0)
    y = box.bottom - need if sheet.wide else min(below, box.bottom - need)
    if button:
        y = add_button(sheet, button, box.left, y, box.width, stage.to_frames(8) if head else 0)[1] + 36 * u
    if notes:
        sheet.put(notes, box.left, y, stage.to_frames(12), group="address")
    sheet.add_mark(box.top)
    sheet.add_small_print()


def set_end_card(stage: Stage) -> None:
    """Stage the last card: a board of initials or the picture, the name, the button, the address, by 0.6 s."""
    roles = ("name", "line", "url")
    name, line, url = (stage.get_words(role) for role in roles)
    name, call = split_card(name, line, url, stage.request.about)
    picture = stage.choose_picture()
    way = choose_composition(stage.request, 3)
    if picture is None and (way == 1 or (way and stage.shape != "wide" and stage.request.emblem)):
        _set_on_signal(stage)
        return
    is_over = can_fill_frame(stage, picture)
    has_band = (picture is None or is_over) and stage.shape == "wide" and _is_narrow(stage, name)
    is_over = is_over and not has_band
    span = 5 if picture is not None and not has_band else 7
    sheet = Sheet(stage, "black" if is_over else "white", *roles, span=span)
    u = sheet.u
    band = stage.height * _BAND if has_band else 0.0
    if is_over and picture is not None:
        fill_frame(sheet, picture)
    elif picture is not None and not band:
        show_beside(sheet, picture, share=0.54 if stage.shape == "tall" else 0.4)
    elif band:
        sheet.box = sheet.box._replace(top=band + 64 * u, right=stage.live.right)
    elif not sheet.wide:
        tall = stage.live.bottom + 40 * u, stage.live.top + 0.52 * stage.height
        sheet.cut((tall[0] if stage.shape == "tall" else max(0.74 * stage.height, tall[1])) - 44 * u)
    box = sheet.box
    middle, high, notes = _fit_call(sheet, call)
    gap = 40 * u
    need = sum(part + gap for part in (sheet.measure(middle), high, sheet.measure(notes)) if part)
    head = (0 if band else 66) * u
    room = box.height - head - need - 14 * u
    title = sheet.fit_headline(name, box.width, room, largest=230, lines=3, target=50, is_settled=False)
    foot = box.top + head + sheet.measure(title) + (54 * u if title else 0) + need
    if band and picture is not None:
        sheet.show(picture, Box(0, 0, stage.width, band), edge="top")
    elif band:
        add_board(sheet, name, Box(0, 0, stage.width, band), across=9)
    elif picture is None and sheet.wide and way and stage.request.emblem:
        fill_art(sheet, Box(sheet.find_left(8) + 20 * u, 0, stage.width, stage.height))
    elif picture is None and sheet.wide:
        add_board(sheet, name or line or url, Box(sheet.find_left(8) + 20 * u, 0, stage.width, stage.height), across=3)
    elif picture is None:
        top = max(foot, box.bottom + sheet.small_height - 20 * u) if sheet.small_height else foot
        art = Box(0, top + 60 * u, stage.width, stage.height)
        if way and stage.request.emblem:
            fill_art(sheet, art)
        else:
            add_board(sheet, name or line or url, art, across=5)
    sheet.add_rule(0 if band else box.left, stage.width if band else box.right, band or box.top, heavy=True)
    y = box.top + head
    sheet.put(title, box.left, y, [0, 2, 4], group="name")
    y += sheet.measure(title) + (54 * u if title else 0)
    if middle:
        sheet.put(middle, box.left, y, 2, group="line")
        y += sheet.measure(middle) + gap
        need -= sheet.measure(middle) + gap
    if sheet.wide:
        y = max(y, box.bottom - need + gap)
    if high:
        y = add_button(sheet, call.button, box.left, y, box.width, stage.to_frames(2))[1] + gap
    if notes:
        sheet.put(notes, box.left, y, stage.to_frames(3), group="address")
    if not band:
        sheet.add_mark(box.top)
    sheet.add_small_print()


def _fit_call(sheet: Sheet, call: Call) -> tuple[list[FittedRow], float, list[FittedRow]]:
    """Fit the line of a call and its address, and return them with the height of the button between them."""
    box = sheet.box
    middle = sheet.fit([sheet.make_row(call.line, largest=64, lines=3, target=24)], box.width, box.height * 0.3)
    notes = sheet.fit([sheet.make_note(call.address, em=100 if sheet.wide else 86)], box.width, 120 * sheet.u)
    return middle, measure_button(sheet.stage) if call.button else 0.0, notes


def _set_on_signal(stage: Stage) -> None:
    """Set the name across the columns on the signal colour, the button under it, and a board along the floor."""
    roles = ("name", "line", "url")
    name, line, url = (stage.get_words(role) for role in roles)
    name, call = split_card(name, line, url, stage.request.about)
    sheet = Sheet(stage, "signal", *roles)
    u, gap = sheet.u, 40 * sheet.u
    art = Box(0, stage.height * (0.75 if sheet.wide else 0.72), stage.width, stage.height)
    if sheet.small_height and stage.shape != "tall":  # in a tall frame it stands over the board anyway
        art = art._replace(top=art.top - sheet.small_height, bottom=stage.live.bottom - sheet.small_height)
    sheet.cut(art.top - 56 * u)
    box = sheet.box
    sheet.add_rule(box.left, stage.width, box.top, heavy=True)
    middle, high, notes = _fit_call(sheet, call)
    longest = max((line.width for one in notes for line in one.lines), default=0.0)
    beside = bool(high and notes and sheet.wide) and longest < 0.5 * box.width - gap  # on the button's line
    parts = (sheet.measure(middle), high, 0.0 if beside else sheet.measure(notes))
    need = sum(part + gap for part in parts if part)
    y = box.top + 66 * u
    title = sheet.fit_headline(
        name, box.width, box.bottom - y - need, largest=300 if sheet.wide else 230, lines=3, is_settled=False
    )
    sheet.put(title, box.left, y, [0, 2, 4], group="name")
    y += sheet.measure(title) + 54 * u
    if middle:
        sheet.put(middle, box.left, y, 2, group="line")
        y += sheet.measure(middle) + gap
        need -= sheet.measure(middle) + gap
    y = max(y, box.bottom - need + gap) if sheet.wide else y
    right = box.left
    if high:
        right, y = add_button(sheet, call.button, box.left, y, box.width * (0.5 if beside else 1), stage.to_frames(2))
        y += gap
    if beside:
        sheet.put(
            notes, right + gap, y - gap - high / 2 - sheet.measure(notes) / 2, stage.to_frames(3), group="address"
        )
    elif notes:
        sheet.put(notes, box.left, y, stage.to_frames(3), group="address")
        y += sheet.measure(notes) + gap
    across = 8 if sheet.wide else 5
    if stage.shape == "tall" and not sheet.small_height and y + 40 * u < art.top:  # no bare field over the board
        art, across = art._replace(top=y + 40 * u), 3
    add_board(sheet, name or line or url, art, across=across)
    sheet.add_mark(box.top, tint=sheet.tone.field)
    sheet.add_small_print()


def _is_narrow(stage: Stage, name: str) -> bool:
    """Return whether seven columns are narrow for a name, which then takes all twelve under a band of initials."""
    if not name:
        return False
    width = stage.live.width * 7 / 12
    lines = stage.fit_block(name, width, stage.live.height, lines=3, lead=1.0, largest=230 * stage.u)
    return lines[0].size < _NARROW * stage.u
