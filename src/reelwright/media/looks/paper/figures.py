"""Figures and offers: a number in a pen's ring, two inked bars, a price tag on its string, before and after, a date."""

from __future__ import annotations

import itertools

from reelwright.media.drawing.drawables import Blit, Fill, Several, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine
from reelwright.media.drawing.movers import Count, Swing
from reelwright.media.drawing.strokes import DONE, Pen
from reelwright.media.looks.paper.layouts import grow_corner, lay_photo, set_with_picture, split_page
from reelwright.media.looks.paper.material import make_sheet
from reelwright.media.looks.paper.page import Page, Tone
from reelwright.media.looks.paper.pen import make_ring, make_strike
from reelwright.media.looks.paper.pictures import put_picture
from reelwright.media.looks.paper.plants import add_branch, add_monogram, cut_emblem, lay_cloth, lay_emblem
from reelwright.media.looks.paper.words import set_date, strike_lines
from reelwright.media.staging.blocks import NOTHING, Block
from reelwright.media.staging.numbers import (
    can_show_counted_thing,
    fit_price,
    has_comparison,
    split_unit,
    typeset_count,
)
from reelwright.media.staging.prices import Price, find_price, join_prices, split_price
from reelwright.media.staging.stage import Motion, Stage

_ROLES = ("number", "prefix", "unit", "label")
_UNIT = 0.52
"""Height of a unit as a part of its digits'."""
_RING = (0.12, 24)
"""Room between a number and the ring around it: as a part of the number's width, and pixels at 1080."""


def set_proof(stage: Stage) -> None:
    """Stage a number: it counts up, the pen rings it, and what it counts stands under it in italics."""
    compared = has_comparison(stage)
    page = Page(stage, *_ROLES, *(("a", "b", "ratio_milli") if compared else ()))
    picture = stage.choose_picture()
    live, u = stage.live, stage.u
    if picture is not None and not compared:
        box = lay_photo(page, picture, 0.52 if page.wide else 0.58)
    elif picture is not None:
        box, art = split_page(page, 0.52 if page.wide else 0.76)
        put_picture(page, picture, art)
    elif can_show_counted_thing(stage):
        box = lay_emblem(page, is_near=stage.request.variant % 2 == 0)
    else:
        box, art = split_page(page, 0.66)
        if not compared:
            grow_corner(page, art, plant="berry", low=stage.request.variant % 2 == 0)
        if not page.wide and compared:
            box = box._replace(bottom=page.floor)
            page.small_top = None
            if stage.shape == "tall":
                grow_corner(page, art._replace(top=stage.height * 0.62), plant="berry")
        if page.wide and compared:
            box = box._replace(right=live.right)
    number, unit = split_unit(stage)
    steps = typeset_count(stage, is_alone=bool(unit), number=number)
    full = steps[-1]
    beside = stage.typeset(unit, "italic") if unit and len(unit) <= 9 else None
    label = stage.get_words("label")
    says = label if beside else f"{unit} {label}".strip()
    inset = 50 * u
    text = page.fit(
        says, "italic", box.width - 2 * inset, box.height * 0.3, lines=3, largest=84 if page.wide else 70, lead=1.14
    )
    bars = 230 * u if compared else 0.0
    room = box.height - text.height - bars - 150 * u
    width = full.width + (beside.width * _UNIT + 0.14 if beside else 0.0)
    widest = box.width - 2 * inset if compared else (box.width - 2 * _RING[1] * u) / (1 + 2 * _RING[0])
    size = min(room / full.height, widest / width, 620 * u)
    stage.record_fit(full.cap * size, (56 if compared else 90) * u)
    tall = full.height * size + (text.height + 90 * u if text.lines else 0) + (bars + 60 * u if compared else 0)
    top = box.top + (box.height - tall) * (0.5 if page.wide else 0.4)
    low = top - full.top * size
    reach = _RING[0] * width * size + _RING[1] * u
    x = box.left + (inset if compared else reach)
    last = len(steps) - 1
    count = min(stage.get_length("count"), stage.request.frames * 0.3)
    moves = (
        Count(stage.to_frames(2), count, stage.look.ease["count"], last), *page.make_camera()
    )  # fmt: skip
    place = stage.add_counter(
        steps, size, x, low, page.desk.accent, page.desk.ground, Motion(moves=moves, pivot=page.centre, group="number")
    )
    if beside:
        unit_line = FittedLine(beside, size * _UNIT)
        page.put_line(
            unit_line, x + (full.width + 0.14) * size, low, page.desk, stage.to_frames(8), emphatic=True, group="unit"
        )
    after = stage.to_frames(2) + count * (last > 0)
    if beside:
        mark = stage.to_frame_x(x + width * size)
        place = place._replace(left=min(place.left, mark), right=max(place.right, mark))
    ring = Box(place.left - reach, place.top - 40 * u, place.right + reach, place.bottom + 44 * u)
    if not compared and (picture is None or place.width < box.width * 0.6):
        page.draw(make_ring(ring, u, page.make_random("ring")), page.desk.quiet, 4.5 * u, after, 26, group="ring")
    y = top + full.height * size + 90 * u
    page.put(text, min(x, box.right - text.width), y, page.desk, stage.to_frames(10), group="label")
    if compared:
        _add_bars(page, x, y + text.height + 60 * u, box.right - x, after)
    page.add_small_print(live.left if not page.wide else x, page.desk)


def _add_bars(page: Page, x: float, top: float, width: float, at: float) -> None:
    """Draw two bars at their true ratio, as a broad nib draws them, each with its words over it."""
    stage, u = page.stage, page.stage.u
    ratio = int(stage.get_words("ratio_milli")) / 1000
    longest = max(1.0, ratio)
    for index, (part, role) in enumerate(((1 / longest, "a"), (ratio / longest, "b"))):
        y = top + index * 128 * u
        words = page.fit(stage.get_words(role), "plain", width, 60 * u, lines=1, largest=44)
        page.put(
            words, x, y, page.desk, stage.to_frames(12 + 6 * index), enter="lines", role="label", group=f"bar {role}"
        )
        path = skia.Path()
        begin, end = stage.to_frame_x(x), stage.to_frame_x(x + max(60 * u, width * part))
        bar = y + words.ascent + 40 * u
        path.moveTo(begin, bar)
        path.quadTo((begin + end) / 2, bar + 3 * u, end, bar - 2 * u)
        page.draw(
            path, page.desk.quiet if role == "a" else page.desk.accent, 24 * u, at + stage.to_frames(8 * index), 30
        )


_SEAL = "#B5382A"
"""The red of a seal, on a card of a film of East Asia."""
_GROWN = 200
"""Least pixels at 1080 that are left on a tag for a drawing."""


def set_offer(stage: Stage) -> None:
    """Stage the deal on a tag that hangs from its string and swings to rest; the code on a stitched slip."""
    page = Page(stage, "deal", "code", "terms")
    picture = stage.choose_picture()
    if picture is not None:
        box, art = split_page(page, 0.54 if page.wide else 0.62)
        put_picture(page, picture, art)
    else:
        box = _lay_cloth(page)
    _add_tag(page, box, picture is not None)
    page.add_small_print(box.left, page.desk)


def _lay_cloth(page: Page) -> Box:
    """Lay a cloth over the frame, and return the box of the tag on it."""
    stage, live = page.stage, page.stage.live
    lay_cloth(page, Box(0, 0, stage.width, stage.height), page.desk.accent)
    inset = live.width * 0.12 if page.wide else 0
    return Box(live.left + inset, page.top, live.right - inset, page.floor)


def _add_tag(page: Page, box: Box, beside: bool) -> None:
    stage, u = page.stage, page.stage.u
    code, terms = stage.get_words("code"), stage.get_words("terms")
    left, right = box.left, box.right
    hole = 96 * u
    top = box.top + (20 if page.wide else 0) * u
    foot = box.bottom - 10 * u
    tone = page.sheet
    width = right - left
    inner = width - 150 * u
    em = stage.get_small_size("legal")
    small = page.fit(terms, "plain", inner, em * 5, lines=3, largest=em / u * 1.05, lead=1.3)
    slip = page.fit(code, "address", inner * 0.8, 90 * u, lines=1, largest=66)
    below = (small.height + 50 * u if small.lines else 0) + (slip.height + 110 * u if slip.lines else 0)
    spare = foot - top - hole - 120 * u - below
    price = (split_price if beside else find_price)(stage.get_words("deal"))  # beside a picture it would be small
    if price is not None:
        _add_price(page, price, Box(left, top, right, foot), small, slip, is_alone=not beside)
        return
    deal = page.fit(stage.get_words("deal"), "display", inner, spare, lines=4, largest=300 if page.wide else 220,
                    lead=1.02, target=90)  # fmt: skip
    tall = hole + deal.height + 130 * u + below
    top, pivot, swing = _hang_tag(page, Box(left, top, right, foot), tall, is_alone=not beside)
    x = (left + right) / 2
    y = top + hole + 46 * u
    page.put(
        deal, x, y, tone, 0, align="middle", moves=swing, pivot=pivot, emphatic=not _has_styles(deal), group="deal"
    )
    _add_slip(page, x, y + deal.height, slip, small, pivot, swing)


def _hang_tag(
    page: Page, room: Box, tall: float, *, is_alone: bool, swings: bool = True
) -> tuple[float, tuple[float, float], tuple[Swing, ...]]:
    """Hang a tag of a height in a box, longer in a tall frame; return its upper edge, where it hangs, and its swing."""
    stage, u = page.stage, page.stage.u
    top = room.top + max(0.0, (room.height - tall) * 0.45)
    longer = max(0.0, stage.height * 0.84 - top - tall) if stage.shape == "tall" and is_alone else 0.0
    pivot = (stage.to_frame_x((room.left + room.right) / 2), top + 52 * u)
    swings = swings and not page.is_eastern
    swing = (Swing(2.2, stage.to_frames(58), stage.to_frames(26)),) if swings else ()
    _hang(page, room.left, top, room.right, top + tall + longer, pivot, swing)
    if longer > _GROWN * u:
        _grow_on_tag(page, Box(room.left, top + tall, room.right, top + tall + longer))
    return top, pivot, swing


def _grow_on_tag(page: Page, box: Box) -> None:
    """Fill the foot of a long tag, which is left free, with the thing that the deal names, a seal, or plants."""
    u, high, x = page.stage.u, box.height, (box.left + box.right) / 2
    if page.stage.request.is_emblem_named:
        inset = 0.2 * box.width
        seen = Box(box.left + inset, box.top - 20 * u, box.right - inset, box.bottom - 70 * u)
        cut_emblem(page, seen, page.stage.palette.accent, page.stage.palette.surface, at=page.stage.to_frames(14))
        return
    if page.is_eastern:
        half = min(120 * u, 0.3 * high)
        px, y = page.stage.to_frame_x(x), box.bottom - half - 90 * u
        place, seal = Box(px, y, px, y).grow(half), skia.Path()
        seal.addRoundRect(skia.Rect.MakeLTRB(*place), 8 * u, 8 * u)
        page.stage.add("shape", Fill(seal, _SEAL), place)
        if page.stage.request.emblem:
            add_monogram(page, "", x, y, 1.37 * half, page.sheet.ground, 0)
        return
    low, tone = box.bottom - 30 * u, page.sheet
    add_branch(page, x - 90 * u, low, high * 0.92, -84, 12, plant="berry", tone=tone)
    add_branch(page, x + 90 * u, low, high * 0.76, -96, -12, plant="berry", tone=tone, seed=1)


def _add_price(page: Page, price: Price, room: Box, small: Block, slip: Block, *, is_alone: bool) -> None:
    """Set the price large on the tag, an old one small and struck before it. ``is_alone``: no picture stands beside."""
    stage, u = page.stage, page.stage.u
    left, top, right, foot = room
    inner = right - left - 150 * u
    tone = page.sheet
    x = (left + right) / 2
    extra = (small.height + 50 * u if small.lines else 0) + (slip.height + 110 * u if slip.lines else 0)
    most = (86 if page.wide else 58) * (1.0 if price.old else 1.6)
    head = page.fit(price.before, "italic", inner, 190 * u, lines=2, largest=most)
    tail = page.fit(price.after, "italic", inner, 190 * u, lines=2, largest=most)
    texts = sum(block.height + 50 * u for block in (head, tail) if block.lines)
    new, old, above = fit_price(stage, price, inner, foot - top - 246 * u - texts - extra)
    tall = 246 * u + texts + above + new.height + extra
    top, pivot, swing = _hang_tag(page, room, tall, is_alone=is_alone, swings=not old)
    y = top + 96 * u + 56 * u
    if head.lines:
        page.put(head, x, y, tone, 0, align="middle", moves=swing, pivot=pivot, group="head")
        y += head.height + 50 * u
    low, turn = y + above - new.ink.top * new.size, 0.0
    if old:
        at, turn = stage.find_strike()
        quiet = Tone(tone.quiet, tone.quiet, tone.quiet, tone.ground)
        begin, under = x - old.width / 2, y + old.ink.cap * old.size
        place = stage.trace_ink(old.ink, old.size, begin, under)[1]
        with stage.show_large(place, stage.trace_ink(new.ink, new.size, x - new.width / 2, low)[1], turn):
            page.put_line(old, begin, under, quiet, 0, enter="lines", moves=(), group="old")
            middle = under - old.ink.cap * old.size * 0.45
            path = make_strike(place.left, place.right, middle, 0.6 * u, page.make_random("strike"))
            page.draw(path, tone.accent, 4 * u, at, 10, camera=(), group="strike")
    page.put_line(
        new, x - new.width / 2, low, tone, turn, emphatic=True, enter="lines", moves=swing, pivot=pivot, group="new"
    )
    y += above + new.height + 50 * u
    if tail.lines:
        page.put(tail, x, y, tone, turn + stage.to_frames(12), align="middle", moves=swing, pivot=pivot, group="tail")
        y += tail.height
    _add_slip(page, x, y, slip, small, pivot, swing)


def _add_slip(
    page: Page, x: float, y: float, slip: Block, small: Block, pivot: tuple[float, float], swing: tuple[Swing, ...]
) -> None:
    """Set the code on its stitched slip, and the small print under it, from ``y`` down."""
    stage, u = page.stage, page.stage.u
    tone = page.sheet
    if slip.lines:
        y += 60 * u
        _stitch(page, x, y - 26 * u, slip, pivot, swing)
        page.put(
            slip, x, y, tone, stage.to_frames(16), align="middle", moves=swing, pivot=pivot, enter="lines",
            group="code", role="label",
        )  # fmt: skip
        y += slip.height + 30 * u
    if small.lines:
        page.put(
            small, x, y + 44 * u, tone, stage.to_frames(20), align="middle", moves=swing, pivot=pivot, enter="lines",
            role="legal", group="terms",
        )  # fmt: skip


def _has_styles(block: Block) -> bool:
    return any(line.ink.style_spans for line in block.lines)


def _hang(
    page: Page, left: float, top: float, right: float, foot: float, pivot: tuple[float, float], swing: tuple[Swing, ...]
) -> None:
    """Lay the tag with its cut corners and its eyelet, and the string from over the frame."""
    stage, u = page.stage, page.stage.u
    width, height = round(right - left), round(foot - top)
    sprite = make_sheet(width, height, page.sheet.ground, "cut", page.seed, 0.0, u)
    motion = Motion(moves=swing, pivot=pivot, group="tag")
    x, y = stage.to_frame_x((left + right) / 2), (top + foot) / 2
    area = Box(x + sprite.box.left, y + sprite.box.top, x + sprite.box.right, y + sprite.box.bottom)
    stage.add("shape", Blit(sprite.image, x + sprite.x, y + sprite.y, is_smooth=True), area, motion)
    px, py = pivot
    if not page.is_eastern:
        _add_string(page, px, py, motion)
    place = stage.to_frame_box(left, top, right, foot)
    for rim in (18, 30) if page.is_eastern else (18,):
        rect = skia.Path()
        rect.addRect(skia.Rect.MakeLTRB(*place.grow(-rim * u)))
        page.draw(rect, page.desk.accent, 2.2 * u, stage.to_frames(8), 44, camera=swing, pivot=pivot, alpha=0.7)


def _add_string(page: Page, px: float, py: float, motion: Motion) -> None:
    """Add the eyelet at a point of the frame, and the string that holds the tag there."""
    stage, u = page.stage, page.stage.u
    eyelet = skia.Path()
    eyelet.addCircle(px, py, 20 * u)
    hole = skia.Path()
    hole.addCircle(px, py, 10 * u)
    box = Box(px - 22 * u, py - 22 * u, px + 22 * u, py + 22 * u)
    stage.add("shape", Several((Fill(eyelet, page.desk.accent), Fill(hole, stage.palette.shade))), box, motion)
    string = skia.Path()
    string.moveTo(px - 30 * u, -20 * u)
    string.cubicTo(px - 14 * u, py * 0.4, px - 4 * u, py * 0.7, px, py)
    string.moveTo(px + 34 * u, -20 * u)
    string.cubicTo(px + 20 * u, py * 0.5, px + 6 * u, py * 0.7, px, py)
    stage.add(
        "shape",
        Pen(string, "#8A6A45", 4 * u),
        Box(px - 40 * u, 0, px + 40 * u, py),
        Motion(moves=(Count(-1, 0, stage.look.ease["in"], DONE),)),
    )


def _stitch(
    page: Page, x: float, top: float, slip: Block, pivot: tuple[float, float], swing: tuple[Swing, ...]
) -> None:
    """Draw a dashed edge around the code, as scissors follow it."""
    stage, u = page.stage, page.stage.u
    wide, high = slip.width + 90 * u, slip.height + 52 * u
    box = stage.to_frame_box(x - wide / 2, top, x + wide / 2, top + high)
    path = skia.Path()
    along = 0.0
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
    for (ax, ay), (bx, by) in itertools.pairwise([*corners, corners[0]]):
        length = abs(bx - ax) + abs(by - ay)
        along = 0.0
        while along < length:
            end = min(length, along + 16 * u)
            path.moveTo(ax + (bx - ax) * along / length, ay + (by - ay) * along / length)
            path.lineTo(ax + (bx - ax) * end / length, ay + (by - ay) * end / length)
            along += 28 * u
    page.draw(path, page.desk.accent, 3 * u, stage.to_frames(14), 30, camera=swing, pivot=pivot)


def set_transformation(stage: Stage) -> None:
    """Stage a change: what was, small, struck by the pen; what is, large, below it."""
    page = Page(stage, "line", "before", "after")
    before, after = stage.get_words("before"), stage.get_words("after") or stage.get_words("line")
    heading = bool(stage.get_words("after")) and stage.get_words("line")
    picture = stage.choose_picture()
    u = stage.u
    price = join_prices(before, after)
    if price and not heading and picture is None:
        box = _lay_cloth(page)
        _add_price(page, price, box._replace(bottom=box.bottom - 10 * u), NOTHING, NOTHING, is_alone=True)
        page.add_small_print(box.left, page.desk)
        return
    if picture is not None:
        box = lay_photo(page, picture, 0.52)
    else:
        box, art = split_page(page, 0.68)
        grow_corner(page, art, low=stage.request.variant % 2 == 1, plant="berry")
    top_line = page.fit(heading or "", "label", box.width, 80 * u, lines=2, largest=34, lead=1.4)
    new = page.fit(
        after, "display", box.width, box.height * 0.56, lines=3, largest=250 if page.wide else 190, target=90
    )
    old = page.fit(
        before, "display", box.width * 0.9, box.height * 0.26, lines=2, largest=new.size / u * 0.56, lead=1.16
    )
    gap = 70 * u
    tall = new.height + (old.height + gap if old.lines else 0) + (top_line.height + gap if top_line.lines else 0)
    top = box.top + (box.height - tall) * (0.5 if page.wide else 0.4)
    if top_line.lines:
        page.put(top_line, box.left, top, page.desk, 0, enter="lines", role="label", group="line")
        top += top_line.height + gap
    quiet = Tone(page.desk.quiet, page.desk.quiet, page.desk.accent, page.desk.ground)
    if old.lines:
        boxes = page.put(old, box.left + 10 * u, top, quiet, 0, group="before")
        strike_lines(page, old, boxes, top, page.desk, stage.to_frames(14))
        top += old.height + gap
    at = stage.find_turn(before, after, 0.5) if old.lines else 0
    boxes = page.put(new, box.left, top, page.desk, at, emphatic=True, group="after")
    page.draw_underline(boxes[-1], new.size, page.desk, max(at + stage.to_frames(26), stage.request.frames * 0.5))
    page.add_small_print(box.left, page.desk)


def set_urgency(stage: Stage) -> None:
    """Stage a last day: as a date block where there is one, else words that the pen rings."""
    page = Page(stage, "line")
    text = stage.get_words("line")
    picture = stage.choose_picture()
    if set_date(page, text):
        return
    if picture is not None:
        set_with_picture(page, text, picture)
        return
    live, u = stage.live, stage.u
    page.cover(page.poster)
    wide, high = stage.width, stage.height
    width = live.width * (0.72 if page.wide else 1.0) - (0 if page.wide else 20 * u)
    height = live.height * (0.74 if page.wide else 0.62)
    x = (live.left + live.right) / 2
    y = page.top + (page.floor - page.top) * (0.5 if stage.shape != "tall" else 0.44)
    sheet = make_sheet(round(width), round(height), page.sheet.ground, "torn", page.seed, 0.8, u)
    add_branch(page, x - width * 0.42, y + height * 0.36, height * 0.62, 118, 30, plant="berry", tone=page.poster)
    add_branch(
        page, x + width * 0.42, y - height * 0.36, height * 0.62, -62, 30, seed=1, plant="berry", tone=page.poster
    )
    if not page.wide:
        add_branch(page, wide * 0.05, high * 0.99, wide * 0.9, -22, -18, seed=2, plant="berry", tone=page.poster)
    page.place(sheet, x, y, depth=1.0)
    block = page.fit(text, "display", width - 260 * u, height - 200 * u, lines=4, largest=170, target=90)
    boxes = page.put(block, x, y - block.height / 2, page.sheet, 0, align="middle")
    ring = Box(min(b.left for b in boxes), boxes[0].top, max(b.right for b in boxes), boxes[-1].bottom)
    ring = ring.grow(54 * u)._replace(left=ring.left - 90 * u, right=ring.right + 90 * u)
    page.draw(
        make_ring(ring, u, page.make_random("ring")),
        page.sheet.accent,
        5 * u,
        max(stage.to_frames(22), stage.request.frames * 0.35),
        36,
    )
    page.add_small_print(live.left, page.poster)
