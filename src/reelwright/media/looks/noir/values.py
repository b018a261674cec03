"""Numbers, prices, dates and changes: a numeral of foil with the beam over it, an old price small and cut."""

from __future__ import annotations

from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.letters.word_styles import strip_styles
from reelwright.media.looks.noir.layouts import NAMED, set_headline, set_scene, split_room
from reelwright.media.looks.noir.pictures import show_picture
from reelwright.media.looks.noir.room import Align, Room
from reelwright.media.looks.noir.sets import SETS
from reelwright.media.staging.blocks import NOTHING, Block
from reelwright.media.staging.dates import LeadingDate, find_date
from reelwright.media.staging.numbers import can_show_counted_thing, fit_price, has_comparison, split_unit
from reelwright.media.staging.prices import Price, find_price, join_prices
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import choose_composition

_NUMBER_ROLES = ("number", "prefix", "unit", "label", "a", "b", "ratio_milli")


def open_room(stage: Stage, roles: tuple[str, ...], table: tuple[tuple[str, str], ...]) -> tuple[Room, Box, str]:
    """Light a room for a shot: with its picture, or by ``table``. Returns the room, the box for words, the layout."""
    room = Room(stage, *roles)
    picture = stage.choose_picture()
    if picture is not None:
        return room, show_picture(room, picture), "picture"
    layout, name = table[choose_composition(stage.request, len(table))]
    words, art = split_room(room, layout)
    SETS[name](room, art)
    return room, words, layout


def set_proof(stage: Stage) -> None:
    """Stage a number: as large as the room, its unit in italics, what it counts, two lines of light."""
    ways = (("flush", "blinds"), ("centre", "ring"), ("flip", "spot"))
    room, box, layout = open_room(stage, _NUMBER_ROLES, NAMED if can_show_counted_thing(stage) else ways)
    u = stage.u
    align: Align = "middle" if layout == "centre" else "start"
    if layout == "centre":
        box = box._replace(left=box.left + box.width * 0.2, right=box.right - box.width * 0.2) if room.wide else box
        side = (stage.width - min(stage.width, stage.height) * 0.62) / 2
        box = Box(max(box.left, side), box.top + box.height * 0.14, min(box.right, stage.width - side),
                  box.bottom - box.height * 0.12)  # fmt: skip
        if not has_comparison(stage):
            box = box._replace(top=box.top + box.height * 0.06)
    number, unit = split_unit(stage)
    short = stage.get_words("unit") if not unit else ""
    text = f"{stage.get_words('prefix')}{number}{short if len(short) <= 2 and not short.isalpha() else ' ' + short}"
    x = {"start": box.left, "middle": (box.left + box.right) / 2}[align]
    bars = 150 * u if has_comparison(stage) else 0.0
    ink = stage.typeset(text.strip(), "number")
    guess = min(box.width / ink.width, 0.5 * box.height / ink.height)
    is_plain = layout != "picture" and not has_comparison(stage)
    share, largest = (0.3, max(104, 0.56 * guess / u)) if is_plain else (0.2, 128 if room.wide else 104)
    unit_block = room.fit(unit, "italic", box.width, box.height * share, lines=2, largest=largest)
    most = 64 if is_plain else 50
    label = room.fit(stage.get_words("label"), "plain", box.width, box.height * 0.2, lines=2, largest=most, lead=1.25)
    rest = [block for block in (unit_block, label) if block.lines]
    spare = box.height - sum(block.height + 40 * u for block in rest) - (bars + 60 * u if bars else 0)
    numeral = room.fit(text.strip(), "number", box.width, spare, lines=1, largest=760, target=80)
    tall = numeral.height + box.height - spare
    top = box.top + (box.height - tall) * (0.5 if room.wide or align == "middle" else 0.3)
    room.put(numeral, x, top, 0, align=align, group="number")
    top += numeral.height + 44 * u
    if unit_block.lines:
        room.put(unit_block, x, top, stage.to_frames(14), colour=room.tone.ink, align=align, group="unit")
        top += unit_block.height + 40 * u
    if label.lines:
        room.put(label, x, top, stage.to_frames(20), colour=room.tone.ink, align=align, role="label", group="label",
                 glints=False)  # fmt: skip
        top += label.height + 40 * u
    if bars:
        _add_bars(room, box, top + 14 * u, bars)
    room.add_small_print(stage.live.left if align == "start" else x, align)


def _add_bars(room: Room, box: Box, top: float, height: float) -> None:
    """Draw two values as lines of light at their true ratio, each under its words."""
    stage, u = room.stage, room.stage.u
    ratio = int(stage.get_words("ratio_milli")) / 1000
    longest = max(1.0, ratio)
    width = min(box.width, 760 * u) if room.wide else box.width
    for index, (part, role) in enumerate(((1 / longest, "a"), (ratio / longest, "b"))):
        y = top + index * height / 2
        words = room.fit(stage.get_words(role), "plain", width, 40 * u, lines=1, largest=34)
        at = stage.to_frames(16 + 8 * index)
        room.put(words, box.left, y, at, colour=room.tone.quiet if index == 0 else room.tone.ink, role="label",
                 group=f"bar {role}", glints=False)  # fmt: skip
        line = skia.Path()
        low = y + words.height + 16 * u
        line.moveTo(stage.to_frame_x(box.left), low)
        line.lineTo(stage.to_frame_x(box.left + max(30 * u, width * part)), low)
        room.add_metal(line, width=(4 if index == 0 else 10) * u, alpha=0.7 if index == 0 else 1.0, at=at, length=30)


def set_transformation(stage: Stage) -> None:
    """Stage a change: what was stands in the dark, cut by a line of light; what is shines."""
    before, after = stage.get_words("before"), stage.get_words("after") or stage.get_words("line")
    heading = stage.get_words("line") if stage.get_words("after") else ""
    room, box, layout = open_room(
        stage, ("line", "before", "after"), (("flush", "letter"), ("flip", "door"), ("flip", "blinds"))
    )
    u = stage.u
    if not heading and (price := join_prices(before, after)):
        _set_price(room, price, box, "start")
        room.add_small_print(stage.live.left)
        return
    top_line = room.fit(heading, "plain", box.width, 90 * u, lines=2, largest=42, lead=1.3)
    new = room.fit(after, "italic", box.width, box.height * 0.56, lines=4, largest=230 if room.wide else 180, target=52)
    old = room.fit(
        strip_styles(before), "display", box.width, box.height * 0.26, lines=3, largest=max(44, 0.54 * new.size / u)
    )
    gap = 56 * u
    parts = [block for block in (top_line, old, new) if block.lines]
    tall = sum(block.height for block in parts) + gap * (len(parts) - 1)
    if tall > box.height:
        new, old, gap = (new.scale(box.height / tall), old.scale(box.height / tall), gap * box.height / tall)
        tall = box.height
    top = box.top + (box.height - tall) * ({"low": 0.94}.get(layout, 0.5 if room.wide else 0.3))
    if top_line.lines:
        room.put(top_line, box.left, top, 0, colour=room.tone.quiet, role="label", group="line", glints=False)
        top += top_line.height + gap
    if old.lines:
        boxes = room.put(old, box.left, top, 0, colour=room.tone.quiet, group="before", glints=False)
        for line, place in zip(old.lines, boxes, strict=True):
            low = top + old.ascent + boxes.index(place) * old.pitch
            room.strike(place.left, place.right, low - line.ink.cap * old.size * 0.42, old.size, stage.to_frames(18))
        top += old.height + gap
    room.put(new, box.left, top, stage.find_turn(before, after, 0.45) if old.lines else 0, group="after")
    room.add_small_print(stage.live.left)


def set_offer(stage: Stage) -> None:
    """Stage the deal: the new price in foil, the old one small and cut; the code in a frame of hairlines."""
    roles = ("deal", "code", "terms")
    ways = (("flush", "curtain"), ("centre", "ring"), ("flip", "blinds"))
    room, box, layout = open_room(stage, roles, NAMED if stage.request.is_emblem_named else ways)
    u = stage.u
    align: Align = "middle" if layout == "centre" else "start"
    if layout == "centre" and room.wide:
        box = box._replace(left=box.left + box.width * 0.12, right=box.right - box.width * 0.12)
    x = (box.left + box.right) / 2 if align == "middle" else box.left
    em = stage.get_small_size("legal")
    terms = room.fit(stage.get_words("terms"), "plain", box.width, em * 6, lines=4, largest=em / u * 1.05, lead=1.35)
    code = room.fit(stage.get_words("code"), "address", box.width - 80 * u, 90 * u, lines=1, largest=54)
    foot = (terms.height + 44 * u if terms.lines else 0) + (code.height + 110 * u if code.lines else 0)
    inset = 0.06 * box.height if align == "middle" else 0
    room_above = Box(box.left, box.top + inset, box.right, box.bottom - inset - foot)
    deal = stage.get_words("deal")
    price = find_price(deal)
    if price is not None:
        y = _set_price(room, price, room_above, align)
    else:
        y = set_headline(room, deal, room_above, align=align, low=0.45, largest=240 if room.wide else 190).bottom
    y += 62 * u
    if code.lines:
        wide, high = code.width + 72 * u, code.height + 48 * u
        left = x - wide / 2 if align == "middle" else box.left
        frame = stage.to_frame_box(left, y, left + wide, y + high)
        edge = skia.Path()
        edge.addRect(skia.Rect.MakeLTRB(*frame))
        room.add_metal(edge, width=2.2 * u, at=stage.to_frames(14), length=36)
        room.put(code, left + 36 * u, y + 24 * u, stage.to_frames(16), role="label", group="code")
        y += high + 44 * u
    if terms.lines:
        room.put(terms, x, y, stage.to_frames(18), colour=room.tone.quiet, role="legal", align=align, group="terms",
                 glints=False)  # fmt: skip
    room.add_small_print(x, align)


def _set_price(room: Room, price: Price, box: Box, align: Align) -> float:
    """Set words, the old price cut, the new one as large as fits, and words again. Returns their foot."""
    stage, u = room.stage, room.stage.u
    most = (84 if room.wide else 66) * (1 if price.old else 1.5)
    head = room.fit(price.before, "display", box.width, box.height * 0.2, lines=2, largest=most)
    tail = room.fit(price.after, "italic", box.width, box.height * 0.22, lines=2, largest=most)
    gap = 46 * u
    extra = sum(block.height + gap for block in (head, tail) if block.lines)
    new, old, above = fit_price(stage, price, box.width, box.height - extra)
    y = box.top + (box.height - extra - above - new.height) * 0.45
    middle = (box.left + box.right) / 2

    def find_x(width: float) -> float:
        return middle - width / 2 if align == "middle" else box.left

    x = middle if align == "middle" else box.left
    if head.lines:
        room.put(head, x, y, 0, colour=room.tone.ink, align=align, group="head")
        y += head.height + gap
    low, turn = y + above - new.ink.top * new.size, 0.0
    if old:
        at, turn = stage.find_strike()
        first, under = find_x(old.width), y + old.ink.cap * old.size
        place = stage.trace_ink(old.ink, old.size, first, under)[1]
        with stage.show_large(place, stage.trace_ink(new.ink, new.size, find_x(new.width), low)[1], turn):
            room.put_line(old, first, under, 0, colour=room.tone.quiet, group="old", glints=False)
            room.strike(place.left, place.right, under - old.ink.cap * old.size * 0.45, 1.6 * old.size, at)
    room.put_line(new, find_x(new.width), low, turn, group="new")
    y += above + new.height + gap
    if tail.lines:
        room.put(tail, x, y, turn + stage.to_frames(12), colour=room.tone.ink, align=align, group="tail")
        y += tail.height
    return y


def set_urgency(stage: Stage) -> None:
    """Stage a last day: its figure on the face of a watch, month and place beside it; else a headline."""
    text = stage.get_words("line")
    found = find_date(text)
    if found is None or stage.choose_picture() is not None:
        set_scene(stage, text, "urgency", "line")
        return
    _set_date(stage, found)


def _set_date(stage: Stage, date: LeadingDate) -> None:
    room = Room(stage, "line")
    flip = choose_composition(stage.request, 2) == 1
    words, art = split_room(room, "flip" if flip else "flush")
    if stage.shape == "tall":  # the numeral stands in the safe area, the dial runs out of it
        y = stage.live.bottom - 190 * stage.u
        words = words._replace(bottom=y - 410 * stage.u)
        art = Box(art.left, y - 380 * stage.u, art.right, y + 380 * stage.u)
    SETS["dial"](room, art)
    stage_u = stage.u
    radius = min(art.width, art.height) * 0.5
    ink = stage.typeset(date.day, "number")
    size = min(radius * 1.05 / ink.width, radius * 0.86 / ink.height)
    x, y = art.centre
    low = y - (ink.top + ink.bottom) / 2 * size
    room.put_line(FittedLine(ink, size), x - ink.width * size / 2, low, 0, group="day", camera=False)
    blocks: list[tuple[Block, str]] = []
    for part, kind, largest in ((date.before, "display", 120), (date.after, "italic", 170), (date.rest, "display", 72)):
        block = room.fit(part, kind, words.width, words.height * 0.34, lines=3, largest=largest) if part else NOTHING
        if block.lines:
            blocks.append((block, kind))
    gap = 44 * stage_u
    tall = sum(block.height for block, _ in blocks) + gap * max(0, len(blocks) - 1)
    top = words.top + (words.height - tall) * 0.5
    for index, (block, kind) in enumerate(blocks):
        colour = "" if kind == "italic" else room.tone.ink
        room.put(block, words.left, top, stage.to_frames(10 * index), colour=colour, group=f"date {index}")
        top += block.height + gap
    room.add_small_print(stage.live.left)
