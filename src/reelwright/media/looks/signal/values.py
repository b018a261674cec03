"""Numbers that count in a card, an old price and a new one, what was and what is, the last day on a calendar."""

from __future__ import annotations

import re
from typing import Final

from reelwright.media.drawing.drawables import Outline, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Count, Mover
from reelwright.media.drawing.strokes import DONE, Pen
from reelwright.media.letters.word_styles import mark_styles, strip_styles
from reelwright.media.looks.signal.devices import show_picture
from reelwright.media.looks.signal.headlines import find_focus, set_line
from reelwright.media.looks.signal.screen import Screen
from reelwright.media.looks.signal.typed_line import add_typed
from reelwright.media.staging.blocks import Block
from reelwright.media.staging.clock import EVEN
from reelwright.media.staging.dates import LeadingDate, find_date
from reelwright.media.staging.numbers import has_comparison, split_unit, typeset_count
from reelwright.media.staging.prices import Price, is_price, split_price
from reelwright.media.staging.stage import Motion, Stage

_UNIT: Final = 0.46
"""Height of a unit to that of its number's digits."""


def set_proof(stage: Stage) -> None:
    """Stage a number: it counts up in a card, a ring or bars show its share, two values stand at their true ratio."""
    picture = stage.choose_picture()
    is_low = picture is not None and stage.shape in ("square", "portrait")
    screen = Screen(stage, focus=(0.7, 0.5) if stage.shape == "wide" else (0.5, 0.4), has_head=not is_low)
    u, box = screen.u, screen.box
    if picture is not None:
        box = show_picture(screen, picture, share=0.36 if is_low else 0)
    screen.add_backdrop()
    pad = (40 if picture is not None else 64) * u
    come = screen.make_come(0, dy=70)
    compares = has_comparison(stage)
    number, unit = split_unit(stage)
    short = stage.get_words("unit") if not unit else ""
    inks = typeset_count(stage, is_alone=bool(unit) and bool(stage.get_words("unit")), number=number)
    aside = screen.wide and picture is None
    bars = (232 if picture is None else 204) * u if compares else 0.0
    inner_wide = box.width - 2 * pad
    share = _find_share(number, short) if not compares else None
    gauge = min(0.62 * box.height, 0.36 * inner_wide) if aside and share is not None else 0.0
    width = inner_wide - (gauge + 90 * u if gauge else 0)
    label = screen.fit(stage.get_words("label"), "label", width, 150 * u, lines=3, largest=54, lead=1.3)
    below = screen.fit(unit, "display", width, 0.3 * box.height, lines=2, largest=96)
    em = stage.get_small_size("legal")
    small = screen.fit(stage.get_words("source"), "plain", inner_wide, 5 * em, lines=3, largest=em / u, lead=1.35)
    rest = [block for block in (label, below, small) if block.lines]
    gaps = (54 if picture is None and not compares else 34) * u
    room = box.height - 2 * pad - sum(block.height + gaps for block in rest) - (bars + gaps if bars else 0)
    last = inks[-1]
    widest = max(ink.width for ink in inks)
    size = min(width / widest, room / last.height, (460 if screen.wide else 400) * u)
    stage.record_fit(last.cap * size, 80 * u)
    strip = min(0.2 * box.height, 190 * u) if not compares and share is None and picture is None else 0.0
    tall = last.height * size + sum(block.height + gaps for block in rest) + (bars + gaps if bars else 0) + 2 * pad
    beside = Box(box.left + 2 * pad + widest * size, 0, box.right - pad, 0)
    stands_beside = aside and strip > 0 and beside.width > 0.3 * box.width
    strip = 0.0 if stands_beside or tall + strip + gaps > box.height else strip
    tall = max(tall + (strip + gaps if strip else 0), gauge + 2 * pad if gauge else 0)
    top = box.top + (box.height - tall) * (0.5 if screen.wide else 0.2 if stage.shape == "tall" else 0.5)
    card = Box(box.left, top, box.right, top + tall)
    screen.add_card(card, (come,), corner=44 * u)
    x, y = box.left + pad, top + pad
    if label.lines:
        screen.put(
            label, x, y, 0, colour=stage.palette.dim, ground=screen.card, role="label", group="label", moves=(come,)
        )
        y += label.height + gaps
    length = stage.get_length("count")
    count = screen.stage.look.ease["count"]
    moves: tuple[Mover, ...] = (Count(-0.12 * length, length, count, len(inks) - 1), come)
    low = y - last.top * size
    stage.add_counter(inks, size, x, low, screen.tint, screen.card, Motion(moves=moves, group="number"))
    if stands_beside:
        screen.add_bars(beside._replace(top=y, bottom=y + last.height * size), has_head=False, first=0.1, last=0.96)
    y += last.height * size + gaps
    if below.lines:
        screen.put(below, x, y, stage.to_frames(8), ground=screen.card, group="unit", moves=(come,))
        y += below.height + gaps
    if compares:
        _add_tracks(screen, Box(x, y, box.right - pad, y + bars), come)
    if gauge and share is not None:
        at = Box(box.right - pad - gauge, card.centre[1] - gauge / 2, box.right - pad, card.centre[1] + gauge / 2)
        _add_gauge(screen, at, share, come)
    if strip:
        screen.add_bars(Box(x, y, box.right - pad, y + strip), has_head=False, first=0.1, last=0.96)
    screen.put(
        small, x, card.bottom - pad - small.height, stage.to_frames(12), colour=stage.palette.dim, ground=screen.card,
        role="legal", group="source", moves=(come,),
    )  # fmt: skip


def _find_share(number: str, unit: str) -> float | None:
    """Return the part of a whole that a percentage says; None for any other number."""
    digits = re.search(r"\d+(?:[.,]\d+)?", number)
    if digits is None or "%" not in number + unit:
        return None
    value = float(digits[0].replace(",", "."))
    return value / 100 if 0 < value <= 100 else None


def _add_gauge(screen: Screen, box: Box, share: float, come: Mover) -> None:
    """Draw a ring of which as much is lit as the share, from the top on."""
    stage = screen.stage
    place = stage.to_frame_box(*box)
    thick = 0.13 * place.width
    oval = skia.Rect.MakeLTRB(*place.grow(-thick / 2))
    track = skia.Path()
    track.addOval(oval)
    stage.add("shape", Outline(track, screen.rest, thick, 0.5), place, Motion(moves=(come,), group="gauge"))
    lit = skia.Path()
    lit.addArc(oval, -90, stage.reading_sign * 359.9 * share)
    count = Count(stage.to_frames(3), stage.get_length("count"), stage.look.ease["count"], DONE)
    stage.add("shape", Pen(lit, stage.palette.accent, thick), place, Motion(moves=(count, come), group="gauge"))


def _add_tracks(screen: Screen, box: Box, come: Mover) -> None:
    """Draw two values as bars at their true ratio, each under its words."""
    stage, u = screen.stage, screen.u
    ratio = int(stage.get_words("ratio_milli")) / 1000
    longest = max(1.0, ratio)
    row = box.height / 2
    for index, (part, role) in enumerate(((1 / longest, "a"), (ratio / longest, "b"))):
        y = box.top + index * row
        words = screen.fit(stage.get_words(role), "label", box.width, 42 * u, lines=1, largest=34)
        at = stage.to_frames(6 + 8 * index)
        is_new = index == 1
        tint = stage.palette.text if is_new else stage.palette.dim
        screen.put(
            words, box.left, y, at, colour=tint, ground=screen.card, role="label", group=f"bar {role}", moves=(come,)
        )
        top, thick = y + 56 * u, 34 * u
        track = Box(box.left, top, box.right, top + thick)
        screen.add_shape(screen.make_round(track, thick / 2), screen.edge, Motion(moves=(come,), group="bars"))
        bar = track._replace(right=box.left + max(thick, box.width * part))
        area = stage.make_wipe_area(bar.left - 1, top - 1, bar.right + 1, top + thick + 1)
        motion = Motion(moves=(stage.wipe(at, kind="count"), come), wipe_area=area, group="bars")
        colour = stage.palette.accent if is_new else screen.rest
        screen.add_shape(screen.make_round(bar, thick / 2), colour, motion)


def set_transformation(stage: Stage) -> None:
    """Stage a change: what was on a dark card, struck; what is on the next card, in light."""
    before, after = stage.get_words("before"), stage.get_words("after") or stage.get_words("line")
    heading = stage.get_words("line") if stage.get_words("after") else ""
    if is_price(before) and is_price(after) and not heading:
        deal = mark_styles(f"~~{strip_styles(before)}~~ {after}")
        if split_price(deal):
            set_deal(stage, deal)
            return
    if not strip_styles(before).strip() and not heading:
        set_line(stage, after, "benefit")
        return
    picture = stage.choose_picture()
    is_low = picture is not None and stage.shape in ("square", "portrait")
    screen = Screen(stage, focus=(0.74, 0.56) if stage.shape == "wide" else (0.5, 0.66), has_head=not is_low)
    u, box = screen.u, screen.box
    if picture is not None:
        box = show_picture(screen, picture, share=0.42 if is_low else 0)
    pad = (48 if picture is None else 32) * u
    top = box.top
    if heading:
        room = box._replace(bottom=box.top + 0.22 * box.height)
        top = screen.set_headline(heading, room, emphasis="plain", largest=72, low=0, lines=2).bottom + 40 * u
    if screen.wide and picture is None:
        middle = box.left + 0.4 * box.width
        first = Box(box.left, top, middle, box.bottom)
        second = Box(middle + 90 * u, top, box.right, box.bottom)
    else:
        middle = top + 0.36 * (box.bottom - top)
        first, second = Box(box.left, top, box.right, middle), Box(box.left, middle + 44 * u, box.right, box.bottom)
    new = screen.fit(after, "display", second.width - 2 * pad, second.height - 2 * pad, lines=5, largest=176, target=52)
    old = screen.fit(
        strip_styles(before), "display", first.width - 2 * pad, first.height - 2 * pad, lines=4,
        largest=min(104, 0.6 * new.size / u),
    )  # fmt: skip
    if screen.wide and picture is None:  # the cards are as high as their words need, and the signal runs under both
        middle = top + 0.42 * (box.bottom - top)
        tall = min(second.height, max(new.height + 3.6 * pad, 0.56 * (box.bottom - top)))
        less = max(0.72 * tall, old.height + 2 * pad)
        second = second._replace(top=middle - tall / 2, bottom=middle + tall / 2)
        first = first._replace(top=middle - less / 2, bottom=middle + less / 2)
        if stage.height - second.bottom > 200 * u:
            screen.add_spectrum(Box(0, second.bottom + 60 * u, stage.width, stage.height))
    if old.lines:
        come = screen.make_come(0, dy=60)
        screen.add_card(first, (come,), group="before")
        y = first.centre[1] - old.height / 2
        screen.put(
            old, first.left + pad, y, 0, colour=stage.palette.dim, ground=screen.card, group="before", moves=(come,)
        )
        _strike(screen, old, first.left + pad, y, stage.to_frames(14), come)
    at = max(float(stage.find_beats(2, until=0.45)[1]), stage.to_frames(12)) if old.lines else 0.0
    come = screen.make_come(at, dx=220) if screen.wide else screen.make_come(at, dy=160)
    screen.add_card(second, (come,), edge=stage.palette.accent, group="after")
    screen.put(
        new, second.left + pad, second.centre[1] - new.height / 2, at + stage.to_frames(3), ground=screen.card,
        colour=screen.tint, group="after", moves=(come,),
    )  # fmt: skip
    if stage.shape == "tall" and picture is None:
        y = stage.live.bottom + 330 * u
        screen.add_bars(Box(-10 * u, y - 170 * u, stage.width + 10 * u, y + 170 * u), has_head=False)


def _strike(screen: Screen, block: Block, x: float, top: float, at: float, come: Mover | None = None) -> None:
    """Strike each line of a block, along the reading direction."""
    for index, line in enumerate(block.lines):
        low = top + block.ascent + index * block.pitch
        _strike_line(screen, line, x, low, at + screen.stage.to_frames(4) * index, come)


def _strike_line(screen: Screen, line: FittedLine, x: float, low: float, at: float, come: Mover | None = None) -> None:
    stage, over = screen.stage, 0.08 * line.size
    y = low - line.ink.cap * line.size * 0.46
    path = skia.Path()
    path.moveTo(stage.to_frame_x(x - over), y)
    path.lineTo(stage.to_frame_x(x + line.width + over), y)
    thick = max(4 * screen.u, 0.085 * line.size)
    box = stage.to_frame_box(x - over, y - thick, x + line.width + over, y + thick)
    count = Count(at, stage.to_frames(9), EVEN, DONE)
    moves: tuple[Mover, ...] = (count, come) if come else (count,)
    stage.add("shape", Pen(path, screen.over, thick), box, Motion(moves=moves, group="strike"))


def set_offer(stage: Stage) -> None:
    """Stage the deal: the new price as large as its card, the old one small and struck, the code in a field."""
    set_deal(stage, stage.get_words("deal"))


def set_deal(stage: Stage, deal: str) -> None:
    """Set a deal, its code and its terms."""
    code, terms = stage.get_words("code"), stage.get_words("terms")
    picture = stage.choose_picture()
    screen = Screen(stage, focus=(0.3, 0.5) if stage.shape == "wide" else (0.5, 0.35))
    u, box = screen.u, screen.box
    if picture is not None:
        box = show_picture(screen, picture, share=0.42)
    em = stage.get_small_size("legal")
    small = screen.fit(terms, "plain", box.width, 6 * em, lines=5, largest=em / u, lead=1.35)
    slip = screen.fit(code, "code", box.width - 110 * u, 90 * u, lines=1, largest=58)
    foot = (small.height + 40 * u if small.lines else 0) + (slip.height + 104 * u if slip.lines else 0)
    foot += 44 * u if foot else 0
    right = box.right
    if screen.wide and picture is None:
        right = box.left + 0.84 * box.width
        reach, begins = 0.24 * stage.height, 90 * stage.reading_sign  # half of the ring lies outside the frame
        screen.add_ring(1.02 * stage.width, 0.5 * stage.height, reach, 0.54 * reach, begins=begins)
    room = box._replace(top=box.top + 24 * u, bottom=box.bottom - foot, right=right)
    price = split_price(deal)
    if price is not None:
        y = _set_price(screen, price, room)
    else:
        y = screen.set_headline(
            deal, room, emphasis="select", largest=220 if screen.wide else 170, low=0.4, group="deal"
        ).bottom
    y = box.bottom - foot + 40 * u if screen.wide else min(y + 56 * u, box.bottom - foot + 40 * u)
    if slip.lines:
        wide, high = slip.width + 96 * u, slip.height + 56 * u
        field = Box(box.left, y, box.left + wide, y + high)
        come = screen.make_come(stage.to_frames(10), dy=80)
        screen.add_card(field, (come,), edge=stage.palette.accent, corner=high / 2, group="code")
        screen.put(
            slip, box.left + 48 * u, y + 28 * u, stage.to_frames(14), ground=screen.card, role="label", group="code",
            moves=(come,),
        )  # fmt: skip
        y += high + 48 * u
    if small.lines:
        screen.put(small, box.left, y, stage.to_frames(16), colour=stage.palette.dim, role="legal", group="terms")
        y += small.height
    if picture is None and not screen.wide and (free := stage.height - max(y, stage.live.bottom * 0.9)) > 200 * u:
        screen.add_spectrum(Box(0, stage.height - free + 60 * u, stage.width, stage.height))


def _set_price(screen: Screen, price: Price, box: Box) -> float:
    """Set words, the old price struck, the new one as large as fits, and words again. Returns their foot."""
    stage, u = screen.stage, screen.u
    width = box.width
    head = screen.fit(price.before, "display", width, 0.2 * box.height, lines=2, largest=72)
    tail = screen.fit(price.after, "display", width, 0.24 * box.height, lines=2, largest=72)
    new, old = stage.typeset(price.new, "number"), stage.typeset(strip_styles(price.old), "number")
    gap = 44 * u
    extra = sum(block.height + gap for block in (head, tail) if block.lines)
    size = min((box.height - extra) / (new.height + 0.42 * old.cap + 0.24), width / new.width, 420 * u)
    stage.record_fit(new.cap * size, 64 * u)
    tall = extra + (new.height + 0.42 * old.cap + 0.24) * size
    y = box.top + max(0.0, box.height - tall) * (0.4 if screen.wide else 0.2)
    if head.lines:
        screen.put(head, box.left, y, 0, group="head")
        y += head.height + gap
    was = FittedLine(old, 0.42 * size)
    low = y + old.cap * was.size
    add_typed(stage, was, box.left, low, stage.palette.dim, stage.palette.bg, 0, group="old")
    _strike_line(screen, was, box.left, low, stage.to_frames(7))
    low += (0.24 - new.top) * size
    add_typed(
        stage, FittedLine(new, size), box.left, low, screen.tint, stage.palette.bg, stage.to_frames(10),
        group="new",
    )  # fmt: skip
    y = low + max(0.0, new.bottom) * size
    if tail.lines:
        y += gap
        screen.put(tail, box.left, y, stage.to_frames(22), group="tail")
        y += tail.height
    return y


def set_urgency(stage: Stage) -> None:
    """Stage a last day as the sheet of a calendar, with the rest beside it; else as a line."""
    text = stage.get_words("line")
    found = find_date(text)
    if found is None or stage.choose_picture() is not None:
        set_line(stage, text, "urgency")
        return
    _set_date(stage, found)


def _set_date(stage: Stage, date: LeadingDate) -> None:
    screen = Screen(stage, focus=find_focus(stage, "spectrum"))
    u, box = screen.u, screen.box
    parts = [(part, largest) for part, largest in ((date.before, 120), (date.after, 120), (date.rest, 64)) if part]
    if screen.wide:
        side = min(0.64 * box.height, 0.4 * box.width)
        top = box.top + 10 * u
        rest = Box(box.left + side + 90 * u, top, box.right, top + side)
    else:
        side = min(0.52 * box.height, box.width, 560 * u)
        top = box.top
        rest = Box(box.left, top + side + 60 * u, box.right, box.bottom)
    sheet = Box(box.left, top, box.left + side, top + side)
    if screen.wide:
        screen.add_spectrum(Box(0, sheet.bottom + 50 * u, stage.width, stage.height))
    come = screen.make_come(0, dy=90)
    screen.add_card(sheet, (come,), corner=48 * u)
    strip = sheet._replace(bottom=top + 0.17 * side)
    clip = screen.make_round(sheet, 48 * u)
    bar = skia.Path()
    bar.addRect(skia.Rect.MakeLTRB(*stage.to_frame_box(*strip)))
    bar = skia.Op(bar, clip, skia.PathOp.kIntersect_PathOp)
    screen.add_shape(bar, stage.palette.accent, Motion(moves=(come,), group="card"))
    day = stage.typeset(date.day, "number")
    size = min(0.5 * side / day.height, 0.68 * side / day.width)
    low = strip.bottom + (sheet.bottom - strip.bottom) / 2 - (day.top + day.bottom) / 2 * size
    add_typed(
        stage, FittedLine(day, size), sheet.centre[0] - day.width * size / 2, low, stage.palette.text, screen.card, 0,
        group="day", moves=(come,),
    )  # fmt: skip
    blocks = [
        screen.fit(part, "display", rest.width, 0.36 * rest.height, lines=3, largest=largest) for part, largest in parts
    ]
    gap = 36 * u
    y = rest.top
    if screen.wide:
        y += (rest.height - sum(block.height for block in blocks) - gap * (len(blocks) - 1)) / 2
    for index, block in enumerate(blocks):
        tint = screen.tint if parts[index][0] == date.after else stage.palette.text
        screen.put(block, rest.left, y, stage.to_frames(6 + 6 * index), colour=tint, group=f"date {index}")
        y += block.height + gap
    if not screen.wide and stage.height - y > 160 * u:
        screen.add_spectrum(Box(0, y + 30 * u, stage.width, stage.height))
