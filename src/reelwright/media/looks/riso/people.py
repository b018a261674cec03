"""Screens of people: numbered steps, lines of code, a quotation in a speech bubble."""

from __future__ import annotations

from typing import Any

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.riso.lines import (
    LAYOUTS,
    add_fruit,
    choose_motif,
    set_with_picture,
    show_beside,
    split,
)
from reelwright.media.looks.riso.motifs import add_tint, draw_confetti, draw_waves, make_box, make_circle, make_scallop
from reelwright.media.looks.riso.plates import Mark, Plate, hold, join
from reelwright.media.looks.riso.press import SEALS, Ground, Press
from reelwright.media.looks.riso.signs import add_sun
from reelwright.media.staging.columns import fit_alike
from reelwright.media.staging.key_words import find_initials
from reelwright.media.staging.lines import list_steps
from reelwright.media.staging.listing import add_listing, fit_listing
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition


def set_demo(stage: Stage) -> None:
    """Stage how it works: steps with their numbers in seals under one another; or one line."""
    steps, line, picture = list_steps(stage), stage.get_words("line"), stage.choose_picture()
    turn = choose_composition(stage.request, 5)
    if not steps and picture is not None:
        set_with_picture(stage, line, picture, ("line", "steps"), turn=2 * turn)
        return
    if not steps:
        grounds: tuple[Ground, ...] = ("sun", "sun", "paper", "paper", "sun")
        LAYOUTS[choose_motif(stage, "demo", turn)](stage, line, grounds[turn], ("line", "steps"), "")
        return
    turn %= 3
    ground: Ground = ("sun", "paper", "key")[turn]
    press = Press(stage, ground, "line", "steps")
    u = press.u
    if picture is not None:
        box = show_beside(press, picture, share=0.44, foot=0.50 if stage.shape == "tall" else 0.62, turn=turn)
    else:
        box = press.box
        if stage.shape == "tall" and not press.has_small_print:
            low = Box(0, stage.height * 0.69, stage.width, stage.height)
            (add_fruit(press, low) if turn == 1 else draw_waves(press.marks, low, u, press.bands))
        elif press.wide:
            box, art = split(press, 0.66)
            add_sun(press, art)
    if line:
        head = press.fit(
            [press.make_row(line, largest=92 if picture is None else 60, lines=3, target=26)],
            box.width,
            box.height * 0.3,
        )
        press.put(head, box.left, box.top, group="head")
        box = box._replace(top=box.top + press.measure(head) + 64 * u)
    _add_steps(press, box, steps)
    press.add_small_print()


def _add_seal(press: Press, number: int, x: float, y: float, radius: float, at: float, group: str) -> None:
    """Set a number in a small seal around a logical point."""
    stage = press.stage
    ink = SEALS[press.plate][number % 3]
    tone = press.find_tone(ink)
    fx = stage.to_frame_x(x)
    path = make_scallop(fx, y, radius * 0.93, 12, radius * 0.07)
    motion = Motion(moves=(stage.hit(at, 0.4),), group=group, span=(max(0.0, float(int(at))), float("inf")))
    press.add_shape(path, tone.ground, motion)
    figure = stage.typeset(str(number + 1), "number")
    size = radius * 0.86 / figure.cap
    press.set_line(
        FittedLine(figure, size), x - figure.width * size / 2, y + radius * 0.43, tone.ink, at, tone=tone, group=group
    )


def _add_steps(press: Press, box: Box, steps: list[str]) -> None:
    """Set steps under one another, every second a little aside; each comes in its part of the shot, beside its seal."""
    stage, u = press.stage, press.u
    count = len(steps)
    row = min(box.height / count, (330 if press.wide else 420) * u)
    radius = min(row * 0.40, 125 * u)
    aside = 50 * u if press.wide and box.width > 900 * u else 0.0
    indent = 2 * radius + 44 * u + aside
    times = stage.split_frames(count, until=0.66)
    width, high = box.width - indent, row - (30 * u if press.wide else 0.28 * row)
    rows = [press.make_row(step, largest=150, lines=3, target=26) for step in steps]
    columns = fit_alike(rows, lambda one: press.fit(one, width, high))
    for index, (fitted, at) in enumerate(zip(columns, times, strict=True)):
        middle = box.top + (index + 0.5) * row
        x = box.left + aside * (index % 2)
        _add_seal(press, index, x + radius, middle, radius, stage.to_frames(2 * index), "numbers")
        top = middle - press.measure(fitted) / 2
        press.put(fitted, x + 2 * radius + 44 * u, top, at + 2 * (index > 0), group=f"step {index}")


def set_listing(stage: Stage) -> None:
    """Stage lines of code on a card of paper with three dots of ink."""
    picture = stage.choose_picture()
    press = Press(stage, "sun", "line", "listing", "steps")
    u = press.u
    if picture is not None:
        box = show_beside(press, picture, share=0.52, foot=0.56)
    else:
        box = press.box
        if stage.shape == "tall" and not press.has_small_print:
            draw_waves(press.marks, Box(0, stage.height * 0.69, stage.width, stage.height), u, press.bands)
        else:
            add_tint(press.marks, "hot", make_box(press.frame), press.inks, u, toward="right", densest=0.5)
    line, steps = stage.get_words("line"), list_steps(stage)
    rows = [press.make_row(line, largest=84, lines=2, target=24)] if line else []
    rows += [press.make_note(step) for step in steps]
    if rows:
        head = press.fit(rows, box.width, box.height * 0.4)
        place = stage.to_frame_box(
            box.left,
            box.top,
            box.left + max(one.width for row in head for one in row.lines),
            box.top + press.measure(head),
        )
        press.marks.append(Mark("ground", hold(make_box(place.grow(30 * u), 16 * u))))
        press.put(head, box.left, box.top, group="head")
        box = box._replace(top=box.top + press.measure(head) + 60 * u)
    inner = Box(box.left + 44 * u, box.top + 84 * u, box.right - 44 * u, box.bottom - 40 * u)
    listing = fit_listing(stage, inner.width, inner.height, largest=92 if picture is None else 56)
    foot = min(box.bottom, inner.top + listing.pitch * len(listing.texts) + 60 * u)
    card = stage.to_frame_box(box.left, box.top, box.right, foot)
    shadow = make_box(card, 18 * u)
    shadow.offset(16 * u, 18 * u)
    press.marks += [Mark("key", hold(shadow)), Mark("paper", hold(make_box(card, 18 * u)))]
    plates: tuple[Plate, ...] = ("hot", "sun", "key")
    for index, plate in enumerate(plates):
        press.marks.append(Mark(plate, hold(make_circle(card.left + (48 + 46 * index) * u, card.top + 42 * u, 15 * u))))
    times = stage.split_frames(len(listing.texts), until=0.7)
    tone = press.find_tone("paper")
    first = inner.top + listing.size

    def arrive(number: int) -> Motion:
        low = first + number * listing.pitch
        area = stage.make_wipe_area(
            0, low - listing.pitch, stage.width, low + 0.4 * listing.pitch, "right" if stage.is_rtl else "left"
        )
        return Motion(moves=(stage.wipe(times[number], ease="even"),), wipe_area=area, group=f"code {number % 2}")

    add_listing(stage, listing, card.left + 44 * u, first, tone.ink, tone.ground, arrive)
    press.add_small_print()


def set_testimonial(stage: Stage) -> None:
    """Stage what somebody said in a speech bubble, or beside a huge mark; who it was has a seal with initials."""
    roles = ("quote", "who", "role")
    quote, who, role = (stage.get_words(name) for name in roles)
    picture, turn = stage.choose_picture(), choose_composition(stage.request, 2)
    if picture is not None:
        press = Press(stage, ("paper", "sun")[turn], *roles)
        box = show_beside(press, picture, share=0.46, foot=0.46, turn=turn)
        _set_quote(press, box, quote, who, role)
    elif turn:
        press = Press(stage, "key", *roles)
        box, art = split(press, 0.68, foot=0.62)
        _add_mark(press, art)
        _set_quote(press, box, quote, who, role)
    else:
        press = Press(stage, "sun", *roles)
        _set_bubble(press, quote, who, role)
    press.add_small_print()


def _add_mark(press: Press, art: Box) -> None:
    """Print two huge quotation marks."""
    place = press.stage.to_frame_box(*art)
    x, y = place.centre
    side = min(place.width * 0.62, place.height * 0.7)

    def comma(cx: float) -> Any:
        path = make_circle(cx, y + side * 0.12, side * 0.25)
        tail = skia.Path()
        tail.moveTo(cx - side * 0.25, y + side * 0.12)
        tail.quadTo(cx - side * 0.26, y - side * 0.36, cx + side * 0.16, y - side * 0.42)
        tail.lineTo(cx + side * 0.18, y - side * 0.26)
        tail.quadTo(cx - side * 0.02, y - side * 0.2, cx, y - side * 0.06)
        tail.close()
        return join([path, tail])

    shape = join([comma(x - side * 0.28), comma(x + side * 0.34)])
    off = skia.Path(shape)
    off.offset(26 * press.u, 20 * press.u)
    press.marks += [Mark("paper", hold(join([shape, off]))), Mark("sun", hold(off)), Mark("hot", hold(shape))]


def _set_quote(press: Press, box: Box, quote: str, who: str, role: str) -> None:
    stage, u = press.stage, press.u
    notes = [press.make_row(who, largest=56, lines=2, target=20, gap=14)] if who else []
    notes += [press.make_note(role, kind="plain", em=52)] if role else []
    low = press.fit(notes, box.width, box.height * 0.34) if notes else []
    gap = 60 * u if low else 0.0
    rows = press.fit(
        [press.make_row(quote, largest=130, lines=8, target=34)], box.width, box.height - press.measure(low) - gap
    )
    tall = press.measure(rows) + gap + press.measure(low)
    top = box.top + (box.height - tall) * (0.5 if press.wide else 0.0)
    _put_lines(press, rows, box.left, top)
    if low:
        press.put(low, box.left, top + press.measure(rows) + gap, stage.to_frames(14), group="who")


def _put_lines(press: Press, rows: Any, left: float, top: float) -> None:
    count = sum(len(one.lines) for one in rows)
    step = min(press.stage.to_frames(8), 0.45 * press.stage.request.frames / max(1, count))
    press.put(rows, left, top, [index * step for index in range(count)], tone=press.tone, group="quote")


def _set_bubble(press: Press, quote: str, who: str, role: str) -> None:
    """Set the words in a bubble; its tail points at a seal with the initials of who said them."""
    stage, u, box = press.stage, press.u, press.box
    paper = press.find_tone("paper")
    if stage.shape == "tall":
        box = box._replace(bottom=min(box.bottom, stage.height * 0.65))
    radius = 116 * u
    ground = press.tone
    notes = [press.make_row(who, largest=92, lines=2, target=20, gap=16)] if who else []
    notes += [press.make_note(role, kind="plain", em=56)] if role else []
    low = press.fit(notes, box.width - 2 * radius - 110 * u, 2.4 * radius) if notes else []
    foot = box.bottom - (2 * radius + 46 * u if who else 0) - 20 * u
    inner = Box(box.left + 66 * u, box.top + 60 * u, box.right - 66 * u, foot - 60 * u)
    press.tone = paper
    rows = press.fit([press.make_row(quote, largest=210, lines=8, target=34)], inner.width, inner.height)
    spare = inner.height - press.measure(rows)
    box, foot = box._replace(top=box.top + spare / 2), foot - spare / 2
    place = stage.to_frame_box(box.left, box.top, box.right, foot)
    tail = stage.to_frame_path(
        [
            (box.left + 130 * u, foot - 40 * u),
            (box.left + radius + 26 * u, foot + 62 * u),
            (box.left + 270 * u, foot - 40 * u),
        ]
    )
    bubble = skia.Op(make_box(place, 70 * u), tail, skia.PathOp.kUnion_PathOp)
    shadow = skia.Path(bubble)
    shadow.offset(18 * u, 20 * u)
    draw_confetti(press.marks, press.frame, press.rng, u, count=54, plates=(press.over, "paper", press.over), large=1.2)
    press.marks += [Mark(press.over, hold(shadow)), Mark("paper", hold(bubble))]
    _put_lines(press, rows, inner.left, box.top + 60 * u)
    if not who:
        return
    press.tone = ground
    x, y = box.left + radius + 10 * u, foot + 62 * u + radius * 0.84
    words = Box(x + radius + 40 * u, y - radius, box.right, y + radius)
    area = stage.to_frame_box(
        words.left - 24 * u,
        y - press.measure(low) / 2 - 24 * u,
        words.left + max(one.width for row in low for one in row.lines) + 24 * u,
        y + press.measure(low) / 2 + 24 * u,
    )
    press.marks.append(Mark("ground", hold(make_box(area, 14 * u))))
    text = find_initials(who)
    tone = press.find_tone("key")
    press.add_shape(make_scallop(stage.to_frame_x(x), y, radius * 0.93, 14, radius * 0.06), tone.ground)
    if text:
        ink = stage.typeset(text)
        size = min(radius * 0.62 / ink.cap, radius * 1.3 / ink.width)
        press.add_shape(stage.trace_ink(ink, size, x - ink.width * size / 2, y + ink.cap * size / 2)[0], tone.ink)
    press.put(low, words.left, y - press.measure(low) / 2, stage.to_frames(10), group="who")
