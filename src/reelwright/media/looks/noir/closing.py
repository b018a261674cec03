"""The name, the brand, the call and the last card: letters that open, a seal and a button of foil."""

from __future__ import annotations

import math

from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.drawables import Outline, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.looks.noir.drawn import Lit, Tick, Turn
from reelwright.media.looks.noir.layouts import choose_composition_of, fit_headline, set_headline, set_scene, split_room
from reelwright.media.looks.noir.light import Pool
from reelwright.media.looks.noir.pictures import show_picture
from reelwright.media.looks.noir.room import Align, Room
from reelwright.media.looks.noir.sets import SETS
from reelwright.media.looks.noir.values import open_room
from reelwright.media.staging.blocks import NOTHING
from reelwright.media.staging.calls import Call, split_call, split_card
from reelwright.media.staging.key_words import find_initials
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

_BUTTON = {"tall": 0.084, "wide": 0.1, "square": 0.1, "portrait": 0.09}
"""Height of the button in parts of the frame's. Source: films-judged.md 8, improvement 6."""
_INK = "#0B0A09"


def set_reveal(stage: Stage) -> None:
    """Stage the name: its letters open slowly in the middle of a ring, over a letter, or beside the product."""
    roles = ("name", "descriptor", "kicker")
    name, says, kicker = (stage.get_words(role) for role in roles)
    picture = stage.choose_picture()
    if picture is not None:
        room = Room(stage, *roles)
        box, layout = show_picture(room, picture, stand=True), "picture"
    else:
        # behind a cold open, its photograph has said what it is
        shows = stage.request.emblem and stage.request.previous_beat != "cold_open"
        own = (("flush", "letter"), ("flip", "letter")) if shows else ()
        ways = own or (("centre", "ring"), ("flush", "letter"), ("centre", "spot"))
        room, box, layout = open_room(stage, roles, ways)
    u = stage.u
    align: Align = "middle" if layout == "centre" else "start"
    if layout == "centre" and room.wide:
        box = box._replace(left=box.left + box.width * 0.06, right=box.right - box.width * 0.06)
    x = (box.left + box.right) / 2 if align == "middle" else box.left
    above = room.fit(kicker, "label", box.width, 90 * u, lines=2, largest=34, lead=1.4)
    title = room.fit(
        name, "display", box.width, box.height * 0.52, lines=3, largest=260 if room.wide else 200, lead=1.0, target=70,
        is_name=True,
    )  # fmt: skip
    most = min(90 if room.wide else 68, 0.62 * title.size / u)
    text = room.fit(says, "italic", min(box.width, 1100 * u), box.height * 0.3, lines=3, largest=most, lead=1.16)
    gap = 56 * u
    parts = [block for block in (above, title, text) if block.lines]
    tall = sum(block.height for block in parts) + gap * (len(parts) - 1) + (gap if text.lines else 0)
    if tall > box.height:
        part = (box.height - (tall - title.height - text.height)) / max(1.0, title.height + text.height)
        title, text, tall = title.scale(part), text.scale(part), box.height
    top = box.top + (box.height - tall) * (0.5 if room.wide or align == "middle" else 0.3)
    if above.lines:
        room.put(above, x, top, stage.to_frames(12), align=align, role="label", group="kicker", glints=False)
        top += above.height + gap
    room.put(title, x, top, 0, align=align, group="name")
    top += title.height + gap
    if text.lines:
        room.add_rule(x, top, 150 * u, stage.to_frames(26), middle=align == "middle")
        room.put(text, x, top + gap, stage.to_frames(22), colour=room.tone.ink, align=align, group="says")
    room.add_small_print(x, align)


def set_brand(stage: Stage) -> None:
    """Stage what the brand says, with its name tracked under a hairline."""
    line, name = stage.get_words("line"), stage.get_words("name")
    if not (line and name):
        set_scene(stage, line or name, "brand", "line", "name")
        return
    room = Room(stage, "line", "name")
    picture = stage.choose_picture()
    u = stage.u
    if picture is not None:
        box, layout = show_picture(room, picture), "picture"
    else:
        layout, lit = choose_composition_of(stage, "brand")
        box, art = split_room(room, layout)
        SETS[lit](room, art)
    align: Align = "middle" if layout == "centre" else "start"
    x = (box.left + box.right) / 2 if align == "middle" else box.left
    title = room.fit(name, "title", box.width, 110 * u, lines=2, largest=56 if room.wide else 50, lead=1.3)
    need = title.height + 120 * u
    inset = 0.12 * box.height if layout == "centre" else 0
    spare = Box(box.left, box.top + inset, box.right, box.bottom - inset - need)
    low = {"low": 0.94, "high": 0.1}.get(layout, 0.45)
    most = 150 if room.wide else 128
    foot = set_headline(room, line, spare, align=align, low=low, largest=most).bottom
    room.add_rule(x, foot + 60 * u, 130 * u, stage.to_frames(24), middle=align == "middle")
    room.put(title, x, foot + 120 * u, stage.to_frames(22), align=align, role="label", group="name")
    room.add_small_print(x, align)


def add_button(room: Room, text: str, x: float, top: float, most: float, at: float, *, align: Align = "start") -> float:
    """Add a button of foil with an arrow; ``x``: where it starts, or its middle. Returns the y of its foot."""
    stage = room.stage
    high = stage.height * _BUTTON[stage.shape]
    line = stage.typeset(text, "address")
    pad, arrow = high * 0.5, high * 0.5
    size = min(high * 0.34 / line.cap, (most - 2 * pad - arrow * 1.6) / line.width)
    if size * line.cap < 20 * stage.u:  # a long address needs the room of the arrow
        pad, arrow = high * 0.3, 0.0
        size = min(high * 0.34 / line.cap, (most - 2 * pad) / line.width)
    wide = line.width * size + 2 * pad + arrow * 1.6
    left = x - wide / 2 if align == "middle" else x
    box = stage.to_frame_box(left, top, left + wide, top + high)
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeLTRB(*box), 6 * stage.u, 6 * stage.u)
    start = at - stage.to_frames(16) if at < 1 else at
    lit = Lit(((path, "", 0.0),), box, box, room.foil, start, stage.to_frames(26), room.glint, stage.request.frames,
              stage.reading_sign)  # fmt: skip
    camera = room.make_camera()
    ink = max((_INK, room.tone.ground), key=lambda one: compute_contrast(one, room.foil.dark))
    stage.add("shape", lit, box, Motion(moves=(Tick(), *camera), pivot=room.centre, group="button"))
    low = top + high / 2 + line.cap * size / 2
    room.put_line(
        FittedLine(line, size), left + pad, low, start + stage.to_frames(6), colour=ink, role="button", group="button",
        glints=False, ground=room.foil.dark, length=20,
    )  # fmt: skip
    if arrow:
        tip = stage.to_frame_x(left + wide - pad)
        sign = stage.reading_sign
        y = top + high / 2
        mark = skia.Path()
        mark.moveTo(tip - sign * arrow, y)
        mark.lineTo(tip, y)
        mark.moveTo(tip - sign * arrow * 0.32, y - arrow * 0.26)
        mark.lineTo(tip, y)
        mark.lineTo(tip - sign * arrow * 0.32, y + arrow * 0.26)
        bounds = Box(min(tip, tip - sign * arrow), y - arrow * 0.3, max(tip, tip - sign * arrow), y + arrow * 0.3)
        come = (stage.fade(start + stage.to_frames(16), stage.to_frames(10)), *camera)
        stage.add("shape", Outline(mark, ink, max(2.5, high * 0.028)), bounds,
                  Motion(moves=come, pivot=room.centre, group="arrow"))  # fmt: skip
    return top + high


def set_cta(stage: Stage) -> None:
    """Stage what to do: the line, and its address on a button of foil."""
    room, box, layout = open_room(stage, ("line", "url"), (("flip", "spot"), ("flush", "moon"), ("flip", "curtain")))
    line, url = stage.get_words("line"), stage.get_words("url")
    call = split_call(line, url)
    head, on_button, address = (line, url, "") if line and call.address else call
    u = stage.u
    high = stage.height * _BUTTON[stage.shape]
    text = room.fit(address, "address", box.width, 90 * u, lines=1, largest=44)
    need = (high + 64 * u if on_button else 0) + (text.height + 40 * u if text.lines else 0)
    top = box.top + (box.height - need) / 2
    if head:
        most = 190 if room.wide else 150
        one, two, gap = fit_headline(room, head, box.width, box.height - need, most)
        tall = one.height + gap + two.height
        start = box.top + (box.height - tall - need) * (0.5 if layout != "high" else 0.3)
        set_headline(room, head, Box(box.left, start, box.right, start + tall + 1), low=0, largest=most)
        top = start + tall + 64 * u
    if on_button:
        top = add_button(room, on_button, box.left, top, box.width, stage.to_frames(10) if head else 0)
    if text.lines:
        room.put(text, box.left, top + 40 * u, stage.to_frames(16), colour=room.tone.ink, role="label", group="address")
    room.add_small_print(box.left)


def set_end_card(stage: Stage) -> None:
    """Stage the last card: a seal or a picture, the name, the call on a button, the address; all there by 0.7 s."""
    room = Room(stage, "name", "line", "url")
    name, line, url = (stage.get_words(role) for role in ("name", "line", "url"))
    name, call = split_card(name, line, url, stage.request.about)
    picture = stage.choose_picture()
    if picture is not None:
        box = show_picture(room, picture, stand=True)
        _set_card(room, name, call, box, "start")
        return
    has_room = room.wide or not room.small_height  # else small print would stand on the drawing
    if stage.request.emblem and has_room and choose_composition(stage.request, 3) != 1:
        box, art = split_room(room, "flip" if choose_composition(stage.request, 3) else "flush")
        SETS["letter"](room, art)
        _add_frame(room)
        _set_card(room, name, call, box, "start")
        return
    live, u = stage.live, stage.u
    wide, high = stage.width, stage.height
    if room.wide and choose_composition(stage.request, 2) == 1:
        seal = Box(live.left, 0.2 * high, live.left + 0.32 * live.width, 0.8 * high)
        box, align = Box(live.left + 0.4 * live.width, room.top, live.right, room.floor), "start"
    else:
        share = {"wide": 0.44, "tall": 0.40, "square": 0.34, "portrait": 0.36}[stage.shape]
        middle = wide / 2 if stage.shape != "tall" else (live.left + live.right) / 2
        edge = room.top + (room.floor - room.top) * share
        half = (edge - room.top) / 2
        seal = Box(middle - half, room.top + 12 * u, middle + half, edge - 12 * u)
        box, align = Box(live.left, edge + 24 * u, live.right, room.floor), "middle"
    x, y = seal.centre
    if stage.shape == "tall":  # the safe area ends far above the foot of the frame
        name_of_set = ("spot", "curtain")[choose_composition(stage.request, 2)]
        SETS[name_of_set](room, Box(90 * u, 0.68 * high, wide - 90 * u, 0.98 * high))
    else:
        room.darken(Pool(x, y, 0.42 * max(wide, high), 0.62), Pool(wide / 2, high, 0.5 * wide, 0.4, 0.4))
        aims = ((x - 0.2 * wide, high), (x, y), (x + 0.06 * wide, high))
        room.add_beam(x - 0.3 * wide, -0.12 * high, aims, spread=0.16, strength=0.8)
    _add_frame(room)
    _add_seal(room, name or line, seal)
    _set_card(room, name, call, box, align)  # type: ignore[arg-type]


def _add_frame(room: Room) -> None:
    """Draw two hairlines around the frame."""
    stage, u = room.stage, room.stage.u
    for inset, width, alpha in ((30, 2.0, 0.7), (40, 1.1, 0.4)):
        path = skia.Path()
        path.addRect(skia.Rect.MakeLTRB(inset * u, inset * u, stage.width - inset * u, stage.height - inset * u))
        room.add_metal(path, width=width * u, alpha=alpha, at=-stage.to_frames(18), length=70)


def _add_seal(room: Room, name: str, box: Box) -> None:
    """Draw the film's emblem, else the initials, in two rings whose ticks turn, and let the light go over them."""
    stage, u = room.stage, room.stage.u
    x, y = stage.to_frame_x(box.centre[0]), box.centre[1]
    radius = min(box.width, box.height) * 0.42
    rings, ticks = skia.Path(), skia.Path()
    rings.addCircle(x, y, radius)
    rings.addCircle(x, y, radius * 0.93)
    for index in range(72):
        turn, long = math.radians(5 * index), index % 6 == 0
        inner, outer = radius * 1.06, radius * (1.18 if long else 1.11)
        ticks.moveTo(x + inner * math.cos(turn), y + inner * math.sin(turn))
        ticks.lineTo(x + outer * math.cos(turn), y + outer * math.sin(turn))
    room.add_metal(rings, width=2.4 * u, at=-stage.to_frames(14), length=44)
    turn_ticks = Turn(((0.0, -50.0), (float(stage.request.frames), 10.0)), stage.look.ease["even"])
    room.add_metal(ticks, width=1.6 * u, alpha=0.7, moves=(turn_ticks,), pivot=(x, y))
    letters = "" if stage.request.emblem else find_initials(name)
    if not letters and not stage.request.emblem:
        return
    ink = stage.typeset(letters) if letters else stage.typeset_emblem("")
    size = min(radius * 1.15 / ink.width, radius * (0.98 if letters else 1.15) / ink.height)
    left, low = box.centre[0] - ink.width * size / 2, y - (ink.top + ink.bottom) / 2 * size
    path, area = stage.trace_ink(ink, size, left, low)
    shining = room.list_engraved(ink, path, size, stage.find_pen(ink, size, left), low, area)
    parts = [(one, "", 0.0) for one in shining]
    lit = Lit(parts, area, area, room.foil, -stage.to_frames(14), stage.to_frames(26), room.glint,
              stage.request.frames, stage.reading_sign)  # fmt: skip
    stage.add("shape", lit, area, Motion(moves=(Tick(),), group="seal"))


def _set_card(room: Room, name: str, call: Call, box: Box, align: Align) -> None:
    """Set name, line, button and address as one group."""
    stage, u = room.stage, room.stage.u
    x = (box.left + box.right) / 2 if align == "middle" else box.left
    button = stage.height * _BUTTON[stage.shape] if call.button else 0.0
    title = NOTHING
    if name:
        kind = "title" if stage.get_words("name") else "address"  # an address stands as it is typed
        title = room.fit(
            name, kind, box.width, box.height * 0.4, lines=3 if align == "start" else 2,
            largest=176 if room.wide else 120, lead=1.14, target=44, is_name=True,
        )  # fmt: skip
    line = room.fit(call.line, "italic", box.width, box.height * 0.3, lines=3, largest=62, lead=1.14)
    address = room.fit(call.address, "address", box.width, 110 * u, lines=1, largest=80)
    gap = 66 * u if stage.shape != "square" else 40 * u
    heights = [part for part in (title.height, line.height, button, address.height) if part]
    spare = box.height - button
    tall = sum(heights) - button + gap * (len(heights) - 1)
    factor = min(1.0, spare / max(1.0, tall))
    if factor < 1:
        gap, title, line, address = gap * factor, title.scale(factor), line.scale(factor), address.scale(factor)
    tall = min(box.height, tall * factor + button)
    top = box.top + (box.height - tall) * (0.5 if align == "start" else 0.4)
    if title.lines:
        room.put(title, x, top, 0, align=align, group="name", colour=room.tone.ink)
        top += title.height + gap
    if line.lines:
        room.put(line, x, top, stage.to_frames(2), align=align, group="line")
        top += line.height + gap
    if button:
        top = add_button(room, call.button, x, top, box.width, 0, align=align) + gap
    if address.lines:
        room.put(address, x, top, stage.to_frames(3), colour=room.tone.quiet, align=align, role="label",
                 group="address", glints=False)  # fmt: skip
    room.add_small_print(x, align)
