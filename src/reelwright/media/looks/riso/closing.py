"""The name, the call and the last card: overprinted letters, a stamped button, a disc with the initials."""

from __future__ import annotations

from functools import partial
from typing import Final

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.riso.lines import add_glyph, show_beside, split
from reelwright.media.looks.riso.motifs import draw_waves, make_box
from reelwright.media.looks.riso.press import Ground, Press
from reelwright.media.looks.riso.signs import add_companions, add_disc, add_emblem, add_pattern, add_sun
from reelwright.media.staging.calls import split_call, split_card
from reelwright.media.staging.key_words import find_initials
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

_BUTTON: Final = 0.092
"""Height of the button in parts of the frame's; 8 % is asked. Source: films-judged.md 8, improvement 6."""


def set_reveal(stage: Stage) -> None:
    """Stage the name: before its own first letter, huge and out of register, or before a sun."""
    roles = ("name", "descriptor", "kicker")
    name, says, kicker = (stage.get_words(role) for role in roles)
    picture, turn = stage.choose_picture(), choose_composition(stage.request, 2)
    ground: Ground = ("sun", "paper")[turn] if picture is not None else ("sun", "hot")[turn]
    press = Press(stage, ground, *roles)
    u = press.u
    if picture is not None:
        box = show_beside(press, picture, share=0.42, foot=0.42, turn=turn)
    else:
        box, art = split(press, 0.66, foot=0.54)
        if stage.request.emblem:
            add_disc(press, "", art)
        elif turn:
            add_sun(press, art)
        else:
            add_glyph(press, find_initials(name)[:1] or name, art, high=1.2)
    notes = press.fit([press.make_note(kicker, em=44)], box.width, box.height * 0.2) if kicker else []
    low = (
        press.fit([press.make_row(says, largest=68, lines=4, kind="label", target=18)], box.width, box.height * 0.34)
        if says
        else []
    )
    gap = 46 * u
    room = box.height - sum(press.measure(rows) + gap for rows in (notes, low) if rows)
    title = press.fit_line(name, box.width, room, largest=240, lines=3, target=50, is_name=True)
    tall = press.measure(title) + sum(press.measure(rows) + gap for rows in (notes, low) if rows)
    top = box.top + (box.height - tall) * press.rest
    for rows, group, at in ((notes, "kicker", 8.0), (title, "name", 0.0), (low, "says", 14.0)):
        if rows:
            press.put(rows, box.left, top, stage.to_frames(at), group=group)
            top += press.measure(rows) + gap
    press.add_small_print()


def measure_button(stage: Stage) -> float:
    """Return the height of the button in pixels."""
    return stage.height * (_BUTTON if stage.shape == "tall" else _BUTTON * 1.3)


def add_button(press: Press, text: str, left: float, top: float, most: float, at: float) -> float:
    """Add a stamped button, its shadow in another ink; it hops with the music. Returns the y of its foot."""
    stage, u = press.stage, press.u
    high = measure_button(stage)
    ground: Ground = "key" if press.plate != "key" else "sun"
    tone = press.find_tone(ground)
    line = stage.typeset(text, "address")
    pad = high * 0.46
    size = min(high * 0.34 / line.cap, (most - 2 * pad - 14 * u) / line.width)
    if size * line.cap < 20 * u:
        pad = high * 0.26
        size = min(high * 0.34 / line.cap, (most - 2 * pad - 14 * u) / line.width)
    wide = min(most - 14 * u, line.width * size + 2 * pad)
    place = stage.to_frame_box(left, top, left + wide, top + high)
    shadow: str = {"paper": press.inks.hot, "sun": press.inks.hot, "hot": press.inks.sun, "key": press.inks.hot}[
        press.plate
    ]
    hop = stage.nudge(at + 12, dx=5, dy=6)
    below = make_box(place, high * 0.34)
    below.offset(12 * u, 13 * u)
    come = stage.hit(at, 0.7)
    press.add_shape(below, shadow, Motion(moves=(come,), group="button"))
    press.add_shape(make_box(place, high * 0.34), tone.ground, Motion(moves=(come, hop), group="button"))
    low = top + high / 2 + line.cap * size / 2
    press.set_line(
        FittedLine(line, size),
        left + (wide - line.width * size) / 2,
        low,
        tone.ink,
        at,
        tone=tone,
        role="button",
        group="button",
    )
    return top + high + 13 * u


def set_cta(stage: Stage) -> None:
    """Stage what to do: the line, the address on a button, a sun or the emblem beside them."""
    roles = ("line", "url")
    line, url = (stage.get_words(role) for role in roles)
    call = split_call(line, url)
    head, button, address = (line, url, "") if call.address else (call.line, call.button, call.address)
    picture, turn = stage.choose_picture(), choose_composition(stage.request, 2)
    ground: Ground = ("paper", "sun")[turn] if picture is not None else ("hot", "sun")[turn]
    press = Press(stage, ground, *roles)
    box, art = (
        split(press, 0.62, foot=0.62)
        if picture is None
        else (show_beside(press, picture, share=0.44, foot=0.47, turn=turn), press.frame)
    )
    _put_call(press, box, head, button, address, at=8 if head else 0)
    if picture is None and stage.request.emblem and turn:
        add_pattern(press, art)
    elif picture is None:
        add_sun(press, art)
    press.add_small_print()


def _put_call(press: Press, box: Box, head: str, button: str, address: str, *, at: float, name: str = "") -> Box:
    """Set a name, a line, the button and the address under one another. Returns the box that they take."""
    stage, u = press.stage, press.u
    high = measure_button(stage) + 13 * u if button else 0.0
    notes = press.fit([press.make_note(address, em=80, kind="plain")], box.width, 120 * u) if address else []
    gap = 44 * u
    need = (high + gap if high else 0) + (press.measure(notes) + gap if notes else 0)
    middle = (
        press.fit([press.make_row(head, largest=58, lines=3, kind="label", target=18)], box.width, box.height * 0.3)
        if name and head
        else []
    )
    need += press.measure(middle) + gap if middle else 0
    rows = press.fit_line(
        name or head,
        box.width,
        box.height - need,
        largest=170 if not name else 210,
        lines=6 if not name else 3,
        target=50,
        is_name=bool(name.strip()),
    )
    tall = press.measure(rows) + need
    top = box.top + (box.height - tall) * press.rest
    y, wide = top, max((line.width for one in (*rows, *middle, *notes) for line in one.lines), default=0.0)
    if rows:
        press.put(rows, box.left, y, [0.0, 3.0, 6.0, 9.0, 12.0, 15.0] if name else 0, group="name" if name else "line")
        y += press.measure(rows) + gap
    if middle:
        press.put(middle, box.left, y, 3, group="line")
        y += press.measure(middle) + gap
    if high:
        y = add_button(press, button, box.left, y, box.width, stage.to_frames(at)) + gap
        wide = max(wide, box.width * 0.5)
    if notes:
        press.put(notes, box.left, y, stage.to_frames(at + 3), group="address")
    return Box(box.left, top, box.left + wide, top + tall - (gap if tall > need else 0))


def set_end_card(stage: Stage) -> None:
    """Stage the last card: the emblem as a pattern, with what stands with it, before a sun or on a disc; without one
    a disc with initials, or the picture; name, button and address.
    """
    roles = ("name", "line", "url")
    name, line, url = (stage.get_words(role) for role in roles)
    name, call = split_card(name, line, url, stage.request.about)
    picture, turn = stage.choose_picture(), choose_composition(stage.request, 2)
    press = Press(stage, ("paper", "sun")[turn], *roles)
    if picture is not None:
        box = show_beside(press, picture, share=0.44, foot=0.46 if stage.shape != "tall" else 0.44, turn=turn)
    else:
        box, art = split(press, 0.60, foot=0.62)
        ways = (add_pattern, add_companions, partial(add_emblem, name=""), partial(add_disc, name=""))
        if stage.request.emblem:
            ways[choose_composition(stage.request, len(ways))](press, art=art)
        elif press.wide or not turn:
            add_disc(press, name or line or url, art)
        else:
            draw_waves(press.marks, Box(0, art.top, stage.width, stage.height), press.u, press.bands)
    _put_call(press, box, call.line, call.button, call.address, at=2, name=name or " ") if name else _put_call(
        press, box, call.line, call.button, call.address, at=2
    )
    press.add_small_print()
