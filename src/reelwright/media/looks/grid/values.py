"""Figures: numbers of one width that count, bars at their true ratio, prices, changes and dates."""

from __future__ import annotations

from typing import Final

from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.lettering import FittedLine, Ink
from reelwright.media.letters.word_styles import mark_styles, strip_styles
from reelwright.media.looks.grid.headlines import fill_art, set_amount, set_poster
from reelwright.media.looks.grid.photographs import can_cover_frame, set_with_picture, show_beside
from reelwright.media.looks.grid.sheet import Ground, Sheet, list_corners
from reelwright.media.looks.grid.turns import Thing, add_blocks, count_blocks, set_number
from reelwright.media.staging.dates import find_date
from reelwright.media.staging.figures.values import UNIT, NumberInk
from reelwright.media.staging.numbers import can_show_counted_thing, has_comparison, typeset_count
from reelwright.media.staging.prices import find_price, is_price, split_price
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

_LABELS: Final = 0.3
"""Part of the height of an upright frame that a number leaves to what it counts."""
_DRAWN: Final = 0.18
"""Part that it also leaves to a drawing of what it counts, in a square or portrait frame."""
_LEAST: Final = 120
"""Least height of blocks or of a drawing, in pixels at 1080."""
_DRAWING: Final = 300
"""Pixels at 1080 that words on a field leave to a drawing and the room around it, in a square or portrait frame."""


def set_proof(stage: Stage) -> None:
    """Stage a figure: its digits across the columns, what it counts under them, bars where two values are given."""
    turn = choose_composition(stage.request, 3)
    picture = stage.choose_picture()
    compares = has_comparison(stage)
    roles = ("number", "prefix", "unit", "label", "a", "b")
    ground: Ground = "black" if picture is None and turn == 1 else "white"
    is_shown = picture is None and can_show_counted_thing(stage)
    is_beside = is_shown and stage.shape == "wide"
    sheet = Sheet(stage, ground, *roles, span=5 if picture is not None else 8 if is_beside else 12)
    u = sheet.u
    if is_beside:
        fill_art(sheet, sheet.find_art())
    if picture is not None:
        show_beside(sheet, picture, share=0.54 if not compares else 0.36 if stage.shape == "square" else 0.44)
    elif stage.shape == "tall" and not compares:
        sheet.cut(stage.live.bottom)
    box = sheet.box
    sheet.add_rule(box.left, box.right if picture is not None or is_beside else stage.width, box.top, heavy=True)
    sheet.add_mark(box.top)
    has_field = picture is None and not compares and not sheet.wide
    bars = (160 if picture is not None else 360 if stage.shape in ("tall", "portrait") else 260) * u * compares
    need = bars + 56 * u if bars else 0
    if has_field:
        need = (_LABELS + _DRAWN * (is_shown and stage.shape != "tall")) * box.height
    room = box._replace(top=box.top + 60 * u, bottom=box.bottom - need)
    label, number = stage.get_words("label"), _read_number(stage)
    foot = set_number(sheet, Thing("" if has_field else label, number), room, 0, "number", is_low=sheet.wide)
    if bars:
        _add_bars(sheet, foot + 56 * u, min(bars, box.bottom - foot - 56 * u))
    if has_field:
        _set_on_field(sheet, label, number, foot + 64 * u)
    sheet.add_small_print(sheet.tones["signal"] if has_field else None)


def _set_on_field(sheet: Sheet, label: str, number: NumberInk, top: float) -> None:
    """Set what a number counts on a field from ``top`` to the foot of the frame, over the number as so many blocks."""
    stage, u, box, tone = sheet.stage, sheet.u, sheet.box, sheet.tones["signal"]
    sheet.add_field(Box(0, top, stage.width, stage.height), tone.ground, edge="bottom", group="panel")
    most = box.bottom - top - 120 * u
    if sheet.has_emblem and stage.shape != "tall":
        most = max(most - _DRAWING * u, 0.3 * most)
    rows = sheet.fit_headline(label, box.width, most, largest=170, lines=3, tint=tone.ink, target=40)
    tall, is_over = sheet.measure(rows), stage.shape == "tall"
    low = top + 60 * u + tall + 70 * u
    foot = box.bottom if sheet.small_height and not is_over else stage.height - 70 * u
    art = Box(box.left, max(low, stage.live.bottom if sheet.small_height else 0), box.right, foot)
    is_filled = art.height > _LEAST * u
    if is_filled and sheet.has_emblem:
        sheet.add_emblem(art, sheet.choose_drawing_colour(tone.ground))
    elif is_filled and (count := count_blocks(number)):
        times = stage.split_frames(count, until=0.5)
        add_blocks(sheet, art, tone.field, [max(stage.to_frames(12), float(at)) for at in times])
    else:
        is_filled = False
    y = top + 60 * u if is_filled or is_over else (top + foot + 70 * u - tall) / 2
    sheet.put(rows, box.left, y, stage.to_frames(6), group="label", ground=tone.ground)


def _read_number(stage: Stage) -> NumberInk:
    """Typeset the figure of a shot, whose unit may be written after it, in digits that count in one width."""
    number, unit = stage.get_words("number"), stage.get_words("unit")
    words = number.split()
    end = max((n for n, word in enumerate(words, 1) if any(map(str.isdigit, word))), default=0)
    if not unit and 0 < end < len(words):
        number, unit = " ".join(words[:end]), " ".join(words[end:])
    steps = typeset_count(stage, is_alone=True, number=number)
    last = stage.typeset(steps[-1].text, "total")
    return NumberInk((*steps[:-1], last), stage.typeset(unit, "number") if unit else None, UNIT)


def _add_bars(sheet: Sheet, top: float, height: float) -> None:
    """Draw two values as bars at their true ratio, each under its words, from the edge of the frame."""
    stage, u, tone = sheet.stage, sheet.u, sheet.tone
    ratio = int(stage.get_words("ratio_milli")) / 1000
    longest = max(1.0, ratio)
    reach = sheet.box.width
    each = height / 2
    em = min(44 * u, each * 0.36)
    for index, (share, role) in enumerate(((1 / longest, "a"), (ratio / longest, "b"))):
        y = top + index * each
        rows = sheet.fit([sheet.make_note(stage.get_words(role), em=em / u, gap=0)], reach, em * 1.5)
        sheet.put(rows, sheet.box.left, y, stage.to_frames(12 + 8 * index), group=f"bar {index}")
        low = y + sheet.measure(rows) + 14 * u
        bar = Box(sheet.box.left, low, sheet.box.left + max(reach * share, 8 * u), min(low + 48 * u, y + each - 16 * u))
        tint = tone.field if index else (tone.ink if tone.ground != stage.palette.accent else tone.quiet)
        sheet.add_field(bar, tint, stage.to_frames(12 + 8 * index), group=f"bar {index}", kind="count")


def set_transformation(stage: Stage) -> None:
    """Stage a change: what was, struck; then a field slides in with what is."""
    roles = ("line", "before", "after")
    before, after = stage.get_words("before"), stage.get_words("after") or stage.get_words("line")
    heading = stage.get_words("line") if stage.get_words("after") else ""
    prices = mark_styles(f"~~{strip_styles(before)}~~ {after}") if is_price(before) and is_price(after) else ""
    if prices and not heading and split_price(prices):
        _set_deal(stage, prices, roles)
        return
    picture = stage.choose_picture()
    sheet = Sheet(stage, "white", *roles, span=5 if picture is not None else 12)
    u, live, wide = sheet.u, stage.live, sheet.wide and picture is None
    old = strip_styles(before)
    hit = stage.find_turn(before, after, 0.5)
    tone = sheet.tones["signal"]
    if picture is not None:
        tone, box = sheet.tone, show_beside(sheet, picture)
        edge = box.top + max(0.34 * box.height, 190 * u)
        first, second = box._replace(bottom=edge - 40 * u), box._replace(top=edge)
    elif sheet.wide:
        edge = sheet.find_left(5) - 12 * u
        first = Box(live.left, sheet.box.top, edge - 40 * u, sheet.box.bottom)
        second = Box(edge + 60 * u, live.top, live.right, live.bottom)
        field, side = Box(edge, 0, stage.width, stage.height), "right"
    else:
        edge = sheet.box.top + (live.bottom - sheet.box.top) * 0.33
        first = Box(live.left, sheet.box.top, live.right, edge - 40 * u)
        second = Box(live.left, edge + 60 * u, live.right, live.bottom - sheet.small_height)
        field, side = Box(0, edge, stage.width, stage.height), "bottom"
    sheet.add_rule(first.left, first.right, first.top, heavy=True)
    if picture is None:
        sheet.add_panel(field, tone.ground, edge=side, group="field")
    largest, most = (340.0, 260.0) if picture is None else (170.0, 120.0)
    rows = [sheet.make_note(heading, tint=tone.ink)] if heading else []
    rows.append(sheet.make_row(after, largest=largest, lines=5, target=52, tint=tone.ink))
    now = sheet.fit(rows, second.width, second.height)
    most = min(most, now[-1].lines[0].size / u)
    was = sheet.make_row(old, largest=most, lines=4, target=20)
    struck = sheet.fit([was], first.width, first.height - 60 * u)
    _add_struck(sheet, struck, first.left, first.top + 62 * u, 0 if stage.is_opening else 12)
    low = second.bottom - sheet.measure(now) if wide else second.top
    sheet.put(now, second.left, low, hit if old else 0, group="after", ground=tone.ground)
    free = Box(0, low + sheet.measure(now) + 90 * u, stage.width, stage.height)
    if picture is not None:
        sheet.add_small_print()
        return
    if stage.shape == "tall" or (not sheet.wide and not sheet.small_height and free.height > 160 * u):
        art = sheet.find_art() if stage.shape == "tall" else free
        sheet.tone = tone
        fill_art(sheet, art, after)
    sheet.box = Box(live.left, 0, first.right if sheet.wide else live.right, live.bottom - sheet.small_height)
    sheet.add_small_print(None if sheet.wide else tone)


def _add_struck(sheet: Sheet, rows: list, left: float, top: float, at: float = 12) -> None:  # type: ignore[type-arg]
    """Set rows of what no longer holds, and draw a straight rule through each line."""
    if not rows:
        return
    sheet.put(rows, left, top, 0, group="before")
    y = top
    for one in rows:
        for index, (line, below) in enumerate(zip(one.lines, one.tops, strict=True)):
            if line.ink.style_spans:
                continue
            thick = max(4 * sheet.u, line.size * 0.075)
            middle = y + below - line.ink.cap * line.size * 0.48
            box = Box(
                left - 0.04 * line.size, middle - thick / 2, left + line.width + 0.04 * line.size, middle + thick / 2
            )
            sheet.add_field(box, sheet.tone.signal, sheet.stage.to_frames(at + 6 * index), group="strike")
        y += one.height + one.row.gap * sheet.u


_OVER: Final = 0.42
"""Height of a photograph over a price, in parts of the frame's."""
_SHORT_PRICE = 6
"""Most letters of a price that leaves columns for a pattern beside it."""


def set_offer(stage: Stage) -> None:
    """Stage the deal: the new price across the columns, the old one small and struck, the code in its frame."""
    _set_deal(stage, stage.get_words("deal"), ("deal", "code", "terms"))


def _set_deal(stage: Stage, deal: str, roles: tuple[str, ...]) -> None:
    picture = stage.choose_picture()
    price = find_price(deal)
    is_short = len(price.new) <= _SHORT_PRICE if price else stage.request.is_emblem_named
    span = 5 if picture is not None else 8 if is_short else 12
    is_under = picture is not None and stage.shape == "wide" and can_cover_frame(stage, picture)
    span = 12 if is_under else span
    sheet = Sheet(stage, "signal" if picture is None or is_under else "white", *roles, span=span)
    u = sheet.u
    if is_under and picture is not None:
        sheet.show(picture, Box(0, 0, stage.width, _OVER * stage.height), edge="top")
        sheet.box = sheet.box._replace(top=_OVER * stage.height + 44 * u)
    elif picture is not None:
        show_beside(sheet, picture, share=0.54 if stage.shape == "tall" else 0.36)
    elif sheet.wide and is_short:
        fill_art(sheet, sheet.find_art(), price.new if price else deal)
    box, tone = sheet.box, sheet.tone
    code, terms = stage.get_words("code"), stage.get_words("terms")
    small = (
        sheet.fit(
            [sheet.make_note(terms, em=stage.get_small_size("legal") / u * 1.1, kind="plain", role="legal", gap=0)],
            box.width * (0.62 if sheet.wide and picture is None else 1),
            box.height * 0.2,
        )
        if terms
        else []
    )
    slip = stage.typeset(code, "address") if code else None
    em = min(62 * u, (box.width - 60 * u) / slip.width) if slip else 0
    high = em * 1.9
    sheet.add_rule(box.left, stage.width if span == 12 or not sheet.wide else box.right, box.top, heavy=True)
    foot = box.bottom - (sheet.measure(small) + 34 * u if small else 0) - (high + 34 * u if slip else 0)
    top = box.top + 66 * u
    if price:
        top = _add_price(
            sheet, Box(box.left, top, box.right, foot - 20 * u), price.before, price.old, price.new, price.after
        )
    else:
        rows = sheet.fit(
            [sheet.make_row(deal, largest=330 if picture is None else 190, lines=5)], box.width, foot - top - 20 * u
        )
        hits = [float(hit) for hit in stage.find_beats(4, until=0.35)]
        sheet.put(rows, box.left, top, hits, group="deal")
        top += sheet.measure(rows)
    y = foot + 34 * u if sheet.wide else min(foot + 34 * u, top + 60 * u)
    if slip:
        frame = Box(box.left, y, box.left + slip.width * em + 64 * u, y + high)
        area = stage.make_wipe_area(*frame._replace(left=frame.left - 4, right=frame.right + 4))
        motion = Motion(moves=(sheet.wipe(stage.to_frames(12)),), wipe_area=area, group="code")
        stage.add_outline(list_corners(frame), tone.ink, 4 * u, motion)
        sheet.set_line(
            FittedLine(slip, em), frame.left + 32 * u, y + high / 2 + slip.cap * em / 2, tone.ink, stage.to_frames(14),
            role="label", group="code",
        )  # fmt: skip
        y += high + 34 * u
    if small:
        sheet.put(small, box.left, y, stage.to_frames(16), group="terms")
    below = top if sheet.wide or not (slip or small) else y + sheet.measure(small)
    is_filled = stage.shape == "tall" or (sheet.wide and (is_short or slip or small))
    if picture is None and stage.shape == "tall":
        art = sheet.find_art()
        fill_art(sheet, art._replace(top=min(art.top, below + 90 * u)), price.new if price else deal)
    elif picture is None and not sheet.small_height and not is_filled:
        free = Box(0, below + 70 * u, stage.width, stage.height)
        if free.height > 150 * u:
            fill_art(sheet, free, price.new if price else deal)
    sheet.add_mark(box.top, tint=tone.signal if picture is not None else tone.field)
    sheet.add_small_print()


_WITH_OLD: Final = 1.75
"""Height of an old price, what parts the two, and a new price, as a part of that of the new one."""


def _add_price(sheet: Sheet, box: Box, before: str, old: str, new: str, after: str) -> float:
    """Set words, an old price struck, the new one as large as fits, and words again. Returns their foot."""
    stage, u, tone = sheet.stage, sheet.u, sheet.tone
    most = 84 if old else 132
    head = sheet.fit([sheet.make_row(before, largest=most, lines=2, target=24)], box.width, box.height * 0.22)
    tail = sheet.fit([sheet.make_row(after, largest=most, lines=2, target=24)], box.width, box.height * 0.22)
    ink: Ink = stage.typeset(new, "total")
    was: Ink = stage.typeset(strip_styles(old), "total")
    gap = 44 * u
    room = box.height - sheet.measure(head) - sheet.measure(tail) - gap * (bool(head) + bool(tail)) - 40 * u
    size = min(room / (ink.cap * (_WITH_OLD if old else 1.0)), box.width / ink.width, 560 * u)
    stage.record_fit(ink.cap * size, 64 * u)
    y = box.top
    if head:
        sheet.put(head, box.left, y, 0, group="head")
        y += sheet.measure(head) + gap
    if not old:
        low = y + ink.cap * size
        sheet.set_line(FittedLine(ink, size), box.left, low, tone.signal, 0, group="new")
        y = low + max(0.0, ink.bottom) * size + gap
        if tail:
            sheet.put(tail, box.left, y, stage.to_frames(10), group="tail")
        return y + sheet.measure(tail)
    spare = room - _WITH_OLD * ink.cap * size
    has_free_foot = stage.shape == "tall" or (not sheet.wide and not sheet.small_height)  # a pattern fills it
    is_spread = not has_free_foot and spare > 150 * u  # the old price at the head, the new one on the floor
    share = 1.0 if is_price(old) else 0.62  # "instead of €89" would stand as wide as the new price
    small = min(size * (0.56 if is_spread else 0.42), box.width * share / was.width)
    low = y + was.cap * small
    sheet.set_line(FittedLine(was, small), box.left, low, tone.quiet, 0, group="old")
    thick = max(5 * u, small * 0.08)
    middle = low - was.cap * small * 0.48
    sheet.add_field(
        Box(box.left - 8 * u, middle - thick / 2, box.left + was.width * small + 8 * u, middle + thick / 2), tone.ink,
        stage.to_frames(10), group="strike",
    )  # fmt: skip
    foot = box.bottom - max(0.0, ink.bottom) * size - (sheet.measure(tail) + gap if tail else 0)
    if is_spread:
        low = foot
    else:
        unused = room - was.cap * small - ink.cap * size
        low += max(34 * u, min(0.7 * unused, 120 * u)) + ink.cap * size  # else the old price touches the new one
    sheet.set_line(FittedLine(ink, size), box.left, low, tone.signal, stage.find_turn(old, new, 0.4), group="new")
    y = low + max(0.0, ink.bottom) * size + gap
    if tail:
        sheet.put(tail, box.left, y, stage.to_frames(20), group="tail")
        y += sheet.measure(tail)
    return y


def set_urgency(stage: Stage) -> None:
    """Stage a last day: its figure as large as the frame, what stands before and after it around it."""
    text = stage.get_words("line")
    picture = stage.choose_picture()
    found = find_date(text)
    if picture is not None:
        set_with_picture(stage, text, picture, ("line",))
    elif found is None:
        set_poster(stage, text, "black", ("line",), low=True)
    else:
        after = "|".join(part for part in (found.after, found.rest) if part)
        set_amount(stage, (found.before, found.day, after), "black", ("line",))
