"""An old price and a new one, what was and what is, the last day on a calendar."""

from __future__ import annotations

from reelwright.media.drawing.drawables import skia
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
from reelwright.media.staging.numbers import fit_price
from reelwright.media.staging.prices import Price, find_price, is_price, split_price
from reelwright.media.staging.stage import Motion, Stage


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
    at = stage.find_turn(before, after, 0.45) if old.lines else 0.0
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
    named = stage.request.is_emblem_named
    if screen.wide and picture is None:
        right = box.left + (0.56 if named else 0.84) * box.width
    if screen.wide and picture is None and named:
        screen.add_mark("", Box(right + 60 * u, 0.16 * stage.height, box.right, 0.84 * stage.height))
    elif screen.wide and picture is None:
        reach, begins = 0.24 * stage.height, 90 * stage.reading_sign  # half of the ring lies outside the frame
        screen.add_ring(1.02 * stage.width, 0.5 * stage.height, reach, 0.54 * reach, begins=begins)
    room = box._replace(top=box.top + 24 * u, bottom=box.bottom - foot, right=right)
    price = find_price(deal)
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
        below = Box(box.left, stage.height - free + 60 * u, stage.width - box.left, 0.97 * stage.height)
        if named:
            screen.add_mark("", below)
        else:
            screen.add_spectrum(below._replace(left=0, right=stage.width, bottom=stage.height))


def _set_price(screen: Screen, price: Price, box: Box) -> float:
    """Set words, the old price struck, the new one as large as fits, and words again. Returns their foot."""
    stage, u = screen.stage, screen.u
    width = box.width
    most = 72 if price.old else 116
    head = screen.fit(price.before, "display", width, 0.2 * box.height, lines=2, largest=most)
    tail = screen.fit(price.after, "display", width, 0.24 * box.height, lines=2, largest=most)
    gap = 44 * u
    extra = sum(block.height + gap for block in (head, tail) if block.lines)
    new, old, above = fit_price(stage, price, width, box.height - extra)
    y = box.top + max(0.0, box.height - extra - above - new.height) * (0.4 if screen.wide else 0.2)
    if head.lines:
        screen.put(head, box.left, y, 0, group="head")
        y += head.height + gap
    low, turn = y + above - new.ink.top * new.size, 0.0
    if old:
        at, turn = stage.find_strike()
        under = y + old.ink.cap * old.size
        place = stage.trace_ink(old.ink, old.size, box.left, under)[1]
        with stage.show_large(place, stage.trace_ink(new.ink, new.size, box.left, low)[1], turn):
            add_typed(stage, old, box.left, under, stage.palette.dim, stage.palette.bg, 0, group="old")
            _strike_line(screen, old, box.left, under, at)
    add_typed(stage, new, box.left, low, screen.tint, stage.palette.bg, turn, group="new",
              moves=(stage.nudge(turn + stage.to_frames(20), dy=-9),))  # fmt: skip
    y = low + max(0.0, new.ink.bottom) * new.size
    if tail.lines:
        y += gap
        screen.put(tail, box.left, y, turn + stage.to_frames(12), group="tail")
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
