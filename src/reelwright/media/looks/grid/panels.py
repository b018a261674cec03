"""Steps as a numbered table, lines of code on black, a quotation between heavy marks."""

from __future__ import annotations

from typing import Final

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.grid.headlines import fill_art, set_line_of
from reelwright.media.looks.grid.photographs import set_with_picture, show_beside
from reelwright.media.looks.grid.sheet import Ground, Sheet
from reelwright.media.looks.grid.turns import GROUNDS, Thing, can_take_turns, set_in_turn
from reelwright.media.staging.columns import fit_alike
from reelwright.media.staging.figures.values import NumberInk
from reelwright.media.staging.lines import list_steps
from reelwright.media.staging.listing import add_listing, fit_listing
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

_BARE: Final = 0.3
"""Part of the height that a short quotation leaves bare where it does not stand on the floor."""
_MARKS: Final = 400
"""Most height of the marks over such a quotation, in pixels at 1080."""
_WORDS: Final = 0.7
"""Part of the height of a wide frame that the words under such marks take at most."""
_PAIR: Final = 1.08
"""Width of both marks, as a part of their height."""
_FAINT: Final = 0.2
"""Opacity of larger marks, which fill the foot of a frame."""
_AIR: Final = 48
"""Pixels at 1080 between a quotation and its rule, and between that and who said it."""


def set_demo(stage: Stage) -> None:
    """Stage how it works: a table of steps on rules, one after another; or one line beside its screen."""
    steps = list_steps(stage)
    line = stage.get_words("line")
    picture = stage.choose_picture()
    turn = choose_composition(stage.request, 3)
    ground: Ground = "white" if picture is not None else ("white", "black", "signal")[turn]
    if not steps and picture is not None:
        set_with_picture(stage, line, picture, ("line", "steps"), turn=2 * turn)
        return
    if not steps:
        set_line_of(stage, "demo", "black", "white", "signal")
        return
    if picture is None and not line and can_take_turns(stage, len(steps)):
        sheet = Sheet(stage, GROUNDS[turn], "line", "steps")
        numbers = [NumberInk((stage.typeset(str(n), "number"),), None, 1.0) for n in range(1, len(steps) + 1)]
        set_in_turn(sheet, [Thing(*one, is_step=True) for one in zip(steps, numbers, strict=True)], turn)
        return
    sheet = Sheet(stage, ground, "line", "steps", span=5 if picture is not None else 12)
    u = sheet.u
    if picture is not None:
        show_beside(sheet, picture, share=0.44 if stage.shape == "tall" else 0.4)
    box = sheet.box
    beside = sheet.wide and picture is None and bool(line)
    sheet.add_rule(box.left, box.right if picture is not None else stage.width, box.top, heavy=True)
    table = box._replace(top=box.top)
    if beside:
        width = sheet.find_right(4) - box.left
        head = sheet.fit_headline(line, width, box.height - 70 * u, largest=96, lines=5, target=34)
        sheet.put(head, box.left, box.top + 62 * u, group="head")
        table = box._replace(left=sheet.find_left(5))
    elif line:
        head = sheet.fit([sheet.make_row(line, largest=84, lines=3, target=28)], box.width, box.height * 0.28)
        sheet.put(head, box.left, box.top + 56 * u, group="head")
        table = box._replace(top=box.top + 56 * u + sheet.measure(head) + 50 * u)
        sheet.add_rule(box.left, box.right if picture is not None else stage.width, table.top)
    if stage.shape == "tall" and picture is None:
        table = table._replace(bottom=min(table.bottom, stage.live.bottom))
        if not sheet.small_height:
            fill_art(sheet, sheet.find_art())
    _add_table(sheet, table, steps, far=box.right if picture is not None else stage.width)
    sheet.add_mark(box.top)
    sheet.add_small_print()


def _add_table(sheet: Sheet, table: Box, steps: list[str], far: float) -> None:
    """Set numbered steps in rows of one height with a rule over each; each comes in its part of the shot.

    Rules and numbers hold the places of those that are still to come; upright frames are filled by them.
    """
    stage, u, tone = sheet.stage, sheet.u, sheet.tone
    count = len(steps)
    row = min(table.height / count, (300 if sheet.wide else 480) * u)
    times = stage.split_frames(count, until=0.66)
    figures = [stage.typeset(str(index + 1), "number") for index in range(count)]
    em = min(row * 0.62, (190 if sheet.wide else 230) * u)
    indent = max(figure.width for figure in figures) * em + 0.42 * em
    width = table.right - table.left - indent
    rows = [sheet.make_row(step, largest=150 if sheet.wide else 180, lines=3, target=30) for step in steps]
    columns = fit_alike(rows, lambda one: sheet.fit(one, width, row - (44 * u if sheet.wide else 0.3 * row)))
    for index, (fitted, at) in enumerate(zip(columns, times, strict=True)):
        top = table.top + index * row
        early = stage.to_frames(2 * index)
        if index:
            sheet.add_rule(table.left, far, top, early)
        figure = figures[index]
        low = top + row / 2 + figure.cap * em / 2
        when = 0 if index == 0 else at
        sheet.set_line(FittedLine(figure, em), table.left, low, tone.signal, early, group="numbers")
        sheet.put(
            fitted, table.left + indent, top + (row - sheet.measure(fitted)) / 2, when + 2 * (index > 0),
            group=f"step {index}",
        )  # fmt: skip


def set_listing(stage: Stage) -> None:
    """Stage lines of code as they stand, white on black, between rules."""
    picture = stage.choose_picture()
    sheet = Sheet(stage, "black", "line", "listing", "steps", span=6 if picture is not None else 12)
    u, tone = sheet.u, sheet.tone
    if picture is not None:
        show_beside(sheet, picture, share=0.44)
    elif stage.shape == "tall":
        fill_art(sheet, sheet.find_art())
    box = sheet.box
    line, steps = stage.get_words("line"), list_steps(stage)
    far = box.right if picture is not None else stage.width
    sheet.add_rule(box.left, far, box.top, heavy=True)
    sheet.add_mark(box.top)
    top = box.top + 56 * u
    rows = [sheet.make_row(line, largest=84, lines=2, target=28)] if line else []
    rows += [sheet.make_note(step) for step in steps]
    if rows:
        head = sheet.fit(rows, box.width, box.height * 0.4)
        sheet.put(head, box.left, top, group="head")
        top += sheet.measure(head) + 50 * u
        sheet.add_rule(box.left, far, top, 4)
        top += 40 * u
    listing = fit_listing(stage, box.width, box.bottom - top, largest=104 if picture is None else 64)
    times = stage.split_frames(len(listing.texts), until=0.7)

    def arrive(number: int) -> Motion:
        low = first + number * listing.pitch
        area = stage.make_wipe_area(
            0, low - listing.pitch, stage.width, low + 0.4 * listing.pitch, "right" if stage.is_rtl else "left"
        )
        return Motion(moves=(sheet.wipe(times[number]),), wipe_area=area, group=f"code {number % 2}")

    listing_left = stage.to_frame_x(box.right) if stage.is_rtl else box.left
    first = top + listing.size
    add_listing(stage, listing, listing_left, first, tone.ink, tone.ground, arrive)
    sheet.add_small_print()


def set_testimonial(stage: Stage) -> None:
    """Stage what somebody said, large, after two heavy marks; who it was stands under a rule."""
    roles = ("quote", "who", "role")
    quote, who, role = (stage.get_words(name) for name in roles)
    picture = stage.choose_picture()
    sheet = Sheet(stage, "white" if picture is not None else "signal", *roles, span=6 if picture is not None else 12)
    u, tone = sheet.u, sheet.tone
    if picture is not None:
        show_beside(sheet, picture, share=0.54 if stage.shape == "tall" else 0.42)
    else:
        sheet.switch_ground(0.4)
    box = sheet.box
    em = 70 if sheet.wide else 60  # a third of the words'
    notes = [sheet.make_note(who, gap=12, em=em)] if who else []
    notes += [sheet.make_note(role, kind="plain", tint=tone.quiet, em=0.9 * em)] if role else []
    low = sheet.fit(notes, box.width, box.height * 0.3) if notes else []
    aside, is_over = sheet.wide and picture is None, not sheet.wide and picture is None
    side = (84 if picture is not None else 200 if aside else 150) * u
    left = sheet.find_left(3) if aside else box.left  # the marks fill the two columns beside the words
    top = box.top + (0 if aside else 64 * u if is_over else side + 44 * u)
    foot = box.bottom - (sheet.measure(low) + 2 * _AIR * u if low else 0)
    foot -= side + _AIR * u if is_over and stage.shape != "tall" else 0
    largest = 150 if picture is not None else 230
    rows = sheet.fit_headline(
        quote, box.right - left, foot - top, largest=largest, lines=8, target=40, is_settled=False
    )
    spare = foot - top - sheet.measure(rows)
    is_short = aside and spare > _BARE * (foot - top)
    if is_short:  # few words stand on the rule, the marks take the room over them
        left = box.left
        most = _WORDS * (foot - top)
        rows = sheet.fit_headline(quote, box.width, most, largest=largest, lines=8, target=40, is_settled=False)
    if aside:
        top = foot - sheet.measure(rows)
        side = min(_MARKS * u, top - box.top - _AIR * u) if is_short else side
    y = top + sheet.measure(rows) + _AIR * u if is_over else foot + _AIR * u
    end = y + (_AIR * u + sheet.measure(low) if low else 0)
    first = top if aside and not is_short else box.top
    marks = box._replace(top=first, bottom=first + side)
    if is_over:  # they close the quotation, and fill the foot of the frame
        sheet.add_rule(box.left, stage.width, box.top, heavy=not low)
        is_tall = stage.shape == "tall"
        first = max(end, stage.live.bottom) if sheet.small_height and is_tall else end
        last = stage.height if is_tall or not sheet.small_height else box.bottom + _AIR * u
        side = min(last - first - 2 * _AIR * u, box.width / _PAIR)
        marks = Box(box.right - _PAIR * side, last - _AIR * u - side, box.right, last - _AIR * u)
    if is_over and stage.request.is_emblem_named:
        sheet.add_emblem(marks._replace(left=box.left, top=first + _AIR * u), tone.ink)
    else:
        _add_marks(sheet, marks, tone.ink if picture is None else tone.signal, is_closing=is_over)
    count = sum(len(one.lines) for one in rows)
    at = [index * min(stage.to_frames(9), 0.45 * stage.request.frames / max(1, count)) for index in range(count)]
    sheet.put(rows, left, top, at, group="quote")
    if low:
        sheet.add_rule(left, box.right if picture is not None else stage.width, y, stage.to_frames(8), heavy=True)
        sheet.put(low, left, y + _AIR * u, stage.to_frames(14), group="who")
    sheet.add_small_print()


def _add_marks(sheet: Sheet, box: Box, tint: str, *, is_closing: bool) -> None:
    """Add two marks of a quotation from the left of a box, as tall as it."""
    stage, side = sheet.stage, box.height
    for index in range(2):
        x = index * side * (_PAIR - 0.46)
        half = side * 0.46
        shape = [(half, side), (0, side), (0, side - half), (half - side * 0.2, 0), (half, 0)]
        shape += [(half - side * 0.14, side - half), (half, side - half)]
        shape = [
            (_PAIR * side - x - across, side - down) if is_closing else (x + across, down) for across, down in shape
        ]
        corners = [(box.left + across, box.top + down) for across, down in shape]
        lies_behind = is_closing and side > _MARKS * sheet.u
        faint = (stage.fade(-2, 1, 1, _FAINT),) if lies_behind else ()
        stage.add_polygon(corners, tint, Motion(moves=(stage.hit(4 * index, 1.5), *faint), group="marks"))
